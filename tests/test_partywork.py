"""What a workspace keeps about parties: claims that end, decisions that can be undone, things that tie leads together."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cathartes.campaign import asked_of_lists
from cathartes.errors import BadInput, StoreFailure
from cathartes.listwork import CURATED, load_list
from cathartes.messages import say
from cathartes.model import DetectionKind, Lead, Statement, json
from cathartes.network.claims import Judgement, Merge
from cathartes.network.lead_ties import shared
from cathartes.partywork import claims_in, decide, decisions_in, keep_claims, take_back, ties_of_leads
from cathartes.plugins import Detected
from cathartes.store import Workspace
from tests.network.test_claims import CLAIM, TODAY
from tests.release.sample_lead import sample_lead


def told(lead: Lead, number: str, key: str, **values: str) -> Lead:
    """The lead with one more mention near it."""
    says = Statement(key, {"file": f"informe-{number}.txt", **values})
    first = lead.detections[0]
    mention = replace(first, id=f"mention-{lead.id}-{number}", kind=DetectionKind.MENTION, gas=None, peak=None, says=says)
    return replace(lead, detections=(*lead.detections, mention))


def test_claims_are_kept_once_and_expired_ones_are_not_given(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        assert keep_claims([CLAIM, replace(CLAIM, value="Otro Nombre")], workspace) == 2
        assert keep_claims([CLAIM], workspace) == 0
        assert len(claims_in(workspace, TODAY)) == 2
        assert claims_in(workspace, CLAIM.expires_on) == ()
        ledger = b"".join(workspace.history(workspace.find("party-claim")))
    assert b"Rutilio" not in ledger
    assert b"party-claim" in ledger


def test_a_decision_that_contradicts_is_refused_until_the_other_is_taken_back(tmp_path: Path) -> None:
    same = Merge("a", "b", Judgement.SAME, "Ana", "same RFC", TODAY)
    with Workspace.open(tmp_path) as workspace:
        keep_claims([replace(CLAIM, party="a"), replace(CLAIM, party="b")], workspace)
        with pytest.raises(BadInput, match="no claim speaks of the party 'c'"):
            decide(replace(same, other="c"), workspace)
        name = decide(same, workspace)
        with pytest.raises(BadInput, match="take one of them back"):
            decide(replace(same, judgement=Judgement.DIFFERENT), workspace)
        take_back(name, "Luis", date(2026, 2, 1), workspace)
        with pytest.raises(BadInput, match="taken back by Luis"):
            take_back(name, "Luis", date(2026, 2, 1), workspace)
        decide(replace(same, judgement=Judgement.DIFFERENT), workspace)
        assert {merge.undone_by for merge in decisions_in(workspace).values()} == {"", "Luis"}
        with pytest.raises(StoreFailure):
            take_back("decision-none", "Luis", TODAY, workspace)


def test_leads_that_name_the_same_organisation_are_tied_by_it(tmp_path: Path) -> None:
    one = told(told(sample_lead(), "1", "mention.organisation", name="Aceites del Istmo, S.A. de C.V."), "2", "mention.vehicle", name="X")
    other = told(replace(sample_lead(), id="lead-other"), "3", "mention.organisation", name="ACEITES DEL ISTMO SA DE CV")
    with Workspace.open(tmp_path) as workspace:
        for lead in (one, other):
            workspace.keep("lead", lead.id, json.encode(lead), act="result", of=lead.flight)
        ties = ties_of_leads(workspace, "es")
    assert shared(ties) == {"organisation: Aceites del Istmo, S.A. de C.V.": [one.id, "lead-other"]}
    assert any("informe-3.txt" in line for tie in ties for line in tie.said)


def test_a_lead_asks_whether_a_named_organisation_is_on_a_list_in_force_and_stops_when_it_is_delisted(tmp_path: Path) -> None:
    lead = told(sample_lead(), "1", "mention.organisation", name="Cartel de Jalisco Nueva Generacion")
    detected = Detected(lead.detections, ())
    with Workspace.open(tmp_path / "w") as workspace:
        assert asked_of_lists((lead,), detected, workspace) == (lead,)
        load_list(CURATED, [], workspace)
        (asked,) = asked_of_lists((lead,), detected, workspace)
        (question,) = [each.statement for each in asked.evidence if each.statement.key == "designated.question"]
        (tmp_path / "new.csv").write_text("entity_id,name,kind\nx,Otra Cosa,organization\n")
        load_list(CURATED, [tmp_path / "new.csv"], workspace, date(2027, 1, 1), even_if_smaller=True)
        assert asked_of_lists((lead,), detected, workspace) == (lead,)
    assert "fto-mx-cjng" in say(question, "es")
    assert "pregunta para una persona" in say(question, "es")
