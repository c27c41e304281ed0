"""How probable a moving instrument's measurements are: a plume that is crossed in a minute is not the mean plume.

A meandering plume (Gifford 1959, Adv. Geophys. 6, 117): on each pass its centre lies somewhere about the mean axis, it is
narrower than the mean plume, and its strength is random, with times of nothing (Hanna 1984, in: Concentration fluctuations in
air pollution). Centre and strength are integrated out per pass and source, with the pass's own background. Fixed
instruments, whose means over some minutes do see the mean plume, are in `likelihood`.
"""

from math import ceil, erfc, exp, hypot, log, pi, sqrt

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
LEAST_PRESENCE = 0.02
# Natural logarithm of shares that are left out of a sum, and of what one more sweep may still change.
NEGLIGIBLE = 20.0
SETTLED = 1e-3
# Where the bands begin of how much of what stands out a plume makes up, as a share of its root mean square.
SHARES = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8)


@compiled
def log_half_normal_moment(slope, curvature):  # type: ignore[no-untyped-def]
    """Log of I1 = integral over a > 0 of exp(slope a - curvature a^2 / 2), and the mean of a under that weight."""
    if curvature <= 1e-12 * slope * slope or (slope < 0.0 and slope * slope > 72.0 * curvature):
        # Far out in the tail: 1 / |slope| (1 - curvature / slope^2).
        correction = curvature / (slope * slope)
        return log((1.0 - correction) / -slope), (1.0 - 2.0 * correction) / -slope
    root = sqrt(curvature)
    x, half = -slope * sqrt(0.5) / root, sqrt(0.5 * pi) / root
    if x < -6.0:
        return log(2.0 * half) + x * x, slope / curvature
    tail = half * erfc(x)
    return log(tail) + x * x, (exp(-x * x) / tail + slope) / curvature


@compiled
def mix_tables(table, tables, values):  # type: ignore[no-untyped-def]
    """Fills `table` with a draw's own spreads and speed: between two of the stabilities that `tables` holds, scaled, grown otherwise.

    Returns the largest sigma_y per distance.
    """
    place = min(max(values[STABILITY], 0.0), tables.shape[0] - 1.000001)
    first = int(place)
    part = place - first
    table[:] = (1.0 - part) * tables[first] + part * tables[first + 1]
    faster, steepest = log(values[SPEED]), 0.0
    for node in range(len(table)):
        distance = FIRST_NODE_M * 2.0**node
        grown = log(distance / 1000.0)
        table[node, 0] += log(values[SPREAD_Y]) - faster + values[GROWTH_Y] * grown
        table[node, 1] += log(values[SPREAD_Z]) - faster + values[GROWTH_Z] * grown
        table[node, 2] += faster
        steepest = max(steepest, exp(table[node, 0]) / distance)
    return steepest


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
    age = distance_m / speed
    way = travelled(at_s, age, history, start_s, step_s)
    norm = max(hypot(way[0], way[1]), 1e-6)
    angle = values[TURN] + values[VEER] * (at_s - 0.5 * age - middle_s) / span_s
    cosine, sine = np.cos(angle) / norm, np.sin(angle) / norm
    return way[0] * cosine - way[1] * sine, way[0] * sine + way[1] * cosine


