"""NetCDF-4 and HDF5 cubes: EMIT level 1B as it is delivered, and any other file with a small mapping beside it.

The mapping `NAME.cube.toml` says which data set is what; docs/reference/cubes.md describes it. ENVI cubes are in `envi`.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Clock, Cube, Custody, Flight, Instant, Reading, Statement, digest_of
from cathartes.model.cube import Floats32, Lookup
from cathartes.readers.cube_ground import PixelPlaces, looked_up, side_of
from cathartes.readers.cube_units import in_nanometres, radiance_factor, usual_width
from cathartes.readers.intake import opened, write_up
from cathartes.readers.times import stated

SIGNATURE = b"\x89HDF\r\n\x1a\n"
SUFFIXES = (".nc", ".nc4", ".h5", ".hdf5", ".he5")
CUBE_LIMIT = 1 << 42
AXES = ("lines", "columns", "bands")


@dataclass(frozen=True)
class Mapping:
    """Which data set of a file is what: paths inside the file, the order of the axes, and units where the file does not say."""

    radiance: str
    wavelength: str
    fwhm: str | None = None
    good: str | None = None
    lon: str | None = None
    lat: str | None = None
    axes: tuple[str, ...] = AXES
    unit: str | None = None
    wavelength_unit: str | None = None
    fill: float | None = None


EMIT = Mapping(
    "radiance", "sensor_band_parameters/wavelengths", "sensor_band_parameters/fwhm", None, "location/lon", "location/lat",
    unit="uW/cm2/nm/sr", wavelength_unit="nm", fill=-9999.0,
)  # fmt: skip


class Hdf5CubeReader:
    """Reads EMIT L1B granules, and HDF5 or NetCDF-4 cubes that have a mapping."""

    kind = "cube"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no such cube, from its name, its first bytes, and what is beside it."""
        if path.suffix.lower() not in SUFFIXES:
            return f"its name does not end in {', '.join(SUFFIXES)}"
        if not head.startswith(SIGNATURE):
            return "it is not HDF5 or NetCDF-4 inside"
        if not mapping_file(path).is_file() and b"sensor_band_parameters" not in head and "emit" not in path.name.lower():
            return f"it is no EMIT granule, and there is no {mapping_file(path).name} that says where its radiance is"
        return None

    def read(self, path: Path, flight: Flight) -> Reading:
        """The cube, its radiance still on disk. Raises `BadInput` where a data set is missing, or sizes and units do not fit."""
        with opened(path, CUBE_LIMIT) as (_, digest):
            pass
        mapping, parts = mapping_of(path)
        cube, health = cube_of(path, mapping)
        own = (path.with_name(part).read_bytes() for part in parts)
        custody = Custody((digest, *map(digest_of, own)), __name__, __version__)
        return Reading(write_up(path, flight, custody, self.kind, cube.lines * cube.columns, health, parts=parts), cube)


def mapping_file(path: Path) -> Path:
    """The mapping that goes with a file."""
    return path.with_name(path.name + ".cube.toml")


def mapping_of(path: Path) -> tuple[Mapping, tuple[str, ...]]:
    """The file's own mapping and its name, or EMIT's."""
    own = mapping_file(path)
    if not own.is_file():
        return EMIT, ()
    try:
        fields: dict[str, Any] = tomllib.loads(own.read_text(encoding="utf-8"))
        mapping = Mapping(**(fields | ({"axes": tuple(fields["axes"])} if "axes" in fields else {})))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as problem:
        raise BadInput(f"{own.name} is no mapping ({problem}); it needs radiance and wavelength, see docs/reference/cubes.md") from None
    if sorted(mapping.axes) != sorted(AXES):
        raise BadInput(f"{own.name}: axes = {list(mapping.axes)}; expected lines, columns and bands in the file's order")
    return mapping, (own.name,)


@dataclass(frozen=True)
class Hdf5Tiles:
    """Tiles of one data set; the file is opened for each, so that they can be read by several workers."""

    path: Path
    name: str
    axes: tuple[str, ...]
    factor: float
    fill: float | None

    def __call__(self, first: int, end: int, bands: NDArray[np.intp]) -> Floats32:
        """See `model.cube.Tiles`."""
        import h5py

        low, high = int(bands[0]), int(bands[-1]) + 1
        cut = {"lines": slice(first, end), "columns": slice(None), "bands": slice(low, high)}
        with h5py.File(self.path, "r") as file:
            block = file[self.name][tuple(cut[axis] for axis in self.axes)]
        tile = np.transpose(block, [self.axes.index(axis) for axis in AXES])[:, :, bands - low].astype(np.float32)
        if self.fill is not None:
            tile[tile == np.float32(self.fill)] = np.nan
        return tile * np.float32(self.factor)


