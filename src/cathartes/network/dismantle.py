"""The order in which nodes would have to go for a network to fall apart soonest, as compiled loops over arrays.

The measure is R (Schneider et al., PNAS 108, 2011): the size of the largest component, averaged over the removal of all nodes one by
one; lower is better. `adaptive` gives a good order, `annealed` searches for a better one.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.network.graph import Floats, Ints

Links: TypeAlias = NDArray[np.int32]


@compiled
def put_back(node: int, largest: int, offsets: Ints, targets: Ints, link: Links) -> int:  # pragma: no cover
    """Joins `node` to its neighbours that are there (union by size); returns the size of the largest component then.

    `link[n]` is another node of the component of `n`, minus the component's size at its root, the number of nodes where `n` is not there.
    """
    absent = len(link)
    link[node] = -1
    root = node
    for place in range(offsets[node], offsets[node + 1]):
        other = targets[place]
        if link[other] == absent:
            continue
        while link[other] >= 0:
            above = link[other]
            if link[above] >= 0:
                link[other] = link[above]
            other = above
        if other != root:
            if link[other] < link[root]:
                root, other = other, root
            link[root] += link[other]
            link[other] = root
    return max(largest, int(-link[root]))


@compiled
def sizes_of(order: Ints, offsets: Ints, targets: Ints) -> Ints:  # pragma: no cover
    """The largest component's size when only `order[step:]` is there, for each step; their sum, less the first, over nodes squared is R."""
    count = len(order)
    link, sizes = np.full(count, count, np.int32), np.empty(count, np.int64)
    largest = 0
    for step in range(count - 1, -1, -1):
        largest = put_back(order[step], largest, offsets, targets, link)
        sizes[step] = largest
    return sizes


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


KEPT = 16
"""Steps of an order between two states of the components that are kept, so that a try need not begin at its end."""


@compiled
def annealed(order: Ints, offsets: Ints, targets: Ints, tries: int, heat: float, seed: int) -> Ints:  # pragma: no cover
    """The best order met while nodes are moved about in `order`: worse ones are taken too, ever more rarely.

    A try swaps two nodes or takes one out and puts it in elsewhere, mostly near and early. Only the sizes between the two places can
    change, so only those are counted anew, from the nearest state that was kept. `heat` is the first temperature in units of the sum of
    sizes, falling geometrically to a thousandth.
    """
    np.random.seed(seed)
    count = len(order)
    states, largests = np.full((count // KEPT + 2, count), count, np.int32), np.zeros(count // KEPT + 2, np.int64)
    now, best, trial = order.copy(), order.copy(), order.copy()
    sizes = sizes_of(order, offsets, targets)
    _keep(now, 0, len(states) - 1, states, largests, offsets, targets)
    link, found = np.empty(count, np.int32), sizes.copy()
    cost = least = sizes[1:].sum()
    cooling = 0.001 ** (1.0 / tries)
    for _ in range(tries):
        heat *= cooling
        one = int(count * np.random.random() ** 2)
        reach = 1 + int(count * np.random.random() ** 10)
        other = one + reach if np.random.random() < 0.5 else one - reach
        if other < 0 or other >= count:
            other = int(count * np.random.random())
        if one == other:
            continue
        first, last = min(one, other), max(one, other)
        if np.random.random() < 0.5:
            trial[one], trial[other] = now[other], now[one]
        elif one < other:
            trial[one:other] = now[one + 1 : other + 1]
            trial[other] = now[one]
        else:
            trial[other + 1 : one + 1] = now[other:one]
            trial[other] = now[one]
        state = last // KEPT + 1
        link[:] = states[state]
        largest = largests[state]
        for step in range(min(state * KEPT, count) - 1, last, -1):
            largest = put_back(now[step], largest, offsets, targets, link)
        more = 0
        for step in range(last, first, -1):
            largest = put_back(trial[step], largest, offsets, targets, link)
            found[step] = largest
            more += largest - sizes[step]
        if more > 0 and np.random.random() >= np.exp(-more / heat):
            trial[first : last + 1] = now[first : last + 1]
            continue
        now[first : last + 1] = trial[first : last + 1]
        sizes[first + 1 : last + 1] = found[first + 1 : last + 1]
        _keep(now, first // KEPT + 1, state, states, largests, offsets, targets)
        cost += more
        if cost < least:
            least = cost
            best[:] = now
    return best


@compiled
def _keep(
    order: Ints, first: int, last: int, states: NDArray[np.int32], largests: Ints, offsets: Ints, targets: Ints
) -> None:  # pragma: no cover
    """Counts the states `first` to `last - 1` anew from state `last`; state `s` has the nodes `order[s * KEPT:]`."""
    if first >= last:
        return
    link, largest = states[last].copy(), largests[last]
    for step in range(min(last * KEPT, len(order)) - 1, first * KEPT - 1, -1):
        largest = put_back(order[step], largest, offsets, targets, link)
        if step % KEPT == 0:
            states[step // KEPT] = link
            largests[step // KEPT] = largest
