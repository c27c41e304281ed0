"""How a match of each form of a date is read, given the language and the document's date; the forms are in `language.dates`.

A date that cannot be fixed without guessing (no year and no document date, 31 February) has no value (`None`); `NOT_ONE` says that a
match is no date at all.
"""

import re
from datetime import date, timedelta

from cathartes.language.calendar_words import (
    AHEAD,
    BACK,
    MONTH_NUMBER,
    NAMED_DAYS,
    ORDINALS,
    ROMAN,
    UNIT_DAYS,
    WEEKDAY_NUMBER,
)
from cathartes.language.clock import NOT_ONE, clock_time
from cathartes.language.numerals import number_of


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


SOON = 20
"""Years after a document's date within which one of two digits may still lie."""


def _year(written: str, today: date | None) -> int | None:
    number = number_of(written.lstrip("'"))
    if number is None:
        return None
    if number >= 100:
        return int(number)
    year = 2000 + int(number)
    return year - 100 if today and year > today.year + SOON else year


def _nearest(month: int, day: int, today: date | None, step: int) -> str | None:
    """The day and month of the year that lies nearest to the document's date, before it where `step` is -1, after it where it is 1."""
    if today is None:
        return None
    possible = [date.fromisoformat(found) for years in (0, -1, 1) if (found := _iso(today.year + years, month, day))]
    fitting = [found for found in possible if (found - today).days * step >= 0]
    return min(fitting, key=lambda found: abs(found - today)).isoformat() if fitting else None


def day_and_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    named = match.groupdict()
    day, month = _day(named["day"]), MONTH_NUMBER[named["month"].lower()]
    if day is None:
        return NOT_ONE
    if written := named.get("year") or named.get("short"):
        year = _year(written, today)
        return NOT_ONE if year is None else _iso(year, month, day)
    if named.get("this") and re.search(r"año|year|actual", named["this"], re.IGNORECASE):
        return _iso(today.year - _step(named["this"]) ** 2, month, day) if today else None
    return _nearest(month, day, today, _step(named.get("this") or named.get("lead") or ""))


def _step(said: str) -> int:
    """Minus one where words point back ("pasado"), one where they point ahead, else zero."""
    return -1 if re.search(BACK, said, re.IGNORECASE) else int(bool(re.search(AHEAD, said, re.IGNORECASE)))


def packed_day(match: re.Match[str], _language: str, today: date | None) -> str | None:
    year = _year(match["year"], today)
    return _iso(year or 0, MONTH_NUMBER[match["month"].lower()], int(match["day"]))


def roman_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    roman = match["roman"].upper()
    return _iso(_year(match["year"], today) or 0, ROMAN.index(roman) + 1, int(match["day"])) if roman in ROMAN else NOT_ONE


