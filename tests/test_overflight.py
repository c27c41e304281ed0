"""Whose sky, through the command a user types, on real recordings and on tracks written by hand."""

import csv
import json
import zipfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cathartes.earth.borderline import Borderline
from cathartes.earth.boundary import boundary_of
from cathartes.model import Flight, Track
from cathartes.overflight import overflight, recomputes
from cathartes.readers.track import TrackReader
from tests.readers.motion.test_deviations import place, sdcc
from tests.test_cli import cathartes

SHARED = Path(__file__).parents[2] / "shared" / "data" / "sharing"
HEADER = "time_utc,lon_deg,lat_deg,height_m\n"
ROW = "2024-05-01T00:00:00Z,-99,19,500\n"
SAMPLES = {
    "readsb__trace_full_ac671b.json": 59,
    "firefighting__calfire.json.gz": 16,
    "calibration__guatemala.json.gz": 0,
    "surveillance__border_control.json.gz": 0,
    "noisy__noisy_spoofing.json.gz": 0,
    "noisy__noisy_time_issue.json.gz": 0,
}


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip("../shared/data is not here")
    return SHARED / name


def track_file(folder: Path, rows: str) -> Path:
    path = folder / "track.csv"
    path.write_text(HEADER + rows)
    return path


def drawn(folder: Path, west: float, south: float, east: float, north: float, name: str = "drawn", **properties: str) -> Path:
    """A rectangle as a boundary file."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {"type": "Feature", "properties": properties or {"iso3": "MEX"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path = folder / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "name": name, "features": [feature], "error_m": 10}))
    return path


def answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert cathartes(monkeypatch, "airspace", *words, "--json") == 0
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_row_of_a_real_recording_is_put_on_the_wrong_side(name: str) -> None:
    track = TrackReader().read(shared(name), Flight("x")).content
    assert isinstance(track, Track)
    inside = Borderline(boundary_of("MEX")).holds(track.lon_deg, track.lat_deg)
    assert int(inside.sum()) == SAMPLES[name]
    found: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for each in overflight(shared(name), "MEX").intervals:
        start, end = (datetime.fromisoformat(time).timestamp() for time in (each.start, each.end))
        found[each.aircraft].append((start - 1e-3, end + 1e-3, each.verdict))
    wrong = 0
    for row in np.flatnonzero(np.isfinite(track.lon_deg)):
        verdicts = {verdict for start, end, verdict in found[track.aircraft[row]] if start <= track.utc_s[row] <= end}
        wrong += "undecided" not in verdicts and ("out" if inside[row] else "in") in verdicts
    assert wrong == 0


def test_the_airliner_that_vanished_over_yucatan_is_undecided_for_eighteen_minutes_not_forty_eight(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(monkeypatch, capsys, shared("readsb__trace_full_ac671b.json"), "--state", "MEX")
    assert told["state"] == "MEX"
    assert set(told["boundary"]) >= {"name", "version", "sha256", "claim"}
    assert set(told["fixes"]) >= {"total", "distinct", "held", "duplicate", "impossible", "shifted"}
    inside, vanished = told["intervals"][2:4]
    assert (inside["verdict"], vanished["verdict"], vanished["reason"]) == ("in", "undecided", "gap")
    assert (vanished["start"], vanished["end"]) == ("2025-02-04T21:51:04.019Z", "2025-02-04T22:09:23.953Z")


def test_people_get_a_line_per_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = track_file(tmp_path, "2024-05-01T00:00:00Z,-99,19,500\n2024-05-01T00:00:10Z,-99.01,19,500\n")
    assert cathartes(monkeypatch, "airspace", path, "--state", "MEX") == 0
    printed = capsys.readouterr().out
    assert "IN         2024-05-01T00:00:00.000Z  2024-05-01T00:00:10.000Z" in printed
    assert "© OpenStreetMap contributors" in printed


def test_two_claims_stand_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = track_file(tmp_path, "2024-05-01T00:00:00Z,-99.5,19,\n2024-05-01T00:00:10Z,-99.51,19,\n")
    narrow, wide = (drawn(tmp_path, west, 18.0, -98.0, 20.0, name=name) for name, west in (("narrow", -99.0), ("wide", -100.0)))
    told = answer(monkeypatch, capsys, path, "--state", "MEX", "--boundary", narrow, "--boundary", wide)
    assert [each["boundary"]["name"] for each in told["claims"]] == ["narrow", "wide"]
    assert [each["intervals"][0]["verdict"] for each in told["claims"]] == ["out", "in"]
    assert told["contradicted_s"] == 10.0


def test_regions_are_told_apart_and_change_nothing_about_sovereignty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    track, regions = shared("readsb__trace_full_ac671b.json"), shared("fir_mex_usa_vatsim.geojson")
    alone = answer(monkeypatch, capsys, track, "--state", "MEX")
    told = answer(monkeypatch, capsys, track, "--state", "MEX", "--fir", regions)
    (apart,) = told.pop("apart")
    assert alone.pop("apart") == []
    assert told == alone
    assert (apart["kind"], apart["source"]["name"], apart["held"]) == ("fir", "fir_mex_usa_vatsim.geojson", 9)
    inside = {zone["zone"] for zone in apart["zones"] if "in" in {each["verdict"] for each in zone["intervals"]}}
    assert inside == {"MMFR", "MMID", "KZHU"}
    assert cathartes(monkeypatch, "airspace", track, "--state", "MEX", "--fir", regions) == 0
    assert "FIR, which is no sovereign airspace" in capsys.readouterr().out


def test_each_part_of_a_boundary_has_its_own_error(tmp_path: Path) -> None:
    path = drawn(tmp_path, -100.0, 18.0, -98.0, 20.0)
    content = json.loads(path.read_text())
    west = {"type": "LineString", "coordinates": [[-100.0, 18.0], [-100.0, 20.0]]}
    content["features"].append({"type": "Feature", "properties": {"iso3": "MEX", "what": "river", "error_m": 5000}, "geometry": west})
    path.write_text(json.dumps(content))

    def verdicts(lon: float) -> tuple[str, ...]:
        rows = f"2024-05-01T00:00:00Z,{lon},19,\n2024-05-01T00:00:10Z,{lon + 1e-3},19,\n"
        told = overflight(track_file(tmp_path, rows), "MEX", path)
        assert [(line.what, line.error_m) for line in told.boundary.lines] == [("", 10.0), ("river", 5000.0)]
        return tuple(each.verdict for each in told.intervals)

    assert (verdicts(-99.97), verdicts(-99.9), verdicts(-98.03)) == (("undecided",), ("in",), ("in",))
    assert (verdicts(-100.03), verdicts(-100.1), verdicts(-97.97)) == (("undecided",), ("out",), ("out",))


def test_a_line_without_an_error_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = drawn(tmp_path, -100.0, 18.0, -98.0, 20.0)
    content = json.loads(path.read_text())
    line = {"type": "LineString", "coordinates": [[-100.0, 18.0], [-100.0, 20.0]]}
    content["features"].append({"type": "Feature", "properties": {"iso3": "MEX"}, "geometry": line})
    path.write_text(json.dumps(content))
    assert cathartes(monkeypatch, "airspace", track_file(tmp_path, ROW), "--state", "MEX", "--boundary", path) == 1
    assert "has the error_m None; expected metres" in capsys.readouterr().err


def test_land_without_sea_gets_an_approximate_sea(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    track, boundary = shared("calibration__guatemala.json.gz"), shared("mex_usa_land_naturalearth_110m.geojson.gz")
    told = answer(monkeypatch, capsys, track, "--state", "MEX", "--boundary", boundary)
    assert "12 nautical miles" in told["boundary"]["approximation"]
    assert "airspace.sea_built" in {note["key"] for note in told["notes"]}


def test_every_fix_keeps_its_row_error_and_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "out" / "fixes.csv"
    assert cathartes(monkeypatch, "track", "check", shared("noisy__noisy_spoofing.json.gz"), "-o", output) == 0
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8681
    assert [row["fix"] for row in rows] == [str(number) for number in range(1, 8682)]
    assert {"held", "spoofed", "nowhere"} <= {flag for row in rows for flag in row["flags"].split()}


def test_one_fix_has_a_verdict_and_a_warning(tmp_path: Path) -> None:
    told = overflight(track_file(tmp_path, "2024-05-01T00:00:00Z,-99,19,500\n"), "MEX")
    assert [(each.verdict, each.start == each.end) for each in told.intervals] == [("in", True)]
    assert "airspace.one_fix" in {note.key for note in told.notes}


def test_an_airborne_error_that_the_recording_states_is_used(tmp_path: Path) -> None:
    path = tmp_path / "track.csv"
    path.write_text("time_utc,lon_deg,lat_deg,error_m,source\n2024-05-01T00:00:00Z,-99,19,7,ins\n2024-05-01T00:00:10Z,-99.01,19,9,ins\n")
    told = overflight(path, "MEX")
    assert (told.errors.position_m, told.errors.position_assumed) == (9.0, False)


def test_the_platform_of_a_video_has_a_verdict_by_what_its_packets_state(tmp_path: Path) -> None:
    path = tmp_path / "clip.klv"
    path.write_bytes(b"".join(place(at, sdcc(3.0, 4.0 + at)) for at in range(9)))
    told = overflight(path, "MEX", drawn(tmp_path, -100.0, 59.0, -98.0, 61.0))
    assert [each.verdict for each in told.intervals] == ["in"]
    assert (round(told.errors.position_m, 1), told.errors.position_assumed) == (round(1.96 * float(np.hypot(3, 12)), 1), False)


def test_the_deviations_of_an_inertial_solution_become_an_error(tmp_path: Path) -> None:
    path = tmp_path / "track.csv"
    path.write_text(
        "time_utc,lon_deg,lat_deg,sigma_north_m,sigma_east_m\n2024-05-01T00:00:00Z,-99,19,3,4\n2024-05-01T00:00:10Z,-99.01,19,,\n"
    )
    track = TrackReader().read(path, Flight("x")).content
    assert isinstance(track, Track)
    assert track.error_m is not None
    assert track.error_m.tolist() == pytest.approx([9.8, np.nan], nan_ok=True)


@pytest.mark.parametrize(("columns", "row"), [("error_m", "-500"), ("sigma_north_m,sigma_east_m", "3,-500")])
def test_an_error_below_zero_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str, row: str
) -> None:
    path = tmp_path / "track.csv"
    path.write_text(f"time_utc,lon_deg,lat_deg,{columns}\n2024-05-01T00:00:00Z,-99,19,{row}\n")
    assert cathartes(monkeypatch, "airspace", path, "--state", "MEX") == 1
    assert "fix 1 has -500 where an error of at least 0 m is expected" in capsys.readouterr().err


def test_a_track_named_as_a_file_that_the_bundle_makes_is_refused_before_it_overwrites_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fixes.csv"
    path.write_text("time_utc,lon_deg,lat_deg\n2024-05-01T00:00:00Z,-99,19\n")
    assert cathartes(monkeypatch, "airspace", path, "--state", "MEX", "-w", tmp_path / "workspace") == 1
    assert "would be called fixes.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("", "holds no rows"),
        ("2024-05-01T00:00:00Z,19,-99,500\n", "are longitude and latitude swapped"),
        ("2024-05-01T00:00:00Z,20.5,-87.5,500\n2024-05-01T00:00:10Z,20.6,-87.5,500\n", "beside it with longitude and latitude swapped"),
    ],
)
def test_a_bad_track_gets_a_sentence(
    tmp_path: Path, rows: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "airspace", track_file(tmp_path, rows), "--state", "MEX") == 1
    assert sentence in capsys.readouterr().err


def test_mixed_datums_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "track.csv"
    path.write_text("time_utc,lon_deg,lat_deg,datum\n2024-05-01T00:00:00Z,-99,19,WGS84\n2024-05-01T00:00:10Z,-99,19,NAD27\n")
    assert cathartes(monkeypatch, "airspace", path, "--state", "MEX") == 1
    assert "row 3, column datum: found 'NAD27'" in capsys.readouterr().err


def test_a_flight_over_the_antimeridian_is_followed(tmp_path: Path) -> None:
    rows = "".join(f"2024-05-01T00:{minute:02d}:00Z,{(179.5 + minute * 0.1 + 180) % 360 - 180:.4f},10,\n" for minute in range(10))
    told = overflight(track_file(tmp_path, rows), "MEX")
    assert [each.verdict for each in told.intervals] == ["out"]
    assert told.fixes.impossible == told.fixes.spoofed == 0


def test_swapped_rows_of_time_change_nothing(tmp_path: Path) -> None:
    rows = [f"2024-05-01T00:00:{second:02d}Z,{-99 - second / 1e4:.5f},19,500\n" for second in range(0, 60, 5)]
    straight = overflight(track_file(tmp_path, "".join(rows)), "MEX")
    turned = overflight(track_file(tmp_path, "".join(rows[6:] + rows[:6])), "MEX")
    assert turned.intervals == straight.intervals
    assert "airspace.unsorted" in {note.key for note in turned.notes}


@pytest.fixture
def signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    path = track_file(tmp_path, "2024-05-01T00:00:00Z,-99,19,500\n2024-05-01T00:00:10Z,-99.01,19,500\n")
    regions = drawn(tmp_path, -100.0, 18.0, -99.005, 20.0, name="regions", id="MMFR")
    assert cathartes(monkeypatch, "airspace", path, "--state", "MEX", "--fir", regions, "-w", tmp_path / "workspace") == 0
    return Path(capsys.readouterr().err.strip())


def test_anybody_can_recompute_a_bundle_byte_for_byte(
    signed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "verify", signed, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["broken"], told["recomputed"]) == ([], True)


def test_a_verdict_that_does_not_follow_is_found_even_if_somebody_signed_it(signed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(signed) as archive:
        archive.extractall(folder)
    assert recomputes(folder) is True
    assert (folder / "regions.geojson").is_file()
    verdict = folder / "verdict.json"
    verdict.write_bytes(verdict.read_bytes().replace(b'"verdict":"in"', b'"verdict":"out"'))
    assert recomputes(folder) is False


def test_a_changed_boundary_breaks_the_bundle(signed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(signed) as archive:
        archive.extractall(folder)
    boundary = next(folder.glob("*.geojson.gz"))
    boundary.write_bytes(boundary.read_bytes()[:-1] + b"?")
    assert cathartes(monkeypatch, "verify", folder) == 1
