"""After a release: queue, states, reminders, recall with one correction each, outcomes, disclosure."""

import io
import json as text_json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from cathartes import casework, counting, disclosing, following
from cathartes.campaign import Campaign
from cathartes.errors import BadInput, Refused, StoreFailure
from cathartes.model import Clock, Instant, Verdict
from cathartes.model.following import State, Urgency
from cathartes.store import Workspace
from cathartes.verifier import Folder, judge, unpack
from tests.store.test_workspace import Fault, Killed
from tests.test_casework import write_reply


@pytest.fixture(scope="module")
def released(ran: tuple[Path, Campaign], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, Path]:
    """A workspace with one lead, reviewed and released to Mexico: its folder, the lead, the bundle."""
    folder = shutil.copytree(ran[0], tmp_path_factory.mktemp("released") / "workspace")
    lead = ran[1].leads[0].id
    with Workspace.open(folder) as workspace:
        casework.review(lead, Verdict.ACCEPT, "Ana", "plume and wind agree", workspace)
        return folder, lead, folder / "products" / casework.release(lead, "MEX", "Benito", workspace)


@pytest.fixture
def case(released: tuple[Path, str, Path], tmp_path: Path) -> Iterator[tuple[Workspace, str, Path]]:
    shutil.copytree(released[0], tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as workspace:
        yield workspace, released[1], released[2]


@pytest.fixture
def fresh(ran: tuple[Path, Campaign], tmp_path: Path) -> Iterator[tuple[Workspace, str]]:
    shutil.copytree(ran[0], tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as workspace:
        yield workspace, ran[1].leads[0].id


def later(days: float) -> Instant:
    return Instant(casework.now().utc + timedelta(days=days), Clock.SYSTEM)


def test_one_reviewer_at_a_time_has_a_lead(fresh: tuple[Workspace, str]) -> None:
    workspace, lead = fresh
    assert [each.lead for each in following.queue(workspace, later(1))] == [lead]
    assert following.claim("Ana", workspace).lead == lead
    with pytest.raises(Refused, match="no lead waits for Carla"):
        following.claim("Carla", workspace)
    with pytest.raises(Refused, match="Ana has"):
        casework.review(lead, Verdict.REJECT, "Carla", "mine", workspace)
    casework.review(lead, Verdict.ACCEPT, "ana", "plume and wind agree", workspace)
    assert following.queue(workspace, later(1)) == ()


def test_a_lead_that_nobody_knows_is_not_claimed(fresh: tuple[Workspace, str]) -> None:
    with pytest.raises(StoreFailure, match="no lead 'lead-x'"):
        following.claim("Ana", fresh[0], "lead-x")


def test_a_claim_runs_out_and_the_author_gets_none(fresh: tuple[Workspace, str]) -> None:
    workspace, lead = fresh
    following.claim("Ana", workspace)
    assert casework.holder(lead, later(0.1), workspace) is None
    with pytest.raises(Refused):
        following.claim("CATHARTES", workspace)


def test_a_release_is_sent_answered_and_overdue(case: tuple[Workspace, str, Path], tmp_path: Path) -> None:
    workspace, _, bundle = case
    release = bundle.stem
    following.note_sent(release, State.SENT, "mail", Urgency.URGENT, "Benito", workspace)
    assert [each.state for each in following.standings(workspace, later(1))] == [State.SENT]
    (digest,) = following.reminders(workspace, later(4))
    assert (digest.receiver, digest.overdue, digest.due) == ("MEX", (release,), ())
    assert release in digest.text["es"]
    casework.receive(write_reply(bundle, tmp_path / "reply.json"), workspace)
    assert [each.state for each in following.standings(workspace, later(99))] == [State.ACTED]
    assert following.reminders(workspace, later(99)) == ()


def test_silence_is_told(fresh: tuple[Workspace, str]) -> None:
    assert not following.heartbeat(fresh[0], later(0.5)).is_silent
    assert following.heartbeat(fresh[0], later(2)).is_silent


def test_a_recalled_recording_is_corrected_once_for_each_receiver(case: tuple[Workspace, str, Path]) -> None:
    workspace, lead, bundle = case
    recording = next(iter(workspace.listed("recording")))
    made = following.recall(recording, "wrong clock", "Carla", workspace)
    assert (made.leads, made.releases, made.receivers) == ((lead,), (bundle.stem,), ("MEX",))
    assert len(made.detections) > 0
    assert following.recall(recording, "again", "Carla", workspace) == made
    (correction,) = following.outstanding(workspace)
    files = unpack("correction", (workspace.folder / f"products/corrections/{correction.id}.zip").read_bytes())
    assert judge(files, earlier=bundle.read_bytes(), key=workspace.public_key()).broken == []
    assert bundle.stem in files["correction.txt"].decode()
    assert b"wrong clock" not in b"".join(files.values())
    assert Xml.fromstring(files["withdrawn.cot.xml"]).tag == "events"
    assert text_json.loads(files[f"{bundle.stem}.stix.json"])["objects"][-1]["revoked"] is True
    assert [each.state for each in following.standings(workspace, later(1))] == [State.WITHDRAWN]
    following.confirm(correction.id, "Unidad 4", workspace)
    assert following.outstanding(workspace) == ()


def test_a_recall_cut_off_anywhere_has_told_nobody_or_everybody_and_is_finished_when_asked_again(
    released: tuple[Path, str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, lead = tmp_path / "workspace", released[1]

    def recall(at: int) -> int:
        """Recalls and is killed at this touch of the disk; returns how often the disk was touched."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(released[0], folder)
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            fault = Fault(patch, at, Killed())
            with Workspace.open(folder) as workspace:
                following.recall(lead, "wrong clock", "Carla", workspace)
        return fault.count

    monkeypatch.setattr(os, "fsync", lambda handle: None)
    for at in range(1, recall(10**9) + 1):
        recall(at)
        with Workspace.open(folder) as workspace:
            states = [each.state for each in following.standings(workspace, later(1))]
            waiting = following.outstanding(workspace)
            assert (states == [State.WITHDRAWN]) is (len(waiting) == 1), f"half told after touch {at}"
            following.recall(lead, "wrong clock", "Carla", workspace)
            (correction,) = following.outstanding(workspace)
            assert (folder / f"products/corrections/{correction.id}.zip").is_file()
        assert judge(Folder(folder)).broken == [], f"not proved after touch {at}"


def test_what_rests_on_a_withdrawn_input_is_not_released_again(case: tuple[Workspace, str, Path]) -> None:
    workspace, lead, _ = case
    following.recall("small", "flown by mistake", "Carla", workspace)
    with pytest.raises(Refused, match="withdrawn"):
        casework.release(lead, "USA", "Benito", workspace)


def test_a_file_is_recalled_by_its_digest_and_a_lead_by_its_id(case: tuple[Workspace, str, Path]) -> None:
    workspace, lead, _ = case
    for what in (next(iter(workspace.listed("file"))), lead):
        assert following.dependants(what, "why", "who", workspace).leads == (lead,)
    with pytest.raises(BadInput, match="'nothing'"):
        following.dependants("nothing", "why", "who", workspace)
    assert workspace.find("recall") == []


def test_an_unknown_correction_or_release_is_named(fresh: tuple[Workspace, str]) -> None:
    with pytest.raises(StoreFailure, match="correction-0"):
        following.confirm("correction-0", "Unidad 4", fresh[0])
    with pytest.raises(StoreFailure, match="release-0"):
        following.note_sent("release-0", State.SENT, "mail", Urgency.ROUTINE, "Benito", fresh[0])


def test_another_desk_learns_yes_or_no(fresh: tuple[Workspace, str]) -> None:
    assert following.deconflict(-104.5, 24.3, 1000.0, fresh[0]) in (True, False)
    assert following.deconflict(10.0, 80.0, 1000.0, fresh[0]) is False


def test_outcomes_have_denominators_intervals_and_teach(case: tuple[Workspace, str, Path], tmp_path: Path) -> None:
    workspace, _, bundle = case
    nothing = counting.outcomes(workspace, later(1))
    assert (nothing.answered.hits, nothing.answered.of, nothing.stages) == (0, 1, ())
    casework.receive(write_reply(bundle, tmp_path / "reply.json"), workspace)
    made = counting.outcomes(workspace, later(1))
    assert (made.answered.hits, made.acted.hits, made.found) == (1, 1, {"dump": 2})
    assert made.answered.low == pytest.approx(0.2065, abs=1e-3)
    was, now = counting.learnt_prior(workspace)["dump"]
    assert was == pytest.approx(0.05)
    assert now == pytest.approx((0.05 * 20 + 1) / 21)
    casework.receive(write_reply(bundle, tmp_path / "corrected.json", findings=[{"rule": "dump", "count": 3}]), workspace)
    assert (counting.learnt_prior(workspace)["dump"][1], counting.outcomes(workspace, later(1)).found) == (now, {"dump": 3})


def test_a_disclosure_holds_everything_and_what_weakens_the_case(case: tuple[Workspace, str, Path]) -> None:
    workspace, lead, bundle = case
    casework.review(lead, Verdict.INCONCLUSIVE, "Carla", "the wind turned", workspace)
    package = disclosing.disclosure(lead, workspace)
    assert judge(unpack("package", package), key=workspace.public_key()).broken == []
    with zipfile.ZipFile(io.BytesIO(package)) as packed:
        names = packed.namelist()
        against = text_json.loads(packed.read("against.json"))
        acts = [text_json.loads(line)["act"] for line in packed.read("ledger.jsonl").splitlines()]
    assert {f"lead/{lead}.json", f"release/{bundle.stem}.json", "flight/small.json", "proof.json"} <= set(names)
    assert [name for name in names if name.startswith("file/")] != []
    assert against["dissent"] == ["Carla: inconclusive: the wind turned"]
    assert against["gaps"] != []
    assert {"ingest", "review", "release", "access"} <= set(acts)


def test_a_workspace_after_all_this_is_still_proved(released: tuple[Path, str, Path], tmp_path: Path) -> None:
    shutil.copytree(released[0], tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as workspace:
        following.recall("small", "flown by mistake", "Carla", workspace)
    assert judge(Folder(tmp_path / "workspace")).broken == []
