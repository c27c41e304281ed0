"""Statements as sentences, in English and Spanish, from catalogues written by hand in `data/messages`, a file per room.

A key that a catalogue lacks is an error, not a fallback: everything a partner reads exists in both languages.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import chain
from math import floor, log10
from string import Formatter
from typing import Any

from cathartes.errors import BadInput
from cathartes.model import Statement

LANGUAGES = ("en", "es")


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of `language` (`en` or `es`) by key."""
    # Babel costs 0.1 s to import, and most commands print no sentence.
    from babel.messages.pofile import read_po

    if language not in LANGUAGES:
        raise BadInput(f"there is no catalogue for language {language!r}; there are {', '.join(LANGUAGES)}")
    rooms = sorted(files("cathartes").joinpath(f"data/messages/{language}").iterdir(), key=lambda file: file.name)
    messages = chain.from_iterable(read_po(BytesIO(room.read_bytes())) for room in rooms)
    return {str(message.id): str(message.string) for message in messages if message.id}


class _Sentences(Formatter):
    """Sets a percentage off by a space that breaks no line, as the SI and the Real Academia do; a name that holds `%` stays as it is."""

    def format_field(self, value: Any, format_spec: str) -> str:
        written = str(super().format_field(value, format_spec))
        return written.replace("%", "\u00a0%") if format_spec.endswith("%") else written


def say(statement: Statement, language: str) -> str:
    """The statement as a sentence in `language`. Numbers are formatted by the message itself (`{rate:.2f}`), shares as `90 %`.

    Where `count` is one, a message whose key ends in `.one` is preferred.
    """
    messages, key = catalogue(language), statement.key
    if statement.values.get("count") == 1 and f"{key}.one" in messages:
        key = f"{key}.one"
    try:
        return _Sentences().vformat(messages[key], (), statement.values)
    except KeyError as missing:
        values = ", ".join(sorted(statement.values))
        raise BadInput(f"the {language} catalogue lacks {missing} for the message {statement.key!r} with the values {values}") from None


def percent(probability: float) -> str:
    """A probability as a whole percentage that is never rounded to certainty: `<1`, `97`, `>99`."""
    rounded = round(100 * probability)
    if rounded < 1:
        return "<1"
    return ">99" if rounded > 99 else str(rounded)


def number(value: float) -> str:
    """A number to three significant digits, thousands separated as Mexican and US readers both write them: more would be a claim."""
    if value == 0:
        return "0"
    digits = 2 - floor(log10(abs(value)))
    shown = round(value, digits)
    return f"{shown:,.{max(0, 2 - floor(log10(abs(shown))))}f}"
