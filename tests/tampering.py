"""Ways to tamper with a workspace, for the tests of the verifier and for benchmarks/ledger.py. A workspace is a dict of files here.

Every kind returns the changed files, or the same ones where chance changed nothing.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from cathartes.store import Workspace
from cathartes.store.heads import sign_head
from cathartes.store.tree import Tree
from cathartes.verifier import canonical, leaf_hash

Files = dict[str, bytes]
Tamper = Callable[[Files, Random], Files]
COLUMNS = ("act", "at", "digest", "id", "kind", '"of"')


def workspace_in(folder: Path) -> tuple[Files, bytes, Files]:
    """A small workspace: its files early on, a signed head from the middle of its life, and its files at the end."""
    with Workspace.open(folder) as workspace:
        workspace.keep("recording", "methane.csv", b"t_s,ch4_ppb\n0,1900\n", "ingest", of="flight-1")
        workspace.publish("flight-1/lead-1.html", b"<html>draft</html>")
    early = files_in(folder)
    with Workspace.open(folder) as workspace:
        workspace.keep("lead", "lead-1", b'{"id":"lead-1"}', "result", of="flight-1")
        workspace.publish("flight-1/lead-1.html", b"<html>lead</html>")
        workspace.keep("review", "review-1", b"accept", "review", of="lead-1")
        head = workspace.head()
    with Workspace.open(folder) as workspace:
        workspace.prove(workspace.keep("manifest", "release-1", b"{}", "release", of="lead-1"), "MEX")
        workspace.publish("flight-1/sources.geojson", b'{"type":"FeatureCollection","features":[]}')
        workspace.keep("outcome", "outcome-1", b"acted", "receipt", of="release-1")
    return early, head, files_in(folder)


def files_in(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def flip_a_bit(files: Files, chance: Random) -> Files:
    name = a_file(files, chance)
    content = bytearray(files[name])
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return {**files, name: bytes(content)}


def overwrite_a_stretch(files: Files, chance: Random) -> Files:
    name = a_file(files, chance)
    start = chance.randrange(len(files[name]))
    stretch = chance.randbytes(chance.randint(1, 20))
    return {**files, name: files[name][:start] + stretch + files[name][start + len(stretch) :]}


def truncate_a_file(files: Files, chance: Random) -> Files:
    name = a_file(files, chance)
    return {**files, name: files[name][: chance.randrange(len(files[name]))]}


def lengthen_a_file(files: Files, chance: Random) -> Files:
    name = a_file(files, chance)
    return {**files, name: files[name] + chance.choice([b"\n", b"\0", b" ", chance.randbytes(9)])}


def delete_a_file(files: Files, chance: Random) -> Files:
    gone = a_file(files, chance)
    return {name: content for name, content in files.items() if name != gone}


def add_a_file(files: Files, chance: Random) -> Files:
    content = chance.randbytes(chance.randrange(9))
    digest = sha256(content).hexdigest()
    name = chance.choice(["products/flight-1/new.html", "note.txt", "cathartes.db-journal", f"objects/{digest[:2]}/{digest[2:]}"])
    return {**files, name: content}


def swap_two_files(files: Files, chance: Random) -> Files:
    one, other = a_file(files, chance), a_file(files, chance)
    return {**files, one: files[other], other: files[one]}


def delete_an_entry(files: Files, chance: Random) -> Files:
    lines = lines_of(files)
    lines.pop(chance.randrange(len(lines)))
    return with_lines(files, lines)


def repeat_an_entry(files: Files, chance: Random) -> Files:
    lines = lines_of(files)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    return with_lines(files, lines)


def reorder_entries(files: Files, chance: Random) -> Files:
    lines = lines_of(files)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return with_lines(files, lines)


def cut_the_ledger_short(files: Files, chance: Random) -> Files:
    lines = lines_of(files)
    return with_lines(files, lines[: chance.randrange(len(lines))])


def edit_an_entry(files: Files, chance: Random) -> Files:
    lines = lines_of(files)
    place = chance.randrange(len(lines))
    lines[place] = edited(lines[place], chance)
    return with_lines(files, lines)


def edit_a_row(files: Files, chance: Random) -> Files:
    column, text = chance.choice(COLUMNS), f"forged {chance.random()}"
    return with_rows(files, f"UPDATE entries SET {column} = ? WHERE position = ?", (text, a_position(files, chance)))


def delete_a_row(files: Files, chance: Random) -> Files:
    return with_rows(files, "DELETE FROM entries WHERE position = ?", (a_position(files, chance),))


def move_a_row(files: Files, chance: Random) -> Files:
    return with_rows(files, "UPDATE entries SET position = ? WHERE position = ?", (chance.randint(1000, 2000), a_position(files, chance)))


def add_a_row(files: Files, chance: Random) -> Files:
    row = (chance.randint(100, 999), "review", "2026-01-01T00:00:00.000Z", "ab" * 32, "review-9", "review", "lead-1")
    return with_rows(files, "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", row)


KINDS: tuple[Tamper, ...] = (
    flip_a_bit, overwrite_a_stretch, truncate_a_file, lengthen_a_file, delete_a_file, add_a_file, swap_two_files, delete_an_entry,
    repeat_an_entry, reorder_entries, cut_the_ledger_short, edit_an_entry, edit_a_row, delete_a_row, move_a_row, add_a_row,
)  # fmt: skip


def rewrite_with_the_key(files: Files, chance: Random, before: int) -> Files:
    """What only the owner of the key can do: change one of the first `before` entries and sign the forged ledger."""
    lines = lines_of(files)
    place = chance.randrange(before)
    lines[place] = edited(lines[place], chance)
    key = load_pem_private_key(files["key.pem"], password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return {**with_lines(files, lines), "head.txt": sign_head(key, Tree(leaf_hash(line) for line in lines))}


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> set[str]:
    """The names of the files that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def a_file(files: Files, chance: Random) -> str:
    return chance.choice(sorted(name for name, content in files.items() if content))


def lines_of(files: Files) -> list[bytes]:
    return files["ledger.log"].split(b"\n")[:-1]


def with_lines(files: Files, lines: list[bytes]) -> Files:
    return {**files, "ledger.log": b"".join(line + b"\n" for line in lines)}


def edited(line: bytes, chance: Random) -> bytes:
    entry = json.loads(line)
    entry[chance.choice(sorted(entry))] = chance.choice(["", "forged", "ab" * 32, "review", "seal"])
    return canonical(entry)


def a_position(files: Files, chance: Random) -> int:
    positions = [place for place, line in enumerate(lines_of(files)) if b'"act":"seal"' not in line]
    return chance.choice(positions)


def with_rows(files: Files, statement: str, values: tuple[str | int, ...]) -> Files:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(files["cathartes.db"])
        database.execute(statement, values)
        database.commit()
        return {**files, "cathartes.db": database.serialize()}
