"""Answers over the web: the codes and sentences of the file, once, from the right partner, to the very text that was released."""

import json as text_json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from socket import create_connection
from time import sleep
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cathartes import casework, following
from cathartes.model import Action, Outcome, Verdict, json
from cathartes.receiving import FORM, JSON, posted
from cathartes.serving import Handler
from cathartes.store import Workspace
from tests.release.sample_lead import sample_lead
from tests.test_casework import write_reply
from tests.test_serving import served

LEAD = sample_lead()


class Told(NamedTuple):
    status: int
    body: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a release to Mexico, and beside it the reply that its bundle's form would write."""
    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.keep("lead", LEAD.id, json.encode(LEAD), act="result", of=LEAD.flight)
        casework.review(LEAD.id, Verdict.ACCEPT, "Ana", "plume and wind agree", workspace)
        bundle = tmp_path / "workspace" / "products" / casework.release(LEAD.id, "MEX", "Benito", workspace)
        write_reply(bundle, tmp_path / "reply.json")
    return tmp_path / "workspace"


@pytest.fixture
def root(folder: Path) -> Iterator[str]:
    for get in served(folder, "MEX"):
        yield get("/")["links"][0]["href"].rstrip("/")


def ask(address: str, content: bytes | None = None, media: str = JSON, method: str | None = None) -> Told:
    try:
        with urlopen(Request(address, content, {"Content-Type": media}, method=method), timeout=20) as given:
            return Told(given.status, given.read().decode())
    except HTTPError as refused:
        with refused:
            return Told(refused.code, refused.read().decode())


def answers(folder: Path) -> list[Outcome]:
    with Workspace.open(folder) as workspace:
        return [json.decode(workspace.load("outcome", name), Outcome) for name in workspace.find("outcome")]


def reply(folder: Path, **changes: Any) -> bytes:
    return text_json.dumps(text_json.loads((folder.parent / "reply.json").read_text()) | changes).encode()


def test_an_answer_by_program_is_the_answer_by_file_and_counts_once(folder: Path, root: str) -> None:
    first, again = (ask(f"{root}/replies", reply(folder)) for _ in range(2))
    told = text_json.loads(first.body)
    assert (first.status, told["code"], again.status, text_json.loads(again.body)["code"]) == (201, "taken", 200, "known")
    assert told["says"]["es"].startswith("Recibimos su respuesta")
    assert told["says"]["en"].startswith("We have your answer")
    with Workspace.open(folder) as workspace:
        assert not casework.receive(folder.parent / "reply.json", workspace).is_new
    assert [each.id for each in answers(folder)] == [told["outcome"]]


def test_a_form_is_filled_in_and_sent_twice_and_counts_once(folder: Path, root: str) -> None:
    with Workspace.open(folder) as workspace:
        (release,) = workspace.find("release")
    assert f'href="replies/{release}"' in ask(f"{root}/replies").body
    page = ask(f"{root}/replies/{release}").body
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert ("¿Qué hicieron?" in page, "What did you do?" in page) == (True, True)
    filled = {name: unescape(value) for name, value in hidden.items()}
    filled |= {"action": "acted", "by": "Unidad 4", "laboratory": "1", "dump": "", "comment": "Señal débil; <b>dos</b> tambores"}
    told = [ask(f"{root}/replies", urlencode(filled).encode(), FORM) for _ in range(2)]
    assert [(each.status, "nada cambió" in each.body) for each in told] == [(201, False), (200, True)]
    (kept,) = answers(folder)
    assert (kept.action, kept.partner, kept.by, kept.comment) == (Action.ACTED, "MEX", "Unidad 4", filled["comment"])
    assert [(each.rule, each.count.value) for each in kept.findings] == [("laboratory", 1)]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"release_sha256": "0" * 64}, 409, "other_text"),
        ({"release": "release-none"}, 404, "not_yours"),
        ({"by": " "}, 400, "malformed"),
        ({"urgency": "high"}, 400, "malformed"),
        ({"findings": [{"rule": "kilograms", "count": 2}]}, 400, "malformed"),
        ({"comment": "x" * 1_000_001}, 413, "too_large"),
    ],
)
def test_a_tampered_or_half_filled_answer_is_refused_in_both_languages(
    folder: Path, root: str, changes: dict[str, Any], status: int, code: str
) -> None:
    told = ask(f"{root}/replies", reply(folder, **changes))
    read = text_json.loads(told.body)
    assert (told.status, read["code"], read["outcome"]) == (status, code, None)
    assert "no se guardó nada" in read["says"]["es"]
    assert "nothing was kept" in read["says"]["en"]
    assert answers(folder) == []


def test_another_partner_cannot_answer_nor_learn_that_there_is_anything(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        (release,) = workspace.find("release")
    for get in served(folder, "USA"):
        root = get("/")["links"][0]["href"].rstrip("/")
        theirs, none = (ask(f"{root}/replies", reply(folder, release=name)) for name in (release, "release-none"))
        assert (theirs.status, theirs) == (404, none)
        assert release not in ask(f"{root}/replies").body
        assert ask(f"{root}/replies/{release}").body == ask(f"{root}/replies/release-none").body
    assert answers(folder) == []


def test_an_answer_to_what_was_withdrawn_is_kept_and_said_to_be_late(folder: Path, root: str) -> None:
    with Workspace.open(folder) as workspace:
        following.recall(LEAD.id, "the wind was wrong", "Carla", workspace)
    told = ask(f"{root}/replies", reply(folder, at="2019-01-01T00:00:00Z"))
    doubts = text_json.loads(told.body)["doubts"]
    assert (told.status, len(doubts)) == (201, 2)
    assert "se había retirado" in doubts[0]["es"]
    assert "the clock" in doubts[1]["en"]


def test_only_answers_of_a_known_kind_are_taken(folder: Path, root: str) -> None:
    assert ask(f"{root}/replies", reply(folder), "text/plain").status == 415
    assert ask(f"{root}/replies", reply(folder), method="PUT").status == 405
    assert answers(folder) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([FORM, JSON]))
def test_no_body_makes_it_stumble(folder: Path, body: bytes, media: str) -> None:
    with Workspace.open(folder) as workspace:
        assert posted(media, body, "MEX", workspace).status in (400, 404, 415)


def test_a_count_of_five_thousand_digits_is_malformed_like_any_other(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        assert posted(FORM, urlencode({"laboratory": "9" * 5000}).encode(), "MEX", workspace).status == 400


def test_who_sends_slowly_keeps_nobody_from_the_workspace_and_is_hung_up_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Handler, "timeout", 1.0)
    for get in served(folder, "MEX"):
        root = urlsplit(get("/")["links"][0]["href"])
        with create_connection((root.hostname, root.port), timeout=20) as slow:
            slow.sendall(f"POST /replies HTTP/1.0\r\nContent-Type: {JSON}\r\nContent-Length: 1000\r\n\r\n{{".encode())
            sleep(0.3)
            assert answers(folder) == []
            assert b" 408 " in slow.recv(1000)
        assert ask(f"{root.geturl()}replies").status == 200
