"""Taking a file in: opened once, hashed as it streams, and written up as the noun `Recording` with custody and footprint."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Custody, Flight, Frame, Instant, Recording, Region, Span, Statement, identifier
from cathartes.model.place import Ring
from cathartes.model.samples import Floats

HEAD_BYTES = 64 * 1024
"""How much of a file a reader sees before it says whether the file is its own."""

SIZE_LIMIT = 512 * 1024 * 1024
"""Largest file that is read as a whole, in bytes. A gas log this long holds some five million samples."""


@contextmanager
def opened(path: Path, limit: int = SIZE_LIMIT) -> Iterator[tuple[BinaryIO, str]]:
    """The file, at its start, and its SHA-256. Raises `BadInput` where it cannot be read or holds more than `limit` bytes."""
    try:
        with path.open("rb") as file:
            if (size := path.stat().st_size) > limit:
                raise BadInput(f"{path.name} has {size} bytes; at most {limit} are read, so split it")
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            yield file, digest
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror or problem}") from None


def write_up(
    path: Path,
    flight: Flight,
    custody: Custody,
    kind: str,
    samples: int,
    health: tuple[Statement, ...],
    span: Span | None = None,
    footprint: Region | None = None,
    parts: tuple[str, ...] = (),
) -> Recording:
    """The noun for a file that was read: `custody` holds the file's digest, the reader's module and its version.

    The recording carries the flight's marking, and in its custody the time of its own first sample; `parts` names the files beside
    it that belong to it.
    """
    digest, taken = custody.inputs[0], replace(custody, at=_first_instant(span))
    name = identifier("recording", [flight.id, path.name, digest])
    return Recording(
        name, flight.id, path.name, kind, digest, custody.method, samples, span, footprint, health, taken, flight.marking,
        parts,
    )  # fmt: skip


def _first_instant(span: Span | None) -> Instant | None:
    if span is None or span.zero is None:
        return None
    # Whole microseconds: the finest step a recording's clock is kept in.
    return Instant(span.zero.utc + timedelta(microseconds=round(span.start_s * 1e6)), span.zero.clock)


def footprint(x: Floats, y: Floats, frame: Frame) -> Region | None:
    """The convex hull of all finite positions; two hulls where they lie on both sides of the 180th meridian. `None` for none.

    It holds every position, so its level is 1. A line or a single point gives a ring without area.
    """
    points = np.column_stack((x, y))[np.isfinite(x) & np.isfinite(y)]
    if not len(points):
        return None
    across = frame is Frame.WGS84 and np.ptp(points[:, 0]) > 180
    sides = [points[points[:, 0] < 0], points[points[:, 0] >= 0]] if across else [points]
    rings = [_hull(side) for side in sides]
    return Region(tuple((ring,) for ring in rings), frame, 1.0, sum(_area_m2(ring, frame) for ring in rings))


def _hull(points: Floats) -> Ring:
    # shapely and pyproj cost 0.1 s to import, and `cathartes --help` reads no file.
    import shapely

    # One line through all points has their hull, and is made a hundred times faster than as many points.
    hull = shapely.linestrings(np.vstack((points, points[:1]))).convex_hull
    corners = list(hull.exterior.coords) if hull.geom_type == "Polygon" else [*hull.coords, *reversed(hull.coords)]
    corners += [corners[-1]] * (4 - len(corners))
    return tuple((float(x), float(y)) for x, y in corners)


def _area_m2(ring: Ring, frame: Frame) -> float:
    from shapely import Polygon

    if frame is Frame.LOCAL:
        return float(Polygon(ring).area)
    from pyproj import Geod

    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(Polygon(ring))
    return abs(float(area))
