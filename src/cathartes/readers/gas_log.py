"""The gas log: one row per sample of one or more point or open-path gas instruments, as a CSV file with named columns.

Units and conventions are converted here, at the door; what is odd about the samples is said by `gas_log_health`. The contract
for whoever writes such a file is docs/reference/flight-folder.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Custody, Flight, Frame, GasLog, HeightReference, Reading, Span, Statement
from cathartes.model.samples import Floats
from cathartes.readers.gas_log_health import health_of_log, health_of_order
from cathartes.readers.gas_log_wind import WIND_COLUMNS, winds
from cathartes.readers.intake import footprint, opened, write_up
from cathartes.readers.table import Table, guessed_columns, read_table
from cathartes.readers.times import sample_times

GAS_COLUMN = re.compile(r"([a-z][a-z0-9-]*)_(ppb|ppm)")
PPB_PER = {"ppb": 1.0, "ppm": 1000.0}

LIMITS: Mapping[str, tuple[float, float, str]] = {
    "x_m": (-1e7, 1e7, "metres east of the flight's origin"),
    "y_m": (-1e7, 1e7, "metres north of the flight's origin"),
    "z_agl_m": (-1e3, 1e5, "metres above ground"),
    "height_m": (-1e3, 1e5, "a height in metres"),
    "lon_deg": (-180, 180, "a longitude in degrees, -180 to 180; are lon and lat swapped or in metres?"),
    "lat_deg": (-90, 90, "a latitude in degrees, -90 to 90; are lon and lat swapped or in metres?"),
    "wind_u_m_s": (-150, 150, "a wind in m/s"),
    "wind_v_m_s": (-150, 150, "a wind in m/s"),
    "wind_speed_m_s": (0, 150, "a wind speed in m/s, zero or more"),
    "wind_from_deg": (-180, 360, "a direction in degrees from north, clockwise"),
    "sigma_v_m_s": (0, 1000, "a standard deviation of the wind in m/s"),
    "sigma_w_m_s": (0, 1000, "a standard deviation of the wind in m/s"),
    "friction_velocity_m_s": (0, 10, "a friction velocity in m/s"),
    "temperature_k": (180, 340, "a temperature in kelvin"),
    "pressure_hpa": (100, 1100, "a pressure in hectopascal"),
    "gas": (-900, 1e9, "an amount of gas; leave the cell blank where it was not measured"),
}
"""What a cell may hold: a number outside is an error, since it is another unit, another column or a code for "missing"."""

OPTIONAL = ("sigma_v_m_s", "sigma_w_m_s", "obukhov_length_m", "friction_velocity_m_s", "temperature_k", "pressure_hpa")


@dataclass(frozen=True)
class Layout:
    """Which columns say where a sample was: x, y and height of its start and, for open paths, of its end."""

    frame: Frame
    start: tuple[str, str, str]
    end: tuple[str, str, str] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return self.start + (self.end or ())


LAYOUTS = (
    Layout(Frame.LOCAL, ("x_m", "y_m", "z_agl_m")),
    Layout(Frame.LOCAL, ("x1_m", "y1_m", "z_agl_m"), ("x2_m", "y2_m", "z_agl_m")),
    Layout(Frame.LOCAL, ("x1_m", "y1_m", "z1_agl_m"), ("x2_m", "y2_m", "z2_agl_m")),
    Layout(Frame.LOCAL, ("x_m", "y_m", "height_m")),
    Layout(Frame.WGS84, ("lon_deg", "lat_deg", "height_m")),
    Layout(Frame.WGS84, ("lon1_deg", "lat1_deg", "height_m"), ("lon2_deg", "lat2_deg", "height_m")),
    Layout(Frame.WGS84, ("lon1_deg", "lat1_deg", "height1_m"), ("lon2_deg", "lat2_deg", "height2_m")),
)

NUMERIC = frozenset({"t_s", *WIND_COLUMNS, *OPTIONAL, *(column for layout in LAYOUTS for column in layout.columns)})
WORDS = frozenset({"time_utc", "instrument"})


class GasLogReader:
    """Reads CSV files that have at least one gas column, such as `ch4_ppb`."""

    kind = "gas_log"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no gas log. A file with a gas column is one, and what else is wrong with it is said by `read`."""
        if path.suffix.lower() != ".csv":
            return "its name does not end in .csv"
        if not head:
            return "it is empty"
        if not any(GAS_COLUMN.fullmatch(column) for column in guessed_columns(head)):
            return "its first line names no gas column such as ch4_ppb"
        return None

    def read(self, path: Path, flight: Flight) -> Reading:
        """The log in ppb, metres or degrees, seconds, and wind TOWARDS. Raises `BadInput` naming file, row and column."""
        with opened(path) as (file, digest):
            log, health = read_log(file, path.name, flight)
        x, y = np.concatenate((log.start, log.end))[:, :2].T
        span = Span(float(log.t_s[0]), float(log.t_s[-1]), log.zero)
        custody = Custody((digest,), __name__, __version__)
        recording = write_up(path, flight, custody, self.kind, len(log.t_s), health, span, footprint(x, y, log.frame))
        return Reading(recording, log)


