"""The check after translation, which knows nothing of what was found before: every name and number of the source is in the target.

What has a name's capital stands there to the letter, as often as in the source, and so do signs ("<", "~", "%"); numbers in digits stand
there in the source's order; a small number in words is there as the same number.
"""

import re
from collections import Counter
from collections.abc import Iterator

from cathartes.language.capitals import may_be_names
from cathartes.language.lexicon import openers
from cathartes.language.numerals import WORDS_OF
from cathartes.language.small_letters import is_all_capitals
from cathartes.model import Fact, FactKind

_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SIGN = re.compile(r"[^\w\s.,;:!?¡¿'\"’‘“”«»()\[\]{}/\\|*#@_…•·–—-]|(?<![\w)])[-–−](?=\d)")
"""What is neither a letter nor a digit nor punctuation, and the minus before a number."""

_NUMBER = re.compile(r"(?<![\w-])[^\W\d_]+(?!\s(?:veces|times)\b)(?!\w)")


def unaccounted(source: str, target: str, language: str, seen: frozenset[str]) -> list[Fact]:
    """What of `source` (in `language`) is not in `target`, which has no glosses: words that may be names, and numbers in words."""
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
        *_numbers_lost(source, {word.lower() for word in here}, language),
    ]


def _signs_lost(source: str, target: str) -> Iterator[Fact]:
    lost = Counter(_SIGN.findall(source)) - Counter(_SIGN.findall(target))
    return (Fact(FactKind.QUANTITY, sign.group(), *sign.span()) for sign in _SIGN.finditer(source) if sign.group() in lost)


def _out_of_order(source: str, target: str) -> Iterator[Fact]:
    """All numbers in digits, where the target tells others or in another order."""
    if _DIGITS.findall(source) != _DIGITS.findall(target):
        yield from (Fact(FactKind.QUANTITY, number.group(), *number.span()) for number in _DIGITS.finditer(source))


def _numbers_lost(source: str, target: set[str], language: str) -> Iterator[Fact]:
    """Numbers from two to ninety-nine that the source writes in words and the target in none, neither in words nor in digits."""
    told = {WORDS_OF[other][word] for other in WORDS_OF for word in target & WORDS_OF[other].keys()}
    for word in _NUMBER.finditer(source):
        number = WORDS_OF[language].get(word.group().lower(), 0)
        is_told = number in told or {number // 10 * 10, number % 10} <= told or {word.group().lower(), str(number)} & target
        if number > 1 and not is_told:
            yield Fact(FactKind.QUANTITY, word.group(), *word.span())
