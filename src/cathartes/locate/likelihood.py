"""How probable the measurements are for a predicted signal: correlated, heavy-tailed errors that grow with the signal.

Independent residuals about a steady plume are the reason why published intervals are several times too narrow. Here the
background and a persistent gain error per instrument are marginalised, each moment has errors common to all instruments,
errors live on for a while, tails are Student's, and the source may be off. No plume is computed here: see `forward`.
"""

from math import exp, lgamma, log, pi, sqrt

import numpy as np
from numba import njit

FREEDOM = 4.0
LEVEL_SD_PPB = 300.0
ROUNDS = 2

# Positions in the vector of error parameters; `prior.ERRORS` gives each its prior.
MODEL_ERROR, COMMON_ERROR, GAIN_ERROR, MEMORY_S, NOISE_FACTOR, COMMON_PPB, DRIFT_PPB, OFFSET_PPB = range(8)


@njit(cache=True, nogil=True)
def variance(noise, signal, wide, errors):  # type: ignore[no-untyped-def]
    """Error variance of one sample (ppb2): instrument noise, and a share of the signal and of the signal nearby."""
    return (noise * errors[NOISE_FACTOR]) ** 2 + errors[MODEL_ERROR] ** 2 * (signal * signal + wide * wide)


@njit(cache=True, nogil=True)
def is_on_likelier(first, last, y, signal, wide, noise, errors):  # type: ignore[no-untyped-def]
    """Whether the samples of one moment look more like the source on than off, each on its own."""
    balance = 0.0
    for i in range(first, last):
        off = variance(noise[i], 0.0, 0.0, errors)
        on = variance(noise[i], signal[i], wide[i], errors)
        balance += 0.5 * log(off / on)
        balance += 0.5 * (FREEDOM + 1.0) * log((1.0 + y[i] ** 2 / (FREEDOM * off)) / (1.0 + (y[i] - signal[i]) ** 2 / (FREEDOM * on)))
    return balance > -1.0


@njit(cache=True, nogil=True)
def solve_bordered(diagonal, upper, border, corner, right_band, right_border):  # type: ignore[no-untyped-def]
    """Solves [[T, B], [B', C]] [u, v] = [p, q] for tridiagonal T; returns u, v and the log determinant. Spoils its input."""
    knots, edge = border.shape
    determinant = 0.0
    for k in range(knots):
        if k > 0:
            factor = upper[k - 1] / diagonal[k - 1]
            diagonal[k] -= factor * upper[k - 1]
            right_band[k] -= factor * right_band[k - 1]
            border[k] -= factor * border[k - 1]
        determinant += log(diagonal[k])
    for k in range(knots):
        for a in range(edge):
            share = border[k, a] / diagonal[k]
            if share == 0.0:
                continue
            right_border[a] -= share * right_band[k]
            for b in range(edge):
                corner[a, b] -= share * border[k, b]
    lower = np.linalg.cholesky(corner)
    determinant += 2.0 * np.log(np.diag(lower)).sum()
    v = np.linalg.solve(corner, right_border)
    u = np.empty(knots)
    for k in range(knots - 1, -1, -1):
        u[k] = right_band[k] - np.dot(border[k], v)
        if k < knots - 1:
            u[k] -= upper[k] * u[k + 1]
        u[k] /= diagonal[k]
    return u, v, determinant


@njit(cache=True, nogil=True)
def nuisance_prior(diagonal, upper, corner, right_border, knot_gap_s, offset, errors):  # type: ignore[no-untyped-def]
    """Starts the normal equations with the priors of drift, offsets and gains; returns half the log determinant of the precision."""
    diagonal[:], upper[:], corner[:], right_border[:] = 0.0, 0.0, 0.0, 0.0
    half = -log(LEVEL_SD_PPB)
    diagonal[0] = 1.0 / LEVEL_SD_PPB**2
    for k in range(len(knot_gap_s)):
        precision = 1.0 / (errors[DRIFT_PPB] ** 2 * knot_gap_s[k] / 3600.0)
        diagonal[k] += precision
        diagonal[k + 1] += precision
        upper[k] -= precision
        half += 0.5 * log(precision)
    kinds = len(offset)
    for a in range(corner.shape[0]):
        precision = 1.0 / errors[OFFSET_PPB] ** 2 if a < kinds else 1.0 / errors[GAIN_ERROR] ** 2
        corner[a, a] = precision
        half += 0.5 * log(precision)
        if a < kinds:
            right_border[a] = -precision * offset[a]
    return half


@njit(cache=True, nogil=True)
def add_sample(weight, r, s, k, h, a, b, diagonal, upper, border, corner, right_band, right_border):  # type: ignore[no-untyped-def]
    """Adds one sample, r = (1 - h) drift[k] + h drift[k + 1] + offset[a] + s gain[b] + error, to the normal equations."""
    diagonal[k] += weight * (1.0 - h) ** 2
    diagonal[k + 1] += weight * h * h
    upper[k] += weight * h * (1.0 - h)
    border[k, a] += weight * (1.0 - h)
    border[k + 1, a] += weight * h
    border[k, b] += weight * (1.0 - h) * s
    border[k + 1, b] += weight * h * s
    corner[a, a] += weight
    corner[a, b] += weight * s
    corner[b, a] += weight * s
    corner[b, b] += weight * s * s
    right_band[k] += weight * (1.0 - h) * r
    right_band[k + 1] += weight * h * r
    right_border[a] += weight * r
    right_border[b] += weight * s * r


