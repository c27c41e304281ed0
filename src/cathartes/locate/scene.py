"""From the samples of fixed instruments to the arrays their likelihood takes: one wind per moment, first background, thinned.

What is missing is filled here or the log is refused here, and each such choice is stated; no probability is computed here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.background import difference_noise, floor_noise
from cathartes.earth.dispersion import spread_table, turbulence
from cathartes.earth.gases import gas_named, ppb_per_kg_h
from cathartes.locate.forward import Scene
from cathartes.locate.samples import Integers, Samples, at_floor, is_floor, modelled_wind, usual_step
from cathartes.model import Flight, Statement
from cathartes.model.samples import Floats

MOST_SAMPLES = 450
FIXED_MEAN_S = 600.0
# Motions too slow for turbulence move a plume sideways even in stable calms, by 0.3 to 0.5 m/s (Hanna 1983, J. Clim. Appl.
# Meteorol. 22, 1424); similarity does not know them, a measured sigma_v does.
SUBMESO_M_S = 0.4
STABILITY_M = {"unstable": -100.0, "neutral": 1e9, "stable": 100.0, "unknown": 1e9}
LOW_QUANTILE = 0.03
NOISIEST_SHARE = 0.015


def averaging_time(samples: Samples) -> float:
    """Seconds over which samples are averaged: ten minutes, or the log's own step where that is longer.

    A mast's wind of one minute is not the wind that carried the gas: taken as exact it dilutes every slope (errors in
    variables), and rates come out low. Means over some minutes agree better with the mean plume; the swing of
    the wind within them becomes plume width (`swing`).
    """
    return max(FIXED_MEAN_S, usual_step(samples))


def thin(samples: Samples) -> Samples:
    """Every k-th time only, k as small as keeps the number of samples bearable: errors of neighbouring means are alike."""
    k = int(np.ceil(len(samples.t_s) / MOST_SAMPLES))
    return samples.take(np.isin(samples.t_s, np.unique(samples.t_s)[k // 2 :: k]))


def _cell(samples: Samples, window_s: float) -> Integers:
    """Block of time and instrument of each sample (n x 2)."""
    block = np.floor((samples.t_s - samples.t_s[0]) / window_s + 1e-9).astype(np.int64)
    return np.column_stack((block, samples.instrument))


def average(samples: Samples, window_s: float) -> Samples:
    """Means over blocks of `window_s`, each stamped with its block's middle."""
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


def air_at(samples: Samples, times: Floats, at: Integers, flight: Flight) -> tuple[Air, tuple[Statement, ...]]:
    """Wind and turbulence for each of `times`; `at` is each sample's row. Raises `BadInput` where no wind is known at all."""
    model = flight.wind.reanalysis
    wind, height, notes = _wind(samples, times, at, flight)
    obukhov = _known_mean(samples.obukhov_m, at, len(times))
    obukhov = np.where(np.isnan(obukhov), STABILITY_M[model.stability if model else "unknown"], obukhov)
    obukhov = np.sign(obukhov + 1e-12) * np.maximum(np.abs(obukhov), 2.0)
    mixing = model.mixing_height_m if model and model.mixing_height_m else np.inf
    lid = np.full(len(times), mixing)
    speed = np.hypot(wind[:, 0], wind[:, 1])
    guess_v, guess_w = turbulence(speed, height, obukhov, flight.terrain.roughness_m, _known_mean(samples.ustar, at, len(times)), lid)
    sigma_v, sigma_w = _known_mean(samples.sigma_v, at, len(times)), _known_mean(samples.sigma_w, at, len(times))
    sigma_v, sigma_w = np.where(np.isnan(sigma_v), np.hypot(guess_v, SUBMESO_M_S), sigma_v), np.where(np.isnan(sigma_w), guess_w, sigma_w)
    swing = np.nan_to_num(_known_mean(samples.swing, at, len(times)))
    return Air(wind, height, np.hypot(sigma_v, swing), np.maximum(sigma_w, 0.02), obukhov, lid), notes


def _known_mean(values: Floats, at: Integers, count: int) -> Floats:
    """Mean of the known values at each moment; NaN where there is none."""
    known = np.isfinite(values)
    total, number = np.bincount(at[known], values[known], count), np.bincount(at[known], minlength=count)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def _wind(samples: Samples, times: Floats, at: Integers, flight: Flight) -> tuple[Floats, Floats, tuple[Statement, ...]]:
    """Wind and the height it holds at, per moment."""
    u, v = _known_mean(samples.wind[:, 0], at, len(times)), _known_mean(samples.wind[:, 1], at, len(times))
    known = np.isfinite(u) & np.isfinite(v)
    if flight.wind.kind == "reanalysis" or not known.any():
        wind, said = modelled_wind(flight, len(times))
        return wind, np.full(len(times), 10.0), said
    level = flight.wind.height_m
    middle_z = 0.5 * (samples.paths[:, 2] + samples.paths[:, 5])
    filled = np.column_stack([np.interp(times, times[known], part[known]) for part in (u, v)])
    height = np.full(len(times), level if level is not None else max(float(np.median(middle_z)), 1.0))
    notes = () if level is not None else (Statement("locate.wind-height-assumed", {"height_m": float(height[0])}),)
    return filled, height, notes


