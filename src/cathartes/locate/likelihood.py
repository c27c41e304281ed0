"""How probable the measurements are for a predicted signal, when the plume is wrong in the ways plumes are wrong.

Independent residuals about a steady plume are the reason why published intervals are several times too narrow. Here all
instruments of one moment share three errors: the wind blew elsewhere, the plume climbed differently, the air was patchy.
Background and a lasting gain error per instrument are marginalised, tails are Student's, and the source may be off. A sample at
the instrument's floor says "at most this" and no more.
No plume is computed here: see `forward`.
"""

from math import exp, lgamma, log, pi, sqrt

import numpy as np

from cathartes.kernels import compiled

FREEDOM = 4.0
LEVEL_SD_PPB = 300.0
ROUNDS = 6
SETTLED = 0.1
SURE = 30.0

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
def chance_on(first, last, residual, floored, expected, on, off, duty):  # type: ignore[no-untyped-def]
    """The chance that the source was on in one moment: its samples are judged each on its own, with variances `on` and `off` (ppb2)."""
    balance, odds = log(duty / (1.0 - duty)), 1.0
    for i in range(first, last):
        if floored[i]:
            balance += log_at_most(residual[i], expected[i], on[i]) - log_at_most(residual[i], 0.0, off[i])
            continue
        left, scale = residual[i] - expected[i], FREEDOM * off[i]
        share = (scale + residual[i] ** 2) / (FREEDOM * on[i] + left**2)
        # With four degrees of freedom: (off / on)^(1/2) (share on / off)^(5/2); one logarithm a moment, while the product is in range.
        odds *= share**2 * sqrt(share) * (on[i] / off[i]) ** 2
        if not 1e-100 < odds < 1e100:
            balance, odds = balance + log(odds), 1.0
    balance += log(odds)
    return 1.0 / (1.0 + exp(-min(max(balance, -SURE), SURE)))


@compiled
def solve_with_gains(core, coupling, own, right, right_own):  # type: ignore[no-untyped-def]
    """Solves [[core, coupling'], [coupling, own]] [u, v] = [right, right_own] for diagonal `own`; returns u, v, the log determinant.

    A gain meets no other gain, so gains are eliminated first; what is left is small. Spoils its input.
    """
    gains, size = coupling.shape
    determinant = 0.0
    for g in range(gains):
        determinant += log(own[g])
        for a in range(size):
            if coupling[g, a] == 0.0:
                continue
            share = coupling[g, a] / own[g]
            right[a] -= share * right_own[g]
            for b in range(a + 1):
                core[a, b] -= share * coupling[g, b]
    lower, u = np.linalg.cholesky(core), right
    for a in range(size):
        determinant += 2.0 * log(lower[a, a])
        for b in range(a):
            u[a] -= lower[a, b] * u[b]
        u[a] /= lower[a, a]
    for a in range(size - 1, -1, -1):
        u[a] /= lower[a, a]
        for b in range(a):
            u[b] -= lower[a, b] * u[a]
    v = (right_own - np.dot(coupling, u)) / own
    return u, v, determinant


@compiled
def nuisance_prior(core, own, right, knot_gap_s, offset, errors):  # type: ignore[no-untyped-def]
    """Starts the normal equations with the priors of drift, offsets and gains; returns half the log determinant of the precision."""
    core[:], right[:] = 0.0, 0.0
    half = -log(LEVEL_SD_PPB)
    core[0, 0] = 1.0 / LEVEL_SD_PPB**2
    for k in range(len(knot_gap_s)):
        precision = 1.0 / (errors[DRIFT_PPB] ** 2 * knot_gap_s[k] / 3600.0)
        core[k, k] += precision
        core[k + 1, k + 1] += precision
        core[k + 1, k] -= precision
        half += 0.5 * log(precision)
    knots = len(knot_gap_s) + 1
    for a in range(len(offset)):
        core[knots + a, knots + a] = 1.0 / errors[OFFSET_PPB] ** 2
        right[knots + a] = -offset[a] / errors[OFFSET_PPB] ** 2
    own[:] = 1.0 / errors[GAIN_ERROR] ** 2
    return half - len(offset) * log(errors[OFFSET_PPB]) - len(own) * log(errors[GAIN_ERROR])


