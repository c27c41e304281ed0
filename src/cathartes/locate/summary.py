"""From weighted draws to what is reported: best point, regions of highest density as polygons, rate with its interval.

Works in local metres; `plume` turns the result back into the flight's frame. No likelihood and no sampling here.
"""

from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator
from scipy.ndimage import gaussian_filter
from shapely import make_valid
from shapely.geometry import MultiPolygon, Polygon

from cathartes.earth.frame import LocalFrame
from cathartes.model import Grid, GridQuantity
from cathartes.model.place import Ring
from cathartes.model.samples import Floats

CELLS = 160
MAP_CELLS = 96
SMALLEST_WIDTH_M = 0.5


@dataclass(frozen=True, eq=False)
class Density:
    """Probability per cell of a grid (rows from the south), cell centres in metres."""

    x: Floats
    y: Floats
    mass: Floats


def density_of(points: Floats) -> Density:
    """Smoothed probability of equally weighted points (n x 2, metres) on a grid that holds them all.

    A Gaussian kernel as wide as Silverman's rule for two dimensions (n^(-1/6)) about the 16-84 % half range of each axis,
    so that one far draw does not blur the rest.
    """
    width = kernel_width(points)
    low, high = np.quantile(points, 0.002, axis=0) - 4.0 * width, np.quantile(points, 0.998, axis=0) + 4.0 * width
    edges = [np.linspace(low[k], high[k], CELLS + 1) for k in (0, 1)]
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=(edges[0], edges[1]))
    cell = (high - low) / CELLS
    mass = gaussian_filter(counts, tuple(width / cell), mode="constant").T
    centres = [0.5 * (edge[1:] + edge[:-1]) for edge in edges]
    return Density(centres[0], centres[1], mass / mass.sum())


def cells_of(points: Floats, box: tuple[float, float, float, float]) -> Floats:
    """Number of points (n x 2, metres) per cell of a grid that fills `box`, smoothed like `density_of`, rows from the south."""
    west, south, east, north = box
    edges = np.linspace(west, east, MAP_CELLS + 1), np.linspace(south, north, MAP_CELLS + 1)
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], bins=edges)
    if not len(points):
        return counts.T
    width = np.maximum(kernel_width(points) / np.array([east - west, north - south]) * MAP_CELLS, 0.5)
    return np.asarray(gaussian_filter(counts, tuple(width), mode="reflect").T)


def kernel_width(points: Floats) -> Floats:
    """Width of the Gaussian kernel on each axis (m): Silverman's rule about the 16-84 % half range."""
    half = 0.5 * (np.quantile(points, 0.84, axis=0) - np.quantile(points, 0.16, axis=0))
    return np.asarray(np.maximum(half * len(points) ** (-1.0 / 6.0), SMALLEST_WIDTH_M / 2.0))


def grid_of(frame: LocalFrame, box: tuple[float, float, float, float], quantity: GridQuantity, cells: Floats) -> Grid:
    """A grid in the flight's frame of `cells` (rows from the south) that fill `box` (metres)."""
    x, y = frame.back(np.array([box[0], box[2]]), np.array([box[1], box[3]]))
    step = (float(x[1] - x[0]) / cells.shape[1], float(y[1] - y[0]) / cells.shape[0])
    return Grid.of(quantity, frame.frame, (float(x[0]), float(y[0])), step, cells)


def best_point(density: Density) -> tuple[float, float]:
    """The most probable place: centre of mass of the densest part, the smallest that holds a quarter of the probability."""
    inside = np.where(density.mass >= level_of(density, 0.25), density.mass, 0.0)
    total = inside.sum()
    return float((inside.sum(axis=0) @ density.x) / total), float((inside.sum(axis=1) @ density.y) / total)


def level_of(density: Density, level: float) -> float:
    """The density whose superlevel set is the smallest that holds `level` of the probability."""
    ranked = np.sort(density.mass, axis=None)[::-1]
    return float(ranked[np.searchsorted(np.cumsum(ranked), level)])


def region_of(density: Density, level: float) -> tuple[tuple[Ring, ...], ...]:
    """Polygons (outer ring, then holes, closed, in metres) that together hold `level` of the probability."""
    padded = np.pad(density.mass, 1)
    step_x, step_y = density.x[1] - density.x[0], density.y[1] - density.y[0]
    x = np.concatenate(([density.x[0] - step_x], density.x, [density.x[-1] + step_x]))
    y = np.concatenate(([density.y[0] - step_y], density.y, [density.y[-1] + step_y]))
    lines = contour_generator(x, y, padded).lines(level_of(density, level))
    return polygons_of([np.asarray(line) for line in lines if len(line) > 3])


def polygons_of(lines: list[Floats]) -> tuple[tuple[Ring, ...], ...]:
    """Closed lines as polygons, a line inside another being its hole; largest polygon first."""
    area: Polygon | MultiPolygon = Polygon()
    for line in sorted(lines, key=lambda ring: -Polygon(ring).area):
        area = area.symmetric_difference(make_valid(Polygon(line)))
    parts = sorted((part for part in getattr(area, "geoms", [area]) if part.geom_type == "Polygon"), key=lambda part: -part.area)
    return tuple(tuple(_closed(ring.coords) for ring in (part.exterior, *part.interiors)) for part in parts if part.area > 0)


def _closed(coordinates: object) -> Ring:
    return tuple((float(x), float(y)) for x, y in np.asarray(coordinates)[:, :2])


def area_of(polygons: tuple[tuple[Ring, ...], ...]) -> float:
    """Area in square metres of polygons in metres."""
    return float(sum(Polygon(rings[0], rings[1:]).area for rings in polygons))
