"""Blobs linked into tracks: what moves on as a thing does, steadily, over several pictures.

Every pair of blobs in pictures near in time is a possible link. A chain of links is weighed by how much likelier it is as one
thing in steady motion than as clutter (log likelihood ratio); the likeliest chains are taken, no blob twice. Chains over which
something was lost from view longer are joined together (Hungarian assignment) by where they lead, how fast, and how they look.
Positions are in one plane, the stabilised ground. Where nearly all that moves goes twice as far as before and after, a picture was
lost from the series, and all is linked by that clock.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from cathartes.kernels import compiled
from cathartes.model.samples import Floats

FASTEST_PX, CREEPING_PX = 90.0, 20.0
"""Furthest a thing moves between two pictures; any speed up to that is as likely before anything is known, but for creeping ones."""
WOBBLE_PX, TURNING = 3.0, 0.25
"""Velocities of neighbouring links may differ by so many pixels, and by this share of the speed."""
SPREAD = 0.4
"""Standard deviation of that difference, as a share of what is allowed."""
MOST_SKIPPED = 2
"""Pictures that one link may pass over; longer absences are joined."""
NEAREST_FEW = 24
SEEN_SHARE = 0.85
"""Share of pictures in which a moving thing stands out."""
CLUTTER_REACH_PX = 60.0
LEAST_WORTH = 2.0
"""A chain is kept that is e^2 times likelier a moving thing than clutter; set, with all here, on simulated series that no figure is of."""
LEAST_LEAP_PX, FEWEST_LEAPS, MOSTLY = 10.0, 4, 0.7
"""A picture is held for lost where so many things went that far, and this share of them twice as far as steady motion has it."""
SHORTEST_TRACK = 3
"""Fewer blobs than this in a row may be chance."""
LEAST_TRAVEL_PX = 6.0
MOST_MISSED = 10
"""Pictures over which chains are joined."""
TAIL = 4
"""Sightings that tell with what velocity a chain begins and ends."""


@dataclass(frozen=True, eq=False)
class Sighting:
    """Blobs as linking sees them: arrays over all sightings, in order of pictures. `at` is (n, 2) in the stabilised plane."""

    picture: NDArray[np.int64]
    at: Floats
    area: Floats
    contrast: Floats
    whole: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Links:
    """Possible links: numbers of the two sightings, pictures between them, displacement per picture, likeness (log likelihood
    ratio of looks and of pictures passed over), clutter about the end (sightings per square pixel)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    wait: Floats
    velocity: Floats
    likeness: Floats
    clutter: Floats


def tracks(seen: Sighting, clock: NDArray[np.int64] | None = None) -> list[list[int]]:
    """Tracks as numbers of sightings, in order of pictures; sightings of no track are not there.

    `clock` tells when each picture may have been taken, if not one after another: that which leaves less unlinked is believed.
    """
    times = [_clock(seen)[seen.picture]]
    if clock is not None and not np.array_equal(clock[seen.picture], times[0]):
        times.append(clock[seen.picture])
    found = max((_linked(replace(seen, picture=one)) for one in times), key=lambda pieces: sum(len(piece) - 1 for piece in pieces))
    return [track for track in found if _moves(track, seen)]


def _linked(timed: Sighting) -> list[list[int]]:
    links = _possible(timed)
    return _joined([_along(chain, links) for chain in _chains(links, len(timed.picture))], timed)


def _clock(seen: Sighting) -> NDArray[np.int64]:
    """When each picture was taken: one after another, but two after the one before where a picture between them was lost."""
    links = _leaping(_possible(seen))
    taken = np.array([link for chain in _chains(links, len(seen.picture)) for link in chain], np.int64)
    start, end = links.start[taken], links.end[taken]
    went = np.linalg.norm(seen.at[end] - seen.at[start], axis=1)
    taken = taken[(seen.picture[end] - seen.picture[start] == 1) & (went > LEAST_LEAP_PX)]
    after, count = seen.picture[links.end[taken]], int(seen.picture.max(initial=0)) + 1
    told, leaps = np.bincount(after, minlength=count), np.bincount(after, links.wait[taken] == 2, count)
    is_lost = (told >= FEWEST_LEAPS) & (leaps >= MOSTLY * told)
    return np.arange(count) + np.cumsum(is_lost)


