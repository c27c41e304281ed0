"""Centre and spread of a map's values where no gas is: over the whole map, or by the brightness of the pixels."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.model.cube import Floats32

ESTIMATED_FROM = 30_000
CLASSES = 12
FEWEST_IN_COLUMN = 10.0


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


def usual(unlike: Floats32, brightness: Floats32, telling: NDArray[np.bool_]) -> Floats32:
    """Unlikeness over the median at each pixel's brightness. Pixels that were not asked are as usual."""
    flat = by_brightness(unlike, brightness, telling, lambda values: max(float(np.median(values)), 1e-6))
    return np.asarray(np.where(np.isnan(unlike), brightness * 0.0 + 1.0, unlike / flat), np.float32)
