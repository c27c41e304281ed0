"""A workspace folder: what it takes to keep things, find them again, and prove them. The path stores through this and nothing else.

Objects come first, then the ledger, then the catalogue and the products, which are made from the first two: whatever a crash cuts
off, the next opening mends. The files are described in docs/reference/workspace.md.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cathartes.errors import BadInput, Refused, StoreFailure
from cathartes.model import digest_of
from cathartes.store.catalog import Catalog, Kept
from cathartes.store.durable import make_folder, replace_file, storing
from cathartes.store.erasure import ERASURE, Version, belonging, held
from cathartes.store.heads import make_key, public_pem, read_key, sign_head, signed_size
from cathartes.store.ledger import Entry, Ledger
from cathartes.store.objects import Objects, name_of
from cathartes.verifier import canonical, parse, proof_json

Act: TypeAlias = Literal["ingest", "result", "review", "release", "access", "export", "receipt", "withdrawal"]

CATALOG = "cathartes.db"
MARK = "parts/open"
DATABASE_VARIABLE = "CATHARTES_DATABASE"
OBJECTS_VARIABLE = "CATHARTES_OBJECTS"
HEADS_REMEMBERED = 32
"""A proof connects to this many earlier heads that its audience holds; a partner needs one of them, usually the last."""


class Workspace:
    """An open workspace, locked for this process; made by `Workspace.open`."""

    def __init__(self, folder: Path, ledger: Ledger, objects: Objects, catalog: Catalog, key: Ed25519PrivateKey) -> None:
        self.folder = folder
        self._ledger, self._objects, self._catalog, self._key = ledger, objects, catalog, key
        self._is_whole = True
        self._mark = folder / MARK

    @classmethod
    @contextmanager
    def open(cls, folder: Path, database: str | None = None, objects: str | None = None) -> Iterator["Workspace"]:
        """Opens the workspace in `folder`, makes it if there is none, mends what a crash cut off, and seals it on leaving.

        `database` is an SQLAlchemy URL (default: the variable CATHARTES_DATABASE, else `cathartes.db` in the folder), `objects` any
        fsspec URL (default: CATHARTES_OBJECTS, else `objects` in the folder). Raises `StoreFailure` if another command has the
        workspace or the disk is full, `Unproved` if the ledger is not the one that was signed.
        """
        folder = folder.absolute()
        database = database or os.environ.get(DATABASE_VARIABLE)
        objects = objects or os.environ.get(OBJECTS_VARIABLE) or str(folder / "objects")
        with ExitStack() as stack:
            with storing(f"the workspace {folder}"):
                make_folder(folder)
                ledger = Ledger(folder / "ledger.log")
                stack.callback(ledger.close)
                key, signed = _begin_or_go_on(folder, ledger)
                is_sealed = not database and _is_sealed(folder / CATALOG, ledger.last)
                catalog = stack.enter_context(closing(_open_catalog(folder, database, keep=is_sealed)))
                if not is_sealed:
                    catalog.follow(list(ledger.entries()))
            workspace = cls(folder, ledger, Objects(objects, folder / "parts"), catalog, key)
            workspace._mend(signed)
            try:
                yield workspace
            except BaseException:
                # What was kept so far is sealed too, but the first trouble is the one to report.
                with suppress(StoreFailure):
                    workspace._sweep()
                    workspace._seal()
                raise
            workspace._seal()

    @classmethod
    def existing(cls, folder: Path) -> AbstractContextManager["Workspace"]:
        """The workspace in `folder`, opened as by `open`. Raises `BadInput` where there is none: a misspelt folder is left as it is."""
        return cls.open(cls.in_folder(folder))

    @staticmethod
    def in_folder(folder: Path) -> Path:
        """The folder itself. Raises `BadInput` where there is no workspace in it."""
        if not (folder / "ledger.log").is_file():
            raise BadInput(f"{folder} is no workspace; name the folder that `cathartes run` made with -w")
        return folder

    def keep(self, kind: str, name: str, content: bytes, act: Act, of: str = "") -> str:
        """Stores `content` as the newest version of `name` and enters it in the ledger; returns its SHA-256.

        `of` is the id of what it belongs to (a detection's flight, a review's lead). The same again changes nothing. `kind`, `name` and
        `of` go into the ledger for ever: they must not name a person.

        Raises `Refused` for what was erased.
        """
        newest = self._newest(kind, name)
        digest = self._put(content)
        if newest is None or (newest.act, newest.digest, newest.of) != (act, digest, of):
            self._enter([_entry(act, kind, name, digest, of)])
        return digest

    def step(self, key: str, compute: Callable[[], bytes], of: str = "") -> bytes:
        """The result stored under `key` (a hash of inputs, parameters and version); computed and stored if there is none."""
        known = self._catalog.latest(kind="step", id=key)
        if known is not None and known.act != ERASURE:
            return self._objects.read(known.digest)
        content = compute()
        self._enter([_entry("result", "step", key, self._put(content), of)])
        return content

    def publish(self, path: str, content: bytes) -> None:
        """Writes a product, at once or not at all, as `products/<path>`. The same again changes nothing.

        Raises `BadInput` for a path that leads out of `products`.
        """
        pure = PurePosixPath(path)
        if str(pure) != path or pure.is_absolute() or ".." in pure.parts or "\\" in path or path == ".":
            raise BadInput(f"{path!r} is no path inside products/; write it relative, with forward slashes, without '..'")
        newest = self._newest("product", path)
        digest = self._put(content)
        if newest is None or newest.digest != digest:
            self._enter([_entry("product", "product", path, digest, "")])
        self._lay_out(path, content)

    def load(self, kind: str, name: str) -> bytes:
        """The newest version of `name`. Raises `StoreFailure` if there is none, `Refused` if it was erased, `Unproved` if its bytes
        are not those stored."""
        newest = self._newest(kind, name)
        if newest is None:
            raise StoreFailure(f"the workspace {self.folder} holds no {kind} {name!r}; check the id, or name another workspace with -w")
        return self._objects.read(newest.digest)

    def find(self, kind: str, of: str | None = None) -> list[str]:
        """The ids of a kind in the order in which they were first kept; with `of`, only what belongs to it."""
        return self._catalog.ids(kind, of)

    def listed(self, kind: str) -> dict[str, str]:
        """Every id of a kind and what it belongs to, in the order in which they were first kept: one question, however many."""
        return {entry.id: entry.of for entry in self._catalog.listed(kind)}

    def digests(self, kind: str) -> dict[str, str]:
        """Every id of a kind and the digest of its newest content."""
        return {entry.id: entry.digest for entry in self._catalog.listed(kind)}

    def first_kept(self, kind: str, name: str) -> str:
        """When `name` was first kept, by the desk's clock, in ISO 8601. Raises `StoreFailure` if it never was."""
        entry = self._catalog.first(kind, name)
        if entry is None:
            raise StoreFailure(f"the workspace {self.folder} holds no {kind} {name!r}; check the id, or name another workspace with -w")
        return entry.at

    def last_kept(self, kind: str) -> str | None:
        """When anything of a kind was last kept; `None` if nothing ever was."""
        kept = self._catalog.listed(kind)
        return kept[-1].at if kept else None

    def belonging(self, what: str) -> list[Version]:
        """What an erasure of the thing with this id would take; nothing where no such thing is held."""
        return belonging(what, held(self._ledger.entries()))

    def erase(self, versions: Sequence[Version], order: str) -> None:
        """Takes these contents away, from the products too, and enters each under the id of the `order`, which was kept before.

        What the ledger said of them stays, so that the workspace is proved as before.
        """
        self._enter([_entry(ERASURE, version.kind, version.id, version.digest, order) for version in versions])
        self._sweep()
        self._clear(version.id for version in versions if version.kind == "product")

    def history(self, names: Collection[str]) -> list[bytes]:
        """The ledger's lines about any of these ids, or about what belongs to them, in order and as they stand there."""
        return [canonical(entry) for entry in self._ledger.entries() if entry["id"] in names or entry["of"] in names]

    def head(self) -> bytes:
        """The ledger as it is now, signed: a C2SP checkpoint. Same ledger, same bytes."""
        return sign_head(self._key, self._ledger.tree)

    def public_key(self) -> bytes:
        """The key with which a partner checks heads, as PEM."""
        return public_pem(self._key)

    def seal(self, name: str, manifest: bytes, audience: str, of: str = "") -> bytes:
        """Enters the manifest of the bundle `name` as an export, of itself where `of` is not given; returns its proof: see `prove`."""
        return self.prove(self.keep("manifest", name, manifest, act="export", of=of or name), audience)

    def prove(self, digest: str, audience: str) -> bytes:
        """`proof.json` for the content with this digest: its entry, that the signed head holds it, and that this head continues
        the heads that `audience` was given before. What was proved once is proved again with the same bytes.

        Raises `StoreFailure` if nothing with this digest was kept.
        """
        given = self.find("proof", of=audience)
        if digest in given:
            return self.load("proof", digest)
        kept = self._catalog.latest(digest=digest)
        if kept is None:
            raise StoreFailure(f"the ledger has no entry with the digest {digest}; keep the content before it is proved")
        tree, size = self._ledger.tree, len(self._ledger.tree)
        earlier = sorted({_head_size(self.load("proof", proved)) for proved in given[-HEADS_REMEMBERED:]})
        since = [(old, tree.root(old), tree.consistency(old, size)) for old in earlier]
        proof = proof_json(kept.entry(), kept.position, tree.inclusion(kept.position, size), self.head().decode(), since)
        self.keep("proof", digest, proof, "export", of=audience)
        return proof

    def _newest(self, kind: str, name: str) -> Kept | None:
        newest = self._catalog.latest(kind=kind, id=name)
        if newest is not None and newest.act == ERASURE:
            raise Refused(f"{kind} {name} was erased on {newest.at[:10]} by {newest.of}; its digest is kept, and it does not come back")
        return newest

    def _enter(self, entries: Sequence[Entry]) -> None:
        self._is_whole = False
        self._catalog.add(self._ledger.append(entries), entries)
        self._is_whole = True

    def _clear(self, paths: Iterable[str]) -> None:
        with storing("the erased products"):
            for path in paths:
                (self.folder / "products" / path).unlink(missing_ok=True)

    def _lay_out(self, path: str, content: bytes) -> None:
        product = self.folder / "products" / path
        with storing(f"the product {path}"):
            if not product.is_file() or product.read_bytes() != content:
                replace_file(product, content, self.folder / "parts")

    def _put(self, content: bytes) -> str:
        """Stores an object. A mark stays until it is entered and sealed, so that a crash in between is seen."""
        with storing("the mark of an open workspace"):
            if not self._mark.exists():
                replace_file(self._mark, b"", self._mark.parent)
        return self._objects.put(content)

    def _mend(self, signed: int) -> None:
        """Finishes what a crash cut off: half-written files go, products entered after the last head are laid out."""
        with storing("the mended workspace"):
            for part in self._mark.parent.glob("*.part"):
                part.unlink()
        if self._mark.exists():
            self._sweep()
        unsigned = list(self._ledger.entries())[signed:] if signed < len(self._ledger.tree) else []
        products = {entry["id"]: entry for entry in unsigned if entry["kind"] == "product"}
        self._clear(path for path, entry in products.items() if entry["act"] == ERASURE)
        for path, entry in products.items():
            if entry["act"] == "product":
                self._lay_out(path, self._objects.read(entry["digest"]))

    def _sweep(self) -> None:
        """Removes objects that never reached the ledger, or that it says are erased."""
        entered = {name_of(version.digest) for version in held(self._ledger.entries())}
        with storing("the swept workspace"):
            for name in self._objects.keys() - entered:
                self._objects.remove(name)

    def _seal(self) -> None:
        """Enters the digest of the catalogue's file, where it has one in the folder, and signs the ledger.

        An entry that never reached the catalogue leaves the workspace unsealed, so that the next opening makes the catalogue again.
        """
        self._catalog.close()
        if not self._is_whole:
            return
        with storing("the signed head"):
            database, head = self.folder / CATALOG, self.folder / "head.txt"
            if self._catalog.is_at(database) and not _is_sealed(database, self._ledger.last):
                self._ledger.append([_seal_of(database)])
            if head.read_bytes() != self.head():
                replace_file(head, self.head(), self.folder / "parts")
            self._mark.unlink(missing_ok=True)


