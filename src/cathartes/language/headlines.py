"""What may be a name in a segment that is all in capitals: there a capital says nothing, so that grammar and the lists have to.

A word is let go where it can be no name: a verb, a word of grammar, a common noun that its neighbours explain. The rest is carried.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from cathartes.language.announced import LEAST_LETTERS, is_strange
from cathartes.language.lexicon import (
    common_words,
    heads_of_organisations,
    is_singular_verb,
    is_verb,
    names_table,
    nicknames,
    openers,
    organisation_names,
    persons,
    place_names,
)
from cathartes.language.name_kinds import roles, words_of
from cathartes.language.numerals import SCALES, WORDS
from cathartes.language.quantities import DIMENSIONLESS
from cathartes.language.small_letters import ARTICLES
from cathartes.model import NAMES, Fact, FactKind, Quantity

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’-][^\W\d_]+)*(?![^\W_])")
_PARTICIPLE = re.compile(r"[ai]d[oa]s?$")
_OF = frozenset(("de", "del", "of"))
_AND = frozenset(("y", "e"))
_PREPOSITIONS = "a al ante bajo con contra de del desde en entre hacia hasta para por según sin sobre tras"
_BEFORE_A_NOUN = frozenset((*_PREPOSITIONS.split(), *ARTICLES, "un", "una", "su"))
_BEFORE_A_PLACE = frozenset(("a", "en", "de", "por", "desde", "hacia", "hasta", "para", "pa", "in", "at", "near", "from", "outside"))
_BEFORE_TWO_WORDS = _BEFORE_A_PLACE | {"to"}
_SIDES = frozenset(("abajo", "arriba", "adentro", "afuera", "atrás", "enfrente"))
_VALUE = re.compile(r"(?:(?<=[:|;] )|(?<=[|;]))(?=(?P<value>[^|;:.,\d]{3,40}?)(?: ?[|;]|\.?$))")
"""What a field or a cell holds, where it is short."""

_LEGAL_FORMS = ("INC", "LLC", "LTD", "CORP", "CO", "PLC")
_GIVEN_TOO = frozenset(("will", "may", "april", "june", "august", "mark", "grant"))
"""English words of grammar, months and verbs that are given names before a surname."""

_LONGEST = 4


@dataclass(frozen=True)
class _Line:
    """The words of a segment in small letters; whether each stands a space before the next, in no fact, and in a person's whole name."""

    words: Sequence[str]
    joined: Sequence[bool]
    free: Sequence[bool]
    person: Sequence[bool]
    language: str

    def __getitem__(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def is_verb(self, at: int) -> bool:
        """Whether a word is a verb where it stands, for no verb but an infinitive follows a Spanish article or preposition."""
        word, before = self[at], self[at - 1]
        is_place = _is_listed(before) and before not in common_words(self.language)
        if self[at - 2] in _BEFORE_TWO_WORDS and self.joined[at - 1] and not is_place:
            return False
        if self.language == "en":
            return before not in _BEFORE_A_PLACE and (word in _english_verbs() or word.endswith(("ed", "ing")))
        if before in words_of("before", "called"):
            return False
        return is_verb(word) and (before not in _BEFORE_A_NOUN or (word.endswith("r") and before not in ARTICLES))

    def is_content(self, at: int) -> bool:
        """Whether a word outside the facts is a noun or an adjective, in Spanish or a number, where it stands."""
        if not self[at] or not self.free[at] or self[at] in _counts():
            return bool(self[at]) and self.free[at] and self.language == "es"
        return self[at] not in openers(self.language) and not self.is_verb(at)

    def ends(self, at: int) -> bool:
        """Whether no noun or adjective goes on behind a word."""
        return not self[at + 1] or not self.joined[at] or self[at + 1] in openers(self.language) or self.is_verb(at + 1)


def carried_in_capitals(text: str, facts: Sequence[Fact], language: str) -> Iterator[tuple[int, int]]:
    """Start and end of every word that may be a name, or part of one with the words beside it."""
    words = tuple(_WORD.finditer(text))
    told = covered(text, [(fact.start, fact.end) for fact in facts if fact.kind not in NAMES])
    named = covered(text, [(fact.start, fact.end) for fact in facts if fact.kind in NAMES])
    person = covered(text, [(fact.start, fact.end) for fact in facts if fact.kind is FactKind.PERSON and " " in fact.text])
    values = covered(text, [match.span("value") for match in _VALUE.finditer(text) if match["value"].count(" ") < _LONGEST])
    line = _Line(
        [word.group().lower() for word in words],
        [*(_is_joined(text, this, then) for this, then in pairwise(words)), False],
        [not told[word.start()] for word in words],
        [bool(person[word.start()]) for word in words],
        language,
    )
    numbers = {fact.start for fact in facts if isinstance(fact.value, Quantity) and fact.value.unit == DIMENSIONLESS}
    carried = [
        bool(named[word.start()])
        or (bool(values[word.start()]) and line.free[at])
        or (line[at] in ("el", "la") and word.end() + 1 in numbers)
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
    """Whether a word is in the lists of names or in none, or stands where a name would: "EN BAILA", "CAE EL HERRERO", "EAGLE PASS"."""
    word, before = line[at], line[at - 1]
    if not line.is_content(at) and not (line.free[at] and (word in nicknames() or word.upper() in organisation_names())):
        return False
    is_no_word = len(word) < LEAST_LETTERS and word not in common_words(line.language)
    if _is_listed(word) or word in nicknames() or is_strange(word, line.language) or is_no_word:
        return True
    if word.capitalize() in heads_of_organisations() or before in words_of("before", "called"):
        return True
    if line.language == "en":
        beside = (line.joined[at] and line.is_content(at + 1)) or (at and line.joined[at - 1] and line.is_content(at - 1))
        return bool(beside) or (before in _BEFORE_A_PLACE and line.ends(at))
    if not at and is_singular_verb(line[at + 1]) and not word.endswith("s"):
        return True
    if before in ARTICLES:
        return word in nicknames() or (line.ends(at) and line[at + 1] not in _OF and word not in roles() and word not in _counts())
    is_whole = line.ends(at) or (line.is_content(at + 1) and line.ends(at + 1))
    return before in _BEFORE_A_PLACE and is_whole and not word.endswith("s") and word not in roles()


def _is_listed(word: str) -> bool:
    name = word.capitalize()
    return len(word) > 2 and (name in persons() or name in place_names() or word.upper() in organisation_names())


def _add_places(line: _Line, carried: list[bool]) -> None:
    """Carry listed places of several words."""
    for at in range(len(carried)):
        for count in range(2, _LONGEST + 1):
            if all(line.joined[at : at + count - 1]) and " ".join(line.words[at : at + count]) in _places_of_words():
                carried[at : at + count] = [True] * len(carried[at : at + count])


def _join(line: _Line, carried: list[bool]) -> None:
    """Carry also what stands with a carried word in one name: words beside it, what "de" or "y" joins to it, and its article."""
    last = len(carried) - 1
    for at in range(1, last):
        if line[at - 1].capitalize() in persons() and line[at + 1].capitalize() in persons() and line[at] not in _AND:
            carried[at] |= all(line.joined[at - 1 : at + 1]) and line.free[at]
    for at in range(last - 1):
        if line[at + 1] in _AND and carried[at] and line.joined[at] and line.joined[at + 1]:
            goes_on = line.is_content(at + 2) or (line.free[at + 2] and bool(_PARTICIPLE.search(line[at + 2])))
            carried[at + 2] |= goes_on and (line[at] in _counts()) == (line[at + 2] in _counts() or line.ends(at + 2))
            carried[at + 1] = carried[at + 2]
    for at in range(last):
        is_kind = not line.person[at] and line.free[at + 1] and bool(_PARTICIPLE.search(line[at + 1]))
        goes_on = line.is_content(at + 1) or is_kind or (line.free[at + 1] and line[at + 1].capitalize() in persons())
        carried[at + 1] |= carried[at] and line.joined[at] and goes_on
    for at in range(last - 1, -1, -1):
        is_given = line.language == "en" and line[at] in _GIVEN_TOO
        is_called = bool(_PARTICIPLE.search(line[at])) and (not at or _is_listed(line[at]) or line.is_verb(at - 1))
        carried[at] |= carried[at + 1] and line.joined[at] and (line.is_content(at) or is_called or is_given)
    for at in range(last - 1, -1, -1):
        _join_of(line, carried, at)
    for at in range(last):
        carried[at] |= line[at] in ARTICLES and line.joined[at] and carried[at + 1] and line.free[at]


def _join_of(line: _Line, carried: list[bool], at: int) -> None:
    """Carry what "de", "del" or "de la" joins behind the word `at`, where either side is carried."""
    after = at + (3 if line[at + 1] == "de" and line[at + 2] in ARTICLES else 2)
    if line[at + 1] not in _OF or after >= len(carried) or not (carried[at] or carried[after]) or not all(line.joined[at:after]):
        return
    for end in (at, after):
        is_surname = end == after and line.free[end] and (len(line[end]) == 1 or line[end] in _SIDES)  # "DE LA O", "DE ABAJO"
        carried[end] |= line[end] not in roles() and (line.is_content(end) or is_surname)
    carried[at + 1 : after] = [carried[at] and carried[after]] * (after - at - 1)


@cache
def _counts() -> frozenset[str]:
    return frozenset((*WORDS, *SCALES))


@cache
def _english_verbs() -> frozenset[str]:
    return frozenset(names_table()["verbs"]["english"].split())


@cache
def _places_of_words() -> frozenset[str]:
    """Listed places of more than one word, in small letters."""
    return frozenset(name.lower() for name in place_names() if " " in name)
