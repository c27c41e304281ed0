"""Faults put into a clean flight are found, and a clean flight stays clean."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.model import Flight, HeightReference, Track
from cathartes.model.samples import Floats
from cathartes.readers.track import TrackReader
from cathartes.readers.track_flags import Flag, flags_of, flown_s, order_of, route_of, words

SHARED = Path(__file__).parents[3] / "shared" / "data" / "sharing"
FIXES = 300


def flight(seed: int = 1, step_s: float = 5.0) -> Track:
    """A light aircraft at about 90 m/s that turns now and then, with ten metres of noise."""
    rng = np.random.default_rng(seed)
    turning = np.repeat(rng.choice([0.0, 0.0, 0.02, -0.02], FIXES // 10), 10)
    course = 1.0 + np.cumsum(turning * step_s)
    east, north = (np.cumsum(90.0 * step_s * part(course)) + rng.normal(0, 10, FIXES) for part in (np.sin, np.cos))
    absent = np.full(FIXES, np.nan)
    lat = 20.0 + north / 110_700
    lon = -100.0 + east / 104_600
    return Track(1.6e9 + step_s * np.arange(FIXES), lon, lat, absent, HeightReference.MSL, absent, ("a",) * FIXES)


def moved(track: Track, rows: slice, east_deg: float, north_deg: float | Floats) -> Track:
    lon, lat = track.lon_deg.copy(), track.lat_deg.copy()
    lon[rows] += east_deg
    lat[rows] += north_deg
    return replace(track, lon_deg=lon, lat_deg=lat)


def found(track: Track, flag: Flag) -> list[int]:
    return np.flatnonzero(flags_of(track) & flag).tolist()


@pytest.mark.parametrize("seed", range(20))
def test_of_a_clean_flight_at_most_one_fix_in_three_hundred_is_flagged(seed: int) -> None:
    assert np.count_nonzero(flags_of(flight(seed))) <= 1


@pytest.mark.parametrize("step_s", [1.0, 10.0, 20.0, 30.0])
def test_a_turn_between_straight_lines_is_no_fault_however_seldom_it_is_fixed(step_s: float) -> None:
    assert sum(np.count_nonzero(flags_of(flight(seed, step_s))) for seed in range(20)) <= 20


def with_velocity(track: Track) -> Track:
    """The flight with the speed and course that it truly had, to the knot and the degree."""
    east, north = (np.gradient(part, track.utc_s) for part in (track.lon_deg * 104_600, track.lat_deg * 110_700))
    speed, course = np.round(np.hypot(east, north) * 1.94384) / 1.94384, np.round(np.degrees(np.arctan2(east, north)))
    return replace(track, ground_speed_m_s=speed, course_deg=course % 360)


def test_a_slow_drift_away_from_the_reported_velocity_and_back_is_found() -> None:
    track = with_velocity(flight(3))
    away = 30.0 * np.minimum(np.arange(24), np.arange(24)[::-1]) * 5.0
    flags = flags_of(moved(track, slice(150, 174), 0.0, away / 110_700))
    assert np.count_nonzero(flags[153:171]) >= 14
    assert np.count_nonzero(flags) - np.count_nonzero(flags[145:179]) <= 1


def test_courses_that_were_kept_in_one_byte_are_understood() -> None:
    track = with_velocity(flight(3))
    assert track.course_deg is not None
    track = replace(track, course_deg=(track.course_deg + 250.0) % 360)
    lost = replace(track, course_deg=track.course_deg % 256)
    turned = [replace(each, lon_deg=-100.0 + turn_m(each)[0] / 104_600, lat_deg=20.0 + turn_m(each)[1] / 110_700) for each in (track, lost)]
    assert flags_of(turned[0]).tolist() == flags_of(turned[1]).tolist()


def turn_m(track: Track) -> tuple[Floats, Floats]:
    """The way of the flight turned by 250 degrees clockwise, in metres east and north."""
    east, north, angle = (track.lon_deg + 100.0) * 104_600, (track.lat_deg - 20.0) * 110_700, np.radians(250.0)
    return east * np.cos(angle) + north * np.sin(angle), north * np.cos(angle) - east * np.sin(angle)


def test_a_stretch_with_a_wrong_clock_is_found_in_rows_that_were_sorted_by_time() -> None:
    track = flight(4)
    utc_s = track.utc_s.copy()
    utc_s[100:140] += 33.0
    order = np.argsort(utc_s, kind="stable")
    flags = flags_of(replace(track, utc_s=utc_s[order], lon_deg=track.lon_deg[order], lat_deg=track.lat_deg[order]))
    assert sorted(order[np.flatnonzero(flags & Flag.SHIFTED)].tolist()) == list(range(100, 140))


def test_a_wrong_clock_is_found_in_sorted_rows_without_a_beat() -> None:
    rng = np.random.default_rng(8)
    whole = with_velocity(flight(8, 1.0))
    track = taken(whole, np.sort(rng.choice(FIXES, 150, replace=False)))
    utc_s = track.utc_s.copy()
    utc_s[60:90] += 11.3
    order = np.argsort(utc_s, kind="stable")
    flags = flags_of(taken(replace(track, utc_s=utc_s), order))
    assert sorted(order[np.flatnonzero(flags & Flag.SHIFTED)].tolist()) == list(range(60, 90))


def circling(seed: int) -> Track:
    """An aircraft that turns by some 65 degrees between two fixes, twice a minute or oftener, with fifty metres of noise."""
    rng = np.random.default_rng(seed)
    utc_s = np.cumsum(rng.integers(17, 32, FIXES)).astype(np.float64)
    fine = np.arange(0.0, utc_s[-1] + 1.0)
    course = 0.045 * fine + 0.3 * np.sin(fine / 400.0)
    east, north = (np.cumsum(75.0 * part(course))[utc_s.astype(int)] + rng.normal(0, 50, FIXES) for part in (np.sin, np.cos))
    absent = np.full(FIXES, np.nan)
    return Track(1.6e9 + utc_s, -100.0 + east / 104_600, 20.0 + north / 110_700, absent, HeightReference.MSL, absent, ("a",) * FIXES)


def test_a_wrong_clock_is_found_in_sorted_rows_of_an_aircraft_that_circles_and_reports_no_velocity() -> None:
    found_all, wrongly = 0, 0
    for seed in range(8):
        track = circling(seed)
        utc_s = track.utc_s.copy()
        utc_s[100:140] += (-1) ** seed * (40.0 + 9.0 * seed)
        order = np.argsort(utc_s, kind="stable")
        flagged = set(order[np.flatnonzero(flags_of(taken(replace(track, utc_s=utc_s), order)))].tolist())
        found_all += len(flagged & set(range(100, 140))) >= 38
        wrongly += len(flagged - set(range(100, 140)))
    assert found_all >= 6
    assert wrongly <= 0.02 * 8 * FIXES


def test_a_small_offset_of_an_aircraft_that_circles_is_found_without_velocities() -> None:
    flags = [flags_of(moved(circling(seed), slice(150, 180), 0.008, -0.008))[150:180] != 0 for seed in range(8)]
    assert np.mean(flags) > 0.9


def test_a_drift_out_and_home_is_found_without_velocities_by_its_three_bends() -> None:
    caught = alarms = 0
    for seed in range(10):
        away = np.concatenate((np.arange(20), np.arange(20, -1, -1))) * 5.0 * 50.0 / 104_600
        flagged = flags_of(moved(flight(seed), slice(100, 141), 0.0, away)) != 0
        caught += np.count_nonzero(flagged[101:140])
        alarms += np.count_nonzero(flagged[:99]) + np.count_nonzero(flagged[142:])
    assert caught > 0.9 * 390
    assert alarms < 0.01 * 2580


def test_what_is_carried_off_and_jumps_back_is_found_from_where_it_began() -> None:
    caught = alarms = 0
    for seed in range(10):
        away = np.arange(1, 31) * 5.0 * 50.0 / 104_600
        flagged = flags_of(moved(flight(seed), slice(100, 130), 0.0, away)) != 0
        caught += np.count_nonzero(flagged[100:130])
        alarms += np.count_nonzero(flagged[:99]) + np.count_nonzero(flagged[131:])
    assert caught > 0.9 * 300
    assert alarms < 0.01 * 2680


def taken(track: Track, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Track:
    arrays = {name: each[rows] for name, each in vars(track).items() if isinstance(each, np.ndarray)}
    return replace(track, **arrays, aircraft=("a",) * len(rows))


def test_a_path_that_turns_away_where_no_pilot_would_and_jumps_back_is_found_without_velocities() -> None:
    shares = []
    for seed in range(10):
        track = flight(seed, 2.0)
        lon, lat = track.lon_deg.copy(), track.lat_deg.copy()
        east, north = (lon[150:190] - lon[149]) * 104_600, (lat[150:190] - lat[149]) * 110_700
        angle = np.radians(80.0)
        lon[150:190] = lon[149] + (east * np.cos(angle) + north * np.sin(angle)) / 104_600
        lat[150:190] = lat[149] + (north * np.cos(angle) - east * np.sin(angle)) / 110_700
        shares.append(np.mean(flags_of(replace(track, lon_deg=lon, lat_deg=lat))[150:190] != 0))
    assert np.mean(shares) > 0.9


def test_positions_of_half_a_minute_ago_are_found_by_the_time_lost_and_won() -> None:
    track = flight(5)
    rows = slice(120, 150)
    late = moved(track, rows, 0.0, 0.0)
    late.lon_deg[rows], late.lat_deg[rows] = track.lon_deg[114:144], track.lat_deg[114:144]
    assert found(late, Flag.SHIFTED) == list(range(120, 150))


def test_repeated_positions_are_held_while_the_aircraft_moves_on() -> None:
    track = flight()
    lon, lat = track.lon_deg.copy(), track.lat_deg.copy()
    lon[101:110], lat[101:110] = lon[100], lat[100]
    held = replace(track, lon_deg=lon, lat_deg=lat)
    assert found(held, Flag.HELD) == list(range(101, 110))
    assert np.count_nonzero(flags_of(held)) == 9


def test_a_parked_aircraft_is_not_held() -> None:
    track = flight()
    parked = replace(track, lon_deg=np.full(FIXES, -100.0), lat_deg=np.full(FIXES, 20.0))
    assert flags_of(parked).tolist() == [0] * FIXES


def test_a_second_fix_of_the_same_moment_is_a_duplicate() -> None:
    track = flight()
    utc_s = track.utc_s.copy()
    utc_s[50] = utc_s[49]
    assert found(replace(track, utc_s=utc_s), Flag.DUPLICATE) == [50]


def test_one_wild_fix_is_impossible_and_its_neighbours_are_not() -> None:
    assert found(moved(flight(), slice(150, 151), 0.3, 0.1), Flag.IMPOSSIBLE) == [150]


def test_a_stretch_that_jumps_away_and_back_is_spoofed() -> None:
    track = moved(flight(), slice(120, 170), 0.5, -0.2)
    assert found(track, Flag.SPOOFED) == list(range(120, 170))
    assert np.count_nonzero(flags_of(track)) == 50


@pytest.mark.parametrize("seconds", [-200.0, -90.0, 90.0, 200.0])
def test_a_stretch_with_a_wrong_clock_is_shifted(seconds: float) -> None:
    track = flight()
    utc_s = track.utc_s.copy()
    utc_s[100:140] += seconds
    flags = flags_of(replace(track, utc_s=utc_s))
    assert np.flatnonzero(flags).tolist() == list(range(100, 140))
    assert (flags[100:140] == Flag.SHIFTED).all()


def test_steps_of_a_circling_aircraft_took_the_time_of_their_arcs_and_not_of_their_chords() -> None:
    seconds, speed, fine = np.tile([8.0, 24.0], 40), 80.0, np.arange(0.0, 1280.1, 0.1)
    course = 0.09 * fine
    at = np.concatenate(([0], np.cumsum(seconds * 10))).astype(int)
    east, north = (np.cumsum(speed * 0.1 * part(course))[at] for part in (np.sin, np.cos))
    absent, lat = np.full(81, np.nan), 20.0 + north / 110_700
    lon = -100.0 + east / (111_320 * np.cos(np.radians(20.0)))
    track = Track(
        fine[at], lon, lat, absent, HeightReference.MSL, absent, ("a",) * 81, ground_speed_m_s=np.full(81, speed),
        course_deg=np.degrees(course[at]) % 360,
    )  # fmt: skip
    off_s = [np.abs(flown_s(route_of(each, np.arange(81), 1.0), seconds) - seconds).max() for each in (track, unreported(track))]
    assert off_s[0] < 0.5 < 3.0 < off_s[1]


def unreported(track: Track) -> Track:
    return replace(track, ground_speed_m_s=None, course_deg=None)


def test_unsorted_rows_are_put_in_order_and_not_flagged() -> None:
    track = flight()
    rows = np.concatenate((np.arange(150, 300), np.arange(150)))
    turned = replace(track, utc_s=track.utc_s[rows], lon_deg=track.lon_deg[rows], lat_deg=track.lat_deg[rows])
    flags = flags_of(turned)
    assert not flags.any()
    ((_, good),) = order_of(turned, flags)
    assert (np.diff(turned.utc_s[good]) > 0).all()


def test_fixes_without_place_or_time_are_nowhere() -> None:
    track = flight()
    lon = track.lon_deg.copy()
    lon[7] = np.nan
    assert found(replace(track, lon_deg=lon), Flag.NOWHERE) == [7]


def test_each_aircraft_is_judged_by_itself() -> None:
    one, other = flight(1), moved(flight(2), slice(None), 3.0, 3.0)
    both = Track(
        *(np.stack((getattr(one, name), getattr(other, name)), axis=1).ravel() for name in ("utc_s", "lon_deg", "lat_deg", "height_m")),
        HeightReference.MSL, np.full(2 * FIXES, np.nan), ("a", "b") * FIXES,
    )  # fmt: skip
    assert not flags_of(both).any()


def test_flags_are_written_as_words() -> None:
    assert words(Flag.HELD | Flag.SHIFTED) == "held shifted"
    assert words(0) == ""


def test_a_real_flight_with_spoofed_positions_is_found_out() -> None:
    path = SHARED / "noisy__noisy_spoofing.json.gz"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    track = TrackReader().read(path, Flight("x")).content
    assert isinstance(track, Track)
    flags = flags_of(track)
    ((_, good),) = order_of(track, flags)
    assert np.count_nonzero(flags & Flag.SPOOFED) > 500
    assert implied_speed_m_s(track, good).max() < 1000


def implied_speed_m_s(track: Track, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    from cathartes.earth.geodesy import geodesic_m

    lon, lat = track.lon_deg[rows], track.lat_deg[rows]
    return geodesic_m(lon[:-1], lat[:-1], lon[1:], lat[1:]) / np.diff(track.utc_s[rows])


@given(st.lists(st.tuples(st.floats(0, 4e9), st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=40))
def test_any_fixes_get_flags(rows: list[tuple[float, float, float]]) -> None:
    utc_s, lon, lat = np.array(rows).T
    absent = np.full(len(rows), np.nan)
    flags = flags_of(Track(utc_s, lon, lat, absent, HeightReference.MSL, absent, ("a",) * len(rows)))
    assert len(flags) == len(rows)
    assert (flags == 0).any()
