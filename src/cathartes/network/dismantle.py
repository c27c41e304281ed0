"""The order in which nodes would have to go for a network to fall apart soonest, as compiled loops over arrays.

The measure is R (Schneider et al., PNAS 108, 2011): the size of the largest component, averaged over the removal of all nodes one by
one; lower is better. `adaptive` gives a good order, `annealed` searches for a better one.
"""

import numpy as np

from cathartes.kernels import compiled
from cathartes.network.graph import Floats, Ints


@compiled
def total_sizes(order: Ints, offsets: Ints, targets: Ints, parent: Ints, size: Ints) -> int:  # pragma: no cover
    """Sum of the largest component's sizes after each removal but the first none; R is this over the squared number of nodes.

    Nodes are put back from the last removed to the first, joining components (union by size). `parent` and `size` are room to work in.
    """
    count = len(order)
    parent[:] = -1
    largest, total = 0, 0
    for step in range(count - 1, 0, -1):
        node = order[step]
        parent[node], size[node] = node, 1
        root = node
        for place in range(offsets[node], offsets[node + 1]):
            other = targets[place]
            if parent[other] < 0:
                continue
            while parent[other] != other:
                parent[other] = parent[parent[other]]
                other = parent[other]
            if other != root:
                if size[other] > size[root]:
                    root, other = other, root
                parent[other] = root
                size[root] += size[other]
        largest = max(largest, size[root])
        total += largest
    return total


@compiled
def betweenness(gone: Ints, offsets: Ints, targets: Ints, value: Floats) -> None:  # pragma: no cover
    """Betweenness of every node that is not gone, unweighted (Brandes, J. Math. Sociol. 25, 2001), into `value`."""
    count = len(gone)
    queue, distance = np.empty(count, np.int64), np.empty(count, np.int64)
    paths, share = np.empty(count), np.empty(count)
    value[:] = 0.0
    for source in range(count):
        if gone[source]:
            continue
        distance[:] = -1
        paths[:] = 0.0
        share[:] = 0.0
        distance[source], paths[source], queue[0] = 0, 1.0, source
        head, tail = 0, 1
        while head < tail:
            node = queue[head]
            head += 1
            for place in range(offsets[node], offsets[node + 1]):
                other = targets[place]
                if gone[other]:
                    continue
                if distance[other] < 0:
                    distance[other] = distance[node] + 1
                    queue[tail] = other
                    tail += 1
                if distance[other] == distance[node] + 1:
                    paths[other] += paths[node]
        for step in range(tail - 1, 0, -1):
            node = queue[step]
            for place in range(offsets[node], offsets[node + 1]):
                other = targets[place]
                if not gone[other] and distance[other] == distance[node] - 1:
                    share[other] += paths[other] / paths[node] * (1.0 + share[node])
            value[node] += share[node]


@compiled
def adaptive(offsets: Ints, targets: Ints, by_betweenness: int) -> Ints:  # pragma: no cover
    """Always the node with the highest betweenness (or degree) in what is left; the smaller number where two are alike.

    Betweenness is looked at for the first `by_betweenness` removals or until it is nought; after that, degree decides.
    """
    count = len(offsets) - 1
    gone, order, value = np.zeros(count, np.int64), np.empty(count, np.int64), np.zeros(count)
    degree = offsets[1:] - offsets[:-1]
    for step in range(count):
        if step < by_betweenness:
            betweenness(gone, offsets, targets, value)
            if value.max() <= 0.0:
                by_betweenness = 0
        if step >= by_betweenness:
            value[:] = 0.0
        best = -1
        for node in range(count):
            if gone[node]:
                continue
            ahead = 1.0 if best < 0 else value[node] - value[best]
            if ahead > 1e-9 or (ahead > -1e-9 and degree[node] > degree[best]):
                best = node
        order[step] = best
        gone[best] = 1
        for place in range(offsets[best], offsets[best + 1]):
            degree[targets[place]] -= 1
    return order


@compiled
def annealed(order: Ints, offsets: Ints, targets: Ints, tries: int, heat: float, seed: int) -> Ints:  # pragma: no cover
    """The best order met while nodes are moved about in `order`: worse ones are taken too, ever more rarely.

    A try swaps two nodes or takes one out and puts it in elsewhere; early places are tried more. `heat` is the first temperature in
    units of the sum of sizes, falling geometrically to a thousandth.
    """
    np.random.seed(seed)
    count = len(order)
    parent, size = np.empty(count, np.int64), np.empty(count, np.int64)
    now, best = order.copy(), order.copy()
    cost = total_sizes(now, offsets, targets, parent, size)
    least = cost
    cooling = 0.001 ** (1.0 / tries)
    trial = now.copy()
    for _ in range(tries):
        heat *= cooling
        one = int(count * np.random.random() ** 2)
        reach = 1 + int(count * np.random.random() ** 3)
        other = one + reach if np.random.random() < 0.5 else one - reach
        if other < 0 or other >= count:
            other = int(count * np.random.random())
        if one == other:
            continue
        first, last = min(one, other), max(one, other)
        trial[first : last + 1] = now[first : last + 1]
        if np.random.random() < 0.5:
            trial[one], trial[other] = now[other], now[one]
        elif one < other:
            trial[one:other] = now[one + 1 : other + 1]
            trial[other] = now[one]
        else:
            trial[other + 1 : one + 1] = now[other:one]
            trial[other] = now[one]
        found = total_sizes(trial, offsets, targets, parent, size)
        if found <= cost or np.random.random() < np.exp((cost - found) / heat):
            now[first : last + 1] = trial[first : last + 1]
            cost = found
            if cost < least:
                least = cost
                best[:] = now
        else:
            trial[first : last + 1] = now[first : last + 1]
    return best
