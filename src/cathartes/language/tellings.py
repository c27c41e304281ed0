"""Sentences that tell of an event: a laboratory found, a seizure, an arrest, a smell or complaint.

A sentence tells of one where a verb meets its object (the table `data/language/events.toml`) and nothing says that it did not
happen, may happen, or is a total over time. Which tellings are of one event is for `language.events`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from cathartes.language.lexicon import mexican_states, names_an_authority
from cathartes.language.numerals import NUMBER, number_of
from cathartes.language.segments import sentences
from cathartes.model import Fact, FactKind, Quantity

KINDS = ("laboratory found", "seizure", "arrest", "chemical smell/complaint")
COUNTED_AS = {"laboratory found": ("laboratory",), "arrest": ("person",)}
NOT_SEIZED = frozenset(
    ("laboratory", "person", "officer", "s", "min", "h", "d", "wk", "month", "a", "km", "m", "ha", "%", "km/h", "1", "degC")
)
"""Units of what is told beside a seizure and is none of it."""

MOST = 60
"""A larger number directly before a place is none of laboratories or arrests in one raid."""

_AT_LEAST = re.compile(r"(?:al\s+menos|por\s+lo\s+menos|más\s+de|mas\s+de|cuando\s+menos|at\s+least|more\s+than|over)\s+$", re.IGNORECASE)
_ABOUT = re.compile(r"(?:aproximadamente|cerca\s+de|alrededor\s+de|unos|unas|casi|about|some|around|nearly)\s+$", re.IGNORECASE)
_OF = re.compile(r"\s+(?:de|of|con|with|containing)\s+(?:la\s+|el\s+)?([^\W\d_]{3,})")
_NUMBER = re.compile(NUMBER, re.IGNORECASE)
_THERE = re.compile(r"\s+(?:más\s+|de\s+ellos\s+|others?\s+|otros?\s+)?(?:en|in|near)\b", re.IGNORECASE)
_RATHER_THAN = r"(?:,?\s+(?:y\s+no|not)\s+\w+,?)?"
"""What a correction puts between its number and its object: "seis, y no cuatro, los laboratorios"."""

_REPLACED = re.compile(r"\b(?:no|not|en\s+(?:lugar|vez)\s+de|instead\s+of|rather\s+than)\s+$", re.IGNORECASE)
_INSIDE = re.compile(
    r",?\s*(?:ahora\s+|también\s+|esta\s+vez\s+)?(?:en\s+)?(?:(?:la|el)\s+)?"
    r"(?:localidad|comunidad|poblado|ejido|ranchería|sindicatura|rancho|colonia|pueblo)\s+(?:de\s+)?"
)
"""What stands between a place and a narrower one in it: "Tamazula, ahora en la localidad de El Durazno"."""

_DATELINE = re.compile(r"^[^\n]{0,90}?(?:\.\s?[-–—]+|[-–—]{1,2})\s")


@dataclass(frozen=True)
class Source:
    """A document, or a part of a long one, as events need it: its name, its text, the date it was written, its facts.

    `start` is where the text begins in the document; the facts' offsets are those in the text.
    """

    name: str
    text: str
    written: date | None
    facts: tuple[Fact, ...]
    start: int = 0


@dataclass(frozen=True)
class Amount:
    """A quantity that a telling gives, of what, and whether it is called an estimate or a bound."""

    value: Quantity
    of: str
    text: str
    estimated: bool


@dataclass(frozen=True)
class Telling:
    """One sentence that tells of an event. `count` is `None` where it gives no number, nought where it says that there was none;
    `at_least` makes it a bound."""

    kind: str
    source: str
    start: int
    end: int
    text: str
    places: tuple[str, ...]
    day: date | None
    written: date | None
    count: int | None
    at_least: bool = False
    is_plural: bool = False
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True)
class Chain:
    """Place names that stand side by side, the narrower first ("La Tuna, Badiraguato, Sinaloa"), and where they stand."""

    names: tuple[str, ...]
    start: int
    end: int


def tellings_of(source: Source) -> Iterator[Telling]:
    """Every telling in one document. A sentence without a place or date of its own has those named before it."""
    place: tuple[str, ...] = ()
    day: date | None = None
    dateline = _DATELINE.match(source.text)
    for start, end in sentences(source.text):
        facts = [fact for fact in source.facts if start <= fact.start and fact.end <= end]
        if dateline:
            facts = [fact for fact in facts if fact.start >= dateline.end()]
        chains = place_chains(source.text, facts)
        days = full_days(facts)
        if days and source.text[start:end].strip(" .") != days[0][0].text:
            day = days[0][1]
        place = chains[0].names if chains and (not _is_state(chains[0]) or not place) else place
        text = source.text[start:end]
        if is_background(text, facts, source.written) or is_no_report(text):
            continue
        span = source.start + start, source.start + end
        for kind in kinds_told(text):
            for chain, count, at_least in counts(kind, source.text, start, end, facts, chains):
                names = chain.names if chain and (not _is_state(chain) or not place) else place
                amounts = tuple(amounts_of(source.text, facts)) if kind in ("seizure", "laboratory found") else ()
                if kind != "seizure" or amounts:
                    plural = is_plural(kind, text)
                    told = nearest_day(kind, source.text, start, end, days) or day
                    yield Telling(kind, source.name, *span, text.strip(), names, told, source.written, count, at_least, plural, amounts)
        if _pattern("arrest", "none").search(text):
            told = nearest_day("arrest", source.text, start, end, days) or day
            yield Telling("arrest", source.name, *span, text.strip(), place, told, source.written, 0)


def _is_state(chain: Chain) -> bool:
    return all(name in mexican_states() for name in chain.names)


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("cathartes").joinpath("data/language/events.toml").read_text("utf-8"))


@cache
def _pattern(section: str, key: str) -> re.Pattern[str]:
    return re.compile(_table()[section][key], re.IGNORECASE)


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]]:
    """By kind: verb, object, and whatever says that it did not happen."""
    table, made = _table(), {}
    for kind in KINDS:
        verbs, objects = table[kind]["verbs"], table[kind]["objects"]
        denied = table["not-told"]["denied"].replace("VERB", verbs).replace("OBJECT", objects).replace("NOUN", table[kind]["nouns"])
        none = [table[kind]["none"]] if "none" in table[kind] else []
        made[kind] = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (rf"\b{verbs}", objects, "|".join((denied, *none))))
    return made  # type: ignore[return-value]  # three patterns by construction


def kinds_told(text: str) -> list[str]:
    """The kinds of event that a sentence tells of, by what is left of it without the clauses that deny one."""
    told, parts = [], _pattern("not-told", "clauses").split(text)
    for kind, (verb, object_, denied) in _patterns().items():
        left = " ".join(part for part in parts if not denied.search(part))
        if verb.search(left) and object_.search(left):
            told.append(kind)
    return told


def is_no_report(text: str) -> bool:
    """Whether a sentence speaks of what may happen, of totals over time, of laws, drills or films, or takes back what was told."""
    return any(_pattern("not-told", group).search(text) for group in ("possible", "total", "other"))


def is_background(text: str, facts: Sequence[Fact], written: date | None) -> bool:
    """Whether the sentence speaks of another year than its report, such as "en 2019 se localizaron"."""
    years = {fact.value[:4] for fact in facts if fact.kind is FactKind.DATE and isinstance(fact.value, str) and len(fact.value) < 8}
    return bool(written and years and str(written.year) not in years)


def full_days(facts: Sequence[Fact]) -> list[tuple[Fact, date]]:
    """The whole dates among the facts."""
    return [
        (fact, date.fromisoformat(fact.value[:10]))
        for fact in facts
        if fact.kind is FactKind.DATE and isinstance(fact.value, str) and re.match(r"\d{4}-\d\d-\d\d", fact.value)
    ]


def nearest_day(kind: str, text: str, start: int, end: int, days: Sequence[tuple[Fact, date]]) -> date | None:
    """The date nearest to the verb of the event, one before it twice as far: "corrigió ayer: fueron tres los hallados el 6 de marzo"."""
    verb = _patterns()[kind][0].search(text, start, end)
    at = verb.start() if verb else start
    return min(days, key=lambda each: max(each[0].start - at, 2 * (at - each[0].start)))[1] if days else None


def place_chains(text: str, facts: Sequence[Fact]) -> list[Chain]:
    """The place names of a sentence, those side by side as one."""
    chains: list[Chain] = []
    for fact in facts:
        if fact.kind is not FactKind.PLACE or names_an_authority(fact.text.removeprefix("La ")):
            continue
        between = text[chains[-1].end : fact.start] if chains else None
        if between is not None and _INSIDE.fullmatch(between):
            chains[-1] = Chain((fact.text, *chains[-1].names), chains[-1].start, fact.end)
        elif between is not None and re.fullmatch(r",?\s*(?:\(|en\s+|municipio\s+de\s+|in\s+|de\s+|del\s+municipio\s+de\s+)?", between):
            chains[-1] = Chain((*chains[-1].names, fact.text), chains[-1].start, fact.end)
        else:
            chains.append(Chain((fact.text,), fact.start, fact.end))
    return chains


def counts(
    kind: str, text: str, start: int, end: int, facts: Sequence[Fact], chains: Sequence[Chain]
) -> Iterator[tuple[Chain | None, int | None, bool]]:
    """Place, number and whether it is a bound: one for the sentence, or one for each place that has a number of its own."""
    counted = [
        (chain, *(number_there(kind, text, previous, chain.start) or number_before(kind, text, previous, chain.start, facts)))
        for previous, chain in _with_ends(start, chains)
    ]
    own = [(chain, number, bound) for chain, number, bound in counted if number is not None]
    if kind == "laboratory found" and len(own) > 1:
        yield from own
        return
    number, bound = number_before(kind, text, start, end, facts)
    if number is None and kind == "arrest":
        number = sum(fact.kind is FactKind.PERSON for fact in facts) or None
    main = [chain for chain in chains if not _is_state(chain)] or list(chains)
    yield (main[0] if main else None), number, bound


def _with_ends(start: int, chains: Sequence[Chain]) -> Iterator[tuple[int, Chain]]:
    for chain in chains:
        yield start, chain
        start = chain.end


def number_before(kind: str, text: str, start: int, end: int, facts: Sequence[Fact]) -> tuple[int | None, bool]:
    """The number of what the kind counts between `start` and `end`, and whether words before it make it a bound."""
    units = COUNTED_AS.get(kind, ())
    for fact in facts:
        if start <= fact.start < end and isinstance(fact.value, Quantity) and fact.value.unit in units and fact.value.value >= 1:
            return int(fact.value.value), bool(_AT_LEAST.search(text[max(start, fact.start - 20) : fact.start]))
    return (number_there(kind, text, start, end) if units else None) or (None, False)


def number_there(kind: str, text: str, start: int, end: int) -> tuple[int, bool] | None:
    """The last number between `start` and `end` that counts by its place: "two drug labs", "tres en Elota"."""
    found = None
    for match in _NUMBER.finditer(text, start, end):
        number = number_of(match.group())
        is_count = number is not None and number == int(number) and 1 <= number <= MOST
        if number is not None and is_count and not _REPLACED.search(text, start, match.start()) and _counts(kind, text, match.end()):
            found = int(number), bool(_AT_LEAST.search(text[max(start, match.start() - 20) : match.start()]))
    return found


def _counts(kind: str, text: str, end: int) -> bool:
    """Whether a number that ends at `end` counts what the kind is about: "two drug labs", "tres en Elota"."""
    object_ = re.compile(rf"{_RATHER_THAN}\s+(?:[^\W\d_]+\s+){{0,2}}?(?:{_patterns()[kind][1].pattern})", re.IGNORECASE)
    return bool(_THERE.match(text, end) or (kind == "laboratory found" and object_.match(text, end)))


def amounts_of(text: str, facts: Sequence[Fact]) -> Iterator[Amount]:
    """Every amount of goods or money among the facts, with what it is of."""
    for fact in facts:
        if fact.kind not in (FactKind.QUANTITY, FactKind.MONEY) or not isinstance(fact.value, Quantity):
            continue
        if fact.value.unit not in NOT_SEIZED:
            of = _OF.match(text, fact.end)
            before = text[max(0, fact.start - 24) : fact.start]
            yield Amount(
                _in_base_unit(fact.value),
                _in_spanish(of[1].lower()) if of else "",
                fact.text,
                bool(_AT_LEAST.search(before) or _ABOUT.search(before)),
            )


def _in_spanish(substance: str) -> str:
    """A substance by its Spanish word, so that reports of both languages speak of one thing."""
    return _table()["substances"].get(substance, substance)


def _in_base_unit(value: Quantity) -> Quantity:
    factor, unit = {"t": (1000.0, "kg"), "g": (0.001, "kg"), "mL": (0.001, "L")}.get(value.unit, (1.0, value.unit))
    return Quantity(round(value.value * factor, 6), unit)


def is_plural(kind: str, text: str) -> bool:
    """Whether the sentence speaks of several without a number."""
    match = _patterns()[kind][1].search(text)
    return bool(match and match.group().lower().rstrip(".").endswith(("os", "as", "labs", "laboratories")))
