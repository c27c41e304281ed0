"""Which fixes of a track are not to be believed, and why: every fix stays, and carries its flags.

Repeats are found first, then fixes that no aircraft could fly to (too fast, too sharp a change, back in time): the stretches
between such steps are joined again to the longest chain that an aircraft could have flown, and what is left over is flagged.
Last come the quiet ones: a stretch that leaves the way and comes back to it by the same step, and positions that drift away from
the speed and course reported with them. docs/explanation/airspace.md gives the rules, and what they cannot see.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from cathartes.earth.geodesy import earth_centred
from cathartes.model import Track
from cathartes.model.samples import Floats
from cathartes.readers.track_health import IMPOSSIBLE_M_S, of_each_aircraft

IMPOSSIBLE_M_S2 = 20.0
"""Twice the weight of the aircraft, sideways or along: no transport, survey or light aircraft flies it."""

CLOSE_S = 60.0
"""Fixes further apart say nothing about each other's speed."""

MANOEUVRE_M_S2, SPEEDING_UP_M_S2 = 5.0, 1.5
"""A turn banked by 27 degrees, and a brisk gain of speed: what any aircraft may have done while nobody believed its fixes."""

SHARP_M_S2 = 10.0
"""A turn banked by 45 degrees: a change of velocity beyond it begins to be doubtful."""

MOVING_M_S = 3.0
NOISE_M = 30.0
TIMES_NOISE = 5.0
USUAL = 41
RETURN = 0.35
LONGEST_CLOCK_STEP_S = 3600.0
DOUBT = 0.5
PER_DOUBT, SHARPEST = 12.0, 100.0
LEFT_OUT, PER_LOST, PER_LOST_END = 12.0, 0.2, 0.5
CHAIN_BACK = 100
DRIFT_M_S, DRIFT_S = 10.0, 40.0

Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]


class Flag(IntFlag):
    """What is wrong with a fix. `NOWHERE` lacks a position or a time."""

    NOWHERE = 1
    HELD = 2
    DUPLICATE = 4
    IMPOSSIBLE = 8
    SHIFTED = 16
    SPOOFED = 32


def words(flags: int) -> str:
    """The flags in lower case, separated by blanks: `held shifted`."""
    return " ".join(str(flag.name).lower().replace("_", "-") for flag in Flag if flag & flags)


@dataclass(frozen=True, eq=False)
class Route:
    """Some fixes of one aircraft in the order in which they are taken: rows of the track, seconds, places, velocities reported."""

    row: Ints
    utc_s: Floats
    places_m: Floats
    velocity_m_s: Floats
    tick_s: float

    def only(self, kept: Bools) -> "Route":
        """The route over some of its fixes."""
        return Route(self.row[kept], self.utc_s[kept], self.places_m[kept], self.velocity_m_s[kept], self.tick_s)


@dataclass(frozen=True, eq=False)
class Jumps:
    """For each step of a route (m of them) the vector by which it leads beside the way expected (m x 3), and the velocity expected.

    `allowed_m` is how much the noise of this stretch and its clock explain; `doubt` how many times as much there is.
    """

    beside_m: Floats
    velocity_m_s: Floats
    allowed_m: Floats
    doubt: Floats


def flags_of(track: Track) -> NDArray[np.int64]:
    """The flags of every fix, in file order; zero where nothing speaks against it."""
    flags = np.zeros(len(track.utc_s), np.int64)
    known = np.isfinite(track.lon_deg) & np.isfinite(track.lat_deg) & np.isfinite(track.utc_s)
    flags[~known] = Flag.NOWHERE
    tick_s = tick(track.utc_s[known])
    for rows in of_each_aircraft(track, np.flatnonzero(known)):
        flag_clock_steps(written := route_of(track, rows, tick_s), flags)
        route = in_best_order(written.only(flags[rows] == 0))
        flag_repeats(route, flags)
        flag_unflyable(route.only(flags[route.row] == 0), flags)
        flag_drifts(route.only(flags[route.row] == 0), flags)
    return flags


def order_of(track: Track, flags: NDArray[np.int64]) -> Iterator[tuple[Ints, Ints]]:
    """For each aircraft, by name: all its rows, and its unflagged ones in order of time."""
    for rows in of_each_aircraft(track, np.flatnonzero(flags != Flag.NOWHERE)):
        good = rows[flags[rows] == 0]
        yield rows, good[np.argsort(track.utc_s[good], kind="stable")]


