"""The word lists of the room, loaded once: given names, surnames, place names, words that running text writes small.

Every list says in its first lines where it comes from and under which licence.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from cathartes.language.verbs import forms, singular

LANGUAGES = ("es", "en")
_NEVER_NAMES = "Ante Bien Con Dan De Del Diez Dos Durante El Ella Es Este Evita La Le Les Me Nada No Nos Pero Por Salvo Se Sin Te Un Ven"
NEVER_NAMES = frozenset(_NEVER_NAMES.split())
"""Entries of the lists of names that a text means as words."""

_IRREGULAR = (
    "es era fue será sería está estaba estuvo va iba ha había hay hubo habrá hizo hará dijo dirá tuvo tiene tendrá vino viene puso pudo "
    "puede podrá quiso quiere supo trajo dio ve vio cae sigue muere hace dice pide sale vuelve detuvo obtuvo mantuvo condujo produjo "
    "redujo huyó oyó cayó leyó "
    "detiene contiene mantiene obtiene sostiene retiene interviene proviene entiende pierde defiende enciende miente siente"
)
"""Forms of one person that the endings do not build."""

_ACCENTED = dict(zip("aeiouAEIOU", "áéíóúÁÉÍÓÚ", strict=True))
_OF_A_VERB = re.compile(r"(?:aron|ieron|eron|ando|iendo|aban|ían|arán|erán|irán|arse|erse|irse)$")

VERB_END = re.compile(
    r"(?:aron|ieron|eron|ando|iendo|mente|ción|ciones|ados?|adas?|idos?|idas?|aba|aban|ía|ían|ará|arán|irá|"
    r"irán|emos|amos|[aei]r(?:se|me|te|lo|la|los|las|le|les|nos)?|[áéí]\w*(?:nme|nnos|monos|nles?)|"
    r"[iae]ncia|[ie]dad|ezas?|miento|mientos|ismos?|ing|ed|ly|tion)$"
)
"""Endings that most words have which are no names."""


def _lines(name: str) -> list[str]:
    text = files("cathartes").joinpath(f"data/{name}").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def given_names() -> frozenset[str]:
    """Given names, as they are written."""
    return frozenset(_lines("language/given_names.txt")) - NEVER_NAMES


@cache
def surnames() -> frozenset[str]:
    """Surnames, as they are written; of those that a list has without accents, every way to write one."""
    accented = (spelling for name in _lines("language/surnames_census.txt") for spelling in _spellings(name))
    return frozenset((*_lines("language/surnames.txt"), *accented)) - NEVER_NAMES


def _spellings(name: str) -> Iterator[str]:
    """The name, and with an accent on each of its vowels, both also with each of its "n" as "ñ"."""
    for plain in (name, *(f"{name[:at]}ñ{name[at + 1 :]}" for at, letter in enumerate(name) if letter == "n")):
        yield plain
        yield from (f"{plain[:at]}{_ACCENTED[letter]}{plain[at + 1 :]}" for at, letter in enumerate(plain) if letter in _ACCENTED)


@cache
def common_words(language: str) -> frozenset[str]:
    """Words that text of the language (`es`, `en`) writes in small letters; in Spanish with the forms of many verbs."""
    return counted_words(language) | _verb_forms() if language == "es" else counted_words(language)


@cache
def persons() -> frozenset[str]:
    """Given names and surnames."""
    return given_names() | surnames()


@cache
def counted_words(language: str) -> frozenset[str]:
    """The same without verb forms: what texts were seen to write so, and what is listed by hand."""
    kind = "spanish" if language == "es" else "english"
    return frozenset(_lines(f"language/common_{language}.txt")) | frozenset(names_table()["common"][kind].lower().split())


@cache
def _verb_forms() -> frozenset[str]:
    """Forms of the listed Spanish verbs, without those that are names too ("Marcos")."""
    built = {form for line in _lines("language/verbs_es.txt") for entry in line.split() for form in forms(entry)}
    return frozenset(built - {name.lower() for name in persons() | place_names()})


def is_verb(word: str) -> bool:
    """Whether a Spanish word in small letters is a form of a listed verb, or ends as few other words do."""
    is_of_many = word.endswith("n") and is_singular_verb(word[:-1])
    return word in _verb_forms() or is_singular_verb(word) or is_of_many or bool(_OF_A_VERB.search(word))


def is_singular_verb(word: str) -> bool:
    """Whether a Spanish word in small letters may be what one person or thing does or did."""
    return word in _singular_forms()


@cache
def _singular_forms() -> frozenset[str]:
    built = {form for line in _lines("language/verbs_es.txt") for entry in line.split() for form in singular(entry)}
    return frozenset(built - openers("es") | set(_IRREGULAR.split()))


@cache
def english_verbs() -> frozenset[str]:
    """English verbs in small letters that look like nouns, as headlines write them."""
    return frozenset(names_table()["verbs"]["english"].split())


@cache
def openers(language: str) -> frozenset[str]:
    """Words in small letters that begin sentences and are no name there."""
    return frozenset(names_table()["openers"]["spanish" if language == "es" else "english"].split())


@cache
def place_names() -> frozenset[str]:
    """Names of Mexican places of 500 people or more, Mexican states, and larger towns and countries of the world."""
    mexican = {name for row in _lines("gazetteer/geonames_mx.tsv") for name in _names_of(row)}
    return frozenset(mexican | set(_lines("language/places_world.txt")) | set(exonyms("es")) | set(exonyms("en")))


def _names_of(row: str) -> list[str]:
    _, name, _, _, _, population, others = row.split("\t")
    # A hamlet called like a person or a common word would make every such word a place.
    return [name, *others.split("|")] if int(population) >= 2500 or " " in name else []


@cache
def organisation_names() -> frozenset[str]:
    """Organisations that Mexican reports and general news often name, by their names and acronyms."""
    return frozenset(
        name.strip() for line in names_table()["organisations"].values() for name in line.replace("\n", " ").split(",") if name.strip()
    )


def is_listed_name(name: str) -> bool:
    """Whether a person's name, a place or an organisation of the lists is written so."""
    return name in persons() or name in place_names() or name in organisation_names()


