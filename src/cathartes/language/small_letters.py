"""Names written in small letters, given back their capitals by the word lists, so that `language.names` finds them as any other.

Where other words of a segment have capitals, only what can hardly be anything else is raised: "ramiro quintero", "badiraguato". A
segment without any capital is read more freely: "el ratón", "en las flores".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from cathartes.language.announced import BEFORE_A_PLACE, announced, is_called, is_strange
from cathartes.language.lexicon import (
    given_names,
    organisation_names,
    persons,
    place_names,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]|\d+")
"""A word; or a mark or a number, at which names end."""
_LONGEST = 6
LEAST_ALONE = 7
"""Letters of a name of one word that is raised among words with capitals."""

ARTICLES = frozenset(("el", "la", "los", "las"))


def with_capitals(text: str, language: str) -> str:
    """`text`, letter for letter, with capitals on the names that its words in small letters are."""
    words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    letters = list(text)
    for start, written in _names([word for word, _ in words], [at for _, at in words], text, language):
        if text[start : start + len(written)].lower() == written.lower():
            letters[start : start + len(written)] = written
    return "".join(letters)


def _names(words: Sequence[str], starts: Sequence[int], text: str, language: str) -> Iterator[tuple[int, str]]:
    freely = is_small(text)
    yield from announced(text, language, freely=freely)
    position = 0
    while position < len(words):
        count, name = _listed(words, position, language, freely=freely)
        if count == 2 and words[position] in ARTICLES and _listed(words, position + 1, language, freely=freely)[0] > 1:
            count, name = 1, ""  # "la cruz roja" is no La Cruz
        if not name:
            count, name = _person(words, position, language, freely=freely)
        if name and text[starts[position] :].lower().startswith(name.lower()):
            yield starts[position], name
        position += max(count, 1)


def is_small(text: str) -> bool:
    """Whether a segment of some length has no capital at all."""
    return text.islower() and len(text.split()) > 2


def _listed(words: Sequence[str], position: int, language: str, *, freely: bool) -> tuple[int, str]:
    """The longest name of the lists that begins here: how many words it has, and how it is written."""
    for count in range(min(_LONGEST, len(words) - position, _longest_from().get(words[position], 0)), 0, -1):
        phrase = " ".join(words[position : position + count])
        name = _written().get(phrase.lower())
        if name in organisation_names() and not phrase.islower():
            return count, name  # "guardia Nacional"
        if name and phrase.islower() and _holds(name, words[position - 1] if position else "", language, freely=freely):
            return count, name
    nickname = freely and words[position] in ARTICLES and position + 1 < len(words) and is_called(words[position + 1], language)
    return (2, f"{words[position]} {words[position + 1]}".title()) if nickname else (0, "")


def _holds(name: str, before: str, language: str, *, freely: bool) -> bool:
    """Whether small letters may be this name: by words that are no common ones, or, read freely, by where it stands."""
    words = [word for word in name.lower().split() if word not in ARTICLES | BEFORE_A_PLACE]
    uncommon = any(is_strange(word, language) for word in words)
    if freely:
        return uncommon or (" " in name and (before in BEFORE_A_PLACE or name in organisation_names()))
    return uncommon and (len(words) > 1 or (before in BEFORE_A_PLACE and len(name) >= LEAST_ALONE and " " not in name))


def _person(words: Sequence[str], position: int, language: str, *, freely: bool) -> tuple[int, str]:
    """A given name and what follows of names; alone, and with names that are in no list, only where text is read freely."""
    known = [word.capitalize() in persons() for word in words[position : position + _LONGEST]]
    strange = [is_strange(word, language) for word in words[position : position + _LONGEST]]
    begins = words[position].capitalize() in given_names() or (freely and strange[0] and any((*known[:2], *strange[1:2])))
    if not begins:
        return 0, ""
    end = next((at for at in range(1, len(known)) if not (known[at] or (freely and strange[at]))), len(known))
    enough = sum(strange[:end]) > (0 if freely else 1)
    return (end, " ".join(words[position : position + end]).title()) if enough else (0, "")


@cache
def _written() -> Mapping[str, str]:
    """Every listed place and organisation by its small letters."""
    return {" ".join(_WORD.findall(name.lower())): name for name in sorted(place_names() | organisation_names()) if not name.isupper()}


@cache
def _longest_from() -> Mapping[str, int]:
    """The most words that a listed name has, by its first word."""
    longest: dict[str, int] = {}
    for name in _written():
        first, *rest = name.split() or [""]
        longest[first] = max(longest.get(first, 0), len(rest) + 1)
    return longest
