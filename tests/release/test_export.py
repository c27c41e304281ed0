"""One door for every kind: what was not redacted does not pass it, and what passes says the same in every format."""

import io
import json
import zipfile
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings

from cathartes.errors import BadInput, Refused
from cathartes.model import DESK, Frame, Marking, Markings, Release, Tlp
from cathartes.release import cot, stix
from cathartes.release.export import export, formats, refuse_more_than_allowed
from cathartes.release.label import BINDING, LABEL
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead, sample_lead
from tests.release.test_redact import MARKINGS, TOKENS, planted, withheld

LIGHT = tuple(name for name in formats() if name not in ("html", "pdf"))
NAMES = {"cot": f"{{{LABEL}}}", "mb": f"{{{BINDING}}}"}


def readable(kind: str, content: bytes) -> str:
    """The content with its wrapping undone, as a reader's program would."""
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist())
    if kind == "eml":
        message = message_from_bytes(content, policy=default)
        return str(list(message.items())) + "".join(_payload(part) for part in message.walk())
    return content.decode("utf-8", errors="replace")


def _payload(part: Any) -> str:
    payload = part.get_payload(decode=True)
    return f"{part.get_filename()} {(payload or b'').decode('utf-8', errors='replace')}"


def released(frame: Frame = Frame.WGS84, markings: Markings = TO_MEXICO) -> Release:
    return redact(busy_lead(frame, markings), "MEX", "B. Releaser", NOON)


def test_a_release_made_by_hand_is_refused_in_every_format() -> None:
    secret = planted(Markings(TO_MEXICO.whole, {"purpose": Marking(Tlp.RED)}))
    by_hand = Release("release-1", "MEX", secret, "B. Releaser", NOON)
    for kind in formats():
        with pytest.raises(Refused) as refusal:
            export(by_hand, kind)
        assert not [token for token in TOKENS.values() if token in str(refusal.value)]


@settings(max_examples=40, deadline=None)
@given(MARKINGS)
def test_redacting_twice_changes_nothing(named: dict[str, Marking]) -> None:
    refuse_more_than_allowed(redact(planted(Markings(Marking(Tlp.GREEN, ("MEX",)), named)), "MEX", "B. Releaser", NOON))


@settings(max_examples=6, deadline=None)
@given(MARKINGS)
def test_no_format_carries_what_its_audience_may_not_see(named: dict[str, Marking]) -> None:
    markings = Markings(Marking(Tlp.GREEN, ("MEX",)), named)
    release = redact(planted(markings), "MEX", "B. Releaser", NOON)
    told = "".join(readable(kind, export(release, kind)) for kind in LIGHT)
    assert [name for name in withheld(markings, "MEX") if TOKENS[name] in told] == []


@pytest.mark.parametrize("field", ["purpose", "instruments", "emitters"])
def test_a_redaction_that_forgets_a_field_is_caught(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check is worth something: with one field left in, the search of the formats finds it."""
    release = redact(planted(Markings(TO_MEXICO.whole, {field: Marking(Tlp.RED)})), "MEX", "B. Releaser", NOON)
    leaky = replace(release, lead=replace(release.lead, **{field: getattr(planted(TO_MEXICO), field)}))
    monkeypatch.setattr("cathartes.release.export.refuse_more_than_allowed", lambda release: None)
    assert TOKENS[field] in "".join(readable(kind, export(leaky, kind)) for kind in LIGHT)


@pytest.mark.parametrize("kind", LIGHT)
@pytest.mark.parametrize("frame", list(Frame))
def test_the_same_release_gives_the_same_bytes(kind: str, frame: Frame) -> None:
    assert export(released(frame), kind) == export(released(frame), kind)


def test_a_format_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match="'dwg'"):
        export(released(), "dwg")


def test_the_tear_line_is_spanish_first_and_says_where_and_what_is_not_known() -> None:
    told = export(released(), "txt").decode()
    assert told.index("LÍNEA DE CORTE") < told.index("TEAR LINE")
    assert told.startswith("TLP:GREEN · MEX")
    assert "UTM" in told
    assert "MUESTRA" in told


def test_a_local_frame_gives_no_coordinates_and_no_event() -> None:
    assert "UTM" not in export(released(Frame.LOCAL), "txt").decode()
    assert len(Xml.fromstring(export(released(Frame.LOCAL), "cot"))) == 0
    with pytest.raises(BadInput, match="no place on the globe"):
        cot.event(released(Frame.LOCAL))


def test_an_event_is_an_unknown_thing_with_its_error_and_its_label() -> None:
    event = Xml.fromstring(export(released(), "cot"))[0]
    point = event.find("point")
    assert event.get("type") == "a-u-G"
    assert event.get("stale", "") > event.get("start", "")
    assert point is not None
    assert 200 < float(point.get("ce", "nan")) < 3000
    assert event.findtext(f".//{{{LABEL}}}Classification") == "GREEN"
    assert event.findtext(f".//{{{LABEL}}}GenericValue") == "MEX"
    assert event.find(f".//{{{BINDING}}}DataReference").get("URI") == ""  # type: ignore[union-attr]


def test_a_deletion_names_the_event_and_nothing_else() -> None:
    deletion = Xml.tostring(cot.deletion(released(), NOON.utc)).decode()
    assert cot.uid(released()) in deletion
    assert not [text for text in ("24.3", "104.5", "ch4", released().lead.id) if text in deletion]


def test_a_stix_bundle_is_read_by_another_library_and_its_references_hold() -> None:
    stix2 = pytest.importorskip("stix2", reason="an independent reader of STIX")
    made = stix2.parse(export(released(), "stix").decode(), allow_custom=True)
    objects = {each["id"]: each for each in json.loads(export(released(), "stix"))["objects"]}
    assert len(made.objects) == len(objects) == 5
    lead = objects[stix.lead_id(released())]
    assert {lead["created_by_ref"], lead["location_ref"], *lead["object_marking_refs"], *lead["extensions"]} <= objects.keys()
    assert all(UUID(name.split("--")[1]) for name in objects)


def test_a_revoked_lead_keeps_its_id_and_gets_a_later_version() -> None:
    release = released()
    before, after = (stix.bundle(release, revoked)["objects"][-1] for revoked in (None, NOON.utc.replace(year=2027)))
    assert (before["id"], before["created"]) == (after["id"], after["created"])
    assert after["revoked"] is True
    assert after["modified"] > before["modified"]


def test_the_desk_has_its_own_bundle_dated_by_the_recording_clock() -> None:
    made = stix.bundle(redact(sample_lead(), DESK, "A. Analyst", None))["objects"][-1]
    assert made["created"] == "2026-03-05T18:30:00.000Z"


def test_a_mail_is_read_by_a_mail_program() -> None:
    message = message_from_bytes(export(released(), "eml"), policy=default)
    assert message["Subject"].startswith("[TLP:GREEN] Indicio lead-")
    assert [part.get_filename() for part in message.iter_attachments()] == [f"{released().id}.geojson", f"{released().id}.kml"]


def test_a_word_document_is_opened_and_marked_top_and_bottom() -> None:
    docx = pytest.importorskip("docx", reason="an independent reader of Word documents")
    made = docx.Document(io.BytesIO(export(released(), "docx")))
    section = made.sections[0]
    assert "TLP:GREEN" in section.header.paragraphs[0].text
    assert "TLP:GREEN" in section.footer.paragraphs[0].text
    assert next(each.text for each in made.paragraphs if each.style.name == "Heading 1").startswith("Una de")
    assert len(made.tables) >= 6
