"""Amounts with their unit, in Spanish and English, as `Quantity` in the unit the text states; sums of money are in `language.money`.

Units and their spellings are the table `data/language/units.toml`; counted things ("12 mil pastillas") have a unit of one word.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from cathartes.language.numerals import DIGITS, NUMBER, SCALES, WORDS, last_number, number_of
from cathartes.model import Fact, FactKind, Quantity

DIMENSIONLESS = "1"
"""The unit of a bare number (UCUM)."""

COUNTED_TIME = frozenset(("s", "min", "h", "d", "wk", "month", "a", "%"))

SMALLER: Mapping[tuple[str, str], int] = {
    ("t", "kg"): 1000, ("kg", "g"): 1000, ("g", "mg"): 1000, ("L", "mL"): 1000, ("km", "m"): 1000, ("m", "cm"): 100,
    ("lb", "oz"): 16, ("ft", "in"): 12, ("ha", "are"): 100, ("ha", "m2"): 10_000, ("h", "min"): 60, ("min", "s"): 60, ("a", "month"): 12,
}  # fmt: skip
"""How many of the smaller unit make one of the larger, where reports write both ("5 kg 250 g")."""

_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER_WORDS = frozenset((*WORDS, *SCALES))

HECTARES = re.compile(r"(?<![\w.,-])(\d{1,5})-(\d\d)-(\d\d(?:\.\d+)?)\s?(?:hect[áa]reas|has?\b\.?)", re.IGNORECASE)
"""Hectares, ares and centiares, as land registers write them: "2-30-15 ha"."""

_LIST = re.compile(r"\d{4,},\d{4,}")
"""Two codes or years."""

_GOES_ON = re.compile(r",\d")
LEAST_OF_A_CODE = 9
"""Digits in a row from which on they are a code: nobody writes an amount so without marks."""

LEAST_OF_A_NUMBERED = 4
"""The same behind a word that announces a code: "folio 3463"."""

BARE = re.compile(NUMBER, re.IGNORECASE)
AFTER_SIGN = NUMBER.replace(r"(?<![\w.,/$-])", "", 1)
"""A number right behind a sign that belongs to it."""

_OF_SEVERAL = re.compile(
    rf"(?:[±∓]\s?{AFTER_SIGN}(?:\s?(?:%|°\s?[CF]|[^\W\d_]{{1,3}}(?!\w)))?"
    rf"|(?<![\w.,/$:+-]){DIGITS}(?:['\"]|\s?[^\W\d_]{{1,2}}\.?)?(?:\s?[x×]\s?{DIGITS}(?:['\"]|\s?[^\W\d_]{{1,2}}(?!\w))?){{1,3}}(?!\w)"
    r"|(?<![\w.,/$:+-])\d{2,3}/\d{2,3}\s?mm\s?Hg(?!\w)"
    rf"|(?<![\w.,/$:+-]){DIGITS}\s?[-–]\s?{DIGITS}\s?(?P<unit>%|°\s?[CF](?!\w)|[^\W\d_]{{1,12}}(?![\w/])))"
)
"""Several numbers in one, or one that says how far another is off: "2 m x 3 m", "120/80 mmHg", "±0.5 mm". It has no one value."""

_KELVIN = re.compile(r"(?:\d{3}|\d+\.\d+)\sK(?!-)")
"""A temperature; "20K" is thousands, carats or a distance run."""

_MINUS = re.compile(r"(?:\b(?:minus|negative)|(?<!\bo\s)\bmenos)\s$", re.IGNORECASE)
_BELOW = re.compile(r"\s(?:bajo\scero|below\szero)\b", re.IGNORECASE)
_POINT_BEFORE = re.compile(r"\b(?:point|punto)\s$", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")
"""Of things counted these are thousands, which have no tenths; alone they may be either."""

_CALIBRE = re.compile(r"(?:^|\s)(\.\d+)$")
_OF_A_WHOLE = re.compile(r"\s+(?:cuartos?|quarters?|tercios?|thirds)$", re.IGNORECASE)
"""Behind a number of something without a unit these are rooms, months or teams."""

_HOURS_BEFORE = re.compile(r"\b(?:de|from)\s\d{1,2}\s(?:a|to)\s$", re.IGNORECASE)
"""Before the second of two hours, which may be of the clock or of a stretch of time: "de 9 a 14 horas"."""

_INCHES = re.compile(r"(?<![\w.,/$-])(?P<number>(?:\d+[ -])?\d+/\d+|\d+(?:\.\d+)?)\s?(?P<mark>\"|″|”|''|'|’|′)(?!\w)")
_QUOTES = re.compile(r"(?<!\w)['’\"“”‘]|['’\"“”‘](?!\w)")
_ACIDITY = re.compile(r"(?<!\w)pH\s?(?:de\s|of\s|=\s?|:\s?)?(?P<number>\d\d?(?:[.,]\d+)?)(?![\w/]|[.,-]\d)")
_COMPOUND = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*\s?(?!\w/[oa]\b)[^\W\d_]{1,4}(?:[²³]|[/·][^\W\d_]{1,4}[²³23]?)+(?![\w/])")
"""A number with a symbol made of several, as units are: "40 mg/L", whether the table knows it or not."""


@cache
def _units() -> Mapping[str, tuple[str, str]]:
    """Every spelling (a regular expression) with its unit and the group of the table that has it."""
    return {
        spelling: (unit, group) for group in ("measure", "goods", "counted") for unit, all_ in _tables()[group].items() for spelling in all_
    }


@cache
def _tables() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(files("cathartes").joinpath("data/language/units.toml").read_text("utf-8"))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    units = sorted(_units(), key=len, reverse=True)
    every, measures = "|".join(units), "|".join(unit for unit in units if _units()[unit][1] == "measure" and len(unit) > 2)
    part = (
        r"\s+(?:y\s+(?:medi[oa]|(?:un\s+)?cuarto|tres\s+cuartos)|and\s+(?:a\s+half|a\s+quarter|three\s+quarters))\b"
        rf"(?!\s+(?:de\s+|of\s+an?\s+|an?\s+)?(?:{every}|mil|mill[óo]n|millones|million)\b)"
    )
    number = rf"(?P<number>{NUMBER})(?P<thousands>(?<=\d)k(?=\s))?"
    # "27-G-6717" is a code.
    amount = rf"{number}\s?(?P<dash>-)?\s?(?:(?:de|of)\s+(?:an?\s+|una?\s+)?)?(?P<unit>{every})(?P<part>{part})?(?![\w/]|(?<=-\w)-\w)"
    return re.compile(amount, re.IGNORECASE), re.compile(rf"\b(?P<unit>{measures})(?P<part>{part})", re.IGNORECASE)


def spellings() -> Iterable[str]:
    """How units are written, each a regular expression."""
    return _units()


def spellings_of_measures() -> Iterable[str]:
    """The same of what is measured and is no stretch of time: "at 11 mph" tells no hour."""
    return (spelling for spelling, (unit, group) in _units().items() if group == "measure" and unit not in COUNTED_TIME - {"%"})


@cache
def unit_of(spelling: str) -> str | None:
    """The unit that is written so, `None` for a word that is none."""
    match = _any_unit().fullmatch(spelling)
    return tuple(_units().values())[match.lastindex - 1][0] if match and match.lastindex else None


@cache
def _any_unit() -> re.Pattern[str]:
    """Every spelling as a group of its own, the first of the table first."""
    return re.compile("|".join(f"({spelling})" for spelling in _units()), re.IGNORECASE)


def is_measure(unit: str) -> bool:
    """Whether `unit` measures (kg, L, km) and is no counted thing, stretch of time or share."""
    return unit not in COUNTED_TIME and unit in _units_of("measure")


def is_of_goods(unit: str) -> bool:
    """Whether `unit` counts goods (drums, sacks, tablets, cartridges), which say how much there was of something."""
    return unit in _units_of("goods")


@cache
def unnamed_goods() -> re.Pattern[str]:
    """Nouns of goods that have no unit in the table."""
    return re.compile("|".join(_tables()["unnamed"]["goods"]))


@cache
def _announces() -> re.Pattern[str]:
    """A word right before a number that is a code's and counts nothing."""
    return re.compile(rf"\b(?:{'|'.join(_tables()['numbered']['words'])})\.?\s?[:#]?\s?$", re.IGNORECASE)


