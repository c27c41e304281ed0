"""What does not stay where the ground stays: each picture against the median of its neighbours, in units of their own scatter."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.stabilise import Mask, Picture, chained
from cathartes.kernels import compiled
from cathartes.model.samples import Floats

NEIGHBOURS, NEAREST = 7, 5
"""Pictures before and after that make the background, and fewer where tall things lean; what is slower than its own length in so many is
background."""
WEAK, STRONG = 2.2, 3.5
"""A blob is where the score exceeds `WEAK` and somewhere `STRONG`: set on simulated scenes (benchmarks/movement.py), never on real ones."""
SMALLEST_PX, LARGEST_SHARE = 6, 0.01
BLACK, EDGE_PX = 10, 4
"""What is darker than `BLACK` grey levels and reaches the edge of a picture is no scene; what is as near to it as `EDGE_PX` is hardly."""
THINNED, GAINS = 5, (0.7, 1.4)
"""One pixel in so many, each way, tells how light and gain changed from picture to picture, and within which bounds."""
PART_PX = 64
"""Clouds, vignetting and the cameras of a mosaic light a picture unevenly; of a part so wide a vehicle is less than half."""
GREY_LEVELS = 2.0
"""Noise of an 8-bit picture that no scatter may fall below."""


@dataclass(frozen=True, eq=False)
class Blobs:
    """What stood out in one picture: row and column of each (n), its area in pixels, its mean contrast (signed grey levels) and score,
    and whether it is whole, not cut by the edge of the scene."""

    row: Floats
    column: Floats
    area: Floats
    contrast: Floats
    score: Floats
    whole: Mask

    def __len__(self) -> int:
        return len(self.row)


def blobs_at(number: int, pictures: Sequence[Picture], steps: Sequence[Floats], hidden: Mask, reach: int) -> Blobs:
    """What stands out in picture `number` against `reach` pictures before and after."""
    others = _neighbours(number, len(pictures), reach)
    picture = cv2.GaussianBlur(pictures[number], (3, 3), 0).astype(np.float32)
    if len(others) < 3:
        return _no_blobs()
    warped = np.stack([_lit_as(picture, _onto(pictures[other], chained(steps, other, number), hidden)) for other in others])
    score, contrast = _score(picture, warped)
    score[cv2.dilate(hidden.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0.0
    return _blobs(score, contrast, shown(pictures[number]))


def shown(picture: Picture) -> Mask:
    """Where a picture shows the scene: not in the black bars and corners that a codec or a registration leaves, nor at their edge."""
    black = np.pad((picture <= BLACK).astype(np.uint8), 1, constant_values=1)
    labels = cv2.connectedComponents(black, connectivity=4)[1]
    return np.asarray(cv2.erode((labels != labels[0, 0]).astype(np.uint8), np.ones((2 * EDGE_PX + 1,) * 2, np.uint8))[1:-1, 1:-1] > 0)


def _neighbours(number: int, count: int, reach: int) -> list[int]:
    """Pictures before and after; at the ends of a series as many as in its middle, from the side that has them."""
    first = max(0, min(number - reach, count - 2 * reach - 1))
    return [other for other in range(first, min(count, first + 2 * reach + 1)) if other != number]


def _onto(picture: Picture, homography: Floats, hidden: Mask) -> NDArray[np.float32]:
    """The picture seen as from another, NaN where it does not reach or is hidden."""
    height, width = picture.shape
    seen = cv2.GaussianBlur(picture, (3, 3), 0).astype(np.float32)
    seen[hidden | ~shown(picture)] = np.nan
    if np.array_equal(homography, np.eye(3)):
        return seen
    return np.asarray(cv2.warpPerspective(seen, homography, (width, height), borderValue=float("nan")), np.float32)


def _lit_as(picture: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """The other picture with the light and gain of this one: on a straight line of grey levels, fitted again without what left it,
    and then as much lighter or darker in each part of the picture as most of it is."""
    here, there = picture[::THINNED, ::THINNED], other[::THINNED, ::THINNED]
    known = np.isfinite(there)
    if not known.any():
        return other
    gain, level = _line(there[known], here[known])
    off = np.abs(here - gain * there - level)
    near = off <= 2.5 * np.median(off[known])
    gain, level = _line(there[near], here[near])
    return np.asarray(gain * other + _shade(here - gain * there, level, picture.shape), np.float32)


def _shade(left: NDArray[np.float32], level: np.float32, shape: tuple[int, ...]) -> NDArray[np.float32] | np.float32:
    """The median of what is left in each part of the picture, smooth between their middles, where these differ by more than noise;
    what is not known counts as `level`."""
    rows, columns = (max(1, round(side / PART_PX)) for side in shape)
    side = PART_PX // THINNED
    fitted = cv2.resize(np.where(np.isfinite(left), left, level), (columns * side, rows * side), interpolation=cv2.INTER_NEAREST)
    parts = np.median(fitted.reshape(rows, side, columns, side), axis=(1, 3))
    if parts.std() < GREY_LEVELS:
        return level
    return np.asarray(cv2.resize(parts, shape[::-1], interpolation=cv2.INTER_LINEAR))


def _line(x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[np.float32, np.float32]:
    """Slope (by the ratio of scatters, within `GAINS`) and level of grey levels `y` over `x`."""
    gain = np.float32(np.clip(y.std() / max(float(x.std()), 1e-3), *GAINS))
    return gain, np.float32(y.mean() - gain * x.mean())


def _score(picture: NDArray[np.float32], warped: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Score and signed contrast per pixel: beyond what the background holds within a pixel, over the scatter of the neighbours."""
    ground, scatter, known = _middle(warped)
    around = np.ones((3, 3), np.uint8)
    above = np.maximum(picture - cv2.dilate(ground, around), 0.0)
    below = np.maximum(cv2.erode(ground, around) - picture, 0.0)
    contrast = np.where(above >= below, above, -below)
    usual = float(np.median(np.abs(picture - ground)[known])) * 1.4826 if known.any() else 1.0
    noise = np.maximum(max(usual, GREY_LEVELS), cv2.dilate(scatter, around))
    score = np.where(known, np.abs(contrast) / noise, 0.0)
    return score.astype(np.float32), contrast.astype(np.float32)


