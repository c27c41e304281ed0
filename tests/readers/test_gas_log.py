"""Gas logs: the CSV contract, with every convention checked against its twin and every oddity said."""

import math
import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Flight, Frame, GasLog, HeightReference, Reading
from cathartes.model.flight import FrameHints
from cathartes.readers.flight_file import open_flight
from cathartes.readers.gas_log import GasLogReader
from tests.readers.outcome import outcome

EXAMPLES = Path(__file__).parents[2] / "examples"
LOCAL = Flight("a", frame=FrameHints(Frame.LOCAL))
POINTS = "t_s,x_m,y_m,z_agl_m,ch4_ppb,wind_u_m_s,wind_v_m_s\n"


def read(folder: Path, csv: str | bytes, flight: Flight = LOCAL) -> Reading:
    path = folder / "gas.csv"
    path.write_bytes(csv.encode() if isinstance(csv, str) else csv)
    return GasLogReader().read(path, flight)


def log_of(folder: Path, csv: str, flight: Flight = LOCAL) -> GasLog:
    content = read(folder, csv, flight).content
    assert isinstance(content, GasLog)
    return content


def health(reading: Reading) -> dict[str, Mapping[str, str | int | float]]:
    return {statement.key: statement.values for statement in reading.recording.health}


def fault(folder: Path, csv: str, flight: Flight = LOCAL) -> str:
    with pytest.raises(BadInput) as raised:
        read(folder, csv, flight)
    assert "gas.csv" in str(raised.value)
    return str(raised.value)


# Real recordings.


def test_ginninderra_has_its_published_rows_instruments_and_paths() -> None:
    folder = EXAMPLES / "ginninderra-2015"
    reading = GasLogReader().read(folder / "methane.csv", open_flight(folder))
    log = reading.content
    assert isinstance(log, GasLog)
    assert (reading.recording.samples, len(log.instruments), log.frame) == (15_938, 19, Frame.LOCAL)
    is_path = {name: bool((log.start != log.end)[log.instrument == number].any()) for number, name in enumerate(log.instruments)}
    assert sum(is_path.values()) == 13
    assert (is_path["EC.A"], is_path["R4"]) == (False, True)
    assert 1_500 < np.nanmedian(log.gases["ch4"]) < 3_000
    # The first row: wind FROM 288 degrees at 1.46 m/s blows towards 108.
    assert log.wind_u_m_s[0] == pytest.approx(1.46 * math.sin(math.radians(108)))
    assert log.wind_v_m_s[0] == pytest.approx(1.46 * math.cos(math.radians(108)))
    assert (log.obukhov_length_m[0], log.temperature_k[0], log.pressure_hpa[0]) == (26.8, 285.84, 947.03)


def test_chilbolton_says_that_some_of_its_angles_were_fitted_in_a_calm() -> None:
    folder = EXAMPLES / "chilbolton-2"
    reading = GasLogReader().read(folder / "methane.csv", open_flight(folder))
    assert health(reading) == {"health.turbulence_doubtful": {"count": 14, "most_m_s": 497.1442}}


# Frames, places and heights.


def test_points_and_paths_share_a_file_and_a_blank_end_makes_a_point(tmp_path: Path) -> None:
    log = log_of(tmp_path, "t_s,instrument,x1_m,y1_m,x2_m,y2_m,z_agl_m,ch4_ppm\n0,P,1,2,,,3,2\n0,L,1,2,5,6,3,2.5\n")
    assert log.instruments == ("P", "L")
    np.testing.assert_array_equal(log.start, [[1, 2, 3], [1, 2, 3]])
    np.testing.assert_array_equal(log.end, [[1, 2, 3], [5, 6, 3]])
    np.testing.assert_array_equal(log.gases["ch4"], [2000, 2500])


