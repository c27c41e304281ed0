"""What may be a name in a segment that is all in capitals: there a capital says nothing, so that everything may but what grammar explains.

Words of grammar, verbs and what is counted are left to the engine. All else is carried to the letter, with what stands beside it and
what joins it in one; a reader is told in brackets what the engine makes of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from cathartes.language.announced import LEAST_LETTERS
from cathartes.language.lexicon import (
    common_words,
    english_verbs,
    given_names,
    is_singular_verb,
    is_verb,
    nicknames,
    openers,
    organisation_names,
    persons,
    place_names,
    surnames,
)
from cathartes.language.name_kinds import words_of
from cathartes.language.numerals import SCALES, WORDS
from cathartes.language.quantities import DIMENSIONLESS
from cathartes.language.small_letters import ARTICLES
from cathartes.model import NAMES, Fact, FactKind, Quantity

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’-][^\W\d_]+)*(?![^\W_])")
_AND = frozenset(("y", "e", "and", "or"))
_LINKS = _AND | {"de", "del", "of"}
_SPANISH_PREPOSITIONS = "a al ante bajo con contra de del desde en entre hacia hasta para por según sin sobre tras"
_ENGLISH_PREPOSITIONS = (
    "about above across against along amid among around at behind below beneath beside between beyond by during for from in inside into "
    "near of off on onto outside over past through toward towards under upon via with within"
)
_BEFORE_A_NOUN = {
    "es": frozenset((*_SPANISH_PREPOSITIONS.split(), *ARTICLES, "un", "una", "su")),
    "en": frozenset((*_ENGLISH_PREPOSITIONS.split(), "and", "a", "an", "the", "alias", "called")),
}
"""Behind what no verb stands, in Spanish none but an infinitive."""

_BEFORE_A_PLACE = frozenset(("a", "en", "de", "por", "desde", "hacia", "hasta", "para", "pa", "in", "at", "near", "from", "outside"))
_OF_MANY = frozenset(("police", "people", "men", "women", "children"))
_ARTICLES = ARTICLES | {"the"}
_DETERMINERS = "un una unos unas su sus este esta estos estas ese esa esos esas cada", "a an his her their"
_BEFORE_NO_NAME = {"es": frozenset(_DETERMINERS[0].split()), "en": frozenset(_DETERMINERS[1].split())}

_GIVEN_TOO = frozenset(("will", "may"))
"""English words of grammar that are given names before a surname."""

_OF_OTHERS = re.compile(r"(?:[aeiáéíóún]|[ai]d[oa]s|[ai]do|ndo|r|se|l[aeo]s?)$")
"""How Spanish verbs end that tell what others do or did, or of no person."""

_PARTICIPLE = re.compile(r"[ai]d[oa]s?$")
_SURELY_A_VERB = re.compile(r"(?:[nó]|[aei]r|ndo|ed)$")
_OPENERS = "why will may can must ask bring call check find follow give help meet pay seek send show stop take wait want"
_NO_OBJECTS = frozenset(_OPENERS.split())
"""English words that begin sentences and stand behind no preposition, but in names: "IN SHOW LOW"."""

_SIDES = frozenset(("abajo", "arriba", "adentro", "afuera", "atrás", "enfrente"))
_VALUE = re.compile(r"(?:(?<=[:|;] )|(?<=[|;]))(?=(?P<value>[^|;:.,\d]{3,40}?)(?: ?[|;]|\.?$))")
"""What a field or a cell holds, where it is short."""

_LEGAL_FORMS = ("INC", "LLC", "LTD", "CORP", "CO", "PLC")
_LONGEST = 4


@dataclass(frozen=True)
class _Line:
    """The words of a segment in small letters; whether each stands a space before the next, and in no fact that has its own form."""

    words: Sequence[str]
    joined: Sequence[bool]
    free: Sequence[bool]
    language: str

    def __getitem__(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def is_content(self, at: int) -> bool:
        """Whether a word is there that is in no fact and none of grammar."""
        return bool(self[at]) and self.free[at] and self[at] not in openers(self.language)

    def is_verb(self, at: int) -> bool:
        """Whether a word can be nothing but a verb where it stands: no name, and not behind an article or a preposition."""
        word, before = self[at], self[at - 1] if at and self.joined[at - 1] else ""
        is_alone = not before and not self.joined[at]
        if is_alone or _is_listed(word) or word in nicknames() or {word, before} & words_of("before", "called"):
            return False
        if before and self[at - 2] in _BEFORE_A_PLACE and self.joined[at - 2] and not _is_listed(before):
            return False  # "EN TIERRA CALIENTE"
        return self._is_english_verb(at, before) if self.language == "en" else self._is_spanish_verb(at, before)

    def _is_spanish_verb(self, at: int, before: str) -> bool:
        word = self[at]
        if _PARTICIPLE.search(word) and not before and self[at + 1].capitalize() in surnames():
            return False  # "LIBRADO HERAS"
        if (_is_listed(before) or before in nicknames()) and not _OF_OTHERS.search(word):
            return False  # "LA TOLEDO CORRO": headlines tell of others
        is_followed = self.joined[at] and is_singular_verb(self[at + 1])
        return (
            is_verb(word)
            and not word.endswith(("iente", "ante"))
            and not is_followed
            and (before not in _BEFORE_A_NOUN["es"] or (word.endswith("r") and before not in ARTICLES))
        )

    def _is_english_verb(self, at: int, before: str) -> bool:
        word = self[at]
        if before in _BEFORE_A_NOUN["en"]:
            return False
        if len(word) > LEAST_LETTERS and word.endswith(("ed", "ing")) and _is_form_of_common(word):
            is_noun = word.endswith("ing") and (self.is_content(at - 1) or before == "to")
            return not is_noun and not (self.joined[at] and self.is_content(at + 1))
        if word not in english_verbs() or not before or (self.joined[at] and self[at + 1] in english_verbs()):
            return False
        is_of_many = bool({f"{word}s", f"{word}es"} & english_verbs())
        if before == "to":
            return is_of_many
        if word.endswith("s"):
            return self.joined[at]  # "MARBLE FALLS."
        return not is_of_many or before in _OF_MANY or before.endswith("s") or before in openers("en")

    def is_counted(self, at: int) -> bool:
        """Whether a determiner or a number makes a single word a common noun: "UN CAMIÓN", "DOS HOMBRES"; "EN TRES RÍOS" is a place."""
        before = self[at - 1] if at and self.joined[at - 1] else ""
        is_alone = not self.joined[at] or not self.is_content(at + 1) or self.is_verb(at + 1)
        if not is_alone or _is_listed(self[at]) or common_words(self.language).isdisjoint((self[at], self[at].removesuffix("s"))):
            return False
        is_number = before in _counts() and self[at].endswith("s") and (self[at - 2] not in _BEFORE_A_PLACE or self[at - 2] == "a")
        return before in _BEFORE_NO_NAME[self.language] or is_number


def carried_in_capitals(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Start and end of every word that may be a name, or part of one with the words beside it."""
    words = tuple(_WORD.finditer(text))
    told = covered(text, [(fact.start, fact.end) for fact in facts if fact.kind not in NAMES])
    named = covered(text, [(fact.start, fact.end) for fact in facts if fact.kind in NAMES])
    values = covered(text, [match.span("value") for match in _VALUE.finditer(text) if match["value"].count(" ") < _LONGEST])
    numbers = {
        fact.start
        for fact in facts
        if fact.kind is FactKind.IDENTIFIER or (isinstance(fact.value, Quantity) and fact.value.unit == DIMENSIONLESS)
    }
    line = _Line(
        [word.group().lower() for word in words],
        [*(_is_joined(text, this, then) for this, then in pairwise(words)), False],
        [not told[word.start()] for word in words],
        language,
    )
    carried = [
        bool(named[word.start()] or (values[word.start()] and line.free[at]))
        or (line[at] in ("el", "la") and word.end() + 1 in numbers)
        or line[at].capitalize() in seen
        or (word.group().istitle() and len(word.group()) > 1 and line.free[at])  # a name among capitals
        or _may_be_name(line, at)
        for at, word in enumerate(words)
    ]
    _add_places(line, carried)
    _join(line, carried)
    return (word.span() for word, each in zip(words, carried, strict=True) if each)


