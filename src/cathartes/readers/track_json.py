"""ADS-B recordings as JSON, plain or gzipped: rows, columns, or the trace of a readsb receiver.

Rows and columns are what pandas writes of a traffic table: `timestamp` in milliseconds since 1970 UTC, degrees, feet. A readsb
trace counts seconds from its own `timestamp` (docs/reference/flight-folder.md). Other fields are left unread.
"""

import gzip
import re
import zlib
from collections.abc import Sequence
from typing import Any, BinaryIO

import msgspec
import numpy as np

from cathartes.errors import BadInput
from cathartes.model import HeightReference, Track
from cathartes.model.samples import Floats

FOOT_M = 0.3048
KNOT_M_S = 1852 / 3600
NACP_ERROR_M = {11: 3.0, 10: 10.0, 9: 30.0, 8: 92.6, 7: 185.2, 6: 555.6, 5: 926.0, 4: 1852.0, 3: 3704.0, 2: 7408.0, 1: 18520.0}
"""Navigation accuracy category for position: 95 % bound of the horizontal error (RTCA DO-260B, 2.2.3.2.7.2.6)."""

UNPACKED_LIMIT = 128 * 1024 * 1024
"""Most bytes of JSON that are read, after unpacking: about half a million fixes. More is a bomb, or wants splitting."""

EARLIEST_S = 1e8
"""March 1973. No ADS-B is older, so an earlier time is in seconds taken for milliseconds, or a clock that was not set."""

OPTIONAL = ("altitude", "geoaltitude", "groundspeed", "track", "icao24", "callsign")
GZIP_MAGIC = b"\x1f\x8b"
ROWS = re.compile(rb'\s*\[\s*\{[^}]*"timestamp"\s*:')
COLUMNS = re.compile(rb'\s*\{\s*"(timestamp|icao24|callsign|latitude|longitude|altitude)"\s*:\s*\{')
TRACE = re.compile(rb'\s*\{[^{\[]*"trace"\s*:\s*\[')


class Row(msgspec.Struct):
    """One fix of a traffic table."""

    timestamp: float | None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    geoaltitude: float | None = None
    groundspeed: float | None = None
    track: float | None = None
    icao24: str | None = None
    callsign: str | None = None


class Columns(msgspec.Struct):
    """A traffic table column by column, each from row label to value."""

    timestamp: dict[str, float | None]
    latitude: dict[str, float | None]
    longitude: dict[str, float | None]
    altitude: dict[str, float | None] = {}
    geoaltitude: dict[str, float | None] = {}
    groundspeed: dict[str, float | None] = {}
    track: dict[str, float | None] = {}
    icao24: dict[str, str | None] = {}
    callsign: dict[str, str | None] = {}


class Trace(msgspec.Struct):
    """A readsb trace: rows of [seconds, lat, lon, pressure altitude ft or "ground", …, geometric altitude ft as the eleventh].

    The fifth and sixth are ground speed (kt) and course, the ninth details such as NACp, the tenth the kind of source.
    """

    icao: str
    timestamp: float
    trace: list[list[Any]]


def gives_aircraft_fixes(head: bytes) -> bool:
    """Whether a JSON file that begins with `head` (gzipped or not) is one of the three forms."""
    if head.startswith(GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 64 * 1024)
        except zlib.error:
            return False
    return any(form.match(head) for form in (ROWS, COLUMNS, TRACE))


def json_track(file: BinaryIO, name: str) -> Track:
    """All fixes in file order. Geometric heights are above the WGS 84 ellipsoid. Raises `BadInput` naming row and field."""
    content = unpacked(file, name)
    try:
        if TRACE.match(content):
            return track_of_trace(msgspec.json.decode(content, type=Trace), name)
        if COLUMNS.match(content):
            return track_of_rows(rows_of(msgspec.json.decode(content, type=Columns), name), name)
        return track_of_rows(msgspec.json.decode(content, type=list[Row]), name)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise BadInput(f"{name} is not ADS-B JSON as we know it: {problem}") from None
    except RecursionError:
        raise BadInput(f"{name} nests its values too deeply; expected rows or columns of fixes") from None


