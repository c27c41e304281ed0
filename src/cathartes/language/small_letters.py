"""Names written in small letters, given back their capitals by the word lists, so that `language.names` finds them as any other.

Where other words of a segment have capitals, only what can hardly be anything else is raised: "ramiro quintero", "badiraguato". A
segment without any capital is read more freely: "el ratón", "en las flores".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from cathartes.language.announced import ADJECTIVE, BEFORE_A_PLACE, announced, is_called, is_strange
from cathartes.language.lexicon import (
    common_words,
    counted_words,
    given_names,
    heads_of_organisations,
    nicknames,
    openers,
    organisation_names,
    persons,
    place_names,
    surnames,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]|\d+")
"""A word; or a mark or a number, at which names end."""
_LINKS = frozenset(("de", "del", "y"))
_LONGEST = 6
LEAST_ALONE = 7
"""Letters of a name of one word that is raised among words with capitals."""

ARTICLES = frozenset(("el", "la", "los", "las"))
CAPITAL_ARTICLES = frozenset(article.title() for article in ARTICLES)


def with_capitals(text: str, language: str) -> str:
    """`text`, letter for letter, with a capital on each word of the names in it and small letters elsewhere, as prose writes them."""
    if is_all_capitals(text):
        return _from_capitals(text, language)
    return _raised(text, language, freely=is_small(text))


def _raised(text: str, language: str, *, freely: bool) -> str:
    words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    letters = list(text)
    for start, written in _names([word for word, _ in words], [at for _, at in words], text, language, freely=freely):
        if text[start : start + len(written)].lower() == written.lower():
            letters[start : start + len(written)] = written
    return "".join(letters)


def is_all_capitals(text: str) -> bool:
    """Whether a segment of some length is written in capitals, as headlines are."""
    return text.count(" ") > 2 and sum(map(str.isupper, text)) > 2 * sum(map(str.islower, text))


def _from_capitals(text: str, language: str) -> str:
    """A text in capitals as prose would write it: what no list of common words has is a name, and so is what an organisation is called."""

    def small(word: re.Match[str]) -> str:
        lowered = word.group().lower()
        is_initial = len(lowered) == 1 and text[word.end() : word.end() + 1] in (".", "'", "’", "”", '"')
        is_acronym = word.group() in organisation_names() or len(lowered) != len(word.group())
        return word.group() if is_initial or is_acronym else lowered

    def written(word: re.Match[str]) -> str:
        return word.group().capitalize() if is_strange(word.group(), language) else word.group()

    prose = _raised(re.sub(r"[^\W\d_]+", small, text), language, freely=True)
    prose = re.sub(r"(?<![^\W_])[^\W\d_]+(?![^\W_])", written, prose)
    return _organisation().sub(lambda match: _called_so(match.group(), language), prose)


@cache
def _organisation() -> re.Pattern[str]:
    """The first word of an organisation's name, and what may go on with it."""
    word = r"(?:(?:de(?: la| los| las)?|del|la|el|los|las) )?(?!(?:del?|el|la|en|con|a|y|se) )[^\W\d_]+"
    return re.compile(rf"\b(?:{'|'.join(heads_of_organisations())})\b(?: y [^\W\d_]+)?(?: {word}){{1,2}}", re.IGNORECASE)


def _called_so(name: str, language: str) -> str:
    """An organisation's name with its capitals, up to a word that tells what it does."""
    words = name.split(" ")
    spanish = counted_words("es")
    stops = common_words("en") - spanish if language == "en" else common_words("es") - spanish
    end = next((at for at, word in enumerate(words) if at and not stops.isdisjoint((word, word.removesuffix("s")))), len(words))
    return " ".join(word if word in _LINKS or at >= end else word.capitalize() for at, word in enumerate(words))


def _names(words: Sequence[str], starts: Sequence[int], text: str, language: str, *, freely: bool) -> Iterator[tuple[int, str]]:
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
    if freely and words[position] in nicknames() and words[position + 1 : position + 2] == ["de"] and position + 2 < len(words):
        whole = words[position + 2].capitalize() in place_names()
        return (3, _titled(words[position : position + 3])) if whole else (0, "")
    if not nickname:
        return 0, ""
    after = words[position + 2] if len(words) > position + 3 else ""
    of_a_name = after == "de" and is_strange(words[position + 3], language)
    count = 4 if after == "del" or of_a_name else 3 if re.fullmatch(ADJECTIVE, after) else 2
    return count, _titled(words[position : position + count])


def _holds(name: str, before: str, language: str, *, freely: bool) -> bool:
    """Whether small letters may be this name: by words that are no common ones, or, read freely, by where it stands."""
    words = [word for word in name.lower().split() if word not in ARTICLES | BEFORE_A_PLACE]
    uncommon = any(is_strange(word, language) for word in words)
    if freely:
        return uncommon or (" " in name and (before in BEFORE_A_PLACE or name in organisation_names()))
    return uncommon and (len(words) > 1 or (before in BEFORE_A_PLACE and len(name) >= LEAST_ALONE and " " not in name))


def _person(words: Sequence[str], position: int, language: str, *, freely: bool) -> tuple[int, str]:
    """A given name and what follows of names; alone, and with names that are in no list, only where text is read freely."""
    is_given = words[position].capitalize() in given_names()
    if not is_given and not freely:
        return 0, ""
    known = [word.capitalize() in persons() and word not in openers(language) for word in words[position : position + _LONGEST]]
    strange = [is_strange(word, language) for word in words[position : position + _LONGEST]]
    if not is_given and not (strange[0] and any((*known[:2], *strange[1:2]))):
        return 0, ""
    end = next(
        (at for at in range(1, len(known)) if not (known[at] or (freely and (strange[at] or _joins(words, position + at))))), len(known)
    )
    enough = sum(strange[:end]) > (0 if freely else 1)
    return (end, _titled(words[position : position + end])) if enough else (0, "")


def _joins(words: Sequence[str], at: int) -> bool:
    """Whether a word stands between two of a person's names: "Luis de la Torre"."""
    after = next((word for word in words[at:] if word not in _LINKS | ARTICLES), "")
    return words[at] in _LINKS | {"la", "los", "las"} and "de" in words[at - 1 : at + 1] and after.capitalize() in surnames()


def _titled(words: Sequence[str]) -> str:
    """The words as a name writes them."""
    return " ".join(word if at and word in _LINKS | ARTICLES else word.title() for at, word in enumerate(words))


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