@compiled
def templates(  # type: ignore[no-untyped-def]
    out, values, first, start, end, t_s, place, motion, table, steepest, lid_m, history, start_s, step_s, bin_s, delay_s, lag_s,
    wander_rad, middle_s, span_s,
):  # fmt: skip
    """Fills `out` (bins x centres) with what the source whose block starts at `first` sends per kg/s and m3 on one pass.

    Column k has the plume's centre at the k-th of `CENTRES` offsets. Returns the largest value; there, the height of the
    instrument above the source over sigma_z (how far out in the plume's edge it flew); and the first bin it reaches.
    """
    x, y, breadth = values[first + X], values[first + Y], values[BREADTH]
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
    reach = (WIDEST + 4.0) * steepest + WIDEST * wander_rad
    strongest, height_ratio = 0.0, 0.0
    low, high = end - start, 0
    for i in range(start, end):
        dx = place[i, 0] - motion[i, 0] * delay_s - x
        dy = place[i, 1] - motion[i, 1] * delay_s - y
        distance = max(sqrt(dx * dx + dy * dy), 1.0)
        share = min(max((distance - near) / (far - near), 0.0), 1.0)
        east, north = near_east + share * (far_east - near_east), near_north + share * (far_north - near_north)
        along, across = dx * east + dy * north, dy * east - dx * north
        drawn_out = (motion[i, 1] * east - motion[i, 0] * north) * bin_s
        if along <= 0.0 or abs(across) > reach * along + 1.2 * abs(drawn_out) + 1.0:
            continue
        sigma_y, sigma_z, speed = spreads_at(table, along)
        sigma_z = sqrt(sigma_z * sigma_z + RELEASE_SIZE_M**2)
        wander = sqrt(sigma_y * sigma_y * (1.0 - breadth * breadth) + (wander_rad * along) ** 2)
        # A bin of some seconds sees the plume smeared by its own way across.
        width = sqrt((sigma_y * breadth) ** 2 + RELEASE_SIZE_M**2 + drawn_out * drawn_out / 12.0)
        if abs(across) > WIDEST * wander + 5.0 * width:
            continue
        z = place[i, 2] - motion[i, 2] * delay_s
        wind = speed * sqrt(1.0 + (0.5 * sigma_y / along) ** 2)
        density = vertical_density(z, values[first + HEIGHT], sigma_z, lid_m) / (wind * width * ROOT_2PI)
        if density > strongest:
            strongest = density
            height_ratio = max(z - values[first + HEIGHT], 0.0) / sigma_z
        if low > high:
            out[: end - start] = 0.0
            low = i - start
        high = i - start + 1
        fill_centres(out, i - start, density, across / width + WIDEST * wander / width, 2.0 * WIDEST / (CENTRES - 1) * wander / width)
    if low < high:
        high = min(high + int(ceil(4.0 * lag_s / bin_s)), end - start)  # noqa: RUF046 (a float to the compiler)
        keep = exp(-bin_s / max(lag_s, 1e-3 * bin_s))
        for i in range(low + 1, high):
            for k in range(CENTRES):
                out[i, k] = keep * out[i - 1, k] + (1.0 - keep) * out[i, k]
    return strongest, height_ratio, low


@compiled
def fill_centres(out, i, density, u, step):  # type: ignore[no-untyped-def]
    """Fills row `i` with a plume's values where its k-th centre is `u` - k `step` widths away.

    Gaussians at equal steps, from the nearest centre outwards: each is the one before times a factor that shrinks by one factor.
    """
    nearest = int(min(max(u / step + 0.5, 0.0), CENTRES - 1.0))
    u -= nearest * step
    middle, shrink = density * exp(-0.5 * u * u), exp(-step * step)
    value, ratio = middle, exp(step * (u - 0.5 * step))
    for k in range(nearest, CENTRES):
        out[i, k] = value
        value *= ratio
        ratio *= shrink
    value, ratio = middle, exp(step * (-u - 0.5 * step))
    for k in range(nearest, -1, -1):
        out[i, k] = value
        value *= ratio
        ratio *= shrink


@compiled
def centre_weights():  # type: ignore[no-untyped-def]
    """Log of the chance of each of the plume's possible centres on a pass: normal about the mean axis."""
    offsets = np.linspace(-WIDEST, WIDEST, CENTRES)
    weight = np.exp(-0.5 * offsets * offsets)
    return np.log(weight / weight.sum())


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
def over_shares(whole, mean, slope, curvature, reach, standing, gain, others, likely):  # type: ignore[no-untyped-def]
    """Log integral over a strength a of exp(slope a - curvature a^2 / 2) and of what its share of what stands out gains, with the mean
    strength and the mean gain under it.

    `whole` and `mean` are `log_half_normal_moment` of slope and curvature, `reach` the share per strength, of which the others make up
    `others` and gain `gain`. Bands are taken from the greatest share down: each counts from the strength at which it begins, by what
    it gains over the next lower one. What is negligible beside itself or beside `likely`, another centre's, is left out.
    """
    found, met, gained = -1e300, 0.0, 0.0
    worth, half = max(likely, gain + whole) - NEGLIGIBLE, 0.5 * log(0.5 * pi / curvature) if curvature > 0.0 else 1e300
    for band in range(len(standing) - 1, 0, -1):
        here, below = standing[band], max(standing[band - 1], gain)
        if here <= gain or here + whole < found - NEGLIGIBLE:
            break
        if here <= below:
            continue
        least = max(SHARES[band] - others, 0.0) / max(reach, 1e-12)
        beyond = slope * least - 0.5 * curvature * least * least
        if slope < curvature * least and here + beyond + half < worth:
            continue
        rest, beyond_mean = log_half_normal_moment(slope - curvature * least, curvature)
        rest += beyond
        lost = exp(below - here)
        both = max(found, here + rest)
        old, new = exp(found - both), exp(here + rest - both)
        gained = gained * old + (here - below * lost) * new
        new *= 1.0 - lost
        met = (met * old + (least + beyond_mean) * new) / (old + new)
        found = both + log(old + new)
        gained /= old + new
    if gain + whole > found - NEGLIGIBLE:
        both = max(found, gain + whole)
        old, new = exp(found - both), exp(gain + whole - both)
        gained = (gained * old + gain * new) / (old + new)
        met = (met * old + mean * new) / (old + new)
        found = both + log(old + new)
    return found, met, gained