def covered(text: str, spans: Sequence[tuple[int, int]]) -> bytearray:
    """One for every letter that stands in a span."""
    covered = bytearray(len(text))
    for start, end in spans:
        covered[start:end] = b"\x01" * (end - start)
    return covered


def _is_joined(text: str, this: re.Match[str], then: re.Match[str]) -> bool:
    """Whether no more than a space, the dot of a short form or the comma before a legal form parts two words: "MA. DEL REFUGIO"."""
    between = text[this.end() : then.start()]
    is_short = (between == ". " and len(this.group()) < 3) or (between == ", " and then.group() in _LEGAL_FORMS)
    return between in (" ", " & ") or is_short


def _may_be_name(line: _Line, at: int) -> bool:
    """Whether grammar does not explain a word: it is none of grammar, no verb and no common noun that a determiner tells."""
    if not line.free[at]:
        return False
    if len(line[at]) == 1 and at and line.joined[at - 1] and not line.joined[at]:
        return True  # "PUNTO A."
    if line[at] in _NO_OBJECTS and line[at - 1] in _BEFORE_A_NOUN["en"] and line.joined[at - 1]:
        return True
    if line[at] in _NO_OBJECTS and line.joined[at] and line.is_content(at - 1) and line.is_content(at + 1):
        return True  # "BAY STOP LIQUORS"
    if line[at] == "why" and (not line.joined[at] or line[at - 1] == "to"):
        return True
    if not line.is_content(at):
        is_named = line[at] in nicknames() or line[at].upper() in organisation_names() or line[at].capitalize() in persons()
        is_given = line[at] in _GIVEN_TOO or is_named
        return (line[at] in nicknames() and line[at - 1] in ARTICLES) or (
            is_given and line.joined[at] and line.is_content(at + 1) and not line.is_verb(at + 1)
        )
    if line[at] in _counts() and line.joined[at] and line.is_counted(at + 1):
        return False
    return not line.is_verb(at) and not line.is_counted(at)


