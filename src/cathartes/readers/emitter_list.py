"""Registers of lawful emitters: who declared to release what into the air, one row per plant and substance.

Two headers are known: that of Mexico's register of emissions and transfers (RETC), and a minimal English one. Names of
companies and persons are not read. The list gives lawful explanations; it never says that something else is unlawful.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Custody, Emitter, EmitterList, Flight, Frame, Reading, Statement
from cathartes.model.place import Point
from cathartes.model.samples import Floats
from cathartes.readers.intake import HEAD_BYTES, footprint, opened, write_up
from cathartes.readers.table import NUMBER, Table, guessed_columns, read_table


@dataclass(frozen=True)
class Columns:
    """What a register calls each thing: `name` is put together of several columns, `substance` is the first that is filled."""

    id: str
    lon: str
    lat: str
    name: tuple[str, ...]
    substance: tuple[str, ...]
    amount: str
    unit: str | None = None

    @property
    def words(self) -> frozenset[str]:
        """Columns read as text. Coordinates are among them, since one that is no number must not stop the list."""
        return frozenset({self.id, self.lon, self.lat, *self.name, *self.substance} | ({self.unit} if self.unit else set()))


RETC = Columns("nra", "lon", "lat", ("sector", "descripción scian", "municipio", "estado"), ("cas", "sustancia"), "air_kg", "unidad")
PLAIN = Columns("id", "lon_deg", "lat_deg", ("name",), ("substance",), "kg_per_year")
KNOWN = (RETC, PLAIN)

NAMED = 20
"""How many ids of plants without a position are named before the rest is only counted."""


class EmitterListReader:
    """Reads CSV files with one of the two known headers."""

    kind = "emitter_list"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no such list, from its name and first line."""
        if path.suffix.lower() != ".csv":
            return "its name does not end in .csv"
        if not head:
            return "it is empty"
        if columns_of(guessed_columns(head)) is None:
            return f"its first line has neither the columns {', '.join(sorted(PLAIN.words))}, {PLAIN.amount} nor those of a RETC list"
        return None

    def read(self, path: Path, flight: Flight) -> Reading:
        """The emitters by id. Raises `BadInput` naming file, row and column."""
        with opened(path) as (file, digest):
            columns = columns_of(guessed_columns(file.read(HEAD_BYTES))) or PLAIN
            file.seek(0)
            table = read_table(file, path.name, {columns.amount}.__contains__, columns.words)
        absent = sorted((columns.words | {columns.amount}) - set(table.header))
        if absent:
            raise BadInput(f"{path.name} has no column {absent[0]!r}; expected {', '.join(sorted(columns.words))}, {columns.amount}")
        emitters, health = emitters_of(table, columns)
        outline = footprint(np.array([one.lon_deg for one in emitters]), np.array([one.lat_deg for one in emitters]), Frame.WGS84)
        custody = Custody((digest,), __name__, __version__)
        recording = write_up(path, flight, custody, self.kind, len(emitters), health, footprint=outline)
        return Reading(recording, EmitterList(path.stem, emitters))


def columns_of(header: Sequence[str]) -> Columns | None:
    """The known header that a file's column names contain; `None` for another file."""
    return next((columns for columns in KNOWN if columns.words | {columns.amount} <= set(header)), None)


def emitters_of(table: Table, columns: Columns) -> tuple[tuple[Emitter, ...], tuple[Statement, ...]]:
    """One emitter per id, in the order of ids, and what is wrong with the rows.

    A plant without usable coordinates can be near nothing, so it is named in the statements instead. Raises `BadInput` where
    no plant has any.
    """
    refuse_other_units(table, columns)
    refuse_bad_amounts(table, columns)
    rows = rows_by_id(table, columns)
    places = {name: places_of(table, columns, rows[name]) for name in rows}
    emitters = tuple(
        Emitter(name, name_of(table, columns, rows[name][0]), *places[name][0], releases_of(table, columns, rows[name]))
        for name in sorted(rows)
        if places[name]
    )
    if not emitters:
        raise BadInput(f"{table.name} has no usable coordinates; expected degrees in {columns.lon} and {columns.lat}, such as -99.13")
    return emitters, health_of_list(table.numbers[columns.amount], places)


def rows_by_id(table: Table, columns: Columns) -> dict[str, list[int]]:
    """The samples of each plant. Raises `BadInput` for a row without an id."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(table.words[columns.id]):
        if not name:
            raise table.fault(row, columns.id, "", "the id under which the plant is registered")
        rows.setdefault(name, []).append(row)
    return rows


def places_of(table: Table, columns: Columns, rows: list[int]) -> list[Point]:
    """The different usable positions that a plant's rows give, in degrees, the first first.

    Not usable: no number, not on the Earth, or 0, 0 (a form that was not filled in).
    """
    places: dict[Point, None] = {}
    for row in rows:
        lon, lat = (table.words[column][row] for column in (columns.lon, columns.lat))
        if NUMBER.fullmatch(lon) and NUMBER.fullmatch(lat):
            place = float(lon), float(lat)
            if abs(place[0]) <= 180 and abs(place[1]) <= 90 and place != (0, 0):
                places[place] = None
    return list(places)


def health_of_list(amounts_kg: Floats, places: Mapping[str, list[Point]]) -> tuple[Statement, ...]:
    """Plants without a position or with several, and rows without an amount."""
    nowhere = [name for name in sorted(places) if not places[name]]
    moved = sum(len(found) > 1 for found in places.values())
    blank = int(np.count_nonzero(np.isnan(amounts_kg)))
    shown = ", ".join(nowhere[:NAMED]) + (", …" if len(nowhere) > NAMED else "")
    statements = [Statement("health.emitter_nowhere", {"count": len(nowhere), "ids": shown})] if nowhere else []
    counts = {"health.emitter_moved": moved, "health.amount_blank": blank}
    return (*statements, *(Statement(key, {"count": count}) for key, count in counts.items() if count))


def name_of(table: Table, columns: Columns, row: int) -> str:
    """What the plant does and in which municipality."""
    return ", ".join(word for column in columns.name if (word := table.words[column][row]))


def releases_of(table: Table, columns: Columns, rows: list[int]) -> dict[str, float]:
    """Kilograms a year by substance (CAS number, else name); several rows of one substance are added up."""
    releases: dict[str, float] = {}
    for row in rows:
        substance = next((word for column in columns.substance if (word := table.words[column][row])), "")
        amount = float(table.numbers[columns.amount][row])
        if not substance:
            raise table.fault(row, columns.substance[-1], "", "the substance that is released")
        if not isnan(amount):
            releases[substance] = releases.get(substance, 0.0) + amount
    return releases


def refuse_other_units(table: Table, columns: Columns) -> None:
    """Raises `BadInput` for the first row whose unit is not the kilogram."""
    for row, unit in enumerate(table.words[columns.unit] if columns.unit else ()):
        if unit.lower() != "kg":
            raise table.fault(row, columns.unit or "", unit, "Kg; convert the amount")


def refuse_bad_amounts(table: Table, columns: Columns) -> None:
    """Raises `BadInput` for the first negative amount."""
    negative = np.flatnonzero(table.numbers[columns.amount] < 0)
    if negative.size:
        raise table.fault(int(negative[0]), columns.amount, table.numbers[columns.amount][negative[0]], "kilograms a year, zero or more")
