"""Requests answered: was this area looked at, over all flights of a workspace, how well, and by which instruments when.

The arithmetic is in `plan.coverage` for gases and in `plan.view` for cameras; what each flight would have noticed where, and what its
videos had in view, was kept when it was run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Coverage, Detectability, DetectionKind, Frame, Lead, Place, Span, Swath, json
from cathartes.model.place import Ring
from cathartes.plan.coverage import AreaCoverage, Seen, area_coverage, as_detectability
from cathartes.plan.view import ViewCoverage, view_coverage
from cathartes.release.geotiff import geotiff
from cathartes.store import Workspace
from cathartes.store.footprints import Footprints

PROBABLE = 0.5


@dataclass(frozen=True)
class Timeline:
    """When one instrument of one flight looked for a gas, and when it was on but blind; off is the rest."""

    flight: str
    recording: str
    gas: str
    looked: tuple[Span, ...]
    blind: tuple[Span, ...]


@dataclass(frozen=True)
class Reply:
    """The answer to a request, for a gas or of the cameras, and what every instrument for that gas did meanwhile."""

    coverage: AreaCoverage | ViewCoverage
    timelines: tuple[Timeline, ...]


def answered(path: Path, gas: str, workspace: Workspace) -> Reply:
    """The answer for the polygon in the GeoJSON file `path`. Raises `BadInput` for a file without one."""
    kept = [name for name in workspace.find("detectability") if name.rpartition("/")[2] == gas]
    seen = [Seen(name.rpartition("/")[0], json.decode(workspace.load("detectability", name), Detectability)) for name in kept]
    told, located = covered(gas, workspace), {each.flight for each in seen}
    limits = ((flight, as_detectability(one)) for flight, one in told if flight not in located)
    seen += [Seen(flight, known) for flight, known in limits if known is not None]
    timelines = tuple(Timeline(flight, one.recording, gas, one.looked, one.blind) for flight, one in told)
    return Reply(area_coverage(gas, area_of(path), seen, found(gas, workspace)), timelines)


def viewed(path: Path, workspace: Workspace) -> Reply:
    """The answer of the cameras for the polygon in the GeoJSON file `path`: was it in view, how finely, and did anything move there."""
    area = area_of(path)
    (west, south), (east, north) = np.min(area, axis=0), np.max(area, axis=0)
    swaths: list[Swath] = []
    if Footprints.is_in(workspace.folder):
        with Footprints.open(workspace.folder) as footprints:
            swaths = footprints.over(west, south, east, north)
    return Reply(view_coverage(area, swaths, moving(workspace)), ())


def moving(workspace: Workspace) -> list[tuple[str, float, float]]:
    """Every movement that was detected: its name, longitude and latitude."""
    every = (feature for path in sorted(workspace.folder.glob("products/*/detections.geojson")) for feature in placed_in(path))
    return [
        (feature["properties"]["detection_id"], *feature["geometry"]["coordinates"][:2])
        for feature in every
        if feature["properties"]["kind"] == DetectionKind.MOVEMENT
    ]


def placed_in(path: Path) -> list[dict[str, Any]]:
    """The features of one flight's detections; none where they lie in a local frame, and so nowhere on the globe."""
    collection = msgspec.json.decode(path.read_bytes())
    return list(collection["features"]) if collection["frame"] == Frame.WGS84 else []


def found(gas: str, workspace: Workspace) -> list[tuple[str, Place]]:
    """Every lead of the gas that is more probable than not, and its place."""
    leads = (json.decode(workspace.load("lead", name), Lead) for name in workspace.find("lead"))
    return [
        (lead.id, lead.sources[0].place) for lead in leads if lead.gas == gas and lead.sources and lead.sources[0].probability >= PROBABLE
    ]


def covered(gas: str, workspace: Workspace) -> list[tuple[str, Coverage]]:
    """What every detector told of where it looked for the gas, with the flight. It stands in where no locator told it better."""
    told = (json.decode(workspace.load("coverage", name), dict[str, Any]) for name in workspace.find("coverage"))
    every = ((one["flight"], msgspec.convert(one["coverage"], Coverage)) for one in told)
    return [(flight, one) for flight, one in every if one.gas == gas]


def told_of(reply: Reply) -> dict[str, Any]:
    """The answer without its maps."""
    return {name: value for name, value in vars(reply.coverage).items() if name != "maps"}


def files_of(reply: Reply, path: Path) -> dict[str, bytes]:
    """The answer as GeoJSON, and its maps as Cloud-Optimised GeoTIFFs: per rate what would have been noticed, or the finest look."""
    coverage = reply.coverage
    if isinstance(coverage, ViewCoverage):
        name, rasters = "coverage-video", {"coverage-video-element-m.tif": geotiff(coverage.maps[0])}
    else:
        name, layers = f"coverage-{coverage.gas}", zip(coverage.shares, coverage.maps, strict=True)
        rasters = {f"{name}-{share.rate_kg_h:g}kgh.tif": geotiff(grid) for share, grid in layers}
    area = {"type": "Polygon", "coordinates": [list(area_of(path))]}
    feature = {"type": "Feature", "properties": told_of(reply), "geometry": area}
    return {f"{name}.geojson": json.encode({"type": "FeatureCollection", "features": [feature]})} | rasters


def area_of(path: Path) -> Ring:
    """The outer ring of the first polygon in a GeoJSON file."""
    try:
        content = msgspec.json.decode(path.read_bytes())
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; expected a GeoJSON file with the area of the request") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadInput(f"{path.name} is not JSON: {problem}") from None
    geometry = first_geometry(content)
    try:
        if geometry["type"] == "Polygon":
            return tuple((float(lon), float(lat)) for lon, lat, *_ in geometry["coordinates"][0])
    except (KeyError, TypeError, ValueError, IndexError):
        pass
    raise BadInput(f"{path.name} holds no Polygon; expected GeoJSON with one polygon in degrees")


def first_geometry(content: Any) -> Mapping[str, Any]:
    """The geometry of a feature, of the first feature of a collection, or the geometry itself."""
    if isinstance(content, dict) and isinstance(content.get("features"), list) and content["features"]:
        content = content["features"][0]
    if isinstance(content, dict) and isinstance(content.get("geometry"), dict):
        content = content["geometry"]
    return content if isinstance(content, dict) else {}
