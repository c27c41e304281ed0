"""Lists in force: a version loaded, compared with the one it replaces, and names asked again when a list has changed.

A workspace keeps the newest good version of each list under its name; the ledger keeps the digest of every one. Names that were asked
are not kept: whoever wants to know what a new version changes brings them along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.model import json
from cathartes.network.list_formats import read_list
from cathartes.network.lists import Difference, PartyList, difference, successor
from cathartes.network.screen import MIDDLE, Hit, Query, prepare, score_of, screen
from cathartes.store import Workspace

CURATED = "us-fto-mexico"
THRESHOLD = score_of(MIDDLE)


@dataclass(frozen=True)
class Loaded:
    """A list now in force, the one it replaced, and what changed."""

    now: PartyList
    before: PartyList | None
    changed: Difference | None


@dataclass(frozen=True)
class Asked:
    """What a new version changes for a set of names: hits that are new, and hits of parties no longer listed or no longer so named."""

    appeared: tuple[Hit, ...]
    vanished: tuple[Hit, ...]


def load_list(
    name: str, paths: Sequence[Path], workspace: Workspace, dated: date | None = None, *, even_if_smaller: bool = False
) -> Loaded:
    """Put a list in force; without files, the curated one. Raises `BadInput` where the old version must stay (`lists.successor`)."""
    if paths:
        now = read_list(paths, name, dated)
    elif name == CURATED:
        with as_file(files("cathartes").joinpath(f"data/lists/{CURATED}.csv")) as path:
            now = read_list([path], name, date(2025, 2, 20))
    else:
        raise BadInput(f"name the files of the list {name!r}; only {CURATED} comes with the program")
    before = in_force(name, workspace) if name in workspace.find("list") else None
    if not even_if_smaller or not now.parties:
        successor(before, now)
    workspace.keep("list", name, json.encode(now), act="ingest")
    return Loaded(now, before, difference(before, now) if before else None)


def in_force(name: str, workspace: Workspace) -> PartyList:
    """The version of a list that is in force. Raises `StoreFailure` when the workspace has no such list."""
    return json.decode(workspace.load("list", name), PartyList)


def asked_again(loaded: Loaded, queries: Sequence[Query]) -> Asked:
    """What the new version changes for these names, at a score of one half and above. Delisting shows as hits that vanish."""
    after = _hits(loaded.now, queries)
    before = _hits(loaded.before, queries) if loaded.before else {}
    return Asked(
        tuple(hit for pair, hit in after.items() if pair not in before), tuple(hit for pair, hit in before.items() if pair not in after)
    )


def _hits(listed: PartyList, queries: Sequence[Query]) -> dict[tuple[str, str], Hit]:
    found = screen(queries, prepare(listed.listed()))
    return {(hit.query, hit.entity): hit for hit in found if hit.score >= THRESHOLD}
