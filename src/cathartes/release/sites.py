"""Sites as GeoJSON, read back, and who would be told of them on which day. The format is docs/reference/sites.md.

How observations become sites is in `assess.fusion`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

import msgspec

from cathartes.errors import BadInput
from cathartes.messages import LANGUAGES, number, say
from cathartes.model import Frame, Site, Statement
from cathartes.model.site import VAGUE_M, WIDTH_M
from cathartes.release.geojson import Feature, collection


@dataclass(frozen=True)
class Notice:
    """One message about one site: `receiver` would be told on `day` (UTC) what was observed there on that day."""

    receiver: str
    site: str
    day: str


class Properties(msgspec.Struct):
    """What a later run and the notices need to know of a site."""

    detections: tuple[str, ...]
    days: tuple[str, ...]


class SiteFeature(msgspec.Struct):
    """One site as read back."""

    id: str
    properties: Properties


class Sites(msgspec.Struct):
    """The file as read back; everything else in it is for people and maps."""

    type: Literal["FeatureCollection"]
    features: tuple[SiteFeature, ...]


def sites_collection(sites: Sequence[Site]) -> bytes:
    """A FeatureCollection with one point per site. Same sites, same bytes."""
    return collection(Frame.WGS84, map(_feature, sites), {})


def _feature(site: Site) -> Feature:
    geometry = {"type": "Point", "coordinates": [round(site.place.x, 7), round(site.place.y, 7)]}
    return {"type": "Feature", "id": site.id, "geometry": geometry, "properties": _properties(site)}


def _properties(site: Site) -> dict[str, Any]:
    seen = site.observations
    rates = [each.rate_kg_h for each in seen if each.rate_kg_h is not None]
    return {
        "detections": [each.id for each in seen],
        "days": list(site.days),
        "first_utc": seen[0].at.utc.isoformat(),
        "last_utc": seen[-1].at.utc.isoformat(),
        "sigma_m": round(site.sigma_m, 1),
        "width_m": round(site.width_m, 1),
        "kinds": _each_once(each.kind for each in seen),
        "gases": _each_once(each.gas for each in seen),
        "instruments": _each_once(each.instrument for each in seen),
        "rate_kg_h_median": median(rates) if rates else None,
        "doubtful": list(site.doubtful),
        **{f"notes_{language}": [say(note, language) for note in notes(site)] for language in LANGUAGES},
    }


def _each_once(words: Iterable[str | None]) -> list[str]:
    return sorted({word for word in words if word is not None})


def notes(site: Site) -> list[Statement]:
    """What a reader must know before the site's place is believed: why it is wide, what was assumed, what may belong elsewhere."""
    said = []
    vague = [each for each in site.observations if each.sigma_m > VAGUE_M]
    if site.width_m > WIDTH_M:
        told: dict[str, str | int | float] = {"width": number(site.width_m), "limit": number(WIDTH_M)}
        said.append(Statement("site.wide", told | {"count": len(vague), "sigma": number(max(each.sigma_m for each in vague))}))
    if any(each.is_sigma_assumed for each in site.observations):
        said.append(Statement("site.sigma_assumed", {"count": sum(each.is_sigma_assumed for each in site.observations)}))
    if site.doubtful:
        said.append(Statement("site.doubtful", {"count": len(site.doubtful)}))
    return said


def read_sites(path: Path) -> Sites:
    """The sites of a file that `sites_collection` wrote. Raises `BadInput` for any other."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Sites)
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; name a file that `cathartes fuse` wrote") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BadInput(f"{path.name} is not a file of sites as `cathartes fuse` writes it: {problem}") from None


def former_sites(sites: Sites) -> dict[str, str]:
    """Which site each observation had."""
    return {observation: site.id for site in sites.features for observation in site.properties.detections}


def notices(sites: Sites, receivers: Sequence[str]) -> list[Notice]:
    """Who would be told of which site on which day: once, however many instruments saw it how often."""
    days = [(day, site.id) for site in sites.features for day in dict.fromkeys(site.properties.days)]
    return [Notice(receiver, site, day) for day, site in sorted(set(days)) for receiver in dict.fromkeys(receivers)]


@dataclass(frozen=True)
class SiteChange:
    """What later data did to one site: observations that joined and that left; one without any left is withdrawn."""

    site: str
    joined: tuple[str, ...]
    left: tuple[str, ...]
    is_new: bool
    is_withdrawn: bool


def changes(earlier: Mapping[str, str], sites: Sequence[Site]) -> list[SiteChange]:
    """How the sites differ from the earlier run in which each observation had the site that `earlier` says."""
    now = {each.id: site.id for site in sites for each in site.observations}
    before, after = _members(earlier), _members(now)
    found = (_change(name, before.get(name, set()), after.get(name, set())) for name in sorted({*before, *after}))
    return [each for each in found if each.joined or each.left]


def _members(of: Mapping[str, str]) -> dict[str, set[str]]:
    members: dict[str, set[str]] = {}
    for observation, site in of.items():
        members.setdefault(site, set()).add(observation)
    return members


def _change(site: str, before: set[str], after: set[str]) -> SiteChange:
    return SiteChange(site, tuple(sorted(after - before)), tuple(sorted(before - after)), not before, not after)