@compiled
def add_sample(weight, weighted, lever, levered, k, h, a, b, core, coupling, right, right_own):  # type: ignore[no-untyped-def]
    """Adds one sample, r = (1 - h) drift[k] + h drift[k + 1] + offset[a] + s gain[b] + error, to the normal equations.

    A sample may count in part with the source on and in part with it off: `weight` sums its weights w, `weighted` w r, `lever` w s,
    `levered` w s r. `a` counts on from the last knot; of the symmetric `core` the lower half is kept.
    """
    core[k, k] += weight * (1.0 - h) ** 2
    core[k + 1, k + 1] += weight * h * h
    core[k + 1, k] += weight * h * (1.0 - h)
    core[a, k] += weight * (1.0 - h)
    core[a, k + 1] += weight * h
    core[a, a] += weight
    coupling[b, k] += lever * (1.0 - h)
    coupling[b, k + 1] += lever * h
    coupling[b, a] += lever
    right[k] += weighted * (1.0 - h)
    right[k + 1] += weighted * h
    right[a] += weighted
    right_own[b] += levered


@compiled
def nuisance_penalty(lasting, gains, knot_gap_s, offset, errors):  # type: ignore[no-untyped-def]
    """Half the squared prior deviation of drift and offsets (one after the other in `lasting`) and of gains."""
    total = 0.5 * (lasting[0] / LEVEL_SD_PPB) ** 2
    knots = len(knot_gap_s) + 1
    for k in range(knots - 1):
        total += 0.5 * (lasting[k + 1] - lasting[k]) ** 2 / (errors[DRIFT_PPB] ** 2 * knot_gap_s[k] / 3600.0)
    for a in range(len(offset)):
        total += 0.5 * ((lasting[knots + a] + offset[a]) / errors[OFFSET_PPB]) ** 2
    for b in range(len(gains)):
        total += 0.5 * (gains[b] / errors[GAIN_ERROR]) ** 2
    return total


