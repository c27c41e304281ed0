"""Where sources are sought, in metres; and where to look when nobody said where: around the instruments, as far as they reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from shapely import contains_xy
from shapely.geometry import Polygon

from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.model import Flight, Frame, GasLog, Search
from cathartes.model.samples import Floats

REACH = 0.75
"""Half width of the assumed area as a share of the instruments' widest extent: what lies further was hardly ever upwind."""

LEAST_HALF_WIDTH_M = 100.0


def search_around(logs: Sequence[GasLog]) -> Search:
    """A square about everything the instruments passed, marked as assumed, at least 200 m wide. `logs` share one frame."""
    ends = np.vstack([end[:, :2] for log in logs for end in (log.start, log.end)])
    ends = ends[np.isfinite(ends).all(axis=1)]
    centre = (float(np.ptp(ends[:, 0]) / 2 + ends[:, 0].min()), float(np.ptp(ends[:, 1]) / 2 + ends[:, 1].min()))
    x_m, y_m = LocalFrame(logs[0].frame, centre).metres(ends[:, 0], ends[:, 1])
    half_width_m = max(LEAST_HALF_WIDTH_M, REACH * float(max(np.ptp(x_m), np.ptp(y_m))))
    return Search(half_width_m=half_width_m, centre=centre, is_assumed=True)


def search_box(flight: Flight) -> tuple[LocalFrame, tuple[float, float, float, float]]:
    """A local frame about the search area, and the area's west, south, east and north in it (m); of a polygon (see
    `search_area`) the bounding box.

    Raises `BadInput` where no area is stated, or a square on the globe has no centre.
    """
    search = flight.search
    if search is None:
        raise BadInput("flight.toml has no [search]; give half_width_m (and centre) or a polygon, so that it is known where to look")
    if search.polygon is None and search.centre is None and flight.frame.kind is Frame.WGS84:
        raise BadInput("[search] half_width_m in a geographic frame needs centre = [longitude, latitude]")
    points = np.array(search.polygon if search.polygon is not None else [search.centre or (0.0, 0.0)])
    middle = points.mean(axis=0)
    frame = LocalFrame(flight.frame.kind, (float(middle[0]), float(middle[1])))
    x, y = frame.metres(points[:, 0], points[:, 1])
    half = search.half_width_m or 0.0
    return frame, (float(x.min()) - half, float(y.min()) - half, float(x.max()) + half, float(y.max()) + half)


@dataclass(frozen=True, eq=False)
class SearchArea:
    """A polygon in metres, cut into strips at the northings of its corners: in each strip its sides are straight.

    `south`, `north` and `below` (area further south, m2) per strip; `sides` strips x crossings x 2: where the polygon's sides
    cross the strip's southern and northern edge, in pairs from the west, a missing pair being two equal sides.
    """

    corners: tuple[tuple[float, float], ...]
    south: Floats
    north: Floats
    below: Floats
    sides: Floats
    area_m2: float

    def points(self, across: Floats, up: Floats) -> tuple[Floats, Floats]:
        """Points (x, y) of the polygon for numbers between 0 and 1: uniform by area where these are uniform.

        `up` picks the share of the area that lies further south, `across` the share of the line through the polygon there that
        lies further west. Both are inverted exactly, without a draw that has to be thrown away.
        """
        wanted = up * self.area_m2
        strip = np.clip(np.searchsorted(self.below, wanted, side="right") - 1, 0, len(self.below) - 1)
        height, sides = (self.north - self.south)[strip], self.sides[strip]
        southern, northern = ((sides[:, 1::2, end] - sides[:, ::2, end]).sum(axis=1) for end in (0, 1))
        # The area below a share s of the strip is height (southern s + (northern - southern) s^2 / 2); this root has no 0/0.
        part = 2.0 * (wanted - self.below[strip]) / height
        root = np.sqrt(np.maximum(southern**2 + (northern - southern) * part, 0.0))
        share = np.clip(part / np.maximum(southern + root, 1e-300), 0.0, 1.0)
        return self._across(sides, share, across), self.south[strip] + share * height

    def _across(self, sides: Floats, share: Floats, across: Floats) -> Floats:
        line = (1.0 - share)[:, None] * sides[:, :, 0] + share[:, None] * sides[:, :, 1]
        width = line[:, 1::2] - line[:, ::2]
        passed = np.cumsum(width, axis=1)
        left = across * passed[:, -1]
        pair = np.minimum((passed < left[:, None]).sum(axis=1), width.shape[1] - 1)
        rows = np.arange(len(pair))
        return np.asarray(line[rows, 2 * pair] + left - (passed - width)[rows, pair])

    def holds(self, points: Floats) -> NDArray[np.bool_]:
        """Which of the points (n x 2, m) lie inside."""
        return np.asarray(contains_xy(Polygon(self.corners), points[:, 0], points[:, 1]), dtype=np.bool_)


def search_area(flight: Flight, frame: LocalFrame) -> SearchArea | None:
    """The polygon that is searched, in metres of `frame`; `None` where the area is a square.

    Raises `BadInput` for a polygon that crosses itself.
    """
    if flight.search is None or flight.search.polygon is None:
        return None
    x, y = frame.metres(*np.array(flight.search.polygon, dtype=np.float64).T)
    corners = tuple(zip(x.tolist(), y.tolist(), strict=True))
    polygon = Polygon(corners)
    if not polygon.is_valid or not polygon.area > 0.0:
        raise BadInput("[search] polygon crosses itself or encloses nothing; give its corners in order, round the area")
    levels = np.unique(y)
    sides = [_sides(corners, south, north) for south, north in pairwise(levels)]
    most = max(len(side) for side in sides)
    filled = np.array([np.concatenate([side, np.repeat(side[-1:], most - len(side), axis=0)]) for side in sides])
    width = (filled[:, 1::2] - filled[:, ::2]).sum(axis=1).mean(axis=1)
    below = np.cumsum(width * np.diff(levels))
    return SearchArea(corners, levels[:-1], levels[1:], np.concatenate(([0.0], below[:-1])), filled, float(below[-1]))


def _sides(corners: tuple[tuple[float, float], ...], south: float, north: float) -> Floats:
    """Where the polygon's sides cross the southern and northern edge of a strip without corners inside (crossings x 2, from the west)."""
    found = []
    for (x1, y1), (x2, y2) in pairwise((*corners, corners[0])):
        if min(y1, y2) <= south and max(y1, y2) >= north:
            found.append([x1 + (x2 - x1) * (edge - y1) / (y2 - y1) for edge in (south, north)])
    return np.array(sorted(found, key=sum))
