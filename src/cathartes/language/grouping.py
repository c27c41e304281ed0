"""Tellings of one event together: same kind, a place in common, times that agree.

Each telling is compared only with those that have its place and lie near it in time, so that a long text costs what it is long.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from cathartes.language.tellings import Telling

DAYS_APART = 1
"""How far apart the dates of two tellings of one event may lie: some reports date it by the day it was known."""

SAME_STORY_DAYS = 10
"""How long after an event a report that gives no date may still tell of it."""

_Key = tuple[str, str | None, str, int]
"""What is looked up together: the kind of event, a place or none, and a day: that of the event, or of the report where it gives none."""


@dataclass
class _Group:
    """One event while it is gathered: its tellings, one of every place and time among them, who tells them, and their largest number."""

    tellings: list[Telling] = field(default_factory=list)
    shapes: dict[tuple[object, ...], Telling] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    count: int = 0


class _Index:
    """Groups by what their tellings have in common with one that is still to be placed."""

    def __init__(self) -> None:
        self.groups: list[_Group] = []
        self._at: defaultdict[_Key, list[tuple[int, Telling]]] = defaultdict(list)

    def add(self, telling: Telling, number: int) -> None:
        """Put a telling into the group of that number, a new one if there is none."""
        if number == len(self.groups):
            self.groups.append(_Group())
        group, shape = self.groups[number], (telling.places, telling.day, telling.written)
        group.tellings.append(telling)
        group.sources.add(telling.source)
        group.count = max(group.count, telling.count or 0)
        if shape not in group.shapes:
            group.shapes[shape] = telling
            for place in (None, *(name.casefold() for name in telling.places[:2])):
                for when in (_when(telling), _EVER):
                    self._at[telling.kind, place, *when].append((number, telling))

    def fitting(self, telling: Telling) -> list[int]:
        """The numbers of the groups that a telling may be of, in the order in which they were begun."""
        is_same = is_same_event if telling.places else is_same_time
        places: list[str | None] = [name.casefold() for name in telling.places[:2]] or [None]
        near = (self._at.get((telling.kind, place, *when), ()) for place in places for when in _whens(telling))
        return sorted({number for found in near for number, other in found if is_same(telling, other)})


_EVER = ("ever", 0)


def _when(telling: Telling) -> tuple[str, int]:
    """The day of the event, else that of the report."""
    if telling.day:
        return "day", telling.day.toordinal()
    return ("written", telling.written.toordinal()) if telling.written else ("never", 0)


def _whens(telling: Telling) -> Iterator[tuple[str, int]]:
    """Where tellings stand whose times may agree with this one's."""
    known, day = _when(telling)
    if known == "never":
        yield _EVER
        return
    yield ("never", 0)
    before, after = (DAYS_APART, DAYS_APART) if known == "day" else (SAME_STORY_DAYS, DAYS_APART)
    yield from (("day", near) for near in range(day - before, day + after + 1))
    before = DAYS_APART if known == "day" else SAME_STORY_DAYS
    yield from (("written", near) for near in range(day - before, day + SAME_STORY_DAYS + 1))


def gathered(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """Tellings of one event together: first those that name the narrowest place, then those without one, each to the likeliest event.

    Last come those that say there was none ("no hubo detenidos"): they contradict an event that others tell of, and make none.
    """
    index = _Index()
    for telling in sorted(tellings, key=lambda each: (each.count == 0, -len(each.places))):
        fitting = index.fitting(telling)
        groups = [index.groups[number] for number in fitting]
        if not fitting and telling.count != 0:
            index.add(telling, len(index.groups))
        elif fitting and not is_summary(telling, [group.count for group in groups]):
            index.add(telling, fitting[_likeliest(telling, groups)])
    return [group.tellings for group in index.groups]


def _likeliest(telling: Telling, groups: Sequence[_Group]) -> int:
    """Of events that a telling may be of, that of the same document, else the one nearest in time, else the first: its position."""
    own = [at for at, group in enumerate(groups) if telling.source in group.sources] or range(len(groups))
    return own[0] if len(own) == 1 else min(own, key=lambda at: min(_days_between(telling, each) for each in groups[at].shapes.values()))


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


def is_summary(telling: Telling, counts: Sequence[int]) -> bool:
    """Whether a telling only adds up what several events give: "cuatro laboratorios" after three here and one there."""
    return len(counts) > 1 and telling.count is not None and telling.count >= sum(counts) > max(counts)
