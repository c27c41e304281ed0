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


def test_land_border_limit_and_median_line_are_each_as_exact_as_they_can_be() -> None:
    ours, theirs = land(-101.0, 19.0, -100.0, 21.0), land(-100.0, 19.0, -99.0, 21.0)
    border = Borderline(with_sea(ours, {"OTH": theirs.area}))
    expected = (
        ("land border", 100.0, (-100.0, 20.0)),
        ("12 nautical miles", 3500.0, (-101.21, 20.0)),
        ("median line", 1200.0, (-100.0, 18.9)),
    )
    for part, (what, error_m, (lon, lat)) in zip(border.parts, expected, strict=True):
        assert part.stretch is not None
        assert (part.stretch.what, part.error_m) == (what, error_m)
        away_m = [each.nearest(np.array([lon]), np.array([lat])).metres[0] for each in border.parts]
        assert part.nearest(np.array([lon]), np.array([lat])).metres[0] == min(away_m)


def test_together_the_parts_are_the_whole_border() -> None:
    ours, theirs = land(-101.0, 19.0, -100.0, 21.0), land(-100.0, 19.0, -99.0, 21.0)
    border = Borderline(with_sea(ours, {"OTH": theirs.area}))
    lon, lat = np.random.default_rng(5).uniform((-101.5, 18.5), (-98.5, 21.5), (500, 2)).T
    nearest_m = np.min([part.nearest(lon, lat).metres for part in border.parts], axis=0)
    assert nearest_m == pytest.approx(border.nearest(lon, lat).metres, abs=1e-6)
