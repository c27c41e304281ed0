"""Coordinates as reports write them (decimal degrees, degrees-minutes-seconds, UTM, MGRS) to a `Place` with its rounding error.

All are taken as WGS 84. The covariance is that of the last digit written: a place given to whole seconds is not known to a metre.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import cos, radians

from cathartes.language.calendar_words import MONTH_NUMBER
from cathartes.language.quantities import unit_of
from cathartes.model import Fact, FactKind, Frame, Place

METRES_PER_DEGREE = 111_320.0
BANDS = "CDEFGHJKLMNPQRSTUVWX"
_DECIMAL = r"[-−+]?\d{1,3}(?:\.\d{2,}(?!\.?\d)|,\d{2,}(?![.,]?\d))"
"""Decimal degrees; behind those with a point a comma parts what follows in a table."""

_NS = r"(?:L\.?\s?)?(?:N(?:orte|orth)?|S(?:ur|outh)?)"
_EW = r"(?:L\.?\s?)?(?:E(?:ste|ast)?|W(?:est)?|O(?:este)?)"
_LATITUDE = r"(?:latitude?|lat\.?)"
_LONGITUDE = r"(?:longitude?|long\.?|lon\.?|lng\.?)"
_SIDE = "norte|sur|oeste|este|north|south|west|east"
_DEG, _MIN, _SEC = (
    r"\s?(?:°|º|˚|grados?|degrees?|deg)\s?",
    r"\s?(?:'|′|’|´|minutos?|minutes?|min)\s?",
    r"\s?(?:\"|″|”|''|’’|´´|segundos?|seconds?|seg|sec)",
)


@dataclass(frozen=True)
class Angle:
    """Degrees with sign, and one unit of the last place written, in degrees. `axis` is "lat", "lon" or unknown."""

    degrees: float
    step: float
    axis: str | None


@dataclass(frozen=True)
class Form:
    """One way to write a coordinate and how a match is read. What has an `unmistakable` form is a coordinate though no place is so; in
    what is `signed` a longitude without a sign is east."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Place | None]
    unmistakable: bool = False
    signed: bool = False


def coordinates(text: str) -> Iterator[Fact]:
    """Every coordinate in `text`: without a place what may be west or east ("24.8091, 107.3940"), last what a wrong digit makes none."""
    wrong: list[Fact] = []
    for form in _forms():
        for match in form.pattern.finditer(text):
            place, written = form.read(match), match.group().rstrip()
            fact = Fact(FactKind.COORDINATE, written, match.start(), match.start() + len(written), place=place)
            if place is not None:
                yield replace(fact, place=None) if not form.signed and _may_be_west(place, written) else fact
            elif form.unmistakable:
                wrong.append(fact)
    yield from wrong


_CURRENCIES = frozenset(("pesos", "dólares", "dolares", "dollars", "euros", "usd", "mxn", "mdp", "mdd", "por", "percent"))
_EAST = re.compile(r"\d[\s°º'’′\"”″]*E|\bE\s?\d|\beste\b|\beast\b|\+\s?\d", re.IGNORECASE)


def _may_be_west(place: Place, written: str) -> bool:
    """Whether a longitude without side or sign would lie in Mexico if it were west, which reports leave out there."""
    return 14 < place.y < 33 and 86 < place.x < 119 and not _EAST.search(written)


@cache
def _forms() -> tuple[Form, ...]:
    return (
        Form(re.compile(rf"(?<![\w.°]){_pair(_sexagesimal)}", re.IGNORECASE), _read_sexagesimal),
        Form(re.compile(rf"(?<![\w.]){_pair(_spaced)}", re.IGNORECASE), _read_sexagesimal, unmistakable=True),
        Form(re.compile(rf"(?<!\w){_packed('1', 2)}[\s,/]*{_packed('2', 3)}(?!\w)"), _read_sexagesimal),
        Form(re.compile(rf"(?<![\w.]){_pair(_whole)}", re.IGNORECASE), _read_sexagesimal),
        Form(re.compile(_LINK), _read_link, signed=True),
        Form(re.compile(_mgrs()), _read_mgrs, unmistakable=True),
        Form(re.compile(_utm(), re.IGNORECASE), _read_utm),
        Form(re.compile(_utm_with_zone_last(), re.IGNORECASE), _read_utm, unmistakable=True),
        Form(re.compile(r"(?<![\w.])[1-6]?\d[C-HJ-NP-X]\s\d{6}(?:\.\d+)?\s\d{7}(?![\w]|\.\d)"), lambda _: None, unmistakable=True),
        Form(re.compile(rf"(?<!\w){_pair(_titled)}(?![\w%]|\.\d)", re.IGNORECASE), _read_decimal),
        Form(re.compile(rf"(?<![\w.,$-]){_pair(_decimal)}(?![\w%]|\.\d)", re.IGNORECASE), _read_bare),
    )


