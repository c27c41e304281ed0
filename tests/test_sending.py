"""Sending through the workspace: recorded, repeatable, refused for what was withdrawn; against servers of others."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cathartes import sending
from cathartes.errors import BadInput, Refused, StoreFailure
from cathartes.model import Clock, Instant, json
from cathartes.model.following import Correction, Dispatch, Recall, State, Urgency
from cathartes.release.send import Taken
from cathartes.store import Workspace
from tests.release.sample_lead import NOON
from tests.release.test_send import RELEASE, tak_server, taxii_server

ROUTINE = Urgency.ROUTINE
LATER = Instant(NOON.utc + timedelta(days=2), Clock.SYSTEM)
CORRECTION = Correction("correction-1", "recall-1", "MEX", (RELEASE.id,), "the wind was wrong", LATER)
RECALL = Recall("recall-1", "flight-1", (), (), (), (RELEASE.id,), ("MEX",), "the wind was wrong", "Carla", NOON)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        opened.keep("release", RELEASE.id, json.encode(RELEASE), act="release", of=RELEASE.lead.id)
        yield opened


def withdraw(workspace: Workspace) -> None:
    workspace.keep("recall", RECALL.id, json.encode(RECALL), act="withdrawal", of=RECALL.what)
    workspace.keep("correction", CORRECTION.id, json.encode(CORRECTION), act="withdrawal", of=RECALL.id)


def dispatches(workspace: Workspace) -> list[tuple[str, State, str]]:
    made = [json.decode(workspace.load("dispatch", name), Dispatch) for name in workspace.find("dispatch")]
    return [(each.release, each.state, each.channel) for each in made]


def test_what_a_tak_server_took_is_recorded_as_sent(workspace: Workspace, tmp_path: Path) -> None:
    with tak_server(tmp_path / "taky") as port:
        sending.to_tak(RELEASE.id, f"tcp://127.0.0.1:{port}", "Benito", ROUTINE, workspace)
        withdraw(workspace)
        sending.to_tak(CORRECTION.id, f"tcp://127.0.0.1:{port}", "Benito", ROUTINE, workspace)
    assert dispatches(workspace) == [(RELEASE.id, State.SENT, "tak"), (CORRECTION.id, State.SENT, "tak")]


def test_what_a_collection_confirms_is_recorded_as_delivered_and_never_doubles(workspace: Workspace, tmp_path: Path) -> None:
    with taxii_server(tmp_path) as collection:
        assert sending.to_taxii(RELEASE.id, collection, "Benito", ROUTINE, workspace)[1] == Taken(5, 0)
        assert sending.to_taxii(RELEASE.id, collection, "Benito", ROUTINE, workspace)[1] == Taken(0, 5)
        withdraw(workspace)
        assert sending.to_taxii(CORRECTION.id, collection, "Benito", ROUTINE, workspace)[1] == Taken(2, 3)
        assert sending.to_taxii(CORRECTION.id, collection, "Benito", ROUTINE, workspace)[1] == Taken(0, 5)
    assert {(state, channel) for _, state, channel in dispatches(workspace)} == {(State.DELIVERED, "taxii")}


def test_what_was_withdrawn_and_what_is_not_there_is_not_sent(workspace: Workspace) -> None:
    withdraw(workspace)
    with pytest.raises(Refused, match="was withdrawn"):
        sending.to_tak(RELEASE.id, "tcp://127.0.0.1:9", "Benito", ROUTINE, workspace)
    with pytest.raises(StoreFailure):
        sending.to_tak("release-none", "tcp://127.0.0.1:9", "Benito", ROUTINE, workspace)
    assert dispatches(workspace) == []


def test_a_certificate_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("nothing")
    with pytest.raises(BadInput, match="certificate and key"):
        sending.identity(tmp_path / "own.pem", None)
