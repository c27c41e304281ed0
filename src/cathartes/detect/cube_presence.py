"""From scores to the probability that gas is there, and as much as counts, with the false-alarm rate this probability stands for.

Gas only adds, noise goes both ways: what lies below the centre of the smoothed scores shows how often noise would rise above it. Ground
that looks like gas is one-sided, so that rate is never taken for less than what real ground was seen to do. Close to an object that
is beyond doubt, less is asked of a pixel. Method and its limits: docs/explanation/cubes.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter

from cathartes.detect.cube_maps import Maps
from cathartes.detect.cube_retrieval import CLIPPED, SIGMA
from cathartes.detect.cube_signal import Light
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

BEYOND_DOUBT, REACH, NEARBY = 5.0, 15.0, 2.5
"""A plume goes on where it was seen: a pixel beside one of five noises is given 2.5, less with distance over some fifteen pixels."""

LEAST_COLUMN = 0.85
"""What counts as gas: so much of a noise-equivalent column. Around a strong plume less is noticed, and is not counted as plume."""

MOST_FALSE = 5e-3
"""Never more than this share of pixels without gas is called gas, however likely gas is elsewhere in the scene."""

LOOKALIKES = {Light.REFLECTED: (2e-3, 0.5), Light.THERMAL: (4e-3, 0.7)}
"""Share of pixels of gas-free ground above three noises, and the noises over which it falls by e: in sunlight what spectra of no gas do
on the real and simulated scenes of docs/explanation/cubes.md."""

STRANGERS = {Light.REFLECTED: 1.5e-4, Light.THERMAL: 8e-4}
"""Share of pixels of gas-free ground in patches that stand out beyond doubt and are ground: no noise foretells them."""

NO_GROUND = 8.0
"""Patches of real and simulated ground reach seven noises; where nothing is beyond eight, a scene may have no gas at all."""

LEVELS = np.arange(0.5, 15.0, 0.05)
EVEN, SURE = 0.5, 0.1
GENTLEST, STEEPEST = 1.0, 4.0
BEYOND = 0.5
UTMOST = 10.0
"""Log odds are bent towards this bound: nothing is certain, and no two scores become the same probability."""


@dataclass(frozen=True, eq=False)
class Presence:
    """Smoothed score (its own noises), probability of gas, the score at which it is even, the false-alarm rate there.

    `probability` ranks by the score plus what the neighbourhood gives. `noise` is that of a smoothed score before it was divided by
    it: below 1, since noise averages out and a plume does not.
    """

    score: Floats32
    probability: Floats32
    threshold: float
    false_alarm_rate: float
    noise: float


def presence(maps: Maps, light: Light) -> Presence:
    """How probable it is that a pixel holds as much gas as counts. NaN where not measured."""
    known = np.isfinite(maps.score)
    calm = known & ~maps.excluded & (maps.score != 0.0)
    if not calm.any():  # nothing could be seen anywhere
        calm = known
    score, noise = smoothed(maps.score, calm)
    nearby = neighbourhood(score)
    false = false_shares(score[calm], *LOOKALIKES[light])
    even, slope = decision(eased(false, nearby[calm]), shares_above((score + nearby)[known]), int(known.sum()))
    least = least_score(maps) / np.float32(noise)
    odds = slope * np.minimum(score + nearby - even, score - least)
    probability = 1.0 / (1.0 + np.exp(-UTMOST * odds / (UTMOST + np.abs(odds))))
    rate = float(np.interp(np.maximum(even - nearby, least)[calm], LEVELS, false).mean()) + STRANGERS[light]
    threshold = max(even, float(np.median(least[calm])))
    return Presence(score, np.where(known, probability, np.nan).astype(np.float32), threshold, rate, noise)


def smoothed(score: Floats32, calm: NDArray[np.bool_]) -> tuple[Floats32, float]:
    """The score over its neighbours in units of its own noise, zero where there is no gas; and that noise."""
    known = np.isfinite(score)
    clipped = np.where(known, np.clip(score, -CLIPPED, CLIPPED), 0.0)
    smooth = gaussian_filter(clipped.astype(np.float32), SIGMA)
    if not known.all():
        smooth /= np.maximum(gaussian_filter(known.astype(np.float32), SIGMA), 0.1)
    centre = np.median(smooth[calm])
    below = smooth[calm & (smooth < centre)]
    noise = max(1.4826 * float(np.median(centre - below)), 1e-12)
    return np.asarray((smooth - centre) / noise, np.float32), noise


def neighbourhood(score: Floats32) -> Floats32:
    """What each pixel is given for being close to one beyond doubt."""
    doubtful = score <= BEYOND_DOUBT
    if doubtful.all():
        return np.zeros_like(score)
    apart = distance_transform_edt(doubtful) / REACH
    return np.asarray(NEARBY * np.exp(-0.5 * apart**2), np.float32)


def false_shares(calm: Floats32, lookalikes: float, fall: float) -> Floats:
    """Share of pixels that would lie above each of `LEVELS` without gas: as many as lie that far below zero, or look-alikes."""
    return np.asarray(np.maximum(shares_above(-calm), lookalikes * np.exp(-(LEVELS - 3.0) / fall)))


def shares_above(scores: Floats32) -> Floats:
    """Share of the scores above each of `LEVELS`."""
    ordered = np.sort(scores)
    return np.asarray(1.0 - np.searchsorted(ordered, LEVELS, side="right") / max(len(ordered), 1))


def eased(false: Floats, nearby: Floats32) -> Floats:
    """The false shares of scores to which `nearby` was added."""
    count, edges = np.histogram(nearby, bins=40, range=(0.0, NEARBY))
    given = 0.5 * (edges[1:] + edges[:-1])
    given[0] = 0.0
    share = count / count.sum()
    return np.array([float(share @ np.interp(level - given, LEVELS, false)) for level in LEVELS])


def least_score(maps: Maps) -> Floats32:
    """The score of the least column that counts. Where a pixel's own noise is not the scene's, that is half of so many of its noises and
    half of so many ppm m: their geometric mean."""
    return np.asarray(LEAST_COLUMN * maps.equal / np.sqrt(maps.floor * np.float32(np.nanmedian(maps.floor))), np.float32)


def decision(false: Floats, above: Floats, pixels: int) -> tuple[float, float]:
    """The score at which gas and no gas are even, and how fast the log odds rise there.

    The local false discovery rate (Efron 2004) at a level is the share of false among the pixels near it. Where nothing is stronger than
    ground can be, many pixels a little above the noise are ground: gas is even where less than half a pixel would be false.
    """
    near = 4
    low, high = np.maximum(np.arange(len(LEVELS)) - near, 0), np.minimum(np.arange(len(LEVELS)) + near, len(LEVELS) - 1)
    local = (false[low] - false[high]) / np.maximum(above[low] - above[high], 1e-9)
    strict = LEVELS[int(np.argmax(false < MOST_FALSE))]
    even = LEVELS[int(np.argmax(local < EVEN))] if (local < EVEN).any() else LEVELS[-1]
    rare = LEVELS[int(np.argmax(false * pixels < BEYOND))]
    doubtful = np.interp(NO_GROUND, LEVELS, above) == 0.0
    threshold = float(max(rare if doubtful else min(even, rare), strict))
    sure = LEVELS[int(np.argmax(local < SURE))] if (local < SURE).any() else even + 1.0
    slope = np.log((1.0 - SURE) / SURE) / max(float(sure - even), 1e-3)
    return threshold, float(np.clip(slope, GENTLEST, STEEPEST))
