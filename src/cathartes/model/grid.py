"""A raster in the flight's frame: one number per cell, or none where nobody looked.

How a raster becomes a GeoTIFF is in `release.geotiff`, how it is drawn in `release.figures`.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

import numpy as np

from cathartes.errors import BadInput
from cathartes.model.place import Frame
from cathartes.model.samples import Floats


class GridQuantity(StrEnum):
    """What the numbers of a grid are.

    `expected_sources`: posterior expected number of sources in the cell. `noticed`: probability that a source in the cell would
    have been noticed. `element_m`: metres of ground that a picture element spanned at the finest look.
    """

    EXPECTED_SOURCES = "expected_sources"
    NOTICED = "noticed"
    ELEMENT_M = "element_m"


@dataclass(frozen=True)
class Grid:
    """A raster of equal cells; `west` and `south` are the outer corner, steps and corner in metres (`local`) or degrees (`wgs84`).

    `values` goes row by row from the south-west. `None` is "not looked at", which is never the same as zero. Raises `BadInput`
    for a grid that is not a whole number of rows of positive cells, or holds a number that is not finite.
    """

    quantity: GridQuantity
    frame: Frame
    west: float
    south: float
    step_x: float
    step_y: float
    columns: int
    values: tuple[float | None, ...]

    def __post_init__(self) -> None:
        if not (self.step_x > 0 and self.step_y > 0):
            raise BadInput(f"the cells of a grid have positive sides; got {self.step_x} by {self.step_y}")
        if self.columns < 1 or not self.values or len(self.values) % self.columns:
            raise BadInput(f"a grid holds whole rows; got {len(self.values)} values in rows of {self.columns}")
        numbers = (self.west, self.south, self.step_x, self.step_y, *(value for value in self.values if value is not None))
        if not all(map(isfinite, numbers)):
            raise BadInput("a grid holds a number that is not finite; a cell that was not looked at is None")

    @classmethod
    def of(cls, quantity: GridQuantity, frame: Frame, corner: tuple[float, float], step: tuple[float, float], values: Floats) -> "Grid":
        """The grid of a two-dimensional array, rows from the south, NaN where nobody looked; `corner` is its outer south-west."""
        flat = tuple(None if np.isnan(value) else float(value) for value in values.ravel())
        return cls(quantity, frame, *corner, *step, values.shape[1], flat)

    @property
    def rows(self) -> int:
        return len(self.values) // self.columns

    def array(self) -> Floats:
        """The values as rows x columns from the south-west, NaN where nobody looked."""
        flat = np.array([np.nan if value is None else value for value in self.values], dtype=np.float64)
        return flat.reshape(self.rows, self.columns)
