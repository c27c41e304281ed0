"""Metres and degrees agree with geodesics, and there and back is the same place."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

from cathartes.earth.frame import LocalFrame
from cathartes.model import Frame


@given(lon=st.floats(-179, 179), lat=st.floats(-75, 75), east=st.floats(-20000, 20000), north=st.floats(-20000, 20000))
def test_there_and_back_is_within_a_millimetre(lon: float, lat: float, east: float, north: float) -> None:
    frame = LocalFrame(Frame.WGS84, (lon, lat))
    x, y = frame.metres(*frame.back(np.array([east]), np.array([north])))
    assert np.hypot(x - east, y - north)[0] < 1e-3


@given(lon=st.floats(-170, 170), lat=st.floats(-70, 70), bearing=st.floats(0, 360), distance=st.floats(10, 20000))
@example(lon=0.0, lat=1e-9, bearing=0.0, distance=10.0)
def test_distances_from_the_centre_are_geodesic_to_one_in_a_hundred_thousand(
    lon: float, lat: float, bearing: float, distance: float
) -> None:
    there_lon, there_lat, _ = Geod(ellps="WGS84").fwd(lon, lat, bearing, distance)
    x, y = LocalFrame(Frame.WGS84, (lon, lat)).metres(np.array([there_lon]), np.array([there_lat]))
    assert np.hypot(x, y)[0] == pytest.approx(distance, rel=1e-5)
    turn = (np.degrees(np.arctan2(x, y))[0] - bearing + 180.0) % 360.0 - 180.0
    assert abs(turn) < 1e-2


def test_local_metres_pass_through() -> None:
    x, y = LocalFrame(Frame.LOCAL, (55.0, 50.0)).metres(np.array([60.0]), np.array([100.0]))
    assert (x[0], y[0]) == (60.0, 100.0)
