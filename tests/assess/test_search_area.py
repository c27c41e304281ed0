"""The search area has its true size on the ground, wherever it was stated."""

from dataclasses import replace

import pytest

from cathartes.assess.search_area import search_region
from cathartes.model import (
    Frame,
)
from tests.assess.flown import HALF_WIDTH_M, flight
from tests.release.sample_lead import sample_lead


@pytest.mark.parametrize("frame", list(Frame))
def test_the_search_square_has_its_size_on_the_ground(frame: Frame) -> None:
    region = search_region(flight(frame), ())
    assert region is not None
    assert region.area_m2 == pytest.approx((2 * HALF_WIDTH_M) ** 2, rel=1e-4)
    assert region.polygons[0][0][0] == region.polygons[0][0][-1]


def test_without_a_stated_area_the_grid_outline_is_the_area_and_without_a_grid_there_is_none() -> None:
    bare = replace(flight(), search=None)
    outline = search_region(bare, sample_lead(Frame.WGS84).coverage)
    assert outline is not None
    assert outline.area_m2 == pytest.approx(5000.0**2, rel=1e-3)
    assert search_region(bare, ()) is None
