"""When was a place in view: intervals on footprints whose answer is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import StoreFailure
from cathartes.store.footprints import INDEX, Footprints

START = 1_700_000_000.0


def passing(seconds=100.0, rate=10.0, half=0.001, speed=0.0001, lon=-99.0, lat=19.0):
    """A square footprint that moves east: corners (n, 4, 2) and times."""
    times = START + np.arange(0, seconds, 1 / rate)
    square = half * np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)], float)
    centre = np.stack((lon + speed * (times - START), np.full(len(times), lat)), axis=1)
    return times, centre[:, None, :] + square


def test_a_place_is_in_view_from_when_the_footprint_reaches_it_until_it_leaves(tmp_path):
    with Footprints.open(tmp_path) as index:
        index.add("a.ts", "aa", *passing())
        (one,) = index.seen(-98.995, 19.0)
    assert one.start_s - START == pytest.approx(40.0, abs=0.6)
    assert one.end_s - START == pytest.approx(60.0, abs=0.6)


@given(st.floats(-99.002, -98.985), st.floats(18.998, 19.002))
def test_the_index_says_what_a_look_at_every_footprint_says(tmp_path_factory, lon, lat):
    times, corners = passing(seconds=60.0, rate=2.0)
    with Footprints.open(tmp_path_factory.mktemp("index")) as index:
        index.add("a.ts", "aa", times, corners)
        found = index.seen(lon, lat)
    inside = times[(np.abs(lon - corners[:, :, 0].mean(axis=1)) < 0.001 - 1e-7) & (abs(lat - 19.0) < 0.001 - 1e-7)]
    assert sum(one.end_s - one.start_s for one in found) == pytest.approx(np.ptp(inside) if len(inside) else 0.0, abs=0.51)


def test_two_visits_are_two_intervals_and_times_cut_them(tmp_path):
    times, corners = passing()
    back = np.concatenate((corners, corners[::-1]))
    both = np.concatenate((times, times + 1000.0))
    with Footprints.open(tmp_path) as index:
        index.add("a.ts", "aa", both, back)
        assert len(index.seen(-98.995, 19.0)) == 2
        assert len(index.seen(-98.995, 19.0, START + 500.0)) == 1
        assert index.seen(-98.995, 19.0, START + 45.0, START + 50.0)[0].start_s == pytest.approx(START + 45.0, abs=0.6)


def test_a_recording_added_twice_is_there_once(tmp_path):
    for _ in range(2):
        with Footprints.open(tmp_path) as index:
            index.add("a.ts", "aa", *passing())
    with Footprints.open(tmp_path) as index:
        assert len(index.seen(-98.995, 19.0)) == 1


def test_rows_that_see_the_horizon_or_have_no_time_are_left_out(tmp_path):
    times, corners = passing()
    times[:500], corners[500:, 0] = np.nan, np.nan
    with Footprints.open(tmp_path) as index:
        assert index.add("a.ts", "aa", times, corners) == 0


def test_a_footprint_over_the_180th_meridian_is_found_from_both_sides(tmp_path):
    times, corners = passing(lon=180.0, speed=0.0)
    corners[..., 0] = (corners[..., 0] + 180.0) % 360.0 - 180.0
    with Footprints.open(tmp_path) as index:
        index.add("a.ts", "aa", times, corners)
        assert [len(index.seen(lon, 19.0)) for lon in (179.9995, -179.9995, 0.0)] == [1, 1, 0]


def test_an_index_that_is_none_is_named(tmp_path):
    (tmp_path / INDEX).write_text("not a database at all, and long enough to be one")
    with pytest.raises(StoreFailure, match=INDEX), Footprints.open(tmp_path) as index:
        index.seen(0, 0)
