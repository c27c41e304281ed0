"""GPX and KML tracks. Document types and entities are refused, so that no file can unfold into a larger one.

GPX 1.0 and 1.1 (Topografix): every `trkpt`. KML 2.2 and 2.3 (OGC 12-007) with Google's `gx:Track`: all tracks; else all points
with a time; else all lines, which have no times.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException, ElementTree

from cathartes.errors import BadInput
from cathartes.model import Clock, HeightReference, Statement, Track
from cathartes.model.samples import Floats
from cathartes.readers.table import NUMBER
from cathartes.readers.times import EXPECTED, microseconds

XML_LIMIT = 64 * 1024 * 1024
"""Largest GPX or KML file in bytes: as a tree in memory it takes some ten times as much."""

GEOMETRIES = frozenset({"Track", "Point", "LineString"})
ALTITUDE_MODES = {"absolute": HeightReference.MSL, "relativeToGround": HeightReference.AGL}


@dataclass(frozen=True)
class Written:
    """One fix as the file writes it; blank where it does not say."""

    time: str
    lon: str
    lat: str
    height: str
    aircraft: str


def gpx_track(file: BinaryIO, name: str, aircraft: str) -> tuple[Track, Clock, tuple[Statement, ...]]:
    """All track points in file order; `ele` is taken as above mean sea level. Raises `BadInput` for a file without any."""
    root = tree_of(file, name, "gpx")
    written = [gpx_fix(point, text_of(line, "name") or aircraft) for line in inside(root, "trk") for point in inside(line, "trkpt")]
    if not written:
        raise BadInput(f"{name} holds no track point (trkpt); routes and waypoints are plans, not where an aircraft was")
    return track_of(written, HeightReference.MSL, name)


def gpx_fix(point: Element, aircraft: str) -> Written:
    """The fix that a `trkpt` writes."""
    return Written(text_of(point, "time"), point.get("lon", ""), point.get("lat", ""), text_of(point, "ele"), aircraft)


def kml_track(file: BinaryIO, name: str, aircraft: str) -> tuple[Track, Clock, tuple[Statement, ...]]:
    """All fixes in file order, heights by the file's altitude mode. Raises `BadInput` for mixed modes or no geometry."""
    root = tree_of(file, name, "kml")
    read: list[Element] = []
    written: list[Written] = []
    for tag, fixes in (("Track", track_fixes), ("Point", point_fixes), ("LineString", line_fixes)):
        for placemark in inside(root, "Placemark"):
            for geometry in inside(placemark, tag):
                found = fixes(geometry, placemark, name, text_of(placemark, "name") or aircraft)
                written += found
                read += [geometry] if found else []
        if written:
            break
    if not written:
        raise BadInput(f"{name} holds no gx:Track, no Point with a TimeStamp and no LineString; expected a track")
    reference = altitude_reference(read, name)
    others = sum(local(element) in GEOMETRIES for element in root.iter()) - len(read)
    if reference is None:
        written = [replace(fix, height="") for fix in written]
    track, clock, health = track_of(written, reference or HeightReference.AGL, name)
    return track, clock, (*health, *([Statement("health.other_geometry", {"count": others})] if others else []))


def track_fixes(track: Element, placemark: Element, name: str, aircraft: str) -> list[Written]:
    """The fixes of a `gx:Track`: its times and coordinates, one by one."""
    whens = [plain(when) for when in inside(track, "when")]
    coords = [plain(coord).split() for coord in inside(track, "coord")]
    if len(whens) != len(coords):
        raise BadInput(f"{name}: a gx:Track has {len(whens)} times and {len(coords)} positions; expected as many of each")
    return [written_fix(when, coord, name, aircraft) for when, coord in zip(whens, coords, strict=True)]


def point_fixes(point: Element, placemark: Element, name: str, aircraft: str) -> list[Written]:
    """The fix of a `Point` whose placemark has a `TimeStamp`; none for a point without."""
    stamp = next(inside(placemark, "TimeStamp"), None)
    if stamp is None:
        return []
    return [written_fix(text_of(stamp, "when"), text_of(point, "coordinates").split(","), name, aircraft)]


def line_fixes(line: Element, placemark: Element, name: str, aircraft: str) -> list[Written]:
    """The corners of a `LineString`, without times."""
    return [written_fix("", corner.split(","), name, aircraft) for corner in text_of(line, "coordinates").split()]


