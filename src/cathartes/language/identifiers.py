"""Plates, phone numbers and identifiers: CURP, RFC, VIN, CLABE, file numbers, e-mail addresses, call signs and weapon types.

An identifier with a check digit that does not hold is still one (a report may have mistyped it), but gets no value.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache

from cathartes.errors import CathartesError
from cathartes.language.lexicon import counted_words
from cathartes.model import Fact, FactKind
from cathartes.model.curp import curp_holds

_PLATE_FORMS = (
    r"[A-Z]{3}[- ]\d{2}[- ]\d{2}(?:[- ][A-Z0-9])?",
    r"[A-Z]{3}-\d{3,4}(?:-[A-Z])?|[A-Z]{2}-\d{2,4}-[A-Z0-9]{1,3}|[A-Z]{2}-\d{5}",
    (
        r"[A-Z]-?\d{2,3}-[A-Z]{3}|\d{2,3}-(?!(?:ENE|FEB|MAR|ABR|MAY|JUN|JUL|AGO|SEP|OCT|NOV|DIC|JAN|APR|AUG|"
        r"DEC)-)[A-Z]{2,3}(?:-\d{1,2})?|[A-Z]\d{2}-[A-Z]{3}|\d{2}-[A-Z]{2}-\d[A-Z]"
    ),
)
PLATE = re.compile(rf"(?<![\w/-])(?:{'|'.join(_PLATE_FORMS)})(?![\w/]|-\w)")
_PLATE_WORD = r"(?:placas?|matr[íi]culas?|plates?|license\s+plates?|licence\s+plates?|tags?|registration)"
_LINK = (
    r"(?:\s+(?:de\s+circulación|número|núm\.?|no\.?|number|numbers|nacionales|federales|estatales|"
    r"del?\s+estado\s+de\s+[A-ZÁÉÍÓÚ][a-záéíóú]+|de\s+[A-ZÁÉÍÓÚ][a-záéíóú]+|con|es|is|"
    r"[A-ZÁÉÍÓÚ][a-záéíóú]+))*\s*[:#]?\s*"
)
_ANY_PLATE = (
    r"(?=[A-Z0-9 -]*\d)(?:[A-Z]{2}\s(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{5,7}|[A-Z0-9]{1,7}(?:[- ](?=[A-Z0-9]*[\dA-Z])[A-Z0-9]{1,4}){0,3})"
)
NAMED_PLATE = re.compile(
    rf"\b(?i:{_PLATE_WORD})(?:{_LINK})[\"“«]?"
    rf"(?P<plate>{_ANY_PLATE})(?![\w])(?:,?\s(?:y|e|and)\s(?P<other>(?=[A-Z]*[ -]?[A-Z]*\d)(?=[\d-]*[A-Z]){_ANY_PLATE})(?![\w]))?"
)
_SMALL_PLATE = re.compile(
    rf"\b{_PLATE_WORD}\s+(?P<plate>(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{{5,8}}|[a-z]{{2,3}}(?:[ -]\d{{2,4}}){{1,2}}(?:-[a-z])?)"
    r"(?!\w)"
)

_VEHICLE = (
    r"(?:troca|camioneta|carro|auto(?:móvil)?|vehículo|moto(?:cicleta)?|tr[áa]iler|tractocamión|camión|pick[ -]?up|sed[áa]n|suv|van|"
    r"truck|car|vehicle|tractor-trailer|semi|motorcycle|Nissan|Chevrolet|Chevy|Ford|Toyota|Honda|Dodge|GMC|Ram|Jeep|Volkswagen|VW|Mazda|"
    r"Hyundai|Kia|Kenworth|Freightliner|International|Peterbilt|Tacoma|Tundra|Silverado|Cheyenne|Tsuru|Sentra|Jetta|Hilux|Cherokee|"
    r"Suburban|Tahoe)"
)
_PLATE_OF_A_VEHICLE = re.compile(
    rf"\b(?i:{_VEHICLE})\b[^.;\n]{{0,30}}?(?<![\w/-])"
    r"(?P<plate>(?!RAM|GMC|BMW|KIA|CRV|HRV|MAN|SUV|NIV|VIN|USD|MXN|GPS|CON|LOS|LAS|POR|MIL|DEL|UNA|DOS|QUE|SON|MAS)"
    r"[A-Z]{3} (?:\d{3} [A-Z]|(?!19|20)\d{3,4})|(?!DE|EN|EL|LA|Y|A)[A-Z]{2} (?:\d{5}|\d{2} \d{3}))(?![\w/-]|[.,:]\d| [A-Z\d]{2}\b)"
)
"""A plate with a space that nothing announces but the vehicle before it: "una Tacoma gris FJR 6396"."""

PHONE = re.compile(
    r"(?<![\w./-])(?<!\d,)(?:(?:\+\s?)?52[\s.-]?(?:1[\s.-]?)?|\+?1[\s.-]|01[\s.-]|04[45][\s.-])?(?:\(\d{2,3}\)|"
    r"\d{2,3})[\s.-]?\d{2,4}[\s.-]?\d{2,4}(?:[\s.-]?\d{2})?(?![\w/]|[.,-]\d)"
)

CURP = re.compile(r"\b[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZX]{3}[A-Z\d]\d\b")
RFC = re.compile(r"(?<![\w-])[A-ZÑ&]{3,4}-?\d{6}-?[A-Z\d]{3}(?![\w-])")
VIN = re.compile(r"\b(?=[A-HJ-NPR-Z]*\d)(?=\d*[A-HJ-NPR-Z])[A-HJ-NPR-Z\d]{17}\b")
CLABE = re.compile(r"(?<![\d.,-])\d{18}(?![\d.,-]\d|\d)")
CARD = re.compile(r"(?<![\d.,-])\d{15,16}(?![\d.,-]\d|\d)|(?<![\d-])\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?![\d-]| \d)")
VOTER = re.compile(r"\b[A-Z]{6}\d{8}[HM]\d{3}\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ADDRESS = re.compile(
    r"\b(?i:https?)://\S+[^\s.,:;)»”\"]|\bwww\.\S+[^\s.,:;)»”\"]|(?<!\w)@\w{2,}(?:\.\w+)*"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:com|mx|org|net|gob|gov|edu|info|io|onion|me|tv|app|xyz|site|online|example)(?![\w.-]*\w)"
    r"(?:/[\w./?=&%+-]*\w)?"
)
FILE_NUMBER = re.compile(r"(?<![\w/])(?=[\w./-]*\d)(?=[\w./-]*[A-Z])[A-Z0-9]+(?:[./-][A-Z0-9]+){2,}(?![\w/])")
_INSIDE = r"(?:[\w./×-]|[—–](?=[A-Z\d]))*"
MIXED = re.compile(rf"(?<![\w])(?={_INSIDE}\d)(?={_INSIDE}[^\W\d_])\w{_INSIDE}\w")
"""Anything with letters and digits: R-15, 7.62x39, AK47, MEX-15D. What it is, is not said; that it must not change, is."""


DIGITS = (re.compile(r"\d+/[A-Za-z](?!\w)"), re.compile(r"\d+(?:[.,:/-]\d+)+"), re.compile(r"\d+"))
"""What digits are left, such as a score of 5-2: nothing with a digit may change."""


def plates(text: str) -> Iterator[Fact]:
    """Plates after a word that announces one, and anything in a Mexican plate's form. Their value leaves out the separators."""
    for match in (*NAMED_PLATE.finditer(text), *_small_plates(text), *_PLATE_OF_A_VEHICLE.finditer(text)):
        for group, plate in match.groupdict().items():
            if plate:
                yield _fact(FactKind.PLATE, match, re.sub(r"[\s-]", "", plate).upper(), group)
    for match in PLATE.finditer(text):
        yield _fact(FactKind.PLATE, match, re.sub(r"[\s-]", "", match.group()))


