"""The check digit of a CURP, which reports are read by and names are screened with."""

ALPHABET = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def curp_holds(curp: str) -> bool:
    """Whether the last of a CURP's 18 characters is its check digit (RENAPO, Instructivo normativo, 2018)."""
    total = sum(ALPHABET.index(letter) * (18 - place) for place, letter in enumerate(curp[:17]))
    return int(curp[17]) == -total % 10
