"""A raster keeps "not looked at" apart from every number, and its rows begin in the south."""

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.model import Detectability, Frame, Grid, GridQuantity, Statement, json

WHOLE = Grid(GridQuantity.NOTICED, Frame.LOCAL, -10.0, 5.0, 2.0, 3.0, 3, (0.0, 0.1, 0.2, None, 0.4, 0.5))


def test_the_array_has_its_first_row_in_the_south_and_nan_where_nobody_looked() -> None:
    assert WHOLE.rows == 2
    np.testing.assert_array_equal(WHOLE.array(), [[0.0, 0.1, 0.2], [np.nan, 0.4, 0.5]])


def test_an_array_gives_the_same_grid_back() -> None:
    assert Grid.of(WHOLE.quantity, WHOLE.frame, (-10.0, 5.0), (2.0, 3.0), WHOLE.array()) == WHOLE


def test_not_looked_at_is_null_in_json_and_zero_is_zero() -> None:
    assert b'"values":[0.0,0.1,0.2,null,0.4,0.5]' in json.encode(WHOLE)


@pytest.mark.parametrize(
    ("corner", "step", "columns", "values", "sentence"),
    [
        ((0.0, 0.0), (0.0, 1.0), 1, (1.0,), "positive sides"),
        ((0.0, 0.0), (1.0, float("nan")), 1, (1.0,), "positive sides"),
        ((0.0, 0.0), (1.0, 1.0), 2, (1.0, 2.0, 3.0), "whole rows"),
        ((0.0, 0.0), (1.0, 1.0), 2, (), "whole rows"),
        ((0.0, 0.0), (1.0, 1.0), 1, (float("nan"),), "not finite"),
        ((float("inf"), 0.0), (1.0, 1.0), 1, (1.0,), "not finite"),
    ],
)
def test_a_grid_that_is_none_is_refused(
    corner: tuple[float, float], step: tuple[float, float], columns: int, values: tuple[float, ...], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        Grid(GridQuantity.NOTICED, Frame.LOCAL, *corner, *step, columns, values)


@pytest.mark.parametrize(
    ("rates", "grids", "sentence"),
    [
        ((), (), "one grid per rate"),
        ((1.0,), (WHOLE, WHOLE), "one grid per rate"),
        ((2.0, 1.0), (WHOLE, WHOLE), "ascending"),
        ((1.0, 1.0), (WHOLE, WHOLE), "ascending"),
        ((1.0, 2.0), (WHOLE, Grid.of(WHOLE.quantity, WHOLE.frame, (0.0, 5.0), (2.0, 3.0), WHOLE.array())), "different cells"),
    ],
)
def test_rates_and_grids_that_do_not_belong_together_are_refused(rates: tuple[float, ...], grids: tuple[Grid, ...], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        Detectability(rates, grids, Statement("coverage.steady-ground-source"))
