"""Amounts with their unit and sums of money, in Spanish and English, as `Quantity` in the unit the text states.

Units and their spellings are the table `data/language/units.toml`; counted things ("12 mil pastillas") have a unit of one word.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

SCALED: Mapping[str, tuple[str, float]] = {
    "mdp": ("MXN", 1e6), "mdd": ("USD", 1e6), "mde": ("EUR", 1e6), "mmdp": ("MXN", 1e9), "mmdd": ("USD", 1e9),
    "centavos": ("MXN", 0.01), "cents": ("USD", 0.01),
}  # fmt: skip
"""Words that are a currency and its scale: "mdp" is millions of pesos."""

SUFFIXES: Mapping[str, float] = {"k": 1e3, "m": 1e6, "mm": 1e6, "b": 1e9, "bn": 1e9}
"""Scales right behind the digits of a sum, as English texts write them: "US$45k"."""

_PESOS = (
    r"(?:pesos(?!\s+de\s+\d)|peso(?!\s+de\b))(?!\s+(?:aproximado|bruto|estimado|mayor|neto|promedio|superior|total)\b)"
    r"(?!\s+(?:colombianos?|argentinos?|chilenos?|cubanos?|dominicanos?|filipinos?|uruguayos?))"
)
_OTHER_DOLLARS = r"(?!\s+(?:canadienses?|australianos?|beliceños?))"
CURRENCIES: Mapping[str, str] = {
    "MXN": rf"(?:(?:{_PESOS}|pesitos)(?:\s+mexicanos?)?(?:\s*m\.?\s?n\b\.?|,?\s+moneda\s+nacional)?|m\.n\.|mxn|mexican\s+pesos?|varos?)",
    "USD": rf"(?:(?:u\.?\s?s\.?\s+)?dollars?|d[óo]lar(?:es)?{_OTHER_DOLLARS}(?:\s+(?:americanos|estadounidenses))?|usd|dl?ls?\.?|us\s?d)",
    "EUR": r"(?:euros?|eur|€)",
    "COP": r"(?:pesos?\s+colombianos?|colombian\s+pesos?|cop)",
    "CAD": r"(?:d[óo]lares\s+canadienses|canadian\s+dollars?|cad)",
    "GTQ": r"(?:quetzal(?:es)?|gtq)",
    "CNY": r"(?:yuan(?:es)?|cny|rmb)",
    "GBP": r"(?:libras\s+esterlinas|pounds?\s+sterling|gbp|£)",
}
SIGNS: Mapping[str, str] = {
    "USD": r"us\$\s?|us\s+dollars\s|us(?:d\s?\$?|\s?\$|(?=\s))\s?|dlls\s?\$?\s?",
    "EUR": r"€\s?|eur\s?",
    "MXN": r"mx(?:n\s?\$?|\s?\$|(?=\s))\s?|m\.n\.\s?\$?",
    "GBP": r"£\s?|gbp\s?",
}
_SIGN = "|".join((*SIGNS.values(), r"\$\s?"))
_WORD = "|".join((*CURRENCIES.values(), *SCALED))
_AFTER_SIGN = NUMBER.replace(r"(?<![\w.,/$-])", "", 1)
MONEY = re.compile(
    rf"(?:(?<![\w$])(?<!\w-)(?P<sign>{_SIGN})(?P<signed>{_AFTER_SIGN})(?P<suffix>(?:k|mm?|bn?)(?!\w|[.,]\w))?(?:\s?(?:de\s+)?(?P<tail>{_WORD}|m\.?n\.?)(?!\w))?"
    rf"|(?P<number>{NUMBER})(?P<thousands>\s?k(?=\s))?\s?(?:de\s+)?(?P<word>{_WORD})(?!\w))"
    rf"(?:(?:\s+con\s+(?P<cents>{NUMBER})\s+centavos|\s+(?P<hundredths>\d\d)/100)(?:\s*m\.?\s?n\b\.?)?)?",
    re.IGNORECASE,
)
_ANY_CURRENCY = re.compile(rf"[$€£]|(?<![^\W\d])(?:{_WORD}|{'|'.join(SIGNS.values())})", re.IGNORECASE)
"""What any sum has; it is sought first, since a number can be written in many ways."""

_LETTERS = re.compile(r"[^\W\d_]+")
_NUMBER_WORDS = frozenset((*WORDS, *SCALES))

HECTARES = re.compile(r"(?<![\w.,-])(\d{1,5})-(\d\d)-(\d\d(?:\.\d+)?)\s?(?:hect[áa]reas|has?\b\.?)", re.IGNORECASE)
"""Hectares, ares and centiares, as land registers write them: "2-30-15 ha"."""

LEAST_OF_A_CODE = 9
"""Digits in a row from which on they are a code: nobody writes an amount so without marks."""

BARE = re.compile(NUMBER, re.IGNORECASE)
_OF_SEVERAL = re.compile(
    rf"(?:[±∓]\s?{_AFTER_SIGN}(?:\s?(?:%|°\s?[CF]|[^\W\d_]{{1,3}}(?!\w)))?"
    rf"|(?<![\w.,/$:+-]){DIGITS}(?:['\"]|\s?[^\W\d_]{{1,2}}\.?)?(?:\s?[x×]\s?{DIGITS}(?:['\"]|\s?[^\W\d_]{{1,2}}(?!\w))?){{1,3}}(?!\w)"
    rf"|(?<![\w.,/$:+-]){DIGITS}\s?[-–]\s?{DIGITS}\s?(?P<unit>%|°\s?[CF](?!\w)|[^\W\d_]{{1,12}}(?![\w/])))"
)
"""Several numbers in one, or one that says how far another is off: "2 m x 3 m", "10-15 kg", "±0.5 mm". It has no one value."""

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
        if number is not None and unit is not None and not is_word:
            # A hyphen before any other unit is a dash.
            sign = -1.0 if match["number"][0] in "-−" and unit in ("degC", "degF") else 1.0
            factor = sign * (1000.0 if match["thousands"] else 1.0)
            yield _fact(FactKind.QUANTITY, match, number[0], factor * (number[1] + _part(match["part"])), unit)
    for match in HECTARES.finditer(text):
        whole, ares, centiares = (float(part) for part in match.groups())
        yield _fact(FactKind.QUANTITY, match, 0, whole + ares / 100 + centiares / 10_000, "ha")
    for match in one_and_a_part.finditer(text):
        if unit := unit_of(match["unit"]):
            yield _fact(FactKind.QUANTITY, match, 0, 1.0 + _part(match["part"]), unit)


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
            yield _fact(FactKind.QUANTITY, match, 0, number, "ft" if match["mark"] in "'’′" else "in")
    for match in _ACIDITY.finditer(text):
        yield _fact(FactKind.QUANTITY, match, 0, float(match["number"].replace(",", ".")), "[pH]")


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


def sums_of_money(text: str, language: str) -> Iterator[Fact]:
    """Every sum with its currency (ISO 4217). A bare "$" is pesos in Spanish text and US dollars in English text."""
    if not _ANY_CURRENCY.search(text):
        return
    for match in MONEY.finditer(text):
        word, sign = (match["tail"] or match["word"] or "").lower(), match["sign"] or ""
        number = last_number(match["signed"] or match["number"])
        if number is None or (sign and number[0]):
            continue
        suffix = (match["suffix"] or match["thousands"] or "").strip().lower()
        factor = SUFFIXES[suffix] if suffix else SCALED[word][1] if word in SCALED else 1.0
        cents = (number_of(match["cents"] or match["hundredths"] or "0") or 0.0) / 100
        # Behind "$1,234.50" the hundredths are told a second time.
        value = number[1] * factor + (cents if number[1] == int(number[1]) else 0.0)
        yield _fact(FactKind.MONEY, match, number[0], value, _currency(sign, word, language))


def _currency(sign: str, word: str, language: str) -> str:
    if word in SCALED:
        return SCALED[word][0]
    if re.fullmatch(r"m\.?n\.?", word):
        return "MXN"
    named = [code for code, pattern in CURRENCIES.items() if re.fullmatch(pattern, word, re.IGNORECASE)]
    signed = [code for code, pattern in SIGNS.items() if re.fullmatch(pattern, sign, re.IGNORECASE)]
    return (named or signed or ["MXN" if language == "es" else "USD"])[0]


def bare_numbers(text: str) -> Iterator[Fact]:
    """Numbers in digits without a unit: a distance marker, a count of something without a name in the table."""
    if not any(map(str.isdigit, text)):
        return
    for match in BARE.finditer(text):
        is_code = len(match.group()) >= LEAST_OF_A_CODE and match.group().isdigit()
        if not is_code and any(map(str.isdigit, match.group())) and (number := number_of(match.group())) is not None:
            yield _fact(FactKind.QUANTITY, match, 0, number, DIMENSIONLESS)


def _fact(kind: FactKind, match: re.Match[str], skipped: int, number: float, unit: str) -> Fact:
    start = match.start() + skipped
    return Fact(kind, match.string[start : match.end()], start, match.end(), Quantity(round(number, 9), unit))
