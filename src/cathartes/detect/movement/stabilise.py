"""Pictures brought onto their neighbours: the plane motion of the ground between two pictures, from corners that both show."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.model.samples import Floats

Picture: TypeAlias = NDArray[np.uint8]
Mask: TypeAlias = NDArray[np.bool_]

CORNERS_SOUGHT = 1500
FEWEST_MATCHES = 12
LEAST_AGREEING = 0.25
"""Share of points that must agree on an affine motion; fewer do so by chance."""
STILL_PX = 0.15
"""Below this the pictures were brought onto one another already, and another interpolation would only blur them."""


def motions(pictures: Sequence[Picture], usable: Mask) -> list[Floats]:
    """3 x 3 homographies from each picture to the next (column, row, 1); burned-in symbols are outside `usable`."""
    return [motion(one, other, usable) for one, other in pairwise(pictures)]


def motion(one: Picture, other: Picture, usable: Mask) -> Floats:
    """The homography that brings `one` onto `other`: coarse by descriptors, then to a fraction of a pixel by optical flow.

    The identity where too little is seen in both, so that what follows says "nothing moved", not "everything did".
    """
    coarse = _by_descriptors(one, other, usable)
    fine = _by_flow(one, other, usable, coarse)
    return np.eye(3) if _is_still(fine, one.shape) else fine


def _by_descriptors(one: Picture, other: Picture, usable: Mask) -> Floats:
    finder = cv2.ORB.create(nfeatures=CORNERS_SOUGHT, fastThreshold=7)
    mask = usable.astype(np.uint8)
    (here, what), (there, which) = (finder.detectAndCompute(picture, mask) for picture in (one, other))
    if what is None or which is None:
        return np.eye(3)
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(what, which)
    if len(pairs) < FEWEST_MATCHES:
        return np.eye(3)
    start = np.array([here[pair.queryIdx].pt for pair in pairs], np.float32)
    end = np.array([there[pair.trainIdx].pt for pair in pairs], np.float32)
    return _fitted(start, end, 3.0)


def _by_flow(one: Picture, other: Picture, usable: Mask, coarse: Floats) -> Floats:
    """The coarse motion improved: corners of the first picture, followed into the second from where they should be."""
    corners = cv2.goodFeaturesToTrack(one, CORNERS_SOUGHT, 0.005, 7, mask=usable.astype(np.uint8))
    if corners is None or len(corners) < FEWEST_MATCHES:
        return coarse
    guess = cv2.perspectiveTransform(corners, coarse).astype(np.float32)
    found, is_found, _ = cv2.calcOpticalFlowPyrLK(
        one, other, corners, guess.copy(), winSize=(15, 15), maxLevel=1, flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    good = (is_found[:, 0] == 1) & (np.linalg.norm(found - guess, axis=2)[:, 0] < 6.0)
    return _fitted(corners[good, 0], found[good, 0], 1.0) if good.sum() >= FEWEST_MATCHES else coarse


def _fitted(start: NDArray[np.float32], end: NDArray[np.float32], within_px: float) -> Floats:
    """A homography where many points agree on it, an affine motion where fewer do, else none."""
    cv2.setRNGSeed(0)
    whole, inside = cv2.findHomography(start, end, cv2.RANSAC, within_px, maxIters=3000)
    if whole is not None and inside.sum() >= 4 * FEWEST_MATCHES:
        return np.asarray(whole, float)
    affine, inside = cv2.estimateAffinePartial2D(start, end, method=cv2.RANSAC, ransacReprojThreshold=within_px)
    if affine is None or inside.sum() < max(FEWEST_MATCHES // 2, LEAST_AGREEING * len(start)):
        return np.eye(3)
    return np.vstack((affine, (0.0, 0.0, 1.0)))


def _is_still(homography: Floats, shape: tuple[int, ...]) -> bool:
    height, width = shape[:2]
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
    return bool(np.abs(cv2.perspectiveTransform(corners, homography) - corners).max() < STILL_PX)


def chained(steps: Sequence[Floats], start: int, end: int) -> Floats:
    """The motion from picture `start` to picture `end`, from the motions of neighbours."""
    whole = np.eye(3)
    for step in steps[min(start, end) : max(start, end)]:
        whole = step @ whole
    return whole if start <= end else np.asarray(np.linalg.inv(whole))


def symbols(pictures: Sequence[Picture], steps: Sequence[Floats]) -> Mask:
    """Pixels of burned-in symbols, logos and reticles: sharp, and the same in the picture while the scene moves under them.

    Nothing is masked where the scene hardly moves, since everything then stays.
    """
    height, width = pictures[0].shape
    centre = np.array([[[width / 2, height / 2]]])
    travelled = sum(float(np.linalg.norm(cv2.perspectiveTransform(centre, step) - centre)) for step in steps)
    none = np.zeros((height, width), np.bool_)
    if len(pictures) < 5 or travelled < 0.1 * width:
        return none
    chosen = [pictures[at] for at in np.linspace(0, len(pictures) - 1, min(len(pictures), 25)).astype(int)]
    stack = np.stack(chosen).astype(np.int16)
    middle = np.median(stack, axis=0)
    stays = (np.abs(stack - middle) < 12).mean(axis=0) > 0.9
    edges = np.hypot(cv2.Sobel(middle, cv2.CV_64F, 1, 0), cv2.Sobel(middle, cv2.CV_64F, 0, 1)) > 80.0
    bars = stays & (middle < 8)
    marks = cv2.dilate((stays & edges).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return np.asarray(marks | bars)
