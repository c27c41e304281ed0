"""An assumed area holds every instrument and says that it was assumed; a polygon is searched evenly, and nothing outside it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from cathartes.earth.frame import LocalFrame
from cathartes.earth.search import LEAST_HALF_WIDTH_M, SearchArea, search_area, search_around
from cathartes.errors import BadInput
from cathartes.model import Flight, Frame, GasLog, HeightReference, Search
from cathartes.model.flight import FrameHints
from cathartes.model.place import Ring

# A letter U: two legs of 2 m by 4 m on a foot of 6 m by 2 m, 28 m2 in all.
LETTER_U = ((0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (4.0, 6.0), (4.0, 2.0), (2.0, 2.0), (2.0, 6.0), (0.0, 6.0))


def log_through(points: list[tuple[float, float]], frame: Frame) -> GasLog:
    n = len(points)
    line, blank = np.column_stack([np.array(points), np.full(n, 2.0)]), np.full(n, np.nan)
    return GasLog(
        frame, HeightReference.AGL, None, np.arange(n, dtype=float), ("a",), np.zeros(n, dtype=np.int64), line, line,
        {"ch4": np.full(n, 2000.0)}, blank, blank, blank, blank, blank, blank, blank, blank,
    )  # fmt: skip


def test_the_area_holds_every_instrument() -> None:
    search = search_around([log_through([(0.0, 0.0), (400.0, 100.0)], Frame.LOCAL)])
    assert search.is_assumed
    assert search.centre == (200.0, 50.0)
    assert search.half_width_m == 300.0


def test_one_tower_gives_the_least_area() -> None:
    assert search_around([log_through([(5.0, 5.0)], Frame.LOCAL)]).half_width_m == LEAST_HALF_WIDTH_M


def test_degrees_become_metres() -> None:
    search = search_around([log_through([(-107.0, 25.0), (-107.0, 25.1)], Frame.WGS84)])
    assert search.half_width_m == pytest.approx(0.75 * 11_077, rel=1e-3)


def test_a_fix_that_is_missing_does_not_count() -> None:
    log = log_through([(0.0, 0.0), (400.0, 100.0), (np.nan, np.nan)], Frame.LOCAL)
    assert search_around([log]) == search_around([replace(log, start=log.start[:2], end=log.end[:2])])


def area_of(ring: Ring, frame: Frame = Frame.LOCAL) -> SearchArea:
    flight = Flight("a", frame=FrameHints(frame), search=Search(polygon=ring))
    found = search_area(flight, LocalFrame(frame, ring[0] if frame is Frame.WGS84 else (0.0, 0.0)))
    assert found is not None
    return found


def evenly(area: SearchArea, count: int = 200) -> np.ndarray:
    across, up = np.meshgrid((np.arange(count) + 0.5) / count, (np.arange(count) + 0.5) / count)
    return np.column_stack(area.points(across.ravel(), up.ravel()))


def star(radii: list[float], turn: float) -> Ring:
    angle = turn + 2.0 * np.pi * np.arange(len(radii)) / len(radii)
    return tuple((float(r * np.cos(a)), float(r * np.sin(a))) for r, a in zip(radii, angle, strict=True))


stars = st.builds(star, st.lists(st.floats(5.0, 100.0), min_size=3, max_size=9), st.floats(0.0, 6.0))


@settings(max_examples=60, deadline=None)
@given(ring=stars, across=st.floats(0.0, 1.0), up=st.floats(0.0, 1.0))
def test_every_draw_lies_in_the_polygon(ring: Ring, across: float, up: float) -> None:
    assume(Polygon(ring).is_valid)
    x, y = area_of(ring).points(np.array([across]), np.array([up]))
    assert Polygon(ring).buffer(1e-6).contains(Polygon([(x[0] - 1e-9, y[0]), (x[0] + 1e-9, y[0]), (x[0], y[0] + 1e-9)]))


@settings(max_examples=30, deadline=None)
@given(ring=stars, north=st.floats(-40.0, 40.0), east=st.floats(-40.0, 40.0))
def test_each_part_of_the_polygon_gets_draws_by_its_share_of_the_area(ring: Ring, north: float, east: float) -> None:
    assume(Polygon(ring).is_valid)
    part = Polygon(ring).intersection(Polygon([(-200, -200), (east, -200), (east, north), (-200, north)]))
    x, y = evenly(area_of(ring)).T
    assert np.mean((x < east) & (y < north)) == pytest.approx(part.area / Polygon(ring).area, abs=0.02)


def test_a_hollow_polygon_keeps_its_hollow_empty_and_its_legs_alike() -> None:
    area = area_of(LETTER_U)
    x, y = evenly(area).T
    assert area.area_m2 == pytest.approx(28.0)
    assert not np.any((x > 2.0) & (x < 4.0) & (y > 2.0))
    assert np.mean((x < 2.0) & (y > 2.0)) == pytest.approx(8.0 / 28.0, abs=0.01)
    assert np.mean(y < 2.0) == pytest.approx(12.0 / 28.0, abs=0.01)
    assert area.holds(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist() == [True, False]


def test_a_polygon_in_degrees_is_searched_in_metres() -> None:
    area = area_of(((-99.0, 19.0), (-98.99, 19.0), (-98.99, 19.01), (-99.0, 19.01)), Frame.WGS84)
    # 0.01 degree is 1,053 m of longitude and 1,107 m of latitude at 19 N.
    assert area.area_m2 == pytest.approx(1053.0 * 1107.0, rel=2e-3)


@pytest.mark.parametrize("ring", [((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)), ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0))])
def test_a_polygon_that_crosses_itself_or_is_a_line_is_refused(ring: Ring) -> None:
    with pytest.raises(BadInput, match="crosses itself or encloses nothing"):
        area_of(ring)


def test_a_square_needs_no_polygon() -> None:
    assert search_area(Flight("a", search=Search(half_width_m=5.0)), LocalFrame(Frame.LOCAL)) is None