_OF_AN_ACCOUNT = re.compile(r"\b(?:cuenta|clabe|tarjeta|account|acct|card)\.?\s$", re.IGNORECASE)


def phones(text: str) -> Iterator[Fact]:
    """Numbers that can be telephone numbers, in E.164: without a country code of Mexico, else of the United States."""
    for match in PHONE.finditer(text):
        if _OF_AN_ACCOUNT.search(text, max(0, match.start() - 10), match.start()):
            continue
        if 9 < sum(character.isdigit() for character in match.group()) < 15 and (number := _e164(match.group())):
            yield _fact(FactKind.PHONE, match, number)


@cache
def _small_plates(text: str) -> Iterator[re.Match[str]]:
    """Plates in small letters; in "placas de 2019" a word stands there."""
    return (match for match in _SMALL_PLATE.finditer(text) if re.split(r"[\s\d-]", match["plate"])[0] not in counted_words("es"))


def _e164(written: str) -> str | None:
    # phonenumbers costs 0.1 s to import, and many texts hold no telephone number.
    try:
        import phonenumbers
    except ImportError:
        raise CathartesError("telephone numbers need the language extra: pip install 'cathartes[language]'") from None
    bare = re.sub(r"^(?:01|044|045)(?=[\s.-]?\d{2,3}[\s.-]?\d{3,4})", "", written.strip())
    try:
        number = phonenumbers.parse(re.sub(r"^\+?52[\s.-]?1[\s.-]?(?=\d)", "+52", bare), "MX")
        if not phonenumbers.is_valid_number(number) and not bare.isdigit():
            # "(520) 555-0110": no area of Mexico has this code, and one of the United States does.
            abroad = phonenumbers.parse(bare, "US")
            number = abroad if phonenumbers.is_valid_number(abroad) else number
    except phonenumbers.NumberParseException:
        return None
    is_whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if is_whole else None


