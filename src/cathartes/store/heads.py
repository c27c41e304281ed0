"""The workspace's Ed25519 key and the heads it signs: what the ledger was, in three lines that a partner can keep.

Reading and checking heads is `cathartes.verifier`; only the owner signs.
"""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from cathartes.errors import Unproved
from cathartes.store.durable import replace_file
from cathartes.store.tree import Tree
from cathartes.verifier import Finding, head_text, read_head, signed_note


def make_key(path: Path, parts: Path) -> None:
    """A new private key, readable by its owner only."""
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    replace_file(path, content, parts, mode=0o600)


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key in `path`. Raises `Unproved` if it is gone or damaged: without it nothing further can be signed."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unproved(f"{path} is missing or holds no Ed25519 private key; restore it from a copy of the workspace")
    return key


def public_pem(key: Ed25519PrivateKey) -> bytes:
    """The public half of `key`, as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def sign_head(key: Ed25519PrivateKey, tree: Tree) -> bytes:
    """The signed head of `tree` as it is now. Same tree and key, same bytes (RFC 8032 signatures are deterministic)."""
    text = head_text(key.public_key(), len(tree), tree.root(len(tree)))
    return signed_note(key.public_key(), text, key.sign(text.encode()))


def signed_size(path: Path, key: Ed25519PrivateKey, tree: Tree) -> int:
    """How many entries of `tree` the head in `path` signs. Raises `Unproved` if it signs another ledger, or is not ours."""
    try:
        size, root = read_head(path.name, path.read_bytes(), key.public_key())
    except FileNotFoundError:
        raise Unproved(f"{path} is missing; restore it from a copy of the workspace") from None
    except Finding as finding:
        raise Unproved(f"{path} {finding.english}; restore it from a copy of the workspace") from None
    if size > len(tree) or tree.root(size) != root:
        raise Unproved(
            f"ledger.log has {len(tree)} entries and is not the ledger of {size} entries that {path} signs; "
            "nothing was changed: see `cathartes verify`, and restore the workspace from a copy"
        )
    return size
