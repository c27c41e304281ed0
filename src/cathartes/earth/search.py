"""Where to look when nobody said where: around the instruments, in proportion to how far they reached."""

from collections.abc import Sequence

import numpy as np

from cathartes.earth.frame import LocalFrame
from cathartes.model import GasLog, Search

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
