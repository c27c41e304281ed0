"""How near the order of fragmentation comes to longer searches, how often its intervals hold, and how long large networks take.

    python benchmarks/networks.py

Networks are simulated: cells with go-betweens, growth by preference, a core with a fringe. The best found is that of a longer search with
another seed, not a proven optimum. Coverage: the network is the truth, a share of its ties is taken away, and the intervals found without
them are asked for the ranks with them.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np

from cathartes.network import fragment as fragmenting
from cathartes.network import structure
from cathartes.network.dismantle import adaptive, annealed
from cathartes.network.graph import Graph, Ints, Tie, graph


def cells(count: int, seed: int) -> Graph:
    """Close cells of about nine, a go-between each, tied to two others, and some chance ties."""
    dice = np.random.default_rng(seed)
    label = dice.integers(0, count // 9, count)
    members = [np.flatnonzero(label == cell) for cell in range(count // 9)]
    inside = [(one, other) for cell in members for one, other in combinations(cell, 2) if dice.random() < 0.45]
    between = [dice.choice(cell) for cell in members if len(cell)]
    across = [(one, other) for one in between for other in dice.choice(between, 2)]
    return drawn([*inside, *across, *dice.integers(0, count, (count // 8, 2))])


def grown(count: int, seed: int) -> Graph:
    """Newcomers tie to one or two of those who have many ties."""
    dice = np.random.default_rng(seed)
    ends, ties = [0, 1], [(0, 1)]
    for node in range(2, count):
        for _ in range(1 + (dice.random() < 0.6)):
            other = ends[dice.integers(len(ends))]
            ties.append((node, other))
            ends += [node, other]
    return drawn(ties)


def core(count: int, seed: int) -> Graph:
    """A sixth of the nodes close together, each of the others tied to one to three of them."""
    dice = np.random.default_rng(seed)
    inner = count // 6
    ties = [(one, other) for one, other in combinations(range(inner), 2) if dice.random() < 0.35]
    ties += [(int(other), node) for node in range(inner, count) for other in dice.choice(inner, 1 + dice.integers(3))]
    return drawn(ties)


def drawn(ties: list[tuple[int, int]]) -> Graph:
    return graph([Tie(str(one), str(other)) for one, other in ties if one != other])


def longer(network: Graph, seed: int) -> Ints:
    """The order that a search three times as long finds."""
    offsets, targets = network.neighbours
    count = len(network.nodes)
    tries = 3 * fragmenting.TRIES_PER_NODE * count
    return annealed(adaptive(offsets, targets, count), offsets, targets, tries, fragmenting.HEAT * count, seed)


def fragmentation(threads: ThreadPoolExecutor) -> None:
    for make, count in ((cells, 60), (grown, 110), (cells, 200), (core, 250), (grown, 350), (cells, 520)):
        network = make(count, count)
        start = time.process_time()
        found = fragmenting.fragment(network, threads)
        spent = time.process_time() - start
        best = min(fragmenting.r_index(network, longer(network, seed)) for seed in (101, 102))
        worse = found.r / best - 1
        print(f"{make.__name__} {count}: R {found.r:.4f}, best of two longer searches {best:.4f} ({worse:+.1%}), {spent:.0f} CPU s")
    for make, count in ((cells, 60), (grown, 110)):
        coverage(make(count, count), threads)


def coverage(network: Graph, threads: ThreadPoolExecutor) -> None:
    """Share of the true ranks, of all and of the first ten, that lie in the intervals found without some ties."""
    true = {one.node: one.rank for one in fragmenting.fragment(network, threads).ranks}
    for place, share in enumerate(fragmenting.MISSING):
        kept = np.random.default_rng(99).random(len(network.start)) >= share
        found = fragmenting.fragment(network.less(kept), threads)
        inside = {one.node: one.intervals[place][0] <= true[one.node] <= one.intervals[place][1] for one in found.ranks}
        first = [inside[node] for node, rank in true.items() if rank <= 10]
        everyone, ten = np.mean(list(inside.values())), np.mean(first)
        print(f"  {len(true)} nodes, {share:.0%} of the ties gone: {everyone:.2f} of all ranks held, {ten:.2f} of the first ten")


def large() -> None:
    """A hundred thousand nodes and a million ties; compiled beforehand."""
    dice, count = np.random.default_rng(1), 100_000
    weight = (np.arange(count) + 10.0) ** -0.6
    ends = dice.choice(count, (2, 1_050_000), p=weight / weight.sum())
    key = np.unique(ends.min(0) * count + ends.max(0))
    key = key[key // count != key % count]
    network = Graph(tuple(map(str, range(count))), key // count, key % count, np.ones(len(key)))
    structure.structure(cells(60, 1))
    offsets, targets = network.neighbours
    jobs = {
        "cores": lambda: structure.cores(offsets, targets),
        "pagerank": lambda: structure.pagerank(network),
        "communities": lambda: structure.communities(network, 1),
    }
    for name, job in jobs.items():
        start = time.process_time()
        job()
        print(f"{name}: {time.process_time() - start:.2f} CPU s for {count} nodes and {len(key)} ties")


if __name__ == "__main__":
    large()
    with ThreadPoolExecutor(2) as pool:
        fragmentation(pool)
