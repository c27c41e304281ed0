"""Boundaries: what may be trusted is read with its provenance, what may not is refused with a sentence."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.earth.boundary import boundary_of, zones_of
from cathartes.errors import BadInput
from cathartes.model.overflight import ZoneKind

SQUARE = [[-100.0, 20.0], [-99.0, 20.0], [-99.0, 21.0], [-100.0, 21.0], [-100.0, 20.0]]


def written(folder: Path, rings: Any, **members: Any) -> Path:
    path = folder / "drawn.geojson"
    feature = {"type": "Feature", "properties": {"iso3": "MEX"}, "geometry": {"type": "Polygon", "coordinates": rings}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], **members}))
    return path


def test_the_boundary_that_comes_along_says_whose_claim_it_is() -> None:
    boundary = boundary_of("MEX")
    assert "OpenStreetMap" in boundary.name
    assert boundary.version.startswith("2017-11-30")
    assert "no government" in boundary.claim
    assert "ODbL" in boundary.attribution
    assert boundary.error_m == 20.0
    assert boundary.has_sea


def test_its_notice_lies_beside_it() -> None:
    import cathartes

    notice = Path(cathartes.__file__).parent / "data" / "boundaries" / "NOTICE.md"
    assert "OpenStreetMap contributors" in notice.read_text(encoding="utf-8")


def test_a_clipped_state_knows_where_its_map_ends() -> None:
    assert boundary_of("USA").extent == (-125.0, 14.0, -80.0, 50.0)
    assert boundary_of("MEX").extent is None


def test_a_drawn_polygon_is_taken_as_drawn(tmp_path: Path) -> None:
    boundary = boundary_of("MEX", written(tmp_path, [SQUARE]))
    assert (boundary.error_m, boundary.is_error_assumed, boundary.has_sea) == (0.0, True, True)
    assert boundary.sha256 != boundary_of("MEX").sha256


def test_the_error_that_a_file_states_is_used(tmp_path: Path) -> None:
    assert boundary_of("MEX", written(tmp_path, [SQUARE], error_m=50)).error_m == 50.0


def test_a_line_with_many_corners_and_no_stated_error_is_as_wrong_as_its_corners_are_apart(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 361)
    ring = np.column_stack((-100 + np.cos(angle), 20 + np.sin(angle)))
    ring[-1] = ring[0]
    error_m = boundary_of("MEX", written(tmp_path, [ring.tolist()])).error_m
    assert error_m == pytest.approx(111_000 * np.radians(1), rel=0.1)


@pytest.mark.parametrize(
    ("rings", "sentence"),
    [
        ([SQUARE[:-1]], "ring 1, is not closed: it begins at -100, 20 and ends at -100, 21"),
        ([[[20.0, -100.0], [20.0, -99.0], [21.0, -99.0], [20.0, -100.0]]], "longitude and latitude swapped"),
        ([[[-100.0, 20.0], [-99.0, 21.0], [-99.0, 20.0], [-100.0, 21.0], [-100.0, 20.0]]], "Self-intersection"),
        ([[[179.0, 20.0], [-179.0, 20.0], [-179.0, 21.0], [179.0, 20.0]]], "jumps over the 180th meridian"),
        ([[["a", 20.0], [1, 2], [3, 4], ["a", 20.0]]], "no pairs of numbers"),
        ([[]], "no pairs of numbers"),
        ([], "a polygon without rings"),
    ],
)
def test_no_verdict_comes_from_an_unsound_ring(tmp_path: Path, rings: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        boundary_of("MEX", written(tmp_path, rings))


def test_a_state_that_is_not_in_the_file_is_named_with_those_that_are() -> None:
    with pytest.raises(BadInput, match="does not hold the state 'MEK'; it holds MEX, USA; did you mean MEX"):
        boundary_of("MEK")


def test_another_datum_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4267"}}
    with pytest.raises(BadInput, match="expected WGS 84"):
        boundary_of("MEX", written(tmp_path, [SQUARE], crs=crs))


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.geojson.gz"
    path.write_bytes(gzip.compress(b"{" + b" " * 1000)[:-9])
    with pytest.raises(BadInput, match="no whole gzip"):
        boundary_of("MEX", path)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "any.geojson"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        boundary_of("MEX", path)


def zone_file(folder: Path, **properties: str) -> Path:
    path = folder / "zones.geojson"
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "name": "zones", "features": [feature]}))
    return path


@pytest.mark.parametrize(
    ("state", "properties"),
    [("MMFR", {"id": "MMFR"}), ("MEX", {"iso3": "MEX", "POL_TYPE": "200NM"}), ("MEX", {"iso3": "MEX", "what": "Exclusive economic zone"})],
)
def test_no_verdict_about_sovereignty_comes_from_a_region_or_an_economic_zone(
    tmp_path: Path, state: str, properties: dict[str, str]
) -> None:
    with pytest.raises(BadInput, match="reported apart"):
        boundary_of(state, zone_file(tmp_path, **properties))


def test_zones_are_called_as_their_file_calls_them(tmp_path: Path) -> None:
    assert zones_of(zone_file(tmp_path, ICAO="MMFR", region="X"), ZoneKind.FIR)[0].state == "MMFR"
    assert zones_of(zone_file(tmp_path, GEONAME="Mexican EEZ", iso3="MEX"), ZoneKind.EEZ)[0].state == "Mexican EEZ"
    assert zones_of(zone_file(tmp_path), ZoneKind.FIR)[0].state == "1"


def test_a_file_of_zones_with_one_ring_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not closed"):
        zones_of(written(tmp_path, [SQUARE[:-1]]), ZoneKind.FIR)