@compiled
def nuisance(  # type: ignore[no-untyped-def]
    residual, y, floored, steps, instrument, group, groups, knot, part, offset, noise, knot_gap_s, signal, errors, duty
):
    """Takes drift and offsets out of `y` (into `residual`), puts gain errors on `signal`; returns the log of what that costs.

    A lasting gain error acts on the signal and on what the signal would change with sigma_z: a path that passes close to a
    source is wrong by more, and stays so. Samples at the floor say nothing of drift and offsets. Laplace's approximation:
    linear-normal given robust weights and the chance of each moment that the source was on, solved again until neither moves
    (expectation-maximisation). Stopped short of that the answer would jump where a moment changes sides.
    """
    count, knots, size = len(y), len(knot_gap_s) + 1, len(knot_gap_s) + 1 + len(offset)
    core, right, own = np.empty((size, size)), np.empty(size), np.empty(groups)
    coupling, right_own = np.empty((groups, size)), np.empty(groups)
    lasting, gains = np.zeros(size), np.zeros(groups)
    on, off, levers, expected = np.empty(count), np.empty(count), np.empty(count), signal[:, MEAN].copy()
    silence = np.zeros(4)
    for i in range(count):
        on[i], off[i] = lone_variance(noise[i], signal[i], errors), lone_variance(noise[i], silence, errors)
        levers[i] = sqrt(signal[i, MEAN] ** 2 + signal[i, CLIMBED] ** 2)
    half, determinant = 0.0, 0.0
    residual[:] = y
    for _ in range(ROUNDS):
        half = nuisance_prior(core, own, right, knot_gap_s, offset, errors)
        coupling[:], right_own[:] = 0.0, 0.0
        for step in range(len(steps) - 1):
            chance = chance_on(steps[step], steps[step + 1], residual, floored, expected, on, off, duty)
            for i in range(steps[step], steps[step + 1]):
                if floored[i]:
                    continue
                left, shown = residual[i] - expected[i], y[i] - signal[i, MEAN]
                heard = chance * (FREEDOM + 1.0) / (FREEDOM * on[i] + left * left)
                silent = (1.0 - chance) * (FREEDOM + 1.0) / (FREEDOM * off[i] + residual[i] * residual[i])
                lever = heard * levers[i]
                own[group[i]] += lever * levers[i]
                add_sample(
                    heard + silent, heard * shown + silent * y[i], lever, lever * shown, knot[i], part[i], knots + instrument[i], group[i],
                    core, coupling, right, right_own,
                )  # fmt: skip
        lasting, gains, determinant = solve_with_gains(core, coupling, own, right, right_own)
        moved = 0.0
        for i in range(count):
            drift = (1.0 - part[i]) * lasting[knot[i]] + part[i] * lasting[knot[i] + 1]
            left = y[i] - drift - lasting[knots + instrument[i]]
            moved = max(moved, (left - residual[i]) ** 2 / off[i])
            residual[i], expected[i] = left, signal[i, MEAN] + levers[i] * gains[group[i]]
        if moved < SETTLED**2:
            break
    for i in range(count):
        if signal[i, MEAN] > 0.0:
            signal[i] *= max(expected[i] / signal[i, MEAN], 0.05)
    return half - 0.5 * determinant - nuisance_penalty(lasting, gains, knot_gap_s, offset, errors)


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
def step_log_density(first, last, residual, floored, signal, noise, errors, shared):  # type: ignore[no-untyped-def]
    """Log density of one moment's samples: multivariate Student's t about the signal.

    Scale matrix D + U U', D each sample's own variance, U the first `shared` errors of: background, patchiness, direction, climb.
    Determinant lemma and Woodbury's identity keep it to a 4 x 4 system. Samples at the floor come with the chance of being there,
    each by itself: the errors they share with others count in full in each, as a multivariate distribution function has no short form.
    """
    count, floors = 0, 0.0
    core, right, u = np.eye(shared), np.zeros(shared), np.empty(4)
    square, determinant, spread = 0.0, 0.0, 1.0
    for i in range(first, last):
        sent = signal[i]
        if floored[i]:
            floors += log_at_most(residual[i], sent[MEAN], lone_variance(noise[i], sent, errors))
            continue
        count += 1
        d = own_variance(noise[i], sent, errors)
        e = residual[i] - sent[MEAN]
        u[0], u[1] = errors[COMMON_PPB], errors[COMMON_ERROR] * sent[DOUBTED]
        u[2], u[3] = sent[SWUNG], errors[CLIMB_ERROR] * sent[CLIMBED]
        spread *= d
        # One logarithm for several samples, while the product is in range.
        if not 1e-100 < spread < 1e100:
            determinant, spread = determinant + log(spread), 1.0
        precision = 1.0 / d
        square += e * e * precision
        for a in range(shared):
            share = u[a] * precision
            right[a] += share * e
            for b in range(a + 1):
                core[a, b] += share * u[b]
    determinant += log(spread)
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
    # Of a source that is off the instruments share no error but the background's.
    silence = np.zeros_like(signal)
    chance = np.array([1.0 - duty, duty])
    total = 0.0
    for step in range(len(steps) - 1):
        first, last = steps[step], steps[step + 1]
        keep = exp(-gap_s[step] / cycle_s)
        expected_on = keep * chance[1] + (1.0 - keep) * duty
        off = step_log_density(first, last, residual, floored, silence, noise, errors, 1)
        on = off
        if not is_silent(first, last, signal, noise):
            on = step_log_density(first, last, residual, floored, signal, noise, errors, 4)
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
