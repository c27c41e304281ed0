"""How unlike the background pixels are once a gas is taken out of them: what is like nothing else is no better as gas than as ground."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import strmm

from cathartes.detect.cube_background import Background
from cathartes.detect.cube_journal import Arrays, Journal
from cathartes.detect.cube_maps import Filter
from cathartes.detect.cube_reading import Layers, Reading, joined
from cathartes.detect.cube_signal import PART_PIXELS, Strip
from cathartes.kernels import compiled
from cathartes.model.cube import Floats32


def unlikeness(
    reading: Reading, chosen: Sequence[tuple[Background, Filter]], brightness: Floats32, some: NDArray[np.bool_], journal: Journal
) -> Layers:
    """How unlike its background each pixel is once a gas is taken out (squared Mahalanobis distance; NaN but for `some` pixels)."""
    columns = reading.cube.columns
    of = {id(background): [gas for gas, each in enumerate(chosen) if each[0] is background] for background, _ in chosen}
    distances = [(gases, _distance(columns, chosen[gases[0]][0], [chosen[gas][1] for gas in gases])) for gases in of.values()]

    def one(strip: Strip) -> Arrays:
        found = np.full((len(chosen), len(strip.radiance)), np.nan, np.float32)
        numbers, bright = np.flatnonzero(some[strip.first : strip.end]), brightness[strip.first : strip.end].ravel()
        for gases, distance in distances:
            found[np.ix_(np.array(gases), numbers)] = distance(strip, bright, numbers)
        return (found.reshape(len(chosen), -1, columns),)

    return Layers(reading.in_blocks(reading.strips, journal, "unlike", one, joined))


def _distance(columns: int, background: Background, filters: Sequence[Filter]) -> Callable[[Strip, Floats32, NDArray[np.intp]], Floats32]:
    """What gives the unlikeness of some of a strip's pixels, of known brightness, to one background (filters x pixels)."""
    whiten, mean = np.linalg.inv(np.linalg.cholesky(background.covariance)).astype(np.float32, "F"), background.mean.astype(np.float32)
    rows = np.column_stack([one.row * np.sqrt(one.power) for one in filters]).astype(np.float32)

    def one(strip: Strip, brightness: Floats32, numbers: NDArray[np.intp]) -> Floats32:
        found = np.empty((len(filters), len(numbers)), np.float32)
        for first in range(0, len(numbers), PART_PIXELS):
            part = numbers[first : first + PART_PIXELS]
            about = np.empty((len(part), len(whiten)), np.float32)
            level, floor = strip.signal.level_and_floor(brightness[part])
            form_about(strip.radiance, strip.signal.gain, strip.signal.offset, level, floor, mean, part, about)
            answers = (about @ rows).T
            white = strmm(1.0, whiten, about.T, lower=1, overwrite_b=1)  # in place, and half the work of a product with zeros
            found[:, first : first + PART_PIXELS] = np.einsum("bp,bp->p", white, white) - answers**2
        return found

    return one


@compiled
def form_about(
    radiance: Floats32,
    gain: Floats32,
    offset: Floats32,
    level: Floats32,
    floor: Floats32,
    mean: Floats32,
    pixels: NDArray[np.intp],
    x: Floats32,
) -> None:
    """The signal of some `pixels` (pixels x bands) less the mean of each one's column."""
    for number in range(len(pixels)):
        own, share = mean[pixels[number] % len(mean)], np.float32(1.0) / floor[number]
        for band in range(x.shape[1]):
            x[number, band] = (radiance[pixels[number], band] * gain[band] - offset[band] - level[number]) * share - own[band]
