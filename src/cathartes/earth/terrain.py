"""The height of the ground under a point, from a grid of heights: what turns heights above the sea into heights above ground.

Files are read in `readers.height_grid`. What hills do to the wind is not modelled here.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from cathartes.model.samples import Floats

if TYPE_CHECKING:
    from pyproj import Transformer


@dataclass(frozen=True, eq=False)
class Ground:
    """Heights above mean sea level (rows x columns, metres; NaN where unknown) at the crossings of a regular net.

    `to_cell` (a, b, c, d, e, f) gives a point's column a x + b y + c and row d x + e y + f, counted from 0. `crs` is the
    reference system of x, y as WKT; `None` where they are the metres of the flight's local frame.
    """

    height_m: Floats
    to_cell: tuple[float, float, float, float, float, float]
    crs: str | None = None

    def under(self, x: Floats, y: Floats) -> Floats:
        """Height of the ground (m) under points of the flight's frame: metres, or longitude and latitude where there is a `crs`.

        Bilinear between the four nearest heights; NaN outside the net and where one of the four is unknown.
        """
        if self.crs is not None:
            x, y = _onto(self.crs).transform(x, y)
        a, b, c, d, e, f = self.to_cell
        return self._between(a * x + b * y + c, d * x + e * y + f)

    def step_m(self) -> float:
        """Side of the net's smaller cells in metres; a net in degrees counts as one at the equator."""
        a, b, _, d, e, _ = self.to_cell
        per_column, per_row = np.hypot(a, d), np.hypot(b, e)
        step = 1.0 / float(max(per_column, per_row))
        return step * 111_320.0 if self.crs is not None and _is_geographic(self.crs) else step

    def _between(self, column: Floats, row: Floats) -> Floats:
        rows, columns = self.height_m.shape
        # A hair beyond the edge is rounding of the coordinates, not another place.
        inside = (column > -1e-6) & (column < columns - 1 + 1e-6) & (row > -1e-6) & (row < rows - 1 + 1e-6)
        column, row = (np.clip(np.where(inside, at, 0.0), 0.0, last) for at, last in ((column, columns - 1), (row, rows - 1)))
        i, j = np.minimum(row.astype(int), rows - 2), np.minimum(column.astype(int), columns - 2)
        up, right = row - i, column - j
        south = (1.0 - right) * self.height_m[i, j] + right * self.height_m[i, j + 1]
        north = (1.0 - right) * self.height_m[i + 1, j] + right * self.height_m[i + 1, j + 1]
        return np.asarray(np.where(inside, (1.0 - up) * south + up * north, np.nan))


@cache
def _onto(crs: str) -> "Transformer":
    """From longitude and latitude: to make one takes a hundred times as long as to use it on a point."""
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


@cache
def _is_geographic(crs: str) -> bool:
    from pyproj import CRS

    return bool(CRS.from_user_input(crs).is_geographic)
