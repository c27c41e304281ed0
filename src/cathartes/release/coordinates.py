"""Positions of a release as people write them: decimal degrees, degrees-minutes-seconds, UTM.

Only for places on the globe: a local frame has no coordinates, and none are made up for it. Metres for drawing come from
`earth.frame`.
"""

from functools import cache

from pyproj import Proj

from cathartes.model import Place


def decimal(place: Place) -> str:
    """Latitude, longitude in degrees with five decimals (about 1 m), as `24.80912, -107.39412`."""
    return f"{place.y:.5f}, {place.x:.5f}"


def degrees_minutes_seconds(place: Place) -> str:
    """Latitude and longitude to a tenth of a second (about 3 m), as `24°48′32.8″ N, 107°23′38.8″ W`."""
    return f"{_sexagesimal(place.y, 'N', 'S')}, {_sexagesimal(place.x, 'E', 'W')}"


def _sexagesimal(degrees: float, positive: str, negative: str) -> str:
    tenths = round(abs(degrees) * 36_000)
    whole, rest = divmod(tenths, 36_000)
    minutes, seconds = divmod(rest, 600)
    return f"{whole}°{minutes:02d}′{seconds / 10:04.1f}″ {positive if degrees >= 0 else negative}"


def utm(place: Place) -> str:
    """UTM on WGS 84, as `13N 257950 mE 2745768 mN`: zones of 6 degrees, without the exceptions around Norway and Svalbard."""
    zone = int((place.x + 180) // 6) % 60 + 1
    east, north = _projection(zone, south=place.y < 0)(place.x, place.y)
    return f"{zone}{'N' if place.y >= 0 else 'S'} {east:.0f} mE {north:.0f} mN"


@cache
def _projection(zone: int, *, south: bool) -> Proj:
    return Proj(proj="utm", zone=zone, south=south, ellps="WGS84")
