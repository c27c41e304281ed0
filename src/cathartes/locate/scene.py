"""From gas logs to the arrays the likelihood takes: local metres, one wind per moment, first background, samples thinned.

What is missing is filled here or the log is refused here, and each such choice is stated; no probability is computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.background import difference_noise
from cathartes.earth.dispersion import spread_table, turbulence
from cathartes.earth.frame import LocalFrame
from cathartes.earth.gases import gas_named, ppb_per_kg_m3
from cathartes.errors import BadInput
from cathartes.locate.forward import Scene
from cathartes.model import Flight, GasLog, HeightReference, Statement
from cathartes.model.samples import Floats

Integers = NDArray[np.int64]
MOST_SAMPLES = 450
FIXED_MEAN_S = 600.0
# Motions too slow for turbulence move a plume sideways even in stable calms, by 0.3 to 0.5 m/s (Hanna 1983, J. Clim. Appl.
# Meteorol. 22, 1424); similarity does not know them, a measured sigma_v does.
SUBMESO_M_S = 0.4
MOVING_M = 5.0
# An aircraft crosses a plume in less than a minute: one crossing, one error.
MOMENT_S = 60.0
WIND_WINDOW_S = 600.0
STABILITY_M = {"unstable": -100.0, "neutral": 1e9, "stable": 100.0, "unknown": 1e9}
FEWEST_SAMPLES = 10
LOW_QUANTILE = 0.03
NOISIEST_SHARE = 0.015


@dataclass(frozen=True, eq=False)
class Samples:
    """Usable samples of one gas, all logs together, in time order: paths in local metres (n x 6), ppb, and their air."""

    t_s: Floats
    instrument: Integers
    names: tuple[str, ...]
    paths: Floats
    y_ppb: Floats
    wind: Floats
    sigma_v: Floats
    sigma_w: Floats
    obukhov_m: Floats
    ustar: Floats
    temperature_k: Floats
    pressure_hpa: Floats
    swing: Floats

    def take(self, rows: Integers | NDArray[np.bool_]) -> "Samples":
        """Some of the samples."""
        columns = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "names"}
        return Samples(names=self.names, **{name: column[rows] for name, column in columns.items()})


def gather(logs: Sequence[GasLog], gas: str, frame: LocalFrame) -> Samples:
    """All samples of `gas` in `logs`. Raises `BadInput` where no log has the gas or every value is blank."""
    having = [log for log in logs if gas in log.gases]
    if not having:
        known = sorted({name for log in logs for name in log.gases})
        raise BadInput(f"no gas log has {gas!r}; they have {', '.join(known) or 'no gas at all'}; name one of these in [gas_log] gas")
    if any(log.height_reference is not HeightReference.AGL for log in having):
        raise BadInput("heights above sea level or the ellipsoid need the ground's height to become heights above ground; give z_agl_m")
    names = tuple(sorted({name for log in having for name in log.instruments}))
    parts = [_columns(log, gas, frame, names) for log in having]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    usable = np.isfinite(joined["y_ppb"]) & np.isfinite(joined["paths"]).all(axis=1) & np.isfinite(joined["t_s"])
    if usable.sum() < FEWEST_SAMPLES:
        raise BadInput(
            f"{int(usable.sum())} samples of {gas!r} have a value, a time and a place and {FEWEST_SAMPLES} are needed: could not see; "
            "check the log for blanks"
        )
    order = np.flatnonzero(usable)[np.lexsort((joined["instrument"][usable], joined["t_s"][usable]))]
    return Samples(names=names, **{name: column[order] for name, column in joined.items()})


def _columns(log: GasLog, gas: str, frame: LocalFrame, names: tuple[str, ...]) -> dict[str, Any]:
    """The columns of `Samples` by name, from one log."""
    x1, y1 = frame.metres(log.start[:, 0], log.start[:, 1])
    x2, y2 = frame.metres(log.end[:, 0], log.end[:, 1])
    paths = np.column_stack((x1, y1, log.start[:, 2], x2, y2, log.end[:, 2]))
    number = np.array([names.index(name) for name in log.instruments])
    wind = np.column_stack((log.wind_u_m_s, log.wind_v_m_s))
    return {
        "t_s": log.t_s, "instrument": number[log.instrument], "paths": paths, "y_ppb": log.gases[gas], "wind": wind,
        "sigma_v": log.sigma_v_m_s, "sigma_w": log.sigma_w_m_s, "obukhov_m": log.obukhov_length_m, "ustar": log.friction_velocity_m_s,
        "temperature_k": log.temperature_k, "pressure_hpa": log.pressure_hpa, "swing": np.zeros(len(log.t_s)),
    }  # fmt: skip


def is_moving(samples: Samples) -> bool:
    """Whether any instrument's middle moved by more than 5 m."""
    middle = 0.5 * (samples.paths[:, :2] + samples.paths[:, 3:5])
    return any(np.ptp(middle[samples.instrument == kind], axis=0).max() > MOVING_M for kind in np.unique(samples.instrument))


