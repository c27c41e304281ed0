"""Height of mean sea level above the WGS 84 ellipsoid: the geoid EGM96 on a grid of a quarter degree, shipped as data.

Metadata gives some heights above sea level and others above the ellipsoid; between the two lie up to 107 m.
"""

import lzma
from functools import cache
from importlib.resources import files

import numpy as np

from cathartes.model.samples import Floats

STEP_DEG = 0.25
ROWS, COLUMNS = 721, 1440


@cache
def grid() -> Floats:
    """Metres, rows from the south pole and columns from longitude -180; kept as second differences of whole centimetres."""
    packed = lzma.decompress(files("cathartes").joinpath("data/egm96-15.xz").read_bytes())
    differences = np.frombuffer(packed, "<i2").reshape(ROWS, COLUMNS).astype(np.int64)
    return np.asarray(differences.cumsum(axis=0).cumsum(axis=1) / 100.0)


def undulation(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Height of EGM96 above the ellipsoid in metres, bilinear between grid points; NaN where a coordinate is.

    Lemoine et al. 1998, NASA/TP-1998-206861. The grid itself is right to about half a metre, a centimetre of it by rounding.
    """
    lon, lat = np.asarray(lon_deg, float), np.asarray(lat_deg, float)
    known = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lat) <= 90)
    column = np.mod(np.where(known, lon, 0.0) + 180.0, 360.0) / STEP_DEG
    row = (np.where(known, lat, 0.0) + 90.0) / STEP_DEG
    i, j = np.minimum(row.astype(int), ROWS - 2), column.astype(int) % COLUMNS
    up, right = row - i, column - np.floor(column)
    heights, east = grid(), (j + 1) % COLUMNS
    south = (1.0 - right) * heights[i, j] + right * heights[i, east]
    north = (1.0 - right) * heights[i + 1, j] + right * heights[i + 1, east]
    return np.asarray(np.where(known, (1.0 - up) * south + up * north, np.nan))
