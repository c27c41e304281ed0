"""Termbase and memory: every sense suggested, nothing replaced; a second person approves; a changed source makes a translation stale."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput, Refused
from cathartes.language.facts import find_facts
from cathartes.language.memory import Remembered, approved, exact, load_memory, read_tmx, remembered, stale, suggestions, write_tmx
from cathartes.language.terms import Concept, Term, forbidden_used, hits, load_terms, read_tbx, shipped_terms, write_tbx
from cathartes.language.translate import Piece, translate
from cathartes.model import Segment, State
from cathartes.texts import with_warning
from tests.language.test_translate import Fake

SOURCE = "Los halcones avisaron a Ramiro Ochoa."
PAIR = Remembered("es", "en", SOURCE, "The lookouts warned Ramiro Ochoa.", "Ana", "20240312T100000Z", True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1).map(str.strip).filter(bool)


def test_a_slang_word_is_suggested_with_its_innocent_sense_too() -> None:
    (hit,) = hits("El plomero llegó.", "es", shipped_terms())
    assert {sense.domain for sense in hit.senses} == {"drug trade", "literal"}


def test_forms_of_a_verb_and_plurals_are_found() -> None:
    found = hits("Levantaron a dos halcones en la plaza; la levantadora no.", "es", shipped_terms())
    assert [hit.text for hit in found] == ["Levantaron", "halcones", "plaza"]


def test_a_forbidden_translation_is_told() -> None:
    found = hits("Hay un retén.", "es", shipped_terms())
    assert forbidden_used("There is a retain.", "en", found) == ["retain"]
    assert forbidden_used("There is a checkpoint.", "en", found) == []


@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), min_size=1, max_size=4))
def test_a_termbase_comes_back_from_tbx_as_it_was(rows: list[tuple[str, str, bool]]) -> None:
    concepts = tuple(
        Concept(f"c{number}", "general", (Term("es", es), Term("en", en, forbidden))) for number, (es, en, forbidden) in enumerate(rows)
    )
    assert read_tbx(write_tbx(concepts), "a.tbx") == concepts


@given(WORDS, WORDS, WORDS)
def test_a_memory_comes_back_from_tmx_as_it_was(source: str, target: str, by: str) -> None:
    pair = Remembered("es", "en", source, target, by, "20240312T100000Z", True, "Benito")
    assert read_tmx(write_tmx([pair]), "a.tmx") == (pair,)


@pytest.mark.parametrize("content", [b"", b"<a", b"<a/>", b'<!DOCTYPE x [<!ENTITY a "b">]><tmx>&a;</tmx>'])
def test_what_is_no_tmx_or_tbx_is_refused(content: bytes) -> None:
    for read in (read_tmx, read_tbx):
        with pytest.raises(BadInput, match=r"a\.xml"):
            read(content, "a.xml")


def test_only_a_translation_that_a_second_person_approved_is_used() -> None:
    memory = remembered((), PAIR)
    assert exact(memory, SOURCE, ("es", "en")) is None
    with pytest.raises(Refused, match="second person"):
        approved(memory, SOURCE, "es", "Ana")
    signed = approved(memory, SOURCE, "es", "Benito")
    assert exact(signed, SOURCE, ("es", "en")) is not None
    assert exact(signed, SOURCE + " Ayer.", ("es", "en")) is None  # stale: the source has changed
    assert exact(remembered(signed, PAIR), SOURCE, ("es", "en")) is None  # a new version is not approved yet


def test_a_segment_takes_an_approved_translation_with_its_facts_marked() -> None:
    (pair,) = approved(remembered((), PAIR), SOURCE, "es", "Benito")
    (segment,) = translate([Piece(SOURCE, 0, None)], "en", Fake(None), lambda text: find_facts(text, "es", None), {SOURCE: pair})
    assert (segment.state, segment.target) == (State.REVIEWED, PAIR.target)
    assert [segment.target[each.target_start : each.target_end] for each in segment.facts] == ["Ramiro Ochoa"]


def test_an_earlier_translation_that_is_nearly_the_same_is_suggested() -> None:
    (found,) = suggestions((PAIR,), "Los halcones avisaron a Ramiro.", ("es", "en"))
    assert found.likeness > 75
    assert suggestions((PAIR,), "Nada que ver.", ("es", "en")) == []


def test_the_shipped_termbase_can_be_taken_out_and_given_back(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from cathartes.cli import app

    assert CliRunner().invoke(app, ["terms", "-o", str(tmp_path / "own.tbx")]).exit_code == 0
    assert load_terms(tmp_path / "own.tbx") == shipped_terms()


def test_the_verbs_remember_and_approve_keep_who_did_what(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from cathartes.cli import app

    memory = str(tmp_path / "m.tmx")
    run = CliRunner().invoke
    assert run(app, ["remember", memory, "--source", SOURCE, "--target", PAIR.target, "--by", "Ana"]).exit_code == 0
    assert run(app, ["approve", memory, "--source", SOURCE, "--by", "Benito"]).exit_code == 0
    (pair,) = read_tmx(Path(memory).read_bytes(), "m.tmx")
    assert (pair.by, pair.approved_by, pair.state) == ("Ana", "Benito", State.HUMAN)


def test_a_second_person_is_not_the_author_written_otherwise() -> None:
    with pytest.raises(Refused, match="second person"):
        approved(remembered((), PAIR), SOURCE, "es", " ANA (CENAPI)")


def test_a_translation_is_told_to_be_stale_where_its_source_has_changed(tmp_path: Path) -> None:
    pair = replace(PAIR, document="informe.txt")
    memory = approved(remembered((), pair), SOURCE, "es", "Benito")
    assert read_tmx(write_tmx(memory), "m.tmx") == memory
    changed = SOURCE.replace("Ramiro", "Rodrigo")
    assert stale(memory, "informe.txt", {changed, "Nada que ver."}, ("es", "en")) == {changed: memory[0]}
    assert stale(memory, "informe.txt", {SOURCE, changed}, ("es", "en")) == {}
    assert stale(memory, "otro.txt", {changed}, ("es", "en")) == {}
    segment = with_warning(Segment(changed, "…", State.MACHINE), memory[0])
    assert segment.why is not None
    assert segment.why.values["checksum"] == sha256(SOURCE.encode()).hexdigest()


def test_a_translation_without_a_name_is_neither_kept_nor_approved() -> None:
    with pytest.raises(BadInput, match="--by is empty"):
        remembered((), replace(PAIR, by=" "))
    with pytest.raises(BadInput, match="--by is empty"):
        approved(remembered((), PAIR), SOURCE, "es", "")


def test_a_misspelt_memory_is_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"memroy\.tmx cannot be read: No such file"):
        load_memory(tmp_path / "memroy.tmx")
