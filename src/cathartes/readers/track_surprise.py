"""How surprising each step of a track is, in nats, by what is usual on this very track: no aircraft, sensor or rate is assumed.

Every measure of a step (metres beside the way expected, metres too far, a change of speed) is divided by what is usual around it,
and the tail of all of them is taken for a Weibull law through its median and its rarer quantiles: the surprise of a value is minus
the logarithm of the chance to exceed it. Where speed and course are reported, the places less the way these add up to (dead
reckoning) show slow drifts as well. docs/explanation/airspace.md tells the method.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter1d, median_filter, uniform_filter1d

from cathartes.model.samples import Floats
from cathartes.readers.track_chain import TOLERABLE, Flown

CLOSE_S = 60.0
"""Fixes further apart say nothing about each other's velocity."""

MANOEUVRE_M_S2 = 3.0
"""A change of velocity that never surprises: a turn banked by 17 degrees, begun between two fixes."""

NOISE_M = 10.0
"""Positions this far off are ordinary."""

USUAL = 41
STILL = 0.2
FEWEST = 30
SHARPEST_TURN = np.radians(75)
SHAPES = (0.3, 2.0)
RARE, RARE_OF_RUNS = (0.9, 0.97), (0.9,)
"""Quantiles that set a tail. Long faults reach into the rarest values of what is measured against reported velocities."""

RUNS, RUN_NATS = (4, 8, 16, 32), 7.0
MEANS, MEAN_NATS, MOST_NATS = (4, 8, 16), 2.0, 8.0
SPANS = 2 ** np.arange(8)
ENOUGH = 20_000


@dataclass(frozen=True)
class Tail:
    """A Weibull law: the chance to exceed x is exp(-(x / scale) ** shape)."""

    scale: float
    shape: float

    def surprise(self, values: Floats) -> Floats:
        """Minus the logarithm of the chance to exceed each value."""
        return np.asarray((values / self.scale) ** self.shape)


@dataclass(frozen=True, eq=False)
class Reckoned:
    """What reported velocities add up to: each step less the way they expect (m x 3), its length (NaN where they are not known), and
    how much faster it was than both of its ends report, in metres."""

    step_m: Floats
    away_m: Floats
    too_far_m: Floats


def surprises_of(utc_s: Floats, places_m: Floats, reported_m_s: Floats, tick_s: float) -> tuple[Flown, Floats, Floats]:
    """What is known of n fixes in order, the surprise of each step, and that of the run of steps around it, per step (n - 1 each).

    Takes seconds, Earth-centred metres (n x 3) and velocities reported (n x 3, or NaN).
    """
    seconds = np.maximum(np.diff(utc_s), tick_s)
    steps_m = np.diff(places_m, axis=0)
    velocity = np.where((seconds <= CLOSE_S)[:, None], steps_m / seconds[:, None], np.nan)
    unknown = np.full((1, 3), np.nan)
    before, after = np.concatenate((unknown, velocity)), np.concatenate((velocity, unknown))
    aside_m = least_aside(steps_m, before[:-1], after[1:], seconds)
    aside_m[seconds > CLOSE_S] = np.nan
    away_m = size(aside_m)
    by_steps = by_neighbours(seconds, velocity, away_m)
    by_report, run, reckoned_m = np.zeros(len(seconds)), np.zeros(len(seconds)), np.full_like(places_m, np.nan)
    reckoned = reckoned_by(steps_m, reported_m_s, seconds)
    if np.count_nonzero(np.isfinite(reckoned.away_m)) > FEWEST:
        longer = np.maximum(seconds / np.median(seconds), 1.0)
        measures = (reckoned.away_m / longer, reckoned.too_far_m)
        by_report = np.max([surprise(measure, 1.5, RARE_OF_RUNS) for measure in measures], axis=0)
        reckoned_m = np.concatenate((np.zeros((1, 3)), np.cumsum(reckoned.step_m, axis=0)))
        run = drifts(reckoned_m, np.nan_to_num(reckoned.away_m))
        before, after = (np.where(np.isfinite(reported_m_s), reported_m_s, each) for each in (before, after))
        if np.nanmedian(reckoned.away_m) < np.nanmedian(away_m):
            aside_m = reckoned.step_m
    most = np.maximum(by_steps, by_report)
    step = beyond(tail_of(most[most > 0], 0.5).surprise(most))
    for length in MEANS:
        run = np.maximum(run, uniform_filter1d(np.minimum(step, MOST_NATS), length) - MEAN_NATS - 9.0 / length)
    aside_m = np.nan_to_num(aside_m)
    usual_m = usual(np.nan_to_num(away_m))
    expected = (steps_m - aside_m) / seconds[:, None]
    overs, spans = tails_over(utc_s, places_m, before, after), tails_of_reckoning(reckoned_m)
    flown = Flown(utc_s, places_m, before, after, aside_m, expected, usual_m / np.median(usual_m), reckoned_m, overs, spans)
    return flown, step, run


