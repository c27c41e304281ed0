"""What changed in a network from one time window to the next: alarms on its centre losing its grip, from each window and earlier ones only.

Four measures are followed. `centralisation`: how much the ties hang on one node (Freeman's, of degrees). `traffic-share`: the share of
all traffic that touches the broker, the node that carried most of late. `brokerage`: the broker's part in the betweenness of the two
foremost. `handover`: the strongest other node's traffic against the broker's. Each is compared with its own aged past; older windows count
less. See docs/explanation/change.md for how the thresholds were set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log, log10, sqrt

import numpy as np
from scipy.special import stdtr

from cathartes.errors import BadInput
from cathartes.model import Statement
from cathartes.network.dismantle import betweenness
from cathartes.network.graph import Graph, Tie, graph

HALF_LIFE = 3.0
"""Windows after which a window counts half."""
FEWEST = 3
"""Windows before the first that can give an alarm."""
PRIOR_WINDOWS = 6.0
"""How many windows of its own the usual spread counts for."""


class Measure(StrEnum):
    """What is followed, and what an alarm is about."""

    CENTRALISATION = "centralisation"
    SHARE = "traffic-share"
    BROKERAGE = "brokerage"
    HANDOVER = "handover"


SPREAD: Mapping[Measure, float] = {Measure.CENTRALISATION: 0.68, Measure.SHARE: 0.62, Measure.BROKERAGE: 0.95, Measure.HANDOVER: 0.4}
"""Usual spread of each measure (log odds) from window to window in simulated networks that do not change (benchmarks/change.py)."""
FALLS = frozenset({Measure.CENTRALISATION, Measure.SHARE, Measure.BROKERAGE})
"""Measures of the grip, which alarm when they fall; the others when they rise."""
ALARM = 0.03
"""Probability, under no change, below which a measure alarms. With two spans of four related measures, about one window in fourteen then
has a false alarm (benchmarks/change.py); a lower one sees fewer changes before they are complete."""
MESSAGES = {
    Measure.CENTRALISATION: "change.centralisation",
    Measure.SHARE: "change.share",
    Measure.BROKERAGE: "change.brokerage",
    Measure.HANDOVER: "change.handover",
}


@dataclass(frozen=True)
class Alarm:
    """One alarm. `window` counts from 1; `score` is -log10 of how likely such a value is if nothing changed."""

    window: int
    kind: Measure
    score: float
    says: Statement


@dataclass(frozen=True)
class Reading:
    """The measures of one window, as shares between 0 and 1, and the nodes they are about."""

    broker: str
    challenger: str
    shares: Mapping[Measure, float]


def alarms(windows: Sequence[Sequence[Tie]]) -> list[Alarm]:
    """The alarms of a network's windows in their order. Raises `BadInput` for fewer than two windows."""
    if len(windows) < 2:
        raise BadInput("a change needs at least two windows; give the files of the windows in their order")
    readings = follow(windows)
    found = []
    for number in range(FEWEST, len(readings)):
        for measure in Measure:
            score = _surprise(measure, [_log_odds(reading.shares[measure]) for reading in readings[: number + 1]])
            if score > -log10(ALARM):
                found.append(Alarm(number + 1, measure, score, _told(measure, readings[number], readings[number - 1])))
    return found


def follow(windows: Sequence[Sequence[Tie]]) -> list[Reading]:
    """The measures of every window, each from that window and earlier ones only.

    The broker of a window is the node with most traffic over the windows before it, the older counting less; in the first, of that window.
    """
    aged: dict[str, float] = {}
    readings: list[Reading] = []
    for ties in windows:
        network = graph(ties)
        traffic = _traffic(network)
        if not traffic:
            raise BadInput(f"window {len(readings) + 1} holds no tie; leave it out or give the file of its ties")
        broker = max(aged or traffic, key=lambda node: ((aged or traffic)[node], node))
        readings.append(_reading(network, traffic, broker))
        total = sum(traffic.values())
        aged = {node: aged.get(node, 0.0) * 0.5 ** (1 / HALF_LIFE) + traffic.get(node, 0.0) / total for node in {*aged, *traffic}}
    return readings


def _traffic(network: Graph) -> dict[str, float]:
    """What touches each node, nodes without any left out."""
    amount = np.bincount(network.start, network.weight, len(network.nodes)) + np.bincount(network.end, network.weight, len(network.nodes))
    return {node: float(value) for node, value in zip(network.nodes, amount, strict=True) if value > 0}


def _reading(network: Graph, traffic: Mapping[str, float], broker: str) -> Reading:
    offsets, targets = network.neighbours
    between = np.zeros(len(network.nodes))
    betweenness(np.zeros(len(network.nodes), np.int64), offsets, targets, between)
    place = network.nodes.index(broker) if broker in traffic else -1
    own = between[place] if place >= 0 else 0.0
    other = max((float(value) for node, value in enumerate(between) if node != place), default=0.0)
    challenger = max((node for node in traffic if node != broker), key=lambda node: (traffic[node], node))
    mine = traffic.get(broker, 0.0)
    shares = {
        Measure.CENTRALISATION: centralisation(np.diff(offsets)),
        Measure.SHARE: mine / float(network.weight.sum()),
        Measure.BROKERAGE: float(own / (own + other)) if own + other > 0 else 0.5,
        Measure.HANDOVER: traffic[challenger] / (traffic[challenger] + mine),
    }
    return Reading(broker, challenger, shares)


def centralisation(degrees: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Freeman's centralisation of degrees (Social Networks 1, 1978): 1 for a star, 0 where all have the same; nodes with ties only."""
    tied = degrees[degrees > 0]
    if len(tied) < 3:
        return 1.0
    return float((tied.max() - tied).sum()) / ((len(tied) - 1) * (len(tied) - 2))


def _log_odds(share: float) -> float:
    """Log odds, kept within those of 2 % and 98 %, beyond which a window's few ties tell nothing."""
    held = min(max(share, 0.02), 0.98)
    return log(held / (1 - held))


def _surprise(measure: Measure, values: Sequence[float]) -> float:
    """-log10 of how likely a last value so far out is if nothing changed, or a mean of the last two; the greater of the two.

    The value's distribution given its aged past is Student's, with the usual spread as prior.
    """
    sign = -1.0 if measure in FALLS else 1.0
    signed = [sign * value for value in values]
    return max(_tail(float(np.mean(signed[-span:])), signed[:-span], SPREAD[measure], span) for span in (1, 2))


def _tail(value: float, past: Sequence[float], spread: float, span: int) -> float:
    weights = 0.5 ** (np.arange(len(past), 0, -1) / HALF_LIFE)
    if len(past) < FEWEST:
        return 0.0
    count = float(weights.sum() ** 2 / (weights**2).sum())
    middle = float(np.average(past, weights=weights))
    own = float(np.average((np.array(past) - middle) ** 2, weights=weights)) * count
    scale = sqrt((PRIOR_WINDOWS * spread**2 + own) / (PRIOR_WINDOWS + count - 1) * (1 / span + 1 / count))
    return -log10(max(float(stdtr(PRIOR_WINDOWS + count - 1, -(value - middle) / scale)), 1e-12))


def _told(measure: Measure, now: Reading, before: Reading) -> Statement:
    values: dict[str, str | float] = {
        "broker": now.broker,
        "challenger": now.challenger,
        "now": now.shares[measure],
        "before": before.shares[measure],
    }
    return Statement(MESSAGES[measure], values)
