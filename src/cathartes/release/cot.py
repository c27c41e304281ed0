"""A release as a Cursor on Target event (CoT 2.0) for the Team Awareness Kit, and its deletion when it is withdrawn.

The event is an unknown thing on the ground (`a-u-G`), never a hostile one. How it is sent is in `release.send`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from xml.etree import ElementTree as Xml

from pyproj import Geod

from cathartes.errors import BadInput
from cathartes.model import Frame, Release, Source
from cathartes.release.geojson import frame_of
from cathartes.release.label import bound_label
from cathartes.release.tear_line import tear_line
from cathartes.release.telling import overall_marking

UNKNOWN_M = "9999999.0"
VALID = timedelta(days=30)
"""How long a lead stays on a map unless it is renewed: a site may be gone by then."""
DELETION = timedelta(minutes=10)
ELLIPSOID = Geod(ellps="WGS84")


class CotWriter:
    """A release as one file of CoT events: one, or none where there is no place on the globe that may be told."""

    suffix = "cot.xml"

    def write(self, release: Release) -> bytes:
        """The events in UTF-8."""
        return listed([event(release)] if has_event(release) else [])


def listed(events: Iterable[Xml.Element]) -> bytes:
    """A file of these events in UTF-8."""
    root = Xml.Element("events")
    root.extend(events)
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def uid(release: Release) -> str:
    """The event's name on every map: one per release, so that a new release never overwrites an older one silently."""
    return f"cathartes.{release.id}"


def event(release: Release) -> Xml.Element:
    """The release as an event. Raises `BadInput` where it has no time or no place on the globe."""
    if release.at is None or not has_event(release):
        raise BadInput(f"{release.id} has no place on the globe that may be told; send its bundle instead")
    source, start = release.lead.sources[0], release.at.utc
    root = _event(uid(release), "a-u-G", start, start + VALID)
    error = f"{error_m(source):.1f}"
    Xml.SubElement(root, "point", lat=f"{source.place.y:.7f}", lon=f"{source.place.x:.7f}", hae=UNKNOWN_M, ce=error, le=UNKNOWN_M)
    detail = Xml.SubElement(root, "detail")
    Xml.SubElement(detail, "contact", callsign=f"{overall_marking(release.lead).value} {release.lead.id}")
    Xml.SubElement(detail, "remarks").text = tear_line(release)
    detail.append(bound_label(release, start))
    return root


def deletion(release: Release, at: datetime) -> Xml.Element:
    """The event that takes the release's event off every map. Holds nothing but its name."""
    root = _event(f"{uid(release)}.withdrawn", "t-x-d-d", at, at + DELETION)
    Xml.SubElement(root, "point", lat="0.0", lon="0.0", hae=UNKNOWN_M, ce=UNKNOWN_M, le=UNKNOWN_M)
    detail = Xml.SubElement(root, "detail")
    Xml.SubElement(detail, "link", uid=uid(release), type="a-u-G", relation="none")
    Xml.SubElement(detail, "__forcedelete")
    return root


def has_event(release: Release) -> bool:
    """Whether there is a time and a place on the globe that may be told."""
    return release.at is not None and bool(release.lead.sources) and frame_of(release.lead) is Frame.WGS84


def error_m(source: Source) -> float:
    """Radius in metres about the best point that holds the whole 90 % region."""
    corners = [corner for polygon in source.region90.polygons for corner in polygon[0]]
    lons, lats = zip(*corners, strict=True)
    here = [source.place.x] * len(lons), [source.place.y] * len(lons)
    return float(max(ELLIPSOID.inv(*here, lons, lats)[2]))


def _event(name: str, kind: str, start: datetime, stale: datetime) -> Xml.Element:
    return Xml.Element("event", version="2.0", uid=name, type=kind, how="m-f", time=_zulu(start), start=_zulu(start), stale=_zulu(stale))


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
