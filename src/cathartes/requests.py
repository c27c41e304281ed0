"""Requests answered: was this area looked at, over all flights of a workspace, down to what rate, and by which instruments when.

The arithmetic is in `plan.coverage`; what each flight would have noticed where was kept when it was run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cathartes.errors import BadInput
from cathartes.model import Coverage, Detectability, Lead, Place, Span, json
from cathartes.model.place import Ring
from cathartes.plan.coverage import AreaCoverage, Seen, area_coverage, as_detectability
from cathartes.release.geotiff import geotiff
from cathartes.store import Workspace

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
    """The answer to a request, and what every instrument did meanwhile."""

    coverage: AreaCoverage
    timelines: tuple[Timeline, ...]


def answered(path: Path, gas: str, workspace: Workspace) -> Reply:
    """The answer for the polygon in the GeoJSON file `path`. Raises `BadInput` for a file without one."""
    kept = [name for name in workspace.find("detectability") if name.rpartition("/")[2] == gas]
    seen = [Seen(name.rpartition("/")[0], json.decode(workspace.load("detectability", name), Detectability)) for name in kept]
    told = covered(gas, workspace)
    seen += [
        Seen(flight, known) for flight, one in told if flight not in {each.flight for each in seen} and (known := as_detectability(one))
    ]
    timelines = tuple(Timeline(flight, one.recording, gas, one.looked, one.blind) for flight, one in told)
    return Reply(area_coverage(gas, area_of(path), seen, found(gas, workspace)), timelines)


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


def files_of(reply: Reply, path: Path) -> dict[str, bytes]:
    """The answer as GeoJSON, and what all flights together would have noticed as a Cloud-Optimised GeoTIFF per rate."""
    coverage = reply.coverage
    told = {name: value for name, value in vars(coverage).items() if name != "maps"}
    area = {"type": "Polygon", "coordinates": [list(area_of(path))]}
    feature = {"type": "Feature", "properties": told, "geometry": area}
    layers = zip(coverage.shares, coverage.maps, strict=True)
    rasters = {f"coverage-{coverage.gas}-{share.rate_kg_h:g}kgh.tif": geotiff(grid) for share, grid in layers}
    return {f"coverage-{coverage.gas}.geojson": json.encode({"type": "FeatureCollection", "features": [feature]})} | rasters


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