def read_log(file: BinaryIO, name: str, flight: Flight) -> tuple[GasLog, tuple[Statement, ...]]:
    """The samples in time order, and what there is to say about them. `flight` gives frame, height reference and start."""
    table = read_table(file, name, lambda column: column in NUMERIC or bool(GAS_COLUMN.fullmatch(column)), WORDS)
    layout = layout_of(table, flight)
    refuse_out_of_range(table)
    start, end = places(table, layout)
    gases, read_gas_columns = gas_amounts(table)
    u, v, wind_health = winds(table)
    times = sample_times(table, flight)
    names, instrument = instruments(table)
    log = GasLog(
        layout.frame, height_reference(layout, flight, name), times.zero, times.t_s, names, instrument, start, end, gases,
        wind_u_m_s=u, wind_v_m_s=v, **{column: optional(table, column) for column in OPTIONAL},
    )  # fmt: skip
    read_columns = {*WORDS, *layout.columns, *WIND_COLUMNS, *OPTIONAL, *read_gas_columns, "t_s"}
    unread = [column for column in table.header if column not in read_columns]
    ordered = in_order(log, np.argsort(log.t_s, kind="stable"))
    return ordered, (*times.health, *health_of_order(log), *wind_health, *health_of_log(ordered, table, unread))


def layout_of(table: Table, flight: Flight) -> Layout:
    """The position columns the file has; where it has both frames, those of the flight's frame."""
    complete = [layout for layout in LAYOUTS if set(layout.columns) <= set(table.header)]
    if not complete:
        ways = "; or ".join(", ".join(dict.fromkeys(layout.columns)) for layout in LAYOUTS)
        raise BadInput(f"{table.name} does not say where each sample was: expected the columns {ways}")
    frames = {layout.frame for layout in complete}
    mine = [layout for layout in complete if len(frames) == 1 or layout.frame is flight.frame.kind]
    # Where a local frame has both, the height above ground needs no grid; the other is then named as unread.
    mine = [layout for layout in mine if layout.frame is Frame.WGS84 or "height_m" not in layout.columns] or mine
    if len(mine) > 1:
        both = " and ".join(", ".join(dict.fromkeys(layout.columns)) for layout in mine)
        raise BadInput(f"{table.name} says twice where each sample was ({both}); keep one set and leave x2, y2 blank for a point")
    return mine[0]


def height_reference(layout: Layout, flight: Flight, name: str) -> HeightReference:
    """What the heights are measured from: the ground for `z_agl_m`, what flight.toml says for `height_m`."""
    stated = flight.frame.height_reference
    if "height_m" not in layout.columns and layout.frame is Frame.LOCAL and stated is not HeightReference.AGL:
        raise BadInput(f'{name} gives heights above ground (z_agl_m), but flight.toml says height_reference = "{stated}"; correct one')
    return stated


