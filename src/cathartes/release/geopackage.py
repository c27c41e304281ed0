"""A GeoPackage (OGC 12-128r19, version 1.3) of one release: layers `sources`, `regions`, `emitters`, and what surrounds them.

It is written straight into SQLite in memory: GDAL stamps files with the clock and the machine's version, and equal releases
must have equal bytes. Tests read the result with GDAL. Local frames use the standard's undefined Cartesian system (-1).
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from struct import pack
from typing import TypeAlias

from shapely import to_wkb
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from cathartes.model import Frame, Instrument, Lead, Quantity, Region, Release, Source
from cathartes.release.geojson import frame_of
from cathartes.release.telling import found, overall_marking

Value: TypeAlias = str | float | int | None

APPLICATION_ID = 0x47504B47  # "GPKG"
VERSION = 10300
# The standard wants a time of last change in each layer's record; the releases' own times are in their custody.
LAST_CHANGE = "2000-01-01T00:00:00.000Z"
SQLITE_VERSION_FIELD = slice(96, 100)

SCHEMA = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
  srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents(table_name), column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id), z TINYINT NOT NULL,
  m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name));
"""

WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],'
    'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "metres east and north of an unnamed origin"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, WGS84, "longitude and latitude in degrees"),
)
SYSTEM_OF = {Frame.LOCAL: -1, Frame.WGS84: 4326}


@dataclass(frozen=True)
class Layer:
    """One table of features: its columns with their SQL types, and a row per feature with the geometry first."""

    name: str
    geometry: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[BaseGeometry, *tuple[Value, ...]], ...]


class GeoPackageWriter:
    """A release as a GeoPackage."""

    suffix = "gpkg"

    def write(self, release: Release) -> bytes:
        """The database's bytes. A layer of which the audience may have nothing is not there."""
        lead = release.lead
        layers = (_sources(lead), _regions(lead), _emitters(lead), _instruments(lead))
        with closing(sqlite3.connect(":memory:")) as database:
            _open(database)
            for layer in layers:
                if layer.rows:
                    _write(database, layer, SYSTEM_OF[frame_of(lead)])
            database.commit()
            return _unstamped(database.serialize())


def _open(database: sqlite3.Connection) -> None:
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {VERSION}")
    database.executescript(SCHEMA)
    database.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", SYSTEMS)


def _unstamped(content: bytes) -> bytes:
    """The database without the version of the SQLite library that wrote it (file format, section 1.3.15)."""
    return content[: SQLITE_VERSION_FIELD.start] + bytes(4) + content[SQLITE_VERSION_FIELD.stop :]


def _write(database: sqlite3.Connection, layer: Layer, system: int) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in layer.columns)
    database.execute(f"CREATE TABLE {layer.name} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {layer.geometry}, {columns})")
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        (layer.name, layer.name, LAST_CHANGE, *_bounds(row[0] for row in layer.rows), system),
    )
    database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (layer.name, layer.geometry, system))
    marks = ", ".join("?" * (1 + len(layer.columns)))
    names = ", ".join(name for name, _ in layer.columns)
    rows = [(_blob(geometry, system), *values) for geometry, *values in layer.rows]
    database.executemany(f"INSERT INTO {layer.name} (geom, {names}) VALUES ({marks})", rows)


def _bounds(shapes: Iterable[BaseGeometry]) -> tuple[float, float, float, float]:
    west, south, east, north = zip(*(shape.bounds for shape in shapes), strict=True)
    return min(west), min(south), max(east), max(north)


def _blob(geometry: BaseGeometry, system: int) -> bytes:
    """A geometry as GeoPackage binary: magic, version 0, little-endian without envelope, system, then WKB (section 2.1.3)."""
    return b"GP" + pack("<BBi", 0, 1, system) + bytes(to_wkb(geometry, byte_order=1))


def _sources(lead: Lead) -> Layer:
    columns = (
        ("source_id", "TEXT"), ("gas", "TEXT"), ("probability", "REAL"), ("rate_kg_h", "REAL"), ("rate_low", "REAL"),
        ("rate_high", "REAL"), ("rate_level", "REAL"), ("is_neighbour", "BOOLEAN"), ("lead_id", "TEXT"),
        ("is_sample", "BOOLEAN"), ("marking", "TEXT"), ("found_en", "TEXT"), ("found_es", "TEXT"),
    )  # fmt: skip
    label = (lead.id, lead.is_sample, overall_marking(lead).value)
    own = tuple((*_source(each), False, *label, found(lead, "en"), found(lead, "es")) for each in lead.sources)
    others = tuple((*_source(each), True, *label, None, None) for each in lead.neighbours)
    return Layer("sources", "POINT", columns, own + others)


def _source(source: Source) -> tuple[BaseGeometry, *tuple[Value, ...]]:
    return Point(source.place.x, source.place.y), source.id, source.gas, source.probability, *_rate(source.rate)


def _rate(rate: Quantity) -> tuple[float, float | None, float | None, float | None]:
    return rate.value, rate.low, rate.high, rate.level


def _regions(lead: Lead) -> Layer:
    columns = (("source_id", "TEXT"), ("role", "TEXT"), ("level", "REAL"), ("area_m2", "REAL"))
    sources = (*lead.sources, *lead.neighbours)
    own = [(source.id, region) for source in sources for region in (source.region90, source.region50)]
    named = [(name, f"region{100 * region.level:.0f}", region) for name, region in own]
    search = [(None, "search", lead.search)] if lead.search else []
    rows = tuple((_shape(region), name, role, region.level, region.area_m2) for name, role, region in (*named, *search))
    return Layer("regions", "MULTIPOLYGON", columns, rows)


def _shape(region: Region) -> MultiPolygon:
    return MultiPolygon([Polygon(rings[0], rings[1:]) for rings in region.polygons])


def _emitters(lead: Lead) -> Layer:
    columns = (
        ("emitter_id", "TEXT"), ("name", "TEXT"), ("register", "TEXT"), ("distance_m", "REAL"), ("emits_this_gas", "BOOLEAN"),
    )  # fmt: skip
    rows = tuple(
        (Point(each.place.x, each.place.y), each.id, each.name, each.register, each.distance_m, each.emits_this_gas)
        for each in lead.emitters
    )
    return Layer("emitters", "POINT", columns, rows)


def _instruments(lead: Lead) -> Layer:
    columns = (("name", "TEXT"), ("kind", "TEXT"))
    rows = tuple((_line(each), each.name, each.kind) for each in lead.instruments if each.line)
    return Layer("instruments", "LINESTRING", columns, rows)


def _line(instrument: Instrument) -> LineString:
    """The instrument's line; a point instrument is a line of no length, so that one layer holds both."""
    return LineString(instrument.line if len(instrument.line) > 1 else instrument.line * 2)
