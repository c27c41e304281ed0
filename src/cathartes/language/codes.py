"""Codes that a register, a standard, a road or a network gives, each by its form: containers, aircraft, substances, accounts, kilometres.

A code with a check digit that does not hold is still one, but gets no value. What is known by the word before it alone (a plate) is
in `language.identifiers`.
"""

import re
from collections.abc import Callable, Iterator

from cathartes.language.identifiers import clabe_holds
from cathartes.model import Fact, FactKind

_EDGE = r"(?<![\w.,/+:-])"
_CALLED = (
    r"(?i:BMG|ACP|S[uú]per|Spe?cia?l|Spl|Rem(?:ington)?|Win(?:chester)?|Mag(?:num)?|LR|Auto|Luger|Parabellum|(?-i:Para(?!\s[a-z]))|NATO|"
    r"S&W|Browning|Makarov)"
)
_CODES = {
    "container": r"[A-Z]{3}[UJZ][ -]?\d{3} ?\d{3}[ -]?\d(?![\w-])",
    "aircraft": r"(?:X[ABC]-[A-Z]{3}|TG-[A-Z]{3}|C-[FGI][A-Z]{3})(?![\w-])",
    "docket": r"\d{1,2}:\d\d-[a-z]{2}-\d{3,6}(?:-[A-Z]{2,4})*(?![\w-])",
    "alien": r"A[#-]?\s?\d{3}[ -]\d{3}[ -]\d{3}(?![\w-])|A#\s?\d{8,9}(?!\w)",
    "numbered": r"[A-Z]{2,4} \d{1,5}/(?:19|20)\d\d(?:-[A-Z\d]+)*(?![\w/-])",
    "case": r"(?:[A-Z]\.){2,4}\s?\d{1,5}/\d{2,4}(?:-[A-Z\d]+)*(?![\w/-])|\d{4}-[A-Z]{2,6}-\d{3,7}(?![\w/-])",
    "cas": r"\d{2,7}-\d\d-\d(?![\w/-]|[.,]\d)",
    "hazard": r"(?:UN|ONU)[ -]?\d{4}(?![\w/-]|[.,]\d)",
    "standard": (
        r"(?:ISO(?:/IEC)?|IEC|EPA|ASTM|ANSI|DIN|API|NFPA|NIOSH|OSHA)[ -][A-Z]?\d[\dA-Z]*(?:[.:-]\d[\dA-Z]*)*(?!\w)"
        r"|(?:NUC|IPH|NIC|CNI)[ -](?=[A-Z\d/-]*\d{3})[A-Z\d]+(?:[/-][A-Z\d]+)*(?!\w)"
    ),
    "mac": r"(?i:[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2})(?![\w:-])",
    "network": (
        r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5}|/\d{1,2})?(?![\w-]|\.\d)"
        r"|(?=[\da-f:]*[a-f])(?:[\da-f]{1,4}:){2,7}:?[\da-f]{1,4}(?![\w:])"
    ),
    "account": r"\d{3,4}(?:[ -]\d{2,4}){3,6}(?![\w/-]| \d|[.,]\d)",
    "card": r"(?:[*xX•]{4}[ -]?){1,3}\d{4}(?!\w)",
    "insured": r"\d\d([ -])\d\d\1\d\d\1\d{4}\1\d(?![\w/-])",
    "handset": r"\d\d-\d{6}-\d{6}-\d(?![\w-])",
    "import": r"\d\d([ -]{1,2})\d\d\1\d{4}\1\d{7}(?![\w-])",
    "chainage": r"\d{1,4}\+\d{2,3}(?:\.\d+)?(?![\w+-])",
    "calibre": (
        rf"(?:\.\d{{2,3}}|\d{{1,2}}(?:\.\d+)?(?:\s?mm)?)\s{_CALLED}(?!\w)|\d{{1,2}}\s(?:GA|gauge)(?!\w)"
        r"|\d{1,2}(?:[.,]\d+)?\s?[x×]\s?\d\d(?:\s?mm)?R?(?!\w| ?[x×]|[.,]\d|\s?[cdkm]m\b)"
    ),
    "blood": r"(?:AB?|B|O)[+−-](?![\w+/−-])",
    "formula": r"(?=[A-Za-z]{0,12}[a-z])[A-Z][a-z]?(?:[A-Z][a-z]?){1,5}(?![\w-])",
    "ion": r"(?:[A-Z][a-z]?[+−-](?![\w+/−-])|pH(?!\w|\s?[\d=:]))",
    "drug": r"(?:MDMA|MDEA|MDA|LSD|THC|GHB|GBL|PCP|BMK|PMK|APAAN)(?![\w-])",
    "file": (
        r"[\w-]+(?:\.[\w-]+)*\.(?i:jpe?g|png|gif|heic|tiff?|mp[34]|mov|avi|opus|ogg|wav|pdf|docx?|xlsx?|csv|txt|zip|km[lz]|gpx)"
        r"(?![\w-])"
    ),
    "vessel": r"(?:AZ|CF|FL|NM|NV|TX|WN) \d{4} [A-Z]{2}(?![\w-])",
    "road": r"(?:MEX|Mex) \d{1,3}D?(?![\w-]|[.,:]\d| (?:mil|pesos)\b)",
    "hashtag": r"#(?=\w*[^\W\d_])\w{2,}",
}
_PATTERN = {name: re.compile(rf"(?<![\w&])(?:{form})" if name == "hashtag" else _EDGE + rf"(?:{form})") for name, form in _CODES.items()}
_WITHOUT_DIGITS = ("aircraft", "blood", "formula", "ion", "drug", "hashtag")