def written_fix(when: str, coordinates: list[str], name: str, aircraft: str) -> Written:
    """A fix from KML's longitude, latitude and optional height."""
    if len(coordinates) not in (2, 3):
        raise BadInput(f"{name}: found the position {' '.join(coordinates)[:40]!r}; expected longitude, latitude and maybe a height")
    lon, lat, height = [*coordinates, ""][:3]
    return Written(when, lon, lat, height, aircraft)


def altitude_reference(geometries: list[Element], name: str) -> HeightReference | None:
    """What the heights are measured from; `None` where they are clamped to the ground, which is KML's default."""
    modes = {text_of(geometry, "altitudeMode") or "clampToGround" for geometry in geometries}
    if len(modes) > 1:
        raise BadInput(f"{name} mixes the altitude modes {', '.join(sorted(modes))}; expected one mode in a file")
    return ALTITUDE_MODES.get(modes.pop())


def track_of(written: list[Written], reference: HeightReference, name: str) -> tuple[Track, Clock, tuple[Statement, ...]]:
    """The fixes as arrays. A fix without a time has none (NaN); a time without a zone is taken as UTC and said to be so."""
    lon, lat, height = (numbers([getattr(fix, field) for fix in written], field, name) for field in ("lon", "lat", "height"))
    utc_s, unstated = times([fix.time for fix in written], name)
    absent = np.full(len(written), np.nan)
    track = Track(utc_s, lon, lat, height, reference, absent, tuple(fix.aircraft for fix in written))
    if not unstated:
        return track, Clock.UTC, ()
    return track, Clock.UNSTATED, (Statement("health.zone_unstated", {"count": unstated}),)


def numbers(cells: list[str], field: str, name: str) -> Floats:
    """The cells as numbers, NaN for a blank height. Raises `BadInput` for what is no number, and for a blank position."""
    tidy = [cell.strip() for cell in cells]
    for at, cell in enumerate(tidy, start=1):
        is_blank = not cell and field == "height"
        if not (is_blank or (NUMBER.fullmatch(cell) and isfinite(float(cell)))):
            raise BadInput(f"{name}: fix {at} has {cell[:40]!r} as its {field}; expected a number")
    return np.array([float(cell) if cell else np.nan for cell in tidy])


def times(cells: list[str], name: str) -> tuple[Floats, int]:
    """Seconds since 1970 UTC, NaN where a fix has no time, and how many times stated no zone."""
    timed = [index for index, cell in enumerate(cells) if cell]
    utc_s = np.full(len(cells), np.nan)
    try:
        utc_us, unstated = microseconds([cells[index] for index in timed])
    except ValueError as problem:
        at = timed[problem.args[0]]
        raise BadInput(f"{name}: fix {at + 1} has {cells[at][:40]!r} as its time; expected {EXPECTED}") from None
    utc_s[timed] = utc_us / 1e6
    return utc_s, unstated


def tree_of(file: BinaryIO, name: str, root_tag: str) -> Element:
    """The root of the file's XML. Raises `BadInput` for what is not well-formed, defines entities, or has another root."""
    content = file.read(XML_LIMIT + 1)
    if len(content) > XML_LIMIT:
        raise BadInput(f"{name} has more than {XML_LIMIT // 2**20} MB; split it by time")
    try:
        root: Any = ElementTree.fromstring(content, forbid_dtd=True)
    except ParseError as problem:
        raise BadInput(f"{name} is not well-formed XML: {problem}") from None
    except DefusedXmlException:
        raise BadInput(f"{name} defines a document type or entities, which no track needs; export it again without") from None
    except (ValueError, LookupError, RecursionError) as problem:
        raise BadInput(f"{name} is not XML that can be read: {problem}") from None
    if local(root) != root_tag:
        raise BadInput(f"{name} has the root element {local(root)[:40]!r}; expected {root_tag!r}")
    return root  # type: ignore[no-any-return]


def local(element: Element) -> str:
    """An element's name without its namespace, since devices write several versions of one."""
    return element.tag.rpartition("}")[2]


def inside(element: Element, tag: str) -> Iterator[Element]:
    """All descendants of that name, in document order."""
    return (inner for inner in element.iter() if inner is not element and local(inner) == tag)


def text_of(element: Element, tag: str) -> str:
    """The text of the first descendant of that name; blank where there is none."""
    found = next(inside(element, tag), None)
    return "" if found is None else plain(found)


def plain(element: Element) -> str:
    """An element's own text without surrounding blanks."""
    return (element.text or "").strip()