def tick(utc_s: Floats) -> float:
    """The step in which times are written, in seconds: 1, 0.1, 0.01 or 0.001."""
    for step in (1.0, 0.1, 0.01):
        if np.all(np.abs(utc_s / step - np.round(utc_s / step)) < 1e-3):
            return step
    return 0.001


def route_of(track: Track, rows: Ints, tick_s: float) -> Route:
    """One aircraft's fixes in file order."""
    places_m = earth_centred(track.lon_deg[rows], track.lat_deg[rows])
    return Route(rows, track.utc_s[rows], places_m, reported_velocity(track, rows), tick_s)


def reported_velocity(track: Track, rows: Ints) -> Floats:
    """Speed and course over ground as earth-centred vectors in m/s (n x 3); NaN where the track has none."""
    if track.ground_speed_m_s is None or track.course_deg is None:
        return np.full((len(rows), 3), np.nan)
    lon, lat, course = (np.radians(each[rows]) for each in (track.lon_deg, track.lat_deg, track.course_deg))
    east = np.stack((-np.sin(lon), np.cos(lon), np.zeros_like(lon)), axis=-1)
    north = np.stack((-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)), axis=-1)
    toward: Floats = np.sin(course)[:, None] * east + np.cos(course)[:, None] * north
    return np.asarray(track.ground_speed_m_s[rows, None] * toward)


def flag_clock_steps(route: Route, flags: NDArray[np.int64]) -> None:
    """Flag stretches of the file over which the clock was set on and back by the same time, whichever came first.

    A step's excess is how much longer it took than its length at the speed around it: none for a gap that was flown through.
    """
    seconds = np.diff(route.utc_s)
    backwards = np.flatnonzero(seconds < 0)
    if not backwards.size or backwards.size > len(seconds) / 10:
        return
    metres = np.linalg.norm(np.diff(route.places_m, axis=0), axis=1)
    forward = np.flatnonzero(seconds > 0)
    flown_m_s = median_filter(metres[forward] / seconds[forward], 11, mode="nearest")
    speed = np.interp(np.arange(len(seconds)), forward, flown_m_s)
    excess_s = seconds - metres / np.maximum(speed, MOVING_M_S)
    for back in backwards:
        step_s = -excess_s[back]
        undone = np.flatnonzero(np.abs(excess_s - step_s) <= RETURN * step_s / 2 + route.tick_s)
        if step_s > LONGEST_CLOCK_STEP_S or not undone.size:
            continue
        first, last = sorted((int(undone[np.abs(undone - back).argmin()]), int(back)))
        if last - first < len(seconds) / 2:
            flags[route.row[first + 1 : last + 1]] |= Flag.SHIFTED


def in_best_order(route: Route) -> Route:
    """In order of time where rows are merely unsorted, in file order where a clock ran wrong for a stretch.

    Sorting whole stretches into place parts few neighbours; sorting a shifted stretch shuffles its fixes in among others.
    """
    by_time = np.argsort(route.utc_s, kind="stable")
    parted = np.count_nonzero(np.diff(by_time) != 1)
    goes_back = np.count_nonzero(np.diff(route.utc_s) < 0)
    if parted > 3 * goes_back + 2 and goes_back < len(by_time) / 10:
        return route
    return Route(route.row[by_time], route.utc_s[by_time], route.places_m[by_time], route.velocity_m_s[by_time], route.tick_s)


def is_too_fast(route: Route) -> Bools:
    """Which steps go back in time or ask for more than `IMPOSSIBLE_M_S`, one tick of the clock granted."""
    seconds = np.diff(route.utc_s)
    metres = np.linalg.norm(np.diff(route.places_m, axis=0), axis=1)
    return np.asarray((seconds < 0) | (metres > IMPOSSIBLE_M_S * (seconds + route.tick_s) + NOISE_M))


def flag_repeats(route: Route, flags: NDArray[np.int64]) -> None:
    """Flag later fixes of one moment as duplicates, and positions repeated while the aircraft moved on as held."""
    if len(route.row) < 2:
        return
    same_place = (np.diff(route.places_m, axis=0) == 0).all(axis=1)
    same_time = np.diff(route.utc_s) == 0
    flags[route.row[1:][same_time]] |= Flag.DUPLICATE
    starts = np.flatnonzero(np.concatenate(([True], ~same_place)))
    is_held = moves_on(route, starts)[np.cumsum(np.concatenate(([0], ~same_place)))]
    repeated = np.concatenate(([False], same_place & ~same_time))
    flags[route.row[repeated & is_held]] |= Flag.HELD


