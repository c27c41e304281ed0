"""Tracks: where an aircraft was, from CSV, GPX, KML or ADS-B JSON, with every fix kept as it came.

The formats with a parser of their own are in `track_xml` and `track_json`; what is odd about a track, in `track_health`.
"""

import re
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cathartes import __version__
from cathartes.earth.geodesy import error_95_m
from cathartes.errors import BadInput
from cathartes.model import Clock, Custody, Flight, Frame, Reading, Span, Statement, Track
from cathartes.model.samples import Floats
from cathartes.readers.gas_log import GAS_COLUMN
from cathartes.readers.intake import footprint, opened, write_up
from cathartes.readers.table import Table, guessed_columns, read_table
from cathartes.readers.times import instant, sample_times
from cathartes.readers.track_health import health_of_track
from cathartes.readers.track_json import gives_aircraft_fixes, json_track
from cathartes.readers.track_xml import gpx_track, kml_track

SUFFIXES = (".csv", ".gpx", ".kml", ".json", ".json.gz")
POSITION = ("lon_deg", "lat_deg")
REPORTED = ("error_m", "sigma_north_m", "sigma_east_m", "ground_speed_m_s", "course_deg")
NUMERIC = frozenset({"t_s", "height_m", *POSITION, *REPORTED})
WORDS = frozenset({"time_utc", "aircraft", "source", "datum"})
WGS84_NAMES = re.compile(r"(?i)wgs[ _-]?84|epsg:4326|itrf.*|")
LATEST_UTC_S = 4_102_444_800.0
"""The year 2100 in seconds since 1970: a later time is in another unit."""


