"""The flight folder: every file is read or named with the reasons, in an order that does not depend on the machine."""

import os
from pathlib import Path

import pytest

from cathartes.errors import BadInput
from cathartes.model import EmitterList, Flight, Frame, Reading, TextReport, Track, json
from cathartes.plugins import installed
from cathartes.readers import flight_folder
from cathartes.readers.flight_folder import Folder, Inspection, inspect_file, open_flight, read_folder
from cathartes.readers.text_report import TextReportReader

EXAMPLES = Path(__file__).parents[2] / "examples"
OPEN_FLIGHTS = Path(__file__).parents[3] / "shared" / "data" / "plume-inversion" / "open-flights"

TOML = 'id = "a"\n[frame]\nkind = "local"\n'
GAS = "t_s,x_m,y_m,z_agl_m,ch4_ppb,wind_u_m_s,wind_v_m_s\n0,1,2,3,1900,1,1\n"
TRACK = "time_utc,lon_deg,lat_deg,height_m\n2024-05-01T00:00:01Z,-99.1,19.4,2500\n"
EMITTERS = "id,name,lon_deg,lat_deg,substance,kg_per_year\nx,Dairy,-99,19,74-82-8,5\n"


def filled(folder: Path, files: dict[str, str], toml: str = TOML) -> Path:
    for name, content in ({"flight.toml": toml} | files).items():
        (folder / name).write_text(content, "utf-8")
    return folder


def read(folder: Path) -> Folder:
    return read_folder(folder, open_flight(folder))


def test_every_file_is_read_by_its_reader_in_the_order_of_names(tmp_path: Path) -> None:
    found = read(filled(tmp_path, {"d.md": "words", "c.csv": TRACK, "b.csv": GAS, "a.csv": EMITTERS, ".hidden": "x"}))
    assert [(reading.recording.name, reading.recording.kind) for reading in found.readings] == [
        ("a.csv", "emitter_list"),
        ("b.csv", "gas_log"),
        ("c.csv", "track"),
        ("d.md", "text_report"),
    ]
    assert [type(reading.content) for reading in found.readings][2:] == [Track, TextReport]
    assert isinstance(found.readings[0].content, EmitterList)
    assert all(reading.recording.flight == "a" for reading in found.readings)
    assert found.refused == ()


def test_what_nobody_reads_is_listed_with_the_reason_of_every_reader(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    found = read(filled(tmp_path, {"notes.csv": "a,b\n", "b.csv": GAS}))
    assert [refusal.name for refusal in found.refused] == ["more", "notes.csv", "pipe.csv"]
    assert set(found.refused[1].reasons) == set(installed("readers")) > {"emitter-list", "gas-log", "text-report", "track"}
    assert found.refused[1].reasons["gas-log"] == "its first line names no gas column such as ch4_ppb"
    assert (
        found.refused[0].reasons
        == found.refused[2].reasons
        == {"folder": "it is no regular file; put recordings directly beside flight.toml"}
    )


def test_a_name_that_is_not_utf8_is_listed_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "flight.toml").write_text('id = "f"\n')
    (tmp_path / "caf\udce9.txt").write_text("Se oyó un motor.")
    (tmp_path / "report.txt").write_text("Se oyó un motor.")
    folder = read_folder(tmp_path, open_flight(tmp_path))
    assert [each.recording.name for each in folder.readings] == ["report.txt"]
    assert [(each.name, dict(each.reasons)) for each in folder.refused] == [("caf?.txt", {"folder": "its name is not UTF-8; rename it"})]


def test_an_empty_file_is_inspected_as_such(tmp_path: Path) -> None:
    (tmp_path / "log.csv").touch()
    with pytest.raises(BadInput, match=r"log\.csv is empty"):
        inspect_file(tmp_path / "log.csv")


def test_a_file_that_its_reader_finds_bad_stops_with_the_files_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"bad\.csv, row 2, column ch4_ppb: found 'x'"):
        read(filled(tmp_path, {"a.csv": GAS, "bad.csv": GAS.replace("1900", "x")}))


def test_the_height_grid_is_the_terrains_and_is_not_offered(tmp_path: Path) -> None:
    found = read(filled(tmp_path, {"dem.csv": "0,1\n2,3\n", "b.csv": GAS}, TOML + '[terrain]\ndem = "dem.csv"\n'))
    assert ([reading.recording.name for reading in found.readings], found.refused) == (["b.csv"], ())


