"""Codes by their form: found whole, with a value only where a check digit holds."""

import pytest

from cathartes.language.facts import find_facts
from cathartes.model import Fact, FactKind, Quantity


def told(text: str, language: str = "es") -> list[tuple[FactKind, str, object]]:
    return [(fact.kind, fact.text, fact.value) for fact in find_facts(text, language, None)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("choque en el km 29+600.5 de la vía", "29+600.5"),
        ("el expediente 128/2024 sigue abierto", "128/2024"),
        ("el oficio 034/2021-1 no llegó", "034/2021-1"),
        ("causa 2:24-mj-05182-FYE en la corte", "2:24-mj-05182-FYE"),
        ("la fracción 2814.93.01 de la tarifa", "2814.93.01"),
        ("el pedimento 25 16 3187 5008515 es falso", "25 16 3187 5008515"),
        ("el pedimento 24-51-3823-4000411 es falso", "24-51-3823-4000411"),
        ("la lancha 2501049576-6 se hundió", "2501049576-6"),
        ("vieron la XB-QPX en la pista", "XB-QPX"),
        ("traía un rótulo de UN 1230 pintado", "UN 1230"),
        ("según la ISO 5667-8 vigente", "ISO 5667-8"),
        ("desde la dirección 187.190.23.4 a diario", "187.190.23.4"),
        ("el equipo A4:5E:60:C1:0F:2E se conectó", "A4:5E:60:C1:0F:2E"),
        ("la tarjeta **** **** **** 1234 fue usada", "**** **** **** 1234"),
        ("un fusil de 7.62x39 mm y otro", "7.62x39 mm"),
        ("un fusil .50 BMG y otro", ".50 BMG"),
        ("sangre AB- para un herido", "AB-"),
        ("había NaOH en el piso", "NaOH"),
        ("vean #Alerta398 en la red", "#Alerta398"),
        ("escriba a r.paz@fge.example por favor", "r.paz@fge.example"),
    ],
)
def test_a_code_is_one_fact(text: str, code: str) -> None:
    assert (FactKind.IDENTIFIER, code, code) in told(text)


@pytest.mark.parametrize(
    ("right", "wrong", "value"),
    [
        ("CSQU 305438-3", "CSQU 305438-4", "CSQU3054383"),
        ("74-89-5", "74-89-6", "74-89-5"),
        ("0020 1007 7777 7777 71", "0020 1007 7777 7777 72", "002010077777777771"),
    ],
)
def test_a_code_has_a_value_where_its_check_digit_holds(right: str, wrong: str, value: str) -> None:
    assert (FactKind.IDENTIFIER, right, value) in told(f"se anotó {right} en el acta")
    assert (FactKind.IDENTIFIER, wrong, None) in told(f"se anotó {wrong} en el acta")


def test_a_plate_in_small_letters_is_known_by_the_word_before_it() -> None:
    assert (FactKind.PLATE, "14abk3", "14ABK3") in told("se fue la placa 14abk3 ya")
    assert not [fact for fact in find_facts("la placa de 2 autos", "es", None) if fact.kind is FactKind.PLATE]


def test_inches_close_no_quotation() -> None:
    assert (FactKind.QUANTITY, '3/4"', Quantity(0.75, "in")) in told('un tubo de 3/4" y otro')
    assert (FactKind.QUANTITY, "32", Quantity(32.0, "1")) in told('dijo "son 32" y se fue')


def test_what_holds_several_numbers_has_no_one_value() -> None:
    for text in ("10-15 kg", "10-15 kilos", "2 m x 3 m", "±0.5 mm"):
        assert (FactKind.QUANTITY, text, None) in told(f"eran {text} de tubo")


def test_a_number_may_begin_with_its_decimal_mark() -> None:
    assert (FactKind.QUANTITY, ".5 kg", Quantity(0.5, "kg")) in told("traía .5 kg de goma")


def test_english_has_is_no_unit() -> None:
    assert (FactKind.QUANTITY, "19", Quantity(19.0, "1")) in told("Call 19 has ended", "en")
    assert (FactKind.QUANTITY, "19 has", Quantity(19.0, "ha")) in told("un predio de 19 has de riego")


def test_a_grid_reference_is_read_to_its_last_digit() -> None:
    def place(text: str) -> Fact:
        return next(fact for fact in find_facts(text, "es", None) if fact.kind is FactKind.COORDINATE)

    spaced, joined = place("en 13R CN 7457 9131 hay humo"), place("en 13RCN74579131 hay humo")
    assert spaced.text == "13R CN 7457 9131"
    assert spaced.place == joined.place is not None


def test_a_spanish_day_before_a_surname_is_a_given_name() -> None:
    assert not [fact for fact in find_facts("Agents arrested Domingo Mayo Sarabia", "en", None) if fact.kind is FactKind.DATE]


def test_a_day_and_its_time_are_two_facts_unless_they_are_written_as_one() -> None:
    assert told("[2025-02-14 02:47] ok") == [(FactKind.DATE, "2025-02-14", "2025-02-14"), (FactKind.TIME, "02:47", "02:47")]
    assert (FactKind.DATE, "2025-02-14T02:47Z", "2025-02-14T02:47Z") in told("a las 2025-02-14T02:47Z exactas")
    assert (FactKind.DATE, "2025-02-14 02:47-07:00", "2025-02-14T02:47-07:00") in told("a las 2025-02-14 02:47-07:00 exactas")


