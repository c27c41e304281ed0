"""Networks of ties: read from edge lists or adjacency tables, held as arrays."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.network.list_formats import opened_csv

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Tie:
    """Something that goes from one node to another, and how much of it."""

    source: str
    target: str
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected network: `start[e] < end[e]` are the ends of tie `e`, each pair once; `weight[e]` sums both directions."""

    nodes: tuple[str, ...]
    start: Ints
    end: Ints
    weight: Floats

    @cached_property
    def neighbours(self) -> tuple[Ints, Ints]:
        """Where each node's neighbours begin (one more entry than nodes), and the neighbours, node by node."""
        ends = np.concatenate((self.start, self.end)), np.concatenate((self.end, self.start))
        order = np.argsort(ends[0], kind="stable")
        offsets = np.concatenate(([0], np.cumsum(np.bincount(ends[0], minlength=len(self.nodes)))))
        return offsets, ends[1][order]

    def less(self, kept: NDArray[np.bool_]) -> "Graph":
        """The network with the ties for which `kept` holds, and all its nodes."""
        return Graph(self.nodes, self.start[kept], self.end[kept], self.weight[kept])


def graph(ties: Iterable[Tie]) -> Graph:
    """The undirected network of some ties; ties of a node with itself and ties of no weight are left out, their nodes are kept."""
    place: dict[str, int] = {}
    weights: dict[tuple[int, int], float] = {}
    for tie in ties:
        one, other = (place.setdefault(node, len(place)) for node in (tie.source, tie.target))
        if one != other and tie.weight > 0:
            key = (min(one, other), max(one, other))
            weights[key] = weights.get(key, 0.0) + tie.weight
    ends = np.array(list(weights), np.int64).reshape(-1, 2)
    return Graph(tuple(place), ends[:, 0], ends[:, 1], np.array(list(weights.values()), np.float64))


def aged(windows: Sequence[Sequence[Tie]], half_life: float) -> list[Tie]:
    """The ties of several windows as of the last: a tie counts half when it is `half_life` windows old, a quarter after twice that."""
    *earlier, last = windows
    shares = [0.5 ** ((len(earlier) - number) / half_life) for number in range(len(earlier))]
    return [*(replace(tie, weight=tie.weight * share) for share, ties in zip(shares, earlier, strict=True) for tie in ties), *last]


def read_ties(path: Path) -> list[Tie]:
    """The ties of a CSV file: `source,target,weight` (weight 1 where there is none), or an adjacency table.

    In an adjacency table the first row and the first column name the nodes, the row is where a tie comes from, and 0 or an empty cell
    is no tie. Raises `BadInput` naming the row for anything else, for a weight that is negative or not finite, and for no tie at all.
    """
    with opened_csv(path) as lines:
        rows = [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    if not rows:
        raise BadInput(f"{path.name} is empty; expected source,target,weight or an adjacency table")
    header = [cell.strip().lower() for cell in rows[0]]
    ties = list(_listed(path.name, header, rows[1:]) if {"source", "target"} <= set(header) else _tabled(path.name, rows))
    if not ties:
        raise BadInput(f"{path.name} holds no tie; expected at least one row of source,target,weight, or one number above 0 in a table")
    return ties


def _listed(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Tie]:
    source, target = header.index("source"), header.index("target")
    weight = header.index("weight") if "weight" in header else None
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise BadInput(f"{name}, row {number}: found {len(row)} cells, expected {len(header)} as in the header")
        ends = row[source].strip(), row[target].strip()
        if not all(ends):
            raise BadInput(f"{name}, row {number}: a tie needs both a source and a target")
        yield Tie(*ends, weight_of(name, number, row[weight] if weight is not None else "1"))


def _tabled(name: str, rows: Sequence[Sequence[str]]) -> Iterator[Tie]:
    nodes = [cell.strip() for cell in rows[0][1:]]
    if len(rows) != len(nodes) + 1 or [row[0].strip() for row in rows[1:]] != nodes or len(set(nodes)) != len(nodes):
        raise BadInput(
            f"{name} is neither a list of ties (a header with source and target) nor an adjacency table (the same nodes, each once, in the "
            f"first row and the first column); its first row is {','.join(rows[0])[:60]}"
        )
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(nodes) + 1:
            raise BadInput(f"{name}, row {number}: found {len(row) - 1} numbers, expected {len(nodes)}, one for each node")
        yield Tie(nodes[number - 2], nodes[number - 2], 0.0)  # a node without ties is still in the network
        for node, cell in zip(nodes, row[1:], strict=True):
            weight = weight_of(name, number, cell or "0")
            if weight:
                yield Tie(nodes[number - 2], node, weight)


def weight_of(name: str, row: int, cell: str) -> float:
    """The weight in a cell of a file. Raises `BadInput` for what is no number, negative or not finite."""
    try:
        weight = float(cell)
    except ValueError:
        weight = float("nan")
    if not isfinite(weight) or weight < 0:
        raise BadInput(f"{name}, row {row}: found the weight {cell.strip()[:40]!r}, expected a number that is not negative")
    return weight
