"""docs/how-to/add-a-reader.md is true: its reader works as it stands there, and its own tests pass."""

import re
from pathlib import Path
from typing import Any

import pytest

from cathartes.model import Flight, json
from cathartes.readers import flight_folder
from cathartes.readers.flight_folder import inspect_file, read_folder

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-reader.md"


@pytest.fixture
def sniffer() -> dict[str, Any]:
    """The module and the tests of the page, in one namespace."""
    space: dict[str, Any] = {"__name__": "sniffer.reader"}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(compile(block, PAGE.name, "exec"), space)
    return space


def test_the_tests_of_the_page_pass(sniffer: dict[str, Any], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    sniffer["test_the_sample_has_two_samples_a_second_apart_over_mexico_city"](tmp_path)
    sniffer["test_only_bad_input_comes_of_broken_bytes"](tmp_path_factory)


def test_an_installed_reader_of_someone_else_is_asked_like_our_own(
    sniffer: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.snf").write_bytes(sniffer["SAMPLE"])
    monkeypatch.setattr(flight_folder, "installed", lambda group: {"sniffer": sniffer["SnifferReader"]()})
    (reading,) = read_folder(tmp_path, Flight("a")).readings
    assert (reading.recording.reader, reading.recording.custody.version) == ("sniffer.reader", "1.0")
    assert json.decode(json.encode(reading.recording), type(reading.recording)) == reading.recording
    assert inspect_file(tmp_path / "s.snf").gases == ("ch4",)
