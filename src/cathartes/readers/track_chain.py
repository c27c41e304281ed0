"""The fixes to keep: the chain through a track that is least surprising to believe, found by dynamic programming.

Going on from a fix to the next costs what is beyond a tolerable surprise. Leaving out a run of fixes has its price too, less the
surprise of the two steps that lead into it and out of it, and costs the surprise of flying over it. Only beside doubtful steps is
leaving out tried, so that an ordinary fix costs nothing. All costs are in nats (`track_surprise`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.model.samples import Floats

TOLERABLE, SURPRISING, DEAREST = 3.0, 6.0, 40.0
"""A surprise up to the first counts for nothing, up to the second only as the edge of a run, and never more than the third."""

LEFT_OUT, PER_LOST, HALF, PER_LOST_END = 7.0, 0.45, 4.5, 0.5
"""Leaving out n fixes costs `LEFT_OUT + PER_LOST * (log(n) + n / HALF)` between others, `LEFT_OUT + PER_LOST_END * n` at an end."""

ALIKE, LARGEST_SHARE = -1.0, 0.25
"""Where n fixes are off alike, up to that share of a track, what surprises among them and `ALIKE + log(n)` may stand for `n / HALF`."""

NEAR_M, SLOWEST_M_S = 30.0, 3.0
BACK = 200
MATCHING = 9.0
NEVER = 1e6
UNASKED = 2.0


@dataclass(frozen=True, eq=False)
class Flown:
    """n fixes in order, and what is known of each: seconds, Earth-centred metres, velocity there by what comes before and after it.

    Of the step from each fix to the next (the last one blank): `aside_m` beside the way expected and the velocity expected, and
    `usual`, how noisy it is there compared with the whole track. `reckoned_m` are places less dead reckoning, NaN where there is
    none; `overs` and `spans` are scale and shape of the tails of both over 1, 2, 4 … 128 steps. Two jumps that differ by `noise_m` may be
    the same, and nobody flew faster than `fastest_m_s` unseen.
    """

    utc_s: Floats
    places_m: Floats
    leaving_m_s: Floats
    arriving_m_s: Floats
    aside_m: Floats
    expected_m_s: Floats
    usual: Floats
    reckoned_m: Floats
    overs: Floats
    spans: Floats
    noise_m: float
    fastest_m_s: float


def kept(
    flown: Flown, surprise: Floats, run: Floats, turn: Floats, is_impossible: NDArray[np.bool_], is_gap: NDArray[np.bool_]
) -> NDArray[np.bool_]:  # fmt: skip
    """Which of the n fixes to believe, by the surprises of the n - 1 steps and of the turns at the n fixes; runs cannot begin or end
    inside good ones except at gaps."""
    price = np.clip(surprise - SURPRISING, 0.0, DEAREST) + run
    price[is_impossible] = np.inf
    edge = np.clip(surprise - TOLERABLE, 0.0, SURPRISING - TOLERABLE)
    turned = np.clip(turn - TOLERABLE, 0.0, DEAREST)
    doubtful = (price + edge + turned[:-1] + turned[1:] > 0) | is_gap
    return np.asarray(cheapest(*vars(flown).values(), price, edge, turned, doubtful))


@compiled
def cheapest(
    utc_s: Floats, places_m: Floats, leaving: Floats, arriving: Floats, aside_m: Floats, expected: Floats, usual: Floats,
    reckoned_m: Floats, overs: Floats, spans: Floats, noise_m: float, fastest_m_s: float, price: Floats, edge: Floats,
    turned: Floats, doubtful: NDArray[np.bool_],
) -> NDArray[np.bool_]:  # fmt: skip
    """The chain itself: for each fix the cheapest way to it, `flown` from the fix before or `landed` from one of the last doubtful ones.

    The turn at a fix is paid for only where both its steps are flown.
    """
    count = len(utc_s)
    flown, landed, previous = np.full(count, np.inf), np.full(count, np.inf), np.full(count, -1)
    paid = np.concatenate((np.zeros(1), np.cumsum(np.minimum(price, NEVER) + turned[:-1])))
    departures, known = np.empty(count, np.int64), 0
    for at in range(count):
        landed[at] = LEFT_OUT + PER_LOST_END * at if at else 0.0
        if at:
            flown[at] = min(landed[at - 1], flown[at - 1] + turned[at - 1]) + price[at - 1]
        if at and doubtful[at - 1]:
            for index in range(max(0, known - BACK), known):
                back = departures[index]
                lost = at - back - 1
                total = min(flown[back], landed[back]) + LEFT_OUT + PER_LOST * np.log(max(lost, 1)) - edge[back] - edge[at - 1]
                each, alike = PER_LOST * lost / HALF, np.inf
                if 1 < lost < LARGEST_SHARE * count:
                    alike = ALIKE + np.log(lost) + paid[at - 1] - paid[back + 2]
                if lost and total + min(each, alike) - MATCHING < min(landed[at], flown[at] + turned[at]):
                    astray = over(utc_s, places_m, leaving, arriving, usual, reckoned_m, overs, spans, fastest_m_s, back, at)
                    total += min(astray + each, alike if astray < np.inf else np.inf)
                    total -= matching(utc_s, aside_m, expected, usual, reckoned_m, noise_m, spans, back, at)
                    if total < landed[at]:
                        landed[at], previous[at] = total, back
        if at < count - 1 and doubtful[at]:
            departures[known] = at
            known += 1
    lost_at_end = count - 1 - np.arange(count)
    total = np.minimum(flown, landed) + np.where(lost_at_end > 0, LEFT_OUT + PER_LOST_END * lost_at_end, 0.0)
    return np.asarray(back_along(flown, landed, turned, previous, int(np.argmin(total))))


@compiled
def back_along(flown: Floats, landed: Floats, turned: Floats, previous: NDArray[np.int64], at: int) -> NDArray[np.bool_]:
    """The fixes of the cheapest chain that ends at this one."""
    chain = np.zeros(len(flown), np.bool_)
    is_landed = landed[at] < flown[at]
    while at >= 0:
        chain[at] = True
        if is_landed:
            at = previous[at]
            is_landed = landed[at] < flown[at]
        else:
            at -= 1
            is_landed = landed[at] < flown[at] + turned[at]
    return chain


@compiled
def over(
    utc_s: Floats, places_m: Floats, leaving: Floats, arriving: Floats, usual: Floats, reckoned_m: Floats, overs: Floats,
    spans: Floats, fastest_m_s: float, start: int, end: int,
) -> float:  # fmt: skip
    """The surprise of flying straight from one fix to a later one: by dead reckoning where that fits better."""
    seconds, way = utc_s[end] - utc_s[start], places_m[end] - places_m[start]
    if seconds < 0 or size(way) > fastest_m_s * seconds + NEAR_M:
        return np.inf
    found = 0.0
    before, after = leaving[start], arriving[end]
    if not np.isnan(before[0] + after[0]):
        cosine = np.sum(before * after) / max(size(before) * size(after), 1e-9)
        half = min(np.arccos(min(max(cosine, -1.0), 1.0)) / 2, 1.3)
        longer = np.tan(half) / half if half > 1e-6 else 1.0
        found = by_span(size(way - (before + after) / 2 * longer * seconds) / usual[start], overs, end - start)
    if not np.isnan(spans[0, 0]):
        reckoned = size(reckoned_m[end] - reckoned_m[start]) / usual[start]
        found = min(found + UNASKED, by_span(reckoned, spans, end - start))
    return max(found - UNASKED, 0.0)


@compiled
def matching(
    utc_s: Floats, aside_m: Floats, expected: Floats, usual: Floats, reckoned_m: Floats, noise_m: float, spans: Floats, start: int, end: int
) -> float:
    """How much likelier two jumps are as the two edges of one fault: an offset comes back, a clock loses the time that it won."""
    last = end - 1
    out, home = aside_m[start], aside_m[last]
    noise_m *= (usual[start] + usual[last]) / 2
    found = 2 * np.log((min(size(out), size(home)) + 1.0) / (size(out + home) + noise_m))
    lost, won = seconds_along(out, expected[start]), seconds_along(home, expected[last])
    if not np.isnan(lost + won):
        found = max(found, 1.0 + np.log(min(abs(lost), abs(won)) / (abs(lost + won) + noise_m / size(expected[start]))))
    if not np.isnan(spans[0, 0]):
        out, home = reckoned_m[start + 1] - reckoned_m[start], reckoned_m[end] - reckoned_m[last]
        moved = size(reckoned_m[end] - reckoned_m[start])
        found = max(found, 2 * np.log((min(size(out), size(home)) + 1.0) / (moved + spans[0, 0] * usual[start])))
    return float(min(max(found, 0.0), MATCHING))


@compiled
def seconds_along(jump_m: Floats, velocity_m_s: Floats) -> float:
    """How much time a jump along the way is worth; NaN where it leads aside, or nothing moves."""
    speed, along = size(velocity_m_s), np.sum(jump_m * velocity_m_s)
    if speed < SLOWEST_M_S or abs(along) <= 0.8 * size(jump_m) * speed:
        return np.nan
    return float(along / speed**2)


@compiled
def by_span(metres: float, tails: Floats, steps: int) -> float:
    """The surprise of so many metres over so many steps, by the tails for 1, 2, 4 … 128 of them."""
    low = min(int(np.log2(steps)), tails.shape[1] - 2)
    part = np.log2(steps) - low
    scale = tails[0, low] ** (1 - part) * tails[0, low + 1] ** part
    return float(beyond((metres / scale) ** tails[1, low + 1]))


@compiled
def beyond(nats: float) -> float:
    """A surprise, its tail taken for a power law beyond the rarest twentieth: real tracks have more there than a Weibull law."""
    return nats if nats <= TOLERABLE else TOLERABLE + 2 * float(np.log(nats / TOLERABLE))


@compiled
def size(vector: Floats) -> float:
    """The length of a vector of three."""
    return float((vector[0] ** 2 + vector[1] ** 2 + vector[2] ** 2) ** 0.5)
