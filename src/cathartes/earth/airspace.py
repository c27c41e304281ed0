"""Whose sky: when an aircraft was certainly inside a state's airspace, when certainly outside, and when neither can be proved.

Only the times that cannot be decided are computed; between two of them the aircraft cannot have changed sides. Between fixes up
to `GAP_S` apart the way is bounded by how hard an aircraft can turn, across longer gaps by how fast it can fly. What makes a fix
doubtful is for the readers to say; docs/explanation/airspace.md tells the method and what it does not prove.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.borderline import Bools, Borderline
from cathartes.earth.geodesy import WGS84, earth_centred, geodesic_m, on_the_way
from cathartes.model.overflight import Reason, Verdict
from cathartes.model.samples import Floats

GAP_S = 60.0
"""From here on the bound on speed is the tighter one for any aircraft that flies (see `TURN_M_S2`)."""

MAX_SPEED_M_S = 600 * 1852 / 3600
"""600 knots over ground, where the track shows nothing faster."""

TURN_M_S2 = 17.0
"""Sideways acceleration in a level turn banked by 60 degrees, the limit of flight that is not aerobatic."""

RESOLUTION_S = 0.02
FINE_S = 2.0
"""Breaks in what is within reach that are shorter come of the border's points being some metres apart."""

BLOCKS = (512, 64, 8, 1)
FIRST_LOOK = 100

Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Flown:
    """One aircraft's usable fixes in order of time: UTC seconds, degrees, and the 95 % error of each in metres.

    `is_broken[i]` says that fixes between i and i + 1 were set aside as doubtful. `start_s` and `end_s` include doubtful fixes at
    either end. `clock_error_s` is how wrong a single time may be beside the others.
    """

    utc_s: Floats
    lon_deg: Floats
    lat_deg: Floats
    error_m: Floats
    is_broken: Bools
    start_s: float
    end_s: float
    clock_error_s: float


@dataclass(frozen=True)
class Interval:
    """A stretch of time with one verdict; `closest_m` is the least distance of the way flown to the border (0 across a gap)."""

    verdict: Verdict
    start_s: float
    end_s: float
    reason: Reason
    closest_m: float


@dataclass(frozen=True)
class Crossing:
    """One change of sides: when it most likely was (`None` where nothing tells), and between which times it certainly was."""

    at_s: float | None
    earliest_s: float
    latest_s: float
    into: Verdict


class Window(NamedTuple):
    """A time that cannot be decided, and why."""

    start_s: float
    end_s: float
    reason: Reason


@dataclass(frozen=True, eq=False)
class Way:
    """The way between one fix and the next, n - 1 of them: seconds, metres over ground, error, and ends in space."""

    flown: Flown
    places_m: Floats
    seconds: Floats
    metres: Floats
    error_m: Floats

    @cached_property
    def is_gap(self) -> Bools:
        return self.seconds > GAP_S

    @cached_property
    def _flown_m(self) -> Floats:
        return np.concatenate(([0.0], np.cumsum(self.metres)))

    def flown_m(self, utc_s: Floats) -> Floats:
        """Metres flown since the first fix."""
        return np.interp(utc_s, self.flown.utc_s, self._flown_m)

    def at(self, step: Ints, fraction: Floats) -> tuple[Floats, Floats]:
        """Degrees at a fraction of the given steps."""
        return on_the_way(self.places_m[step], self.places_m[step + 1], fraction)

    def at_time(self, utc_s: Floats) -> tuple[Floats, Floats]:
        """Degrees at times within the track; along the geodesic where a gap is long."""
        step = np.clip(np.searchsorted(self.flown.utc_s, utc_s, "right") - 1, 0, len(self.seconds) - 1)
        fraction = np.clip((utc_s - self.flown.utc_s[step]) / self.seconds[step], 0.0, 1.0)
        lon, lat = self.at(step, fraction)
        for each in np.flatnonzero(self.seconds[step] > GAP_S):
            lon[each], lat[each] = on_geodesic(self.flown, int(step[each]), float(fraction[each]))
        return lon, lat


