"""Rasters that other programs read as what they are: in place, north up, with "not looked at" as no data, and truly cloud-optimised."""

import struct
from pathlib import Path

import numpy as np
import pytest
from rasterio.io import MemoryFile

from cathartes.model import Frame, Grid, GridQuantity
from cathartes.release.geotiff import geotiff, rasters
from tests.release.sample_lead import busy_lead

SMALL = Grid(GridQuantity.NOTICED, Frame.WGS84, -104.5, 24.0, 0.01, 0.02, 3, (0.0, 0.1, 0.2, None, 0.4, 0.5))
LARGE = Grid.of(
    GridQuantity.EXPECTED_SOURCES, Frame.LOCAL, (-700.0, -600.0), (1.0, 1.0), np.add.outer(np.arange(1200.0), np.arange(1400.0))
)


def tags_of(content: bytes, at: int) -> tuple[dict[int, tuple[int, int]], int]:
    """The entries of a little-endian TIFF directory (count and value by tag), and where the next directory is."""
    (count,) = struct.unpack_from("<H", content, at)
    entries = (struct.unpack_from("<HHII", content, at + 2 + 12 * k) for k in range(count))
    return {tag: (number, value) for tag, _, number, value in entries}, struct.unpack_from("<I", content, at + 2 + 12 * count)[0]


def directories(content: bytes) -> list[tuple[int, dict[int, tuple[int, int]]]]:
    assert content[:4] == b"II*\0"
    found, at = [], struct.unpack_from("<I", content, 4)[0]
    while at:
        tags, after = tags_of(content, at)
        found.append((at, tags))
        at = after
    return found


def first_tile(content: bytes, tags: dict[int, tuple[int, int]]) -> int:
    """Where the first tile lies (tag 324, TileOffsets)."""
    number, value = tags[324]
    return value if number == 1 else int(struct.unpack_from("<I", content, value)[0])


@pytest.mark.parametrize("grid", [SMALL, LARGE])
def test_the_file_is_cloud_optimised_by_the_rule_of_gdals_validator(grid: Grid) -> None:
    """Tiled; overviews where it is larger than one tile; all directories before all tiles, the full image's directory first and its
    tiles last, overviews from large to small in between."""
    found = directories(geotiff(grid))
    sizes = [tags[256][1] for _, tags in found]
    places = [at for at, _ in found]
    tiles = [first_tile(geotiff(grid), tags) for _, tags in found]
    assert all(322 in tags and 324 in tags for _, tags in found)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == grid.columns
    assert sizes[-1] <= 512
    assert places == sorted(places)
    assert max(places) < min(tiles)
    assert tiles == sorted(tiles, reverse=True)


def test_values_lie_where_they_were_with_north_up_and_nan_where_nobody_looked() -> None:
    with MemoryFile(geotiff(SMALL)) as file, file.open() as raster:
        np.testing.assert_allclose(raster.read(1), np.array([[np.nan, 0.4, 0.5], [0.0, 0.1, 0.2]], dtype=np.float32))
        assert np.isnan(raster.nodata)
        assert raster.read_masks(1)[0].tolist() == [0, 255, 255]
        assert tuple(raster.transform)[:6] == pytest.approx((0.01, 0.0, -104.5, 0.0, -0.02, 24.04))
        assert raster.crs.to_epsg() == 4326
        assert raster.descriptions == ("noticed",)
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"


def test_a_local_raster_is_in_metres_and_never_on_the_globe() -> None:
    with MemoryFile(geotiff(LARGE)) as file, file.open() as raster:
        assert raster.crs.to_epsg() is None
        assert not raster.crs.is_geographic
        assert "unnamed origin" in raster.crs.to_wkt()
        assert raster.overviews(1) == [2, 4]


def test_the_same_grid_gives_the_same_bytes() -> None:
    assert geotiff(LARGE) == geotiff(LARGE)


def test_each_raster_has_the_gas_and_the_rate_in_its_name() -> None:
    lead = busy_lead(Frame.WGS84)
    names = {"probability-ch4.tif", "detectability-ch4-0.03kgh.tif", "detectability-ch4-0.1kgh.tif", "detectability-ch4-0.5kgh.tif"}
    assert set(rasters("ch4", lead.probability_map, lead.detectability)) == names
    assert rasters("ch4", None, None) == {}


def test_the_command_line_does_not_wait_for_gdal() -> None:
    source = Path(geotiff.__code__.co_filename).read_text(encoding="utf-8")
    assert "\nfrom rasterio" not in source
    assert "\nimport rasterio" not in source
