"""Leads rest on what was measured, say what was not, and stay about places."""

from dataclasses import replace
from math import atan2, degrees, hypot

import pytest

from cathartes.assess import assemble
from cathartes.messages import LANGUAGES, say
from cathartes.model import (
    Frame,
    json,
)
from tests.assess.flown import LOG, flight, keys, located, made, made_two, register
from tests.release.sample_lead import NOT_CONVERGED, sample_lead


def test_no_source_gives_no_lead() -> None:
    assert assemble(flight(), "ch4", located(), (), (), [LOG], (), (), "A. Analyst") == ()


def test_the_same_input_gives_the_same_lead_byte_for_byte() -> None:
    assert json.encode(made(register((900, 0, "74-82-8")))) == json.encode(made(register((900, 0, "74-82-8"))))


def test_every_statement_of_a_lead_is_a_sentence_in_both_languages() -> None:
    lead = made(register((900, 0, "74-82-8"), (300, 0, "7446-09-5")), unread=("photo.jpg",))
    statements = [each.statement for each in lead.evidence] + list(lead.gaps)
    statements += [each for one in lead.hypotheses for each in (*one.supports, *one.would_contradict)]
    for language in LANGUAGES:
        told = " ".join(say(statement, language) for statement in statements).casefold()
        assert not any(word in told for word in ("laborator", "target", "suspect", "objetivo", "sospechos"))


def test_evidence_names_the_nouns_it_rests_on() -> None:
    lead = made()
    assert {each.of for each in lead.evidence} <= {lead.sources[0].id, *(each.id for each in lead.detections)}
    assert keys(tuple(each.statement for each in lead.evidence))[:3] == ["evidence.source", "evidence.region", "evidence.instruments"]


def test_other_gases_are_left_to_their_own_leads() -> None:
    sample = sample_lead(Frame.WGS84)
    others = tuple(replace(each, gas="nh3") for each in sample.detections)
    lead = assemble(flight(), "ch4", located(*sample.sources), others, (), [LOG], (), (), "A. Analyst")[0]
    assert lead.detections == ()
    assert "gap.no_coverage" in keys(lead.gaps)


def test_custody_holds_every_recording_the_author_and_the_rule() -> None:
    custody = made().custody
    assert custody.inputs == ("ab" * 32,)
    assert (custody.who, custody.parameters["register_error_m"]) == ("A. Analyst", 500.0)


def test_each_source_has_a_lead_of_its_own_whatever_their_order() -> None:
    leads = made_two()
    assert [lead.sources[0].id for lead in leads] == ["source-0d4c55aa91fe", "source-77aa00bb11cc"]
    assert len({lead.id for lead in leads}) == 2
    assert leads[0].id == made().id


def test_each_lead_names_the_other_source_with_distance_and_bearing() -> None:
    first, second = made_two()
    told = {each.of: each.statement for each in first.evidence if each.statement.key == "evidence.neighbour"}
    back = {each.of: each.statement for each in second.evidence if each.statement.key == "evidence.neighbour"}
    assert list(told) == [second.sources[0].id]
    assert [each.id for each in first.neighbours] == [second.sources[0].id]
    there, here = told[second.sources[0].id].values, back[first.sources[0].id].values
    assert float(there["distance_m"]) == pytest.approx(2500 / 120 * hypot(67.0, 83.0), rel=1e-3)
    assert float(there["bearing"]) == pytest.approx(360 - degrees(atan2(67.0, 83.0)), abs=0.1)
    assert (float(there["bearing"]) - float(here["bearing"])) % 360 == pytest.approx(180, abs=0.1)
    assert there["percent"] == "62"


def test_a_search_that_did_not_settle_is_a_warning_and_not_evidence() -> None:
    for lead in made_two():
        assert lead.warnings == (NOT_CONVERGED,)
        assert "locate.not-converged" not in keys(tuple(each.statement for each in lead.evidence))
    assert made().warnings == ()


def test_a_lead_carries_the_maps_and_the_crossings_of_its_flight() -> None:
    lead = made_two()[0]
    assert lead.probability_map is not None
    assert lead.detectability is not None
    assert [each.crossing for each in lead.crossings] == [1, 2, 3, 4, 5]
