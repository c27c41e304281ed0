"""The gas that was in the air anyway: a drifting background estimated together with which samples stand above it.

Both the gas-log detector and the inversion start from it. A rolling low quantile would take a wide plume for background; here
each sample carries a probability of being background, and a random walk joins those that are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

from cathartes.model.samples import Floats

ROUNDS = 30
OUTER_SHARE = 0.2
FEWEST_REPEATS = 20
STUCK_S = 60.0
# Of an instrument with enough digits, so many of the values at least differ from the one before.
FINE = 0.9


@dataclass(frozen=True, eq=False)
class Background:
    """Background (ppb) at each sample, the chance that the sample is nothing else, and per instrument its offset and noise (ppb)."""

    level_ppb: Floats
    membership: Floats
    offset_ppb: Floats
    noise_ppb: Floats


def estimate_background(t_s: Floats, y_ppb: Floats, instrument: NDArray[np.int64], drift_time_s: float) -> Background:
    """Common drift plus an offset per instrument, by expectation-maximisation over a two-part mixture.

    A sample is background (normal about the level) or enhanced (level plus an exponential excess). The drift is a random walk
    that moves by one noise standard deviation in `drift_time_s`, shared by all instruments because they breathe the same
    air. All arrays of length n without NaN, in any order; `instrument` counts from 0.
    """
    kinds = int(instrument.max()) + 1
    times, at = np.unique(t_s, return_inverse=True)
    offset = np.array([np.quantile(y_ppb[instrument == kind], OUTER_SHARE) if (instrument == kind).any() else 0.0 for kind in range(kinds)])
    noise = np.array([difference_noise(t_s[instrument == kind], y_ppb[instrument == kind]) for kind in range(kinds)])
    drift, excess, share = np.zeros(len(times)), np.full(kinds, 10.0) * noise, 0.7
    membership = np.ones(len(y_ppb))
    for _ in range(ROUNDS):
        residual = y_ppb - offset[instrument] - drift[at]
        membership = _membership(residual, noise[instrument], excess[instrument], share)
        share = float(np.clip(membership.mean(), 0.05, 0.99))
        weight = membership / noise[instrument] ** 2
        drift = _random_walk(times, at, y_ppb - offset[instrument], weight, float(np.median(noise)), drift_time_s)
        offset, noise, excess = _update(y_ppb - drift[at], instrument, membership, offset, noise, excess)
    return Background(offset[instrument] + drift[at], membership, offset, noise)


def walking_background(t_s: Floats, y_ppb: Floats, noise_ppb: Floats, drift: float) -> Floats:
    """Background (ppb) at each sample of one instrument whose noise (ppb, per sample) and walk (`drift`, ppb2/s) are known.

    Starts between all samples and sinks below those that stand above it. `estimate_background` starts from the lowest samples
    instead, as it must where an instrument hardly leaves the plume; a background that wanders by many times the noise would be taken
    for gas then.
    """
    times, at = np.unique(t_s, return_inverse=True)
    noise, membership = float(np.median(noise_ppb)), np.ones(len(y_ppb))
    level = y_ppb
    for _ in range(ROUNDS):
        level = _random_walk(times, at, y_ppb, membership / noise_ppb**2, noise, noise**2 / drift)[at]
        membership = _membership(y_ppb - level, noise_ppb, 10.0 * noise_ppb, 0.7)
    return level


def difference_noise(t_s: Floats, y_ppb: Floats) -> float:
    """Noise (ppb) from successive differences in the quietest tenth of the record, where a plume disturbs least."""
    if len(y_ppb) < 3:
        return 10.0
    steps = np.abs(np.diff(y_ppb[np.argsort(t_s, kind="stable")]))
    block = min(8, len(steps))
    medians = np.median(steps[: len(steps) // block * block].reshape(-1, block), axis=1)
    # The median of |N(0, 2 sigma^2)| is 0.6745 sqrt(2) sigma.
    return float(max(np.quantile(medians, 0.1) / (0.6745 * np.sqrt(2.0)), 1e-3))


def stuck(t_s: Floats, y_ppb: Floats) -> NDArray[np.bool_]:
    """Which values of one instrument, in time order, only repeat what it said before: a minute or more of one number, 20 times or more.

    Of an instrument that often says the same number twice, because it shows few digits, only a record without any change counts.
    """
    changes = np.flatnonzero(np.diff(y_ppb, prepend=np.nan) != 0.0)
    ends = np.append(changes[1:], len(y_ppb)) - 1
    if len(changes) < 2:
        return np.full(len(y_ppb), len(y_ppb) >= FEWEST_REPEATS)
    long = (ends - changes + 1 >= FEWEST_REPEATS) & (t_s[ends] - t_s[changes] >= STUCK_S)
    held = np.repeat(long, ends - changes + 1)
    is_coarse = (~long).sum() < FINE * (~held).sum()
    return np.zeros(len(y_ppb), dtype=np.bool_) if is_coarse else held


def _membership(residual: Floats, noise: Floats, excess: Floats, share: float) -> Floats:
    """Probability that each sample is background: normal against exponentially modified (one-sided) excess."""
    normal = share * np.exp(-0.5 * np.clip(residual / noise, -6.0, 6.0) ** 2) / (np.sqrt(2 * np.pi) * noise)
    beyond = np.where(residual > 0, (1 - share) / excess * np.exp(-np.clip(residual / excess, 0.0, 30.0)), 0.0)
    return np.asarray(normal / (normal + beyond + 1e-300))


def _random_walk(times: Floats, at: NDArray[np.int64], y: Floats, weight: Floats, noise: float, drift_time_s: float) -> Floats:
    """The most probable random walk through weighted samples: one tridiagonal solve."""
    precision = np.bincount(at, weight, len(times)) + 1e-9 / noise**2
    right = np.bincount(at, weight * y, len(times))
    coupling = drift_time_s / (noise**2 * np.maximum(np.diff(times), 1e-3))
    bands = np.zeros((2, len(times)))
    bands[1] = precision
    bands[1, :-1] += coupling
    bands[1, 1:] += coupling
    bands[0, 1:] = -coupling
    return np.asarray(solveh_banded(bands, right))


def _update(
    y: Floats, instrument: NDArray[np.int64], membership: Floats, offset: Floats, noise: Floats, excess: Floats
) -> tuple[Floats, Floats, Floats]:
    """Offsets, noise and mean excess per instrument from the samples they belong to; an instrument without any keeps its own."""
    offset, noise, excess = offset.copy(), noise.copy(), excess.copy()
    for kind in range(len(offset)):
        here = instrument == kind
        weight = membership[here].sum()
        if weight < 3.0:
            continue
        offset[kind] = np.average(y[here], weights=membership[here])
        noise[kind] = max(float(np.sqrt(np.average((y[here] - offset[kind]) ** 2, weights=membership[here]))), 1e-3)
        apart = (1 - membership[here]).sum()
        if apart > 1.0:
            excess[kind] = max(float(np.average(y[here] - offset[kind], weights=1 - membership[here])), 3.0 * noise[kind])
    return offset, noise, excess


def floor_noise(shown_ppb: float, floor_ppb: float) -> float:
    """Noise (ppb) of an instrument that stood at its floor: the usual limit of detection is three standard deviations (Currie 1968)."""
    return max(shown_ppb, floor_ppb / 3.0)