@njit(cache=True, nogil=True)
def nuisance_penalty(drift, edges, knot_gap_s, offset, errors):  # type: ignore[no-untyped-def]
    """Half the squared prior deviation of a drift, offsets and gains."""
    total = 0.5 * (drift[0] / LEVEL_SD_PPB) ** 2
    for k in range(len(knot_gap_s)):
        total += 0.5 * (drift[k + 1] - drift[k]) ** 2 / (errors[DRIFT_PPB] ** 2 * knot_gap_s[k] / 3600.0)
    kinds = len(offset)
    for a in range(len(edges)):
        deviation = (edges[a] + offset[a]) / errors[OFFSET_PPB] if a < kinds else edges[a] / errors[GAIN_ERROR]
        total += 0.5 * deviation * deviation
    return total


@njit(cache=True, nogil=True)
def nuisance(residual, y, steps, gap_s, instrument, group, groups, knot, part, offset, noise, knot_gap_s, signal, wide, errors):  # type: ignore[no-untyped-def]
    """Takes drift and offsets out of `y` (into `residual`), puts gain errors on `signal`; returns the log of what that costs.

    Laplace's approximation: linear-normal given robust weights (two rounds), one bordered solve each. The memory of the
    errors reduces the weights as it reduces the number of independent samples.
    """
    knots, kinds = len(knot_gap_s) + 1, len(offset)
    edge = kinds + groups
    diagonal, upper = np.empty(knots), np.empty(knots)
    corner, right_border = np.empty((edge, edge)), np.empty(edge)
    drift, edges = np.zeros(knots), np.zeros(edge)
    half, determinant = 0.0, 0.0
    residual[:] = y
    for _ in range(ROUNDS):
        half = nuisance_prior(diagonal, upper, corner, right_border, knot_gap_s, offset, errors)
        border, right_band = np.zeros((knots, edge)), np.zeros(knots)
        for step in range(len(steps) - 1):
            rho = exp(-gap_s[step] / errors[MEMORY_S])
            on = is_on_likelier(steps[step], steps[step + 1], residual, signal, wide, noise, errors)
            for i in range(steps[step], steps[step + 1]):
                s = signal[i] if on else 0.0
                spread = variance(noise[i], s, wide[i] if on else 0.0, errors)
                left = residual[i] - s * (1.0 + edges[kinds + group[i]])
                weight = (1.0 - rho) / (1.0 + rho) * (FREEDOM + 1.0) / (FREEDOM * spread + left * left)
                a, b = instrument[i], kinds + group[i]
                add_sample(weight, y[i] - s, s, knot[i], part[i], a, b, diagonal, upper, border, corner, right_band, right_border)
        drift, edges, determinant = solve_bordered(diagonal, upper, border, corner, right_band, right_border)
        for i in range(len(y)):
            residual[i] = y[i] - (1.0 - part[i]) * drift[knot[i]] - part[i] * drift[knot[i] + 1] - edges[instrument[i]]
    for i in range(len(y)):
        signal[i] *= max(1.0 + edges[kinds + group[i]], 0.05)
    return half - 0.5 * determinant - nuisance_penalty(drift, edges, knot_gap_s, offset, errors)


@njit(cache=True, nogil=True)
def step_log_density(first, last, residual, signal, wide, noise, previous, rho, errors, on, was_on):  # type: ignore[no-untyped-def]
    """Log density of one moment's samples, given the moment before: Student's t with two errors common to all instruments.

    Covariance (1 - rho^2)(D + U U'), U the common background deviation and the common share of the signal; Woodbury.
    """
    count = last - first
    q0, determinant = 0.0, 0.0
    a00, a01, a11, b0, b1 = 1.0, 0.0, 1.0, 0.0, 0.0
    for i in range(first, last):
        s = signal[i] * on
        spread = variance(noise[i], s, wide[i] * on, errors)
        e, left = residual[i] - s, 1.0
        p = previous[i]
        if p >= 0 and rho > 1e-3:
            s_before = signal[p] * was_on
            before = variance(noise[p], s_before, wide[p] * was_on, errors)
            e -= rho * sqrt(spread / before) * (residual[p] - s_before)
            left = 1.0 - rho * rho
        d = spread * left
        determinant += log(d)
        q0 += e * e / d
        u0, u1 = errors[COMMON_PPB] * sqrt(left), errors[COMMON_ERROR] * s * sqrt(left)
        a00 += u0 * u0 / d
        a01 += u0 * u1 / d
        a11 += u1 * u1 / d
        b0 += u0 * e / d
        b1 += u1 * e / d
    both = a00 * a11 - a01 * a01
    q = q0 - (a11 * b0 * b0 - 2.0 * a01 * b0 * b1 + a00 * b1 * b1) / both
    constant = lgamma(0.5 * (FREEDOM + count)) - lgamma(0.5 * FREEDOM) - 0.5 * count * log(FREEDOM * pi)
    return constant - 0.5 * (determinant + log(both)) - 0.5 * (FREEDOM + count) * log(1.0 + max(q, 0.0) / FREEDOM)


