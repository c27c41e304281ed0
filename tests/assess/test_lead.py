"""Leads rest on what was measured, say what was not, and stay about places."""

from dataclasses import replace

from cathartes.assess import assemble
from cathartes.messages import LANGUAGES, say
from cathartes.model import (
    Frame,
    json,
)
from tests.assess.flown import LOG, flight, keys, located, made, register
from tests.release.sample_lead import sample_lead


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
