"""Where something is, in a named frame, with its error: `Place` for a point, `Region` for an area at a stated level."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import TypeAlias

from cathartes.errors import BadInput

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Point, ...]


class Frame(StrEnum):
    """What `x` and `y` mean: WGS 84 longitude and latitude in degrees, or metres east and north of an unnamed origin."""

    WGS84 = "wgs84"
    LOCAL = "local"


class HeightReference(StrEnum):
    """What a height is measured from: the ground, mean sea level, or the WGS 84 ellipsoid."""

    AGL = "agl"
    MSL = "msl"
    ELLIPSOID = "ellipsoid"


@dataclass(frozen=True)
class Place:
    """A point. `x`, `y` are longitude and latitude in degrees (`wgs84`) or metres east and north (`local`).

    `covariance_m2` is (east-east, east-north, north-north) in square metres, whatever the frame.
    """

    x: float
    y: float
    frame: Frame
    height_m: float | None = None
    height_reference: HeightReference | None = None
    covariance_m2: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.x) and isfinite(self.y)):
            raise BadInput(f"a place needs two finite coordinates; got ({self.x}, {self.y})")
        if self.frame is Frame.WGS84 and not (-180 <= self.x <= 180 and -90 <= self.y <= 90):
            raise BadInput(f"({self.x}, {self.y}) is not a longitude and a latitude in degrees; are they swapped or in metres?")
        if (self.height_m is None) != (self.height_reference is None):
            raise BadInput("a height needs its reference (agl, msl or ellipsoid), and a reference its height")


@dataclass(frozen=True)
class Region:
    """An area that holds the truth with probability `level`: one or more polygons, each an outer ring and its holes.

    Rings are closed (first point repeated last) and in the frame's coordinates; `area_m2` is the true ground area.
    """

    polygons: tuple[tuple[Ring, ...], ...]
    frame: Frame
    level: float
    area_m2: float
