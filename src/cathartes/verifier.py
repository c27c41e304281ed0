"""Proves, offline, that a bundle or a workspace is what was signed: `python verifier.py PATH [--head EARLIER] [--key PUBLIC.pem]`.

This file of every bundle needs Python 3.11 and the `cryptography` package only. What it cannot prove: docs/explanation/ledger.md.
"""

import argparse
import base64
import io
import json
import re
import sqlite3
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

FIELDS = ("act", "at", "digest", "id", "kind", "of")
APART = {"footprints.db", "head.txt", "ledger.log", "manifest.json", "proof.json"}
WORDS = {
    "missing": ("is missing", "falta"),
    "stray": ("is in no signed list of files", "no figura en ninguna lista firmada de archivos"),
    "changed": ("does not have the SHA-256 that was recorded", "no tiene el SHA-256 que se registró"),
    "form": ("is not written as cathartes writes it", "no está escrito como lo escribe cathartes"),
    "signature": ("is not signed by the key in use", "no está firmado con la clave en uso"),
    "size": ("has {held} entries; {head} signs {signed}", "tiene {held} asientos; {head} firma {signed}"),
    "root": ("does not continue the ledger that {head} signs", "no continúa la bitácora que firma {head}"),
    "unproved": ("does not prove that the manifest is in the signed ledger", "no prueba que el manifiesto esté en la bitácora firmada"),
    "row": ("differs from the ledger at entry {position}", "difiere de la bitácora en el asiento {position}"),
    "damaged": ("is a damaged database", "es una base de datos dañada"),
    "erased": ("no longer holds {count} contents, by order", "ya no guarda {count} contenidos, por orden"),
    "--head": ("was not given: a ledger cut short would pass", "no se indicó: una bitácora recortada pasaría inadvertida"),
    "--key": ("was not given: compare the fingerprint by telephone", "no se indicó: compare la huella por teléfono"),
}


class Finding(Exception):
    """One thing that is not as signed, in English and Spanish. Raised instead of listed where the rest cannot be judged."""

    def __init__(self, item: str, word: str, **values: object) -> None:
        self.item, (self.english, self.spanish) = item, (text.format(**values) for text in WORDS[word])
        super().__init__(f"{item} {self.english} / {self.spanish}")


class Report(NamedTuple):
    """What was checked (`bundle` or `workspace`), what is broken, the fingerprint of the key, and what remains unproved."""

    subject: str
    broken: list[Finding]
    fingerprint: str
    unproved: list[Finding]


