"""Twelve miles of sea from land: right on a straight coast, divided half-way between two states, and labelled."""

import numpy as np
import pytest
import shapely

from cathartes.earth.borderline import Borderline
from cathartes.earth.boundary import Boundary
from cathartes.earth.geodesy import WGS84
from cathartes.earth.territorial_sea import SEA_ERROR_M, TWELVE_MILES_M, with_sea


def land(west: float, south: float, east: float, north: float) -> Boundary:
    area = shapely.MultiPolygon([shapely.segmentize(shapely.box(west, south, east, north), 0.05)])
    return Boundary("BOX", "box", "1", "0" * 64, "drawn", 100.0, True, False, None, area)


@pytest.mark.parametrize("lat", [5.0, 30.0, 60.0])
def test_the_limit_lies_twelve_nautical_miles_off_a_straight_coast(lat: float) -> None:
    border = Borderline(with_sea(land(-101.0, lat - 2, -100.0, lat + 2), {}))
    for miles, is_sea in ((11.99, True), (12.01, False)):
        lon, at, _ = WGS84.fwd(-100.0, lat, 90.0, miles * 1852)
        assert border.holds(np.array([lon]), np.array([at]))[0] == is_sea


def test_between_two_states_runs_the_median_line() -> None:
    ours, theirs = land(-101.0, 19.0, -100.0, 21.0), land(-99.8, 19.0, -98.8, 21.0)
    border = Borderline(with_sea(ours, {"OTH": theirs.area}))
    _, _, apart = WGS84.inv(-100.0, 20.0, -99.8, 20.0)
    assert apart < 2 * TWELVE_MILES_M
    for fraction, is_ours in ((0.49, True), (0.51, False)):
        lon, lat, _ = WGS84.fwd(-100.0, 20.0, 90.0, fraction * apart)
        assert border.holds(np.array([lon]), np.array([lat]))[0] == is_ours
    assert not border.holds(np.array([-99.5]), np.array([20.0]))[0]


def test_a_neighbour_by_land_loses_nothing() -> None:
    ours, theirs = land(-101.0, 19.0, -100.0, 21.0), land(-100.0, 19.0, -99.0, 21.0)
    border = Borderline(with_sea(ours, {"OTH": theirs.area}))
    assert border.holds(np.array([-100.01, -99.99, -99.99]), np.array([20.0, 20.0, 20.95])).tolist() == [True, False, False]
    # South of both, the line between them goes on half-way: along their common meridian.
    assert border.holds(np.array([-100.05, -99.95]), np.array([18.9, 18.9])).tolist() == [True, False]


def test_what_was_built_says_so_and_is_less_exact() -> None:
    built = with_sea(land(-101.0, 19.0, -100.0, 21.0), {})
    assert "no straight baselines" in built.approximation
    assert "no neighbour" in built.approximation
    assert built.error_m == 100.0 + SEA_ERROR_M