def unpacked(file: BinaryIO, name: str) -> bytes:
    """The file's content, ungzipped where it is gzipped, up to `UNPACKED_LIMIT`."""
    packed = file.read(2) == GZIP_MAGIC
    file.seek(0)
    try:
        content = (gzip.GzipFile(fileobj=file) if packed else file).read(UNPACKED_LIMIT + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise BadInput(f"{name} is not a whole gzip file: {problem}; copy it again") from None
    if len(content) > UNPACKED_LIMIT:
        raise BadInput(f"{name} holds more than {UNPACKED_LIMIT // 2**20} MB of JSON once unpacked; split it by time or aircraft")
    return content


def rows_of(columns: Columns, name: str) -> list[Row]:
    """The rows of a table that came column by column, in the order of its timestamps."""
    optional = {field: getattr(columns, field) for field in OPTIONAL}
    given = {"latitude": columns.latitude, "longitude": columns.longitude} | {field: cells for field, cells in optional.items() if cells}
    for field, cells in given.items():
        if cells.keys() != columns.timestamp.keys():
            raise BadInput(f"{name}: the columns timestamp and {field} name different rows; expected the same rows in each")
    return [Row(timestamp, **{field: cells[label] for field, cells in given.items()}) for label, timestamp in columns.timestamp.items()]


def track_of_rows(rows: Sequence[Row], name: str) -> Track:
    """A track from rows in milliseconds and feet."""
    if not rows:
        raise BadInput(f"{name} holds no rows; expected at least one fix")
    utc_s = floats([row.timestamp for row in rows]) / 1000
    if np.any(utc_s < EARLIEST_S):
        raise BadInput(f"{name} has a timestamp near 1970; expected milliseconds since 1970 UTC, are these seconds?")
    return Track(
        utc_s,
        floats([row.longitude for row in rows]),
        floats([row.latitude for row in rows]),
        floats([row.geoaltitude for row in rows]) * FOOT_M,
        HeightReference.ELLIPSOID,
        floats([row.altitude for row in rows]) * FOOT_M,
        tuple(row.icao24 or row.callsign or "unknown" for row in rows),
        ground_speed_m_s=floats([row.groundspeed for row in rows]) * KNOT_M_S,
        course_deg=floats([row.track for row in rows]),
    )


def track_of_trace(trace: Trace, name: str) -> Track:
    """A track from a readsb trace; "ground" as pressure altitude is no number, so it is left out."""
    if not trace.trace:
        raise BadInput(f"{name} holds an empty trace; expected at least one fix")
    columns = [number_column(trace.trace, index, name) for index in (0, 1, 2, 3, 4, 5, 10)]
    seconds, lat_deg, lon_deg, pressure_ft, speed_kt, course_deg, geometric_ft = columns
    return Track(
        trace.timestamp + seconds,
        lon_deg,
        lat_deg,
        geometric_ft * FOOT_M,
        HeightReference.ELLIPSOID,
        pressure_ft * FOOT_M,
        (trace.icao,) * len(trace.trace),
        stated_errors(trace.trace),
        tuple(str(row[9]) if len(row) > 9 and row[9] else "unknown" for row in trace.trace),
        speed_kt * KNOT_M_S,
        course_deg,
    )


def stated_errors(rows: Sequence[Sequence[Any]]) -> Floats:
    """The 95 % error of each row by the last NACp received, or by the radius of containment (NIC) where that is unknown; NaN for neither.

    The radius holds the position far more surely than 95 % (RTCA DO-260B, 2.2.3.2.7.2.5), so it is an error on the safe side.
    """
    errors, accuracy, radius = [], np.nan, np.nan
    for row in rows:
        details = row[8] if len(row) > 8 else None
        if isinstance(details, dict):
            accuracy = accuracy_of(details["nac_p"]) if "nac_p" in details else accuracy
            radius = radius_of(details["rc"]) if "rc" in details else radius
        errors.append(radius if np.isnan(accuracy) else accuracy)
    return np.array(errors)


def accuracy_of(written: Any) -> float:
    """The 95 % error of a NACp in metres; NaN for 0 (unknown) and for what is none."""
    return NACP_ERROR_M.get(written, np.nan) if isinstance(written, int) else np.nan


def radius_of(written: Any) -> float:
    """A radius of containment in metres; NaN for 0 (unknown) and for what is no number."""
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    return float(written) if is_number and 0 < written < np.inf else np.nan


def number_column(rows: Sequence[Sequence[Any]], index: int, name: str) -> Floats:
    """One place of every row of a trace. Raises `BadInput` for what is neither a number, nor blank, nor "ground"."""
    cells = [row[index] if len(row) > index else None for row in rows]
    for at, cell in enumerate(cells, start=1):
        if cell is not None and cell != "ground" and (isinstance(cell, bool) or not isinstance(cell, int | float)):
            raise BadInput(f"{name}: row {at} of the trace has {str(cell)[:40]!r} at place {index + 1}; expected a number")
    return floats([None if cell == "ground" else cell for cell in cells])


def floats(cells: Sequence[float | None]) -> Floats:
    """Numbers as an array, NaN where there is none."""
    return np.array([np.nan if cell is None else float(cell) for cell in cells], np.float64)