def test_an_hour_behind_a_day_is_no_year() -> None:
    found = told("22 de mayo, 0513 hrs. Salió la patrulla.")
    assert (FactKind.DATE, "22 de mayo", None) in found
    assert (FactKind.TIME, "0513 hrs", "05:13") in found
    assert (FactKind.DATE, "miércoles 17 de junio", None) in told("ETA miércoles 17 de junio 0410Z, con carga")


def test_a_count_behind_an_article_is_no_hour() -> None:
    assert not [fact for fact in find_facts("en 16 de las 4 pacas, y a las 12 personas", "es", None) if fact.kind is FactKind.TIME]
    assert (FactKind.TIME, "4", "04:00") in told("llegó a las 4 y salió")


def test_and_parts_two_numbers_in_digits() -> None:
    found = told("caught with US$4,500 and 18 rifles, $4.1 million and 2 grenades", "en")
    assert (FactKind.MONEY, "US$4,500", Quantity(4500.0, "USD")) in found
    assert (FactKind.MONEY, "$4.1 million", Quantity(4_100_000.0, "USD")) in found


def test_letters_of_a_code_are_no_currency() -> None:
    assert told("el candado ML-MX6983246 en la US95") == [
        (FactKind.IDENTIFIER, "ML-MX6983246", "ML-MX6983246"),
        (FactKind.IDENTIFIER, "US95", "US95"),
    ]


def test_the_dot_of_hours_that_ends_a_sentence_is_none_of_theirs() -> None:
    assert (FactKind.TIME, "04:30 h", "04:30") in told("salió a las 04:30 h.")


def test_many_digits_in_a_row_are_a_code() -> None:
    code = "8952020012345678901"
    assert (FactKind.IDENTIFIER, code, code) in told(f"Traía el chip {code} consigo.")
    assert (FactKind.QUANTITY, "12345678", Quantity(12_345_678.0, "1")) in told("eran 12345678 en total")


def test_a_code_with_a_letter_like_a_unit_is_no_amount() -> None:
    assert told("el empleado 31-G-4402 firmó") == [(FactKind.IDENTIFIER, "31-G-4402", "31-G-4402")]


def test_a_speed_behind_at_is_no_hour() -> None:
    assert (FactKind.QUANTITY, "14 mph", Quantity(14.0, "mph")) in told("wind at 14 mph from the north", "en")
    assert not [each for each in told("purity at 14 %, heading at 9 knots", "en") if each[0] is FactKind.TIME]


def test_a_time_bears_its_zone() -> None:
    assert (FactKind.TIME, "21:07 MST", "21:07-07:00") in told("seen at 21:07 MST near the wash", "en")
    assert (FactKind.TIME, "1420 PST", "14:20-08:00") in told("landed 1420 PST and left", "en")


def test_days_that_something_took_are_no_date() -> None:
    assert not [each for each in told("hallaron tres en 15 días, dijo", "es") if each[0] is FactKind.DATE]
    assert [each for each in told("salen en 15 días", "es") if each[0] is FactKind.DATE]


def test_a_comma_parts_the_cells_of_a_row() -> None:
    row = find_facts("P4,27.4131,-109.6217,41 ppb,16:42", "es", None)
    assert [(fact.kind, fact.text) for fact in row] == [
        (FactKind.IDENTIFIER, "P4"),
        (FactKind.COORDINATE, "27.4131,-109.6217"),
        (FactKind.QUANTITY, "41 ppb"),
        (FactKind.TIME, "16:42"),
    ]
    assert (FactKind.QUANTITY, "1,250.5 kg", Quantity(1250.5, "kg")) in told("a,b,c,1,250.5 kg")


def test_a_plate_with_a_space_is_told_by_the_vehicle_before_it() -> None:
    assert (FactKind.PLATE, "GHT 8127", "GHT8127") in told("una Tacoma gris GHT 8127 sin luces")
    assert (FactKind.PLATE, "VBX 412 C", "VBX412C") in told("anotó un Jetta rojo VBX 412 C en el parte")
    assert not [each for each in told("una camioneta RAM 2500 y un Ford, USD 4500; CAMIÓN CON 300 K") if each[0] is FactKind.PLATE]


def test_a_file_keeps_its_ending() -> None:
    assert (FactKind.IDENTIFIER, "IMG-20230114-WA0007.jpg", "IMG-20230114-WA0007.jpg") in told("mandó IMG-20230114-WA0007.jpg ayer")


def test_a_list_behind_millions_adds_nothing() -> None:
    assert (FactKind.MONEY, "$6.2 million", Quantity(6_200_000.0, "USD")) in told("they held $6.2 million, one watch and a phone", "en")
    words = "two million, three hundred thousand dollars"
    assert (FactKind.MONEY, words, Quantity(2_300_000.0, "USD")) in told(f"they held {words}", "en")


def test_an_amount_behind_a_day_is_no_damaged_year() -> None:
    found = told("llegó el 26 de octubre con 910 litros y otro el 26 de octubre de 2023")
    assert (FactKind.DATE, "26 de octubre", None) in found
    assert (FactKind.QUANTITY, "910 litros", Quantity(910.0, "L")) in found


def test_an_hour_with_its_letter_inside_is_no_damaged_year() -> None:
    assert (FactKind.DATE, "miércoles 11 de junio", None) in told("el miércoles 11 de junio 21h16 llegó la patrulla")