def _leaping(links: _Links) -> _Links:
    """The links, and again those from one picture to the next as if another had been between them."""
    far = (links.wait == 1) & (np.linalg.norm(links.velocity, axis=1) > LEAST_LEAP_PX)
    likeness = links.likeness[far] + np.log(1 - SEEN_SHARE)
    again = _Links(links.start[far], links.end[far], 2 * links.wait[far], links.velocity[far] / 2, likeness, links.clutter[far])
    return _Links(*(np.concatenate(both) for both in zip(vars(links).values(), vars(again).values(), strict=True)))


def _possible(seen: Sighting) -> _Links:
    """Links to the next pictures, from each sighting to the few nearest within reach."""
    numbers = [np.flatnonzero(seen.picture == picture) for picture in range(int(seen.picture.max(initial=-1)) + 1)]
    trees = [cKDTree(seen.at[here]) for here in numbers]
    clutter = np.empty(len(seen.picture))
    for here, tree in zip(numbers, trees, strict=True):
        clutter[here] = tree.query_ball_point(seen.at[here], CLUTTER_REACH_PX, return_length=True)
    both = [np.empty((2, 0), np.int64)]
    for step in range(1, MOST_SKIPPED + 2):
        for here, there, tree in zip(numbers, numbers[step:], trees[step:], strict=False):
            both.append(_near(seen.at[here], tree, here, there, step * FASTEST_PX))
    start, end = np.concatenate(both, axis=1)
    wait = (seen.picture[end] - seen.picture[start]).astype(np.float64)
    likeness = _likeness(seen.area[start], seen.area[end], seen.contrast[start], seen.contrast[end])
    return _Links(
        start, end, wait, (seen.at[end] - seen.at[start]) / wait[:, None], likeness + (wait - 1) * np.log(1 - SEEN_SHARE),
        clutter[end] / (np.pi * CLUTTER_REACH_PX**2),
    )  # fmt: skip


def _near(at: Floats, tree: cKDTree, here: NDArray[np.int64], there: NDArray[np.int64], reach_px: float) -> NDArray[np.int64]:
    if not len(here) or not len(there):
        return np.empty((2, 0), np.int64)
    found: tuple[Any, Any] = tree.query(at, NEAREST_FEW, distance_upper_bound=reach_px)
    away, which = found
    one, nth = np.nonzero(np.isfinite(away))
    return np.stack((here[one], there[which[one, nth]]))


def _likeness(area: Floats, other_area: Floats, contrast: Floats, other_contrast: Floats) -> Floats:
    """What size and contrast (grey levels) say for two sightings being one thing: 1 where they are alike, -3 where not at all."""
    size = np.minimum(np.abs(np.log(other_area / area)) / 2, 1.0)
    light = np.minimum(np.abs(other_contrast - contrast) / 80.0, 1.0)
    return np.asarray(1.0 - 2.0 * (size + light))


def _chains(links: _Links, count: int) -> list[list[int]]:
    """The chains that are worth it, as numbers of links, likeliest first, no sighting in two; what is left is chained again until
    nothing is."""
    by_end = np.argsort(links.end, kind="stable")
    first = np.searchsorted(links.end[by_end], np.arange(count + 1))
    speed = np.maximum(np.linalg.norm(links.velocity, axis=1), CREEPING_PX)
    begun = np.log(SEEN_SHARE / (links.clutter * 2 * np.pi * speed * FASTEST_PX * links.wait**2))
    is_free = np.ones(count, np.bool_)
    chains: list[list[int]] = []
    while True:
        worth, before = _weighed(
            links.start, links.end, links.wait, links.velocity, links.likeness, links.clutter, begun, by_end, first, is_free
        )
        taken = len(chains)
        for link in np.argsort(-worth, kind="stable").tolist():
            if worth[link] < LEAST_WORTH:
                break
            chain = _traced(link, before)
            along = _along(chain, links)
            if is_free[along].all():
                is_free[along] = False
                chains.append(chain)
        if len(chains) == taken:
            return chains


def _traced(link: int, before: NDArray[np.int64]) -> list[int]:
    """Links of the chain that ends with `link`."""
    chain = []
    while link >= 0:
        chain.append(link)
        link = int(before[link])
    return chain[::-1]


def _along(chain: list[int], links: _Links) -> list[int]:
    """Sightings of a chain."""
    return [int(links.start[chain[0]]), *links.end[chain].tolist()]


