"""What stands still but is tall, and so moves against the ground in pictures from a moving camera: roofs, poles, trees.

Seen from afar, all that stands moves in the stabilised plane along one and the same curve in time, scaled by its height (plane and
parallax, Irani and Anandan 1996; the affine case of Tomasi and Kanade 1992: residual motion has rank one). The curve is found from
corners all over the picture, since most of what has corners stands; a track that follows it at a height that corners have is no mover.
Nor is what looks the same along the curve at some height: edges of roofs, where ground is covered and laid bare, follow no curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.links import Sighting
from cathartes.detect.movement.stabilise import CORNERS_SOUGHT, Mask, Picture
from cathartes.kernels import compiled
from cathartes.model.samples import Floats

WINDOW = 10
"""Pictures over which corners are followed and one curve holds."""
FARTHEST_STEP_PX = 6.0
LEAST_PARALLAX_PX = 1.0
"""Root mean square of a corner's motion against the ground from which on it counts as parallax."""
CORNER_ERROR_PX, BLOB_ERROR_PX, LEAVING = 0.4, 2.5, 0.1
"""Root mean square by which corners and blobs that stand may leave the curve, and the share of their motion that comes on top."""
TALLER = 2.5
"""How much taller than the corners what stands may be: poles have few."""
HIGHEST, HEIGHT_STEP_PX = 1.5, 2.0
"""Heights, as a share of the tallest corners', at which what stands out may stand, so close that it is hardly elsewhere by the next."""
LEFT_OVER = 0.6
"""Share of what stands out against the ground that a height may leave unexplained where it is the height of something that stands."""
SMALLEST_HALF, LARGEST_HALF = 2, 8
"""Half the side of what is compared about a blob (pixels)."""
FEWEST_CORNERS = 25
FEWEST_LOOKS = 3
LEAST_SPREAD = 0.12
"""Corners must lie so wide, across their narrow way and as a share of the picture: a road full of cars is a curve of its own."""


@dataclass(frozen=True, eq=False)
class Parallax:
    """How what stands moves in the plane from look `first` on: `curve` (n, 2), mean 0 and norm 1, times a height up to `tallest`."""

    first: int
    curve: Floats
    tallest: float


