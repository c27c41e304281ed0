"""Points on the WGS 84 ellipsoid: earth-centred coordinates, geodesic distances, and where one is part of the way between two fixes.

Distances between points are true geodesics (Karney, J. Geodesy 87, 2013, by way of PROJ); earth-centred chords serve for indexing
and for short ways, where they agree with geodesics to millimetres. Nothing here is a degree or a Mercator metre.
"""

import numpy as np
from pyproj import Geod

from cathartes.model.samples import Floats

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
SEMI_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
WGS84 = Geod(ellps="WGS84")


def geodesic_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Length of the geodesic between points in degrees, element by element."""
    return np.asarray(WGS84.inv(lon1, lat1, lon2, lat2)[2], np.float64)


def earth_centred(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Points of the ellipsoid (height zero) as an n x 3 array of earth-centred, earth-fixed metres."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY_2 * np.sin(lat) ** 2)
    across = normal * np.cos(lat)
    return np.stack((across * np.cos(lon), across * np.sin(lon), (1 - ECCENTRICITY_2) * normal * np.sin(lat)), axis=-1)


def lon_lat(points_m: Floats) -> tuple[Floats, Floats]:
    """Longitude and geodetic latitude in degrees of earth-centred points near the ellipsoid (Bowring 1976, one step: below 1 mm)."""
    x, y, z = np.moveaxis(points_m, -1, 0)
    across = np.hypot(x, y)
    reduced = np.arctan2(z * SEMI_MAJOR_M, across * SEMI_MINOR_M)
    second = ECCENTRICITY_2 / (1 - ECCENTRICITY_2)
    lat = np.arctan2(z + second * SEMI_MINOR_M * np.sin(reduced) ** 3, across - ECCENTRICITY_2 * SEMI_MAJOR_M * np.cos(reduced) ** 3)
    return np.degrees(np.arctan2(y, x)), np.degrees(lat)


def on_the_way(start_m: Floats, end_m: Floats, fraction: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude at a fraction of the straight way between earth-centred points; within 20 km the geodesic to a millimetre."""
    return lon_lat(start_m + fraction[..., None] * (end_m - start_m))
