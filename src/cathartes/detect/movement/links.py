"""Blobs linked into tracks: what moves on as a thing does, steadily, over several pictures.

Every pair of blobs in neighbouring pictures is a possible link. A link's worth is the longest smooth chain of links that it lies
on; links are taken in order of worth, one from and one to each blob, and pieces are joined over misses together (Hungarian
assignment). Blobs that are on no chain are noise. Positions are in one plane, the stabilised ground.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from cathartes.kernels import compiled
from cathartes.model.samples import Floats

FASTEST_PX = 45.0
"""Furthest a thing moves between two pictures."""
WOBBLE_PX, TURNING = 3.0, 0.25
"""Velocities of neighbouring links may differ by so many pixels, and by this share of the speed."""
LONGEST_CHAIN = 8
MISS_COST = 0.5
"""What a missed picture takes from a link's worth, as much as a quarter of a step."""
LEAST_WORTH = 1.8
SHORTEST_TRACK = 3
"""Fewer blobs than this in a row may be chance."""
LEAST_TRAVEL_PX = 6.0
MOST_MISSED = 5


@dataclass(frozen=True, eq=False)
class Sighting:
    """One blob of one picture as linking sees it: arrays over all pictures. `at` is (n, 2) in the stabilised plane."""

    picture: NDArray[np.int64]
    at: Floats
    area: Floats
    contrast: Floats


@dataclass(frozen=True, eq=False)
class _Links:
    """Possible links: numbers of the two sightings, their displacement, and how unlike the two are (0 alike)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    velocity: Floats
    unlike: Floats


def tracks(seen: Sighting) -> list[list[int]]:
    """Tracks as numbers of sightings, in order of pictures; sightings of no track are not there."""
    links = _possible(seen)
    if not len(links.start):
        return []
    worth = _worth(links, len(seen.picture))
    chosen = _chosen(links, worth)
    pieces = _strung(chosen, len(seen.picture))
    joined = _joined(pieces, seen)
    return [track for track in joined if _moves(track, seen)]


def _possible(seen: Sighting) -> _Links:
    """Links to the next picture and, over one miss, to the one after; displacements are per picture."""
    last = int(seen.picture.max(initial=-1))
    numbers = [np.flatnonzero(seen.picture == picture) for picture in range(last + 1)]
    pairs = [_near(seen, numbers[at], numbers[at + step], step) for step in (1, 2) for at in range(last + 1 - step)]
    both = np.concatenate([np.empty((2, 0), np.int64), *pairs], axis=1)
    start, end = both[0], both[1]
    wait = (seen.picture[end] - seen.picture[start]).astype(np.float64)
    area = np.abs(np.log(seen.area[end] / seen.area[start])) / 2
    light = np.abs(seen.contrast[end] - seen.contrast[start]) / 80.0
    unlike = np.minimum(area, 1.0) + np.minimum(light, 1.0)
    return _Links(start, end, (seen.at[end] - seen.at[start]) / wait[:, None], np.where(wait > 1, MISS_COST + unlike, unlike))


def _near(seen: Sighting, here: NDArray[np.int64], there: NDArray[np.int64], step: int) -> NDArray[np.int64]:
    if not len(here) or not len(there):
        return np.empty((2, 0), np.int64)
    near: Any = cKDTree(seen.at[there]).query_ball_point(seen.at[here], step * FASTEST_PX)
    return np.array([(one, there[other]) for one, found in zip(here, near, strict=True) for other in found], np.int64).reshape(-1, 2).T


def _worth(links: _Links, count: int) -> Floats:
    """Per link, the value of the best smooth chain through it, each step worth 1 less what is unlike and unsteady about it."""
    own = 1.0 - 0.5 * links.unlike
    after = _chain(own, links.velocity, links.end, *_by_node(links.start, count))
    before = _chain(own, links.velocity, links.start, *_by_node(links.end, count))
    return np.asarray(after + before - own)


def _by_node(nodes: NDArray[np.int64], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Links in order of their node, and where each node's begin in that order."""
    return np.argsort(nodes, kind="stable"), np.searchsorted(np.sort(nodes), np.arange(count + 1))


