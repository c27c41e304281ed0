"""What every video of a workspace had in view, and when: an index of footprints, searched by place and time.

One SQLite file beside the catalogue, with an R-tree over stretches of some seconds; each stretch holds its footprints twice a second.
It is made from recordings and can be made again from them, so the ledger does not know it.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import StoreFailure
from cathartes.model.samples import Floats, Swath

INDEX = "footprints.db"
STEP_S = 0.5
"""Footprints are kept this far apart: an interval is right to as much."""
STRETCH_S = 15.0
GAP_S = 2.0
"""Between footprints further apart than this the video was not looking, or did not say where."""
DEGREE = 1e7
"""Corners are kept as whole ten-millionths of a degree: a centimetre."""

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS recordings (id INTEGER PRIMARY KEY, digest TEXT UNIQUE, name TEXT);
CREATE TABLE IF NOT EXISTS pictures (digest TEXT PRIMARY KEY, rows REAL, columns REAL);
CREATE TABLE IF NOT EXISTS stretches (id INTEGER PRIMARY KEY, recording INTEGER, start_s REAL, end_s REAL, footprints BLOB);
CREATE VIRTUAL TABLE IF NOT EXISTS boxes USING rtree(id, west, east, south, north);
"""


@dataclass(frozen=True)
class Seen:
    """A stretch of time (seconds since 1970, UTC) in which a place was in view of one recording."""

    recording: str
    digest: str
    start_s: float
    end_s: float


