"""Lists of detections from anywhere, as CSV or GeoJSON, into observations that can be fused into sites.

The columns are in docs/reference/sites.md. What one place is, is for `assess.fusion` to say.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Clock, Frame, Instant, Observation, Place
from cathartes.readers.table import cell_fault, read_table

NUMBERS = ("lon", "lat", "sigma_m", "rate_kg_h")
WORDS = ("id", "time_utc", "kind", "gas", "instrument")
REQUIRED = ("id", "time_utc", "lon", "lat")

ASSUMED_SIGMA_M = 100.0
"""Where a list does not say how well its detections are placed: said in the site, and the reason to say it in the list."""

Row: TypeAlias = Mapping[str, Any]


def read_detections(path: Path) -> tuple[Observation, ...]:
    """The observations in the file at `path`, in its order. Raises `BadInput` naming the first row that does not fit."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; name a CSV or GeoJSON list of detections") from None
    rows = _of_features(path.name, content) if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") else _of_table(path)
    return tuple(_observation(path.name, number, row) for number, row in rows)


def _of_table(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open("rb") as file:
        table = read_table(file, path.name, NUMBERS.__contains__, WORDS)
    absent = [name for name in REQUIRED if name not in table.header]
    if absent:
        raise BadInput(f"{path.name} has no column {absent[0]!r}; a list of detections needs {', '.join(REQUIRED)}")
    columns = {**{name: [None if np.isnan(x) else float(x) for x in cells] for name, cells in table.numbers.items()}, **table.words}
    for at, number in enumerate(table.row):
        yield int(number), {name: cells[at] for name, cells in columns.items()}


def _of_features(name: str, content: bytes) -> Iterator[tuple[int, Row]]:
    try:
        features = json.loads(content)["features"]
        pairs = [(feature.get("id"), dict(feature["properties"]), feature["geometry"]) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadInput(f"{name} is not a GeoJSON FeatureCollection of points with properties; write one feature per detection") from None
    for number, (given, properties, geometry) in enumerate(pairs, start=1):
        try:
            lon, lat = geometry["coordinates"][:2]
            is_point = geometry["type"] == "Point"
        except (KeyError, TypeError, ValueError):
            is_point = False
        if not is_point:
            raise cell_fault(name, number, "geometry", geometry, "a Point with longitude and latitude")
        yield number, {"id": given} | properties | {"lon": lon, "lat": lat}


def _observation(name: str, number: int, row: Row) -> Observation:
    lon, lat = (_number(name, number, row, column) for column in ("lon", "lat"))
    sigma_m, rate = (_number(name, number, row, column) for column in ("sigma_m", "rate_kg_h"))
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise cell_fault(name, number, "lon, lat", f"{lon}, {lat}", "longitude -180 to 180 and latitude -90 to 90 in degrees")
    if sigma_m is not None and sigma_m < 0:
        raise cell_fault(name, number, "sigma_m", sigma_m, "a standard deviation in metres, zero or more")
    return Observation(
        id=_word(row, "id") or _missing(name, number, "id"),
        at=_instant(name, number, _word(row, "time_utc") or _missing(name, number, "time_utc")),
        place=Place(lon, lat, Frame.WGS84),
        sigma_m=ASSUMED_SIGMA_M if sigma_m is None else sigma_m,
        kind=_word(row, "kind") or "detection",
        gas=_word(row, "gas"),
        rate_kg_h=rate,
        instrument=_word(row, "instrument"),
        is_sigma_assumed=sigma_m is None,
    )


def _number(name: str, number: int, row: Row, column: str) -> float | None:
    value = row.get(column)
    if value is None or value == "":
        return None
    try:
        given = float(value)
    except (TypeError, ValueError):
        raise cell_fault(name, number, column, value, "a number") from None
    if isinstance(value, bool) or not isfinite(given):
        raise cell_fault(name, number, column, value, "a finite number")
    return given


def _word(row: Row, column: str) -> str | None:
    value = row.get(column)
    return None if value is None else str(value).strip() or None


def _missing(name: str, number: int, column: str) -> str:
    raise cell_fault(name, number, column, "", "a value in every row")


def _instant(name: str, number: int, text: str) -> Instant:
    """The time in UTC; one that names no zone is in UTC, as the column says."""
    try:
        given = datetime.fromisoformat(text)
        return Instant(given if given.tzinfo else given.replace(tzinfo=UTC), Clock.UTC)
    except (ValueError, OverflowError):
        raise cell_fault(name, number, "time_utc", text, "a time in ISO 8601 such as 2024-05-01T16:20:05Z") from None
