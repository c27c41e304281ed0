"""ENVI cubes: any interleave, number type and byte order gives the same radiance; what is wrong gets one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Cube, Flight
from cathartes.readers.cube_ground import MapGrid, PixelPlaces, gridded
from cathartes.readers.cube_units import radiance_factor
from cathartes.readers.envi import EnviReader
from cathartes.readers.envi_file import header_of
from tests.cubes import Scene, write_envi

FLIGHT = Flight("f")


def small(shape: tuple[int, int, int] = (7, 5, 8)) -> Scene:
    """Radiance that grows smoothly, whole numbers so that every number type holds it."""
    lines, columns, bands = np.mgrid[: shape[0], : shape[1], : shape[2]]
    radiance = (200 + 10 * lines + 3 * columns + 20 * bands).astype(np.float32)
    return Scene(radiance, np.linspace(2100.0, 2400.0, shape[2]), np.full(shape[2], 9.0), np.zeros(shape[:2]))


def read(header: Path) -> Cube:
    return cast(Cube, EnviReader().read(header, FLIGHT).content)


def everything(cube: Cube) -> np.ndarray:
    return cube.tile(0, cube.lines, np.arange(len(cube.wavelength_nm)))


@pytest.mark.parametrize("interleave", ["bip", "bil", "bsq"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", "<i2", ">i2", "<u2", "<i4"])
def test_every_layout_on_disk_gives_the_same_radiance(tmp_path: Path, interleave: str, dtype: str) -> None:
    scene = small()
    cube = read(write_envi(tmp_path / "c", scene, interleave, dtype))
    np.testing.assert_array_equal(everything(cube), scene.radiance)
    np.testing.assert_array_equal(cube.tile(2, 4, np.array([1, 5])), scene.radiance[2:4][:, :, [1, 5]])
    assert EnviReader().refuses(tmp_path / "c.hdr", (tmp_path / "c.hdr").read_bytes()) is None


def test_gain_offset_and_missing_values_are_taken_from_the_header(tmp_path: Path) -> None:
    scene = small((4, 3, 8))
    scene.radiance[1, 2, 3] = -9999
    more = f"data gain values = {{{', '.join(['0.5'] * 8)}}}\ndata offset values = {{{', '.join(['2'] * 8)}}}\ndata ignore value = -9999\n"
    found = everything(read(write_envi(tmp_path / "c", scene, dtype="<i2", more=more)))
    assert np.isnan(found[1, 2, 3])
    assert found[0, 0, 0] == pytest.approx(0.5 * 200 + 2)


def test_the_usual_number_for_nothing_is_missing_where_the_header_names_none(tmp_path: Path) -> None:
    scene = small()
    scene.radiance[1, 2] = -9999.0
    assert np.isnan(everything(read(write_envi(tmp_path / "c", scene)))[1, 2]).all()


def test_a_sign_for_micro_in_an_older_encoding_is_read(tmp_path: Path) -> None:
    header = write_envi(tmp_path / "c", small(), units="µW/cm2/nm/sr")
    header.write_bytes(header.read_text(encoding="utf-8").encode("latin-1"))
    assert everything(read(header))[0, 0, 0] == pytest.approx(2000.0)


@pytest.mark.parametrize(
    ("words", "factor"),
    [
        ("uW/cm^2/nm/sr", 10.0), ("µW cm-2 nm-1 sr-1", 10.0), ("W/m2/sr/um", 1.0), ("W m^-2 sr^-1 μm^-1", 1.0), ("mW/m2/nm/sr", 1.0),
        ("microwatts per square centimeter per nanometer per steradian", 10.0), ("Radiance (uW/nm/cm2/sr)", 10.0),
        ("W/(m^2 sr micron)", 1.0), ("W/m^2/nm/sr", 1000.0), ("µW/cm²/nm/sr", 10.0), ("W m⁻² sr⁻¹ μm⁻¹", 1.0),
    ],
)  # fmt: skip
def test_units_of_radiance_are_understood_as_people_write_them(words: str, factor: float) -> None:
    assert radiance_factor(words, "c.hdr", strict=True) == pytest.approx(factor)


def edit(header: Path, old: str, new: str) -> None:
    text = header.read_text(encoding="utf-8")
    assert old in text
    header.write_text(text.replace(old, new), encoding="utf-8")


def cut(header: Path) -> None:
    data = header.with_suffix(".img")
    data.write_bytes(data.read_bytes()[:-100])


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off": (cut, "cut off"),
    "more lines than data": (lambda h: edit(h, "lines = 7", "lines = 9"), "cut off"),
    "fewer lines than data": (lambda h: edit(h, "lines = 7", "lines = 3"), "longer"),
    "no wavelengths": (lambda h: edit(h, "wavelength = {", "lengths = {"), "no wavelengths"),
    "too few wavelengths": (lambda h: edit(h, "wavelength = {2100.0000, ", "wavelength = {"), "7 numbers for 8 bands"),
    "unknown unit": (lambda h: edit(h, "W/m2/sr/um", "DN"), "no spectral radiance"),
    "wavelengths in furlongs": (lambda h: edit(h, "Nanometers", "Furlongs"), "expected nm or um"),
    "wrong byte order": (lambda h: edit(h, "byte order = 0", "byte order = 1"), "byte order"),
    "complex numbers": (lambda h: edit(h, "data type = 4", "data type = 6"), "data type"),
    "no data file": (lambda h: h.with_suffix(".img").unlink(), "no data beside it"),
    "open braces": (lambda h: edit(h, "9.0000}", "9.0000"), "cut off"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_wrong_with_a_cube_is_said_in_one_sentence(tmp_path: Path, kind: str) -> None:
    spoil, said = BROKEN[kind]
    header = write_envi(tmp_path / "c", small())
    spoil(header)
    with pytest.raises(BadInput, match=said) as found:
        read(header)
    assert "\n" not in str(found.value)


def test_micrometres_and_an_unstated_wavelength_unit_become_nanometres(tmp_path: Path) -> None:
    scene = small()
    header = write_envi(tmp_path / "c", scene._replace(wavelength_nm=scene.wavelength_nm / 1000, fwhm_nm=scene.fwhm_nm / 1000))
    edit(header, "wavelength units = Nanometers\n", "")
    reading = EnviReader().read(header, FLIGHT)
    cube = cast(Cube, reading.content)
    np.testing.assert_allclose(cube.wavelength_nm, scene.wavelength_nm, atol=0.06)
    np.testing.assert_allclose(cube.fwhm_nm, scene.fwhm_nm)
    assert "cube.wavelength-unit-not-stated" in {each.key for each in reading.recording.health}


def test_the_time_of_the_header_is_kept(tmp_path: Path) -> None:
    taken = read(write_envi(tmp_path / "c", small(), more="acquisition time = 2024-05-01T17:00:00Z\n")).taken
    assert taken is not None
    assert taken.utc.isoformat() == "2024-05-01T17:00:00+00:00"
    assert read(write_envi(tmp_path / "d", small(), more="acquisition time = noon\n")).taken is None


def write_places(path: Path, x: np.ndarray, y: np.ndarray, more: str = "") -> None:
    np.stack((x, y, np.zeros_like(x))).astype("<f8").tofile(path.with_suffix(""))
    text = f"ENVI\nsamples = {x.shape[1]}\nlines = {x.shape[0]}\nbands = 3\ndata type = 5\ninterleave = bsq\nbyte order = 0\n{more}"
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("in_metres", [False, True])
def test_a_file_of_places_beside_the_cube_says_where_its_pixels_lie(tmp_path: Path, *, in_metres: bool) -> None:
    header = write_envi(tmp_path / "f1_rdn_img", small())
    line, column = np.mgrid[:7, :5].astype(float)
    x, y = -98.0 + 1e-4 * column, 18.0 - 1e-4 * line
    write_places(tmp_path / "f2_igm.hdr", x + 9.0, y)
    if in_metres:
        zone = "map info = {UTM, 1, 1, 0, 0, 5, 5, 14, North, WGS-84}\n"
        write_places(tmp_path / "f1_rdn_igm.hdr", 600_000.0 + 10.0 * column, 2_000_000.0 - 10.0 * line, zone)
    else:
        write_places(tmp_path / "f1_rdn_igm.hdr", x, y)
    reading = EnviReader().read(header, FLIGHT)
    cube = cast(Cube, reading.content)
    assert cube.ground is not None
    assert cube.pixel_m == pytest.approx(10.0 if in_metres else 10.8, abs=0.2)
    lon, lat = cube.ground(np.array([0.5, 6.5]), np.array([0.5, 4.5]))
    expected = ((-98.0549, -98.0546), (18.0864, 18.0858)) if in_metres else ((-98.0, -97.9996), (18.0, 17.9994))
    np.testing.assert_allclose((lon, lat), expected, atol=1e-4)
    assert set(reading.recording.parts) == {"f1_rdn_img.img", "f1_rdn_igm.hdr", "f1_rdn_igm"}
    assert EnviReader().refuses(tmp_path / "f1_rdn_igm.hdr", b"ENVI\nbands = 3") is not None


@given(st.text(max_size=400))
def test_any_text_is_a_header_or_bad_input(text: str) -> None:
    try:
        fields = header_of("ENVI\n" + text, "c.hdr")
    except BadInput:
        return
    assert all(isinstance(value, str) for value in fields.values())


def write_lookup(path: Path, column: np.ndarray, line: np.ndarray) -> None:
    np.stack((column, line)).astype("<i4").tofile(path.with_suffix(""))
    text = f"ENVI\nsamples = {column.shape[1]}\nlines = {column.shape[0]}\nbands = 2\ndata type = 3\ninterleave = bsq\nbyte order = 0\n"
    path.write_text(text + "map info = {UTM, 1, 1, 600000, 2000000, 5, 5, 14, North, WGS-84}\n", encoding="utf-8")


def test_a_lookup_table_beside_the_cube_puts_its_pixels_on_the_map(tmp_path: Path) -> None:
    header = write_envi(tmp_path / "f1_rdn_img", small())
    write_lookup(tmp_path / "f1_rdn_glt.hdr", np.array([[0, 1, 5], [2, -2, 0]]), np.array([[0, 1, 7], [3, -3, 0]]))
    reading = EnviReader().read(header, FLIGHT)
    lookup = cast(Cube, reading.content).lookup
    assert lookup is not None
    np.testing.assert_array_equal(lookup.pixel, [[-1, 0, 34], [11, 11, -1]])
    assert (lookup.system, lookup.affine) == ("EPSG:32614", (600_000.0, 5.0, 0.0, 2_000_000.0, 0.0, -5.0))
    assert "f1_rdn_glt" in reading.recording.parts


def test_a_lookup_table_of_another_cube_is_left_alone_and_said(tmp_path: Path) -> None:
    header = write_envi(tmp_path / "f1_rdn_img", small())
    write_lookup(tmp_path / "f1_rdn_glt.hdr", np.array([[6]]), np.array([[1]]))
    reading = EnviReader().read(header, FLIGHT)
    assert cast(Cube, reading.content).lookup is None
    assert "cube.lookup-does-not-fit" in {note.key for note in reading.recording.health}


@pytest.mark.parametrize("content", [None, b"ab"])
def test_a_lookup_table_that_cannot_be_read_spoils_no_cube(tmp_path: Path, content: bytes | None) -> None:
    header = write_envi(tmp_path / "f1_rdn_img", small())
    (tmp_path / "f1_rdn_glt.hdr").write_text("ENVI\nlines = 3\n")
    if content is not None:
        write_lookup(tmp_path / "f1_rdn_glt.hdr", np.array([[1]]), np.array([[1]]))
        (tmp_path / "f1_rdn_glt").write_bytes(content)
    reading = EnviReader().read(header, FLIGHT)
    assert cast(Cube, reading.content).lookup is None
    assert "cube.lookup-does-not-fit" in {note.key for note in reading.recording.health}
    assert reading.recording.parts == ("f1_rdn_img.img",)


def test_pixels_that_lie_askew_fill_the_map_without_holes_and_near_where_they_are() -> None:
    line, column = np.mgrid[:40, :30].astype(float)
    east, north = 600_000.0 + 8.0 * column + 3.0 * line, 2_000_000.0 - 8.0 * line + 3.0 * column
    lon, lat = MapGrid("EPSG:32614", (0.0, 0.0, 1.0, 0.0, 1.0, 0.0))(east, north)
    lookup = gridded(PixelPlaces(lon, lat), 8.0)
    assert lookup is not None
    x0, step, _, y0, _, _ = lookup.affine
    row, across = np.nonzero(lookup.pixel >= 0)
    pixel = lookup.pixel[row, across]
    off = np.hypot(x0 + step * (across + 0.5) - east.ravel()[pixel], y0 - step * (row + 0.5) - north.ravel()[pixel])
    assert lookup.system == "EPSG:32614"
    assert off.max() < 2.3 * step
    assert np.median(off) < 0.6 * step
    assert len(np.unique(pixel)) > 0.9 * lon.size
    middle = lookup.pixel[lookup.pixel.shape[0] // 2]
    inside = np.flatnonzero(middle >= 0)
    assert (middle[inside[0] : inside[-1]] >= 0).all()
    lon[3, 4] = 0.0
    assert gridded(PixelPlaces(lon, lat), 8.0) is None
