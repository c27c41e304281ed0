"""Cubes on the path: plumes as detections with a place, and as sources that become leads.

How plumes are found is in `gas_cube`. A cube that does not say where its pixels lie gives neither: there is nowhere to look.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import cos, log, pi, radians
from pathlib import Path
from statistics import NormalDist
from tempfile import TemporaryDirectory

import numpy as np

import cathartes
from cathartes.detect.cube_coverage import coverage_of
from cathartes.detect.cube_journal import Journal
from cathartes.detect.cube_look import METHOD
from cathartes.detect.gas_cube import find_gases
from cathartes.detect.plumes import LEVEL, Breeze
from cathartes.earth.frame import LocalFrame
from cathartes.earth.signatures import library
from cathartes.model import (
    Air,
    Coverage,
    Cube,
    Custody,
    Detection,
    DetectionKind,
    Draw,
    Draws,
    Flight,
    Frame,
    Instrument,
    Located,
    Place,
    Plume,
    PointSource,
    Reading,
    Region,
    Source,
    Span,
    Statement,
    identifier,
    json,
)  # fmt: skip
from cathartes.plugins import Detected, Progress

DRAWS = 200
ORIGIN_PIXELS = 2.0
"""Standard deviation of where a plume begins: two pixels, for it is widest where it is most easily seen."""

UNKNOWN_BREEZE = Breeze(3.0, 0.7)
"""Where nothing is known of the wind: 3 m/s, a factor of two either way."""

CORNERS = 48


class GasColumnDetector:
    """Plumes of the whole library in a cube. Content: `Cube`."""

    content = Cube

    def detect(self, reading: Reading, flight: Flight) -> Detected:
        """One detection per named plume, where it begins on the ground, and where its gas was looked for; nothing for a cube
        without place."""
        found = found_in(reading, flight)
        return Detected(tuple(_detection(reading, plume, found.cube) for plume in found.plumes), found.coverage)


class GasColumnLocator:
    """Sources from the plumes of cubes. Content: `Cube`."""

    content = Cube

    def locate(
        self,
        readings: Sequence[Reading],
        gas: str,
        flight: Flight,
        executor: Executor,
        progress: Progress,
        after: Draws | None = None,
    ) -> Located:
        """A source where each plume of `gas` begins; what earlier flights found (`after`) does not change what this one shows."""
        progress(f"locate: {gas} in cubes", 0.0)
        seen = [(reading, found_in(reading, flight)) for reading in readings]
        sources = tuple(
            _source(plume, found.cube, reading, flight) for reading, found in seen for plume in found.plumes if plume.gas == gas
        )  # fmt: skip
        instruments = tuple(_outline(reading) for reading in readings if _cube(reading).ground is not None)
        return Located(_together(sources), sources, (), instruments, (Statement("cube.sources-from-plumes", {"gas": gas}),))


def _cube(reading: Reading) -> Cube:
    assert isinstance(reading.content, Cube)
    return reading.content


@dataclass(frozen=True, eq=False)
class Found:
    """What a search of one cube leaves: the cube as it was used, its named plumes, and where their gases were looked for."""

    cube: Cube
    plumes: tuple[Plume, ...] = ()
    coverage: tuple[Coverage, ...] = ()


@dataclass(frozen=True)
class Search:
    """A cube to be searched on a flight; `key` tells it from every other."""

    key: tuple[str, ...]
    reading: Reading = field(compare=False)
    flight: Flight = field(compare=False)


def found_in(reading: Reading, flight: Flight) -> Found:
    """The plumes of the whole library in a cube. Detector and locator ask for the same: it is searched once."""
    recording = reading.recording
    return _search(Search((recording.id, *recording.custody.inputs, json.encode(flight).decode()), reading, flight))


@lru_cache(maxsize=64)
def _search(search: Search) -> Found:
    flight, cube = search.flight, with_flight(_cube(search.reading), search.flight)
    if cube.ground is None or flight.frame.kind is not Frame.WGS84:
        return Found(cube)
    breeze = flight_breeze(cube, flight) or UNKNOWN_BREEZE
    inputs = search.reading.recording.custody.inputs
    with ThreadPoolExecutor(os.cpu_count()) as executor, TemporaryDirectory() as folder:
        found = find_gases(cube, [], breeze, inputs, executor, lambda step, fraction: None, Journal(Path(folder)))
    known = library()
    coverage = tuple(
        coverage_of(search.reading, cube, each, known[each.gas], breeze, flight.marking, METHOD) for each in found.sought
    )  # fmt: skip
    return Found(cube, tuple(plume for plume in found.plumes if plume.gas is not None), coverage)


def with_flight(cube: Cube, flight: Flight) -> Cube:
    """The cube with the air's temperature of the flight; its standard air is no measurement."""
    return cube if flight.air == Air() else replace(cube, air_temperature_k=cube.air_temperature_k or flight.air.temperature_k)


def flight_breeze(cube: Cube, flight: Flight) -> Breeze | None:
    """The wind of the flight's weather model over the cube; `None` where there is none."""
    model = flight.wind.reanalysis
    if model is None:
        return None
    return Breeze(float(np.hypot(model.u10_m_s, model.v10_m_s)), model.speed_error_fraction, in_image(cube, model.u10_m_s, model.v10_m_s))


