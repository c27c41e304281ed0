"""A state's boundary as somebody claims it: rings from a GeoJSON file, with name, version, hash, whose claim it is and its error.

A file that is not sound (an unclosed ring, a ring that crosses itself, another datum) is refused: no verdict comes from it. Flight
information regions and economic zones are read alike, and refused as a state's boundary. What the files that come with cathartes
are is in `data/boundaries/known.toml`; distances to a boundary are in `earth.borderline`.
"""

import gzip
import hashlib
import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely
from numpy.typing import NDArray

from cathartes.earth.geodesy import geodesic_m
from cathartes.errors import BadInput
from cathartes.model.overflight import ZoneKind
from cathartes.model.samples import Floats

DEFAULT = "mex_usa_osm2017.geojson.gz"
UNPACKED_LIMIT = 256 * 1024 * 1024
LOCAL_WGS84 = re.compile(r"(?i)(crs:?84|epsg:{1,2}4326|wgs ?84)")
CLIPPED = re.compile(r"clipped to lon (-?[\d.]+?)\.\.(-?[\d.]+), lat (-?[\d.]+?)\.\.(-?[\d.]+)")
NO_STATE = re.compile(r"(?i)(fir|eez|200 ?nm)\b.*|.*(flight information region|exclusive economic zone)")
REGION_INDICATOR = re.compile(r"[A-Z]{4}")
"""ICAO's location indicators (Doc 7910), by which flight information regions are called; states have three letters (ISO 3166)."""

ZONE_NAMES = ("id", "icao", "designator", "ident", "geoname", "name", "iso3")
ALONG_DEG = 1e-4
"""An edge follows a line where its middle lies within some ten metres of it."""

FEW_VERTICES = 100
"""A polygon with fewer corners was drawn by hand, corner by corner; with more it follows a line in nature and leaves detail out."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a boundary with an error of its own (95 %): what line it is, and starts and ends of its edges in degrees (n x 2 each)."""

    what: str
    error_m: float
    edges: tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Boundary:
    """One state's area in degrees of WGS 84; edges are straight in longitude and latitude, as RFC 7946 (3.1.1) has it.

    `error_m` is how far the line may lie from the line it stands for (95 %), the most of all `stretches` where these differ;
    `is_error_assumed` where the file does not say.
    `extent` (west, south, east, north) is what a clipped file covers: beyond it the boundary knows nothing.
    """

    state: str
    name: str
    version: str
    sha256: str
    claim: str
    error_m: float
    is_error_assumed: bool
    has_sea: bool
    extent: Box | None
    area: shapely.MultiPolygon
    attribution: str = ""
    approximation: str = ""
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """What `known.toml` says of a file, by the SHA-256 of its unpacked content."""

    name: str
    version: str
    claim: str
    error_m: float
    attribution: str


class Feature(msgspec.Struct):
    """A GeoJSON feature, as far as a boundary needs it."""

    properties: dict[str, Any] | None
    geometry: dict[str, Any] | None


class Collection(msgspec.Struct):
    """A GeoJSON feature collection with the members that tell where it comes from."""

    type: str
    features: list[Feature]
    crs: Any = None
    name: str | None = None
    version: str | None = None
    note: str | None = None
    claim: str | None = None
    error_m: float | None = None


@dataclass(frozen=True)
class Drawing:
    """A boundary file, read: its name, the hash of its bytes, its features, and where it comes from."""

    name: str
    sha256: str
    collection: Collection
    stated: Provenance


