"""Dates as ISO 8601, in Spanish and English, also relative to the date of the document they stand in; hours are `language.clock`.

A date that cannot be fixed without guessing (no year and no document date, "last week" without one, 31 February) has no value.
Two-digit years are of this century, of the last where that would be more than twenty years after the document. Numeric dates are day
first, and month first only where day first cannot be.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from cathartes.language.calendar_words import (
    AHEAD,
    BACK,
    DAY,
    MONTH,
    MONTH_NUMBER,
    MONTHS,
    ON,
    SPELLED_YEAR,
    THIS,
    WEEKDAY,
    WEEKDAY_NUMBER,
    YEAR,
)
from cathartes.language.clock import NOT_ONE
from cathartes.language.date_readings import (
    ago,
    day_and_month,
    day_gone,
    day_of_this_month,
    day_of_week,
    in_numbers,
    iso_day,
    iso_moment,
    last_month,
    month_of_year,
    named_day,
    on_weekday,
    only_year,
    packed_day,
    period,
    roman_month,
    time_group,
    weekday_and_day,
)
from cathartes.language.numerals import NUMBER
from cathartes.model import Fact, FactKind

Read = Callable[[re.Match[str], str, date | None], str | None]
DIGITS_ONLY = frozenset[str]()


@dataclass(frozen=True)
class Form:
    """One way to write a date: its pattern and how a match is read, given the language and the document's date.

    `needs` are words of which a text without any is not searched, `DIGITS_ONLY` where digits are needed.
    """

    pattern: re.Pattern[str]
    read: Read
    needs: frozenset[str]


_LETTERS = re.compile(r"[^\W\d_]+")


def dates(text: str, language: str, today: date | None) -> Iterator[Fact]:
    """Every date in `text`; `today` is the date of the document, `None` where it is not known."""
    words = frozenset(_LETTERS.findall(text.lower()))
    has_digits = any(map(str.isdigit, text))
    for form in forms():
        if not (has_digits if form.needs is DIGITS_ONLY else words & form.needs):
            continue
        for match in form.pattern.finditer(text):
            value = form.read(match, language, today)
            if value != NOT_ONE:
                named = match.groupdict()
                # "El pasado 29 de diciembre de 2021": with a year, the word before says nothing of the date.
                start = match.end("lead") + 1 if named.get("lead") and named.get("year") else match.start()
                yield Fact(FactKind.DATE, text[start : match.end()], start, match.end(), value)


_NUMBER = NUMBER.replace(r"(?<![\w.,/$-])[-−]?", r"\b", 1)
_OF_WEEK = rf"(?P<weekday>{WEEKDAY})"
_UNIT = r"(?P<unit>d[íi]as?|semanas?|mes(?:es)?|años?|days?|weeks?|months?|years?)"
_YEAR_LAST = r"(?P<year>\d{4}|\d{2})(?![\w/-]|[.,]\d|\s?ha|\s?hect)"
_ENDS = r"(?=\s*(?:[,.;:)]|$)|\s+(?:a\s+las?|por\s+la|en\s+la|como)\b)"

_MONTH_WORDS, _DAY_WORDS = frozenset(MONTH_NUMBER), frozenset(WEEKDAY_NUMBER)
_UNITS = "día días dia dias semana semanas mes meses año años day days week weeks month months year years"
_SAID = (
    "hoy ayer anoche antier anteayer antiayer antiyer antenoche mañana tarde noche madrugada fecha morning afternoon evening night tonight "
    "today yesterday tomorrow"
)
_UNIT_WORDS, _SAID_WORDS = frozenset(_UNITS.split()), frozenset(_SAID.split())
Written = Sequence[tuple[str, Read]]


@cache
def forms() -> tuple[Form, ...]:
    """Every form of a date, the more telling first: where two overlap the first is believed."""
    groups: tuple[tuple[frozenset[str], Written], ...] = (
        (DIGITS_ONLY, _packed()),
        (_MONTH_WORDS, _with_month()),
        (DIGITS_ONLY, _in_numbers()),
        (_MONTH_WORDS, _of_month()),
        (_UNIT_WORDS | frozenset(("presente", "actual", "corrientes")), _of_this_month()),
        (_DAY_WORDS, _with_weekday()),
        (_SAID_WORDS, _said()),
        (_UNIT_WORDS, _counted()),
        (_DAY_WORDS, _weekdays()),
        (_UNIT_WORDS, _periods()),
        (DIGITS_ONLY, _years()),
        (_UNIT_WORDS, _named_years()),
    )
    return tuple(Form(re.compile(pattern, re.IGNORECASE), read, needs) for needs, written in groups for pattern, read in written)


def _packed() -> Written:
    """Digits with marks between, and military date-time groups."""
    clock = r"(?P<clock>\d\d:\d\d(?::\d\d)?)(?!\s?[ap]\.?\s?m\b)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:?\d\d)?"
    # A time that only a space parts from its day is a fact of its own, unless it has an offset.
    apart = r",?\s(?=\d\d:\d\d(?::\d\d)?(?:\.\d|[+-]\d\d))"
    return (
        (rf"(?<![\d/-])(?P<date>\d{{4}}-\d\d?-\d\d?|\d{{4}}/\d\d?/\d\d?)(?:(?:T|{apart}){clock})?(?![\d-])", iso_day),
        (rf"\b(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s?(?P<zone>[A-Z])?\s?{MONTH}\s?(?P<year>\d{{4}}|\d\d)\b", time_group),
        (rf"\b(?<!\d:){ON}(?P<day>\d{{1,2}})[-/.\s]?{MONTH}[-/.\s]?(?P<year>\d{{4}}|\d{{2}}(?!, \d{{4}}))\b", packed_day),
        (rf"\b{ON}(?P<day>\d{{1,2}})[-/](?P<month>{MONTHS})(?![\w/.-])", day_and_month),
        (r"(?<![\w-])(?P<basic>\d{8})T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z)?(?!\w)", iso_moment),
        (rf"\b(?P<day>\d{{1,2}})(?P<mark>[-/.])(?P<roman>[IVX]{{1,4}})(?P=mark){_YEAR_LAST}", roman_month),
    )


def _with_month() -> Written:
    """A day with its month in letters."""
    day = rf"{DAY}\s+(?:d[íi]as?\s+|day\s+)?(?:del?\s+(?:mes\s+de\s+)?|of\s+)?"
    return (
        (
            rf"\b(?<!\d:)(?:(?P<lead>pasado|último|pr[óo]ximo)\s+)?{ON}{day}{MONTH}"
            rf"(?:,?\s+(?:del?\s+)?(?:año\s+)?{YEAR}\b|\s+del?\s+(?P<short>\d\d)(?=\s*(?:[,;:)]|\.(?!\d)|$))|\s+{THIS}\b)?",
            day_and_month,
        ),
        (rf"\b{ON}{MONTH}\s+{DAY}\b(?!:\d)(?:,?\s+(?:del?\s+)?{YEAR}\b|\s+{THIS}\b)?", day_and_month),
    )


def _in_numbers() -> Written:
    """Day, month and year in digits."""
    return (
        (rf"(?<![\w/.,-])(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark){_YEAR_LAST}", in_numbers),
        (r"\b(?P<first>\d{1,2})\s+del?\s+(?P<second>\d{1,2})\s+del?\s+(?P<year>\d{4})\b", in_numbers),
    )


def _of_month() -> Written:
    """A month with its year."""
    return (
        (rf"\b{MONTH}(?:-(?P<after>\d{{4}})|\s+(?:(?:del?\s+|of\s+)?(?:año\s+)?{YEAR}|{THIS}))\b", month_of_year),
        (rf"\b{MONTH}\s+(?:pasado|último)\b|\b(?:last|pasado\s+mes\s+de)\s+(?P<last>{MONTHS})\b", last_month),
    )


def _of_this_month() -> Written:
    """A day of the document's month."""
    return (
        (
            rf"\b(?:el\s+)?(?:d[íi]a\s+)?{DAY}\s+(?:del\s+(?:presente|actual)(?:\s+mes)?(?:\s+y\s+año)?|"
            r"del\s+mes(?:\s+y\s+año)?\s+(?:en\s+curso|actual(?:es)?)|de\s+los\s+corrientes|(?:de|of)\s+(?:este\s+mes|this\s+month))\b",
            day_of_this_month,
        ),
        (rf"\b(?:pasado\s+)?d[íi]a\s+{DAY}{_ENDS}", day_gone),
    )


