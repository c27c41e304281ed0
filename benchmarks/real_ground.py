"""Vehicles with exact truth driven through real aerial pictures: real texture, parallax, noise, interlacing and compression.

The ground's motion is found from SIFT descriptors, not with the detector's own method. A vehicle is a body with windows and a
shadow, in the perspective of the ground. What moves in the real pictures by itself (people on foot, mostly) has no truth and counts
against a detector.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
SUN = np.array((0.8, -0.6))


@dataclass(frozen=True)
class Drive:
    """One kind of series: which real pictures, and what drives through them (pixels, pixels per picture, grey levels)."""

    source: str
    first: int = 0
    every: int = 1
    pictures: int = 30
    enlarged: float = 1.0
    vehicles: int = 12
    length_px: tuple[float, float] = (10.0, 20.0)
    speed_px: tuple[float, float] = (3.0, 15.0)
    contrast: tuple[float, float] = (15.0, 70.0)
    stopping: float = 0.15
    quality: int = 85
    gain: float = 0.02
    lost: float = 0.0
    registered: bool = False


@dataclass(frozen=True, eq=False)
class Vehicle:
    """Place (column, row) and heading on the ground of the middle picture, speed, size, and contrast to what is under it."""

    at: Floats
    heading: Floats
    speed: Floats
    length: float
    width: float
    contrast: float


def real_pictures(source: Path, drive: Drive) -> list[Image]:
    with av.open(str(source)) as container:
        whole = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    chosen = whole[drive.first : drive.first + drive.every * drive.pictures : drive.every]
    return [cv2.resize(one, None, fx=drive.enlarged, fy=drive.enlarged, interpolation=cv2.INTER_CUBIC) for one in chosen]


def driven(source: Path, seed: int, drive: Drive) -> tuple[list[Image], Floats]:
    """Pictures and truth: rows of picture, vehicle, row, column, whether it moves (1) or need not be found (0), and whether
    it is shown, standing or not."""
    rng = np.random.default_rng(seed)
    pictures = real_pictures(source, drive)
    views = _views(pictures)
    if drive.registered:
        shape = pictures[0].shape[::-1]
        pictures = [cv2.warpPerspective(one, np.linalg.inv(view), shape) for one, view in zip(pictures, views, strict=True)]
        views = [np.eye(3)] * len(pictures)
    vehicles = [_vehicle(rng, views, pictures[0].shape, drive) for _ in range(drive.vehicles)]
    made, truth = [], []
    for number, view in enumerate(views):
        if number and rng.uniform() < drive.lost:
            continue
        image = pictures[number].astype(np.float32)
        for one in vehicles:
            _draw(rng, image, one, number, view)
        image = np.clip(image * (1 + drive.gain * rng.normal()), 0, 255).astype(np.uint8)
        truth += _truth(vehicles, number, len(made), view, pictures[number])
        made.append(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, drive.quality])[1], cv2.IMREAD_GRAYSCALE))
    return made, np.array(truth)


def _views(pictures: list[Image]) -> list[Floats]:
    """Per picture the homography from the middle picture to it."""
    finder = cv2.SIFT.create(3000, contrastThreshold=0.01)
    seen = [finder.detectAndCompute(one, None) for one in pictures]
    steps = []
    for (here, what), (there, which) in pairwise(seen):
        pairs = [a for a, b in cv2.BFMatcher().knnMatch(what, which, k=2) if a.distance < 0.8 * b.distance]
        start, end = np.array([here[p.queryIdx].pt for p in pairs]), np.array([there[p.trainIdx].pt for p in pairs])
        steps.append(cv2.findHomography(start, end, cv2.USAC_MAGSAC, 1.5, maxIters=5000)[0])
    whole = [np.eye(3)]
    for step in steps:
        whole.append(step @ whole[-1])
    middle = np.linalg.inv(whole[len(whole) // 2])
    return [one @ middle for one in whole]


def _vehicle(rng: np.random.Generator, views: list[Floats], shape: tuple[int, ...], drive: Drive) -> Vehicle:
    """A way through the view: somewhere in it in some picture, from there on and back with slow bends and changes of speed."""
    count = len(views)
    anchor = int(rng.integers(count))
    place = rng.uniform((0.1, 0.1), (0.9, 0.9)) * shape[::-1]
    start = cv2.perspectiveTransform(place[None, None], np.linalg.inv(views[anchor]))[0, 0]
    speed = rng.uniform(*drive.speed_px) * np.exp(np.cumsum(rng.normal(0, 0.04, count)))
    if rng.uniform() < drive.stopping:
        begin = int(rng.integers(count))
        speed[begin : begin + int(rng.integers(3, 10))] = 0.0
    length = rng.uniform(*drive.length_px)
    bend = np.cumsum(rng.normal(0, 0.02, count)) * np.minimum(speed / length, 1.0)
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(bend)
    way = np.cumsum(speed[:, None] * np.stack((np.cos(heading), np.sin(heading)), axis=1), axis=0)
    contrast = rng.uniform(*drive.contrast) * rng.choice([-1.0, 1.0])
    return Vehicle(start + way - way[anchor], heading, speed, length, length * rng.uniform(0.4, 0.5), contrast)


def _draw(rng: np.random.Generator, image: NDArray[np.float32], one: Vehicle, number: int, view: Floats) -> None:
    centre = cv2.perspectiveTransform(one.at[number][None, None], view)[0, 0]
    if not ((centre > -40) & (centre < np.array(image.shape[::-1]) + 40)).all():
        return
    column, row = np.clip(centre.astype(int), 0, np.array(image.shape[::-1]) - 1)
    under = float(np.median(image[max(0, row - 12) : row + 13, max(0, column - 12) : column + 13]))
    paint = float(np.clip(under + one.contrast, 8, 248))
    grain = rng.normal(0, 1.5, image.shape).astype(np.float32)
    _part(image, one, number, view, (-0.5, 0.5), 1.0, lambda ground: ground * 0.6, SUN * one.width * 0.5)
    for span, shade, wide in (((-0.5, 0.5), 0.9, 1.0), ((-0.3, 0.25), 1.08, 0.85), ((0.1, 0.25), 0.55, 0.85), ((-0.38, -0.3), 0.6, 0.8)):
        _part(image, one, number, view, span, wide, lambda ground, shade=shade: paint * shade + grain, np.zeros(2))


def _part(image, one, number, view, span, wide, painted, shift):  # type: ignore[no-untyped-def]
    """A strip across the vehicle, `span` of its length (from -0.5 at the rear) and `wide` of its width, blended in with soft edges."""
    ahead = np.array((np.cos(one.heading[number]), np.sin(one.heading[number])))
    side = np.array((-ahead[1], ahead[0])) * one.width * wide / 2
    ends = [one.at[number] + shift + ahead * one.length * share for share in span]
    corners = np.array([ends[0] - side, ends[1] - side, ends[1] + side, ends[0] + side])
    corners = cv2.perspectiveTransform(corners[None], view)[0]
    cover = np.zeros(image.shape, np.uint8)
    cv2.fillPoly(cover, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(cover, (0, 0), 0.7).astype(np.float32) / 255
    image += (painted(image) - image) * soft


def _truth(vehicles: list[Vehicle], number: int, shown: int, view: Floats, image: Image) -> list[tuple[float, ...]]:
    rows = []
    for vehicle, one in enumerate(vehicles):
        column, row = cv2.perspectiveTransform(one.at[number][None, None], view)[0, 0]
        if 3 < column < image.shape[1] - 3 and 3 < row < image.shape[0] - 3:
            is_shown = image[int(row), int(column)] > 0
            moves = one.speed[max(0, number - 2) : number + 3].max() > 0.3 and is_shown
            rows.append((shown, vehicle, row, column, float(moves), float(is_shown)))
    return rows
