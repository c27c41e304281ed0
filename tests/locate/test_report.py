"""Chances of each number of sources are prior times evidence, done by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.locate.fits import Replayed
from cathartes.locate.prior import PER_SOURCE, RATE, SHARED, X, Y
from cathartes.locate.report import AGREEMENT, ORIGIN_M, chances, convergence, crowd_of, inferred, prior_shares, run_weights
from cathartes.locate.sampler import Run
from cathartes.model import Flight, Search


def runs(evidence: dict[tuple[int, int], float]) -> dict[tuple[int, int], Run]:
    empty = np.empty((0, 0))
    return {task: Run(empty, np.empty(0), value, 1, 0.3) for task, value in evidence.items()}


def flight(most: int | None) -> Flight:
    return Flight("a", search=None if most is None else Search(half_width_m=1.0, max_sources=most))


def test_each_of_the_stated_sources_is_there_with_even_chance_before() -> None:
    assert prior_shares(flight(3)).tolist() == [0.125, 0.375, 0.375, 0.125]
    assert prior_shares(flight(1)).tolist() == [0.5, 0.5]


def test_evidence_that_is_all_alike_leaves_the_prior() -> None:
    prior = prior_shares(flight(3))
    assert chances(runs({(n, seed): -70.0 for n in range(4) for seed in (0, 1)}), prior) == pytest.approx(prior)


def test_one_natural_unit_of_evidence_is_a_factor_e_on_the_odds() -> None:
    found = chances(runs({(0, 0): -500.0, (1, 0): -499.0}), prior_shares(flight(1)))
    assert found[1] / found[0] == pytest.approx(np.e)


def test_runs_of_one_number_count_by_their_mean_evidence_and_not_by_their_number() -> None:
    # Mean of the logarithms: the square root of 1 times 3 against 1, even prior.
    found = chances(runs({(0, 0): 0.0, (1, 0): 0.0, (1, 1): np.log(3.0)}), prior_shares(flight(1)))
    assert found == pytest.approx([1 / (1 + np.sqrt(3)), np.sqrt(3) / (1 + np.sqrt(3))])


def test_whether_runs_agree_is_said_of_the_most_probable_number_and_not_of_one_lucky_run() -> None:
    # Two sources once reach 6 and once 0: 3 in the mean, below the 4 of one source, whose runs agree.
    (said,) = convergence(runs({(0, 0): -9.0, (1, 0): 4.0, (1, 1): 4.0, (2, 0): 6.0, (2, 1): 0.0}), prior_shares(flight(2)))
    assert (said.key, said.values["apart"]) == ("locate.converged", 0.0)


def test_a_number_that_was_never_searched_has_no_chance() -> None:
    found = chances(runs({(0, 0): -1e4, (1, 0): -2e4}), prior_shares(flight(3)))
    assert found.tolist() == [1.0, 0.0, 0.0, 0.0]


@given(st.lists(st.floats(-1e5, 1e5), min_size=4, max_size=4))
def test_chances_are_chances_whatever_the_evidence(evidence: list[float]) -> None:
    found = chances(runs({(n, 0): value for n, value in enumerate(evidence)}), prior_shares(flight(3)))
    assert found.sum() == pytest.approx(1.0)
    assert np.all(found >= 0.0)


def test_runs_that_disagree_are_pooled_alike() -> None:
    assert run_weights(np.array([0.0, np.log(3.0)])) == pytest.approx([0.25, 0.75])
    assert run_weights(np.array([0.0, AGREEMENT + 0.1])).tolist() == [0.5, 0.5]


def test_a_place_known_to_the_millimetre_is_reported_to_the_metres_between_a_release_and_its_plume() -> None:
    values = np.zeros((4000, SHARED + PER_SOURCE))
    values[:, [SHARED + X, SHARED + Y, SHARED + RATE]] = 100.0, -40.0, 2.0
    crowd = crowd_of([Replayed(np.empty((0, SHARED)), np.empty((0, 0))), Replayed(values, np.full((4000, 1), 0.5))])
    assert crowd.place[:, 0].mean(axis=0) == pytest.approx([100.0, -40.0], abs=0.15)
    assert crowd.place[:, 0].std(axis=0) == pytest.approx([ORIGIN_M, ORIGIN_M], rel=0.05)
    assert crowd.rate[:, 0].tolist() == [1.0] * 4000


@pytest.mark.parametrize(("share", "told"), [(0.4, True), (1.0, False)])
def test_a_share_of_time_on_is_told_where_there_is_one_to_tell(share: float, told: bool) -> None:
    pool = [Replayed(np.ones((9, SHARED + number * PER_SOURCE)), np.full((9, number), share)) for number in (0, 1)]
    assert ("locate.on-share" in {said.key for said in inferred(pool)}) is told
