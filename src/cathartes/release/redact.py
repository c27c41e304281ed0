"""From a lead to the smaller thing one audience may have. `redact` is the only way to make a `Release`.

It runs once, before any format is written, so no format can leak what it cut. Packing, signing and recalling a release are
elsewhere (`release.bundle`); what a marking means is in `model.marking`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar

from cathartes.errors import Refused
from cathartes.model import (
    DESK,
    Coverage,
    Custody,
    Detection,
    Draws,
    Flight,
    Hypothesis,
    Instant,
    Lead,
    Marking,
    Markings,
    Recording,
    Release,
    Source,
    Statement,
    Still,
    digest_of,
    identifier,
    json,
)

Noun = TypeVar("Noun", Lead, Source, Detection, Coverage, Still)

CORE = ("id", "gas", "is_sample", "warnings")
"""Fields without which a lead cannot be read rightly: where one of them is withheld, nothing leaves."""

EMPTY: Mapping[str, Any] = MappingProxyType(
    {
        "flight": "", "author": "", "purpose": None, "authority": None, "sources": (), "detections": (), "coverage": (),
        "search": None, "instruments": (), "fits": (), "evidence": (), "hypotheses": (), "emitters": (), "gaps": (),
        "notes": (), "blind": (), "looked": (), "recording": "", "custody": Custody((), "", "", who=""), "neighbours": (),
        "crossings": (), "probability_map": None, "detectability": None, "explanations": (), "confidence": None, "stills": (),
    }
)  # fmt: skip
"""What a withheld field holds in a release. A noun with a withheld field that is not here is withheld whole."""

RESTS_ON: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "emitters": frozenset({"sources"}), "hypotheses": frozenset({"sources"}), "neighbours": frozenset({"sources"}),
        "probability_map": frozenset({"sources", "neighbours", "search"}), "detections": frozenset({"instruments"}),
        "explanations": frozenset({"sources", "detections", "emitters"}), "confidence": frozenset({"detections"}),
        "fits": frozenset({"instruments"}), "crossings": frozenset({"instruments"}),
        "detectability": frozenset({"instruments", "coverage", "search"}), "stills": frozenset({"sources", "detections"}),
    }
)  # fmt: skip
"""Fields that give another one away: the distance to a known plant places the source, a detection names its instrument, what
could be noticed follows the track and fills the search area, a still shows the detection. Where any of those is withheld, even in part,
the field is too."""

MEASURED = frozenset({"coverage", "detectability"})
GAPS_MEASURED = frozenset({
    "gap.not_looked", "gap.all_looked", "gap.limit", "gap.unseen", "gap.noticed", "gap.blind", "gap.not_found", "gap.not_seen",
    "coverage.no-contrast",
})  # fmt: skip
"""Sentences that tell how much was looked at, and down to what rate: withheld where `MEASURED` is."""

NESTED = ("sources", "neighbours", "detections", "coverage", "stills")
"""Fields of a lead that hold nouns with markings of their own."""

BARE = (float, int, type(None))
"""What holds no word: most of a lead is numbers, and they are passed over."""

MARKABLE = frozenset(part.name for noun in (Flight, Recording, Lead, Source, Detection, Coverage, Still) for part in fields(noun))


def redact(lead: Lead, audience: str, by: str, at: Instant | None) -> Release:
    """What `audience` may have of `lead`, released by `by` at `at` (`None` for the desk's own products).

    Every field must be permitted by the lead's markings, every source, detection and coverage by its own as well. What is
    not permitted is emptied, and with it every sentence that quotes a name from it. Raises `Refused` where the whole may not
    leave or a marking names a field that does not exist; the sentence holds nothing of the lead.
    """
    if audience != DESK:
        _check(lead, audience)
        lead = _without_quotes(lead, _outward(lead, audience))
    return Release(identifier("release", (digest_of(json.encode(lead)), audience, by, _moment(at))), audience, lead, by, at)


def _moment(at: Instant | None) -> str:
    return at.utc.isoformat() if at else ""


def _check(lead: Lead, audience: str) -> None:
    marked: tuple[Lead | Source | Detection | Coverage | Still, ...] = (lead, *(noun for name in NESTED for noun in getattr(lead, name)))
    if any(set(noun.markings.fields) - MARKABLE for noun in marked):
        raise Refused("a marking names a field that no noun has; correct [marking.fields] in flight.toml before anything can leave")
    if not all(lead.markings.permits(name, audience) for name in CORE):
        raise Refused(
            "the marking of this lead does not let it leave to that audience; have its owner change the marking, or release another"
        )


def _outward(lead: Lead, audience: str) -> Lead:
    """The lead with every field emptied that the audience may not have, and nested nouns reduced in the same way."""
    reduced = _reduced(lead, lead.markings, audience)
    assert reduced is not None  # CORE was checked, and EMPTY has all the other fields
    nested = {name: _reduced_all(getattr(reduced, name), lead.markings, audience) for name in NESTED}
    lost = {name for name in NESTED if len(nested[name]) < len(getattr(lead, name))}
    emptied = {name: EMPTY[name] for name, grounds in RESTS_ON.items() if lost & grounds}
    looked = not lost & MEASURED and all(lead.markings.permits(name, audience) for name in MEASURED)
    gaps = reduced.gaps if looked else tuple(gap for gap in reduced.gaps if gap.key not in GAPS_MEASURED)
    return replace(reduced, **nested | {"gaps": gaps} | emptied)


def _reduced_all(nouns: Iterable[Noun], above: Markings, audience: str) -> tuple[Noun, ...]:
    kept = (_reduced(noun, above, audience) for noun in nouns)
    return tuple(noun for noun in kept if noun is not None)


def _reduced(noun: Noun, above: Markings, audience: str) -> Noun | None:
    """The noun with its withheld fields emptied; `None` where one of them cannot be empty."""
    changes: dict[str, Any] = {name: EMPTY.get(name) for name in _withheld(noun, above, audience)}
    if not EMPTY.keys() >= changes.keys():
        return None
    changes.setdefault("custody", replace(noun.custody, parameters={}, who=""))
    return replace(noun, markings=_outward_markings(noun.markings, audience), **changes)


def _withheld(noun: Noun, above: Markings, audience: str) -> list[str]:
    """The fields that the noun's own marking withholds, or that of the lead it is in: what is withheld there is told nowhere in it."""
    names = [part.name for part in fields(noun) if part.name != "markings"]
    permitted = {
        name for name in names if noun.markings.permits(name, audience) and (name not in above.fields or above.permits(name, audience))
    }
    return [name for name in names if not {name} | RESTS_ON.get(name, frozenset()) <= permitted]


def _outward_markings(markings: Markings, audience: str) -> Markings:
    """The markings as the audience may see them: not who else may have it, and not which fields it lacks."""
    kept = {name: marking for name, marking in markings.fields.items() if markings.permits(name, audience)}
    return Markings(_to_one(markings.whole, audience), {name: _to_one(marking, audience) for name, marking in kept.items()})


def _to_one(marking: Marking, audience: str) -> Marking:
    return replace(marking, releasable_to=tuple(name for name in marking.releasable_to if name == audience))


def _without_quotes(lead: Lead, reduced: Lead) -> Lead:
    """The reduced lead without anything that still quotes a name from what was cut."""
    names = set(_names(lead)) - set(_names(reduced))
    if not names:
        return reduced
    quoting = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(names)), re.IGNORECASE)
    if any(_quotes(getattr(reduced, name), quoting) for name in CORE):
        raise Refused("this lead cannot be cut to what that audience may have: its identity quotes what is withheld")
    return replace(reduced, **{name: _cut(name, getattr(reduced, name), quoting) for name in EMPTY if hasattr(reduced, name)})