_LINK = rf"https?://\S*?[@=/](?P<v1>{_DECIMAL})(?:,|%2C)(?:%20|\+)?(?P<v2>{_DECIMAL})(?![\d])\S*|geo:(?P<w1>{_DECIMAL}),(?P<w2>{_DECIMAL})"
"""The address of a map, or a geo URI."""


def _pair(one: Callable[[str], str]) -> str:
    """Two angles, of which `one` gives the expression by its name."""
    return rf"{one('1')}\s*(?:[,;/]|y|and|con|[-–]\s|\s|(?=[+−-]))\s*{one('2')}"


def _announced(name: str) -> str:
    """What may stand before an angle: its title, its side in words, its hemisphere."""
    return rf"(?:(?P<n{name}>{_LATITUDE}|{_LONGITUDE})\s*(?P<w{name}>{_SIDE})?\s*[:=]?\s*)?(?:(?P<b{name}>L?[NSEWO])\s?(?=\d))?"


def _decimal(name: str, number: str = _DECIMAL) -> str:
    side = rf"(?:\s?(?:de\s+)?(?:latitud\s+|longitud\s+)?(?P<h{name}>{_NS}|{_EW})(?![\w]))?"
    hemisphere = rf"(?:\s?°)?(?(b{name})|{side})(?:\s?°)?"
    return rf"{_announced(name)}(?P<v{name}>{number}){hemisphere}"


def _titled(name: str) -> str:
    return rf"(?={_LATITUDE}|{_LONGITUDE}){_decimal(name, '[-−+]?[0-9]{1,3}[.,][0-9]+(?!,[0-9])')}"


def _sexagesimal(name: str) -> str:
    seconds = rf"(?:(?P<s{name}>\d{{1,2}}(?:[.,]\d+)?)(?:{_SEC})?)?"
    digits = rf"(?P<d{name}>[-−]?\d{{1,3}}){_DEG}(?P<m{name}>\d{{1,2}}(?:[.,]\d+)?)(?:{_MIN}{seconds})?"
    after = rf"(?(b{name})|(?(w{name})|(?:\s?,?\s?(?:de\s+)?(?:latitud\s+|longitud\s+)?(?P<h{name}>{_NS}|{_EW})(?!\w))?))"
    return _announced(name) + digits + after


def _spaced(name: str) -> str:
    digits = rf"(?P<d{name}>\d{{1,3}})[ -](?P<m{name}>\d{{1,2}}(?:[.,]\d+)?)(?:[ -](?P<s{name}>\d{{1,2}}(?:[.,]\d+)?))?"
    return rf"(?P<b{name}>[NSEWO]\s?(?=\d))?{digits}(?(b{name})|\s?(?P<h{name}>[NSEWO])(?!\w))"


def _packed(name: str, width: int) -> str:
    digits = rf"(?P<d{name}>\d{{{width}}})(?P<m{name}>[0-5]\d)(?P<s{name}>[0-5]\d(?:\.\d+)?)?"
    return rf"(?:{digits}\s?(?P<h{name}>[{'NS' if width == 2 else 'EWO'}]))"


def _whole(name: str) -> str:
    return rf"(?P<d{name}>\d{{1,3}}){_DEG}(?P<h{name}>{_NS}|{_EW})(?!\w)"


def _utm() -> str:
    """Zone, easting and northing."""
    zone = (
        r"(?:UTM\s*:?\s*)?(?:zona\s+|zone\s+|huso\s+)?(?P<zone>[1-6]?\d)\s?"
        r"(?:(?P<band>[C-HJ-NP-X])(?!\w|(?<=[EXex])\s?[:=])|norte\b|north\b)?"
    )
    east = r"(?:[,:;]?\s*(?:UTM\s*)?(?:X|E|este|easting)?\s*[:=]?\s*)"
    return (
        rf"(?<![\w.]){zone}(?:\s*,?\s*UTM)?[\s,:;]{east}(?P<east>[1-9]\d{{5}}(?:\.\d+)?)\s*(?:m\s?)?(?:E(?:ste)?\b)?\s*[,;/]?\s*(?:Y|"
        rf"N|norte|northing)?\s*[:=]?\s*(?P<north>\d{{6,7}}(?:\.\d+)?)(?:\s*m(?!\w\w))?(?:\s?N(?:orte)?\b)?(?![\w]|\.\d)"
    )


