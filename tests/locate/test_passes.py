"""From samples to passes, by hand: instruments that fly together are one, bins keep their place, turns and gaps cut."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.locate.passes import (
    LOOKS,
    ROUGHNESS_SHARE,
    WINGS,
    binned,
    cuts,
    drift_rate,
    first_background,
    merged,
    passes_of,
    roughness,
    velocity,
)  # fmt: skip
from cathartes.locate.samples import Samples, gather
from cathartes.model import Flight, Frame
from tests.locate import ladder


def flown(
    t_s: np.ndarray, place: np.ndarray, y: np.ndarray, instrument: np.ndarray | None = None, names: tuple[str, ...] = ("a",)
) -> Samples:
    """Samples of moving instruments without any air."""
    n = len(t_s)
    blank = np.full(n, np.nan)
    kind = np.zeros(n, dtype=np.int64) if instrument is None else instrument
    return Samples(
        t_s,
        kind,
        names,
        np.hstack((place, place)),
        y,
        np.column_stack((blank, blank)),
        blank,
        blank,
        blank,
        blank,
        blank,
        blank,
        np.zeros(n),
    )


def line(n: int, aside_m: float = 0.0) -> np.ndarray:
    return np.column_stack((30.0 * np.arange(n), np.full(n, aside_m), np.full(n, 60.0)))


def pair(aside_m: float) -> Samples:
    """Two instruments side by side; the second reads 7 ppb more."""
    t_s, n = np.arange(12.0), 12
    place = np.concatenate((line(n), line(n, aside_m)))
    y = np.concatenate((np.arange(n, dtype=float), 7.0 + np.arange(n)))
    order = np.lexsort((np.repeat([0, 1], n), np.tile(t_s, 2)))
    return flown(np.tile(t_s, 2), place, y, np.repeat([0, 1], n), ("a", "b")).take(order)


def test_instruments_on_one_aircraft_are_one_and_their_offset_is_gone() -> None:
    both = merged(pair(aside_m=2.0))
    assert set(both.instrument) == {0}
    assert both.y_ppb.reshape(-1, 2) == pytest.approx(np.repeat(np.arange(12.0), 2).reshape(-1, 2))


def test_instruments_far_apart_stay_apart_with_their_own_levels() -> None:
    both = merged(pair(aside_m=300.0))
    assert set(both.instrument) == {0, 1}
    assert both.y_ppb[both.instrument == 1] == pytest.approx(7.0 + np.arange(12.0))


def test_an_instrument_that_stands_still_elsewhere_does_not_disturb_those_that_move() -> None:
    moving = replace(pair(aside_m=2.0), names=("a", "b", "mast"))
    assert np.array_equal(merged(moving).y_ppb, merged(pair(aside_m=2.0)).y_ppb)


def test_bins_hold_means_their_middle_time_and_the_place_there() -> None:
    t_s, instrument, place, y, count = binned(flown(np.arange(6.0), line(6), np.array([1.0, 3.0, 5.0, 9.0, 2.0, 4.0])), 2.0)
    assert t_s.tolist() == [1.0, 3.0, 5.0]
    assert y.tolist() == [2.0, 7.0, 3.0]
    assert count.tolist() == [2, 2, 2]
    # The samples of a bin were taken at 0 and 1 s, 15 m on at the mean; stamps mark the beginning of a second.
    assert place[:, 0].tolist() == [15.0, 75.0, 135.0]
    assert set(instrument) == {0}


def test_a_short_gap_keeps_empty_bins_and_a_long_one_is_left_out() -> None:
    for gap_s, kept in ((20.0, 39), (300.0, 20)):
        t_s = np.concatenate((np.arange(10.0), gap_s + 9.0 + np.arange(10.0)))
        place = np.column_stack((30.0 * t_s, 0.0 * t_s, 0.0 * t_s + 60.0))
        when, _, where, y, count = binned(flown(t_s, place, np.ones(20)), 1.0)
        assert (count > 0).sum() == 20
        assert np.isnan(y[count == 0]).all()
        assert where[:, 0] == pytest.approx(30.0 * (when - 0.5), abs=1e-6)
        assert len(when) == kept


def test_a_ladder_is_cut_at_its_turns_and_a_long_straight_every_two_minutes() -> None:
    corner = np.concatenate((line(10), line(10)[-1] + np.column_stack((np.zeros(10), 30.0 * np.arange(1, 11), np.zeros(10)))))
    t_s, one = np.arange(20.0), np.zeros(20, dtype=np.int64)
    bounds = cuts(t_s, one, velocity(corner, t_s, one), 1.0)
    # At the corner the central difference points half way, 45 degrees; one bin later it has turned.
    assert bounds.tolist() == [0, 10, 20]
    straight, many = np.arange(300.0), np.zeros(300, dtype=np.int64)
    assert cuts(straight, many, velocity(line(300), straight, many), 1.0).tolist() == [0, 121, 242, 300]


def test_a_gap_and_another_instrument_begin_a_pass() -> None:
    t_s, instrument = np.array([0.0, 1, 2, 3, 10, 11, 12, 0, 1, 2]), np.array([0] * 7 + [1] * 3)
    assert cuts(t_s, instrument, np.tile([30.0, 0.0, 0.0], (10, 1)), 1.0).tolist() == [0, 4, 7, 10]


def test_roughness_is_alike_over_a_crossing_and_fades_beside_it() -> None:
    excess = np.array([0.0, 0, 0, 6, 0, 8, 0, 0, 0, 0, 0, 0])
    error = roughness(excess, np.array([0, 12]))
    # Bins 3 to 5 (a gap of one filled) and one to either side: mean square (36 + 64) / 5 = 20, over 5 bins of 4 looks.
    crossing = ROUGHNESS_SHARE * np.sqrt(20.0 * 5.0 / LOOKS)
    assert error[2:7] == pytest.approx([crossing] * 5)
    assert error[11] == pytest.approx(crossing / WINGS)
    assert error[1] == error[7] == pytest.approx(crossing * WINGS**-0.2)


def test_of_two_crossings_the_rougher_counts_between_them() -> None:
    excess = np.array([0.0, 9, 9, 9, 0, 0, 0, 1, 1, 1, 0, 0])
    error = roughness(excess, np.array([0, 12]))
    strong, weak = (roughness(np.where(part, excess, 0.0), np.array([0, 12])) for part in (excess > 1.0, excess <= 1.0))
    assert np.array_equal(error, np.maximum(strong, weak))


def test_a_crossing_ends_with_its_pass() -> None:
    excess = np.array([0.0, 6, 8, 2, 2, 0])
    error = roughness(excess, np.array([0, 3, 6]))
    assert error[0] == error[2] != error[3] == error[5]


def test_the_drift_of_a_random_walk_is_found_within_a_factor_of_two() -> None:
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(0.0, 0.5, 4000))
    found = drift_rate(np.arange(4000.0), walk + rng.normal(0.0, 2.0, 4000), np.full(4000, 2.0))
    assert 0.125 < found < 0.5


def test_a_background_that_swells_for_minutes_walks_no_faster() -> None:
    rng = np.random.default_rng(0)
    t_s = np.arange(2400.0)
    walk = np.cumsum(rng.normal(0.0, 0.1, 2400)) + rng.normal(0.0, 0.3, 2400)
    swell = 20.0 * np.exp(-0.5 * ((t_s - 1200.0) / 250.0) ** 2)
    calm, swelling = (drift_rate(t_s, y, np.full(2400, 0.3)) for y in (walk, walk + swell))
    assert 0.005 < calm < 0.02
    assert swelling < 1.5 * calm


@pytest.mark.parametrize("seed", range(5))
def test_clean_air_that_wanders_by_many_noises_stands_out_nowhere(seed: int) -> None:
    """Taken for gas, it would be granted a plume's roughness, and no crossing in it would be seen."""
    rng = np.random.default_rng(seed)
    n = 2400
    y = 1900.0 + np.cumsum(rng.normal(0.0, 0.12, n)) + rng.normal(0.0, 0.5, n)
    t_s, known, noise = np.arange(float(n)), np.ones(n, dtype=np.bool_), np.full(n, 0.5)
    _, level = first_background(t_s, y, noise, np.zeros(n, dtype=np.int64), known)
    rough = roughness(np.maximum(y - level - 2.0 * noise, 0.0), np.arange(0, n + 1, 100))
    assert np.ptp(y) > 10.0 * 0.5
    assert np.mean(rough > noise) < 0.03


def test_too_few_means_are_refused() -> None:
    short = gather([ladder.log()], "ch4", LocalFrame(Frame.LOCAL)).take(np.arange(8))
    with pytest.raises(BadInput, match=r"8 means of 1 s hold a value and 10 are needed: could not see"):
        passes_of(short, "ch4", Flight("a"))


def test_an_instrument_without_a_calm_bin_keeps_the_background_of_all_its_bins() -> None:
    """The second one's every third bin stands out, and so every bin of it is one or beside one."""
    instrument = np.repeat([0, 1], [200, 30])
    t_s = np.concatenate((np.arange(200.0), np.arange(30.0)))
    y = np.random.default_rng(0).normal(0.0, 1.0, 230)
    y[201::3] += 60.0
    drift, level = first_background(t_s, y, np.ones(230), instrument, np.ones(230, dtype=np.bool_))
    assert drift > 0.0
    assert np.isfinite(level).all()
    assert np.abs(level[:200]).max() < 3.0
