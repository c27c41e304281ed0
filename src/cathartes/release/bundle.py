"""One zip that a partner opens offline: the lead in every format, and the proof that it is what was released.

The manifest names every file with its digest; its own digest is what the ledger holds. The proof comes from the store as plain
bytes. What the reader of a bundle checks, and the packing itself, is in `cathartes.verifier`, which travels inside.
"""

from collections.abc import Mapping
from importlib.resources import files

from cathartes import verifier
from cathartes.errors import BadInput
from cathartes.model import Release, digest_of, json

FORMAT = "cathartes-bundle/1"


def contents(release: Release, written: Mapping[str, bytes], public_key: bytes) -> dict[str, bytes]:
    """Every file of the bundle but the proof. `written` are the release's formats by file name; `public_key` is PEM.

    Keep the digest of `manifest.json` in the ledger, then `pack`. Raises `BadInput` for a name the bundle needs itself.
    """
    room = files("cathartes")
    own = {
        "README.txt": room.joinpath("data/bundle-readme.txt").read_bytes(),
        "public.pem": public_key,
        "release.json": json.encode(release),
        "verifier.py": room.joinpath("verifier.py").read_bytes(),
    }
    for name in sorted(written):
        if name in {*own, *verifier.APART} or "/" in name or "\\" in name:
            raise BadInput(f"{name!r} cannot be a file of a bundle: the name is taken or holds a folder; give the writer another suffix")
    listed = {**written, **own}
    return {**listed, "manifest.json": manifest(release, listed)}


def manifest(release: Release, listed: Mapping[str, bytes]) -> bytes:
    """Which release this is, for whom, and the SHA-256 of each file, as canonical JSON."""
    digests = {name: digest_of(content) for name, content in listed.items()}
    return verifier.canonical({"audience": release.audience, "files": digests, "format": FORMAT, "release": release.id})


def pack(listed: Mapping[str, bytes], proof: bytes) -> bytes:
    """The bundle as a zip. Same contents and proof, same bytes. `proof` is `proof.json` as the store made it."""
    return verifier.pack({**listed, "proof.json": proof})
