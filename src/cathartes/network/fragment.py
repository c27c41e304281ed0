"""Which nodes hold a network together: the order in which their loss would break it soonest, and how far each rank can be trusted.

What is known of a covert network lacks ties. So every rank comes with the interval it takes when ties are left out at random and the
order is sought again; a rank without that interval is not given. The nodes of a network here are whatever an analyst drew; the answer is
about the drawing.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from cathartes.errors import BadInput
from cathartes.network.dismantle import adaptive, annealed, sizes_of
from cathartes.network.graph import Graph, Ints

LARGE = 3000
"""Nodes above which degree alone decides: betweenness is recomputed after every removal, which takes time with the cube of the size."""
MISSING = (0.1, 0.3)
"""Shares of ties that are left out."""
RESAMPLES = 20
"""How often, for each share."""
THINNED = 1.5
"""How many times the share is left out, so that the intervals hold the ranks of the network that had all its ties: see the explanation."""
HEAT = 0.1
STEPS = 2_000_000_000
"""Nodes and ties visited by one search of the full network: some ten to fifteen seconds of one core for five hundred nodes."""
SHORT_STEPS = 20_000_000
"""The same for a network with ties left out."""
BETWEENNESS_SHARE = 10
"""Steps of betweenness per step of annealing: what a removal costs there is the nodes times nodes and ties."""
TRIES = 6
"""Tries of annealing per step of the search and visit of the whole network: a try visits a small part of it."""
TRIES_PER_NODE = 10_000
"""More find nothing better in networks of a hundred nodes."""
CHAINS = 2


@dataclass(frozen=True)
class Rank:
    """A node's place in the order, 1 first, and the places it took when ties were left out, for each share of `Fragmentation.missing`."""

    node: str
    rank: int
    intervals: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Fragmentation:
    """The order, first node first. `r` is the mean share of nodes in the largest component while they go; `missing` names the intervals."""

    ranks: tuple[Rank, ...]
    r: float
    missing: tuple[float, ...]
    is_searched: bool


def fragment(network: Graph, executor: Executor, seed: int = 1) -> Fragmentation:
    """The order for `network` with the stability of every rank. Same network and seed, same answer, whatever the executor."""
    if len(network.nodes) < 2 or not len(network.start):
        raise BadInput("the network has no tie between two nodes; there is nothing to hold together")
    searches = executor.map(lambda chain: plan(network, STEPS, seed + chain), range(CHAINS if len(network.nodes) <= LARGE else 1))
    order = min(searches, key=lambda found: r_index(network, found))
    ranks = _ranks(order)
    intervals = [_interval(network, share, ranks, executor, seed) for share in MISSING]
    named = [
        Rank(network.nodes[node], place, tuple((int(low[node]), int(high[node])) for low, high in intervals))
        for place, node in enumerate(order, 1)
    ]
    return Fragmentation(tuple(named), r_index(network, order), MISSING, len(network.nodes) <= LARGE)


def plan(network: Graph, steps: int, seed: int) -> Ints:
    """An order of removal: by betweenness, recomputed each time while `steps` last, then by degree, improved by annealing.

    By degree alone for large networks.
    """
    offsets, targets = network.neighbours
    count = len(network.nodes)
    if count > LARGE:
        return _by_degree(offsets, targets)
    order: Ints = adaptive(offsets, targets, min(count, 1 + BETWEENNESS_SHARE * steps // (count * (count + len(targets)))))
    tries = min(TRIES_PER_NODE * count, TRIES * steps // (count + len(targets)))
    better: Ints = annealed(order, offsets, targets, tries, HEAT * count, seed)
    return better


def r_index(network: Graph, order: Ints) -> float:
    """R of an order of all nodes: the largest component's share of the nodes, averaged over the removals."""
    offsets, targets = network.neighbours
    return float(sizes_of(order, offsets, targets)[1:].sum()) / len(order) ** 2


def _by_degree(offsets: Ints, targets: Ints) -> Ints:
    """Always the node with most ties left."""
    degree = np.diff(offsets)
    heap = [(-int(ties), node) for node, ties in enumerate(degree)]
    heapify(heap)
    gone = np.zeros(len(degree), bool)
    order = []
    while heap:
        ties, node = heappop(heap)
        if gone[node] or -ties != degree[node]:
            continue
        gone[node] = True
        order.append(node)
        for other in targets[offsets[node] : offsets[node + 1]]:
            degree[other] -= 1
            if not gone[other]:
                heappush(heap, (-int(degree[other]), int(other)))
    return np.array(order, np.int64)


def _ranks(order: Ints) -> Ints:
    """Each node's place in the order, from 1."""
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(1, len(order) + 1)
    return ranks


def _interval(network: Graph, share: float, ranks: Ints, executor: Executor, seed: int) -> tuple[Ints, Ints]:
    """The lowest and highest rank of every node when ties are left out; its own rank lies inside."""
    rounds = RESAMPLES if len(network.nodes) <= LARGE else RESAMPLES // 4

    def once(number: int) -> Ints:
        dice = np.random.default_rng([seed, number, round(1000 * share)])
        kept = dice.random(len(network.start)) >= THINNED * share
        return _ranks(plan(network.less(kept), SHORT_STEPS, seed + number))

    found = np.array([ranks, *executor.map(once, range(rounds))])
    return found.min(axis=0), found.max(axis=0)
