"""Where a cube's pixels lie: an ENVI map line, or longitudes and latitudes given per pixel in HDF5."""

from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from scipy.ndimage import distance_transform_edt, map_coordinates

from cathartes.errors import BadInput
from cathartes.model.cube import Affine, Ground, Lookup
from cathartes.model.samples import Floats

DEGREE_M = 111_195.0
EMPTIEST = 100
"""A map with more cells than this for each pixel is not made."""

WIDEST_GAP = 1.5
"""Cells of a map within this distance of one with a pixel belong to that pixel: the cells between pixels that lie askew."""


@dataclass(frozen=True)
class MapGrid:
    """Pixels on a map projection: `affine` gives x and y of (column, line): (x0, per column, per line, y0, per column, per line)."""

    system: str
    affine: Affine

    @cached_property
    def _transformer(self) -> Transformer:
        return Transformer.from_crs(CRS.from_user_input(self.system), CRS.from_epsg(4326), always_xy=True)

    def __call__(self, line: Floats, column: Floats) -> tuple[Floats, Floats]:
        """See `model.cube.Ground`."""
        x0, xc, xl, y0, yc, yl = self.affine
        lon, lat = self._transformer.transform(x0 + xc * column + xl * line, y0 + yc * column + yl * line)
        return np.asarray(lon, float), np.asarray(lat, float)


@dataclass(frozen=True, eq=False)
class PixelPlaces:
    """Longitude and latitude of every pixel's centre (lines x columns); between centres they are read off linearly."""

    lon: Floats
    lat: Floats

    def __call__(self, line: Floats, column: Floats) -> tuple[Floats, Floats]:
        """See `model.cube.Ground`."""
        at = np.stack((np.asarray(line, float) - 0.5, np.asarray(column, float) - 0.5))
        lon, lat = (map_coordinates(values, at, order=1, mode="nearest") for values in (self.lon, self.lat))
        return np.asarray(lon), np.asarray(lat)


def looked_up(column: Floats, line: Floats, shape: tuple[int, int], system: str, affine: Affine) -> Lookup | None:
    """A lookup table as instruments deliver it: per cell of the map the column and line of a pixel, from 1, 0 where there is none and
    negative where a neighbour stands in. `None` where it names pixels that a cube of this shape does not have, or no map that is known."""
    try:
        CRS.from_user_input(system)
    except CRSError:
        return None
    lines, columns = shape
    across, along = (np.abs(np.nan_to_num(part)).astype(np.int64) for part in (column, line))
    if across.max(initial=0) > columns or along.max(initial=0) > lines:
        return None
    return Lookup(system, affine, np.where((across > 0) & (along > 0), (along - 1) * columns + across - 1, -1))


def gridded(places: PixelPlaces, side_m: float) -> Lookup | None:
    """Each pixel in the cell of the UTM map in which its centre lies, the nearest of several; cells between pixels take their neighbour's.

    Cells are `side_m` wide, on round multiples of it. `None` where no size is known, or pixels lie so far apart that some place is wrong.
    """
    if not np.isfinite(side_m) or side_m <= 0:
        return None
    known = np.flatnonzero(np.isfinite(places.lon) & np.isfinite(places.lat))
    lon, lat = places.lon.ravel()[known], places.lat.ravel()[known]
    zone = int((float(np.median(lon)) + 180.0) // 6.0) % 60 + 1
    system = f"EPSG:{(32600 if np.median(lat) >= 0 else 32700) + zone}"
    x, y = Transformer.from_crs("EPSG:4326", system, always_xy=True).transform(lon, lat)
    if not np.isfinite(x + y).all():
        return None
    west, north = np.floor(x.min() / side_m) * side_m, np.ceil(y.max() / side_m) * side_m
    column, row = (x - west) / side_m, (north - y) / side_m
    shape = (int(row.max()) + 1, int(column.max()) + 1)
    if shape[0] * shape[1] > EMPTIEST * len(known):
        return None
    off_centre = np.hypot(column % 1.0 - 0.5, row % 1.0 - 0.5)
    nearest_last = np.argsort(-off_centre, kind="stable")
    pixel = np.full(shape, -1, np.int64)
    pixel[row.astype(int)[nearest_last], column.astype(int)[nearest_last]] = known[nearest_last]
    apart, (from_row, from_column) = distance_transform_edt(pixel < 0, return_indices=True)
    filled = np.where(apart <= WIDEST_GAP, pixel[from_row, from_column], -1)
    return Lookup(system, (float(west), side_m, 0.0, float(north), 0.0, -side_m), filled)


def located_by_map(words: str, name: str) -> tuple[float, Ground | None]:
    """Side of a pixel (m) and places from an ENVI `map info`; arbitrary coordinates give the side alone."""
    part = [piece.strip() for piece in words.split(",")]
    try:
        (column, line, x, y), (dx, dy) = (float(piece) for piece in part[1:5]), (float(piece) for piece in part[5:7])
    except ValueError:
        raise BadInput(f"{name}: `map info` holds {words[:60]!r}; expected a projection, a pixel, its place and the pixel's size") from None
    turn = radians(next((float(piece.split("=")[1]) for piece in part if piece.lower().startswith("rotation")), 0.0))
    system = _system(part, name)
    side = float(np.sqrt(abs(dx * dy)))
    if system is None:
        return side, None
    pixel_m = side * DEGREE_M * float(np.sqrt(cos(radians(y)))) if system == "EPSG:4326" else side
    xc, xl, yc, yl = dx * cos(turn), dy * sin(turn), dx * sin(turn), -dy * cos(turn)
    affine = (x - xc * (column - 1) - xl * (line - 1), xc, xl, y - yc * (column - 1) - yl * (line - 1), yc, yl)
    return pixel_m, MapGrid(system, affine)


def _system(part: list[str], name: str) -> str | None:
    """The map's system as `EPSG:...`: UTM or longitude and latitude; `None` for coordinates on no map."""
    kind = part[0].lower()
    if kind in ("arbitrary", "arbitrary map", "none", ""):
        return None
    if "geographic" in kind:
        return "EPSG:4326"
    if kind == "utm" and len(part) > 8 and part[7].isdigit():
        return f"EPSG:{32600 + int(part[7]) if part[8].lower().startswith('n') else 32700 + int(part[7])}"
    try:
        return CRS.from_user_input(part[0]).to_string()
    except CRSError:
        raise BadInput(f"{name}: the projection {part[0]!r} of `map info` is not known here; expected UTM or Geographic Lat/Lon") from None


def side_of(places: PixelPlaces) -> float:
    """Median side of a pixel (m) from the distances of neighbouring centres."""
    east = np.diff(places.lon, axis=1) * DEGREE_M * np.cos(np.radians(places.lat[:, 1:]))
    along = np.hypot(np.diff(places.lon, axis=0) * DEGREE_M * np.cos(np.radians(places.lat[1:])), np.diff(places.lat, axis=0) * DEGREE_M)
    across = np.hypot(east, np.diff(places.lat, axis=1) * DEGREE_M)
    return float(np.sqrt(np.nanmedian(along) * np.nanmedian(across)))
