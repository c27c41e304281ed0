"""What may be a name in a segment that is all in capitals: there a capital says nothing, so that grammar and the lists have to.

A word is let go where it can be no name: a verb, a word of grammar, a common noun that its neighbours explain. The rest is carried.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from cathartes.language.announced import is_strange
from cathartes.language.lexicon import is_verb, nicknames, openers, organisation_names, persons, place_names
from cathartes.language.name_kinds import roles
from cathartes.language.numerals import SCALES, WORDS
from cathartes.model import NAMES, Fact, FactKind

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['’-][^\W\d_]+)*(?![^\W_])")
_PARTICIPLE = re.compile(r"[ai]d[oa]s?$")
_ARTICLES = frozenset(("el", "la", "los", "las"))
_OF = frozenset(("de", "del"))
_PREPOSITIONS = "a al ante bajo con contra de del desde en entre hacia hasta para por según sin sobre tras"
_BEFORE_A_NOUN = frozenset((*_PREPOSITIONS.split(), *_ARTICLES, "un", "una", "su"))
_BEFORE_A_PLACE = frozenset(("a", "en", "de", "por", "desde", "hacia", "hasta", "para"))


def carried_in_capitals(text: str, facts: Sequence[Fact], language: str) -> Iterator[tuple[int, int]]:
    """Start and end of every word that may be a name, or part of one with the words beside it."""
    words = tuple(_WORD.finditer(text))
    small = [word.group().lower() for word in words]
    named = _covered(text, [fact for fact in facts if fact.kind in NAMES])
    carried = [bool(named[word.start()]) for word in words]
    if language == "en":
        carried = [each or _is_listed(word) for each, word in zip(carried, small, strict=True)]
        within = zip(carried, carried[2:], strict=False)
        carried[1:-1] = [each or all(around) for each, around in zip(carried[1:-1], within, strict=True)]
    else:
        told = _covered(text, [fact for fact in facts if fact.kind not in NAMES])
        free = [not told[word.start()] for word in words]
        joined = [text[this.end() : then.start()] == " " for this, then in pairwise(words)]
        carried = [each or (free[at] and _may_be_name(small, at)) for at, each in enumerate(carried)]
        people = _covered(text, [fact for fact in facts if fact.kind is FactKind.PERSON])
        for at, word in enumerate(words[:-1]):
            carried[at + 1] |= joined[at] and carried[at] and not people[word.start()] and bool(_PARTICIPLE.search(small[at + 1]))
        _join(carried, small, [*joined, False], free)
    return (word.span() for word, each in zip(words, carried, strict=True) if each)


def _covered(text: str, facts: Sequence[Fact]) -> bytearray:
    """One for every letter that stands in a fact."""
    covered = bytearray(len(text))
    for fact in facts:
        covered[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
    return covered


def _may_be_name(words: Sequence[str], at: int) -> bool:
    """Whether a Spanish word is in the lists of names or in none, or stands where a name would: "EN BAILA", "CAE EL HERRERO"."""
    word, before, then = words[at], words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if word in openers("es") or (_is_verb_there(word, before) and word not in nicknames()):
        return False
    if _is_listed(word) or is_strange(word, "es"):
        return True
    ends = then in openers("es") or not then or _is_verb_there(then, word)
    if before in _ARTICLES:
        return word in nicknames() or (ends and then not in _OF and word not in roles() and word not in _counts())
    return before in _BEFORE_A_PLACE and ends and not word.endswith("s") and word not in roles()


def _is_verb_there(word: str, before: str) -> bool:
    """Whether a word is a verb where it stands, for no verb but an infinitive follows an article or a preposition."""
    return is_verb(word) and (before not in _BEFORE_A_NOUN or (word.endswith("r") and before not in _ARTICLES))


def _is_listed(word: str) -> bool:
    name = word.capitalize()
    return len(word) > 2 and (name in persons() or name in place_names() or word.upper() in organisation_names())


def _join(carried: list[bool], words: Sequence[str], joined: Sequence[bool], free: Sequence[bool]) -> None:
    """Carry also what stands with a carried word in one name: words beside it, what "de" joins to it, and its article."""
    for at in (*range(len(words) - 1), *range(len(words) - 2, -1, -1)):
        if joined[at] and carried[at] != carried[at + 1]:
            new = at if carried[at + 1] else at + 1
            carried[new] = free[new] and _is_content(words, new)
    for at in range(len(words) - 2, -1, -1):
        links = 2 if words[at + 1] == "de" and words[at + 2 : at + 3] and words[at + 2] in _ARTICLES else 1
        after = at + 1 + links
        if words[at + 1] in _OF and after < len(words) and (carried[at] or carried[after]) and all(joined[at:after]):
            for end in (at, after):
                ends = not joined[end]  # no "o" joins what a mark ends: "DE LA O,"
                carried[end] = carried[end] or (free[end] and (ends or _is_content(words, end)) and words[end] not in roles())
            carried[at + 1 : after] = [carried[at] and carried[after]] * links
    for at in range(len(words) - 2):
        if words[at + 1] == "y" and carried[at] and joined[at] and joined[at + 1]:
            carried[at + 2] = carried[at + 2] or words[at] in _counts()
            carried[at + 1] = carried[at + 2]
    for at in range(len(words) - 1):
        if words[at] in _ARTICLES and joined[at] and carried[at + 1] and free[at]:
            carried[at] = True


def _is_content(words: Sequence[str], at: int) -> bool:
    """Whether a word is a noun, an adjective or a number where it stands."""
    return words[at] not in openers("es") and not _is_verb_there(words[at], words[at - 1] if at else "")


@cache
def _counts() -> frozenset[str]:
    return frozenset((*WORDS, *SCALES))
