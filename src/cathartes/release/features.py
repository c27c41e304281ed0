"""OGC API - Features, Part 1: Core (OGC 17-069r4), to read only: what was released to one audience, as one collection.

Every feature comes from `export`, so nothing is here that the released GeoJSON does not have. A release in a local frame lies nowhere
and is left out. Requests are answered by one pure function; `cathartes.serving` puts it on a socket.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from shapely.geometry import box, shape

from cathartes.errors import BadInput
from cathartes.model import Frame, Release
from cathartes.release.export import export
from cathartes.release.geojson import Feature

COLLECTION = "releases"
CLASSES = tuple(f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson"))
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON, OPENAPI = "application/json", "application/geo+json", "application/vnd.oai.openapi+json;version=3.0"
LIMIT, MOST = 100, 10_000
PAGE = ("bbox", "datetime", "limit", "offset")
PATHS = ("/", "/api", "/conformance", "/collections", f"/collections/{COLLECTION}", f"/collections/{COLLECTION}/items")


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    media: str
    body: bytes


def features_of(releases: Iterable[Release]) -> tuple[Feature, ...]:
    """The features of every release on the globe, each with an id of its own and what holds for its whole release."""
    return tuple(feature for release in releases for feature in _features(release))


def _features(release: Release) -> Iterator[Feature]:
    read = json.loads(export(release, "geojson"))
    if read["frame"] != Frame.WGS84 or release.at is None:
        return
    about = {name: value for name, value in read.items() if name not in ("type", "frame", "features")}
    about |= {"released": release.at.utc.isoformat().replace("+00:00", "Z")}
    for number, feature in enumerate(read["features"]):
        yield {"type": "Feature", "id": f"{release.id}.{number}", **feature, "properties": about | feature["properties"]}


def answer(path: str, query: Mapping[str, str], root: str, features: Sequence[Feature]) -> Answer:
    """The resource at `path` below the address `root`: 404 where there is none, 400 for a parameter that is none or cannot be read."""
    try:
        allowed = PAGE if path.rstrip("/").endswith("/items") else ()
        unknown = [name for name in query if name not in allowed]
        if unknown:
            raise BadInput(f"there is no parameter {unknown[0]!r} here; there are {', '.join(allowed) or 'none'}")
        media, content = _resource([part for part in path.split("/") if part], query, root.rstrip("/"), features)
    except BadInput as problem:
        return _refusal(400, str(problem))
    except LookupError:
        return _refusal(404, "there is no such resource")
    return Answer(200, media, _encoded(content))


def _refusal(status: int, sentence: str) -> Answer:
    return Answer(status, JSON, _encoded({"code": str(status), "description": sentence}))


def _encoded(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _resource(parts: Sequence[str], query: Mapping[str, str], root: str, features: Sequence[Feature]) -> tuple[str, dict[str, Any]]:
    items = ["collections", COLLECTION, "items"]
    if parts[:3] == items and len(parts) == 4:
        return GEOJSON, _one(parts[3], root, features)
    if parts == items:
        return GEOJSON, _page(query, root, features)
    made: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
        "": (JSON, lambda: _landing(root)),
        "api": (OPENAPI, _definition),
        "conformance": (JSON, lambda: {"conformsTo": CLASSES}),
        "collections": (JSON, lambda: {"links": [_link(root, "/collections", "self")], "collections": [_collection(root, features)]}),
        f"collections/{COLLECTION}": (JSON, lambda: _collection(root, features)),
    }
    media, make = made["/".join(parts)]
    return media, make()


def _link(root: str, path: str, relation: str, media: str = JSON) -> dict[str, str]:
    return {"href": f"{root}{path}", "rel": relation, "type": media}


def _landing(root: str) -> dict[str, Any]:
    named = (("/", "self", JSON), ("/api", "service-desc", OPENAPI), ("/conformance", "conformance", JSON), ("/collections", "data", JSON))
    return {"title": "cathartes", "links": [_link(root, *each) for each in named]}


def _definition() -> dict[str, Any]:
    """The paths and their parameters in OpenAPI 3.0, as far as a client needs them to ask."""
    told = {"200": {"description": "the resource"}, "400": {"description": "a parameter is wrong"}}
    page = [{"name": name, "in": "query", "required": False, "schema": {"type": "string"}} for name in PAGE]
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {path: {"get": {"parameters": page if path.endswith("/items") else [], "responses": told}} for path in PATHS}
    paths[f"{PATHS[-1]}/{{id}}"] = {"get": {"parameters": [one], "responses": told}}
    return {"openapi": "3.0.3", "info": {"title": "cathartes: released leads", "version": "1"}, "paths": paths}


def _collection(root: str, features: Sequence[Feature]) -> dict[str, Any]:
    links = [_link(root, PATHS[-2], "self"), _link(root, PATHS[-1], "items", GEOJSON)]
    told = {"id": COLLECTION, "title": "Released leads", "itemType": "feature", "crs": [CRS84], "links": links}
    bounds = [shape(feature["geometry"]).bounds for feature in features]
    if not bounds:
        return told
    west, south, east, north = zip(*bounds, strict=True)
    return told | {"extent": {"spatial": {"bbox": [[min(west), min(south), max(east), max(north)]], "crs": CRS84}}}


def _one(name: str, root: str, features: Sequence[Feature]) -> dict[str, Any]:
    found = {feature["id"]: feature for feature in features}[name]
    return found | {"links": [_link(root, f"{PATHS[-1]}/{name}", "self", GEOJSON), _link(root, PATHS[-2], "collection")]}


def _page(query: Mapping[str, str], root: str, features: Sequence[Feature]) -> dict[str, Any]:
    """One page of what lies in the box and was released in the time asked for, with a link to the next."""
    limit, offset = min(_whole("limit", query, LIMIT, least=1), MOST), _whole("offset", query, 0, least=0)
    inside, during = _in_box(query.get("bbox")), _released_in(query.get("datetime"))
    matched = [feature for feature in features if inside(feature) and during(feature)]
    page = matched[offset : offset + limit]
    links = [_link(root, _asked(query), "self", GEOJSON)]
    if offset + limit < len(matched):
        links.append(_link(root, _asked({**query, "limit": str(limit), "offset": str(offset + limit)}), "next", GEOJSON))
    return {"type": "FeatureCollection", "links": links, "numberMatched": len(matched), "numberReturned": len(page), "features": page}


def _asked(query: Mapping[str, str]) -> str:
    return PATHS[-1] + (f"?{urlencode(query)}" if query else "")


def _whole(name: str, query: Mapping[str, str], default: int, least: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) >= least):
        raise BadInput(f"{name} is {text[:40]!r}; give a whole number from {least}")
    return int(text)


def _in_box(text: str | None) -> Callable[[Feature], bool]:
    """Whether a feature meets the box; one whose west lies east of its east runs over the 180th meridian."""
    if text is None:
        return lambda feature: True
    try:
        numbers = [float(each) for each in text.split(",")]
        west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
        wrong = len(numbers) not in (4, 6) or not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90)
    except ValueError:
        wrong = True
    if wrong:
        raise BadInput(f"bbox is {text[:80]!r}; give west,south,east,north in degrees")
    boxes = [box(west, south, east, north)] if west <= east else [box(west, south, 180, north), box(-180, south, east, north)]
    return lambda feature: any(shape(feature["geometry"]).intersects(each) for each in boxes)


def _released_in(text: str | None) -> Callable[[Feature], bool]:
    """Whether a feature was released at the moment, or within the closed interval, that the parameter gives (RFC 3339)."""
    if text is None:
        return lambda feature: True
    try:
        ends = [None if each in ("", "..") else datetime.fromisoformat(each) for each in text.split("/")]
        wrong = not 1 <= len(ends) <= 2 or ends == [None] or any(end is not None and end.utcoffset() is None for end in ends)
    except ValueError:
        wrong = True
    if wrong:
        raise BadInput(f"datetime is {text[:80]!r}; give 2026-11-22T00:00:00Z, or two of them with a slash between, .. for an open end")
    first, last = ends[0] or datetime.min.replace(tzinfo=UTC), ends[-1] or datetime.max.replace(tzinfo=UTC)
    return lambda feature: first <= datetime.fromisoformat(feature["properties"]["released"]) <= last
