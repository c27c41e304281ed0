"""Verdicts on drawn borders where the answer is a sum by hand, and properties that hold for any flight."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from cathartes.earth.airspace import MAX_SPEED_M_S, Flown, Interval, intervals, judged, union
from cathartes.earth.borderline import Borderline
from cathartes.earth.boundary import Boundary
from cathartes.model.overflight import Reason, Verdict
from cathartes.model.samples import Floats

GEOD = Geod(ellps="WGS84")
EAST_END = 101.0
IN, OUT, UNDECIDED = Verdict.IN, Verdict.OUT, Verdict.UNDECIDED


def box_border(error_m: float = 0.0, extent: tuple[float, float, float, float] | None = None) -> Borderline:
    """A state from 100 to 101 degrees east and from 5 south to 5 north."""
    area = shapely.MultiPolygon([shapely.box(100.0, -5.0, EAST_END, 5.0)])
    return Borderline(Boundary("BOX", "box", "1", "0" * 64, "drawn", error_m, False, True, extent, area))


def along_the_equator(metres_east: Floats, utc_s: Floats, error_m: float = 0.0, clock_s: float = 0.0) -> Flown:
    """Fixes so many metres east of the state's eastern border."""
    lon = EAST_END + np.degrees(metres_east / 6_378_137.0)
    count = len(utc_s)
    broken = np.zeros(max(count - 1, 0), np.bool_)
    return Flown(utc_s, lon, np.zeros(count), np.full(count, error_m), broken, utc_s[0], utc_s[-1], clock_s)


def spans(found: tuple[Interval, ...]) -> list[tuple[Verdict, float, float]]:
    return [(each.verdict, each.start_s, each.end_s) for each in found]


def test_a_crossing_is_undecided_for_as_long_as_the_error_lasts() -> None:
    # 200 m/s westwards, one fix a second, over the border at t = 50; 100 m of error are half a second, 20 m of boundary a tenth.
    utc_s = np.arange(101.0)
    flown = along_the_equator(10_000 - 200 * utc_s, utc_s, error_m=100.0)
    found, (crossing,) = judged(flown, box_border(error_m=20.0))
    assert [each.verdict for each in found] == [OUT, UNDECIDED, IN]
    # Mid-step a turn could add 17 / 8 m.
    assert found[1].start_s == pytest.approx(49.4, abs=0.05)
    assert found[1].end_s == pytest.approx(50.6, abs=0.05)
    assert found[1].reason is Reason.ERROR
    assert (crossing.at_s, crossing.into) == (pytest.approx(50.0, abs=0.01), IN)


def test_the_clock_error_widens_what_is_undecided() -> None:
    utc_s = np.arange(101.0)
    found = intervals(along_the_equator(10_000 - 200 * utc_s, utc_s, error_m=100.0, clock_s=0.5), box_border())
    assert spans(found)[1] == (UNDECIDED, pytest.approx(49.0, abs=0.05), pytest.approx(51.0, abs=0.05))


def test_a_gap_is_undecided_only_while_the_state_was_in_reach() -> None:
    # Both fixes 50 km outside, 1000 s apart: reached after 50 km at full speed, and to be left as long before the end.
    flown = along_the_equator(np.array([50_000.0, 50_000.0]), np.array([0.0, 1000.0]))
    fly_s = 50_000.0 / MAX_SPEED_M_S
    (out, gap, back) = intervals(flown, box_border())
    assert spans((gap,)) == [(UNDECIDED, pytest.approx(fly_s, abs=0.01), pytest.approx(1000 - fly_s, abs=0.01))]
    assert (out.verdict, gap.reason, back.verdict) == (OUT, Reason.GAP, OUT)


def test_the_position_error_makes_a_gap_longer_at_both_ends() -> None:
    flown = along_the_equator(np.array([50_000.0, 50_000.0]), np.array([0.0, 1000.0]), error_m=308.6667)
    assert intervals(flown, box_border())[1].start_s == pytest.approx(50_000.0 / MAX_SPEED_M_S - 1.0, abs=0.01)


def test_a_gap_too_short_to_reach_the_state_and_return_is_decided() -> None:
    # Reached after 162 s, but then the second fix could not be met any more: the two disks overlap outside only.
    flown = along_the_equator(np.array([50_000.0, 50_000.0]), np.array([0.0, 320.0]))
    assert spans(intervals(flown, box_border())) == [(OUT, 0.0, 320.0)]


