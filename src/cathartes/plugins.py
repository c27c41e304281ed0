"""Every place where cathartes can be extended, on one page: readers, detectors, locators, translators, recognisers
and writers.

A plug-in is a class named in one of the entry-point groups below; built-in ones are registered in the same way and have no
more rights. To add one: a module, an entry point, a small real sample, a test. See docs/how-to/add-a-reader.md.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from cathartes.model import Coverage, Detection, Draws, Engine, Fact, Flight, Located, Reading, Release

Progress = Callable[[str, float], None]
"""Called with the name of a step and the fraction of it that is done, 0 to 1."""


@dataclass(frozen=True)
class Detected:
    """What a detector returns: what it saw, and where it looked."""

    detections: tuple[Detection, ...]
    coverage: tuple[Coverage, ...]


class Reader(Protocol):
    """Reads one kind of recording. Entry-point group `cathartes.readers`."""

    kind: str

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is not a file for this reader, in one clause; `None` if it is. `head` is the file's first 64 KiB."""

    def read(self, path: Path, flight: Flight) -> Reading:
        """The recording in `path`. Raises `BadInput` with one sentence rather than return half of it."""


class Detector(Protocol):
    """Finds detections and coverage in one recording. Entry-point group `cathartes.detectors`."""

    content: type

    def detect(self, reading: Reading, flight: Flight) -> Detected:
        """What stands out in `reading`, whose content is of class `content`, and what was looked at."""


class Locator(Protocol):
    """Turns recordings into sources on the ground. Entry-point group `cathartes.locators`."""

    content: type

    def locate(
        self,
        readings: Sequence[Reading],
        gas: str,
        flight: Flight,
        executor: Executor,
        progress: Progress,
        after: Draws | None = None,
    ) -> Located:
        """Sources of `gas` that the readings support, `after` what earlier flights over the same ground found.

        Same input and version, same bytes, whatever the executor.
        """


@dataclass(frozen=True)
class Rendering:
    """What an engine made of one text, `None` where it failed on it, and the words that it did not know and left alone."""

    text: str | None
    unknown: tuple[str, ...] = ()


class OpenEngine(Protocol):
    """A translation engine for one direction, ready to work until it is closed."""

    engine: Engine

    def translate(self, texts: Sequence[str]) -> Sequence[Rendering]:
        """One rendering for each text, in order. Texts hold no line breaks; `Xq0z`-like words must come back as they are."""

    def close(self) -> None:
        """Let go of processes, memory and connections."""


class Translator(Protocol):
    """Opens a translation engine. Entry-point group `cathartes.translators`."""

    def open(self, source: str, target: str, model: str | None) -> OpenEngine:
        """The engine from language `source` to `target` (ISO 639-1); `model` is a folder or an address, where it needs one.

        Raises `BadInput` with a sentence that says what to install or to fetch.
        """


class Recogniser(Protocol):
    """Finds names beside the rules of cathartes, such as a user's spaCy or GLiNER model. Entry-point group `cathartes.recognisers`."""

    def names(self, text: str, language: str) -> Sequence[Fact]:
        """Persons, aliases, organisations and places in `text` (in `es` or `en`), each with its span; believed before our own."""


class Writer(Protocol):
    """Writes one release in one format. Entry-point group `cathartes.writers`."""

    suffix: str

    def write(self, release: Release) -> bytes:
        """The file's content. Same release, same bytes."""


@cache
def installed(group: str) -> dict[str, Any]:
    """One instance of each plug-in of a group (`readers`, `detectors`, … as above) by name, in name order."""
    found = sorted(entry_points(group=f"cathartes.{group}"), key=lambda entry: entry.name)
    return {entry.name: entry.load()() for entry in found}
