"""From lead to outcome: two people, a marking that holds, and answers that count once."""

import json as text_json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cathartes import casework
from cathartes.campaign import Campaign
from cathartes.errors import BadInput, Refused, StoreFailure
from cathartes.model import Verdict, json
from cathartes.model.following import Enactment
from cathartes.release.redact import redact
from cathartes.store import Workspace
from tests.release.sample_lead import busy_lead


@pytest.fixture
def case(ran: tuple[Path, Campaign], tmp_path: Path) -> Iterator[tuple[Workspace, str]]:
    """A copy of the workspace of a run, open, and the lead in it."""
    folder, result = ran
    shutil.copytree(folder, tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as workspace:
        yield workspace, result.leads[0].id


def accept(workspace: Workspace, lead: str, by: str = "Ana") -> None:
    casework.review(lead, Verdict.ACCEPT, by, "plume and wind agree", workspace)


def bundle_of(workspace: Workspace, lead: str, to: str = "MEX", by: str = "Benito") -> Path:
    return workspace.folder / "products" / casework.release(lead, to, by, workspace)


def write_reply(bundle: Path, path: Path, **changes: object) -> Path:
    """The reply a partner's form would write for this bundle."""
    from hashlib import sha256

    with zipfile.ZipFile(bundle) as packed:
        release = packed.read("release.json")
    reply = {
        "format": "cathartes-reply/1", "release": text_json.loads(release)["id"], "release_sha256": sha256(release).hexdigest(),
        "action": "acted", "by": "Unidad 4", "at": "2026-11-22T17:05:00Z", "findings": [{"rule": "dump", "count": 2}], "comment": "",
    }  # fmt: skip
    path.write_text(text_json.dumps(reply | changes))
    return path


def test_an_accepted_lead_is_released_by_another_person(case: tuple[Workspace, str]) -> None:
    workspace, lead = case
    accept(workspace, lead)
    with zipfile.ZipFile(bundle_of(workspace, lead)) as packed:
        assert {"index.html", "lead.pdf", "lead.kml", "lead.gpkg", "lead.geojson", "release.json", "verifier.py"} <= set(packed.namelist())


def test_a_release_has_its_rasters_beside_its_formats() -> None:
    files = casework.written(redact(busy_lead(), "MEX", "Benito", casework.now()))
    assert {"probability-ch4.tif", "detectability-ch4-0.03kgh.tif", "index.html", "lead.pdf"} <= set(files)


def test_the_author_does_not_review(case: tuple[Workspace, str]) -> None:
    workspace, lead = case
    with pytest.raises(Refused, match="author"):
        casework.review(lead, Verdict.ACCEPT, " CATHARTES", "mine", workspace)


def test_the_reviewer_does_not_release(case: tuple[Workspace, str]) -> None:
    workspace, lead = case
    accept(workspace, lead, by="Ana")
    with pytest.raises(Refused, match="reviewer"):
        bundle_of(workspace, lead, by="ana ")
    with pytest.raises(Refused, match="reviewer"):
        bundle_of(workspace, lead, by="Ana (another organisation)")


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.INCONCLUSIVE, Verdict.UNVERIFIABLE])
def test_only_the_last_review_counts(case: tuple[Workspace, str], verdict: Verdict) -> None:
    workspace, lead = case
    accept(workspace, lead)
    casework.review(lead, verdict, "Carla", "on second thought", workspace)
    with pytest.raises(Refused, match=verdict):
        bundle_of(workspace, lead)


def test_an_unreviewed_lead_does_not_leave(case: tuple[Workspace, str]) -> None:
    with pytest.raises(Refused, match="no review"):
        bundle_of(*case)


def test_a_marking_keeps_a_lead_from_an_audience_it_does_not_name(case: tuple[Workspace, str]) -> None:
    workspace, lead = case
    accept(workspace, lead)
    with pytest.raises(Refused, match="marking"):
        bundle_of(workspace, lead, to="GTM")


def test_what_the_marking_withholds_is_in_no_file_of_the_bundle(case: tuple[Workspace, str]) -> None:
    workspace, lead = case
    accept(workspace, lead)
    with zipfile.ZipFile(bundle_of(workspace, lead)) as packed:
        release = text_json.loads(packed.read("release.json"))
    assert release["lead"]["instruments"] == []
    assert release["lead"]["fits"] == []


