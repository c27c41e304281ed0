"""Twelve nautical miles of sea built from land, for boundary files that hold none: an approximation, and labelled as one.

The buffer is drawn in metres on the ellipsoid, a degree of coast at a time; between two states in one file runs the median line
(equidistance, UNCLOS article 15). Straight baselines, historic bays and treaty lines are laws, not geometry: they are not in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import ceil, floor

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from cathartes.earth.borderline import Borderline
from cathartes.earth.boundary import Boundary, edges_of, with_stretches
from cathartes.earth.frame import LocalFrame
from cathartes.model import Frame

TWELVE_MILES_M = 12 * 1852.0
COAST_POINT_M = 500.0
LIMIT_POINT_M = 2000.0
LINES = ("land border", "12 nautical miles", "median line")
CELL_DEG = 1
OVERLAP_DEG = 0.001
ARC_SEGMENTS = 64
"""Per quarter of a circle: the polygon stays within 2 m of the arc."""

SEA_ERROR_M, MEDIAN_ERROR_M = 3_400.0, 1_100.0
"""Beside the error of the land: what brings the limit built from Natural Earth 1:10 million to its 95 % distance from Mexico's mapped
one, 5.1 km, outside the Gulf of California, and the median lines to theirs, 2.8 km. Within the Gulf, which straight baselines close,
the limit is off by up to 190 km."""

ON_LAND_M, EQUIDISTANT_M = 5.0, 3 * COAST_POINT_M
SLIVER_DEG2 = 1e-9


def with_sea(boundary: Boundary, others: Mapping[str, BaseGeometry]) -> Boundary:
    """The boundary of a land area with its territorial sea built on; `others` is the land of the other states in the file."""
    reach = buffered(boundary.area)
    foreign = shapely.union_all(list(others.values())) if others else shapely.MultiPolygon()
    near = shapely.intersection(foreign, reach)
    sea = shapely.difference(reach, shapely.union(boundary.area, near))
    if not near.is_empty:
        contested = shapely.intersection(sea, buffered(near))
        ours = [nearer_part(part, boundary.area, near) for part in polygons(contested)]
        sea = shapely.union_all([shapely.difference(sea, contested), *ours])
    against = ", ".join(sorted(others)) or "no neighbour"
    label = f"12 nautical miles from the drawn land, median line against {against}; no straight baselines, no treaty lines"
    area = shapely.MultiPolygon([without_slivers(part) for part in polygons(shapely.union(boundary.area, sea))])
    built = replace(boundary, area=area, has_sea=True, approximation=label)
    errors_m = (boundary.error_m, boundary.error_m + SEA_ERROR_M, boundary.error_m + MEDIAN_ERROR_M)
    return with_stretches(built, list(zip(LINES, errors_m, strict=True)), line_kinds(area, boundary, near))


def line_kinds(area: shapely.MultiPolygon, land: Boundary, foreign: BaseGeometry) -> NDArray[np.intp]:
    """Which of `LINES` each edge of the built area is: on the drawn land, as near to the foreign land as to ours, or neither."""
    middle = np.mean(edges_of(area), axis=0)
    own_m = Borderline(land).nearest(*middle.T).metres
    kind = np.where(own_m < ON_LAND_M, 0, 1)
    if not foreign.is_empty:
        other = Borderline(replace(land, area=shapely.MultiPolygon(list(polygons(foreign)))))
        kind[(kind == 1) & (np.abs(own_m - other.nearest(*middle.T).metres) < EQUIDISTANT_M)] = 2
    return kind


def without_slivers(area: shapely.Polygon) -> shapely.Polygon:
    """The polygon without the holes of no width that rounding leaves between land and sea."""
    return shapely.Polygon(area.exterior, [ring for ring in area.interiors if shapely.Polygon(ring).area > SLIVER_DEG2])


def polygons(area: BaseGeometry) -> Iterator[shapely.Polygon]:
    """The polygons of any geometry; lines and points that an overlay leaves behind are not area."""
    return (part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and part.area > 0)


def buffered(land: BaseGeometry) -> BaseGeometry:
    """The land and everything within twelve nautical miles of its edge."""
    edge = shapely.boundary(land)
    west, south, east, north = land.bounds
    strips = [
        around(degree_of(edge, corner), corner) for corner in product(range(floor(west), ceil(east)), range(floor(south), ceil(north)))
    ]
    return shapely.union_all([land, *strips])


def degree_of(edge: BaseGeometry, corner: tuple[int, int]) -> BaseGeometry:
    """The coast of one cell; the cells overlap, because a clip drops a line that runs along its own edge."""
    lon, lat = corner
    return shapely.clip_by_rect(edge, lon - OVERLAP_DEG, lat - OVERLAP_DEG, lon + CELL_DEG + OVERLAP_DEG, lat + CELL_DEG + OVERLAP_DEG)


def around(edge: BaseGeometry, corner: tuple[int, int]) -> BaseGeometry:
    """What lies within twelve nautical miles of a degree's worth of coast."""
    if edge.is_empty:
        return edge
    plane = LocalFrame(Frame.WGS84, (corner[0] + CELL_DEG / 2, corner[1] + CELL_DEG / 2))
    wide = shapely.buffer(shapely.transform(edge, plane.metres, interleaved=False), TWELVE_MILES_M, quad_segs=ARC_SEGMENTS)
    return shapely.transform(shapely.segmentize(wide, LIMIT_POINT_M), plane.back, interleaved=False)


def nearer_part(contested: shapely.Polygon, ours: BaseGeometry, theirs: BaseGeometry) -> BaseGeometry:
    """The part of a piece of sea that is nearer to our land than to theirs, by the Voronoi cells of points along both coasts."""
    centre = contested.centroid
    plane = LocalFrame(Frame.WGS84, (centre.x, centre.y))
    # Edges that are straight in degrees are bent here, so slivers along the coast may cross themselves.
    piece = shapely.make_valid(shapely.transform(contested, plane.metres, interleaved=False))
    near = shapely.buffer(piece, 1.1 * TWELVE_MILES_M)
    coasts = [
        shapely.intersection(near, shapely.transform(shapely.boundary(land), plane.metres, interleaved=False)) for land in (ours, theirs)
    ]
    listed = [shapely.get_coordinates(shapely.segmentize(coast, COAST_POINT_M)).round(2).tolist() for coast in coasts]
    points = [dict.fromkeys(map(tuple, each)) for each in listed]
    # The land border is the coast of neither; left in, its points would be two sites of one cell.
    own, other = ([point for point in one if point not in two] for one, two in (points, points[::-1]))
    if not (own and other):
        return contested if own else shapely.Polygon()
    cells = shapely.voronoi_polygons(shapely.MultiPoint([*own, *other]), extend_to=near, ordered=True)
    mine = shapely.union_all(shapely.get_parts(cells)[: len(own)])
    return shapely.transform(shapely.intersection(piece, mine), plane.back, interleaved=False)
