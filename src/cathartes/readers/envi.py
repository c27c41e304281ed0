"""ENVI cubes: a text header beside a file of numbers, in any interleave, number type and byte order.

What the header says is checked against the data before anything is read (`envi_file`); radiance leaves in W m-2 sr-1 um-1, places from
`map info` or a file beside the cube. The format is described in docs/reference/cubes.md; NetCDF and HDF5 cubes are in `cube_hdf5`.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Clock, Cube, Custody, Flight, Reading, Statement
from cathartes.model.cube import Ground, Lookup
from cathartes.readers import times
from cathartes.readers.cube_ground import MapGrid, PixelPlaces, located_by_map, looked_up, side_of
from cathartes.readers.cube_units import in_nanometres, radiance_factor, usual_width
from cathartes.readers.envi_file import FILL, Header, Stored, data_file, decoded, header_of, numbers_of, stored_as
from cathartes.readers.intake import opened, write_up

UNIT_KEYS = ("data units", "radiance units", "units", "unit", "data unit", "radiance unit", "z plot titles", "description")
CUBE_LIMIT = 1 << 42
ODD_ORDER = 20.0
"""Numbers this many times odder than with their bytes swapped: the header names the wrong byte order."""

PLACES, LOOKUP = re.compile(r"(?i)(.*)_(igm|loc)"), re.compile(r"(?i)(.*)_glt")
BESIDE = re.compile(r"(?i).*_(igm|loc|glt|obs)")
"""Names, without `.hdr`, of files that instruments deliver beside radiance: places per pixel, its lookup table, angles."""

SMALLEST, LARGEST, ABSURD = 1e-15, 1e15, 100.0


class EnviReader:
    """Reads ENVI headers with wavelengths, and the data file beside them."""

    kind = "cube"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no header of a cube, from its name and its first word."""
        if path.suffix.lower() != ".hdr":
            return "its name does not end in .hdr"
        if not head.lstrip().startswith(b"ENVI"):
            return "it does not begin with the word ENVI"
        if BESIDE.fullmatch(path.stem):
            return "by its name it holds places or angles, not radiance"
        return None if re.search(rb"(?im)^\s*bands\s*=", head) else "it is an ENVI header without a line `bands = ...`"

    def read(self, path: Path, flight: Flight) -> Reading:
        """The cube, its radiance still on disk. Raises `BadInput` where header and data disagree, or a unit is not understood."""
        with opened(path, 1 << 24) as (file, header_digest):
            header = header_of(decoded(file.read()), path.name)
        data = data_file(path, header)
        stored = stored_as(header, path, data)
        with opened(data, CUBE_LIMIT) as (_, digest):
            pass
        size = (str(stored.lines), str(stored.columns))
        beside, table = (file_beside(path, kind, fitting) for kind, fitting in ((PLACES, size), (LOOKUP, None)))
        cube, health = cube_of(header, stored, path, beside)
        lookup = None if table is None else lookup_of(table, stored)
        if table is not None and lookup is None:
            health += (Statement("cube.lookup-does-not-fit", {"name": table.name}),)
        cube = replace(cube, lookup=lookup)
        custody = Custody((digest, header_digest), __name__, __version__)
        used = (beside, table if lookup is not None else None)
        parts = (name for other in used if other is not None for name in (other.name, data_file(other, {}).name))
        recording = write_up(path, flight, custody, self.kind, cube.lines * cube.columns, health, parts=(data.name, *parts))
        return Reading(recording, cube)


def file_beside(path: Path, kind: re.Pattern[str], size: tuple[str, str] | None) -> Path | None:
    """The header of a file of this kind beside a cube: named NAME and the kind's ending, where NAME begins the cube's own name, and of this
    size where one is given."""
    for candidate in sorted(path.parent.glob("*.hdr")):
        named = kind.fullmatch(candidate.stem)
        if named is None or not f"{path.stem}_".startswith(f"{named[1]}_"):
            continue
        if size is None:
            return candidate
        header = header_of(decoded(candidate.read_bytes()), candidate.name)
        if (header.get("lines"), header.get("samples")) == size:
            return candidate
    return None


def lookup_of(path: Path, cube: Stored) -> Lookup | None:
    """The lookup table in a file whose first bands are column and line, on the map of its header.

    `None` where it cannot be read or does not fit the cube: the cube itself is none the worse.
    """
    try:
        header = header_of(decoded(path.read_bytes()), path.name)
        stored = stored_as(header, path, data_file(path, header))
        grid = located_by_map(header["map info"], path.name)[1] if "map info" in header else None
    except BadInput:
        return None
    if stored.bands < 2 or not isinstance(grid, MapGrid):
        return None
    column, line = np.moveaxis(stored.numbers(0, stored.lines, np.arange(2)).astype(np.float64), -1, 0)
    return looked_up(column, line, (cube.lines, cube.columns), grid.system, grid.affine)