def moves_on(route: Route, starts: Ints) -> Bools:
    """For each run of equal positions, whether the aircraft moved meanwhile: by where it is next, or by its speed before."""
    utc_s, places_m = route.utc_s[starts], route.places_m[starts]
    metres = np.linalg.norm(np.diff(places_m, axis=0), axis=1)
    speed = metres / np.maximum(np.abs(np.diff(utc_s)), route.tick_s)
    before = np.concatenate(([0.0], speed))
    after = np.concatenate((speed, [np.nan]))
    reported = np.linalg.norm(route.velocity_m_s[starts], axis=1)
    moved = after > np.maximum(MOVING_M_S, 0.3 * np.minimum(before, IMPOSSIBLE_M_S))
    at_end = np.isnan(after) & (before > 3 * MOVING_M_S)
    # A helicopter may come back near to where it was held: it flew on into the run and leaves it by a jump.
    last_s = route.utc_s[starts[1:] - 1]
    leaving = np.concatenate((metres / np.maximum(utc_s[1:] - last_s, route.tick_s), [0.0]))
    moved |= np.minimum(before, leaving) > 3 * MOVING_M_S
    return np.asarray(moved | at_end | (np.nan_to_num(reported) > 3 * MOVING_M_S))


def jumps_of(route: Route) -> Jumps:
    """How far each step leads beside the way expected: by the speed and course reported at its ends, or by the steps beside it.

    Whichever of the two usually agrees better is believed: reported courses may lag, or come from another sensor.
    """
    seconds = np.maximum(np.diff(route.utc_s), route.tick_s)
    steps_m = np.diff(route.places_m, axis=0)
    flown = steps_m / seconds[:, None]
    flown[seconds > CLOSE_S] = np.nan
    unknown = np.full((1, 3), np.nan)
    before, after = np.concatenate((unknown, flown[:-1])), np.concatenate((flown[1:], unknown))
    by_steps = jumps_from(route, seconds, steps_m, before, after)
    is_reported = np.isfinite(route.velocity_m_s[:-1, :1]) & np.isfinite(route.velocity_m_s[1:, :1])
    if is_reported.any():
        start, end = np.where(is_reported, route.velocity_m_s[:-1], before), np.where(is_reported, route.velocity_m_s[1:], after)
        by_report = jumps_from(route, seconds, steps_m, start, end)
        if np.median(np.linalg.norm(by_report.beside_m, axis=1)) < np.median(np.linalg.norm(by_steps.beside_m, axis=1)):
            by_steps = by_report
    return replace(by_steps, doubt=np.maximum(by_steps.doubt, kinks(route, seconds, flown, by_steps.doubt)))


def jumps_from(route: Route, seconds: Floats, steps_m: Floats, before: Floats, after: Floats) -> Jumps:
    """The jumps where the velocity is `before` at the start of each step and `after` at its end; one of them may be unknown.

    A change of velocity explains half its own size; where only one side is known, a manoeuvre is granted.
    """
    lone = np.isnan(before[:, 0]) ^ np.isnan(after[:, 0])
    before, after = np.where(np.isnan(before), after, before), np.where(np.isnan(after), before, after)
    expected = np.nan_to_num((before + after) / 2)
    known = np.isfinite(before[:, 0]) & (seconds <= CLOSE_S)
    beside_m = steps_m - expected * seconds[:, None]
    away_m = np.linalg.norm(beside_m, axis=1)
    explained_m = np.nan_to_num(np.linalg.norm(after - before, axis=1)) * seconds / 2 + lone * IMPOSSIBLE_M_S2 / 2 * seconds**2
    allowed_m = 1.5 * TIMES_NOISE * usual(away_m, known) + np.linalg.norm(expected, axis=1) * route.tick_s + NOISE_M
    return Jumps(beside_m, expected, allowed_m, np.where(known, np.maximum(away_m - explained_m, 0.0) / allowed_m, 0.0))


