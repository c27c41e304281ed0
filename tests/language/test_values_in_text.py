"""Values of what stands in running text: read as a reader would, or not at all."""

from datetime import date

import pytest

from cathartes.language.facts import find_facts
from cathartes.model import Fact, FactKind, Quantity

WRITTEN = date(2024, 5, 15)


def facts(text: str, language: str = "es") -> dict[str, Fact]:
    return {fact.text: fact for fact in find_facts(text, language, WRITTEN)}


def value(text: str, written: str, language: str = "es") -> Quantity | str | None:
    return facts(text, language)[written].value


@pytest.mark.parametrize(
    "text",
    [
        "Entre 2.50 y 3.75 metros", "1,250 y 3,500 kilos de acetona", "a 17.10, 17.25 y 17.35", "costó 25.50 y 107.35 dólares",
        "pagó 5,000; 5,000 USD más", "Mide 1.70, 1.85", "24.50, -3.25 de descuento", "entre 12.3456 y 65.4321", "pi 3.1416, 2.7183",
    ],
)  # fmt: skip
def test_two_decimals_are_no_place(text: str) -> None:
    assert not [fact for fact in facts(text).values() if fact.kind is FactKind.COORDINATE]


def test_a_longitude_without_side_is_left_open_where_it_may_be_west() -> None:
    assert facts("en 24.8091, 107.3940 hay")["24.8091, 107.3940"].place is None
    assert facts("en 24.8091 N, 107.3940 E hay")["24.8091 N, 107.3940 E"].place is not None
    assert facts("en 24.8091, -107.3940 hay")["24.8091, -107.3940"].place is not None
    assert facts("en 24.81, -107.39 hay")["24.81, -107.39"].place is not None


def test_an_hour_behind_a_day_of_the_week_is_no_day_of_the_month_and_an_account_no_telephone() -> None:
    assert [fact.text for fact in facts("jueves 21:15 hrs: vino").values()] == ["jueves", "21:15 hrs"]
    assert not [fact for fact in facts("en la cuenta 7189-8667-66 hay").values() if fact.kind is FactKind.PHONE]


@pytest.mark.parametrize(
    ("text", "written", "amount", "unit"),
    [
        ("van a 120 km por hora", "120 km por hora", 120, "km/h"), ("pesó 3 000,50 L", "3 000,50 L", 3000.5, "L"),
        ("menos 5 grados centígrados", "5 grados centígrados", -5, "degC"),
        ("más o menos 5 grados centígrados", "5 grados centígrados", 5, "degC"),
        ("vale $45 K hoy", "$45 K", 45_000, "MXN"), ("hay 3 cuartos y un baño", "3", 3, "1"),
        ("llegaron 12 a la junta", "12", 12, "1"), ("son 1.000 dosis", "1.000 dosis", 1000, "dose"),
    ],
)  # fmt: skip
def test_an_amount_is_read_with_all_that_belongs_to_it(text: str, written: str, amount: float, unit: str) -> None:
    assert value(text, written) == Quantity(amount, unit)


@pytest.mark.parametrize(
    ("text", "written", "language"),
    [
        ("costó 12.500 pesos", "12.500 pesos", "es"), ("de $5 a $10 mil", "$5", "es"), ("de 100 a 150 mil pesos", "100", "es"),
        ("between $1 and $2 million", "$1", "en"), ("about $5-10K each", "$5", "en"), ("owes $5 grand", "$5", "en"),
        ("at that point five grams", "five grams", "en"), ("BP 122/74 mmHg", "122/74 mmHg", "en"), ("it lasted 2:30 in all", "2:30", "en"),
        ("el lunes antepasado", "el lunes antepasado", "es"), ("the Monday before last", "Monday before last", "en"),
        ("los viernes reparte", "los viernes", "es"), ("pay by Friday", "by Friday", "en"),
    ],
)  # fmt: skip
def test_what_the_text_leaves_open_has_no_value(text: str, written: str, language: str) -> None:
    assert value(text, written, language) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("llama a la 0345 ya", "0345"), ("corre los 20K", "20K"), ("red 5G lista", "5G"), ("una .45 cargada", ".45"),
        ("son 1,00,000", "1,00,000"),
        ("folios 1234,1235 ya", "1234,1235"), ("cuenta 0123456789 ya", "0123456789"),
    ],
)  # fmt: skip
def test_digits_that_count_nothing_are_only_kept(text: str, written: str) -> None:
    assert facts(text)[written].kind is FactKind.IDENTIFIER


