"""Checks a bundle or a workspace with the partner's own verifier, also where the catalogue or the objects lie outside the folder."""

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.store.catalog import Catalog, rows_of
from cathartes.store.objects import Objects
from cathartes.store.workspace import DATABASE_VARIABLE, MARK, OBJECTS_VARIABLE
from cathartes.verifier import APART, Finding, Folder, Report, judge, parse, unpack


def check(path: Path, head: Path | None = None, key: Path | None = None) -> Report:
    """Everything in the bundle or workspace at `path` that is not as it was signed; see `cathartes.verifier.judge`.

    `head` is an earlier signed head or bundle, `key` the trusted public key. A catalogue or objects that the variables
    CATHARTES_DATABASE and CATHARTES_OBJECTS name are checked too. Nothing is changed. Raises `BadInput` for a path that is neither.
    """
    try:
        files = Folder(path) if path.is_dir() else unpack(path.name, path.read_bytes())
        earlier, trusted = (given.read_bytes() if given else None for given in (head, key))
    except Finding as finding:
        return Report("bundle", [finding], "", [])
    except OSError as problem:
        raise BadInput(f"{problem.filename} cannot be read: {problem.strerror}; name a bundle (.zip) or a workspace folder") from None
    if not files.keys() & {*APART, "public.pem"}:
        raise BadInput(f"{path} is neither a bundle nor a workspace: it holds neither proof.json nor ledger.log")
    if "ledger.log" not in files:
        return judge(files, earlier, trusted)
    return check_workspace(files, path, earlier, trusted)


def is_unfinished(path: Path) -> bool:
    """Whether a command was cut off in the workspace at `path`, or still has it: what it kept last is not signed yet."""
    return (path / MARK).exists()


def check_workspace(files: Mapping[str, bytes], folder: Path, earlier: bytes | None, key: bytes | None) -> Report:
    """A workspace, with the parts of it that lie elsewhere."""
    objects, database = os.environ.get(OBJECTS_VARIABLE), os.environ.get(DATABASE_VARIABLE)
    if objects:
        files = ChainMap(files, Objects(objects, folder / "parts"))  # type: ignore[arg-type]  # it is only read
    report = judge(files, earlier, key)
    if database and not report.broken:
        report.broken.extend(differing_rows(files["ledger.log"], database))
    return report


def differing_rows(ledger: bytes, database: str) -> Iterator[Finding]:
    """The first row of a catalogue outside the folder that is not what the ledger says."""
    wanted = {row.position: row for row in rows_of([parse("ledger.log", line) for line in ledger.split(b"\n")[:-1]])}
    with closing(Catalog(database)) as catalog:
        rows = {row.position: row for row in catalog.rows()}
    for position in sorted(rows.keys() | wanted.keys()):
        if rows.get(position) != wanted.get(position):
            yield Finding("database", "row", position=position)