@njit(cache=True, nogil=True)
def is_silent(first, last, wide, noise):  # type: ignore[no-untyped-def]
    """Whether no instrument could have noticed the source at this moment, so that on and off look alike."""
    loudest = 0.0
    for i in range(first, last):
        loudest = max(loudest, wide[i] / noise[i])
    return loudest <= 1e-3


@njit(cache=True, nogil=True)
def log_density(filtered, residual, steps, gap_s, previous, noise, signal, wide, errors, duty, cycle_s):  # type: ignore[no-untyped-def]
    """Log density of all samples, the source switching on and off at random: a forward pass over two states.

    `duty` is the share of time it is on, `cycle_s` the time after which it forgets its state. `filtered` (steps x 2) receives
    the probability of off and on given everything up to the step.
    """
    chance = np.array([1.0 - duty, duty])
    total, was_silent = 0.0, True
    joint, density = np.zeros((2, 2)), np.zeros((2, 2))
    for step in range(len(steps) - 1):
        first, last = steps[step], steps[step + 1]
        rho, keep = exp(-gap_s[step] / errors[MEMORY_S]), exp(-gap_s[step] / cycle_s)
        silent = is_silent(first, last, wide, noise)
        for now in range(2):
            for before in range(2):
                if silent and now == 1:
                    density[1, before] = density[0, before]
                elif was_silent and before == 1:
                    density[now, 1] = density[now, 0]
                else:
                    density[now, before] = step_log_density(first, last, residual, signal, wide, noise, previous, rho, errors, now, before)
        top = density.max()
        mass = 0.0
        for now in range(2):
            for before in range(2):
                stay = keep + (1.0 - keep) * (duty if now == 1 else 1.0 - duty)
                leave = (1.0 - keep) * (duty if now == 1 else 1.0 - duty)
                joint[now, before] = chance[before] * (stay if now == before else leave) * exp(density[now, before] - top)
                mass += joint[now, before]
        if not mass > 0.0:
            return -np.inf
        for now in range(2):
            chance[now] = (joint[now, 0] + joint[now, 1]) / mass
            filtered[step, now] = chance[now]
        total += top + log(mass)
        was_silent = silent
    return total


@njit(cache=True, nogil=True)
def share_on(filtered, gap_s, duty, cycle_s, uniforms):  # type: ignore[no-untyped-def]
    """Share of moments at which the source was on, along one history drawn backwards from the filter (FFBS)."""
    last = filtered.shape[0] - 1
    now = 1 if uniforms[last] < filtered[last, 1] else 0
    count = now
    for step in range(last - 1, -1, -1):
        keep = exp(-gap_s[step + 1] / cycle_s)
        share = duty if now == 1 else 1.0 - duty
        weight_on = filtered[step, 1] * ((keep if now == 1 else 0.0) + (1.0 - keep) * share)
        weight_off = filtered[step, 0] * ((keep if now == 0 else 0.0) + (1.0 - keep) * share)
        now = 1 if uniforms[step] * (weight_on + weight_off) < weight_on else 0
        count += now
    return count / (last + 1.0)


@njit(cache=True, nogil=True)
def lone_variance(noise, signal, wide, errors):  # type: ignore[no-untyped-def]
    """Error variance of one sample on its own (ppb2), common errors included."""
    return variance(noise, signal, wide, errors) + errors[COMMON_PPB] ** 2 + (errors[COMMON_ERROR] * signal) ** 2


@njit(cache=True, nogil=True)
def sample_densities(out, residual, steps, gap_s, previous, noise, signal, wide, errors):  # type: ignore[no-untyped-def]
    """Log density of each sample by itself given its predecessor, the source on where that is likelier; for `redundancy`."""
    was_on = np.ones(len(residual), dtype=np.bool_)
    for step in range(len(steps) - 1):
        on = is_on_likelier(steps[step], steps[step + 1], residual, signal, wide, noise, errors)
        rho = exp(-gap_s[step] / errors[MEMORY_S])
        for i in range(steps[step], steps[step + 1]):
            was_on[i] = on
            s = signal[i] if on else 0.0
            spread = lone_variance(noise[i], s, wide[i] if on else 0.0, errors)
            e, p = residual[i] - s, previous[i]
            if p >= 0:
                s = signal[p] if was_on[p] else 0.0
                before = lone_variance(noise[p], s, wide[p] if was_on[p] else 0.0, errors)
                e -= rho * sqrt(spread / before) * (residual[p] - s)
                spread *= 1.0 - rho * rho
            out[i] = -0.5 * log(spread) - 0.5 * (FREEDOM + 1.0) * log(1.0 + e * e / (FREEDOM * spread))
