"""Contents by their SHA-256, in any place fsspec can reach: a folder, S3, memory. What an object means is in the ledger."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from cathartes.errors import StoreFailure, Unproved
from cathartes.model import digest_of
from cathartes.store.durable import replace_file, storing


class Objects(Mapping[str, bytes]):
    """Objects under `url`, named `objects/ab/cdef…` by the digest of their content, wherever `url` leads."""

    def __init__(self, url: str, parts: Path) -> None:
        """`parts` is a folder for half-written files, used only where `url` is a local folder on the same disk."""
        self._files, root = url_to_fs(url)
        self._root = str(root)
        self._parts = parts

    def __getitem__(self, name: str) -> bytes:
        try:
            content: bytes = self._files.cat_file(self._place(name))
        except FileNotFoundError:
            raise KeyError(name) from None
        return content

    def __iter__(self) -> Iterator[str]:
        if self._files.exists(self._root):
            for path in self._files.find(self._root):
                yield f"objects/{path[len(self._root) + 1 :]}"

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def put(self, content: bytes) -> str:
        """Stores `content`, durable when this returns, and returns its digest. Raises `StoreFailure` when the disk is full."""
        digest = digest_of(content)
        name = name_of(digest)
        if self.get(name) == content:
            return digest
        with storing(f"the object {digest[:12]}"):
            if isinstance(self._files, LocalFileSystem):
                replace_file(Path(self._place(name)), content, self._parts)
            else:
                self._files.pipe_file(self._place(name), content)
        return digest

    def read(self, digest: str) -> bytes:
        """The content with this digest. Raises `StoreFailure` if it is gone, `Unproved` if other bytes lie in its place."""
        content = self.get(name_of(digest))
        if content is None:
            raise StoreFailure(f"the object {digest} is missing from {self._root}; restore it from a copy of the workspace")
        if digest_of(content) != digest:
            raise Unproved(f"the object {digest} holds other bytes than were stored; restore it from a copy of the workspace")
        return content

    def remove(self, name: str) -> None:
        """Deletes one object by its name. Only for what never reached the ledger, or was erased in it."""
        self._files.rm_file(self._place(name))

    def _place(self, name: str) -> str:
        return self._root + name.removeprefix("objects")


def name_of(digest: str) -> str:
    """Where an object lies; 256 folders keep each of them short."""
    return f"objects/{digest[:2]}/{digest[2:]}"
