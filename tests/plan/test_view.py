"""Coverage by cameras: the four answers on footprints whose fineness is known."""

import numpy as np
import pytest

from cathartes.earth.geodesy import geodesic_m
from cathartes.model import Swath
from cathartes.plan.coverage import Answer
from cathartes.plan.view import element_m, view_coverage

AREA = ((-99.0, 19.0), (-98.99, 19.0), (-98.99, 19.01), (-99.0, 19.01))
NAN = float("nan")


def swath(west: float, east: float, picture: tuple[float, float] = (1000.0, 1000.0), times: tuple[float, ...] = (0.0,)) -> Swath:
    """A video that has a box of the area's height in view at each of the times."""
    corners = [[(west, 19.01), (east, 19.01), (east, 19.0), (west, 19.0)]] * len(times)
    return Swath("a.ts", picture, np.array(times), np.array(corners))


def metres(west: float, east: float) -> float:
    """The longer side of such a box."""
    away = geodesic_m(*np.array([[west, 19.0], [west, 19.0]]).T, *np.array([[east, 19.0], [west, 19.01]]).T)
    return float(away.max())


def test_where_no_camera_looked_nobody_looked() -> None:
    told = view_coverage(AREA, [swath(-98.0, -97.9)], ())
    assert (told.answer, told.down_to_m, told.not_looked, told.looks) == (Answer.NOT_LOOKED, None, 1.0, ())


def test_what_was_in_view_of_a_searched_video_held_nothing_down_to_an_element() -> None:
    told = view_coverage(AREA, [swath(-99.0, -98.99)], [("elsewhere", -98.0, 19.0)])
    assert (told.answer, told.not_looked) == (Answer.NOTHING_DOWN_TO, 0.0)
    assert told.down_to_m == pytest.approx(metres(-99.0, -98.99) / 1000)


def test_half_the_area_is_not_most_of_it_and_two_halves_are() -> None:
    halves = swath(-99.0, -98.995), swath(-98.995, -98.99)
    one, both = view_coverage(AREA, halves[:1], ()), view_coverage(AREA, halves, ())
    assert (one.answer, one.not_looked) == (Answer.COULD_NOT_SEE, pytest.approx(0.5, abs=0.02))
    assert both.answer is Answer.NOTHING_DOWN_TO


def test_what_nobody_searched_could_not_be_seen() -> None:
    told = view_coverage(AREA, [swath(-99.0, -98.99, (NAN, NAN))], ())
    assert (told.answer, told.down_to_m, told.not_looked) == (Answer.COULD_NOT_SEE, None, 0.0)


def test_the_finest_look_counts_in_whatever_order_they_came() -> None:
    fine, coarse = swath(-99.0, -98.99, (4000.0, 4000.0)), swath(-99.1, -98.9)
    told = [view_coverage(AREA, each, ()).down_to_m for each in ([fine, coarse], [coarse, fine])]
    assert told == [pytest.approx(metres(-99.0, -98.99) / 4000)] * 2


def test_what_moved_in_the_area_was_found() -> None:
    told = view_coverage(AREA, [swath(-99.0, -98.99)], [("movement-1", -98.995, 19.005)])
    assert (told.answer, told.found) == (Answer.FOUND, ("movement-1",))


def test_looks_are_cut_where_the_video_looked_away() -> None:
    told = view_coverage(AREA, [swath(-99.0, -98.99, times=(0.0, 0.5, 1.0, 60.0, 60.5))], ())
    assert [(look.start_s, look.end_s) for look in told.looks] == [(0.0, 1.0), (60.0, 60.5)]


def test_an_element_is_as_long_as_the_far_side_of_the_picture_makes_it() -> None:
    corners = np.array([[(-99.0, 19.01), (-98.98, 19.01), (-98.99, 19.0), (-99.0, 19.0)]])
    far_m = geodesic_m(*np.array([[-99.0, 19.01]]).T, *np.array([[-98.98, 19.01]]).T)[0]
    assert element_m(Swath("a.ts", (1000.0, 500.0), np.zeros(1), corners)) == pytest.approx(far_m / 500)