def build(samples: Samples, gas: str, flight: Flight) -> tuple[Scene, tuple[Statement, ...]]:
    """The scene of thinned samples, and what was assumed."""
    count, air_ppb = len(samples.t_s), gas_named(gas).background_ppb
    samples, lowest = at_floor(samples, flight.gas_log.floor_ppb, air_ppb)
    window = averaging_time(samples)
    samples = thin(average(samples, window))
    times, at = np.unique(samples.t_s, return_inverse=True)
    air, notes = air_at(samples, times, at, flight)
    notes += lowest
    floored = is_floor(samples.y_ppb, flight.gas_log.floor_ppb)
    if len(samples.t_s) < count:
        notes += (Statement("locate.averaged", {"kept": len(samples.t_s), "of": count, "window_s": window}),)
    start, noise = _first_guess(samples, floored, flight.gas_log.noise_ppb, air_ppb)
    level = np.full(len(samples.t_s), np.median(start)) + (start - np.median(start))[samples.instrument]
    tables = spread_table(
        np.maximum(np.hypot(air.wind[:, 0], air.wind[:, 1]), 0.05), air.height_m, air.sigma_v, air.sigma_w, air.obukhov_m,
        flight.terrain.roughness_m, air.lid_m,
    )  # fmt: skip
    scale = ppb_per_kg_h(gas, samples.temperature_k, samples.pressure_hpa, flight.air)
    knot, part, knot_gap = _knots(samples.t_s, times)
    group, groups = _gain_groups(samples, air.wind[at])
    steps = _moments(samples.t_s)
    return Scene(
        samples.paths, at.astype(np.int64), np.column_stack((air.wind, air.sigma_v)), tables, air.lid_m, samples.y_ppb - level,
        level, scale, noise[samples.instrument], samples.t_s, steps, np.diff(samples.t_s[steps[:-1]], prepend=times[0]),
        samples.instrument, samples.names, group, groups, knot, part, knot_gap, start - np.median(start),
        floored,
    ), notes  # fmt: skip


def _first_guess(
    samples: Samples, floored: NDArray[np.bool_], stated_noise_ppb: float | None, clean_air_ppb: float
) -> tuple[Floats, Floats]:
    """Where the background of each instrument (ppb) is looked for first, and its noise (ppb): both are inferred later.

    The level is a low quantile, because a beam may stand in the plume for all but a few minutes. The noise comes from
    successive differences, and is not believed beyond 1.5 % of clean air: the rest is plume. An instrument whose low quantile is
    its floor has its background somewhere below: that of clean air.
    """
    present = np.unique(samples.instrument)
    start, noise = np.zeros(len(samples.names)), np.ones(len(samples.names))
    for kind in present:
        here = samples.instrument == kind
        seen = here & ~floored
        noise[kind] = difference_noise(samples.t_s[seen], samples.y_ppb[seen])
        start[kind] = np.quantile(samples.y_ppb[here], LOW_QUANTILE)
        if (low := here & floored).any():
            floor = float(samples.y_ppb[low].min())
            noise[kind] = floor_noise(noise[kind] if seen.sum() > 2 else 0.0, floor)
            start[kind] = min(start[kind], clean_air_ppb) if start[kind] <= 1.001 * floor else start[kind]
    start[np.setdiff1d(np.arange(len(start)), present)] = np.median(start[present])
    noise = np.minimum(noise, NOISIEST_SHARE * clean_air_ppb) if clean_air_ppb > 100.0 else noise
    return start, noise if stated_noise_ppb is None else np.full(len(noise), stated_noise_ppb)


def _knots(t_s: Floats, times: Floats) -> tuple[Integers, Floats, Floats]:
    """Each sample's knot and its part of the way to the next, and the gaps between knots (s): at most 60, at least 8 times apart."""
    knots = max(2, min(60, len(times) // 8))
    edges = np.linspace(times[0], max(times[-1], times[0] + 1.0), knots)
    knot = np.clip(np.searchsorted(edges, t_s, side="right") - 1, 0, knots - 2)
    return knot.astype(np.int64), (t_s - edges[knot]) / np.diff(edges)[knot], np.diff(edges)


def _moments(t_s: Floats) -> Integers:
    """Bounds of the samples of one time, which share the errors of that moment."""
    return np.append(np.flatnonzero(np.diff(t_s, prepend=-np.inf)), len(t_s)).astype(np.int64)


def _gain_groups(samples: Samples, wind: Floats) -> tuple[Integers, int]:
    """Samples that share a lasting gain error: one instrument in one quarter of the wind.

    `wind` is u, v at each sample. What a path or a mast gets wrong (flow about obstacles, height, calibration) it gets wrong
    again whenever the wind comes from there.
    """
    quarter = np.floor(np.degrees(np.arctan2(wind[:, 1], wind[:, 0])) / 90.0).astype(np.int64) % 4
    _, group = np.unique(quarter * len(samples.names) + samples.instrument, return_inverse=True)
    return group.astype(np.int64), int(group.max()) + 1
