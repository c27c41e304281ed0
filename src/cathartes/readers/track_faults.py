"""Faults of a known shape over a stretch of a track, and what each would explain of how the track bends at its edges and inside.

With the fault undone the track bends as it does elsewhere. What that saves is a logarithm of a ratio of likelihoods: the Student
densities of the bends (`track_bends`) as they are, against those of the track put right, less what it costs that its size was chosen.
All lie on the fixes after `first` and before `last`, which are true.
"""

from typing import NamedTuple

import numpy as np

from cathartes.kernels import compiled
from cathartes.model.samples import Floats
from cathartes.readers.track_bends import Bends, bend, nats_along, nats_at, nats_over
from cathartes.readers.track_reckoning import CLOSE_S, Complexes

OFFSET, TURNED, DRIFT, CARRIED_OFF = range(4)

LATE = 3.0
"""What it costs in nats that a lateness was chosen."""

MOST_LEFT = 12.0
"""A fault that leaves more nats than that at an edge of the track put right explains nothing."""

AMOUNTS_S = np.concatenate((np.arange(4.0, 21.0, 2.0), np.arange(24.0, 61.0, 4.0), np.arange(66.0, 121.0, 6.0)))
LATES_S = np.concatenate((-AMOUNTS_S, AMOUNTS_S))
SOONEST_S, MOST_BACK, FASTER = 1.0, 12, 1.25
"""Shorter steps tell no velocity; where a clock was late, positions are looked for among so many fixes before. A step that a lateness
makes longer was not flown so much faster than those beside it."""

LEAST_M = 100.0
"""A place this near to the true one is no fault: positions whose error is not stated are taken for as wrong as that."""

LEAST_TURN, LEAST_WAY_M = 0.1, 10.0
UNTILS, STOPPING = (1.0, 0.8, 1.25), 2.0


class Path(NamedTuple):
    """n fixes in order: seconds, bends, each step's way and the way up to each fix (level metres, east + north i); for each fix how the
    velocity changes beyond the turn expected (m/s), with its sigma, and the nats of its bend."""

    utc_s: Floats
    bends: Bends
    way_m: Complexes
    flown_m: Complexes
    change_m_s: Complexes
    change_sigma: Floats
    nats: Floats


class Fault(NamedTuple):
    """A fault by kind and edges. `size` is metres aside (an offset), the turn back (of length one) or metres per second (a drift, which
    turns back half-way, and a carrying off, which lasts `until_s` after the first fix and ends by a jump)."""

    kind: int
    first: int
    last: int
    size: complex
    until_s: float


class Room(NamedTuple):
    """Room for the ways and the rates of turn of a track put right."""

    way_m: Complexes
    rate: Floats


class Edge(NamedTuple):
    """What is seen at a fix: how the velocity changes there beyond the turn expected, in m/s, and how a step leads beside its way, in
    metres, each with its sigma."""

    change_m_s: complex
    change_sigma: float
    jump_m: complex
    jump_sigma: float


def path_of(utc_s: Floats, bends: Bends) -> Path:
    """The path of n fixes by their times and bends."""
    seconds, velocity_m_s, change_m_s = bends.seconds, bends.velocity_m_s, np.zeros(len(utc_s), np.complex128)
    way_m = velocity_m_s * seconds
    change_m_s[1:-1] = velocity_m_s[1:] - velocity_m_s[:-1] * np.exp(0.5j * bends.rate[1:-1] * (seconds[:-1] + seconds[1:]))
    change_sigma = np.full(len(utc_s), np.inf)
    change_sigma[1:-1] = np.hypot(*bends.sigma_m[:, 1:-1]) / np.minimum(seconds[:-1], seconds[1:])
    flown_m = np.concatenate((np.zeros(1, np.complex128), np.cumsum(way_m)))
    return Path(utc_s, bends, way_m, flown_m, change_m_s, change_sigma, nats_along(bends))


@compiled
def rate_of(path: Path, way_m: Complexes, at: int) -> float:
    """The rate of turn at a fix, in radians per second; 0 beside gaps."""
    before_s, after_s = path.bends.seconds[at - 1], path.bends.seconds[at]
    if before_s > CLOSE_S or after_s > CLOSE_S:
        return 0.0
    return float(np.angle(way_m[at] * np.conj(way_m[at - 1])) / (before_s + after_s) * 2)


