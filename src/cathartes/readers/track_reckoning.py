"""Positions against the velocities reported beside them: how far each step leads from dead reckoning, and where that lasts.

What a step may be off grows with its time and with the change of velocity over it, along the way otherwise than across it. So
every step is measured by those like it on this very track. A fault over few stretches does not set what is usual: what is rare is
what is exceeded in one stretch of seven only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter
from scipy.special import fdtri

from cathartes.kernels import compiled
from cathartes.model.samples import Floats

CLOSE_S = 60.0
"""Fixes further apart say nothing about each other's velocity."""

SHARPEST_TURN = np.radians(75)
FLOOR_M = 3.0
"""Positions are not written more finely than this."""

LIKE, MOST_CELLS, CELL_RARE, CELL_SIGMAS = 40, 5, 0.8, 1.28
"""Steps alike: at least so many, in up to so many groups by time and by change of velocity; the quantile that is so many sigmas."""

AROUND, USUAL_AROUND = 101, (0.4, 2.0)
STRETCHES, STRETCH, EXCEEDED = 12, 25, 0.85
RARE = np.array([0.5, 0.9, 0.97])
FEWEST_FREEDOMS, MOST_FREEDOMS = 2.0, 3.0
"""Of what is measured against reported velocities: rounding thickens the middle of its law, and says nothing about its tail."""

LASTING_STEPS, LASTING_NATS = 5, 4.0
DRIFTING_STEPS, DRIFTING_NATS = (5, 9, 17, 31), 6.0
BEYOND = 2.3
"""What the steps of a window save together counts beyond so many times what six stretches in seven ever reach."""

LARGE = 1e200
"""A product is not let grow much further."""

Complexes = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class Reckoned:
    """m steps less the way that the velocities at their ends expect: metres (m x 3, zero where unknown), the same in units of what is
    usual (m, NaN where unknown), what is usual in metres (m, its median where unknown), and how surprising it is, in nats per step, that
    this lasts (m)."""

    step_m: Floats
    sigmas: Floats
    sigma_m: Floats
    lasting: Floats


@dataclass(frozen=True)
class Student:
    """The law of the length of a vector of so many parts that share a scale not known well: heavy tails for few `freedoms`."""

    scale: float
    freedoms: float
    parts: int = 2

    def nats(self, values: Floats) -> Floats:
        """Minus the logarithm of the density of each value, beside that of none."""
        return np.asarray((self.freedoms + self.parts) / 2 * np.log1p((values / self.scale) ** 2 / self.freedoms))

    def surprise(self, values: Floats) -> Floats:
        """Minus the logarithm of the chance to exceed each value."""
        return np.asarray(self.nats(values) * self.freedoms / (self.freedoms + self.parts))


def reckoned_by(steps_m: Floats, reported_m_s: Floats, seconds: Floats, east: Floats, north: Floats) -> Reckoned:
    """Steps (m x 3 metres, m seconds) against the velocities at the m + 1 fixes (metres per second, NaN where not reported).

    `east` and `north` are unit vectors at each step (m x 3).
    """
    way_m = of_both(reported_m_s[:-1], reported_m_s[1:], arc=True) * seconds[:, None]
    known = np.isfinite(way_m[:, 0]) & (seconds <= CLOSE_S)
    step_m = np.where(known[:, None], steps_m - way_m, 0.0)
    sigmas, sigma_m = np.full(len(seconds), np.nan), np.full(len(seconds), np.inf)
    if np.count_nonzero(known) <= STRETCH:
        return Reckoned(step_m, sigmas, sigma_m, np.zeros(len(seconds)))
    change_m_s = size(np.diff(reported_m_s, axis=0))[known]
    sigmas[known], sigma_m[known] = by_the_like(step_m[known], way_m[known], seconds[known], np.nan_to_num(change_m_s))
    sigma_m[~known] = np.median(sigma_m[known])
    error_m, expected_m = level_of(step_m, east, north), level_of(way_m, east, north)
    units = [seconds.astype(np.complex128), np.where(known & (np.abs(expected_m) > FLOOR_M), expected_m, FLOOR_M).astype(np.complex128)]
    return Reckoned(step_m, sigmas, sigma_m, lasting(np.nan_to_num(sigmas), error_m, sigma_m, units))


