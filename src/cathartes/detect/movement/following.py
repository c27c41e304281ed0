"""Movement in a series of pictures from end to end: stabilised, compared, linked, and every track told picture by picture."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.difference import NEAREST, NEIGHBOURS, Blobs, blobs_at
from cathartes.detect.movement.links import Sighting, tracks
from cathartes.detect.movement.parallax import parallaxes, stands, tall
from cathartes.detect.movement.pictures import FEWEST_PICTURES, Series, distinct, series
from cathartes.detect.movement.stabilise import Mask, Picture, chained, motions, symbols
from cathartes.detect.movement.stops import Way, with_stops
from cathartes.model.samples import Floats

STRIDES = (1, 2, 3, 5, 8)
"""Every picture, every second, …"""
FEWEST_LOOKS = 8
SLOW = 0.6
"""Lengths of its own that a thing moves from look to look: where what is followed is slower three quarters of the time, fewer looks see
more."""
TELLING, CLEARLY = 6, 2.0
"""Fewer things than the first tell no pace: then fewer looks are tried too, and taken where things move over so many times the ground."""
SMALL, FAR = 0.5, 8.0
"""Beside what sweeps most ground, a thing of less than this share of its length that goes less than so many lengths of its own is no thing
but a part of one, or the edge of a roof or of a shadow."""
MOSTLY_TALL = 0.5
"""Share of a track's sightings that look like something tall from which on it is none that moves."""
Row: TypeAlias = tuple[int, str, float, int, float, float, bool]


@dataclass(frozen=True, eq=False)
class Chain:
    """One thing that moves: the pictures it was seen in, where (n, 2; column and row in the stabilised plane), its length (root of its
    area, in pixels) and its pace, in lengths from look to look."""

    picture: NDArray[np.int64]
    at: Floats
    length: float
    pace: float

    def lasting(self) -> int:
        """Pictures from its first to its last."""
        return int(self.picture[-1] - self.picture[0] + 1)

    def travel(self) -> float:
        """Pixels from its first place to its last."""
        return float(np.linalg.norm(self.at[-1] - self.at[0]))


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
    rows: list[Row] = []
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