@contextmanager
def reading(item: str, word: str = "form") -> Iterator[None]:
    """Whatever a crafted file makes Python raise, the answer is a finding, never a pass."""
    try:
        yield
    except Finding:
        raise
    except KeyError as absent:
        raise Finding(str(absent.args[0]), "missing") from None
    except Exception:
        raise Finding(item, word) from None


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    if len(left) != 32 or len(right) != 32:
        raise ValueError
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size`: where RFC 9162 divides a tree of `size` leaves."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes (RFC 9162, 2.1.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    return node_hash(root_of(leaves[: split(len(leaves))]), root_of(leaves[split(len(leaves)) :]))


def root_above(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which an inclusion path leads (RFC 9162, 2.1.3). Raises `LookupError` or `ValueError` if it does not fit."""
    if (index, size, len(path)) == (0, 1, 0):
        return leaf
    middle, step = split(size), path[-1]
    if index < middle:
        return node_hash(root_above(leaf, index, middle, path[:-1]), step)
    return node_hash(step, root_above(leaf, index - middle, size - middle, path[:-1]))


def roots_above(old_size: int, known: bytes | None, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The old and the new root to which a consistency path leads (RFC 9162, 2.1.4); `known` is the old root, until a step is left of it."""
    if old_size == size:
        (root,) = path if known is None else [known, *path]
        return root, root
    middle, step = split(size), path[-1]
    if old_size <= middle:
        old, new = roots_above(old_size, known, middle, path[:-1])
        return old, node_hash(new, step)
    old, new = roots_above(old_size - middle, None, size - middle, path[:-1])
    return node_hash(step, old), node_hash(step, new)


def canonical(value: object) -> bytes:
    """The one way to write a value as JSON. What is written otherwise is refused, so that no byte can change unnoticed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def parse(item: str, content: bytes, *fields: str) -> dict[str, Any]:
    with reading(item):
        value = json.loads(content)
        if canonical(value) == content and isinstance(value, dict) and {*fields} <= value.keys():
            return value
    raise Finding(item, "form")


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the 32 key bytes in groups of four digits, to be compared over another channel."""
    return " ".join(re.findall("....", sha256(key.public_bytes_raw()).hexdigest()))


def head_text(key: Ed25519PublicKey, size: int, root: bytes) -> str:
    """What a head signs (C2SP tlog-checkpoint): the origin, a name made from the key; the size and the root of the ledger."""
    return f"cathartes/{sha256(key.public_bytes_raw()).hexdigest()[:16]}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed_note(key: Ed25519PublicKey, text: str, signature: bytes) -> bytes:
    """A text with its signature (C2SP signed-note); the key's name is the first line of the text."""
    name = text.partition("\n")[0]
    key_id = sha256(name.encode() + b"\n\x01" + key.public_bytes_raw()).digest()[:4]
    return f"{text}\n— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def read_head(item: str, content: bytes, key: Ed25519PublicKey) -> tuple[int, bytes]:
    """Size and root of a signed head. The note is written again from what was read, so that every byte of it counts."""
    with reading(item, "signature"):
        _, size, root, _, signed, _ = content.decode().split("\n")
        text, signature = head_text(key, int(size), base64.b64decode(root)), base64.b64decode(signed.split(" ")[-1])[4:]
        key.verify(signature, text.encode())
        if signed_note(key, text, signature) == content:
            return int(size), base64.b64decode(root)
    raise Finding(item, "signature")


def proof_json(entry: Any, index: int, path: Sequence[bytes], head: str, since: Sequence[tuple[int, bytes, Sequence[bytes]]]) -> bytes:
    """The manifest's entry, its inclusion path under the signed head, and consistency paths from earlier heads (size, root, path)."""
    old = [[size, root.hex(), [step.hex() for step in steps]] for size, root, steps in since]
    return canonical({"entry": entry, "head": head, "index": index, "path": [step.hex() for step in path], "since": old})


def check_proof(content: bytes, earlier: bytes | None, key: Ed25519PublicKey) -> dict[str, Any]:
    """The entry that `proof.json` proves to be in a ledger which the key signed and which continues the earlier one."""
    proof = parse("proof.json", content, "entry", "head", "index", "path", "since")
    with reading("proof.json", "unproved"):
        entry, head, index, path = proof["entry"], str(proof["head"]), int(proof["index"]), [*map(bytes.fromhex, proof["path"])]
        since = [(int(old), bytes.fromhex(old_root), [*map(bytes.fromhex, steps)]) for old, old_root, steps in proof["since"]]
        size, root = read_head("proof.json", head.encode(), key)
        holds = [root_above(leaf_hash(canonical(entry)), index, size, path) == root, entry.get("kind") == "manifest"]
        holds += [roots_above(old, old_root, size, steps) == (old_root, root) for old, old_root, steps in since]
        if not all(holds) or proof_json(entry, index, path, head, since) != content:
            raise ValueError
    if earlier is not None and read_head("--head", earlier, key) not in [(size, root), *(old[:2] for old in since)]:
        raise Finding("proof.json", "root", head="--head")
    return dict(entry)


def check_files(files: Mapping[str, bytes], digests: Mapping[str, str]) -> Iterator[Finding]:
    """Every file against the digest recorded for it, in name order."""
    for name in sorted((digests.keys() | files.keys()) - APART):
        word = "missing" if name not in files else "changed" if name in digests else "stray"
        if word != "changed" or sha256(files[name]).hexdigest() != digests[name]:
            yield Finding(name, word)


def check_bundle(files: Mapping[str, bytes], earlier: bytes | None, key: Ed25519PublicKey) -> Iterator[Finding]:
    entry, manifest = check_proof(files["proof.json"], earlier, key), files["manifest.json"]
    if sha256(manifest).hexdigest() != entry["digest"]:
        raise Finding("manifest.json", "changed")
    yield from check_files(files, parse("manifest.json", manifest)["files"])


def check_catalog(content: bytes, entries: Sequence[Mapping[str, str]]) -> Iterator[Finding]:
    """The catalogue against the ledger, row by row; seals are not in it, since they hold its own digest."""
    wanted = {position: [entry[name] for name in FIELDS] for position, entry in enumerate(entries) if entry["act"] != "seal"}
    with reading("cathartes.db", "damaged"), closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(content)
        rows = {row[0]: [*row[1:]] for row in database.execute('SELECT position, act, at, digest, id, kind, "of" FROM entries')}
        for position in sorted(rows.keys() | wanted.keys()):
            if rows.get(position) != wanted.get(position):
                yield Finding("cathartes.db", "row", position=position)
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise ValueError


def check_workspace(files: Mapping[str, bytes], earlier: bytes | None, key: Ed25519PublicKey) -> Iterator[Finding]:
    lines = files["ledger.log"].split(b"\n")
    if lines.pop():
        raise Finding("ledger.log", "form")
    entries = [parse(f"ledger.log line {number}", line, *FIELDS) for number, line in enumerate(lines, 1)]
    digests, end = dict[str, str](), 0
    for position, entry in enumerate(entries):
        content = f"objects/{entry['digest'][:2]}/{entry['digest'][2:]}"
        names = [content, f"products/{entry['id']}"][: 1 + (entry["kind"] == "product")] if entry["act"] != "seal" else [entry["id"]]
        digests |= dict.fromkeys(names, "" if entry["act"] == "erasure" else entry["digest"])
        end = position if entry["act"] == "seal" else end
    yield from check_files(files, {name: digest for name, digest in digests.items() if digest})
    for name, head in (("head.txt", files["head.txt"]), ("--head", files["head.txt"] if earlier is None else earlier)):
        size, root = read_head(name, head, key)
        if size > len(lines) or (size < len(lines) and name == "head.txt"):
            yield Finding("ledger.log", "size", signed=size, held=len(lines), head=name)
        elif root_of([leaf_hash(line) for line in lines[:size]]) != root:
            yield Finding("ledger.log", "root", head=name)
    if "cathartes.db" in digests:
        yield from check_catalog(files["cathartes.db"], entries[:end])


def pack(files: Mapping[str, bytes]) -> bytes:
    """One zip of these files, uncompressed (deflate differs between zlib builds), in name order: same files, same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, files[name])
    return target.getvalue()


def unpack(item: str, content: bytes) -> dict[str, bytes]:
    """The files of a zip that `pack` made. Nothing is inflated and nothing written to disk, so no zip bomb can go off."""
    with reading(item), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if not any(member.compress_type for member in members) and sum(member.file_size for member in members) < len(content):
            files = {member.filename: archive.read(member) for member in members}
            if pack(files) == content:
                return files
    raise Finding(item, "form")


class Folder(dict[str, Any]):
    """The files under a folder by their relative names, each read when it is asked for."""

    def __init__(self, root: Path) -> None:
        super().__init__({path.relative_to(root).as_posix(): path for path in root.rglob("*") if not path.is_dir()})

    def __getitem__(self, name: str) -> bytes:
        return bytes(super().__getitem__(name).read_bytes())


def judge(files: Mapping[str, bytes], earlier: bytes | None = None, key: bytes | None = None) -> Report:
    """All that is broken in the files of a bundle or a workspace, given an earlier head or bundle, and the trusted key (PEM)."""
    subject, check = ("bundle", check_bundle) if {"manifest.json", "proof.json"} & files.keys() else ("workspace", check_workspace)
    unproved = [Finding(option, option) for option, given in (("--head", earlier), ("--key", key)) if given is None]
    report = Report(subject, [], "", unproved)
    try:
        with reading("--head"):
            if earlier and earlier.startswith(b"PK"):
                earlier = parse("--head", unpack("--head", earlier)["proof.json"])["head"].encode()
        with reading("public.pem" if key is None else "--key"):
            public = cast(Ed25519PublicKey, load_pem_public_key(files["public.pem"] if key is None else key))
            report = report._replace(fingerprint=fingerprint(public))
        with reading(subject):
            report.broken.extend(check(files, earlier, public))
            erased = files["ledger.log"].count(b'{"act":"erasure",') if subject == "workspace" else 0
            unproved.extend([Finding("ledger.log", "erased", count=erased)] if erased else [])
    except Finding as finding:
        report.broken.append(finding)
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description="Proves offline that a bundle or a workspace is what was signed.")
    parser.add_argument("path", type=Path, help="a bundle (.zip), an unpacked bundle, or a workspace folder")
    parser.add_argument("--head", type=Path, help="a signed head, or an earlier bundle, that you already hold")
    parser.add_argument("--key", type=Path, help="the sender's public key, as you got it by another channel")
    asked = parser.parse_args()
    try:
        files = Folder(asked.path) if asked.path.is_dir() else unpack(asked.path.name, asked.path.read_bytes())
        report = judge(files, *(path and path.read_bytes() for path in (asked.head, asked.key)))
    except (Finding, OSError) as problem:
        sys.exit(str(problem))
    sys.stdout.writelines(f"{finding}\n" for finding in (*report.broken, *report.unproved))
    sys.stdout.write(f"{'BROKEN' if report.broken else 'PROVED'}: {report.subject} {asked.path}\nkey: {report.fingerprint}\n")
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
