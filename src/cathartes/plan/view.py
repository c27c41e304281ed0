"""Was this area in view of a camera, and how finely? The four answers of `plan.coverage`, by the swaths that videos had in view.

A place counts by the finest look at it over all flights. Whether anything would have been noticed at that fineness depends on what was
sought; how large a picture element was on the ground does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from rasterio import Affine
from rasterio.features import rasterize
from shapely.geometry import Polygon

from cathartes.earth.geodesy import geodesic_m
from cathartes.model import Grid, GridQuantity, Swath
from cathartes.model.place import Ring
from cathartes.model.samples import Floats
from cathartes.plan.coverage import CELLS, MOST, Answer, answer_of, as_grid, cells_over, inside_of

GAP_S = 2.0
"""Looks further apart in time are two."""


@dataclass(frozen=True)
class Look:
    """A stretch of time (seconds since 1970, UTC) in which some of the area was in view of one recording."""

    recording: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class ViewCoverage:
    """The answer for one area over several videos.

    In most of the area a picture element that was searched spanned at most `down_to_m` on the ground, along its longer side; `None`
    where that does not hold for most of it. `not_looked` is a share of the area. The map has those metres for each place.
    """

    answer: Answer
    down_to_m: float | None
    found: tuple[str, ...]
    looks: tuple[Look, ...]
    not_looked: float
    maps: tuple[Grid, ...]


def view_coverage(area: Ring, swaths: Sequence[Swath], sightings: Sequence[tuple[str, float, float]]) -> ViewCoverage:
    """The answer for `area` (WGS 84 degrees); `sightings` are what was seen to move: a name, longitude and latitude."""
    x, y, step_x, step_y = cells_over(area)
    inside = inside_of(area, x, y)
    finest_m = finest(swaths, x, y, step_x, step_y)
    finest_m[~inside] = np.nan
    not_looked = float(np.mean(np.isnan(finest_m[inside])))
    most_m = float(np.quantile(np.where(np.isnan(finest_m[inside]), np.inf, finest_m[inside]), MOST, method="higher"))
    down_to_m = most_m if np.isfinite(most_m) else None
    found = tuple(name for name, lon, lat in sightings if shapely.contains_xy(Polygon(area), lon, lat))
    grid = as_grid(np.where(np.isinf(finest_m), np.nan, finest_m), x, y, step_x, step_y, GridQuantity.ELEMENT_M)
    looks = tuple(look for swath in swaths for look in looks_at(area, swath))
    return ViewCoverage(answer_of(found, not_looked, down_to_m), down_to_m, found, looks, not_looked, (grid,))


def finest(swaths: Sequence[Swath], x: Floats, y: Floats, step_x: float, step_y: float) -> Floats:
    """The smallest picture element that had each cell's centre in view: metres, infinite where none was searched, NaN where none was."""
    sizes_m = [element_m(swath) for swath in swaths]
    shapes = [
        shape for swath, size in zip(swaths, sizes_m, strict=True) for shape in zip(shapely.polygons(swath.corners), size, strict=True)
    ]
    if not shapes:
        return np.full(x.shape, np.nan)
    # What is burnt last stays: the finest.
    shapes.sort(key=lambda shape: -shape[1])
    from_north_west = Affine(step_x, 0.0, x[0, 0] - step_x / 2, 0.0, -step_y, y[-1, 0] + step_y / 2)
    return np.asarray(rasterize(shapes, (CELLS, CELLS), fill=np.nan, transform=from_north_west, dtype="float64"))[::-1].copy()


def element_m(swath: Swath) -> Floats:
    """How many metres a picture element spans on the ground, by the longest side of each footprint for its number of elements."""
    after = np.roll(swath.corners, -1, axis=1)
    sides_m = geodesic_m(*np.moveaxis(swath.corners, 2, 0), *np.moveaxis(after, 2, 0))
    rows, columns = swath.picture
    sizes_m: Floats = (sides_m / np.array([columns, rows, columns, rows])).max(axis=1)
    return np.where(np.isnan(sizes_m), np.inf, sizes_m)


def looks_at(area: Ring, swath: Swath) -> list[Look]:
    """When some of the area was in view."""
    at = np.sort(swath.utc_s[shapely.intersects(shapely.polygons(swath.corners), Polygon(area))])
    return [
        Look(swath.recording, float(look[0]), float(look[-1]))
        for look in np.split(at, np.flatnonzero(np.diff(at) > GAP_S) + 1)
        if len(look)
    ]