def _follow(part: Series) -> list[Row]:
    """Looked at as often as follows most: at thirty pictures a second a slow thing hardly leaves its own place, at one it is gone."""
    shown = distinct(part.pictures)
    first = np.flatnonzero(np.diff(shown, prepend=-1))
    pictures = [part.pictures[look] for look in first]
    if len(pictures) < FEWEST_PICTURES:
        return []
    steps = motions(pictures, np.ones(pictures[0].shape, np.bool_))
    hidden = symbols(pictures, steps)
    if hidden.any():
        steps = motions(pictures, ~hidden)
    plane = [chained(steps, number, len(pictures) // 2) for number in range(len(pictures))]
    best = most_followed(partial(_moving, pictures=pictures, taken=first, steps=steps, plane=plane, hidden=hidden), len(pictures))
    whole = with_stops([Way(one.picture, one.at, one.length) for one in without_parts(best)], pictures, plane)
    return [row for track, way in enumerate(whole) for row in _told(track, way, plane, part, shown)]


def most_followed(moving: Callable[[int], list[Chain]], count: int) -> list[Chain]:
    """Ever fewer looks where what moves is slow, or too little to tell; one number of looks may show less than those before and after.

    What was slow once is looked at in all numbers: patched together of few looks, what does not move may seem quick.
    """
    best = moving(1)
    is_slow = False
    for every in STRIDES[1:]:
        is_slow = is_slow or _is_slow(best)
        if count < every * FEWEST_LOOKS or not (is_slow or len(best) < TELLING):
            break
        found = moving(every)
        if _swept(found) > (1.0 if is_slow else CLEARLY) * _swept(best):
            best = found
    return best


def _is_slow(chains: list[Chain]) -> bool:
    pace = np.repeat([one.pace for one in chains], [one.lasting() for one in chains])
    return not pace.size or bool(np.percentile(pace, 75) < SLOW)


def _swept(chains: list[Chain]) -> float:
    """Ground that things moved over (square pixels): a part of a thing that trembles or is soon lost moves over little of it."""
    return sum(one.travel() * one.length for one in chains)


def without_parts(chains: list[Chain]) -> list[Chain]:
    """The chains without those that are small and stay near, where there are enough to tell what is small."""
    if len(chains) < TELLING:
        return chains
    ordered = sorted(chains, key=lambda one: one.length)
    swept = np.cumsum([_swept([one]) for one in ordered])
    usual = ordered[int(np.searchsorted(swept, swept[-1] / 2))].length
    return [one for one in chains if one.length >= SMALL * usual or one.travel() >= FAR * one.length]


def _moving(
    every: int, pictures: Sequence[Picture], taken: NDArray[np.int64], steps: list[Floats], plane: list[Floats], hidden: Mask
) -> list[Chain]:
    """What moves, from every so manieth picture; `taken` tells when each was, where those that were repeated count."""
    looks = pictures[::every]
    between = [chained(steps, one, one + every) for one in range(0, len(pictures) - every, every)]
    standing = parallaxes(pictures, steps, plane, ~hidden, every)
    reach = NEAREST if standing else NEIGHBOURS
    seen = _sightings([blobs_at(number, looks, between, hidden, reach) for number in range(len(looks))], plane[::every])
    is_tall = tall(seen, looks, plane[::every], standing)
    clock = np.rint((taken[::every] - taken[0]) / every).astype(np.int64)
    moving = (numbers for numbers in tracks(seen, clock) if is_tall[numbers].mean() < MOSTLY_TALL and not stands(numbers, seen, standing))
    return [_chain(seen, numbers, every) for numbers in moving]


def _chain(seen: Sighting, numbers: list[int], every: int) -> Chain:
    moved = np.linalg.norm(np.diff(seen.at[numbers], axis=0), axis=1) / np.diff(seen.picture[numbers])
    length = float(np.sqrt(np.median(seen.area[numbers])))
    return Chain(seen.picture[numbers] * every, seen.at[numbers], length, float(np.median(moved)) / length)


def _sightings(blobs: list[Blobs], plane: list[Floats]) -> Sighting:
    """The blobs of all pictures in the plane of the middle one."""
    at = [_through(np.stack((one.column, one.row), axis=1), homography) for one, homography in zip(blobs, plane, strict=True)]
    picture = np.concatenate([np.full(len(one), number, np.int64) for number, one in enumerate(blobs)])
    return Sighting(
        picture, np.concatenate(at), *(np.concatenate([getattr(one, name) for one in blobs]) for name in ("area", "contrast", "whole"))
    )


def _through(points: Floats, homography: Floats) -> Floats:
    return np.asarray(cv2.perspectiveTransform(points[None], homography)[0]) if len(points) else points


def _told(track: int, way: Way, plane: list[Floats], part: Series, shown: NDArray[np.int64]) -> Iterator[Row]:
    """The track in each picture from its first to its last; where it was not seen, steadily between, and where the picture before is
    shown again (`shown`, per look, tells which), again."""
    looks = np.flatnonzero((shown >= way.look[0]) & (shown <= way.look[-1]))
    at = np.stack([np.interp(shown[looks], way.look, way.at[:, axis]) for axis in (0, 1)], axis=1)
    there = np.array([_through(point[None], np.linalg.inv(plane[one]))[0] for one, point in zip(shown[looks], at, strict=True)])
    numbered = np.array(part.numbers)[looks]
    every = np.arange(numbered[0], numbered[-1] + 1)
    column, row = (np.interp(every, numbered, there[:, axis]) for axis in (0, 1))
    time = np.interp(every, numbered, np.array(part.times_s)[looks])
    names = dict(zip(numbered.tolist(), (part.names[look] for look in looks), strict=True))
    seen = set(numbered[np.isin(shown[looks], way.look)].tolist())
    height, width = part.pictures[0].shape
    for one, t, r, c in zip(every.tolist(), time.tolist(), row.tolist(), column.tolist(), strict=True):
        if 0 <= r < height and 0 <= c < width:
            yield one, names.get(one, ""), t, track, r, c, one in seen
