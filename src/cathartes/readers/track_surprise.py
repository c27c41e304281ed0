"""How surprising each step of a track is, in nats, by what is usual on this very track: no aircraft, sensor or rate is assumed.

Every measure of a step (metres beside the way expected, metres too far, a change of speed) is divided by what is usual around it,
and the tail of all of them is taken for a Weibull law through its median and its rarer quantiles: the surprise of a value is minus
the logarithm of the chance to exceed it. Where speed and course are reported, `track_reckoning` measures the steps against them.
docs/explanation/airspace.md tells the method.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from cathartes.model.samples import Floats
from cathartes.readers.track_chain import TOLERABLE, Flown
from cathartes.readers.track_health import IMPOSSIBLE_M_S
from cathartes.readers.track_reckoning import CLOSE_S, by_the_like, of_both, reckoned_by, size, student_of

MANOEUVRE_M_S2 = 3.0
"""A change of velocity that never surprises: a turn banked by 17 degrees, begun between two fixes."""

NOISE_M, LEAST_NOISE_M = 10.0, 15.0
"""Positions this far off are ordinary, and two jumps that differ by less may be the same."""

USUAL = 41
FASTER = 1.15
STILL = 0.2
FEWEST = 30
SHAPES = (0.3, 2.0)
RARE, RARE_OF_REPORTS = (0.9, 0.97), (0.9,)
"""Quantiles that set a tail. Long faults reach into the rarest values of what is measured against reported velocities."""

MEANS, MEAN_NATS, MOST_NATS = (4, 8, 16), 2.0, 8.0
SPANS = 2 ** np.arange(8)
ENOUGH = 20_000

SHARP, ACTIVE = 0.8, 7
"""What a surprising turn counts for beside a surprising step: pilots turn as they like. So many turns tell how much is turned."""


@dataclass(frozen=True)
class Tail:
    """A Weibull law: the chance to exceed x is exp(-(x / scale) ** shape)."""

    scale: float
    shape: float

    def surprise(self, values: Floats) -> Floats:
        """Minus the logarithm of the chance to exceed each value."""
        return np.asarray((values / self.scale) ** self.shape)


def surprises_of(utc_s: Floats, places_m: Floats, reported_m_s: Floats, tick_s: float) -> tuple[Flown, Floats, Floats, Floats]:
    """What is known of n fixes in order, the surprise of each step, that of the run of steps around it, per step (n - 1 each), and that of
    the turn at each fix beyond its steps' (n).

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
    reckoned = reckoned_by(steps_m, reported_m_s, seconds)
    by_report, reckoned_m = np.zeros(len(seconds)), np.full_like(places_m, np.nan)
    if np.count_nonzero(np.isfinite(reckoned.sigmas)) > FEWEST:
        by_report = surprise(NOISE_M * reckoned.sigmas, 1.5, RARE_OF_REPORTS)
        reckoned_m = np.concatenate((np.zeros((1, 3)), np.cumsum(reckoned.step_m, axis=0)))
        before, after = (np.where(np.isfinite(reported_m_s), reported_m_s, each) for each in (before, after))
        reckoned_away_m = np.where(np.isfinite(reckoned.sigmas), size(reckoned.step_m), np.nan)
        if np.nanmedian(reckoned_away_m) < np.nanmedian(away_m):
            aside_m = reckoned.step_m
    most = np.maximum(by_steps, by_report)
    step = beyond(tail_of(most[most > 0], 0.5).surprise(most))
    aside_m = np.nan_to_num(aside_m)
    usual_m = usual(np.nan_to_num(away_m))
    expected = (steps_m - aside_m) / seconds[:, None]
    overs, spans = tails_over(utc_s, places_m, before, after), tails_of_reckoning(reckoned_m)
    fastest_m_s = fastest_of(reported_m_s if np.isfinite(reported_m_s).any() else velocity)
    noise_m = max(2.0 * float(np.median(size(aside_m))), LEAST_NOISE_M)
    flown = Flown(
        utc_s, places_m, before, after, aside_m, expected, usual_m / np.median(usual_m), reckoned_m, overs, spans, noise_m, fastest_m_s
    )  # fmt: skip
    # Reported velocities tell of every turn already.
    turn = turns(steps_m, places_m[1:], seconds) if np.isnan(reckoned_m).any() else np.zeros(len(utc_s))
    turn[1:-1] -= np.maximum(step[1:], step[:-1])
    return flown, step, around(step, reckoned.lasting), SHARP * np.maximum(turn, 0.0)


