"""Names as they are compared: repaired, folded to plain Latin letters, cut into words, each with its part in the name.

What two words have to do with each other is for `kinship` to say; how much that is worth, for `screen`.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from anyascii import anyascii

from cathartes.network.tables import ABBREVIATIONS, LEGAL_FORMS

LONGEST = 10
"""Words of a name that are compared; what follows them is left out."""

SEPARATORS = re.compile(r"[\s\-‐‑–—/_()\[\]{}\"“”«»;:|+*]+")
MARKS_INSIDE = re.compile(r"['’‘`´ʼʻʿʾ.,&]")
LOST_LETTER = re.compile(r"(?<=\w)[?\ufffd]|[?\ufffd](?=\w)")
MOJIBAKE = re.compile(r"[ÂÃâÐÑØÙ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]")
# Letters that code pages of DOS put in place of accented ones, met inside words only.
DOS_LETTERS = str.maketrans({"¤": "ñ", "¥": "Ñ", "¡": "í", "¢": "ó", "£": "ú", "‚": "é", "µ": "Á"})
# Digits that character recognition reads for letters.
DIGIT_LETTERS = str.maketrans("0153846", "oisbbag")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
SWALLOWED_SPACE = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])")
# fmt: off
PARTICLES = frozenset({
    "de", "del", "la", "las", "los", "el", "y", "da", "do", "dos", "das", "di", "du", "van", "von", "der", "den", "al", "ul", "bin", "ben",
    "ibn", "bint",
})
# fmt: on


class Part(IntEnum):
    """What a word of a name is, as far as the writing shows it."""

    UNKNOWN = 0
    GIVEN = 1
    SURNAME = 2
    PARTICLE = 3
    FORM = 4


@dataclass(frozen=True)
class Name:
    """A name cut into folded words; `parts` says what each is."""

    words: tuple[str, ...]
    parts: tuple[Part, ...]


def repaired(text: str) -> str:
    """Undo the common accidents of encoding: UTF-8 read as a code page (once or twice), DOS letters inside words."""
    for _ in range(2):
        if not MOJIBAKE.search(text):
            break
        better = _read_again(text)
        if better is None:
            break
        text = better
    if any(letter in text for letter in "¤¥¡¢£‚µ"):
        text = text.translate(DOS_LETTERS)
    return text


def _read_again(text: str) -> str | None:
    """The text whose UTF-8 bytes were shown as Windows or ISO Latin-1 letters; `None` if it was not that."""
    for codec in ("cp1252", "latin-1"):
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return None


@lru_cache(maxsize=1 << 18)
def folded(word: str) -> tuple[str, ...]:
    """The plain lower-case words that one written word stands for: accents, marks and other scripts taken away."""
    plain = anyascii(MARKS_INSIDE.sub("", unicodedata.normalize("NFKC", LOST_LETTER.sub("?", word))))
    if not word.isascii() and not _is_latin(word):
        plain = CAMEL.sub(" ", plain)
    return tuple(cut for piece in SEPARATORS.split(plain.lower()) if (cut := _letters(piece)))


def _letters(piece: str) -> str:
    """Letters and digits only, and a question mark for a letter that was lost; a digit among letters is a letter misread."""
    piece = "".join(letter for letter in piece if letter.isalnum() or letter == "?").strip("?" if piece.strip("?") == "" else "")
    if piece.isalpha() or piece.isdigit() or sum(map(str.isalpha, piece)) < 2:
        return piece
    return piece.translate(DIGIT_LETTERS)


def _is_latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in word if letter.isalpha())


def parsed(text: str, kind: str = "person") -> Name:
    """The name as it is compared. An empty or unreadable name has no words."""
    text = repaired(text) if not text.isascii() else text
    if kind != "person":
        return _organisation(text)
    turned = _surname_first(text) if "," in text else None
    if turned:
        surnames, given = turned
        return _name([*given, *surnames], [Part.GIVEN] * len(given) + [Part.SURNAME] * len(surnames))
    pieces = [piece for piece in SEPARATORS.split(SWALLOWED_SPACE.sub(" ", text)) if piece]
    mixed = not text.isupper() and any(map(_is_capitals, pieces))
    words: list[str] = []
    parts: list[Part] = []
    for piece in pieces:
        part = Part.UNKNOWN if not mixed else Part.SURNAME if _is_capitals(piece) else Part.GIVEN
        for word in folded(piece):
            words.append(word)
            parts.append(part)
    return _name(words, parts)


def _surname_first(text: str) -> tuple[list[str], list[str]] | None:
    """Surnames and given names of "SURNAMES, Given"; `None` where the comma cuts off a title, or nothing."""
    front, _, rest = text.partition(",")
    surnames, given = folded_words(front), folded_words(rest)
    return (surnames, given) if given and not all(map(_is_title, surnames)) else None


def folded_words(text: str) -> list[str]:
    """All folded words of a stretch of text."""
    return [word for piece in SEPARATORS.split(text) if piece for word in folded(piece)]


def _is_capitals(piece: str) -> bool:
    return len(piece) > 2 and piece.isupper() and "." not in piece


def _name(words: list[str], parts: list[Part]) -> Name:
    kept = [(word, Part.PARTICLE if word in PARTICLES else part) for word, part in zip(words, parts, strict=True) if not _is_title(word)]
    kept = kept[:LONGEST] or list(zip(words, parts, strict=True))[:LONGEST]
    return Name(tuple(word for word, _ in kept), _guessed([part for _, part in kept]))


def _is_title(word: str) -> bool:
    """Words such as "Lic." or "viuda" that an abbreviation table maps to nothing."""
    return word in ABBREVIATIONS and not ABBREVIATIONS[word]


def _guessed(parts: list[Part]) -> tuple[Part, ...]:
    """Where capitals do not show the surnames: the last two of three or more words, the last of two."""
    open_places = [place for place, part in enumerate(parts) if part is Part.UNKNOWN]
    known = any(part is Part.SURNAME for part in parts)
    surnames = 0 if known else 2 if len(open_places) > 2 else 1 if len(open_places) == 2 else 0
    for order, place in enumerate(open_places):
        parts[place] = Part.SURNAME if order >= len(open_places) - surnames else Part.GIVEN
    return tuple(parts)


def _organisation(text: str) -> Name:
    """An organisation's name: legal forms in one spelling, wherever they stand, and "&" as "and"."""
    words = folded_words(text.replace("&", " and ").replace(".", " " if re.search(r"\w{3}\.\w{3}", text) else ""))
    kept: list[str] = []
    parts: list[Part] = []
    place = 0
    while place < len(words):
        form, length = _legal_form(words, place)
        kept.append(form or words[place])
        parts.append(Part.FORM if form else Part.UNKNOWN)
        place += length
    return Name(tuple(kept[:LONGEST]), tuple(parts[:LONGEST]))


def _legal_form(words: list[str], place: int) -> tuple[str | None, int]:
    """The legal form that starts at `place`, the longest first, and how many words it takes; none, and one word."""
    for length in range(min(6, len(words) - place), 0, -1):
        form = LEGAL_FORMS.get(" ".join(words[place : place + length]))
        if form is not None:
            return form, length
    return None, 1