def boundary_of(state: str, path: Path | None = None) -> Boundary:
    """The boundary of `state` (ISO 3166 alpha-3) in a GeoJSON file, or in the one that comes with cathartes.

    Raises `BadInput` for a file that cannot be read or trusted, for a state that it does not hold, and for what is no state.
    """
    drawing = _drawing(path)
    found = {_state_of(feature): feature for feature in drawing.collection.features if not is_line(feature)}
    if state not in found:
        raise _absent(drawing.name, state, [each for each in found if each])
    _refuse_zone(drawing, state, found[state])
    area = _area(f"{drawing.name}, {state}", found[state].geometry)
    has_sea = "sea" in _what_of_all(drawing.collection) or is_hand_drawn(area)
    drawn = _boundary(drawing, state, found[state], area, assumed_error_m(area), has_sea=has_sea)
    lines = [feature for feature in drawing.collection.features if is_line(feature) and _state_of(feature) == state]
    return with_stretches(drawn, *stated_lines(drawn, lines)) if lines else drawn


def zones_of(path: Path, kind: ZoneKind) -> tuple[Boundary, ...]:
    """Every flight information region or economic zone in a GeoJSON file; raises `BadInput` as `boundary_of` does.

    A region is defined by its corners, so it is taken as drawn where the file states no error.
    """
    drawing, zones = _drawing(path), []
    for number, feature in enumerate(drawing.collection.features, start=1):
        name = _zone_name(feature, number)
        area = _area(f"{drawing.name}, {name}", feature.geometry)
        zones.append(_boundary(drawing, name, feature, area, 0.0 if kind is ZoneKind.FIR else assumed_error_m(area), has_sea=True))
    if not zones:
        raise BadInput(f"{drawing.name} holds no area; expected a GeoJSON FeatureCollection of regions or zones")
    return tuple(zones)


def _drawing(path: Path | None) -> Drawing:
    name, content = boundary_bytes(path)
    plain = _unpacked(name, content)
    collection = _collection(name, plain)
    return Drawing(name, hashlib.sha256(content).hexdigest(), collection, _stated(collection, path, hashlib.sha256(plain).hexdigest()))


def _boundary(drawing: Drawing, name: str, feature: Feature, area: shapely.MultiPolygon, assumed_m: float, *, has_sea: bool) -> Boundary:
    stated = drawing.stated
    is_stated = bool(np.isfinite(stated.error_m))
    what = str((feature.properties or {}).get("what") or "")
    return Boundary(
        name, stated.name, stated.version, drawing.sha256, stated.claim or what or "not stated", stated.error_m if is_stated else assumed_m,
        not is_stated, has_sea, _extent(what), area, stated.attribution,
    )  # fmt: skip


def _refuse_zone(drawing: Drawing, state: str, feature: Feature) -> None:
    told = (str(value) for value in (feature.properties or {}).values())
    if REGION_INDICATOR.fullmatch(state) or any(map(NO_STATE.fullmatch, told)):
        raise BadInput(
            f"{state} in {drawing.name} is a flight information region or an economic zone, which is no state's airspace; "
            "name its file with --fir or --eez to have it reported apart"
        )


def _zone_name(feature: Feature, number: int) -> str:
    """What a zone is called by the first property that names it, else its number in the file."""
    held = {name.lower(): value for name, value in (feature.properties or {}).items()}
    return next((str(held[name]) for name in ZONE_NAMES if held.get(name)), str(number))


def land_neighbours(state: str, path: Path | None = None) -> dict[str, shapely.MultiPolygon]:
    """The areas of every other state in the file, checked as strictly: a median line needs both sides."""
    drawing = _drawing(path)
    others = {_state_of(feature): feature.geometry for feature in drawing.collection.features if not is_line(feature)}
    return {each: _area(f"{drawing.name}, {each}", geometry) for each, geometry in others.items() if each and each != state}


def assumed_error_m(area: shapely.MultiPolygon) -> float:
    """The error of a line nobody states one for: the usual distance between its corners, below which it cannot follow anything.

    On the land border of Mexico that is 1.8 km for Natural Earth 1:10 million, whose true error is below 2.1 km for 95 % of it.
    A polygon drawn by hand is taken as drawn.
    """
    if is_hand_drawn(area):
        return 0.0
    return float(np.median(np.concatenate([geodesic_m(*ring[:-1].T, *ring[1:].T) for ring in rings_of(area)])))