def kinks(route: Route, seconds: Floats, flown: Floats, doubt: Floats) -> Floats:
    """The doubt that the velocity changes faster from a step to the next than any aircraft's; laid on the later step.

    Beside a jump nothing is asked: the jump itself makes the kink.
    """
    change = np.linalg.norm(np.diff(flown, axis=0), axis=1)
    between_s = (seconds[1:] + seconds[:-1]) / 2
    speed = np.linalg.norm(flown, axis=1)
    rounding = route.tick_s / 2 * (speed[1:] / seconds[1:] + speed[:-1] / seconds[:-1])
    known = np.isfinite(change) & (doubt[1:] < 1.0) & (doubt[:-1] < 1.0)
    allowed = 1.5 * TIMES_NOISE * usual(np.nan_to_num(change), known) + 2 * rounding + NOISE_M / between_s
    excess = np.where(known, np.maximum(change - SHARP_M_S2 * between_s, 0.0) / allowed, 0.0)
    return np.concatenate(([0.0], np.nan_to_num(excess)))[: len(seconds)]


def usual(values: Floats, known: Bools) -> Floats:
    """How large the values are where nothing is wrong; infinite where nothing is known.

    The local median, but never above three times that of all; and not below what one in twenty of all exceeds, by tenths.
    """
    found = np.full(len(values), np.inf)
    if known.any():
        local = median_filter(values[known], USUAL, mode="reflect")
        found[known] = np.clip(local, np.quantile(values[known], 0.95) / 6, 3 * np.median(values[known]) + NOISE_M / 10)
    return found


def flag_unflyable(route: Route, flags: NDArray[np.int64]) -> None:
    """Cut the route at every doubtful step, keep the chain of stretches that is cheapest to believe, and flag the others."""
    if len(route.row) < 2:
        return
    jumps = jumps_of(route)
    doubtful = is_too_fast(route) | (jumps.doubt > DOUBT)
    if not doubtful.any():
        return
    price = np.where(is_too_fast(route), np.inf, np.where(doubtful, priced(jumps.doubt), 0.0))
    # A wild fix shows in one of its two steps first, so its neighbours are cut off too; a gap may hide where a stretch begins.
    cut = np.flatnonzero(doubtful | beside(doubtful) | (np.diff(route.utc_s) > CLOSE_S))
    starts, ends = np.concatenate(([0], cut + 1)), np.concatenate((cut, [len(route.row) - 1]))
    chain = best_chain(route, jumps, starts, ends, price[cut])
    for start, end in left_out(starts, ends, chain):
        flags[route.row[start : end + 1]] |= kind_of(route, jumps, start, end)


def priced(doubt: Floats) -> Floats:
    """What it costs to believe a step: nothing for what the noise explains, so that a long noisy stretch is no dearer than a short one."""
    return np.clip(PER_DOUBT * (doubt - 1.0), 0.0, SHARPEST)


def beside(chosen: Bools) -> Bools:
    """Which steps stand next to a chosen one."""
    padded = np.concatenate(([False], chosen, [False]))
    return padded[:-2] | padded[2:]


def left_out(starts: Ints, ends: Ints, chain: list[int]) -> Iterator[tuple[int, int]]:
    """First and last fix of everything between the links of the chain; neighbours that are both left out are one."""
    kept = np.isin(np.arange(len(starts)), chain)
    edges = np.flatnonzero(np.diff(np.concatenate(([True], kept, [True])).astype(np.int8)))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(starts[first]), int(ends[after - 1])


def best_chain(route: Route, jumps: Jumps, starts: Ints, ends: Ints, price: Floats) -> list[int]:
    """The stretches to keep, last first: those cheapest to believe. `price[i]` is for going on from stretch i to i + 1.

    To leave a stretch out costs `LEFT_OUT` and a little per fix, and the doubt about the step over it.
    """
    before = np.concatenate(([0], np.cumsum(ends - starts + 1)))
    head = np.where(before[:-1] > 0, LEFT_OUT + PER_LOST_END * before[:-1], 0.0)
    cost, previous = head, np.full(len(starts), -1)
    for at in range(1, len(starts)):
        back = np.arange(max(0, at - CHAIN_BACK), at)
        via = cost[back] + LEFT_OUT + PER_LOST * (before[at] - before[back + 1]) + over(route, jumps, ends[back], int(starts[at]))
        via[-1] = cost[at - 1] + price[at - 1]
        best = int(via.argmin())
        if via[best] < cost[at]:
            cost[at], previous[at] = via[best], back[best]
    lost_after = before[-1] - before[1:]
    total = cost + np.where(lost_after > 0, LEFT_OUT + PER_LOST_END * lost_after, 0.0)
    chain = [int(total.argmin())]
    while previous[chain[-1]] >= 0:
        chain.append(int(previous[chain[-1]]))
    return chain