@cache
def nicknames() -> frozenset[str]:
    """Common words, in small letters, that are often nicknames or hamlets after an article: "El Ratón", "La Tuna"."""
    table = names_table()["nicknames"]
    return frozenset(" ".join((table["often"], table["hamlets"], table["people"])).lower().split())


@cache
def mexican_states() -> frozenset[str]:
    """The states of Mexico, by name and as they are shortened."""
    return frozenset(names_table()["states"])


@cache
def heads_of_organisations() -> frozenset[str]:
    """Words that begin names of organisations, with their capital."""
    return frozenset(names_table()["heads"]["organisation"].split())


def names_an_office(name: str) -> bool:
    """Whether an organisation's name begins with a word that says what it is, so that its translation says something."""
    return name.split()[0] in heads_of_organisations()


@cache
def names_an_authority(name: str) -> bool:
    """Whether an organisation is of a state, as far as its first word tells."""
    return name.split()[0] in frozenset(names_table()["authorities"]["words"].split())


@cache
def names_table() -> Mapping[str, Any]:
    """`data/language/names.toml`."""
    return tomllib.loads(files("cathartes").joinpath("data/language/names.toml").read_text("utf-8"))


@cache
def exonyms(language: str) -> Mapping[str, str]:
    """Places that have a name of their own in `language`: that name, and the one in the other language (CLDR, and our table)."""
    # Babel costs 0.1 s to import.
    from babel import Locale

    spanish, english = Locale("es").territories, Locale("en").territories
    pairs = {str(spanish[code]): str(english[code]) for code in spanish if re.fullmatch(r"[A-Z]{2}", str(code)) and code in english}
    pairs |= names_table()["exonyms"]
    return pairs if language == "es" else {english: spanish for spanish, english in pairs.items()}
