"""What is odd about a gas log, as statements: counted and kept, never dropped or mended."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cathartes.model import GasLog, HeightReference, Statement
from cathartes.readers.table import Table

PLAUSIBLE_MEDIAN_PPB: Mapping[str, tuple[float, float]] = {"ch4": (1_000.0, 50_000.0), "co2": (300_000.0, 5_000_000.0)}
"""Medians outside are more likely another unit: clean air holds some 1,900 ppb of methane and 420,000 ppb of carbon dioxide
(NOAA Global Monitoring Laboratory, 2024); the upper ends are what people may work in all day."""

WILD_M_S = 10.0
"""A standard deviation of the wind above this is found in no boundary layer that anyone flies in."""


def health_of_order(log: GasLog) -> list[Statement]:
    """Samples out of order, and clocks that ran backwards, in a log still in file order."""
    back_s, steps = 0.0, 0
    for number in range(len(log.instruments)):
        step = np.diff(log.t_s[log.instrument == number])
        steps += int(np.count_nonzero(step < 0))
        back_s = max(back_s, float(-step.min(initial=0.0)))
    if steps:
        return [Statement("health.clock_back", {"count": steps, "seconds": back_s})]
    unordered = int(np.count_nonzero(np.diff(log.t_s) < 0))
    return [Statement("health.unordered", {"count": unordered})] if unordered else []


def health_of_log(log: GasLog, table: Table, unread: Sequence[str]) -> list[Statement]:
    """Everything else there is to say of a log in time order, whose columns `unread` were not read."""
    statements = [Statement("health.unread_columns", {"columns": ", ".join(unread)})] if unread else []
    if table.not_available:
        statements.append(Statement("health.not_available", {"count": table.not_available}))
    return [*statements, *health_of_repeats(log), *health_of_places(log), *health_of_turbulence(log), *health_of_gases(log)]


def health_of_repeats(log: GasLog) -> list[Statement]:
    """Samples of one instrument that share a time: the same row again, or another measurement."""
    order = np.lexsort((log.t_s, log.instrument))
    first, second = order[:-1], order[1:]
    at_once = (log.instrument[first] == log.instrument[second]) & (log.t_s[first] == log.t_s[second])
    first, second = first[at_once], second[at_once]
    same = np.ones(len(first), bool)
    for values in measured(log):
        equal = (values[first] == values[second]) | (np.isnan(values[first]) & np.isnan(values[second]))
        same &= equal.reshape(len(first), math.prod(values.shape[1:])).all(axis=1)
    counts = {"health.repeated_rows": int(np.count_nonzero(same)), "health.two_values_at_once": int(np.count_nonzero(~same))}
    return [Statement(key, {"count": count}) for key, count in counts.items() if count]


def measured(log: GasLog) -> tuple[NDArray[np.float64], ...]:
    """All arrays of a sample but its time and instrument."""
    return (
        log.start, log.end, *log.gases.values(), log.wind_u_m_s, log.wind_v_m_s, log.sigma_v_m_s, log.sigma_w_m_s,
        log.obukhov_length_m, log.friction_velocity_m_s, log.temperature_k, log.pressure_hpa,
    )  # fmt: skip


def health_of_places(log: GasLog) -> list[Statement]:
    """Samples without a place, and samples below the ground."""
    nowhere = int(np.count_nonzero(np.isnan(log.start).any(axis=1) | np.isnan(log.end).any(axis=1)))
    statements = [Statement("health.no_place", {"count": nowhere})] if nowhere else []
    lowest = np.fmin(log.start[:, 2], log.end[:, 2])
    below = int(np.count_nonzero(lowest < 0)) if log.height_reference is HeightReference.AGL else 0
    if below:
        statements.append(Statement("health.below_ground", {"count": below, "lowest_m": float(np.nanmin(lowest))}))
    return statements


def health_of_turbulence(log: GasLog) -> list[Statement]:
    """Standard deviations of the wind that no wind has: spectra and angles fitted in a calm give such numbers."""
    sigma = np.fmax(log.sigma_v_m_s, log.sigma_w_m_s)
    wild = int(np.count_nonzero(sigma > WILD_M_S))
    return [Statement("health.turbulence_doubtful", {"count": wild, "most_m_s": float(np.nanmax(sigma))})] if wild else []


def health_of_gases(log: GasLog) -> list[Statement]:
    """Blank, negative and implausible amounts of each gas."""
    statements = []
    for gas, ppb in log.gases.items():
        present = ppb[np.isfinite(ppb)]
        if blank := len(ppb) - len(present):
            statements.append(Statement("health.blank_gas", {"gas": gas, "count": blank, "samples": len(ppb)}))
        if negative := int(np.count_nonzero(present < 0)):
            statements.append(Statement("health.negative_gas", {"gas": gas, "count": negative, "lowest_ppb": float(present.min())}))
        low, high = PLAUSIBLE_MEDIAN_PPB.get(gas, (-np.inf, np.inf))
        if present.size and not low <= (median := float(np.median(present))) <= high:
            statements.append(Statement("health.unit_doubtful", {"gas": gas, "median_ppb": median}))
    return statements
