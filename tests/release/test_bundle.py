"""A bundle is the same bytes every time, and a partner sees any change in it, in the zip or unpacked."""

import json as plain_json
from pathlib import Path
from random import Random

import pytest

from cathartes.errors import BadInput
from cathartes.model import Release, digest_of, json
from cathartes.release.bundle import contents, pack
from cathartes.store import Workspace, check
from cathartes.verifier import Folder, judge, unpack
from tests.release.sample_lead import NOON, sample_lead

WRITTEN = {"index.html": b"<html>", "lead.pdf": b"%PDF", "lead.geojson": b"{}", "lead.kml": b"<kml/>", "lead.gpkg": b"SQLite"}
RELEASE = Release("release-1", "MEX", sample_lead(), "R. Releaser", NOON)


def release_from(workspace: Workspace, release: Release = RELEASE) -> bytes:
    listed = contents(release, WRITTEN, workspace.public_key())
    digest = workspace.keep("manifest", release.id, listed["manifest.json"], "export", of=release.id)
    return pack(listed, workspace.prove(digest, release.audience))


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, bytes]:
    """Two bundles of one workspace, in order, and one of another workspace."""
    folder = tmp_path_factory.mktemp("bundles")
    with Workspace.open(folder / "one") as workspace:
        workspace.keep("lead", "lead-1", b"lead", "result")
        first = release_from(workspace)
    with Workspace.open(folder / "one") as workspace:
        workspace.keep("lead", "lead-2", b"lead", "result")
        second = release_from(workspace, Release("release-2", "MEX", sample_lead(), "R. Releaser", NOON))
    with Workspace.open(folder / "other") as workspace:
        return first, second, release_from(workspace)


def broken(files: dict[str, bytes], head: bytes | None = None, key: bytes | None = None) -> list[str]:
    return [finding.item for finding in judge(files, head, key).broken]


def test_a_bundle_holds_every_format_the_proof_and_the_verifier(bundles: tuple[bytes, bytes, bytes]) -> None:
    files = unpack("bundle.zip", bundles[0])
    extra = {"README.txt", "manifest.json", "proof.json", "public.pem", "release.json", "verifier.py"}
    assert files.keys() == {*WRITTEN, *extra}
    assert files["release.json"] == json.encode(RELEASE)
    assert b"ESPA\xc3\x91OL" in files["README.txt"]
    assert b"ENGLISH" in files["README.txt"]
    assert b"PRIVATE" not in files["public.pem"]


def test_the_same_release_again_is_the_same_bundle(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace:
        first = release_from(workspace)
    with Workspace.open(tmp_path / "w") as workspace:
        workspace.keep("lead", "lead-9", b"later", "result")
        assert release_from(workspace) == first


def test_an_untouched_bundle_is_proved(bundles: tuple[bytes, bytes, bytes], tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundles[0])
    report = check(path)
    assert (report.subject, report.broken) == ("bundle", [])
    assert [finding.item for finding in report.unproved] == ["--head", "--key"]


def test_a_later_bundle_is_proved_from_an_earlier_one(bundles: tuple[bytes, bytes, bytes]) -> None:
    first, second, other = bundles
    files = unpack("second.zip", second)
    assert broken(files, first, files["public.pem"]) == []
    assert broken(unpack("first.zip", first), second) == ["proof.json"]
    assert broken(files, other) == ["--head"]
    assert broken(files, None, unpack("other.zip", other)["public.pem"]) == ["proof.json"]


def test_any_byte_changed_in_the_zip_is_refused(bundles: tuple[bytes, bytes, bytes], tmp_path: Path) -> None:
    path, chance = tmp_path / "bundle.zip", Random(1)
    for _ in range(300):
        place = chance.randrange(len(bundles[0]))
        forged = bytearray(bundles[0])
        forged[place] ^= chance.randint(1, 255)
        path.write_bytes(forged)
        assert [finding.item for finding in check(path).broken] == ["bundle.zip"]


@pytest.mark.parametrize("name", [*WRITTEN, "README.txt", "manifest.json", "proof.json", "public.pem", "release.json", "verifier.py"])
def test_any_file_changed_or_gone_in_an_unpacked_bundle_is_named(bundles: tuple[bytes, bytes, bytes], name: str) -> None:
    files, chance = unpack("bundle.zip", bundles[1]), Random(name)
    signed_with_it = {"public.pem": {"public.pem", "proof.json"}}.get(name, {name})
    for _ in range(40):
        forged = bytearray(files[name])
        forged[chance.randrange(len(forged))] ^= 1 << chance.randrange(8)
        assert set(broken({**files, name: bytes(forged)})) & signed_with_it, bytes(forged)
    assert broken({other: content for other, content in files.items() if other != name}) == [name]


def test_a_file_too_many_is_named(bundles: tuple[bytes, bytes, bytes], tmp_path: Path) -> None:
    for name, content in {**unpack("bundle.zip", bundles[0]), "extra.exe": b"MZ"}.items():
        (tmp_path / name).write_bytes(content)
    assert [finding.item for finding in check(tmp_path).broken] == ["extra.exe"]
    assert judge(Folder(tmp_path)).subject == "bundle"


def test_an_entry_that_is_no_manifest_proves_no_bundle(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace:
        listed = contents(RELEASE, WRITTEN, workspace.public_key())
        digest = workspace.keep("review", RELEASE.id, listed["manifest.json"], "review")
        assert broken({**listed, "proof.json": workspace.prove(digest, "MEX")}) == ["proof.json"]


def test_the_manifest_lists_every_file_with_its_digest(bundles: tuple[bytes, bytes, bytes]) -> None:
    files = unpack("bundle.zip", bundles[0])
    manifest = plain_json.loads(files["manifest.json"])
    assert (manifest["release"], manifest["audience"]) == ("release-1", "MEX")
    assert manifest["files"] == {name: digest_of(files[name]) for name in files.keys() - {"manifest.json", "proof.json"}}


@pytest.mark.parametrize("name", ["release.json", "manifest.json", "proof.json", "public.pem", "verifier.py", "a/b", "a\\b", "ledger.log"])
def test_a_name_the_bundle_needs_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be a file of a bundle"):
        contents(RELEASE, {name: b""}, b"")


def test_a_path_that_is_no_bundle_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        check(tmp_path / "nowhere.zip")