def parallaxes(
    pictures: Sequence[Picture], steps: Sequence[Floats], plane: Sequence[Floats], usable: Mask, every: int = 1
) -> list[Parallax]:
    """The curves of successive stretches, where enough corners move against the ground and agree on one; a look is every so manieth
    picture, but corners are followed through all."""
    found = []
    for first in range(0, len(pictures) - 2 * every, WINDOW * every):
        past = first + WINDOW * every + 1
        paths = _followed(pictures[first:past], steps[first : past - 1], plane[first:past], usable)
        curve = _curve(paths[:, ::every], min(pictures[0].shape))
        if curve is not None:
            found.append(Parallax(first // every, *curve))
    return found


def _followed(pictures: Sequence[Picture], steps: Sequence[Floats], plane: Sequence[Floats], usable: Mask) -> Floats:
    """Corners of the first picture through all others: (corners, pictures, 2) in the stabilised plane, without those that were lost."""
    corners = cv2.goodFeaturesToTrack(pictures[0], CORNERS_SOUGHT, 0.005, 7, mask=usable.astype(np.uint8))
    if corners is None:
        return np.empty((0, len(pictures), 2))
    kept, paths = np.ones(len(corners), np.bool_), [cv2.perspectiveTransform(corners, plane[0])]
    for one, other, step, onto in zip(pictures, pictures[1:], steps, plane[1:], strict=False):
        guess = cv2.perspectiveTransform(corners, step).astype(np.float32)
        corners, is_found, _ = cv2.calcOpticalFlowPyrLK(
            one, other, corners, guess.copy(), winSize=(15, 15), maxLevel=1, flags=cv2.OPTFLOW_USE_INITIAL_FLOW
        )
        kept &= (is_found[:, 0] == 1) & (np.linalg.norm(corners - guess, axis=2)[:, 0] < FARTHEST_STEP_PX)
        paths.append(cv2.perspectiveTransform(corners, onto))
    return np.concatenate(paths, axis=1)[kept].astype(float)


def _curve(paths: Floats, side: int) -> tuple[Floats, float] | None:
    """The curve that most of the moving corners follow, and how tall they are; none where few do, or only along one line."""
    moved = paths - paths.mean(axis=1, keepdims=True)
    moving = np.sqrt((moved**2).sum(axis=2).mean(axis=1)) > LEAST_PARALLAX_PX
    flat, at = moved[moving].reshape(-1, 2 * paths.shape[1]), paths[moving].mean(axis=1)
    if len(flat) < FEWEST_CORNERS:
        return None
    guesses = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    inside = max((_follows(flat, guess) for guess in guesses), key=np.count_nonzero)
    curve = np.linalg.svd(flat[inside], full_matrices=False)[2][0]
    inside = _follows(flat, curve)
    if inside.sum() < FEWEST_CORNERS or np.sqrt(np.linalg.eigvalsh(np.cov(at[inside].T))[0]) < LEAST_SPREAD * side:
        return None
    return curve.reshape(-1, 2), float(np.percentile(np.abs(flat[inside] @ curve), 98))


def _follows(flat: Floats, curve: Floats) -> Mask:
    """Which paths (of corners, about their means) are the curve (of unit norm) at some height."""
    height = flat @ curve
    off = np.linalg.norm(flat - height[:, None] * curve, axis=1)
    return np.asarray(off < CORNER_ERROR_PX * np.sqrt(len(curve) / 2) + LEAVING * np.abs(height))


def stands(track: Sequence[int], seen: Sighting, found: Sequence[Parallax]) -> bool:
    """Whether the track, over all stretches that have a curve, is the parallax of something tall."""
    numbers = np.array(track)
    parts = [(one, numbers[_within(seen.picture[numbers], one)]) for one in found]
    told = [
        _against(seen.at[part], one.curve[seen.picture[part] - one.first], one.tallest) for one, part in parts if len(part) >= FEWEST_LOOKS
    ]
    if not told:
        return False
    left, freedom, moved, taller = np.array(told).T
    allowed = BLOB_ERROR_PX + LEAVING * np.sqrt(moved.sum() / freedom.sum())
    return bool(np.sqrt(left.sum() / freedom.sum()) <= allowed and np.median(taller) <= TALLER)


def _within(picture: NDArray[np.int64], one: Parallax) -> Mask:
    return np.asarray((picture >= one.first) & (picture < one.first + len(one.curve)))


def _against(at: Floats, curve: Floats, tallest: float) -> tuple[float, int, float, float]:
    """Places (n, 2) against the curve at those pictures: squares left over, degrees of freedom, squares explained, height by `tallest`."""
    at, curve = at - at.mean(axis=0), curve - curve.mean(axis=0)
    height = float((curve * at).sum() / max(float((curve**2).sum()), 1e-12))
    left, explained = float(((at - height * curve) ** 2).sum()), float(((height * curve) ** 2).sum())
    return left, 2 * len(at) - 3, explained, abs(height) / tallest


def tall(seen: Sighting, looks: Sequence[Picture], plane: Sequence[Floats], found: Sequence[Parallax]) -> Mask:
    """Which sightings are of something tall: at some height the other looks of a stretch show the same where it would be then."""
    half = np.clip(np.rint(np.sqrt(seen.area) / 2) + 1, SMALLEST_HALF, LARGEST_HALF).astype(np.int64)
    is_tall = np.zeros(len(seen.picture), np.bool_)
    for one in found:
        part, stretch = np.flatnonzero(_within(seen.picture, one)), slice(one.first, one.first + len(one.curve))
        smooth = np.stack([cv2.GaussianBlur(look, (3, 3), 0) for look in looks[stretch]])
        highest = HIGHEST * one.tallest
        steps = np.ceil(highest * np.linalg.norm(one.curve[:, None] - one.curve, axis=2).max() / HEIGHT_STEP_PX)
        heights = highest * np.arange(-steps, steps + 1) / steps
        views = np.linalg.inv(np.stack(plane[stretch]))
        off = _unlike(smooth, views, one.curve, heights, seen.picture[part] - one.first, seen.at[part], half[part])
        ground = off[:, len(heights) // 2]
        is_tall[part] |= np.isfinite(ground) & (off.min(axis=1) < LEFT_OVER * ground)
    return is_tall


@compiled
def _unlike(looks, views, curve, heights, number, at, half):  # type: ignore[no-untyped-def]
    """Per sighting and height the mean difference (grey levels) between the square about it in its look and, along the curve, in each
    other look that shows most of it; endless where fewer than three do. `views` (n, 3, 3) lead from the plane to each look."""
    off = np.full((len(number), len(heights)), np.inf)
    for one in range(len(number)):
        mine, side = number[one], 2 * half[one] + 1
        here = np.full((side, side), -1.0)
        for row in range(side):
            for column in range(side):
                here[row, column] = _grey(looks[mine], views[mine], at[one, 0] + column - half[one], at[one, 1] + row - half[one])
        for step in range(len(heights)):
            total, others = 0.0, 0
            for other in range(len(looks)):
                if other == mine:
                    continue
                left = at[one, 0] - half[one] + heights[step] * (curve[other, 0] - curve[mine, 0])
                top = at[one, 1] - half[one] + heights[step] * (curve[other, 1] - curve[mine, 1])
                differs, known = 0.0, 0
                for row in range(side):
                    for column in range(side):
                        there = _grey(looks[other], views[other], left + column, top + row)
                        if here[row, column] >= 0 and there >= 0:
                            differs += abs(there - here[row, column])
                            known += 1
                if 2 * known > side * side:
                    total += differs / known
                    others += 1
            if others >= FEWEST_LOOKS:
                off[one, step] = total / others
    return off


@compiled
def _grey(look, view, x, y):  # type: ignore[no-untyped-def]
    """The grey level that a look shows at a place of the plane; -1 beyond its edge."""
    far = view[2, 0] * x + view[2, 1] * y + view[2, 2]
    column = int(np.rint((view[0, 0] * x + view[0, 1] * y + view[0, 2]) / far))
    row = int(np.rint((view[1, 0] * x + view[1, 1] * y + view[1, 2]) / far))
    return float(look[row, column]) if 0 <= row < look.shape[0] and 0 <= column < look.shape[1] else -1.0