def over(route: Route, jumps: Jumps, ends: Ints, start: int) -> Floats:
    """The doubt about flying from each of the fixes `ends` straight to the fix `start`; infinite where nobody can."""
    seconds = route.utc_s[start] - route.utc_s[ends]
    way_m = route.places_m[start] - route.places_m[ends]
    metres = np.linalg.norm(way_m, axis=1)
    leaving, arriving = jumps.velocity_m_s[np.maximum(ends - 1, 0)], jumps.velocity_m_s[min(start, len(jumps.doubt) - 1)]
    beside_m = np.linalg.norm(way_m - (leaving + arriving) / 2 * seconds[:, None], axis=1)
    explained_m = np.linalg.norm(arriving - leaving, axis=1) * np.abs(seconds) / 2 + MANOEUVRE_M_S2 / 2 * seconds**2
    # A turn can make the way longer than it looks; only more speed makes it shorter, and that comes slowly.
    speed = np.maximum(np.linalg.norm(leaving, axis=1), np.linalg.norm(arriving))
    too_far_m = metres - 1.2 * speed * seconds - SPEEDING_UP_M_S2 / 2 * seconds**2
    doubt = np.maximum(np.maximum(beside_m - explained_m, too_far_m), 0.0) / jumps.allowed_m[np.maximum(ends - 1, 0)]
    is_flyable = (seconds >= 0) & (metres <= IMPOSSIBLE_M_S * (seconds + route.tick_s) + NOISE_M)
    return np.where(is_flyable, priced(doubt), np.inf)


def kind_of(route: Route, jumps: Jumps, start: int, end: int) -> Flag:
    """What a stretch that fits nowhere is: one or two wild fixes, a stretch with a wrong clock, or one with wrong positions."""
    if end - start < 2:
        return Flag.IMPOSSIBLE
    step_s = np.diff(route.utc_s)
    goes_back = (start > 0 and step_s[start - 1] < 0) or (end < len(step_s) and step_s[end] < 0)
    if goes_back or (start > 0 and end < len(step_s) and is_same_time_back(jumps, start - 1, end)):
        return Flag.SHIFTED
    return Flag.SPOOFED


def is_same_time_back(jumps: Jumps, first: int, second: int) -> bool:
    """Whether two jumps lead along the way, one losing as much time as the other wins."""
    lost, won = seconds_along(jumps, first), seconds_along(jumps, second)
    return abs(lost + won) <= RETURN * max(abs(lost), abs(won))


def seconds_along(jumps: Jumps, step: int) -> float:
    """How much time a jump along the way is worth; NaN where it leads aside."""
    velocity, jump = jumps.velocity_m_s[step], jumps.beside_m[step]
    speed = float(np.linalg.norm(velocity))
    along = float(np.dot(velocity, jump)) / max(speed, 1.0)
    return along / speed if speed > 1.0 and abs(along) > 0.8 * float(np.linalg.norm(jump)) else np.nan


def flag_drifts(route: Route, flags: NDArray[np.int64]) -> None:
    """Flag positions that steadily run away from the speed and course reported with them, as slow spoofing makes them do."""
    seconds = np.diff(route.utc_s)
    reported = (route.velocity_m_s[:-1] + route.velocity_m_s[1:]) / 2
    known = np.isfinite(reported[:, 0]) & (seconds <= CLOSE_S)
    if np.count_nonzero(known) < USUAL:
        return
    away_m = np.where(known[:, None], np.diff(route.places_m, axis=0) - reported * seconds[:, None], 0.0)
    summed_m = np.concatenate((np.zeros((1, 3)), np.cumsum(away_m, axis=0)))
    summed_s = np.concatenate(([0.0], np.cumsum(np.where(known, seconds, 0.0))))
    first = np.searchsorted(route.utc_s, route.utc_s - DRIFT_S / 2)
    last = np.searchsorted(route.utc_s, route.utc_s + DRIFT_S / 2, "right") - 1
    lasting_s = summed_s[last] - summed_s[first]
    drift_m_s = np.linalg.norm(summed_m[last] - summed_m[first], axis=1) / np.maximum(lasting_s, route.tick_s)
    judged = lasting_s > DRIFT_S / 2
    usual_m_s = float(np.median(drift_m_s[judged])) if judged.any() else np.inf
    flags[route.row[judged & (drift_m_s > DRIFT_M_S + 2 * TIMES_NOISE * usual_m_s)]] |= Flag.SPOOFED
