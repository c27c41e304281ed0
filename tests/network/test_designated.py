"""Organisations named near a lead, asked of lists in force: questions with their reasons, never a match and never a person."""

from datetime import date

import pytest

from cathartes.messages import LANGUAGES, say
from cathartes.model import Custody, Detection, DetectionKind, Frame, Place, Span, Statement
from cathartes.network.designated import questions
from cathartes.network.lists import ListedParty, PartyList

LISTED = PartyList(
    "sample", date(2025, 2, 20), "0" * 64,
    (ListedParty("o1", "organization", ("Cártel Inventado del Istmo", "CII")), ListedParty("p1", "person", ("Ramiro Inventado Istmo",))),
)  # fmt: skip


def told(name: str, key: str = "mention.organisation") -> Detection:
    place = Place(-99.0, 19.0, Frame.WGS84, covariance_m2=(1e4, 0.0, 1e4))
    says = Statement(key, {"name": name, "file": "informe.txt"})
    return Detection(
        "d1", "r1", DetectionKind.MENTION, None, "informe.txt", Span(0, 0), None, None, place, Custody((), "x", "0"), says=says
    )


def test_an_organisation_that_could_be_listed_is_a_question_with_its_reasons() -> None:
    first, *reasons = questions([told("Cartel Inventado del Ismo")], [LISTED])["d1"]
    assert first.of == "d1"
    assert first.statement.values["entity"] == "o1"
    assert reasons
    assert all("2025-02-20" in say(first.statement, language) for language in LANGUAGES)


@pytest.mark.parametrize("name", ["Ramiro Inventado Istmo", "Química Distinta", "SA de CV"])
def test_persons_and_other_names_raise_no_question(name: str) -> None:
    assert questions([told(name)], [LISTED]) == {}


def test_only_organisations_are_asked_about() -> None:
    assert questions([told("CII", "mention.vehicle")], [LISTED]) == {}
