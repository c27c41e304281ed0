"""Amounts with their unit and sums of money, in Spanish and English, as `Quantity` in the unit the text states.

Units and their spellings are the table `data/language/units.toml`; counted things ("12 mil pastillas") have a unit of one word.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from cathartes.language.numerals import NUMBER, last_number, number_of
from cathartes.model import Fact, FactKind, Quantity

DIMENSIONLESS = "1"
"""The unit of a bare number (UCUM)."""

COUNTED_TIME = frozenset(("s", "min", "h", "d", "wk", "month", "a", "%"))

SMALLER: Mapping[tuple[str, str], int] = {
    ("t", "kg"): 1000, ("kg", "g"): 1000, ("g", "mg"): 1000, ("L", "mL"): 1000, ("km", "m"): 1000, ("m", "cm"): 100,
    ("lb", "oz"): 16, ("h", "min"): 60, ("min", "s"): 60, ("a", "month"): 12,
}  # fmt: skip
"""How many of the smaller unit make one of the larger, where reports write both ("5 kg 250 g")."""

MILLIONS: Mapping[str, str] = {"mdp": "MXN", "mdd": "USD", "mde": "EUR"}
CURRENCIES: Mapping[str, str] = {
    "MXN": r"(?:pesos?(?:\s+mexicanos?)?(?:\s+\d\d/100)?(?:\s*m\.?\s?n\b\.?)?|m\.n\.|mxn|mexican\s+pesos?|varos?)",
    "USD": r"(?:(?:u\.?s\.?\s+)?dollars?|dólares(?:\s+(?:americanos|estadounidenses))?|dólar|dolares|usd|dlls?\.?|dls\.?|us\s?d)",
    "EUR": r"(?:euros?|eur|€)",
}
SIGNS: Mapping[str, str] = {"USD": r"us\$\s?|usd?\s?\$?\s?|dlls\s?\$?\s?", "EUR": r"€\s?|eur\s?", "MXN": r"mxn?\s?\$?\s?|m\.n\.\s?\$?"}
_SIGN = "|".join((*SIGNS.values(), r"\$\s?"))
_WORD = "|".join((*CURRENCIES.values(), *MILLIONS))
_AFTER_SIGN = NUMBER.replace(r"(?<![\w.,/$-])", "", 1)
MONEY = re.compile(
    rf"(?<![\w$])(?P<sign>{_SIGN})(?P<signed>{_AFTER_SIGN})(?:\s?(?:de\s+)?(?P<tail>{_WORD})(?!\w))?"
    rf"|(?P<number>{NUMBER})\s?(?:de\s+)?(?P<word>{_WORD})(?!\w)",
    re.IGNORECASE,
)
BARE = re.compile(NUMBER, re.IGNORECASE)


@cache
def _units() -> Mapping[str, tuple[str, bool]]:
    """Every spelling (a regular expression) with its unit and whether that is a measure."""
    tables = tomllib.loads(files("cathartes").joinpath("data/language/units.toml").read_text("utf-8"))
    return {
        spelling: (unit, group == "measure")
        for group in ("measure", "counted")
        for unit, all_ in tables[group].items()
        for spelling in all_
    }


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    units = sorted(_units(), key=len, reverse=True)
    every, measures = "|".join(units), "|".join(unit for unit in units if _units()[unit][1] and len(unit) > 2)
    amount = rf"(?P<number>{NUMBER})\s?-?\s?(?:de\s+)?(?P<unit>{every})(?P<part>\s+y\s+(?:medi[oa]|cuarto)\b)?(?![\w/])"
    return re.compile(amount, re.IGNORECASE), re.compile(rf"\b(?P<unit>{measures})(?P<part>\s+y\s+(?:medi[oa]|cuarto))\b", re.IGNORECASE)


def spellings() -> Iterable[str]:
    """How units are written, each a regular expression."""
    return _units()


@cache
def unit_of(spelling: str) -> str | None:
    """The unit that is written so, `None` for a word that is none."""
    for pattern, (unit, _) in _units().items():
        if re.fullmatch(pattern, spelling, re.IGNORECASE):
            return unit
    return None


def is_measure(unit: str) -> bool:
    """Whether `unit` measures (kg, L, km) and is no counted thing, stretch of time or share."""
    return unit not in COUNTED_TIME and unit in _measures()


@cache
def _measures() -> frozenset[str]:
    return frozenset(unit for unit, is_one in _units().values() if is_one)


def quantities(text: str) -> Iterator[Fact]:
    """Every number with a unit, those of one measure as one ("dos kilos 300 gramos"), and "kilo y medio"."""
    before: Fact | None = None
    for fact in _amounts(text):
        if before and (whole := _with_smaller(before, fact, text)):
            before = whole
            continue
        if before:
            yield before
        before = fact
    if before:
        yield before


def _amounts(text: str) -> Iterator[Fact]:
    amount, one_and_a_part = _patterns()
    for match in amount.finditer(text):
        number, unit = last_number(match["number"]), unit_of(match["unit"])
        if number is not None and unit is not None:
            # A hyphen before any other unit is a dash.
            sign = -1.0 if match["number"][0] in "-−" and unit in ("degC", "degF") else 1.0
            yield _fact(FactKind.QUANTITY, match, number[0], sign * (number[1] + _part(match["part"])), unit)
    for match in one_and_a_part.finditer(text):
        if unit := unit_of(match["unit"]):
            yield _fact(FactKind.QUANTITY, match, 0, 1.0 + _part(match["part"]), unit)


def _part(words: str | None) -> float:
    """What "y medio" or "y cuarto" adds."""
    return 0.0 if not words else 0.25 if "cuarto" in words.lower() else 0.5


def _with_smaller(larger: Fact, smaller: Fact, text: str) -> Fact | None:
    """Both as one in the larger unit, where the second goes on in the smaller one that is counted below it."""
    first, second = larger.value, smaller.value
    if not isinstance(first, Quantity) or not isinstance(second, Quantity):
        return None
    factor = SMALLER.get((first.unit, second.unit), 0)
    if not 0 <= second.value < factor or not re.fullmatch(r"\s+(?:(?:y|con|and)\s+)?", text[larger.end : smaller.start]):
        return None
    value = Quantity(round(first.value + second.value / factor, 9), first.unit)
    return Fact(larger.kind, text[larger.start : smaller.end], larger.start, smaller.end, value)


def sums_of_money(text: str, language: str) -> Iterator[Fact]:
    """Every sum with its currency (ISO 4217). A bare "$" is pesos in Spanish text and US dollars in English text."""
    for match in MONEY.finditer(text):
        word, sign = match["tail"] or match["word"] or "", match["sign"] or ""
        number = last_number(match["signed"] or match["number"])
        if number is None or (sign and number[0]):
            continue
        factor = 1e6 if word.lower() in MILLIONS else 1.0
        yield _fact(FactKind.MONEY, match, number[0], number[1] * factor, _currency(sign, word, language))


def _currency(sign: str, word: str, language: str) -> str:
    if word.lower() in MILLIONS:
        return MILLIONS[word.lower()]
    named = [code for code, pattern in CURRENCIES.items() if re.fullmatch(pattern, word, re.IGNORECASE)]
    signed = [code for code, pattern in SIGNS.items() if re.fullmatch(pattern, sign, re.IGNORECASE)]
    return (named or signed or ["MXN" if language == "es" else "USD"])[0]


def bare_numbers(text: str) -> Iterator[Fact]:
    """Numbers in digits without a unit: a distance marker, a count of something without a name in the table."""
    for match in BARE.finditer(text):
        if any(character.isdigit() for character in match.group()) and (number := number_of(match.group())) is not None:
            yield _fact(FactKind.QUANTITY, match, 0, number, DIMENSIONLESS)


def _fact(kind: FactKind, match: re.Match[str], skipped: int, number: float, unit: str) -> Fact:
    start = match.start() + skipped
    return Fact(kind, match.string[start : match.end()], start, match.end(), Quantity(round(number, 9), unit))
