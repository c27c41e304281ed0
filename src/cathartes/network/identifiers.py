"""Identifiers that settle what names cannot: CURP and RFC with their check digits, dates of birth.

Source: the rules published by RENAPO for the CURP (18 characters) and by the SAT for the RFC (13 characters, 12 for companies).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from cathartes.model.curp import curp_holds

CURP = re.compile(r"[A-ZÑ][AEIOUX][A-ZÑ]{2}(\d{2})(\d{2})(\d{2})[HMX][A-Z]{2}[B-DF-HJ-NP-TV-ZÑ]{3}([0-9A-Z])\d")
RFC = re.compile(r"[A-ZÑ&]{3,4}\d{6}[0-9A-Z]{2}[0-9A]")
RFC_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


@dataclass(frozen=True)
class Identifiers:
    """What a query or a listed party gives beside names; empty where unknown. `born` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""

    curp: str = ""
    rfc: str = ""
    born: str = ""


class Finding(StrEnum):
    """What two sets of identifiers say about one another."""

    SAME_CURP = "same-curp"
    SAME_RFC = "same-rfc"
    OTHER_CURP = "other-curp"
    OTHER_RFC = "other-rfc"
    SAME_BIRTH = "same-birth"
    OTHER_BIRTH = "other-birth"


WEIGHT = {
    Finding.SAME_CURP: 25.0,
    Finding.SAME_RFC: 25.0,
    Finding.SAME_BIRTH: 4.0,
    Finding.OTHER_CURP: -60.0,
    Finding.OTHER_RFC: -60.0,
    Finding.OTHER_BIRTH: -12.0,
}
"""Evidence in nats beside the names'. Two valid numbers that differ refute."""


def cleaned(text: str) -> str:
    """An identifier as it is compared: capitals, no spaces, dots or hyphens."""
    return re.sub(r"[\s.\-]", "", text).upper()


def is_curp(text: str) -> bool:
    """Whether `text` is a CURP whose check digit holds."""
    return CURP.fullmatch(text) is not None and curp_holds(text)


def is_rfc(text: str) -> bool:
    """Whether `text` is an RFC whose check digit holds."""
    if not RFC.fullmatch(text):
        return False
    padded = text.rjust(13)
    rest = sum(RFC_VALUES[letter] * (13 - place) for place, letter in enumerate(padded[:12])) % 11
    return padded[12] == "0A987654321"[rest]


def born_by_curp(curp: str) -> str:
    """The date of birth a CURP states; its 17th character is a digit for births before 2000, a letter after."""
    found = CURP.fullmatch(curp)
    if found is None:
        return ""
    year, month, day, century = found.groups()
    return f"{'19' if century.isdigit() else '20'}{year}-{month}-{day}"


def findings(asked: Identifiers, listed: Identifiers) -> tuple[Finding, ...]:
    """Everything the two say about one another. Numbers whose check digit fails say nothing."""
    found = []
    one, other = cleaned(asked.curp), cleaned(listed.curp)
    if is_curp(one) and is_curp(other):
        found.append(Finding.SAME_CURP if one == other else Finding.OTHER_CURP)
    tax, other_tax = cleaned(asked.rfc), cleaned(listed.rfc)
    if is_rfc(tax) and is_rfc(other_tax):
        found.append(Finding.SAME_RFC if tax == other_tax else Finding.OTHER_RFC)
    born = asked.born or (born_by_curp(one) if is_curp(one) else "")
    listed_born = listed.born or (born_by_curp(other) if is_curp(other) else "")
    if born and listed_born:
        agreed = min(len(born), len(listed_born))
        if born[:agreed] == listed_born[:agreed]:
            found.append(Finding.SAME_BIRTH)
        elif not _turned(born, listed_born):
            found.append(Finding.OTHER_BIRTH)
    return tuple(found)


def _turned(one: str, other: str) -> bool:
    """Whether two dates differ only in the order of day and month, which writers confuse."""
    return len(one) == len(other) == 10 and one == f"{other[:4]}-{other[8:]}-{other[5:7]}"