def in_image(cube: Cube, east: float, north: float) -> tuple[float, float] | None:
    """A direction on the ground as one across and along the image; `None` where the cube has no place or the air does not move."""
    if cube.ground is None or not (east or north):
        return None
    line, column = np.array([0.5, 0.5, 1.5]) * (cube.lines / 2), np.array([0.5, 1.5, 0.5]) * (cube.columns / 2)
    lon, lat = cube.ground(line, column)
    shrink = cos(radians(float(lat[0])))
    steps = np.array([[(lon[1] - lon[0]) * shrink, (lon[2] - lon[0]) * shrink], [lat[1] - lat[0], lat[2] - lat[0]]])
    steps /= np.array([column[1] - column[0], line[2] - line[0]])
    across, along = np.linalg.solve(steps, np.array([east, north]))
    size = float(np.hypot(across, along))
    return float(across) / size, float(along) / size


def _place(plume: Plume, cube: Cube) -> Place:
    assert cube.ground is not None
    lon, lat = cube.ground(np.array([plume.origin[1]]), np.array([plume.origin[0]]))
    variance = (ORIGIN_PIXELS * cube.pixel_m) ** 2
    return Place(float(lon[0]), float(lat[0]), Frame.WGS84, covariance_m2=(variance, 0.0, variance))


def _detection(reading: Reading, plume: Plume, cube: Cube) -> Detection:
    recording = reading.recording
    custody = Custody((recording.digest,), METHOD, cathartes.__version__)
    return Detection(
        identifier("detection", (recording.id, plume.id)), recording.id, DetectionKind.GAS_COLUMN, plume.gas, recording.name,
        Span(0.0, 0.0, cube.taken), plume.peak, plume.significance, _place(plume, cube), custody, recording.markings,
    )  # fmt: skip


def _source(plume: Plume, cube: Cube, reading: Reading, flight: Flight) -> Source:
    assert plume.gas is not None
    assert plume.rate_kg_h is not None
    place = _place(plume, cube)
    custody = Custody(reading.recording.custody.inputs, METHOD, cathartes.__version__, {"draws": DRAWS})
    name = identifier("source", (flight.id, plume.id))
    chance = min(plume.probability, 0.5 + 0.5 * plume.names[plume.gas])
    return Source(
        name, flight.id, plume.gas, chance, place, _region(place, cube, 0.5), _region(place, cube, 0.9), plume.rate_kg_h,
        _draws(plume, place, cube, chance, name), plume.notes, custody, flight.marking,
    )  # fmt: skip


def _region(place: Place, cube: Cube, level: float) -> Region:
    """The circle that holds the place with probability `level`."""
    radius = ORIGIN_PIXELS * cube.pixel_m * float(np.sqrt(-2.0 * log(1.0 - level)))
    turn = np.linspace(0.0, 2.0 * pi, CORNERS + 1)
    frame = LocalFrame(Frame.WGS84, (place.x, place.y))
    x, y = frame.back(radius * np.cos(turn), radius * np.sin(turn))
    ring = tuple(zip(x.tolist(), y.tolist(), strict=True))
    return Region((((*ring[:-1], ring[0]),),), Frame.WGS84, level, pi * radius**2)


def _draws(plume: Plume, place: Place, cube: Cube, chance: float, name: str) -> Draws:
    """Places normal, rates log-normal, from a seed that is the source's own name."""
    rate = plume.rate_kg_h
    assert rate is not None
    random = np.random.default_rng(int(identifier("draws", (name,))[6:], 16))
    x, y = LocalFrame(Frame.WGS84, (place.x, place.y)).back(*(ORIGIN_PIXELS * cube.pixel_m * random.standard_normal((2, DRAWS))))
    spread = log(max(rate.high or 1.0, 1e-9) / max(rate.low or 1.0, 1e-9)) / (2.0 * NormalDist().inv_cdf(0.5 + LEVEL / 2))
    rates = rate.value * np.exp(spread * random.standard_normal(DRAWS))
    some = tuple(Draw(chance / DRAWS, (PointSource(float(a), float(b), float(q)),)) for a, b, q in zip(x, y, rates, strict=True))
    return Draws(Frame.WGS84, (*some, Draw(1.0 - chance, ())) if chance < 1.0 else some)


def _together(sources: Sequence[Source]) -> Draws:
    """Draws of all sources at once: the n-th of each, there with its probability."""
    random = np.random.default_rng(len(sources))
    there = random.random((len(sources), DRAWS)) < np.array([[source.probability] for source in sources]).reshape(-1, 1)
    drawn = [
        tuple(source.draws.draws[n].sources[0] for source, present in zip(sources, there[:, n], strict=True) if present)
        for n in range(DRAWS)
    ]
    return Draws(Frame.WGS84, tuple(Draw(1.0 / DRAWS, each) for each in drawn))


def _outline(reading: Reading) -> Instrument:
    """The border of the cube on the ground."""
    cube = _cube(reading)
    assert cube.ground is not None
    line, column = np.array([0, 0, 1, 1, 0]) * float(cube.lines), np.array([0, 1, 1, 0, 0]) * float(cube.columns)
    lon, lat = cube.ground(line, column)
    return Instrument(reading.recording.name, "track", tuple(zip(lon.tolist(), lat.tolist(), strict=True)))
