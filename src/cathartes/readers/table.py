"""CSV files as columns of numbers and words, and the row and column of every fault in them.

What the columns mean is for the readers (`gas_log`, `track`, `emitter_list`) to say. The rules of the format itself, such as
what counts as blank, are here and in docs/reference/flight-folder.md.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.model.samples import Floats

BLANK_WORDS = frozenset({"na", "n/a", "nan", "null", "none", "-", "--"})
"""Words that mean "not measured" in the loggers we met, lower case. They are read as blank, and counted."""

# Rows are converted in blocks, so that a long log is never held as text as a whole. Lists of fewer rows than set off Python's search for
# circles among them (700) are gone before it begins: with a hundred times as many, three quarters of the time went into that search.
BLOCK = 500
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
ONLY_NUMBERS = re.compile(r"[0-9.eE+-]*")
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)


@dataclass(frozen=True, eq=False)
class Table:
    """The columns that were asked for. `row` is each sample's row in the file, the header being row 1.

    `numbers` hold NaN where a cell is blank; `words` are stripped; `not_available` counts cells such as "NA" read as blank.
    """

    name: str
    header: tuple[str, ...]
    row: NDArray[np.int64]
    numbers: Mapping[str, Floats]
    words: Mapping[str, Sequence[str]]
    not_available: int

    def fault(self, sample: int, column: str, found: object, expected: str) -> BadInput:
        """The error for one cell, to be raised by whoever knows what was expected there."""
        return cell_fault(self.name, int(self.row[sample]), column, found, expected)


def cell_fault(name: str, row: int, column: str, found: object, expected: str) -> BadInput:
    """One sentence that names file, row, column, what was found and what was expected."""
    shown = str(found) if len(str(found)) <= 40 else f"{str(found)[:40]}…"
    return BadInput(f"{name}, row {row}, column {column}: found {shown!r}, expected {expected}")


def first_line(head: bytes) -> str | None:
    """The first line of a file's first bytes as text without byte-order mark; `None` where it is not UTF-8 text."""
    line = re.split(rb"[\r\n]", head.removeprefix(b"\xef\xbb\xbf"), maxsplit=1)[0]
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or "\t" in text else None


def guessed_columns(head: bytes) -> tuple[str, ...]:
    """Column names of a file's first line, whichever separator it uses: enough to know whose file it is, not to read it."""
    line = first_line(head)
    return () if line is None else tuple(_plain_name(cell) for cell in re.split(r"[,;\t]", line.replace('"', "")))


def read_table(file: BinaryIO, name: str, numbers: Callable[[str], bool], words: Collection[str]) -> Table:
    """Reads the columns for which `numbers` holds as numbers, those in `words` as text, and leaves the others.

    Raises `BadInput` for a file that is not UTF-8 text with commas, has no rows, repeats a column, has a row of another
    length, or holds a number that is not finite or is not one.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        rows = csv.reader(text, strict=True)
        header = _header(name, next(rows, []))
        return _gather(name, header, rows, [column for column in header if numbers(column)], [c for c in header if c in words])
    except UnicodeDecodeError:
        raise BadInput(f"{name} is not UTF-8 text; save it as CSV UTF-8") from None
    except csv.Error as problem:
        raise BadInput(f"{name} is not a CSV file with commas and double quotes: {problem}") from None
    finally:
        # The file is its opener's to close.
        text.detach()


def _plain_name(cell: str) -> str:
    return cell.strip().lower()


def _header(name: str, cells: list[str]) -> tuple[str, ...]:
    header = tuple(_plain_name(cell) for cell in cells)
    if len(header) <= 1 and any(separator in cell for cell in cells for separator in ";\t"):
        raise BadInput(f"{name} separates columns by semicolons or tabs; save it with a comma between columns and a point in numbers")
    repeated = sorted({column for column in header if header.count(column) > 1 and column})
    if repeated:
        raise BadInput(f"{name} has more than one column {repeated[0]!r}; keep one of them")
    return header


def _gather(name: str, header: tuple[str, ...], rows: Iterator[list[str]], numeric: list[str], verbal: list[str]) -> Table:
    numbers: dict[str, list[Floats]] = {column: [] for column in numeric}
    words: dict[str, list[str]] = {column: [] for column in verbal}
    row, not_available, known = [np.empty(0, np.int64)], 0, dict[str, str]()
    for block_row, cells in _blocks(name, header, rows):
        row.append(block_row)
        for column in numeric:
            values, absent = _numbers(name, column, block_row, cells[header.index(column)])
            numbers[column].append(values)
            not_available += absent
        for column in verbal:
            tidy = [*map(str.strip, cells[header.index(column)])]
            # Equal words share one string, so that an instrument's name costs a pointer per sample; times hardly repeat.
            repeat = len(set(tidy)) < len(tidy) / 2
            words[column].extend((known.setdefault(word, word) for word in tidy) if repeat else tidy)
    if len(row) == 1:
        raise BadInput(f"{name} holds no rows; expected a header and rows below it")
    joined = {column: np.concatenate(blocks) for column, blocks in numbers.items()}
    return Table(name, header, np.concatenate(row), joined, words, not_available)


def _blocks(name: str, header: tuple[str, ...], rows: Iterator[list[str]]) -> Iterator[tuple[NDArray[np.int64], list[tuple[str, ...]]]]:
    """Row numbers and columns of up to `BLOCK` rows at a time; empty lines are passed over."""
    first = 2
    while block := list(islice(rows, BLOCK)):
        row = np.arange(first, first + len(block))
        first += len(block)
        filled = [bool(cells) for cells in block]
        if not all(filled):
            row, block = row[filled], [cells for cells in block if cells]
        _refuse_ragged(name, header, row, block)
        if block:
            yield row, list(zip(*block, strict=True))


def _refuse_ragged(name: str, header: tuple[str, ...], row: NDArray[np.int64], block: list[list[str]]) -> None:
    if set(map(len, block)) <= {len(header)}:
        return
    at = next(index for index, cells in enumerate(block) if len(cells) != len(header))
    raise BadInput(f"{name}, row {row[at]}: found {len(block[at])} cells, expected {len(header)} as in the header")


def _numbers(name: str, column: str, row: NDArray[np.int64], cells: Sequence[str]) -> tuple[Floats, int]:
    """The cells as numbers, NaN where blank, and how many were blank by a word such as "NA"."""
    try:
        # `float` takes more than a CSV should hold ("1_000", "infinity", other scripts' digits), so look first.
        if ONLY_NUMBERS.fullmatch("".join(cells)):
            return _finite(name, column, row, np.array([float(cell) if cell else np.nan for cell in cells])), 0
    except ValueError:
        pass
    tidy = [cell.strip() for cell in cells]
    absent = [cell.lower() in BLANK_WORDS for cell in tidy]
    values = [np.nan if blank or not cell else _number(name, column, at, cell) for at, cell, blank in zip(row, tidy, absent, strict=True)]
    return _finite(name, column, row, np.array(values)), sum(absent)


def _number(name: str, column: str, row: int, cell: str) -> float:
    if NUMBER.fullmatch(cell):
        return float(cell)
    expected = "a number with a decimal point, not a comma" if DECIMAL_COMMA.fullmatch(cell) else "a finite number or a blank cell"
    raise cell_fault(name, row, column, cell, expected)


def _finite(name: str, column: str, row: NDArray[np.int64], values: Floats) -> Floats:
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        raise cell_fault(name, int(row[infinite[0]]), column, "a number too large to hold", "a finite number or a blank cell")
    return values
