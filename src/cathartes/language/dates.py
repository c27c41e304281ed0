"""Dates and clock times as ISO 8601, in Spanish and English, also relative to the date of the document they stand in.

A date that cannot be fixed without guessing (no year and no document date, "last week" without one, 31 February) has no value.
Two-digit years are of this century; numeric dates are day first, and month first only where day first cannot be.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

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
ORDINALS = {"primero": 1, "1ro": 1, "1o": 1, "1º": 1, "1°": 1, "1ero": 1, "1er": 1, "first": 1}
UNIT_DAYS = {"día": 1, "dia": 1, "day": 1, "semana": 7, "week": 7}

_MONTHS = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
_MONTH = rf"(?P<month>{_MONTHS})\.?"
_WEEKDAY = "|".join(sorted(WEEKDAY_NUMBER, key=len, reverse=True))
_ON = rf"(?:(?:{_WEEKDAY}),?\s+(?:día\s+)?)?"
_DAY = (
    r"(?P<day>primero|first|1o\.?|1er\.?|1e?ro\.?|1[º°]\.?|\d{1,2}(?:st|nd|rd|th)?|(?:treinta|veinti|dieci|uno|"
    r"dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|"
    r"veinte)(?:[a-zéó]*)(?:\s+y\s+uno)?)"
)
_SPELLED_YEAR = r"dos\s+mil(?:\s+(?:[a-zéó]+)(?:\s+y\s+(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve))?)?"
_YEAR = rf"(?P<year>\d{{4}}|'\d\d|{_SPELLED_YEAR})"
_THIS = r"(?P<this>(?:de(?:l)?\s+)?(?:presente\s+año|este\s+año|año\s+en\s+curso|actual|año\s+pasado)|(?:of\s+)?(?:this|last)\s+year)"


@dataclass(frozen=True)
class Form:
    """One way to write a date or a time: its pattern and how a match is read, given the language and the document's date."""

    kind: FactKind
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], str, date | None], str | None]


def dates_and_times(text: str, language: str, today: date | None) -> Iterator[Fact]:
    """Every date and time in `text`; `today` is the date of the document, `None` where it is not known."""
    for form in forms():
        for match in form.pattern.finditer(text):
            value = form.read(match, language, today)
            if value != NOT_ONE:
                yield Fact(form.kind, match.group(), match.start(), match.end(), value)


NOT_ONE = ""
"""What a form answers for a match that is no date at all, as against one whose date cannot be told (`None`)."""


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


def _nearest(month: int, day: int, today: date | None) -> str | None:
    """The day and month of the year that lies nearest to the document's date."""
    if today is None:
        return None
    possible = [_iso(today.year + step, month, day) for step in (0, -1, 1)]
    return min((found for found in possible if found), key=lambda found: abs(date.fromisoformat(found) - today), default=None)


def _full(match: re.Match[str], _language: str, today: date | None) -> str | None:
    named = match.groupdict()
    day, month = _day(named["day"]), MONTH_NUMBER[named["month"].lower()]
    if day is None:
        return NOT_ONE
    if named["year"]:
        year = _year(named["year"])
        return NOT_ONE if year is None else _iso(year, month, day)
    if named.get("this"):
        back = bool(re.search(r"pasado|last", named["this"], re.IGNORECASE))
        return _iso(today.year - back, month, day) if today else None
    return _nearest(month, day, today)