def by_the_like(step_m: Floats, way_m: Floats, seconds: Floats, change_m_s: Floats) -> tuple[Floats, Floats]:
    """How many of their sigmas long each step's error is, and that sigma in metres."""
    along_m = np.einsum("ij,ij->i", step_m, way_m) / np.maximum(size(way_m), 1e-9)
    across_m = np.sqrt(np.maximum(size(step_m) ** 2 - along_m**2, 0.0))
    sigmas_m = np.empty((2, len(seconds)))
    for cell in cells(seconds, change_m_s):
        for part, error_m in zip(sigmas_m, (along_m, across_m), strict=True):
            part[cell] = sigma_of(error_m[cell])
    lengths = np.hypot(along_m / sigmas_m[0], across_m / sigmas_m[1])
    around = median_filter(lengths, AROUND, mode="reflect") / max(float(np.median(lengths)), 1e-9)
    around = np.clip(around, *USUAL_AROUND)
    return lengths / around, np.hypot(*sigmas_m) * around


def sigma_of(errors_m: Floats) -> float:
    """The sigma of errors alike, by a quantile that a few faults do not reach."""
    return float(np.hypot(np.quantile(np.abs(errors_m), CELL_RARE) / CELL_SIGMAS, FLOOR_M))


def cells(seconds: Floats, change_m_s: Floats) -> Iterator[NDArray[np.intp]]:
    """Groups of steps of about the same time and about the same change of velocity."""
    groups = int(np.clip(np.sqrt(len(seconds) / LIKE), 1, MOST_CELLS))
    for alike in np.array_split(np.argsort(seconds, kind="stable"), groups):
        yield from np.array_split(alike[np.argsort(change_m_s[alike], kind="stable")], groups)