@compiled
def turn_around(rate: Floats, at: int) -> float:
    """The median rate of turn at the two fixes before and the two after."""
    one, two, three, four = rate[at - 2], rate[at - 1], rate[at + 1], rate[at + 2]
    return float((one + two + three + four - max(one, two, three, four) - min(one, two, three, four)) / 2)


@compiled
def nats_between(path: Path, at: int, way_m: tuple[complex, complex], seconds: tuple[float, float], turn: float) -> float:
    """The nats of a bend between two ways of so many seconds, as if at a fix."""
    return float(nats_at(path.bends, at, bend(way_m[0] / seconds[0], way_m[1] / seconds[1], seconds[0], seconds[1], turn)))


@compiled
def edge_at(path: Path, at: int, step: int) -> Edge:
    """What is seen at a fix and over a step."""
    return Edge(path.change_m_s[at], path.change_sigma[at], path.bends.jump_m[step], path.bends.jump_sigma_m[step])


@compiled
def put_right(path: Path, fault: Fault, step: int) -> complex:
    """The way of a step with the fault undone."""
    way_m, is_last = path.way_m[step], step == fault.last - 1
    if step < fault.first or step >= fault.last:
        return complex(way_m)
    if fault.kind == OFFSET:
        return complex(way_m - fault.size if step == fault.first else way_m + fault.size if is_last else way_m)
    if fault.kind == TURNED:
        back_m = (1 - fault.size) * (path.flown_m[fault.last - 1] - path.flown_m[fault.first])
        return complex(way_m + back_m if is_last else way_m * fault.size)
    begin_s, end_s = path.utc_s[step] - path.utc_s[fault.first], path.utc_s[step + 1] - path.utc_s[fault.first]
    if fault.kind == DRIFT:
        whole_s = path.utc_s[fault.last] - path.utc_s[fault.first]
        return complex(way_m - fault.size * (min(end_s, whole_s - end_s) - min(begin_s, whole_s - begin_s)))
    if is_last:
        return complex(way_m + fault.size * min(begin_s, fault.until_s))
    return complex(way_m - fault.size * (min(end_s, fault.until_s) - min(begin_s, fault.until_s)))


@compiled
def saved_by(path: Path, fault: Fault, room: Room) -> float:
    """The nats that undoing a fault saves: at its edges, and inside where it changes how the track bends there."""
    first, last, seconds = fault.first, fault.last, path.bends.seconds
    saved = 0.0
    if fault.kind in (OFFSET, TURNED):
        for at in (first, first + 1, last - 1, last):
            ways_m = put_right(path, fault, at - 1), put_right(path, fault, at)
            left = nats_between(path, at, ways_m, (seconds[at - 1], seconds[at]), path.bends.rate[at])
            if left > MOST_LEFT:
                return -np.inf
            saved += path.nats[at] - left
        return saved
    low, high = max(first - 4, 0), min(last + 4, len(path.way_m))
    for step in range(low, high):
        room.way_m[step] = put_right(path, fault, step)
    for at in range(low + 1, high):
        room.rate[at] = rate_of(path, room.way_m, at)
    for at in range(first - 1, last + 2):
        ways_m = room.way_m[at - 1], room.way_m[at]
        saved += path.nats[at] - nats_between(path, at, ways_m, (seconds[at - 1], seconds[at]), turn_around(room.rate, at))
    return saved


@compiled
def at_edges(path: Path, edges: tuple[int, int]) -> float:
    """The nats of the bends at both ends of the steps that lead out and home."""
    first, last = edges
    return float(path.nats[first] + path.nats[first + 1] + path.nats[last - 1] + path.nats[last])


@compiled
def choosing(size: float, sigma: float) -> float:
    """What it costs that a vector was chosen: the density of its length falls as the square."""
    return float(2 * np.log(max(size / sigma, 1.0)))