def test_a_release_asked_for_twice_is_one_release(case: tuple[Workspace, str]) -> None:
    workspace, lead = case
    accept(workspace, lead)
    first = bundle_of(workspace, lead)
    before = first.read_bytes()
    assert bundle_of(workspace, lead) == first
    assert first.read_bytes() == before


def test_an_answer_received_twice_is_one_outcome(case: tuple[Workspace, str], tmp_path: Path) -> None:
    workspace, lead = case
    accept(workspace, lead)
    reply = write_reply(bundle_of(workspace, lead), tmp_path / "reply.json")
    assert casework.receive(reply, workspace).is_new
    assert not casework.receive(reply, workspace).is_new
    assert casework.cases(workspace)[0].answers == ("acted",)


def test_a_reply_to_a_bundle_nobody_released_stores_nothing(case: tuple[Workspace, str], tmp_path: Path) -> None:
    workspace, lead = case
    accept(workspace, lead)
    reply = write_reply(bundle_of(workspace, lead), tmp_path / "reply.json", release="release-000000000000")
    with pytest.raises((BadInput, Refused, StoreFailure), match="release-000000000000"):
        casework.receive(reply, workspace)
    assert casework.cases(workspace)[0].answers == ()


@pytest.mark.parametrize(("by", "why"), [("", "because"), ("Ana", "  ")])
def test_a_verdict_needs_a_person_and_a_reason(case: tuple[Workspace, str], by: str, why: str) -> None:
    workspace, lead = case
    with pytest.raises(BadInput, match="empty"):
        casework.review(lead, Verdict.REJECT, by, why, workspace)


def test_a_lead_that_is_not_there_is_named(case: tuple[Workspace, str]) -> None:
    with pytest.raises(StoreFailure, match="lead-nowhere"):
        casework.review("lead-nowhere", Verdict.REJECT, "Ana", "typo", case[0])


def test_a_policy_in_force_decides_what_is_released_and_what_still_leaves(case: tuple[Workspace, str], tmp_path: Path) -> None:
    workspace, lead = case
    accept(workspace, lead)
    file = tmp_path / "policy.toml"
    permit = """format = "cathartes-policy/1"
[[permit]]
to = "MEX"
tlp = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"]
fields = ["id", "gas", "is_sample", "warnings", "sources"]
until = 2099-12-31
why = "agreement"
"""
    file.write_text(permit.replace("MEX", "USA"))
    casework.enact(file, "Delia", "agreement of 2026", workspace)
    with pytest.raises(Refused, match="permits MEX nothing"):
        bundle_of(workspace, lead)
    file.write_text(permit)
    casework.enact(file, "Delia", "agreement of 2026", workspace)
    with zipfile.ZipFile(bundle_of(workspace, lead)) as packed:
        released = text_json.loads(packed.read("release.json"))["lead"]
    assert (bool(released["sources"]), released["detections"], released["flight"]) == (True, [], "")
    file.write_text(permit.replace(', "sources"', ""))
    casework.enact(file, "Delia", "agreement of 2027", workspace)
    with pytest.raises(Refused, match="permits MEX less than release-"):
        bundle_of(workspace, lead)
    file.write_text(permit.replace("until", "til"))
    with pytest.raises(BadInput, match="is not a policy"):
        casework.enact(file, "Delia", "agreement of 2028", workspace)
    casework.withdraw_policy("Delia", "the agreement ended", workspace)
    assert casework.policy_in_force(workspace) is None
    assert bundle_of(workspace, lead).is_file()
    with pytest.raises(BadInput, match="no policy is in force"):
        casework.withdraw_policy("Delia", "the agreement ended", workspace)


def test_a_policy_that_is_no_longer_understood_can_be_taken_away(case: tuple[Workspace, str]) -> None:
    workspace, _ = case
    workspace.keep("policy", "release", json.encode(Enactment("format = 99", "Delia", "agreement", casework.now())), act="review")
    with pytest.raises(Refused, match="nothing is released"):
        casework.policy_in_force(workspace)
    casework.withdraw_policy("Delia", "a newer version wrote it", workspace)
    assert casework.policy_in_force(workspace) is None
