"""Where sources are sought, in metres; and where to look when nobody said where: around the instruments, as far as they reached."""

from collections.abc import Sequence

import numpy as np

from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.model import Flight, Frame, GasLog, Search

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
    """A local frame about the search area, and the area's west, south, east and north in it (m); a polygon's bounding box.

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