@compiled
def offset_saves(path: Path, edges: tuple[int, int], out: Edge, home: Edge, room: Room, asked: float) -> float:
    """What one jump and the same one back save as an offset."""
    sigma = np.hypot(out.jump_sigma, home.jump_sigma)
    if not (abs(out.jump_m + home.jump_m) < 3 * sigma and abs(out.jump_m - home.jump_m) > 4 * sigma):
        return 0.0
    weight, other = 1 / out.jump_sigma**2, 1 / home.jump_sigma**2
    size = (out.jump_m * weight - home.jump_m * other) / (weight + other)
    if abs(size) < LEAST_M:
        return 0.0
    cost = choosing(abs(size), sigma)
    return saved_by(path, Fault(OFFSET, *edges, size, 0.0), room) - cost if at_edges(path, edges) > asked + cost else 0.0


@compiled
def turned_saves(path: Path, edges: tuple[int, int], home: Edge, room: Room, asked: float) -> float:
    """What a jump back saves as the end of a way flown on a course that turned away: as long as the way home would have been."""
    first, last = edges
    gone_m = path.flown_m[last - 1] - path.flown_m[first]
    due_m = gone_m + home.jump_m
    if not (abs(home.jump_m) > max(2 * home.jump_sigma, LEAST_M) and abs(gone_m) > LEAST_WAY_M):
        return 0.0
    if abs(abs(gone_m) - abs(due_m)) > 4 * home.jump_sigma + 0.02 * abs(gone_m) or abs(due_m) < LEAST_WAY_M:
        return 0.0
    back = due_m / gone_m / abs(due_m / gone_m)
    if abs(back - 1) < LEAST_TURN:
        return 0.0
    cost = choosing(abs(home.jump_m), home.jump_sigma) / 2
    return saved_by(path, Fault(TURNED, first, last, back, 0.0), room) - cost if at_edges(path, edges) > asked + cost else 0.0


@compiled
def carried_off_saves(path: Path, edges: tuple[int, int], out: Edge, home: Edge, room: Room, asked: float) -> float:
    """What a change of velocity and a later jump back save as one carrying off, which stopped at some time or went on to its end."""
    first, last = edges
    lasted_s = path.utc_s[last - 1] - path.utc_s[first]
    if not (abs(home.jump_m) > max(3 * home.jump_sigma, LEAST_M) and abs(out.change_m_s) > 1.5 * out.change_sigma and lasted_s > 0):
        return 0.0
    cost = choosing(abs(home.jump_m), home.jump_sigma) + STOPPING
    if at_edges(path, edges) < asked + cost:
        return 0.0
    slowest = -home.jump_m / lasted_s
    along = (out.change_m_s * np.conj(slowest)).real
    if along < 0.7 * abs(out.change_m_s) * abs(slowest) or abs(out.change_m_s) + 3 * out.change_sigma < abs(slowest):
        return 0.0
    best = saved_by(path, Fault(CARRIED_OFF, first, last, slowest, lasted_s), room)
    for share in UNTILS:
        until_s = share * abs(home.jump_m) / abs(out.change_m_s)
        if until_s < lasted_s:
            best = max(best, saved_by(path, Fault(CARRIED_OFF, first, last, -home.jump_m / until_s, until_s), room))
    return float(best - cost)


@compiled
def drift_saves(path: Path, edges: tuple[int, int], out: Edge, home: Edge, room: Room, asked: float) -> float:
    """What a change of velocity, twice the same back half-way, and it again at the end save as a drift out and home."""
    first, last = edges
    sigma = np.hypot(out.change_sigma, home.change_sigma)
    both, least_m_s = out.change_m_s + home.change_m_s, 4 * LEAST_M / (path.utc_s[last] - path.utc_s[first])
    if not (abs(out.change_m_s - home.change_m_s) < 4 * sigma and abs(both) > max(2 * sigma, least_m_s)):
        return 0.0
    cost = choosing(abs(both) / 2, min(out.change_sigma, home.change_sigma))
    if path.nats[first] + path.nats[last] < (asked + cost) / 4:
        return 0.0
    middle = int(np.searchsorted(path.utc_s[first:last], (path.utc_s[first] + path.utc_s[last]) / 2)) + first
    if path.nats[first] + path.nats[last] + np.sum(path.nats[middle - 1 : middle + 2]) < asked + cost:
        return 0.0
    one, other = edge_at(path, middle - 1, first), edge_at(path, middle, first)
    if abs(one.change_m_s + other.change_m_s + both) > 4 * np.hypot(sigma, np.hypot(one.change_sigma, other.change_sigma)):
        return 0.0
    weight, more = 1 / out.change_sigma**2, 1 / home.change_sigma**2
    best = saved_by(path, Fault(DRIFT, first, last, (out.change_m_s * weight + home.change_m_s * more) / (weight + more), 0.0), room)
    if best > asked / 2:
        for size in (out.change_m_s, home.change_m_s):
            best = max(best, saved_by(path, Fault(DRIFT, first, last, size, 0.0), room))
    return float(best - cost)


