"""Dates as ISO 8601, in Spanish and English, also relative to the date of the document they stand in; hours are `language.clock`.

A date that cannot be fixed without guessing (no year and no document date, "last week" without one, 31 February) has no value.
Two-digit years are of this century; numeric dates are day first, and month first only where day first cannot be.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from cathartes.language.clock import NOT_ONE, clock_time
from cathartes.language.numerals import NUMBER, number_of
from cathartes.model import Fact, FactKind

MONTHS_ES = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]
MONTHS_EN = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
DAYS_ES = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
DAYS_EN = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTH_NUMBER = {
    **{month[:length]: number for number, month in enumerate(MONTHS_EN, 1) for length in (3, len(month))},
    **{month[:length]: number for number, month in enumerate(MONTHS_ES, 1) for length in (3, len(month))},
    "setiembre": 9, "sept": 9, "set": 9,
}  # fmt: skip
WEEKDAY_NUMBER = {
    **{day: number for number, day in enumerate(DAYS_ES)},
    **{day: number for number, day in enumerate(DAYS_EN)},
    "miercoles": 2, "sabado": 5,
}  # fmt: skip
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
ORDINALS_EN = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
ORDINALS = {
    "primero": 1, "1ro": 1, "1o": 1, "1º": 1, "1°": 1, "1ero": 1, "1er": 1,
    **{word: number for number, word in enumerate(ORDINALS_EN.split(), 1)},
}  # fmt: skip
UNIT_DAYS = {"día": 1, "dia": 1, "day": 1, "semana": 7, "week": 7}

_MONTHS = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
_MONTH = rf"(?P<month>{_MONTHS})\.?"
_WEEKDAY = "|".join(sorted(WEEKDAY_NUMBER, key=len, reverse=True))
_ON = rf"(?:(?:{_WEEKDAY}|(?:lun|mar|mi[ée]|jue|vie|s[áa]b|dom|mon|tue|wed|thu|fri|sat|sun)\b\.?),?\s+(?:día\s+)?)?"
_DAY = (
    r"(?P<day>primero|1o\.?|1er\.?|1e?ro\.?|1[º°]\.?|\d{1,2}(?:st|nd|rd|th)?|(?:treinta|veinti|dieci|uno|"
    r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|"
    rf"veinte)(?:[a-zéó]*)(?:\s+y\s+uno)?|(?:{'|'.join(reversed(ORDINALS_EN.split()))}))"
)
_SPELLED_YEAR = r"(?:dos\s+mil|mil\s+novecientos)(?:\s+(?:[a-zéó]+)(?:\s+y\s+(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?)?"
_YEAR = rf"(?P<year>\d{{4}}|'\d\d|{_SPELLED_YEAR})"
_BACK = r"(?:pr[óo]ximo\s+)?pasad[oa]|[úu]ltim[oa]|anterior|last|past"
_AHEAD = r"pr[óo]xim[oa]|siguiente|entrante|q(?:ue)?\s+(?:viene|entra)|next|coming"
_THIS = (
    r"(?P<this>(?:de(?:l)?\s+)?(?:presente\s+año|este\s+año|año\s+en\s+curso|actual|año\s+pasado)|(?:of\s+)?(?:this|last)\s+year|"
    rf"{_BACK}|{_AHEAD})"
)


@dataclass(frozen=True)
class Form:
    """One way to write a date: its pattern and how a match is read, given the language and the document's date."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], str, date | None], str | None]


def dates(text: str, language: str, today: date | None) -> Iterator[Fact]:
    """Every date in `text`; `today` is the date of the document, `None` where it is not known."""
    for form in forms():
        for match in form.pattern.finditer(text):
            value = form.read(match, language, today)
            if value != NOT_ONE:
                named = match.groupdict()
                # "El pasado 29 de diciembre de 2021": with a year, the word before says nothing of the date.
                start = match.end("lead") + 1 if named.get("lead") and named.get("year") else match.start()
                yield Fact(FactKind.DATE, text[start : match.end()], start, match.end(), value)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _day(written: str) -> int | None:
    key = written.lower().rstrip(".")
    if key in ORDINALS:
        return ORDINALS[key]
    number = number_of(re.sub(r"(?:st|nd|rd|th)$", "", key))
    return None if number is None else int(number)


