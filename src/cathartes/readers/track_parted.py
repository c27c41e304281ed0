"""A stretch whose clock was wrong, in rows that were sorted by time: it leaves a hole, and lies among the fixes that follow its own.

The step over the hole is late: it took longer than the way to the next fix does at the speed and the turn flown around it, and by as
much as the clock was wrong. Where the stretch ends, its last fixes and the next true ones alternate: they are parted into two paths
that both bend as little as the track does elsewhere (a beam search), and that join once the lateness is undone.
"""

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from cathartes.kernels import compiled
from cathartes.model.samples import Floats
from cathartes.readers.track_bends import FEWEST, Bends, bend, level, mirrored
from cathartes.readers.track_chain import DOUBTFUL
from cathartes.readers.track_reckoning import CLOSE_S, SHARPEST_TURN, Complexes, level_of, student_of

EARLIEST_S, LATEST_S = 3, 125
LONGEST, MOST_AMONG, BEAM = 80, 60, 24
"""So many fixes of a stretch are alone, so many alternate; so many ways of parting these are followed at a time."""

PRICE, UNTIMELY = 14.0, 20.0
"""What must be saved before a stretch counts as found, and what a step back in time costs, in nats."""

OVER_A_GAP = -3.0
"""A gap is a hole already: what follows is parted even where its lateness tells little, if no velocity is reported before it."""

SOONEST_S, LEAST_M_S = 0.5, 1.0
AROUND = 41

Ints = NDArray[np.intp]


class Measure(NamedTuple):
    """What ways between fixes are measured by around one fix.

    Seconds, Earth-centred metres and velocities reported (east + north i, NaN where not) of all fixes, and the surprise of each as it is;
    sigmas of bends and rate of turn, and how many m/s a step is usually off beside the velocities reported, with the law of that.
    """

    utc_s: Floats
    places_m: Floats
    velocity_m_s: Complexes
    surprise: Floats
    bends: Bends
    sigma_m: Floats
    rate: float
    error_m_s: float
    freedoms: float


class Parting(NamedTuple):
    """One way of parting fixes that alternate: its cost in nats, the last fixes of the stretch, and the others."""

    cost: float
    stretch: tuple[int, ...]
    others: tuple[int, ...]


def stretches_among_others(utc_s: Floats, places_m: Floats, reported_m_s: Floats, bends: Bends) -> list[tuple[float, Ints]]:
    """Stretches with a wrong clock, each by the nats that it saves and the fixes that it consists of, the best first."""
    velocity_m_s = level_of(reported_m_s, bends.east, bends.north)
    found = late_stretches(utc_s, places_m, velocity_m_s, bends)
    backwards = late_stretches(-utc_s[::-1], places_m[::-1].copy(), -velocity_m_s[::-1], mirrored(bends))
    return sorted(found + [(saved, len(utc_s) - 1 - fixes) for saved, fixes in backwards], key=lambda each: -each[0])


def late_stretches(utc_s: Floats, places_m: Floats, velocity_m_s: Complexes, bends: Bends) -> list[tuple[float, Ints]]:
    """The same where the clock was late: the hole comes first."""
    known = np.flatnonzero(np.isfinite(bends.sigma_m[0]))
    if len(known) <= FEWEST:
        return []
    every = np.arange(len(utc_s))
    sigma_m = np.stack([median_filter(np.interp(every, known, part[known]), AROUND, mode="nearest") for part in bends.sigma_m])
    rate = median_filter(bends.rate_before, AROUND, mode="nearest")
    surprise, error_m_s, freedoms = errors_beside(velocity_m_s, places_m, bends)
    surprise = np.where(np.isnan(surprise), bends.surprise, surprise)
    whole = Measure(utc_s, places_m, velocity_m_s, surprise, bends, sigma_m, 0.0, 1.0, freedoms)
    late_s, saved = holes(whole, rate, error_m_s)
    found = []
    untold = (bends.seconds > CLOSE_S) & np.isnan(velocity_m_s[:-1])
    for hole in np.flatnonzero(saved > np.where(untold, OVER_A_GAP, DOUBTFUL)):
        measure = around(whole, hole, rate, error_m_s)
        found += stretches_after(measure, int(hole), float(late_s[hole]), float(saved[hole]))
    return found


