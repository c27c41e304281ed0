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


def earth_centred(lon_deg: Floats, lat_deg: Floats, height_m: Floats | float = 0.0) -> Floats:
    """Earth-centred, earth-fixed metres (..., 3) of places on the ellipsoid or above it."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY_2 * np.sin(lat) ** 2)
    level = (normal + height_m) * np.cos(lat)
    upward = (normal * (1 - ECCENTRICITY_2) + height_m) * np.sin(lat)
    return np.stack((level * np.cos(lon), level * np.sin(lon), upward), axis=-1)


def geodetic(places: Floats) -> tuple[Floats, Floats, Floats]:
    """Longitude, latitude (degrees) and height of Earth-centred places: Bowring 1976, improved twice, exact to a micrometre."""
    x, y, z = places[..., 0], places[..., 1], places[..., 2]
    level = np.hypot(x, y)
    ratio = SEMI_MINOR_M / SEMI_MAJOR_M
    reduced = np.arctan2(z, ratio * level)
    for _ in range(3):
        lat = np.arctan2(
            z + ECCENTRICITY_2 / (1 - ECCENTRICITY_2) * SEMI_MINOR_M * np.sin(reduced) ** 3,
            level - ECCENTRICITY_2 * SEMI_MAJOR_M * np.cos(reduced) ** 3,
        )
        reduced = np.arctan2(ratio * np.sin(lat), np.cos(lat))
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY_2 * np.sin(lat) ** 2)
    height = level * np.cos(lat) + z * np.sin(lat) - normal * (1 - ECCENTRICITY_2 * np.sin(lat) ** 2)
    return np.degrees(np.arctan2(y, x)), np.degrees(lat), height


def on_the_way(start_m: Floats, end_m: Floats, fraction: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude at a fraction of the straight way between earth-centred points; within 20 km the geodesic to a millimetre."""
    lon, lat, _ = geodetic(start_m + fraction[..., None] * (end_m - start_m))
    return lon, lat


def error_95_m(north_m: Floats, east_m: Floats) -> Floats:
    """Metres within which a place lies with 95 %, from its standard deviations: the most that it can be, however they are correlated."""
    return np.asarray(1.96 * np.hypot(north_m, east_m))