def intervals(flown: Flown, border: Borderline, max_speed_m_s: float = MAX_SPEED_M_S) -> tuple[Interval, ...]:
    """The verdict on one aircraft's track from its first to its last fix, without a hole; equal neighbours are one interval."""
    return judged(flown, border, max_speed_m_s)[0]


def judged(flown: Flown, border: Borderline, max_speed_m_s: float = MAX_SPEED_M_S) -> tuple[tuple[Interval, ...], tuple[Crossing, ...]]:
    """The intervals of one aircraft's track, and every proved change of sides between them."""
    if len(flown.utc_s) < 2:
        return (of_one_fix(flown, border) if len(flown.utc_s) else of_no_fix(flown),), ()
    way = way_of(flown, border)
    open_ = [each for part in border.parts for each in undecided(way_of(flown, part), part, max_speed_m_s)]
    found = told(way, merged(dilated([*open_, *off_the_map(way, border)], flown)), border)
    return found, crossings(way, found, border)


def crossings(way: Way, found: Sequence[Interval], border: Borderline) -> tuple[Crossing, ...]:
    """Every undecided interval between two that are decided and differ, in order of time."""
    changes = []
    for before, between, after in zip(found, found[1:], found[2:], strict=False):
        if between.verdict is Verdict.UNDECIDED and {before.verdict, after.verdict} == {Verdict.IN, Verdict.OUT}:
            at_s = crossed_at(way, between, border, after.verdict) if between.reason is Reason.ERROR else None
            changes.append(Crossing(at_s, between.start_s, between.end_s, after.verdict))
    return tuple(changes)


def crossed_at(way: Way, between: Interval, border: Borderline, into: Verdict) -> float:
    """The time at which the way between the fixes meets the border, by halving."""
    low, high = between.start_s, between.end_s
    while high - low > RESOLUTION_S / 20:
        middle = (low + high) / 2
        is_there = bool(border.holds(*way.at_time(np.array([middle])))[0]) is (into is Verdict.IN)
        low, high = (low, middle) if is_there else (middle, high)
    return (low + high) / 2


def way_of(flown: Flown, border: Borderline) -> Way:
    """The steps of a track with the boundary's error added to that of the fixes."""
    places_m = earth_centred(flown.lon_deg, flown.lat_deg)
    seconds = np.diff(flown.utc_s)
    metres = np.linalg.norm(np.diff(places_m, axis=0), axis=1)
    long = np.flatnonzero(seconds > GAP_S)
    metres[long] = geodesic_m(flown.lon_deg[long], flown.lat_deg[long], flown.lon_deg[long + 1], flown.lat_deg[long + 1])
    error_m = np.maximum(flown.error_m[:-1], flown.error_m[1:]) + border.error_m
    return Way(flown, places_m, seconds, metres, error_m)


def on_geodesic(flown: Flown, step: int, fraction: float) -> tuple[float, float]:
    """Degrees at a fraction of the geodesic between a fix and the next."""
    start, end = ((flown.lon_deg[at], flown.lat_deg[at]) for at in (step, step + 1))
    azimuth, _, metres = WGS84.inv(*start, *end)
    lon, lat, _ = WGS84.fwd(*start, azimuth, metres * fraction)
    return float(lon), float(lat)


def of_no_fix(flown: Flown) -> Interval:
    """Where every fix is doubtful, nothing is decided."""
    return Interval(Verdict.UNDECIDED, flown.start_s, flown.end_s, Reason.FLAGGED, 0.0)