def is_hand_drawn(area: shapely.MultiPolygon) -> bool:
    """Whether somebody set the corners one by one; a line that follows nature has more of them."""
    return int(shapely.get_num_coordinates(area)) <= FEW_VERTICES


def rings_of(area: shapely.MultiPolygon) -> list[Floats]:
    """All rings, outer and inner, as n x 2 arrays of degrees, the first corner repeated last."""
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(area))]


def edges_of(area: shapely.MultiPolygon) -> tuple[Floats, Floats]:
    """Starts and ends of all edges, ring after ring (n x 2 degrees each)."""
    rings = rings_of(area)
    return np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])


def with_stretches(boundary: Boundary, kinds: Sequence[tuple[str, float]], kind: NDArray[np.intp]) -> Boundary:
    """The boundary with an error for each kind of line (what it is, metres at 95 %), `kind` being the number of each edge's kind."""
    starts, ends = edges_of(boundary.area)
    stretches = tuple(
        Stretch(what, error_m, (starts[kind == number], ends[kind == number]))
        for number, (what, error_m) in enumerate(kinds)
        if (kind == number).any()
    )
    return replace(boundary, stretches=stretches, error_m=max(each.error_m for each in stretches))


def stated_lines(boundary: Boundary, lines: Sequence[Feature]) -> tuple[list[tuple[str, float]], NDArray[np.intp]]:
    """Kinds of line, and which one each edge is: that of the line in the file which it follows, else the boundary's own."""
    starts, ends = edges_of(boundary.area)
    middle = shapely.points((starts + ends) / 2)
    kinds, kind = [("", boundary.error_m)], np.zeros(len(starts), np.intp)
    for number, feature in enumerate(lines, start=1):
        stated = feature.properties or {}
        error_m = stated.get("error_m")
        if not isinstance(error_m, int | float) or not 0 <= error_m < np.inf:
            raise BadInput(f"a line of {boundary.state} in {boundary.name} has the error_m {error_m!r}; expected metres")
        kinds.append((str(stated.get("what") or ""), float(error_m)))
        kind[shapely.dwithin(middle, _line(boundary.name, feature), ALONG_DEG)] = number
    return kinds, kind


def _line(name: str, feature: Feature) -> shapely.Geometry:
    try:
        line = shapely.from_geojson(msgspec.json.encode(feature.geometry))
    except shapely.GEOSException:
        raise BadInput(f"the boundary {name} has a line whose coordinates cannot be read; expected longitude and latitude") from None
    shapely.prepare(line)
    return line


def is_line(feature: Feature) -> bool:
    """Whether a feature is a line, which says how exact the boundary is along it."""
    return (feature.geometry or {}).get("type") in ("LineString", "MultiLineString")


def boundary_bytes(path: Path | None) -> tuple[str, bytes]:
    """Name and content of a boundary file, by default the one that comes with cathartes."""
    if path is None:
        return DEFAULT, files("cathartes").joinpath(f"data/boundaries/{DEFAULT}").read_bytes()
    try:
        return path.name, path.read_bytes()
    except OSError as problem:
        raise BadInput(f"the boundary {path} cannot be read: {problem.strerror}") from None


def _unpacked(name: str, content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, UNPACKED_LIMIT)
        if unpacker.eof:
            return plain
    except (zlib.error, gzip.BadGzipFile):
        pass
    raise BadInput(f"the boundary {name} is no whole gzip file of at most {UNPACKED_LIMIT // 2**20} MB; copy it again")


def _collection(name: str, plain: bytes) -> Collection:
    try:
        collection = msgspec.json.decode(plain, type=Collection)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput(f"the boundary {name} is not a GeoJSON FeatureCollection: {problem}") from None
    if collection.crs is not None and not LOCAL_WGS84.search(str(collection.crs)):
        raise BadInput(f"the boundary {name} is in {str(collection.crs)[:80]}; expected WGS 84 (EPSG:4326): convert it first")
    return collection


