"""From scores to the probability that gas is there, with the false-alarm rate this probability stands for.

Gas only adds, noise and clutter go both ways: what lies below the centre of the smoothed scores shows how often they would rise above
it without gas. Method and its limits: docs/explanation/cubes.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from cathartes.detect.cube_retrieval import CLIPPED, Maps
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

SIGMA = 1.5
"""Pixels over which scores are smoothed: plumes are wider than a pixel, noise and stripes are not."""

MOST_FALSE = 5e-3
"""Never more than this share of pixels without gas is called gas, however likely gas is elsewhere in the scene."""

TAIL_PIXELS = 60
LEVELS = np.arange(1.0, 12.0, 0.05)
EVEN, SURE = 0.5, 0.1
GENTLEST, STEEPEST = 1.0, 4.0
BEYOND = 0.5


@dataclass(frozen=True, eq=False)
class Presence:
    """Smoothed score (its own noises), probability that gas is there, the score at which it is even, the false-alarm rate there.

    `noise` is that of a smoothed score before it was divided by it: below 1, since noise averages out and a plume does not.
    """

    score: Floats32
    probability: Floats32
    threshold: float
    false_alarm_rate: float
    noise: float


def presence(maps: Maps) -> Presence:
    """How probable gas is in each pixel. NaN where not measured."""
    score, noise = smoothed(maps)
    known = np.isfinite(maps.score)
    false, all_above = exceedances(score[known & ~maps.excluded], score[known])
    threshold, slope = decision(false, all_above, int(known.sum()))
    probability = 1.0 / (1.0 + np.exp(-slope * (score - threshold)))
    probability = np.where(known, probability, np.nan).astype(np.float32)
    rate = float(np.exp(np.interp(threshold, LEVELS, np.log(np.maximum(false / known.sum(), 1e-300)))))
    return Presence(score, probability, threshold, rate, noise)


def smoothed(maps: Maps) -> tuple[Floats32, float]:
    """The score over its neighbours in units of its own noise, zero where there is no gas; and that noise."""
    known = np.isfinite(maps.score)
    clipped = np.where(known, np.clip(maps.score, -CLIPPED, CLIPPED), 0.0)
    share = np.maximum(gaussian_filter(known.astype(np.float32), SIGMA), 0.1)
    smooth = gaussian_filter(clipped.astype(np.float32), SIGMA) / share
    calm = smooth[known & ~maps.excluded]
    centre = np.median(calm)
    below = calm[calm < centre]
    noise = max(1.4826 * float(np.median(centre - below)), 1e-12)
    return np.asarray((smooth - centre) / noise, np.float32), noise


def exceedances(calm: Floats32, scores: Floats32) -> tuple[Floats, Floats]:
    """How many pixels would lie above each of `LEVELS` without gas, and how many do.

    Without gas: as many as lie that far below zero; where those are few, an exponential tail through the farthest sixty.
    """
    below = np.sort(-scores[scores < 0].astype(np.float64))
    false = (len(below) - np.searchsorted(below, LEVELS, side="right")).astype(np.float64)
    tail = below[-min(TAIL_PIXELS, max(2, len(below) // 2)) :]
    length = max(float(np.mean(tail - tail[0])), 0.05)
    beyond = tail[0] < LEVELS
    false[beyond] = len(tail) * np.exp(-(LEVELS[beyond] - tail[0]) / length)
    ordered = np.sort(scores)
    return false, (len(ordered) - np.searchsorted(ordered, LEVELS, side="right")).astype(np.float64)


def decision(false: Floats, above: Floats, pixels: int) -> tuple[float, float]:
    """The score at which gas and no gas are even, and how fast the log odds rise there.

    The local false discovery rate (Efron 2004) at a level is the share of false among the pixels near it.
    """
    near = 4
    low, high = np.maximum(np.arange(len(LEVELS)) - near, 0), np.minimum(np.arange(len(LEVELS)) + near, len(LEVELS) - 1)
    local = (false[low] - false[high]) / np.maximum(above[low] - above[high], 1e-9)
    strict = LEVELS[int(np.argmax(false / pixels < MOST_FALSE))]
    even = LEVELS[int(np.argmax(local < EVEN))] if (local < EVEN).any() else LEVELS[-1]
    rare = LEVELS[int(np.argmax(false < BEYOND))]
    threshold = float(max(min(even, rare), strict))
    sure = LEVELS[int(np.argmax(local < SURE))] if (local < SURE).any() else even + 1.0
    slope = np.log((1.0 - SURE) / SURE) / max(float(sure - even), 1e-3)
    return threshold, float(np.clip(slope, GENTLEST, STEEPEST))
