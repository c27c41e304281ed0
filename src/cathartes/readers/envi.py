"""ENVI cubes: a text header beside a file of numbers, in any interleave, number type and byte order.

What the header says is checked against the data before anything is read; radiance leaves in W m-2 sr-1 um-1, places from `map info` or a
file beside the cube. The format is
described in docs/reference/cubes.md; NetCDF and HDF5 cubes are in `cube_hdf5`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Clock, Cube, Custody, Flight, Reading, Statement
from cathartes.model.cube import Floats32, Ground, Lookup
from cathartes.model.samples import Floats
from cathartes.readers import times
from cathartes.readers.cube_ground import MapGrid, PixelPlaces, located_by_map, looked_up, side_of
from cathartes.readers.cube_units import in_nanometres, radiance_factor, usual_width
from cathartes.readers.intake import opened, write_up

Header: TypeAlias = Mapping[str, str]

TYPES = {"1": "u1", "2": "i2", "3": "i4", "4": "f4", "5": "f8", "12": "u2", "13": "u4", "14": "i8", "15": "u8"}
"""NumPy's name of each real ENVI data type; 6 and 9 are complex."""

AXES = {"bip": ("lines", "samples", "bands"), "bil": ("lines", "bands", "samples"), "bsq": ("bands", "lines", "samples")}
SUFFIXES = ("", ".img", ".dat", ".bin", ".raw", ".bip", ".bil", ".bsq", ".rdn")
UNIT_KEYS = ("data units", "radiance units", "units", "unit", "data unit", "radiance unit", "z plot titles", "description")
CUBE_LIMIT = 1 << 42
FEWEST_BANDS = 4
ODD_ORDER = 20.0
"""Numbers this many times odder than with their bytes swapped: the header names the wrong byte order."""

PLACES, LOOKUP = re.compile(r"(?i)(.*)_(igm|loc)"), re.compile(r"(?i)(.*)_glt")
BESIDE = re.compile(r"(?i).*_(igm|loc|glt|obs)")
"""Names, without `.hdr`, of files that instruments deliver beside radiance: places per pixel, its lookup table, angles."""

FILL = -9999.0
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


def decoded(content: bytes) -> str:
    """A header's text: UTF-8, or Latin-1 where it is not, as older programs write the sign for micro."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def header_of(text: str, name: str) -> Header:
    """The header's fields, names in lower case; braces and line breaks inside them taken away."""
    fields = dict[str, str]()
    for match in re.finditer(r"(?m)^[ \t]*([^=\n{}]+?)[ \t]*=[ \t]*(?:\{([^}]*)\}|([^\n]*))", text):
        braced, plain = match[2], match[3]
        if braced is None and plain.lstrip().startswith("{"):
            raise BadInput(f"{name}: the braces of `{match[1]}` are never closed; the header is cut off")
        fields[match[1].strip().lower()] = " ".join((braced if braced is not None else plain).split())
    return fields


def number_of(header: Header, key: str, name: str, least: int = 1) -> int:
    """A whole number the header must hold."""
    try:
        value = int(header[key])
    except KeyError:
        raise BadInput(f"{name} has no line `{key} = ...`; an ENVI header states lines, samples, bands and data type") from None
    except ValueError:
        raise BadInput(f"{name}: `{key} = {header[key][:40]}` is no whole number") from None
    if value < least:
        raise BadInput(f"{name}: `{key} = {value}`; expected at least {least}")
    return value


def numbers_of(header: Header, key: str, count: int, name: str) -> Floats | None:
    """One number per band, `None` where the header has no such list. Raises `BadInput` for another count."""
    if key not in header:
        return None
    try:
        values = np.array([float(word) for word in header[key].replace(",", " ").split()])
    except ValueError:
        raise BadInput(f"{name}: `{key}` holds something that is no number") from None
    if len(values) != count:
        raise BadInput(f"{name}: `{key}` lists {len(values)} numbers for {count} bands; correct the header")
    return values


def data_file(path: Path, header: Header) -> Path:
    """The file of numbers: the one the header names, or the header's name without `.hdr`, bare or with a usual ending."""
    stem = path.with_suffix("")
    named = [path.parent / Path(header["data file"]).name] if "data file" in header else []
    for candidate in (*named, *(stem.with_name(stem.name + suffix) for suffix in SUFFIXES)):
        if candidate != path and candidate.is_file():
            return candidate
    raise BadInput(f"{path.name} has no data beside it; expected {stem.name} or {stem.name}.img in the same folder")


