"""Clock times as ISO 8601, in Spanish and English, in digits and words: "0340Z", "las 8 y media de la noche", "cuarto para las cinco".

An hour between one and twelve without a part of the day is kept as it stands.
"""

import re
from collections.abc import Iterator
from functools import cache

from cathartes.language.numerals import number_of
from cathartes.language.quantities import spellings_of_measures
from cathartes.model import Fact, FactKind

NOT_ONE = ""
"""What a form answers for a match that is none at all, as against one whose value cannot be told (`None`)."""

_ONES = "un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
_SMALL = (
    rf"\d{{1,2}}|(?:treinta|cuarenta|cincuenta)(?:\s+y\s+(?:{_ONES}))?|veinti[a-zúóé]+|veinte|dieci[a-zéó]+|{_ONES}|diez|once|doce|trece|"
    r"cero|catorce|quince|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
)
_PART = (
    r"(?:\s*(?P<part>de\s+la\s+(?:mañan(?:it)?a|tarde(?:cita)?|noche|madrugada)|[ap]\.?\s?m\b\.?|"
    r"in\s+the\s+(?:morning|afternoon|evening)|at\s+night))"
)
_NO_NOUN = (
    "horas|hrs|minutos|hours|minutes|las|unas|dos|tres|seis|antes|después|despues|más|mas|estas|esas|ellas|sus|mis|tus|les|además|varias|"
    "algunas|otras|his|this|was|has|its|vs"
)
_NO_COUNT = rf"(?!\s+(?!(?:{_NO_NOUN})\b)[a-záéíóúñü]{{2,}}(?<!o)s\b)"
"""No plural noun behind "las": "las 4 pacas" counts and tells no hour."""