@compiled
def late_step(path: Path, first: int, after_s: float) -> float:
    """The nats of the two bends at the ends of a step, had it taken so many seconds: over a longer one by laws over more steps."""
    seconds, way_m, before_m, next_m = path.bends.seconds, path.way_m[first], path.way_m[first - 1], path.way_m[first + 1]
    if after_s <= seconds[first]:
        one = nats_between(path, first, (before_m, way_m), (seconds[first - 1], after_s), path.bends.rate[first])
        other = nats_between(path, first + 1, (way_m, next_m), (after_s, seconds[first + 1]), path.bends.rate[first + 1])
        return float(one + other)
    before_m_s, flown_m_s, next_m_s = path.bends.velocity_m_s[first - 1], way_m / after_s, path.bends.velocity_m_s[first + 1]
    if after_s > CLOSE_S or abs(flown_m_s) > FASTER * max(abs(before_m_s), abs(next_m_s)):
        return np.inf
    rate = (path.bends.rate_before[first] + path.bends.rate_after[first + 1]) / 2
    out_m = bend(before_m_s, flown_m_s, seconds[first - 1], after_s, rate)
    home_m = bend(flown_m_s, next_m_s, after_s, seconds[first + 1], rate)
    steps = after_s / seconds[first]
    return float(nats_over(path.bends, first, out_m, steps) + nats_over(path.bends, first + 1, home_m, steps))


@compiled
def late_begin(path: Path, first: int, late_s: float) -> float:
    """The nats of the two bends after which the fixes are late by so many seconds: of other times than theirs, or on the way behind."""
    seconds = path.bends.seconds
    after_s, next_m = seconds[first] - late_s, path.way_m[first + 1]
    if after_s >= SOONEST_S:
        return float(late_step(path, first, after_s))
    when_s = path.utc_s[first + 1] - late_s
    back = int(np.searchsorted(path.utc_s[: first + 1], when_s, side="right")) - 1
    if back < max(first - MOST_BACK, 1) or seconds[back] > CLOSE_S or not np.isfinite(np.sum(path.bends.sigma_m[:, back : back + 2])):
        return np.inf
    part = (when_s - path.utc_s[back]) / seconds[back]
    there_m = path.way_m[back] * (part - 0.5j * path.bends.rate[back] * seconds[back] * part * (1 - part))
    off_m = path.flown_m[first + 1] - path.flown_m[back] - there_m
    off_m = off_m * abs(path.way_m[back]) / path.way_m[back] if path.way_m[back] != 0 else off_m
    turned = nats_between(path, first + 1, (path.way_m[back], next_m), (seconds[back], seconds[first + 1]), path.bends.rate[first + 1])
    return float(nats_at(path.bends, back + 1, off_m) + turned)


@compiled
def late_saves(path: Path, back: Path, edges: tuple[int, int], known: tuple[Floats, Floats]) -> float:
    """What a lateness, or the same haste, saves at both edges; `back` is the path flown backwards, `known` what was asked before."""
    first, last = edges
    one = begins_late(path, first, 1.0, known[0])
    other = begins_late(back, len(path.nats) - 1 - last, -1.0, known[1])
    least = np.inf
    for index in range(len(one)):
        if max(one[index], other[index]) < MOST_LEFT:
            least = min(least, one[index] + other[index])
    return float(at_edges(path, edges) - LATE - least)


@compiled
def begins_late(path: Path, first: int, sign: float, known: Floats) -> Floats:
    """The same for each of `LATES_S`, filled in where it is asked for the first time."""
    if np.isnan(known[0]):
        for index, late_s in enumerate(LATES_S):
            known[index] = late_begin(path, first, sign * late_s)
    return known