@cache
def _units_of(group: str) -> frozenset[str]:
    return frozenset(unit for unit, of in _units().values() if of == group)


def quantities(text: str, language: str) -> Iterator[Fact]:
    """Every number with a unit, those of one measure as one ("dos kilos 300 gramos"), and "kilo y medio"."""
    before: Fact | None = None
    for fact in _amounts(text, language):
        if before and (whole := _with_smaller(before, fact, text)):
            before = whole
            continue
        if before:
            yield before
        before = fact
    if before:
        yield before


def _amounts(text: str, language: str) -> Iterator[Fact]:
    if not any(map(str.isnumeric, text)) and _NUMBER_WORDS.isdisjoint(_LETTERS.findall(text.lower())):
        return
    amount, one_and_a_part = _patterns()
    for match in amount.finditer(text):
        number, unit = last_number(match["number"]), unit_of(match["unit"])
        is_word = match["unit"] == "M" or (match["unit"] == "has" and language == "en")  # moles a litre; "19 has been"
        is_word |= match["unit"] == "G" and not text.isupper()  # a network
        is_word |= "/" in match["number"] and not is_measure(unit or "")  # "5/6 agents"
        is_word |= match["unit"] == "K" and not _KELVIN.match(text, match.start())
        if number is not None and unit is not None and not is_word:
            # A hyphen before any other unit is a dash.
            is_below = match["number"][0] in "-−" or _MINUS.search(text, 0, match.start()) or _BELOW.match(text, match.end())
            sign = -1.0 if unit in ("degC", "degF") and is_below else 1.0
            factor = sign * (1000.0 if match["thousands"] else 1.0)
            whole = 1000.0 if _THOUSANDS.fullmatch(match["number"]) and not is_measure(unit) and unit not in COUNTED_TIME else 1.0
            value = whole * factor * (number[1] + _part(match["part"]))
            is_open = unit == "h" and _HOURS_BEFORE.search(text, max(0, match.start() - 12), match.start())
            yield amount_at(FactKind.QUANTITY, match, number[0], None if is_open else value, unit)
    for match in HECTARES.finditer(text):
        whole, ares, centiares = (float(part) for part in match.groups())
        yield amount_at(FactKind.QUANTITY, match, 0, whole + ares / 100 + centiares / 10_000, "ha")
    for match in one_and_a_part.finditer(text):
        if unit := unit_of(match["unit"]):
            yield amount_at(FactKind.QUANTITY, match, 0, 1.0 + _part(match["part"]), unit)


