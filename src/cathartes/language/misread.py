"""Facts as OCR misreads them: digits that became letters, letters that became digits, spaces around hyphens.

What such a fact means is not guessed (its value is `None`); that a translation must not touch it is all that is said.
"""

import re
from collections.abc import Iterator
from functools import cache

from cathartes.language.dates import MONTH_NUMBER
from cathartes.language.quantities import spellings
from cathartes.model import Fact, FactKind

_DIGIT = r"[\dlIOoSsBZ|]"
_SPANISH_DATE = re.compile(
    rf"(?<!\w){_DIGIT}{{1,2}}\s(?P<one>[dcle]{{2,3}})\s(?P<month>(?:\w|-\r?\n){{3,14}})\s(?P<two>[dcle]{{2,4}})\s{_DIGIT}{{4}}(?!\w)"
)
_ENGLISH_DATE = re.compile(
    rf"(?<!\w)(?:(?P<month>[A-Z]\w{{2,9}})\s{_DIGIT}{{1,2}}[.,]|{_DIGIT}{{1,2}}\s(?P<other>[A-Z]\w{{2,9}}))\s[12Il]{_DIGIT}{{3}}(?!\w)"
)
_PESOS = "p[ec][sS5][oO0][sS5]"
_CLOCK = re.compile(rf"(?<![\w:])(?=\S*\d)(?=\S?\S?:?\S?[^\d:]){_DIGIT}{{1,2}}:{_DIGIT}{{2}}(?![\w:])")
_PART = r"(?:[A-Zl]{0,4}\d[\dA-ZlO]*|[A-Z]{1,3})(?:/[\dA-ZlO]+)*"
_CODE = re.compile(rf"(?<![\w-])(?=[\w\s—–-]*\d){_PART}(?:\s{{0,2}}[-—–]\s{{0,2}}{_PART}(?!\w)){{1,5}}")


def misread_facts(text: str) -> Iterator[Fact]:
    """Dates, amounts and codes in `text` that nearly have their form."""
    for pattern in (_SPANISH_DATE, _ENGLISH_DATE):
        yield from (_unread(FactKind.DATE, match) for match in pattern.finditer(text) if not _is_sound(match))
    yield from (_unread(FactKind.TIME, match) for match in _CLOCK.finditer(text))
    for match in _amount().finditer(text):
        if any(map(str.isdigit, match["number"])) and not _is_sound_amount(match):
            yield _unread(FactKind.QUANTITY, match)
    yield from (_unread(FactKind.IDENTIFIER, match) for match in _CODE.finditer(text) if re.search(r"\s[-—–]|[-—–]\s", match.group()))


def _is_sound(date: re.Match[str]) -> bool:
    """Whether a date is written as it should be, so that `language.dates` reads it; or is none, having no digit."""
    named = date.groupdict()
    month = (named["month"] or named.get("other") or "").lower()
    links = {named.get("one") or "de", named.get("two") or "de"}
    numbers = [word.rstrip(".,") for word in date.group().split() if word not in links and word.lower() != month]
    return month in MONTH_NUMBER and links <= {"de", "del"} and "." not in date.group() and all(map(str.isdigit, numbers))


def _is_sound_amount(amount: re.Match[str]) -> bool:
    """Whether an amount is written as it should be, so that `language.quantities` reads it."""
    unit = (amount["unit"] or "").lower()
    digits = re.fullmatch(r"[\d.,]+", amount["number"])
    return bool(digits) and amount["thousand"] in (None, "mil") and unit != "" and (unit == "pesos" or not re.fullmatch(_PESOS, unit))


@cache
def _amount() -> re.Pattern[str]:
    units = "|".join(sorted(spellings(), key=len, reverse=True))
    number = rf"(?<![\w.,-])(?P<number>{_DIGIT}(?:[.,]?{_DIGIT})*)\s(?:de\s)?(?:(?P<thousand>(?:m|rn|rri|nn|ni)[iIl1][lI1|])\s)?"
    return re.compile(number + rf"(?:(?P<unit>{units}|{_PESOS}|dólares|dollars)(?!\w)|[^\W\d_]{{2,}}-\r?\n\w+)")


_ALIKE = "rn>m ri>n ii>u cl>d vv>w 0>o 1>l i>l í>l 5>s 8>b 6>g 2>z c>e f>t á>a é>e ó>o ú>u ñ>n"
ALIKE = tuple(pair.split(">") for pair in _ALIKE.split(" "))
"""What OCR takes for one another, one after the other."""


def shape(word: str) -> str:
    """The word with every letter that OCR confuses made one: words of one shape may be one word misread."""
    seen = word.lower()
    for this, that in ALIKE:
        seen = seen.replace(this, that)
    return seen


def _unread(kind: FactKind, match: re.Match[str]) -> Fact:
    return Fact(kind, match.group(), match.start(), match.end())
