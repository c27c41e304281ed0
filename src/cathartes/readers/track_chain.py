"""The fixes to keep: the chain through a track that is least surprising to believe, found by dynamic programming.

Going on from a fix to the next costs what is beyond a tolerable surprise of the bend there and of the step. Leaving out a run of fixes
has its price, and saves the bends at its edges; it costs what is surprising about flying over it. Only beside doubtful steps is
leaving out tried, so that an ordinary fix costs nothing. All costs are in nats (`track_surprise`).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.model.samples import Floats
from cathartes.readers.track_bends import Bends, bent_ends, surprise_over
from cathartes.readers.track_explained import Found, explained

TOLERABLE_BEND, TOLERABLE_STEP, DOUBTFUL = 1.5, 3.0, 3.0
"""Surprises up to these count for nothing; a run may begin or end beside what is doubtful."""

LEFT_OUT, PER_LOST, PER_LOST_END = 10.5, 0.05, 0.5
"""Leaving out n fixes costs `LEFT_OUT + PER_LOST * n` between others, `LEFT_OUT + PER_LOST_END * n` at an end."""

ODD, PER_ODD, LARGEST_SHARE = 2.0, 0.4, 0.25
"""Inside a run of n fixes what surprises is paid for, or `ODD + PER_ODD * n`: it need not be flown as the rest is. No run is longer
than that share of a track."""

SOFT_END = 5.0
"""A false path may leave the true one unseen; that it comes back unseen, having left it by a jump, is so much less likely."""

NEAR_M = 30.0
BACK = 200
NEVER = 1e6
UNASKED = 2.0


class Flown(NamedTuple):
    """n fixes in order, and what is known of them: seconds, Earth-centred metres, bends.

    `reckoned_m` are places less dead reckoning, NaN where there is none; `reckoned_sigma_m` is the sigma of each step's error (n - 1) and
    `spans` are scale in sigmas and freedoms of it over 1, 2, 4 … 128 steps. Nobody flew faster than `fastest_m_s` unseen.
    """

    utc_s: Floats
    places_m: Floats
    bends: Bends
    reckoned_m: Floats
    reckoned_sigma_m: Floats
    spans: Floats
    fastest_m_s: float


def kept(flown: Flown, surprise: Floats, lasting: Floats, is_impossible: NDArray[np.bool_], is_gap: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the n fixes to believe, by the surprises of the n - 1 steps and by the bends; runs begin and end where there is doubt."""
    price = np.maximum(surprise - TOLERABLE_STEP, 0.0) + lasting
    bent = np.maximum(flown.bends.surprise - TOLERABLE_BEND, 0.0)
    alone = bent.copy()
    # What reported velocities tell of a step is not paid for a second time in the bends beside it.
    bent[1:-1] = np.maximum(bent[1:-1] - np.maximum(price[1:], price[:-1]), 0.0)
    doubtful = (np.maximum(flown.bends.surprise[1:], flown.bends.surprise[:-1]) > DOUBTFUL) | (price > 0) | is_gap | is_impossible
    price[is_impossible] = np.inf
    return np.asarray(cheapest(flown, price, bent, doubtful, alone, explained(flown.utc_s, flown.bends)))


