"""NetCDF and HDF5 cubes: EMIT as delivered, others by their mapping."""

from pathlib import Path
from typing import cast

import h5py
import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.model import Cube, Flight
from cathartes.readers.cube_ground import PixelPlaces, gridded
from cathartes.readers.cube_hdf5 import Hdf5CubeReader
from cathartes.readers.intake import HEAD_BYTES

FLIGHT = Flight("f")
LINES, COLUMNS, BANDS = 6, 5, 8


def emit(path: Path) -> Path:
    """A granule with the groups and fill value of EMIT L1B."""
    radiance = np.arange(LINES * COLUMNS * BANDS, dtype=np.float32).reshape(LINES, COLUMNS, BANDS) / 100
    radiance[0, 0] = -9999
    lat, lon = np.mgrid[20.0 : 20.0 - 0.0006 * LINES : -0.0006, -100.0 : -100.0 + 0.0006 * COLUMNS : 0.0006][:, :LINES, :COLUMNS]
    with h5py.File(path, "w") as file:
        file.attrs["time_coverage_start"] = "2023-08-14T16:10:03+0000"
        file["radiance"] = radiance
        file["sensor_band_parameters/wavelengths"] = np.linspace(2100.0, 2400.0, BANDS)
        file["sensor_band_parameters/fwhm"] = np.full(BANDS, 8.5)
        file["location/lon"], file["location/lat"] = lon, lat
        file["location/glt_x"], file["location/glt_y"] = np.array([[1, 0], [5, 2]], np.int32), np.array([[1, 0], [6, 3]], np.int32)
        file.attrs["geotransform"], file.attrs["spatial_ref"] = (-100.0, 0.0005, 0.0, 20.0, 0.0, -0.0005), "EPSG:4326"
    return path


def read(path: Path) -> Cube:
    return cast(Cube, Hdf5CubeReader().read(path, FLIGHT).content)


def test_an_emit_granule_has_radiance_place_and_time(tmp_path: Path) -> None:
    path = emit(tmp_path / "EMIT_L1B_RAD_001.nc")
    assert Hdf5CubeReader().refuses(path, path.read_bytes()[:HEAD_BYTES]) is None
    cube = read(path)
    tile = cube.tile(1, 3, np.array([2, 3, 5]))
    assert tile.shape == (2, COLUMNS, 3)
    assert tile[0, 0, 0] == pytest.approx(10 * 0.42)
    assert np.isnan(cube.tile(0, 1, np.arange(BANDS))[0, 0]).all()
    assert cube.ground is not None
    lon, lat = cube.ground(np.array([0.5]), np.array([1.5]))
    assert (lon[0], lat[0]) == pytest.approx((-99.9994, 20.0))
    assert cube.pixel_m == pytest.approx(65, rel=0.05)
    assert cube.lookup is not None
    np.testing.assert_array_equal(cube.lookup.pixel, [[0, -1], [29, 11]])
    assert cube.lookup.affine[3] == 20.0
    assert cube.taken is not None
    assert cube.taken.utc.isoformat() == "2023-08-14T16:10:03+00:00"


@pytest.mark.parametrize(
    ("name", "content"), [("geotransform", (1.0, 2.0)), ("spatial_ref", "nonsense"), ("location/glt_x", np.ones((1, 2), np.int32))]
)
def test_a_lookup_table_that_fits_no_map_is_left_alone(tmp_path: Path, name: str, content: object) -> None:
    path = emit(tmp_path / "EMIT_L1B_RAD.nc")
    with h5py.File(path, "r+") as file:
        if name in file:
            del file[name]
            file[name] = content
        else:
            file.attrs[name] = content
    assert read(path).lookup is None


def test_places_that_are_filled_up_are_no_places(tmp_path: Path) -> None:
    path = emit(tmp_path / "EMIT_L1B_RAD.nc")
    with h5py.File(path, "r+") as file:
        file["location/lon"][0, 0] = file["location/lat"][0, 0] = -9999.0
    cube = read(path)
    assert isinstance(cube.ground, PixelPlaces)
    assert (np.isnan(cube.ground.lon[0, 0]), np.isnan(cube.ground.lon).sum()) == (True, 1)
    assert gridded(cube.ground, cube.pixel_m) is not None
    with h5py.File(path, "r+") as file:
        file["location/lon"][...] = -9999.0
    assert read(path).ground is None


def test_a_mapping_says_where_things_are_in_any_other_file(tmp_path: Path) -> None:
    path = tmp_path / "cube.h5"
    with h5py.File(path, "w") as file:
        file["a/rad"] = np.arange(BANDS * LINES * COLUMNS, dtype=np.float32).reshape(BANDS, LINES, COLUMNS)
        file["a/wl"] = np.linspace(8.0, 12.0, BANDS)
    text = 'radiance = "a/rad"\nwavelength = "a/wl"\naxes = ["bands", "lines", "columns"]\nunit = "W/m2/sr/um"\nwavelength_unit = "um"\n'
    path.with_name("cube.h5.cube.toml").write_text(text)
    cube = read(path)
    assert (cube.lines, cube.columns) == (LINES, COLUMNS)
    assert cube.wavelength_nm[0] == 8000.0
    assert cube.tile(1, 2, np.array([3]))[0, 2, 0] == 3 * LINES * COLUMNS + COLUMNS + 2


def test_what_a_mapping_gets_wrong_is_said(tmp_path: Path) -> None:
    path = emit(tmp_path / "emit.nc")
    mapping = path.with_name("emit.nc.cube.toml")
    for text, said in (
        ('radiance = "rad"\nwavelength = "wl"\n', "no data set 'rad'"),
        ("radiance = 3\n", "no mapping"),
        ('radiance = "radiance"\nwavelength = "sensor_band_parameters/wavelengths"\nunit = "counts"\nwavelength_unit = "nm"\n', "counts"),
        ('radiance = "radiance"\nwavelength = "sensor_band_parameters/wavelengths"\nwavelength_unit = "nm"\n', "does not state the unit"),
    ):
        mapping.write_text(text)
        with pytest.raises(BadInput, match=said):
            read(path)


def test_a_granule_that_was_cut_off_is_bad_input(tmp_path: Path) -> None:
    path = emit(tmp_path / "emit.nc")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(BadInput, match="is it whole"):
        read(path)
