"""A network before and after something was done to it: what fell apart, and whether that is more than chance would show.

Two windows of the same talk never look the same. So each measure's change is held against the changes that come about when the ties of
both windows are dealt anew between them (a permutation test; Good, Permutation Tests, 2000): what is no rarer than that is no effect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components

from cathartes.errors import BadInput
from cathartes.network.change import centralisation
from cathartes.network.graph import Graph, Tie, graph
from cathartes.network.structure import adjacency

DEALS = 999


@dataclass(frozen=True)
class Shift:
    """One measure before and after; `chance` is the share of deals (both ways) in which it moved at least as far."""

    before: float
    after: float
    chance: float


@dataclass(frozen=True)
class Effect:
    """What a step did to a network: its measures, and who and which ties are there no more, or only now."""

    shifts: Mapping[str, Shift]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    ties_lost: int
    ties_new: int


def effect(before: Sequence[Tie], after: Sequence[Tie], seed: int = 1) -> Effect:
    """The change from one window to the next. Same ties and seed, same answer. Raises `BadInput` for a window without ties.

    A tie is dealt whole: what one pair had to do with one another in one window stays together.
    """
    networks = graph(before), graph(after)
    pairs = [_pairs(network) for network in networks]
    if not all(pairs):
        raise BadInput("a window holds no tie between two nodes; before and after need at least one each")
    values = [measures(network) for network in networks]
    pool = [Tie(*ends, weight) for found in pairs for ends, weight in found.items()]
    dice = np.random.default_rng(seed)
    moved = []
    for _ in range(DEALS):
        order = dice.permutation(len(pool))
        first, second = (measures(graph(pool[place] for place in part)) for part in (order[: len(pairs[0])], order[len(pairs[0]) :]))
        moved.append([abs(second[name] - first[name]) for name in values[0]])
    shifts = {
        name: Shift(old, values[1][name], float((1 + sum(one[place] >= abs(values[1][name] - old) - 1e-12 for one in moved)) / (DEALS + 1)))
        for place, (name, old) in enumerate(values[0].items())
    }
    here = [{end for ends in found for end in ends} for found in pairs]
    gone, new = tuple(sorted(here[0] - here[1])), tuple(sorted(here[1] - here[0]))
    return Effect(shifts, gone, new, len(pairs[0].keys() - pairs[1].keys()), len(pairs[1].keys() - pairs[0].keys()))


def _pairs(network: Graph) -> dict[tuple[str, str], float]:
    named = ((network.nodes[one], network.nodes[other]) for one, other in zip(network.start, network.end, strict=True))
    return {(min(ends), max(ends)): float(weight) for ends, weight in zip(named, network.weight, strict=True)}


def measures(network: Graph) -> dict[str, float]:
    """How well a network holds together: the largest piece's share of its nodes, pieces, Freeman's centralisation, the first's traffic."""
    degree = np.bincount(np.concatenate((network.start, network.end)), minlength=len(network.nodes))
    tied = degree > 0
    piece = connected_components(adjacency(network), directed=False)[1][tied]
    amount = np.bincount(network.start, network.weight, len(network.nodes)) + np.bincount(network.end, network.weight, len(network.nodes))
    return {
        "largest-piece": float(np.bincount(piece).max() / tied.sum()),
        "pieces": float(len(np.unique(piece))),
        "ties-per-node": float(2 * len(network.start) / tied.sum()),
        "centralisation": centralisation(degree),
        "broker-share": float(amount.max() / network.weight.sum()),
    }
