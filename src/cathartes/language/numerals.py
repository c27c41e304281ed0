"""Numbers as people write them in Mexico and in English: "1,250.5", "1.250,5", "12 mil", "mil 200", "tres millones y medio".

`NUMBER` is the regular expression of one number, in digits, words or both; `number_of` reads what it matched.
"""

import re
from collections.abc import Iterator, Mapping

UNITS_ES = "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho"
UNITS_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
TWENTIES = "veinte veintiún veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
TENS_ES = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety"
HUNDREDS_ES = "doscient trescient cuatrocient quinient seiscient setecient ochocient novecient"
ONES_JOINED = {"uno": 1, "una": 1, "ún": 1, "dós": 2, "dos": 2, "trés": 3, "tres": 3, "cuatro": 4, "cinco": 5, "séis": 6, "seis": 6,
               "siete": 7, "ocho": 8, "nueve": 9}  # fmt: skip
"""How the ones are written in one word with the tens: "treintaiún"."""

WORDS: Mapping[str, float] = {
    **{word: number for number, word in enumerate((UNITS_ES + " diecinueve").split())},
    **{word: number for number, word in enumerate(UNITS_EN.split())},
    **{word: 20 + number for number, word in enumerate(TWENTIES.split())},
    **{word: 10 * number for number, word in enumerate(TENS_ES.split(), 3)},
    **{word: 10 * number for number, word in enumerate(TENS_EN.split(), 2)},
    **{word + end: 100 * number for number, word in enumerate(HUNDREDS_ES.split(), 2) for end in ("os", "as")},
    **{f"{ten}i{one}": 10 * tens + number for tens, ten in enumerate(TENS_ES.split(), 3) for one, number in ONES_JOINED.items()},
    "uno": 1, "una": 1, "veintiuno": 21, "veintiuna": 21, "cien": 100, "ciento": 100,
    "medio": 0.5, "media": 0.5, "half": 0.5, "dieciseis": 16, "veintidos": 22, "veintitres": 23, "veintiseis": 26,
}  # fmt: skip

SCALES: Mapping[str, float] = {
    "mil": 1e3, "thousand": 1e3, "hundred": 100, "millón": 1e6, "millon": 1e6, "millones": 1e6, "million": 1e6, "millions": 1e6,
    "billion": 1e9, "billón": 1e12, "billones": 1e12, "docena": 12, "docenas": 12, "dozen": 12, "centenar": 100, "centena": 100,
    "decena": 10, "decenas": 10, "veintena": 20, "treintena": 30, "millar": 1000, "cuarto": 0.25, "cuartos": 0.25,
    "quarter": 0.25, "quarters": 0.25, "par": 2, "couple": 2,
    "tercio": 1 / 3, "tercios": 1 / 3, "thirds": 1 / 3,
}  # fmt: skip

_ENGLISH = frozenset(f"{UNITS_EN} {TENS_EN} half hundred thousand million millions billion dozen couple quarter quarters thirds".split())
_WORDS_OF = {"es": frozenset((*WORDS, *SCALES)) - _ENGLISH | {"y", "de"}, "en": _ENGLISH | {"and", "a", "an", "of"}}
"""What numbers in words are made of, by language: "once" is one in Spanish only."""

FRACTIONS: Mapping[str, float] = {"½": 0.5, "¼": 0.25, "¾": 0.75}

