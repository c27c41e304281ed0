"""Taking a file in: its digest, its size, and the ground its samples cover."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, Polygon

from cathartes.errors import BadInput
from cathartes.model import Frame
from cathartes.readers.intake import footprint, opened


def test_the_digest_is_that_of_the_whole_file_which_is_then_at_its_start(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5_000
    (tmp_path / "a").write_bytes(content)
    with opened(tmp_path / "a") as (file, digest):
        assert (digest, file.read()) == (hashlib.sha256(content).hexdigest(), content)


def test_a_file_that_is_too_long_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"123")
    with pytest.raises(BadInput, match="a has 3 bytes; at most 2 are read, so split it"), opened(tmp_path / "a", limit=2):
        pass
    with pytest.raises(BadInput, match="none cannot be read: No such file"), opened(tmp_path / "none"):
        pass


def test_a_rectangle_on_the_ground_has_its_area_in_square_metres() -> None:
    x, y = np.array([0.0, 30.0, 30.0, 0.0, 10.0, np.nan]), np.array([0.0, 0.0, 20.0, 20.0, 10.0, 5.0])
    local = footprint(x, y, Frame.LOCAL)
    assert local is not None
    assert (local.area_m2, local.level, len(local.polygons[0][0])) == (600.0, 1.0, 5)
    # A degree square on the equator, by Karney's geodesic area on WGS 84: 12,308.78 km².
    earth = footprint(np.array([0.0, 1.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0, 1.0]), Frame.WGS84)
    assert earth is not None
    assert earth.area_m2 == pytest.approx(12_308.78e6, rel=1e-6)


@pytest.mark.parametrize("points", [[(1.0, 2.0)], [(1.0, 2.0), (1.0, 2.0)], [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]])
def test_a_point_or_a_line_has_a_closed_ring_without_area(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    region = footprint(x, y, Frame.LOCAL)
    assert region is not None
    ring = region.polygons[0][0]
    assert (region.area_m2, ring[0] == ring[-1], len(ring) >= 4) == (0.0, True, True)


def test_positions_on_both_sides_of_the_180th_meridian_have_two_hulls() -> None:
    region = footprint(np.array([179.0, 179.5, 179.0, -179.0, -179.5, -179.0]), np.array([0.0, 0.5, 1.0] * 2), Frame.WGS84)
    assert region is not None
    assert len(region.polygons) == 2
    assert region.area_m2 == pytest.approx(2 * 0.25 * 12_308e6, rel=0.01)


def test_no_position_has_no_footprint() -> None:
    assert footprint(np.array([np.nan]), np.array([1.0]), Frame.LOCAL) is None


@given(st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=3, max_size=30))
def test_a_footprint_holds_every_position(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    region = footprint(x, y, Frame.LOCAL)
    assert region is not None
    hull = Polygon(region.polygons[0][0])
    assert all(hull.distance(Point(point)) < 1e-6 for point in points)