def addresses(text: str) -> Iterator[Fact]:
    """Addresses of the web and of mail, and handles."""
    for pattern in (EMAIL, ADDRESS):
        for match in pattern.finditer(text):
            yield _fact(FactKind.IDENTIFIER, match, match.group())


def identifiers(text: str) -> Iterator[Fact]:
    """Identifiers that have a form of their own."""
    yield from addresses(text)
    forms: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = (
        (CURP, curp_holds), (VOTER, _any), (RFC, _any), (VIN, vin_holds), (CLABE, clabe_holds),
        (CARD, _any),
    )  # fmt: skip
    for pattern, holds in forms:
        for match in pattern.finditer(text):
            written = re.sub(r"[\s-]", "", match.group()) if pattern in (RFC, CARD) else match.group()
            yield _fact(FactKind.IDENTIFIER, match, written if holds(written) else None)


def mixed_tokens(text: str) -> Iterator[Fact]:
    """File numbers, then whatever else holds letters and digits."""
    for pattern in (FILE_NUMBER, MIXED):
        for match in pattern.finditer(text):
            yield _fact(FactKind.IDENTIFIER, match, match.group())


def digits_left(text: str) -> Iterator[Fact]:
    """Every run of digits, with the marks inside it."""
    for pattern in DIGITS:
        for match in pattern.finditer(text):
            yield _fact(FactKind.IDENTIFIER, match, match.group())


def _any(_written: str) -> bool:
    return True


def vin_holds(vin: str) -> bool:
    """Whether the ninth character of a VIN is its check digit (49 CFR 565.15)."""
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(weight * (int(letter) if letter.isdigit() else values[letter]) for weight, letter in zip(weights, vin, strict=True))
    return vin[8] == "0123456789X"[total % 11]


def clabe_holds(clabe: str) -> bool:
    """Whether the last digit of a bank account number is its check digit (Banco de México, CLABE)."""
    return int(clabe[17]) == -sum(int(digit) * weight % 10 for digit, weight in zip(clabe[:17], (3, 7, 1) * 6, strict=False)) % 10


def _fact(kind: FactKind, match: re.Match[str], value: str | None, group: str | int = 0) -> Fact:
    return Fact(kind, match[group], match.start(group), match.end(group), value)