def _chain(own: Floats, velocity: Floats, node: NDArray[np.int64], order: NDArray[np.int64], first: NDArray[np.int64]) -> Floats:
    """Value of the best chain that begins with each link and leads away over its node."""
    value = own.copy()
    for _ in range(LONGEST_CHAIN // 2):
        value = own + _best_next(value, velocity, node, order, first, WOBBLE_PX, TURNING)
    return value


@compiled
def _best_next(value, velocity, node, order, first, wobble, turning):  # type: ignore[no-untyped-def]
    """The best value among the links at each link's node that go on smoothly."""
    best = np.zeros(len(value))
    for link in range(len(value)):
        speed = np.sqrt(velocity[link, 0] ** 2 + velocity[link, 1] ** 2)
        allowed = wobble + turning * speed
        for place in range(first[node[link]], first[node[link] + 1]):
            other = order[place]
            change = np.sqrt((velocity[other, 0] - velocity[link, 0]) ** 2 + (velocity[other, 1] - velocity[link, 1]) ** 2)
            if change < allowed:
                best[link] = max(best[link], value[other] * np.sqrt(1.0 - (change / allowed) ** 2))
    return best


def _chosen(links: _Links, worth: Floats) -> NDArray[np.int64]:
    """Links taken in order of their worth, as long as no sighting is left or reached twice."""
    chosen, left, reached = [], set(), set()
    for link in np.argsort(-worth, kind="stable").tolist():
        start, end = int(links.start[link]), int(links.end[link])
        if worth[link] < LEAST_WORTH:
            break
        if start not in left and end not in reached:
            left.add(start)
            reached.add(end)
            chosen.append((start, end))
    return np.array(chosen, np.int64).reshape(-1, 2)


def _strung(chosen: NDArray[np.int64], count: int) -> list[list[int]]:
    """Chosen links strung together."""
    following = np.full(count, -1, np.int64)
    following[chosen[:, 0]] = chosen[:, 1]
    heads = np.setdiff1d(chosen[:, 0], chosen[:, 1])
    pieces = []
    for head in heads.tolist():
        piece = [head]
        while (after := int(following[piece[-1]])) >= 0:
            piece.append(after)
        pieces.append(piece)
    return pieces


def _joined(pieces: list[list[int]], seen: Sighting) -> list[list[int]]:
    """Pieces joined over a few missed pictures, where the second begins about where the first was going."""
    pieces = sorted(pieces, key=lambda piece: int(seen.picture[piece[0]]))
    cost = np.full((len(pieces), len(pieces)), np.inf)
    for one, other in _near_in_time(pieces, seen):
        off, allowed = _gap(pieces[one], pieces[other], seen)
        if off < allowed:
            cost[one, other] = off / allowed
    finite = np.where(np.isfinite(cost), cost - 2.0, 0.0)
    links = {int(one): int(other) for one, other in zip(*linear_sum_assignment(finite), strict=True) if finite[one, other] < 0}
    heads = [number for number in range(len(pieces)) if number not in links.values()]
    joined = []
    for head in heads:
        whole, at = list(pieces[head]), head
        while at in links:
            at = links[at]
            whole += pieces[at]
        joined.append(whole)
    return joined


def _near_in_time(pieces: list[list[int]], seen: Sighting) -> list[tuple[int, int]]:
    first = np.array([seen.picture[piece[0]] for piece in pieces])
    last = np.array([seen.picture[piece[-1]] for piece in pieces])
    wait = first[None, :] - last[:, None]
    return [(int(one), int(other)) for one, other in np.argwhere((wait > 1) & (wait <= MOST_MISSED + 1))]


def _gap(one: list[int], other: list[int], seen: Sighting) -> tuple[float, float]:
    """How far the second piece begins from where the first leads, and how far it may."""
    wait = float(seen.picture[other[0]] - seen.picture[one[-1]])
    leaving, coming = _velocity(one[-3:], seen), _velocity(other[:3], seen)
    expected = seen.at[one[-1]] + wait * (leaving + coming) / 2
    speed = float(np.linalg.norm(leaving))
    change = float(np.linalg.norm(leaving - coming))
    if change > 2 * WOBBLE_PX + TURNING * speed * wait:
        return np.inf, 1.0
    return float(np.linalg.norm(seen.at[other[0]] - expected)), wait * (WOBBLE_PX + 0.5 * TURNING * speed)


def _velocity(piece: list[int], seen: Sighting) -> Floats:
    """Pixels per picture over a few sightings."""
    if len(piece) < 2:
        return np.zeros(2)
    time = float(seen.picture[piece[-1]] - seen.picture[piece[0]])
    return np.asarray((seen.at[piece[-1]] - seen.at[piece[0]]) / time)


def _moves(track: list[int], seen: Sighting) -> bool:
    """Whether the track is long enough, goes somewhere, and does not tremble about one place."""
    if len(track) < SHORTEST_TRACK:
        return False
    at = seen.at[track]
    far = float(np.linalg.norm(at - at[0], axis=1).max())
    path = float(np.linalg.norm(np.diff(at, axis=0), axis=1).sum())
    return far >= LEAST_TRAVEL_PX and far > 0.4 * path