def size(vectors: Floats) -> Floats:
    """The length of each vector of three."""
    return np.asarray(np.sqrt(np.einsum("...i,...i->...", vectors, vectors)))


def of_both(one: Floats, other: Floats, *, arc: bool) -> Floats:
    """The velocity between two (n x 3): half the turn, the mean speed; the one known where only one is.

    With `arc` the mean over an even turn from one to the other, whose chord is shorter than its way.
    """
    one, other = np.where(np.isnan(one), other, one), np.where(np.isnan(other), one, other)
    cosine = np.clip(np.einsum("ij,ij->i", one, other) / np.maximum(size(one) * size(other), 1e-9), -1.0, 1.0)
    half = np.clip(np.arccos(cosine) / 2, 1e-6, SHARPEST_TURN)
    return np.asarray((one + other) / 2 * (np.tan(half) / half if arc else 1 / np.cos(half))[:, None])


def least_aside(steps_m: Floats, before: Floats, after: Floats, seconds: Floats) -> Floats:
    """How far each step leads beside the way expected from the velocity before it, after it, or half-way: whichever fits best.

    So a jump does not throw its neighbours into doubt.
    """
    ways = [of_both(one, other, arc=False) for one, other in ((before, after), (before, before), (after, after))]
    aside_m = np.stack([steps_m - way * seconds[:, None] for way in ways])
    best = np.argmin(np.nan_to_num(size(aside_m), nan=np.inf), axis=0)
    return np.asarray(aside_m[best, np.arange(len(steps_m))])


def by_neighbours(seconds: Floats, velocity: Floats, away_m: Floats) -> Floats:
    """The surprise of each step by the steps around it: how far aside it leads, how fast it is, how suddenly.

    A long step beside short ones has their noise magnified, and a longer one than most may hide a turn.
    """
    speed = size(velocity)
    magnified = np.sqrt(1 + (beside(seconds, -1) ** 2 + beside(seconds, 1) ** 2) / 4)
    turned_m = np.maximum(away_m - MANOEUVRE_M_S2 / 4 * seconds**2, 0.0)
    too_far_m = (speed - running_median(speed)) * seconds
    measures = (turned_m / np.maximum(magnified, seconds / np.median(seconds)), too_far_m, changes(speed, seconds))
    return np.asarray(np.max([surprise(measure, 3.0, RARE) for measure in measures], axis=0))


def beside(seconds: Floats, to: int) -> Floats:
    """How many times longer each step is than the one before (-1) or after it (1); 0 where there is none."""
    other = np.roll(seconds, -to)
    other[-1 if to > 0 else 0] = np.inf
    return np.asarray(seconds / other)


def changes(speed: Floats, seconds: Floats) -> Floats:
    """By how much the speed of each step differs from that of both steps beside it, in metres over the shorter of the two."""
    change = np.abs(np.diff(speed)) * np.minimum(seconds[1:], seconds[:-1])
    unknown = np.full(1, np.nan)
    return np.asarray(np.fmin(np.concatenate((unknown, change)), np.concatenate((change, unknown))))


def reckoned_by(steps_m: Floats, reported_m_s: Floats, seconds: Floats) -> Reckoned:
    """Each step against the velocities reported at its ends; steps without them move nothing."""
    step_m = steps_m - of_both(reported_m_s[:-1], reported_m_s[1:], arc=True) * seconds[:, None]
    away_m = np.where(seconds <= CLOSE_S, size(step_m), np.nan)
    reported = size(reported_m_s)
    too_far_m = np.where(seconds <= CLOSE_S, size(steps_m) - np.maximum(reported[:-1], reported[1:]) * seconds, np.nan)
    step_m[np.isnan(away_m)] = 0.0
    return Reckoned(step_m, away_m, too_far_m)


