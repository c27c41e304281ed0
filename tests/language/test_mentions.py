"""Mentions: events and coordinates of a flight's reports on the map, never a person's place."""

from pathlib import Path

import pytest

from cathartes.language.mentions import MentionDetector
from cathartes.messages import say
from cathartes.model import Detection, DetectionKind, Flight, Frame
from cathartes.model.flight import FrameHints
from cathartes.readers.text_report import TextReportReader


def mentions(folder: Path, text: str, frame: Frame = Frame.WGS84) -> tuple[Detection, ...]:
    path = folder / "informe.txt"
    path.write_text(text)
    flight = Flight("a", frame=FrameHints(frame))
    return MentionDetector().detect(TextReportReader().read(path, flight), flight).detections


def test_a_laboratory_found_is_placed_where_its_town_is_with_its_day(tmp_path: Path) -> None:
    (found,) = mentions(tmp_path, "12 de marzo de 2024. La Marina localizó este martes un laboratorio en Cosalá, Sinaloa.")
    assert found.kind is DetectionKind.MENTION
    assert (found.place.x, found.place.y) == pytest.approx((-106.69, 24.41), abs=0.05)
    assert found.place.covariance_m2 is not None
    assert found.span.zero is not None
    assert found.span.zero.utc.isoformat() == "2024-03-12T00:00:00+00:00"
    assert found.says is not None
    assert "Cosalá, Sinaloa" in say(found.says, "es")


def test_a_name_that_many_places_share_gives_a_mention_for_each_that_is_likely(tmp_path: Path) -> None:
    found = mentions(tmp_path, "La Marina localizó un laboratorio en San Ignacio.")
    assert len(found) > 1
    assert len({detection.place for detection in found}) == len(found)


def test_a_coordinate_is_placed_unless_a_person_is_said_to_be_there(tmp_path: Path) -> None:
    (found,) = mentions(tmp_path, "La cocina está en 24.9876, -107.4321, junto al arroyo.")
    assert (found.place.y, found.place.x) == (24.9876, -107.4321)
    assert mentions(tmp_path, "Ramiro Ochoa duerme en 24.9876, -107.4321, junto al arroyo.") == ()


def test_an_arrest_gives_no_place_and_a_local_frame_has_no_map(tmp_path: Path) -> None:
    assert mentions(tmp_path, "Detuvieron a Ramiro Ochoa en Cosalá, Sinaloa.") == ()
    assert mentions(tmp_path, "La Marina localizó un laboratorio en Cosalá, Sinaloa.", Frame.LOCAL) == ()


def test_organisations_and_plates_in_the_sentence_are_told_with_the_event_and_authorities_are_not(tmp_path: Path) -> None:
    found = mentions(tmp_path, "La Marina localizó un laboratorio del CJNG en Cosalá, Sinaloa, y una camioneta con placas VKL-123-A.")
    named = {(each.says.key, each.says.values["name"]) for each in found if each.says and "name" in each.says.values}
    assert named == {("mention.organisation", "CJNG"), ("mention.vehicle", "VKL-123-A")}
    assert len({each.place for each in found}) == 1
