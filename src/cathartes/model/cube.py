"""A cube of an imaging spectrometer that is read by tiles, and what was found in it: images of one gas and plumes.

Lines run along the flight, columns across it; `x` counts columns and `y` lines from the outer corner of the first pixel. A cube never
holds its radiance: `tile` fetches what is asked for. Readers make cubes, `detect.gas_cube` makes the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.model.custody import Custody, Instant, Statement
from cathartes.model.place import Ring
from cathartes.model.quantity import Quantity

Floats32: TypeAlias = NDArray[np.float32]
Floats64: TypeAlias = NDArray[np.float64]


class Tiles(Protocol):
    """Where a cube's radiance comes from."""

    def __call__(self, first: int, end: int, bands: NDArray[np.intp]) -> Floats32:
        """Lines `first` to `end` (excluded) of some bands: lines x columns x bands, NaN where not measured. Raises `OSError`."""


class Ground(Protocol):
    """Where a cube's pixels lie on the ground."""

    def __call__(self, line: Floats64, column: Floats64) -> tuple[Floats64, Floats64]:
        """Longitude and latitude (degrees) of points in lines and columns; whole numbers and a half are centres of pixels."""


Affine: TypeAlias = tuple[float, float, float, float, float, float]
"""x of the outer corner of the first cell, its change per column and per row; the same of y."""


@dataclass(frozen=True, eq=False)
class Lookup:
    """Which of a cube's pixels lies in each cell of a map (rows x columns): its line times the cube's columns plus its column, -1 where
    none lies. `system` is what PROJ calls the map."""

    system: str
    affine: Affine
    pixel: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cube:
    """Radiance of lines x columns x bands, read on demand. `tile` gives W m-2 sr-1 um-1, whatever unit the file has.

    `is_good` marks the bands that the file does not call bad. `is_calibrated` is false where the file does not state its unit: then
    `tile` gives what the file holds. `lookup` puts its pixels on a map, where they do not lie on one. `pixel_m` is the side of a pixel on
    the ground, NaN where the file does not say.
    """

    lines: int
    columns: int
    wavelength_nm: Floats64
    fwhm_nm: Floats64
    is_good: NDArray[np.bool_]
    is_calibrated: bool
    tile: Tiles
    pixel_m: float = float("nan")
    ground: Ground | None = None
    taken: Instant | None = None
    air_temperature_k: float | None = None
    lookup: Lookup | None = None


class Seen(StrEnum):
    """Why a pixel was or was not looked at."""

    LOOKED = "looked"
    NOT_MEASURED = "not measured"
    DARK = "too dark"
    NO_CONTRAST = "no thermal contrast"


SEEN = tuple(Seen)
"""The order in which `GasImage.seen` numbers them."""


@dataclass(frozen=True, eq=False)
class GasImage:
    """One gas in one cube, arrays of lines x columns: column and its standard deviation (ppm m), probability that gas is there.

    Columns keep their sign: negative ones are noise, so that sums stay unbiased. `limit` (ppm m) is the column that would have been
    noticed with probability 0.9; NaN in all of them is "not measured". `seen` numbers `SEEN`.
    """

    gas: str
    column: Floats32
    sd: Floats32
    probability: Floats32
    limit: Floats32
    seen: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sought:
    """One gas that a cube was searched for, found or not: what could be seen of it.

    `pixels` counts them by how they were looked at. `limit` (ppm m) is the column over some pixels that would have been noticed as a
    plume with probability 0.9, of evenly spread lines and columns; NaN where the gas could not be seen. `false_alarm_rate` is the share
    of pixels without the gas that are called gas.
    """

    gas: str
    pixels: Mapping[Seen, int]
    limit: Floats32
    false_alarm_rate: float

    @property
    def limit_ppm_m(self) -> float | None:
        """The usual limit where the gas could be seen; `None` where it could be seen nowhere."""
        known = self.limit[np.isfinite(self.limit)]
        return float(np.median(known)) if known.size else None


@dataclass(frozen=True)
class Plume:
    """One object in a gas image. `names` gives the probability of each gas and of none of these; `gas` is `None` for the latter.

    `outline` and `origin` are in pixels (x, y). `mass_kg` and `rate_kg_h` are `None` where the size of a pixel is not known, the rate
    also where nothing is known of the wind. `fit` holds measured and fitted spectra as lists, for the figure.
    """

    id: str
    gas: str | None
    names: Mapping[str, float]
    pixels: int
    probability: float
    significance: float
    peak: Quantity
    outline: tuple[Ring, ...]
    origin: tuple[float, float]
    limit_ppm_m: float
    mass_kg: Quantity | None
    rate_kg_h: Quantity | None
    notes: tuple[Statement, ...]
    fit: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CubeFindings:
    """All that was found in one cube."""

    images: tuple[GasImage, ...]
    plumes: tuple[Plume, ...]
    retrieval_cpu_s: float
    damaged_lines: int
    sought: tuple[Sought, ...]
    notes: tuple[Statement, ...]
    custody: Custody
