"""Kilograms to ppb by hand, and a gas nobody knows."""

import numpy as np
import pytest

from cathartes.earth.gases import gas_named, ppb_per_kg_h, ppb_per_kg_m3
from cathartes.errors import BadInput
from cathartes.model import Air


def test_a_milligram_of_methane_per_cubic_metre_at_15_degrees_is_1474_ppb() -> None:
    # 1e-6 kg / 0.016043 kg/mol = 62.33 umol in p/RT = 42.29 mol of air.
    ppb = 1e-6 * ppb_per_kg_m3(gas_named("ch4"), np.array([288.15]), np.array([1013.25]))
    assert ppb[0] == pytest.approx(1473.9, rel=1e-3)


def test_an_unknown_gas_is_named_in_the_refusal() -> None:
    with pytest.raises(BadInput, match="phlogiston"):
        gas_named("phlogiston")


def test_where_the_log_holds_no_air_the_flights_stands_in() -> None:
    air = Air(temperature_k=280.0, pressure_hpa=900.0)
    found = ppb_per_kg_h("ch4", np.array([300.0, np.nan]), np.array([np.nan, 1000.0]), air)
    expected = ppb_per_kg_m3(gas_named("ch4"), np.array([300.0, 280.0]), np.array([900.0, 1000.0])) / 3600.0
    assert found == pytest.approx(expected)
