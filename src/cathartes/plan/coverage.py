"""Was this area looked at, and down to what rate? One answer over all flights: found, nothing down to, could not see, not looked.

What single flights would have noticed where is the locators' to say (`model.Detectability`); here it accumulates: what one flight
missed another may not have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from shapely import contains_xy
from shapely.geometry import Polygon

from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.model import Coverage, Detectability, Frame, Grid, GridQuantity, Place, Statement
from cathartes.model.place import Ring
from cathartes.model.samples import Floats

CELLS = 96
SURE, MOST, HARDLY = 0.9, 0.9, 0.05
"""A rate counts as seen where it would have been noticed with probability `SURE`, an area as seen where that holds for `MOST` of it,
and as not looked at where anything would have been noticed at all in less than `HARDLY` of it."""


class Answer(StrEnum):
    """The four answers to a request."""

    FOUND = "found"
    NOTHING_DOWN_TO = "nothing_down_to"
    COULD_NOT_SEE = "could_not_see"
    NOT_LOOKED = "not_looked"


@dataclass(frozen=True)
class Share:
    """For one rate (kg/h), in what share of the area a source would have been noticed with probability `SURE`."""

    rate_kg_h: float
    seen: float


@dataclass(frozen=True)
class AreaCoverage:
    """The answer for one area and gas over several flights.

    `down_to_kg_h` is the smallest rate seen in most of the area, `None` where there is none; `not_looked` is a share of the area.
    """

    gas: str
    answer: Answer
    down_to_kg_h: float | None
    found: tuple[str, ...]
    flights: tuple[str, ...]
    not_looked: float
    shares: tuple[Share, ...]
    maps: tuple[Grid, ...]


@dataclass(frozen=True)
class Seen:
    """What one flight would have noticed where."""

    flight: str
    detectability: Detectability


def area_coverage(gas: str, area: Ring, seen: Sequence[Seen], sources: Sequence[tuple[str, Place]]) -> AreaCoverage:
    """The answer for `area` (WGS 84 degrees); `sources` are leads and their places. Flights in a local frame lie nowhere: left out."""
    x, y, step_x, step_y = cells_over(area)
    inside = inside_of(area, x, y)
    known = [each for each in seen if each.detectability.grids[0].frame is Frame.WGS84]
    rates = sorted({rate for each in known for rate in each.detectability.rates_kg_h})
    layers = [together([noticed(each.detectability, rate, x, y) for each in known]) for rate in rates]
    shares = tuple(Share(rate, float(np.mean(np.nan_to_num(layer[inside]) >= SURE))) for rate, layer in zip(rates, layers, strict=True))
    not_looked = float(np.mean(np.isnan(layers[-1][inside]))) if layers else 1.0
    found = tuple(name for name, place in sources if place.frame is Frame.WGS84 and contains_xy(Polygon(area), place.x, place.y))
    down_to = next((share.rate_kg_h for share in shares if share.seen >= MOST), None)
    maps = tuple(as_grid(np.where(inside, layer, np.nan), x, y, step_x, step_y, GridQuantity.NOTICED) for layer in layers)
    flights = tuple(each.flight for each in known)
    return AreaCoverage(gas, answer_of(found, not_looked, down_to), down_to, found, flights, not_looked, shares, maps)


def as_detectability(coverage: Coverage) -> Detectability | None:
    """A detector's limits as what would have been noticed, at one and three of every power of ten; `None` where it saw nowhere.

    A cell's limit is noticed with the coverage's level: a larger rate is not counted as noticed more surely, a smaller one as never.
    """
    limit = np.array([np.nan if each is None else each for each in coverage.limit_kg_h]).reshape(coverage.rows, coverage.columns)
    if np.isnan(limit).all():
        return None
    least, most = (int(np.floor(np.log10(each))) for each in (np.nanmin(limit), np.nanmax(limit)))
    rates = tuple(step * 10.0**power for power in range(least, most + 2) for step in (1.0, 3.0))
    (east,), (north,) = LocalFrame(coverage.frame, coverage.origin).back(np.array([coverage.step_m]), np.array([coverage.step_m]))
    step = (float(east) - coverage.origin[0], float(north) - coverage.origin[1])
    grids = tuple(
        Grid.of(
            GridQuantity.NOTICED, coverage.frame, coverage.origin, step,
            np.where(np.isnan(limit), np.nan, np.where(limit <= rate, coverage.level, 0.0)),
        )
        for rate in rates
    )  # fmt: skip
    return Detectability(rates, grids, Statement("coverage.steady-ground-source", {"level": coverage.level}))


def inside_of(area: Ring, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which cells lie in the area. Raises `BadInput` where none does."""
    inside = np.asarray(contains_xy(Polygon(area), x, y), np.bool_)
    if not inside.any():
        raise BadInput("the area of the request holds nothing; expected a polygon of at least three corners in degrees")
    return inside


def answer_of(found: Sequence[str], not_looked: float, down_to: float | None) -> Answer:
    """Which of the four answers it is."""
    if found:
        return Answer.FOUND
    if not_looked > 1 - HARDLY:
        return Answer.NOT_LOOKED
    return Answer.COULD_NOT_SEE if down_to is None else Answer.NOTHING_DOWN_TO


def cells_over(area: Ring) -> tuple[Floats, Floats, float, float]:
    """The centres of cells over the area's box (rows from the south), and their sides in degrees."""
    west, south, east, north = Polygon(area).bounds
    step_x, step_y = (east - west) / CELLS, (north - south) / CELLS
    x, y = np.meshgrid(west + step_x * (np.arange(CELLS) + 0.5), south + step_y * (np.arange(CELLS) + 0.5))
    return x, y, step_x, step_y


def noticed(detectability: Detectability, rate_kg_h: float, x: Floats, y: Floats) -> Floats:
    """The chance that the flight would have noticed the rate at each place; NaN where it did not look.

    A rate between those of its maps counts as the next smaller one, a smaller one as never noticed.
    """
    smaller = [index for index, rate in enumerate(detectability.rates_kg_h) if rate <= rate_kg_h]
    grid = detectability.grids[smaller[-1] if smaller else 0]
    column, row = np.floor((x - grid.west) / grid.step_x).astype(int), np.floor((y - grid.south) / grid.step_y).astype(int)
    known = (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
    found = np.full(x.shape, np.nan)
    found[known] = grid.array()[row[known], column[known]]
    return found if smaller else np.where(np.isnan(found), np.nan, 0.0)


def together(layers: Sequence[Floats]) -> Floats:
    """The chance that at least one flight would have noticed; NaN where none looked."""
    stacked = np.stack(layers)
    missed = np.prod(1.0 - np.nan_to_num(stacked), axis=0)
    return np.where(np.isnan(stacked).all(axis=0), np.nan, 1.0 - missed)


def as_grid(layer: Floats, x: Floats, y: Floats, step_x: float, step_y: float, quantity: GridQuantity) -> Grid:
    """A layer as a raster that can be written."""
    return Grid.of(quantity, Frame.WGS84, (float(x[0, 0] - step_x / 2), float(y[0, 0] - step_y / 2)), (step_x, step_y), layer)