def _year(written: str) -> int | None:
    number = number_of(written.lstrip("'"))
    if number is None:
        return None
    return int(number) + 2000 if number < 100 else int(number)


def _nearest(month: int, day: int, today: date | None, step: int) -> str | None:
    """The day and month of the year that lies nearest to the document's date, before it where `step` is -1, after it where it is 1."""
    if today is None:
        return None
    possible = [date.fromisoformat(found) for years in (0, -1, 1) if (found := _iso(today.year + years, month, day))]
    fitting = [found for found in possible if (found - today).days * step >= 0]
    return min(fitting, key=lambda found: abs(found - today)).isoformat() if fitting else None


def _full(match: re.Match[str], _language: str, today: date | None) -> str | None:
    named = match.groupdict()
    day, month = _day(named["day"]), MONTH_NUMBER[named["month"].lower()]
    if day is None:
        return NOT_ONE
    if named.get("year"):
        year = _year(named["year"])
        return NOT_ONE if year is None else _iso(year, month, day)
    if named.get("this") and re.search(r"año|year|actual", named["this"], re.IGNORECASE):
        return _iso(today.year - _step(named["this"]) ** 2, month, day) if today else None
    return _nearest(month, day, today, _step(named.get("this") or named.get("lead") or ""))


def _step(said: str) -> int:
    """Minus one where words point back ("pasado"), one where they point ahead, else zero."""
    return -1 if re.search(_BACK, said, re.IGNORECASE) else int(bool(re.search(_AHEAD, said, re.IGNORECASE)))


