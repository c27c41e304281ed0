"""Rays against an independent geometry, sums by hand, and properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from cathartes.earth.geodesy import earth_centred, geodetic
from cathartes.earth.geoid import undulation
from cathartes.earth.ground import (
    CENTRE,
    CORNERS,
    PoseError,
    covariance,
    ellipse90,
    height_over,
    is_in_view,
    metres_between,
    on_ground,
    on_height,
    origins,
    picture_point,
    rays,
)  # fmt: skip
from cathartes.earth.terrain import Ground
from cathartes.model import Pose
from tests.readers.motion.streams import flight


def pose(**changes):
    base = {
        "lon_deg": -99.5, "lat_deg": 19.5, "height_m": 4000.0, "yaw_deg": 30.0, "pitch_deg": 0.0, "roll_deg": 0.0, "azimuth_deg": 0.0,
        "elevation_deg": -45.0, "turn_deg": 0.0, "horizontal_fov_deg": 10.0, "vertical_fov_deg": 8.0,
    }  # fmt: skip
    return Pose(**{name: np.array([float(value)]) for name, value in (base | changes).items()})


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-500, 20_000))
def test_earth_centred_places_are_those_of_proj_and_back(lon, lat, height):
    place = earth_centred(np.float64(lon), np.float64(lat), np.float64(height))
    assert place == pytest.approx(Transformer.from_crs(4979, 4978, always_xy=True).transform(lon, lat, height), abs=1e-6)
    assert geodetic(place)[1:] == pytest.approx((lat, height), abs=1e-6)


def test_straight_down_meets_the_ground_below():
    lon, lat = on_height(pose(elevation_deg=-90.0), CENTRE, np.array([[2000.0]]))
    assert (lon[0, 0], lat[0, 0]) == pytest.approx((-99.5, 19.5), abs=1e-9)


def test_at_45_degrees_the_ground_is_as_far_ahead_as_below():
    lon, lat = on_height(pose(), CENTRE, np.array([[2000.0]]))
    assert metres_between(lon, lat, np.array([[-99.5]]), np.array([[19.5]]))[0, 0] == pytest.approx(2000.0, abs=2.0)


@pytest.mark.parametrize("moment", flight(8, seed=3))
def test_rays_meet_the_ground_where_an_independent_bisection_does(moment):
    one = pose(
        lon_deg=moment.lon, lat_deg=moment.lat, height_m=moment.height, yaw_deg=moment.heading, pitch_deg=moment.pitch,
        roll_deg=moment.roll, azimuth_deg=moment.azimuth, elevation_deg=moment.elevation, turn_deg=moment.turn,
        horizontal_fov_deg=moment.hfov, vertical_fov_deg=moment.vfov,
    )  # fmt: skip
    lon, lat = on_height(one, CORNERS, np.array([[2230.0]]))
    true = np.array([moment.meets(*at, lambda *_: 2230.0) for at in CORNERS])
    assert metres_between(lon[0], lat[0], true[:, 0], true[:, 1]).max() < 1e-3


@pytest.mark.parametrize("elevation", [0.0, 5.0, 80.0])
def test_a_ray_above_the_horizon_meets_nothing(elevation):
    lon, lat = on_height(pose(elevation_deg=elevation), CENTRE, np.array([[2000.0]]))
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


@given(st.floats(0, 360), st.floats(-20, 20), st.floats(-30, 30), st.floats(-80, -30))
def test_a_ground_point_falls_on_the_pixel_whose_ray_met_it(yaw, pitch, roll, elevation):
    one = pose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, azimuth_deg=40.0, elevation_deg=elevation)
    lon, lat = on_height(one, CORNERS, np.array([[2000.0]]))
    if np.isfinite(lon).all():
        assert picture_point(one, lon, lat, np.full_like(lon, 2000.0))[0] == pytest.approx(CORNERS, abs=1e-6)
        height, miss = height_over(origins(one), rays(one, CORNERS), lon, lat)
        assert height[0] == pytest.approx([2000.0] * 4, abs=1e-4)
        assert miss.max() < 1e-4


def ridge(wall_m):
    """A plain at 1000 m above sea level with a wall across it, on a net of 3.6 arc seconds."""
    heights = np.full((200, 200), 1000.0)
    heights[:, 120:123] += wall_m
    return Ground(heights, (1000.0, 0.0, 99_600.0, 0.0, 1000.0, -19_400.0), "EPSG:4326")


def test_a_grazing_ray_does_not_pass_through_a_wall():
    looking = pose(yaw_deg=90.0, elevation_deg=-3.0, height_m=1000.0 + 200.0 + float(undulation(np.float64(-99.5), np.float64(19.5))))
    wall, plain = (on_ground(looking, CENTRE, ridge(height)) for height in (300.0, 0.0))
    assert wall[0][0, 0] == pytest.approx(-99.481, abs=0.0011)
    assert plain[0][0, 0] > -99.475


def test_a_wall_hides_the_ground_behind_it_and_no_other():
    looking = pose(height_m=1000.0 + 200.0 + float(undulation(np.float64(-99.5), np.float64(19.5))))
    lon = np.array([-99.49, -99.482, -99.476, -99.47, -99.463, -99.455, -99.44])  # the wall is 20 to 22 thousandths off
    seen = is_in_view(looking, lon, np.full(7, 19.5), ridge(100.0))  # and half as high as the camera
    assert seen.tolist() == [True, True, False, False, False, True, True]
    assert is_in_view(looking, lon, np.full(7, 19.5), ridge(0.0)).all()
    assert not is_in_view(looking, lon, np.full(7, 19.5), ridge(300.0))[2:].any()  # a wall higher than the camera


def test_a_ray_that_leaves_the_grid_meets_nothing():
    away = pose(yaw_deg=90.0, elevation_deg=-0.5, height_m=1200.0)
    assert np.isnan(on_ground(away, CENTRE, ridge(0.0))[0]).all()


def test_on_a_flat_grid_the_ground_is_where_the_plane_is():
    one = pose(height_m=3000.0, elevation_deg=-50.0)
    lon, lat, height = on_ground(one, CORNERS, ridge(0.0))
    plane = on_height(one, CORNERS, height)
    assert metres_between(lon, lat, *plane).max() < 0.01


def test_ninety_percent_ellipses_hold_ninety_percent():
    rng = np.random.default_rng(7)
    error = PoseError(3.0, 5.0, 0.2, 0.1, 0.1, 6.0)
    true = pose(pitch_deg=3.0, roll_deg=10.0, azimuth_deg=60.0)
    level = np.array([[1500.0]])
    moved = rng.normal(size=(6, 4000))
    east, north = rng.normal(size=(2, 4000)) * error.position_m
    lon0, lat0 = (value[0, 0] for value in on_height(true, CENTRE, level))
    metre = 111_320.0
    many = Pose(**{name: np.full(4000, values[0]) for name, values in vars(true).items()})
    many.yaw_deg[:] += moved[0] * error.yaw_deg
    many.pitch_deg[:] += moved[1] * error.pitch_deg
    many.roll_deg[:] += moved[2] * error.roll_deg
    many.height_m[:] += moved[3] * error.height_m
    lon, lat = on_height(many, CENTRE, level + (moved[4] * error.ground_m)[:, None])
    off = np.stack(((lon[:, 0] - lon0) * metre * np.cos(np.radians(lat0)) + east, (lat[:, 0] - lat0) * 110_700 + north), axis=1)
    covariances = covariance(true, CENTRE, level, error)[0, 0]
    held = np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariances), off) < 4.605
    assert 0.88 < held.mean() < 0.92
    major, minor, _ = ellipse90(covariances)
    assert major >= minor > 0


def test_the_geoid_has_the_published_test_values_of_egm96():
    published = [(269.7791550, 38.6281550, -31.628), (305.0211140, -14.6212170, -2.969), (102.4487290, 46.8743190, -43.575),
                 (133.8747120, -23.6174460, 15.871), (359.9995, 38.6254730, 50.066), (0.0023, -0.4667440, 17.329)]  # fmt: skip
    lon, lat, height = np.array(published).T
    assert undulation(lon, lat) == pytest.approx(height, abs=0.3)
    assert np.isnan(undulation(np.array([np.nan]), np.array([0.0]))).all()
