"""How unlike the background pixels are once a gas is taken out of them: what is like nothing else is no better as gas than as ground."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cathartes.detect.cube_background import Background
from cathartes.detect.cube_journal import Arrays, Journal
from cathartes.detect.cube_maps import Filter
from cathartes.detect.cube_reading import Layers, Reading, joined
from cathartes.detect.cube_signal import PART_PIXELS, Strip
from cathartes.kernels import compiled
from cathartes.model.cube import Floats32

TRIANGLE_PIECES = 4
"""A product with a triangle is done in so many, over five eighths of its square."""


def unlikeness(reading: Reading, chosen: Sequence[tuple[Background, Filter]], some: NDArray[np.bool_], journal: Journal) -> Layers:
    """How unlike its background each pixel is once a gas is taken out (squared Mahalanobis distance; NaN but for `some` pixels)."""
    columns = reading.cube.columns
    of = {id(background): [gas for gas, each in enumerate(chosen) if each[0] is background] for background, _ in chosen}
    distances = [(gases, _distance(columns, chosen[gases[0]][0], [chosen[gas][1] for gas in gases])) for gases in of.values()]

    def one(strip: Strip) -> Arrays:
        found = np.full((len(chosen), len(strip.radiance)), np.nan, np.float32)
        numbers = np.flatnonzero(some[strip.first : strip.end])
        for gases, distance in distances:
            found[np.ix_(np.array(gases), numbers)] = distance(strip, numbers)
        return (found.reshape(len(chosen), -1, columns),)

    return Layers(reading.in_blocks(reading.strips, journal, "unlike", one, joined))


def _distance(columns: int, background: Background, filters: Sequence[Filter]) -> Callable[[Strip, NDArray[np.intp]], Floats32]:
    """What gives the unlikeness of some of a strip's pixels to one background (filters x pixels)."""
    whiten, mean = np.linalg.cholesky(background.precision).astype(np.float32), background.mean.astype(np.float32)
    rows = np.column_stack([one.row * np.sqrt(one.power) for one in filters]).astype(np.float32)

    def one(strip: Strip, numbers: NDArray[np.intp]) -> Floats32:
        found = np.empty((len(filters), len(numbers)), np.float32)
        for first in range(0, len(numbers), PART_PIXELS):
            part = slice(first, first + PART_PIXELS)
            about = strip.only(numbers[part]).plain()
            subtract(about, mean, numbers[part] % columns)
            found[:, part] = _lengths(about, whiten) - (about @ rows).T ** 2
        return found

    return one


@compiled
def subtract(x: Floats32, mean: Floats32, column: NDArray[np.intp]) -> None:
    """Take from each pixel (pixels x bands) the mean of its column."""
    for pixel in range(x.shape[0]):
        own = mean[column[pixel]]
        for band in range(x.shape[1]):
            x[pixel, band] -= own[band]


def _lengths(x: Floats32, whiten: Floats32) -> Floats32:
    """The squared length of each row of `x @ whiten`. `whiten` is a lower triangle: most products with its zeros are left out."""
    found = np.zeros(len(x), np.float32)
    for first, end in pairwise(np.linspace(0, len(whiten), TRIANGLE_PIECES + 1).astype(int).tolist()):
        piece = x[:, first:] @ whiten[first:, first:end]
        found += np.einsum("pb,pb->p", piece, piece)
    return found
