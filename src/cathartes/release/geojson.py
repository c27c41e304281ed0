"""GeoJSON (RFC 7946) of one release, and the desk's own collections of sources, detections and leads of a flight.

Local-frame collections hold metres and say so with `"frame": "local"`: they are GeoJSON in form only and never pretend to be
on the globe. The layers for mapping programs are in `release.geopackage` and `release.kml`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from shapely.geometry import Polygon, mapping
from shapely.geometry.polygon import orient

from cathartes.messages import LANGUAGES, say
from cathartes.model import Detection, Flight, Frame, Lead, NearbyEmitter, Quantity, Region, Release, Source
from cathartes.release.telling import found, overall_marking

Feature: TypeAlias = dict[str, Any]


class GeoJsonWriter:
    """A release as one FeatureCollection: source, regions, other sources, search area, instruments and registered emitters."""

    suffix = "geojson"

    def write(self, release: Release) -> bytes:
        """The collection in UTF-8; what the audience may not have is simply not there."""
        lead = release.lead
        features = [*source_features(lead.sources), *_neighbours(lead), *_search(lead), *_instruments(lead), *map(_emitter, lead.emitters)]
        about = _told(lead) | {"release": release.id, "audience": release.audience, "marking": overall_marking(lead).value}
        return collection(frame_of(lead), features, about)


def sources_collection(flight: Flight, sources: Sequence[Source]) -> bytes:
    """The desk's own `sources.geojson`: per source a point (role `source`) and its regions (`region50`, `region90`)."""
    return collection(flight.frame.kind, source_features(sources), {"flight": flight.id})


def detections_collection(flight: Flight, detections: Sequence[Detection]) -> bytes:
    """The desk's own `detections.geojson`: where each instrument was at the peak of each detection."""
    return collection(flight.frame.kind, map(_detection, detections), {"flight": flight.id})


def leads_collection(flight: Flight, leads: Sequence[Lead]) -> bytes:
    """The desk's own `leads.geojson`: one point per lead, with its finding in both languages and its hypotheses."""
    return collection(flight.frame.kind, (_lead(lead) for lead in leads if lead.sources), {"flight": flight.id})


def frame_of(lead: Lead) -> Frame:
    """The frame of everything in the lead; a lead without any place is local, so that nothing is put on the globe."""
    regions = [source.region90 for source in lead.sources] + ([lead.search] if lead.search else [])
    frames = [*(region.frame for region in regions), *(grid.frame for grid in lead.coverage)]
    return frames[0] if frames else Frame.LOCAL


def collection(frame: Frame, features: Iterable[Feature], about: dict[str, Any]) -> bytes:
    """A FeatureCollection with foreign members `frame` and `about`'s (RFC 7946, section 6.1), a line per feature."""
    head = json.dumps({"type": "FeatureCollection", "frame": frame.value, **about}, ensure_ascii=False)
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{head[:-1]}, "features": [\n{lines}\n]}}\n'.encode()


def source_features(sources: Iterable[Source]) -> list[Feature]:
    """Per source its point and, beside it, its regions under the same `source_id`."""
    return [feature for source in sources for feature in _source(source)]


def _neighbours(lead: Lead) -> list[Feature]:
    """The other sources of the gas, as the lead's own but with roles that begin with `neighbour`."""
    features = source_features(lead.neighbours)
    for feature in features:
        role = feature["properties"]["role"]
        feature["properties"]["role"] = "neighbour" if role == "source" else f"neighbour_{role}"
    return features


def _source(source: Source) -> list[Feature]:
    own = {"source_id": source.id}
    point = own | {"role": "source", "gas": source.gas, "probability": source.probability, "rate_kg_h": _rate(source.rate)}
    return [
        _feature(_point(source.place.x, source.place.y), point),
        *(
            _feature(polygons(region), own | {"role": f"region{100 * region.level:.0f}", "level": region.level, "area_m2": region.area_m2})
            for region in (source.region90, source.region50)
        ),
    ]


def _rate(rate: Quantity) -> dict[str, float | None]:
    """Median and bounds in kg/h; the bounds carry their level in their names."""
    level = 90 if rate.level is None else round(100 * rate.level)
    return {"median": rate.value, f"lo{level}": rate.low, f"hi{level}": rate.high}


def _feature(geometry: Feature, properties: dict[str, Any]) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(x: float, y: float) -> Feature:
    return {"type": "Point", "coordinates": [x, y]}


def polygons(region: Region) -> Feature:
    """A region as a MultiPolygon whose outer rings run counter-clockwise (RFC 7946, section 3.1.6)."""
    parts = [mapping(orient(Polygon(rings[0], rings[1:]))) for rings in region.polygons]
    return {"type": "MultiPolygon", "coordinates": [part["coordinates"] for part in parts]}


def _search(lead: Lead) -> list[Feature]:
    return [_feature(polygons(lead.search), {"role": "search", "area_m2": lead.search.area_m2})] if lead.search else []


def _instruments(lead: Lead) -> list[Feature]:
    return [
        _feature(_line(instrument.line), {"role": "instrument", "name": instrument.name, "kind": instrument.kind})
        for instrument in lead.instruments
        if instrument.line
    ]


def _line(points: Sequence[tuple[float, float]]) -> Feature:
    if len(set(points)) == 1:
        return _point(*points[0])
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def _emitter(emitter: NearbyEmitter) -> Feature:
    told = {"role": "emitter", "emitter_id": emitter.id, "name": emitter.name, "register": emitter.register}
    near = {"distance_m": emitter.distance_m, "emits_this_gas": emitter.emits_this_gas, "releases_kg": dict(emitter.releases_kg)}
    return _feature(_point(emitter.place.x, emitter.place.y), told | near)


def _detection(detection: Detection) -> Feature:
    told = {"role": "detection", "detection_id": detection.id, "kind": detection.kind, "instrument": detection.instrument}
    span = {"start_s": detection.span.start_s, "end_s": detection.span.end_s}
    return _feature(_point(detection.place.x, detection.place.y), told | span | dict(_seen(detection)))


def _seen(detection: Detection) -> Iterator[tuple[str, Any]]:
    """The gas with its peak, and what was seen in words of both languages, as far as the detection has them."""
    if detection.gas is not None:
        yield from (("gas", detection.gas), ("significance", detection.significance))
    if detection.peak is not None:
        yield f"peak_{detection.peak.unit}", detection.peak.value
    if detection.says is not None:
        yield from ((f"says_{language}", say(detection.says, language)) for language in LANGUAGES)


def _lead(lead: Lead) -> Feature:
    source = lead.sources[0]
    told = {"role": "lead", "lead_id": lead.id, "source_id": source.id, "is_sample": lead.is_sample, "rate_kg_h": _rate(source.rate)}
    return _feature(_point(source.place.x, source.place.y), told | {"gas": lead.gas, "probability": source.probability} | _told(lead))


def _told(lead: Lead) -> dict[str, Any]:
    """The finding in both languages, and the hypotheses by name."""
    sentences = {f"found_{language}": found(lead, language) for language in LANGUAGES}
    names = {hypothesis.name: hypothesis.probability for hypothesis in lead.hypotheses}
    return {**sentences, "hypotheses": names, "is_sample": lead.is_sample}
