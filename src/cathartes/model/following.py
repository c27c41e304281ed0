"""What happens to a release after it left: that it was sent, claimed, recalled, corrected, and who confirmed."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cathartes.model.custody import Instant


class State(StrEnum):
    """Where a release stands with its receiver. The answers among them are those of `Action`."""

    RELEASED = "released"
    SENT = "sent"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    QUESTION = "question"
    ACTION_PLANNED = "action_planned"
    ACTED = "acted"
    NO_ACTION = "no_action"
    NOT_FOUND = "not_found"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"


CLOSED = frozenset({State.ACTED, State.NO_ACTION, State.NOT_FOUND, State.WITHDRAWN})
"""States after which nobody is reminded of anything."""


class Urgency(StrEnum):
    """How soon an answer is needed."""

    IMMEDIATE = "immediate"
    URGENT = "urgent"
    ROUTINE = "routine"


DEADLINES = {Urgency.IMMEDIATE: timedelta(hours=24), Urgency.URGENT: timedelta(hours=72), Urgency.ROUTINE: timedelta(days=14)}
"""From release to the first answer; an answer that leaves the case open gives the same time again."""


@dataclass(frozen=True)
class Dispatch:
    """One step on the way out of a release, or of the correction named in its place: `state` is sent or delivered,

    `channel` how (hand, mail, tak, taxii).
    """

    id: str
    release: str
    state: State
    channel: str
    urgency: Urgency
    by: str
    at: Instant


@dataclass(frozen=True)
class Standing:
    """Where one release stands, since when, and by when its receiver should have answered (`None` when closed)."""

    release: str
    lead: str
    receiver: str
    state: State
    since: Instant
    deadline: Instant | None
    history: tuple[tuple[State, Instant], ...]


@dataclass(frozen=True)
class Claim:
    """One reviewer has one lead until a moment; afterwards it is anybody's again."""

    lead: str
    by: str
    until: Instant


@dataclass(frozen=True)
class Recall:
    """An input that is withdrawn and all that rests on it. `inputs` are SHA-256 digests of the files that are."""

    id: str
    what: str
    inputs: tuple[str, ...]
    detections: tuple[str, ...]
    leads: tuple[str, ...]
    releases: tuple[str, ...]
    receivers: tuple[str, ...]
    why: str
    by: str
    at: Instant


@dataclass(frozen=True)
class Correction:
    """The one message that tells one receiver which of its releases no longer hold."""

    id: str
    recall: str
    receiver: str
    releases: tuple[str, ...]
    why: str
    at: Instant


@dataclass(frozen=True)
class Confirmation:
    """A receiver says that it has taken a correction in."""

    id: str
    correction: str
    by: str
    at: Instant


@dataclass(frozen=True)
class Retention:
    """When somebody must look again whether a record is still needed, and when it goes; the newest one for `what` holds."""

    what: str
    review: date
    until: date
    by: str
    why: str
    at: Instant


class Due(StrEnum):
    """What the dates of a record ask for today."""

    UNDATED = "no dates"
    KEPT = "kept"
    REVIEW = "review due"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Enactment:
    """A policy of release as it was put in force: its text in TOML (`None`: taken away), by whom and why. The newest one holds."""

    toml: str | None
    by: str
    why: str
    at: Instant


@dataclass(frozen=True)
class Threshold:
    """The least significance of a peak in a gas log (`None`: the detector's own) as a person put it in force; the newest one holds.

    Behind `found` of `of` leads below it something had been found then.
    """

    least_significance: float | None
    found: int
    of: int
    by: str
    why: str
    at: Instant


@dataclass(frozen=True)
class Hold:
    """What is needed in a court, or by an auditor: while it stands, nothing of `what` is erased. The newest one for `what` holds.

    `lift` is one person's wish to end it; a second person ends it.
    """

    what: str
    stands: bool
    by: str
    why: str
    at: Instant
    lift: "Lift | None" = None


@dataclass(frozen=True)
class Lift:
    """One person's wish to end a hold."""

    by: str
    why: str
    at: Instant


@dataclass(frozen=True)
class Wish:
    """One person's wish that `what`, with so many contents then, be erased; a second person orders it."""

    what: str
    contents: int
    by: str
    why: str
    at: Instant


@dataclass(frozen=True)
class Order:
    """On whose order the contents of `what` were erased, and who had asked for it and why.

    The ledger's entries of the act `erasure` are `of` this id.
    """

    id: str
    what: str
    contents: int
    asked_by: str
    why: str
    by: str
    at: Instant
