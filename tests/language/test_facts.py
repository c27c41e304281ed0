"""Facts: found whole, where they stand, with their reading, in real sentences and in any text."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.language.facts import document_facts, find_facts
from cathartes.language.identifiers import clabe_holds, vin_holds
from cathartes.model.curp import curp_holds

TIPS = Path(__file__).parents[3] / "shared" / "data" / "language" / "tips"


def found(text: str, language: str = "es") -> set[tuple[str, str]]:
    return {(fact.kind.value, fact.text) for fact in find_facts(text, language, None)}


@pytest.mark.skipif(not TIPS.exists(), reason="needs ../shared/data/language/tips")
def test_every_fact_of_the_ten_invented_tips_lies_in_a_fact_that_was_found() -> None:
    lines = (TIPS / "tips_synthetic.es").read_text("utf-8").splitlines()
    for tip in json.loads((TIPS / "tips_facts.json").read_text("utf-8")):
        texts = [fact.text for fact in find_facts(lines[tip["line"] - 1], "es", None)]
        for wanted in tip["must_survive"]:
            assert any(form in text for form in wanted.split("|") for text in texts), wanted


@pytest.mark.parametrize(
    ("sentence", "kind", "text"),
    [
        ("Detuvieron a Ramiro Ochoa Beltrán en el ejido El Salto.", "person", "Ramiro Ochoa Beltrán"),
        ("Detuvieron a Ramiro Ochoa Beltrán en el ejido El Salto.", "place", "El Salto"),
        ("Ramiro Ochoa, alias “El Cuervo”, huyó.", "alias", "El Cuervo"),
        ("Lo dijo la Fiscalía General de la República.", "organisation", "Fiscalía General de la República"),
        ("Volvlan, 20 nov (EFE). - Subió el trigo.", "place", "Volvlan"),
        ("Habló el director comercial de Sobrinka.", "organisation", "Sobrinka"),
        ("El Banco Sobrinka (BS) perdió.", "organisation", "Banco Sobrinka"),
        ("El Toluca ganó al Pachuca.", "organisation", "Pachuca"),
        ("Vive en la calle Benito Juárez.", "place", "Benito Juárez"),
        ("La primera dama de Grecia Ramona Ochoa calló.", "person", "Ramona Ochoa"),
        ("Se aplica la Ley de Aguas.", "name", "Ley de Aguas"),
        ("Viajaba en una Tacoma con placas ABC-12-34.", "plate", "ABC-12-34"),
        ("Llame al 667 123 4567.", "phone", "667 123 4567"),
        ("Está en 24°48'15\"N 107°23'40\"W, al norte.", "coordinate", "24°48'15\"N 107°23'40\"W"),
        ("Hallaron 12 mil pastillas.", "quantity", "12 mil pastillas"),
        ("Pagaron 3.5 mdp.", "money", "3.5 mdp"),
        ("Ocurrió el 07ENE24.", "date", "07ENE24"),
        ("Fue a las 03:40 hrs.", "time", "03:40 hrs"),
        ("CURP HEGG560427MVZRRL04 del detenido.", "identifier", "HEGG560427MVZRRL04"),
        ("Carpeta FED/SIN/CLN/0001234/2024 abierta.", "identifier", "FED/SIN/CLN/0001234/2024"),
    ],
)
def test_each_kind_of_fact_is_found_whole(sentence: str, kind: str, text: str) -> None:
    assert (kind, text) in found(sentence)


def test_the_first_word_of_a_sentence_is_no_name_for_being_first() -> None:
    assert found("Decomisaron mota. Los vecinos vieron humo. Había tambos. Mide bien. Agradezco todo. Permítanme hablar.") == set()


def test_a_law_or_a_prize_is_guarded_and_is_no_fact_of_a_document() -> None:
    text = "Ganó el Premio Nobel y citó el Tratado de Lisboa."
    assert found(text) == {("name", "Premio Nobel"), ("name", "Tratado de Lisboa")}
    assert document_facts(text, lambda piece: "es", None) == []


def test_months_languages_and_titles_are_no_names_in_english() -> None:
    assert found("In March the Mexican minister spoke English.", "en") == set()


@given(st.text(max_size=200) | st.text("Aé1 .,-$°'\"/ElLa", max_size=60))
def test_facts_stand_where_they_say_and_never_overlap(text: str) -> None:
    facts = find_facts(text, "es", None)
    assert all(text[fact.start : fact.end] == fact.text != "" for fact in facts)
    assert all(one.end <= other.start for one, other in itertools.pairwise(facts))


@given(st.text("0123456789AB -", max_size=40))
def test_no_digit_is_left_outside_a_fact(text: str) -> None:
    covered = bytearray(len(text))
    for fact in find_facts(text, "es", None):
        covered[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
    assert all(covered[place] for place, character in enumerate(text) if character.isdigit())


def test_check_digits_are_those_of_their_authorities() -> None:
    assert curp_holds("HEGG560427MVZRRL04")
    assert not curp_holds("HEGG560427MVZRRL05")
    assert vin_holds("1HGCM82633A004352")
    assert not vin_holds("1HGCM82633A004353")
    assert clabe_holds("002010077777777771")


def test_an_organisation_of_the_list_is_none_for_being_a_town_too() -> None:
    assert ("organisation", "Twitter") in found("Lo dijo en Twitter ayer.")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("DETIENEN A LUIS FERNANDO DE LA TORRE MEZA EN LA HIGUERITA CON 11 KG DE CRISTAL", "LUIS FERNANDO DE LA TORRE MEZA"),
        ("DETIENEN A LUIS FERNANDO DE LA TORRE MEZA EN LA HIGUERITA CON 11 KG DE CRISTAL", "LA HIGUERITA"),
        ("CAE EL CUATRO DEDOS, PRESUNTO OPERADOR DE LOS CHAPITOS, EN MESA COLORADA", "MESA COLORADA"),
        ("ASEGURA HOSPITAL GENERAL DE CULIACÁN NARCOLABORATORIO EN EL VERGEL", "HOSPITAL GENERAL DE CULIACÁN"),
        ("Hasta ahora no ha confirmado si La Doña está en el rancho.", "La Doña"),
        ("El Panadero sigue prófugo.", "El Panadero"),
        ("- Autoridad: Gente Nueva", "Gente Nueva"),
        ("1. Teófilo Arce (El Verdugo), originario de Choix.", "El Verdugo"),
        ("Compró Autotransportes del Pacífico S.A. de C.V. la bodega.", "Autotransportes del Pacífico S.A. de C.V."),
        ("Se vinculó a Rosa Isela 'N' a proceso.", "Rosa Isela 'N'"),
        ("El abogado de Consuelo Barraza de Félix negó todo.", "Consuelo Barraza de Félix"),
        ("Vive en Ejido Campo 35, de Culiacán.", "Ejido Campo 35"),
    ],
)
def test_a_name_is_found_whole_in_headlines_forms_and_legal_wording(sentence: str, name: str) -> None:
    assert name in {text for _, text in found(sentence)}


def test_an_hour_or_an_angle_that_cannot_be_is_one_fact_without_a_value() -> None:
    assert ("time", "18:65 horas") in found("llamó a las 18:65 horas")
    assert ("coordinate", "25° 90' 41.5\" N, 107° 20' 16.1\" O") in found("en 25° 90' 41.5\" N, 107° 20' 16.1\" O, repito")


def test_cells_between_tabs_do_not_run_into_each_other() -> None:
    facts = document_facts("05 de febrero de 2024\t17:30\tChoix", lambda _: "es", None)
    assert [fact.text for fact in facts] == ["05 de febrero de 2024", "17:30", "Choix"]