def test_the_two_ends_of_a_path_may_have_two_heights(tmp_path: Path) -> None:
    log = log_of(tmp_path, "t_s,x1_m,y1_m,z1_agl_m,x2_m,y2_m,z2_agl_m,ch4_ppb\n0,1,2,3,4,5,6,1900\n0,1,2,3,,,,1900\n")
    np.testing.assert_array_equal(log.end, [[4, 5, 6], [1, 2, 3]])


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("lon_deg,lat_deg,height_m", "-99.1,19.4,120"),
        ("lon1_deg,lat1_deg,lon2_deg,lat2_deg,height_m", "-99.1,19.4,-99.0,19.5,120"),
        ("lon1_deg,lat1_deg,height1_m,lon2_deg,lat2_deg,height2_m", "-99.1,19.4,120,-99.0,19.5,130"),
    ],
)
def test_geographic_positions_keep_the_height_reference_of_the_flight(tmp_path: Path, header: str, cells: str) -> None:
    flight = Flight("a", frame=FrameHints(Frame.WGS84, HeightReference.MSL))
    log = log_of(tmp_path, f"t_s,{header},nh3_ppb\n0,{cells},4\n", flight)
    assert (log.frame, log.height_reference) == (Frame.WGS84, HeightReference.MSL)
    assert log.start.tolist() == [[-99.1, 19.4, 120.0]]


def test_a_file_in_both_frames_is_read_in_the_flights_and_says_what_it_left(tmp_path: Path) -> None:
    reading = read(tmp_path, "t_s,lon_deg,lat_deg,height_m,x_m,y_m,z_agl_m,ch4_ppb\n0,-99,19,5,1,2,3,1900\n")
    assert isinstance(reading.content, GasLog)
    assert reading.content.start.tolist() == [[1, 2, 3]]
    assert health(reading)["health.unread_columns"] == {"columns": "lon_deg, lat_deg, height_m"}


PLACE_FAULTS = {
    "t_s,ch4_ppb\n0,1900\n": "does not say where each sample was",
    "t_s,x_m,y_m,ch4_ppb\n0,1,2,1900\n": "expected the columns x_m, y_m, z_agl_m; or x1_m",
    "t_s,x_m,y_m,x1_m,y1_m,x2_m,y2_m,z_agl_m,ch4_ppb\n0,1,2,3,4,5,6,7,1900\n": "says twice where each sample was",
    "t_s,x1_m,y1_m,x2_m,y2_m,z_agl_m,ch4_ppb\n0,1,2,3,4,5,1900\n0,1,2,3,,5,1900\n": "row 3, column y2_m: found '', expected both ends",
    "t_s,lon_deg,lat_deg,height_m,ch4_ppb\n0,19.4,-99.1,5,1900\n": "row 2, column lat_deg: found '-99.1', expected a latitude",
    "t_s,lon_deg,lat_deg,height_m,ch4_ppb\n0,486000,2144000,5,1900\n": "are lon and lat swapped or in metres?",
    "t_s,x1_m,y1_m,x2_m,y2_m,z_agl_m,ch4_ppb\n0,1,2,3,1e300,5,1900\n": "column y2_m: found '1e+300', expected metres north",
    "t_s,x_m,y_m,z_agl_m,ch4_ppb\n0,1,2,-9999,1900\n": "column z_agl_m: found '-9999.0', expected metres above ground",
    "t_s,lon1_deg,lat1_deg,lon2_deg,lat2_deg,height_m,ch4_ppb\n0,1,2,3,95,5,1900\n": "column lat2_deg: found '95.0'",
}


@pytest.mark.parametrize(("csv", "sentence"), PLACE_FAULTS.items())
def test_a_place_that_cannot_be_is_named(tmp_path: Path, csv: str, sentence: str) -> None:
    assert sentence in fault(tmp_path, csv)


def test_heights_above_ground_contradict_a_flight_above_the_sea(tmp_path: Path) -> None:
    flight = Flight("a", frame=FrameHints(Frame.LOCAL, HeightReference.MSL))
    assert 'flight.toml says height_reference = "msl"' in fault(tmp_path, POINTS + "0,1,2,3,1900,1,1\n", flight)


def test_missing_and_underground_places_are_counted_and_kept(tmp_path: Path) -> None:
    reading = read(tmp_path, POINTS + "0,1,2,-3,1900,1,1\n1,,2,3,1900,1,1\n2,1,2,,1900,1,1\n")
    assert reading.recording.samples == 3
    assert health(reading) == {"health.no_place": {"count": 2}, "health.below_ground": {"count": 1, "lowest_m": -3.0}}


