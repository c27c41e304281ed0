"""The state of a release follows from what happened to it, on the desk's clock."""

from datetime import datetime, timedelta

import pytest

from cathartes.model import Action, Clock, Instant, Outcome
from cathartes.model.following import Dispatch, Standing, State, Urgency
from cathartes.release.states import standing
from tests.release.sample_lead import NOON


def after(hours: float) -> Instant:
    return Instant(NOON.utc + timedelta(hours=hours), Clock.SYSTEM)


def answer(action: Action, hours: float, clock: datetime = NOON.utc) -> tuple[Outcome, Instant]:
    return Outcome("outcome-1", "release-1", "MEX", action, "Unidad 4", Instant(clock, Clock.UNSTATED), (), "", ""), after(hours)


def stand(hours: float, *answers: tuple[Outcome, Instant], urgency: Urgency = Urgency.ROUTINE, withdrawn: float | None = None) -> Standing:
    sent = Dispatch("dispatch-1", "release-1", State.SENT, "hand", urgency, "Benito", after(1))
    gone = None if withdrawn is None else after(withdrawn)
    return standing("release-1", "lead-1", "MEX", NOON, [sent], answers, gone, after(hours))


@pytest.mark.parametrize(
    ("urgency", "hours", "state"),
    [
        (Urgency.IMMEDIATE, 23, State.SENT),
        (Urgency.IMMEDIATE, 25, State.OVERDUE),
        (Urgency.URGENT, 71, State.SENT),
        (Urgency.URGENT, 73, State.OVERDUE),
        (Urgency.ROUTINE, 14 * 24 - 1, State.SENT),
        (Urgency.ROUTINE, 14 * 24 + 1, State.OVERDUE),
    ],
)
def test_an_unanswered_release_turns_overdue_at_its_hour(urgency: Urgency, hours: float, state: State) -> None:
    assert stand(hours, urgency=urgency).state is state


def test_an_answer_that_leaves_the_case_open_gives_the_same_time_again() -> None:
    assert stand(30, answer(Action.ACKNOWLEDGED, 20), urgency=Urgency.IMMEDIATE).state is State.ACKNOWLEDGED
    assert stand(45, answer(Action.ACKNOWLEDGED, 20), urgency=Urgency.IMMEDIATE).state is State.OVERDUE


@pytest.mark.parametrize("action", [Action.ACTED, Action.NO_ACTION, Action.NOT_FOUND])
def test_a_closed_release_is_never_overdue(action: Action) -> None:
    stands = stand(10_000, answer(action, 20))
    assert (stands.state, stands.deadline) == (State(action.value), None)


def test_a_partners_clock_years_off_moves_nothing() -> None:
    assert stand(30, answer(Action.ACKNOWLEDGED, 20, NOON.utc.replace(year=1999))) == stand(
        30, answer(Action.ACKNOWLEDGED, 20, NOON.utc.replace(year=2099))
    )


def test_answers_in_any_order_of_listing_are_taken_in_order_of_receipt() -> None:
    early, late = answer(Action.QUESTION, 5), answer(Action.PLANNED, 9)
    assert stand(10, early, late) == stand(10, late, early)
    assert stand(10, late, early).state is State.ACTION_PLANNED


def test_a_withdrawal_stands_whatever_comes_after() -> None:
    assert stand(30, answer(Action.ACTED, 20), withdrawn=10).state is State.WITHDRAWN
