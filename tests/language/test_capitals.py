"""A capital alone is proof enough for the guard: what has one is carried exactly."""

import pytest

from cathartes.language.capitals import with_capitalised
from cathartes.language.facts import find_facts
from cathartes.language.guard import mask


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Preguntaron por Domingo Sierra Monte en la calle.", "es", "Domingo Sierra Monte"),
        ("Unidad que asegura: Familia Michoacana.", "es", "Familia Michoacana"),
        ("Llame hoy; Los Mezcales garantiza anonimato.", "es", "Los Mezcales"),
        ("The truck crossed at Dos Ríos on Monday.", "en", "Dos Ríos"),
        ("The case was passed to SAT by the police.", "en", "SAT"),
        ("EJECUTAN ORDEN CONTRA JOSÉ REFUGIO ROSAS, ALIAS 'LA REINA', EN LA PLAZA", "es", "JOSÉ REFUGIO ROSAS"),
        ("DETIENEN A PERFECTO CALLES CON DOS BOLSAS", "es", "PERFECTO CALLES"),
        ("CAE TOMÁS DEL BOSQUE EN LA PLAZA", "es", "TOMÁS DEL BOSQUE"),
        ("Luz del Carmen Mora murió en la noche.", "es", "Luz del Carmen Mora"),
        ("Vive en San Juan de Dios desde ayer.", "es", "San Juan de Dios"),
        ("Llamaron de Grúas Medina e Hijos S.A. otra vez.", "es", "Grúas Medina e Hijos S.A."),
        ("El R-8: ya estamos listos.", "es", "El R-8"),
        ("The deal was made w/ April Waters.", "en", "April Waters"),
        ("Catches are down. Will Hardy wants damages.", "en", "Will Hardy"),
        ("He told The Sunday Times.", "en", "The Sunday Times"),
        ("The Accountant owes him.", "en", "The Accountant"),
        ("Center for Border Studies said so.", "en", "Center for Border Studies"),
        ("We praised Port of Nogales for it.", "en", "Port of Nogales"),
        ("He asked Law Offices of Knight and Lamb.", "en", "Law Offices of Knight and Lamb"),
        ("Asked by Cross, Baker and March PC again.", "en", "Baker and March PC"),
    ],
)
def test_what_has_a_capital_in_mid_sentence_is_carried_whole(text: str, language: str, name: str) -> None:
    found = with_capitalised(text, find_facts(text, language, None), language)
    assert name in [fact.text for fact in mask(text, found, trust_numbers=False).facts]


@pytest.mark.parametrize("text", ["The German minister came on Monday.", "In June the President spoke."])
def test_nations_days_months_and_titles_are_left_to_an_english_engine(text: str) -> None:
    assert with_capitalised(text, find_facts(text, "en", None), "en") == []