def cube_of(path: Path, mapping: Mapping) -> tuple[Cube, tuple[Statement, ...]]:
    """The cube that the mapping describes."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return _described(file, path, mapping)
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read as HDF5 ({problem}); is it whole?") from None


def _described(file: Any, path: Path, mapping: Mapping) -> tuple[Cube, tuple[Statement, ...]]:
    radiance = _data(file, mapping.radiance, path)
    if radiance.ndim != len(AXES):
        raise BadInput(f"{path.name}: {mapping.radiance} has {radiance.ndim} axes; expected three: {', '.join(mapping.axes)}")
    lines, columns, bands = (radiance.shape[mapping.axes.index(axis)] for axis in AXES)
    listed = np.asarray(_data(file, mapping.wavelength, path), float).ravel()
    if len(listed) != bands:
        raise BadInput(f"{path.name}: {len(listed)} wavelengths for {bands} bands; correct the mapping's wavelength or axes")
    wavelength, health = in_nanometres(listed, mapping.wavelength_unit or _units(file[mapping.wavelength]), path.name)
    width = usual_width(wavelength)
    if mapping.fwhm is not None:
        width = np.asarray(_data(file, mapping.fwhm, path), float).ravel() * (wavelength[0] / listed[0])
    good = np.ones(bands, bool) if mapping.good is None else np.asarray(_data(file, mapping.good, path)).ravel() > 0
    words = mapping.unit or _units(radiance)
    if not words:
        raise BadInput(f'{path.name} does not state the unit of {mapping.radiance}; add unit = "uW/cm2/nm/sr" to its mapping')
    factor = radiance_factor(words, path.name, strict=True) or 1.0
    fill = mapping.fill if mapping.fill is not None else _fill(radiance)
    tiles = Hdf5Tiles(path, mapping.radiance, mapping.axes, factor, fill)
    places = _places(file, path, mapping, (lines, columns))
    if places is None:
        health += (Statement("cube.no-place"),)
    side = float("nan") if places is None else side_of(places)
    return Cube(
        lines, columns, wavelength, width, good, is_calibrated=True, tile=tiles, pixel_m=side, ground=places, taken=_taken(file),
        lookup=_lookup(file, (lines, columns)),
    ), health  # fmt: skip


def _data(file: Any, name: str, path: Path) -> Any:
    if name not in file:
        raise BadInput(f"{path.name} has no data set {name!r}; it has {', '.join(sorted(file))}; correct {mapping_file(path).name}")
    return file[name]


def _units(data: Any) -> str | None:
    words = data.attrs.get("units")
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else None if words is None else str(words)


def _fill(data: Any) -> float | None:
    value = data.attrs.get("_FillValue")
    return None if value is None else float(np.ravel(value)[0])


def _places(file: Any, path: Path, mapping: Mapping, shape: tuple[int, int]) -> PixelPlaces | None:
    if mapping.lon is None or mapping.lat is None or mapping.lon not in file or mapping.lat not in file:
        return None
    lon, lat = (np.asarray(_data(file, name, path), dtype=np.float64) for name in (mapping.lon, mapping.lat))
    if lon.shape != shape or lat.shape != shape:
        raise BadInput(f"{path.name}: longitudes are {lon.shape}, radiance is {shape} lines x columns; correct the mapping")
    # What fills a gap, such as -9999, lies off the globe.
    known = (np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0)
    return PixelPlaces(np.where(known, lon, np.nan), np.where(known, lat, np.nan)) if known.any() else None


def _lookup(file: Any, shape: tuple[int, int]) -> Lookup | None:
    """EMIT's own lookup table, on the map of the granule's attributes; `None` where there is none or it is not this cube's."""
    names, told = ("location/glt_x", "location/glt_y"), ("geotransform", "spatial_ref")
    if any(name not in file for name in names) or any(name not in file.attrs for name in told):
        return None
    column, line = (np.asarray(file[name], np.float64) for name in names)
    affine, system = np.ravel(file.attrs["geotransform"]), file.attrs["spatial_ref"]
    if column.shape != line.shape or column.ndim != 2 or len(affine) != 6:
        return None
    x, x_column, x_row, y, y_column, y_row = affine.astype(float).tolist()
    words = system.decode("utf-8", "replace") if isinstance(system, bytes) else str(system)
    return looked_up(column, line, shape, words, (x, x_column, x_row, y, y_column, y_row))


def _taken(file: Any) -> Instant | None:
    """The start that NetCDF conventions put into `time_coverage_start`."""
    words = file.attrs.get("time_coverage_start", "")
    return stated(words.decode() if isinstance(words, bytes) else str(words), Clock.UNSTATED)