def averaging_time(samples: Samples, *, moving: bool) -> float:
    """Seconds over which samples are averaged: 600 for fixed instruments, as few as keep the number bearable for moving ones.

    A mast's wind of one minute is not the wind that carried the gas: taken as exact it dilutes every slope (errors in
    variables), and rates come out low. Means over some minutes agree better with the mean plume; the swing of
    the wind within them becomes plume width (`swing`).
    """
    if not moving:
        return max(FIXED_MEAN_S, _usual_step(samples))
    window = _usual_step(samples)
    while len(np.unique(_cell(samples, window), axis=0)) > MOST_SAMPLES:
        window *= 1.5
    return window


def thin(samples: Samples) -> Samples:
    """Every k-th time only, k as small as keeps the number of samples bearable: errors of neighbouring means are alike."""
    k = int(np.ceil(len(samples.t_s) / MOST_SAMPLES))
    return samples.take(np.isin(samples.t_s, np.unique(samples.t_s)[k // 2 :: k]))


def _usual_step(samples: Samples) -> float:
    times = np.unique(samples.t_s)
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def _cell(samples: Samples, window_s: float) -> Integers:
    """Block of time and instrument of each sample (n x 2)."""
    block = np.floor((samples.t_s - samples.t_s[0]) / window_s + 1e-9).astype(np.int64)
    return np.column_stack((block, samples.instrument))


def average(samples: Samples, window_s: float) -> Samples:
    """Means over blocks of `window_s`, each stamped with its block's middle; a moving instrument's mean is along its way."""
    cell, at = np.unique(_cell(samples, window_s), axis=0, return_inverse=True)
    count = len(cell)
    first = np.full(count, len(at))
    np.minimum.at(first, at, np.arange(len(at)))
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, at, np.arange(len(at)))
    wind = np.column_stack([_known_mean(samples.wind[:, k], at, count) for k in (0, 1)])
    means = {name: _known_mean(getattr(samples, name), at, count) for name in ("y_ppb", "ustar", "temperature_k", "pressure_hpa")}
    inverse = _known_mean(1.0 / np.where(samples.obukhov_m == 0.0, np.nan, samples.obukhov_m), at, count)
    means["obukhov_m"] = 1.0 / np.where(inverse == 0.0, 1e-9, inverse)
    paths = np.column_stack((samples.paths[first, :3], samples.paths[last, 3:]))
    t_s = samples.t_s[0] + (cell[:, 0] + 0.5) * window_s
    sigma_v, sigma_w = (_known_median(column, at, count) for column in (samples.sigma_v, samples.sigma_w))
    return Samples(
        t_s, cell[:, 1], samples.names, paths, means["y_ppb"], wind, sigma_v, sigma_w, means["obukhov_m"], means["ustar"],
        means["temperature_k"], means["pressure_hpa"], _swing(samples, wind, at),
    )  # fmt: skip


def _known_median(values: Floats, at: Integers, count: int) -> Floats:
    """Median of the known values in each block: a spread fitted in a calm minute may be anything. NaN where there is none."""
    order = np.lexsort((values, at))
    order = order[np.isfinite(values[order])]
    bounds = np.searchsorted(at[order], np.arange(count + 1))
    middle = np.minimum((bounds[:-1] + bounds[1:]) // 2, max(len(order) - 1, 0))
    return np.where(np.diff(bounds) > 0, values[order][middle], np.nan) if len(order) else np.full(count, np.nan)


def _swing(samples: Samples, mean: Floats, at: Integers) -> Floats:
    """Standard deviation (m/s) of the wind across its own mean within each block; 0 where it was not measured twice."""
    speed = np.maximum(np.hypot(mean[:, 0], mean[:, 1]), 0.05)[at]
    across = (samples.wind[:, 1] * mean[at, 0] - samples.wind[:, 0] * mean[at, 1]) / speed
    return np.sqrt(np.nan_to_num(_known_mean(across**2, at, len(mean))))


@dataclass(frozen=True, eq=False)
class Air:
    """The air at each moment (m rows): wind TOWARDS east and north, its height, sigma_v, sigma_w, Obukhov length, lid."""

    wind: Floats
    height_m: Floats
    sigma_v: Floats
    sigma_w: Floats
    obukhov_m: Floats
    lid_m: Floats


def air_at(samples: Samples, times: Floats, at: Integers, flight: Flight, *, moving: bool) -> tuple[Air, tuple[Statement, ...]]:
    """Wind and turbulence for each of `times`; `at` is each sample's row. Raises `BadInput` where no wind is known at all."""
    model = flight.wind.reanalysis
    wind, height, notes = _wind(samples, times, at, flight, moving=moving)
    obukhov = _known_mean(samples.obukhov_m, at, len(times))
    obukhov = np.where(np.isnan(obukhov), STABILITY_M[model.stability if model else "unknown"], obukhov)
    obukhov = np.sign(obukhov + 1e-12) * np.maximum(np.abs(obukhov), 2.0)
    mixing = model.mixing_height_m if model and model.mixing_height_m else np.inf
    lid = np.full(len(times), mixing)
    speed = np.hypot(wind[:, 0], wind[:, 1])
    guess_v, guess_w = turbulence(speed, height, obukhov, flight.terrain.roughness_m, _known_mean(samples.ustar, at, len(times)), lid)
    sigma_v, sigma_w = _known_mean(samples.sigma_v, at, len(times)), _known_mean(samples.sigma_w, at, len(times))
    sigma_v, sigma_w = np.where(np.isnan(sigma_v), np.hypot(guess_v, SUBMESO_M_S), sigma_v), np.where(np.isnan(sigma_w), guess_w, sigma_w)
    swing = np.zeros(len(times)) if moving else np.nan_to_num(_known_mean(samples.swing, at, len(times)))
    return Air(wind, height, np.hypot(sigma_v, swing), np.maximum(sigma_w, 0.02), obukhov, lid), notes


def _known_mean(values: Floats, at: Integers, count: int) -> Floats:
    """Mean of the known values at each moment; NaN where there is none."""
    known = np.isfinite(values)
    total, number = np.bincount(at[known], values[known], count), np.bincount(at[known], minlength=count)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def _wind(samples: Samples, times: Floats, at: Integers, flight: Flight, *, moving: bool) -> tuple[Floats, Floats, tuple[Statement, ...]]:
    """Wind and the height it holds at, per moment."""
    u, v = _known_mean(samples.wind[:, 0], at, len(times)), _known_mean(samples.wind[:, 1], at, len(times))
    known = np.isfinite(u) & np.isfinite(v)
    model = flight.wind.reanalysis
    if flight.wind.kind == "reanalysis" or not known.any():
        if model is None:
            raise BadInput("no wind in the log and no [wind.reanalysis] in flight.toml; give wind_u_m_s, wind_v_m_s or u10_m_s, v10_m_s")
        wind = np.tile([model.u10_m_s, model.v10_m_s], (len(times), 1))
        return wind, np.full(len(times), 10.0), (Statement("locate.wind-from-model", {}),)
    level = flight.wind.height_m
    middle_z = 0.5 * (samples.paths[:, 2] + samples.paths[:, 5])
    if moving:
        near = np.exp(-0.5 * ((times[:, None] - times[None, known]) / WIND_WINDOW_S) ** 2)
        near /= near.sum(axis=1, keepdims=True)
        heights = _known_mean(middle_z, at, len(times))[known]
        wind = np.column_stack((near @ u[known], near @ v[known]))
        height = near @ heights if level is None else np.full(len(times), level)
        return wind, np.maximum(height, 2.0), (Statement("locate.wind-smoothed", {"window_s": WIND_WINDOW_S}),)
    filled = np.column_stack([np.interp(times, times[known], part[known]) for part in (u, v)])
    height = np.full(len(times), level if level is not None else max(float(np.median(middle_z)), 1.0))
    notes = () if level is not None else (Statement("locate.wind-height-assumed", {"height_m": float(height[0])}),)
    return filled, height, notes


def build(samples: Samples, gas: str, flight: Flight) -> tuple[Scene, tuple[Statement, ...]]:
    """The scene of thinned samples, and what was assumed."""
    moving = is_moving(samples)
    count = len(samples.t_s)
    window = averaging_time(samples, moving=moving)
    samples = thin(average(samples, window))
    times, at = np.unique(samples.t_s, return_inverse=True)
    air, notes = air_at(samples, times, at, flight, moving=moving)
    if len(samples.t_s) < count:
        notes += (Statement("locate.averaged", {"kept": len(samples.t_s), "of": count, "window_s": window}),)
    start, noise = _first_guess(samples, flight.gas_log.noise_ppb, gas_named(gas).background_ppb)
    level = np.full(len(samples.t_s), np.median(start)) + (start - np.median(start))[samples.instrument]
    tables = spread_table(
        np.maximum(np.hypot(air.wind[:, 0], air.wind[:, 1]), 0.05), air.height_m, air.sigma_v, air.sigma_w, air.obukhov_m,
        flight.terrain.roughness_m, air.lid_m,
    )  # fmt: skip
    kelvin = np.where(np.isnan(samples.temperature_k), flight.air.temperature_k, samples.temperature_k)
    hectopascal = np.where(np.isnan(samples.pressure_hpa), flight.air.pressure_hpa, samples.pressure_hpa)
    scale = ppb_per_kg_m3(gas_named(gas), kelvin, hectopascal) / 3600.0
    knot, part, knot_gap = _knots(samples.t_s, times)
    group, groups = _gain_groups(samples, air.wind[at], moving=moving)
    steps = _moments(samples.t_s, MOMENT_S if moving else 0.0)
    return Scene(
        samples.paths, at.astype(np.int64), np.column_stack((air.wind, air.sigma_v)), tables, air.lid_m, samples.y_ppb - level,
        level, scale, noise[samples.instrument], samples.t_s, steps, np.diff(samples.t_s[steps[:-1]], prepend=times[0]),
        samples.instrument, samples.names, group, groups, knot, part, knot_gap, start - np.median(start), moving,
        flight.gas_log.delay_s, flight.gas_log.lag_s,
    ), notes  # fmt: skip


def _first_guess(samples: Samples, stated_noise_ppb: float | None, clean_air_ppb: float) -> tuple[Floats, Floats]:
    """Where the background of each instrument (ppb) is looked for first, and its noise (ppb): both are inferred later.

    The level is a low quantile, because a beam may stand in the plume for all but a few minutes. The noise comes from
    successive differences, and is not believed beyond 1.5 % of clean air: the rest is plume.
    """
    present = np.unique(samples.instrument)
    start, noise = np.zeros(len(samples.names)), np.ones(len(samples.names))
    for kind in present:
        here = samples.instrument == kind
        noise[kind] = difference_noise(samples.t_s[here], samples.y_ppb[here])
        start[kind] = np.quantile(samples.y_ppb[here], LOW_QUANTILE)
    start[np.setdiff1d(np.arange(len(start)), present)] = np.median(start[present])
    noise = np.minimum(noise, NOISIEST_SHARE * clean_air_ppb) if clean_air_ppb > 100.0 else noise
    return start, noise if stated_noise_ppb is None else np.full(len(noise), stated_noise_ppb)


def _knots(t_s: Floats, times: Floats) -> tuple[Integers, Floats, Floats]:
    """Each sample's knot and its part of the way to the next, and the gaps between knots (s): at most 60, at least 8 times apart."""
    knots = max(2, min(60, len(times) // 8))
    edges = np.linspace(times[0], max(times[-1], times[0] + 1.0), knots)
    knot = np.clip(np.searchsorted(edges, t_s, side="right") - 1, 0, knots - 2)
    return knot.astype(np.int64), (t_s - edges[knot]) / np.diff(edges)[knot], np.diff(edges)


def _moments(t_s: Floats, length_s: float) -> Integers:
    """Bounds of the samples that share the errors of a moment: those of one time, or of `length_s` where it is above zero."""
    cell = np.floor((t_s - t_s[0]) / length_s) if length_s else t_s
    return np.append(np.flatnonzero(np.diff(cell, prepend=-1.0)), len(t_s)).astype(np.int64)


def _gain_groups(samples: Samples, wind: Floats, *, moving: bool) -> tuple[Integers, int]:
    """Samples that share a lasting gain error: one fixed instrument in one quarter of the wind, or three minutes of a moving one.

    `wind` is u, v at each sample. What a path or a mast gets wrong (flow about obstacles, height, calibration) it gets wrong
    again whenever the wind comes from there.
    """
    quarter = np.floor(np.degrees(np.arctan2(wind[:, 1], wind[:, 0])) / 90.0).astype(np.int64) % 4
    part = ((samples.t_s - samples.t_s[0]) // 180.0).astype(np.int64) if moving else quarter
    _, group = np.unique(part * len(samples.names) + samples.instrument, return_inverse=True)
    return group.astype(np.int64), int(group.max()) + 1