@compiled
def _weighed(start, end, wait, velocity, likeness, clutter, begun, by_end, first, is_free):  # type: ignore[no-untyped-def]
    """Per link the worth of the best chain that ends with it, and the link before it in that chain (-1 where it begins).

    A velocity that changes by less than is allowed is normal about the one before; clutter would be anywhere (Viterbi).
    """
    worth, before = np.full(len(start), -np.inf), np.full(len(start), -1)
    # `by_end` is in order of pictures, since sightings are: a link's forerunners are weighed before it.
    for link in by_end:
        if not (is_free[start[link]] and is_free[end[link]]):
            continue
        best, speed = begun[link], np.hypot(velocity[link, 0], velocity[link, 1])
        for place in range(first[start[link]], first[start[link] + 1]):
            other = by_end[place]
            allowed = WOBBLE_PX + TURNING * 0.5 * (speed + np.hypot(velocity[other, 0], velocity[other, 1]))
            change = np.hypot(velocity[other, 0] - velocity[link, 0], velocity[other, 1] - velocity[link, 1])
            if change > allowed:
                continue
            spread = SPREAD * allowed
            expected = SEEN_SHARE / (2 * np.pi * (spread * wait[link]) ** 2)
            value = worth[other] + np.log(expected / clutter[link]) - 0.5 * (change / spread) ** 2
            if value > best:
                best, before[link] = value, other
        worth[link] = best + likeness[link]
    return worth, before


def _joined(pieces: list[list[int]], seen: Sighting) -> list[list[int]]:
    """Pieces joined over missed pictures, each to at most one before and one after, so that the whole is likeliest."""
    if len(pieces) < 2:
        return pieces
    worth = _joint_worth(pieces, seen)
    chosen = zip(*linear_sum_assignment(-np.maximum(worth, 0.0)), strict=True)
    after = {int(one): int(other) for one, other in chosen if worth[one, other] > 0}
    joined = []
    for head in sorted(set(range(len(pieces))) - set(after.values())):
        whole, at = list(pieces[head]), head
        while at in after:
            at = after[at]
            whole += pieces[at]
        joined.append(whole)
    return joined


def _joint_worth(pieces: list[list[int]], seen: Sighting) -> Floats:
    """How much likelier (log) each piece goes on in each other than that the other began by chance there; -inf where it cannot.

    Where it leads is normal about the mean of both velocities, with a spread that grows with wait and speed; so is the change of velocity.
    """
    tail, head = np.array([piece[-1] for piece in pieces]), np.array([piece[0] for piece in pieces])
    leaving, coming = (np.array([_velocity(piece[part], seen) for piece in pieces]) for part in (slice(-TAIL, None), slice(TAIL)))
    ground = np.maximum(np.ptp(seen.at, axis=0), FASTEST_PX).prod()
    begun = len(pieces) * (MOST_MISSED + 1) / (ground * np.ptp(seen.picture))
    wait = seen.picture[head][None, :] - seen.picture[tail][:, None]
    one, other = np.nonzero((wait > 0) & (wait <= MOST_MISSED + 1))
    speed = np.maximum(np.linalg.norm(leaving[one], axis=1), np.linalg.norm(coming[other], axis=1))
    off = seen.at[head[other]] - seen.at[tail[one]] - wait[one, other, None] * (leaving[one] + coming[other]) / 2
    spread, change_spread = 2.0 + 0.12 * speed * wait[one, other], 2.0 + 0.15 * speed
    by_place = -np.log(2 * np.pi * spread**2 * begun) - (off**2).sum(axis=1) / (2 * spread**2)
    change = ((leaving[one] - coming[other]) ** 2).sum(axis=1)
    by_velocity = np.log(FASTEST_PX**2 / (2 * change_spread**2)) - change / (2 * change_spread**2)
    area, contrast = (np.array([np.median(values[piece]) for piece in pieces]) for values in (seen.area, seen.contrast))
    worth = np.full(wait.shape, -np.inf)
    worth[one, other] = by_place + by_velocity + _likeness(area[one], area[other], contrast[one], contrast[other])
    return worth


def _velocity(piece: list[int], seen: Sighting) -> Floats:
    """Pixels per picture over a few sightings."""
    if len(piece) < 2:
        return np.zeros(2)
    time = float(seen.picture[piece[-1]] - seen.picture[piece[0]])
    return np.asarray((seen.at[piece[-1]] - seen.at[piece[0]]) / time)


def _moves(track: list[int], seen: Sighting) -> bool:
    """Whether the track is long enough, goes somewhere, and does not tremble about one place."""
    if seen.whole[track].sum() < max(SHORTEST_TRACK, len(track) / 2):
        return False
    at = seen.at[track]
    far = float(np.linalg.norm(at - at[0], axis=1).max())
    path = float(np.linalg.norm(np.diff(at, axis=0), axis=1).sum())
    return far >= LEAST_TRAVEL_PX and far > 0.4 * path