@dataclass(frozen=True, eq=False)
class Stored:
    """How the numbers lie in the file, and how each becomes radiance: `gain * number + offset` (one per band)."""

    path: Path
    start: int
    dtype: str
    interleave: str
    lines: int
    columns: int
    bands: int
    gain: Floats32
    offset: Floats32
    ignored: float | None

    def __call__(self, first: int, end: int, bands: NDArray[np.intp]) -> Floats32:
        """See `model.cube.Tiles`. Bytes are read into memory and given back: a mapped file would grow with the cube."""
        numbers = self.numbers(first, end, bands)
        tile = numbers.astype(np.float32)
        if not (np.all(self.gain == 1) and np.all(self.offset == 0)):
            tile *= self.gain[bands]
            tile += self.offset[bands]
        if self.ignored is not None:
            tile[numbers == np.asarray(self.ignored).astype(numbers.dtype)] = np.nan
        return tile

    def numbers(self, first: int, end: int, bands: NDArray[np.intp]) -> NDArray[np.generic]:
        """The file's own numbers: lines x columns x bands."""
        lines, columns = end - first, self.columns
        with self.path.open("rb") as file:
            if self.interleave == "bsq":
                planes = [self._run(file, (band * self.lines + first) * columns, lines * columns) for band in bands.tolist()]
                return np.stack(planes, axis=-1).reshape(lines, columns, len(bands))
            block = self._run(file, first * columns * self.bands, lines * columns * self.bands)
        # Neighbouring bands are cut out whole, which is several times faster than one by one.
        chosen = slice(bands[0], bands[-1] + 1) if len(bands) and np.all(np.diff(bands) == 1) else bands
        if self.interleave == "bip":
            return block.reshape(lines, columns, self.bands)[:, :, chosen]
        return block.reshape(lines, self.bands, columns)[:, chosen].transpose(0, 2, 1)

    def _run(self, file: BinaryIO, start: int, count: int) -> NDArray[np.generic]:
        """`count` numbers from number `start`. Raises `OSError` where the file ends before."""
        file.seek(self.start + start * np.dtype(self.dtype).itemsize)
        run = np.fromfile(file, self.dtype, count)
        if len(run) < count:
            raise OSError(f"{self.path.name} ends early")
        return run


def stored_as(header: Header, path: Path, data: Path) -> Stored:
    """Where each number lies. Raises `BadInput` where header and file disagree."""
    name = path.name
    sizes = {axis: number_of(header, axis, name) for axis in ("lines", "samples", "bands")}
    interleave = header.get("interleave", "bsq").lower()
    if interleave not in AXES:
        raise BadInput(f"{name}: `interleave = {interleave}`; expected bip, bil or bsq")
    if header.get("data type") not in TYPES:
        raise BadInput(f"{name}: `data type = {header.get('data type', 'missing')}`; radiance is one of {', '.join(TYPES)}")
    if header.get("byte order", "0") not in ("0", "1"):
        raise BadInput(f"{name}: `byte order = {header['byte order']}`; expected 0 (little) or 1 (big endian)")
    dtype = ("<" if header.get("byte order", "0") == "0" else ">") + TYPES[header["data type"]]
    start = number_of(header, "header offset", name, 0) if "header offset" in header else 0
    expected, found = start + prod(sizes.values()) * np.dtype(dtype).itemsize, data.stat().st_size
    if found != expected:
        shape = " x ".join(f"{size} {axis}" for axis, size in sizes.items())
        short = "cut off" if found < expected else "longer than that"
        said = f"{name} says {expected} ({shape}, {dtype[1:]})"
        raise BadInput(f"{data.name} has {found} bytes, but {said}: it is {short}, or the header is wrong")
    bands = sizes["bands"]
    gain, offset = numbers_of(header, "data gain values", bands, name), numbers_of(header, "data offset values", bands, name)
    return Stored(
        data, start, dtype, interleave, sizes["lines"], sizes["samples"], bands,
        (np.ones(bands) if gain is None else gain).astype(np.float32), (np.zeros(bands) if offset is None else offset).astype(np.float32),
        _ignored(header, name, dtype),
    )  # fmt: skip


def _ignored(header: Header, name: str, dtype: str) -> float | None:
    """The number that stands for nothing: what the header says, else the usual one where the type can hold it."""
    word = header.get("data ignore value")
    if word is None:
        return None if dtype[1] == "u" else FILL
    try:
        return float(word)
    except ValueError:
        raise BadInput(f"{name}: `data ignore value = {word}` is no number") from None


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
