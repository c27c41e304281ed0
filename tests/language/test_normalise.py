"""Expressions to values: every case that benchmarks/normaliser.py counts, and what must never be made up."""

from datetime import date

import pytest
from benchmarks.normaliser import WRITTEN, cases, is_right
from hypothesis import given
from hypothesis import strategies as st

from cathartes.language.expressions import normalise
from cathartes.language.numerals import number_of
from cathartes.language.structured import document_date
from cathartes.model import Quantity


@pytest.mark.parametrize(("expression", "value"), cases(None))
def test_an_expression_has_the_value_that_a_reader_gives_it(expression: str, value: str) -> None:
    assert is_right(normalise(expression, WRITTEN), value)


@pytest.mark.parametrize(
    "expression", ["ayer", "el pasado martes", "14 de febrero", "hace tres días", "la semana pasada", "el día 9 de los corrientes"]
)
def test_without_the_documents_date_a_relative_date_has_no_value(expression: str) -> None:
    assert normalise(expression, None) is None


@given(st.integers(1, 999), st.integers(1, 999))
def test_mil_multiplies_what_stands_before_it_and_adds_what_stands_after(thousands: int, ones: int) -> None:
    assert number_of(f"{thousands} mil {ones}") == thousands * 1000 + ones


@given(st.integers(0, 999_999_999), st.integers(0, 99))
def test_both_ways_of_marking_thousands_give_the_same_number(whole: int, cents: int) -> None:
    mexican = f"{whole:,}.{cents:02d}"
    spanish = mexican.translate(str.maketrans(",.", ".,"))
    assert number_of(mexican) == number_of(spanish) == pytest.approx(whole + cents / 100)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_date_of_this_century_is_read_in_four_ways(day: date) -> None:
    month = ["ENE", "FEB", "MAR", "ABR", "MAY", "JUN", "JUL", "AGO", "SEP", "OCT", "NOV", "DIC"][day.month - 1]
    for written in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d}{month}{day:%y}", f"{day.day}-{month.lower()}-{day.year}"):
        assert normalise(written, None) == day.isoformat()


@given(st.text(max_size=60))
def test_any_line_has_a_value_or_none(line: str) -> None:
    value = normalise(line, WRITTEN)
    assert value is None or isinstance(value, Quantity | str) or value.frame == "wgs84"


def test_a_document_says_its_date_in_its_head_or_not_at_all() -> None:
    assert document_date("Culiacán, Sin., 12 de marzo de 2024.- El martes fue hallado un laboratorio.") == date(2024, 3, 12)
    assert document_date("El martes fue hallado un laboratorio." + " Nada." * 100 + " 12 de marzo de 2024") is None


def test_a_misread_digit_is_no_scale_of_a_sum() -> None:
    assert normalise("$4B,O00.00", WRITTEN) is None


@pytest.mark.parametrize("piece", ["20 (veinte) ", "20 (", "uno punto ", "dos y ", "mil ", "a", "24°"])
def test_an_endless_line_is_no_expression(piece: str) -> None:
    assert normalise(piece * 5000, WRITTEN) is None
