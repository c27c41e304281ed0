"""Names written in small letters, given back their capitals by the word lists, so that `language.names` finds them as any other.

Where other words of a segment have capitals, only what can hardly be anything else is raised: "ramiro quintero", "badiraguato". A
segment without any capital is read more freely: "el ratón", "en las flores".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from cathartes.language.lexicon import VERB_END, common_words, given_names, names_table, organisation_names, place_names, surnames

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]|\d+")
"""A word; or a mark or a number, at which names end."""
_LONGEST = 6
LEAST_LETTERS = 4
"""Letters of a word that can be told from a common one."""

LEAST_ALONE = 7
"""Letters of a name of one word that is raised among words with capitals."""

ARTICLES = frozenset(("el", "la", "los", "las"))
BEFORE_A_PLACE = frozenset(
    ["en", "de", "por", "a", "desde", "hacia", "cerca", "rancho", "ejido", "retén", "crucero", "bodega", "in", "at", "near", "from"]
)


def with_capitals(text: str, language: str) -> str:
    """`text`, letter for letter, with capitals on the names that its words in small letters are."""
    words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    if not any(word[0].islower() and _may_begin_name(word) for word, _ in words):
        return text
    letters = list(text)
    for start, written in _names([word for word, _ in words], [at for _, at in words], text, language):
        if text[start : start + len(written)].islower():
            letters[start : start + len(written)] = written
    return "".join(letters)


def _names(words: Sequence[str], starts: Sequence[int], text: str, language: str) -> Iterator[tuple[int, str]]:
    freely = is_small(text)
    if freely:
        yield from ((match.start("name"), match["name"].title()) for pattern in _announced() for match in pattern.finditer(text))
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


@cache
def _announced() -> tuple[re.Pattern[str], ...]:
    announcing = "|".join(names_table()["before"]["alias"].split())
    return (
        re.compile(rf"\b(?:{announcing})(?: como)? (?P<name>(?:(?:el|la|los|las) )?\w+)"),
        re.compile(r"(?P<name>\b(?:c[áa]rtel|transportes|ejido)(?: (?:de|del|la|el|los|las))* \w+)"),
    )


def _listed(words: Sequence[str], position: int, language: str, *, freely: bool) -> tuple[int, str]:
    """The longest name of the lists that begins here: how many words it has, and how it is written."""
    for count in range(min(_LONGEST, len(words) - position, _longest_from().get(words[position], 0)), 0, -1):
        name = _written().get(" ".join(words[position : position + count]))
        if name and _holds(name, words[position - 1] if position else "", language, freely=freely):
            return count, name
    nickname = freely and words[position] in ARTICLES and position + 1 < len(words) and words[position + 1] in _nicknames()
    return (2, f"{words[position]} {words[position + 1]}".title()) if nickname else (0, "")


def _holds(name: str, before: str, language: str, *, freely: bool) -> bool:
    """Whether small letters may be this name: by words that are no common ones, or, read freely, by where it stands."""
    words = [word for word in name.lower().split() if word not in ARTICLES]
    uncommon = any(is_strange(word, language) for word in words)
    if freely:
        return uncommon or (" " in name and (before in BEFORE_A_PLACE or name in organisation_names()))
    return uncommon and (len(words) > 1 or (before in BEFORE_A_PLACE and len(name) >= LEAST_ALONE and " " not in name))


def _person(words: Sequence[str], position: int, language: str, *, freely: bool) -> tuple[int, str]:
    """A given name and what follows of names; alone, and with names that are in no list, only where text is read freely."""
    known = [word.capitalize() in _persons() for word in words[position : position + _LONGEST]]
    strange = [is_strange(word, language) for word in words[position : position + _LONGEST]]
    begins = words[position].capitalize() in given_names() or (freely and strange[0] and any(known[:2]))
    if not begins:
        return 0, ""
    end = next((at for at in range(1, len(known)) if not (known[at] or (freely and strange[at]))), len(known))
    enough = sum(strange[:end]) > (0 if freely else 1)
    return (end, " ".join(words[position : position + end]).title()) if enough else (0, "")


def is_strange(word: str, language: str) -> bool:
    """Whether a word is none that text writes in small letters, as far as list and ending tell."""
    return len(word) >= LEAST_LETTERS and word not in common_words(language) and not VERB_END.search(word)


def _may_begin_name(word: str) -> bool:
    return word in _longest_from() or word.capitalize() in given_names() or word in ARTICLES


@cache
def _persons() -> frozenset[str]:
    return given_names() | surnames()


@cache
def _nicknames() -> frozenset[str]:
    return frozenset(names_table()["nicknames"]["often"].lower().split())


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
