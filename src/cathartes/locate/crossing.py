"""How probable a moving instrument's measurements are: a plume that is crossed in a minute is not the mean plume.

A meandering plume (Gifford 1959, Adv. Geophys. 6, 117): on each pass its centre lies somewhere about the mean axis, it is
narrower than the mean plume, and its strength is random, with times of nothing (Hanna 1984, in: Concentration fluctuations in
air pollution). Centre and strength are integrated out per pass and source, with the pass's own background. Fixed
instruments, whose means over some minutes do see the mean plume, are in `likelihood`.
"""

from math import ceil, erfc, exp, expm1, hypot, log, pi, sqrt

import numpy as np

from cathartes.earth.dispersion import FIRST_NODE_M, RELEASE_SIZE_M, ROOT_2PI, spreads_at, vertical_density
from cathartes.kernels import compiled
from cathartes.locate.prior import (
    BREADTH,
    DELAY,
    DUTY,
    GROWTH_Y,
    GROWTH_Z,
    HEIGHT,
    LAG,
    LID,
    PATCHINESS,
    PER_SOURCE,
    RATE,
    SHARED,
    SPEED,
    SPREAD_Y,
    SPREAD_Z,
    STABILITY,
    TURN,
    VEER,
    X,
    Y,
)

CENTRES = 11
WIDEST = 2.4
SWEEPS = 3
# Allowance for a spread that grows otherwise than its table, where the reach of a plume is bounded.
GROWN = 1.5
LEAST_PRESENCE = 0.02
# Where the bands begin of how much of what stands out a plume makes up, as a share of its root mean square.
SHARES = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8)


@compiled
def log_half_normal_moment(slope, curvature):  # type: ignore[no-untyped-def]
    """Log of I1 = integral over a > 0 of exp(slope a - curvature a^2 / 2), and the mean of a under that weight."""
    if curvature <= 1e-12 * slope * slope or (slope < 0.0 and slope * slope > 72.0 * curvature):
        # Far out in the tail: 1 / |slope| (1 - curvature / slope^2).
        correction = curvature / (slope * slope)
        return log((1.0 - correction) / -slope), (1.0 - 2.0 * correction) / -slope
    x = -slope / sqrt(2.0 * curvature)
    tail = erfc(x)
    value = 0.5 * log(pi / (2.0 * curvature)) + log(tail) + x * x
    return value, (exp(-value) + slope) / curvature


@compiled
def mix_tables(table, tables, position):  # type: ignore[no-untyped-def]
    """Fills `table` with the spreads between two of the stabilities that `tables` holds."""
    place = min(max(position, 0.0), tables.shape[0] - 1.000001)
    first = int(place)
    part = place - first
    table[:] = (1.0 - part) * tables[first] + part * tables[first + 1]


@compiled
def travelled(at, seconds, history, start_s, step_s):  # type: ignore[no-untyped-def]
    """Where the air went in the last `seconds` before `at` (m east, north): difference of the wind's running integral."""
    out = np.empty(2)
    for axis in range(2):
        total = 0.0
        for sign, when in ((1.0, at), (-1.0, at - seconds)):
            place = (when - start_s) / step_s
            node = min(max(int(np.floor(place)), 0), history.shape[0] - 2)
            # Beyond its ends the record goes on as it began and ended.
            slope = history[node + 1, axis] - history[node, axis]
            total += sign * (history[node, axis] + (place - node) * slope)
        out[axis] = total
    return out


@compiled
def heading(distance_m, at_s, values, table, history, start_s, step_s, middle_s, span_s):  # type: ignore[no-untyped-def]
    """Direction (east, north) from the source in which gas lies that has come `distance_m` by `at_s`: the wind's history, turned."""
    _, _, speed = spreads_at(table, distance_m)
    age = distance_m / (speed * values[SPEED])
    way = travelled(at_s, age, history, start_s, step_s)
    norm = max(hypot(way[0], way[1]), 1e-6)
    angle = values[TURN] + values[VEER] * (at_s - 0.5 * age - middle_s) / span_s
    cosine, sine = np.cos(angle) / norm, np.sin(angle) / norm
    return way[0] * cosine - way[1] * sine, way[0] * sine + way[1] * cosine


