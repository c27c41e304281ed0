"""Times as recordings write them: ISO 8601 or seconds counted, one clock or two, which are compared where both are there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isnan

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.model import Clock, Flight, Instant, Statement
from cathartes.model.samples import Floats
from cathartes.readers.table import Table

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
PLAIN_MARKS, PLAIN_LENGTHS = frozenset("0123456789-:.TZ\n"), frozenset({20, *range(22, 28)})
EXPECTED = "a time in ISO 8601 such as 2024-05-01T16:20:05.5Z"

ONE_CLOCK_S = 1.0
"""Two clocks that stay within this of a constant offset are one clock, written twice."""

TWO_CLOCKS_S = 60.0
"""Two clocks further apart than this cannot both be this flight's: at 60 m/s it is 3.6 km of track."""


@dataclass(frozen=True)
class Times:
    """Seconds of each sample after `zero`, in file order."""

    t_s: Floats
    zero: Instant | None
    health: tuple[Statement, ...]


def sample_times(table: Table, flight: Flight) -> Times:
    """When each sample was taken. Raises `BadInput` for no time column, a blank time, or two clocks that disagree."""
    counted = counter(table) if "t_s" in table.header else None
    if "time_utc" not in table.header:
        if counted is None:
            raise BadInput(f"{table.name} does not say when each sample was taken: expected a column t_s or time_utc")
        return Times(counted, flight.start, ())
    utc_us, clock, health = utc_times(table)
    zero_us = int(utc_us.min())
    since_first = (utc_us - zero_us) / 1e6
    if counted is None:
        return Times(since_first, instant(zero_us, clock), (*health, *late(instant(zero_us, clock), flight)))
    offset = float(np.median(since_first - counted))
    zero = instant(zero_us + round(offset * 1e6), clock)
    t_s, drift = one_time(table, counted, since_first - offset)
    return Times(t_s, zero, (*health, *drift, *late(zero, flight)))


def counter(table: Table) -> Floats:
    """The column `t_s`, complete and not absurd."""
    t_s = table.numbers["t_s"]
    wrong = np.flatnonzero(~(np.abs(t_s) < 1e10))
    if wrong.size:
        found = "" if np.isnan(t_s[wrong[0]]) else t_s[wrong[0]]
        raise table.fault(int(wrong[0]), "t_s", found, "seconds since the start of the recording, in every row")
    return t_s


def utc_times(table: Table) -> tuple[NDArray[np.int64], Clock, list[Statement]]:
    """The column `time_utc` in microseconds since 1970, and whether it said that it is UTC."""
    words = table.words["time_utc"]
    try:
        utc_us, unstated = microseconds(words)
    except ValueError as problem:
        raise table.fault(problem.args[0], "time_utc", words[problem.args[0]], EXPECTED) from None
    if not unstated:
        return utc_us, Clock.UTC, []
    return utc_us, Clock.UNSTATED, [Statement("health.zone_unstated", {"count": unstated})]


def one_time(table: Table, counted: Floats, from_utc: Floats) -> tuple[Floats, list[Statement]]:
    """`t_s` where the clocks agree (it is often the finer one), `time_utc` where `t_s` drifts. `BadInput` beyond a minute."""
    apart = np.abs(from_utc - counted)
    worst = int(np.argmax(apart))
    if apart[worst] > TWO_CLOCKS_S:
        expected = f"about {from_utc[worst]:.0f} as time_utc has it; keep the clock that is right"
        raise table.fault(worst, "t_s", counted[worst], expected)
    if apart[worst] > ONE_CLOCK_S:
        return from_utc, [Statement("health.clocks_drift", {"seconds": float(apart[worst])})]
    return counted, []


def late(zero: Instant, flight: Flight) -> list[Statement]:
    """A statement where the log begins more than a day from the start that flight.toml gives."""
    if flight.start is None or (hours := abs((zero.utc - flight.start.utc).total_seconds()) / 3600) <= 24:
        return []
    return [Statement("health.start_differs", {"hours": hours})]


def microseconds(words: Sequence[str]) -> tuple[NDArray[np.int64], int]:
    """Microseconds since 1970 UTC, and how many of the times stated no zone (those are taken as UTC).

    Raises `ValueError` with the index of the first word that is not such a time. A leap second (`:60`) is not one.
    """
    if (fast := _plain_utc(words)) is not None:
        return fast, 0
    moments, unstated = np.empty(len(words), np.int64), 0
    for index, word in enumerate(words):
        moment = _moment(word)
        if moment is None:
            raise ValueError(index)
        if moment.tzinfo is None:
            unstated += 1
            moment = moment.replace(tzinfo=UTC)
        moments[index] = (moment - EPOCH) // MICROSECOND
    return moments, unstated


def _plain_utc(words: Sequence[str]) -> NDArray[np.int64] | None:
    """The same for times that all end in seconds and Z, as a long track has them: ten times as quick. `None` for any other."""
    text = "\n".join(words)
    marks = [text.count(mark) for mark in "TZ-:"]
    count = len(words)
    if marks != [count, count, 2 * count, 2 * count] or not set(text) <= PLAIN_MARKS or not set(map(len, words)) <= PLAIN_LENGTHS:
        return None
    try:
        return np.array(text.replace("Z", "").split("\n"), "datetime64[us]").astype(np.int64)
    except ValueError:
        return None


def _moment(word: str) -> datetime | None:
    if not ISO_8601.fullmatch(word):
        return None
    try:
        return datetime.fromisoformat(word)
    except ValueError:
        return None


def instant(moment_us: int, clock: Clock) -> Instant:
    """The instant `moment_us` microseconds after 1970 began, as `clock` told it."""
    return Instant(EPOCH + int(moment_us) * MICROSECOND, clock)


def stated(word: str, clock: Clock) -> Instant | None:
    """The instant that a time names, UTC where it states no zone; `None` for what is no time."""
    moment = _moment(word)
    return None if moment is None else Instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC), clock)


def iso_utc(utc_s: float) -> str:
    """Seconds since 1970 as `2024-05-01T16:20:05.500Z`, to the millisecond; blank for NaN."""
    if isnan(utc_s):
        return ""
    return (EPOCH + timedelta(milliseconds=round(utc_s * 1e3))).isoformat(timespec="milliseconds").replace("+00:00", "Z")
