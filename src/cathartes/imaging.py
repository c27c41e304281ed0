"""A cube by itself, from the file to the products: what `cathartes gases` does. As part of a flight it goes through `campaign`."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import cos, radians, sin
from pathlib import Path
from typing import cast

from cathartes.detect.cube_journal import Journal
from cathartes.detect.gas_column import flight_breeze, in_image
from cathartes.detect.gas_cube import find_gases
from cathartes.detect.plumes import Breeze
from cathartes.earth.signatures import library, signature_named
from cathartes.errors import BadInput
from cathartes.kernels import sources_digest
from cathartes.messages import LANGUAGES
from cathartes.model import Air, Cube, CubeFindings, Flight, Reading, digest_of
from cathartes.plugins import Progress, installed
from cathartes.readers.cube_ground import PixelPlaces, gridded
from cathartes.readers.flight_folder import flight_beside, reader_of
from cathartes.release.cube_figures import quick_look, spectrum_figure
from cathartes.release.cube_products import plumes_geojson, rasters_of, scene_json, stac_item
from cathartes.store.durable import replace_file

SPEED_ERROR = 0.25
UNFINISHED = ".unfinished"
"""Where a run leaves its steps until it is done: one that was stopped goes on with the same cube, options and version."""

PICTURED = 8
"""The strongest plumes get a picture of their spectrum in each language."""


@dataclass(frozen=True)
class Given:
    """What the user says that the cube cannot: wind at 10 m, side of a pixel, temperature of the air; `None` where not said."""

    wind_speed_m_s: float | None = None
    wind_from_deg: float | None = None
    pixel_m: float | None = None
    air_temperature_k: float | None = None


@dataclass(frozen=True, eq=False)
class Delivered:
    """What was found, and the files that were written, in the order of their names."""

    cube: Cube
    findings: CubeFindings
    files: tuple[str, ...]


def gases(path: Path, folder: Path, names: Sequence[str], given: Given, executor: Executor, progress: Progress) -> Delivered:
    """Find gases in the cube `path` and write the products into `folder`. Raises `BadInput` where the cube cannot be read.

    Rasters are called by what the user called the gas; without `names` the whole library is tried.
    """
    wanted = [signature_named(name) for name in names]
    called = {gas.key: safe(name) for gas, name in zip(wanted, names, strict=True)}
    reading, flight = read_cube(path)
    cube = completed(cast(Cube, reading.content), flight, given)
    inputs = reading.recording.custody.inputs
    depends_on = (sources_digest(), repr(wanted or library()), repr(cube.air_temperature_k), *inputs)
    journal = Journal(folder / UNFINISHED / digest_of("\n".join(depends_on).encode()))
    findings = find_gases(cube, wanted, breeze_of(cube, flight, given), inputs, executor, progress, journal)
    notes = (*reading.recording.health, *findings.notes)
    findings = replace(findings, notes=notes)
    progress("gases: write", 0.95)
    folder.mkdir(parents=True, exist_ok=True)
    files = [file for image in findings.images for file in _written(folder, rasters_of(cube, image, called.get(image.gas, image.gas)))]
    files += _written(folder, _documents(cube, findings))
    item = stac_item(cube, findings, path.stem, files)
    files += _written(folder, {"item.json": item}) if item is not None else []
    Journal(folder).forget(UNFINISHED)
    return Delivered(cube, findings, tuple(sorted(files)))


def _documents(cube: Cube, findings: CubeFindings) -> dict[str, bytes]:
    pictures = {
        f"quicklook_{image.gas}_{language}.png": quick_look(cube, image, findings.plumes, language)
        for image in findings.images
        for language in LANGUAGES
    }
    pictured = findings.plumes[:PICTURED]
    spectra = {f"{plume.id}_{language}.png": spectrum_figure(plume, language) for plume in pictured for language in LANGUAGES}
    return {"plumes.geojson": plumes_geojson(cube, findings), "scene.json": scene_json(cube, findings), **pictures, **spectra}


def _written(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Each file at once or not at all."""
    for name, content in files.items():
        replace_file(folder / name, content, folder)
    return list(files)


def safe(name: str) -> str:
    """The name as part of a file's name. Raises `BadInput` for one that would lead elsewhere."""
    if not name or name != Path(name).name or name.startswith("."):
        raise BadInput(f"{name!r} cannot be part of a file's name; use the gas's key, such as ch4")
    return name


def read_cube(path: Path) -> tuple[Reading, Flight]:
    """The cube in a file, or in the data file of a header beside it, and the flight of its folder."""
    header = path if path.suffix.lower() in (".hdr", ".nc", ".h5", ".hdf5", ".nc4") else header_of(path)
    if not header.is_file():
        raise BadInput(f"{path} is no file; expected a cube: an ENVI header (.hdr) or NetCDF/HDF5")
    flight = flight_beside(header)
    reader, reasons = reader_of(header)
    if reader is None or reader.kind != "cube":
        why = (
            "; ".join(reason for name, reason in reasons.items() if installed("readers")[name].kind == "cube")
            or "it is another kind of recording"
        )
        raise BadInput(f"{path.name} is no cube ({why})")
    return reader.read(header, flight), flight


def header_of(path: Path) -> Path:
    """The ENVI header of a data file: its name with `.hdr` added or in place of its ending."""
    candidates = (path.with_name(path.name + ".hdr"), path.with_suffix(".hdr"))
    return next((each for each in candidates if each.is_file()), path)


def completed(cube: Cube, flight: Flight, given: Given) -> Cube:
    """The cube with what the user or the flight knows of pixel and air, and a lookup table of its own where each pixel has its place.

    The flight's standard air is no measurement.
    """
    flown = flight.air.temperature_k if flight.air != Air() else None
    air = given.air_temperature_k or cube.air_temperature_k or flown
    pixel_m = given.pixel_m or cube.pixel_m
    lookup = gridded(cube.ground, pixel_m) if cube.lookup is None and isinstance(cube.ground, PixelPlaces) else cube.lookup
    return replace(cube, air_temperature_k=air, pixel_m=pixel_m, lookup=lookup)


def breeze_of(cube: Cube, flight: Flight, given: Given) -> Breeze | None:
    """The wind over the cube: what the user says, else the flight's weather model; `None` where nobody knows."""
    if given.wind_speed_m_s is not None:
        way = None if given.wind_from_deg is None else radians(given.wind_from_deg + 180.0)
        east, north = (0.0, 0.0) if way is None else (sin(way), cos(way))
        return Breeze(given.wind_speed_m_s, SPEED_ERROR, None if way is None else in_image(cube, east, north))
    return flight_breeze(cube, flight)
