"""What ties leads together: organisations, vehicles and places that reports near them name. Persons never do: they have no place.

A tie is something reports have in common; whether it means anything is for a person to say.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from cathartes.messages import say
from cathartes.model import Lead, Statement
from cathartes.network.chart import ChartTie
from cathartes.network.names import parsed

NAMED_BY: Mapping[str, tuple[str, str]] = {
    "mention.organisation": ("organisation", "name"),
    "mention.vehicle": ("vehicle", "name"),
    "mention.laboratory": ("place", "place"),
    "mention.seizure": ("place", "place"),
    "mention.smell": ("place", "place"),
}
"""Key of what a detection says, to the kind of thing named and the value that names it."""


def lead_ties(leads: Iterable[Lead], language: str) -> list[ChartTie]:
    """A tie from each lead to each thing named near it, with the sentences that say so; one thing however it is written."""
    said: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    labels: dict[str, str] = {}
    for lead in leads:
        for words in (each.says for each in lead.detections if each.says is not None and each.says.key in NAMED_BY):
            kind, value = NAMED_BY[words.key]
            name = _name(words, value)
            label = labels.setdefault(f"{kind} {' '.join(parsed(name, kind).words)}", f"{kind}: {name}")
            said[lead.id, label][say(words, language)] = None
    return [ChartTie(lead, label, float(len(lines)), tuple(lines)) for (lead, label), lines in said.items()]


def _name(words: Statement, value: str) -> str:
    """What is named; a place with its state, since many places share a name."""
    name = str(words.values[value])
    return f"{name}, {words.values['state']}" if value == "place" else name


def shared(ties: Iterable[ChartTie]) -> dict[str, list[str]]:
    """The things that tie two leads or more, and those leads."""
    found: dict[str, list[str]] = defaultdict(list)
    for tie in ties:
        found[tie.target].append(tie.source)
    return {thing: leads for thing, leads in found.items() if len(leads) > 1}
