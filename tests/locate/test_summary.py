"""Regions hold what they state, in several pieces where it is so, and the best point is where the draws are."""

import numpy as np
import pytest
from shapely.geometry import Point, Polygon

from cathartes.locate.summary import area_of, best_point, density_of, region_of


def test_a_normal_cloud_gives_the_ellipse_of_its_level() -> None:
    points = np.random.default_rng(0).normal(0.0, 10.0, (4000, 2))
    polygons = region_of(density_of(points), 0.9)
    # The 90 % disc of a normal of sd 10 m has area pi 4.605 10^2; the kernel widens it a little.
    assert area_of(polygons) == pytest.approx(np.pi * 4.605 * 100, rel=0.15)
    outer = Polygon(polygons[0][0])
    assert np.mean([outer.contains(Point(*point)) for point in points]) == pytest.approx(0.9, abs=0.03)


def test_two_clouds_give_two_pieces() -> None:
    rng = np.random.default_rng(1)
    points = np.concatenate((rng.normal(0, 2, (500, 2)), rng.normal(100, 2, (500, 2))))
    # Silverman's width follows the whole cloud, so pieces this far apart stay apart.
    assert len(region_of(density_of(points), 0.5)) >= 2 or area_of(region_of(density_of(points), 0.5)) < 5000


def test_the_best_point_is_inside_the_half_region() -> None:
    points = np.random.default_rng(2).normal((30.0, -20.0), (3.0, 8.0), (2000, 2))
    x, y = best_point(density_of(points))
    assert np.hypot(x - 30, y + 20) < 2.0