def _compact(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    year = _year(match["year"])
    return _iso(year or 0, MONTH_NUMBER[match["month"].lower()], int(match["day"]))


def _roman(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    roman = match["roman"].upper()
    return _iso(_year(match["year"]) or 0, ROMAN.index(roman) + 1, int(match["day"])) if roman in ROMAN else NOT_ONE


def _group(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    """A military date-time group: day, hour, minute, zone, month, year. Zone Z is UTC; other zones are local letters."""
    found = _iso(_year(match["year"]) or 0, MONTH_NUMBER[match["month"].lower()], int(match["day"]))
    clock = clock_time(int(match["hour"]), int(match["minute"]))
    zone = "Z" if (match["zone"] or "").upper() == "Z" else ""
    return f"{found}T{clock}{zone}" if found and clock else None


def _numeric(match: re.Match[str], language: str, _today: date | None) -> str | None:
    first, second, year = int(match["first"]), int(match["second"]), _year(match["year"]) or 0
    day_first, month_first = _iso(year, second, first), _iso(year, first, second)
    if language != "en":
        return day_first or month_first
    return day_first if month_first is None or first == second else month_first if day_first is None else None


def _whole(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    found = _iso(*(int(part) for part in re.split("[-/]", match["date"])))
    clock = match["clock"]
    return f"{found}T{clock}{match['zone'] or ''}" if found and clock else found


def _basic(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    """The basic format of ISO 8601, "20240214T1430Z"."""
    digits, clock = match["basic"], clock_time(int(match["hour"]), int(match["minute"]))
    found = _iso(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    seconds = f":{match['second']}" if match["second"] else ""
    return f"{found}T{clock}{seconds}{match['zone'] or ''}" if found and clock else None


def _month_of_year(match: re.Match[str], _language: str, today: date | None) -> str | None:
    if written := match["year"] or match["after"]:
        year = _year(written)
    elif re.search(r"año|year|actual", match["this"], re.IGNORECASE):
        year = today.year + _step(match["this"]) if today else None
    else:
        return NOT_ONE
    return f"{year:04d}-{MONTH_NUMBER[match['month'].lower()]:02d}" if year else None


def _last_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """The latest month of that name before the document's."""
    month = MONTH_NUMBER[(match["month"] or match["last"]).lower()]
    return f"{today.year - (month >= today.month):04d}-{month:02d}" if today else None


NAMED_DAYS = {
    "hoy": 0, "today": 0, "tonight": 0, "esta noche": 0, "esta mañana": 0, "esta tarde": 0, "esta madrugada": 0,
    "this morning": 0, "this afternoon": 0, "this evening": 0, "el día de hoy": 0, "el día de la fecha": 0,
    "ayer": -1, "yesterday": -1, "anoche": -1, "last night": -1, "el día de ayer": -1,
    "antier": -2, "anteayer": -2, "antiayer": -2, "antiyer": -2, "antes de ayer": -2, "antenoche": -2, "the day before yesterday": -2,
    "mañana": 1, "tomorrow": 1, "pasado mañana": 2, "the day after tomorrow": 2,
}  # fmt: skip


def _named_day(match: re.Match[str], _language: str, today: date | None) -> str | None:
    step = NAMED_DAYS[re.sub(r"\s+", " ", match["word"].lower())]
    return (today + timedelta(step)).isoformat() if today else None


def _ago(match: re.Match[str], _language: str, today: date | None) -> str | None:
    number = 1.0 if match["number"].lower() in ("a", "an") else number_of(match["number"])
    unit = re.sub(r"e?s$", "", match["unit"].lower()) if match["unit"].lower() != "mes" else "mes"
    # "Tres días antes" counts from a day that stands elsewhere.
    if today is None or number is None or number != int(number) or match.groupdict().get("before"):
        return None
    forward = bool(match.groupdict().get("ahead"))
    if unit in UNIT_DAYS:
        return (today + timedelta((1 if forward else -1) * UNIT_DAYS[unit] * int(number))).isoformat()
    months = int(number) * (12 if unit in ("año", "year") else 1) * (1 if forward else -1)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return f"{year:04d}" if unit in ("año", "year") else f"{year:04d}-{month + 1:02d}"


def _weekday(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """A weekday before, after or about the document's date. Bare it is the latest one up to that date, with "este" that of its week."""
    if today is None:
        return None
    wanted = WEEKDAY_NUMBER[match["weekday"].lower()]
    said = f"{match['before'] or ''} {match['after'] or ''}".lower()
    back, step = (today.weekday() - wanted) % 7, _step(said)
    if step > 0:
        return (today + timedelta(7 - back)).isoformat()
    if step < 0:
        return (today - timedelta(back or 7)).isoformat()
    if re.search(r"este|this", said):
        return (today + timedelta(wanted - today.weekday())).isoformat()
    return (today - timedelta(back)).isoformat()


def _day_of_week(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """A weekday of the document's week, the one before or the next."""
    weeks = _step(f"{match['which']} {match['after']}")
    return (today + timedelta(7 * weeks - today.weekday() + WEEKDAY_NUMBER[match["weekday"].lower()])).isoformat() if today else None


def _weekday_and_day(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """The nearest day of that number that falls on that weekday, within a month and a half."""
    if today is None:
        return None
    near = (today + timedelta(step) for step in sorted(range(-45, 46), key=abs))
    wanted = int(match["day"]), WEEKDAY_NUMBER[match["weekday"].lower()]
    return next((found.isoformat() for found in near if (found.day, found.weekday()) == wanted), NOT_ONE)


def _period(match: re.Match[str], _language: str, today: date | None) -> str | None:
    if today is None:
        return None
    unit, step = match["unit"].lower(), _step(match["which"])
    if unit in ("semana", "week"):
        year, week, _ = (today + timedelta(7 * step)).isocalendar()
        return f"{year:04d}-W{week:02d}"
    if unit in ("mes", "month"):
        year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
        return f"{year:04d}-{month + 1:02d}"
    return f"{today.year + step:04d}"


def _day_of_this_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    day = _day(match["day"])
    return _iso(today.year, today.month, day) if today and day else None


def _day_gone(match: re.Match[str], language: str, today: date | None) -> str | None:
    """The day of that number of the document's month, where it is not still to come."""
    found = _day_of_this_month(match, language, today)
    return found if found and today and found <= today.isoformat() else None


def _only_year(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    return f"{_year(match['year']):04d}"


@cache
def forms() -> tuple[Form, ...]:
    """Every form of a date, the more telling first: where two overlap the first is believed."""
    number = NUMBER.replace(r"(?<![\w.,/$-])[-−]?", r"\b", 1)
    weekday = rf"(?P<weekday>{_WEEKDAY})"
    unit = r"(?P<unit>d[íi]as?|semanas?|mes(?:es)?|años?|days?|weeks?|months?|years?)"
    numeric_end = r"(?P<year>\d{4}|\d{2})(?![\w/-]|[.,]\d|\s?ha|\s?hect)"
    ends = r"(?=\s*(?:[,.;:)]|$)|\s+(?:a\s+las?|por\s+la|en\s+la|como)\b)"
    written = (
        (
            r"(?<![\d/-])(?P<date>\d{4}-\d\d?-\d\d?|\d{4}/\d\d?/\d\d?)(?:(?:T|,?\s)(?P<clock>\d\d:\d\d(?::\d\d)?)(?!\s?[ap]\.?\s?m\b)(?:\.\d+)?(?P<zone>Z|"
            r"[+-]\d\d:?\d\d)?(?:\s?(?:horas|hours|hrs?|h)\b)?)?(?![\d-])", _whole),
        (rf"\b(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)\s?(?P<zone>[A-Z])?\s?{_MONTH}\s?(?P<year>\d{{4}}|\d\d)\b", _group),
        (rf"\b{_ON}(?P<day>\d{{1,2}})[-/.\s]?{_MONTH}[-/.\s]?(?P<year>\d{{4}}|\d{{2}})\b", _compact),
        (rf"\b{_ON}(?P<day>\d{{1,2}})[-/](?P<month>{_MONTHS})(?![\w/.-])", _full),
        (r"(?<![\w-])(?P<basic>\d{8})T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<zone>Z)?(?!\w)", _basic),
        (rf"\b(?P<day>\d{{1,2}})(?P<mark>[-/.])(?P<roman>[IVX]{{1,4}})(?P=mark){numeric_end}", _roman),
        (
            rf"\b(?:(?P<lead>pasado|último|pr[óo]ximo)\s+)?{_ON}{_DAY}\s+(?:d[íi]as?\s+|day\s+)?(?:del?\s+(?:mes\s+de\s+)?|of\s+)?"
            rf"{_MONTH}(?:,?\s+(?:del?\s+)?(?:año\s+)?{_YEAR}\b|\s+{_THIS}\b)?", _full),
        (rf"\b{_ON}{_MONTH}\s+{_DAY}\b(?!:\d)(?:,?\s+(?:del?\s+)?{_YEAR}\b|\s+{_THIS}\b)?", _full),
        (rf"(?<![\w/.,-])(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark){numeric_end}", _numeric),
        (r"\b(?P<first>\d{1,2})\s+del?\s+(?P<second>\d{1,2})\s+del?\s+(?P<year>\d{4})\b", _numeric),
        (rf"\b{_MONTH}(?:-(?P<after>\d{{4}})|\s+(?:(?:del?\s+|of\s+)?(?:año\s+)?{_YEAR}|{_THIS}))\b", _month_of_year),
        (rf"\b{_MONTH}\s+(?:pasado|último)\b|\b(?:last|pasado\s+mes\s+de)\s+(?P<last>{_MONTHS})\b", _last_month),
        (
            rf"\b(?:el\s+)?(?:d[íi]a\s+)?{_DAY}\s+(?:del\s+(?:presente|actual)(?:\s+mes)?(?:\s+y\s+año)?|"
            r"del\s+mes(?:\s+y\s+año)?\s+(?:en\s+curso|actual(?:es)?)|de\s+los\s+corrientes|(?:de|of)\s+(?:este\s+mes|this\s+month))\b",
            _day_of_this_month),
        (rf"\b(?:pasado\s+)?d[íi]a\s+{_DAY}{ends}", _day_gone),
        (rf"\b(?:(?:pasado|próximo)\s+)?{weekday}\s+(?P<day>\d{{1,2}}){ends}", _weekday_and_day),
        (
            rf"\b{weekday}\s+(?:de\s+(?:la\s+)?|of\s+)(?P<which>esta|this|last|next)?\s*(?:semana|week)"
            rf"(?:\s+(?P<after>{_BACK}|{_AHEAD}))?\b", _day_of_week),
        (
            r"\b(?P<word>pasado\s+mañana|the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|el\s+día\s+de\s+(?:hoy|ayer|la\s+fecha)|"
            r"esta\s+(?:noche|mañana|tarde|madrugada)|this\s+(?:morning|afternoon|evening)|last\s+night|tonight|hoy|ayer|anoche|antier|"
            r"anteayer|antiayer|antiyer|antes\s+de\s+ayer|antenoche|(?<!la\s)(?<!esta\s)(?<!misma\s)mañana(?=\s+(?:por|en|a\s+las|pasan|van|tempran\w+)\b|"
            r"\s*[,.;]|\s*$|\s+[a-z]+(?:r[áé]n?|remos)\b)|today|yesterday|tomorrow)\b", _named_day),
        (
            r"\bhace\s+(?:(?:ya|unos|unas|como|apenas|exactamente|aproximadamente)\s+){0,2}"
            rf"(?P<number>{number})\s+(?:de\s+)?{unit}\b", _ago),
        (rf"\b(?P<number>{number}|a|an)\s+(?:of\s+)?{unit}\s+(?:ago|atrás|(?P<before>antes))\b", _ago),
        (rf"\b(?P<ahead>dentro\s+de|en|in)\s+(?P<number>{number})\s+{unit}\b(?!\s+(?:de|of|prison|in\b))", _ago),
        (
            rf"\b(?:(?P<before>(?:el\s+)?(?:pasado|próximo|proximo|último|ultimo|siguiente)|este|el|next|last|this(?:\s+(?:past|coming))?|past|"
            rf"on)\s+)?{weekday}\b(?:\s+(?P<after>{_BACK}|{_AHEAD})\b)?", _weekday),
        (rf"\b(?:la\s+|el\s+|the\s+)?(?:(?P<which>{_BACK}|{_AHEAD}|est[ae]|this)\s+(?P<unit>semana|mes|año|week|month|year))\b", _period),
        (rf"\b(?:la\s+|el\s+)?(?P<unit>semana|mes|año)\s+(?P<which>{_BACK}|{_AHEAD})\b", _period),
        (
            r"(?:(?<=\b(?:en|de|in)\s)|(?<=\b(?:desde|since|until)\s)|(?<=\bdurante\s)|(?<=\bduring\s))(?P<year>(?:19|20)\d\d)\b"
            r"(?![.,/:-]\d|\s*(?:k|l|p|t|m|h[or])\w+)", _only_year),
        (rf"\b(?:(?:el|the)\s+)?(?:año|year)\s+(?:de\s+)?(?P<year>(?:19|20)\d\d|{_SPELLED_YEAR})\b(?![.,/:-]\d)", _only_year),
    )  # fmt: skip
    return tuple(Form(re.compile(pattern, re.IGNORECASE), read) for pattern, read in written)
