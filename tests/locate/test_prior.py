"""Draws from the prior lie in the area that is searched, and evenly."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest

from cathartes.earth.frame import LocalFrame
from cathartes.earth.search import SearchArea, search_area
from cathartes.locate.prior import HEIGHT, PER_SOURCE, RATE, SHARED, STABILITY, TURN, Prior, X, Y
from cathartes.model import Flight, Frame, Search
from cathartes.model.flight import FrameHints

TRIANGLE = ((0.0, 0.0), (400.0, 0.0), (0.0, 300.0))


def prior(area: SearchArea | None = None) -> Prior:
    box = (0.0, 0.0, 400.0, 300.0)
    return Prior(0.2, 0.1, 0.1, 0.2, 0.1, (1.6, 1.2), 1900.0, 3600.0, box, (1.6, 0.6), (15.0, 1.1), True, True, area)


def triangle() -> SearchArea:
    area = search_area(Flight("a", frame=FrameHints(Frame.LOCAL), search=Search(polygon=TRIANGLE)), LocalFrame(Frame.LOCAL))
    assert area is not None
    return area


def drawn(from_prior: Prior, sources: int = 2) -> np.ndarray:
    z = np.random.default_rng(0).standard_normal((4000, len(from_prior.unknowns(sources))))
    return from_prior.physical(z, sources)


@pytest.mark.parametrize("source", [0, 1])
def test_every_source_of_every_draw_lies_in_the_polygon_and_evenly(source: int) -> None:
    first = SHARED + PER_SOURCE * source
    x, y = drawn(prior(triangle()))[:, [first + X, first + Y]].T
    assert np.all((x >= 0.0) & (y >= 0.0) & (x / 400.0 + y / 300.0 <= 1.0 + 1e-12))
    # Of a triangle's area, 1 - (1 - y/300)^2 lies south of y; a share s of it within x/400 + y/300 < sqrt(s).
    assert kstest(1.0 - (1.0 - y / 300.0) ** 2, "uniform").pvalue > 0.01
    assert kstest((x / 400.0 + y / 300.0) ** 2, "uniform").pvalue > 0.01


def test_a_square_is_filled_evenly() -> None:
    x, y = drawn(prior())[:, [SHARED + X, SHARED + Y]].T
    assert kstest(x / 400.0, "uniform").pvalue > 0.01
    assert kstest(y / 300.0, "uniform").pvalue > 0.01


def test_the_ground_searched_is_the_polygons_and_not_its_boxs() -> None:
    assert prior().area_m2() == 120_000.0
    assert prior(triangle()).area_m2() == pytest.approx(60_000.0)


def test_rates_and_heights_follow_their_stated_log_normals() -> None:
    values = drawn(prior())
    assert kstest((np.log10(values[:, SHARED + RATE]) - 1.6) / 0.6, "norm").pvalue > 0.01
    assert kstest(np.log(values[:, SHARED + HEIGHT] / 15.0) / 1.1, "norm").pvalue > 0.01


def test_a_small_step_in_the_normals_is_a_small_step_on_the_ground() -> None:
    own, z = prior(triangle()), np.random.default_rng(1).standard_normal((500, len(prior().unknowns(1))))
    here, there = (own.physical(z + step, 1)[:, [SHARED + X, SHARED + Y]] for step in (0.0, 1e-6))
    assert np.hypot(*(there - here).T).max() < 0.01


def test_the_more_stable_the_air_of_a_draw_the_further_its_wind_is_turned() -> None:
    values = drawn(replace(prior(), turned_rad=(0.0, 0.1, 0.2, 0.3, 0.4)))
    mean = np.clip(0.1 * values[:, STABILITY], 0.0, 0.4)
    assert kstest((values[:, TURN] - mean) / 0.2, "norm").pvalue > 0.01
