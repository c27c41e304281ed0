"""Reports in words: plain text or Markdown, kept as written, with its language where its own words say so.

What a report says is for the language room; here it is only read whole and not mangled.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Custody, Flight, Reading, Statement, TextReport
from cathartes.readers.intake import opened, write_up

SUFFIXES = (".txt", ".md")
TEXT_LIMIT = 16 * 1024 * 1024
"""Largest report in bytes that is held whole: some five thousand pages."""

PART = 64 * 1024
"""Bytes of a longer text that are read at once."""

BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
"""Control characters that no text has; a file with many of them is something else."""

BINARY_SHARE = 0.1
"""Share of control characters from which a file is no text with a few stray ones."""

ENGLISH = "the of and to in is that it was for on with as at by from are this be not were which an or has had"
SPANISH = "el los las y es del más fue por ser hay muy sin desde este esta pero"
STOP_WORDS: Mapping[str, frozenset[str]] = {"en": frozenset(ENGLISH.split()), "es": frozenset(SPANISH.split())}
"""The commonest words of each language that are not words of the other; of the Spanish ones, those that Portuguese, French and
Italian hardly have."""

LEAST_WORDS = 3
LEAST_SHARE = 0.08
LEAST_MAJORITY = 3
"""A language is named where its stop words are at least three, 8 % of all words, and three times the other's."""


class TextReportReader:
    """Reads .txt and .md files in UTF-8, or in Windows-1252 and then says so."""

    kind = "text_report"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no text, from its name and its first bytes."""
        if path.suffix.lower() not in SUFFIXES:
            return f"its name does not end in {' or '.join(SUFFIXES)}"
        if not head.strip():
            return "it is empty"
        return "it holds control characters, so it is not text" if _is_binary(head) else None

    def read(self, path: Path, flight: Flight) -> Reading:
        """The whole text. Raises `BadInput` for a file that turns out not to be text."""
        with opened(path, TEXT_LIMIT) as (file, digest):
            content = file.read()
        text, health = decoded(content, path.name)
        custody = Custody((digest,), __name__, __version__)
        return Reading(write_up(path, flight, custody, self.kind, 1, health), TextReport(text, language_of(text)))


def text_parts(path: Path) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """A text of any length in parts cut at line ends (at a space where a line is longer than a part), with what was wrong with each.

    Raises `BadInput` where a part is binary.
    """
    with path.open("rb") as file:
        rest = b""
        while block := file.read(PART):
            block = rest + block
            cut = block.rfind(b"\n") + 1 or block.rfind(b" ") + 1 or len(block)
            rest = block[cut:]
            yield decoded(block[:cut], path.name)
        if rest:
            yield decoded(rest, path.name)


def decoded(content: bytes, name: str) -> tuple[str, tuple[Statement, ...]]:
    """The text without byte-order mark and stray control characters, and what was wrong with it. Raises `BadInput` for binary content."""
    dropped = [found.group()[0] for found in BINARY.finditer(content)]
    if _is_binary(content):
        raise BadInput(f"{name} holds {len(dropped)} control characters in {len(content)} bytes; expected text in UTF-8")
    text, health = _in_its_encoding(BINARY.sub(b"", content) if dropped else content)
    if dropped:
        codes = ", ".join(f"U+{code:04X}" for code in sorted(set(dropped)))
        health = (*health, Statement("health.control_characters", {"count": len(dropped), "codes": codes}))
    return text, health


def _is_binary(content: bytes) -> bool:
    return len(BINARY.findall(content)) > BINARY_SHARE * len(content)


def _in_its_encoding(content: bytes) -> tuple[str, tuple[Statement, ...]]:
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), (Statement("health.not_utf8", {"encoding": "Windows-1252"}),)
    except UnicodeDecodeError:
        return content.decode("latin-1"), (Statement("health.not_utf8", {"encoding": "ISO 8859-1"}),)


def language_of(text: str) -> str | None:
    """`en` or `es` by counting stop words; `None` where there are few, or both languages have many."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in stop_words for word in words) for language, stop_words in STOP_WORDS.items()}
    least, most = sorted(counts, key=counts.__getitem__)
    enough = max(LEAST_WORDS, LEAST_SHARE * len(words), LEAST_MAJORITY * counts[least])
    return most if counts[most] >= enough else None