# Gases.


def test_ppb_and_ppm_of_one_gas_complete_each_other(tmp_path: Path) -> None:
    log = log_of(tmp_path, "t_s,x_m,y_m,z_agl_m,ch4_ppb,ch4_ppm,nh3_ppb\n0,1,2,3,1951.4,1.951,1\n1,1,2,3,,2.5,\n2,1,2,3,1900,,0\n")
    np.testing.assert_allclose(log.gases["ch4"], [1951.4, 2500, 1900])
    np.testing.assert_array_equal(log.gases["nh3"], [1, np.nan, 0])


GAS_FAULTS = {
    "ch4_ppb,ch4_ppm\n0,1,2,3,1951.4,1951.4\n": "column ch4_ppm: found '1951.4', expected the same amount as in the gas's other column",
    "ch4_ppb\n0,1,2,3,\n": "has no value in ch4_ppb; expected at least one measurement",
    "ch4_ppb\n0,1,2,3,-9999\n": "leave the cell blank where it was not measured",
    "ch4_ppb,temperature_k\n0,1,2,3,1900,25\n": "column temperature_k: found '25.0', expected a temperature in kelvin",
    "ch4_ppb,pressure_hpa\n0,1,2,3,1900,101325\n": "expected a pressure in hectopascal",
    "ch4_ppb,obukhov_length_m\n0,1,2,3,1900,0\n": "column obukhov_length_m: found '0.0', expected a length other than zero",
}


@pytest.mark.parametrize(("csv", "sentence"), GAS_FAULTS.items())
def test_an_amount_that_cannot_be_is_named(tmp_path: Path, csv: str, sentence: str) -> None:
    assert sentence in fault(tmp_path, "t_s,x_m,y_m,z_agl_m," + csv)


@pytest.mark.parametrize(("column", "median_ppb"), [("ch4_ppb", 1.9), ("ch4_ppm", 1_900_000)])
def test_methane_in_the_wrong_unit_is_doubted(tmp_path: Path, column: str, median_ppb: float) -> None:
    amount = 1.9 if column == "ch4_ppb" else 1900
    reading = read(tmp_path, f"t_s,x_m,y_m,z_agl_m,{column}\n" + "".join(f"{t},1,2,3,{amount}\n" for t in range(5)))
    assert health(reading)["health.unit_doubtful"] == {"gas": "ch4", "median_ppb": pytest.approx(median_ppb)}


def test_blank_and_negative_amounts_unread_columns_and_words_are_said(tmp_path: Path) -> None:
    reading = read(tmp_path, "t_s,x_m,y_m,z_agl_m,nh3_ppb,flag,z_asl_m\n0,1,2,3,NA,ok,1\n1,1,2,3,-2,ok,1\n2,1,2,3,5,ok,1\n")
    assert health(reading) == {
        "health.no_wind": {},
        "health.unread_columns": {"columns": "flag, z_asl_m"},
        "health.not_available": {"count": 1},
        "health.blank_gas": {"gas": "nh3", "count": 1, "samples": 3},
        "health.negative_gas": {"gas": "nh3", "count": 1, "lowest_ppb": -2.0},
    }


# Time and order.


def test_rows_out_of_order_are_sorted_and_said_once(tmp_path: Path) -> None:
    csv = "t_s,instrument,x_m,y_m,z_agl_m,nh3_ppb\n0,A,1,2,3,10\n1,A,1,2,3,11\n0,B,1,2,3,20\n1,B,1,2,3,21\n"
    reading = read(tmp_path, csv)
    assert isinstance(reading.content, GasLog)
    np.testing.assert_array_equal(reading.content.gases["nh3"], [10, 20, 11, 21])
    assert reading.content.instrument.tolist() == [0, 1, 0, 1]
    assert health(reading)["health.unordered"] == {"count": 1}