def _utm_with_zone_last() -> str:
    easting, northing = r"[1-9]\d{5}(?:\.\d+)?", r"\d{7}(?:\.\d+)?"
    zone = r"(?:UTM\s*)?(?:zona|zone|huso|z)\s*(?:UTM\s*)?(?P<zone>[1-6]?\d)\s?(?P<band>[C-HJ-NP-X])?(?!\w)"
    return (
        rf"(?<![\w.])(?:(?:X|E|este|easting)\s*[:=]?\s*)?(?P<east>{easting})\s*(?:m\s?E|m|E)?\s*[,;/]?\s*"
        rf"(?:(?:Y|N|norte|northing)\s*[:=]?\s*)?(?P<north>{northing})\s*(?:m\s?N|m|N)?\s*[,;(]?\s*{zone}"
    )


def _mgrs() -> str:
    # "13FEB2024" is a date.
    months = "|".join(month.upper() for month in MONTH_NUMBER if len(month) == 3)
    return (
        rf"(?<![\w-])(?:MGRS\s*:?\s*)?(?P<zone>[1-6]?\d)(?!(?:{months})\d{{4}}(?!\d))"
        r"(?P<band>[C-HJ-NP-X])\s?(?P<column>[A-HJ-NP-Z])(?P<row>[A-HJ-NP-V])\s?(?P<digits>\d{5}\s\d{5}|"
        r"\d{4}\s\d{4}|\d{3}\s\d{3}|\d{10}|\d{8}|\d{6}|\d{4})(?![\w-])"
    )


def _read_decimal(match: re.Match[str]) -> Place | None:
    return _placed([_decimal_angle(match, name) for name in "12"])


def _read_bare(match: re.Match[str]) -> Place | None:
    """Two decimals of which nothing says that they are degrees must look so: "entre 2.50 y 3.75 metros" is no place.

    They have no unit behind them and five decimals; four if they lie in Mexico but for their side; a negative one may have three, with two
    only what can be a longitude of North America.
    """
    named = match.groupdict()
    if any(named[part + name] for part in "nwbh" for name in "12") or "°" in match.group():
        return _read_decimal(match)
    behind = re.match(r"\s?(?:de\s)?([^\W\d_]{2,})", match.string[match.end() : match.end() + 30])
    if behind and (unit_of(behind[1].lower()) or behind[1].lower() in _CURRENCIES):
        return None
    written = [re.split("[.,]", match[f"v{name}"]) for name in "12"]
    decimals, longitudes = min(len(part) for _, part in written), [int(whole.replace("−", "-")) for whole, _ in written]
    is_western = 14 <= longitudes[0] < 33 and 86 <= longitudes[1] < 119
    least = 2 if min(longitudes) < -60 else 3 if any(whole[0] in "-−" for whole, _ in written) else 4 if is_western else 5
    return _read_decimal(match) if decimals >= least else None


def _read_link(match: re.Match[str]) -> Place | None:
    """The point that the address of a map shows, or a geo URI (RFC 5870) names."""
    angles = [Angle(float(number), 10.0 ** -len(number.split(".")[1]), None) for number in match.groups() if number and "." in number]
    return _placed(angles) if len(angles) == 2 else None


def _decimal_angle(match: re.Match[str], name: str) -> Angle:
    written = match[f"v{name}"].replace("−", "-").replace(",", ".")
    return _signed(float(written), 10.0 ** -len(written.split(".")[1]), match.groupdict(), name)


def _read_sexagesimal(match: re.Match[str]) -> Place | None:
    angles = [_sexagesimal_angle(match, name) for name in "12"]
    return None if None in angles else _placed([angle for angle in angles if angle is not None])


def _sexagesimal_angle(match: re.Match[str], name: str) -> Angle | None:
    named = match.groupdict()
    degrees, minutes, seconds = (named.get(part + name) for part in "dms")
    last, unit = (seconds, 3600.0) if seconds else (minutes, 60.0) if minutes else (degrees or "", 1.0)
    numbers = [float((part or "0").replace("−", "-").replace(",", ".")) for part in (degrees, minutes, seconds)]
    if numbers[1] >= 60 or numbers[2] >= 60:
        return None
    decimals = len(re.split("[.,]", last)[1]) if re.search("[.,]", last) else 0
    magnitude = abs(numbers[0]) + numbers[1] / 60 + numbers[2] / 3600
    value = -magnitude if (degrees or "").startswith(("-", "−")) else magnitude
    return _signed(value, 10.0**-decimals / unit, named, name)


