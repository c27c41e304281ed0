"""Where a cube looked for a gas, on a grid on the ground, and down to what rate: that a cube shows nothing is a result too."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

import cathartes
from cathartes.detect.plumes import LEVEL, Breeze, least_rate
from cathartes.earth.frame import LocalFrame
from cathartes.earth.signatures import Signature
from cathartes.messages import percent
from cathartes.model import Coverage, Cube, Custody, Frame, Markings, Reading, Sought, Span, Statement, identifier
from cathartes.model.cube import Seen
from cathartes.model.samples import Floats

CELLS = 40
SAMPLED = 400
"""At most so many lines and columns are placed on the ground: a cell gets some ten by ten of them."""

SHARE_LOOKED = 0.5
"""A cell counts as looked at where this share of its pixels was."""


def coverage_of(reading: Reading, cube: Cube, sought: Sought, gas: Signature, breeze: Breeze, markings: Markings, method: str) -> Coverage:
    """The smallest steady rate that would have been noticed in each cell: the worst of its pixels. The cube must lie on the globe."""
    lon, lat, limit = _placed(cube, sought)
    frame = LocalFrame(Frame.WGS84, (float(lon.mean()), float(lat.mean())))
    east, north = frame.metres(lon, lat)
    west, south = float(east.min()), float(north.min())
    step = max(float(np.ptp(east)), float(np.ptp(north))) / CELLS
    columns, rows = (int(np.ptp(side) / step) + 1 for side in (east, north))
    cell = ((north - south) / step).astype(int) * columns + ((east - west) / step).astype(int)
    limits = tuple(
        None if np.isnan(worst) else least_rate(float(worst), gas, cube.pixel_m, breeze) for worst in worst_of(limit, cell, columns * rows)
    )
    notes = (Statement("coverage.steady-ground-source", {"level": LEVEL}), *_blindness(sought))
    (x,), (y,) = frame.back(np.array([west]), np.array([south]))
    recording = reading.recording
    custody = Custody((recording.digest,), method, cathartes.__version__)
    return Coverage(
        identifier("coverage", (recording.id, gas.key, method, custody.version)), recording.id, gas.key, Frame.WGS84, (float(x), float(y)),
        step, columns, rows, limits, LEVEL, (Span(0.0, 0.0, cube.taken),), (), notes, custody, markings,
    )  # fmt: skip


def spread_over(cube: Cube) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Evenly spread lines and columns."""
    line, column = (np.unique(np.linspace(0, size - 1, min(size, SAMPLED)).astype(int)) for size in (cube.lines, cube.columns))
    return line, column


def _placed(cube: Cube, sought: Sought) -> tuple[Floats, Floats, Floats]:
    """Longitude, latitude and limit (ppm m) of the evenly spread pixels that have a place."""
    assert cube.ground is not None
    at_line, at_column = (part.ravel() for part in np.meshgrid(*spread_over(cube), indexing="ij"))
    lon, lat = cube.ground(np.asarray(at_line + 0.5, np.float64), np.asarray(at_column + 0.5, np.float64))
    placed = np.isfinite(lon) & np.isfinite(lat)
    return lon[placed], lat[placed], sought.limit.ravel()[placed].astype(np.float64)


def _blindness(sought: Sought) -> Iterator[Statement]:
    """What share of the pixels could not be looked at for want of contrast: nothing is known there, however warm the rest."""
    share = sought.pixels[Seen.NO_CONTRAST] / max(sum(sought.pixels.values()), 1)
    if share:
        yield Statement("coverage.no-contrast", {"percent": percent(share)})


def worst_of(limit: Floats, cell: NDArray[np.int64], cells: int) -> Floats:
    """The largest limit of each cell; NaN where fewer than half of its pixels were looked at, or it has none."""
    worst = np.full(cells, -np.inf)
    looked = np.isfinite(limit)
    np.maximum.at(worst, cell[looked], limit[looked])
    enough = np.bincount(cell[looked], minlength=cells) > SHARE_LOOKED * np.bincount(cell, minlength=cells)
    return np.where(enough, worst, np.nan)
