"""Lists of detections: CSV and GeoJSON say the same, and a bad row is named."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.readers.detection_list import read_detections

HEADER = "id,time_utc,lon,lat,sigma_m,kind,gas,rate_kg_h,instrument\n"
ROW = "p1,2024-05-01T16:20:05Z,-107.4,24.8,30,gas-column,ch4,120,AVIRIS\n"


def written(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_and_geojson_are_read_alike(tmp_path: Path) -> None:
    properties = {"time_utc": "2024-05-01T10:20:05-06:00", "sigma_m": 30, "kind": "gas-column", "gas": "ch4", "rate_kg_h": "120"}
    point = {"type": "Point", "coordinates": [-107.4, 24.8, 12.0]}
    feature = {"type": "Feature", "id": "p1", "properties": properties | {"instrument": "AVIRIS"}, "geometry": point}
    whole = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert read_detections(written(tmp_path, HEADER + ROW)) == read_detections(written(tmp_path, whole, "list.geojson"))


def test_a_blank_sigma_is_assumed_and_said(tmp_path: Path) -> None:
    (one,) = read_detections(written(tmp_path, HEADER + ROW.replace(",30,", ",,")))
    assert (one.sigma_m, one.is_sigma_assumed) == (100.0, True)


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        ("-107.4", "", "longitude"),
        ("24.8", "97", "latitude"),
        (",30,", ",-3,", "standard deviation"),
        ("2024-05-01T16:20:05Z", "yesterday", "ISO 8601"),
        ("p1", "", "a value in every row"),
        ("lon,", "x,", "'lon'"),
        ("120", "many", "row 2, column rate_kg_h"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, found: str, instead: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_detections(written(tmp_path, (HEADER + ROW).replace(found, instead, 1)))


@pytest.mark.parametrize("text", ["{", '{"features": 3}', '{"features": [{"properties": {}, "geometry": {"type": "Polygon"}}]}'])
def test_a_geojson_that_is_no_list_of_points_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"Point|points"):
        read_detections(written(tmp_path, text))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.integers(0, 120))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path: Path, noise: bytes, at: int) -> None:
    whole = (HEADER + ROW).encode()
    path = tmp_path / "noise.csv"
    path.write_bytes(whole[:at] + noise + whole[at:])
    with suppress(BadInput):
        read_detections(path)