@compiled
def templates(  # type: ignore[no-untyped-def]
    out, values, first, start, end, t_s, place, motion, table, lid_m, history, start_s, step_s, bin_s, delay_s, lag_s, wander_rad,
    middle_s, span_s,
):  # fmt: skip
    """Fills `out` (centres x bins) with what the source whose block starts at `first` sends per kg/s and m3 on one pass.

    Row k has the plume's centre at the k-th of `CENTRES` offsets. Returns the largest value; there, the height of the
    instrument above the source over sigma_z (how far out in the plume's edge it flew); and the first bin it reaches.
    """
    x, y, factor, breadth = values[first + X], values[first + Y], values[SPEED], values[BREADTH]
    middle = (start + end) // 2
    near, far = 1e30, 1.0
    for i in (start, middle, end - 1):
        distance = hypot(place[i, 0] - x, place[i, 1] - y)
        near, far = min(near, distance), max(far, distance)
    near = max(near, 1.0)
    far = max(far, near + 1.0)
    at = t_s[middle] - delay_s
    near_east, near_north = heading(near, at, values, table, history, start_s, step_s, middle_s, span_s)
    far_east, far_north = heading(far, at, values, table, history, start_s, step_s, middle_s, span_s)
    steepest = exp(table[0, 0]) / FIRST_NODE_M * values[SPREAD_Y] / factor * GROWN
    reach = (WIDEST + 4.0) * steepest + WIDEST * wander_rad
    strongest, height_ratio = 0.0, 0.0
    low, high = end - start, 0
    for i in range(start, end):
        dx = place[i, 0] - motion[i, 0] * delay_s - x
        dy = place[i, 1] - motion[i, 1] * delay_s - y
        distance = max(hypot(dx, dy), 1.0)
        share = min(max((distance - near) / (far - near), 0.0), 1.0)
        east, north = near_east + share * (far_east - near_east), near_north + share * (far_north - near_north)
        along, across = dx * east + dy * north, dy * east - dx * north
        drawn_out = (motion[i, 1] * east - motion[i, 0] * north) * bin_s
        if along <= 0.0 or abs(across) > reach * along + 1.2 * abs(drawn_out) + 1.0:
            continue
        sigma_y, sigma_z, speed = spreads_at(table, along)
        speed *= factor
        scaled = log(along / 1000.0)
        mean_width = sigma_y * values[SPREAD_Y] / factor * exp(values[GROWTH_Y] * scaled)
        sigma_z = hypot(sigma_z * values[SPREAD_Z] / factor * exp(values[GROWTH_Z] * scaled), RELEASE_SIZE_M)
        wander = hypot(mean_width * sqrt(1.0 - breadth * breadth), wander_rad * along)
        # A bin of some seconds sees the plume smeared by its own way across.
        width = sqrt((mean_width * breadth) ** 2 + RELEASE_SIZE_M**2 + drawn_out * drawn_out / 12.0)
        if abs(across) > WIDEST * wander + 5.0 * width:
            continue
        z = place[i, 2] - motion[i, 2] * delay_s
        wind = hypot(speed, 0.5 * mean_width * speed / along)
        density = vertical_density(z, values[first + HEIGHT], sigma_z, lid_m) / (wind * width * ROOT_2PI)
        if density > strongest:
            strongest = density
            height_ratio = max(z - values[first + HEIGHT], 0.0) / sigma_z
        if low > high:
            out[:, : end - start] = 0.0
            low = i - start
        high = i - start + 1
        # Gaussians at equal steps, from the nearest centre outwards: each is the one before times a factor that shrinks by one factor.
        step = 2.0 * WIDEST / (CENTRES - 1) * wander / width
        u = across / width + WIDEST * wander / width
        nearest = int(min(max(u / step + 0.5, 0.0), CENTRES - 1.0))
        u -= nearest * step
        shrink = exp(-step * step)
        for way in (1, -1):
            value, ratio = density * exp(-0.5 * u * u), exp(step * (way * u - 0.5 * step))
            k = nearest
            while 0 <= k < CENTRES:
                out[k, i - start] = value
                value *= ratio
                ratio *= shrink
                k += way
    if low < high:
        high = min(high + int(ceil(4.0 * lag_s / bin_s)), end - start)  # noqa: RUF046 (a float to the compiler)
        keep = exp(-bin_s / max(lag_s, 1e-3 * bin_s))
        for k in range(CENTRES):
            for i in range(low + 1, high):
                out[k, i] = keep * out[k, i - 1] + (1.0 - keep) * out[k, i]
    return strongest, height_ratio, low


@compiled
def centre_weights():  # type: ignore[no-untyped-def]
    """Chance of each of the plume's possible centres on a pass: normal about the mean axis."""
    offsets = np.linspace(-WIDEST, WIDEST, CENTRES)
    weight = np.exp(-0.5 * offsets * offsets)
    return weight / weight.sum()


