"""The check after translation, which knows nothing of what was found before: every name and number of the source is in the target.

What has a name's capital stands there to the letter, as often as in the source, and so do signs ("<", "~", "%"); numbers in digits stand
there in the source's order; a number in words is there as the same number, a month or a day of the week as the same one.
"""

import re
from collections import Counter
from collections.abc import Iterator

from cathartes.language.calendar_words import DAYS_EN, DAYS_ES, MONTHS_EN, MONTHS_ES
from cathartes.language.capitals import may_be_names
from cathartes.language.guard import HUNDRED
from cathartes.language.lexicon import openers
from cathartes.language.numerals import numbers_in_words, values_told
from cathartes.language.small_letters import is_all_capitals
from cathartes.model import Fact, FactKind

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SIGN = re.compile(r"[^\w\s.,;:!?¡¿'\"’‘“”«»()\[\]{}/\\|*#@_…•·–—-]|(?<![\w)])[-–−](?=\d)")
"""What is neither a letter nor a digit nor punctuation, and the minus before a number."""

_NAMES_OF_TIME = {
    (language, word): (spanish, english)
    for spanish, english in zip((*MONTHS_ES, *DAYS_ES), (*MONTHS_EN, *DAYS_EN), strict=True)
    for language, word in (("es", spanish), ("en", english))
}
"""What a month or a day of the week is called in both languages, by what it is called in one."""


def unaccounted(source: str, target: str, language: str, seen: frozenset[str]) -> list[Fact]:
    """What of `source` (in `language`) is not in `target`, which has no glosses: words that may be names, signs, numbers, and
    days and months in words."""
    here = Counter(word.group() for word in _WORD.finditer(target))
    # In capitals, what joins the words of a name joins others too: "20 KILOS DE CRISTAL".
    grammar = openers(language) if is_all_capitals(source) else frozenset()
    spans = may_be_names(source, (), language, seen)
    found = {word.span(): word for span in spans for word in _WORD.finditer(source, *span)}
    words = [word for word in found.values() if word.group().lower() not in grammar]
    lost = Counter(word.group() for word in words) - here
    names = [Fact(FactKind.NAME, word.group(), *word.span()) for word in words if word.group() in lost]
    return [
        *names,
        *_signs_lost(source, target),
        *_out_of_order(source, target),
        *_numbers_lost(source, target, language),
        *_days_lost(source, {word.lower() for word in here}, language),
    ]


def _signs_lost(source: str, target: str) -> Iterator[Fact]:
    lost = Counter(_SIGN.findall(source)) - Counter(_SIGN.findall(target))
    return (Fact(FactKind.QUANTITY, sign.group(), *sign.span()) for sign in _SIGN.finditer(source) if sign.group() in lost)


def _out_of_order(source: str, target: str) -> Iterator[Fact]:
    """All numbers in digits, where the target tells others or in another order."""
    if _DIGITS.findall(source) != _DIGITS.findall(target):
        yield from (Fact(FactKind.QUANTITY, number.group(), *number.span()) for number in _DIGITS.finditer(source))


def _numbers_lost(source: str, target: str, language: str) -> Iterator[Fact]:
    """Numbers from two on that the source writes in words and the target neither in words nor in digits, as one number.

    From a hundred on, what takes several words must stand there to the letter: engines make "cien veinte" of "one hundred twenty".
    """
    written = list(numbers_in_words(source, language))
    told = values_told(target) if written else set()
    for phrase, value in written:
        is_long = value > HUNDRED and " " in phrase.group()
        if value not in told or (is_long and phrase.group() not in target):
            yield Fact(FactKind.QUANTITY, phrase.group(), *phrase.span())


def _days_lost(source: str, target: set[str], language: str) -> Iterator[Fact]:
    """Days of the week and months that the source names and the target in neither language; in English those with a capital."""
    for word in _WORD.finditer(source):
        names = _NAMES_OF_TIME.get((language, word.group().lower())) if language == "es" or word.group().istitle() else None
        if names and target.isdisjoint((*names, f"{names[-1]}s")) and not (language == "en" and not word.start()):
            yield Fact(FactKind.NAME, word.group(), *word.span())