def time_group(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """A military date-time group: day, hour, minute, zone, month, year. Zone Z is UTC; other zones are local letters."""
    found = _iso(_year(match["year"], today) or 0, MONTH_NUMBER[match["month"].lower()], int(match["day"]))
    clock = clock_time(int(match["hour"]), int(match["minute"]))
    zone = "Z" if (match["zone"] or "").upper() == "Z" else ""
    return f"{found}T{clock}{zone}" if found and clock else None


def in_numbers(match: re.Match[str], language: str, today: date | None) -> str | None:
    first, second, year = int(match["first"]), int(match["second"]), _year(match["year"], today) or 0
    day_first, month_first = _iso(year, second, first), _iso(year, first, second)
    if language != "en":
        return day_first or month_first
    return day_first if month_first is None or first == second else month_first if day_first is None else None


def iso_day(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    found = _iso(*(int(part) for part in re.split("[-/]", match["date"])))
    clock = match["clock"]
    return f"{found}T{clock}{match['zone'] or ''}" if found and clock else found


def iso_moment(match: re.Match[str], _language: str, _today: date | None) -> str | None:
    """The basic format of ISO 8601, "20240214T1430Z"."""
    digits, clock = match["basic"], clock_time(int(match["hour"]), int(match["minute"]))
    found = _iso(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    seconds = f":{match['second']}" if match["second"] else ""
    return f"{found}T{clock}{seconds}{match['zone'] or ''}" if found and clock else None


def month_of_year(match: re.Match[str], _language: str, today: date | None) -> str | None:
    if written := match["year"] or match["after"]:
        year = _year(written, today)
    elif re.search(r"año|year|actual", match["this"], re.IGNORECASE):
        year = today.year + _step(match["this"]) if today else None
    else:
        return NOT_ONE
    return f"{year:04d}-{MONTH_NUMBER[match['month'].lower()]:02d}" if year else None


def last_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """The latest month of that name before the document's."""
    month = MONTH_NUMBER[(match["month"] or match["last"]).lower()]
    return f"{today.year - (month >= today.month):04d}-{month:02d}" if today else None


def named_day(match: re.Match[str], _language: str, today: date | None) -> str | None:
    step = NAMED_DAYS[re.sub(r"\s+", " ", match["word"].lower())]
    return (today + timedelta(step)).isoformat() if today else None


_PAST = re.compile(
    r"\b(?:\w{2,}(?:ed|aron|ieron)|\w{3,}ó|ha|han|has|have|had|was|were|found|took|made|sold|went|got|hizo|hubo|fue|fueron|dijo|tuvo|vino|dio)\b",
    re.IGNORECASE,
)
"""What was done or has been, so that a stretch of time behind it is none that begins at the document's date."""


def ago(match: re.Match[str], _language: str, today: date | None) -> str | None:
    number = 1.0 if match["number"].lower() in ("a", "an") else number_of(match["number"])
    unit = re.sub(r"e?s$", "", match["unit"].lower()) if match["unit"].lower() != "mes" else "mes"
    if match.groupdict().get("ahead", "").lower() in ("en", "in") and _PAST.search(match.string[: match.start()].rpartition(".")[2]):
        return NOT_ONE  # "found three in 12 days" tells how long it took
    # "Tres días antes" counts from a day that stands elsewhere.
    if today is None or number is None or number != int(number) or match.groupdict().get("before"):
        return None
    forward = bool(match.groupdict().get("ahead"))
    if unit in UNIT_DAYS:
        return (today + timedelta((1 if forward else -1) * UNIT_DAYS[unit] * int(number))).isoformat()
    months = int(number) * (12 if unit in ("año", "year") else 1) * (1 if forward else -1)
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return f"{year:04d}" if unit in ("año", "year") else f"{year:04d}-{month + 1:02d}"


_UNFIXED = re.compile(r"\b(?:los|cada|every|each|antepasado|before last|after next|by|until|till|hasta el|para el|antes del)\b")
"""With these a weekday is every one, or lies behind or ahead by what only the rest of the text tells."""


def on_weekday(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """A weekday before, after or about the document's date. Bare it is the latest one up to that date, with "este" that of its week."""
    if today is None:
        return None
    wanted = WEEKDAY_NUMBER[match["weekday"].lower()]
    said = f"{match['before'] or ''} {match['after'] or ''}".lower()
    if _UNFIXED.search(said):
        return None
    back, step = (today.weekday() - wanted) % 7, _step(said)
    if step > 0:
        return (today + timedelta(7 - back)).isoformat()
    if step < 0:
        return (today - timedelta(back or 7)).isoformat()
    if re.search(r"este|this", said):
        return (today + timedelta(wanted - today.weekday())).isoformat()
    return (today - timedelta(back)).isoformat()


def day_of_week(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """A weekday of the document's week, the one before or the next."""
    weeks = _step(f"{match['which']} {match['after']}")
    return (today + timedelta(7 * weeks - today.weekday() + WEEKDAY_NUMBER[match["weekday"].lower()])).isoformat() if today else None


def weekday_and_day(match: re.Match[str], _language: str, today: date | None) -> str | None:
    """The nearest day of that number that falls on that weekday, within a month and a half."""
    if today is None:
        return None
    near = (today + timedelta(step) for step in sorted(range(-45, 46), key=abs))
    wanted = int(match["day"]), WEEKDAY_NUMBER[match["weekday"].lower()]
    return next((found.isoformat() for found in near if (found.day, found.weekday()) == wanted), NOT_ONE)


def period(match: re.Match[str], _language: str, today: date | None) -> str | None:
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


def day_of_this_month(match: re.Match[str], _language: str, today: date | None) -> str | None:
    day = _day(match["day"])
    return _iso(today.year, today.month, day) if today and day else None


def day_gone(match: re.Match[str], language: str, today: date | None) -> str | None:
    """The day of that number of the document's month, where it is not still to come."""
    found = day_of_this_month(match, language, today)
    return found if found and today and found <= today.isoformat() else None


def only_year(match: re.Match[str], _language: str, today: date | None) -> str | None:
    return f"{_year(match['year'], today):04d}"
