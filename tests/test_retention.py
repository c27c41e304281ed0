"""Retention and erasure: contents go, digests and the order stay, and the workspace is proved before and after."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cathartes import casework, following, retention, verifier
from cathartes.errors import BadInput, Refused
from cathartes.model import Verdict, json
from cathartes.model.following import Due, Order
from cathartes.store import Workspace, check
from cathartes.store.footprints import Footprints
from tests.release.sample_lead import sample_lead
from tests.test_cli import cathartes

LEAD = sample_lead()
CAMERA = "ab" * 32


def fly(workspace: Workspace, flight: str, camera: bytes) -> None:
    """What a run of a flight leaves behind, in small; both flights here used the same height grid."""
    workspace.keep("flight", flight, f'{{"id":"{flight}"}}'.encode(), act="ingest")
    workspace.keep("recording", f"recording-{flight}", camera + b" read", act="ingest", of=flight)
    workspace.keep("file", camera.decode(), camera, act="ingest", of=f"recording-{flight}")
    workspace.keep("file", "grid", b"heights", act="ingest", of=f"recording-{flight}")
    workspace.step(f"step of {flight}", lambda: camera + b" detected", of=flight)
    workspace.publish(f"{flight}/leads.geojson", camera + b" told")
    workspace.publish(f"{flight}/coverage.json", b"[]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two flights; the first has a lead that Ana accepted."""
    with Workspace.open(tmp_path / "workspace") as workspace:
        for flight in ("flight-1", "flight-2"):
            fly(workspace, flight, f"camera of {flight}".encode())
        workspace.keep("lead", LEAD.id, json.encode(LEAD), act="result", of="flight-1")
        casework.review(LEAD.id, Verdict.ACCEPT, "Ana", "plume and wind agree", workspace)
    return tmp_path / "workspace"


@pytest.fixture
def workspace(folder: Path) -> Iterator[Workspace]:
    with Workspace.open(folder) as opened:
        yield opened


