"""The wind an aircraft measured, brought down to the plume: how far it is turned, where on Earth, and how fast it is there."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.earth.frame import LocalFrame
from cathartes.locate.aloft import TURNS_DEG, air_of
from cathartes.locate.samples import gather
from cathartes.model import Flight, Frame, Search, Wind
from cathartes.model.flight import FrameHints, Reanalysis
from tests.locate import ladder


def air_from(height_m: float, search: Search, kind: Frame = Frame.LOCAL) -> tuple[np.ndarray, np.ndarray]:
    """Transport speeds (m/s, stabilities x distances) and turns (degrees) of a wind of 5 m/s measured at a height below a lid of 400 m."""
    samples = gather([ladder.log()], "ch4", LocalFrame(Frame.LOCAL))
    paths = samples.paths.copy()
    paths[:, [2, 5]] = height_m
    samples = replace(samples, paths=paths, wind=np.tile([5.0, 0.0], (len(paths), 1)))
    wind = Wind("onboard", reanalysis=Reanalysis(3.0, 0.0, mixing_height_m=400.0))
    (tables, _, _, turned), _ = air_of(samples, Flight("a", frame=FrameHints(kind), search=search, wind=wind), samples.t_s)
    return np.exp(tables[:, :, 2]), np.degrees(turned)


SQUARE = Search(half_width_m=2000.0)


def test_a_wind_measured_aloft_is_turned_back_down_to_the_plume_most_in_stable_air() -> None:
    # 0.15 of the layer is the plume's height: 240 m of 400 m is another 0.45 of it.
    assert air_from(240.0, SQUARE)[1] == pytest.approx(0.45 * TURNS_DEG)
    assert air_from(60.0, SQUARE)[1] == pytest.approx(0.0 * TURNS_DEG)
    # Above the lid the wind is that of the lid.
    assert air_from(900.0, SQUARE)[1] == pytest.approx(0.85 * TURNS_DEG)


@pytest.mark.parametrize(("latitude", "share"), [(25.0, 1.0), (-25.0, -1.0), (0.0, 0.0), (7.5, 0.5)])
def test_the_turn_is_clockwise_upwards_in_the_north_and_fades_to_the_equator(latitude: float, share: float) -> None:
    there = Search(half_width_m=2000.0, centre=(-100.0, latitude))
    assert air_from(240.0, there, Frame.WGS84)[1] == pytest.approx(share * 0.45 * TURNS_DEG)


def test_in_stable_air_the_wind_aloft_is_faster_than_the_plume_and_in_mixed_air_it_is_not() -> None:
    low, high = air_from(60.0, SQUARE)[0], air_from(240.0, SQUARE)[0]
    assert np.all(high[3:] < 0.9 * low[3:])
    assert high[:3] == pytest.approx(low[:3])