@compiled
def presence_of(height_ratio, breadth, patchiness):  # type: ignore[no-untyped-def]
    """Share of passes on which the plume is met at all, from the variance of a plume that also wanders up and down.

    Gifford's meandering plume for the height: 1 + CV^2 = exp(r^2 (1 - b^2) / (2 - b^2)) / (b sqrt(2 - b^2)) at r sigma_z above the
    axis with the instantaneous share b of the spread; times 1 + CV^2 of the patches in the plume. An exponential strength
    that is there for the share g of the passes has 1 + CV^2 = 2 / g.
    """
    narrow = breadth * breadth
    rise = min(height_ratio * height_ratio * (1.0 - narrow) / (2.0 - narrow), 5.0)
    unevenness = exp(rise) / (breadth * sqrt(2.0 - narrow)) * (1.0 + patchiness * patchiness)
    return min(max(2.0 / unevenness, LEAST_PRESENCE), 1.0)


@compiled
def gain_at(share, standing):  # type: ignore[no-untyped-def]
    """What plumes gain that make up this share of what stands out: a step function."""
    band = 0
    while band + 1 < len(standing) and share >= SHARES[band + 1]:
        band += 1
    return standing[band]


@compiled
def weigh(chance, strength, b, g, reach, rate, present, mean_strength, centre_weight, standing, others):  # type: ignore[no-untyped-def]
    """Log of the likelihood ratio of a pass to no plume, the centre and strength of one source integrated out.

    `b` and `g` are a template's products with the data and with itself, `reach` the share of what stands out that it makes up, per
    centre; `standing` what is gained by each share, of which the other plumes make up `others`. Fills `chance` (of each centre) and
    `strength` (mean, times rate); returns also the mean gain.
    """
    gain = gain_at(others, standing)
    absent = log(1.0 - present) + gain if present < 1.0 else -1e300
    top = absent
    gains = np.zeros(len(b))
    for k in range(len(b)):
        slope, curvature = rate * b[k] - 1.0 / mean_strength, rate * rate * g[k]
        value, mean = log_half_normal_moment(slope, curvature)
        value += gain
        # Integrals beyond the strength at which each share begins, weighed by what that share gains over the last.
        chance[k], strength[k], gains[k] = value, mean, gain
        before = gain
        for band in range(1, len(standing)):
            if standing[band] <= before:
                continue
            least = max(SHARES[band] - others, 0.0) / max(rate * reach[k], 1e-12)
            beyond = slope * least - 0.5 * curvature * least * least
            if slope < curvature * least and beyond + standing[-1] < chance[k] - 30.0:
                break
            rest, mean = log_half_normal_moment(slope - curvature * least, curvature)
            added = beyond + rest + standing[band] + log(-expm1(before - standing[band]))
            both = max(chance[k], added)
            both += log(exp(chance[k] - both) + exp(added - both))
            strength[k] += exp(added - both) * (least + mean - strength[k])
            now, then = standing[band] * exp(beyond + rest + standing[band] - both), before * exp(beyond + rest + before - both)
            gains[k] = gains[k] * exp(chance[k] - both) + now - then
            chance[k], before = both, standing[band]
        chance[k] += log(present * centre_weight[k] / mean_strength)
        strength[k] *= rate
        top = max(top, chance[k])
    total = exp(absent - top)
    for k in range(len(b)):
        chance[k] = exp(chance[k] - top)
        total += chance[k]
    mean_gain = gain * exp(absent - top) / total
    for k in range(len(b)):
        chance[k] /= total
        mean_gain += chance[k] * gains[k]
    return top + log(total), mean_gain


@compiled
def whiten(signal, low, gain, root, trend):  # type: ignore[no-untyped-def]
    """Turns a signal of one pass, zero before bin `low`, into independent errors of size one, in place.

    The background is a random walk: a Kalman filter's innovations, whose `gain` and `root` (one over standard deviation) per bin
    do not depend on the signal. What slope and bend (`trend`, whitened and orthonormal) would explain is taken out too.
    """
    level = 0.0
    lost = np.zeros(trend.shape[1])
    for i in range(low, len(signal)):
        innovation = signal[i] - level
        level += gain[i] * innovation
        signal[i] = innovation * root[i]
        for a in range(trend.shape[1]):
            lost[a] += signal[i] * trend[i, a]
    for i in range(len(signal)):
        for a in range(trend.shape[1]):
            signal[i] -= lost[a] * trend[i, a]


@compiled
def product(one, other):  # type: ignore[no-untyped-def]
    """Sum of products; unlike `np.dot` also quick for short pieces of larger arrays."""
    total = 0.0
    for i in range(len(one)):
        total += one[i] * other[i]
    return total


