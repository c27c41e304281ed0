"""The tables of `data/names`, loaded once: short forms, abbreviations, frequencies, legal forms, generic words."""

import csv
from collections.abc import Iterator
from importlib.resources import files
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table."""
    text = files("cathartes").joinpath(f"data/names/{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


HYPOCORISMS: dict[str, Words] = {row["hypocorism"]: tuple(row["names"].split()) for row in rows("hypocorisms")}
"""Short form to given names; a plus sign joins the names that one short form stands for together (`jose+maria`)."""

ABBREVIATIONS: dict[str, Words] = {row["abbreviation"]: tuple(row["words"].split()) for row in rows("abbreviations")}
"""Abbreviation to words; to none where it is a title."""

LEGAL_FORMS: dict[str, str] = {row["written"]: row["form"] for row in rows("legal_forms")}

GENERIC: frozenset[str] = frozenset(word for row in rows("generic_words") for word in row["words"].split())

FREQUENCIES: dict[str, float] = {
    word: float(row["parts_per_10000"]) / 1e4 for row in reversed(list(rows("frequencies"))) for word in row["words"].split()
}
"""Share of the words of Spanish names that are this one; a word of two classes has the higher share."""
