"""Which cells of a raster lie in the search area, and in what share of it a source would have been noticed.

The raster itself is `model.grid`; `assess.gaps` says the shares as sentences and `release.tables` shows them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import contains_xy, unary_union
from shapely.geometry import Polygon

from cathartes.model import Detectability, Grid, Region

EVEN = 0.5
"""A source counts as one that would have been noticed where that was at least as probable as not."""


@dataclass(frozen=True)
class Noticed:
    """Shares of the search area for one rate: noticed with probability `EVEN` or more, missed there, and not looked at."""

    rate_kg_h: float
    noticed: float
    missed: float
    not_looked: float


def within(grid: Grid, region: Region | None) -> NDArray[np.bool_]:
    """Cells (rows from the south) whose centre lies in the region; all of them where there is none, or none lies in it."""
    whole = np.ones((grid.rows, grid.columns), dtype=np.bool_)
    if region is None:
        return whole
    area = unary_union([Polygon(rings[0], rings[1:]) for rings in region.polygons])
    x = grid.west + grid.step_x * (np.arange(grid.columns) + 0.5)
    y = grid.south + grid.step_y * (np.arange(grid.rows) + 0.5)
    inside = np.asarray(contains_xy(area, *np.meshgrid(x, y)), dtype=np.bool_)
    return inside if inside.any() else whole


def noticed(detectability: Detectability, search: Region | None) -> tuple[Noticed, ...]:
    """Per rate, ascending, what share of the search area would have shown it. Cells count alike: none is far from the others."""
    cells = within(detectability.grids[0], search)
    return tuple(_shares(rate, grid.array()[cells]) for rate, grid in zip(detectability.rates_kg_h, detectability.grids, strict=True))


def _shares(rate: float, probability: NDArray[np.float64]) -> Noticed:
    seen, blind = float(np.mean(probability >= EVEN)), float(np.mean(np.isnan(probability)))
    return Noticed(rate, seen, max(0.0, 1.0 - seen - blind), blind)