def _with_weekday() -> Written:
    """A weekday with the day's number, or of a week."""
    which = r"(?P<which>esta|this|last|next)?\s*(?:semana|week)"
    return (
        (rf"\b(?:(?:pasado|próximo)\s+)?{_OF_WEEK}\s+(?P<day>\d{{1,2}})(?:{_ENDS}|(?=\s+(?:y|e|al|and|to)\s))", weekday_and_day),
        (rf"\b{_OF_WEEK}\s+(?:de\s+(?:la\s+)?|of\s+){which}(?:\s+(?P<after>{BACK}|{AHEAD}))?\b", day_of_week),
    )


def _said() -> Written:
    """Days that have a word of their own."""
    tomorrow = (
        r"(?<!la\s)(?<!esta\s)(?<!misma\s)mañana(?=\s+(?:por|en|a\s+las|pasan|van|tempran\w+)\b|\s*[,.;]|\s*$|\s+[a-z]+(?:r[áé]n?|remos)\b)"
    )
    return (
        (
            r"\b(?P<word>pasado\s+mañana|the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|el\s+día\s+de\s+(?:hoy|ayer|la\s+fecha)|"
            r"esta\s+(?:noche|mañana|tarde|madrugada)|this\s+(?:morning|afternoon|evening)|last\s+night|tonight|hoy(?!\s+en\s+(?:ocho|quince))|ayer|anoche|antier|"
            rf"anteayer|antiayer|antiyer|antes\s+de\s+ayer|antenoche|{tomorrow}|(?<!s\sfrom\s)today|yesterday|tomorrow)\b",
            named_day,
        ),
    )


