"""What documents report to have happened, one event once, whatever the order of reading.

Tellings of the same kind, place and time are gathered; numbers that differ make a range and a conflict; a document that copies
another adds a report but no number. See docs/explanation/events.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cathartes.language.copies import copies
from cathartes.language.tellings import Amount, Telling

DAYS_APART = 1
"""How far apart the dates of two tellings of one event may lie: some reports date it by the day it was known."""

SAME_STORY_DAYS = 10
"""How long after an event a report that gives no date may still tell of it."""


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


def gathered(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """Tellings of one event together: first those that name the narrowest place, last those without one, each to the likeliest event."""
    groups: list[list[Telling]] = []
    for telling in sorted((each for each in tellings if each.places), key=lambda each: -len(each.places)):
        fitting = [group for group in groups if any(is_same_event(telling, other) for other in group)]
        if not fitting:
            groups.append([telling])
        elif not is_summary(telling, fitting):
            likeliest(telling, fitting).append(telling)
    for telling in (each for each in tellings if not each.places):
        fitting = [group for group in groups if any(is_same_time(telling, other) for other in group if other.kind == telling.kind)]
        if not fitting:
            groups.append([telling])
        elif not is_summary(telling, fitting):
            likeliest(telling, fitting).append(telling)
    return groups


def likeliest(telling: Telling, groups: Sequence[list[Telling]]) -> list[Telling]:
    """Of events that a telling may be of, that of the same document, else the one nearest in time, else the first."""
    own = [group for group in groups if any(other.source == telling.source for other in group)]
    return min(own or groups, key=lambda group: min(_days_between(telling, other) for other in group))


def _days_between(one: Telling, other: Telling) -> int:
    first, second = one.day or one.written, other.day or other.written
    return abs((first - second).days) if first and second else SAME_STORY_DAYS


def is_same_event(one: Telling, other: Telling) -> bool:
    """Whether two tellings with a place can be of one event: same kind, a place name in common, times that agree.

    Two hamlets of one municipality are two places.
    """
    if len(one.places) > 1 < len(other.places) and one.places[0] not in other.places and other.places[0] not in one.places:
        return False
    shared = {name.casefold() for name in one.places[:2]} & {name.casefold() for name in other.places[:2]}
    return one.kind == other.kind and bool(shared) and is_same_time(one, other)


def is_same_time(one: Telling, other: Telling) -> bool:
    """Whether the dates agree: of the event where both give one, else that a report was written soon after the other's event."""
    if one.day and other.day:
        return abs(one.day - other.day) <= timedelta(DAYS_APART)
    if one.day and other.written:
        return -DAYS_APART <= (other.written - one.day).days <= SAME_STORY_DAYS
    if other.day and one.written:
        return -DAYS_APART <= (one.written - other.day).days <= SAME_STORY_DAYS
    return not (one.written and other.written) or abs(one.written - other.written) <= timedelta(SAME_STORY_DAYS)


def is_summary(telling: Telling, groups: Sequence[Sequence[Telling]]) -> bool:
    """Whether a telling without a place only adds up what several events give: "cuatro laboratorios" after three here and one there."""
    known = [max((other.count for other in group if other.count), default=0) for group in groups]
    return len(groups) > 1 and telling.count is not None and telling.count >= sum(known) > max(known)


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