def around(step: Floats, lasting: Floats) -> Floats:
    """The surprise of the run of steps around each: its mean over several lengths beyond what chance makes it, and at least `lasting`."""
    run = lasting
    for length in MEANS:
        run = np.maximum(run, uniform_filter1d(np.minimum(step, MOST_NATS), length) - MEAN_NATS - 9.0 / length)
    return run


def fastest_of(velocity_m_s: Floats) -> float:
    """How fast the aircraft may have flown where it was not seen, in m/s: little faster than it was ever seen to fly."""
    known = size(velocity_m_s[np.isfinite(velocity_m_s[:, 0])])
    return float(min(FASTER * np.quantile(known, 0.98), IMPOSSIBLE_M_S)) if len(known) else IMPOSSIBLE_M_S


def least_aside(steps_m: Floats, before: Floats, after: Floats, seconds: Floats) -> Floats:
    """How far each step leads beside the way expected from the velocity before it, after it, or half-way: whichever fits best.

    So a jump does not throw its neighbours into doubt.
    """
    ways = [of_both(one, other, arc=False) for one, other in ((before, after), (before, before), (after, after))]
    aside_m = np.stack([steps_m - way * seconds[:, None] for way in ways])
    best = np.argmin(np.nan_to_num(size(aside_m), nan=np.inf), axis=0)
    return np.asarray(aside_m[best, np.arange(len(steps_m))])


def turns(steps_m: Floats, places_m: Floats, seconds: Floats) -> Floats:
    """The surprise of the velocity's change at each of n fixes after the change before it, among turns alike; 0 where unknown.

    A path that leaves the true one fits the steps before it and those after it, and turns where no pilot would.
    """
    found = np.zeros(len(seconds) + 1)
    known = np.flatnonzero((seconds[1:] <= CLOSE_S) & (seconds[:-1] <= CLOSE_S))
    if len(known) <= FEWEST:
        return found
    level_m_s = level(steps_m, places_m) / seconds
    short_s, apart_s = np.minimum(seconds[1:], seconds[:-1]), (seconds[1:] + seconds[:-1]) / 2
    turned = np.angle(level_m_s[1:] * np.conj(level_m_s[:-1]))
    likely = np.concatenate((np.zeros(1), turned[:-1] / apart_s[:-1])) * apart_s
    lasts = np.median(turned[known] * np.sign(likely[known])) / max(float(np.median(np.abs(likely[known]))), 1e-9)
    expected_m_s = level_m_s[:-1] * np.exp(1j * np.clip(lasts, 0.0, 1.0) * np.clip(likely, -1.0, 1.0))
    off_m = (level_m_s[1:] - expected_m_s) * np.exp(-1j * np.angle(expected_m_s)) * short_s
    along_m, across_m = off_m.real[known], off_m.imag[known]
    turning = median_filter(np.abs(across_m), ACTIVE, mode="reflect")
    forward = np.broadcast_to(np.array([1.0, 0.0, 0.0]), (len(known), 3))
    sigmas, _ = by_the_like(np.column_stack((along_m, across_m, np.zeros(len(known)))), forward, short_s[known], turning)
    law = student_of(sigmas)
    found[known + 1] = law.nats(sigmas) * law.freedoms / (law.freedoms + 2)
    return found


def level(vectors: Floats, places_m: Floats) -> NDArray[np.complex128]:
    """Earth-centred vectors (n x 3) at places as east + north i."""
    up = places_m / size(places_m)[:, None]
    east = np.column_stack((-up[:, 1], up[:, 0], np.zeros(len(up)))) / np.maximum(np.hypot(up[:, 0], up[:, 1]), 1e-9)[:, None]
    return np.asarray(np.einsum("ij,ij->i", vectors, east) + 1j * np.einsum("ij,ij->i", vectors, np.cross(up, east)))


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
