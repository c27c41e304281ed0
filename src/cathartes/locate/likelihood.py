"""How probable the measurements are for a predicted signal, when the plume is wrong in the ways plumes are wrong.

Independent residuals about a steady plume are the reason why published intervals are several times too narrow. Here all
instruments of one moment share three errors: the wind blew elsewhere, the plume climbed differently, the air was patchy.
Background and a lasting gain error per instrument are marginalised, tails are Student's, and the source may be off. A sample at
the instrument's floor says "at most this" and no more.
No plume is computed here: see `forward`.
"""

from math import exp, hypot, lgamma, log, pi, sqrt

import numpy as np

from cathartes.kernels import compiled

FREEDOM = 4.0
LEVEL_SD_PPB = 300.0
ROUNDS = 2

# Positions in the vector of error parameters; `prior` says what is believed of each.
OWN_ERROR, COMMON_ERROR, CLIMB_ERROR, GAIN_ERROR, NOISE_FACTOR, COMMON_PPB, DRIFT_PPB, OFFSET_PPB = range(8)

# Columns of a prediction (ppb): mean over wind directions, its change with one standard deviation of direction,
# its change with the logarithm of sigma_z, and the mean times how much less a light wind tells.
MEAN, SWUNG, CLIMBED, DOUBTED = range(4)


@compiled
def own_variance(noise, signal, errors):  # type: ignore[no-untyped-def]
    """Error variance that one sample shares with no other (ppb2): noise and a share of the signal."""
    return (noise * errors[NOISE_FACTOR]) ** 2 + (errors[OWN_ERROR] * signal[DOUBTED]) ** 2


@compiled
def lone_variance(noise, signal, errors):  # type: ignore[no-untyped-def]
    """Error variance of one sample by itself (ppb2): its own and its part in the errors that all instruments share."""
    shared = (errors[COMMON_ERROR] * signal[DOUBTED]) ** 2 + signal[SWUNG] ** 2 + (errors[CLIMB_ERROR] * signal[CLIMBED]) ** 2
    return own_variance(noise, signal, errors) + shared + errors[COMMON_PPB] ** 2


@compiled
def log_at_most(limit, expected, variance):  # type: ignore[no-untyped-def]
    """Log of the chance that a reading about `expected` is `limit` or less: Student's t with `FREEDOM` 4, scale sqrt(`variance`).

    With s = t / sqrt(4 + t^2) the distribution function is (1 + s)^2 (2 - s) / 4, and 1 + s = 4 / ((4 + t^2) (1 - s)) loses no
    digits far out.
    """
    t = (limit - expected) / sqrt(variance)
    s = t / sqrt(4.0 + t * t)
    above = 4.0 / ((4.0 + t * t) * (1.0 - s)) if s < 0.0 else 1.0 + s
    return 2.0 * log(above) + log(0.25 * (2.0 - s))


@compiled
def is_on_likelier(first, last, y, floored, signal, noise, errors):  # type: ignore[no-untyped-def]
    """Whether the samples of one moment look more like the source on than off, each on its own."""
    balance = 0.0
    silence = np.zeros(4)
    for i in range(first, last):
        off = lone_variance(noise[i], silence, errors)
        on = lone_variance(noise[i], signal[i], errors)
        if floored[i]:
            balance += log_at_most(y[i], signal[i, MEAN], on) - log_at_most(y[i], 0.0, off)
            continue
        balance += 0.5 * log(off / on)
        left = y[i] - signal[i, MEAN]
        balance += 0.5 * (FREEDOM + 1.0) * log((1.0 + y[i] ** 2 / (FREEDOM * off)) / (1.0 + left**2 / (FREEDOM * on)))
    return balance > -1.0


@compiled
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


@compiled
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


@compiled
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


@compiled
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


@compiled
def nuisance(residual, y, floored, steps, instrument, group, groups, knot, part, offset, noise, knot_gap_s, signal, errors):  # type: ignore[no-untyped-def]
    """Takes drift and offsets out of `y` (into `residual`), puts gain errors on `signal`; returns the log of what that costs.

    A lasting gain error acts on the signal and on what the signal would change with sigma_z: a path that passes close to a
    source is wrong by more, and stays so. Samples at the floor say nothing of drift and offsets. Laplace's approximation:
    linear-normal given robust weights, one bordered solve each.
    """
    knots, kinds = len(knot_gap_s) + 1, len(offset)
    edge = kinds + groups
    diagonal, upper = np.empty(knots), np.empty(knots)
    corner, right_border = np.empty((edge, edge)), np.empty(edge)
    drift, edges = np.zeros(knots), np.zeros(edge)
    half, determinant = 0.0, 0.0
    silence = np.zeros(4)
    residual[:] = y
    for _ in range(ROUNDS):
        half = nuisance_prior(diagonal, upper, corner, right_border, knot_gap_s, offset, errors)
        border, right_band = np.zeros((knots, edge)), np.zeros(knots)
        for step in range(len(steps) - 1):
            on = is_on_likelier(steps[step], steps[step + 1], residual, floored, signal, noise, errors)
            for i in range(steps[step], steps[step + 1]):
                if floored[i]:
                    continue
                sent = signal[i] if on else silence
                spread = lone_variance(noise[i], sent, errors)
                lever = hypot(sent[MEAN], sent[CLIMBED])
                left = residual[i] - sent[MEAN] - lever * edges[kinds + group[i]]
                weight = (FREEDOM + 1.0) / (FREEDOM * spread + left * left)
                a, b = instrument[i], kinds + group[i]
                r = y[i] - sent[MEAN]
                add_sample(weight, r, lever, knot[i], part[i], a, b, diagonal, upper, border, corner, right_band, right_border)
        drift, edges, determinant = solve_bordered(diagonal, upper, border, corner, right_band, right_border)
        for i in range(len(y)):
            residual[i] = y[i] - (1.0 - part[i]) * drift[knot[i]] - part[i] * drift[knot[i] + 1] - edges[instrument[i]]
    for i in range(len(y)):
        if signal[i, MEAN] > 0.0:
            lever = hypot(signal[i, MEAN], signal[i, CLIMBED])
            signal[i] *= max(1.0 + edges[kinds + group[i]] * lever / signal[i, MEAN], 0.05)
    return half - 0.5 * determinant - nuisance_penalty(drift, edges, knot_gap_s, offset, errors)


