"""Facts as OCR misreads them: digits that became letters, letters that became digits, spaces around hyphens.

What such a fact means is not guessed (its value is `None`); that a translation must not touch it is all that is said.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import cache

from cathartes.language.calendar_words import MONTH_NUMBER, MONTHS_ES
from cathartes.language.identifiers import ADDRESS
from cathartes.language.lexicon import common_words, nicknames, persons, place_names
from cathartes.language.quantities import spellings, unit_of
from cathartes.model import NAMES, Fact, FactKind

_DIGIT = r"[\dlIOoSsBZ|]"
_SPANISH_DATE = re.compile(
    rf"(?<!\w){_DIGIT}{{1,2}}\s{{1,2}}(?P<one>[dcle1I]{{2,3}})\s{{1,2}}(?P<month>(?:\w|-\r?\n){{3,14}})\s{{1,2}}(?P<two>[dcle1I]{{2,4}})\s{{1,2}}{_DIGIT}{{4}}(?!\w)"
)
_DATE_OF_A_MONTH = re.compile(
    rf"(?<!\w){_DIGIT}{{1,3}}\s{{0,2}}(?:\w{{1,3}}\s{{1,2}})?d?e?(?P<month>{'|'.join(MONTHS_ES)})"
    r"(?!\s{1,2}(?:\d{4}(?:Z|\s?h(?:rs?|oras?)?)|\d{1,2}h\d\d)\b)"
    r"(?!\s(?:a|al|con|en|hay|las?|los?|por|se|sin|son|y|ya)\s)"
    rf"(?:\s{{1,2}}\w{{1,3}}|de)?\s{{0,2}}{_DIGIT}{{2,5}}(?:\s(?=\S?\d){_DIGIT}{{1,2}})?(?!\w|:\d)"
)
"""A date whose month is sound, with its other parts damaged: "14 defebrero de 2024", "16 de marzo de 202 3"."""

_TORN_DATE = re.compile(r"(?<!\w)\d{1,2}\s(?:de\s)?(?:[A-Z]\w+\s\d{2}\s\d{2}|(?P<torn>\w{1,9}\s\w{1,9})\sde\s\d{4})(?!\w|[.,:]\d)")
"""A date whose year or month a space cut in two: "16 October 20 21", "6 de ma rzo de 2022"."""

_SOUND_DATE = re.compile(rf"\d{{1,2}}\s(?:de\s)?(?:{'|'.join(MONTHS_ES)})\s(?:del?\s)?\d{{4}}")
_ENGLISH_DATE = re.compile(
    rf"(?<!\w)(?:(?P<month>[A-Z]\w{{2,9}})\s{_DIGIT}{{1,2}}[.,]|{_DIGIT}{{1,2}}\s(?P<other>[A-Z]\w{{2,9}}))\s[12Il]{_DIGIT}{{3}}"
    r"(?!\w|\s?(?:h|hrs?|horas?|hours?)\b)"
)
_PESOS = "p[ec][sS5][oO0][sS5]"
_CLOCK = re.compile(rf"(?<![\w:])(?=\S*\d)(?=\S?\S?:?\S?[^\d:]){_DIGIT}{{1,2}}:{_DIGIT}{{2}}(?![\w:])")
_NO_CLOCK = re.compile(r"(?<![\w:.,])(?:(?:2[4-9]|[3-9]\d):\d\d|\d{1,2}:[6-9]\d)(?:\s?(?:h(?:oras|rs?)?|hours)\b)")
"""An hour that no day has, told with its unit: "18:65 horas"."""

_ANGLE = r"\d{1,3}\s?[°º][\d\s.,°º'’′\"”″]{0,24}[NSEWO]?(?!\w)"
_DEGREES = re.compile(rf"(?<![\w.,]){_ANGLE}(?:[\s,;]{{1,3}}{_ANGLE})+")
"""Two angles side by side; where they are no coordinate, some digit of them is wrong."""

_PART = r"(?:[A-Zl]{0,4}\d[\dA-ZlO]*|[A-Z]{1,3})(?:/[\dA-ZlO]+)*"
_CODE = re.compile(rf"(?<![\w-])(?=[\w\s—–-]*\d){_PART}(?:\s{{0,2}}[-—–]{{1,2}}\s{{0,2}}{_PART}(?!\w)){{1,5}}")
_RUN_TOGETHER = re.compile(
    r"(?<![\w.,-])\d+(?:[.,]\d+)*(?:mil|\s{1,2}(?:mm?i{0,2}l|il))\s{1,2}"
    r"(?:p{0,2}e{1,2}s{0,2}o{1,2}s{0,2}|p{1,2}s{1,2}o{1,2}s)(?!\w)"
)
"""Thousands of pesos of which a letter is lost or doubled: "251mil pessos", "599 ml pesos", "150 mil esos"."""

_SOUND_SUM = re.compile(r"[\d.,]+ ?mil pesos")
_TORN_AMOUNT = re.compile(
    r"(?<![\w.,:-])\d+(?:[.,]\d+)*\s{1,2}(?:mil\s{1,2})?(?P<torn>[a-z]{1,7}\s{1,2}[a-zó]{1,7}(?:\s{1,2}pes+os)?)(?!\w)"
)
"""A number with a unit, or "mil", that a space cut in two: "887 g ramos", "54 mil pes os"."""


def misread_facts(text: str) -> Iterator[Fact]:
    """Dates, amounts and codes in `text` that nearly have their form."""
    for pattern in (_SPANISH_DATE, _ENGLISH_DATE):
        yield from (_unread(FactKind.DATE, match) for match in pattern.finditer(text) if not _is_sound(match))
    yield from (_unread(FactKind.DATE, match) for match in _DATE_OF_A_MONTH.finditer(text) if not _SOUND_DATE.fullmatch(match.group()))
    for match in _TORN_DATE.finditer(text):
        month = match["torn"].replace(" ", "") if match["torn"] else match.group().split()[1]
        if month.lower() in MONTH_NUMBER:
            yield _unread(FactKind.DATE, match)
    yield from (_unread(FactKind.TIME, match) for pattern in (_CLOCK, _NO_CLOCK) for match in pattern.finditer(text))
    yield from (_unread(FactKind.COORDINATE, match) for match in _DEGREES.finditer(text))
    for match in _amount().finditer(text):
        if any(map(str.isdigit, match["number"])) and not _is_sound_amount(match):
            yield _unread(FactKind.QUANTITY, match)
    yield from (_unread(FactKind.QUANTITY, match) for match in _RUN_TOGETHER.finditer(text) if not _SOUND_SUM.fullmatch(match.group()))
    yield from (_unread(FactKind.QUANTITY, match) for match in _TORN_AMOUNT.finditer(text) if _is_torn_unit(match["torn"]))
    yield from (_unread(FactKind.IDENTIFIER, match) for match in _CODE.finditer(text) if re.search(r"[-—–\s][-—–]|[-—–]\s", match.group()))


def _is_sound(date: re.Match[str]) -> bool:
    """Whether a date is written as it should be, so that `language.dates` reads it; or is none, having no digit."""
    named = date.groupdict()
    month = (named["month"] or named.get("other") or "").lower()
    if "other" in named and not get_close_matches(month, MONTH_NUMBER, 1):
        return True  # "3 Toyota 2015" is none
    links = {named.get("one") or "de", named.get("two") or "de"}
    numbers = [word.rstrip(".,") for word in date.group().split() if word not in links and word.lower() != month]
    return month in MONTH_NUMBER and links <= {"de", "del"} and "." not in date.group() and all(map(str.isdigit, numbers))


def _is_sound_amount(amount: re.Match[str]) -> bool:
    """Whether an amount is written as it should be, so that `language.quantities` reads it."""
    unit = (amount["unit"] or "").lower()
    digits = re.fullmatch(r"[\d.,]+", amount["number"])
    return bool(digits) and amount["thousand"] in (None, "mil") and unit != "" and (unit == "pesos" or not re.fullmatch(_PESOS, unit))


def _is_torn_unit(torn: str) -> bool:
    first, second = torn.split()[:2]
    return unit_of(f"{first} {second}") is None and (first + second == "mil" or _whole_unit().fullmatch(first + second) is not None)


@cache
def _whole_unit() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(spellings())}|pesos|dólares|dollars)")


@cache
def _amount() -> re.Pattern[str]:
    units = "|".join(sorted(spellings(), key=len, reverse=True))
    number = rf"(?<![\w.,-])(?P<number>{_DIGIT}(?:[.,]?{_DIGIT})*)\s(?:de\s)?(?:(?P<thousand>(?:m|rn|rri|nn|ni)[iIl1][lI1|])\s)?"
    return re.compile(number + rf"(?:(?P<unit>{units}|{_PESOS}|dólares|dollars)(?!\w)|[^\W\d_]{{2,}}-\r?\n\w+)")


_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]*@\S+")
"""Where words are joined with numbers as people please."""

_TORN = re.compile(r"(?<![\w.,/°'’-])([^\W\d_])\s{1,2}([a-záéíóúñü]+)(?!\w)")
_SPLIT = re.compile(r"(?<!\w)([A-ZÁÉÍÓÚÑ][a-záéíóúñü]+)\s{1,2}([a-záéíóúñü]+)(?!\w)")
_GLUED = re.compile(r"(?<!\w)([a-záéíóúñü]{2,})(?=\d)")
_FLIPPED = re.compile(r"\b(?:[a-záéíóúñü]{2,}[A-ZÁÉÍÓÚÑ]\w*|(?i:de|del|la|las|los|el)(?<=[a-z][A-Z])l?|([A-Z])\1[a-záéíóúñü]{2,})\b")
_GLUED_NAME = re.compile(
    r"(?<![\w./@#-])(?:de|del|en|la|el|los|las|con|por|of|in|at|the|from)[A-ZÁÉÍÓÚÑ][a-záéíóúñü]{2}|[A-Z][a-z]{2,} a(?=[,;:])"
)
"""A name run together with the word before it, or with its last letter torn off."""

_JOINS = frozenset(["de", "del", "la", "las", "el", "los", "y", "e", "al", "da", "do", "di", "van", "von", "of", "the", "and", "for"])
"""Words that join those of a name."""

_TWICE = re.compile(r"(\w)\1")
_RUN_ON = re.compile(r"(?<![\w./@#-])([a-záéíóúñü]{4,})[A-ZÁÉÍÓÚÑ][a-záéíóúñü]{2}")
"""A word run together with the name behind it: "ranchoPaso"."""

_DOUBLED = re.compile(
    r"\b(?!http|contraa|mm?d[dpe]\b)[a-záéíóúñü]*(?:bb|dd|ff|gg|hh|jj|kk|mm|pp|qq|ss|tt|vv|zz|aa|ii|uu|[áéíóúñ]{2}|([a-v])\1\1)[a-záéíóúñü]*\b"
)


def touches_damage(text: str, facts: Sequence[Fact], language: str) -> bool:
    """Whether a word right beside or in a name or number is one that no writer leaves, so that nobody can tell where the fact ends.

    That is: a letter that is alone where it makes a word with what follows, a word joined to the number behind it, a capital inside small
    letters or twice at the start, and in Spanish a letter twice that is never so. A name in two pieces is damage wherever it stands. A
    word that is plain once its letter is mended ("pidE", "revvisar") is no part of a fact beside it, unless it may join a name.
    """
    if _GLUED_NAME.search(text) or any(match[1] in common_words(language) for match in _RUN_ON.finditer(text)):
        return True
    if any(_is_split(match[1], match[2], language) for match in _SPLIT.finditer(text)):
        return True
    damage = [match for match in _TORN.finditer(text) if _is_torn(match[1], match[2], language)]
    damage += [match for match in _GLUED.finditer(text) if match[1] in common_words(language)]
    wrong = [*_FLIPPED.finditer(text), *(_DOUBLED.finditer(text) if language == "es" else ())]
    mended = [(match, _mended(match.group(), language)) for match in wrong if language == "en" or unit_of(match.group()) is None]
    damage += [match for match, word in mended if word is None]
    addresses = [address.span() for pattern in (_ADDRESS, ADDRESS) for address in pattern.finditer(text)]
    names = [fact for fact in facts if fact.kind in NAMES and fact.text[:1].isupper()]
    return any(
        _touches(match, of) and not any(start <= match.start() < end for start, end in addresses)
        for matches, of in ((damage, facts), ([match for match, word in mended if word in _JOINS], names))
        for match in matches
    )


def _touches(match: re.Match[str], facts: Sequence[Fact]) -> bool:
    return any(match.start() <= fact.end + 1 and fact.start - 1 <= match.end() for fact in facts)


def _mended(word: str, language: str) -> str | None:
    """A word that begins small with its capital small, or its letter single, where that is a usual word or unit and no name."""
    small = word.lower()
    for plain in (small, _TWICE.sub(r"\1", small)):
        is_named = plain.capitalize() in persons() or plain.capitalize() in place_names() or plain in nicknames()
        is_unit = plain == small and unit_of(plain) is not None
        if word[0].islower() and (plain in common_words(language) or is_unit) and not is_named:
            return plain
    return None


def _is_split(first: str, rest: str, language: str) -> bool:
    """Whether two words are one name in two pieces: "Verdu go"; "Ana lía" may be two words."""
    if first + rest not in persons() and first + rest not in place_names():
        return False
    if len(rest) > 1:
        is_word = first in persons() or first in place_names() or first.lower() in common_words(language)
        return rest not in common_words(language) or not is_word
    return first not in persons() and first.lower() not in common_words(language)


def _is_torn(letter: str, rest: str, language: str) -> bool:
    known = common_words(language)
    if len(rest) == 1:
        return letter + rest in ("de", "el", "la")
    return rest not in known and (letter.lower() + rest in known or letter + rest in place_names() or letter + rest in persons())


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
