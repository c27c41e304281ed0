"""The ground's height between known heights is bilinear, exact at the nodes, and unknown where it is not known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.earth.terrain import Ground

# A net of 100 m from (-200, 0): 3 rows of 4.
HEIGHTS = np.array([[0.0, 10.0, 20.0, 30.0], [5.0, 15.0, 25.0, 35.0], [9.0, 9.0, 9.0, np.nan]])
GROUND = Ground(HEIGHTS, (0.01, 0.0, 2.0, 0.0, 0.01, 0.0))


def under(x: float, y: float) -> float:
    return float(GROUND.under(np.array([x]), np.array([y]))[0])


def test_every_node_has_its_own_height() -> None:
    x, y = np.meshgrid(-200.0 + 100.0 * np.arange(4), 100.0 * np.arange(1))
    assert np.allclose(GROUND.under(x.ravel(), y.ravel()), HEIGHTS[0])


def test_between_nodes_the_sum_done_by_hand() -> None:
    # A quarter of the way east and half way north in the cell 10, 20 / 15, 25: (12.5 + 17.5) / 2.
    assert under(-75.0, 50.0) == pytest.approx(15.0)


@given(a=st.floats(-5, 5), b=st.floats(-5, 5), x=st.floats(-200, 100), y=st.floats(0, 200))
def test_a_tilted_plane_is_reproduced_everywhere(a: float, b: float, x: float, y: float) -> None:
    column, row = np.meshgrid(np.arange(4.0), np.arange(3.0))
    plane = Ground(a * (100 * column - 200) + b * 100 * row, GROUND.to_cell)
    assert plane.under(np.array([x]), np.array([y]))[0] == pytest.approx(a * x + b * y, abs=1e-6)


@pytest.mark.parametrize(("x", "y"), [(-201.0, 50.0), (101.0, 50.0), (0.0, -1.0), (0.0, 201.0), (90.0, 150.0), (np.nan, 50.0)])
def test_outside_the_net_or_beside_an_unknown_height_nothing_is_claimed(x: float, y: float) -> None:
    assert np.isnan(under(x, y))


def test_degrees_find_their_place_in_a_projected_grid() -> None:
    # UTM zone 14 north has its central meridian at 99 W and 500,000 m there: latitude 0 is northing 0.
    ground = Ground(np.array([[100.0, 200.0], [100.0, 200.0]]), (1e-3, 0.0, -499.5, 0.0, 1e-5, 0.5), "EPSG:32614")
    assert ground.under(np.array([-99.0]), np.array([0.0]))[0] == pytest.approx(150.0, abs=1e-3)
