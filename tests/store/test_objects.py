"""Objects by digest, in a folder and in any other place that fsspec reaches."""

from pathlib import Path

import pytest

from cathartes.errors import StoreFailure, Unproved
from cathartes.model import digest_of
from cathartes.store.objects import Objects, name_of


@pytest.fixture(params=["folder", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    return Objects(str(tmp_path / "objects") if request.param == "folder" else f"memory://{tmp_path.name}", tmp_path / "parts")


def test_what_is_put_is_read_by_its_digest(objects: Objects) -> None:
    assert objects.read(objects.put(b"plume")) == b"plume"
    assert objects.put(b"plume") == digest_of(b"plume")
    assert list(objects) == [name_of(digest_of(b"plume"))]


def test_a_missing_object_is_named(objects: Objects) -> None:
    with pytest.raises(StoreFailure, match=digest_of(b"never put")):
        objects.read(digest_of(b"never put"))


def test_other_bytes_in_its_place_are_never_returned(tmp_path: Path) -> None:
    objects = Objects(str(tmp_path / "objects"), tmp_path / "parts")
    digest = objects.put(b"plume")
    (tmp_path / name_of(digest)).write_bytes(b"Plume")
    with pytest.raises(Unproved, match=digest):
        objects.read(digest)


def test_putting_it_again_mends_a_damaged_object(tmp_path: Path) -> None:
    objects = Objects(str(tmp_path / "objects"), tmp_path / "parts")
    digest = objects.put(b"plume")
    (tmp_path / name_of(digest)).write_bytes(b"")
    objects.put(b"plume")
    assert objects.read(digest) == b"plume"
