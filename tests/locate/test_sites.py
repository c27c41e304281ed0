"""The same source has the same name in every draw, in whatever order the draws list their sources."""

import numpy as np
import pytest

from cathartes.locate.sites import Crowd, members

NEAR, FAR, THIRD = np.array([0.0, 0.0]), np.array([900.0, 300.0]), np.array([-500.0, 800.0])


def crowd(kinds: list[list[int]], seed: int = 0, spread_m: float = 60.0) -> tuple[Crowd, np.ndarray]:
    """Draws that list the sources of `kinds` (0 near, 1 far, 2 third) in this order, scattered; and which each truly is (m x 3)."""
    rng, truth = np.random.default_rng(seed), np.full((len(kinds), 3), -1)
    place, rate = np.full((len(kinds), 3, 2), np.nan), np.full((len(kinds), 3), np.nan)
    for draw, listed in enumerate(kinds):
        for slot, kind in enumerate(listed):
            place[draw, slot] = (NEAR, FAR, THIRD)[kind] + rng.normal(0.0, spread_m, 2)
            rate[draw, slot], truth[draw, kind] = 10.0, slot
    return Crowd(np.array([len(listed) for listed in kinds]), place, rate), truth


def named(found: list[np.ndarray], draws: Crowd) -> list[int]:
    """Which of the true places each site is nearest to."""
    middles = [np.median(draws.place[site >= 0, site[site >= 0]], axis=0) for site in found]
    return [int(np.argmin([np.hypot(*(middle - true)) for true in (NEAR, FAR, THIRD)])) for middle in middles]


def test_two_far_sources_in_shuffled_order_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    draws, truth = crowd([rng.permutation(2).tolist() for _ in range(400)])
    found = members(draws)
    names = named(found, draws)
    assert sorted(names) == [0, 1]
    for site, name in zip(found, names, strict=True):
        assert np.array_equal(site, truth[:, name])


def test_a_third_source_in_some_draws_does_not_take_another_ones_name() -> None:
    rng = np.random.default_rng(2)
    draws, truth = crowd([rng.permutation(3 if draw < 100 else 2).tolist() for draw in range(400)])
    found = members(draws)
    names = named(found, draws)
    # Two is the most probable count: the third is not reported, and the two keep their draws.
    assert sorted(names) == [0, 1]
    for site, name in zip(found, names, strict=True):
        assert (site == truth[:, name]).mean() > 0.99


def test_a_draw_with_one_source_gives_it_to_the_cluster_it_lies_in() -> None:
    draws, truth = crowd([[0, 1], [1, 0], [0, 1], [1], [0]] * 80)
    found = members(draws)
    for site, name in zip(found, named(found, draws), strict=True):
        assert np.array_equal(site, truth[:, name])
        assert (site >= 0).mean() == pytest.approx(0.8)


def test_draws_without_a_source_have_no_sites_and_belong_to_none() -> None:
    nothing, _ = crowd([[]] * 50)
    assert members(nothing) == []
    assert nothing.chance() == 0.0
    some, _ = crowd([[0]] * 30 + [[]] * 20)
    (site,) = members(some)
    assert ((site >= 0).sum(), some.chance()) == (30, 0.6)


def test_no_source_of_a_draw_is_in_two_clusters() -> None:
    rng = np.random.default_rng(3)
    draws, _ = crowd([rng.permutation(3)[: rng.integers(1, 4)].tolist() for _ in range(300)], spread_m=400.0)
    taken = np.stack(members(draws))
    for draw in taken.T:
        own = draw[draw >= 0]
        assert len(set(own.tolist())) == len(own)