@compiled
def weigh(chance, strength, b, g, reach, rate, present, mean_strength, centre_weight, standing, others):  # type: ignore[no-untyped-def]
    """Log of the likelihood ratio of a pass to no plume, the centre and strength of one source integrated out.

    `b` and `g` are a template's products with the data and with itself, `reach` the share of what stands out that it makes up, per
    centre; `standing` what is gained by each share, of which the other plumes make up `others`. Fills `chance` (of each centre) and
    `strength` (mean, times rate); returns also the mean gain.
    """
    gain = gain_at(others, standing)
    absent = log(1.0 - present) + gain if present < 1.0 else -1e300
    first = 0
    for k in range(len(b)):
        chance[k], strength[k] = log_half_normal_moment(rate * b[k] - 1.0 / mean_strength, rate * rate * g[k])
        if chance[k] > chance[first]:
            first = k
    likely, met = chance[first] + gain, log(present / mean_strength)
    top = absent
    gains = np.full(len(b), gain)
    for turn in range(len(b)):
        # The likeliest centre comes first: beside it most of the others are negligible, whatever they gain.
        k = first if turn == 0 else turn - 1 if turn <= first else turn
        whole, average = chance[k], strength[k]
        if whole + standing[-1] < likely - NEGLIGIBLE:
            chance[k] = whole + gain
        else:
            chance[k], strength[k], gains[k] = over_shares(
                whole, average, rate * b[k] - 1.0 / mean_strength, rate * rate * g[k], rate * reach[k], standing, gain, others, likely
            )
        likely = max(likely, chance[k])
        chance[k] += met + centre_weight[k]
        strength[k] *= rate
        top = max(top, chance[k])
    total = exp(absent - top)
    for k in range(len(b)):
        chance[k] = exp(chance[k] - top) if chance[k] > top - NEGLIGIBLE else 0.0
        total += chance[k]
    mean_gain = gain * exp(absent - top) / total
    for k in range(len(b)):
        chance[k] /= total
        mean_gain += chance[k] * gains[k]
    return top + log(total), mean_gain


@compiled
def whiten(signal, low, gain, root, trend):  # type: ignore[no-untyped-def]
    """Turns signals of one pass (bins x signals), zero before bin `low`, into independent errors of size one, in place.

    The background is a random walk: a Kalman filter's innovations, whose `gain` and `root` (one over standard deviation) per bin
    do not depend on the signal. What slope and bend (`trend`, whitened and orthonormal) would explain is taken out too.
    """
    bins, count = signal.shape
    level, lost = np.zeros(count), np.zeros((trend.shape[1], count))
    for i in range(low, bins):
        for k in range(count):
            innovation = signal[i, k] - level[k]
            level[k] += gain[i] * innovation
            signal[i, k] = innovation * root[i]
        for a in range(trend.shape[1]):
            for k in range(count):
                lost[a, k] += signal[i, k] * trend[i, a]
    for i in range(bins):
        for a in range(trend.shape[1]):
            for k in range(count):
                signal[i, k] -= lost[a, k] * trend[i, a]


@compiled
def products(out, seen, other):  # type: ignore[no-untyped-def]
    """Fills `out` with the products of each centre's template (bins x centres) with `other` (bins)."""
    out[:] = 0.0
    for i in range(len(other)):
        for k in range(len(out)):
            out[k] += seen[i, k] * other[i]


