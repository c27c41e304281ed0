"""What documents report to have happened, one event once, whatever the order of reading.

Tellings of the same kind, place and time are gathered; numbers that differ make a range and a conflict; a document that copies
another adds a report but no number. See docs/explanation/events.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cathartes.language.copies import copies
from cathartes.language.grouping import gathered
from cathartes.language.tellings import Amount, Telling


@dataclass(frozen=True)
class Conflict:
    """Where reports differ: on what, and which value each document gives."""

    on: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class Event:
    """One event. `count` is the range that independent documents give, its upper end `None` where none says how many."""

    kind: str
    place: str | None
    time: str | None
    count: tuple[int, int | None]
    quantities: tuple[Mapping[str, object], ...]
    tellings: tuple[Telling, ...]
    copies: Mapping[str, str]
    conflicts: tuple[Conflict, ...]


def events_of(tellings: Sequence[Telling], texts: Mapping[str, str]) -> tuple[Event, ...]:
    """Every event that is told, in order of time and place; the same whatever the order of `tellings`.

    `texts` are those of the documents that may copy each other, the earliest first. What one
    document says in the same words again is told once.
    """
    copied = copies(texts)
    once: dict[tuple[object, ...], Telling] = {}
    for telling in sorted(tellings, key=lambda each: (each.written or date.max, each.source, each.start)):
        once.setdefault((telling.source, telling.text, telling.kind, telling.places, telling.day), telling)
    made = [event_of(group, copied) for group in gathered(list(once.values()))]
    return tuple(sorted(made, key=lambda event: (event.time or "9999", event.kind, event.place or "", event.tellings[0].source)))


def event_of(tellings: Sequence[Telling], copied: Mapping[str, str]) -> Event:
    """The event of a group of tellings."""
    first = tellings[0]
    days = sorted(telling.day for telling in tellings if telling.day)
    known = days or sorted(telling.written for telling in tellings if telling.written)
    place = max((telling.places for telling in tellings), key=lambda names: (len(names), names), default=())
    own = [telling for telling in tellings if telling.source not in copied]
    numbers = by_source(own)
    quantities, differing = merged_amounts(own)
    conflicts = [Conflict("count", numbers)] if len(set(numbers.values())) > 1 else []
    if len(set(days)) > 1:
        conflicts.append(Conflict("time", {telling.source: float(telling.day.toordinal()) for telling in tellings if telling.day}))
    names = {telling.source for telling in tellings}
    return Event(
        first.kind,
        ", ".join(place) or None,
        known[0].isoformat() if known else None,
        count_range(own or tellings, numbers),
        quantities,
        tuple(sorted(tellings, key=lambda telling: (telling.written or date.max, telling.source, telling.start))),
        {name: of for name, of in copied.items() if name in names},
        (*conflicts, *differing),
    )


def by_source(tellings: Sequence[Telling]) -> dict[str, float]:
    """The number each document gives, where it gives one and not only a bound: the largest, since details name parts of a whole."""
    numbers: dict[str, float] = {}
    for telling in tellings:
        if telling.count is not None and not telling.at_least:
            numbers[telling.source] = max(numbers.get(telling.source, 0), telling.count)
    return numbers


def count_range(tellings: Sequence[Telling], numbers: Mapping[str, float]) -> tuple[int, int | None]:
    """Lowest and highest number that independent documents give. A bound ("al menos tres") counts where nobody gives a number."""
    bounds = [telling.count for telling in tellings if telling.at_least and telling.count is not None]
    if numbers:
        return int(min(numbers.values())), int(max(numbers.values()))
    if bounds:
        return max(bounds), None
    return (2, None) if any(telling.is_plural for telling in tellings) and tellings[0].kind in ("laboratory found", "arrest") else (1, 1)


def merged_amounts(tellings: Sequence[Telling]) -> tuple[tuple[dict[str, object], ...], list[Conflict]]:
    """Amounts by what they are of and their unit, each once with its range, and where documents differ."""
    amounts: dict[tuple[str, str], dict[str, Amount]] = {}
    for telling in tellings:
        for amount in telling.amounts:
            of_source = amounts.setdefault((amount.of, amount.value.unit), {})
            if telling.source not in of_source or amount.value.value > of_source[telling.source].value.value:
                of_source[telling.source] = amount
    told, conflicts = [], []
    for (of, unit), of_source in sorted(amounts.items()):
        values = {name: amount.value.value for name, amount in of_source.items()}
        estimated = all(amount.estimated for amount in of_source.values())
        texts = {name: amount.text for name, amount in of_source.items()}
        told.append(
            {"of": of, "unit": unit, "low": min(values.values()), "high": max(values.values()), "estimated": estimated, "told": texts}
        )
        if len(set(values.values())) > 1:
            conflicts.append(Conflict(f"{of} {unit}".strip(), values))
    return tuple(told), conflicts
