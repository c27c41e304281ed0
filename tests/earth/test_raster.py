"""Shares of a search area by hand, and no cell counted twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.earth.raster import noticed, within
from cathartes.model import Detectability, Frame, Grid, GridQuantity, Region, Statement

CRITERION = Statement("coverage.steady-ground-source", {"level": 0.9})


def grid(*rows: tuple[float, ...]) -> Grid:
    return Grid.of(GridQuantity.NOTICED, Frame.LOCAL, (0.0, 0.0), (1.0, 1.0), np.array(rows))


def box(west: float, south: float, east: float, north: float) -> Region:
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Region(((ring,),), Frame.LOCAL, 1.0, (east - west) * (north - south))


def test_shares_by_hand() -> None:
    seen = noticed(Detectability((1.0,), (grid((0.5, 0.49), (np.nan, 1.0)),), CRITERION), None)[0]
    assert (seen.rate_kg_h, seen.noticed, seen.missed, seen.not_looked) == (1.0, 0.5, 0.25, 0.25)


def test_only_the_search_area_counts() -> None:
    seen = noticed(Detectability((1.0,), (grid((0.9, 0.0), (np.nan, np.nan)),), CRITERION), box(0.0, 0.0, 1.0, 2.0))[0]
    assert (seen.noticed, seen.missed, seen.not_looked) == (0.5, 0.0, 0.5)


def test_a_hole_and_a_second_part_of_an_area_are_minded() -> None:
    whole, hole, far = box(0, 0, 3, 3), box(1, 1, 2, 2), box(4, 0, 5, 1)
    area = Region(((whole.polygons[0][0], hole.polygons[0][0]), far.polygons[0]), Frame.LOCAL, 1.0, 9.0)
    inside = within(grid(*[(0.0,) * 5] * 3), area)
    assert inside.astype(int).tolist() == [[1, 1, 1, 0, 1], [1, 0, 1, 0, 0], [1, 1, 1, 0, 0]]


def test_an_area_smaller_than_a_cell_is_judged_by_all_of_them() -> None:
    assert within(grid((0.0, 0.0)), box(0.1, 0.1, 0.2, 0.2)).all()


@given(st.lists(st.none() | st.floats(0, 1), min_size=4, max_size=4))
def test_the_shares_are_of_one_whole(values: list[float | None]) -> None:
    cells = Grid(GridQuantity.NOTICED, Frame.LOCAL, 0.0, 0.0, 1.0, 1.0, 2, tuple(values))
    seen = noticed(Detectability((1.0,), (cells,), CRITERION), None)[0]
    assert seen.noticed + seen.missed + seen.not_looked == pytest.approx(1)
