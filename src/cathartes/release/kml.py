"""KML 2.2 (OGC 07-147r2) of one release for globe programs, with a balloon in both languages.

A release in a local frame has no place on the globe: its document says so and holds no geometry. The layers for mapping
programs are in `release.geopackage`.
"""

from collections.abc import Sequence
from html import escape
from xml.etree import ElementTree as Xml

from cathartes.messages import say
from cathartes.model import Frame, NearbyEmitter, Region, Release, Source, Statement
from cathartes.model.place import Point, Ring
from cathartes.release.geojson import frame_of
from cathartes.release.label import bound_label
from cathartes.release.telling import found, languages, overall_marking

NAMESPACE = "http://www.opengis.net/kml/2.2"

# Colours are aabbggrr; the hues are those of the page's map (Okabe and Ito, 2008).
STYLES = (
    ("region90", "ffb27200", "40b27200"),
    ("region50", "ffb27200", "80b27200"),
    ("search", "ff666666", "00ffffff"),
    ("path", "ff666666", "00ffffff"),
)
POINT_COLOURS = (("source", "ff005ed5"), ("emitter", "ff739e00"))


class KmlWriter:
    """A release as a KML document."""

    suffix = "kml"

    def write(self, release: Release) -> bytes:
        """The document in UTF-8; without placemarks where the frame is local."""
        Xml.register_namespace("", NAMESPACE)
        root = Xml.Element(f"{{{NAMESPACE}}}kml")
        document = _add(root, "Document")
        _add(document, "name", " · ".join(_title(release)))
        _add(document, "description", _balloon(release))
        is_placed = frame_of(release.lead) is Frame.WGS84
        if is_placed:
            _styles(document)
        if release.at is not None:
            _add(document, "ExtendedData").append(bound_label(release, release.at.utc))
        if is_placed:
            _placemarks(document, release)
        Xml.indent(root)
        return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _title(release: Release) -> list[str]:
    sample = [say(Statement("sample.mark"), language) for language in languages(release)] if release.lead.is_sample else []
    return [overall_marking(release.lead).value, *sample, release.lead.id]


def _balloon(release: Release) -> str:
    """What was found, in both languages, the audience's own first; in a local frame also why there is nothing to see."""
    paragraphs = [found(release.lead, language) for language in languages(release)]
    if frame_of(release.lead) is Frame.LOCAL:
        paragraphs += [say(Statement("kml.local"), language) for language in languages(release)]
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)


def _styles(document: Xml.Element) -> None:
    for name, line, fill in STYLES:
        style = _add(document, "Style", id=name)
        _add(_add(style, "LineStyle"), "color", line)
        _add(_add(style, "PolyStyle"), "color", fill)
    for name, colour in POINT_COLOURS:
        _add(_add(_add(document, "Style", id=name), "IconStyle"), "color", colour)


def _placemarks(document: Xml.Element, release: Release) -> None:
    lead = release.lead
    if lead.search:
        _region(document, "search", _both(release, "map.search"), lead.search)
    for instrument in lead.instruments:
        _path(_placemark(document, "path", instrument.name, instrument.kind), instrument.line)
    for source in lead.sources:
        _source(document, release, source, _both(release, "map.best"), _balloon(release))
    for source in lead.neighbours:
        _source(document, release, source, _both(release, "map.neighbour"), source.id)
    for emitter in lead.emitters:
        _emitter(document, release, emitter)


def _source(document: Xml.Element, release: Release, source: Source, name: str, told: str) -> None:
    for style, region in (("region90", source.region90), ("region50", source.region50)):
        _region(document, style, _both(release, "map.region", level=round(100 * region.level)), region)
    point = _placemark(document, "source", name, told)
    _add(_add(point, "Point"), "coordinates", _coordinates([(source.place.x, source.place.y)]))


def _emitter(document: Xml.Element, release: Release, emitter: NearbyEmitter) -> None:
    told = "".join(f"<p>{escape(sentence)}</p>" for sentence in (emitter.register, _both(release, "map.emitter")))
    point = _placemark(document, "emitter", emitter.name, told)
    _add(_add(point, "Point"), "coordinates", _coordinates([(emitter.place.x, emitter.place.y)]))


def _both(release: Release, key: str, **values: float) -> str:
    return " · ".join(say(Statement(key, values), language) for language in languages(release))


def _placemark(document: Xml.Element, style: str, name: str, description: str) -> Xml.Element:
    placemark = _add(document, "Placemark")
    _add(placemark, "name", name)
    _add(placemark, "description", description)
    _add(placemark, "styleUrl", f"#{style}")
    return placemark


def _region(document: Xml.Element, style: str, name: str, region: Region) -> None:
    shape = _add(_placemark(document, style, name, name), "MultiGeometry")
    for outer, *holes in region.polygons:
        polygon = _add(shape, "Polygon")
        _ring(polygon, "outerBoundaryIs", outer)
        for hole in holes:
            _ring(polygon, "innerBoundaryIs", hole)


def _ring(polygon: Xml.Element, boundary: str, ring: Ring) -> None:
    _add(_add(_add(polygon, boundary), "LinearRing"), "coordinates", _coordinates(ring))


def _path(placemark: Xml.Element, points: Sequence[Point]) -> None:
    kind = "LineString" if len(set(points)) > 1 else "Point"
    _add(_add(placemark, kind), "coordinates", _coordinates(points if kind == "LineString" else points[:1]))


def _coordinates(points: Sequence[Point]) -> str:
    return " ".join(f"{lon:.7f},{lat:.7f},0" for lon, lat in points)


def _add(parent: Xml.Element, tag: str, text: str | None = None, **attributes: str) -> Xml.Element:
    child = Xml.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    child.text = text
    return child