GROUPED = r"\d{1,3}(?:[,.'’\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d{1,3}(?: \d{3})+(?:\.\d+|,\d\d?)?(?![\d.,-]|\s\d)"
DIGITS = rf"(?:(?:\d+\s)?\d/\d(?![\d/])|{GROUPED}|\d+(?:[.,]\d+)?(?:\s?[½¼¾])?|[½¼¾]|(?<![\w.,])\.\d+)"
_WORD = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))
_TENS = "|".join((*TENS_ES.split(), *TENS_EN.split()))
_SCALE = "|".join(sorted(map(re.escape, SCALES), key=len, reverse=True))
QUARTER_MILLION = r"(?:un\s+)?cuarto\s+de\s+mill[óo]n\b|(?:an?\s+)?quarter\s+(?:of\s+a\s+)?million\b"
ATOM = rf"(?:{QUARTER_MILLION}|{DIGITS}|half\s+an?\b|(?:{_TENS})(?:\s+y\s+|-)(?:{_WORD})\b|(?:{_WORD}|{_SCALE})\b)"
_HALF = r"(?:\s+(?:y\s+medi[oa]|and\s+a\s+half)\b(?:\s+(?:mil|mill[óo]n|millones|thousand|millions?|billion)\b)?)?"
_GOES_ON = (
    rf"\s+(?:and\s+)?(?:(?:{_WORD}|\d{{1,3}})[\s-]+(?:y\s+)?){{0,3}}(?:hundred|thousand|mil)\b|"
    r"\s+(?:cien|ciento|\w*cient[oa]s|quinient[oa]s|setecient[oa]s|novecient[oa]s)\b"
)
_COMMA = rf"(?:(?:(?<=thousand)|(?<=million)|(?<=millones)),(?={_GOES_ON}))?"
"""A comma within a number in words: "two million, three hundred"; "$4 million, one watch" is a list."""

_POINT = rf"(?:\s+(?:punto|point)\s+{ATOM}(?:\s+{ATOM}){{0,3}})?"
NUMBER = rf"(?<![\w.,/$-])[-−]?{ATOM}(?:(?:{_COMMA}\s+(?:and\s+(?![\d.½¼¾]))?|(?<=\d)(?=mil)){ATOM}){{0,9}}{_POINT}{_HALF}"
"""One number; it may begin after a currency sign only where the expression around it takes that sign itself."""