class TrackReader:
    """Reads files of position fixes; a CSV file that also has a gas column is a gas log, not a track."""

    kind = "track"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no track, from its name and its first bytes."""
        suffix = suffix_of(path)
        if suffix is None:
            return f"its name does not end in {', '.join(SUFFIXES)}"
        if not head:
            return "it is empty"
        if suffix == ".csv":
            return refuses_columns(guessed_columns(head))
        if suffix in (".gpx", ".kml"):
            return None if b"<" in head else "it is not XML"
        return None if gives_aircraft_fixes(head) else "it holds no ADS-B rows, columns or trace with timestamps"

    def read(self, path: Path, flight: Flight) -> Reading:
        """All fixes in file order. Raises `BadInput` naming the file and the fix that cannot be one."""
        with opened(path) as (file, digest):
            track, clock, clock_health = fixes(file, path, flight)
        refuse_impossible(track, path.name)
        health = (*clock_health, *health_of_track(track))
        outline = footprint(track.lon_deg, track.lat_deg, Frame.WGS84)
        custody = Custody((digest,), __name__, __version__)
        return Reading(write_up(path, flight, custody, self.kind, len(track.utc_s), health, span_of(track, clock), outline), track)


def suffix_of(path: Path) -> str | None:
    """The suffix this reader knows the file by, in lower case."""
    return next((suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix)), None)


def refuses_columns(columns: tuple[str, ...]) -> str | None:
    """Why a CSV file with these columns is no track."""
    if any(GAS_COLUMN.fullmatch(column) for column in columns):
        return "it has a gas column, so it is a gas log"
    if not set(POSITION) <= set(columns):
        return f"its first line does not name the columns {' and '.join(POSITION)}"
    return None if {"time_utc", "t_s"} & set(columns) else "its first line names no time_utc or t_s"


def fixes(file: BinaryIO, path: Path, flight: Flight) -> tuple[Track, Clock, tuple[Statement, ...]]:
    """The fixes of an open file, whichever format its suffix names, the clock they were timed by, and what that clock says."""
    name = flight.aircraft or path.stem
    match suffix_of(path):
        case ".csv":
            return csv_track(file, path, flight, name)
        case ".gpx":
            return gpx_track(file, path.name, name)
        case ".kml":
            return kml_track(file, path.name, name)
        case _:
            return json_track(file, path.name), Clock.UTC, ()


def csv_track(file: BinaryIO, path: Path, flight: Flight, name: str) -> tuple[Track, Clock, tuple[Statement, ...]]:
    """A CSV track: heights are measured from what flight.toml says; an `aircraft` column may name several."""
    table = read_table(file, path.name, NUMERIC.__contains__, WORDS)
    times = sample_times(table, flight)
    if times.zero is None:
        raise BadInput(f"{path.name} counts seconds (t_s) from an unknown time; add time_utc, or `start` to flight.toml")
    refuse_other_datum(table)
    absent = np.full(len(table.row), np.nan)
    track = Track(
        times.zero.utc.timestamp() + times.t_s,
        table.numbers["lon_deg"],
        table.numbers["lat_deg"],
        table.numbers.get("height_m", absent),
        flight.frame.height_reference,
        absent,
        tuple(word or name for word in table.words.get("aircraft", [name] * len(table.row))),
        error_m=stated_error_m(table),
        source=tuple(table.words["source"]) if "source" in table.words else None,
        ground_speed_m_s=table.numbers.get("ground_speed_m_s"),
        course_deg=table.numbers.get("course_deg"),
    )
    unread = [column for column in table.header if column not in NUMERIC | WORDS]
    extra = [Statement("health.unread_columns", {"columns": ", ".join(unread)})] if unread else []
    blank = [Statement("health.not_available", {"count": table.not_available})] if table.not_available else []
    return track, times.zero.clock, (*times.health, *extra, *blank)


def stated_error_m(table: Table) -> Floats | None:
    """The 95 % error of every fix: as stated, else by the standard deviations of an inertial or satellite solution; `None` for neither."""
    error_m, north_m, east_m = (table.numbers.get(name) for name in ("error_m", "sigma_north_m", "sigma_east_m"))
    if north_m is None or east_m is None:
        return error_m
    least_m = np.minimum(north_m, east_m)
    by_sigmas = np.where(least_m < 0, least_m, error_95_m(north_m, east_m))  # what is below zero is refused with its fix
    return by_sigmas if error_m is None else np.where(np.isnan(error_m), by_sigmas, error_m)


def refuse_other_datum(table: Table) -> None:
    """Raises `BadInput` for the first fix that is not in WGS 84: hundreds of metres lie between it and NAD 27."""
    for sample, word in enumerate(table.words.get("datum", ())):
        if not WGS84_NAMES.fullmatch(word):
            raise table.fault(sample, "datum", word, "WGS84 in every row; convert the others first")


def refuse_impossible(track: Track, name: str) -> None:
    """Raises `BadInput` for no fix at all, and for the first one that is nowhere on Earth or at no time of flight."""
    if not np.isfinite(track.lon_deg + track.lat_deg).any():
        raise BadInput(f"{name} holds no position; expected at least one fix with longitude and latitude")
    for values, low, high, what in (
        (track.lon_deg, -180.0, 180.0, "a longitude in degrees"),
        (track.lat_deg, -90.0, 90.0, "a latitude in degrees"),
        (track.utc_s, 0.0, LATEST_UTC_S, "a time between 1970 and 2100"),
        (np.empty(0) if track.error_m is None else track.error_m, 0.0, np.inf, "an error of at least 0 m"),
    ):
        outside = np.flatnonzero((values < low) | (values > high) | np.isinf(values))
        if outside.size:
            swapped = "; are longitude and latitude swapped?" if values is track.lat_deg else ""
            raise BadInput(f"{name}: fix {outside[0] + 1} has {values[outside[0]]:.10g} where {what} is expected{swapped}")


def span_of(track: Track, clock: Clock) -> Span | None:
    """From the first to the last time; `None` for a track without times, such as a drawn line."""
    timed = track.utc_s[np.isfinite(track.utc_s)]
    if not timed.size:
        return None
    first = float(timed.min())
    return Span(0.0, float(timed.max()) - first, instant(round(first * 1e6), clock))
