"""Claims as other programs read them: FollowTheMoney statements, STIX 2.1, MISP; and what each of these cannot carry.

Expired claims never leave: every writer takes the day and drops them. A round trip gives back every field that the format can carry;
`CANNOT_CARRY` lists the others, field by field.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cathartes.errors import BadInput
from cathartes.model import digest_of, json
from cathartes.network.claims import Claim, Grade, in_force

CANNOT_CARRY: Mapping[str, tuple[str, ...]] = {
    "ftm": ("grade", "author", "basis", "review_on", "expires_on", "place_in_source"),
    "stix": (),
    "misp": ("basis", "review_on", "expires_on", "place_in_source", "author"),
}
"""Fields of a claim that are lost. STIX loses none because our extension holds the claims whole; a reader without it sees names only."""

EXTENSION = f"extension-definition--{uuid5(NAMESPACE_URL, 'cathartes:claims:1')}"
STIX_CONFIDENCE = {1: 90, 2: 70, 3: 50, 4: 30, 5: 10}
"""STIX 2.1, appendix A, Admiralty credibility; 6 "cannot be judged" has no number."""
STIX_CLASS = {"Person": "individual", "Company": "organization", "Organization": "organization"}
MISP_OBJECTS = {"Person": "person", "Company": "organization", "Organization": "organization"}
MISP_GRADE = "admiralty-scale"


def to_ftm(claims: Iterable[Claim], today: date) -> bytes:
    """FollowTheMoney statements, one JSON object a line."""
    return b"".join(
        json.encode(
            {
                "id": digest_of(json.encode(claim))[:40],
                "entity_id": claim.party,
                "canonical_id": claim.party,
                "schema": claim.schema,
                "prop": claim.property,
                "value": claim.value,
                "dataset": claim.source,
                "origin": claim.origin,
                "external": False,
                "first_seen": claim.first_seen,
                "last_seen": claim.last_seen,
            }
        )
        + b"\n"
        for claim in in_force(claims, today)
    )


def from_ftm(content: bytes, missing: Claim) -> list[Claim]:
    """The claims in FollowTheMoney statements; what the format lacks is taken from `missing`. Raises `BadInput` naming a bad line."""
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        row = _mapping(line, f"line {number}")
        try:
            found.append(
                _with(
                    missing,
                    party=row["entity_id"],
                    schema=row["schema"],
                    property=row["prop"],
                    value=row["value"],
                    source=row["dataset"],
                    origin=row.get("origin") or "",
                    first_seen=_day(row["first_seen"]),
                    last_seen=_day(row["last_seen"]),
                )
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise BadInput(
                f"line {number} is no FollowTheMoney statement ({problem}); expected entity_id, schema, prop, value, dataset"
            ) from None
    return found


def to_stix(claims: Iterable[Claim], today: date) -> bytes:
    """A STIX 2.1 bundle: an identity per party, its claims whole in our extension, the lowest credibility as its confidence."""
    by_party: dict[str, list[Claim]] = defaultdict(list)
    for claim in in_force(claims, today):
        by_party[claim.party].append(claim)
    stamp = f"{today.isoformat()}T00:00:00.000Z"
    maker = f"identity--{uuid5(NAMESPACE_URL, 'cathartes')}"
    objects: list[dict[str, Any]] = [
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": maker,
            "created": stamp,
            "modified": stamp,
            "name": "cathartes",
            "identity_class": "system",
        },
        {
            "type": "extension-definition",
            "spec_version": "2.1",
            "id": EXTENSION,
            "created": stamp,
            "modified": stamp,
            "created_by_ref": maker,
            "name": "cathartes claims",
            "schema": "docs/reference/exchange.md",
            "version": "1.0.0",
            "extension_types": ["property-extension"],
        },
    ]
    objects += [_identity(party, own, stamp) for party, own in by_party.items()]
    return json.encode({"type": "bundle", "id": f"bundle--{uuid5(NAMESPACE_URL, digest_of(json.encode(objects)))}", "objects": objects})


def _identity(party: str, claims: Sequence[Claim], stamp: str) -> dict[str, Any]:
    names = [claim.value for claim in claims if claim.property == "name"]
    found: dict[str, Any] = {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{uuid5(NAMESPACE_URL, 'cathartes:party:' + party)}",
        "created": stamp,
        "modified": stamp,
        "name": (names or [party])[0],
        "identity_class": STIX_CLASS.get(claims[0].schema, "unknown"),
        "extensions": {EXTENSION: {"extension_type": "property-extension", "claims": claims}},
    }
    worst = max(claim.grade.credibility for claim in claims)
    return found | ({"confidence": STIX_CONFIDENCE[worst]} if worst in STIX_CONFIDENCE else {})


def from_stix(content: bytes) -> list[Claim]:
    """The claims in a STIX 2.1 bundle that carries our extension. Raises `BadInput` for anything else."""
    found = []
    for thing in _mapping(content, "the bundle").get("objects", ()):
        held = thing.get("extensions", {}).get(EXTENSION) if isinstance(thing, dict) else None
        if held is not None:
            found += [json.decode(json.encode(claim), Claim) for claim in held.get("claims", ())]
    if not found:
        raise BadInput("the STIX bundle holds no claim of ours; expected identities with the extension of docs/reference/exchange.md")
    return found


def to_misp(claims: Iterable[Claim], today: date) -> bytes:
    """A MISP event: an object per party, an attribute per claim, both letters of the grade as tags of the taxonomy `admiralty-scale`."""
    by_party: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in in_force(claims, today):
        by_party[claim.party, claim.schema].append(claim)
    objects = [
        {
            "name": MISP_OBJECTS.get(schema, "entity"),
            "meta-category": "misc",
            "uuid": str(uuid5(NAMESPACE_URL, f"cathartes:misp:{party}")),
            "comment": party,
            "description": schema,
            "Attribute": [_attribute(claim) for claim in own],
        }
        for (party, schema), own in by_party.items()
    ]
    return json.encode(
        {"Event": {"info": "cathartes", "date": today, "distribution": "0", "analysis": "1", "threat_level_id": "4", "Object": objects}}
    )


def _attribute(claim: Claim) -> dict[str, Any]:
    tags = [
        f'{MISP_GRADE}:source-reliability="{claim.grade.reliability.lower()}"',
        f'{MISP_GRADE}:information-credibility="{claim.grade.credibility}"',
    ]
    return {
        "type": "text",
        "category": "Other",
        "object_relation": claim.property,
        "value": claim.value,
        "to_ids": False,
        "uuid": str(uuid5(NAMESPACE_URL, digest_of(json.encode(claim)))),
        "first_seen": _instant(claim.first_seen),
        "last_seen": _instant(claim.last_seen),
        "comment": json.encode({"source": claim.source, "origin": claim.origin}).decode(),
        "Tag": [{"name": tag} for tag in tags],
    }


def from_misp(content: bytes, missing: Claim) -> list[Claim]:
    """The claims in a MISP event of ours; what the format lacks is taken from `missing`. Raises `BadInput` for anything else."""
    event = _mapping(content, "the event").get("Event")
    found = []
    try:
        for thing in event["Object"]:  # type: ignore[index]
            for one in thing["Attribute"]:
                reliability, credibility = (tag["name"].rpartition("=")[2].strip('"') for tag in one["Tag"])
                told = _mapping(one["comment"].encode(), "a comment")
                found.append(
                    _with(
                        missing,
                        party=thing["comment"],
                        schema=thing["description"],
                        property=one["object_relation"],
                        value=one["value"],
                        source=told["source"],
                        origin=told["origin"],
                        grade=Grade(reliability.upper(), int(credibility)),
                        first_seen=_day(one["first_seen"]),
                        last_seen=_day(one["last_seen"]),
                    )
                )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise BadInput(f"the MISP event is not one of ours ({problem}); expected objects with graded attributes") from None
    return found


def _with(claim: Claim, **fields: Any) -> Claim:
    """The claim with other fields."""
    values = {name: getattr(claim, name) for name in Claim.__dataclass_fields__} | fields
    return Claim(**values)


def _mapping(content: bytes, what: str) -> dict[str, Any]:
    try:
        return json.decode(content, dict)
    except BadInput:
        raise BadInput(f"{what} is no JSON object") from None


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _instant(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat()