_ZONES = {"PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5, "EDT": -4}
"""Hours ahead of UTC, by the letters of a zone."""

_ZONE = rf"(?:\s(?P<zone>(?-i:{'|'.join(_ZONES)})\b))?"
_HOURS = r"(?:hrs?\b\.?|horas?\b|hours?\b|h\b\.?|o['’]clock\b)"


_LASTED = re.compile(
    r"\b(?:dur[óa]|duraron|durante|duración|tard[óa]|tardaron|lasted|took|takes|score|marcador|ratio|proporción|escala|scale)"
    r"\s(?:(?:was|of|about|un[oa]s?|casi|de|fue)\s)?$",
    re.IGNORECASE,
)
"""Before digits that tell how long something took, or a score."""

_PART_BEFORE = re.compile(
    r"\b(?P<part>anoche|antenoche|tonight|(?:la|esta)\s(?:noche|tarde|madrugada)|(?:this|yesterday|last|the)\s(?:afternoon|evening|night))"
    r"(?:\s(?:a|al|como|eso|de|las?|at|about|around|by))*\s?$",
    re.IGNORECASE,
)


def times(text: str) -> Iterator[Fact]:
    """Every clock time in `text`, and without a value what is written so but told to have lasted."""
    in_digits, others = _forms()
    for pattern in (*in_digits, *others) if any(map(str.isdigit, text)) else others:
        for match in pattern.finditer(text):
            near = max(0, match.start() - 40)
            named = match.groupdict()
            if not named.get("part") and (before := _PART_BEFORE.search(text, near, match.start())):
                named["part"] = before["part"]
            if (value := _time(named)) and _LASTED.search(text, near, match.start()):
                yield Fact(FactKind.QUANTITY, match.group(), match.start(), match.end())
            elif value:
                yield Fact(FactKind.TIME, match.group(), match.start(), match.end(), value)


def clock_time(hour: int, minute: int) -> str | None:
    """`HH:MM`, `None` where there is no such time."""
    return f"{hour:02d}:{minute:02d}" if 0 <= hour < 24 and 0 <= minute < 60 else None


def _time(named: dict[str, str | None]) -> str | None:
    if named.get("noon"):
        return "00:00" if re.search(r"noche|night", named["noon"] or "", re.IGNORECASE) else "12:00"
    hour, minute = _number(named["hour"] or ""), _number(named.get("minute") or "0")
    if hour is None or minute is None:
        return None
    hour = by_part_of_day(hour, (named.get("part") or "").lower())
    away = _quarters(named.get("past") or "") or _number(named.get("away") or "0") or 0
    if away and re.search(r"menos|\bpa(?:ra)?\b|\bto\b", f"{named.get('past')} {named.get('way')}"):
        hour, minute = (hour - 1) % 24, 60 - away
    else:
        minute += away
    clock = clock_time(hour, minute)
    seconds = f":{named['second']}" if named.get("second") else ""
    zone = named.get("zone")
    behind = "Z" if named.get("zulu") else f"{_ZONES[zone]:03d}:00" if zone else ""
    return f"{clock}{seconds}{behind}" if clock else None


def _quarters(past: str) -> int:
    """The minutes that "y media", "menos cuarto" or "half" stand for."""
    return 30 if re.search(r"media|half", past, re.IGNORECASE) else 15 if re.search(r"cuarto|quarter", past, re.IGNORECASE) else 0


def _number(written: str) -> int | None:
    number = number_of(written)
    return int(number) if number is not None else None


def by_part_of_day(hour: int, part: str) -> int:
    """The hour of 24 that `hour` is in a part of the day; one that is past noon already stays."""
    later = re.search(r"tarde|noche|p\.?\s?m|afternoon|evening|night", part)
    if later and hour < 12 and not (hour < 4 and re.search(r"noche|night", part)):
        return hour + 12
    if hour == 12 and re.search(r"noche|madrugada|mañan|a\.?\s?m|night|morning", part):
        return 0
    return hour


@cache
def _forms() -> tuple[tuple[re.Pattern[str], ...], ...]:
    """Forms all in digits, then every other, the more telling first: where two overlap the first is believed."""
    ahead = _PART.replace("?P<part>", "?:")
    hour = rf"(?P<hour>{_SMALL})"
    quarters = r"\s+(?:y\s+(?:media|cuarto)|menos\s+cuarto)"
    minutes = (
        rf"(?:(?:\s+horas?)?\s+con\s+(?P<minute>{_SMALL})(?:\s+minutos?)?|"
        rf"\s+(?:y\s+|(?P<way>menos)\s+)?(?P<away>{_SMALL})(?=\s+(?:minutos|horas|hrs)\b|{ahead}|\s*[,.;]|\s*$)(?:\s+minutos)?)"
    )
    in_digits = (
        rf"\b(?P<hour>\d{{1,2}})[:.h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?\s*(?:(?P<zulu>Z\b|UTC\b)|"
        rf"(?={_HOURS}|{ahead})(?:{_HOURS})?{_PART}?){_ZONE}",
        rf"(?<![\d:.])(?P<hour>\d{{1,2}})[:h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?P<zulu>Z|\s?UTC)?(?!:?\d){_ZONE}",
        r"^(?P<hour>0\d|1[0-8]|2[1-3])(?P<minute>[0-5]\d)(?=\s[-–—]\s|\s(?-i:[A-Z])[\w-]*[ -]\d)",
        r"(?:(?<=\blas\s)|(?<=\bat\s))(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)"
        r"(?=\s*(?:[,;:)]|\.(?!\d)|$)|\s(?:and|y|on|for|he|she|they|el|del)\b)",
        rf"(?<![\d.,])(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?:\s?(?:(?P<zulu>Z\b|UTC\b)|{_HOURS})|(?=\s(?-i:[PMCE][SD]T\b))){_ZONE}",
    )
    others = (
        rf"\b(?P<past>(?:un\s+)?cuarto|(?:a\s+)?quarter|half)\s+(?P<way>p(?:ar)?a'?\s+las?|past|to)\s+{hour}{_PART}?(?!\w)",
        rf"\b(?P<away>cinco|diez|quince|veinte|veinticinco|\d{{1,2}})\s+(?:minutos\s+)?(?P<way>p(?:ar)?a'?)\s+las?\s+{hour}{_PART}?(?!\w)",
        rf"(?:(?<=\blas\s)|(?<=\bla\s)(?=(?:1|una)\b)|(?<=\bat\s)){hour}{_NO_COUNT}(?:(?P<past>{quarters})|{minutes})?(?:\s+{_HOURS})?{_PART}?"
        r"(?!\s*(?:de\s+la\s+)?[a-z]*(?:thousand|hundred|milli[oó]n|mil\b|kilo|pesos|gall?on|litr|liter|gram|pounds|libras|tons|tonel|barrel|drum|mile|meter|d[óo]l))"
        rf"(?!\s*(?:{'|'.join(spellings_of_measures())})(?![\w/]))(?=\W|$)(?!-\d{{3}}|\s+and\s+(?:a\s+)?(?:half|quarter)\b)",
        rf"\b{hour}(?P<past>{quarters})?{_PART}{_ZONE}",
        rf"\b{hour}\s+o['’]clock\b{_PART}?",
        r"\b(?P<noon>mediod[íi]a|medio\s+d[íi]a|medianoche|media\s+noche|noon|midday|midnight)\b",
    )
    return tuple(tuple(re.compile(pattern, re.IGNORECASE) for pattern in group) for group in (in_digits, others))