@compiled
def squares(out, seen):  # type: ignore[no-untyped-def]
    """Fills `out` with the products of each centre's template (bins x centres) with itself."""
    out[:] = 0.0
    for i in range(len(seen)):
        for k in range(len(out)):
            out[k] += seen[i, k] * seen[i, k]


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

    `seen` is sources x bins x centres and `cleaned` the data, both whitened; `standing` is what is gained by the share of what stands
    out that plumes make up (see `Passes`), `reach` that share of a template (sources x centres). One plume is exact. Of several,
    each is integrated with the others at their means, in turn: the mean-field lower bound on the joint integral (Jordan et al. 1999,
    Machine Learning 37, 183), which is exact where plumes do not overlap. `chances` and `strengths` (sources x centres) receive
    where each plume was, and `expected` its whitened mean.
    """
    sources, _, centres = seen.shape
    b, g = np.empty(centres), np.empty((sources, centres))
    alone, share = np.empty(sources), np.zeros(sources)
    for s in range(sources):
        products(b, seen[s], cleaned)
        squares(g[s], seen[s])
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
        before, total = total, 0.0
        for turn in range(sources):
            s = order[(turn + 1) % sources]
            remaining += expected[s]
            products(b, seen[s], remaining)
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
        if abs(total - before) < SETTLED:
            break
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
    for i in range(len(out)):
        out[i] = 0.0
        for k in range(len(chance)):
            out[i] += chance[k] * strength[k] * seen[i, k]


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
    seen = np.empty((most, longest, CENTRES))
    raw = np.empty((most, longest, CENTRES))
    chances, strengths, expected = np.empty((most, CENTRES)), np.empty((most, CENTRES)), np.empty((most, longest))
    rates, present, mean_strength, reach = np.empty(most), np.empty(most), np.empty(most), np.empty((most, CENTRES))
    table = np.empty(tables.shape[1:])
    centre_weight = centre_weights()
    replayed = fitted.shape[0] > 0
    for d in range(draws.shape[0]):
        values = draws[d]
        steepest = mix_tables(table, tables, values)
        for j in range(len(bounds) - 1):
            start, end = bounds[j], bounds[j + 1]
            bins = end - start
            active = 0
            for s in range(sources):
                first = SHARED + s * PER_SOURCE
                strongest, height_ratio, low = templates(
                    seen[active], values, first, start, end, t_s, place, motion, table, steepest, lid_m * values[LID], history, start_s,
                    step_s, bin_s, delay_s * values[DELAY], lag_s * values[LAG], wander_rad, middle_s, span_s,
                )  # fmt: skip
                if strongest * values[first + RATE] * scale < 1e-4:
                    continue
                rates[active] = values[first + RATE] * scale
                met = presence_of(height_ratio, values[BREADTH], values[PATCHINESS])
                present[active], mean_strength[active] = met * values[first + DUTY], 1.0 / met
                if replayed:
                    raw[active] = seen[active]
                products(reach[active], seen[active, :bins], stands[start:end])
                whiten(seen[active, :bins], low, gain[start:end], root[start:end], trend[start:end])
                active += 1
            ratio = 0.0
            if active:
                ratio = pass_log_ratio(
                    seen[:active, :bins], reach, rates, present, mean_strength, cleaned[start:end], standing[j], centre_weight,
                    chances[:active], strengths[:active], expected[:active, :bins],
                )  # fmt: skip
            if replayed:
                fitted[d, start:end] = 0.0
                for s in range(active):
                    mean_signal(expected[s, :bins], raw[s, :bins], chances[s], strengths[s])
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
    seen, square = np.empty((longest, CENTRES)), np.empty(CENTRES)
    table = np.empty(tables.shape[1:])
    centre_weight = centre_weights()
    values = np.empty(SHARED + PER_SOURCE)
    out[:] = 0.0
    for d in range(draws.shape[0]):
        values[:SHARED] = draws[d]
        steepest = mix_tables(table, tables, values)
        for c in range(len(cells)):
            values[SHARED + X], values[SHARED + Y], values[SHARED + HEIGHT] = cells[c, 0], cells[c, 1], height_m
            missed = np.ones(len(asked))
            for j in range(len(bounds) - 1):
                start, end = bounds[j], bounds[j + 1]
                strongest, height_ratio, low = templates(
                    seen, values, SHARED, start, end, t_s, place, motion, table, steepest, lid_m * values[LID], history, start_s,
                    step_s, bin_s, delay_s * values[DELAY], lag_s * values[LAG], wander_rad, middle_s, span_s,
                )  # fmt: skip
                if strongest <= 0.0:
                    continue
                met = presence_of(height_ratio, values[BREADTH], values[PATCHINESS])
                noticed = np.zeros(len(asked))
                signal = seen[: end - start]
                whiten(signal, low, gain[start:end], root[start:end], trend[start:end])
                squares(square, signal)
                for k in range(CENTRES):
                    size = sqrt(square[k]) * scale / met
                    for r in range(len(asked)):
                        if size * asked[r] > 0.0:
                            noticed[r] += exp(centre_weight[k]) * met * exp(-threshold / (size * asked[r]))
                for r in range(len(asked)):
                    missed[r] *= 1.0 - noticed[r]
            for r in range(len(asked)):
                out[c, r] += (1.0 - missed[r]) / draws.shape[0]
