"""The search area of a flight as a region on the ground, and how a source's draws lie in it.

How sources are sought there is for `locate`; what follows from draws that pile up at its edge is in `assess.hypotheses`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from shapely import contains_xy
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from cathartes.earth.frame import LocalFrame
from cathartes.model import Coverage, Flight, Frame, Place, PointSource, Region
from cathartes.model.place import Point, Ring
from cathartes.model.samples import Floats


def search_region(flight: Flight, coverage: Sequence[Coverage]) -> Region | None:
    """The area that was searched: as `flight.toml` says, else the outline of the coverage grids; `None` where neither is known."""
    ring = _stated(flight) or _outline(coverage)
    if ring is None:
        return None
    frame = flight.frame.kind
    closed = ring if ring[0] == ring[-1] else (*ring, ring[0])
    return Region(((closed,),), frame, 1.0, float(on_ground(closed, LocalFrame(frame, closed[0])).area))


def _stated(flight: Flight) -> Ring | None:
    """The polygon or the square of `[search]`; a geographic square without a centre is stated nowhere."""
    search, frame = flight.search, flight.frame.kind
    if search is None:
        return None
    if search.half_width_m is None:
        return search.polygon
    if search.centre is None and frame is Frame.WGS84:
        return None
    return _square(search.centre or (0.0, 0.0), search.half_width_m, frame)


def _square(centre: Point, half_width_m: float, frame: Frame) -> Ring:
    local = LocalFrame(frame, centre)
    east0, north0 = local.metres(np.array([centre[0]]), np.array([centre[1]]))
    east = east0 + half_width_m * np.array([-1, 1, 1, -1])
    north = north0 + half_width_m * np.array([-1, -1, 1, 1])
    x, y = local.back(east, north)
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def _outline(coverage: Sequence[Coverage]) -> Ring | None:
    """The first grid's outline: every grid of a flight covers the search area."""
    if not coverage:
        return None
    grid = coverage[0]
    local = LocalFrame(grid.frame, grid.origin)
    east0, north0 = local.metres(np.array([grid.origin[0]]), np.array([grid.origin[1]]))
    width, height = grid.columns * grid.step_m, grid.rows * grid.step_m
    x, y = local.back(east0 + np.array([0, width, width, 0]), north0 + np.array([0, 0, height, height]))
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def on_ground(ring: Ring, local: LocalFrame) -> Polygon:
    """The ring as a polygon in metres of `local`."""
    x, y = np.asarray(ring, dtype=np.float64).T
    return Polygon(np.column_stack(local.metres(x, y)))


def around(place: Place) -> LocalFrame:
    """Metres about a place, in the place's frame."""
    return LocalFrame(place.frame, (place.x, place.y))


def inside(points: Sequence[PointSource], shape: BaseGeometry, local: LocalFrame) -> NDArray[np.bool_]:
    """Which of the points lie in a shape given in metres of `local`."""
    east, north = local.metres(_column(points, "x"), _column(points, "y"))
    return np.asarray(contains_xy(shape, east, north), dtype=np.bool_)


def _column(points: Sequence[PointSource], name: str) -> Floats:
    return np.array([getattr(point, name) for point in points], dtype=np.float64)
