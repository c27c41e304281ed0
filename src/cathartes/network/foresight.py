"""Which two will be in touch in the next window, with a probability each and how well such probabilities did on the last window.

A logistic model of a pair's past: how lately and how much they were in touch (ties age), whom they share (Adamic and Adar, Social Networks
25, 2003), and how busy each is. It is fitted on earlier windows only and tried on the last, which it has not seen, against the plain rule
"who was in touch lately will be again".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cathartes.errors import BadInput
from cathartes.network.graph import Floats, Ints, Tie, aged, graph
from cathartes.network.structure import adjacency

HALF_LIFE = 3.0
RIDGE = 1.0
ROUNDS = 50
FEWEST = 4
"""Windows needed: two to learn from, one to try on, one to forecast from."""
LARGEST = 1000
"""Nodes above which all pairs are too many."""


@dataclass(frozen=True)
class Tried:
    """How the forecast of the last window did: average precision, the plain rule's, the share of pairs in touch, and the Brier score."""

    precision: float
    plain: float
    share: float
    brier: float


@dataclass(frozen=True)
class Expected:
    """A pair and the probability that they are in touch in the next window."""

    source: str
    target: str
    probability: float


def next_ties(windows: Sequence[Sequence[Tie]]) -> tuple[list[Expected], Tried]:
    """Every pair of known nodes, most probable first, and how such a forecast did on the last window.

    Raises `BadInput` for fewer than four windows or more than 1,000 nodes.
    """
    if len(windows) < FEWEST:
        raise BadInput(f"found {len(windows)} windows; a forecast needs at least {FEWEST}")
    nodes = sorted({end for ties in windows for tie in ties for end in (tie.source, tie.target)})
    if len(nodes) > LARGEST:
        raise BadInput(f"found {len(nodes)} nodes; a forecast of every pair is made for at most {LARGEST}")
    past = [_pasts(windows[:number], nodes) for number in range(1, len(windows) + 1)]
    came = [_touched(ties, nodes) for ties in windows]
    tried = _tried(_fitted(past[:-2], came[1:-1]), past[-2], came[-1])
    chance = _probability(_fitted(past[:-1], came[1:]), past[-1])
    one, other = np.triu_indices(len(nodes), 1)
    order = np.argsort(-chance, kind="stable")
    return [Expected(nodes[one[place]], nodes[other[place]], float(chance[place])) for place in order], tried


def _touched(ties: Sequence[Tie], nodes: Sequence[str]) -> Floats:
    """1 for each pair of nodes (upper triangle, row by row) in touch in a window, else 0."""
    return _triangle((_matrix(ties, nodes) > 0).astype(np.float64))


def _matrix(ties: Sequence[Tie], nodes: Sequence[str]) -> Floats:
    network = graph([*(Tie(node, node, 0.0) for node in nodes), *ties])
    full: Floats = adjacency(network).toarray()
    return full


def _triangle(full: Floats) -> Floats:
    upper: Floats = full[np.triu_indices(len(full), 1)]
    return upper


def _pasts(windows: Sequence[Sequence[Tie]], nodes: Sequence[str]) -> Floats:
    """A row per pair: aged amount, whether in touch in the newest window, shared contacts, both busy, either never seen, and 1."""
    amount, newest = _matrix(aged(windows, HALF_LIFE), nodes), _matrix(windows[-1], nodes)
    tied = (amount > 0).astype(np.float64)
    degree, busy = tied.sum(0), np.log1p(amount.sum(0))
    shared = tied @ (tied / np.log(degree + 2)[:, None])
    unseen = (np.minimum(degree[:, None], degree) == 0).astype(np.float64)
    columns = (np.log1p(amount), (newest > 0).astype(np.float64), np.log1p(shared), busy[:, None] + busy, unseen)
    return np.column_stack([*map(_triangle, columns), np.ones(len(nodes) * (len(nodes) - 1) // 2)])


def _fitted(past: Sequence[Floats], came: Sequence[Floats]) -> Floats:
    """Weights of the logistic model, by Newton's method with a ridge."""
    rows, truth = np.vstack(past), np.concatenate(came)
    weights = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        chance = _probability(weights, rows)
        slope = rows.T @ (truth - chance) - RIDGE * weights
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _probability(weights: Floats, rows: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
    return chance


def _tried(weights: Floats, past: Floats, came: Floats) -> Tried:
    chance = _probability(weights, past)
    brier = float(np.mean((chance - came) ** 2))
    return Tried(average_precision(chance, came), average_precision(past[:, 0], came), float(came.mean()), brier)


def average_precision(scores: Floats, truth: Floats) -> float:
    """Mean precision at each true pair, the highest score first; pairs of one score count as in random order."""
    order: Ints = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    hits = np.cumsum(truth[order])[ends]
    new = np.diff(hits, prepend=0.0)
    return float((new * hits / (ends + 1)).sum() / max(truth.sum(), 1.0))