def places_of(path: Path, system: str | None) -> PixelPlaces:
    """Longitude and latitude of every pixel's centre, from a file whose first bands are these, or x and y on the map `system`."""
    header = header_of(decoded(path.read_bytes()), path.name)
    stored = stored_as(header, path, data_file(path, header))
    if stored.bands < 2:
        raise BadInput(f"{path.name} has {stored.bands} band; expected longitude and latitude, or x and y, as the first two")
    numbers = stored.numbers(0, stored.lines, np.arange(2)).astype(np.float64)
    numbers[~np.isfinite(numbers) | (numbers == (FILL if stored.ignored is None else stored.ignored))] = np.nan
    x, y = np.moveaxis(numbers, -1, 0)
    if np.nanmax(np.abs(x), initial=0.0) <= 360.0 and np.nanmax(np.abs(y), initial=0.0) <= 90.0:
        return PixelPlaces(x, y)
    if system is None:
        raise BadInput(f"{path.name} gives places in metres, but no header says on which map; add the `map info` of their UTM zone")
    lon, lat = MapGrid(system, (0.0, 0.0, 1.0, 0.0, 1.0, 0.0))(x, y)
    return PixelPlaces(np.where(np.isfinite(x), lon, np.nan), np.where(np.isfinite(x), lat, np.nan))


def ground_of(header: Header, path: Path, beside: Path | None) -> tuple[float, Ground | None]:
    """Side of a pixel (m) and places: from the file beside the cube, else from `map info`."""
    mapped = located_by_map(header["map info"], path.name) if "map info" in header else (float("nan"), None)
    if beside is None:
        return mapped
    own = header_of(decoded(beside.read_bytes()), beside.name).get("map info")
    known = located_by_map(own, beside.name)[1] if own is not None else mapped[1]
    places = places_of(beside, getattr(known, "system", None))
    return side_of(places), places


def cube_of(header: Header, stored: Stored, path: Path, beside: Path | None = None) -> tuple[Cube, tuple[Statement, ...]]:
    """The cube in W m-2 sr-1 um-1 and nanometres, and what there is to say about it; `beside` says where its pixels lie."""
    name, bands = path.name, stored.bands
    wavelength = numbers_of(header, "wavelength", bands, name)
    if wavelength is None:
        raise BadInput(f"{name} lists no wavelengths; add `wavelength = {{...}}` with one number per band, in nm or um")
    wavelength, health = in_nanometres(wavelength, header.get("wavelength units"), name)
    fwhm = numbers_of(header, "fwhm", bands, name)
    fwhm_nm = usual_width(wavelength) if fwhm is None else fwhm * (wavelength[0] / float(header["wavelength"].replace(",", " ").split()[0]))
    stated = next((header[key] for key in UNIT_KEYS if header.get(key) and radiance_factor(header[key], name, strict=False)), None)
    unclear = next((header[key] for key in UNIT_KEYS[:-2] if header.get(key)), None) if stated is None else None
    if unclear is not None:
        radiance_factor(unclear, name, strict=True)
    factor = (stated and radiance_factor(stated, name, strict=True)) or 1.0
    if stated is None:
        health += (Statement("cube.unit-not-stated"),)
    scaled = _scaled(stored, float(factor))
    refuse_byte_order(scaled, name)
    good = numbers_of(header, "bbl", bands, name)
    pixel_m, ground = ground_of(header, path, beside)
    if ground is None:
        health += (Statement("cube.no-place"),)
    cube = Cube(
        stored.lines, stored.columns, wavelength, fwhm_nm, np.ones(bands, bool) if good is None else good > 0,
        stated is not None, scaled, pixel_m, ground, times.stated(header.get("acquisition time", ""), Clock.UNSTATED),
    )  # fmt: skip
    return cube, health


def _scaled(stored: Stored, factor: float) -> Stored:
    return replace(stored, gain=(stored.gain * factor).astype(np.float32), offset=(stored.offset * factor).astype(np.float32))


def refuse_byte_order(stored: Stored, name: str) -> None:
    """Raises `BadInput` where the numbers make sense only with their bytes swapped."""
    other = "<" if stored.dtype[0] == ">" else ">"
    here, swapped = (_oddity(replace(stored, dtype=order + stored.dtype[1:])) for order in (stored.dtype[0], other))
    if here > ODD_ORDER * swapped:
        raise BadInput(f"{name}: the numbers make sense only with their bytes swapped; `byte order` should be {int(other == '>')}")


def _oddity(stored: Stored) -> float:
    """How unlike radiance the middle line is: steps between neighbouring bands over the numbers' size, and a great deal more where most
    numbers are too large or too small for any radiance."""
    line = stored.lines // 2
    with np.errstate(invalid="ignore"):
        numbers = stored.numbers(line, line + 1, np.arange(stored.bands))[0].astype(np.float64)
    size = np.abs(numbers[np.isfinite(numbers) & (numbers != 0)])
    if not len(size):
        return 1.0
    absurd = float(np.mean((size < SMALLEST) | (size > LARGEST)))
    held = np.clip(np.nan_to_num(numbers), -LARGEST, LARGEST)
    rough = float(np.median(np.abs(np.diff(held, axis=1))) / np.median(size)) if stored.bands > 1 else 0.0
    return min(rough, 1.0) + 1e-3 + ABSURD * (absurd > 0.5)
