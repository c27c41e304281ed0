"""What a flight could not see it does not claim: a sentence, or an answer that widens, and never a confident dot."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.locate import plume
from cathartes.model import Flight, GasLog, Located
from cathartes.model.flight import GasLogHints
from tests.locate import ladder
from tests.locate.ladder import FLIGHT, SOURCE, log, reading

SEARCHED_M2 = 4000.0**2


@pytest.fixture(autouse=True)
def _cheap_search(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAST_PARTICLES", "MOST_PARTICLES", "MOVING_PARTICLES"):
        monkeypatch.setattr(plume, name, 160)


def located(logs: Sequence[GasLog], flight: Flight = FLIGHT, gas: str = "ch4") -> Located:
    with ThreadPoolExecutor(2) as executor:
        return plume.PlumeLocator().locate([reading(one) for one in logs], gas, flight, executor, lambda step, done: None)


@cache
def good() -> Located:
    return located([log()])


def only(whole: GasLog, rows: np.ndarray) -> GasLog:
    """Some rows of a log, in their order."""
    arrays = {field.name: value[rows] for field in fields(whole) if isinstance(value := getattr(whole, field.name), np.ndarray)}
    return replace(whole, gases={gas: ppb[rows] for gas, ppb in whole.gases.items()}, **arrays)


def region_m2(found: Located) -> float:
    """Area of the 90 % region of the only source; all of the search area where none is named."""
    assert len(found.sources) <= 1
    return found.sources[0].region90.area_m2 if found.sources else SEARCHED_M2


def claims(found: Located, key: str) -> bool:
    return any(note.key == key for note in found.notes)


def test_a_whole_flight_finds_its_source_so_that_the_cases_below_can_fail() -> None:
    source = good().sources[0]
    assert source.probability > 0.95
    assert np.hypot(source.place.x - SOURCE[0], source.place.y - SOURCE[1]) < 400.0
    assert 0.02e6 < region_m2(good()) < 0.8e6


def test_no_wind_at_all_is_a_sentence() -> None:
    blank = np.full(len(log().t_s), np.nan)
    with pytest.raises(BadInput, match="no wind in the log and no"):
        located([log(wind_u_m_s=blank, wind_v_m_s=blank)])


@pytest.mark.parametrize("speed", [0.0, 0.1])
def test_a_calm_has_no_upwind_and_the_region_widens(speed: float) -> None:
    n = len(log().t_s)
    found = located([log(wind_u_m_s=np.full(n, speed), wind_v_m_s=np.zeros(n))])
    assert region_m2(found) > 2.0 * region_m2(good())


def test_one_crossing_gives_a_line_of_places_and_no_dot() -> None:
    whole = log()
    found = located([only(whole, np.flatnonzero(whole.t_s < 67.0))])
    assert region_m2(found) > 4.0 * region_m2(good())


def test_blanks_throughout_could_not_see() -> None:
    with pytest.raises(BadInput, match=r"0 samples of 'ch4' have a value.*could not see"):
        located([log(gases={"ch4": np.full(len(log().t_s), np.nan)})])


def test_a_sensor_stuck_at_one_number_could_not_see() -> None:
    with pytest.raises(BadInput, match=r"650 of 650 values repeat one number.*could not see"):
        located([log(gases={"ch4": np.full(len(log().t_s), 2500.0)})])


def test_a_sensor_stuck_for_a_while_is_blind_for_that_while() -> None:
    y = log().gases["ch4"].copy()
    y[325:] = y[325]
    found = located([log(gases={"ch4": y})])
    assert claims(found, "locate.stuck")
    assert region_m2(found) > region_m2(good())


def test_a_clipped_plume_widens_the_answer() -> None:
    y = log().gases["ch4"]
    found = located([log(gases={"ch4": np.minimum(y, np.quantile(y, 0.9))})])
    assert region_m2(found) > 2.0 * region_m2(good())


def test_a_clock_set_back_loses_the_doubled_minute_and_says_so() -> None:
    whole = log()
    t_s = whole.t_s - np.where(np.arange(len(whole.t_s)) < 330, 0.0, 30.0)
    found = located([only(replace(whole, t_s=t_s), np.argsort(t_s, kind="stable"))])
    assert claims(found, "locate.leaps")
    source = found.sources[0]
    assert np.hypot(source.place.x - SOURCE[0], source.place.y - SOURCE[1]) < 500.0
    assert region_m2(found) > 0.5 * region_m2(good())


def test_a_sensor_switched_off_half_way_widens_the_answer_and_the_map() -> None:
    y = log().gases["ch4"].copy()
    y[len(y) // 2 :] = np.nan
    found = located([log(gases={"ch4": y})])
    assert region_m2(found) > 1.2 * region_m2(good())
    assert looked(found) < looked(good())


def looked(found: Located) -> float:
    assert found.detectability is not None
    return float(np.isfinite(found.detectability.grids[-1].array()).mean())


def test_a_track_far_from_the_search_area_could_not_see() -> None:
    far = log().start + np.array([9e4, 9e4, 0.0])
    with pytest.raises(BadInput, match="no sample was taken within 124 km of the search area: could not see"):
        located([log(start=far, end=far)])


def test_the_same_log_twice_counts_once() -> None:
    twice = located([log(), log(instruments=("copy",))])
    assert region_m2(twice) == pytest.approx(region_m2(good()), rel=1e-6)


def test_a_copy_with_fewer_digits_counts_hardly_more() -> None:
    rounded = located([log(), log(instruments=("copy",), gases={"ch4": np.round(log().gases["ch4"], 1)})])
    assert region_m2(rounded) > 0.75 * region_m2(good())


def test_one_name_for_two_instruments_far_apart_is_a_sentence() -> None:
    whole = log()
    aside = whole.start + np.array([500.0, 0.0, 0.0])
    elsewhere = replace(whole, start=aside, end=aside)
    with pytest.raises(BadInput, match="picarro is at two places at once most of the time"):
        located([whole, elsewhere])


def test_below_the_floor_is_at_most_the_floor_and_is_said() -> None:
    """Ethane, whose clean air a floor of 10 ppb hides: the plume is found all the same, and where it was not is not blind."""
    y = log(background_ppb=0.0).gases["ch4"] * ladder.ETHANE_PER_METHANE_PPB
    flight = replace(FLIGHT, gas_log=GasLogHints(floor_ppb=10.0))
    found = located([log(gases={"c2h6": np.maximum(y, 10.0)})], flight, "c2h6")
    note = next(note for note in found.notes if note.key == "locate.at-floor")
    assert 400 < note.values["count"] < 650
    assert found.sources[0].probability > 0.9
    assert np.hypot(found.sources[0].place.x - SOURCE[0], found.sources[0].place.y - SOURCE[1]) < 600.0


def test_a_methane_reading_of_nothing_is_no_air() -> None:
    y = log().gases["ch4"].copy()
    y[200:230] = 0.0
    found = located([log(gases={"ch4": y})], replace(FLIGHT, gas_log=GasLogHints(floor_ppb=10.0)))
    assert claims(found, "locate.no-air")
    assert 0.5 * region_m2(good()) < region_m2(found) < 3.0 * region_m2(good())


def test_a_gas_that_clean_air_does_not_hold_can_be_sought_from_a_mast_and_an_aircraft_at_once() -> None:
    """Methylamine, in local air without any; the mast stands still and has its own likelihood."""
    flown = log(background_ppb=0.0)
    there = np.tile([100.0, 0.0, 3.0], (len(flown.t_s), 1))
    quiet = np.random.default_rng(3).normal(0.0, 5.0, len(flown.t_s))
    mast = replace(flown, instruments=("mast",), start=there, end=there, gases={"methylamine": quiet})
    moved = replace(flown, gases={"methylamine": flown.gases["ch4"]})
    found = located([moved, mast], gas="methylamine")
    assert [fit.instrument for fit in found.fits] == ["mast", "picarro"]
    assert sum(draw.weight for draw in found.draws.draws) == pytest.approx(1.0)
