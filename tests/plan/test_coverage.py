"""Coverage over flights: the four answers, and that chances multiply as they should."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Detectability, Frame, Grid, GridQuantity, Place, Statement
from cathartes.plan.coverage import Answer, Seen, area_coverage, together

AREA = ((-99.0, 19.0), (-98.0, 19.0), (-98.0, 20.0), (-99.0, 20.0))


def seen(name: str, chances: tuple[float | None, float | None], rates: tuple[float, float] = (1.0, 10.0)) -> Seen:
    grids = tuple(Grid(GridQuantity.NOTICED, Frame.WGS84, -99.0, 19.0, 0.5, 0.5, 2, (chance,) * 4) for chance in chances)
    return Seen(name, Detectability(rates, grids, Statement("locate.noticed", {"threshold": 5.0})))


def answer(*flights: Seen) -> tuple[Answer, float | None]:
    told = area_coverage("ch4", AREA, flights, ())
    return told.answer, told.down_to_kg_h


def test_where_nobody_flew_nobody_looked() -> None:
    assert answer() == (Answer.NOT_LOOKED, None)
    assert answer(seen("a", (None, None))) == (Answer.NOT_LOOKED, None)


def test_a_flight_that_would_have_noticed_hardly_anything_could_not_see() -> None:
    assert answer(seen("a", (0.1, 0.5))) == (Answer.COULD_NOT_SEE, None)


def test_nothing_down_to_the_smallest_rate_that_most_of_the_area_would_have_shown() -> None:
    assert answer(seen("a", (0.3, 0.95))) == (Answer.NOTHING_DOWN_TO, 10.0)
    assert answer(seen("a", (0.92, 0.99))) == (Answer.NOTHING_DOWN_TO, 1.0)


def test_two_flights_see_what_neither_saw_alone() -> None:
    assert answer(seen("a", (0.3, 0.7))) == (Answer.COULD_NOT_SEE, None)
    assert answer(seen("a", (0.3, 0.7)), seen("b", (0.3, 0.7))) == (Answer.NOTHING_DOWN_TO, 10.0)


def test_a_flight_with_larger_rates_says_nothing_of_smaller_ones() -> None:
    told = area_coverage("ch4", AREA, (seen("a", (0.95, 0.99), (5.0, 50.0)), seen("b", (0.0, 0.0), (1.0, 2.0))), ())
    assert [(share.rate_kg_h, share.seen) for share in told.shares] == [(1.0, 0.0), (2.0, 0.0), (5.0, 1.0), (50.0, 1.0)]


def test_a_source_in_the_area_was_found_and_one_outside_was_not() -> None:
    places = (("lead-1", Place(-98.5, 19.5, Frame.WGS84)), ("lead-2", Place(-97.5, 19.5, Frame.WGS84)))
    told = area_coverage("ch4", AREA, (seen("a", (0.9, 0.9)),), places)
    assert (told.answer, told.found) == (Answer.FOUND, ("lead-1",))


def test_an_area_that_holds_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="holds nothing"):
        area_coverage("ch4", ((0.0, 0.0), (1.0, 0.0), (2.0, 0.0)), (), ())


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=5))
def test_more_flights_never_see_less(chances: list[float | None]) -> None:
    layers = [np.array([np.nan if chance is None else chance]) for chance in chances]
    alone, all_ = together(layers[:1])[0], together(layers)[0]
    assert np.isnan(alone) or all_ >= alone - 1e-12
    assert np.isnan(all_) == all(chance is None for chance in chances)
