"""The structure of a network of ties: its pieces, cores, centralities that have converged, communities, and ties and nodes that cut it.

Made for a hundred thousand nodes and a million ties on one core. Everything is about the ties as drawn; how far a rank can be trusted
is for `fragment` to say.
"""

from dataclasses import dataclass

import numpy as np
import rustworkx
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from cathartes.kernels import compiled
from cathartes.network.graph import Floats, Graph, Ints

DAMPING = 0.85
TOLERANCE = 1e-10
"""Sum of absolute changes at which PageRank stands still; the usual 1e-6 per node leaves the foremost node 4 % off."""
ROUNDS = 1000
MOST_SWEEPS = 20


@dataclass(frozen=True, eq=False)
class Structure:
    """Row `n` of every array is node `n` of the network. `cut_nodes` and `bridges` are those whose loss splits a piece."""

    piece: Ints
    core: Ints
    pagerank: Floats
    community: Ints
    modularity: float
    cut_nodes: tuple[int, ...]
    bridges: tuple[tuple[int, int], ...]


def structure(network: Graph, seed: int = 1) -> Structure:
    """All of it. Same network and seed, same answer."""
    matrix = adjacency(network)
    _, piece = connected_components(matrix, directed=False)
    offsets, targets = network.neighbours
    community, modularity = communities(network, seed)
    drawn = rustworkx.PyGraph()
    drawn.add_nodes_from(range(len(network.nodes)))
    drawn.add_edges_from_no_data(list(zip(network.start.tolist(), network.end.tolist(), strict=True)))
    bridges = sorted((min(ends), max(ends)) for ends in rustworkx.bridges(drawn))
    cuts = tuple(sorted(rustworkx.articulation_points(drawn)))
    return Structure(piece.astype(np.int64), cores(offsets, targets), pagerank(network), community, modularity, cuts, tuple(bridges))


def adjacency(network: Graph) -> csr_matrix:
    """The symmetric matrix of weights."""
    rows, columns = np.concatenate((network.start, network.end)), np.concatenate((network.end, network.start))
    shape = (len(network.nodes), len(network.nodes))
    return csr_matrix((np.concatenate((network.weight, network.weight)), (rows, columns)), shape=shape)


def pagerank(network: Graph) -> Floats:
    """Share of time that a walker along ties, by their weight, spends at each node; it starts anew one step in seven (15 %)."""
    matrix, count = adjacency(network), len(network.nodes)
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    alone = strength == 0
    step = csr_matrix(matrix.multiply(1.0 / np.where(alone, 1.0, strength)[:, None]).T)
    rank = np.full(count, 1.0 / count)
    for _ in range(ROUNDS):
        new = DAMPING * (step @ rank + rank[alone].sum() / count) + (1 - DAMPING) / count
        moved, rank = float(np.abs(new - rank).sum()), new
        if moved < TOLERANCE:
            break
    return rank


@compiled
def cores(offsets: Ints, targets: Ints) -> Ints:  # pragma: no cover
    """The largest k such that a node is in a part where everybody has k ties (Batagelj and Zaversnik, 2003)."""
    count = len(offsets) - 1
    degree = offsets[1:] - offsets[:-1]
    begin = np.zeros(degree.max() + 2, np.int64)
    for node in range(count):
        begin[degree[node] + 1] += 1
    begin = np.cumsum(begin)
    place, order, filled = np.empty(count, np.int64), np.empty(count, np.int64), begin.copy()
    for node in range(count):
        place[node] = filled[degree[node]]
        order[place[node]] = node
        filled[degree[node]] += 1
    for step in range(count):
        node = order[step]
        for at in range(offsets[node], offsets[node + 1]):
            other = targets[at]
            if degree[other] > degree[node]:
                first = max(begin[degree[other]], step + 1)
                swapped = order[first]
                order[first], order[place[other]] = other, swapped
                place[swapped], place[other] = place[other], first
                begin[degree[other]] = first + 1
                degree[other] -= 1
    return degree


def communities(network: Graph, seed: int) -> tuple[Ints, float]:
    """Groups with more ties inside than chance gives, and their modularity (Louvain: Blondel et al., J. Stat. Mech. P10008, 2008)."""
    matrix = adjacency(network)
    label = np.arange(len(network.nodes))
    dice = np.random.default_rng(seed)
    while True:
        moved = _swept(matrix.indptr, matrix.indices, matrix.data, dice.permutation(matrix.shape[0]), MOST_SWEEPS)
        kinds, group = np.unique(moved, return_inverse=True)
        if len(kinds) == matrix.shape[0]:
            break
        label = group[label]
        gather = csr_matrix((np.ones(len(group)), (group, np.arange(len(group)))), shape=(len(kinds), len(group)))
        matrix = (gather @ matrix @ gather.T).tocsr()
    total = float(matrix.sum()) or 1.0
    strength = np.asarray(matrix.sum(axis=1)).ravel()
    return label.astype(np.int64), float(matrix.diagonal().sum() / total - ((strength / total) ** 2).sum())


@compiled
def _swept(offsets: Ints, targets: Ints, weights: Floats, order: Ints, sweeps: int) -> Ints:  # pragma: no cover
    """One level of Louvain: nodes move to the neighbouring group that gains most, until none does."""
    count = len(offsets) - 1
    group, strength = np.arange(count), np.zeros(count)
    for node in range(count):
        for at in range(offsets[node], offsets[node + 1]):
            strength[node] += weights[at]
    total = strength.sum()
    held, towards, met = strength.copy(), np.zeros(count), np.empty(count, np.int64)
    for _ in range(sweeps):
        moves = 0
        for node in order:
            found = 0
            for at in range(offsets[node], offsets[node + 1]):
                other = targets[at]
                if other != node:
                    if towards[group[other]] == 0.0:
                        met[found] = group[other]
                        found += 1
                    towards[group[other]] += weights[at]
            own = group[node]
            held[own] -= strength[node]
            best, gain = own, towards[own] - strength[node] * held[own] / total
            for at in range(found):
                value = towards[met[at]] - strength[node] * held[met[at]] / total
                if value > gain + 1e-12:
                    best, gain = met[at], value
            for at in range(found):
                towards[met[at]] = 0.0
            held[best] += strength[node]
            group[node] = best
            moves += best != own
        if moves <= count // 1000:
            break
    return group
