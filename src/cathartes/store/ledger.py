"""The ledger on disk: one canonical JSON line per entry, only ever added to, and the Merkle tree over its lines.

An entry says which act happened to what, when, and the digest of the content; it never holds content, and never personal data.
What entries mean is the workspace's business; how a partner checks them is `cathartes.verifier`.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from io import FileIO
from pathlib import Path

from cathartes.errors import StoreFailure, Unproved
from cathartes.store.durable import storing, write_all
from cathartes.store.tree import Tree
from cathartes.verifier import FIELDS, Finding, canonical, leaf_hash, parse

Entry = dict[str, str]


class Ledger:
    """An open ledger, locked for this process. Use `close` to let others in."""

    def __init__(self, path: Path) -> None:
        """Locks the ledger at `path` (made if absent) and drops a last line that a crash left half written.

        Raises `StoreFailure` if another process has it.
        """
        self.path = path
        self._file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+")
        try:
            flock(self._file, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise StoreFailure(
                f"the workspace {path.parent} is in use by another command; wait until it ends, then run this again"
            ) from None
        content = self._file.readall()
        self._length = content.rfind(b"\n") + 1
        self._cut()
        lines = content[: self._length].split(b"\n")[:-1]
        self.tree = Tree(leaf_hash(line) for line in lines)
        self.last = self._read(lines[-1], len(lines)) if lines else None

    def close(self) -> None:
        self._file.close()

    def append(self, entries: Sequence[Entry]) -> int:
        """Adds entries, durable when this returns, at the cost of one sync; returns the position of the first.

        Raises `StoreFailure` when the disk is full; none of the entries is then in the ledger.
        """
        position = len(self.tree)
        lines = [canonical(entry) for entry in entries]
        try:
            with storing("the ledger entry"):
                write_all(self._file, b"".join(line + b"\n" for line in lines))
        except BaseException:
            # An interrupt must not leave lines behind that the tree does not know.
            self._cut()
            raise
        self._length += sum(len(line) + 1 for line in lines)
        for line in lines:
            self.tree.append(leaf_hash(line))
        self.last = entries[-1]
        return position

    def entries(self) -> Iterator[Entry]:
        """All entries in order. Raises `Unproved` for a line that is no entry."""
        self._file.seek(0)
        lines = self._file.read(self._length).split(b"\n")[:-1]
        self._file.seek(self._length)
        yield from (self._read(line, number) for number, line in enumerate(lines, 1))

    def _read(self, line: bytes, number: int) -> Entry:
        try:
            entry = parse(f"line {number}", line)
            if tuple(sorted(entry)) == FIELDS and all(isinstance(text, str) for text in entry.values()):
                return entry
        except Finding:
            pass
        raise Unproved(f"line {number} of {self.path} is no ledger entry; restore the workspace from a copy, and ask who changed it")

    def _cut(self) -> None:
        """Back to the last whole entry. Where even that fails, the next opening does it."""
        with suppress(OSError):
            self._file.truncate(self._length)
        self._file.seek(self._length)