def _signed(value: float, step: float, named: Mapping[str, str | None], name: str) -> Angle:
    """The angle on its side, which stands behind it ("h"), before it ("b") or in words ("w"); its title ("n") may say which axis it is."""
    hemisphere, title = next(filter(None, (named.get(part + name) for part in "hbw")), ""), named.get("n" + name)
    letter = (hemisphere if len(hemisphere) == 1 else re.sub(r"^l\.?\s?", "", hemisphere, flags=re.IGNORECASE))[:1].upper()
    titled = "lat" if title and title.lower().startswith("lat") else "lon" if title else None
    axis = "lat" if letter and letter in "NS" else "lon" if letter else titled
    return Angle(-abs(value) if letter and letter in "SWO" else value, step, axis)


def _placed(angles: list[Angle]) -> Place | None:
    """The place of two angles: latitude first unless they say otherwise or cannot be."""
    first, second = angles
    if first.axis == second.axis is not None:
        return None
    swapped = first.axis == "lon" or second.axis == "lat" or (first.axis is None and second.axis is None and abs(first.degrees) > 90)
    lat, lon = (second, first) if swapped else (first, second)
    if abs(lat.degrees) > 90 or abs(lon.degrees) > 180:
        return None
    return place_of(lat.degrees, lon.degrees, lat.step * METRES_PER_DEGREE)


def place_of(lat: float, lon: float, step_m: float) -> Place:
    """A place known to a step of `step_m` metres north and (where degrees were rounded) the same step of longitude east."""
    north = step_m**2 / 12
    return Place(round(lon, 9), round(lat, 9), Frame.WGS84, covariance_m2=(north * max(cos(radians(lat)) ** 2, 1e-6), 0.0, north))


def _read_utm(match: re.Match[str]) -> Place | None:
    step = 10.0 ** -len(match["east"].partition(".")[2])
    # After the zone, "E" and "X" announce the easting; as bands they are polar, and "N" asks for the northern hemisphere only.
    return _from_utm(
        int(match["zone"]),
        (match["band"] or "N").upper().translate({ord("E"): "N", ord("X"): "N"}),
        float(match["east"]),
        float(match["north"]),
        step,
    )


def _from_utm(zone: int, band: str, east: float, north: float, step_m: float) -> Place | None:
    # pyproj costs 0.1 s to import, and most texts hold no grid reference.
    from pyproj import Transformer

    if not 1 <= zone <= 60 or not (100_000 <= east < 900_000) or north > 10_000_000:
        return None
    code = (32600 if band >= "N" else 32700) + zone
    lon, lat = Transformer.from_crs(code, 4326, always_xy=True).transform(east, north)
    if band not in "NS" and not _band_low(band) - 0.5 <= lat <= _band_low(band) + 12.5:
        return None
    variance = step_m**2 / 12
    return Place(round(lon, 9), round(lat, 9), Frame.WGS84, covariance_m2=(variance, 0.0, variance))


def _band_low(band: str) -> float:
    return -80.0 + 8.0 * BANDS.index(band)


def _read_mgrs(match: re.Match[str]) -> Place | None:
    """MGRS (NGA.STND.0037): the 100 km square by its letters, the row's cycle of 2,000 km by the latitude band."""
    zone, band = int(match["zone"]), match["band"]
    digits = match["digits"].replace(" ", "")
    half = len(digits) // 2
    step = 10.0 ** (5 - half)
    column = "ABCDEFGHJKLMNPQRSTUVWXYZ".index(match["column"]) - 8 * ((zone - 1) % 3)
    if not 0 <= column <= 7 or not 1 <= zone <= 60:
        return None
    rows = "ABCDEFGHJKLMNPQRSTUV"
    row = (rows.index(match["row"]) - (5 if zone % 2 == 0 else 0)) % 20
    east = (column + 1) * 100_000 + (int(digits[:half]) + 0.5) * step
    north = row * 100_000 + (int(digits[half:]) + 0.5) * step
    least = _northing(zone, band)
    north += 2_000_000 * max(0, -((north + 100_000 - least) // 2_000_000))
    return _from_utm(zone, band, east, north, step)


def _northing(zone: int, band: str) -> float:
    from pyproj import Transformer

    code = (32600 if band >= "N" else 32700) + zone
    return float(Transformer.from_crs(4326, code, always_xy=True).transform(zone * 6 - 183, _band_low(band))[1])
