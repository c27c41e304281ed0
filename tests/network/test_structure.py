"""The structure of small networks by hand, and of larger ones by their properties."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.network.graph import Tie, graph
from cathartes.network.structure import cores, pagerank, structure

TWO_CELLS = [
    *(Tie(a, b) for a, b in combinations("abcd", 2)), *(Tie(a, b) for a, b in combinations("wxyz", 2)), Tie("d", "m"), Tie("m", "w"),
    Tie("p", "q"),
]  # fmt: skip


def test_two_cells_and_their_go_between() -> None:
    network = graph(TWO_CELLS)
    found = structure(network)
    by_name = {node: place for place, node in enumerate(network.nodes)}
    assert len(set(found.piece)) == 2
    assert [found.core[by_name[node]] for node in "admp"] == [3, 3, 2, 1]
    assert {network.nodes[node] for node in found.cut_nodes} == {"d", "m", "w"}
    assert {tuple(sorted(network.nodes[end] for end in ends)) for ends in found.bridges} == {("d", "m"), ("m", "w"), ("p", "q")}
    assert len({found.community[by_name[node]] for node in "abcd"}) == 1
    assert found.community[by_name["a"]] != found.community[by_name["z"]]
    assert found.modularity > 0.4


def test_pagerank_of_a_weighted_star_by_hand() -> None:
    """The hub's share h = .15/4 + .85 (1 - h); a leaf with half the weight gets .15/4 + .85 h / 2."""
    network = graph([Tie("hub", "big", 2.0), Tie("hub", "one"), Tie("hub", "two")])
    hub = (0.15 / 4 + 0.85) / 1.85
    assert pagerank(network) == pytest.approx([hub, 0.15 / 4 + 0.425 * hub, 0.15 / 4 + 0.2125 * hub, 0.15 / 4 + 0.2125 * hub], abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1))
def test_a_core_has_as_many_ties_inside_as_its_number(pairs: set[tuple[int, int]]) -> None:
    network = graph([Tie(str(a), str(b)) for a, b in sorted(pairs)])
    offsets, targets = network.neighbours
    core = cores(offsets, targets)
    for node in range(len(network.nodes)):
        own = targets[offsets[node] : offsets[node + 1]]
        assert (core[own] >= core[node]).sum() >= core[node]
    assert pagerank(network).sum() == pytest.approx(1.0)
    assert np.array_equal(structure(network).community, structure(network).community)
