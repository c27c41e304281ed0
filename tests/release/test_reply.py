"""A reply is taken when it says what the contract asks, and refused with one sentence otherwise."""

import io
import json as plain_json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput, CathartesError, Unproved
from cathartes.model import Action, Clock, CountingRule, Finding, Instant, Outcome, Quantity, Release, digest_of, json
from cathartes.release.reply import doubts, read_reply
from tests.release.sample_lead import NOON, sample_lead

RELEASE = Release("release-3f0c9a3be2d4", "MEX", sample_lead(), "R. Releaser", NOON)
ANSWER: dict[str, Any] = {
    "format": "cathartes-reply/1",
    "release": RELEASE.id,
    "release_sha256": digest_of(json.encode(RELEASE)),
    "action": "acted",
    "by": "Unidad de inspección 4",
    "at": "2026-11-22T17:05:00Z",
    "findings": [{"rule": "laboratory", "count": 1}, {"rule": "dump", "count": 0}],
    "comment": "Dos tambores vacíos al norte del arroyo.",
}


def released(name: str) -> Release | None:
    return RELEASE if name == RELEASE.id else None


def read(path: Path, content: bytes) -> Outcome:
    path.write_bytes(content)
    return read_reply(path, released)


def answer(**changes: Any) -> bytes:
    return plain_json.dumps({**ANSWER, **changes}).encode()


def zipped(method: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reply-release-3f0c9a3be2d4.json"


def test_a_reply_becomes_an_outcome(path: Path) -> None:
    outcome = read(path, answer())
    assert (outcome.release, outcome.partner, outcome.action) == (RELEASE.id, "MEX", Action.ACTED)
    assert outcome.findings == (
        Finding(CountingRule.LABORATORY, Quantity(1.0, "1")),
        Finding(CountingRule.DUMP, Quantity(0.0, "1")),
    )
    assert outcome.at == Instant(datetime(2026, 11, 22, 17, 5, tzinfo=UTC), Clock.UNSTATED)
    assert outcome.comment == ANSWER["comment"]


def test_the_same_answer_is_one_outcome_however_it_is_wrapped(path: Path) -> None:
    plain = read(path, answer())
    assert read(path, plain_json.dumps(ANSWER, indent=4, ensure_ascii=False).encode()) == plain
    assert read(path, zipped(r_json=answer())) == plain
    assert read(path, answer(at="2026-11-22T11:05:00-06:00")) == plain
    assert read(path, answer(comment="otra cosa")).id != plain.id


@pytest.mark.parametrize("name", sorted(ANSWER))
def test_a_half_filled_form_is_refused(path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=f"missing required field `{name}`"):
        read(path, plain_json.dumps({key: value for key, value in ANSWER.items() if key != name}).encode())


def counted(*counts: tuple[str, Any]) -> dict[str, Any]:
    return {"findings": [{"rule": rule, "count": count} for rule, count in counts]}


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "destroyed"}, {"action": None}, {"by": ""}, {"by": "   "}, {"by": "x" * 201}, {"comment": "x" * 10_001},
        {"comment": [[[]]]},
        {"at": "2026-11-22T17:05:00"}, {"at": "ayer"}, {"at": "0001-01-01T00:00:00+23:59"}, {"findings": None}, counted(("house", 1)),
        {"findings": [{"rule": "dump"}]}, counted(("dump", -1)), counted(("dump", 1.5)), counted(("dump", "2")), counted(("dump", 10**30)),
        counted(("dump", float("nan"))), counted(("dump", float("inf"))), counted(("dump", 1), ("dump", 2)),
        {"format": "cathartes-reply/2"},
        {"release_sha256": "0"}, {"person": "a name"},
    ],
    ids=str,
)  # fmt: skip
def test_what_the_contract_does_not_allow_is_refused(path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="ask the partner"):
        read(path, answer(**changes))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe{\x00}",
        b"[" * 400_000,
        b'{"comment":' * 100_000,
        b'{"format":"\xe9"}',
        b" " * 1_000_001,
        b"PK\x03\x04junk",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_json_is_refused(path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match="ask the partner"):
        read(path, content)


def test_a_zip_bomb_does_not_go_off(path: Path) -> None:
    bomb = zipped(r_json=b"0" * 200_000_000)
    assert len(bomb) < 1_000_000
    with pytest.raises(BadInput, match="larger than 1 MB"):
        read(path, bomb)


@pytest.mark.parametrize(
    "content",
    [
        zipped(), zipped(a_json=b"{}", b_json=b"{}"), zipped(a_exe=b"{}"), zipped(zipfile.ZIP_BZIP2, a_json=b"{}"),
        zipped(zipfile.ZIP_LZMA, a_json=b"{}"), zipped(r_json=answer())[:-30], zipped(r_json=answer()).replace(b"r.json", b"r.exe\x00"),
    ],
    ids=["empty", "two", "exe", "bzip2", "lzma", "cut", "renamed"],
)  # fmt: skip
def test_a_zip_of_anything_but_one_reply_is_refused(path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match="ask the partner"):
        read(path, content)


def test_an_encrypted_zip_is_refused(path: Path) -> None:
    content = bytearray(zipped(r_json=answer()))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadInput, match="without a password"):
        read(path, bytes(content))


def test_a_reply_to_another_bundle_is_refused(path: Path) -> None:
    with pytest.raises(BadInput, match="never released"):
        read(path, answer(release="release-000000000000"))


def test_a_reply_to_a_changed_release_is_refused(path: Path) -> None:
    with pytest.raises(Unproved, match="another text"):
        read(path, answer(release_sha256="00" * 32))


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_reply(tmp_path / "nowhere.json", released)
    with pytest.raises(BadInput, match="cannot be read"):
        read_reply(tmp_path, released)


@pytest.mark.parametrize(
    ("at", "keys"),
    [("1970-01-01T00:00:00Z", ["reply.clock_early"]), ("2126-03-06T00:00:00Z", ["reply.clock_late"]), ("2026-03-06T00:00:00Z", [])],
)
def test_a_clock_that_is_years_off_is_said_and_the_answer_kept(path: Path, at: str, keys: list[str]) -> None:
    received = Instant(datetime(2026, 3, 7, tzinfo=UTC), Clock.SYSTEM)
    assert [doubt.key for doubt in doubts(read(path, answer(at=at)), RELEASE, received)] == keys


@given(st.binary(max_size=400))
def test_any_bytes_are_an_outcome_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    for fuzzed in (content, b"PK\x03\x04" + content):
        with pytest.raises(CathartesError):
            read(path, fuzzed)


@given(place=st.integers(0, 10**6), bits=st.integers(1, 255), is_zip=st.booleans())
def test_a_reply_with_any_byte_changed_is_another_answer_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, place: int, bits: int, is_zip: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.json"
    content = bytearray(zipped(r_json=answer()) if is_zip else answer())
    content[place % len(content)] ^= bits
    try:
        outcome = read(path, bytes(content))
    except CathartesError:
        return
    assert outcome.release == RELEASE.id


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(changes=st.dictionaries(st.sampled_from(sorted(ANSWER)), json_values, min_size=1, max_size=3))
def test_any_values_are_an_outcome_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "values.json"
    try:
        outcome = read(path, answer(**changes))
    except CathartesError:
        return
    assert json.decode(json.encode(outcome), Outcome) == outcome
