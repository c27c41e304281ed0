"""Distances to a border: exact against brute force, bounds that hold, and the polygon's own opinion of what is inside."""

import numpy as np
import pytest
import shapely

from cathartes.earth.borderline import PIECE_M, Borderline
from cathartes.earth.boundary import boundary_of
from cathartes.earth.geodesy import earth_centred, geodesic_m, geodetic
from cathartes.model.samples import Floats


@pytest.fixture(scope="module")
def mexico() -> Borderline:
    return Borderline(boundary_of("MEX"))


def places(count: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    return rng.uniform(-121, -85, count), rng.uniform(13, 34, count)


def test_no_point_of_the_border_is_nearer_than_the_nearest(mexico: Borderline) -> None:
    fine = mexico.points
    for lon, lat in zip(*places(40, seed=1), strict=True):
        found = mexico.nearest(np.array([lon]), np.array([lat])).metres[0]
        every = geodesic_m(np.full(len(fine), lon), np.full(len(fine), lat), *fine.T)
        assert found <= every.min() + 1e-6
        assert np.hypot(found, PIECE_M / 2) >= every.min() - 1e-6


def test_the_bound_is_never_above_the_distance_and_tight_when_far(mexico: Borderline) -> None:
    lon, lat = places(3000, seed=2)
    bound, exact = mexico.at_least_m(earth_centred(lon, lat)), mexico.nearest(lon, lat).metres
    assert (bound <= exact + 1e-6).all()
    near = (exact > 31_000) & (exact < 200_000)
    assert np.median(exact[near] - bound[near]) < 30


def test_the_distance_is_zero_on_the_border(mexico: Borderline) -> None:
    assert mexico.nearest(*mexico.points[::997].T).metres == pytest.approx(0.0, abs=1e-3)


def test_inside_is_what_the_polygon_says(mexico: Borderline) -> None:
    lon, lat = places(5000, seed=3)
    assert np.array_equal(mexico.holds(lon, lat), shapely.contains_xy(mexico.boundary.area, lon, lat))


def test_earth_centred_and_back() -> None:
    lon, lat = places(1000, seed=4)
    assert np.allclose(geodetic(earth_centred(lon, lat))[:2], (lon, lat), atol=1e-11)