@compiled
def pass_log_ratio(seen, reach, rates, present, mean_strength, cleaned, standing, centre_weight, chances, strengths, expected):  # type: ignore[no-untyped-def]
    """Log likelihood ratio of one pass to nothing there, for several plumes at once.

    `seen` is sources x centres x bins and `cleaned` the data, both whitened; `standing` is what is gained by the share of what stands
    out that plumes make up (see `Passes`), `reach` that share of a template (sources x centres). One plume is exact. Of several,
    each is integrated with the others at their means, in turn: the mean-field lower bound on the joint integral (Jordan et al. 1999,
    Machine Learning 37, 183), which is exact where plumes do not overlap. `chances` and `strengths` (sources x centres) receive
    where each plume was, and `expected` its whitened mean.
    """
    sources, centres, _ = seen.shape
    b, g = np.empty(centres), np.empty((sources, centres))
    alone, share = np.empty(sources), np.zeros(sources)
    for s in range(sources):
        for k in range(centres):
            b[k] = product(seen[s, k], cleaned)
            g[s, k] = product(seen[s, k], seen[s, k])
        alone[s], _ = weigh(
            chances[s], strengths[s], b, g[s], reach[s], rates[s], present[s], mean_strength[s], centre_weight, standing, 0.0
        )
    if sources == 1:
        return alone[0]
    order = np.argsort(-alone)
    remaining = cleaned.copy()
    expected[:] = 0.0
    first = order[0]
    mean_signal(expected[first], seen[first], chances[first], strengths[first])
    share[first] = mean_share(chances[first], strengths[first], reach[first])
    remaining -= expected[first]
    total = 0.0
    for _ in range(SWEEPS):
        total = 0.0
        for turn in range(sources):
            s = order[(turn + 1) % sources]
            remaining += expected[s]
            for k in range(centres):
                b[k] = product(seen[s, k], remaining)
            share[s] = 0.0
            value, gain = weigh(
                chances[s], strengths[s], b, g[s], reach[s], rates[s], present[s], mean_strength[s], centre_weight, standing, share.sum()
            )
            mean_signal(expected[s], seen[s], chances[s], strengths[s])
            share[s] = mean_share(chances[s], strengths[s], reach[s])
            # Each source alone: what the others' means took from it is put back, and their overlap comes off below.
            total += value + product(expected[s], cleaned) - product(expected[s], remaining)
            # What all of them gain together is counted for the last source only.
            total -= gain if turn < sources - 1 else 0.0
            remaining -= expected[s]
    for s in range(1, sources):
        for other in range(s):
            total -= product(expected[s], expected[other])
    return total


@compiled
def mean_share(chance, strength, reach):  # type: ignore[no-untyped-def]
    """Mean share of what stands out that a plume makes up, over its centres."""
    total = 0.0
    for k in range(len(chance)):
        total += chance[k] * strength[k] * reach[k]
    return total


@compiled
def mean_signal(out, seen, chance, strength):  # type: ignore[no-untyped-def]
    """Fills `out` with the mean of a plume over its centres, each with its chance and strength."""
    out[:] = 0.0
    for k in range(len(chance)):
        if chance[k] > 1e-4:
            for i in range(len(out)):
                out[i] += chance[k] * strength[k] * seen[k, i]