@pytest.mark.parametrize(
    ("text", "written", "hour", "language"),
    [
        ("a las tres menos diez", "tres menos diez", "02:50", "es"),
        ("diez pa las once de la noche", "diez pa las once de la noche", "22:50", "es"),
        ("10 para las 8 de la mañana", "10 para las 8 de la mañana", "07:50", "es"), ("de las 8 a las 10 pm", "8", "20:00", "es"),
        ("entre las 3 y las 4 de la tarde", "3", "15:00", "es"), ("de las 9 a las 5 de la tarde", "9", "09:00", "es"),
        ("anoche como a las 9", "9", "21:00", "es"), ("from 10:30 to 11:30 p.m.", "10:30", "22:30", "en"),
        ("left at 1530, alone", "1530", "15:30", "en"),
        ("0347 Lince 4 reporta", "0347", "03:47", "es"), ("a las 21:15: incendio", "21:15", "21:15", "es"),
    ],
)  # fmt: skip
def test_an_hour_has_the_part_of_the_day_that_the_text_tells(text: str, written: str, hour: str, language: str) -> None:
    assert value(text, written, language) == hour


@pytest.mark.parametrize("text", ["salió por la 15 rumbo", "at 1234 Elm Street", "at 2000 feet"])
def test_a_road_or_a_house_is_no_hour(text: str) -> None:
    assert not [fact for fact in facts(text, "en").values() if fact.kind is FactKind.TIME]


@pytest.mark.parametrize(
    ("text", "written", "day"),
    [
        ("nació el 10-04-85", "10-04-85", "1985-04-10"), ("el 15 de sept. de 85", "15 de sept. de 85", "1985-09-15"),
        ("vence el 10-04-31", "10-04-31", "2031-04-10"), ("lunes 13, martes 21 y jueves 16", "martes 21", "2024-05-21"),
    ],
)  # fmt: skip
def test_a_day_is_of_the_year_that_is_meant(text: str, written: str, day: str) -> None:
    assert value(text, written) == day


def test_what_is_no_date_is_none() -> None:
    for text in ("3 Toyota 2015", "18 USC 1956", "de hoy en ocho", "two weeks from today", "hace dos semanas y media"):
        assert not [fact for fact in facts(text).values() if fact.kind is FactKind.DATE]


def test_a_highway_is_no_money_and_a_verb_no_plate() -> None:
    assert not [fact for fact in facts("por la US 90; placas son 123").values() if fact.kind in (FactKind.MONEY, FactKind.PLATE)]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("18.III.2024,02:11,Cumpas,DM 51 798,50 kilos,US$7,500", ["18.III.2024", "02:11", "50 kilos", "US$7,500"]),
        (
            "24/09/23,17:46,Yécora,J-358883,1 mil 200 litros,66,000 pesos",
            ["24/09/23", "17:46", "J-358883", "1 mil 200 litros", "66,000 pesos"],
        ),
        ("G-24-4161 - 17-JUN-24 - FAA - 39 pages", ["G-24-4161", "17-JUN-24", "FAA", "39"]),
        ("S-24-012,52 µg/L,16.63879, -96.98879,06:41", ["S-24-012", "52 µg/L", "16.63879, -96.98879", "06:41"]),
        ("24-CR-123|SANTOS|+1 956 555 0113|68,000 pesos", ["24-CR-123", "+1 956 555 0113", "68,000 pesos"]),
    ],
)
def test_the_cells_of_a_row_stay_apart(row: str, cells: list[str]) -> None:
    assert set(cells) <= set(facts(row))


def test_a_number_grouped_by_narrow_spaces_has_its_decimals() -> None:
    assert value("pagó 12\u00a0500,75 pesos", "12\u00a0500,75 pesos") == Quantity(12_500.75, "MXN")