@compiled
def cheapest(flown: Flown, price: Floats, bent: Floats, doubtful: NDArray[np.bool_], alone: Floats, faults: Found) -> NDArray[np.bool_]:
    """The chain itself: for each fix the cheapest way to it, `going` from the fix before or `landed` from one of the last doubtful ones.

    The bend at a fix is paid for only where both its steps are flown.
    """
    count = len(flown.utc_s)
    going, landed, previous = np.full(count, np.inf), np.full(count, np.inf), np.full(count, -1)
    paid = np.concatenate((np.zeros(1), np.cumsum(np.minimum(price, NEVER) + bent[:-1])))
    departures, known = np.empty(count, np.int64), 0
    # A fault that explains how the track bends leaves the other surprises inside to be paid for.
    bent_up_to = np.concatenate((np.zeros(1), np.cumsum(alone[:-1])))
    stepped_up_to = np.concatenate((np.zeros(1), np.cumsum(np.where(price < np.inf, price, 0.0))))
    (firsts, lasts, saved), fault = faults, 0
    for at in range(count):
        landed[at] = LEFT_OUT + PER_LOST_END * at if at else 0.0
        if at:
            going[at] = min(landed[at - 1], going[at - 1] + bent[at - 1]) + price[at - 1]
        if at and doubtful[at - 1]:
            for index in range(max(0, known - BACK), known):
                back = departures[index]
                if not 1 < at - back <= LARGEST_SHARE * count + 1:
                    continue
                total = min(going[back], landed[back]) + price_of_run(price, bent, paid, back, at)
                if total < min(landed[at], going[at] + bent[at]):
                    total += over(flown, back, at)
                    if total < landed[at]:
                        landed[at], previous[at] = total, back
        while fault < len(lasts) and lasts[fault] == at:
            back = firsts[fault]
            lost = at - back - 1
            if lost <= LARGEST_SHARE * count:
                total = min(going[back], landed[back]) + bent_up_to[at] - bent_up_to[back] + alone[at] - saved[fault]
                total += min(stepped_up_to[at - 1] - stepped_up_to[back + 1], ODD + PER_ODD * lost)
                if total < landed[at]:
                    landed[at], previous[at] = total, back
            fault += 1
        if at < count - 1 and doubtful[at]:
            departures[known] = at
            known += 1
    lost_at_end = count - 1 - np.arange(count)
    total = np.minimum(going, landed) + np.where(lost_at_end > 0, LEFT_OUT + PER_LOST_END * lost_at_end, 0.0)
    return np.asarray(back_along(going, landed, bent, previous, int(np.argmin(total))))


@compiled
def price_of_run(price: Floats, bent: Floats, paid: Floats, back: int, at: int) -> float:
    """What leaving out all between two fixes costs by itself: by number, by what surprises inside, and by a beginning without an end."""
    lost = at - back - 1
    inside = min(paid[at - 1] - paid[back + 2], ODD + PER_ODD * lost) if lost > 1 else 0.0
    begins, ends = bent[back] + bent[back + 1] + price[back], bent[at - 1] + bent[at] + price[at - 1]
    return float(LEFT_OUT + PER_LOST * lost + inside + max(min(begins, SOFT_END) - ends, 0.0))


@compiled
def back_along(going: Floats, landed: Floats, bent: Floats, previous: NDArray[np.int64], at: int) -> NDArray[np.bool_]:
    """The fixes of the cheapest chain that ends at this one."""
    chain = np.zeros(len(going), np.bool_)
    is_landed = landed[at] < going[at]
    while at >= 0:
        chain[at] = True
        if is_landed:
            at = previous[at]
            is_landed = landed[at] < going[at]
        else:
            at -= 1
            is_landed = landed[at] < going[at] + bent[at]
    return chain


@compiled
def over(flown: Flown, start: int, end: int) -> float:
    """The surprise of flying straight from one fix to a later one: by dead reckoning where there is any, else by the bends at both ends."""
    seconds, way_m = flown.utc_s[end] - flown.utc_s[start], flown.places_m[end] - flown.places_m[start]
    if seconds < 0 or size(way_m) > flown.fastest_m_s * seconds + NEAR_M:
        return np.inf
    if not np.isnan(flown.spans[0, 0]):
        off_m = size(flown.reckoned_m[end] - flown.reckoned_m[start])
        return float(max(surprise_over(off_m / flown.reckoned_sigma_m[start], flown.spans, end - start) - UNASKED, 0.0))
    first, last = bent_ends(flown.bends, flown.utc_s, flown.places_m, start, end)
    out, home = surprise_over(first, flown.bends.laws, end - start), surprise_over(last, flown.bends.laws, end - start)
    return float(max(out - TOLERABLE_BEND, 0.0) + max(home - TOLERABLE_BEND, 0.0))


@compiled
def size(vector: Floats) -> float:
    """The length of a vector of three."""
    return float((vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2) ** 0.5)
