"""ADS-B as JSON: published recordings with known counts, and what a broken one says."""

import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Flight, HeightReference, Reading, Track
from cathartes.readers import track_json
from cathartes.readers.track import TrackReader
from tests.readers.outcome import outcome

SHARING = Path(__file__).parents[3] / "shared" / "data" / "sharing"
real = pytest.mark.skipif(not SHARING.exists(), reason="needs ../shared/data/sharing")

ROW = {"timestamp": 1_714_521_600_500, "icao24": "a1", "latitude": 19.5, "longitude": -99.25, "altitude": 1000, "geoaltitude": 1100.0}
TRACE = {
    "icao": "a1",
    "timestamp": 1_714_521_600.5,
    "trace": [[0.0, 19.5, -99.25, 1000, 1, 2, 0, 0, None, "x", 1100], [1.5, 19.5, -99.26, "ground"]],
}


def read(folder: Path, content: bytes | object, name: str = "t.json") -> Reading:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return TrackReader().read(path, Flight("a"))


def track_of(reading: Reading) -> Track:
    assert isinstance(reading.content, Track)
    return reading.content


def counts(reading: Reading) -> dict[str, object]:
    return {statement.key: statement.values.get("count") for statement in reading.recording.health}


@real
def test_the_firefighting_week_has_9955_fixes_of_45_aircraft() -> None:
    reading = TrackReader().read(SHARING / "firefighting__calfire.json.gz", Flight("a"))
    assert reading.recording.health[0].values == {"fixes": 9_955, "aircraft": 45}
    assert counts(reading)["health.time_back"] == 60


@real
def test_590_of_the_8670_steps_of_the_spoofed_flight_are_impossible() -> None:
    reading = TrackReader().read(SHARING / "noisy__noisy_spoofing.json.gz", Flight("a"))
    assert reading.recording.samples == 8_681
    assert (counts(reading)["health.no_place"], counts(reading)["health.impossible_speed"]) == (11, 590)


@real
def test_the_airliner_over_yucatan_was_unseen_for_2887_s_and_701_6_km() -> None:
    reading = TrackReader().read(SHARING / "readsb__trace_full_ac671b.json", Flight("a"))
    assert reading.recording.samples == 2_500
    gaps = next(statement.values for statement in reading.recording.health if statement.key == "health.gaps")
    assert gaps["farthest_s"] == pytest.approx(2_887.3, abs=0.1)
    assert gaps["farthest_km"] == pytest.approx(701.6, abs=0.1)


def test_rows_columns_and_a_trace_tell_the_same_fix(tmp_path: Path) -> None:
    columns = {key: {"0": value} for key, value in ROW.items()}
    zipped = gzip.compress(json.dumps([ROW]).encode(), mtime=0)
    for reading in (read(tmp_path, [ROW]), read(tmp_path, columns), read(tmp_path, TRACE), read(tmp_path, zipped, "t.json.gz")):
        track = track_of(reading)
        assert (track.utc_s[0], track.lon_deg[0], track.lat_deg[0], track.aircraft[0]) == (1_714_521_600.5, -99.25, 19.5, "a1")
        assert (track.height_m[0], track.barometric_altitude_m[0]) == (pytest.approx(335.28), pytest.approx(304.8))
        assert track.height_reference is HeightReference.ELLIPSOID


def test_an_aircraft_on_the_ground_has_no_height_and_null_is_not_zero(tmp_path: Path) -> None:
    assert np.isnan(track_of(read(tmp_path, TRACE)).barometric_altitude_m).tolist() == [False, True]
    track = track_of(read(tmp_path, [ROW, ROW | {"latitude": None, "icao24": None, "callsign": "N1"}]))
    assert (np.isnan(track.lat_deg).tolist(), track.aircraft) == ([False, True], ("a1", "N1"))


FAULTS: list[tuple[object, str]] = [
    ([], "holds no rows"),
    ([ROW | {"latitude": "north"}], "Expected `float | null`, got `str` - at `$[0].latitude`"),
    ([{"latitude": 1.0}], "missing required field `timestamp`"),
    ([ROW | {"timestamp": 1_714_521_600}], "near 1970; expected milliseconds since 1970 UTC, are these seconds?"),
    ([ROW | {"latitude": 95}], "fix 1 has 95 where a latitude"),
    ({"timestamp": {"0": 1, "1": 2}, "latitude": {"0": 1}, "longitude": {"0": 1}}, "timestamp and latitude name different rows"),
    ({"icao": "a", "timestamp": 1e9, "trace": []}, "holds an empty trace"),
    ({"icao": "a", "timestamp": 1e9, "trace": [[0, 1, 2], [0, "x", 2]]}, "row 2 of the trace has 'x' at place 2"),
    (b'[{"timestamp": 1', "is not ADS-B JSON as we know it"),
    (b'[{"timestamp": 1, "x": ' + b"[" * 100_000, "nests its values too deeply"),
    (b'[{"timestamp": NaN}]', "is not ADS-B JSON"),
]


@pytest.mark.parametrize(("content", "sentence"), FAULTS)
def test_a_broken_recording_says_where(tmp_path: Path, content: object, sentence: str) -> None:
    with pytest.raises(BadInput) as fault:
        read(tmp_path, content)
    assert sentence in str(fault.value)
    assert "t.json" in str(fault.value)


def test_a_short_row_of_a_trace_is_a_fix_without_a_place(tmp_path: Path) -> None:
    assert counts(read(tmp_path, {"icao": "a", "timestamp": 1e9, "trace": [[0, 1, 2], [0]]}))["health.no_place"] == 1


def test_a_gzip_bomb_and_half_a_gzip_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track_json, "UNPACKED_LIMIT", 2**20)
    with pytest.raises(BadInput, match="holds more than 1 MB of JSON once unpacked"):
        read(tmp_path, gzip.compress(b" " * 2**21, mtime=0), "t.json.gz")
    with pytest.raises(BadInput, match="is not a whole gzip file"):
        read(tmp_path, gzip.compress(json.dumps([ROW] * 99).encode(), mtime=0)[:-9], "t.json.gz")


@given(st.integers(0, 2**32))
def test_a_recording_with_some_bytes_changed_gives_a_track_or_bad_input(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    whole = chance.choice([[ROW] * 3, {key: {"0": value, "1": value} for key, value in ROW.items()}, TRACE])
    content = bytearray(json.dumps(whole).encode())
    for _ in range(3):
        at = chance.randrange(len(content))
        content[at : at + chance.randrange(3)] = chance.choice([b"", b"[", b"}", b"null", b"9", b"1e999", b'"', b"-", b"\xff", b","])
    found = outcome(lambda: read(tmp_path_factory.getbasetemp(), bytes(content)))
    assert "t.json" in found if isinstance(found, str) else found.recording.samples > 0


@pytest.mark.parametrize("written", [[1], {}, "8", None, 12])
def test_an_accuracy_that_is_none_is_not_known(written: object) -> None:
    assert np.isnan(track_json.stated_errors([[0.0] * 8 + [{"nac_p": written, "rc": written if written != 12 else 0}]])).all()