def _state_of(feature: Feature) -> str:
    return str((feature.properties or {}).get("iso3") or (feature.properties or {}).get("id") or "")


def _absent(name: str, state: str, held: Sequence[str]) -> BadInput:
    near = get_close_matches(state.upper(), held, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return BadInput(f"the boundary {name} does not hold the state {state!r}; it holds {', '.join(sorted(held)) or 'none'}{hint}")


def _what_of_all(collection: Collection) -> str:
    """What the areas are said to be; a feature that says "same" means the one before it."""
    return " ".join(str((feature.properties or {}).get("what") or "") for feature in collection.features).lower()


def _extent(what: str) -> Box | None:
    found = CLIPPED.search(what)
    if found is None:
        return None
    west, east, south, north = map(float, found.groups())
    return west, south, east, north


@cache
def _known() -> Mapping[str, Provenance]:
    content = files("cathartes").joinpath("data/boundaries/known.toml").read_text("utf-8")
    return {digest: Provenance(**entry) for digest, entry in tomllib.loads(content).items()}


def _stated(collection: Collection, path: Path | None, plain_digest: str) -> Provenance:
    """Where the file comes from: as we know it, or else as it says itself."""
    if known := _known().get(plain_digest):
        return known
    error_m = float("nan") if collection.error_m is None else collection.error_m
    version = collection.version or collection.note or "not stated"
    return Provenance(collection.name or (path or Path(DEFAULT)).name, version, collection.claim or "", error_m, collection.note or "")


def _area(where: str, geometry: Mapping[str, Any] | None) -> shapely.MultiPolygon:
    """The polygons of a geometry, every ring checked. Raises `BadInput` naming the first ring that is none."""
    kind = (geometry or {}).get("type")
    if geometry is None or kind not in ("Polygon", "MultiPolygon"):
        raise BadInput(f"the boundary {where} is a {kind}; expected a Polygon or a MultiPolygon")
    coordinates = geometry.get("coordinates") or []
    listed = [coordinates] if kind == "Polygon" else coordinates
    try:
        polygons = [[np.array(ring, np.float64)[:, :2] for ring in polygon] for polygon in listed]
    except (TypeError, ValueError, IndexError):
        raise BadInput(f"the boundary {where} has coordinates that are no pairs of numbers; expected longitude and latitude") from None
    for number, ring in _numbered(polygons):
        _refuse_ring(f"{where}, ring {number}", ring)
    if not polygons or not all(polygons):
        raise BadInput(f"the boundary {where} holds a polygon without rings; expected at least one ring")
    return _valid(where, shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons]))


def _numbered(polygons: Sequence[Sequence[Floats]]) -> Iterator[tuple[int, Floats]]:
    return enumerate((ring for polygon in polygons for ring in polygon), start=1)


def _refuse_ring(where: str, ring: Floats) -> None:
    if len(ring) < 4 or not np.array_equal(ring[0], ring[-1]):
        first, last = (", ".join(f"{value:.6g}" for value in corner) for corner in (ring[0], ring[-1]))
        raise BadInput(f"the boundary {where}, is not closed: it begins at {first} and ends at {last}; repeat its first corner last")
    if not np.isfinite(ring).all() or (np.abs(ring) > (180.0, 90.0)).any():
        raise BadInput(f"the boundary {where}, leaves the Earth; are longitude and latitude swapped, or is it in metres?")
    if np.abs(np.diff(ring[:, 0])).max() > 180:
        raise BadInput(f"the boundary {where}, jumps over the 180th meridian; split it there (RFC 7946, 3.1.9)")


def _valid(where: str, area: shapely.MultiPolygon) -> shapely.MultiPolygon:
    if not shapely.is_valid(area):
        raise BadInput(f"the boundary {where} is not a sound area: {shapely.is_valid_reason(area)}; mend it first")
    return area