_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag "
    "Cd In Sn Sb Te I Xe Cs Ba La Ce Nd Sm Eu Gd W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Ra Th U Me Et Ph Ac"
)
_ELEMENTS = frozenset(_SYMBOLS.split())
"""Chemical elements, and the groups that formulae shorten so (methyl, ethyl, phenyl, acetyl)."""

_NO_NUMBER = r"(?!\d/\d(?![\d/])|\d{1,3}(?:\.\d{3})+(?![\d./:+–-]))"
_JOINED = re.compile(rf"(?<![\w.,/+:$-]){_NO_NUMBER}\d+(?:(?:[./:+–-]\d+){{2,}}|[/+–-]\d+)(?:-[IVX]{{1,4}})?(?![\w/]|[.,:+–-]\w)")
_SPACED = re.compile(r"(?<![\w.,/+:$-])\d{2,}(?:([ -])\d{2,})(?:\1\d{2,}){1,5}(?![\w/-]|[.,:]\d| \d)")
_LEAST_DIGITS = 9
"""From which on groups of digits with spaces between are one code."""


def codes(text: str) -> Iterator[Fact]:
    """Every code that has a form of its own, in no order."""
    has_digits = any(map(str.isdigit, text))
    for name, pattern in _PATTERN.items():
        if has_digits or name in _WITHOUT_DIGITS:
            for match in pattern.finditer(text):
                if (value := _READ.get(name, _as_written)(match.group())) != _NONE:
                    yield Fact(FactKind.IDENTIFIER, match.group(), *match.span(), value)


def joined_digits(text: str) -> Iterator[Fact]:
    """Digits that marks join to no number, date or telephone number: "128/2024", "2814.93.01", "3-12"; and groups of many digits."""
    for pattern in (_JOINED, _SPACED):
        for match in pattern.finditer(text):
            if pattern is _JOINED or sum(map(str.isdigit, match.group())) >= _LEAST_DIGITS:
                yield Fact(FactKind.IDENTIFIER, match.group(), *match.span(), match.group())


_NONE = ""
"""What a form answers for a match that is none at all, as against one whose check digit does not hold (`None`)."""


def _as_written(code: str) -> str:
    return code


_LETTER_VALUES = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (number for number in range(10, 39) if number % 11), strict=True))


def _container(code: str) -> str | None:
    """ISO 6346: letters count from 10 without the multiples of eleven, places by powers of two, modulo 11."""
    written = re.sub("[ -]", "", code)
    total = sum((_LETTER_VALUES[each] if each.isalpha() else int(each)) * 2**place for place, each in enumerate(written[:10]))
    return written if total % 11 % 10 == int(written[10]) else None


def _cas(code: str) -> str | None:
    """A CAS Registry Number, whose last digit is that of its digits counted from the end."""
    digits = code.replace("-", "")
    return code if sum(int(each) * place for place, each in enumerate(reversed(digits))) % 10 == int(digits[-1]) else None


def _account(code: str) -> str | None:
    """An account of 18 digits in groups; of another length it is none."""
    digits = re.sub("[ -]", "", code)
    return (digits if clabe_holds(digits) else None) if len(digits) == 18 else _NONE


def _network(code: str) -> str:
    """An address of the internet, with its port or mask."""
    parts = re.split("[:/]", code)[0].split(".")
    return code if len(parts) == 1 or all(int(part) < 256 for part in parts) else _NONE


def _ion(code: str) -> str:
    """An ion of one element, or acidity."""
    return code if code == "pH" or code[:-1] in _ELEMENTS else _NONE


def _formula(code: str) -> str:
    """A formula, which has more than one element."""
    symbols = re.findall("[A-Z][a-z]?", code)
    return code if set(symbols) <= _ELEMENTS and "".join(symbols) == code else _NONE


_READ: dict[str, Callable[[str], str | None]] = {
    "container": _container,
    "cas": _cas,
    "account": _account,
    "network": _network,
    "formula": _formula,
    "ion": _ion,
}
