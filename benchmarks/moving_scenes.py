"""Simulated aerial pictures of vehicles with exact truth, made without anything of the detector's own model.

Fields, roads, trees, houses that lean with the view, parked cars; vehicles that follow roads, brake, stop and pass under trees; a camera
that drifts, turns and trembles; changing light, noise, JPEG. `Style` holds what differs from one kind of series to another.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
ROADS, TREES = 6, 60
SHADOW_PX = 2.0


@dataclass(frozen=True)
class Style:
    """One kind of series: pixels, pixels per picture, degrees per picture, grey levels."""

    size: int = 480
    vehicles: int = 25
    length_px: tuple[float, float] = (7.0, 13.0)
    speed_px: tuple[float, float] = (3.0, 18.0)
    contrast: tuple[float, float] = (14.0, 70.0)
    drift_px: float = 3.0
    turn_deg: float = 0.3
    tremble_px: float = 0.4
    houses: int = 25
    lean_px: float = 2.0
    noise: float = 3.0
    quality: int = 85
    stopping: float = 0.1
    stop_pictures: tuple[int, int] = (3, 10)
    parked: int = 60


@dataclass(frozen=True, eq=False)
class Vehicle:
    """Place (column, row of the ground), heading and speed in each picture; size, and contrast to the road."""

    at: NDArray[np.float64]
    heading: NDArray[np.float64]
    speed: NDArray[np.float64]
    length: float
    width: float
    contrast: float


def scene(seed: int, count: int, style: Style) -> tuple[list[NDArray[np.uint8]], NDArray[np.float64]]:
    """Pictures and truth: rows of picture, vehicle, row, column, whether it moves and is not hidden (1) or need not be found (0), and
    whether it is not hidden, standing or not."""
    rng = np.random.default_rng(seed)
    side = style.size + 2 * int(80 + style.drift_px * count)
    lines = [_road(rng, side) for _ in range(ROADS)]
    ground = _ground(rng, side, lines, style)
    houses = [(rng.uniform(60, side - 60, 2), *rng.uniform((20, 15, 0, 50, 0.2), (60, 40, 3.1, 220, 1))) for _ in range(style.houses)]
    trees = [(rng.uniform(30, side - 30, 2), *rng.uniform((4, 50), (11, 90))) for _ in range(TREES)]
    vehicles = [_vehicle(rng, lines[rng.integers(ROADS)], count, style) for _ in range(style.vehicles)]
    views = _camera(rng, side, count, style)
    pictures, truth = [], []
    for number, view in enumerate(views):
        lean = style.lean_px * 2 * np.array([np.cos(number / 15), np.sin(number / 15)])
        image = _with_vehicles(ground, vehicles, number)
        for centre, length, width, angle, value, height in houses:
            _box(image, centre + lean * height, length, width, angle, value)
        for centre, radius, value in trees:
            cv2.circle(image, np.rint(centre * 16).astype(int).tolist(), int(radius * 16), float(value), -1, cv2.LINE_AA, 4)
        pictures.append(_seen(rng, image, view, number, style))
        truth += _truth(
            vehicles, number, view, [(c + lean * h, max(a, b) / 2) for c, a, b, _, _, h in houses] + [(c, r) for c, r, _ in trees], style
        )
    return pictures, np.array(truth)


def frozen(seed: int, count: int, style: Style) -> tuple[list[NDArray[np.uint8]], NDArray[np.float64]]:
    """The scene with some pictures shown one to four times more in the place of those that follow, and the truth of what is shown."""
    pictures, truth = scene(seed, count, style)
    rng, shown = np.random.default_rng(seed + 1000), list(range(count))
    number = 2
    while number < count:
        if rng.uniform() < 0.15:
            again = int(rng.integers(1, 5))
            shown[number : number + again] = [number - 1] * len(shown[number : number + again])
            number += again + 1
        number += 1
    rows = [np.column_stack((np.full(len(here), at), here[:, 1:])) for at, one in enumerate(shown) for here in [truth[truth[:, 0] == one]]]
    return [pictures[one] for one in shown], np.concatenate(rows)


def _ground(rng: np.random.Generator, side: int, lines: list[NDArray[np.float64]], style: Style) -> Image:
    ground = np.full((side, side), 110, np.float32)
    for cells, weight in ((4, 22), (16, 16), (48, 10), (160, 7), (side // 2, 6)):
        noise = rng.normal(size=(cells, cells)).astype(np.float32)
        ground += weight * cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
    for line in lines:
        course = [np.rint(line * 16).astype(np.int32)]
        cv2.polylines(ground, course, 0, float(rng.uniform(120, 165)), int(rng.integers(12, 20)), cv2.LINE_AA, 4)
    ground = cv2.GaussianBlur(ground + rng.normal(size=ground.shape).astype(np.float32) * 4, (3, 3), 0)
    for _ in range(style.parked):
        _box(
            ground,
            rng.uniform(40, side - 40, 2),
            rng.uniform(*style.length_px),
            rng.uniform(4, 6),
            rng.uniform(0, 3.1),
            rng.uniform(20, 230),
        )
    return ground


def _road(rng: np.random.Generator, side: int) -> NDArray[np.float64]:
    angle, through, bend = rng.uniform(0, np.pi), rng.uniform(0.15, 0.85, 2) * side, rng.normal() * 0.12 * side
    along = np.linspace(-1.2 * side, 1.2 * side, 600)
    across = bend * np.sin(along / side * 2 + rng.uniform(0, 6))
    return through + along[:, None] * (np.cos(angle), np.sin(angle)) + across[:, None] * (-np.sin(angle), np.cos(angle))


def _vehicle(rng: np.random.Generator, line: NDArray[np.float64], count: int, style: Style) -> Vehicle:
    reach = np.concatenate(([0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))))
    way = rng.choice([-1.0, 1.0])
    speed = np.maximum(rng.uniform(*style.speed_px) * (1 + 0.04 * np.cumsum(rng.normal(size=count))), 0)
    if rng.uniform() < style.stopping:
        begin = int(rng.integers(0, count))
        speed[begin : begin + int(rng.integers(*style.stop_pictures))] = 0
    driven = rng.uniform(0.25, 0.75) * reach[-1] + way * np.cumsum(speed)
    here, ahead = (np.stack([np.interp(driven + step, reach, line[:, axis]) for axis in (0, 1)], axis=1) for step in (0.0, way * 2))
    heading = np.arctan2(ahead[:, 1] - here[:, 1], ahead[:, 0] - here[:, 0])
    lane = way * rng.uniform(2, 4) * np.stack((-np.sin(heading), np.cos(heading)), axis=1)
    contrast = rng.uniform(*style.contrast) * rng.choice([-1.0, 1.0])
    return Vehicle(here + lane, heading, speed, rng.uniform(*style.length_px), rng.uniform(3.5, 6), contrast)


def _with_vehicles(ground: Image, vehicles: list[Vehicle], number: int) -> Image:
    image = ground.copy()
    for shift, shade in ((SHADOW_PX, 80.0), (0.0, None)):
        for one in vehicles:
            value = float(np.clip(140 + one.contrast, 5, 250)) if shade is None else shade
            _box(image, one.at[number] + shift, one.length, one.width, one.heading[number], value)
    return image


def _box(image: Image, centre: NDArray[np.float64], length: float, width: float, angle: float, value: float) -> None:
    """A box with soft edges, blended into the image."""
    reach = int(max(length, width)) + 4
    column, row = (int(at) for at in centre)
    patch = image[max(0, row - reach) : row + reach, max(0, column - reach) : column + reach]
    if not (reach < row < image.shape[0] - reach and reach < column < image.shape[1] - reach):
        return
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = (
        np.array([[-length, -width], [length, -width], [length, width], [-length, width]]) / 2 @ turned
        + centre
        - (column - reach, row - reach)
    )
    cover = np.zeros(patch.shape, np.uint8)
    cv2.fillPoly(cover, [np.rint(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    patch += (value - patch) * (cover.astype(np.float32) / 255)


def _camera(rng: np.random.Generator, side: int, count: int, style: Style) -> list[NDArray[np.float64]]:
    """Per picture the affine map from ground to picture."""
    drift = style.drift_px * 0.5 * (np.cumsum(rng.normal(size=(count, 2)), axis=0) + np.arange(count)[:, None] * rng.normal(size=2))
    turn = style.turn_deg * np.cumsum(rng.normal(size=count))
    views = []
    for number in range(count):
        over = side / 2 + drift[number] + rng.normal(size=2) * style.tremble_px
        view = cv2.getRotationMatrix2D(over.tolist(), float(turn[number]), 1.0)
        view[:, 2] += style.size / 2 - over
        views.append(np.asarray(view))
    return views


def _seen(rng: np.random.Generator, image: Image, view: NDArray[np.float64], number: int, style: Style) -> NDArray[np.uint8]:
    seen = cv2.GaussianBlur(cv2.warpAffine(image, view, (style.size, style.size)), (0, 0), 0.7)
    seen = seen * (1 + 0.03 * np.sin(number / 3)) + rng.normal(size=seen.shape) * style.noise
    _, packed = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, style.quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _truth(vehicles: list[Vehicle], number: int, view: NDArray[np.float64], covers: list, style: Style) -> list[tuple[float, ...]]:  # type: ignore[type-arg]
    rows = []
    for vehicle, one in enumerate(vehicles):
        column, row = view @ (*one.at[number], 1.0)
        if not (3 < column < style.size - 3 and 3 < row < style.size - 3):
            continue
        is_hidden = any(np.hypot(*(one.at[number] - centre)) < reach for centre, reach in covers)
        moves = one.speed[max(0, number - 2) : number + 3].max() > min(1.0, style.speed_px[0] / 3)
        rows.append((number, vehicle, row, column, float(moves and not is_hidden), float(not is_hidden)))
    return rows
