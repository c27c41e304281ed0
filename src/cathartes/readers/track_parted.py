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
from cathartes.readers.track_bends import FEWEST, Bends, bend, bends_of, level
from cathartes.readers.track_chain import DOUBTFUL
from cathartes.readers.track_reckoning import CLOSE_S

EARLIEST_S, LATEST_S = 3, 125
LONGEST, MOST_AMONG, BEAM = 80, 60, 24
"""So many fixes of a stretch are alone, so many alternate; so many ways of parting these are followed at a time."""

PRICE, UNTIMELY = 20.0, 20.0
"""What must be saved before a stretch counts as found, and what a step back in time costs, in nats."""

SOONEST_S = 0.5
AROUND = 41

Ints = NDArray[np.intp]


class Measure(NamedTuple):
    """What bends are measured by around one fix: seconds and Earth-centred metres of all fixes, sigmas, rate of turn, and the law."""

    utc_s: Floats
    places_m: Floats
    bends: Bends
    sigma_m: Floats
    rate: float


class Parting(NamedTuple):
    """One way of parting fixes that alternate: its cost in nats, the last fixes of the stretch, and the others."""

    cost: float
    stretch: tuple[int, ...]
    others: tuple[int, ...]


def stretches_among_others(utc_s: Floats, places_m: Floats, tick_s: float) -> list[tuple[float, Ints]]:
    """Stretches with a wrong clock, each by the nats that it saves and the fixes that it consists of, the best first."""
    backwards = [(saved, len(utc_s) - 1 - fixes) for saved, fixes in late_stretches(-utc_s[::-1], places_m[::-1].copy(), tick_s)]
    return sorted(late_stretches(utc_s, places_m, tick_s) + backwards, key=lambda each: -each[0])


def late_stretches(utc_s: Floats, places_m: Floats, tick_s: float) -> list[tuple[float, Ints]]:
    """The same where the clock was late: the hole comes first."""
    bends = bends_of(utc_s, places_m, np.maximum(np.diff(utc_s), tick_s))
    known = np.flatnonzero(np.isfinite(bends.sigma_m[0]))
    if len(known) <= FEWEST:
        return []
    every = np.arange(len(utc_s))
    sigma_m = np.stack([median_filter(np.interp(every, known, part[known]), AROUND, mode="nearest") for part in bends.sigma_m])
    rate = median_filter(bends.rate_before, AROUND, mode="nearest")
    late_s, saved = holes(utc_s, places_m, bends, sigma_m, rate)
    found = []
    for hole in np.flatnonzero(saved > DOUBTFUL):
        measure = Measure(utc_s, places_m, bends, np.ascontiguousarray(sigma_m[:, hole]), rate[hole])
        found += stretches_after(measure, int(hole), float(late_s[hole]), float(saved[hole]))
    return found


@compiled
def bent(measure: Measure, fixes: tuple[int, int, int], first_late_s: float, last_late_s: float) -> float:
    """The surprise of the bend at the middle of three fixes, the two steps being longer by so many seconds than the clock says."""
    one, two, three = fixes
    before_s = max(measure.utc_s[two] - measure.utc_s[one], SOONEST_S) + first_late_s
    after_s = max(measure.utc_s[three] - measure.utc_s[two], SOONEST_S) + last_late_s
    if before_s <= 0 or after_s <= 0:
        return UNTIMELY
    before = level(measure.places_m[two] - measure.places_m[one], measure.bends, two) / before_s
    after = level(measure.places_m[three] - measure.places_m[two], measure.bends, two) / after_s
    off_m = bend(before, after, before_s, after_s, measure.rate)
    sigmas = np.hypot(off_m.real / measure.sigma_m[0], off_m.imag / measure.sigma_m[1])
    scale, freedoms = measure.bends.laws[0, 0], measure.bends.laws[1, 0]
    return float(freedoms / 2 * np.log1p((sigmas / scale) ** 2 / freedoms))


@compiled
def holes(utc_s: Floats, places_m: Floats, bends: Bends, sigma_m: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """By how many seconds each step is best taken for late, and what that saves in nats."""
    late_s, saved = np.zeros(len(utc_s) - 1), np.zeros(len(utc_s) - 1)
    for at in range(1, len(utc_s) - 2):
        seconds, now = bends.seconds[at], bends.surprise[at] + bends.surprise[at + 1]
        is_gap = seconds > CLOSE_S
        if bends.seconds[at - 1] > CLOSE_S or bends.seconds[at + 1] > CLOSE_S or (now < DOUBTFUL and not is_gap):
            continue
        measure = Measure(utc_s, places_m, bends, np.ascontiguousarray(sigma_m[:, at]), rate[at])
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
            now = 2 * np.log(max(way_m / np.hypot(sigma_m[0, at], sigma_m[1, at]), 1.0)) - 1
        saved[at] = now - least
    return late_s, saved


def stretches_after(measure: Measure, hole: int, late_s: float, saved: float) -> list[tuple[float, Ints]]:
    """The stretches that could begin after a hole, by the first fix among them that is not of theirs."""
    found, surprise = [], measure.bends.surprise
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