def lasting(sigmas: Floats, error_m: Complexes, sigma_m: Floats, units: list[Complexes]) -> Floats:
    """Nats per step by which a stretch around each is further off than six stretches in seven ever are.

    Anyhow, or by one and the same share of a unit: of its seconds (a drift), of its way (a turned course, a wrong speed).
    """
    law = student_of(sigmas)
    nats = law.nats(sigmas)
    off = median_filter(nats, LASTING_STEPS, mode="nearest")
    found = np.maximum(off - worst_of_most(off, LASTING_NATS), 0.0)
    for unit in units:
        share = error_m / unit
        for steps in DRIFTING_STEPS:
            rate = median_filter(share.real, steps, mode="nearest") + 1j * median_filter(share.imag, steps, mode="nearest")
            window = Window(nats, error_m / sigma_m, unit / sigma_m, rate, steps // 2, law.scale, law.freedoms)
            saved = saved_in(window)
            share_out(window, saved, BEYOND * worst_of_most(saved, DRIFTING_NATS), found)
    return found


class Window(NamedTuple):
    """Errors of steps and what they are compared with, in sigmas, their nats and law; at each step the rate over so many on both sides."""

    nats: Floats
    error: Complexes
    unit: Complexes
    rate: Complexes
    half: int
    scale: float
    freedoms: float


@compiled
def saved_at(window: Window, each: int, at: int) -> float:
    """The nats that one step saves if its error is taken for the share of its unit that is usual around another."""
    rest = abs(window.error[each] - window.rate[at] * window.unit[each]) / window.scale
    return float(window.nats[each] - (window.freedoms + 2) / 2 * np.log1p(rest**2 / window.freedoms))


@compiled
def saved_in(window: Window) -> Floats:
    """The nats that all the steps around each save together, by one logarithm of a product."""
    count, saved = len(window.nats), np.zeros(len(window.nats))
    per_square = 1 / (window.freedoms * window.scale**2)
    for at in range(count):
        first, after = max(at - window.half, 0), min(at + window.half + 1, count)
        nats = np.sum(window.nats[first:after])
        if nats <= DRIFTING_NATS:
            continue
        logarithm, product = 0.0, 1.0
        for each in range(first, after):
            rest = window.error[each] - window.rate[at] * window.unit[each]
            product *= 1 + (rest.real**2 + rest.imag**2) * per_square
            if product > LARGE:
                logarithm, product = logarithm + np.log(product), 1.0
        saved[at] = nats - (window.freedoms + 2) / 2 * (logarithm + np.log(product))
    return saved


@compiled
def share_out(window: Window, saved: Floats, usual: float, found: Floats) -> None:
    """Lay what is saved beyond what is usual upon the very steps that save it, where that is more than was found."""
    for at in np.flatnonzero(saved > usual):
        first, after = max(int(at) - window.half, 0), min(int(at) + window.half + 1, len(found))
        for each in range(first, after):
            found[each] = max(found[each], (1 - usual / saved[at]) * saved_at(window, each, at))


def stretches_of(values: Floats) -> NDArray[np.intp]:
    """Where up to a dozen pieces of at least 25 values begin and end; the first ones are longer by one where they cannot be equal."""
    number = int(np.clip(len(values) // STRETCH, 1, STRETCHES))
    each, more = divmod(len(values), number)
    return np.arange(number + 1) * each + np.minimum(np.arange(number + 1), more)


def worst_of_most(values: Floats, least: float) -> float:
    """The largest value of all but the worst seventh of the stretches, and at least `least`."""
    return max(least, float(np.quantile(np.maximum.reduceat(values, stretches_of(values)[:-1]), EXCEEDED)))


@compiled
def rare_of_most(values: Floats, edges: NDArray[np.intp], exceeded: float) -> Floats:
    """The `RARE` quantiles that so many of the stretches between the edges do not exceed."""
    quantiles = np.empty((len(RARE), len(edges) - 1))
    for number in range(len(edges) - 1):
        quantiles[:, number] = np.quantile(values[edges[number] : edges[number + 1]], RARE)
    return np.array([np.quantile(each, exceeded) for each in quantiles])


def student_of(lengths: Floats, most_freedoms: float = MOST_FREEDOMS, parts: int = 2, exceeded: float = EXCEEDED) -> Student:
    """The law through the median, and through the rarer quantiles that so many of the stretches do not exceed (all but a seventh)."""
    quantiles = rare_of_most(lengths, stretches_of(lengths), exceeded)
    quantiles[0] = max(float(np.median(lengths)), 1e-9)
    possible, laws = laws_of(most_freedoms, parts)
    ratios = zip(quantiles[1:] / quantiles[0], laws[1:] / laws[0], strict=True)
    freedoms = min(float(np.interp(-measured, -of_law, possible)) for measured, of_law in ratios)
    return Student(float(np.max(quantiles / np.sqrt(parts * fdtri(parts, freedoms, RARE)))), freedoms, parts)


@cache
def laws_of(most_freedoms: float, parts: int) -> tuple[Floats, Floats]:
    """Possible freedoms, and the `RARE` quantiles of the length of so many parts for each (3 x 40)."""
    possible = np.geomspace(FEWEST_FREEDOMS, most_freedoms, 40)
    return possible, np.sqrt(parts * fdtri(parts, possible, RARE[:, None]))


def level_of(vectors: Floats, east: Floats, north: Floats) -> Complexes:
    """Earth-centred vectors (n x 3) as east + north i, by unit vectors at each."""
    return np.asarray(np.einsum("ij,ij->i", vectors, east) + 1j * np.einsum("ij,ij->i", vectors, north))


def size(vectors: Floats) -> Floats:
    """The length of each vector of three."""
    return np.asarray(np.sqrt(np.einsum("...i,...i->...", vectors, vectors)))


def of_both(one: Floats, other: Floats, *, arc: bool) -> Floats:
    """The velocity between two (n x 3): half the turn, the mean speed; the one known where only one is.

    With `arc` the mean over an even turn from one to the other, whose chord is shorter than its way.
    """
    one, other = np.where(np.isnan(one), other, one), np.where(np.isnan(other), one, other)
    cosine = np.clip(np.einsum("ij,ij->i", one, other) / np.maximum(size(one) * size(other), 1e-9), -1.0, 1.0)
    half = np.clip(np.arccos(cosine) / 2, 1e-6, SHARPEST_TURN)
    return np.asarray((one + other) / 2 * (np.tan(half) / half if arc else 1 / np.cos(half))[:, None])
