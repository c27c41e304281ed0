"""Stretches of a track that one fault of a known shape explains better than a flight that bends so: by their edges and what it saves.

Every pair of doubtful fixes is tried as the two true ones around a fault (`track_faults`). What a pair saves counts beyond a price,
and beyond what is usual on this very track, by all but the worst seventh of its stretches.
"""

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.model.samples import Floats
from cathartes.readers.track_bends import Bends, mirrored
from cathartes.readers.track_faults import (
    LATES_S,
    Path,
    Room,
    at_edges,
    carried_off_saves,
    drift_saves,
    edge_at,
    late_saves,
    offset_saves,
    path_of,
    turned_saves,
)
from cathartes.readers.track_reckoning import EXCEEDED, STRETCHES

LONGEST, SHORTEST, FEWEST, SHORT = 130, 4, 12, 3000
LEAST, REST, QUIET = 8.0, 3.0, 14.0
"""What saves less counts for nothing (more is asked of more than `SHORT` fixes); so much is left at the edges of a track put right; a fix
that bends by so much more is no true one."""

BENT, JUMPED = 0.25, 0.5
"""Faults begin and end at a bend that has such a share of the least nats, or by a step that has such a share at both its ends."""

PRICE, PER_FIX, BEYOND = 12.0, 0.05, 4.0
"""A fault must save more than `PRICE`, and so much more than is usual, and `PER_FIX` for each fix."""

Bools = NDArray[np.bool_]
Found = tuple[NDArray[np.int64], NDArray[np.int64], Floats]


def explained(utc_s: Floats, bends: Bends) -> Found:
    """The last true fix before each fault, the first one after it, and the nats that it saves beyond its price; by the latter fix."""
    if len(utc_s) < FEWEST or not (bends.sigma_m[0] < np.inf).any():
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    path = path_of(utc_s, bends)
    least = LEAST + 2 * max(float(np.log(len(utc_s) / SHORT)), 0.0)
    bent, jumped = path.nats > BENT * least, path.nats[:-1] + path.nats[1:] > JUMPED * least
    late = np.full((np.count_nonzero(jumped), len(LATES_S)), np.nan)
    first, last, saved = search(path, path_of(-utc_s[::-1], mirrored(bends)), bent, jumped, (late, late.copy()), least)
    saved -= PER_FIX * (last - first - 1)
    most = np.zeros(STRETCHES)
    np.maximum.at(most, first * STRETCHES // len(utc_s), saved)
    saved -= max(PRICE, float(np.quantile(most, EXCEEDED)) + BEYOND)
    return first[saved > 0], last[saved > 0], saved[saved > 0]


@compiled
def search(path: Path, back: Path, bent: Bools, jumped: Bools, late: tuple[Floats, Floats], least: float) -> Found:
    """All pairs of fixes that a fault might lie between, and the nats that the best one saves; `bent` at fixes, `jumped` over steps.

    Beyond its two true fixes the track is quiet: a wild one is none of them.
    """
    room, row = Room(path.way_m.copy(), path.bends.rate.copy()), np.cumsum(jumped) - 1
    firsts, lasts, saved, quiet = [0], [0], [0.0], path.nats < least + QUIET
    for last in range(SHORTEST, len(path.utc_s) - 3):
        if not quiet[last + 1] or not (bent[last] or jumped[last - 1]):
            continue
        home = edge_at(path, last, last - 1)
        for first in range(max(3, last - LONGEST), last - SHORTEST + 1):
            edges, asked = (first, last), least + PER_FIX * (last - first - 1)
            told, drifts = at_edges(path, edges) > asked + REST, bent[first] and bent[last]
            if not quiet[first - 1] or not (told or drifts) or path.utc_s[last] <= path.utc_s[first]:
                continue
            out, best = edge_at(path, first, first), 0.0
            if drifts:
                best = drift_saves(path, edges, out, home, room, asked + REST)
            if told and bent[first] and jumped[last - 1]:
                best = max(best, carried_off_saves(path, edges, out, home, room, asked + REST))
                best = max(best, turned_saves(path, edges, home, room, asked + REST))
            if told and jumped[first] and jumped[last - 1]:
                best = max(best, offset_saves(path, edges, out, home, room, asked + REST))
                best = max(best, late_saves(path, back, edges, (late[0][row[first]], late[1][row[last - 1]])))
            if best > asked:
                firsts.append(first)
                lasts.append(last)
                saved.append(best)
    return np.array(firsts)[1:], np.array(lasts)[1:], np.array(saved)[1:]