def test_a_named_gas_log_is_the_only_one(tmp_path: Path) -> None:
    found = read(filled(tmp_path, {"a.csv": GAS, "b.csv": GAS}, TOML + '[gas_log]\nfile = "b.csv"\n'))
    assert [reading.recording.name for reading in found.readings] == ["b.csv"]
    assert found.refused[0].reasons == {"folder": "flight.toml names b.csv as the gas log"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none.csv", "there is no such file"),
        ("a.csv", "emitter-list: its first line has neither .* gas-log: its first line names no gas column"),
        ("t.csv", "it was read as something else"),
    ],
)
def test_a_named_gas_log_that_is_none_stops(tmp_path: Path, name: str, why: str) -> None:
    folder = filled(tmp_path, {"a.csv": "a,b\n", "b.csv": GAS, "t.csv": TRACK}, TOML + f'[gas_log]\nfile = "{name}"\n')
    with pytest.raises(BadInput, match=rf"names {name} as the gas log, but it is not one \(.*{why}"):
        read(folder)


def test_a_gas_log_in_another_frame_than_its_flight_stops(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r'b\.csv is in the frame "local", but flight\.toml says \[frame\] kind = "wgs84"'):
        read(filled(tmp_path, {"b.csv": GAS}, 'id = "a"\n'))


def test_of_two_readers_that_accept_a_file_the_first_by_name_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Shouting(TextReportReader):
        def read(self, path: Path, flight: Flight) -> Reading:
            found = super().read(path, flight)
            return Reading(found.recording, TextReport(path.read_text().upper(), None))

    monkeypatch.setattr(flight_folder, "installed", lambda group: {"a-shouting": Shouting(), "text": TextReportReader()})
    found = read(filled(tmp_path, {"a.txt": "words"}))
    assert found.readings[0].content == TextReport("WORDS", None)


def test_the_same_folder_read_twice_gives_the_same_bytes() -> None:
    first, second = (read(EXAMPLES / "chilbolton-1") for _ in range(2))
    assert json.encode(first.readings[0].recording) == json.encode(second.readings[0].recording)


@pytest.mark.skipif(not OPEN_FLIGHTS.exists(), reason="needs ../shared/data/plume-inversion/open-flights")
def test_all_open_flights_are_read_and_only_their_truth_is_not() -> None:
    for folder in sorted(OPEN_FLIGHTS.glob("open-*")):
        found = read(folder)
        assert [reading.recording.name for reading in found.readings] == ["gas.csv"]
        assert [refusal.name for refusal in found.refused] == ["truth.json"]


def test_an_inspection_says_what_is_in_a_file_and_goes_into_json() -> None:
    found = inspect_file(EXAMPLES / "chilbolton-2" / "methane.csv")
    assert (found.kind, found.reader, found.samples, found.gases) == ("gas_log", "cathartes.readers.gas_log", 2_429, ("ch4",))
    assert found.instruments == tuple(f"R{number}" for number in range(1, 8))
    assert [statement.key for statement in found.health] == ["health.turbulence_doubtful"]
    assert found.span is not None
    assert (found.span.end_s, found.reasons) == (20_760.0, None)
    assert json.decode(json.encode(found), Inspection) == found


def test_a_lone_file_is_inspected_without_a_flight(tmp_path: Path) -> None:
    (tmp_path / "my log.csv").write_text(GAS)
    (tmp_path / "informe.txt").write_text("Los vecinos notaron un olor fuerte en el arroyo y en las casas del norte.")
    (tmp_path / "track.csv").write_text(TRACK)
    found = inspect_file(tmp_path / "my log.csv")
    assert found.footprint is not None
    assert (found.footprint.frame, found.instruments) == (Frame.LOCAL, ("my log",))
    assert inspect_file(tmp_path / "informe.txt").language == "es"
    assert inspect_file(tmp_path / "track.csv", Flight("a", aircraft="N1")).instruments == ("N1",)


def test_a_file_nobody_reads_is_inspected_with_every_readers_reason(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00")
    found = inspect_file(tmp_path / "a.bin")
    assert (found.kind, found.reader) == (None, None)
    assert found.reasons is not None
    assert set(found.reasons) == set(installed("readers"))
    with pytest.raises(BadInput, match="is no file; expected one recording"):
        inspect_file(tmp_path)
