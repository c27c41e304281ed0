"""What an order of erasure takes: everything of one thing that nothing else holds. The ledger's lines stay, and with them the digests.

A thing belongs to its owners (the field `of`); it goes with an owner only when all of them go.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from cathartes.store.ledger import Entry

ERASURE = "erasure"
"""The act that takes a content away; its entry keeps the kind, the id and the digest, and is `of` the order."""
DIGESTS_ONLY = frozenset({"manifest", "order", "proof"})
"""Kinds that hold no content of a case: they prove what once was, and on whose order it went."""


class Version(NamedTuple):
    """One content of one thing."""

    kind: str
    id: str
    digest: str


Held: TypeAlias = Mapping[Version, frozenset[str]]


def held(entries: Iterable[Entry]) -> dict[Version, frozenset[str]]:
    """Every version that is not erased, with all its owners."""
    owners: dict[Version, frozenset[str]] = {}
    for entry in entries:
        version = Version(entry["kind"], entry["id"], entry["digest"])
        if entry["act"] == ERASURE:
            owners.pop(version, None)
        elif entry["act"] != "seal":
            owners[version] = owners.get(version, frozenset()) | {entry["of"]}
    return owners


def belonging(what: str, all_held: Held) -> list[Version]:
    """The thing itself and everything that belongs to it, less what other things hold too, in the ledger's order.

    A step that names no flight may rest on any: it goes with each flight, and is computed again where it is needed.
    """
    names = _names(what, all_held)
    ownerless = {""} if any((version.kind, version.id) == ("flight", what) for version in all_held) else set[str]()
    taken = {
        version: None
        for version, owners in all_held.items()
        if version.kind not in DIGESTS_ONLY and (_is_in(version, names) or (version.kind == "step" and owners <= ownerless))
    }
    elsewhere = {version.digest for version in all_held if version not in taken}
    return [version for version in taken if version.digest not in elsewhere]


def _names(what: str, all_held: Held) -> set[str]:
    names, more = set[str](), {what}
    while more:
        names |= more
        more = {version.id for version, owners in all_held.items() if version.kind not in DIGESTS_ONLY and owners <= names} - names
    return names


def _is_in(version: Version, names: set[str]) -> bool:
    if version.kind != "product":
        return version.id in names
    # A flight's products lie in its folder; a release's or a correction's bears its id.
    path = PurePosixPath(version.id)
    return path.parts[0] in names or path.stem in names
