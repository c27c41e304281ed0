"""Not looked is not nothing there: cells that every pass lies upwind of are blank, and a stronger source is noticed at least as surely."""

from functools import cache

import numpy as np

from cathartes.earth.search import search_area, search_box
from cathartes.locate.detectability import detectability, rounded
from cathartes.locate.plume import measure, prior_of
from cathartes.locate.samples import gather
from cathartes.model import Detectability, Flight, GasLog, Search
from tests.locate import ladder

TRIANGLE = ((-1500.0, -1500.0), (1500.0, -1500.0), (-1500.0, 1500.0))


def found_by(flight: Flight, log: GasLog | None = None) -> Detectability:
    frame, box = search_box(flight)
    measured, _ = measure(gather([log or ladder.log()], "ch4", frame), "ch4", flight)
    prior = prior_of(flight, "ch4", measured, box, search_area(flight, frame))
    return detectability(measured, prior, frame)


@cache
def found() -> Detectability:
    return found_by(ladder.FLIGHT)


def at(x: float, y: float, layer: int) -> float:
    grid = found().grids[layer]
    return float(grid.array()[int((y - grid.south) / grid.step_y), int((x - grid.west) / grid.step_x)])


def test_a_cell_downwind_of_every_pass_is_blank_at_every_rate() -> None:
    # The last rung is flown at x = 1800 m and the wind blows to the east.
    assert all(np.isnan(at(1950.0, y, layer)) for y in (-1900.0, 0.0, 1900.0) for layer in range(3))


def test_a_cell_upwind_of_the_ladder_is_looked_at() -> None:
    assert at(-500.0, 0.0, 2) > 0.5


def test_a_chance_rises_with_the_rate_and_is_a_chance() -> None:
    looked = np.isfinite(found().grids[-1].array())
    low, middle, high = (np.nan_to_num(grid.array()) for grid in found().grids)
    assert list(found().rates_kg_h) == [rounded(10.0**power) for power in (1.0, 1.6, 2.2)]
    assert np.all(low <= middle + 1e-12)
    assert np.all(middle <= high + 1e-12)
    assert (low.min() >= 0.0, high.max() <= 1.0) == (True, True)
    assert (1.0 - low[looked]).sum() > 1.2 * (1.0 - middle[looked]).sum()


def test_gas_that_was_met_hides_no_other_source() -> None:
    met, clean = ladder.log(rate_kg_h=150.0), ladder.log(rate_kg_h=0.0)
    with_gas, without = (np.nan_to_num(found_by(ladder.FLIGHT, log).grids[1].array()) for log in (met, clean))
    assert np.abs(with_gas - without).max() < 0.03


def test_outside_a_search_polygon_nothing_is_claimed() -> None:
    whole = found_by(Flight("a", frame=ladder.FLIGHT.frame, search=Search(polygon=TRIANGLE))).grids[-1].array()
    rows, columns = np.indices(whole.shape)
    outside = rows + columns >= whole.shape[0]
    assert np.isnan(whole[outside]).all()
    assert np.isfinite(whole[~outside]).mean() > 0.5
