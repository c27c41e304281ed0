"""Vehicles that stop: to a difference they are gone, but the picture of the place still shows them.

Where a chain ends, the thing's own picture is sought a little further on. It stands there for as long as the place looks more like it
did with the thing on it than like it did before the thing came; where a chain begins, the same backwards. A chain that ends where
another begins, with the thing standing there in between, is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.stabilise import Picture
from cathartes.model.samples import Floats

LEAST_LIKE = 0.75
"""Correlation of a thing's picture as it moved with that of the place where it is said to stand."""
LEAST_CHANGE = 8.0
"""Grey levels (root mean square) by which a place with a thing on it differs from the place without."""
AS_MUCH = 0.6
"""Share of the change that the thing made where it was last seen: less is a roof that leans over the place, or a shadow."""
MOST_LEFT = 0.6
"""Share of that change by which the place may differ from what it was with the thing on it."""
SMALLEST_HALF, LARGEST_HALF, FURTHEST_PX = 3, 12, 30
"""Half the side of a thing's picture; how far from its last place it is sought at most (pixels)."""
FEWEST_STANDING = 3
NEAR_PX = 3.0
"""Two chains stop at one place when nearer than this and half their length."""


@dataclass(frozen=True, eq=False)
class Way:
    """The looks at which a thing was seen and where (n, 2; column and row in the stabilised plane); its length in pixels."""

    look: NDArray[np.int64]
    at: Floats
    length: float


@dataclass(frozen=True, eq=False)
class _Stand:
    """Where a thing stands, and the last look (in the direction looked in) at which it does."""

    at: Floats
    until: int


def with_stops(ways: Sequence[Way], looks: Sequence[Picture], plane: Sequence[Floats]) -> list[Way]:
    """The ways with the looks at which their things stand, joined where one starts from where another stopped."""
    after = [_standing(way, 1, looks, plane) for way in ways]
    before = [_standing(way, -1, looks, plane) for way in ways]
    follower = _followers(ways, after, before)
    whole = []
    for head in sorted(set(range(len(ways))) - set(follower.values())):
        at, parts = head, [_stretch(ways[head], before[head], -1), ways[head]]
        while at in follower:
            one, at = at, follower[at]
            parts += [_between(ways[one], before[at], ways[at]), ways[at]]
        parts.append(_stretch(ways[at], after[at], 1))
        length = float(np.median(np.repeat([one.length for one in parts], [len(one.look) for one in parts])))
        whole.append(Way(np.concatenate([one.look for one in parts]), np.concatenate([one.at for one in parts]), length))
    return whole


def _followers(ways: Sequence[Way], after: Sequence[_Stand | None], before: Sequence[_Stand | None]) -> dict[int, int]:
    """Per way the one that starts where it stopped, no sooner than it stopped and while it still stands; the nearest first."""
    pairs = []
    for one, stopped in enumerate(after):
        for other, starting in enumerate(before):
            if stopped is None or starting is None or one == other or ways[other].look[0] <= ways[one].look[-1]:
                continue
            away = float(np.linalg.norm(stopped.at - starting.at))
            near = max(NEAR_PX, (ways[one].length + ways[other].length) / 4)
            if away <= near and starting.until <= stopped.until + 1:
                pairs.append((away, one, other))
    follower: dict[int, int] = {}
    for _, one, other in sorted(pairs):
        if one not in follower and other not in follower.values():
            follower[one] = other
    return follower


def _stretch(way: Way, stand: _Stand | None, onward: int) -> Way:
    """The looks at which a thing stands before or after its way."""
    if stand is None:
        return _stays(way, np.zeros(2), way.look[-1], way.look[-1])
    return _stays(way, stand.at, way.look[-1], stand.until) if onward > 0 else _stays(way, stand.at, stand.until - 1, way.look[0] - 1)


def _between(one: Way, stand: _Stand | None, other: Way) -> Way:
    """The looks between two ways of a thing that stood."""
    return _stays(one, one.at[-1] if stand is None else stand.at, one.look[-1], other.look[0] - 1)


def _stays(way: Way, at: Floats, after: int, until: int) -> Way:
    looks = np.arange(after + 1, until + 1)
    return Way(looks, np.tile(at, (len(looks), 1)), way.length)


def _standing(way: Way, onward: int, looks: Sequence[Picture], plane: Sequence[Floats]) -> _Stand | None:
    """Where the thing stands beyond the end of its way (`onward` 1) or before its beginning (-1); none where nothing shows it."""
    order = slice(None, None, onward)
    passed, at = way.look[order], way.at[order]
    last, count = int(passed[-1]), len(looks)
    if not 0 <= last + onward * FEWEST_STANDING < count:
        return None
    half = int(np.clip(round(0.5 * way.length) + 1, SMALLEST_HALF, LARGEST_HALF))
    pace = np.linalg.norm(at[-1] - at[-2]) / abs(passed[-1] - passed[-2])
    thing = _chip(looks[last], plane[last], at[-1], half)
    place = _sought(thing, at[-1], last + onward, half, int(min(pace + 3, FURTHEST_PX)), looks, plane)
    if thing is None or place is None:
        return None
    clear = np.flatnonzero(np.linalg.norm(at - place, axis=1) > way.length + half)
    if not clear.size:
        return None
    gone = int(passed[clear[-1]])
    left_empty, empty = (_chip(looks[gone], plane[gone], one, half) for one in (at[-1], place))
    there = _chip(looks[last + onward], plane[last + onward], place, half)
    if left_empty is None or empty is None or there is None:
        return None
    change = _root_mean_square(there - empty)
    if change < max(LEAST_CHANGE, AS_MUCH * _root_mean_square(thing - left_empty)):
        return None
    until = last + onward
    while 0 <= until + onward < count:
        now = _chip(looks[until + onward], plane[until + onward], place, half)
        if now is None:
            break
        left = _root_mean_square(now - there)
        if left > MOST_LEFT * change or left > _root_mean_square(now - empty):
            break
        until += onward
    return _Stand(place, until) if abs(until - last) >= FEWEST_STANDING else None


def _sought(
    thing: NDArray[np.float32] | None, at: Floats, look: int, half: int, reach: int, looks: Sequence[Picture], plane: Sequence[Floats]
) -> Floats | None:
    """Where within reach the look shows the thing; none where nothing there is like it."""
    around = _chip(looks[look], plane[look], at, half + reach)
    if thing is None or around is None:
        return None
    like = cv2.matchTemplate(around, thing, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(int(like.argmax()), like.shape)
    return at + np.array((column - reach, row - reach)) if like[row, column] >= LEAST_LIKE else None


def _chip(picture: Picture, homography: Floats, at: Floats, half: int) -> NDArray[np.float32] | None:
    """The picture about a place of the plane; none where it does not show the place whole."""
    steps = np.arange(-half, half + 1)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(1, -1, 2) + at
    there = cv2.perspectiveTransform(grid, np.linalg.inv(homography))[0].astype(np.float32)
    if there.min() < 0 or (there.max(axis=0) > np.array(picture.shape[::-1]) - 1).any():
        return None
    side = 2 * half + 1
    return cv2.remap(picture, there[:, 0].reshape(side, side), there[:, 1].reshape(side, side), cv2.INTER_LINEAR).astype(np.float32)


def _root_mean_square(values: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(values**2)))
