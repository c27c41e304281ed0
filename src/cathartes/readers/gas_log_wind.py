"""Wind in a gas log: either convention becomes the velocity the air moves TOWARDS, and two conventions check each other."""

import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Statement
from cathartes.model.samples import Floats
from cathartes.readers.table import Table

VELOCITY = ("wind_u_m_s", "wind_v_m_s")
DIRECTION = ("wind_from_deg", "wind_speed_m_s")
WIND_COLUMNS = (*VELOCITY, *DIRECTION)

STRONG_M_S = 40.0
"""A mean wind above this (Beaufort 12 begins at 32.7 m/s) is more likely in knots or km/h than flown in."""

STEADY_M_S = 1.0
"""Below this wind speed a direction says little, so it is not compared."""


def winds(table: Table) -> tuple[Floats, Floats, list[Statement]]:
    """Wind towards east and north in m/s, NaN where not measured, and what there is to say.

    Where a file gives both conventions they are compared, and `wind_u_m_s`, `wind_v_m_s` are taken. Raises `BadInput` for half
    a pair of columns, or for two conventions that contradict each other.
    """
    for pair in (VELOCITY, DIRECTION):
        refuse_half(table, pair)
    velocity, direction = VELOCITY[0] in table.numbers, DIRECTION[0] in table.numbers
    if not (velocity or direction):
        absent = np.full(len(table.row), np.nan)
        return absent, absent.copy(), [Statement("health.no_wind")]
    u, v = (table.numbers[column] for column in VELOCITY) if velocity else towards(*(table.numbers[column] for column in DIRECTION))
    health = compare(table, u, v) if velocity and direction else []
    return np.where(np.isnan(v), np.nan, u), np.where(np.isnan(u), np.nan, v), health + health_of_wind(u, v)


def refuse_half(table: Table, pair: tuple[str, str]) -> None:
    """Raises `BadInput` where one column of a pair is there and the other is not."""
    present = [column for column in pair if column in table.header]
    if len(present) == 1:
        absent = next(column for column in pair if column not in present)
        raise BadInput(f"{table.name} has {present[0]} but no {absent}; a wind needs both")


def towards(from_deg: Floats, speed_m_s: Floats) -> tuple[Floats, Floats]:
    """East and north components of the velocity of air that comes FROM `from_deg` (clockwise from north)."""
    return -speed_m_s * np.sin(np.radians(from_deg)), -speed_m_s * np.cos(np.radians(from_deg))


def compare(table: Table, u: Floats, v: Floats) -> list[Statement]:
    """How far the two conventions are apart. Raises `BadInput` where they are typically 30 degrees or a third of the speed apart."""
    from_deg, speed = (table.numbers[column] for column in DIRECTION)
    steady = np.flatnonzero((speed > STEADY_M_S) & (np.hypot(u, v) > STEADY_M_S))
    if not steady.size:
        return []
    apart = np.abs((np.degrees(np.arctan2(-u, -v)) - from_deg + 180) % 360 - 180)[steady]
    ratio = float(np.median(np.hypot(u, v)[steady] / speed[steady]))
    refuse_contradiction(table.name, float(np.median(apart)), ratio)
    differing = int(np.count_nonzero(apart > 30))
    return [Statement("health.wind_differs", {"count": differing, "samples": int(steady.size)})] if differing else []


def refuse_contradiction(name: str, apart_deg: float, ratio: float) -> None:
    """Raises `BadInput` naming the likely mistake: a reversed convention, or another unit of speed."""
    if apart_deg > 150:
        raise BadInput(f"{name}: wind_u_m_s, wind_v_m_s point where wind_from_deg says the wind comes from; they must point TOWARDS")
    if apart_deg > 30:
        raise BadInput(f"{name}: wind_u_m_s, wind_v_m_s and wind_from_deg are {apart_deg:.0f} degrees apart; keep the pair that is right")
    if not 2 / 3 < ratio < 3 / 2:
        raise BadInput(f"{name}: wind_u_m_s, wind_v_m_s are {ratio:.2f} times wind_speed_m_s; are both in m/s? Keep the pair that is right")


def health_of_wind(u: Floats, v: Floats) -> list[Statement]:
    """Winds that are half there, never there, or too strong to be believed."""
    speed = np.hypot(u, v)
    half = int(np.count_nonzero(np.isnan(u) != np.isnan(v)))
    strong = int(np.count_nonzero(speed > STRONG_M_S))
    statements = [Statement("health.wind_half", {"count": half})] if half else []
    if np.isnan(speed).all():
        return [*statements, Statement("health.no_wind")]
    return [*statements, Statement("health.wind_strong", {"count": strong, "most": float(np.nanmax(speed))})] if strong else statements
