"""CSV files: what is blank, what is a number, and the row and column of every fault."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.readers import table as module
from cathartes.readers.table import Table, guessed_columns, read_table
from tests.readers.outcome import outcome


def read(text: str | bytes, numbers: str = "a b c") -> Table:
    content = text.encode() if isinstance(text, str) else text
    return read_table(io.BytesIO(content), "f.csv", numbers.split().__contains__, {"name"})


def test_numbers_words_and_blanks_are_read_and_other_columns_left() -> None:
    found = read("a,name,b,z\n1,R1,,x\n-2.5e1, R2 ,+.5,y\n")
    assert found.header == ("a", "name", "b", "z")
    np.testing.assert_array_equal(found.numbers["a"], [1.0, -25.0])
    np.testing.assert_array_equal(found.numbers["b"], [np.nan, 0.5])
    assert (found.words, list(found.row), found.not_available) == ({"name": ["R1", "R2"]}, [2, 3], 0)


@pytest.mark.parametrize("word", ["NA", "n/a", "NaN", "null", "None", " - ", "--"])
def test_words_for_not_measured_are_blank_and_counted(word: str) -> None:
    found = read(f"a,b\n1,{word}\n2,3\n")
    np.testing.assert_array_equal(found.numbers["b"], [np.nan, 3.0])
    assert found.not_available == 1


@pytest.mark.parametrize("text", ["\ufeffa,b\r\n1,2\r\n", "a,b\r1,2\r", "A , B\n1,2", '"a","b"\n"1","2"\n', "a,b\n\n1,2\n\n"])
def test_byte_order_marks_line_ends_quotes_capitals_and_empty_lines_do_not_matter(text: str) -> None:
    found = read(text)
    assert (found.numbers["a"].tolist(), found.numbers["b"].tolist()) == ([1.0], [2.0])


FAULTS = {
    "a,b\n1,2\n3,inf\n": "f.csv, row 3, column b: found 'inf', expected a finite number",
    "a,b\n1,1e999\n": "row 2, column b: found 'a number too large to hold'",
    "a,b\n1,1_000\n": "found '1_000'",
    "a,b\n1,\u0661\n": "found '\u0661'",
    'a,b\n1,"1,95"\n': "expected a number with a decimal point, not a comma",
    "a,b\n1,2,3\n": "row 2: found 3 cells, expected 2 as in the header",
    "a,b\n\n1\n": "row 3: found 1 cells, expected 2",
    "a;b\n1,5;2\n": "separates columns by semicolons or tabs; save it with a comma",
    "a\tb\n1\t2\n": "separates columns by semicolons or tabs",
    "a,b,A\n1,2,3\n": "more than one column 'a'",
    "a,b\n": "holds no rows",
    "": "holds no rows",
    'a,b\n"1"x,2\n': "is not a CSV file",
    "a,b\n1," + "9" * 200_000: "is not a CSV file",
}


@pytest.mark.parametrize(("text", "sentence"), FAULTS.items())
def test_a_fault_is_one_sentence_with_row_and_column(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as fault:
        read(text)
    assert sentence in str(fault.value)


def test_another_encoding_is_named() -> None:
    for content in ("a,b\n1,2\n".encode("utf-16"), "a,name\n1,Cañón\n".encode("latin-1")):
        with pytest.raises(BadInput, match="is not UTF-8 text; save it as CSV UTF-8"):
            read(content)


def test_rows_are_numbered_through_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 3)
    found = read("a\n1\n\n2\n3\n4\n5\n")
    assert (found.numbers["a"].tolist(), list(found.row)) == ([1, 2, 3, 4, 5], [2, 4, 5, 6, 7])
    with pytest.raises(BadInput, match="row 7, column a: found 'x'"):
        read("a\n1\n2\n3\n4\n5\nx\n")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=1))
def test_every_finite_number_survives_writing_and_reading(values: list[float | None]) -> None:
    found = read("a,b\n" + "".join(f"{'' if value is None else repr(value)},0\n" for value in values)).numbers["a"]
    assert [None if math.isnan(value) else value for value in found.tolist()] == values


@given(st.binary(max_size=300) | st.text(alphabet='a,b;"\n\r\t1.e-x\x00 ', max_size=300).map(str.encode))
def test_any_bytes_give_a_table_or_bad_input(content: bytes) -> None:
    guessed_columns(content)
    found = outcome(lambda: read(content))
    assert "f.csv" in found if isinstance(found, str) else all(len(values) == len(found.row) > 0 for values in found.numbers.values())
