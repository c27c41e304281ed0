"""The ledger on disk: what was appended stays, what was torn goes, and only one process writes."""

import errno
from io import FileIO
from pathlib import Path

import pytest

from cathartes.errors import StoreFailure, Unproved
from cathartes.store import durable
from cathartes.store import ledger as ledger_module
from cathartes.store.ledger import Entry, Ledger


def entry(name: str) -> Entry:
    return {"act": "result", "at": "2026-11-22T12:00:00.000Z", "digest": "ab" * 32, "id": name, "kind": "lead", "of": ""}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    ledger = Ledger(tmp_path / "ledger.log")
    assert ledger.append([entry("a"), entry("b")]) == 0
    assert ledger.append([entry("ñ")]) == 2
    ledger.close()
    return ledger.path


def names(path: Path) -> list[str]:
    ledger = Ledger(path)
    found = [entry["id"] for entry in ledger.entries()]
    assert len(ledger.tree) == len(found)
    ledger.close()
    return found


def test_entries_come_back_in_order(path: Path) -> None:
    assert names(path) == ["a", "b", "ñ"]


def test_a_line_torn_anywhere_costs_only_itself(path: Path) -> None:
    whole = path.read_bytes()
    start_of_last = whole[:-1].rfind(b"\n") + 1
    for end in range(start_of_last, len(whole)):
        path.write_bytes(whole[:end])
        assert names(path) == ["a", "b"]
        assert path.read_bytes() == whole[:start_of_last]


def test_a_torn_line_is_written_again_where_it_was(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    ledger = Ledger(path)
    ledger.append([entry("ñ")])
    ledger.close()
    assert path.read_bytes() == whole


def test_a_second_process_is_told_to_wait(path: Path) -> None:
    first = Ledger(path)
    with pytest.raises(StoreFailure, match="in use by another command"):
        Ledger(path)
    first.close()
    Ledger(path).close()


def test_a_full_disk_keeps_the_ledger_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = path.read_bytes()

    def half(file: FileIO, content: bytes) -> None:
        file.write(content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    ledger = Ledger(path)
    monkeypatch.setattr(ledger_module, "write_all", half)
    with pytest.raises(StoreFailure, match="No space left on device"):
        ledger.append([entry("c"), entry("d")])
    assert path.read_bytes() == whole
    assert len(ledger.tree) == 3
    monkeypatch.setattr(ledger_module, "write_all", durable.write_all)
    assert ledger.append([entry("c")]) == 3
    ledger.close()
    assert names(path) == ["a", "b", "ñ", "c"]


@pytest.mark.parametrize("line", [b"{}", b'{"act": "result"}', b"[1]", b"\xff", b"", b"[" * 100_000])
def test_a_line_that_is_no_entry_is_named(path: Path, line: bytes) -> None:
    path.write_bytes(line + b"\n" + path.read_bytes())
    ledger = Ledger(path)
    with pytest.raises(Unproved, match="line 1 of"):
        list(ledger.entries())
    ledger.close()
