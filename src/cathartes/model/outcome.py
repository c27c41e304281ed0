"""What the partner says it did and found, counted by a stated rule."""

from dataclasses import dataclass
from enum import StrEnum

from cathartes.model.custody import Instant
from cathartes.model.quantity import Quantity


class Action(StrEnum):
    """The states of an answer."""

    ACKNOWLEDGED = "acknowledged"
    QUESTION = "question"
    PLANNED = "action_planned"
    ACTED = "acted"
    NO_ACTION = "no_action"
    NOT_FOUND = "not_found"


class CountingRule(StrEnum):
    """What one unit of a count is. The three kinds of site are counted apart, as European site reports do (ERISSP)."""

    LABORATORY = "laboratory"
    STORAGE = "storage"
    DUMP = "dump"
    LAWFUL_PLANT = "lawful_plant"
    OTHER = "other"


@dataclass(frozen=True)
class Finding:
    """How many of what were found, by which rule."""

    rule: CountingRule
    count: Quantity


@dataclass(frozen=True)
class Outcome:
    """One answer to one release. The same answer received twice is one outcome: its id depends on its content only."""

    id: str
    release: str
    partner: str
    action: Action
    by: str
    at: Instant
    findings: tuple[Finding, ...]
    comment: str
    reply_digest: str
