"""What may stand behind a source: named explanations, each with its probability, and the observation that would tell the top two apart.

Bayes' rule over a table of judgements that anyone can read and change (`data/explanations.toml`), tempered because signs are
not independent. A gas never names a product. The rule for "registered or not" is in `assess.hypotheses`.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Any

import numpy as np

from cathartes.messages import percent
from cathartes.model import Action, CountingRule, Hypothesis, Outcome, Statement
from cathartes.model.samples import Floats

FOUND: Mapping[CountingRule, str] = {
    CountingRule.LABORATORY: "laboratory",
    CountingRule.STORAGE: "storage",
    CountingRule.DUMP: "dump",
    CountingRule.LAWFUL_PLANT: "industry",
}
"""Which explanation an outcome bears out; an outcome counted as `other` bears out none."""

NOT_FOUND = ("burning", "traffic", "nothing")
"""What may have been there where a partner went and found nothing: an answer cannot tell these apart."""

STATES = 32


@dataclass(frozen=True)
class Signs:
    """What is known of a source, each sign `None` where nobody looked: a sign not looked for is no sign of absence.

    `second_gas` is the class of another gas that was seen near it, or `no`.
    """

    gas: str | None = None
    second_gas: str | None = None
    persistence: str | None = None
    registered: str | None = None
    movement: str | None = None
    mention: str | None = None


@cache
def table() -> dict[str, Any]:
    """The judgements as they stand in the data file."""
    return tomllib.loads(files("cathartes").joinpath("data/explanations.toml").read_text(encoding="utf-8"))


def names() -> tuple[str, ...]:
    """The explanations in the order of every row of the table."""
    return tuple(table()["order"])


def class_of(gas: str) -> str:
    """The class of a gas by its key; `other` for one that the table does not know."""
    return next((name for name, members in table()["classes"].items() if gas in members), "other")


def prior(state: str | None = None, found: Mapping[str, int] | None = None) -> dict[str, float]:
    """Probabilities before any sign: the judgement, what outcomes counted (`found`, by explanation), and the state's laboratories.

    Outcomes enter as counts beside the judgement's own weight (a Dirichlet distribution's mean); those of `nothing` are shared among
    `NOT_FOUND` as the judgement has them, so that what no answer ever names does not become rare by being silent.
    """
    judged = np.array(table()["prior"])
    counted = np.array([(found or {}).get(name, 0) for name in names()], dtype=np.float64)
    unnamed = [names().index(name) for name in NOT_FOUND]
    counted[unnamed] = counted[unnamed].sum() * judged[unnamed] / judged[unnamed].sum()
    shares = judged * table()["weight"] + counted
    shares[names().index("laboratory")] *= laboratory_factor(state)
    return dict(zip(names(), (shares / shares.sum()).tolist(), strict=True))


def found_by(outcomes: Iterable[Outcome]) -> Counter[str]:
    """How many releases bear out each explanation; one whose answer says not found bears out `nothing`."""
    kept = last_told(outcomes)
    found = Counter(FOUND[one.rule] for each in kept for one in each.findings if one.rule in FOUND and one.count.value > 0)
    return found + Counter(nothing=sum(each.action is Action.NOT_FOUND for each in kept))


def last_told(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Per release the last answer that says what was found or that nothing was, of answers in order: a correction is no second find."""
    return tuple({each.release: each for each in outcomes if each.findings or each.action is Action.NOT_FOUND}.values())


def laboratory_factor(state: str | None) -> float:
    """Square root of the state's share of seized laboratories against an even share; one where the state is not stated or not listed."""
    counts = table()["laboratories_by_state"]
    if state is None or state not in counts:
        return 1.0
    return sqrt(counts[state] / sum(counts.values()) * STATES)


def posterior(signs: Signs, before: Mapping[str, float]) -> dict[str, float]:
    """Probabilities with the signs; they sum to one."""
    logs = np.log([before[name] for name in names()])
    for sign, value in _observed(signs).items():
        logs = logs + table()["tempering"] * np.log(chances(sign, value, signs.gas))
    shares = np.exp(logs - logs.max())
    return dict(zip(names(), (shares / shares.sum()).tolist(), strict=True))


def chances(sign: str, value: str, gas: str | None = None) -> Floats:
    """How often each explanation shows this value of a sign, in the order of `names()`; `gas` is the class of the first gas.

    How often there is a second gas is in the table; which one it is follows from how often each class is met without the first.
    """
    if sign != "second_gas" or value == "no":
        return np.asarray(table()[sign][value], dtype=np.float64)
    others = {name: np.asarray(row, dtype=np.float64) for name, row in table()["gas"].items() if name not in (gas, "other")}
    return np.asarray(table()["second_gas"]["yes"]) * others[value] / sum(others.values())


def _observed(signs: Signs) -> dict[str, str]:
    return {part.name: value for part in fields(signs) if (value := getattr(signs, part.name)) is not None}


def separating(signs: Signs, before: Mapping[str, float]) -> str | None:
    """The sign not yet looked for that would tell the two most probable explanations apart best; `None` when all are known.

    Best is the one of which the two expect most differently (the total variation between their rows).
    """
    now = posterior(signs, before)
    first, second = sorted(now, key=lambda name: -now[name])[:2]
    unknown = [part.name for part in fields(signs) if getattr(signs, part.name) is None]
    return max(unknown, key=lambda sign: _told_apart(sign, first, second), default=None)


def _told_apart(sign: str, first: str, second: str) -> float:
    """Total variation between what the two explanations expect of a sign."""
    one, other = names().index(first), names().index(second)
    rows = np.array(list(table()[sign].values()), dtype=np.float64)
    return float(np.abs(rows[:, one] - rows[:, other]).sum() / 2)


def explanations_of(signs: Signs, before: Mapping[str, float], there: float, registered: float = 0.0) -> tuple[Hypothesis, ...]:
    """Every explanation, the most probable first. `there` is the probability that there is a source at all, as the inversion has it,

    `registered` that of a source which a declared plant explains: both were weighed already, so `nothing` gets what `there` leaves,
    lawful industry gets `registered`, and all explanations but `nothing` share the rest.
    """
    given = posterior(signs, before)
    each = (there - registered) / (1 - given["nothing"])
    shares = {name: each * share for name, share in given.items() if name != "nothing"} | {"nothing": 1 - there}
    shares["industry"] += registered
    next_look = separating(signs, before)
    ordered = sorted(shares, key=lambda name: (-shares[name], names().index(name)))
    return tuple(_hypothesis(name, shares[name], signs, next_look) for name in ordered)


def _hypothesis(name: str, probability: float, signs: Signs, next_look: str | None) -> Hypothesis:
    supports = tuple(
        Statement(f"sign.{sign}", {"value_percent": percent(chance)})
        for sign, value in _observed(signs).items()
        if (chance := chances(sign, value, signs.gas)[names().index(name)]) > chances(sign, value, signs.gas) @ table()["prior"]
    )
    return Hypothesis(name, probability, supports, () if next_look is None else (Statement(f"separates.{next_look}"),))


def confidence(signs: Signs) -> Statement:
    """How well founded the probabilities are, apart from how high they are: by how many kinds of sources speak (ICD 203, D.6.e)."""
    kinds = sum(getattr(signs, name) is not None for name in ("gas", "persistence", "movement", "mention"))
    return Statement(f"confidence.{('low', 'low', 'moderate', 'high', 'high')[kinds]}", {"kinds": kinds})
