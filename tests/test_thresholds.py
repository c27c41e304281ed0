"""Outcomes propose a threshold, a person puts it in force, and later runs use it: never silently."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cathartes import thresholds
from cathartes.campaign import detect, opened
from cathartes.errors import BadInput
from cathartes.known import at_threshold
from cathartes.model import Action, CountingRule, DetectionKind, Finding, Flight, Frame, Outcome, Quantity, json
from cathartes.model.flight import GasLogHints
from cathartes.store import Workspace
from tests.release.sample_lead import NOON, busy_lead


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as made:
        yield made


def answer(number: int, significance: float, found: int, workspace: Workspace) -> None:
    """A lead with one peak, released, and the partner's answer that so many were found there."""
    lead, release = f"lead-{number}", f"release-{number}"
    peak = replace(busy_lead(Frame.WGS84).detections[0], kind=DetectionKind.GAS_PEAK, significance=significance)
    workspace.keep("lead", lead, json.encode(replace(busy_lead(Frame.WGS84), id=lead, detections=(peak,))), act="result")
    workspace.keep("release", release, b"{}", act="release", of=lead)
    findings = (Finding(CountingRule.DUMP, Quantity(found, "1")),) if found else ()
    action = Action.ACTED if found else Action.NOT_FOUND
    outcome = Outcome(f"outcome-{number}", release, "MEX", action, "Unidad 4", NOON, findings, "", "0" * 64)
    workspace.keep("outcome", outcome.id, json.encode(outcome), act="receipt", of=release)


def test_few_answers_propose_nothing(workspace: Workspace) -> None:
    for number in range(5):
        answer(number, 4.5, 0, workspace)
    assert thresholds.learnt(workspace).proposed is None


def test_weak_peaks_behind_which_nothing_was_found_are_proposed_to_be_left_out(workspace: Workspace) -> None:
    for number in range(17):
        answer(number, 4.5, 0, workspace)
    for number in range(17, 22):
        answer(number, 9.0, 1, workspace)
    learnt = thresholds.learnt(workspace)
    assert [(band.least, band.found.hits, band.found.of) for band in learnt.bands if band.found.of] == [(4.0, 0, 17), (8.0, 5, 5)]
    # Wilson: z^2 / (n + z^2) = 3.84 / 20.84 = 0.184 for none of 17; of peaks from 5 to 8 nothing is known.
    assert learnt.bands[1].found.high == pytest.approx(0.184, abs=1e-3)
    assert (learnt.proposed, learnt.in_force) == (5.0, None)


def test_a_threshold_is_used_once_a_person_put_it_in_force_and_no_longer_when_taken_back(workspace: Workspace, small_flight: Path) -> None:
    contents = opened(small_flight)

    def peaks() -> list[float]:
        found = detect(contents, workspace, lambda step, fraction: None)
        told = {note.key for covered in found.coverage for note in covered.notes}
        assert ("coverage.least-significance" in told) is (at_threshold(contents.flight, workspace) != contents.flight)
        return [each.significance or 0.0 for each in found.detections if each.kind is DetectionKind.GAS_PEAK]

    before = peaks()
    made = thresholds.put_in_force(0.99 * max(before), "Delia", "nothing was found behind weaker ones", workspace)
    assert (made.found, made.of) == (0, 0)
    assert peaks() == [each for each in before if each > 0.99 * max(before)]
    thresholds.put_in_force(1.01 * max(before), "Delia", "nor behind those", workspace)
    assert peaks() == []
    thresholds.put_in_force(None, "Delia", "another instrument now", workspace)
    assert peaks() == before
    with pytest.raises(BadInput, match="no least significance is in force"):
        thresholds.put_in_force(None, "Delia", "another instrument now", workspace)


def test_what_the_flight_states_itself_stands(workspace: Workspace) -> None:
    thresholds.put_in_force(8.0, "Delia", "outcomes", workspace)
    own = Flight("f", gas_log=GasLogHints(least_significance=5.0))
    assert at_threshold(own, workspace) == own
    assert at_threshold(Flight("f"), workspace).gas_log.least_significance == 8.0


@pytest.mark.parametrize(("least", "by", "why"), [(0.0, "Delia", "x"), (float("nan"), "Delia", "x"), (6.0, " ", "x"), (6.0, "Delia", "")])
def test_no_threshold_without_sense_name_and_reason(least: float, by: str, why: str, workspace: Workspace) -> None:
    with pytest.raises(BadInput):
        thresholds.put_in_force(least, by, why, workspace)
    assert thresholds.learnt(workspace).in_force is None