def _middle(warped: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], Mask]:
    """Median and scatter (standard deviation from the median absolute deviation) over pictures, where three or more reach."""
    count, height, width = warped.shape
    ground, scatter = _medians(warped.reshape(count, -1))
    known = np.isfinite(ground)
    shape = (height, width)
    return np.where(known, ground, 0).reshape(shape), np.where(known, scatter, 0).reshape(shape), known.reshape(shape)


@compiled
def _medians(stack):  # type: ignore[no-untyped-def]
    """Per column of the stack the median and 1.4826 times the median absolute deviation; NaN where fewer than three are known."""
    count, size = stack.shape
    ground, scatter = np.full(size, np.nan, np.float32), np.full(size, np.nan, np.float32)
    values = np.empty(count, np.float32)
    for place in range(size):
        known = 0
        for number in range(count):
            value = stack[number, place]
            if not np.isnan(value):
                at = known
                while at > 0 and values[at - 1] > value:
                    values[at] = values[at - 1]
                    at -= 1
                values[at] = value
                known += 1
        if known < 3:
            continue
        middle = 0.5 * (values[known // 2] + values[(known - 1) // 2])
        ground[place] = middle
        for number in range(known):
            values[number] = abs(values[number] - middle)
        for number in range(1, known):
            value, at = values[number], number
            while at > 0 and values[at - 1] > value:
                values[at] = values[at - 1]
                at -= 1
            values[at] = value
        scatter[place] = 1.4826 * 0.5 * (values[known // 2] + values[(known - 1) // 2])
    return ground, scatter


def _blobs(score: NDArray[np.float32], contrast: NDArray[np.float32], scene: Mask) -> Blobs:
    """Connected pixels above `WEAK` that reach `STRONG`, neither specks nor half the picture."""
    mask = cv2.morphologyEx((score > WEAK).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    if count <= 1:
        return _no_blobs()
    inside = np.flatnonzero(labels)
    flat = labels.ravel()[inside].astype(np.intp)
    light = contrast.ravel()[inside].astype(np.float64)
    weight = np.abs(light) + 1e-6
    area, total = np.bincount(flat, minlength=count), np.bincount(flat, weight, count)
    rows, columns = np.divmod(inside, score.shape[1])
    total[0] = 1.0
    row, column = np.bincount(flat, weight * rows, count) / total, np.bincount(flat, weight * columns, count) / total
    peak = np.zeros(count)
    np.maximum.at(peak, flat, score.ravel()[inside])
    mean = np.bincount(flat, light, count) / np.maximum(area, 1)
    keep = (area >= SMALLEST_PX) & (area <= LARGEST_SHARE * score.size) & (peak >= STRONG)
    whole = np.ones(count, np.bool_)
    whole[labels[~scene]] = False
    return Blobs(row[keep], column[keep], area[keep].astype(float), mean[keep], peak[keep], whole[keep])


def _no_blobs() -> Blobs:
    none = np.empty(0)
    return Blobs(none, none, none, none, none, np.empty(0, np.bool_))
