"""Whose sky a track was in, as nouns: intervals with a verdict, what they rest on, and what a picture of them needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cathartes.model.custody import Statement
from cathartes.model.place import Ring


class Verdict(StrEnum):
    """Where an aircraft was for the whole of an interval."""

    IN = "in"
    OUT = "out"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """What a verdict rests on, or what stands in its way."""

    FIXES = "fixes"
    GAP = "gap"
    ERROR = "error"
    FLAGGED = "flagged"
    EXTENT = "extent"


class ZoneKind(StrEnum):
    """Areas that are no sovereignty: flight information regions (ICAO Annex 11) and exclusive economic zones (UNCLOS, part V)."""

    FIR = "fir"
    EEZ = "eez"


@dataclass(frozen=True)
class LineUsed:
    """A part of a boundary with an error of its own (95 %): what kind of line it is."""

    what: str
    error_m: float


@dataclass(frozen=True)
class BoundaryUsed:
    """Whose boundary a verdict rests on. `error_m` is the drawn line's 95 % error, the largest where its `lines` have different ones;
    `approximation` says what was built onto it."""

    name: str
    version: str
    sha256: str
    claim: str
    error_m: float
    error_assumed: bool
    attribution: str
    approximation: str
    lines: tuple[LineUsed, ...] = ()


@dataclass(frozen=True)
class IntervalTold:
    """One interval of one aircraft, times in ISO 8601."""

    aircraft: str
    verdict: Verdict
    start: str
    end: str
    reason: Reason
    closest_km: float


@dataclass(frozen=True)
class ZoneTold:
    """A zone that an aircraft was in, or may have been in, with the intervals of every aircraft."""

    zone: str
    intervals: tuple[IntervalTold, ...]


@dataclass(frozen=True)
class Apart:
    """The zones of one file, which play no part in any verdict about sovereignty: those met, of so many in the file."""

    kind: ZoneKind
    source: BoundaryUsed
    held: int
    zones: tuple[ZoneTold, ...]


@dataclass(frozen=True)
class CrossingTold:
    """One proved change of sides; `at` is the best time where the fixes tell one."""

    aircraft: str
    into: Verdict
    at: str | None
    earliest: str
    latest: str


@dataclass(frozen=True)
class Fixes:
    """How many fixes there are and how many carry each flag; `distinct` are those that are neither held nor duplicate nor nowhere."""

    total: int
    distinct: int
    held: int
    duplicate: int
    impossible: int
    shifted: int
    spoofed: int
    nowhere: int


@dataclass(frozen=True)
class Errors:
    """What goes into every verdict: largest error of a used fix, boundary and datum in metres; a single time's error in seconds."""

    position_m: float
    position_assumed: bool
    boundary_m: float
    datum_m: float
    clock_s: float


@dataclass(frozen=True)
class Reach:
    """What the aircraft is granted between fixes: below `gap_s` the turn, above it the speed."""

    gap_s: float
    turn_m_s2: float
    max_speed_m_s: float


@dataclass(frozen=True)
class Overflight:
    """The whole answer for one state by one boundary; `apart` tells of zones that are no sovereignty."""

    state: str
    boundary: BoundaryUsed
    track: str
    track_sha256: str
    intervals: tuple[IntervalTold, ...]
    crossings: tuple[CrossingTold, ...]
    fixes: Fixes
    errors: Errors
    reach: Reach
    notes: tuple[Statement, ...]
    apart: tuple[Apart, ...] = ()


@dataclass(frozen=True)
class Claims(Overflight):
    """The answer by the first of several boundaries, with all of them side by side.

    `contradicted_s` are the seconds for which one claim says in and another out.
    """

    claims: tuple[Overflight, ...] = ()
    contradicted_s: float = 0.0


@dataclass(frozen=True)
class Chart:
    """What a picture of an overflight shows, in degrees: the way flown by verdict, and the border near it."""

    way: Mapping[Verdict, tuple[Ring, ...]]
    border: tuple[Ring, ...]