def _begin_or_go_on(folder: Path, ledger: Ledger) -> tuple[Ed25519PrivateKey, int]:
    """The workspace's key, and how many entries its head signs. A new workspace first gets its key and an empty head.

    The entries that seal the key's files come last, so that a crash in between is met again here.
    """
    parts = folder / "parts"
    if not len(ledger.tree) and not (folder / "key.pem").is_file():
        make_key(folder / "key.pem", parts)
    key = read_key(folder / "key.pem")
    if not len(ledger.tree) and not (folder / "head.txt").is_file():
        replace_file(folder / "public.pem", public_pem(key), parts)
        replace_file(folder / "head.txt", sign_head(key, ledger.tree), parts)
    signed = signed_size(folder / "head.txt", key, ledger.tree)
    for name in ("key.pem", "public.pem")[len(ledger.tree) :]:
        ledger.append([_seal_of(folder / name)])
    return key, signed


def _open_catalog(folder: Path, database: str | None, *, keep: bool) -> Catalog:
    """The catalogue at `database`, or in the folder; there, one that is not to be kept is thrown away."""
    path = folder / CATALOG
    if not database and not keep:
        path.unlink(missing_ok=True)
    return Catalog(database or f"sqlite:///{path}")


def _is_sealed(path: Path, last: Entry | None) -> bool:
    """Whether the ledger's last entry holds the digest of the file at `path`."""
    if last is None or (last["act"], last["id"]) != ("seal", path.name) or not path.is_file():
        return False
    return digest_of(path.read_bytes()) == last["digest"]


def _entry(act: str, kind: str, name: str, digest: str, of: str) -> Entry:
    return {"act": act, "at": _now(), "digest": digest, "id": name, "kind": kind, "of": of}


def _seal_of(path: Path) -> Entry:
    return _entry("seal", "file", path.name, digest_of(path.read_bytes()), "")


def _head_size(proof: bytes) -> int:
    return int(parse("proof.json", proof)["head"].split("\n")[1])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
