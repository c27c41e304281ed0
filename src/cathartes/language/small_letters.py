"""Names written in small letters, given back their capitals by the word lists, so that `language.names` finds them as any other.

Where other words of a segment have capitals, only what can hardly be anything else is raised: "ramiro quintero", "badiraguato". A
segment without any capital is read more freely: "el ratón", "en las flores".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from cathartes.language.lexicon import (
    VERB_END,
    common_words,
    given_names,
    names_table,
    nicknames,
    organisation_names,
    persons,
    place_names,
)

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

_SMALL = r"(?:(?!\d|_)[^\WA-ZÀ-ÖØ-Þ])+"
_PREPOSITION = "(?:en|de|hacia|desde|por|a|in|at|near|from|to)"
_THING = rf"(?:el|la|los|las)\s{_SMALL}"
_CALLED = rf"(?P<name>{_THING}(?:\s(?:del|de(?:\s(?:la|las|los))?)\s{_SMALL})?)"
_SITE = (
    "rancho|ejido|ranchería|poblado|comunidad|pueblo|localidad|sindicatura|crucero|predio|paraje|cerro|arroyo|colonia|barrio|caserío|congregación|"
    "hacienda|ranch|village"
)
_LAND = (
    "agua|arroyo|barranca|boca|cañada|cerro|cruz|cueva|hermanos|laguna|llano|loma|mesa|monte|ojo|palos?|paso|peñas?|picos?|piedra|potrero|pozos?|"
    "puerto|punta|ríos?|vado|valles?"
)
_ROLE = "señor|jefe|rey|patrón|viejo|amo|dueño"
_COUNT = r"(?:\d{1,2}|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|veinte)"

_ADJECTIVE = (
    "blanc[oa]s?|negr[oa]s?|priet[oa]s?|colorad[oa]s?|verdes?|gord[oa]s?|larg[oa]s?|alt[oa]s?|sec[oa]s?|hond[oa]s?|chic[oa]s?|viej[oa]s?|"
    "nuev[oa]s?|redond[oa]s?|quemad[oa]s?|parad[oa]s?|mojad[oa]s?|fuertes?|grandes?|calientes?"
)
_NAMED = rf"(?:{_THING}|(?:{_COUNT}|{_SMALL})\s{_SMALL})"

ANNOUNCED = (
    re.compile(
        r"(?<!\w)(?i:alias|apodad[oa]s?|apodan|mote|sobrenombre|(?:conoc\w+|known|apodad[oa]s?)\s(?:como|as)|(?:les?|l[oa]s?)\s(?:dicen|llaman)|"
        rf"hace\sllamar|a\.?k\.?a\.?|nicknamed|dubbed|\(a\))(?:\s(?:es|era|de|como))?[:\s]+[\"“«'‘]?{_CALLED}"
    ),
    re.compile(rf"[\"“«‘](?P<name>{_THING})[\"”»’]"),
    re.compile(rf"\b(?:{_SITE})\s(?:llamad[oa]\s)?{_CALLED}"),
    re.compile(rf"\b(?:{_SITE})\s(?P<name>{_SMALL}\s(?:{_ADJECTIVE}))\b"),
    re.compile(rf"\b(?:de|a)\s(?P<name>el\s(?:{_SMALL}|\d{{1,2}}\b))"),
    re.compile(rf"\b(?P<name>(?:san|santa)\s{_SMALL})"),
    re.compile(rf"(?:(?<=\w\s)|(?<=[,;]\s)|(?<=[,;]))(?P<name>(?:El|La|Los|Las)\s{_SMALL})"),
)
"""Where a nickname or a place is announced, so that its small letters leave no doubt; "de el" is written before names only."""

BEFORE_ITS_STATE = (
    re.compile(rf"\b{_PREPOSITION}\s(?P<name>{_NAMED}),\s(?P<whole>\w+)"),
    re.compile(rf"\b(?P<name>{_THING}|{_COUNT}\s{_SMALL}),\s(?P<whole>\w+)"),
)
"""A place before the larger one that it lies in: "en la ciruela, Durango"."""

HALF_RAISED = re.compile(r"\b(?P<name>(?:el|la|los|las)\s(?P<called>[A-ZÁÉÍÓÚÑ][a-záéíóúüñ]+))\b(?!\s(?:del?\s)?[A-ZÁÉÍÓÚÑ])")
WITH_ADJECTIVE = re.compile(rf"\b(?P<name>{_SMALL}\s(?:{_ADJECTIVE}))\b")
OF_A_SITE = re.compile(rf"\b(?:{_SITE})\sde\s(?P<name>{_THING})")
"""As much where the thing is one that hamlets are called after: "la sindicatura de las tinajas"."""

SPANISH_IN_ENGLISH = re.compile(rf"\b(?P<name>el\scompa\s{_SMALL}|{_THING})")
"""No English text uses Spanish articles but in names."""

FREELY = (
    re.compile(rf"\b(?:alias|apodad[oa]|dicen|llaman)\s(?P<name>{_SMALL})"),
    re.compile(rf"\b(?P<name>(?:c[áa]rtel|transportes|ejido)(?:\s(?:de|del|la|el|los|las))*\s{_SMALL})"),
    re.compile(rf"\b(?P<name>{_COUNT}\s(?:{_LAND}))\b"),
    re.compile(rf"\b{_PREPOSITION}\s(?P<name>(?:{_LAND})\s(?:del|de(?:\s(?:la|las|los))?)\s{_SMALL})"),
    re.compile(rf"\b(?P<name>el\s(?:{_ROLE})\sde(?:l|\slas?|\slos)\s{_SMALL})"),
    re.compile(rf"\b(?P<name>el\s{_COUNT})(?!\w|[.,:/-]\w|\s(?:de|del|por|kil|mil|h))"),
)
"""What is a name where nothing has a capital, and could be something else in other text."""


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
    yield from _announced(text, language, freely=freely)
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


def _announced(text: str, language: str, *, freely: bool) -> Iterator[tuple[int, str]]:
    """Names that the words around them announce, or that have no other reading in this language."""
    found = [match for pattern in ANNOUNCED for match in pattern.finditer(text)]
    found += [match for match in OF_A_SITE.finditer(text) if _is_called(match["name"].split()[-1], language)]
    found += [match for pattern in BEFORE_ITS_STATE for match in pattern.finditer(text) if _lies_in_a_place(match)]
    found += [match for match in HALF_RAISED.finditer(text) if match["called"].lower() in nicknames()]
    if language == "en":
        found += SPANISH_IN_ENGLISH.finditer(text)
    if freely:
        found += [match for pattern in FREELY for match in pattern.finditer(text)]
        found += [match for match in WITH_ADJECTIVE.finditer(text) if _is_called(match["name"].split()[0], language)]
    yield from ((match.start("name"), match["name"].title()) for match in found)


def _lies_in_a_place(match: re.Match[str]) -> bool:
    return match["whole"].title() in place_names() and match["name"].split()[-1] not in _kinds_of_place()


def _listed(words: Sequence[str], position: int, language: str, *, freely: bool) -> tuple[int, str]:
    """The longest name of the lists that begins here: how many words it has, and how it is written."""
    for count in range(min(_LONGEST, len(words) - position, _longest_from().get(words[position], 0)), 0, -1):
        phrase = " ".join(words[position : position + count])
        name = _written().get(phrase.lower())
        if name in organisation_names() and not phrase.islower():
            return count, name  # "guardia Nacional"
        if name and phrase.islower() and _holds(name, words[position - 1] if position else "", language, freely=freely):
            return count, name
    nickname = freely and words[position] in ARTICLES and position + 1 < len(words) and _is_called(words[position + 1], language)
    return (2, f"{words[position]} {words[position + 1]}".title()) if nickname else (0, "")


def _is_called(word: str, language: str) -> bool:
    """Whether a word after an article may be a nickname or a hamlet: one of the usual, or one that no text uses."""
    is_new = is_strange(word, language) and word.capitalize() not in persons()
    return word not in BEFORE_A_PLACE and (is_new or not nicknames().isdisjoint((word, word.removesuffix("s"))))


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


def is_strange(word: str, language: str) -> bool:
    """Whether a word is none that text writes in small letters, as far as list and ending tell."""
    return len(word) >= LEAST_LETTERS and word not in common_words(language) and not VERB_END.search(word)


@cache
def _kinds_of_place() -> frozenset[str]:
    """Words that say what a place is and are no name of one."""
    table = names_table()
    return frozenset(" ".join((table["heads"]["place"], table["before"]["place"], table["before_of"]["place"])).lower().split())


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