def _compact(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    year = _year(match["year"])
    return _iso(year or 0, MONTH_NUMBER[match["month"].lower()], int(match["day"]))


def _roman(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    roman = match["roman"].upper()
    return _iso(_year(match["year"]) or 0, ROMAN.index(roman) + 1, int(match["day"])) if roman in ROMAN else NOT_ONE


def _group(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    """A military date-time group: day, hour, minute, zone, month, year. Zone Z is UTC; other zones are local letters."""
    found = _iso(2000 + int(match["year"]), MONTH_NUMBER[match["month"].lower()], int(match["day"]))
    clock = _clock(int(match["hour"]), int(match["minute"]))
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


def _month_of_year(match: re.Match[str], _language: str, today: date | None) -> str | None:
    if match["year"]:
        year = _year(match["year"])
    else:
        back = bool(re.search(r"pasado|last", match["this"], re.IGNORECASE))
        year = today.year - back if today else None
    return f"{year:04d}-{MONTH_NUMBER[match['month'].lower()]:02d}" if year else None


def _last_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """The latest month of that name before the document's."""
    month = MONTH_NUMBER[(match["month"] or match["last"]).lower()]
    return f"{today.year - (month >= today.month):04d}-{month:02d}" if today else None


def _named_day(match: re.Match[str], _language: str, today: date | None) -> str | None:
    steps = {"hoy": 0, "today": 0, "ayer": -1, "yesterday": -1, "anoche": -1, "last night": -1, "tonight": 0, "mañana": 1, "tomorrow": 1}
    steps |= {
        "antier": -2,
        "anteayer": -2,
        "antes de ayer": -2,
        "antenoche": -2,
        "pasado mañana": 2,
        "esta noche": 0,
        "esta mañana": 0,
        "esta tarde": 0,
    }
    steps |= {"el día de hoy": 0, "el día de ayer": -1, "the day before yesterday": -2, "the day after tomorrow": 2, "esta madrugada": 0}
    step = steps[re.sub(r"\s+", " ", match["word"].lower())]
    return (today + timedelta(step)).isoformat() if today else None


def _ago(match: re.Match[str], _language: str, today: date | None) -> str | None:
    number = 1.0 if match["number"].lower() in ("a", "an") else number_of(match["number"])
    unit = re.sub(r"e?s$", "", match["unit"].lower()) if match["unit"].lower() != "mes" else "mes"
    if today is None or number is None or number != int(number):
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
    if re.search(r"próximo|proximo|next|viene|entrante|siguiente|coming", said):
        return (today + timedelta((wanted - today.weekday() - 1) % 7 + 1)).isoformat()
    if re.search(r"este|this", said):
        return (today + timedelta(wanted - today.weekday())).isoformat()
    back = (today.weekday() - wanted) % 7
    if re.search(r"pasado|último|ultimo|anterior|last|past", said):
        back = back or 7
    return (today - timedelta(back)).isoformat()


def _period(match: re.Match[str], _language: str, today: date | None) -> str | None:
    if today is None:
        return None
    unit, said = match["unit"].lower(), match.group().lower()
    step = (
        -1
        if re.search(r"pasad|últim|ultim|anterior|last|past", said)
        else 1
        if re.search(r"próxim|proxim|next|viene|entrante", said)
        else 0
    )
    if unit in ("semana", "week"):
        year, week, _ = (today + timedelta(7 * step)).isocalendar()
        return f"{year:04d}-W{week:02d}"
    if unit in ("mes", "month"):
        year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
        return f"{year:04d}-{month + 1:02d}"
    return f"{today.year + step:04d}"


def _day_of_this_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    return _iso(today.year, today.month, int(match["day"])) if today else None


def _only_year(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    return match["year"]


def _clock(hour: int, minute: int) -> str | None:
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < 24 and 0 <= minute < 60 else None


def _time(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    """A clock time, 24 hours. Between one and twelve without a part of the day it is kept as it stands."""
    named = match.groupdict()
    hour, minute = _hour(named["hour"]), int(named.get("minute") or 0)
    if hour is None:
        return NOT_ONE
    past = (named.get("past") or "").lower()
    minute += 30 if "media" in past or "half" in past else 15 if "cuarto" in past and "menos" not in past else 0
    hour = _by_part_of_day(hour, (named.get("part") or "").lower())
    if "menos" in past:
        hour, minute = (hour - 1) % 24, 45
    clock = _clock(hour, minute)
    seconds = f":{named['second']}" if clock and named.get("second") else ""
    return f"{clock}{seconds}{'Z' if named.get('zulu') else ''}" if clock else NOT_ONE


def _hour(written: str) -> int | None:
    if written.isdigit() and len(written) > 2:
        return None
    number = number_of(written)
    return int(number) if number is not None else None


def _by_part_of_day(hour: int, part: str) -> int:
    later = re.search(r"tarde|noche|p\.?\s?m|afternoon|evening|night", part)
    if later and hour < 12 and not (hour < 4 and re.search(r"noche|night", part)):
        return hour + 12
    if hour == 12 and re.search(r"noche|madrugada|mañana|a\.?\s?m|night|morning", part):
        return 0
    return hour


def _run_together(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    clock = _clock(int(match["hour"]), int(match["minute"]))
    return f"{clock}{'Z' if match['zulu'] else ''}" if clock else NOT_ONE


def _noon(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    return "12:00" if match.group().lower() in ("mediodía", "medio día", "noon", "midday") else "00:00"


@cache
def forms() -> tuple[Form, ...]:
    """Every form, the more telling first: where two overlap the first is believed."""
    number = NUMBER.replace(r"(?<![\w.,/$-])[-−]?", r"\b", 1)
    part = (
        r"(?:\s*(?P<part>de\s+la\s+(?:mañana|tarde|noche|madrugada)|[ap]\.?\s?m\b\.?|in\s+the\s+(?:morning|afternoon|evening)|at\s+night))"
    )
    part_ahead = part.replace("?P<part>", "?:")
    hours = r"(?:hrs?\b\.?|horas?\b|hours?\b|h\b\.?)"
    weekday = rf"(?P<weekday>{_WEEKDAY})"
    unit = r"(?P<unit>días?|dias?|semanas?|mes(?:es)?|años?|days?|weeks?|months?|years?)"
    hour = r"(?P<hour>\d{1,2}|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
    written = (
        (FactKind.DATE,
            r"(?<![\d/-])(?P<date>\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d)(?:[T ](?P<clock>\d\d:\d\d(?::\d\d)?)(?P<zone>Z|"
            r"[+-]\d\d:?\d\d)?)?(?![\d-])", _whole),
        (FactKind.DATE, rf"\b(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<zone>[A-Z])?\s?{_MONTH}(?P<year>\d\d)\b", _group),
        (FactKind.DATE, rf"\b{_ON}(?P<day>\d{{1,2}})[-/.\s]?{_MONTH}[-/.\s]?(?P<year>\d{{4}}|\d{{2}})\b", _compact),
        (FactKind.DATE, r"\b(?P<day>\d{1,2})-(?P<roman>[IVX]{1,4})-(?P<year>\d{4}|\d{2})\b", _roman),
        (FactKind.DATE,
            rf"\b(?:pasado\s+)?{_ON}{_DAY}\s+(?:días?\s+)?(?:del?\s+(?:mes\s+de\s+)?|"
            rf"of\s+)?{_MONTH}(?:,?\s+(?:del?\s+)?(?:año\s+)?{_YEAR}\b|\s+{_THIS})?", _full),
        (FactKind.DATE, rf"\b{_ON}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+{_YEAR}\b|\s+{_THIS})?", _full),
        (FactKind.DATE,
            r"(?<![\w/.,-])(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})(?![\w/-]|"
            r"[.,]\d)", _numeric),
        (FactKind.DATE, rf"\b{_MONTH}\s+(?:(?:del?\s+|of\s+)?(?:año\s+)?{_YEAR}\b|{_THIS})", _month_of_year),
        (FactKind.DATE, rf"\b{_MONTH}\s+(?:pasado|último)\b|\blast\s+(?P<last>{_MONTHS})\b", _last_month),
        (FactKind.DATE,
            r"\b(?:el\s+)?(?:día\s+)?(?P<day>\d{1,2})\s+(?:del\s+(?:presente|actual)(?:\s+mes)?|del\s+mes\s+en\s+curso|"
            r"de\s+los\s+corrientes|de\s+este\s+mes)", _day_of_this_month),
        (FactKind.DATE,
            r"\b(?P<word>pasado\s+mañana|the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)|el\s+día\s+de\s+(?:hoy|"
            r"ayer)|esta\s+(?:noche|mañana|tarde|madrugada)|last\s+night|tonight|hoy|ayer|anoche|antier|anteayer|antes\s+de\s+ayer|"
            r"antenoche|(?<!la\s)(?<!esta\s)(?<!misma\s)mañana(?=\s+(?:por|en|a\s+las|pasan|van)\b|\s*[,.;]|\s*$|"
            r"\s+[a-z]+(?:r[áé]n?|remos)\b)|today|yesterday|tomorrow)\b", _named_day),
        (FactKind.DATE, rf"\bhace\s+(?:ya\s+|unos\s+|unas\s+)?(?P<number>{number})\s+{unit}\b", _ago),
        (FactKind.DATE, rf"\b(?P<number>{number}|a|an)\s+{unit}\s+(?:ago|atrás|antes)\b", _ago),
        (FactKind.DATE, rf"\b(?P<ahead>dentro\s+de|en|in)\s+(?P<number>{number})\s+{unit}\b(?!\s+(?:de|of|prison|in\b))", _ago),
        (FactKind.DATE,
            rf"\b(?:(?P<before>(?:el\s+)?(?:pasado|próximo|proximo|último|ultimo)|este|el|next|last|this|past|"
            rf"on)\s+)?{weekday}\b(?:\s+(?P<after>pasado|próximo|proximo|último|ultimo|anterior|siguiente|entrante|"
            rf"que\s+viene)\b)?", _weekday),
        (FactKind.DATE,
            r"\b(?:la\s+|el\s+|the\s+)?(?:(?:pasad[oa]|próxim[oa]|proxim[oa]|últim[oa]|est[ae]|last|next|"
            r"this)\s+(?P<unit>semana|mes|año|week|month|year))\b", _period),
        (FactKind.DATE,
            r"\b(?:la\s+|el\s+)?(?P<unit>semana|mes|año)\s+(?:pasad[oa]|próxim[oa]|proxim[oa]|anterior|que\s+viene|"
            r"entrante)\b", _period),
        (FactKind.DATE, r"(?<=\b(?:en|de|in)\s)(?P<year>(?:19|20)\d\d)\b(?![.,/:-]\d|\s*(?:k|l|p|t|m)\w+)", _only_year),
        (FactKind.TIME,
            rf"\b(?P<hour>\d{{1,2}})[:.h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?\s*(?:(?P<zulu>Z\b|UTC\b)|"
            rf"(?={hours}|{part_ahead})(?:{hours})?{part}?)", _time),
        (FactKind.TIME, r"(?<![\d:.])(?P<hour>\d{1,2})[:h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?P<zulu>Z|\s?UTC)?(?![\d:])", _time),
        (FactKind.TIME, rf"(?<![\d.,])(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)\s?(?:(?P<zulu>Z\b|UTC\b)|{hours})", _run_together),
        (FactKind.TIME,
            rf"(?:(?<=\blas\s)|(?<=\bla\s)|(?<=\bat\s)){hour}(?P<past>\s+(?:y\s+(?:media|cuarto)|"
            rf"menos\s+cuarto))?(?:\s+{hours})?{part}?(?!\s*(?:de\s+la\s+)?[a-z]*(?:kilo|pesos))(?=\W|$)", _time),
        (FactKind.TIME, rf"\b(?P<hour>\d{{1,2}}){part}", _time),
        (FactKind.TIME, r"\b(?:mediodía|medio\s+día|medianoche|media\s+noche|noon|midday|midnight)\b", _noon),
    )  # fmt: skip
    return tuple(Form(kind, re.compile(pattern, re.IGNORECASE), read) for kind, pattern, read in written)
