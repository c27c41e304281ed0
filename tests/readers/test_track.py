"""Tracks as CSV, and what every track has in common whatever its format."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Clock, Flight, HeightReference, Instant, Reading, Track
from cathartes.model.flight import FrameHints
from cathartes.readers.track import TrackReader
from tests.readers.outcome import outcome

START = Instant(datetime(2024, 5, 1, tzinfo=UTC), Clock.UTC)
HEADER = "time_utc,lon_deg,lat_deg,height_m\n"


def read(folder: Path, content: str | bytes, name: str = "track.csv", flight: Flight | None = None) -> Reading:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return TrackReader().read(path, flight or Flight("a"))


def track_of(reading: Reading) -> Track:
    assert isinstance(reading.content, Track)
    return reading.content


def health(reading: Reading) -> dict[str, Mapping[str, str | int | float]]:
    return {statement.key: statement.values for statement in reading.recording.health}


def test_a_csv_track_keeps_its_fixes_heights_and_span(tmp_path: Path) -> None:
    flight = Flight("a", aircraft="XB-ABC", frame=FrameHints(height_reference=HeightReference.MSL))
    reading = read(tmp_path, HEADER + "2024-05-01T00:00:01Z,-99.1,19.4,2500\n2024-05-01T00:00:02.5Z,-99.1,19.401,\n", flight=flight)
    track = track_of(reading)
    assert track.utc_s.tolist() == [1_714_521_601.0, 1_714_521_602.5]
    assert (track.lon_deg.tolist(), track.lat_deg.tolist()) == ([-99.1, -99.1], [19.4, 19.401])
    np.testing.assert_array_equal(track.height_m, [2500, np.nan])
    assert (track.height_reference, set(track.aircraft)) == (HeightReference.MSL, {"XB-ABC"})
    assert reading.recording.span is not None
    assert reading.recording.span.duration_s == 1.5
    assert health(reading) == {"health.fixes": {"fixes": 2, "aircraft": 1}, "health.no_height": {"count": 1}}


def test_counted_seconds_need_the_flights_start(tmp_path: Path) -> None:
    csv = "t_s,lon_deg,lat_deg,aircraft,squawk\n0,-99.1,19.4,A,7000\n1,-99.1,19.4,,7000\n"
    reading = read(tmp_path, csv, flight=Flight("a", start=START))
    assert track_of(reading).utc_s.tolist() == [1_714_521_600.0, 1_714_521_601.0]
    assert track_of(reading).aircraft == ("A", "track")
    assert health(reading)["health.unread_columns"] == {"columns": "squawk"}
    with pytest.raises(BadInput, match=r"counts seconds .* from an unknown time; add time_utc, or `start`"):
        read(tmp_path, csv)


def test_held_repeated_backward_and_impossible_fixes_are_counted_by_aircraft_and_kept(tmp_path: Path) -> None:
    csv = "time_utc,lon_deg,lat_deg,height_m,aircraft\n" + "".join(
        f"2024-05-01T00:{clock}Z,{lon},19.0,500,{aircraft}\n"
        for clock, lon, aircraft in [
            ("00:00", -99.0, "A"),
            ("00:00", -80.0, "B"),  # another aircraft: no step of A
            ("00:01", -99.0, "A"),  # held
            ("00:01.5", -99.0001, "A"),  # the same second
            ("00:03", -99.1, "A"),  # 10.5 km in 1.5 s
            ("00:02", -99.1001, "A"),  # back
            ("03:00", -99.3, "A"),  # a gap of 178 s and 21 km
        ]
    )
    reading = read(tmp_path, csv)
    assert reading.recording.samples == 7
    found = health(reading)
    assert {key: dict(values) for key, values in found.items() if key != "health.gaps"} == {
        "health.fixes": {"fixes": 7, "aircraft": 2},
        "health.held_fixes": {"count": 1},
        "health.same_second": {"count": 1},
        "health.time_back": {"count": 1},
        "health.impossible_speed": {"count": 1},
    }
    assert (found["health.gaps"]["count"], found["health.gaps"]["longest_s"]) == (1, 178.0)
    # One degree of longitude at 19 north is 105.29 km on the WGS 84 ellipsoid.
    assert found["health.gaps"]["farthest_km"] == pytest.approx(0.1999 * 105.29, rel=1e-3)


FAULTS = {
    HEADER + "2024-05-01T00:00:00Z,19.4,-99.1,5\n": "track.csv: fix 1 has -99.1 where a latitude in degrees is expected",
    HEADER + "2024-05-01T00:00:00Z,500000,19,5\n": "fix 1 has 500000 where a longitude in degrees is expected",
    HEADER + "1969-05-01T00:00:00Z,-99,19,5\n": "where a time between 1970 and 2100 is expected",
    HEADER + "2024-05-01T00:00:00Z,,19,5\n": "holds no position",
    HEADER: "holds no rows",
    HEADER + "2024-05-01,-99,19,5\n": "row 2, column time_utc",
}


@pytest.mark.parametrize(("csv", "sentence"), FAULTS.items())
def test_a_fix_that_cannot_be_is_named(tmp_path: Path, csv: str, sentence: str) -> None:
    with pytest.raises(BadInput) as fault:
        read(tmp_path, csv)
    assert sentence in str(fault.value)


REFUSALS = {
    ("a.txt", b"x"): "its name does not end in .csv, .gpx, .kml, .json, .json.gz",
    ("a.csv", b""): "it is empty",
    ("a.csv", b"time_utc,lon_deg,lat_deg,ch4_ppb\n"): "it has a gas column, so it is a gas log",
    ("a.csv", b"time_utc,x_m,y_m\n"): "its first line does not name the columns lon_deg and lat_deg",
    ("a.csv", b"lon_deg,lat_deg\n"): "its first line names no time_utc or t_s",
    ("a.gpx", b"no"): "it is not XML",
    ("a.json", b'{"type":"FeatureCollection"}'): "it holds no ADS-B rows, columns or trace with timestamps",
    ("a.json.gz", b"\x1f\x8bno"): "it holds no ADS-B rows, columns or trace with timestamps",
}


@pytest.mark.parametrize(("file", "reason"), REFUSALS.items())
def test_another_file_is_refused_with_the_reason(file: tuple[str, bytes], reason: str) -> None:
    assert TrackReader().refuses(Path(file[0]), file[1]) == reason


def test_a_track_by_name_and_first_bytes_is_not_refused() -> None:
    accepted = {
        "a.CSV": b"time_utc,lon_deg,lat_deg\n",
        "a.gpx": b"<gpx>",
        "a.kml": b"\xef\xbb\xbf<?xml?>",
        "a.json": b'[{"icao24": "a", "timestamp": 1}]',
        "b.json": b'{"timestamp": {"0": 1',
        "c.json": b'{"icao":"a","timestamp":1,"trace":[',
    }
    assert [TrackReader().refuses(Path(name), head) for name, head in accepted.items()] == [None] * len(accepted)


@given(st.sampled_from(["t.csv", "t.gpx", "t.kml", "t.json", "t.json.gz"]), st.binary(max_size=200))
def test_any_bytes_under_any_name_give_a_track_or_bad_input(tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes) -> None:
    TrackReader().refuses(Path(name), content)
    found = outcome(lambda: read(tmp_path_factory.getbasetemp(), content, name))
    assert name in found if isinstance(found, str) else found.recording.samples > 0