def test_reach_is_asked_of_one_point_at_a_time() -> None:
    # North to south past the state's corner: each fix alone could reach the border, both together only around the middle.
    area = shapely.MultiPolygon([shapely.box(100.0, -0.05, EAST_END, 0.05)])
    border = Borderline(Boundary("BOX", "box", "1", "0" * 64, "drawn", 0.0, False, True, None, area))
    lon = EAST_END + np.degrees(60_000.0 / 6_378_137.0)
    lat = np.degrees(np.array([100_000.0, -100_000.0]) / 6_335_439.0)
    flown = Flown(np.array([0.0, 800.0]), np.full(2, lon), lat, np.zeros(2), np.zeros(1, np.bool_), 0.0, 800.0, 0.0)
    (before, gap, after) = intervals(flown, border)
    corner_m = GEOD.inv(lon, lat[0], EAST_END, 0.05)[2]
    assert gap.start_s == pytest.approx(corner_m / MAX_SPEED_M_S, abs=0.05)
    assert (before.verdict, after.verdict) == (OUT, OUT)


def test_a_track_that_was_faster_is_granted_its_own_speed() -> None:
    flown = along_the_equator(np.array([-10_000.0, 390_000.0]), np.array([0.0, 1000.0]))
    assert [each.verdict for each in intervals(flown, box_border())] == [IN, UNDECIDED, OUT]


def test_one_fix_has_a_verdict_for_its_moment() -> None:
    assert spans(intervals(along_the_equator(np.array([-5000.0]), np.array([7.0])), box_border())) == [(IN, 7.0, 7.0)]
    assert intervals(along_the_equator(np.array([-50.0]), np.array([7.0]), error_m=100.0), box_border())[0].verdict is UNDECIDED


def test_no_believable_fix_means_nothing_decided() -> None:
    nothing = np.empty(0)
    flown = Flown(nothing, nothing, nothing, nothing, np.empty(0, np.bool_), 0.0, 90.0, 0.0)
    assert spans(intervals(flown, box_border())) == [(UNDECIDED, 0.0, 90.0)]


def test_beyond_the_edge_of_a_clipped_map_nothing_is_decided() -> None:
    utc_s = np.arange(0.0, 100.0, 10.0)
    flown = along_the_equator(10_000 + 200 * utc_s, utc_s)
    (out, beyond) = intervals(flown, box_border(extent=(99.0, -5.0, 101.18, 5.0)))
    assert (out.verdict, beyond.verdict, beyond.reason) == (OUT, UNDECIDED, Reason.EXTENT)


def test_the_closest_approach_may_lie_between_two_fixes() -> None:
    lon = EAST_END + np.degrees(np.array([3000.0, 1000.0, 3000.0]) / 6_378_137.0)
    lat = np.degrees(np.array([-4000.0, -400.0, 4000.0]) / 6_335_439.0)
    flown = Flown(np.array([0.0, 20.0, 40.0]), lon, lat, np.zeros(3), np.zeros(2, np.bool_), 0.0, 40.0, 0.0)
    found = intervals(flown, box_border())
    assert min(each.closest_m for each in found) == pytest.approx(1000.0, abs=1.5)


@given(st.lists(st.tuples(st.floats(-3e4, 3e4), st.floats(1.0, 400.0)), min_size=2, max_size=30))
def test_intervals_cover_the_track_and_neighbours_differ(legs: list[tuple[float, float]]) -> None:
    utc_s = np.cumsum([seconds for _, seconds in legs])
    flown = along_the_equator(np.cumsum([metres for metres, _ in legs]), utc_s, error_m=50.0)
    found = intervals(flown, box_border(), max_speed_m_s=3e4)
    assert (found[0].start_s, found[-1].end_s) == (utc_s[0], utc_s[-1])
    for one, other in pairwise(found):
        assert one.end_s == other.start_s
        assert one.verdict is not other.verdict


@given(st.floats(1.0, 1e6))
def test_a_shifted_clock_moves_every_time_and_nothing_else(shift_s: float) -> None:
    utc_s = np.cumsum(np.array([0.0, 10, 10, 10, 200, 10, 10]))
    east = np.array([9000.0, 6000, 3000, -500, -20_000, -19_000, 4000])
    found = intervals(along_the_equator(east, utc_s, error_m=50.0), box_border())
    moved = intervals(along_the_equator(east, utc_s + shift_s, error_m=50.0), box_border())
    assert [each.verdict for each in moved] == [each.verdict for each in found]
    assert [each.start_s - shift_s for each in moved] == pytest.approx([each.start_s for each in found], abs=1e-3)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=20))
def test_a_union_holds_every_interval_and_nothing_else(pairs: list[tuple[float, float]]) -> None:
    first, last = np.array(pairs).reshape(-1, 2).T
    together = union(first, last, tolerance=0.0)
    for start, end in pairs:
        assert start > end or any(one <= start and end <= other for one, other in together)
    assert all(one_end < next_start for (_, one_end), (next_start, _) in pairwise(together))