def of_one_fix(flown: Flown, border: Borderline) -> Interval:
    """The verdict at the moment of a single fix."""
    away_m = float(border.nearest(flown.lon_deg, flown.lat_deg).metres[0])
    if beyond(flown, border)[0]:
        return Interval(Verdict.UNDECIDED, flown.start_s, flown.end_s, Reason.EXTENT, away_m)
    if flown.end_s > flown.start_s:
        return Interval(Verdict.UNDECIDED, flown.start_s, flown.end_s, Reason.FLAGGED, 0.0)
    if any(part.nearest(flown.lon_deg, flown.lat_deg).metres[0] <= flown.error_m[0] + part.error_m for part in border.parts):
        return Interval(Verdict.UNDECIDED, flown.start_s, flown.end_s, Reason.ERROR, away_m)
    inside = bool(border.holds(flown.lon_deg, flown.lat_deg)[0])
    return Interval(Verdict.IN if inside else Verdict.OUT, flown.start_s, flown.end_s, Reason.FIXES, away_m)


def undecided(way: Way, border: Borderline, max_speed_m_s: float) -> list[Window]:
    """Every time at which both sides of the border could be reached, in no order."""
    near = near_steps(way, border, max_speed_m_s)
    close = near[~way.is_gap[near]]
    found = in_short_steps(way, close, border)
    for step in near[way.is_gap[near]]:
        found += in_gap(way, int(step), border, max_speed_m_s)
    return found + at_the_ends(way.flown, border, max_speed_m_s)


def near_steps(way: Way, border: Borderline, max_speed_m_s: float) -> Ints:
    """The steps from whose start the border could be reached; all others were settled by bounds over whole blocks of steps."""
    turn_m = way.metres + TURN_M_S2 * np.minimum(way.seconds, GAP_S) ** 2 / 8
    reach_m = np.where(way.is_gap, (np.maximum(max_speed_m_s * way.seconds, way.metres) + way.metres) / 2, turn_m) + way.error_m
    steps = np.arange(len(reach_m))
    for size in BLOCKS:
        starts = np.flatnonzero(np.diff(steps // size, prepend=-1))
        centres_m = way.places_m[steps[starts]]
        block = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(steps)))
        radius_m = np.linalg.norm(way.places_m[steps] - centres_m[block], axis=1) + reach_m[steps]
        is_near = border.at_least_m(centres_m) <= np.maximum.reduceat(radius_m, starts)
        steps = steps[is_near[block]]
        if not steps.size:
            break
    return steps


def in_short_steps(way: Way, steps: Ints, border: Borderline) -> list[Window]:
    """Times within the steps when the border was nearer than the error and the bow that a turn can make; halved until sure.

    A way with ends fixed and acceleration at most a strays from the straight one by at most a t (T - t) / 2.
    """
    step, start, end = steps, np.zeros(len(steps)), way.seconds[steps].copy()
    found: list[tuple[Floats, Floats]] = []
    while step.size:
        middle = (start + end) / 2
        away_m = border.nearest(*way.at(step, middle / np.maximum(way.seconds[step], 1e-9))).metres
        half_m = way.metres[step] / np.maximum(way.seconds[step], 1e-9) * (end - start) / 2
        low_m, high_m = bow(start, end, way.seconds[step])
        clear = away_m - half_m > way.error_m[step] + high_m
        certain = (away_m + half_m < way.error_m[step] + low_m) | (~clear & (end - start < RESOLUTION_S))
        zero = way.flown.utc_s[step]
        found.append(((zero + start)[certain], (zero + end)[certain]))
        split = ~(clear | certain)
        step, start, middle, end = step[split], start[split], middle[split], end[split]
        step, start, end = np.tile(step, 2), np.concatenate((start, middle)), np.concatenate((middle, end))
    return [Window(*span, Reason.ERROR) for starts, ends in found for span in zip(starts.tolist(), ends.tolist(), strict=True)]


def bow(start: Floats, end: Floats, seconds: Floats) -> tuple[Floats, Floats]:
    """Least and greatest bow in metres between two times of a step that takes `seconds`."""
    at_ends = TURN_M_S2 / 2 * np.stack((start * (seconds - start), end * (seconds - end)))
    holds_top = (start <= seconds / 2) & (seconds / 2 <= end)
    return at_ends.min(axis=0), np.where(holds_top, TURN_M_S2 * seconds**2 / 8, at_ends.max(axis=0))