@compiled
def crossing_log_likelihoods(  # type: ignore[no-untyped-def]
    out, fitted, gained, draws, bounds, t_s, place, motion, cleaned, gain, root, trend, stands, standing, doubted, tables, history,
    start_s, step_s, bin_s, scale, lid_m, delay_s, lag_s, wander_rad, middle_s, span_s, surprise,
):  # fmt: skip
    """Adds to `out` the log likelihood ratio (to no source) of each draw. Where `fitted` has rows, also the mean signal (ppb), and
    per pass what it gained.

    `bounds` cuts the bins into passes; `gain`, `root` and `trend` as in `whiten`; `stands` and `standing` as `Passes` has them.
    `doubted` is the log ratio of each pass under a plume from nowhere, which has the chance `surprise`: no pass can rule out a
    hypothesis by more than that.
    """
    longest = np.diff(bounds).max()
    sources = (draws.shape[1] - SHARED) // PER_SOURCE
    most = max(sources, 1)
    seen = np.empty((most, CENTRES, longest))
    raw = np.empty((most, CENTRES, longest))
    chances, strengths, expected = np.empty((most, CENTRES)), np.empty((most, CENTRES)), np.empty((most, longest))
    rates, present, mean_strength, reach = np.empty(most), np.empty(most), np.empty(most), np.empty((most, CENTRES))
    table = np.empty(tables.shape[1:])
    centre_weight = centre_weights()
    replayed = fitted.shape[0] > 0
    for d in range(draws.shape[0]):
        values = draws[d]
        mix_tables(table, tables, values[STABILITY])
        for j in range(len(bounds) - 1):
            start, end = bounds[j], bounds[j + 1]
            bins = end - start
            active = 0
            for s in range(sources):
                first = SHARED + s * PER_SOURCE
                strongest, height_ratio, low = templates(
                    seen[active], values, first, start, end, t_s, place, motion, table, lid_m * values[LID], history, start_s, step_s,
                    bin_s, delay_s * values[DELAY], lag_s * values[LAG], wander_rad, middle_s, span_s,
                )  # fmt: skip
                if strongest * values[first + RATE] * scale < 1e-4:
                    continue
                rates[active] = values[first + RATE] * scale
                met = presence_of(height_ratio, values[BREADTH], values[PATCHINESS])
                present[active], mean_strength[active] = met * values[first + DUTY], 1.0 / met
                if replayed:
                    raw[active] = seen[active]
                for k in range(CENTRES):
                    reach[active, k] = product(seen[active, k, :bins], stands[start:end])
                    whiten(seen[active, k, :bins], low, gain[start:end], root[start:end], trend[start:end])
                active += 1
            ratio = 0.0
            if active:
                ratio = pass_log_ratio(
                    seen[:active, :, :bins], reach, rates, present, mean_strength, cleaned[start:end], standing[j], centre_weight,
                    chances[:active], strengths[:active], expected[:active, :bins],
                )  # fmt: skip
            if replayed:
                fitted[d, start:end] = 0.0
                for s in range(active):
                    mean_signal(expected[s, :bins], raw[s, :, :bins], chances[s], strengths[s])
                    fitted[d, start:end] += expected[s, :bins]
            top = max(ratio, doubted[j])
            ratio = top + log((1.0 - surprise) * exp(ratio - top) + surprise * exp(doubted[j] - top))
            if replayed:
                gained[d, j] = ratio
            out[d] += ratio


@compiled
def chances_of_notice(  # type: ignore[no-untyped-def]
    out, cells, asked, height_m, threshold, draws, bounds, t_s, place, motion, gain, root, trend, tables, history, start_s, step_s, bin_s,
    scale, lid_m, delay_s, lag_s, wander_rad, middle_s, span_s,
):  # fmt: skip
    """Fills `out` (cells x rates) with the chance that some pass meets a plume from the cell `threshold` standard deviations strong.

    `cells` n x 2 (m), `asked` rates (kg/h), `draws` of the air and instruments. The strength is exponential where the plume is met
    at all, so the chance of a pass is closed: presence exp(-threshold / expected strength), over all centres.
    """
    longest = np.diff(bounds).max()
    seen = np.empty((CENTRES, longest))
    table = np.empty(tables.shape[1:])
    centre_weight = centre_weights()
    values = np.empty(SHARED + PER_SOURCE)
    out[:] = 0.0
    for d in range(draws.shape[0]):
        values[:SHARED] = draws[d]
        mix_tables(table, tables, values[STABILITY])
        for c in range(len(cells)):
            values[SHARED + X], values[SHARED + Y], values[SHARED + HEIGHT] = cells[c, 0], cells[c, 1], height_m
            missed = np.ones(len(asked))
            for j in range(len(bounds) - 1):
                start, end = bounds[j], bounds[j + 1]
                strongest, height_ratio, low = templates(
                    seen, values, SHARED, start, end, t_s, place, motion, table, lid_m * values[LID], history, start_s, step_s, bin_s,
                    delay_s * values[DELAY], lag_s * values[LAG], wander_rad, middle_s, span_s,
                )  # fmt: skip
                if strongest <= 0.0:
                    continue
                met = presence_of(height_ratio, values[BREADTH], values[PATCHINESS])
                noticed = np.zeros(len(asked))
                for k in range(CENTRES):
                    signal = seen[k, : end - start]
                    whiten(signal, low, gain[start:end], root[start:end], trend[start:end])
                    size = sqrt(product(signal, signal)) * scale / met
                    for r in range(len(asked)):
                        if size * asked[r] > 0.0:
                            noticed[r] += centre_weight[k] * met * exp(-threshold / (size * asked[r]))
                for r in range(len(asked)):
                    missed[r] *= 1.0 - noticed[r]
            for r in range(len(asked)):
                out[c, r] += (1.0 - missed[r]) / draws.shape[0]
