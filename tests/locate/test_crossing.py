"""The pieces of the crossing likelihood against brute force: moments, whitening, one plume and two."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import legendre

from cathartes.locate.crossing import (
    CENTRES,
    LEAST_PRESENCE,
    SHARES,
    WIDEST,
    fill_centres,
    log_half_normal_moment,
    pass_log_ratio,
    presence_of,
    whiten,
)
from cathartes.locate.passes import BEND, LEVEL_SD_PPB, filter_gains, whitening

BINS = 40
OFFSETS = np.linspace(-WIDEST, WIDEST, CENTRES)
CENTRE_WEIGHT = np.exp(-0.5 * OFFSETS**2) / np.exp(-0.5 * OFFSETS**2).sum()


SLOPES, CURVATURES = (-300.0, -30.0, -9.0, -8.0, -1.0, -1e-3, 0.5, 3.0, 20.0), (1e-6, 0.1, 1.0, 25.0)


# A rising slope with next to no curvature leaves the range of a double, and no template has it.
@pytest.mark.parametrize(("slope", "curvature"), [(a, b) for a in SLOPES for b in CURVATURES if a < 0.0 or b >= 0.1])
def test_half_normal_moments_are_those_of_quadrature(slope: float, curvature: float) -> None:
    peak = max(slope, 0.0) / curvature
    width = 12.0 * min(curvature**-0.5, 1.0 / abs(slope) * 4.0 if slope < 0.0 else curvature**-0.5)
    top = slope * peak - 0.5 * curvature * peak**2
    low, high = max(peak - width, 0.0), peak + width

    def weight(a: float) -> float:
        return float(np.exp(slope * a - 0.5 * curvature * a * a - top))

    area, mean = (quad(integrand, low, high, epsrel=1e-11, limit=400)[0] for integrand in (weight, lambda a: a * weight(a)))
    found_log, found_mean = log_half_normal_moment(slope, curvature)
    assert found_log == pytest.approx(np.log(area) + top, abs=2e-3)
    assert found_mean == pytest.approx(mean / area, rel=5e-3)


def test_the_branches_of_the_moment_meet() -> None:
    # The tail's series takes over where slope^2 passes 72 curvature.
    slope = -np.sqrt(72.0)
    inside, outside = log_half_normal_moment(slope * 0.999999, 1.0), log_half_normal_moment(slope * 1.000001, 1.0)
    assert inside == pytest.approx(outside, rel=2e-3)


@given(step=st.floats(1e-6, 1e4), beyond=st.floats(-5.0, 5.0), between=st.floats(0.0, 1.0))
def test_a_plume_is_a_gaussian_about_each_of_its_centres_however_far_apart(step: float, beyond: float, between: float) -> None:
    u = beyond + between * step * (CENTRES - 1)
    out = np.full((1, CENTRES), np.nan)
    fill_centres(out, 0, 3.0, u, step)
    assert out[0] == pytest.approx(3.0 * np.exp(-0.5 * (u - step * np.arange(CENTRES)) ** 2), rel=1e-6, abs=1e-12)


@given(ratio=st.floats(0.0, 8.0), breadth=st.floats(0.2, 0.95), patchiness=st.floats(0.05, 4.0))
def test_presence_is_a_chance_that_falls_towards_the_plumes_edge(ratio: float, breadth: float, patchiness: float) -> None:
    here, further = presence_of(ratio, breadth, patchiness), presence_of(ratio + 0.5, breadth, patchiness)
    assert LEAST_PRESENCE <= further <= here <= 1.0


def test_presence_done_by_hand() -> None:
    # On the axis, breadth 0.5: 1 + CV^2 = 1 / (0.5 sqrt(1.75)) = 1.512 times 1 + 1 of the patches: 2 / 3.024.
    assert presence_of(0.0, 0.5, 1.0) == pytest.approx(0.6614, abs=1e-4)
    # A plume that hardly wanders and is hardly patchy is there on every pass.
    assert presence_of(0.0, 0.95, 0.05) == 1.0


def background(weight: np.ndarray, t_s: np.ndarray, drift: float) -> np.ndarray:
    """Covariance of what is not plume at the bins that hold a value: noise, random walk from an open level, slope and bend."""
    known, s = weight > 0.0, np.linspace(-1.0, 1.0, len(t_s))
    walk = LEVEL_SD_PPB**2 + drift * (np.minimum(t_s[:, None], t_s[None, :]) - t_s[0])
    size = np.array([LEVEL_SD_PPB, BEND * np.sqrt(drift * np.ptp(t_s))])
    shape = np.column_stack([legendre(order + 1)(s) for order in range(2)]) * size
    whole = np.diag(1.0 / np.where(known, weight, 1.0)) + walk + shape @ shape.T
    return whole[np.ix_(known, known)]


def uneven(seed: int, blank: bool) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.02, 0.5, BINS)
    weight[rng.random(BINS) < (0.2 if blank else 0.0)] = 0.0
    return weight, np.cumsum(rng.uniform(0.5, 2.0, BINS))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), blank=st.booleans(), drift=st.floats(0.05, 5.0))
def test_whitened_products_are_those_of_the_dense_inverse(seed: int, blank: bool, drift: float) -> None:
    (weight, t_s), rng = uneven(seed, blank), np.random.default_rng(seed + 1)
    known, y, signal = weight > 0.0, rng.normal(0.0, 20.0, BINS), rng.normal(0.0, 5.0, BINS)
    white = whitening(np.where(known, y, 0.0), weight, np.array([0, BINS]), t_s, drift)
    template = signal.copy()
    whiten(template[:, None], 0, white.gain, white.root, white.trend)
    inverse = np.linalg.inv(background(weight, t_s, drift))
    assert white.cleaned @ white.cleaned == pytest.approx(y[known] @ inverse @ y[known], rel=1e-5, abs=1e-6)
    assert template @ white.cleaned == pytest.approx(signal[known] @ inverse @ y[known], rel=1e-4, abs=1e-4)
    assert template @ template == pytest.approx(signal[known] @ inverse @ signal[known], rel=1e-4)


def test_the_log_density_of_a_pass_is_that_of_the_dense_normal_but_for_a_constant() -> None:
    (weight, t_s), rng = uneven(3, blank=False), np.random.default_rng(0)
    found = []
    for y in rng.normal(0.0, 20.0, (2, BINS)):
        for factor in (1.0, 0.3):
            covariance = background(factor * weight, t_s, 0.5)
            dense = -0.5 * (np.linalg.slogdet(covariance)[1] + y @ np.linalg.solve(covariance, y))
            found.append(whitening(y, factor * weight, np.array([0, BINS]), t_s, 0.5).log_density[0] - dense)
    assert np.ptp(found) < 1e-4


def test_whitened_noise_walk_and_trends_have_unit_covariance() -> None:
    weight, t_s = uneven(5, blank=False)
    root = np.linalg.cholesky(background(weight, t_s, 0.5))
    rng = np.random.default_rng(1)
    rows = np.array([whitening(root @ rng.standard_normal(BINS), weight, np.array([0, BINS]), t_s, 0.5).cleaned for _ in range(4000)])
    assert np.abs(rows.T @ rows / len(rows) - np.eye(BINS)).max() < 0.12


def bumps(middle: float, width: float, spread: float) -> np.ndarray:
    """Templates (centres x bins) of a plume about `middle`, its centre off by up to `WIDEST` times `spread` bins."""
    return np.array([np.exp(-0.5 * ((np.arange(BINS) - middle - offset * spread) / width) ** 2) for offset in OFFSETS])


NOTHING_STANDS_OUT = np.zeros(len(SHARES))


def ratio_of(
    seen: np.ndarray, rates: list[float], present: list[float], y: np.ndarray, standing: np.ndarray = NOTHING_STANDS_OUT, reach: float = 0.1
) -> float:
    sources = len(rates)
    work = np.empty((sources, CENTRES)), np.empty((sources, CENTRES)), np.empty((sources, BINS))
    strength, shares = 1.0 / np.array(present), np.full((sources, CENTRES), reach)
    templates = np.ascontiguousarray(seen.transpose(0, 2, 1))
    return float(pass_log_ratio(templates, shares, np.array(rates), np.array(present), strength, y, standing, np.log(CENTRE_WEIGHT), *work))


STANDING = np.array([0.0, 1.0, 2.5, 2.5, 6.0, 7.0])


@pytest.mark.parametrize(("height", "standing", "present"), [(4.0, 0.0, 0.6), (0.0, 0.0, 0.6), (9.0, 1.0, 0.3), (2.0, 3.0, 1.0)])
def test_one_plume_is_the_integral_over_centre_and_strength(height: float, standing: float, present: float) -> None:
    seen, rng = bumps(18.0, 2.5, 3.0), np.random.default_rng(2)
    y = height * bumps(20.0, 2.5, 0.0)[0] + rng.standard_normal(BINS)
    total, reach = 1.0 - present, 0.15
    for template, chance in zip(seen, CENTRE_WEIGHT, strict=True):
        b, g = 3.0 * template @ y, 9.0 * template @ template

        # The strength is exponential with mean one over the presence; it gains by the share of what stands out that it makes up.
        def density(a: float, b: float = b, g: float = g) -> float:
            gain = standing * STANDING[np.searchsorted(SHARES, 3.0 * a * reach, side="right") - 1]
            return float(np.exp(a * b - 0.5 * a * a * g + gain) * present * np.exp(-a * present))

        points = [max(b / g, 0.01), *(share / (3.0 * reach) for share in SHARES[1:])]
        total += present * chance * quad(density, 0.0, 30.0, epsrel=1e-10, limit=400, points=points)[0]
    assert ratio_of(seen[None], [3.0], [present], y, standing * STANDING, reach) == pytest.approx(np.log(total), abs=1e-3)


def test_what_stands_out_is_gained_once_however_many_plumes_share_it() -> None:
    seen = np.stack([bumps(20.0, 2.0, 0.5), bumps(20.0, 2.0, 0.5)])
    y = 9.0 * seen[0, CENTRES // 2]
    gained = [
        ratio_of(seen[:n], [3.0] * n, [0.9] * n, y, 40.0 * STANDING, 0.3) - ratio_of(seen[:n], [3.0] * n, [0.9] * n, y) for n in (1, 2)
    ]
    assert gained == pytest.approx([280.0, 280.0], abs=3.0)


def test_a_faint_plume_does_not_explain_what_stands_out() -> None:
    seen, y = bumps(20.0, 2.0, 0.5), 9.0 * bumps(20.0, 2.0, 0.0)[0]
    strong, faint = (ratio_of(seen[None], [rate], [0.9], y, 40.0 * STANDING, 0.1) for rate in (9.0, 0.009))
    assert strong > 250.0
    assert faint < 1.0


def test_two_plumes_apart_are_worth_the_sum_of_each() -> None:
    rng = np.random.default_rng(3)
    seen = np.stack([bumps(8.0, 1.5, 0.8), bumps(30.0, 1.5, 0.8)])
    y = 4.0 * seen[0, CENTRES // 2] + 6.0 * seen[1, CENTRES // 2 + 2] + rng.standard_normal(BINS)
    alone = [ratio_of(seen[s : s + 1], [3.0], [present], y) for s, present in enumerate((0.5, 0.8))]
    assert ratio_of(seen, [3.0, 3.0], [0.5, 0.8], y) == pytest.approx(sum(alone), abs=1e-6)


def test_the_order_of_sources_does_not_matter_where_they_overlap() -> None:
    seen = np.stack([bumps(18.0, 2.0, 2.0), bumps(22.0, 2.0, 2.0)])
    y = 5.0 * seen[0, 5] + 3.0 * seen[1, 5] + np.random.default_rng(4).standard_normal(BINS)
    assert ratio_of(seen, [3.0, 2.0], [0.5, 0.8], y) == pytest.approx(ratio_of(seen[::-1].copy(), [2.0, 3.0], [0.8, 0.5], y), abs=1e-9)


def test_two_plumes_that_overlap_are_bounded_by_the_joint_integral() -> None:
    """Mean field is a lower bound on the log of the joint integral over both centres and strengths, and not far below."""
    seen = np.stack([bumps(18.0, 2.0, 1.0), bumps(23.0, 2.0, 1.0)])
    y = 5.0 * seen[0, 5] + 3.0 * seen[1, 5] + np.random.default_rng(5).standard_normal(BINS)
    strength = (np.arange(160) + 0.5) / 160 * 8.0
    log_weight = -strength + np.log(8.0 / 160)
    total = -np.inf
    for one, first in zip(seen[0], np.log(CENTRE_WEIGHT), strict=True):
        for two, second in zip(seen[1], np.log(CENTRE_WEIGHT), strict=True):
            a, b = strength[:, None], strength[None, :]
            cost = 3 * a * (one @ y) + 3 * b * (two @ y) - 4.5 * (a * a * (one @ one) + 2 * a * b * (one @ two) + b * b * (two @ two))
            total = np.logaddexp(total, np.logaddexp.reduce((cost + log_weight[:, None] + log_weight[None, :]).ravel()) + first + second)
    found = ratio_of(seen, [3.0, 3.0], [1.0, 1.0], y)
    assert total - 1.5 < found < total + 0.02


def test_the_filters_gains_are_blank_where_a_bin_is_blank() -> None:
    weight = np.array([1.0, 0.0, 1.0])
    gain, root = filter_gains(weight, np.arange(3.0), 0.5)
    # First bin: open level, 300^2 against 1. Third: the level known to about 1, walked for 2 s: 2 / 3.
    assert gain == pytest.approx([9e4 / (9e4 + 1), 0.0, 2.0 / 3.0], abs=1e-4)
    assert root == pytest.approx([(9e4 + 1) ** -0.5, 0.0, 3.0**-0.5], abs=1e-4)


def test_passes_do_not_know_one_another() -> None:
    (weight, t_s), y = uneven(6, blank=False), np.random.default_rng(6).normal(0.0, 9.0, BINS)
    bounds = np.array([0, 15, BINS])
    both = whitening(y, weight, bounds, t_s, 0.5)
    for first, last in pairwise(bounds):
        rows = slice(first, last)
        alone = whitening(y[rows].copy(), weight[rows], np.array([0, last - first]), t_s[rows], 0.5)
        assert np.allclose(both.cleaned[rows], alone.cleaned)