def erase(what: str, workspace: Workspace) -> Order:
    """What Delia asks for and Emilio orders."""
    retention.ask_erasure(what, "Delia", "order 12/2026", workspace)
    return retention.erase(what, "Emilio", workspace)


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_an_erased_flight_leaves_digests_and_a_workspace_that_both_verifiers_prove(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        head = workspace.head()
        order = erase("flight-1", workspace)
    (folder.parent / "head.txt").write_bytes(head)
    left = everything(folder)
    assert [gone for gone in (b"camera of flight-1 ", b"plume and wind", b"Ana") if gone in left] == []
    assert [kept for kept in (b"camera of flight-2 read", b"heights") if kept not in left] == []
    assert not (folder / "products" / "flight-1" / "leads.geojson").exists()
    report = check(folder, folder.parent / "head.txt")
    assert (report.broken, [finding.item for finding in report.unproved]) == ([], ["--key", "ledger.log"])
    alone = subprocess.run([sys.executable, verifier.__file__, str(folder)], capture_output=True, text=True, check=False)
    assert (alone.returncode, f"no longer holds {order.contents} contents, by order" in alone.stdout) == (0, True)


def test_the_ledger_says_what_went_on_whose_order_and_when(workspace: Workspace) -> None:
    order = erase("flight-1", workspace)
    lines = [line for line in workspace.history({order.id}) if b'"act":"erasure"' in line]
    assert len(lines) == order.contents
    assert all(order.id.encode() in line and b"Delia" not in line and b"Emilio" not in line for line in lines)
    kept = json.decode(workspace.load("order", order.id), Order)
    assert (kept.asked_by, kept.why, kept.by) == ("Delia", "order 12/2026", "Emilio")


def test_nobody_erases_alone_or_what_nobody_asked_for(workspace: Workspace) -> None:
    with pytest.raises(Refused, match="nobody has asked"):
        retention.erase("flight-1", "Emilio", workspace)
    retention.ask_erasure("flight-1", "Delia", "order 12/2026", workspace)
    with pytest.raises(Refused, match="another person must order it"):
        retention.erase("flight-1", " delia (CENAPI)", workspace)
    casework.review(LEAD.id, Verdict.REJECT, "Ana", "seen again", workspace)
    with pytest.raises(Refused, match="has changed since Delia asked"):
        retention.erase("flight-1", "Emilio", workspace)
    assert workspace.load("flight", "flight-1")
    assert erase("flight-1", workspace).by == "Emilio"


def test_who_orders_gives_no_reason_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("erase", "flight-1", "--by", "Emilio", "--why", "order 12", "--order", "-w", tmp_path / "workspace")
    assert cathartes(monkeypatch, *words) == 2


@pytest.mark.parametrize("held", ["flight-1", LEAD.id, "recording-flight-1"])
def test_nothing_of_what_a_court_holds_is_erased_until_that_is_lifted(workspace: Workspace, held: str) -> None:
    retention.ask_erasure("flight-1", "Delia", "order 12/2026", workspace)
    retention.hold(held, "Judge's clerk", "case 7/2027", workspace)
    with pytest.raises(Refused, match=f"Judge's clerk holds {held} since .*case 7/2027"):
        retention.erase("flight-1", "Emilio", workspace)
    with pytest.raises(Refused, match="until that is lifted"):
        retention.ask_erasure("flight-1", "Delia", "order 12/2026", workspace)
    erase("flight-2", workspace)
    assert retention.lift(held, "Judge's clerk", "case closed", workspace).stands
    with pytest.raises(Refused, match="another person"):
        retention.lift(held, "judge's clerk", "case closed", workspace)
    assert [each.what for each in retention.holds(workspace)] == [held]
    retention.lift(held, "Prosecutor", "case closed", workspace)
    assert retention.holds(workspace) == ()
    erase("flight-1", workspace)


def test_what_belongs_to_something_held_is_held(workspace: Workspace) -> None:
    (review,) = workspace.find("review")
    retention.hold("flight-1", "Judge's clerk", "case 7/2027", workspace)
    with pytest.raises(Refused, match="holds flight-1"):
        erase(review, workspace)
    with pytest.raises(BadInput, match="no hold on 'flight-2'"):
        retention.lift("flight-2", "Judge's clerk", "case closed", workspace)


def test_what_was_erased_is_not_found_and_does_not_come_back(workspace: Workspace) -> None:
    erase("flight-1", workspace)
    assert (workspace.find("flight"), workspace.find("lead")) == (["flight-2"], [])
    assert list(workspace.listed("recording")) == ["recording-flight-2"]
    with pytest.raises(Refused, match="was erased on"):
        workspace.load("lead", LEAD.id)
    with pytest.raises(Refused, match="does not come back"):
        fly(workspace, "flight-1", b"camera of flight-1")
    with pytest.raises(BadInput, match="holds nothing called"):
        erase("flight-1", workspace)


def test_what_another_flight_holds_too_stays(workspace: Workspace) -> None:
    erase("flight-1", workspace)
    assert workspace.load("file", "grid") == b"heights"
    assert workspace.load("product", "flight-2/coverage.json") == b"[]"


def test_one_review_is_erased_alone_and_a_part_of_a_flight_is_not(workspace: Workspace) -> None:
    (review,) = workspace.find("review")
    assert erase(review, workspace).contents == 2  # and the wish
    assert casework.decision_on(LEAD.id, workspace).reviews == ()
    with pytest.raises(Refused, match="erase the flight"):
        erase(LEAD.id, workspace)


def test_what_a_receiver_still_has_open_is_recalled_first(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        release = Path(casework.release(LEAD.id, "MEX", "Benito", workspace)).stem
        with pytest.raises(Refused, match=f"MEX still has {release}"):
            erase("flight-1", workspace)
        following.recall("flight-1", "the wind was wrong", "Benito", workspace)
        erase("flight-1", workspace)
    assert not [*(folder / "products").rglob("*.zip")]
    assert b"the wind was wrong" not in everything(folder)
    assert check(folder).broken == []


def test_an_erasure_cut_off_is_finished_by_the_next_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cut(BaseException):
        """As a kill is: nothing after it runs."""

    def cut(*_: object) -> None:
        raise Cut

    def erase_it() -> None:
        with Workspace.open(folder) as workspace:
            erase("flight-1", workspace)

    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "_sweep", cut)
        patch.setattr(Workspace, "_seal", cut)
        with pytest.raises(Cut):
            erase_it()
    assert b"camera of flight-1 told" in everything(folder)
    with Workspace.open(folder):
        pass
    assert b"camera of flight-1 " not in everything(folder)
    assert check(folder).broken == []


def test_a_content_taken_away_without_an_order_is_still_named(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        erase("flight-1", workspace)
    (folder / "products" / "flight-2" / "leads.geojson").unlink()
    assert [finding.item for finding in check(folder).broken] == ["products/flight-2/leads.geojson"]


def test_an_index_of_footprints_forgets_and_breaks_no_proof(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    with Workspace.open(folder) as workspace, Footprints.open(folder) as footprints:
        workspace.keep("flight", "flight-1", b"{}", act="ingest")
        footprints.add("camera.ts", CAMERA, np.arange(3.0), np.tile([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], (3, 1, 1)))
        assert footprints.seen(0.5, 0.5)
        footprints.forget(CAMERA)
        assert not footprints.seen(0.5, 0.5)
    assert check(folder).broken == []
    assert b"camera.ts" not in everything(folder)


def test_dates_say_what_is_due(workspace: Workspace) -> None:
    retention.retain("flight-1", date(2027, 1, 1), date(2031, 1, 1), "Delia", "rule 7", workspace)
    dues = [(each.what, each.due) for day in (2026, 2027, 2031) for each in retention.terms(workspace, date(day, 1, 1))]
    assert [due for what, due in dues if what == "flight-1"] == [Due.KEPT, Due.REVIEW, Due.EXPIRED]
    assert {due for what, due in dues if what == "flight-2"} == {Due.UNDATED}
    with pytest.raises(BadInput, match="comes after the end"):
        retention.retain("flight-1", date(2032, 1, 1), date(2031, 1, 1), "Delia", "rule 7", workspace)
    with pytest.raises(BadInput, match="holds nothing called 'flight-9'"):
        retention.retain("flight-9", date(2027, 1, 1), date(2031, 1, 1), "Delia", "rule 7", workspace)
