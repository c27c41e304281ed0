"""How a track bends at each fix, measured by the bends alike on this very track: no aircraft, sensor or rate is assumed.

A bend is the change of velocity from one step to the next, in metres over the shorter of the two, along the way and across it, less
the turn that the bends around it make expected. Its surprise is minus the logarithm of the chance to exceed it, by a Student law
among bends of about the same time and activity. Nothing here needs a reported velocity; `track_reckoning` measures against those.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from cathartes.kernels import compiled
from cathartes.model.samples import Floats
from cathartes.readers.track_reckoning import CLOSE_S, Complexes, cells, level_of, sigma_of, size, student_of

FEWEST = 30
ACTIVE = 7
"""So many bends tell how much is turned around each."""

MOST_FREEDOMS = 12.0
"""Bends may be nearly normal: an aircraft that circles bends much, and never much more."""

OF_PARTS = 0.7
"""The laws along and across are those that such a share of the stretches keeps: the worst of a dozen measured tails is mostly chance."""

MANOEUVRE_M_S2 = 0.5
"""A turn may begin or end anywhere: an acceleration across the way that is ordinary, however straight the aircraft flew elsewhere."""

AROUND = (-3, -2, -1, 1, 2, 3)
SPANS = 2 ** np.arange(8)
ENOUGH = 5_000
UNKNOWN = (1e9, 2.0)
SOONEST_S = 0.01


class Bends(NamedTuple):
    """The bends at n fixes: their surprise in nats (n, 0 where unknown), and what it takes to measure others.

    Unit vectors `east` and `north` (n x 3); of each step its seconds and level velocity, east + north i; of each fix the rate of turn in
    radians per second around, before and after it, and the sigmas of its bend along and across (2 x n metres, infinite where unknown).
    `law` holds scale in sigmas and freedoms of the bends along, and of those across (2 x 2); `laws` the same (2 x 8) of the bends at
    both ends of a straight way over 1, 2, 4 … 128 steps. `jump_m` is how far each step leads beside the way expected from the steps
    before and after it (NaN where unknown), `jump_sigma_m` its sigma.
    """

    surprise: Floats
    east: Floats
    north: Floats
    seconds: Floats
    velocity_m_s: Complexes
    rate: Floats
    rate_before: Floats
    rate_after: Floats
    sigma_m: Floats
    law: Floats
    laws: Floats
    jump_m: Complexes
    jump_sigma_m: Floats


def bends_of(utc_s: Floats, places_m: Floats, seconds: Floats) -> Bends:
    """The bends at n fixes in order, by their times, Earth-centred places (n x 3) and the seconds of their n - 1 steps."""
    count = len(utc_s)
    up = places_m / size(places_m)[:, None]
    east = np.column_stack((-up[:, 1], up[:, 0], np.zeros(count))) / np.maximum(np.hypot(up[:, 0], up[:, 1]), 1e-9)[:, None]
    north = np.cross(up, east)
    steps_m = np.diff(places_m, axis=0)
    velocity_m_s = level_of(steps_m, east[1:], north[1:]) / seconds
    rates = rates_around(seconds, velocity_m_s)
    rate, before, after = np.median(rates[1:5], axis=0), np.median(rates[:3], axis=0), np.median(rates[3:], axis=0)
    surprise, sigma_m, law = surprise_among_the_like(bends_along(seconds, velocity_m_s, rate), seconds)
    jump_m, jump_sigma_m = jumps(seconds, velocity_m_s, before, after, sigma_m)
    laws = np.outer(UNKNOWN, np.ones(len(SPANS)))
    bends = Bends(surprise, east, north, seconds, velocity_m_s, rate, before, after, sigma_m, law, laws, jump_m, jump_sigma_m)
    return bends._replace(laws=laws_over(bends, utc_s, places_m))


def mirrored(bends: Bends) -> Bends:
    """The bends of the same fixes flown backwards in time, from the last to the first."""
    velocity_m_s, jump_m = (np.ascontiguousarray(-each[::-1]) for each in (bends.velocity_m_s, bends.jump_m))
    rate, before, after = (np.ascontiguousarray(-each[::-1]) for each in (bends.rate, bends.rate_after, bends.rate_before))
    east, north = (np.ascontiguousarray(each[::-1]) for each in (bends.east, bends.north))
    surprise, seconds, jump_sigma_m = (np.ascontiguousarray(each[::-1]) for each in (bends.surprise, bends.seconds, bends.jump_sigma_m))
    sigma_m = np.ascontiguousarray(bends.sigma_m[:, ::-1])
    return Bends(surprise, east, north, seconds, velocity_m_s, rate, before, after, sigma_m, bends.law, bends.laws, jump_m, jump_sigma_m)


def rates_around(seconds: Floats, velocity_m_s: Complexes) -> Floats:
    """The rates of turn (radians per second) at the three fixes before and after each (6 x n); 0 beside gaps."""
    rate = np.zeros(len(seconds) + 1)
    close = (seconds[1:] <= CLOSE_S) & (seconds[:-1] <= CLOSE_S)
    turned = np.angle(velocity_m_s[1:] * np.conj(velocity_m_s[:-1]))
    rate[1:-1] = np.where(close, turned / (seconds[1:] + seconds[:-1]) * 2, 0.0)
    padded = np.pad(rate, 3, mode="edge")
    return np.stack([padded[3 + to : 3 + to + len(rate)] for to in AROUND])


@compiled
def bend(before_m_s: complex, after_m_s: complex, before_s: float, after_s: float, rate: float) -> complex:
    """The bend between two steps less a turn at that rate: metres along + metres across i, over the shorter of the two."""
    turned = np.angle(after_m_s * np.conj(before_m_s) * np.exp(-0.5j * rate * (before_s + after_s)))
    slow, fast = abs(before_m_s), abs(after_m_s)
    return complex((fast - slow + 1j * np.sqrt(slow * fast) * turned) * min(before_s, after_s))


@compiled
def bends_along(seconds: Floats, velocity_m_s: Complexes, rate: Floats) -> Complexes:
    """The bend at each fix; NaN at the ends and beside gaps."""
    found = np.full(len(rate), np.nan + 0j)
    for at in range(1, len(rate) - 1):
        if seconds[at - 1] <= CLOSE_S and seconds[at] <= CLOSE_S:
            found[at] = bend(velocity_m_s[at - 1], velocity_m_s[at], seconds[at - 1], seconds[at], rate[at])
    return found


def surprise_among_the_like(off_m: Complexes, seconds: Floats) -> tuple[Floats, Floats, Floats]:
    """The surprise of every bend, its sigmas along and across, and the laws of both."""
    surprise, sigma_m, law = np.zeros(len(off_m)), np.full((2, len(off_m)), np.inf), np.array((UNKNOWN, UNKNOWN))
    known = np.flatnonzero(np.isfinite(off_m.real))
    if len(known) <= FEWEST:
        return surprise, sigma_m, law
    activity_m = median_filter(np.abs(off_m[known].imag), ACTIVE, mode="reflect")
    for alike in cells(np.minimum(seconds[known - 1], seconds[known]), activity_m):
        fixes = known[alike]
        for sigmas_m, error_m in zip(sigma_m, (off_m.real, off_m.imag), strict=True):
            sigmas_m[fixes] = sigma_of(error_m[fixes])
    sigma_m[1, known] = np.hypot(sigma_m[1, known], MANOEUVRE_M_S2 / 2 * np.minimum(seconds[known - 1], seconds[known]) ** 2)
    sigmas = np.abs((off_m.real[known] / sigma_m[0, known], off_m.imag[known] / sigma_m[1, known]))
    for part, each in zip(law, sigmas, strict=True):
        student = student_of(each, MOST_FREEDOMS, parts=1, exceeded=OF_PARTS)
        part[:] = student.scale, student.freedoms
    both = np.hypot(*sigmas)
    surprise[known] = student_of(both, MOST_FREEDOMS).surprise(both)
    return surprise, sigma_m, law


@compiled
def nats_at(bends: Bends, at: int, off_m: complex) -> float:
    """Minus the logarithm of the density of a bend of so many metres at a fix, beside that of none; 0 where unknown."""
    if not bends.sigma_m[0, at] < np.inf:
        return 0.0
    one, other = off_m.real / bends.sigma_m[0, at] / bends.law[0, 0], off_m.imag / bends.sigma_m[1, at] / bends.law[1, 0]
    along, across = bends.law[0, 1], bends.law[1, 1]
    return float((along + 1) / 2 * np.log1p(one**2 / along) + (across + 1) / 2 * np.log1p(other**2 / across))


@compiled
def nats_along(bends: Bends) -> Floats:
    """The same for the bend at each fix as it is."""
    nats, seconds, velocity_m_s = np.zeros(len(bends.surprise)), bends.seconds, bends.velocity_m_s
    for at in range(1, len(nats) - 1):
        nats[at] = nats_at(bends, at, bend(velocity_m_s[at - 1], velocity_m_s[at], seconds[at - 1], seconds[at], bends.rate[at]))
    return nats


@compiled
def jumps(
    seconds: Floats, velocity_m_s: Complexes, before: Floats, after: Floats, sigma_m: Floats
) -> tuple[Complexes, Floats]:  # fmt: skip
    """How far each step leads beside the mean of the ways that the step before and the step after it make expected, and its sigma."""
    jump_m, jump_sigma_m = np.full(len(seconds), np.nan + 0j), np.full(len(seconds), np.inf)
    for at in range(1, len(seconds) - 1):
        if sigma_m[0, at] < np.inf and sigma_m[0, at + 1] < np.inf:
            forth = velocity_m_s[at - 1] * np.exp(0.5j * before[at] * (seconds[at - 1] + seconds[at]))
            back = velocity_m_s[at + 1] * np.exp(-0.5j * after[at + 1] * (seconds[at + 1] + seconds[at]))
            jump_m[at] = (velocity_m_s[at] - (forth + back) / 2) * seconds[at]
            jump_sigma_m[at] = np.sqrt(np.sum(sigma_m[:, at] ** 2) + np.sum(sigma_m[:, at + 1] ** 2)) / 2
    return jump_m, jump_sigma_m


def laws_over(bends: Bends, utc_s: Floats, places_m: Floats) -> Floats:
    """Scale and freedoms (2 x 8) of how far, in sigmas, the ends of straight ways over 1, 2, 4 … 128 steps bend on this track."""
    laws = bends.laws.copy()
    for number, span in enumerate(SPANS[len(utc_s) > SPANS]):
        starts = np.arange(0, len(utc_s) - span, len(utc_s) // ENOUGH + 1)
        ends = ends_over(bends, utc_s, places_m, starts, span)
        known = ends[np.isfinite(ends)]
        if len(known) > FEWEST:
            law = student_of(known, MOST_FREEDOMS)
            laws[:, number] = law.scale, law.freedoms
    return laws


@compiled
def ends_over(bends: Bends, utc_s: Floats, places_m: Floats, starts: NDArray[np.int64], span: int) -> Floats:
    """The bends at both ends of each way over so many steps, in sigmas; NaN where unknown."""
    found = np.empty((len(starts), 2))
    for index, start in enumerate(starts):
        found[index] = bent_ends(bends, utc_s, places_m, start, start + span)
    return found.ravel()


@compiled
def bent_ends(bends: Bends, utc_s: Floats, places_m: Floats, start: int, end: int) -> tuple[float, float]:
    """How many sigmas a straight way from one fix to a later one bends at its start and at its end; NaN where unknown."""
    way_m, passed_s = places_m[end] - places_m[start], max(utc_s[end] - utc_s[start], SOONEST_S)
    rate = (bends.rate_before[start] + bends.rate_after[end]) / 2
    first = last = np.nan
    if bends.sigma_m[0, start] < np.inf:
        velocity = level(way_m, bends, start) / passed_s
        off_m = bend(bends.velocity_m_s[start - 1], velocity, bends.seconds[start - 1], passed_s, rate)
        first = np.hypot(off_m.real / bends.sigma_m[0, start], off_m.imag / bends.sigma_m[1, start])
    if bends.sigma_m[0, end] < np.inf:
        velocity = level(way_m, bends, end) / passed_s
        off_m = bend(velocity, bends.velocity_m_s[end], passed_s, bends.seconds[end], rate)
        last = np.hypot(off_m.real / bends.sigma_m[0, end], off_m.imag / bends.sigma_m[1, end])
    return first, last


@compiled
def level(vector: Floats, bends: Bends, at: int) -> complex:
    """An Earth-centred vector as east + north i at a fix."""
    (x, y, z), east, north = vector, bends.east[at], bends.north[at]
    return complex(x * east[0] + y * east[1] + z * east[2], x * north[0] + y * north[1] + z * north[2])


@compiled
def law_over(laws: Floats, steps: float) -> tuple[float, float]:
    """Scale in sigmas and freedoms of bends at the ends of ways over so many steps, by the laws for 1, 2, 4 … 128 of them."""
    low = min(int(np.log2(steps)), laws.shape[1] - 2)
    part = min(np.log2(steps) - low, 1.0)
    return float(laws[0, low] ** (1 - part) * laws[0, low + 1] ** part), float(laws[1, low + 1])


@compiled
def surprise_over(sigmas: float, laws: Floats, steps: int) -> float:
    """The surprise of so many sigmas over so many steps; 0 where unknown."""
    if np.isnan(sigmas):
        return 0.0
    scale, freedoms = law_over(laws, steps)
    return float(freedoms / 2 * np.log1p((sigmas / scale) ** 2 / freedoms))


@compiled
def nats_over(bends: Bends, at: int, off_m: complex, steps: float) -> float:
    """As `nats_at`, of a bend at an end of a straight way over so many steps: what leads less surely is less likely anywhere."""
    if not bends.sigma_m[0, at] < np.inf:
        return 0.0
    scale, freedoms = law_over(bends.laws, steps)
    sigmas = np.hypot(off_m.real / bends.sigma_m[0, at], off_m.imag / bends.sigma_m[1, at])
    return float((freedoms + 2) / 2 * np.log1p((sigmas / scale) ** 2 / freedoms) + 2 * np.log(scale / bends.laws[0, 0]))
