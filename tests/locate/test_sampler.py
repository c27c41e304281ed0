"""The sampler finds both of two modes, and its evidence is the integral done by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from cathartes.locate.sampler import Run, effective, extend, sample, systematic


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


def of_sum(seen: float) -> Callable[[np.ndarray], np.ndarray]:
    """The log likelihood of a sum of blocks (all columns but the first) seen with an error of 0.5."""
    return lambda z: np.asarray(-0.5 * ((seen - z[:, 1:].sum(axis=1)) / 0.5) ** 2 - np.log(0.5 * np.sqrt(2 * np.pi)))


def extended(seen: float) -> tuple[Run, Run]:
    """A run of one block, and of two from its draws."""
    one = sample(of_sum(seen), 2, 400, 6, 3)
    return one, extend(of_sum(seen), of_sum(seen), one, [slice(1, 2), slice(2, 3)], 400, 6, 3)


@pytest.mark.parametrize("seen", [0.0, 1.0, 4.0])
def test_one_block_more_changes_the_evidence_as_by_hand(seen: float) -> None:
    one, two = extended(seen)
    # A sum of n standard normals seen with error 0.5 is a normal of variance n + 0.25.
    expected = -0.5 * seen**2 * (1 / 2.25 - 1 / 1.25) - 0.5 * np.log(2.25 / 1.25)
    assert two.log_evidence - one.log_evidence == pytest.approx(expected, abs=0.15)
    assert two.draws[:, 1:].sum(axis=1).mean() == pytest.approx(seen * 2 / 2.25, abs=0.15)


def test_no_block_is_favoured_for_having_been_there_before() -> None:
    two = extended(4.0)[1]
    assert two.draws[:, 1].mean() == pytest.approx(two.draws[:, 2].mean(), abs=0.2)


def test_a_block_that_says_nothing_costs_nothing() -> None:
    def of_shared(z: np.ndarray) -> np.ndarray:
        return np.asarray(-0.5 * (z[:, 0] / 0.1) ** 2)

    one = sample(of_shared, 2, 100, 2, 5)
    two = extend(of_shared, of_shared, one, [slice(1, 2), slice(2, 3)], 100, 2, 5)
    assert two.log_evidence == pytest.approx(one.log_evidence, abs=1e-12)
    assert two.stages == 1


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