def test_a_clock_that_goes_back_is_a_step_of_that_instrument(tmp_path: Path) -> None:
    reading = read(tmp_path, POINTS + "".join(f"{t},1,2,3,{1900 + t},1,1\n" for t in (0, 1, 2, 3, 0.5, 1.5)))
    assert health(reading) == {"health.clock_back": {"count": 1, "seconds": 2.5}}
    assert isinstance(reading.content, GasLog)
    assert (np.diff(reading.content.t_s) > 0).all()


def test_repeated_rows_and_two_values_at_once_are_told_apart_and_kept(tmp_path: Path) -> None:
    reading = read(tmp_path, POINTS + "0,1,2,3,1900,1,\n0,1,2,3,1900,1,\n1,1,2,3,1900,1,1\n1,1,2,3,1950,1,1\n")
    assert reading.recording.samples == 4
    found = health(reading)
    assert (found["health.repeated_rows"], found["health.two_values_at_once"]) == ({"count": 1}, {"count": 1})


def test_a_log_without_names_is_one_instrument_called_like_its_file(tmp_path: Path) -> None:
    assert log_of(tmp_path, POINTS + "0,1,2,3,1900,1,1\n").instruments == ("gas",)
    assert log_of(tmp_path, "instrument," + POINTS + "B,0,1,2,3,1900,1,1\n,1,1,2,3,1900,1,1\n").instruments == ("B", "gas")


def test_the_noun_names_its_file_its_clock_and_where_it_was(tmp_path: Path) -> None:
    rows = "".join(f"2024-05-01T00:00:{t:02d}Z,{x},{y},3,1900,1,1\n" for t, (x, y) in enumerate([(0, 0), (3, 0), (3, 2), (0, 2)]))
    recording = read(tmp_path, POINTS.replace("t_s", "time_utc") + rows).recording
    assert (recording.name, recording.kind, recording.reader) == ("gas.csv", "gas_log", "cathartes.readers.gas_log")
    assert recording.custody.inputs == (recording.digest,)
    assert recording.custody.at is not None
    assert recording.custody.at.utc.isoformat() == "2024-05-01T00:00:00+00:00"
    assert recording.span is not None
    assert recording.footprint is not None
    assert (recording.span.duration_s, recording.footprint.area_m2) == (3.0, 6.0)


# Whose file it is.


def test_a_gas_column_makes_a_gas_log_whatever_the_separator() -> None:
    reader = GasLogReader()
    assert reader.refuses(Path("a.csv"), b"t_s,CH4_ppb\n") is None
    assert reader.refuses(Path("a.csv"), b"\xef\xbb\xbft_s;ch4_ppm\n") is None
    assert reader.refuses(Path("a.txt"), b"t_s,ch4_ppb\n") == "its name does not end in .csv"
    assert reader.refuses(Path("a.csv"), b"") == "it is empty"
    assert reader.refuses(Path("a.csv"), b"time_utc,lon_deg,lat_deg\n") == "its first line names no gas column such as ch4_ppb"


# Properties.


@given(st.binary(max_size=200))
def test_any_bytes_after_any_header_give_a_log_or_bad_input(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    for head in (b"", POINTS.encode()):
        found = outcome(partial(read, tmp_path_factory.getbasetemp(), head + content))
        assert "gas.csv" in found if isinstance(found, str) else found.recording.samples > 0


@given(st.integers(0, 2**32), st.integers(1, 6))
def test_a_log_with_some_cells_changed_gives_a_log_in_order_or_bad_input(
    tmp_path_factory: pytest.TempPathFactory, seed: int, changes: int
) -> None:
    chance = random.Random(seed)
    lines = (EXAMPLES / "ginninderra-2015" / "methane.csv").read_text().splitlines()[:40]
    for _ in range(changes):
        at = chance.randrange(len(lines))
        cells = lines[at].split(",")
        cells[chance.randrange(len(cells))] = chance.choice(
            ["", "NA", "inf", "-999", "1e300", "x", "t_s", "ch4_ppb", '"', "2024-05-01", "0", "é"]
        )
        lines[at] = ",".join(cells)
    found = outcome(lambda: log_of(tmp_path_factory.getbasetemp(), "\n".join(lines)))
    assert "gas.csv" in found if isinstance(found, str) else len(found.t_s) == 39 and (np.diff(found.t_s) >= 0).all()
