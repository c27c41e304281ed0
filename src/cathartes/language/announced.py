"""Nicknames and hamlets in small letters that the words around them announce: "alias el ratón", "en la tuna, Durango", "de el tule".

What is announced is a name in any text; in a segment without a capital more is taken for one. The lists are no business of this module
but for the words that people and hamlets are often called after: names that stand in a list are found by `language.small_letters`.
"""

import re
from collections.abc import Iterator
from functools import cache

from cathartes.language.lexicon import VERB_END, common_words, names_table, nicknames, persons, place_names

LEAST_LETTERS = 4
"""Letters of a word that can be told from a common one."""

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

ADJECTIVE = (
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
    re.compile(rf"\b(?:{_SITE})\s(?P<name>{_SMALL}\s(?:{ADJECTIVE}))\b"),
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
_OF_A_NAME = re.compile(r"[A-ZÁÉÍÓÚÑ][a-záéíóúüñ]+ de $")
"""Before the article of a surname: "Karem Benítez de la Peña"."""

WITH_ADJECTIVE = re.compile(rf"\b(?P<name>{_SMALL}\s(?:{ADJECTIVE}))\b")
OF_A_SITE = re.compile(rf"\b(?:{_SITE})\sde\s(?P<name>{_THING})")
"""As much where the thing is one that hamlets are called after: "la sindicatura de las tinajas"."""

SPANISH_IN_ENGLISH = re.compile(rf"\b(?P<name>el\scompa\s{_SMALL}|{_THING})")
"""No English text uses Spanish articles but in names."""

FREELY = (
    re.compile(rf"\b(?:alias|apodad[oa]|dicen|llaman)\s(?P<name>{_SMALL})"),
    re.compile(rf"\b(?P<name>(?:c[áa]rtel|transportes|ejido)(?:\s(?:de|del|la|el|los|las))*\s{_SMALL})"),
    re.compile(rf"\b(?P<name>{_COUNT}\s(?:{_LAND}))\b"),
    re.compile(rf"\b{_PREPOSITION}\s(?P<name>(?:{_LAND})\s(?:del|de(?:\s(?:la|las|los))?)\s{_SMALL})"),
    re.compile(rf"\b{_PREPOSITION}\s(?P<name>(?:{_LAND})\s(?:{ADJECTIVE}))\b"),
    re.compile(rf"\b(?P<name>el\s(?:{_ROLE})\sde(?:l|\slas?|\slos)\s{_SMALL})"),
    re.compile(rf"\b(?P<name>el\s{_COUNT}\s(?!mil\b|por\b|del?\b){_SMALL}s)\b"),
    re.compile(rf"\b(?P<name>el\s{_COUNT})(?!\w|[.,:/-]\w|\s(?:de|del|por|kil|mil|h))"),
)
"""What is a name where nothing has a capital, and could be something else in other text."""


def announced(text: str, language: str, *, freely: bool) -> Iterator[tuple[int, str]]:
    """Names that the words around them announce, or that have no other reading in this language."""
    found = [match for pattern in ANNOUNCED for match in pattern.finditer(text)]
    found += [match for match in OF_A_SITE.finditer(text) if is_called(match["name"].split()[-1], language)]
    found += [match for pattern in BEFORE_ITS_STATE for match in pattern.finditer(text) if _lies_in_a_place(match)]
    half_raised = (match for match in HALF_RAISED.finditer(text) if match["called"].lower() in nicknames())
    found += [match for match in half_raised if not _OF_A_NAME.search(text, max(0, match.start() - 40), match.start())]
    if language == "en":
        found += SPANISH_IN_ENGLISH.finditer(text)
    if freely:
        found += [match for pattern in FREELY for match in pattern.finditer(text)]
        found += [match for match in WITH_ADJECTIVE.finditer(text) if is_called(match["name"].split()[0], language)]
    yield from ((match.start("name"), match["name"].title()) for match in found)


def _lies_in_a_place(match: re.Match[str]) -> bool:
    return match["whole"].title() in place_names() and match["name"].split()[-1] not in _kinds_of_place()


def is_called(word: str, language: str) -> bool:
    """Whether a word after an article may be a nickname or a hamlet: one of the usual, or one that no text uses."""
    is_new = is_strange(word, language) and word.capitalize() not in persons()
    return word not in BEFORE_A_PLACE and (is_new or not nicknames().isdisjoint((word, word.removesuffix("s"))))


def is_strange(word: str, language: str) -> bool:
    """Whether a word is none that text writes in small letters, as far as list and ending tell."""
    stem = word.removesuffix("s") if language == "en" else word
    return len(word) >= LEAST_LETTERS and common_words(language).isdisjoint((word, stem)) and not VERB_END.search(word)


@cache
def _kinds_of_place() -> frozenset[str]:
    """Words that say what a place is and are no name of one."""
    table = names_table()
    return frozenset(" ".join((table["heads"]["place"], table["before"]["place"], table["before_of"]["place"])).lower().split())