def _cut(name: str, value: Any, quoting: re.Pattern[str]) -> Any:
    if isinstance(value, tuple):
        pruned = (_pruned(item, quoting) for item in value)
        return tuple(item for item in pruned if not _quotes(item, quoting))
    return EMPTY[name] if _quotes(value, quoting) else value


def _pruned(item: Any, quoting: re.Pattern[str]) -> Any:
    """The item without the sentences in it that quote, so that one sentence does not cost the whole item."""
    if not isinstance(item, Source | Coverage | Hypothesis):
        return item
    changes: dict[str, Any] = {}
    for name, value in ((part.name, getattr(item, part.name)) for part in fields(item)):
        if isinstance(value, tuple) and any(isinstance(each, Statement) for each in value):
            changes[name] = tuple(each for each in value if not _quotes(each, quoting))
        elif name in ("flight", "recording") and _quotes(value, quoting):
            changes[name] = ""
    return replace(item, **changes)


def _quotes(value: Any, quoting: re.Pattern[str]) -> bool:
    return any(quoting.search(text) for text in _texts(value))


def _names(lead: Lead) -> Iterator[str]:
    """Every word of the lead's facts. Its sentences are judged by these and do not judge; neither does custody, which is cut by rule."""
    told = replace(lead, evidence=(), hypotheses=(), explanations=(), confidence=None, gaps=(), markings=Markings())
    return (text for text in _texts(told, skip=(Statement, Custody, Markings)) if text)


def _texts(value: Any, skip: tuple[type, ...] = ()) -> Iterator[str]:
    """All free text inside a noun, at any depth; words of a fixed list, such as a clock's or a frame's, are not.

    Draws are numbers, and a gas that their source names too.
    """
    if isinstance(value, (Enum, Draws, *skip)):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Statement):
        yield from _texts(value.values)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item, skip)
    elif isinstance(value, tuple):
        for item in value:
            if not isinstance(item, BARE):
                yield from _texts(item, skip)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name), skip)
