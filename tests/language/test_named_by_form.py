"""Names that their form tells, and where one stretch of capitals is more than one name, in texts made up for this."""

import pytest

from cathartes.language.facts import find_facts
from cathartes.model import NAMES, FactKind


def names_of(text: str, language: str = "es") -> list[tuple[FactKind, str]]:
    return [(fact.kind, fact.text) for fact in find_facts(text, language, None) if fact.kind in NAMES]


@pytest.mark.parametrize(
    "text",
    [
        "vive en la calle 20 de Noviembre desde hace años",
        "la esquina de calle Morelos y 20 de Noviembre está sola",
        "citado en 20 de Noviembre número 48, segundo piso",
        "una casa de la colonia 20 de noviembre en renta",
    ],
)
def test_a_street_called_after_a_day_is_no_date(text: str) -> None:
    found = {fact.text.lower(): fact.kind for fact in find_facts(text, "es", None)}
    assert found["20 de noviembre"] is FactKind.PLACE


def test_a_day_with_its_year_beside_a_street_stays_a_date() -> None:
    dates = [fact.value for fact in find_facts("clausuró la calle el 20 de noviembre de 2023", "es", None) if fact.kind is FactKind.DATE]
    assert dates == ["2023-11-20"]


def test_a_call_sign_keeps_its_number() -> None:
    assert (FactKind.ALIAS, "Halcón 12") in names_of("Aquí Halcón 12 patrullando, sin novedad")
    assert not any("7" in name for _, name in names_of("decomisaron al Tigre 7 armas"))


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("conducido por Grúas y Remolques Tovar hasta ayer", "Grúas y Remolques Tovar"),
        ("la factura de Pinturas y Solventes del Mayo fue falsa", "Pinturas y Solventes del Mayo"),
        ("socio de Hortalizas San Benito, S.P.R. de R.L., en 2020", "Hortalizas San Benito, S.P.R. de R.L."),
    ],
)
def test_two_trades_are_one_firm(text: str, firm: str) -> None:
    assert (FactKind.ORGANISATION, firm) in names_of(text)


def test_a_firm_keeps_the_dot_of_its_legal_form() -> None:
    found = names_of("Hargrove Solvent Supply Co. paid Tri-Mesa Imports, Inc. in cash", "en")
    assert [name for _, name in found] == ["Hargrove Solvent Supply Co.", "Tri-Mesa Imports, Inc."]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("el perito Mario Fdo. Villegas firmó", "Mario Fdo. Villegas"),
        ("lo entregó a Juan de Dios Armenta en persona", "Juan de Dios Armenta"),
        ("lo detuvieron en Guadalupe y Calvo por la noche", "Guadalupe y Calvo"),
        ("la panga \"Don Lalo IV\" zarpó de noche", "Don Lalo IV"),
    ],
)  # fmt: skip
def test_a_name_stays_whole(text: str, name: str) -> None:
    assert name in [found for _, found in names_of(text)]


def test_authorities_beside_each_other_are_two() -> None:
    assert [name for _, name in names_of("acudieron Juzgado Tercero de Distrito y UIF al lugar")] == ["Juzgado Tercero de Distrito", "UIF"]
    assert [name for _, name in names_of("agentes de la FGJE de Sonoyta llegaron")] == ["FGJE", "Sonoyta"]


def test_an_english_office_keeps_its_first_word() -> None:
    found = names_of("He called the Attorney General's Office, then SA Brenda Holt met the Mexican Navy", "en")
    assert [name for _, name in found] == ["Attorney General's Office", "Brenda Holt", "Mexican Navy"]


def test_a_surname_of_the_north_is_known_with_or_without_its_accent() -> None:
    for surname in ("Lizárraga", "Lizarraga", "Zazueta", "Bojórquez"):
        assert (FactKind.PERSON, f"Cruz {surname}") in names_of(f"según Cruz {surname} ya no está")


def test_a_code_before_a_firm_is_no_part_of_its_name() -> None:
    assert (FactKind.ORGANISATION, "Molinera Los Sabinos, S.A. de C.V.") in names_of(
        "el contenedor OOLU1234567 de Molinera Los Sabinos, S.A. de C.V. llegó"
    )


def test_an_ordinal_behind_a_file_is_a_date() -> None:
    assert not names_of("Image DJI_0412.JPG of 7th of March: new clearing", "en")


def test_a_surname_with_an_article_is_no_hamlet() -> None:
    assert [name for _, name in names_of("firmó Norma Lucero de la Peña, testigo")] == ["Norma Lucero de la Peña"]
