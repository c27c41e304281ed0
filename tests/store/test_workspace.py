"""The workspace keeps what it is given, through kills and full disks, and says the same again when asked again."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Any, get_args

import pytest

from cathartes.errors import BadInput, StoreFailure, Unproved
from cathartes.model import digest_of
from cathartes.store import Workspace, check, durable
from cathartes.store import ledger as ledger_module
from cathartes.store.ledger import Ledger
from cathartes.store.objects import Objects
from cathartes.store.workspace import Act
from cathartes.verifier import Folder, judge

WHOLE_PATH = "ingest result review release access export receipt withdrawal"


def run(folder: Path) -> None:
    """A small path from recording to bundle. Same input, same products."""
    with Workspace.open(folder) as workspace:
        workspace.keep("recording", "methane.csv", b"t_s,ch4_ppb\n0,1900\n", "ingest", of="flight-1")
        draws = workspace.step(digest_of(b"inputs and version"), lambda: b"draws" * 100)
        workspace.keep("lead", "lead-1", b'{"id":"lead-1"}', "result", of="flight-1")
        workspace.publish("flight-1/sources.geojson", draws)
        workspace.publish("flight-1/lead-1.html", b"<html>lead</html>")
        manifest = workspace.keep("manifest", "release-1", b"{}", "release", of="lead-1")
        workspace.publish("flight-1/proof.json", workspace.prove(manifest, "MEX"))


def ledger_of(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "ledger.log").read_bytes().splitlines()]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    run(tmp_path / "workspace")
    return tmp_path / "workspace"


def test_a_closed_workspace_is_proved(folder: Path) -> None:
    report = check(folder)
    assert (report.subject, report.broken) == ("workspace", [])
    assert [finding.item for finding in report.unproved] == ["--head", "--key"]


def test_the_same_run_again_changes_no_byte(folder: Path) -> None:
    before = bytes_of(folder)
    run(folder)
    assert bytes_of(folder) == before


def test_a_relative_folder_is_sealed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(Path("workspace"))
    assert check(Path("workspace")).broken == []


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreFailure, match="make the folder writable"), Workspace.open(tmp_path / "file"):
        pass


def test_what_was_kept_is_loaded_and_found_in_order(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        workspace.keep("lead", "lead-2", b"two", "result", of="flight-1")
        workspace.keep("lead", "lead-1", b"changed", "result", of="flight-1")
        workspace.keep("lead", "lead-0", b"other", "result", of="flight-2")
        assert workspace.find("lead", of="flight-1") == ["lead-1", "lead-2"]
        assert workspace.find("lead") == ["lead-1", "lead-2", "lead-0"]
        assert workspace.load("lead", "lead-1") == b"changed"
        with pytest.raises(StoreFailure, match="holds no lead 'lead-9'"):
            workspace.load("lead", "lead-9")


def test_keeping_the_same_twice_is_one_entry_and_going_back_is_another(folder: Path) -> None:
    def keep(content: bytes) -> int:
        with Workspace.open(folder) as workspace:
            workspace.keep("review", "review-1", content, "review")
        return sum(entry["id"] == "review-1" for entry in ledger_of(folder))

    assert [keep(b"accept"), keep(b"accept"), keep(b"reject"), keep(b"accept")] == [1, 1, 2, 3]


def test_a_step_is_computed_once(folder: Path) -> None:
    def never() -> bytes:
        raise AssertionError

    with Workspace.open(folder) as workspace:
        assert workspace.step(digest_of(b"inputs and version"), never) == b"draws" * 100
        assert workspace.step("other inputs", lambda: b"other") == b"other"


def test_the_ledger_holds_digests_and_acts_only(folder: Path) -> None:
    assert {tuple(entry) for entry in ledger_of(folder)} == {("act", "at", "digest", "id", "kind", "of")}
    assert b"draws" not in (folder / "ledger.log").read_bytes()
    assert [entry["act"] for entry in ledger_of(folder)] == [
        "seal", "seal", "ingest", "result", "result", "product", "product", "release", "export", "product", "seal",
    ]  # fmt: skip


def test_the_acts_are_those_of_the_design() -> None:
    assert " ".join(get_args(Act)) == WHOLE_PATH


def test_the_private_key_is_for_its_owner_only(folder: Path) -> None:
    assert (folder / "key.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "a/../../b", "a//b", ".", "", "a\\b", "a/"])
def test_a_product_never_leaves_its_folder(folder: Path, path: str) -> None:
    with Workspace.open(folder) as workspace, pytest.raises(BadInput, match="inside products/"):
        workspace.publish(path, b"")


def test_a_product_that_was_lost_is_written_again(folder: Path) -> None:
    (folder / "products/flight-1/lead-1.html").unlink()
    assert [finding.item for finding in check(folder).broken] == ["products/flight-1/lead-1.html"]
    run(folder)
    assert check(folder).broken == []


def test_a_trouble_inside_leaves_a_proved_workspace(folder: Path) -> None:
    def fail() -> None:
        with Workspace.open(folder) as workspace:
            workspace.keep("recording", "second.csv", b"x", "ingest")
            raise BadInput("bad columns")

    with pytest.raises(BadInput, match="bad columns"):
        fail()
    assert check(folder).broken == []
    with Workspace.open(folder) as workspace:
        assert workspace.load("recording", "second.csv") == b"x"


def test_an_interrupt_in_the_middle_of_an_entry_leaves_a_proved_workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(file: FileIO, content: bytes) -> None:
        file.write(content)
        monkeypatch.undo()
        raise KeyboardInterrupt

    def keep() -> None:
        with Workspace.open(folder) as workspace:
            monkeypatch.setattr(ledger_module, "write_all", interrupted)
            workspace.keep("lead", "lead-3", b"three", "result")

    with pytest.raises(KeyboardInterrupt):
        keep()
    run(folder)
    assert check(folder).broken == []
    assert "lead-3" not in [entry["id"] for entry in ledger_of(folder)]


def test_a_second_command_is_told_to_wait(folder: Path) -> None:
    with Workspace.open(folder), pytest.raises(StoreFailure, match="in use by another command"), Workspace.open(folder):
        pass


def test_a_changed_ledger_is_never_signed(folder: Path) -> None:
    ledger = folder / "ledger.log"
    ledger.write_bytes(ledger.read_bytes().replace(b"lead-1", b"lead-7"))
    before = bytes_of(folder)
    with pytest.raises(Unproved, match="is not the ledger"), Workspace.open(folder):
        pass
    assert bytes_of(folder) == before


@pytest.mark.parametrize("name", ["head.txt", "key.pem", "ledger.log"])
def test_a_workspace_without_its_frame_is_not_begun_anew(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(Unproved, match="restore"), Workspace.open(folder):
        pass


def test_a_damaged_catalogue_is_made_again(folder: Path) -> None:
    (folder / "cathartes.db").write_bytes(b"")
    assert {finding.item for finding in check(folder).broken} == {"cathartes.db"}
    with Workspace.open(folder) as workspace:
        assert workspace.find("lead") == ["lead-1"]
    assert check(folder).broken == []


def test_a_proof_connects_to_every_head_the_audience_holds(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        first = json.loads(workspace.load("proof", workspace.find("proof", of="MEX")[0]))
        second = json.loads(workspace.prove(workspace.keep("manifest", "release-2", b"{2}", "release"), "MEX"))
        stranger = json.loads(workspace.prove(workspace.keep("manifest", "release-3", b"{3}", "release"), "USA"))
        with pytest.raises(StoreFailure, match="keep the content"):
            workspace.prove("00" * 32, "MEX")
    assert [str(size) for size, *_ in second["since"]] == [first["head"].split("\n")[1]]
    assert (first["since"], stranger["since"]) == ([], [])


def test_objects_and_catalogue_may_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATHARTES_OBJECTS", f"memory://{tmp_path.name}")
    monkeypatch.setenv("CATHARTES_DATABASE", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    run(tmp_path / "workspace")
    assert not (tmp_path / "workspace/objects").exists()
    assert not (tmp_path / "workspace/cathartes.db").exists()
    assert check(tmp_path / "workspace").broken == []
    (tmp_path / "elsewhere.db").unlink()
    assert {finding.item for finding in check(tmp_path / "workspace").broken} == {"database"}
    run(tmp_path / "workspace")
    assert check(tmp_path / "workspace").broken == []


def test_catalogue_in_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = os.environ.get("CATHARTES_TEST_POSTGRES")
    if not url:
        pytest.skip("set CATHARTES_TEST_POSTGRES to the SQLAlchemy URL of an empty PostgreSQL database")
    monkeypatch.setenv("CATHARTES_DATABASE", url)
    run(tmp_path / "workspace")
    run(tmp_path / "workspace")
    assert check(tmp_path / "workspace").broken == []


class Killed(BaseException):
    """The process ends here: nothing after it touches the disk."""


class Fault:
    """Counts every touch of the disk by the store; at number `at` the process is killed or the disk is full, half-way through a write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, trouble: BaseException) -> None:
        self.count, self.at, self.trouble = 0, at, trouble
        write_all, replace, unlink, sync, cut = durable.write_all, Path.replace, Path.unlink, os.fsync, Ledger._cut
        for module in (durable, ledger_module):
            monkeypatch.setattr(module, "write_all", lambda file, content: self.write(file, content, write_all))
        if isinstance(trouble, Killed):
            monkeypatch.setattr(Path, "replace", self.counted(replace))
            monkeypatch.setattr(Path, "unlink", self.counted(unlink))
            monkeypatch.setattr(os, "fsync", self.counted(sync))
            # What runs after the kill only because the test goes on.
            monkeypatch.setattr(Objects, "remove", self.counted(Objects.remove))
            monkeypatch.setattr(Ledger, "_cut", lambda ledger: self.touch() if self.count >= self.at else cut(ledger))

    def counted(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def touched(*arguments: Any, **options: Any) -> Any:
            self.touch()
            return work(*arguments, **options)

        return touched

    def write(self, file: FileIO, content: bytes, write_all: Callable[[FileIO, bytes], None]) -> None:
        if self.count + 1 == self.at:
            file.write(content[: len(content) // 2])
        self.touch()
        write_all(file, content)

    def touch(self) -> None:
        self.count += 1
        if self.count == self.at or (self.count > self.at and isinstance(self.trouble, Killed)):
            raise self.trouble


def short_run(folder: Path) -> None:
    """The least that touches everything: an object, a step, a product, a proof."""
    with Workspace.open(folder) as workspace:
        workspace.step("key", lambda: b"draws" * 100)
        workspace.publish("flight-1/sources.geojson", b"draws")
        workspace.prove(workspace.keep("manifest", "release-1", b"{}", "release", of="lead-1"), "MEX")


def touches(folder: Path, trouble: BaseException) -> int:
    """How often one run touches the disk."""
    with pytest.MonkeyPatch.context() as patch:
        fault = Fault(patch, 10**9, trouble)
        short_run(folder)
        return fault.count


@pytest.mark.parametrize("trouble", [Killed(), OSError(errno.ENOSPC, "No space left on device")], ids=["killed", "full"])
def test_a_run_cut_off_anywhere_is_finished_by_the_next_with_the_same_products(
    tmp_path: Path, trouble: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The order of writing is tested here, not the disk: waiting for it would take most of the time.
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    product = "products/flight-1/sources.geojson"
    folder = tmp_path / "cut"
    for at in range(1, touches(tmp_path / "counted", trouble) + 1):
        shutil.rmtree(folder, ignore_errors=True)
        with pytest.MonkeyPatch.context() as patch:
            Fault(patch, at, trouble)
            with pytest.raises((Killed, StoreFailure)):
                short_run(folder)
        lines = (folder / "ledger.log").read_bytes().split(b"\n")[:-1] if (folder / "ledger.log").exists() else []
        short_run(folder)
        assert (folder / "ledger.log").read_bytes().split(b"\n")[: len(lines)] == lines, f"entries were lost after touch {at}"
        assert (folder / product).read_bytes() == (tmp_path / "counted" / product).read_bytes()
        assert judge(Folder(folder)).broken == [], f"not proved after touch {at}"
