"""One zip that a partner opens offline: the lead in every format, and the proof that it is what was released.

The manifest names every file with its digest; its own digest is what the ledger holds. The proof comes from the store as plain
bytes. What the reader of a bundle checks, and the packing itself, is in `cathartes.verifier`, which travels inside.
"""

from collections.abc import Iterable, Mapping, Set
from importlib.resources import files

from cathartes import verifier
from cathartes.errors import BadInput
from cathartes.model import Release, digest_of, json

FORMAT = "cathartes-bundle/1"


def contents(release: Release, written: Mapping[str, bytes], public_key: bytes) -> dict[str, bytes]:
    """Every file of the bundle but the proof. `written` are the release's formats by file name; `public_key` is PEM.

    Keep the digest of `manifest.json` in the ledger, then `pack`. Raises `BadInput` for a name the bundle needs itself.
    """
    refuse_taken(written, {"release.json"})
    return listed("bundle-readme.txt", release.id, release.audience, {**written, "release.json": json.encode(release)}, public_key)


def listed(readme: str, name: str, audience: str, written: Mapping[str, bytes], public_key: bytes) -> dict[str, bytes]:
    """Any signed bundle's files but the proof: `written`, the verifier, the key, `data/<readme>`, and the manifest of all of them."""
    room = files("cathartes")
    own = {
        "README.txt": room.joinpath("data").joinpath(readme).read_bytes(),
        "public.pem": public_key,
        "verifier.py": room.joinpath("verifier.py").read_bytes(),
    }
    refuse_taken(written, {*own, *verifier.APART})
    every = {**written, **own}
    return {**every, "manifest.json": manifest(name, audience, every)}


def refuse_taken(names: Iterable[str], taken: Set[str]) -> None:
    """Raises `BadInput` for the first name that the bundle needs itself, or that leads into a folder."""
    for name in sorted(names):
        if name in taken or "/" in name or "\\" in name:
            raise BadInput(f"{name!r} cannot be a file of a bundle: the name is taken or holds a folder; give it another name")


def manifest(name: str, audience: str, every: Mapping[str, bytes]) -> bytes:
    """What the bundle is, for whom, and the SHA-256 of each file, as canonical JSON."""
    digests = {file: digest_of(content) for file, content in every.items()}
    return verifier.canonical({"audience": audience, "files": digests, "format": FORMAT, "release": name})


def pack(every: Mapping[str, bytes], proof: bytes) -> bytes:
    """The bundle as a zip. Same contents and proof, same bytes. `proof` is `proof.json` as the store made it."""
    return verifier.pack({**every, "proof.json": proof})