_IN_WORDS = re.compile(NUMBER, re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_NO_COUNT = ("ciento", "par", "couple")
_BEHIND_NO_COUNT = re.compile(r"-?(?:first|second|third|\w+th)\b|\s(?:veces|times)\b")
"""Behind a number that an engine may tell by another word: "twenty-first", "dos veces"."""

_ATOMS = re.compile(rf"({DIGITS})|(?<![^\W\d_])([^\W\d_]+)", re.IGNORECASE)
_VAGUE = re.compile(r"\s*(?:miles|millones|billones|docenas|decenas|centenas|centenares|veintenas|millions|cuartos)\b")
_GROUP_MARKS = re.compile(r"['’\u00a0\u202f ]")


def numbers_in_words(text: str, language: str) -> Iterator[tuple[re.Match[str], float]]:
    """Every whole number from two on that `text` writes in words of `language` alone, with its value."""
    if _WORDS_OF[language].isdisjoint(map(str.lower, _LETTERS.findall(text))):
        return
    for phrase in _IN_WORDS.finditer(text):
        words = phrase.group().lower()
        is_told = not words.endswith(_NO_COUNT) and not _BEHIND_NO_COUNT.match(text, phrase.end())
        value = number_of(words) if is_told and _is_of(language, words) else None
        if value is not None and value > 1 and value == int(value):
            yield phrase, value


def values_told(text: str) -> set[float]:
    """The values of all numbers of a text; of what is none as a whole ("un four", "one thousand quinientos") those of its words."""
    told: set[float | None] = set()
    for phrase in _IN_WORDS.finditer(text):
        words = phrase.group().lower()
        value = number_of(words) if set(words).intersection("0123456789") or _is_of("es", words) or _is_of("en", words) else None
        told |= {value} if value is not None else set(map(number_of, _LETTERS.findall(words)))
    return {value for value in told if value is not None}


def _is_of(language: str, words: str) -> bool:
    return _WORDS_OF[language].issuperset(_LETTERS.findall(words)) and not any(map(str.isdigit, words))


def number_of(text: str) -> float | None:
    """The number that `text` writes, `None` where it writes none or more than one."""
    sign = -1.0 if text[:1] in "-−" else 1.0
    words = re.sub(QUARTER_MILLION, "250 mil", text.lower().lstrip("-−"))
    whole, half, rest = _split_half(words)
    if rest.strip() in SCALES and (before := number_of(whole)) is not None:
        return sign * (before + half) * SCALES[rest.strip()]
    if rest:
        return None
    if _VAGUE.match(whole):
        return None
    if point := re.search(r"\s+(?:punto|point)\s+", whole):
        return _with_decimals(number_of(whole[: point.start()]), whole[point.end() :], sign)
    total, scale = 0.0, 1.0
    below, room = 0.0, float("inf")
    for value, is_scale, limit in _atoms(whole):
        if is_scale:
            total, below, scale = _scaled(total, below, value)
            room = value
        elif value >= room or value != value:
            return None
        else:
            below, room = below + value, limit
    found = total + below + (half * scale if half else 0.0)
    return sign * found if room != float("inf") else None


def _with_decimals(whole: float | None, decimals: str, sign: float) -> float | None:
    """The number "tres punto veinticinco" or "zero point zero five": what follows the point is read as one number or digit by digit."""
    read = [number_of(decimals)] if not decimals.startswith(("cero", "zero")) else [number_of(word) for word in decimals.split()]
    if whole is None or not all(number is not None and number == int(number) for number in read):
        return None
    return sign * float(f"{whole:.0f}." + "".join(f"{number:.0f}" for number in read))


def last_number(text: str) -> tuple[int, float] | None:
    """Where the number that ends `text` begins, and its value: "2023 300" ends with 300, since the two are not one number."""
    if re.fullmatch(QUARTER_MILLION, text, re.IGNORECASE):
        return 0, 250_000.0
    for piece in _ATOMS.finditer(text):
        if (value := number_of(text[piece.start() :])) is not None:
            return piece.start() if piece.start() > 1 else 0, value
    return None


def _split_half(words: str) -> tuple[str, float, str]:
    """What comes before "y medio", the half, and what comes after it."""
    match = re.search(r"\s+(?:y\s+medi[oa]|and\s+a\s+half)\b", words)
    return (words[: match.start()], 0.5, words[match.end() :]) if match else (words, 0.0, "")


def _scaled(total: float, below: float, scale: float) -> tuple[float, float, float]:
    """Total, what is still below the next scale, and the scale, after the word `scale` ("mil", "millones", "hundred")."""
    if scale == 100:
        return total, (below or 1.0) * 100, 1.0
    if scale > total > 0:
        return (total + below) * scale, 0.0, scale
    return total + (below or 1.0) * scale, 0.0, scale


def _atoms(words: str) -> Iterator[tuple[float, bool, float]]:
    """Each piece: its value, whether it is a scale, and the limit that a piece directly after it must stay below."""
    for digits, word in _ATOMS.findall(words):
        if digits:
            yield digits_value(digits), False, 0.0
        elif word in SCALES:
            yield SCALES[word], True, 0.0
        elif word in WORDS:
            value = WORDS[word]
            yield value, False, 100.0 if value >= 100 else 10.0 if value >= 20 and value % 10 == 0 else 0.0
        elif word not in ("y", "and", "a", "an"):
            yield float("nan"), False, 0.0


def digits_value(digits: str) -> float:
    """The value of a number in digits. One group of three after a full stop is read as decimals, as Mexico writes them."""
    whole = digits.strip()
    if whole[-1] in FRACTIONS:
        return (digits_value(whole[:-1]) if whole[:-1].strip() else 0.0) + FRACTIONS[whole[-1]]
    if "/" in whole:
        return _fraction(whole)
    whole = _GROUP_MARKS.sub("", whole)
    marks = [mark for mark in whole if mark in ",."]
    if len(marks) > 1 and marks[-1] == "," and "." in marks:
        return float(whole.replace(".", "").replace(",", "."))
    if marks.count(".") > 1:
        return float(whole.replace(".", ""))
    if marks == [","] and not re.search(r"\d,\d{3}$", whole):
        return float(whole.replace(",", "."))
    return float(whole.replace(",", ""))


def _fraction(digits: str) -> float:
    *whole, part = digits.split()
    above, below = part.split("/")
    if not int(below):
        return float("nan")
    return float(whole[0] if whole else 0) + int(above) / int(below)
