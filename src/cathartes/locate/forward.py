"""From unknowns to the log likelihood of a scene: plume, instrument response, errors, for many draws at once.

The plume is `earth.dispersion`, the errors are `likelihood`, the unknowns are `prior`; this module is only their meeting point.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.dispersion import CLIMB, LIGHT_WIND_M_S, LOWEST_SPEED, response
from cathartes.kernels import compiled
from cathartes.locate.likelihood import CLIMBED, DOUBTED, MEAN, SWUNG, log_density, nuisance, share_on
from cathartes.locate.prior import (
    CYCLE,
    DUTY,
    ERROR_0,
    HEIGHT,
    PER_SOURCE,
    RATE,
    SHARED,
    SPEED,
    SPREAD_Y,
    SPREAD_Z,
    SWING,
    TURN,
    TURN_EAST,
    TURN_NORTH,
    VEER,
    X,
    Y,
)
from cathartes.model.samples import Floats

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything the likelihood needs, as arrays: n samples in time order, m moments of air, samples of one time in a row.

    `paths` n x 6 (m); `winds` m x 3 (u, v, sigma_v); `y_ppb` measured less a first background; `scale` ppb per (kg/h s/m3).
    `steps` bounds the samples that share the errors of one moment, `gap_s` is the time since the moment before. `knot`, `part`
    place each sample between knots of the drift. `floored` marks means of nothing but readings at the instrument's floor.
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
    instrument: Integers
    names: tuple[str, ...]
    group: Integers
    groups: int
    knot: Integers
    part: Floats
    knot_gap_s: Floats
    offset_ppb: Floats
    floored: NDArray[np.bool_]

    def arrays(self) -> tuple[Floats | Integers | NDArray[np.bool_] | int, ...]:
        """The fields in the order the kernels take them."""
        return (
            self.paths, self.moment, self.winds, self.tables, self.lids_m, self.y_ppb, self.scale, self.noise_ppb, self.steps,
            self.gap_s, self.instrument, self.group, self.groups, self.knot, self.part, self.knot_gap_s, self.offset_ppb,
            self.floored,
        )  # fmt: skip


@compiled
def predict(values, paths, moment, winds, tables, lids, scale, signal):  # type: ignore[no-untyped-def]
    """Fills `signal` (samples x 4, ppb; columns of `likelihood`) with what all sources in `values` (one draw) send."""
    signal[:] = 0.0
    count = len(signal)
    mean, swung, climbed = np.empty(count), np.empty(count), np.empty(count)
    turn = np.array([values[TURN], values[TURN_EAST], values[TURN_NORTH]])
    spread = np.array([values[SPREAD_Y], values[SPREAD_Z], values[SPEED]])
    for first in range(SHARED, len(values), PER_SOURCE):
        source = np.array([values[first + X], values[first + Y], values[first + HEIGHT]])
        response(mean, swung, climbed, paths, winds, tables, moment, lids, source, turn, values[SWING], spread)
        for i in range(count):
            sent = values[first + RATE] * scale[i]
            speed2 = max(winds[moment[i], 0] ** 2 + winds[moment[i], 1] ** 2, LOWEST_SPEED**2)
            signal[i, MEAN] += sent * mean[i]
            signal[i, SWUNG] += sent * swung[i]
            signal[i, CLIMBED] += sent * (climbed[i] - mean[i]) / log(CLIMB)
            signal[i, DOUBTED] += sent * mean[i] * sqrt(1.0 + LIGHT_WIND_M_S**2 / speed2)


@compiled
def log_likelihoods(  # type: ignore[no-untyped-def]
    out, gained, share, fitted, cleaned, uniforms, draws, paths, moment, winds, tables, lids, y, scale, noise, steps, gap_s,
    instrument, group, groups, knot, part, knot_gap_s, offset, floored,
):  # fmt: skip
    """Log likelihood of each draw into `out`. Where `fitted` has rows, also per step, the share of time on, signal, cleaned data."""
    count = len(y)
    signal, residual = np.empty((count, 4)), np.empty(count)
    filtered, steps_gained = np.empty((len(steps) - 1, 2)), np.empty(len(steps) - 1)
    for d in range(draws.shape[0]):
        values = draws[d]
        errors = values[ERROR_0:VEER]
        predict(values, paths, moment, winds, tables, lids, scale, signal)
        duty, cycle_s = 0.5, 1.0
        if len(values) > SHARED:
            duty, cycle_s = values[SHARED + DUTY], values[SHARED + CYCLE]
        cost = nuisance(residual, y, floored, steps, instrument, group, groups, knot, part, offset, noise, knot_gap_s, signal, errors, duty)
        out[d] = cost + log_density(filtered, steps_gained, residual, floored, steps, gap_s, noise, signal, errors, duty, cycle_s)
        if fitted.shape[0] > 0:
            gained[d] = steps_gained
            share[d] = share_on(filtered, gap_s, duty, cycle_s, uniforms[d])
            fitted[d] = signal
            cleaned[d] = residual


@compiled
def fill_means(out, draws, paths, moment, winds, tables, lids, scale):  # type: ignore[no-untyped-def]
    """Mean signals of each draw into `out` (draws x samples)."""
    signal = np.empty((len(moment), 4))
    for d in range(draws.shape[0]):
        predict(draws[d], paths, moment, winds, tables, lids, scale, signal)
        out[d] = signal[:, MEAN]


def mean_signals(scene: Scene, values: Floats) -> Floats:
    """What each sample should read above background (draws x samples, ppb) under rows of physical `values`."""
    out = np.empty((len(values), len(scene.y_ppb)))
    fill_means(out, np.ascontiguousarray(values), scene.paths, scene.moment, scene.winds, scene.tables, scene.lids_m, scene.scale)
    return out


def log_likelihood(scene: Scene, values: Floats) -> Floats:
    """Log likelihood of each row of physical `values` (draws x unknowns)."""
    out, none, empty = np.empty(len(values)), np.empty(0), np.empty((0, 0))
    log_likelihoods(out, empty, none, np.empty((0, 0, 0)), empty, empty, np.ascontiguousarray(values), *scene.arrays())
    return np.where(np.isnan(out), -np.inf, out)


@dataclass(frozen=True, eq=False)
class Replay:
    """What the scene looks like under each of some draws: log likelihood per step, share of time on, prediction when on
    (draws x samples x 4, ppb), measurements less background."""

    gained: Floats
    share_on: Floats
    signal_ppb: Floats
    cleaned_ppb: Floats


def replay(scene: Scene, values: Floats, rng: np.random.Generator) -> Replay:
    """Signals and a drawn on/off history for each row of `values`."""
    count, steps, samples = len(values), len(scene.steps) - 1, len(scene.y_ppb)
    out, share, gained = np.empty(count), np.empty(count), np.empty((count, steps))
    signal, cleaned = np.empty((count, samples, 4)), np.empty((count, samples))
    log_likelihoods(out, gained, share, signal, cleaned, rng.random((count, steps)), np.ascontiguousarray(values), *scene.arrays())
    return Replay(gained, share, signal, cleaned)
