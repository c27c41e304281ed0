"""The background is what a plume leaves, even a wide one, and the noise is what it is."""

import numpy as np
import pytest

from cathartes.earth.background import difference_noise, estimate_background, walking_background


def test_a_plume_a_third_of_the_record_wide_is_not_taken_for_background() -> None:
    rng = np.random.default_rng(5)
    t_s = np.arange(900.0)
    plume = 80.0 * np.exp(-0.5 * ((t_s - 450) / 100) ** 2)
    truth = 1900.0 + 0.01 * t_s
    found = estimate_background(t_s, truth + plume + rng.normal(0, 2.0, 900), np.zeros(900, dtype=np.int64), 225.0)
    assert np.abs(found.level_ppb - truth).max() < 16.0
    quiet = np.abs(t_s - 450) > 300
    assert np.abs(found.level_ppb - truth)[quiet].max() < 3.0


def test_instruments_share_the_drift_and_keep_their_offsets() -> None:
    rng = np.random.default_rng(6)
    t_s, instrument = np.repeat(np.arange(200.0) * 60, 3), np.tile(np.arange(3), 200)
    drift = 20 * np.sin(t_s / 4000)
    y = 1900 + drift + np.array([0.0, -200.0, 50.0])[instrument] + rng.normal(0, 3.0, 600)
    found = estimate_background(t_s, y, instrument, 1500.0)
    assert found.offset_ppb[1] - found.offset_ppb[0] == pytest.approx(-200, abs=5)
    assert np.sqrt(np.mean((found.level_ppb - (y - rng.normal(0, 0.0, 600))) ** 2)) < 5.0


def test_noise_from_differences_ignores_a_plume() -> None:
    rng = np.random.default_rng(7)
    t_s = np.arange(1000.0)
    y = 1900 + rng.normal(0, 4.0, 1000) + np.where(t_s > 700, 50 * np.abs(rng.normal(0, 10, 1000)), 0)
    assert difference_noise(t_s, y) == pytest.approx(4.0, rel=0.5)


def test_a_background_that_wanders_by_many_noises_is_followed_and_a_plume_in_it_is_not() -> None:
    rng = np.random.default_rng(0)
    t_s, noise, drift = np.arange(0.0, 2400.0, 3.0), 0.3, 0.01
    air = np.cumsum(rng.normal(0.0, np.sqrt(3.0 * drift), len(t_s)))
    plume = 6.0 * np.exp(-0.5 * ((t_s - 1200.0) / 12.0) ** 2)
    level = walking_background(t_s, air + plume + rng.normal(0.0, noise, len(t_s)), np.full(len(t_s), noise), drift)
    assert np.ptp(air) > 20.0 * noise
    assert np.sqrt(np.mean((level - air) ** 2)) < noise
    assert np.abs(level - air)[np.abs(t_s - 1200.0) < 12.0].max() < 0.3 * plume.max()
