"""A GeoPackage that GDAL reads, with the system its frame has, and the same bytes each time."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from pyogrio import list_layers, read_info
from pyogrio.raw import read
from shapely import from_wkb

from cathartes.model import Frame, Markings, Release
from cathartes.release.geopackage import GeoPackageWriter
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead, sample_lead


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Release], Path]:
    """Puts a release's GeoPackage where GDAL can read it: it wants a file with that ending."""

    def write(release: Release) -> Path:
        path = tmp_path / "lead.gpkg"
        path.write_bytes(GeoPackageWriter().write(release))
        return path

    return write


def released(frame: Frame, markings: Markings = TO_MEXICO) -> Release:
    return redact(sample_lead(frame, markings), "MEX", "B. Releaser", NOON)


def test_gdal_finds_every_layer(written: Callable[[Release], Path]) -> None:
    layers = dict(list_layers(written(released(Frame.WGS84))))
    assert layers == {"sources": "Point", "regions": "MultiPolygon", "emitters": "Point", "instruments": "LineString"}


def test_gdal_reads_back_the_source_as_it_was(written: Callable[[Release], Path]) -> None:
    source = sample_lead(Frame.WGS84).sources[0]
    meta, _, shapes, values = read(written(released(Frame.WGS84)), layer="sources")
    row = {name: column[0] for name, column in zip(meta["fields"], values, strict=True)}
    point = from_wkb(shapes[0])
    assert (point.x, point.y) == (source.place.x, source.place.y)
    assert (row["source_id"], row["rate_kg_h"], row["rate_low"], row["rate_level"]) == (source.id, source.rate.value, source.rate.low, 0.9)
    assert "metano" in row["found_es"]


def test_a_place_on_the_globe_has_its_system_and_a_local_one_none(written: Callable[[Release], Path]) -> None:
    assert read_info(written(released(Frame.WGS84)), layer="sources")["crs"] == "EPSG:4326"
    local = read_info(written(released(Frame.LOCAL)), layer="sources")["crs"]
    assert local is None or "EPSG" not in local


@pytest.mark.parametrize("frame", list(Frame))
def test_sqlite_finds_the_database_sound_and_of_the_standards_kind(frame: Frame) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(GeoPackageWriter().write(released(frame)))
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert database.execute("SELECT DISTINCT srs_id FROM gpkg_geometry_columns").fetchall() == [(-1 if frame is Frame.LOCAL else 4326,)]


def test_the_same_release_gives_the_same_bytes() -> None:
    assert GeoPackageWriter().write(released(Frame.LOCAL)) == GeoPackageWriter().write(released(Frame.LOCAL))


def test_a_layer_of_which_nothing_may_be_had_is_not_there(written: Callable[[Release], Path]) -> None:
    cut = released(Frame.WGS84, Markings(TO_MEXICO.whole, {"instruments": Markings().whole}))
    assert "instruments" not in {name for name, _ in list_layers(written(cut))}


def test_neighbours_are_marked_and_carry_no_finding_of_the_lead(written: Callable[[Release], Path]) -> None:
    release = redact(busy_lead(Frame.WGS84), "MEX", "B. Releaser", NOON)
    meta, _, _, values = read(written(release), layer="sources")
    columns = dict(zip(meta["fields"], values, strict=True))
    assert columns["is_neighbour"].astype(bool).tolist() == [False, True]
    assert [told is None for told in columns["found_es"]] == [False, True]
