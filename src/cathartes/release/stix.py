"""A release as a STIX 2.1 bundle with an object type of its own, defined by an extension, and its revocation.

A lead is no threat report and a plume no STIX location of an actor: the extension says what a lead is, its schema is
docs/reference/stix-extension.schema.json. How a bundle reaches a TAXII collection is in `release.send`.
"""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from cathartes.messages import LANGUAGES
from cathartes.model import Frame, Release, Tlp, json
from cathartes.release.cot import error_m
from cathartes.release.geojson import frame_of
from cathartes.release.telling import found, overall_marking

Object: TypeAlias = dict[str, Any]

NAMESPACE = UUID("6f2d3c0a-3f0d-5c52-9d0e-6b1f7a0c9e41")
EXTENSION = f"extension-definition--{uuid5(NAMESPACE, 'cathartes-lead/1')}"
AUTHOR = f"identity--{uuid5(NAMESPACE, 'desk')}"
SCHEMA = "docs/reference/stix-extension.schema.json"
BORN = "2026-11-22T00:00:00.000Z"
KIND = "x-gas-source-lead"

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_MARKINGS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
"""The marking definitions of TLP 2.0 in the OASIS common object repository."""


class StixWriter:
    """A release as a STIX bundle."""

    suffix = "stix.json"

    def write(self, release: Release) -> bytes:
        """The bundle as JSON in UTF-8."""
        return json.encode(bundle(release)) + b"\n"


def bundle(release: Release, revoked: datetime | None = None) -> Object:
    """Extension, author, marking, place (where one may be told) and lead; with `revoked`, the version that withdraws them."""
    place = [_place(release, revoked)] if _has_place(release) else []
    objects = [_extension(), _author(), _marking(overall_marking(release.lead)), *place, _lead(release, revoked)]
    return {"type": "bundle", "id": f"bundle--{uuid5(NAMESPACE, release.id)}", "objects": objects}


def lead_id(release: Release) -> str:
    """The name of the release's lead object, the same for every version of it."""
    return f"{KIND}--{uuid5(NAMESPACE, release.id)}"


def _has_place(release: Release) -> bool:
    return bool(release.lead.sources) and frame_of(release.lead) is Frame.WGS84


def _extension() -> Object:
    told = {"name": "cathartes lead", "description": "A place on the ground that probably emits a gas, reviewed by people."}
    kinds = {"schema": SCHEMA, "version": "1.0.0", "extension_types": ["new-sdo"], "created_by_ref": AUTHOR}
    return {"type": "extension-definition", "spec_version": "2.1", "id": EXTENSION, "created": BORN, "modified": BORN} | told | kinds


def _author() -> Object:
    about = {"name": "cathartes desk", "identity_class": "organization"}
    return {"type": "identity", "spec_version": "2.1", "id": AUTHOR, "created": BORN, "modified": BORN} | about


def _marking(tlp: Tlp) -> Object:
    word = {"extension_type": "property-extension", "tlp_2_0": tlp.value.removeprefix("TLP:").lower()}
    about = {"name": tlp.value, "extensions": {TLP_EXTENSION: word}}
    return {"type": "marking-definition", "spec_version": "2.1", "id": TLP_MARKINGS[tlp], "created": "2022-10-01T00:00:00.000Z"} | about


def _common(release: Release, revoked: datetime | None) -> Object:
    at = release.at or release.lead.custody.at
    made = _zulu(at.utc) if at else BORN
    dates: Object = {"created": made, "modified": _zulu(revoked) if revoked else made} | ({"revoked": True} if revoked else {})
    return {"spec_version": "2.1", "created_by_ref": AUTHOR, "object_marking_refs": [TLP_MARKINGS[overall_marking(release.lead)]]} | dates


def _place(release: Release, revoked: datetime | None) -> Object:
    source = release.lead.sources[0]
    where = {"latitude": source.place.y, "longitude": source.place.x, "precision": error_m(source)}
    return {"type": "location", "id": f"location--{uuid5(NAMESPACE, release.id)}"} | where | _common(release, revoked)


def _lead(release: Release, revoked: datetime | None) -> Object:
    lead = release.lead
    told = {f"found_{language}": found(lead, language) for language in LANGUAGES}
    about = {
        "lead": lead.id, "release": release.id, "gas": lead.gas, "is_sample": lead.is_sample, "audience": release.audience,
        "hypotheses": {each.name: each.probability for each in lead.hypotheses},
        "extensions": {EXTENSION: {"extension_type": "new-sdo"}},
    }  # fmt: skip
    if _has_place(release):
        about["location_ref"] = f"location--{uuid5(NAMESPACE, release.id)}"
    return {"type": KIND, "id": lead_id(release)} | about | told | _common(release, revoked)


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
