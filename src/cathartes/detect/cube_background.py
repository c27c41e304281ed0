"""What a cube looks like where there is no gas: mean spectra per column or overall, and how pixels vary about them.

All of it comes from sums over strips, from which the pixels of a plume are taken out again: a plume must not enter the statistics
that it is measured against.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigvalsh

from cathartes.detect.cube_signal import Light, Signal, Strip
from cathartes.kernels import compiled
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

RIDGE = 0.02
"""Share of the median eigenvalue that is added to the covariance: what cannot be told from rounding is not to be trusted."""

COLUMN_GAIN = 0.95
"""Columns get means of their own where that brings the noise below this share of what one mean for all columns gives."""

KNOWN_COLUMN = 0.1
"""A column is known by this share of the weight that columns have on average. What subtracting left of others is rounding."""

UNKNOWN_SURFACES, UNKNOWN_LEVEL = 10.0, 25.0
"""Before the scene is known, surfaces vary ten times the prior's variance, and thermal ones by five kelvins in all bands at once."""


SUMMED_PIXELS = 2048
"""Pixels that are summed at once."""


class Sums(NamedTuple):
    """Weights by column, weighted sums by column and band, and second moments (bands x bands) of a signal."""

    weight: Floats
    first: Floats
    second: Floats

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(self.weight - other.weight, self.first - other.first, self.second - other.second)


def sums_of(strip: Strip, columns: int, chosen: NDArray[np.bool_] | None = None) -> Sums:
    """The sums over a strip, or over its `chosen` pixels. Thermal signals keep 64 bits: their noise is a thousandth of their spread."""
    numbers = np.arange(len(strip.radiance)) if chosen is None else np.flatnonzero(chosen)
    some, bands = (strip if chosen is None else strip.only(numbers)), strip.radiance.shape[1]
    weight, first, second = np.zeros(columns), np.zeros((columns, bands), np.float32), np.zeros((bands, bands))
    for part in some.parts(SUMMED_PIXELS):
        x, root = some.only(part).weighted()
        _by_column(x, root, numbers[part] % columns, weight, first)
        wide = x if strip.signal.light is Light.REFLECTED else x.astype(np.float64)
        second += wide.T @ wide
    return Sums(weight, first.astype(np.float64), second)


@compiled
def _by_column(x: Floats32, root: Floats32, column: NDArray[np.int64], weight: Floats, first: Floats32) -> None:
    for pixel in range(x.shape[0]):
        own = first[column[pixel]]
        weight[column[pixel]] += root[pixel] * root[pixel]
        for band in range(x.shape[1]):
            own[band] += root[pixel] * x[pixel, band]


def total(parts: Iterable[Sums]) -> Sums:
    """The sums of all parts, added in their order."""
    rest = iter(parts)
    whole = Sums(*(each.copy() for each in next(rest)))
    for part in rest:
        for mine, its in zip(whole, part, strict=True):
            mine += its
    return whole


@dataclass(frozen=True, eq=False)
class Background:
    """Mean spectrum of each column (columns x bands) and covariance of what is left, ridge and surfaces of the prior included."""

    mean: Floats
    covariance: Floats
    by_column: bool

    def noise(self, slope: Floats) -> float:
        """The error (ppm m) of the column that the best filter gives for a gas that does this to each band per ppm m."""
        return float(1.0 / np.sqrt(slope @ np.linalg.solve(self.covariance, slope)))


def unknown_background(sums: Sums, signal: Signal) -> Background:
    """What any scene may look like, with this one's mean and noise: whatever gas is in it hardly enters, even over half of it."""
    shared = _shared(sums)
    noise = _middle(_within(sums) + _between(sums, shared)) * np.eye(shared.shape[1])
    level = UNKNOWN_LEVEL if signal.light is Light.THERMAL else 0.0
    return Background(shared, noise + UNKNOWN_SURFACES * signal.surfaces + level, by_column=False)


def background_of(sums: Sums, signal: Signal, slope: Floats, surfaces: float = 1.0) -> Background:
    """The background of a signal. `slope` is a gas's response: it judges whether columns need means of their own. `surfaces` is the
    share of the prior's variance that surfaces have."""
    shared, within = _shared(sums), _within(sums)
    known = sums.weight > _least_weight(sums)
    own = np.where(known[:, None], sums.first / np.where(known, sums.weight, 1.0)[:, None], shared)
    more = _ridge(within) + surfaces * signal.surfaces
    by_column = Background(own, within + more, by_column=True)
    alike = Background(shared, within + _between(sums, shared) + more, by_column=False)
    return by_column if by_column.noise(slope) < COLUMN_GAIN * alike.noise(slope) else alike


def noise_equivalents(sums: Sums, background: Background, gases: Floats) -> Floats:
    """The columns (ppm m) whose signal equals the scatter of the whole scene, surfaces of the prior left out, of gases that do this
    (gases x bands) to its mean pixel per ppm m."""
    covariance = _within(sums) + _between(sums, background.mean)
    covariance += _ridge(covariance)
    return np.asarray(1.0 / np.sqrt((gases.T * np.linalg.solve(covariance, gases.T)).sum(axis=0)))


def _shared(sums: Sums) -> Floats:
    """The mean spectrum of all columns, for each of them."""
    return np.broadcast_to(sums.first.sum(axis=0) / sums.weight.sum(), sums.first.shape)


def _within(sums: Sums) -> Floats:
    """Covariance about the columns' own means."""
    own = sums.first / np.sqrt(np.maximum(sums.weight, _least_weight(sums)))[:, None]
    return np.asarray((sums.second - own.T @ own) / sums.weight.sum())


def _between(sums: Sums, mean: Floats) -> Floats:
    """Covariance of the columns' own means about `mean`."""
    root = np.sqrt(np.maximum(sums.weight, _least_weight(sums)))[:, None]
    apart = (sums.first - sums.weight[:, None] * mean) / root
    return np.asarray(apart.T @ apart / sums.weight.sum())


def _least_weight(sums: Sums) -> float:
    """That of a column which is known."""
    return float(KNOWN_COLUMN * sums.weight.sum() / max(np.count_nonzero(sums.weight), 1))


def _ridge(covariance: Floats) -> Floats:
    """What is added to a covariance, as a matrix."""
    return np.asarray(RIDGE * _middle(covariance) * np.eye(len(covariance)))


def _middle(covariance: Floats) -> float:
    """The median eigenvalue: that of noise."""
    count = len(covariance)
    return max(float(eigvalsh(covariance, subset_by_index=[(count - 1) // 2, count // 2]).mean()), 1e-12)