@compiled
def whiten(core, right):  # type: ignore[no-untyped-def]
    """right' core^-1 right and log det core of a small symmetric positive matrix, by Cholesky in place: spoils both.

    Written out because a call of LAPACK costs more than the arithmetic of a 4 x 4 system.
    """
    size = len(right)
    explained, volume = 0.0, 0.0
    for a in range(size):
        for b in range(a):
            core[a, a] -= core[a, b] ** 2
            right[a] -= core[a, b] * right[b]
        volume += log(core[a, a])
        pivot = sqrt(core[a, a])
        right[a] /= pivot
        explained += right[a] ** 2
        for c in range(a + 1, size):
            for b in range(a):
                core[c, a] -= core[c, b] * core[a, b]
            core[c, a] /= pivot
    return explained, volume


@compiled
def step_log_density(first, last, residual, floored, signal, noise, errors, on):  # type: ignore[no-untyped-def]
    """Log density of one moment's samples: multivariate Student's t about the signal (`on` 1) or about nothing (0).

    Scale matrix D + U U', D each sample's own variance, U the shared errors: background, patchiness, direction, climb.
    Determinant lemma and Woodbury's identity keep it to a 4 x 4 system. Samples at the floor come with the chance of being there,
    each by itself: the errors they share with others count in full in each, as a multivariate distribution function has no short form.
    """
    count, floors = 0, 0.0
    core, right, u = np.eye(4), np.zeros(4), np.empty(4)
    square, determinant = 0.0, 0.0
    for i in range(first, last):
        sent = signal[i] * on
        if floored[i]:
            floors += log_at_most(residual[i], sent[MEAN], lone_variance(noise[i], sent, errors))
            continue
        count += 1
        d = own_variance(noise[i], sent, errors)
        e = residual[i] - sent[MEAN]
        u[0], u[1] = errors[COMMON_PPB], errors[COMMON_ERROR] * sent[DOUBTED]
        u[2], u[3] = sent[SWUNG], errors[CLIMB_ERROR] * sent[CLIMBED]
        determinant += log(d)
        square += e * e / d
        for a in range(4):
            right[a] += u[a] * e / d
            for b in range(4):
                core[a, b] += u[a] * u[b] / d
    explained, volume = whiten(core, right)
    square = max(square - explained, 0.0)
    determinant += volume
    constant = lgamma(0.5 * (FREEDOM + count)) - lgamma(0.5 * FREEDOM) - 0.5 * count * log(FREEDOM * pi)
    return floors + constant - 0.5 * determinant - 0.5 * (FREEDOM + count) * log(1.0 + square / FREEDOM)


@compiled
def is_silent(first, last, signal, noise):  # type: ignore[no-untyped-def]
    """Whether no instrument could have noticed the source at this moment, so that on and off look alike."""
    loudest = 0.0
    for i in range(first, last):
        loudest = max(loudest, signal[i, MEAN] / noise[i])
    return loudest <= 1e-3


@compiled
def log_density(filtered, gained, residual, floored, steps, gap_s, noise, signal, errors, duty, cycle_s):  # type: ignore[no-untyped-def]
    """Log density of all samples, the source switching on and off at random: a forward pass over two states.

    `duty` is the share of time it is on, `cycle_s` the time after which it forgets its state. `filtered` (steps x 2) receives
    the probability of off and on given everything up to the step, `gained` what each step added to the result.
    """
    chance = np.array([1.0 - duty, duty])
    total = 0.0
    for step in range(len(steps) - 1):
        first, last = steps[step], steps[step + 1]
        keep = exp(-gap_s[step] / cycle_s)
        expected_on = keep * chance[1] + (1.0 - keep) * duty
        off = step_log_density(first, last, residual, floored, signal, noise, errors, 0.0)
        on = off
        if not is_silent(first, last, signal, noise):
            on = step_log_density(first, last, residual, floored, signal, noise, errors, 1.0)
        top = max(off, on)
        weight_off, weight_on = (1.0 - expected_on) * exp(off - top), expected_on * exp(on - top)
        mass = weight_off + weight_on
        if not mass > 0.0:
            return -np.inf
        chance[0], chance[1] = weight_off / mass, weight_on / mass
        filtered[step] = chance
        gained[step] = top + log(mass)
        total += gained[step]
    return total


@compiled
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