def compounds(text: str) -> Iterator[Fact]:
    """Numbers with a unit made of several, of which nothing is said but that they belong together."""
    return (Fact(FactKind.QUANTITY, match.group(), *match.span()) for match in _COMPOUND.finditer(text))


def of_several(text: str) -> Iterator[Fact]:
    """Sizes, ranges with their unit and tolerances, of which nothing is said but that they belong together."""
    for match in _OF_SEVERAL.finditer(text):
        if match["unit"] is None or unit_of(match["unit"]):
            yield Fact(FactKind.QUANTITY, match.group(), *match.span())


def readings(text: str) -> Iterator[Fact]:
    """Inches and feet told by a mark that closes no quotation, and degrees of acidity."""
    told: set[int] = set()
    for match in _INCHES.finditer(text):
        quotes = [quote.group() for quote in _QUOTES.finditer(text, 0, match.start()) if quote.start() not in told]
        is_open = quotes.count("“") > quotes.count("”") if match["mark"] == "”" else quotes.count(match["mark"]) % 2
        if not is_open and (number := number_of(match["number"].replace("-", " "))) is not None:
            told.update(range(*match.span("mark")))
            yield amount_at(FactKind.QUANTITY, match, 0, number, "ft" if match["mark"] in "'’′" else "in")
    for match in _ACIDITY.finditer(text):
        yield amount_at(FactKind.QUANTITY, match, 0, float(match["number"].replace(",", ".")), "[pH]")


def _part(words: str | None) -> float:
    """What "y medio", "y cuarto" or "y tres cuartos" adds."""
    if not words:
        return 0.0
    quarters = 3 if re.search("tres|three", words, re.IGNORECASE) else 1 if re.search("cuarto|quarter", words, re.IGNORECASE) else 2
    return quarters / 4


def _with_smaller(larger: Fact, smaller: Fact, text: str) -> Fact | None:
    """Both as one in the larger unit, where the second goes on in the smaller one that is counted below it."""
    first, second = larger.value, smaller.value
    if not isinstance(first, Quantity) or not isinstance(second, Quantity):
        return None
    factor = SMALLER.get((first.unit, second.unit), 0)
    if not 0 <= second.value < factor or not re.fullmatch(r",?\s+(?:(?:y|con|and)\s+)?", text[larger.end : smaller.start]):
        return None
    value = Quantity(round(first.value + second.value / factor, 9), first.unit)
    return Fact(larger.kind, text[larger.start : smaller.end], larger.start, smaller.end, value)


def bare_numbers(text: str) -> Iterator[Fact]:
    """Numbers in digits without a unit: a distance marker, a count of something without a name in the table."""
    if not any(map(str.isdigit, text)):
        return
    for match in BARE.finditer(text):
        written = _OF_A_WHOLE.sub("", match.group())
        if calibre := _CALIBRE.search(match.group()):
            start = match.start() + calibre.start(1)
            yield Fact(FactKind.IDENTIFIER, calibre[1], start, match.end(), calibre[1])
            continue
        is_code = written.isdigit() and (len(written) >= LEAST_OF_A_CODE or (len(written) > 1 and written[0] == "0"))
        is_code |= bool(_GOES_ON.match(text, match.end()) or _LIST.fullmatch(written))
        if written.isdigit() and len(written) >= LEAST_OF_A_NUMBERED:
            is_code |= bool(_announces().search(text, max(0, match.start() - 20), match.start()))
        if not is_code and any(map(str.isdigit, written)) and (number := number_of(written)) is not None:
            is_open = written.endswith(".000") and _THOUSANDS.fullmatch(written)
            fact = amount_at(FactKind.QUANTITY, match, 0, None if is_open else number, DIMENSIONLESS)
            yield replace(fact, text=written, end=match.start() + len(written))


def amount_at(kind: FactKind, match: re.Match[str], skipped: int, number: float | None, unit: str) -> Fact:
    """The amount, without a value where `number` is none, or "point" before it makes it a decimal of something else."""
    start = match.start() + skipped
    is_told = number is not None and not _POINT_BEFORE.search(match.string, max(0, start - 8), start)
    value = Quantity(round(number, 9), unit) if number is not None and is_told else None
    return Fact(kind, match.string[start : match.end()], start, match.end(), value)
