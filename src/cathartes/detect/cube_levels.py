"""Centre and spread of a map's values where no gas is: over the whole map, or by the brightness of the pixels."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from cathartes.kernels import compiled
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

ESTIMATED_FROM = 30_000
CLASSES = 12
FEWEST_IN_COLUMN = 10.0
NEAR, LEAST_FAR = (3.0, 6.0, 10.0, 15.0), 0.05
"""Gas too thin to stand out lies near what does: it is told by classes of distance from that (pixels), and pixels farther than the last are
taken to have none where they are at least this share of all."""


def without_gas(values: Floats32, excluded: NDArray[np.bool_] | None) -> Floats32:
    """Some of the values that are measured and not excluded."""
    known = np.isfinite(values)
    return values.ravel()[thinned(np.flatnonzero(known if excluded is None else known & ~excluded))]


def centre_and_width(values: Floats32) -> tuple[float, float]:
    """Centre and spread of values without gas."""
    centre = float(np.median(values))
    return centre, max(1.4826 * float(np.median(np.abs(values - centre))), 1e-30)


def lower_mode(values: Floats32) -> tuple[float, float]:
    """Centre of the densest eighth among the lower three fifths, and the spread of what lies below it: gas, even over half a scene,
    only adds."""
    ordered = np.sort(values).astype(np.float64)
    lower, eighth = ordered[: max(2, int(0.6 * len(ordered)))], max(1, len(ordered) // 8)
    first = int(np.argmin(lower[eighth:] - lower[:-eighth]))
    centre = float(0.5 * (lower[first] + lower[first + eighth]))
    below = ordered[ordered < centre]
    return centre, max(1.4826 * float(np.median(centre - below)), 1e-30) if len(below) else 1e-30


def thinned(pixels: NDArray[np.intp]) -> NDArray[np.intp]:
    """At most some 30,000 of the pixels, evenly spread."""
    return pixels[:: max(1, len(pixels) // ESTIMATED_FROM)]


def by_brightness(values: Floats32, brightness: Floats32, chosen: NDArray[np.bool_], statistic: Callable[[Floats32], float]) -> Floats32:
    """A positive statistic of the chosen finite values at each pixel's brightness: that of twelve classes, joined smoothly."""
    known = thinned(np.flatnonzero(np.isfinite(values) & np.isfinite(brightness) & chosen))
    level, value = brightness.ravel()[known], values.ravel()[known]
    classes = int(np.clip(len(level) // 200, 1, CLASSES))
    edges = np.quantile(level, np.linspace(0.0, 1.0, classes + 1)).astype(np.float64)
    which = np.clip(np.searchsorted(edges, level, side="right") - 1, 0, classes - 1)
    told = np.array([statistic(value[which == each]) for each in range(classes)])
    middle, logs = (0.5 * (edges[1:] + edges[:-1])).astype(np.float32), np.log(told).astype(np.float32)
    found = np.full(brightness.shape, logs[0], np.float32)
    add_rises(brightness.ravel(), middle, np.diff(logs), found.ravel())
    return np.asarray(np.exp(found, found))


@compiled
def add_rises(brightness: Floats32, level: Floats32, rise: Floats32, found: Floats32) -> None:
    """Add to each pixel the rises from one of the ascending levels to the next, as far as its brightness has come. Level by level: a search
    for each pixel's level would take five times as long."""
    for number in range(rise.shape[0]):
        steep = np.float32(1.0) / max(level[number + 1] - level[number], np.float32(1e-12))
        for pixel in range(brightness.shape[0]):
            share = (brightness[pixel] - level[number]) * steep
            if share < np.float32(0.0):
                share = np.float32(0.0)
            if share > np.float32(1.0):
                share = np.float32(1.0)
            found[pixel] += share * rise[number]


def spread(raw: Floats32, brightness: Floats32, excluded: NDArray[np.bool_]) -> Floats32:
    """The noise of `raw` in each pixel, as it depends on the brightness of pixels without gas."""
    return by_brightness(raw, brightness, ~excluded, lambda values: centre_and_width(values)[1])


def column_means(values: Floats32, noise: Floats32, excluded: NDArray[np.bool_]) -> Floats32:
    """The mean of each column's values without gas, which have such a noise; nearer to zero where hardly a pixel tells it."""
    weight = np.where(np.isfinite(values) & ~excluded, noise**-2, np.float32(0.0))
    few = FEWEST_IN_COLUMN * weight.mean()
    return np.asarray((np.nan_to_num(values) * weight).sum(axis=0) / (weight.sum(axis=0) + few), np.float32)


def gas_in_means(values: Floats32, noise: Floats32, excluded: NDArray[np.bool_], *, by_column: bool) -> Floats:
    """How much gas too thin to be excluded is in the mean of each column's other values, or of all columns': means of columns and means by
    the distance from excluded pixels are fitted together."""
    columns, classes = values.shape[1] if by_column else 1, len(NEAR) + 1
    line, column = np.nonzero(np.isfinite(values) & ~excluded)
    distance = np.searchsorted(NEAR, distance_transform_edt(~excluded)[line, column]) if excluded.any() else np.zeros_like(line)
    cell, share = distance * columns + column % columns, noise[line, column] ** -2
    weight, total = (np.bincount(cell, each, classes * columns).reshape(classes, columns) for each in (share, share * values[line, column]))
    if weight[-1].sum() <= LEAST_FAR * weight.sum():
        return np.zeros(columns)
    whole, rise = np.maximum(weight.sum(axis=0), 1e-30), np.zeros((classes, 1))
    for _ in range(20):
        mean = (total - weight * rise).sum(axis=0) / whole
        rise = (total - weight * mean).sum(axis=1, keepdims=True) / np.maximum(weight.sum(axis=1, keepdims=True), 1e-30)
        rise = np.maximum(rise - rise[-1], 0.0)
    return np.asarray((weight * rise).sum(axis=0) / whole)


def usual(unlike: Floats32, brightness: Floats32, telling: NDArray[np.bool_]) -> Floats32:
    """Unlikeness over the median at each pixel's brightness. Pixels that were not asked are as usual."""
    flat = by_brightness(unlike, brightness, telling, lambda values: max(float(np.median(values)), 1e-6))
    return np.asarray(np.where(np.isnan(unlike), brightness * 0.0 + 1.0, unlike / flat), np.float32)
