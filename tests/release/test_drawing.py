"""Lengths, runs and places of cells by hand."""

import numpy as np
import pytest

from cathartes.model import Frame, Place
from cathartes.release import drawing
from tests.release.sample_lead import detectability


@pytest.mark.parametrize(("length", "below"), [(0.9, 0.5), (1.0, 1.0), (4.9, 2.0), (740.0, 500.0)])
def test_a_scale_bar_has_a_round_length(length: float, below: float) -> None:
    assert drawing.round_below(length) == below


def test_runs_of_true_cells_by_hand() -> None:
    assert drawing.runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert drawing.runs(np.array([False, False])) == []


@pytest.mark.parametrize("frame", list(Frame))
def test_a_grid_lies_where_its_frame_says(frame: Frame) -> None:
    grid = detectability(frame).grids[0]
    west, south = drawing.laid(grid, drawing.about(Place(grid.west, grid.south, frame)))[0]
    side = 240 * (1.0 if frame is Frame.LOCAL else 2500 / 120)
    step = drawing.laid(grid, drawing.about(Place(grid.west, grid.south, frame)))[1]
    assert (west, south) == ((-120.0, -120.0) if frame is Frame.LOCAL else pytest.approx((0.0, 0.0), abs=1e-6))
    assert step == pytest.approx([side / 40, side / 40], rel=2e-3)
