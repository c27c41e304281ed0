"""Which fixes of a track are not to be believed, and why: every fix stays, and carries its flags.

A clock that was set on and back, fixes off a strict beat and repeats are found first. Of the rest the chain of fixes is kept that is
least surprising to believe (`track_bends`, `track_reckoning`, `track_explained`, `track_chain`), and what it leaves out is flagged.
docs/explanation/airspace.md gives the rules, and what they cannot see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from cathartes.earth.geodesy import earth_centred
from cathartes.model import Track
from cathartes.model.samples import Floats
from cathartes.readers.track_bends import Bends, bends_of
from cathartes.readers.track_chain import LARGEST_SHARE, Flown, kept
from cathartes.readers.track_health import IMPOSSIBLE_M_S, of_each_aircraft
from cathartes.readers.track_parted import stretches_among_others
from cathartes.readers.track_reckoning import CLOSE_S, of_both, size
from cathartes.readers.track_surprise import surprises_of

MOVING_M_S = 3.0
NOISE_M = 30.0
RETURN = 0.35
LONGEST_CLOCK_STEP_S = 3600.0
STRICT = 0.8
"""A recording keeps a beat where so many of its steps are of one length."""

LATE_TIMES, LATE_S, OFTEN = 6.0, 2.0, 4
"""A step is late by more than so many times what is usual and so many seconds; a clock was wrong where that comes and goes so often."""

ALONG = 0.8
"""A jump leads along the way where the cosine between them is greater."""

ONE_BYTE = np.radians(256)
STRAIGHT, MANY, FEWEST = 0.95, 0.3, 50
"""A course leads the way flown where the cosine between them is greater; of so many such fixes this share must have lost a byte."""

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

    def bends(self) -> Bends:
        """How it bends at each fix."""
        return bends_of(self.utc_s, self.places_m, np.maximum(np.diff(self.utc_s), self.tick_s))


def flags_of(track: Track) -> NDArray[np.int64]:
    """The flags of every fix, in file order; zero where nothing speaks against it."""
    flags = np.zeros(len(track.utc_s), np.int64)
    known = np.isfinite(track.lon_deg) & np.isfinite(track.lat_deg) & np.isfinite(track.utc_s)
    flags[~known] = Flag.NOWHERE
    tick_s = tick(track.utc_s[known])
    for rows in of_each_aircraft(track, np.flatnonzero(known)):
        flag_clock_steps(written := route_of(track, rows, tick_s), flags)
        flag_off_beat(written.only(flags[rows] == 0), flags)
        route = in_best_order(written.only(flags[rows] == 0))
        bends = route.bends()
        flag_among_others(route, bends, flags)
        flag_interleaved(route := route.only(flags[route.row] == 0), flags)
        flag_repeats(route := route.only(flags[route.row] == 0), flags)
        route = route.only(flags[route.row] == 0)
        flag_unbelievable(route, bends if len(route.row) == len(bends.surprise) else route.bends(), flags)
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
    return Route(rows, track.utc_s[rows], places_m, reported_velocity(track, rows, places_m), tick_s)


def reported_velocity(track: Track, rows: Ints, places_m: Floats) -> Floats:
    """Speed and course over ground as earth-centred vectors in m/s (n x 3); NaN where the track has none."""
    if track.ground_speed_m_s is None or track.course_deg is None:
        return np.full((len(rows), 3), np.nan)
    lon, lat, course = (np.radians(each[rows]) for each in (track.lon_deg, track.lat_deg, track.course_deg))
    east = np.stack((-np.sin(lon), np.cos(lon), np.zeros_like(lon)), axis=-1)
    north = np.stack((-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)), axis=-1)
    as_written, of_a_byte = (np.sin(each)[:, None] * east + np.cos(each)[:, None] * north for each in (course, course + ONE_BYTE))
    toward = np.where(lost_a_byte(track.course_deg[rows], as_written, of_a_byte, places_m)[:, None], of_a_byte, as_written)
    return np.asarray(track.ground_speed_m_s[rows, None] * toward)


def lost_a_byte(course_deg: Floats, as_written: Floats, of_a_byte: Floats, places_m: Floats) -> Bools:
    """Which courses lost 256 degrees, as where each was kept in one byte: none, unless that explains many and nothing forbids it."""
    if len(course_deg) < FEWEST or (course_deg >= 256).any() or (course_deg % 1 > 0).any():
        return np.zeros(len(course_deg), np.bool_)
    way_m = np.gradient(places_m, axis=0)
    length_m = np.maximum(np.linalg.norm(way_m, axis=1), 1e-9)
    fits, would_fit = (np.einsum("ij,ij->i", way_m, toward) / length_m for toward in (as_written, of_a_byte))
    could = course_deg < 360 - 256
    lost, told = could & (would_fit > fits), could & (np.maximum(fits, would_fit) > STRAIGHT)
    explains_many = np.count_nonzero(lost & told) > MANY * np.count_nonzero(told)
    return np.asarray(lost & explains_many)


def flag_clock_steps(route: Route, flags: NDArray[np.int64]) -> None:
    """Flag stretches of the file over which the clock was set on and back by the same time, whichever came first.

    A step's excess is how much longer it took than its length at the speed around it: none for a gap that was flown through.
    """
    seconds = np.diff(route.utc_s)
    backwards = np.flatnonzero(seconds < 0)
    if not backwards.size or backwards.size > len(seconds) / 10:
        return
    excess_s = seconds - flown_s(route, seconds)
    for back in backwards:
        step_s = -excess_s[back]
        undone = np.flatnonzero(np.abs(excess_s - step_s) <= RETURN * step_s / 2 + route.tick_s)
        if step_s > LONGEST_CLOCK_STEP_S or not undone.size:
            continue
        first, last = sorted((int(undone[np.abs(undone - back).argmin()]), int(back)))
        if last - first < len(seconds) / 2:
            flags[route.row[first + 1 : last + 1]] |= Flag.SHIFTED


def flown_s(route: Route, seconds: Floats) -> Floats:
    """How long each step took by its length at the speed reported around it, over an even turn, or at the speed flown around it."""
    metres = np.linalg.norm(np.diff(route.places_m, axis=0), axis=1)
    forward = np.flatnonzero(seconds > 0)
    flown_m_s = median_filter(metres[forward] / seconds[forward], 11, mode="nearest")
    speed = np.interp(np.arange(len(seconds)), forward, flown_m_s)
    reported = size(of_both(route.velocity_m_s[:-1], route.velocity_m_s[1:], arc=True))
    return np.asarray(metres / np.maximum(np.where(np.isnan(reported), speed, reported), MOVING_M_S))


def flag_off_beat(route: Route, flags: NDArray[np.int64]) -> None:
    """Flag fixes between the beats of a recording that keeps a strict one, where they came in among others that keep it.

    This is how a stretch with a wrong clock looks once the rows are sorted by their times.
    """
    utc_s = np.sort(route.utc_s)
    seconds = np.diff(utc_s)
    beat_s = float(np.median(seconds)) if len(seconds) else 0.0
    ticks = round(beat_s / route.tick_s)
    if ticks < 3 or np.mean(np.abs(seconds - beat_s) < route.tick_s / 2) < STRICT:
        return
    late = np.round((route.utc_s - utc_s[0]) / route.tick_s).astype(np.int64) % ticks
    share = np.bincount(late) / len(late)
    came_in = np.isin(route.utc_s, utc_s[1:][seconds < beat_s - route.tick_s / 2])
    if share.max() >= STRICT:
        flags[route.row[(late != share.argmax()) & np.isin(late, late[came_in])]] |= Flag.SHIFTED


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


def flag_among_others(route: Route, bends: Bends, flags: NDArray[np.int64]) -> None:
    """Flag stretches with a wrong clock that lie among other fixes since the rows were sorted by time."""
    if len(route.row) < FEWEST:
        return
    for _, fixes in stretches_among_others(route.utc_s, route.places_m, route.velocity_m_s, bends):
        if not flags[route.row[fixes]].any():
            flags[route.row[fixes]] |= Flag.SHIFTED


def flag_interleaved(route: Route, flags: NDArray[np.int64]) -> None:
    """Flag fixes that lie back, or ahead, by the same time again and again among others that do not: a wrong clock, sorted by time.

    A step is late by as much as it took longer than the way that it leads forward, at the velocity reported.
    """
    seconds, steps_m = np.diff(route.utc_s), np.diff(route.places_m, axis=0)
    forward = of_both(route.velocity_m_s[:-1], route.velocity_m_s[1:], arc=True)
    late_s = np.nan_to_num(seconds - np.einsum("ij,ij->i", steps_m, forward) / np.maximum(size(forward), MOVING_M_S) ** 2)
    if not late_s.any():
        return
    much = np.flatnonzero(np.abs(late_s) > LATE_TIMES * float(np.median(np.abs(late_s))) + LATE_S)
    undone = np.abs(late_s[much[1:]] + late_s[much[:-1]]) <= RETURN * np.abs(late_s[much[:-1]])
    for steps in np.split(much, np.flatnonzero(~undone) + 1):
        if len(steps) >= OFTEN and len(steps) % 2 == 0 and (steps[1::2] - steps[::2]).max() <= LARGEST_SHARE * len(seconds):
            for out, home in steps.reshape(-1, 2):
                flags[route.row[out + 1 : home + 1]] |= Flag.SHIFTED


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


def flag_unbelievable(route: Route, bends: Bends, flags: NDArray[np.int64]) -> None:
    """Keep the chain of fixes that is least surprising to believe, and flag the others."""
    if len(route.row) < 2:
        return
    flown, surprise, lasting = surprises_of(route.utc_s, route.places_m, route.velocity_m_s, bends)
    keep = kept(flown, surprise, lasting, is_too_fast(route), np.diff(route.utc_s) > CLOSE_S)
    for start, end in runs_of_lost(keep):
        flags[route.row[start : end + 1]] |= kind_of(flown, start, end)


def runs_of_lost(keep: Bools) -> Iterator[tuple[int, int]]:
    """First and last of every run of fixes that is not kept."""
    edges = np.flatnonzero(np.diff(np.concatenate(([True], keep, [True])).astype(np.int8)))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        yield int(first), int(after - 1)


def kind_of(flown: Flown, start: int, end: int) -> Flag:
    """What a stretch that fits nowhere is: one or two wild fixes, a stretch with a wrong clock, or one with wrong positions."""
    if end - start < 2:
        return Flag.IMPOSSIBLE
    goes_back = np.diff(flown.utc_s[max(start - 1, 0) : end + 2]).min() < 0
    if goes_back or (start > 0 and end < len(flown.utc_s) - 1 and is_same_time_back(flown.bends, start - 1, end)):
        return Flag.SHIFTED
    return Flag.SPOOFED


def is_same_time_back(bends: Bends, first: int, second: int) -> bool:
    """Whether two jumps lead along the way, one losing as much time as the other wins."""
    lost, won = (
        seconds_along(bends.jump_m[step], bends.jump_m[step] / bends.seconds[step], bends.velocity_m_s[step]) for step in (first, second)
    )
    return bool(abs(lost + won) <= RETURN * max(abs(lost), abs(won)))


def seconds_along(jump_m: complex, jump_m_s: complex, velocity_m_s: complex) -> float:
    """How much time a jump along the way is worth; NaN where it leads aside, or nothing moves."""
    expected_m_s = velocity_m_s - jump_m_s
    along = (jump_m * expected_m_s.conjugate()).real
    if abs(expected_m_s) < MOVING_M_S or abs(along) <= ALONG * abs(jump_m) * abs(expected_m_s):
        return np.nan
    return float(along / abs(expected_m_s) ** 2)