def running_median(values: Floats) -> Floats:
    """The median of the known values around each, NaN where unknown."""
    found, known = np.full(len(values), np.nan), np.isfinite(values)
    if known.any():
        found[known] = median_filter(values[known], USUAL, mode="reflect")
    return found


def usual(values_m: Floats, times: float = 3.0) -> Floats:
    """How large the values (metres, unsigned) are around each: at most so many times what is usual on the whole track."""
    local = median_filter(values_m, USUAL, mode="reflect")
    return np.clip(local, np.quantile(values_m, 0.95) / 6, times * np.median(values_m) + NOISE_M) + NOISE_M


def surprise(values_m: Floats, times: float, rare: tuple[float, ...]) -> Floats:
    """The surprise of each value by what is usual around it; none for what is unknown, negative, or next to nothing."""
    found, known = np.zeros(len(values_m)), np.isfinite(values_m)
    if not known.any():
        return found
    ratio = np.maximum(values_m[known], 0.0) / usual(np.abs(values_m[known]), times)
    some = ratio > STILL
    if some.any():
        found[known] = np.where(some, tail_of(ratio[some], 1.0, rare).surprise(ratio) - np.log(some.mean()), 0.0)
    return found


def beyond(nats: Floats) -> Floats:
    """Surprises, their tail taken for a power law beyond the rarest twentieth, as in `track_chain`."""
    return np.where(nats > TOLERABLE, TOLERABLE + 2 * np.log(np.maximum(nats, TOLERABLE) / TOLERABLE), nats)


def tail_of(values: Floats, ordinary: float, rare: tuple[float, ...] = RARE) -> Tail:
    """The law through the median and the rarer quantile that leaves the longer tail; medians below half the `ordinary` are noise."""
    if not len(values):
        return Tail(ordinary, 1.0)
    quantiles = np.quantile(values, (0.5, *rare))
    middle = max(float(quantiles[0]), ordinary / 2)
    shapes = np.log(-np.log1p(-np.array(rare)) / np.log(2)) / np.log(np.maximum(quantiles[1:] / middle, 1.01))
    shape = float(np.clip(shapes.min(), *SHAPES))
    return Tail(middle / np.log(2) ** (1 / shape), shape)


def tails_over(utc_s: Floats, places_m: Floats, leaving_m_s: Floats, arriving_m_s: Floats) -> Floats:
    """Scale and shape (2 x 8) of how far places usually are beside the way flown evenly from the velocity 1, 2, 4 … 128 steps before."""
    tails = []
    for span in SPANS:
        start = np.arange(0, len(utc_s) - span, len(utc_s) // ENOUGH + 1)
        expected = of_both(leaving_m_s[start], arriving_m_s[start + span], arc=True)
        away_m = size(places_m[start + span] - places_m[start] - expected * (utc_s[start + span] - utc_s[start])[:, None])
        tails.append(tail_of(away_m[np.isfinite(away_m)], NOISE_M))
    return np.array([[tail.scale for tail in tails], [tail.shape for tail in tails]])


def tails_of_reckoning(reckoned_m: Floats) -> Floats:
    """Scale and shape (2 x 8) of how far places usually run from dead reckoning over 1, 2, 4 … 128 steps; NaN where there is none."""
    if np.isnan(reckoned_m).any():
        return np.full((2, len(SPANS)), np.nan)
    tails = [tail_of(size(reckoned_m[span:] - reckoned_m[:-span]), NOISE_M) for span in SPANS]
    return np.array([[tail.scale for tail in tails], [tail.shape for tail in tails]])


def drifts(reckoned_m: Floats, step_m: Floats) -> Floats:
    """What a run of steps around each adds up to beside its largest one, in nats per step: steady drift, not a jump."""
    found = np.zeros(len(step_m))
    for length in RUNS:
        if len(step_m) < 2 * length:
            break
        first = length // 2
        moved_m = size(reckoned_m[length:] - reckoned_m[:-length])
        drift_m = np.maximum(moved_m - maximum_filter1d(step_m, length)[first : first + len(moved_m)], 0.0)
        nats = tail_of(drift_m[drift_m > 0], NOISE_M, RARE_OF_RUNS).surprise(drift_m)
        found[first : first + len(nats)] = np.maximum(found[first : first + len(nats)], (nats - RUN_NATS) / length)
    return found