def errors_beside(velocity_m_s: Complexes, places_m: Floats, bends: Bends) -> tuple[Floats, Floats, float]:
    """Of the step from each fix: its surprise beside the velocities reported (NaN where unknown), the m/s usual around, freedoms."""
    count, error_m_s = len(velocity_m_s), errors_along(velocity_m_s, places_m, bends)
    known = np.flatnonzero(np.isfinite(error_m_s))
    if len(known) <= FEWEST:
        return np.full(count, np.nan), np.ones(count), 1.0
    usual = np.maximum(median_filter(np.interp(np.arange(count), known, error_m_s[known]), AROUND, mode="nearest"), LEAST_M_S)
    law = student_of(error_m_s[known] / usual[known])
    return law.surprise(error_m_s / usual), usual * law.scale, law.freedoms


@compiled
def errors_along(velocity_m_s: Complexes, places_m: Floats, bends: Bends) -> Floats:
    """How many m/s the step from each fix is off beside the velocities at its ends; NaN where unknown."""
    error_m_s = np.full(len(velocity_m_s), np.nan)
    for at in range(len(bends.seconds)):
        if bends.seconds[at] <= CLOSE_S:
            way_m = level(places_m[at + 1] - places_m[at], bends, at)
            error_m_s[at] = error_of(velocity_m_s[at], velocity_m_s[at + 1], way_m, bends.seconds[at])
    return error_m_s


@compiled
def error_of(one_m_s: complex, other_m_s: complex, way_m: complex, seconds: float) -> float:
    """How many m/s a way is off an even turn from one velocity to another."""
    half = min(max(abs(np.angle(other_m_s * np.conj(one_m_s))) / 2, 1e-6), SHARPEST_TURN)
    return float(abs(way_m / seconds - (one_m_s + other_m_s) / 2 * np.tan(half) / half))


@compiled
def around(whole: Measure, at: int, rate: Floats, error_m_s: Floats) -> Measure:
    """What is usual at one fix."""
    return Measure(
        whole.utc_s, whole.places_m, whole.velocity_m_s, whole.surprise, whole.bends, np.ascontiguousarray(whole.sigma_m[:, at : at + 1]),
        rate[at], error_m_s[at], whole.freedoms,
    )  # fmt: skip


@compiled
def bent(measure: Measure, fixes: tuple[int, int, int], first_late_s: float, last_late_s: float) -> float:
    """The surprise of the way through three fixes, the two steps being longer by so many seconds than the clock says.

    It is that of the last step where velocities are reported at its ends, else of the bend.
    """
    one, two, three = fixes
    before_s = max(measure.utc_s[two] - measure.utc_s[one], SOONEST_S) + first_late_s
    after_s = max(measure.utc_s[three] - measure.utc_s[two], SOONEST_S) + last_late_s
    if before_s <= 0 or after_s <= 0:
        return UNTIMELY
    way_m = level(measure.places_m[three] - measure.places_m[two], measure.bends, two)
    departing, arriving = measure.velocity_m_s[two], measure.velocity_m_s[three]
    if not np.isnan(departing.real + arriving.real):
        error = error_of(departing, arriving, way_m, after_s) / measure.error_m_s
        return float(measure.freedoms / 2 * np.log1p(error**2 / measure.freedoms))
    before = level(measure.places_m[two] - measure.places_m[one], measure.bends, two) / before_s
    off_m = bend(before, way_m / after_s, before_s, after_s, measure.rate)
    sigmas = np.hypot(off_m.real / measure.sigma_m[0, 0], off_m.imag / measure.sigma_m[1, 0])
    scale, freedoms = measure.bends.laws[0, 0], measure.bends.laws[1, 0]
    return float(freedoms / 2 * np.log1p((sigmas / scale) ** 2 / freedoms))