def in_gap(way: Way, step: int, border: Borderline, max_speed_m_s: float) -> list[Window]:
    """Times in a gap at which some point of the border could be reached from the fix before and still left for the fix after.

    A point p of the border is within reach from (d(A, p) - e) / v after A until (d(B, p) - e) / v before B; the answer is the union
    over all points. While no point is within reach, everything that is within reach lies on one side.
    """
    flown, seconds = way.flown, float(way.seconds[step])
    # Where the track itself was faster, a ten-thousandth more: the straight way alone would have no width.
    speed = max(max_speed_m_s, 1.0001 * float(way.metres[step]) / seconds)
    nearest = border.nearest(flown.lon_deg[step : step + 2], flown.lat_deg[step : step + 2])
    first, last = within_reach(way, step, np.column_stack((nearest.lon_deg, nearest.lat_deg)), speed)
    if not (first[0] <= last[1] and first[1] <= last[0]):
        # The nearest points do not span the answer: ask every point that may lie in the ellipse.
        ellipse_m = speed * seconds + 2 * float(way.error_m[step])
        first, last = within_reach(way, step, border.points_within(way.places_m[step], way.places_m[step + 1], ellipse_m), speed)
    reason = Reason.FLAGGED if flown.is_broken[step] else Reason.GAP
    start = float(flown.utc_s[step])
    return [Window(start + one, start + other, reason) for one, other in union(first, last, FINE_S)]


def within_reach(way: Way, step: int, points: Floats, speed_m_s: float) -> tuple[Floats, Floats]:
    """From when until when, in seconds of the step, each point (n x 2, degrees) can be reached; empty where the second is smaller."""
    flown, error_m = way.flown, way.error_m[step]

    def flight_s(fix: int) -> Floats:
        lon, lat = (np.full(len(points), each[fix]) for each in (flown.lon_deg, flown.lat_deg))
        return np.asarray(np.maximum(geodesic_m(lon, lat, *points.T) - error_m, 0.0) / speed_m_s)

    return flight_s(step), np.asarray(way.seconds[step] - flight_s(step + 1))


def union(first: Floats, last: Floats, tolerance: float) -> list[tuple[float, float]]:
    """The spans that the intervals cover together; empty intervals count for nothing, and breaks below `tolerance` are closed."""
    possible = np.flatnonzero(first <= last)
    order = possible[np.argsort(first[possible], kind="stable")]
    spans: list[tuple[float, float]] = []
    for start, end in zip(first[order].tolist(), last[order].tolist(), strict=True):
        if spans and start <= spans[-1][1] + tolerance:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def at_the_ends(flown: Flown, border: Borderline, max_speed_m_s: float) -> list[Window]:
    """Times before the first and after the last usable fix at which the border was within reach of it."""
    away_m = border.nearest(flown.lon_deg[[0, -1]], flown.lat_deg[[0, -1]]).metres - flown.error_m[[0, -1]] - border.boundary.error_m
    before, after = (np.maximum(away_m, 0.0) / max_speed_m_s).tolist()
    first, last = float(flown.utc_s[0]), float(flown.utc_s[-1])
    spans = ((flown.start_s, first - before), (last + after, flown.end_s))
    return [Window(start, end, Reason.FLAGGED) for start, end in spans if start < end]


def off_the_map(way: Way, border: Borderline) -> list[Window]:
    """Steps that leave what a clipped boundary covers: it cannot say what lies there."""
    outside = beyond(way.flown, border)
    steps = np.flatnonzero(outside[:-1] | outside[1:])
    utc_s = way.flown.utc_s
    return [Window(float(utc_s[step]), float(utc_s[step + 1]), Reason.EXTENT) for step in steps]


def beyond(flown: Flown, border: Borderline) -> Bools:
    """Which fixes lie outside the extent of a clipped boundary."""
    if border.boundary.extent is None:
        return np.zeros(len(flown.utc_s), np.bool_)
    west, south, east, north = border.boundary.extent
    return (flown.lon_deg < west) | (flown.lon_deg > east) | (flown.lat_deg < south) | (flown.lat_deg > north)


