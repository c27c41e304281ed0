"""Persons, organisations, places and vehicles that documents name, as FollowTheMoney entities with a statement for every property.

One entity is one name in one set of documents; whether two names are one person is not decided here but in `network`. A statement
says where it stands and how far its source is trusted (Admiralty code). Nothing gives a person a place or a time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cathartes.language.tellings import Source
from cathartes.model import Fact, FactKind, identifier

SCHEMATA = {
    FactKind.PERSON: ("Person", "name"), FactKind.ALIAS: ("Person", "alias"), FactKind.ORGANISATION: ("Organization", "name"),
    FactKind.PLACE: ("Address", "full"), FactKind.PLATE: ("Vehicle", "registrationNumber"),
}  # fmt: skip
_ALIAS_LINK = re.compile(
    r"[,\s]*(?:\(?\s*(?:alias|a\.?k\.?a\.?|\(a\)|apodad[oa]|conocid[oa]\s+como|known\s+as|nicknamed)\s*[:\"“«'(]*\s*|[\"“«])", re.IGNORECASE
)
_MEMBER_LINK = re.compile(
    r"\s*,?\s*(?:presunto\s+|an?\s+)?(?P<role>integrante|miembro|líder|jefe|operador|fundador|director|titular|vocero|member|leader|head|boss|director|spokesman)"
    r"\s+(?:de|del|of)\s+(?:la\s+|el\s+|los\s+|las\s+|the\s+)?", re.IGNORECASE
)  # fmt: skip


MOST_STATEMENTS = 1000
"""Statements that are kept of one entity: who is named more often is named often."""


@dataclass(frozen=True)
class Said:
    """One statement: a property's value, the document and span it stands in, and the grade of its source."""

    prop: str
    value: str
    source: str
    start: int
    end: int
    grade: str


@dataclass(frozen=True)
class Entity:
    """A FollowTheMoney entity: schema and statements. A relation names its two ends in its statements."""

    id: str
    schema: str
    said: tuple[Said, ...]


def add_statements(statements: dict[tuple[str, str], list[Said]], source: Source, grade: str) -> None:
    """Adds what a document says of each entity, by its schema and key. `grade` is its Admiralty grade (`F6`: unknown)."""
    for schema, key, said in _statements(source, grade):
        known = statements.setdefault((schema, key), [])
        if len(known) < MOST_STATEMENTS:
            known.append(said)


def entities_of(statements: Mapping[tuple[str, str], Sequence[Said]]) -> tuple[Entity, ...]:
    """Every entity and relation, in order of schema and first name."""
    return tuple(Entity(identifier("entity", key), key[0], tuple(said)) for key, said in sorted(statements.items()))


def _statements(source: Source, grade: str) -> Iterator[tuple[str, str, Said]]:
    known = [fact for fact in source.facts if fact.kind in SCHEMATA]
    for number, fact in enumerate(known):
        before = known[number - 1] if number else None
        schema, prop = SCHEMATA[fact.kind]
        said = Said(prop, fact.text, source.name, source.start + fact.start, source.start + fact.end, grade)
        link = source.text[before.end : fact.start] if before else ""
        if before and fact.kind is FactKind.ALIAS and before.kind is FactKind.PERSON and _ALIAS_LINK.fullmatch(link):
            yield "Person", before.text.casefold(), said
            continue
        yield schema, fact.text.casefold(), said
        role = _MEMBER_LINK.fullmatch(link) if before else None
        if before and role and before.kind in (FactKind.PERSON, FactKind.ALIAS) and fact.kind is FactKind.ORGANISATION:
            yield from _membership(source, before, fact, role["role"].lower(), grade)


def _membership(source: Source, person: Fact, organisation: Fact, role: str, grade: str) -> Iterator[tuple[str, str, Said]]:
    ends = (identifier("entity", ("Person", person.text.casefold())), identifier("entity", ("Organization", organisation.text.casefold())))
    for prop, value in (("member", ends[0]), ("organization", ends[1]), ("role", role)):
        span = source.start + person.start, source.start + organisation.end
        yield "Membership", "-".join(ends), Said(prop, value, source.name, *span, grade)


def as_follow_the_money(entity: Entity) -> dict[str, object]:
    """The entity as FollowTheMoney's JSON (id, schema, properties), with its statements beside."""
    properties: dict[str, list[str]] = {}
    for said in entity.said:
        values = properties.setdefault(said.prop, [])
        if said.value not in values:
            values.append(said.value)
    statements = [
        {"prop": said.prop, "value": said.value, "file": said.source, "start": said.start, "end": said.end, "grade": said.grade}
        for said in entity.said
    ]
    return {"id": entity.id, "schema": entity.schema, "properties": properties, "statements": statements}
