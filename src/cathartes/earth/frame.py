"""Longitude and latitude as metres east and north of a centre, and back.

Inversion and coverage work in metres; whatever leaves goes back to the frame it came in. Folders that are already in local
metres pass through unchanged.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import Transformer

from cathartes.model import Frame
from cathartes.model.samples import Floats


@dataclass(frozen=True)
class LocalFrame:
    """Metres east and north of `centre` (longitude, latitude in degrees), or the folder's own metres for a local frame.

    Geographic frames use a transverse Mercator on the WGS 84 ellipsoid with unit scale at the centre: distances are
    right to 1 in 100,000 within 28 km (scale is 1 + east^2 / 2R^2).
    """

    frame: Frame
    centre: tuple[float, float] = (0.0, 0.0)

    @property
    def _transformer(self) -> Transformer:
        return _transverse_mercator(*self.centre)

    def metres(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Metres east and north of points given in the folder's frame."""
        if self.frame is Frame.LOCAL:
            return np.asarray(x, float), np.asarray(y, float)
        east, north = self._transformer.transform(x, y)
        return np.asarray(east, float), np.asarray(north, float)

    def back(self, east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
        """Points in metres as coordinates of the folder's frame: degrees, or the same metres."""
        if self.frame is Frame.LOCAL:
            return np.asarray(east_m, float), np.asarray(north_m, float)
        lon, lat = self._transformer.transform(east_m, north_m, direction="INVERSE")
        return np.asarray(lon, float), np.asarray(lat, float)


@lru_cache(maxsize=64)
def _transverse_mercator(lon: float, lat: float) -> Transformer:
    """Made once per centre: making one takes longer than most uses of it. A pipeline, as a CRS of these words takes centres a
    tenth of a millimetre off the equator for ones upon it."""
    steps = f"+step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=tmerc +lat_0={lat!r} +lon_0={lon!r} +k=1 +ellps=WGS84"
    return Transformer.from_pipeline(f"+proj=pipeline {steps}")