def dilated(windows: Sequence[Window], flown: Flown) -> list[Window]:
    """The windows made longer at both ends by the clock's error, within the track."""
    by = flown.clock_error_s
    return [
        Window(max(window.start_s - by, flown.start_s), min(window.end_s + by, flown.end_s), window.reason)
        for window in windows
    ]  # fmt: skip


def merged(windows: Sequence[Window]) -> list[Window]:
    """Overlapping windows as one, with the reason that holds for most of it, in order of time."""
    together: list[list[Window]] = []
    end = -np.inf
    for window in sorted(windows):
        if window.start_s > end:
            together.append([])
            end = -np.inf
        together[-1].append(window)
        end = max(end, window.end_s)
    return [Window(group[0].start_s, max(each.end_s for each in group), main_reason(group)) for group in together]


def main_reason(windows: Sequence[Window]) -> Reason:
    """The reason with the most seconds."""
    seconds = dict.fromkeys(Reason, 0.0)
    for window in windows:
        seconds[window.reason] += window.end_s - window.start_s
    return max(seconds, key=lambda reason: seconds[reason]) if any(seconds.values()) else windows[0].reason


def told(way: Way, windows: Sequence[Window], border: Borderline) -> tuple[Interval, ...]:
    """The windows as undecided intervals, and what lies between them on the side where the way is."""
    flown = way.flown
    edges = [flown.start_s, *(time for window in windows for time in (window.start_s, window.end_s)), flown.end_s]
    between = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]
    inside = border.holds(*way.at_time(np.array([(start + end) / 2 for start, end in between])))
    found = [
        Interval(Verdict.IN if is_in else Verdict.OUT, start, end, Reason.FIXES, closest_m(way, start, end, border))
        for (start, end), is_in in zip(between, inside, strict=True)
    ]
    found += [Interval(Verdict.UNDECIDED, *window, closest_undecided_m(way, window, border)) for window in windows]
    return joined(sorted(found, key=lambda each: (each.start_s, each.end_s)))


def joined(found: Sequence[Interval]) -> tuple[Interval, ...]:
    """Neighbours with one verdict as one interval."""
    kept: list[Interval] = []
    for each in found:
        if kept and kept[-1].verdict is each.verdict:
            last = kept.pop()
            each = Interval(each.verdict, last.start_s, each.end_s, last.reason, min(last.closest_m, each.closest_m))
        kept.append(each)
    return tuple(kept)


def closest_undecided_m(way: Way, window: Window, border: Borderline) -> float:
    """As near as the way came; zero where the way itself is not known."""
    return closest_m(way, window.start_s, window.end_s, border) if window.reason is Reason.ERROR else 0.0


def closest_m(way: Way, start_s: float, end_s: float, border: Borderline) -> float:
    """The least distance to the border of the way between two times, right to a metre (or 1 in 1,000).

    Stretches of time are halved; those that cannot hold the nearest place are left out.
    """
    first, last = np.searchsorted(way.flown.utc_s, (start_s, end_s))
    some = way.flown.utc_s[first : last : max(1, (last - first) // FIRST_LOOK)]
    times = np.unique(np.concatenate(([start_s], some, [end_s])))
    low, high = times[:-1], times[1:]
    best_m = float(border.nearest(*way.at_time(times)).metres.min())
    while low.size:
        middle = (low + high) / 2
        away_m = border.nearest(*way.at_time(middle)).metres
        best_m = min(best_m, float(away_m.min()))
        half_m = np.diff(way.flown_m(np.stack((low, middle, high))), axis=0).max(axis=0)
        hopeful = away_m - half_m < best_m - max(1.0, best_m * 1e-3)
        low, middle, high = low[hopeful], middle[hopeful], high[hopeful]
        low, high = np.concatenate((low, middle)), np.concatenate((middle, high))
    return best_m
