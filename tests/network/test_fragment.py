"""The order in which nodes hold a network together, on networks whose answer is plain."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.network import fragment as fragmenting
from cathartes.network.fragment import SHORT_STEPS, fragment, plan, r_index
from cathartes.network.graph import Graph, Tie, graph


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragmenting, "STEPS", 2_000_000)
    monkeypatch.setattr(fragmenting, "SHORT_STEPS", 200_000)


@pytest.fixture(scope="module")
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def cells(count: int, size: int) -> Graph:
    """Cliques that hang together by one go-between each."""
    inside = [Tie(f"{cell}-{a}", f"{cell}-{b}") for cell in range(count) for a, b in combinations(range(size), 2)]
    return graph([*inside, *(Tie("hub", f"{cell}-0") for cell in range(count))])


def test_r_of_a_star_by_hand() -> None:
    """Five nodes: the hub gone first leaves ones: 1+1+1+1 over 25; the hub gone last leaves 4+3+2+1."""
    star = graph([Tie("hub", leaf) for leaf in "abcd"])
    assert r_index(star, np.array([0, 1, 2, 3, 4])) == pytest.approx(4 / 25)
    assert r_index(star, np.array([1, 2, 3, 4, 0])) == pytest.approx(10 / 25)


def test_the_go_between_comes_first_and_keeps_its_rank(threads: Executor) -> None:
    found = fragment(cells(4, 5), threads)
    assert found.ranks[0].node == "hub"
    assert found.ranks[0].intervals[0][1] <= 8
    assert all(low <= rank.rank <= high for rank in found.ranks for low, high in rank.intervals)


@settings(max_examples=20, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_no_order_of_a_small_network_is_better(pairs: set[tuple[int, int]]) -> None:
    network = graph([Tie(str(a), str(b)) for a, b in sorted(pairs)])
    if not len(network.start):
        return
    best = min(r_index(network, np.array(order)) for order in permutations(range(len(network.nodes))))
    assert r_index(network, plan(network, SHORT_STEPS, 1)) == pytest.approx(best)


def test_the_same_network_gives_the_same_ranks(threads: Executor) -> None:
    with ThreadPoolExecutor(1) as alone:
        assert fragment(cells(3, 4), alone) == fragment(cells(3, 4), threads)


def test_a_large_network_is_ordered_by_ties_left(threads: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragmenting, "LARGE", 5)
    found = fragment(graph([Tie("hub", str(leaf)) for leaf in range(20)]), threads)
    assert found.ranks[0].node == "hub"
    assert not found.is_searched


def test_a_network_without_a_tie_is_refused(threads: Executor) -> None:
    with pytest.raises(BadInput, match="nothing to hold together"):
        fragment(graph([Tie("a", "a")]), threads)
