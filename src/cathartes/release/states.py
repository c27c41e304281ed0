"""The state of a release from what happened to it: pure rules, no store, no clock of their own."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from cathartes.model import Action, Clock, Instant, Outcome
from cathartes.model.following import CLOSED, DEADLINES, Dispatch, Standing, State, Urgency


def standing(
    release: str,
    lead: str,
    receiver: str,
    released: Instant,
    dispatches: Sequence[Dispatch],
    answers: Iterable[tuple[Outcome, Instant]],
    withdrawn: Instant | None,
    now: Instant,
) -> Standing:
    """Where the release stands at `now`. `answers` come with the desk's own time of receipt: a partner's clock moves no deadline.

    The last thing that happened says the state, a withdrawal always; an open one whose deadline has passed is overdue.
    """
    urgency = min((each.urgency for each in dispatches), key=lambda one: DEADLINES[one], default=Urgency.ROUTINE)
    happened = [(State.RELEASED, released), *((each.state, each.at) for each in dispatches)]
    happened += [(State(Action(outcome.action).value), received) for outcome, received in answers]
    ordered = sorted(happened, key=lambda one: one[1].utc)
    if withdrawn is not None:
        ordered.append((State.WITHDRAWN, withdrawn))
    state, since = ordered[-1]
    if state in CLOSED:
        return Standing(release, lead, receiver, state, since, None, tuple(ordered))
    deadline = _deadline(ordered, DEADLINES[urgency])
    return Standing(release, lead, receiver, State.OVERDUE if now.utc > deadline.utc else state, since, deadline, tuple(ordered))


ANSWERS = frozenset(State(action.value) for action in Action)


def _deadline(happened: Sequence[tuple[State, Instant]], allowed: timedelta) -> Instant:
    """Counted from the last answer or, before any, from the release: sending it again does not give more time."""
    counted = [at for state, at in happened if state in ANSWERS or state is State.RELEASED]
    return Instant(counted[-1].utc + allowed, Clock.SYSTEM)
