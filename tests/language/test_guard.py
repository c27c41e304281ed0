"""The guard: every fact back to the letter and once, or nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.language.facts import find_facts
from cathartes.language.gloss import gloss
from cathartes.language.guard import guarded_parts, mask, restore, with_counted
from cathartes.model import Fact, FactKind, Quantity

SENTENCE = "El Tejón movió 12 mil pastillas y 450 kilos por La Tuna el 14 de febrero de 2024, placas VSL-82-41-A."


def hidden(text: str, *, trust_numbers: bool = False) -> str:
    return mask(text, find_facts(text, "es", None), trust_numbers=trust_numbers).text


def test_an_engine_sees_no_name_and_no_digit_but_those_of_tokens() -> None:
    assert hidden(SENTENCE) == "Xq0z movió Xq1z pastillas y Xq2z por Xq3z el Xq4z, placas Xq5z."


def test_an_engine_sees_no_code_without_a_digit() -> None:
    assert hidden("Correo: gerencia@quim.example, había NaOH.") == "Correo: Xq0z, había Xq1z."


def test_plain_numbers_may_stand_for_themselves() -> None:
    assert hidden("Tiene 36 años y 3.1 millones de pastillas.", trust_numbers=True) == "Tiene 36 años y 3.1 millones de pastillas."


def test_what_an_engine_passes_on_comes_back_to_the_letter_with_its_place() -> None:
    masked = mask(SENTENCE, find_facts(SENTENCE, "es", None), trust_numbers=False)
    english = "xq0z moved Xq1z tablets and Xq2z through Xq3z on Xq4z, plates Xq5z."
    restored = restore(masked, english, {"12 mil": "12,000"})
    assert restored is not None
    target, carried = restored
    expected = "El Tejón moved 12 mil [12,000] tablets and 450 kilos through La Tuna on 14 de febrero de 2024, plates VSL-82-41-A."
    assert target == expected
    assert all(target[each.target_start : each.target_end] == each.fact.text for each in carried)
    assert all(SENTENCE[each.fact.start : each.fact.end] == each.fact.text for each in carried)


@pytest.mark.parametrize(
    "damaged",
    [
        "Xq0z saw Xq1z.",  # one lost
        "Xq0z saw Xq1z and Xq2z and Xq1z.",  # one doubled
        "Xq0z saw Xq1zs and Xq2z.",  # one inflected
        "Xq0z saw Xq 1z and Xq2z.",  # one broken
        "Xq0z saw Xq1z and Xq9z.",  # one made up
        "Xq0z saw Xq1z and Xq2z in 2024.",  # a number that the source does not have
    ],
)
def test_a_token_lost_doubled_damaged_or_made_up_stops_the_sentence(damaged: str) -> None:
    text = "Ramiro vio a Brenda y a Néstor."
    masked = mask(text, find_facts(text, "es", None), trust_numbers=True)
    assert len(masked.facts) == 3
    assert restore(masked, damaged, {}) is None


def test_a_century_in_roman_numerals_may_become_an_ordinal() -> None:
    text = "Es una casa del siglo XIX."
    assert restore(mask(text, (), trust_numbers=True), "It is a house of the 19th century.", {}) is not None


def test_a_text_that_looks_like_a_token_is_not_taken_for_one() -> None:
    text = "Xq0z dijo Ramiro."
    masked = mask(text, find_facts(text, "es", None), trust_numbers=False)
    assert masked.stem != "Xq"


def test_of_a_counted_thing_only_the_number_is_kept() -> None:
    text = "Hallaron 12 mil pastillas."
    (fact,) = mask(text, find_facts(text, "es", None), trust_numbers=False).facts
    assert (fact.kind, fact.text, fact.value) == (FactKind.QUANTITY, "12 mil", Quantity(12000.0, "1"))


@pytest.mark.parametrize(
    ("text", "language", "kept"),
    [
        ("Hallaron 12 mil pastillas.", "es", "12 mil pastillas"),
        ("Hallaron 35 tambos de acetona.", "es", "35 tambos"),
        ("Hallaron 40 botellas vacías.", "es", "40 botellas"),
        ("Hallaron 15 chamarras.", "es", "15 chamarras"),
        ("They found 15 hoodies.", "en", "15 hoodies"),
        ("They found 4 tire spikes.", "en", "4 tire spikes"),
        ("They found 4 new members.", "en", "4"),
        ("Hallaron 15 personas.", "es", "15"),
        ("They found 15 members.", "en", "15"),
    ],
)
def test_goods_and_nouns_that_text_hardly_uses_are_kept_with_their_number(text: str, language: str, kept: str) -> None:
    counted = with_counted(text, find_facts(text, language, None), language)
    assert [fact.text for fact in mask(text, counted, trust_numbers=False).facts] == [kept]


def test_what_may_be_one_name_is_one_for_the_engine() -> None:
    assert hidden("Vino Ignacia Montes de Oca a Cosalá.") == "Vino Xq0z a Xq1z."
    assert hidden("Robaron a Fletes y Materiales Osuna.") == "Robaron a Xq0z."
    assert hidden("Vino Ramiro Ochoa con El R-8.") == "Vino Xq0z con Xq1z."
    assert hidden("Vive en rancho Los Laureles.") == "Vive en Xq0z."
    sold = "He sold it to Snyder, Harrison and Hernandez for $5."
    assert mask(sold, find_facts(sold, "en", None), trust_numbers=False).text == "He sold it to Xq0z, Xq1z for Xq2z."
    assert hidden("Lo vio la Fiscalía Especializada en Delitos Ambientales.") == "Lo vio la Xq0z."
    assert hidden("Lo vio la Fiscalía Especializada en Culiacán.") == "Lo vio la Xq0z en Xq1z."
    assert hidden("Detuvo a Ma. del Consuelo Lara.") == "Detuvo a Xq0z."


def test_large_numbers_and_hours_with_their_article_are_kept_and_small_numbers_left_to_the_engine() -> None:
    text = hidden("Hallaron tres mil quinientos cartuchos y veintidós vehículos a las ocho de la noche.")
    assert text == "Hallaron Xq0z cartuchos y veintidós vehículos a Xq1z."


@given(st.text(max_size=120), st.booleans())
def test_an_engine_that_changes_nothing_gives_the_source_back(text: str, trust: bool) -> None:
    text = re.sub(r"\s+", " ", text).strip()
    masked = mask(text, find_facts(text, "es", None), trust_numbers=trust)
    restored = restore(masked, masked.text, {})
    assert restored is None or restored[0].lower() == text.lower()


@pytest.mark.parametrize(
    ("text", "value", "into", "meaning"),
    [
        ("primero de junio de 2022", "2022-06-01", "en", "1 June 2022"),
        ("25-ENE-24", "2024-01-25", "en", "25 January 2024"),
        ("5 de junio", "2024-06-05", "en", "5 June"),
        ("junio de 2024", "2024-06", "en", "June 2024"),
        ("June 5", "2024-06-05", "es", "5 de junio"),
        ("first of June 2022", "2022-06-01", "es", "1 de junio de 2022"),
    ],
)
def test_a_date_is_told_with_its_day_its_month_and_the_year_that_is_written(text: str, value: str, into: str, meaning: str) -> None:
    assert gloss(Fact(FactKind.DATE, text, 0, len(text), value), into) == meaning


def test_facts_that_were_one_for_the_engine_are_told_one_by_one_as_found() -> None:
    source = "Firmó Ignacia Montes de Oca a las ocho de la noche."
    texts = ((FactKind.PERSON, "Ignacia Montes"), (FactKind.NAME, "Oca"), (FactKind.TIME, "ocho de la noche"))
    found = [Fact(kind, text, source.index(text), source.index(text) + len(text)) for kind, text in texts]
    masked = mask(source, found, trust_numbers=True)
    assert masked.text == "Firmó Xq0z a Xq1z."
    restored = restore(masked, "Xq0z signed at Xq1z.", {"ocho de la noche": "20:00"})
    assert restored is not None
    target, carried = restored
    assert target == "Ignacia Montes de Oca signed at las ocho de la noche [20:00]."
    assert [(each.fact.text, target[each.target_start : each.target_end]) for each in carried] == [(one.text, one.text) for one in found]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("presión de 78 kg/cm² a 1.1 bar", ["78 kg/cm²", "1.1 bar"]),
        ("midieron 12 µSv/h", ["12 µSv/h"]),
        ("condenado a 2 años y 7 meses", ["2", "7"]),
    ],
)
def test_a_number_keeps_the_unit_that_an_engine_would_change_and_every_number_of_a_span_is_kept(text: str, kept: list[str]) -> None:
    assert [fact.text for fact in guarded_parts(find_facts(text, "es", None))] == kept
