"""The sampler finds both of two modes, and its evidence is the integral done by hand."""

import numpy as np
import pytest

from cathartes.locate.sampler import effective, sample, systematic


def test_evidence_of_a_normal_likelihood_is_the_closed_form() -> None:
    def density(z: np.ndarray) -> np.ndarray:
        return np.asarray(-0.5 * ((z[:, 0] - 1.0) / 0.1) ** 2 - np.log(0.1 * np.sqrt(2 * np.pi)))

    run = sample(density, 3, 400, 3, 1)
    # z ~ N(0, 1) seen with error 0.1 at 1.0: a normal of variance 1.01.
    assert run.log_evidence == pytest.approx(-0.5 * 1.0 / 1.01 - 0.5 * np.log(2 * np.pi * 1.01), abs=0.25)
    assert run.draws[:, 0].mean() == pytest.approx(1.0 / 1.01, abs=0.03)
    assert run.draws[:, 1].std() == pytest.approx(1.0, abs=0.15)


def test_two_equal_modes_both_keep_a_fair_share() -> None:
    def density(z: np.ndarray) -> np.ndarray:
        return np.logaddexp(-0.5 * ((z[:, 0] - 1.5) / 0.05) ** 2, -0.5 * ((z[:, 0] + 1.5) / 0.05) ** 2)

    run = sample(density, 2, 400, 3, 2)
    assert 0.3 < (run.draws[:, 0] > 0).mean() < 0.7


def test_the_same_seed_gives_the_same_draws() -> None:
    def density(z: np.ndarray) -> np.ndarray:
        return np.asarray(-((z[:, 0] - 0.3) ** 2))

    assert np.array_equal(sample(density, 2, 50, 2, 7).draws, sample(density, 2, 50, 2, 7).draws)


def test_resampling_keeps_weights_to_within_one_copy() -> None:
    weight = np.array([0.5, 0.25, 0.25])
    counts = np.bincount(systematic(weight, 100, np.random.default_rng(0)), minlength=3)
    assert np.abs(counts - 100 * weight).max() <= 1


def test_equal_weights_are_all_effective() -> None:
    assert effective(np.zeros(10)) == pytest.approx(1.0)
