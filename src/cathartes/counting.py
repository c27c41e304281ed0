"""What came of the releases, by stated rules, and what that teaches. Counts of unlike rules are never added.

Where each release stands is in `cathartes.following`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cathartes.assess.explanations import found_by, prior
from cathartes.following import standings
from cathartes.model import Action, Instant, Outcome, json
from cathartes.model.counting import Counted, Counting, total, wilson
from cathartes.model.following import Standing, State
from cathartes.store import Workspace


@dataclass(frozen=True)
class Share:
    """How many of how many, and the Wilson interval of that share at `level`; `of` zero has no interval."""

    hits: int
    of: int
    low: float | None
    high: float | None
    level: float = 0.95


@dataclass(frozen=True)
class Stage:
    """Days from release to a later state: how many releases got there, the median, and what nine in ten stay under."""

    name: str
    releases: int
    median_days: float
    p90_days: float


@dataclass(frozen=True)
class Outcomes:
    """What came of the releases. `answered` is MARS' response rate: notified sites with any feedback of all notified sites.

    `found` adds counts of one rule only, never across rules; `no_action` counts the reasons given.
    """

    released: Share
    answered: Share
    acted: Share
    found_anything: Share
    stages: tuple[Stage, ...]
    found: Mapping[str, int]
    no_action: Mapping[str, int]


ANSWERED = frozenset(State(action.value) for action in Action)
STAGES = (State.SENT, State.DELIVERED, State.ACKNOWLEDGED, State.ACTION_PLANNED, State.ACTED, State.NO_ACTION, State.NOT_FOUND)


def outcomes(workspace: Workspace, at: Instant) -> Outcomes:
    """The statistics of every release up to a moment. Several releases of one lead are one notified site."""
    listed, kept = standings(workspace, at), answers(workspace)
    states: dict[str, set[State]] = {}
    for each in listed:
        states.setdefault(each.lead, set()).update(state for state, _ in each.history)
    leads = {each.release: each.lead for each in listed}
    hits = {leads[each.release] for each in kept if any(one.count.value > 0 for one in each.findings)}
    return Outcomes(
        released=share(len(states), len(workspace.find("lead"))),
        answered=share(sum(bool(had & ANSWERED) for had in states.values()), len(states)),
        acted=share(sum(State.ACTED in had for had in states.values()), len(states)),
        found_anything=share(len(hits), len(states)),
        stages=tuple(stages(listed)),
        found={rule: int(counted.value) for rule, counted in sorted(counts(kept).items())},
        no_action=Counter(each.comment or "-" for each in kept if each.action is Action.NO_ACTION),
    )


def answers(workspace: Workspace) -> list[Outcome]:
    """Every answer received, in order."""
    return [json.decode(workspace.load("outcome", name), Outcome) for name in workspace.find("outcome")]


def share(hits: int, of: int) -> Share:
    """A share with its interval, where there is a denominator."""
    low, high = wilson(hits, of) if of else (None, None)
    return Share(hits, of, low, high)


def counts(kept: Iterable[Outcome]) -> dict[str, Counted]:
    """Per rule the sum over releases of the last count given: a corrected answer replaces the earlier one."""
    last = {(each.release, one.rule.value): one.count.value for each in kept for one in each.findings}
    rules: dict[str, list[Counted]] = {}
    for (_, rule), count in last.items():
        rules.setdefault(rule, []).append(Counted(count, Counting("partners", rule, "1")))
    return {rule: total(counted) for rule, counted in rules.items()}


def stages(listed: Iterable[Standing]) -> Iterator[Stage]:
    """From release to each later state, where any release got there."""
    histories = [each.history for each in listed]
    for state in STAGES:
        firsts = [(history[0][1], [at for one, at in history if one is state]) for history in histories]
        days = [(reached[0].utc - begun.utc).total_seconds() / 86400 for begun, reached in firsts if reached]
        if days:
            yield Stage(f"released to {state}", len(days), float(np.median(days)), float(np.quantile(days, 0.9)))


def learnt_prior(workspace: Workspace, state: str | None = None) -> dict[str, tuple[float, float]]:
    """Per explanation its probability before anything is observed: as judged, and as the answers kept here have changed it."""
    judged, learnt = prior(state), prior(state, found_by(answers(workspace)))
    return {name: (judged[name], learnt[name]) for name in judged}
