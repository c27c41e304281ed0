"""Coordinates as people write them, against values worked out elsewhere."""

import pytest

from cathartes.model import Frame, Place
from cathartes.release.coordinates import decimal, degrees_minutes_seconds, utm


def at(lon: float, lat: float) -> Place:
    return Place(lon, lat, Frame.WGS84)


@pytest.mark.parametrize(
    ("lon", "lat", "written"),
    [
        (-107.5, 24.25, "24°15′00.0″ N, 107°30′00.0″ W"),
        (0.0, -0.5, "0°30′00.0″ S, 0°00′00.0″ E"),
        (10.99999999, 59.99999999, "60°00′00.0″ N, 11°00′00.0″ E"),
    ],
)
def test_degrees_minutes_and_seconds_carry_over(lon: float, lat: float, written: str) -> None:
    assert degrees_minutes_seconds(at(lon, lat)) == written


def test_decimal_degrees_are_latitude_first() -> None:
    assert decimal(at(-107.394119, 24.809123)) == "24.80912, -107.39412"


@pytest.mark.parametrize(
    ("lon", "lat", "written"),
    [
        (-105.0, 0.0, "13N 500000 mE 0 mN"),  # on a zone's central meridian at the equator, by definition
        (3.0, -1e-9, "31S 500000 mE 10000000 mN"),
        (-79.387139, 43.642567, "17N 630084 mE 4833439 mN"),  # CN Tower, Toronto: 17T 630084 4833438 in its published UTM reference
    ],
)
def test_utm_names_zone_half_and_metres(lon: float, lat: float, written: str) -> None:
    assert utm(at(lon, lat)) == written


def test_the_last_zone_ends_where_the_first_begins() -> None:
    assert utm(at(180.0, 10.0)).startswith("1N ")
