"""Drug seizures as US Customs and Border Protection publishes them, a row per month, office and drug.

What one unit of each number is, is in `model.seizure`.
"""

from collections.abc import Sequence
from math import isclose
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.model.seizure import Seizure
from cathartes.readers.table import Table, read_table

KEYS = ("fy", "month (abbv)", "component", "region", "land filter", "area of responsibility", "drug type")
EVENTS, POUNDS = "count of event", "sum qty (lbs)"


def read_seizures(paths: Sequence[Path]) -> tuple[Seizure, ...]:
    """Every cell once, however many of the files hold it. Raises `BadInput` where two files, or two rows, disagree about a cell.

    Files write the same weight with different last digits; nine agreeing ones are agreement.
    """
    cells: dict[tuple[str, ...], tuple[Seizure, str]] = {}
    for path in paths:
        for key, seizure in _cells(path):
            known, where = cells.setdefault(key, (seizure, path.name))
            if known.events != seizure.events or not isclose(known.pounds, seizure.pounds, rel_tol=1e-9):
                raise BadInput(f"{path.name} and {where} disagree about {', '.join(key)}: name the newer file alone, or ask the publisher")
    return tuple(seizure for seizure, _ in cells.values())


def _cells(path: Path) -> list[tuple[tuple[str, ...], Seizure]]:
    try:
        with path.open("rb") as file:
            table = read_table(file, path.name, (EVENTS, POUNDS).__contains__, KEYS)
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; name a CSV file as CBP publishes it") from None
    absent = [name for name in (*KEYS, EVENTS, POUNDS) if name not in table.header]
    if absent:
        raise BadInput(f"{path.name} has no column {absent[0]!r}: it is not a file of CBP's drug seizures")
    return [_cell(table, at) for at in range(len(table.row))]


def _cell(table: Table, at: int) -> tuple[tuple[str, ...], Seizure]:
    key = tuple(table.words[name][at] for name in KEYS)
    year, month, component, region, land, area, drug = key
    events, pounds = float(table.numbers[EVENTS][at]), float(table.numbers[POUNDS][at])
    if not year.isdigit():
        raise table.fault(at, "fy", year, "a fiscal year such as 2023")
    if not (events >= 0 and events.is_integer()):
        raise table.fault(at, EVENTS, events, "a whole number of events")
    if not pounds >= 0:
        raise table.fault(at, POUNDS, pounds, "a weight in pounds, zero or more")
    return key, Seizure(int(year), month, component, region, land, area, drug, int(events), pounds)