@pytest.mark.parametrize(
    ("text", "names", "language"),
    [
        ("acudió el H. Cuerpo de Bomberos de Cajeme", ["H. Cuerpo de Bomberos de Cajeme"], "es"),
        ("la empresa Fletes Barraza e Hijos y otra", ["Fletes Barraza e Hijos"], "es"),
        ("fue al Hospital General de Zona 36 por Abril Nohemí Ochoa", ["Hospital General de Zona 36", "Abril Nohemí Ochoa"], "es"),
        ("la parcela de Salinas y León S.C. se vende", ["Salinas y León S.C."], "es"),
        ("interno ELVIA RUELAS del Registro Agrario Nacional, ayer", ["ELVIA RUELAS", "Registro Agrario Nacional"], "es"),
        ("linked to Reynolds Ltd of Bisbee, said he", ["Reynolds Ltd", "Bisbee"], "en"),
        ("said Wade Kessler of the Border Patrol", ["Wade Kessler", "Border Patrol"], "en"),
        ("Received from Derrick Holloway the sum of $65", ["Derrick Holloway"], "en"),
        ("El Topo, known as Ramon de la O, fled", ["El Topo", "Ramon de la O"], "en"),
        ("Dear Luis Inzunza: Pt Ana Ruiz is well", ["Luis Inzunza", "Ana Ruiz"], "en"),
        ("0915 Vinson 3-4 to OMAHA 96, copy", ["Vinson 3-4", "OMAHA 96"], "en"),
    ],
)
def test_a_name_is_found_with_its_edges(text: str, names: list[str], language: str) -> None:
    found = [
        fact.text for fact in find_facts(text, language, None) if fact.kind.value in ("person", "alias", "place", "organisation", "name")
    ]
    assert found == names


@pytest.mark.parametrize(
    "code", ["A.P. 123/2020-II", "C.I. 134/2022", "2024-DEA-61033", "CMAU 072 836 7", "A#054-907-432", "A 012 345 678"]
)
def test_a_code_of_several_parts_is_one(code: str) -> None:
    assert facts(f"según {code} de ayer")[code].kind is FactKind.IDENTIFIER


@pytest.mark.parametrize(
    ("text", "written", "told", "language"),
    [
        ("call (520) 555-0110 or", "(520) 555-0110", "+15205550110", "en"),
        ("llame al (667) 214-8890", "(667) 214-8890", "+526672148890", "es"),
        ("contact him at 1-928-782-3688.", "1-928-782-3688", "+19287823688", "en"),
        ("as of 03:30 July 20, 2023, none", "July 20, 2023", "2023-07-20", "en"),
        ("corte de 07:45 h a 09:00 h", "07:45 h", "07:45", "es"),
        ("dictamen con folio 346340 y 3 cajas", "346340", "346340", "es"),
        ("plates 6TGZ112 and ZSZ 6635, left", "ZSZ 6635", "ZSZ6635", "en"),
        ("plate AZ BZC5825 was", "AZ BZC5825", "AZBZC5825", "en"),
        ("put it at three and a half kilos", "three and a half kilos", Quantity(3.5, "kg"), "en"),
        ("el horario es de 9 a 14 horas", "14 horas", None, "es"),
        ("la causa JOC 20/2023-B se radicó", "JOC 20/2023-B", "JOC 20/2023-B", "es"),
    ],
)
def test_numbers_beside_one_another_keep_their_own_meaning(text: str, written: str, told: Quantity | str | None, language: str) -> None:
    assert value(text, written, language) == told


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("se detuvo a OSUNA PEÑA, Ma. Guadalupe en Topia", "OSUNA PEÑA, Ma. Guadalupe"),
        ("orden contra DOMINGO CHACÓN y otro", "CHACÓN"),
        ("La C. Yadira Cota Inzunza manifestó", "Yadira Cota Inzunza"),
        ("TOTAL: 3 | DESTINO Guamúchil Viejo | 5 kg", "Guamúchil Viejo"),
    ],
)
def test_a_name_in_a_list_or_form_is_told_from_what_stands_around_it(text: str, name: str) -> None:
    found = facts(text)
    assert name in found
    assert FactKind.DATE not in {fact.kind for fact in found.values()}