def _add_places(line: _Line, carried: list[bool]) -> None:
    """Carry listed places of several words."""
    for at in range(len(carried)):
        for count in range(2, _LONGEST + 1):
            if all(line.joined[at : at + count - 1]) and " ".join(line.words[at : at + count]) in _places_of_words():
                carried[at : at + count] = [True] * len(carried[at : at + count])


def _join(line: _Line, carried: list[bool]) -> None:
    """Carry also what stands with carried words in one name: a counted noun before one, what links two, and its article."""
    last = len(carried) - 1
    for at in range(last):
        is_named = line.joined[at] and line.free[at + 1]
        goes_on = _PARTICIPLE.search(line[at + 1]) or line[at + 1].capitalize() in persons() or _is_number_of(line, at)
        carried[at + 1] |= is_named and carried[at] and bool(goes_on)
        is_listed = bool(at) and line[at] in _AND and carried[at - 1] and line.joined[at - 1]
        carried[at + 1] |= is_named and is_listed and _goes_on(line, at + 1)
        is_surname = line[at] in ("de", "la") and (len(line[at + 1]) == 1 or line[at + 1] in _SIDES)  # "DE LA O", "DE ABAJO"
        carried[at + 1] |= is_named and is_surname and any(carried[max(0, at - 2) : at])
    for at in range(last - 1):
        if carried[at] and line[at + 1] in _LINKS:
            of_two = line[at + 1] == "y" and line[at + 2] == "de"  # "MARTÍNEZ Y DE ANDA"
            after = at + (3 if line[at + 2] in _ARTICLES or of_two else 2)
            is_one = (
                after <= last
                and carried[after]
                and all(line.joined[at:after])
                and not (line[at + 1] in _AND and ((after > at + 2 and not of_two) or line[after].capitalize() in given_names()))
            )
            carried[at + 1 : after] = [is_one or each for each in carried[at + 1 : after]]
    for at in range(last):
        carried[at] |= line[at] in _ARTICLES and line.joined[at] and carried[at + 1] and line.free[at]


def _is_number_of(line: _Line, at: int) -> bool:
    """Whether a number in words behind a name counts nothing, so that it is part of it: "SOMBRA UNO EN"."""
    counts = line[at + 1] != "uno" and line.joined[at + 1] and line[at + 2] not in _BEFORE_A_NOUN[line.language]
    return line[at + 1] in WORDS and not counts and not _is_listed(line[at])


def _goes_on(line: _Line, at: int) -> bool:
    """Whether a name may go on with a word behind "y": "MEDINA E HIJOS", "PAZ Y BIEN"."""
    if not line.is_content(at):
        return line[at] not in _BEFORE_A_NOUN[line.language] and not (line.joined[at] and line.is_content(at + 1))
    return not _SURELY_A_VERB.search(line[at])


def _is_form_of_common(word: str) -> bool:
    """Whether a word in "-ed" or "-ing", or what those endings are put to, is one that running English uses; "DEMING" is none."""
    stem = word.removesuffix("ing") if word.endswith("ing") else word.removesuffix("ed")
    stems = (word, stem, f"{stem}e", stem[:-1] if stem[-1:] == stem[-2:-1] else stem, f"{stem[:-1]}y")
    return not (common_words("en") | english_verbs()).isdisjoint(stems)


def _is_listed(word: str) -> bool:
    return word.capitalize() in persons() or word.capitalize() in place_names()


@cache
def _counts() -> frozenset[str]:
    return frozenset((*WORDS, *SCALES))


@cache
def _places_of_words() -> frozenset[str]:
    """Listed places of more than one word, in small letters."""
    return frozenset(name.lower() for name in place_names() if " " in name)
