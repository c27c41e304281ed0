"""Wind conventions: FROM becomes TOWARDS, and two conventions in one file must tell the same story."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.readers.gas_log_wind import WIND_COLUMNS, towards, winds
from cathartes.readers.table import Table, read_table


def table(csv: str) -> Table:
    return read_table(io.BytesIO(csv.encode()), "f.csv", WIND_COLUMNS.__contains__, ())


def both(degrees: float, factor: float = 1.0) -> Table:
    """Three samples of 4 m/s from the west, and a velocity turned clockwise by `degrees` and `factor` times as fast."""
    u, v = 4 * factor * math.cos(math.radians(degrees)), -4 * factor * math.sin(math.radians(degrees))
    return table("wind_u_m_s,wind_v_m_s,wind_from_deg,wind_speed_m_s\n" + f"{u:.6f},{v:.6f},270,4\n" * 3)


def test_a_west_wind_blows_towards_the_east() -> None:
    u, v = towards(np.array([270.0, 0.0, 45.0]), np.array([2.0, 3.0, math.sqrt(2)]))
    np.testing.assert_allclose(u, [2, 0, -1], atol=1e-12)
    np.testing.assert_allclose(v, [0, -3, -1], atol=1e-12)


@given(st.floats(0, 360), st.floats(0.01, 100))
def test_direction_and_speed_survive_the_conversion(from_deg: float, speed: float) -> None:
    u, v = towards(np.array([from_deg]), np.array([speed]))
    assert np.hypot(u, v)[0] == pytest.approx(speed)
    turned = (math.degrees(math.atan2(-u[0], -v[0])) - from_deg + 180) % 360 - 180
    assert turned == pytest.approx(0, abs=1e-6)


def test_two_conventions_that_agree_say_nothing() -> None:
    u, v, health = winds(both(5.0))
    assert health == []
    np.testing.assert_allclose(np.hypot(u, v), 4, rtol=1e-5)


@pytest.mark.parametrize(
    ("turned_deg", "factor", "sentence"),
    [
        (180.0, 1.0, "point where wind_from_deg says the wind comes from; they must point TOWARDS"),
        (90.0, 1.0, "are 90 degrees apart"),
        (0.0, 1.94384, "are 1.94 times wind_speed_m_s; are both in m/s?"),
    ],
)
def test_two_conventions_that_disagree_are_refused_with_the_likely_mistake(turned_deg: float, factor: float, sentence: str) -> None:
    with pytest.raises(BadInput, match="wind_u_m_s") as fault:
        winds(both(turned_deg, factor))
    assert sentence in str(fault.value)


def test_a_few_samples_that_disagree_are_counted() -> None:
    rows = "4,0,270,4\n" * 8 + "0,4,270,4\n" * 2
    _, _, health = winds(table("wind_u_m_s,wind_v_m_s,wind_from_deg,wind_speed_m_s\n" + rows))
    assert [(statement.key, dict(statement.values)) for statement in health] == [("health.wind_differs", {"count": 2, "samples": 10})]


def test_half_a_pair_of_columns_is_refused_and_half_a_sample_is_no_wind() -> None:
    with pytest.raises(BadInput, match="has wind_speed_m_s but no wind_from_deg; a wind needs both"):
        winds(table("wind_speed_m_s\n1\n"))
    u, v, health = winds(table("wind_u_m_s,wind_v_m_s\n1,\n,2\n3,4\n"))
    np.testing.assert_array_equal(np.isnan([u, v]), [[True, True, False]] * 2)
    assert [(statement.key, dict(statement.values)) for statement in health] == [("health.wind_half", {"count": 2})]


def test_a_wind_in_knots_is_doubted_and_no_wind_is_said() -> None:
    _, _, health = winds(table("wind_u_m_s,wind_v_m_s\n30,40\n1,1\n"))
    assert [(statement.key, dict(statement.values)) for statement in health] == [("health.wind_strong", {"count": 1, "most": 50.0})]
    for csv in ("other\n1\n", "wind_u_m_s,wind_v_m_s,other\n,,1\n"):
        assert [statement.key for statement in winds(table(csv))[2]] == ["health.no_wind"]