class Footprints:
    """An open index; made by `Footprints.open`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator["Footprints"]:
        """The index of the workspace in `folder`, made if there is none. Raises `StoreFailure` where it cannot be."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(folder / INDEX)) as connection:
                connection.executescript(SCHEMA)
                yield cls(connection)
        except (OSError, sqlite3.DatabaseError) as problem:
            raise StoreFailure(f"the index of footprints in {folder} cannot be used: {problem}; remove {INDEX} and index again") from None

    def add(self, name: str, digest: str, utc_s: Floats, corners: Floats, picture: tuple[float, float] | None = None) -> int:
        """Adds a recording's footprints: times (n) and corners (n, 4, 2; longitude, latitude); returns how many stretches they made.

        `picture` is rows and columns of pictures that are searched for what moves; `None` for a video that is only looked up.
        Rows without a time or with a corner above the horizon are left out. A recording that is there already is replaced.
        """
        use = np.flatnonzero(np.isfinite(utc_s) & np.isfinite(corners).all(axis=(1, 2)))
        use = use[np.argsort(utc_s[use], kind="stable")]
        use = _thinned(use, utc_s[use])
        with self._db:
            recording = self._recording(name, digest)
            if picture is not None and np.isfinite(picture).all():
                self._db.execute("REPLACE INTO pictures VALUES (?, ?, ?)", (digest, *picture))
            parts = _stretches(utc_s[use])
            for part in parts:
                self._insert(recording, utc_s[use][part], _one_side(corners[use][part]))
        return len(parts)

    def seen(self, lon: float, lat: float, start_s: float = -np.inf, end_s: float = np.inf) -> list[Seen]:
        """Every interval in which the place was in view, in order of time, recording by recording."""
        held: dict[tuple[str, str], list[Floats]] = {}
        for name, digest, times, corners in self._candidates((lon, lat, lon, lat), start_s, end_s):
            inside = _holds(corners, lon, lat) | _holds(corners, lon + 360.0, lat)
            held.setdefault((name, digest), []).append(times[inside & (times >= start_s) & (times <= end_s)])
        found = [Seen(*key, *span) for key, times in held.items() for span in _spans(np.sort(np.concatenate(times)))]
        return sorted(found, key=lambda one: (one.start_s, one.recording))

    def over(self, west: float, south: float, east: float, north: float) -> list[Swath]:
        """What each recording had in view in stretches that come near a box of degrees."""
        held: dict[tuple[str, str], list[tuple[Floats, Floats]]] = {}
        for name, digest, times, corners in self._candidates((west, south, east, north), -np.inf, np.inf):
            held.setdefault((name, digest), []).append((times, corners))
        pictures = {digest: (rows, columns) for digest, rows, columns in self._db.execute("SELECT digest, rows, columns FROM pictures")}
        return [
            Swath(name, pictures.get(digest, (np.nan, np.nan)), *map(np.concatenate, zip(*parts, strict=True)))
            for (name, digest), parts in sorted(held.items())
        ]

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Whether the workspace in `folder` has an index."""
        return (folder / INDEX).is_file()

    def forget(self, digest: str) -> None:
        """Takes every footprint of a recording out of the file, not only out of sight."""
        with self._db:
            self._db.execute("PRAGMA secure_delete = ON")
            self._recording("", digest)
            for table in ("recordings", "pictures"):
                self._db.execute(f"DELETE FROM {table} WHERE digest = ?", (digest,))

    def _recording(self, name: str, digest: str) -> int:
        row = self._db.execute("SELECT id FROM recordings WHERE digest = ?", (digest,)).fetchone()
        if row is not None:
            self._db.execute("DELETE FROM boxes WHERE id IN (SELECT id FROM stretches WHERE recording = ?)", row)
            self._db.execute("DELETE FROM stretches WHERE recording = ?", row)
            return int(row[0])
        return int(self._db.execute("INSERT INTO recordings (digest, name) VALUES (?, ?)", (digest, name)).lastrowid or 0)

    def _insert(self, recording: int, times: Floats, corners: Floats) -> None:
        whole = np.column_stack((np.rint((times - times[0]) * 1e3), np.rint(corners.reshape(len(times), 8) * DEGREE))).astype(np.int64)
        values = (recording, float(times[0]), float(times[-1]), zlib.compress(whole.tobytes(), 1))
        stretch = self._db.execute("INSERT INTO stretches (recording, start_s, end_s, footprints) VALUES (?, ?, ?, ?)", values).lastrowid
        (west, south), (east, north) = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
        self._db.execute("INSERT INTO boxes VALUES (?, ?, ?, ?, ?)", (stretch, west, east, south, north))

    def _candidates(self, box: Box, start_s: float, end_s: float) -> Iterator[tuple[str, str, Floats, Floats]]:
        """Name, digest, times and corners of every stretch that comes near the box in that time."""
        query = """
            SELECT name, digest, start_s, footprints FROM boxes
            JOIN stretches ON stretches.id = boxes.id JOIN recordings ON recordings.id = recording
            WHERE west <= ?3 AND east >= ?1 AND south <= ?4 AND north >= ?2 AND end_s >= ?5 AND start_s <= ?6"""
        west, south, east, north = box
        for turn in (0.0, 360.0):
            bounds = (west + turn, south, east + turn, north, start_s, end_s)
            for name, digest, first, packed in self._db.execute(query, bounds).fetchall():
                rows = np.frombuffer(zlib.decompress(packed), np.int64).reshape(-1, 9)
                yield name, digest, first + rows[:, 0] / 1e3, rows[:, 1:].reshape(-1, 4, 2) / DEGREE


def _thinned(rows: NDArray[np.intp], times: Floats) -> NDArray[np.intp]:
    """One row for every `STEP_S`, the first of each."""
    if not len(rows):
        return rows
    steps = np.floor((times - times[0]) / STEP_S + 1e-6)
    return rows[np.flatnonzero(np.diff(steps, prepend=steps[0] - 1) > 0)]


def _stretches(times: Floats) -> list[slice]:
    """Runs of rows without a gap, none longer than `STRETCH_S`."""
    if not len(times):
        return []
    gaps = np.diff(times) > GAP_S
    run = np.concatenate(([0], np.cumsum(gaps)))
    begin = np.array([times[np.searchsorted(run, number)] for number in range(int(run[-1]) + 1)])
    part = np.floor((times - begin[run]) / STRETCH_S)
    edges = np.flatnonzero((np.diff(run) != 0) | (np.diff(part) != 0)) + 1
    bounds = [0, *edges.tolist(), len(times)]
    return [slice(first, last) for first, last in pairwise(bounds)]


def _one_side(corners: Floats) -> Floats:
    """Longitudes that run over the 180th meridian as numbers above 180, so that a box holds them."""
    if np.ptp(corners[..., 0]) <= 180.0:
        return corners
    east = corners.copy()
    east[..., 0] = np.where(east[..., 0] < 0, east[..., 0] + 360.0, east[..., 0])
    return east


def _holds(corners: Floats, lon: float, lat: float) -> NDArray[np.bool_]:
    """Whether four-sided footprints (n, 4, 2), convex and in either order, hold the place."""
    here, following = corners, np.roll(corners, -1, axis=1)
    side = (following[..., 0] - here[..., 0]) * (lat - here[..., 1]) - (following[..., 1] - here[..., 1]) * (lon - here[..., 0])
    return np.asarray((side >= 0).all(axis=1) | (side <= 0).all(axis=1))


def _spans(times: Floats) -> list[tuple[float, float]]:
    """First and last time of every run; neighbours closer than `GAP_S` belong together."""
    if not len(times):
        return []
    cuts = np.flatnonzero(np.diff(times) > GAP_S)
    return [(float(times[first]), float(times[last])) for first, last in zip([0, *(cuts + 1)], [*cuts, len(times) - 1], strict=True)]
