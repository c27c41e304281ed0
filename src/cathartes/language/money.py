"""Sums of money, in Spanish and English, as `Quantity` in their currency (ISO 4217).

A sum of which the text leaves open how much it is ("12.500 pesos", "$5 grand") has no value.
"""

import re
from collections.abc import Iterator, Mapping

from cathartes.language.numerals import NUMBER, last_number, number_of
from cathartes.language.quantities import AFTER_SIGN, amount_at
from cathartes.model import Fact, FactKind

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
    "USD": r"us\$\s?|us\s+dollars\s|us(?:d\s?\$?|\s?\$|(?=\s\d[\d,]*[,.]\d))\s?|dlls\s?\$?\s?",
    "EUR": r"€\s?|eur\s?",
    "MXN": r"mx(?:n\s?\$?|\s?\$|(?=\s\d[\d,]*[,.]\d))\s?|m\.n\.\s?\$?",
    "GBP": r"£\s?|gbp\s?",
}
_SIGN = "|".join((*SIGNS.values(), r"\$\s?"))
_WORD = "|".join((*CURRENCIES.values(), *SCALED))
MONEY = re.compile(
    rf"(?:(?<![\w$])(?<!\w-)(?P<sign>{_SIGN})(?P<signed>{AFTER_SIGN})(?P<suffix>(?:k|mm?|bn?|\s(?-i:K|MM?(?!\.)))(?!\w|[.,]\w))?"
    rf"(?:\s?(?:de\s+)?(?P<tail>{_WORD}|m\.?n\.?)(?!\w))?"
    rf"|(?P<number>{NUMBER})(?P<thousands>\s?k(?=\s))?\s?(?:de\s+)?(?P<word>{_WORD})(?!\w))"
    rf"(?:(?:\s+con\s+(?P<cents>{NUMBER})\s+centavos|\s+(?P<hundredths>\d\d)/100)(?:\s*m\.?\s?n\b\.?)?)?",
    re.IGNORECASE,
)
_ANY_CURRENCY = re.compile(rf"[$€£]|(?<![^\W\d])(?:{_WORD}|{'|'.join(SIGNS.values())})", re.IGNORECASE)
"""What any sum has; it is sought first, since a number can be written in many ways."""

_EITHER = re.compile(r"\d{1,3}\.\d{3}")
"""A sum that may be thousands, or a price to a tenth of a cent: "12.500 pesos"."""

_GRAND = re.compile(r"\s(?:grand|large)\b")


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
        is_told = (factor != 1.0 or not _EITHER.fullmatch(match["signed"] or match["number"])) and not _GRAND.match(text, match.end())
        yield amount_at(FactKind.MONEY, match, number[0], value if is_told else None, _currency(sign, word, language))


def _currency(sign: str, word: str, language: str) -> str:
    if word in SCALED:
        return SCALED[word][0]
    if re.fullmatch(r"m\.?n\.?", word):
        return "MXN"
    named = [code for code, pattern in CURRENCIES.items() if re.fullmatch(pattern, word, re.IGNORECASE)]
    signed = [code for code, pattern in SIGNS.items() if re.match(pattern, f"{sign}1,000", re.IGNORECASE)]
    return (named or signed or ["MXN" if language == "es" else "USD"])[0]
