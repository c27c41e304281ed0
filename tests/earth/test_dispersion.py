"""The plume conserves mass, meets the ground and the lid; its path means are those of fine quadrature (3 %, 2 m off or 2e-5 s/m3)."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cathartes.earth.dispersion import (
    LIGHT_WIND_M_S,
    blowing,
    climb_speed,
    path_mean,
    response,
    spread_table,
    spreads_at,
    turbulence,
    vertical_density,
)

ONE = np.ones(1)
UNIT = np.ones(3)
NO_LID = np.inf
NEUTRAL_M = 1e9


def normal(y: float, sigma: float) -> float:
    return float(np.exp(-0.5 * (y / sigma) ** 2) / (np.sqrt(2.0 * np.pi) * sigma))


def table(
    speed_m_s: float = 3.0, sigma_v: float = 0.6, sigma_w: float = 0.35, length_m: float = NEUTRAL_M, lid_m: float = NO_LID
) -> np.ndarray:
    return spread_table(speed_m_s * ONE, 2.0 * ONE, sigma_v * ONE, sigma_w * ONE, length_m * ONE, 0.03, lid_m * ONE)[0]


def mean_along(
    path: np.ndarray, source: np.ndarray, wind: np.ndarray, spreads: np.ndarray, lid_m: float, swing_rad: float = 0.0
) -> np.ndarray:
    """`path_mean` in a wind that swings by just so much."""
    in_light_wind = np.hypot(1.0, LIGHT_WIND_M_S / max(np.hypot(wind[0], wind[1]), 0.1))
    return np.array(path_mean(path, source, blowing(wind, np.zeros(3), swing_rad / in_light_wind, 1.0), spreads, lid_m, UNIT))


def at(
    x: float, y: float, z: float, height: float = 0.3, wind: tuple[float, float, float] = (3.0, 0.0, 0.6), lid_m: float = NO_LID
) -> float:
    path = np.array([x, y, z, x, y, z])
    spreads = table(float(np.hypot(wind[0], wind[1])), wind[2], lid_m=lid_m)
    return mean_along(path, np.array([0.0, 0.0, height]), np.array(wind), spreads, lid_m)[0]


@settings(max_examples=25, deadline=None)
@given(distance=st.floats(3.0, 2000.0), speed=st.floats(1.5, 12.0), length=st.sampled_from([-20.0, -200.0, NEUTRAL_M, 200.0, 20.0]))
def test_what_flows_through_a_crosswind_plane_is_what_is_emitted(distance: float, speed: float, length: float) -> None:
    spreads = table(speed, 0.15 * speed, 0.08 * speed, length)
    sigma_y, sigma_z, plume_speed = spreads_at(spreads, distance)
    y = np.linspace(-6, 6, 241) * (sigma_y + 1)
    z = np.linspace(0, 8, 241) * (sigma_z + 1)
    density = np.array([[normal(a, sigma_y) * vertical_density(b, 0.3, sigma_z, NO_LID) for a in y] for b in z])
    assert np.trapezoid(np.trapezoid(density, y, axis=1), z) == pytest.approx(1.0, rel=1e-3)
    # On the axis the kernel is exactly that density over the transport speed (release size adds in quadrature).
    path, source = np.array([distance, 0.0, 0.5, distance, 0.0, 0.5]), np.array([0.0, 0.0, 0.3])
    there = mean_along(path, source, np.array([speed, 0.0, 0.15 * speed]), spreads, NO_LID)[0]
    expected = normal(0.0, np.hypot(sigma_y, 0.15)) * vertical_density(0.5, 0.3, np.hypot(sigma_z, 0.15), NO_LID) / plume_speed
    assert there == pytest.approx(expected, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(x1=st.floats(-40, 80), y1=st.floats(-60, 60), x2=st.floats(-40, 80), y2=st.floats(-60, 60))
def test_a_path_mean_is_the_mean_of_its_points(x1: float, y1: float, x2: float, y2: float) -> None:
    spreads, source, wind = table(), np.array([0.0, 0.0, 0.3]), np.array([3.0, 0.0, 0.6])
    ends = np.array([x1, y1, 1.5, x2, y2, 1.5])
    mean = mean_along(ends, source, wind, spreads, NO_LID)[0]
    share = (np.arange(4000) + 0.5) / 4000
    points = ends[:3] + share[:, None] * (ends[3:] - ends[:3])
    assume(np.hypot(points[:, 0], points[:, 1]).min() > 2.0)
    fine, other, wide = np.empty(4000), np.empty(4000), np.empty(4000)
    moments, lids, both = np.zeros(4000, dtype=np.int64), np.array([NO_LID]), np.hstack((points, points))
    response(fine, other, wide, both, wind[None], spreads[None], moments, lids, source, np.zeros(3), 0.0, UNIT)
    assert mean == pytest.approx(fine.mean(), rel=0.03, abs=2e-5)


@settings(max_examples=30, deadline=None)
@given(x=st.floats(20.0, 200.0), off=st.floats(-0.2, 0.2), length=st.floats(0.0, 0.2), swing_deg=st.floats(2.0, 8.0))
def test_a_wind_not_quite_known_gives_the_mean_over_its_directions_and_their_slope(
    x: float, off: float, length: float, swing_deg: float
) -> None:
    spreads, source, path = table(), np.array([0.0, 0.0, 0.3]), np.array([x, off * x, 1.5, x, (off + length) * x, 1.5])
    swing = np.radians(swing_deg)

    def along(angle: float, uncertain: float) -> np.ndarray:
        wind = np.array([3.0 * np.cos(angle), 3.0 * np.sin(angle), 0.6])
        return mean_along(path, source, wind, spreads, NO_LID, uncertain)

    mean, swung, _ = along(0.0, swing)
    angles = np.linspace(-4.0, 4.0, 81)
    weight = np.exp(-0.5 * angles**2) / np.exp(-0.5 * angles**2).sum()
    assert mean == pytest.approx(sum(w * along(a * swing, 0.0)[0] for a, w in zip(angles, weight, strict=True)), rel=0.1, abs=1e-5)
    step = 0.01
    assert swung == pytest.approx((along(step, swing)[0] - along(-step, swing)[0]) / (2 * step) * swing, rel=0.1, abs=0.05 * mean)


def test_the_ground_doubles_what_a_plume_on_it_would_be_without_it() -> None:
    alone = np.exp(0.0) / (np.sqrt(2 * np.pi) * 2.0)
    assert vertical_density(0.0, 0.0, 2.0, NO_LID) == pytest.approx(2 * alone)


def test_nothing_is_above_the_lid_and_far_away_the_layer_is_well_mixed() -> None:
    assert vertical_density(301.0, 1.0, 100.0, 300.0) == 0.0
    assert vertical_density(250.0, 1.0, 290.0, 300.0) == pytest.approx(1 / 300.0, rel=0.1)


@settings(max_examples=30, deadline=None)
@given(sigma=st.floats(10.0, 290.0), height=st.floats(0.0, 50.0))
def test_the_lid_keeps_all_of_the_plume_below_it(sigma: float, height: float) -> None:
    z = np.linspace(0.0, 300.0, 3001)
    density = [vertical_density(level, height, sigma, 300.0) for level in z]
    assert np.trapezoid(density, z) == pytest.approx(1.0, rel=0.01)


@given(speed=st.floats(0.0, 0.2), sigma_v=st.floats(0.01, 0.5), x=st.floats(-30, 30), y=st.floats(-30, 30))
@settings(max_examples=60, deadline=None)
def test_a_calm_gives_finite_numbers_everywhere(speed: float, sigma_v: float, x: float, y: float) -> None:
    assert 0.0 <= at(x, y, 1.5, wind=(speed, 0.0, sigma_v)) < 100.0


def test_in_a_calm_gas_reaches_all_sides_and_in_wind_it_does_not_go_upwind() -> None:
    assert at(-10.0, 0.0, 1.0, wind=(0.05, 0.0, 0.3)) == pytest.approx(at(10.0, 0.0, 1.0, wind=(0.05, 0.0, 0.3)), rel=0.5)
    assert at(-10.0, 0.0, 1.0) == 0.0


def test_stable_air_climbs_less_than_unstable_air() -> None:
    heights = [spreads_at(table(length_m=length), 200.0)[1] for length in (20.0, NEUTRAL_M, -20.0)]
    assert heights[0] < heights[1] < heights[2]


def test_neutral_vertical_spread_is_van_uldens_within_a_quarter() -> None:
    # van Ulden (1978): x = (z/k^2) [ln(0.6 z / z0) - 1 + ...] for the mean height z; z0 = 0.03 m, z = 4 m gives about 84 m.
    distance = 4.0 / 0.16 * (np.log(0.6 * 4.0 / 0.03) - 1.0)
    ustar = 0.4 * 3.0 / np.log((2.0 + 0.03) / 0.03)
    sigma_z = spreads_at(table(3.0, 0.6, 1.25 * ustar), distance)[1]
    assert 0.8 * sigma_z == pytest.approx(4.0, rel=0.25)


@pytest.mark.parametrize(("sigma_z", "slowed"), [(100.0, 1.0), (300.0, 0.5)])
def test_convection_lifts_a_cloud_faster_until_it_has_outgrown_the_eddies(sigma_z: float, slowed: float) -> None:
    # (1 + 3 * 150 / 50)^(1/3) = 10^(1/3); eddies of a layer without a lid are 0.15 * 1000 m deep.
    assert climb_speed(150.0, sigma_z, 0.4, -50.0, np.inf) == pytest.approx(slowed * 0.4 * 10 ** (1 / 3))


def test_unstable_air_swings_more_than_neutral_air() -> None:
    args = (3.0 * np.ones(2), 2.0 * np.ones(2), np.array([-20.0, NEUTRAL_M]), 0.03, np.full(2, np.nan), np.full(2, np.inf))
    sigma_v, _ = turbulence(*args)
    assert sigma_v[0] > sigma_v[1]
