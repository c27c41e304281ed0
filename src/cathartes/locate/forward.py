"""From unknowns to the log likelihood of a scene: plume, instrument response, errors, for many draws at once.

The plume is `earth.dispersion`, the errors are `likelihood`, the unknowns are `prior`; this module is only their meeting point.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cathartes.earth.dispersion import response
from cathartes.locate.likelihood import log_density, nuisance, sample_densities, share_on
from cathartes.locate.prior import (
    CYCLE,
    DELAY,
    DUTY,
    ERROR_0,
    HEIGHT,
    LAG,
    MEANDER,
    PER_SOURCE,
    RATE,
    SHARED,
    SPEED,
    SPREAD_Y,
    SPREAD_Z,
    TRUST,
    TURN,
    X,
    Y,
)
from cathartes.model.samples import Floats

Integers = NDArray[np.int64]
CALIBRATION_S = 1800.0
LIGHT_WIND_M_S = 1.5


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything the likelihood needs, as arrays: n samples in time order, m moments of air, samples of one time in a row.

    `paths` n x 6 (m); `winds` m x 3 (u, v, sigma_v); `y_ppb` measured less a first background; `scale` ppb per (kg/h s/m3).
    `steps` bounds the samples of each time, `gap_s` the time since the one before; `previous` the same instrument's sample
    one step earlier or -1. `knot`, `part` place each sample between knots of the drift.
    """

    paths: Floats
    moment: Integers
    winds: Floats
    tables: Floats
    lids_m: Floats
    y_ppb: Floats
    level_ppb: Floats
    scale: Floats
    noise_ppb: Floats
    t_s: Floats
    steps: Integers
    gap_s: Floats
    previous: Integers
    instrument: Integers
    names: tuple[str, ...]
    group: Integers
    groups: int
    knot: Integers
    part: Floats
    knot_gap_s: Floats
    offset_ppb: Floats
    moving: bool
    delay_s: float
    lag_s: float

    def arrays(self) -> tuple[Floats | Integers | int | float | bool, ...]:
        """The fields in the order the kernels take them."""
        return (
            self.paths, self.moment, self.winds, self.tables, self.lids_m, self.y_ppb, self.scale, self.noise_ppb, self.t_s, self.steps,
            self.gap_s, self.previous, self.instrument, self.group, self.groups, self.knot, self.part, self.knot_gap_s, self.offset_ppb,
            self.moving, self.delay_s, self.lag_s,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def smear(signal, t_s, instrument, delay_s, lag_s, kinds):  # type: ignore[no-untyped-def]
    """What instruments with a delay and a first-order lag report of `signal`, in place; samples in time order."""
    count = len(signal)
    lagged = signal.copy()
    newest = np.full(kinds, -1)
    before = np.full(count, -1)
    for i in range(count):
        p = newest[instrument[i]]
        before[i] = p
        if p >= 0 and lag_s > 0.0:
            keep = np.exp(-(t_s[i] - t_s[p]) / lag_s)
            lagged[i] = keep * lagged[p] + (1.0 - keep) * signal[i]
        newest[instrument[i]] = i
    for i in range(count):
        wanted, later = t_s[i] - delay_s, i
        earlier = before[i]
        while earlier >= 0 and t_s[earlier] > wanted:
            later, earlier = earlier, before[earlier]
        if earlier < 0 or delay_s <= 0.0:
            signal[i] = lagged[later]
        else:
            share = (wanted - t_s[earlier]) / (t_s[later] - t_s[earlier])
            signal[i] = lagged[earlier] + share * (lagged[later] - lagged[earlier])


@njit(cache=True, nogil=True)
def calibrate(signal, t_s, instrument, kinds, trust):  # type: ignore[no-untyped-def]
    """Draws the signal of fixed instruments towards its own mean over about an hour, in place; 1 trusts every moment.

    Regression calibration (Carroll et al. 2006, Measurement Error in Nonlinear Models, ch. 4): the wind at a mast is the
    wind along the path plus an error, so the signal expected for it varies less than the signal computed from it, about
    the same mean. Without it the slope, and with it the rate, is diluted and offsets make up for the rest.
    """
    count = len(signal)
    total, weight = np.zeros(count), np.zeros(count)
    for direction in (1, -1):
        newest = np.full(kinds, -1)
        run, norm = np.zeros(kinds), np.zeros(kinds)
        for j in range(count):
            i = j if direction == 1 else count - 1 - j
            kind = instrument[i]
            p = newest[kind]
            if p >= 0:
                keep = np.exp(-abs(t_s[i] - t_s[p]) / CALIBRATION_S)
                run[kind] = keep * (run[kind] + signal[p])
                norm[kind] = keep * (norm[kind] + 1.0)
            total[i] += run[kind]
            weight[i] += norm[kind]
            newest[kind] = i
    for i in range(count):
        total[i] = (total[i] + signal[i]) / (weight[i] + 1.0)
    for i in range(count):
        signal[i] = trust * signal[i] + (1.0 - trust) * total[i]


@njit(cache=True, nogil=True)
def predict(values, paths, moment, winds, tables, lids, scale, t_s, instrument, kinds, moving, delay_s, lag_s, signal, wide):  # type: ignore[no-untyped-def]
    """Fills `signal` and `wide` (ppb) with what all sources in `values` (one draw) send to each sample."""
    signal[:] = 0.0
    wide[:] = 0.0
    one, one_wide = np.empty(len(signal)), np.empty(len(signal))
    spread = np.array([values[SPREAD_Y], values[SPREAD_Z], values[SPEED]])
    for first in range(SHARED, len(values), PER_SOURCE):
        source = np.array([values[first + X], values[first + Y], values[first + HEIGHT]])
        response(one, one_wide, paths, winds, tables, moment, lids, source, values[TURN], spread, values[MEANDER])
        for i in range(len(signal)):
            signal[i] += values[first + RATE] * scale[i] * one[i]
            # In light winds the plume goes where no mast says: the model error, not the plume, grows.
            speed = max(np.hypot(winds[moment[i], 0], winds[moment[i], 1]), 0.3)
            wide[i] += values[first + RATE] * scale[i] * one_wide[i] * (1.0 + (LIGHT_WIND_M_S / speed) ** 2)
    if moving:
        smear(signal, t_s, instrument, delay_s * values[DELAY], lag_s * values[LAG], kinds)
        smear(wide, t_s, instrument, delay_s * values[DELAY], lag_s * values[LAG], kinds)
    else:
        calibrate(signal, t_s, instrument, kinds, values[TRUST])
        calibrate(wide, t_s, instrument, kinds, values[TRUST])


@njit(cache=True, nogil=True)
def log_likelihoods(  # type: ignore[no-untyped-def]
    out, share, fitted, cleaned, uniforms, draws, paths, moment, winds, tables, lids, y, scale, noise, t_s, steps, gap_s,
    previous, instrument, group, groups, knot, part, knot_gap_s, offset, moving, delay_s, lag_s,
):  # fmt: skip
    """Log likelihood of each draw into `out`. Where `fitted` has rows, also the share of time on, signal and cleaned data."""
    count = len(y)
    signal, wide, residual = np.empty(count), np.empty(count), np.empty(count)
    filtered = np.empty((len(steps) - 1, 2))
    for d in range(draws.shape[0]):
        values = draws[d]
        errors = values[ERROR_0:SHARED]
        predict(values, paths, moment, winds, tables, lids, scale, t_s, instrument, len(offset), moving, delay_s, lag_s, signal, wide)
        cost = nuisance(residual, y, steps, gap_s, instrument, group, groups, knot, part, offset, noise, knot_gap_s, signal, wide, errors)
        duty, cycle_s = 1.0, 1.0
        if len(values) > SHARED:
            duty, cycle_s = values[SHARED + DUTY], values[SHARED + CYCLE]
        out[d] = cost + log_density(filtered, residual, steps, gap_s, previous, noise, signal, wide, errors, duty, cycle_s)
        if fitted.shape[0] > 0:
            share[d] = share_on(filtered, gap_s, duty, cycle_s, uniforms[d])
            fitted[d] = signal
            cleaned[d] = residual


def log_likelihood(scene: Scene, values: Floats) -> Floats:
    """Log likelihood of each row of physical `values` (draws x unknowns)."""
    out, none, empty = np.empty(len(values)), np.empty(0), np.empty((0, 0))
    log_likelihoods(out, none, empty, empty, empty, np.ascontiguousarray(values), *scene.arrays())
    return np.where(np.isnan(out), -np.inf, out)


@dataclass(frozen=True, eq=False)
class Replay:
    """What the scene looks like under each of some draws: share of time on, signal when on (ppb), measurements less background."""

    share_on: Floats
    signal_ppb: Floats
    cleaned_ppb: Floats


def replay(scene: Scene, values: Floats, rng: np.random.Generator) -> Replay:
    """Signals and a drawn on/off history for each row of `values`."""
    count = len(values)
    out, share = np.empty(count), np.empty(count)
    signal, cleaned = np.empty((count, len(scene.y_ppb))), np.empty((count, len(scene.y_ppb)))
    uniforms = rng.random((count, len(scene.steps) - 1))
    log_likelihoods(out, share, signal, cleaned, uniforms, np.ascontiguousarray(values), *scene.arrays())
    return Replay(share, signal, cleaned)


@njit(cache=True, nogil=True)
def fill_sample_densities(  # type: ignore[no-untyped-def]
    out, draws, paths, moment, winds, tables, lids, y, scale, noise, t_s, steps, gap_s, previous, instrument, group,
    groups, knot, part, knot_gap_s, offset, moving, delay_s, lag_s,
):  # fmt: skip
    """Log density of each sample under each draw (draws x samples)."""
    signal, wide, residual = np.empty(len(y)), np.empty(len(y)), np.empty(len(y))
    for d in range(draws.shape[0]):
        errors = draws[d, ERROR_0:SHARED]
        predict(draws[d], paths, moment, winds, tables, lids, scale, t_s, instrument, len(offset), moving, delay_s, lag_s, signal, wide)
        nuisance(residual, y, steps, gap_s, instrument, group, groups, knot, part, offset, noise, knot_gap_s, signal, wide, errors)
        sample_densities(out[d], residual, steps, gap_s, previous, noise, signal, wide, errors)


def sample_log_densities(scene: Scene, values: Floats) -> Floats:
    """Log density of each sample by itself (draws x samples), for `redundancy`."""
    out = np.empty((len(values), len(scene.y_ppb)))
    fill_sample_densities(out, np.ascontiguousarray(values), *scene.arrays())
    return out
