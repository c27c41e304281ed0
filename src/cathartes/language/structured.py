"""Facts that have a form of their own, in one text: coordinates, identifiers, plates, phones, money, amounts, dates and times.

Names have no such form; they are found by `language.names`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cathartes.language.calendar_words import DAYS_ES
from cathartes.language.clock import times
from cathartes.language.codes import codes, joined_digits
from cathartes.language.coordinates import coordinates
from cathartes.language.dates import dates
from cathartes.language.identifiers import addresses, digits_left, identifiers, mixed_tokens, phones, plates
from cathartes.language.misread import misread_facts
from cathartes.language.money import sums_of_money
from cathartes.language.pairs import with_what_follows
from cathartes.language.quantities import bare_numbers, compounds, of_several, quantities, readings
from cathartes.language.small_letters import is_all_capitals
from cathartes.language.spans import without_overlaps
from cathartes.model import Fact, FactKind


def structured_facts(text: str, language: str, today: date | None) -> tuple[Fact, ...]:
    """Every such fact, in order, none overlapping another. `today` is the document's date."""
    text = _in_cells(text)
    whole = (fact for fact in _by_trust(text, language, today) if not _is_cut(fact, text) and not _begins_name(fact, text))
    facts = without_overlaps((*map(_without_full_stop, whole), *digits_left(text)), len(text))
    return tuple(with_what_follows(facts, text))


_TIGHT = re.compile(r"(?<=\S),(?=\S)")
_PARTS = re.compile(r"(?<=\S),(?=[^\s\d]|\d\d:\d\d)|(?<=[^\s\d]),(?=\d)|(?:(?<=:\d\d)|(?<=\.\d{4})|(?<=\.\d{5})|(?<=\.\d{6})),(?=\d)")
"""A comma that can be none of a number."""

_GROUP_BEFORE = re.compile(r"(?:^|(?<!\d)\s|[$(,])\d{1,3}$")
_GROUP_AFTER = re.compile(r"\d{3}(?!\d)")
_LEAST_CELLS = 4


def _in_cells(text: str) -> str:
    """The text, letter for letter, with semicolons between the cells of its lines that are rows parted by commas, bars or dashes."""
    if max(text.count(","), text.count("|"), text.count(" - ")) < _LEAST_CELLS - 1:
        return text
    return "\n".join(map(_row, text.split("\n")))


def _row(line: str) -> str:
    """The line, with semicolons between its cells if it is a row: a comma is one of a number only between groups of three digits."""
    if max(line.count("|"), line.count(" - ")) >= _LEAST_CELLS - 1:
        return line.replace("|", ";").replace(" - ", " ; ")
    if len(_TIGHT.findall(line)) < _LEAST_CELLS - 1 or len(_PARTS.findall(line)) < 2 or "://" in line:
        return line
    return _TIGHT.sub(lambda comma: "," if _is_of_a_number(line, comma.start()) else ";", line)


def _is_of_a_number(line: str, comma: int) -> bool:
    return bool(_GROUP_AFTER.match(line, comma + 1) and _GROUP_BEFORE.search(line[max(0, comma - 5) : comma]))


_PLATE_GOES_ON = re.compile(r"[-—–]{1,2}\w|\s{0,2}[-—–]\s{0,2}[A-Z\d]{1,4}(?!\w)")
_CODE_GOES_ON = re.compile(r"[—–][A-Z\d]{1,4}(?!\w)")
_SPANISH_DAYS = frozenset((*map(str.capitalize, DAYS_ES), *map(str.upper, DAYS_ES)))
_CAPITAL_BEHIND = re.compile(r"\s(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ.]|[A-ZÀ-ÖØ-Þ]{3})")
_NUMBER_GOES_ON = re.compile(r"(?<=\d)[.,/:-][A-Za-z](?=\w*\d)")

_DAY_AT_END = re.compile(r"(?<!\d)\d\d?:\d\d")


def _is_cut_hour(fact: Fact, text: str) -> bool:
    """Whether what reads as the day of a date is the hour of a clock: "jueves 21:15"."""
    return any(_DAY_AT_END.match(text, max(0, start)) for start in (fact.end - 1, fact.end - 2) if fact.text[-1:].isdigit())


def _is_cut(fact: Fact, text: str) -> bool:
    """Whether a fact begins or ends inside a word or number, or a plate before its hyphen: then it is a piece of something else."""
    around = text[fact.start - 1 : fact.start + 1] if fact.start else "", text[fact.end - 1 : fact.end + 1]
    is_piece = any(len(edge) > 1 and edge.isalnum() for edge in around)
    goes_on = {FactKind.PLATE: _PLATE_GOES_ON, FactKind.IDENTIFIER: _CODE_GOES_ON}.get(fact.kind, _NUMBER_GOES_ON)
    return is_piece or bool(goes_on.match(text, fact.end))


def _begins_name(fact: Fact, text: str) -> bool:
    """Whether a Spanish day with a capital is a given name: "Domingo Mayo Sarabia"."""
    is_day = fact.kind is FactKind.DATE and fact.text in _SPANISH_DAYS and bool(_CAPITAL_BEHIND.match(text, fact.end))
    return is_day and not is_all_capitals(text)


def _without_full_stop(fact: Fact) -> Fact:
    """The fact without the dot of an abbreviation such as "hrs.", which may end the sentence as well; "p.m." keeps its own."""
    return replace(fact, text=fact.text[:-1], end=fact.end - 1) if re.search(r"(?:\w\w|\dh|\d h)\.$", fact.text) else fact


def _by_trust(text: str, language: str, today: date | None) -> Iterator[Fact]:
    if any(map(str.isdigit, text)):
        yield from coordinates(text)
        yield from identifiers(text)
        yield from codes(text)
        yield from plates(text)
        yield from misread_facts(text)
        yield from _without_form((fact for fact in dates(text, language, today) if not _is_cut_hour(fact, text)), text)
        yield from _without_form(times(text), text)
        yield from phones(text)
    else:
        yield from addresses(text)
        yield from codes(text)
        yield from dates(text, language, today)
        yield from times(text)
    yield from sums_of_money(text, language)
    yield from of_several(text)
    yield from quantities(text, language)
    yield from readings(text)
    yield from compounds(text)
    yield from mixed_tokens(text)
    yield from joined_digits(text)
    yield from bare_numbers(text)


def _without_form(facts: Iterator[Fact], text: str) -> Iterator[Fact]:
    """Dates and times, without what is a piece of a longer number."""
    return (fact for fact in facts if not text[fact.end : fact.end + 2].strip(".,").isdigit() or text[fact.end : fact.end + 1] == " ")


HEAD = 300
"""Characters of a document in which its own date is looked for."""


def document_date(text: str) -> date | None:
    """The date a document states in its head (a dateline, "Fecha: …"): its first whole date, where that stands early."""
    for fact in structured_facts(text[:HEAD], "es", None):
        if fact.kind is FactKind.DATE and isinstance(fact.value, str) and re.match(r"\d{4}-\d\d-\d\d", fact.value):
            return date.fromisoformat(fact.value[:10])
    return None
