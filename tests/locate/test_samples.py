"""A measurement counts once, a stuck sensor not at all, and readings at the floor are told from both."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.earth.background import stuck
from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.locate.samples import at_floor, credible, gather, is_floor, leaps, refuse_far
from cathartes.model import Frame, GasLog
from tests.locate import ladder

FRAME = LocalFrame(Frame.LOCAL)


def samples(*logs: GasLog):  # type: ignore[no-untyped-def]
    return gather(logs or (ladder.log(),), "ch4", FRAME)


def test_a_copy_under_another_name_is_left_out_with_its_name() -> None:
    both = samples(ladder.log(), replace(ladder.log(), instruments=("copy",)))
    assert len(both.t_s) == len(samples().t_s)
    assert both.names == ("copy",)


def test_two_instruments_that_differ_both_stay() -> None:
    other = replace(ladder.log(seed=9), instruments=("other",))
    both = samples(ladder.log(), other)
    assert (len(both.t_s), both.names) == (2 * len(samples().t_s), ("other", "picarro"))
    assert np.bincount(both.instrument).tolist() == [650, 650]


def test_a_minute_of_one_number_is_a_stuck_sensor_and_half_a_minute_is_not() -> None:
    t_s, y = np.arange(400.0), np.random.default_rng(0).normal(0.0, 1.0, 400)
    y[100:161], y[200:230] = 5.0, 7.0
    assert np.flatnonzero(stuck(t_s, y)).tolist() == list(range(100, 161))


def test_a_sensor_with_few_digits_is_not_stuck_but_one_that_never_changes_is() -> None:
    t_s = np.arange(400.0)
    coarse = np.round(np.random.default_rng(0).normal(2.0, 0.2, 400))
    coarse[50:150] = 2.0
    assert not stuck(t_s, coarse).any()
    assert stuck(t_s, np.full(400, 2.0)).all()


def test_readings_at_a_stated_floor_are_not_stuck() -> None:
    low = replace(samples(), y_ppb=np.full(650, 3.0))
    assert len(credible(low, 3.0)[0].t_s) == 650
    with pytest.raises(BadInput, match="could not see"):
        credible(low, None)


def test_an_instrument_stuck_throughout_is_left_out_with_its_name() -> None:
    broken = replace(ladder.log(seed=9), instruments=("broken",), gases={"ch4": np.full(650, 2500.0)})
    kept, notes = credible(samples(ladder.log(), broken), None)
    assert (kept.names, len(kept.t_s)) == (("picarro",), 650)
    assert notes[0].values == {"count": 650, "of": 1300}


def test_a_clock_set_back_marks_what_it_doubles() -> None:
    # Half a minute told twice, 900 m apart: 0 to 9 s, then 5 to 14 s again further on.
    t_s = np.array([0.0, 1, 2, 3, 3, 4, 4, 5, 6, 7])
    x = np.array([0.0, 30, 60, 90, 990, 120, 1020, 1050, 1080, 1110])
    paths = np.column_stack((x, 0 * x, 0 * x, x, 0 * x, 0 * x))
    assert np.flatnonzero(leaps(t_s, paths)).tolist() == [3, 4, 5, 6]


def test_nothing_near_the_search_area_is_refused_and_just_outside_is_not() -> None:
    refuse_far(samples(), (-2000.0, -2000.0, 2000.0, 2000.0))
    refuse_far(samples(), (10_000.0, 0.0, 12_000.0, 2000.0))
    with pytest.raises(BadInput, match="within 48 km"):
        refuse_far(samples(), (50_000.0, 0.0, 52_000.0, 2000.0))


def test_below_the_floor_becomes_the_floor_where_clean_air_is_below_it_too() -> None:
    low, notes = at_floor(replace(samples(), y_ppb=np.linspace(-1.0, 9.0, 650)), 3.0, 1.5)
    assert low.y_ppb.min() == 3.0
    assert is_floor(low.y_ppb, 3.0).sum() == notes[0].values["count"] == 260
    # A mean of floors is still the floor, whatever its last digit.
    assert is_floor(np.array([np.mean(np.full(7, 0.1))]), 0.1).all()


def test_a_reading_far_below_clean_air_is_of_no_air() -> None:
    y = samples().y_ppb.copy()
    y[:50] = 0.0
    left, notes = at_floor(replace(samples(), y_ppb=y), 5.0, 1900.0)
    assert (len(left.t_s), notes[0].key) == (600, "locate.no-air")
    assert at_floor(samples(), None, 1900.0)[1] == ()