def _counted() -> Written:
    """So many days, weeks, months or years ago or ahead."""
    about = r"(?:(?:ya|unos|unas|como|apenas|exactamente|aproximadamente)\s+){0,2}"
    return (
        (rf"\bhace\s+{about}(?P<number>{_NUMBER})\s+(?:de\s+)?{_UNIT}\b(?!\s+y\s+medi[oa]\b)", ago),
        (rf"\b(?P<number>{_NUMBER}|a|an)\s+(?:of\s+)?{_UNIT}\s+(?:ago|atrás|(?P<before>antes))\b", ago),
        (rf"\b(?P<ahead>dentro\s+de|en|in)\s+(?P<number>{_NUMBER})\s+{_UNIT}\b(?!\s+(?:de|of|prison|in\b))", ago),
    )


def _weekdays() -> Written:
    """A weekday alone or with what says which."""
    before = (
        r"(?:el\s+)?(?:pasado|próximo|proximo|último|ultimo|siguiente)|este|(?:hasta\s+|para\s+)?el|antes\s+del|los|cada|"
        r"next|last|this(?:\s+(?:past|coming))?|past|on|by|until|till|every|each"
    )
    after = rf"{BACK}|{AHEAD}|antepasado|before\s+last|after\s+next"
    return ((rf"\b(?:(?P<before>{before})\s+)?{_OF_WEEK}\b(?:\s+(?P<after>{after})\b)?", on_weekday),)


def _periods() -> Written:
    """This, the last or the next week, month or year."""
    return (
        (
            rf"\b(?:la\s+|el\s+|the\s+)?(?:(?P<which>{BACK}|{AHEAD}|est[ae]|this)\s+(?P<unit>semana|mes|año|week|month|year))\b",
            period,
        ),
        (rf"\b(?:la\s+|el\s+)?(?P<unit>semana|mes|año)\s+(?P<which>{BACK}|{AHEAD})\b", period),
    )


def _years() -> Written:
    """A year in digits behind a preposition."""
    behind = r"(?:(?<=\b(?:en|de|in)\s)|(?<=\b(?:desde|since|until)\s)|(?<=\bdurante\s)|(?<=\bduring\s))"
    return ((rf"{behind}(?P<year>(?:19|20)\d\d)\b(?![.,/:-]\d|\s*(?:k|l|p|t|m|h[or])\w+)", only_year),)


def _named_years() -> Written:
    """A year that is called so."""
    return ((rf"\b(?:(?:el|the)\s+)?(?:año|year)\s+(?:de\s+)?(?P<year>(?:19|20)\d\d|{SPELLED_YEAR})\b(?![.,/:-]\d)", only_year),)