@compiled
def holes(whole: Measure, rate: Floats, error_m_s: Floats) -> tuple[Floats, Floats]:
    """By how many seconds each step is best taken for late, and what that saves in nats."""
    bends, count = whole.bends, len(whole.utc_s)
    late_s, saved = np.zeros(count - 1), np.full(count - 1, -np.inf)
    for at in range(1, count - 2):
        seconds, now = bends.seconds[at], whole.surprise[at] + whole.surprise[at + 1]
        is_gap = seconds > CLOSE_S
        if bends.seconds[at - 1] > CLOSE_S or bends.seconds[at + 1] > CLOSE_S or (now < DOUBTFUL and not is_gap):
            continue
        measure = around(whole, at, rate, error_m_s)
        least = np.inf
        for late in range(max(EARLIEST_S, int(seconds - CLOSE_S)), min(LATEST_S, int(seconds) - 1) + 1):
            nats = bent(measure, (at - 1, at, at + 1), 0.0, -late)
            if nats < least:
                nats += bent(measure, (at, at + 1, at + 2), -late, 0.0)
            if nats < least:
                least, late_s[at] = nats, late
        if is_gap:
            # Over a gap the aircraft might be anywhere: that it is where a short step leads is telling.
            way_m = abs(bends.velocity_m_s[at - 1]) * late_s[at]
            now = 2 * np.log(max(way_m / np.hypot(measure.sigma_m[0, 0], measure.sigma_m[1, 0]), 1.0)) - 1
        saved[at] = now - least
    return late_s, saved


def stretches_after(measure: Measure, hole: int, late_s: float, saved: float) -> list[tuple[float, Ints]]:
    """The stretches that could begin after a hole, by the first fix among them that is not of theirs."""
    found, surprise = [], measure.surprise
    for first in range(hole + 3, min(hole + LONGEST, len(surprise) - 4)):
        end = int(np.searchsorted(measure.utc_s, measure.utc_s[first] + late_s + EARLIEST_S))
        if surprise[first - 1] + surprise[first] < DOUBTFUL or end > len(surprise) - 3 or not 0 < end - first <= MOST_AMONG:
            continue
        most = saved + surprise[first - 1 : end + 2].sum() - PRICE - np.log(end - hole)
        if most > 0:
            parting = least_bent(measure, first, end, late_s)
            fixes = np.concatenate((np.arange(hole + 1, first - 2), parting.stretch))
            if most > parting.cost and len(parting.stretch) > 2:
                found.append((most - parting.cost, fixes))
    return found


def least_bent(measure: Measure, first: int, end: int, late_s: float) -> Parting:
    """The best parting of the fixes from `first` on: the two before are of the stretch, `first` and all from `end` on are not."""
    beam = [Parting(0.0, (first - 2, first - 1), (first,))]
    for fix in range(first + 1, end):
        beam = heapq.nsmallest(
            BEAM, [way for parting in beam for way in (with_stretch(measure, parting, fix), with_others(measure, parting, fix))]
        )
    return min(joined(measure, with_others(measure, with_others(measure, parting, end), end + 1), late_s) for parting in beam)


def with_stretch(measure: Measure, parting: Parting, fix: int) -> Parting:
    """One more fix of the stretch."""
    cost = parting.cost + bent(measure, (*parting.stretch[-2:], fix), 0.0, 0.0)
    return Parting(cost, (*parting.stretch, fix), parting.others)


def with_others(measure: Measure, parting: Parting, fix: int) -> Parting:
    """One more fix of the others."""
    more = bent(measure, (*parting.others[-2:], fix), 0.0, 0.0) if len(parting.others) > 1 else 0.0
    return Parting(parting.cost + more, parting.stretch, (*parting.others, fix))


def joined(measure: Measure, parting: Parting, late_s: float) -> Parting:
    """With the cost of going on from the end of the stretch to the first of the others, the lateness undone."""
    (before, last), (first, second) = parting.stretch[-2:], parting.others[:2]
    step_s = measure.utc_s[first] - measure.utc_s[last] + late_s
    if step_s <= 0:
        return parting._replace(cost=parting.cost + 2 * UNTIMELY)
    longer_s = step_s - max(measure.utc_s[first] - measure.utc_s[last], SOONEST_S)
    cost = bent(measure, (before, last, first), 0.0, longer_s) + bent(measure, (last, first, second), longer_s, 0.0)
    return parting._replace(cost=parting.cost + cost)