def refuse_out_of_range(table: Table) -> None:
    """Raises `BadInput` for the first cell that holds what its column cannot hold."""
    for column, values in table.numbers.items():
        key = "gas" if GAS_COLUMN.fullmatch(column) else re.sub(r"^(x|y|z|lon|lat|height)[12]_", r"\1_", column)
        if key not in LIMITS:
            continue
        low, high, expected = LIMITS[key]
        outside = np.flatnonzero((values < low) | (values > high))
        if outside.size:
            raise table.fault(int(outside[0]), column, values[outside[0]], expected)
    calm = np.flatnonzero(optional(table, "obukhov_length_m") == 0)
    if calm.size:
        raise table.fault(int(calm[0]), "obukhov_length_m", 0.0, "a length other than zero; leave the cell blank where there is none")


def places(table: Table, layout: Layout) -> tuple[Floats, Floats]:
    """Start and end of every sample's path, n x 3; a blank end makes a point. Raises `BadInput` for half an end."""
    start = np.column_stack([table.numbers[column] for column in layout.start])
    if layout.end is None:
        return start, start.copy()
    end = np.column_stack([table.numbers[column] for column in layout.end])
    blank = np.isnan(end[:, :2])
    halves = np.flatnonzero(blank.any(axis=1) & ~blank.all(axis=1))
    if halves.size:
        column = layout.end[0] if blank[halves[0], 0] else layout.end[1]
        raise table.fault(int(halves[0]), column, "", "both ends of the path, or neither for a point")
    is_point = blank.all(axis=1)
    end[is_point] = start[is_point]
    return start, end


def gas_amounts(table: Table) -> tuple[dict[str, Floats], list[str]]:
    """Parts per billion by gas, in the file's order, and the columns they came from."""
    gases: dict[str, Floats] = {}
    columns = [column for column in table.numbers if GAS_COLUMN.fullmatch(column)]
    for column in columns:
        gas, _, unit = column.rpartition("_")
        ppb = table.numbers[column] * PPB_PER[unit]
        gases[gas] = merged(table, column, gases[gas], ppb) if gas in gases else ppb
    if all(np.isnan(ppb).all() for ppb in gases.values()):
        raise BadInput(f"{table.name} has no value in {', '.join(columns)}; expected at least one measurement")
    return gases, columns


def merged(table: Table, column: str, first: Floats, second: Floats) -> Floats:
    """One gas given in ppb and in ppm: either where only one is there. Raises `BadInput` where they differ by over 0.5 %."""
    apart = np.flatnonzero(np.abs(first - second) > 0.005 * np.maximum(np.abs(first), np.abs(second)))
    if apart.size:
        at = int(apart[0])
        raise table.fault(at, column, table.numbers[column][at], "the same amount as in the gas's other column (1 ppm is 1000 ppb)")
    return np.where(np.isnan(first), second, first)


def optional(table: Table, column: str) -> Floats:
    """The column, or NaN for every sample where the file has none."""
    return table.numbers.get(column, np.full(len(table.row), np.nan))


def instruments(table: Table) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names by first appearance, and each sample's index into them. Without a name an instrument is called like its file."""
    unnamed = Path(table.name).stem
    names = table.words.get("instrument", [unnamed] * len(table.row))
    index: dict[str, int] = {}
    numbers = [index.setdefault(name or unnamed, len(index)) for name in names]
    return tuple(index), np.array(numbers, np.int64)


def in_order(log: GasLog, order: NDArray[np.intp]) -> GasLog:
    """The log with its samples in another order."""
    arrays: dict[str, Any] = {
        field.name: value[order] for field in fields(log) if isinstance(value := getattr(log, field.name), np.ndarray)
    }
    return replace(log, gases={gas: ppb[order] for gas, ppb in log.gases.items()}, **arrays)
