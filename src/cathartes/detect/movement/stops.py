"""Vehicles that stop: to a difference they are gone, but the picture of the place still shows them.

Where a chain ends, the thing's own picture is followed a little further on, to where it stays. It stands there for as long as the place
looks more like it did with the thing on it than like it did before the thing came, and through what passes over it; where a chain
begins, the same backwards. A chain that ends where another begins, with the thing standing there in between, is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.difference import NEIGHBOURS
from cathartes.detect.movement.links import MOST_MISSED
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
STILL_PX = 2
"""What is found nearer than this to where it was a look before stands."""
NEAR_PX = 3.0
"""Two chains stop at one place when nearer than this or their mean length: no two stand in one place."""


@dataclass(frozen=True, eq=False)
class Way:
    """The looks at which a thing was seen and where (n, 2; column and row in the stabilised plane); its length in pixels."""

    look: NDArray[np.int64]
    at: Floats
    length: float


@dataclass(frozen=True, eq=False)
class _Stand:
    """Where a thing stands, and the first and last look (in the direction looked in) at which it does."""

    at: Floats
    since: int
    until: int


def with_stops(ways: Sequence[Way], looks: Sequence[Picture], plane: Sequence[Floats]) -> list[Way]:
    """The ways with the looks at which their things stand, joined where one starts from where another stopped."""
    after = [_standing(way, 1, looks, plane) for way in ways]
    before = [_standing(way, -1, looks, plane) for way in ways]
    follower = _followers(ways, after, before)
    whole = []
    for head in sorted(set(range(len(ways))) - {other for other, _ in follower.values()}):
        at, parts = head, [_stretch(ways[head], before[head], -1), ways[head]]
        while at in follower:
            at, between = follower[at]
            parts += [between, ways[at]]
        parts.append(_stretch(ways[at], after[at], 1))
        length = float(np.median(np.repeat([one.length for one in parts], [len(one.look) for one in parts])))
        whole.append(Way(np.concatenate([one.look for one in parts]), np.concatenate([one.at for one in parts]), length))
    return whole


def _followers(ways: Sequence[Way], after: Sequence[_Stand | None], before: Sequence[_Stand | None]) -> dict[int, tuple[int, Way]]:
    """Per way the one that starts where it stopped, no sooner than it stopped and while it still stands, and the looks between them; the
    nearest first."""
    pairs = []
    for one, stopped in enumerate(after):
        for other, starting in enumerate(before):
            if stopped is None or starting is None or one == other or ways[other].look[0] <= ways[one].look[-1]:
                continue
            away = float(np.linalg.norm(stopped.at - starting.at))
            near = max(NEAR_PX, (ways[one].length + ways[other].length) / 2)
            if away <= near and starting.until <= stopped.until + 1:
                pairs.append((away, one, other, _stays(ways[one], starting.at, stopped.since, starting.since)))
    follower: dict[int, tuple[int, Way]] = {}
    for _, one, other, between in sorted(pairs, key=lambda pair: pair[:3]):
        if one not in follower and all(other != taken for taken, _ in follower.values()):
            follower[one] = (other, between)
    return follower


def _stretch(way: Way, stand: _Stand | None, onward: int) -> Way:
    """The looks at which a thing stands before or after its way."""
    if stand is None:
        return _stays(way, np.zeros(2), 0, -1)
    return _stays(way, stand.at, stand.since, stand.until) if onward > 0 else _stays(way, stand.at, stand.until, stand.since)


def _stays(way: Way, at: Floats, first: int, last: int) -> Way:
    looks = np.arange(first, last + 1)
    return Way(looks, np.tile(at, (len(looks), 1)), way.length)


def _standing(way: Way, onward: int, looks: Sequence[Picture], plane: Sequence[Floats]) -> _Stand | None:
    """Where the thing stands beyond the end of its way (`onward` 1) or before its beginning (-1); none where nothing shows it."""
    order = slice(None, None, onward)
    passed, at = way.look[order], way.at[order]
    last = int(passed[-1])
    beyond = range(last + onward, len(looks) if onward > 0 else -1, onward)
    if len(beyond) < FEWEST_STANDING:
        return None
    half = int(np.clip(round(0.5 * way.length) + 1, SMALLEST_HALF, LARGEST_HALF))
    pace = np.linalg.norm(at[-1] - at[-2]) / abs(passed[-1] - passed[-2])
    thing = _chip(looks[last], plane[last], at[-1], half)
    halt = None if thing is None else _halt(thing, at[-1], beyond[:NEIGHBOURS], int(min(pace + 3, FURTHEST_PX)), looks, plane)
    if thing is None or halt is None:
        return None
    place, since = halt
    clear = np.flatnonzero(np.linalg.norm(at - place, axis=1) > way.length + half)
    if not clear.size:
        return None
    gone = int(passed[clear[-1]])
    left_empty, empty = (_chip(looks[gone], plane[gone], one, half) for one in (at[-1], place))
    there = _chip(looks[since], plane[since], place, half)
    if left_empty is None or empty is None or there is None:
        return None
    change = _root_mean_square(there - empty)
    if change < max(LEAST_CHANGE, AS_MUCH * _root_mean_square(thing - left_empty), _root_mean_square(there - thing) / MOST_LEFT):
        return None
    until = since
    for look in beyond[beyond.index(since) :]:
        now = _chip(looks[look], plane[look], place, half)
        if now is None or abs(look - until) > MOST_MISSED + 1:
            break
        to_there, to_empty = _root_mean_square(now - there), _root_mean_square(now - empty)
        if min(to_there, to_empty) > MOST_LEFT * change:
            continue  # something passes over it
        if to_empty < to_there:
            break
        until = look
    return _Stand(place, since, until) if abs(until - since) + 1 >= FEWEST_STANDING else None


def _halt(
    thing: NDArray[np.float32], at: Floats, beyond: range, reach: int, looks: Sequence[Picture], plane: Sequence[Floats]
) -> tuple[Floats, int] | None:
    """Where the thing, followed from look to look, stays, and from which look on; none where it is lost or goes on."""
    came: int | None = None
    for look in beyond:
        step = _step(thing, at, STILL_PX, looks[look], plane[look])
        if step is not None and np.abs(step).max() < STILL_PX:
            return at + step, look if came is None else came
        step = _step(thing, at, reach, looks[look], plane[look])
        if step is None:
            return None
        at, came = at + step, look
    return None


def _step(thing: NDArray[np.float32], at: Floats, reach: int, look: Picture, homography: Floats) -> Floats | None:
    """How far from a place and within reach the look shows the thing; none where nothing there is like it."""
    around = _chip(look, homography, at, len(thing) // 2 + reach)
    if around is None:
        return None
    like = cv2.matchTemplate(around, thing, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(int(like.argmax()), like.shape)
    return np.array((column - reach, row - reach), float) if like[row, column] >= LEAST_LIKE else None


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
