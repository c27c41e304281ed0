"""Movement in a series of pictures from end to end: stabilised, compared, linked, and every track told picture by picture."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.difference import Blobs, blobs_at
from cathartes.detect.movement.links import Sighting, tracks
from cathartes.detect.movement.parallax import parallaxes, stands
from cathartes.detect.movement.pictures import Series, series
from cathartes.detect.movement.stabilise import chained, motions, symbols
from cathartes.model.samples import Floats


@dataclass(frozen=True, eq=False)
class Movers:
    """One row per moving thing and picture, in order of pictures: picture number (from 0), its name and time, track, row and column.

    `row` and `column` count pixel centres from 0 at the upper left. `seen` is false where a track was filled in between two looks.
    """

    picture: NDArray[np.int64]
    name: tuple[str, ...]
    time_s: Floats
    track: NDArray[np.int64]
    row: Floats
    column: Floats
    seen: NDArray[np.bool_]
    pictures: int


def follow(path: Path) -> Movers:
    """All moving things in a folder of pictures or a video. Raises `BadInput` as `pictures.series` does."""
    rows: list[tuple[int, str, float, int, float, float, bool]] = []
    first, looked = 0, 0
    for part in series(path):
        found = _follow(part)
        rows += [(picture, name, time, first + track, row, column, seen) for picture, name, time, track, row, column, seen in found]
        first += 1 + max((row[3] for row in found), default=-1)
        looked = part.numbers[-1] + 1
    rows.sort(key=lambda row: (row[0], row[3]))
    picture, name, time, track, row, column, seen = zip(*rows, strict=True) if rows else ((),) * 7
    return Movers(
        np.array(picture, np.int64), tuple(name), np.array(time, float), np.array(track, np.int64), np.array(row, float),
        np.array(column, float), np.array(seen, np.bool_), looked,
    )  # fmt: skip


def _follow(part: Series) -> list[tuple[int, str, float, int, float, float, bool]]:
    pictures = part.pictures
    whole = np.ones(pictures[0].shape, np.bool_)
    steps = motions(pictures, whole)
    hidden = symbols(pictures, steps)
    if hidden.any():
        steps = motions(pictures, ~hidden)
    blobs = [blobs_at(number, pictures, steps, hidden) for number in range(len(pictures))]
    plane = [chained(steps, number, len(pictures) // 2) for number in range(len(pictures))]
    seen = _sightings(blobs, plane)
    standing = parallaxes(pictures, steps, plane, ~hidden)
    moving = [numbers for numbers in tracks(seen) if not stands(numbers, seen, standing)]
    rows = []
    for track, numbers in enumerate(moving):
        rows += [row for row in _told(track, numbers, seen, plane, part) if _is_inside(row, pictures[0].shape)]
    return rows


def _sightings(blobs: list[Blobs], plane: list[Floats]) -> Sighting:
    """The blobs of all pictures in the plane of the middle one."""
    at = [_through(np.stack((one.column, one.row), axis=1), homography) for one, homography in zip(blobs, plane, strict=True)]
    picture = np.concatenate([np.full(len(one), number, np.int64) for number, one in enumerate(blobs)])
    return Sighting(
        picture, np.concatenate(at), np.concatenate([one.area for one in blobs]), np.concatenate([one.contrast for one in blobs])
    )


def _through(points: Floats, homography: Floats) -> Floats:
    return np.asarray(cv2.perspectiveTransform(points[None], homography)[0]) if len(points) else points


def _told(
    track: int, numbers: list[int], seen: Sighting, plane: list[Floats], part: Series
) -> list[tuple[int, str, float, int, float, float, bool]]:
    """The track in each picture from its first to its last; where it was not seen, steadily between."""
    looks = np.arange(seen.picture[numbers[0]], seen.picture[numbers[-1]] + 1)
    at = np.stack([np.interp(looks, seen.picture[numbers], seen.at[numbers, axis]) for axis in (0, 1)], axis=1)
    there = np.array([_through(point[None], np.linalg.inv(plane[look]))[0] for look, point in zip(looks, at, strict=True)])
    known = set(seen.picture[numbers].tolist())
    numbered = np.array(part.numbers)[looks]
    every = np.arange(numbered[0], numbered[-1] + 1)
    column, row = (np.interp(every, numbered, there[:, axis]) for axis in (0, 1))
    time = np.interp(every, numbered, np.array(part.times_s)[looks])
    names = dict(zip(numbered.tolist(), (part.names[look] for look in looks), strict=True))
    looked = {int(number): look in known for number, look in zip(numbered, looks.tolist(), strict=True)}
    return [
        (int(one), names.get(int(one), ""), float(t), track, float(r), float(c), looked.get(int(one), False))
        for one, t, r, c in zip(every, time, row, column, strict=True)
    ]


def _is_inside(row: tuple[int, str, float, int, float, float, bool], shape: tuple[int, ...]) -> bool:
    return 0 <= row[4] < shape[0] and 0 <= row[5] < shape[1]
