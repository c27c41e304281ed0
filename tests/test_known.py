"""What other flights and answers told: a flight's own do not teach it, and what was withdrawn is no site."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cathartes import following
from cathartes.known import known_before, observations_told
from cathartes.model import Action, CountingRule, Finding, Frame, Lead, Outcome, Quantity, json
from cathartes.store import Workspace
from tests.assess.flown import flight
from tests.release.sample_lead import NOON, sample_lead

LEAD = sample_lead(Frame.WGS84)


def keep(workspace: Workspace, lead: Lead, flown: str) -> None:
    """What a run of the flight `flown` and one answer to its lead leave behind."""
    workspace.keep("flight", flown, b"{}", act="ingest")
    workspace.keep("lead", lead.id, json.encode(lead), act="result", of=flown)
    workspace.keep("coverage", f"coverage-{flown}", json.encode({"flight": flown, "coverage": lead.coverage[0]}), act="result", of=flown)
    workspace.keep("release", f"release-{lead.id}", b"{}", act="release", of=lead.id)
    found = (Finding(CountingRule.DUMP, Quantity(1.0, "1")),)
    answer = Outcome(f"outcome-{flown}", f"release-{lead.id}", "MEX", Action.ACTED, "Delia", NOON, found, "", "00" * 32)
    workspace.keep("outcome", answer.id, json.encode(answer), act="receipt", of=answer.release)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path) as opened:
        keep(opened, LEAD, "flight-1")
        keep(opened, replace(LEAD, id="lead-2"), "flight-2")
        yield opened


def test_other_flights_looks_and_answers_are_known_and_its_own_are_not(workspace: Workspace) -> None:
    before = known_before(replace(flight(), id="flight-1"), LEAD.sources, workspace)
    assert [each.flight for each in before.looks] == ["flight-2"]
    assert before.found == {"dump": 1}


def test_flights_that_did_not_look_there_are_not_read(workspace: Workspace) -> None:
    far = replace(LEAD.sources[0], place=replace(LEAD.sources[0].place, x=-90.0))
    assert known_before(replace(flight(), id="flight-3"), [far], workspace).looks == ()


def test_the_workspaces_own_leads_can_be_fused_without_what_was_withdrawn(workspace: Workspace) -> None:
    assert [each.id for each in observations_told(workspace)] == [LEAD.id, "lead-2"]
    following.recall("lead-2", "the wind was wrong", "Carla", workspace)
    assert [each.id for each in observations_told(workspace)] == [LEAD.id]
