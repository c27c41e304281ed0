"""Text that OCR damaged, or that was written without capitals: its facts stay as they stand on the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.language.facts import find_facts
from cathartes.language.guard import mask, restore
from cathartes.language.misread import touches_damage
from cathartes.language.segments import stretches
from cathartes.language.small_letters import is_small, with_capitals
from cathartes.language.translate import Piece, translate
from cathartes.model import Engine, State
from cathartes.plugins import Rendering


def texts(source: str, language: str = "es") -> list[str]:
    return [fact.text for fact in find_facts(source, language, None)]


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("Salió de El 5alto ayer.", "El 5alto"),
        ("E1 Tejón y La Catrina se fueron.", "E1 Tejón"),
        ("Viven cerca de 0jo de Agua.", "0jo de Agua"),
        ("Lo vio El Señor cle la Sierra.", "El Señor cle la Sierra"),
        ("Pagaron 44l rnil pesos.", "44l rnil pesos"),
        ("Había 7lS gramos.", "7lS gramos"),
        ("El 22 de rnayo dc 2020 pasó.", "22 de rnayo dc 2020"),
        ("Placas JCP-40l-A del estado.", "JCP-40l-A"),
        ("Placas PML- 783—A del estado.", "PML- 783—A"),
        ("En 26.6768, —105.6432.", "26.6768"),
        ("Se oyó a Quin-\ntero hablar.", "Quin-\ntero"),
    ],
)
def test_a_misread_fact_is_one_fact_to_the_letter(source: str, fact: str) -> None:
    assert fact in texts(source)


def test_a_misread_amount_has_no_value() -> None:
    (fact,) = find_facts("Había 7lS gramos.", "es", None)
    assert fact.value is None


@pytest.mark.parametrize("source", ["Hallaron 20 kg.", "Pagaron 12 mil pesos.", "El 22 de mayo de 2020 pasó.", "Hay 20 m2."])
def test_what_is_written_as_it_should_be_keeps_its_value(source: str) -> None:
    (fact,) = find_facts(source, "es", None)
    assert fact.value is not None


def test_a_word_broken_at_a_line_end_is_one_segment_and_given_whole_to_the_engine() -> None:
    source = "Hallaron un labo-\nratorio.\nNada más."
    assert [source[start:end] for start, end in stretches(source)] == ["Hallaron un labo-\nratorio.", "Nada más."]
    assert mask(source, (), trust_numbers=False).text.startswith("Hallaron un laboratorio.")


def test_facts_that_only_a_mark_parts_are_given_as_one() -> None:
    source = "Vieron Cosalá—Elota."
    masked = mask(source, find_facts(source, "es", None), trust_numbers=False)
    assert masked.text == "Vieron Xq0z."
    restored = restore(masked, "They saw Xq0z.", {})
    assert restored is not None
    assert restored[0] == "They saw Cosalá—Elota."


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ("detuvieron a itzel verdugo y gildardo lizárraga.", ["itzel verdugo", "gildardo lizárraga"]),
        ("según dicen, el ratón vive en agua caliente.", ["el ratón", "agua caliente"]),
        ("lo reportó la cruz roja a la policía.", ["cruz roja"]),
        ("es alias el mudo, de los mochis.", ["el mudo", "los mochis"]),
        ("Ayer vieron a ramiro quintero en badiraguato.", ["ramiro quintero", "badiraguato"]),
    ],
)
def test_names_in_small_letters_are_found_as_they_are_written(source: str, facts: list[str]) -> None:
    assert [text for text in texts(source) if text in facts] == facts


def test_common_words_stay_small_where_others_have_capitals() -> None:
    source = "Vieron la victoria de los campos, el salto y las flores de la casa."
    assert with_capitals(source, "es") == source


@given(st.text(max_size=80) | st.text("abel ñ,.-'", max_size=60))
def test_raised_letters_are_the_same_letters(text: str) -> None:
    raised = with_capitals(text, "es")
    assert len(raised) == len(text)
    assert raised.lower() == text.lower()


class Echo:
    """An engine that changes nothing."""

    engine = Engine("echo", "1")

    def translate(self, texts: list[str]) -> list[Rendering]:
        return [Rendering(text) for text in texts]

    def close(self) -> None:
        """Nothing to let go."""


def test_a_translation_of_small_letters_bears_a_warning() -> None:
    source = "salió de la tuna ayer."
    assert is_small(source)
    (segment,) = translate([Piece(source, 0, None)], "en", Echo(), lambda text: find_facts(text, "es", None))  # type: ignore[arg-type]  # a list is a sequence
    assert segment.state is State.MACHINE
    assert segment.why is not None
    assert segment.why.key == "language.small-letters"


@pytest.mark.parametrize(
    "source", ["Vive en El F uerte.", "Salió de Paso dEl Águila.", "Detuvieron a MMarisol Cota.", "El 2 d e mayo de 2024."]
)
def test_a_segment_is_stopped_where_letters_beside_a_fact_are_damaged(source: str) -> None:
    (segment,) = translate([Piece(source, 0, None)], "en", Echo(), lambda text: find_facts(text, "es", None))  # type: ignore[arg-type]  # a list is a sequence
    assert segment.state is State.STOPPED
    assert segment.why is not None
    assert segment.why.key == "language.damaged"


@pytest.mark.parametrize("source", ["Usa YouTube y WhatsApp.", "Es una ONG de Sonora.", "Vio a Juan a las tres.", "El plan B de Luis."])
def test_sound_text_is_not_taken_for_damaged(source: str) -> None:
    assert not touches_damage(source, find_facts(source, "es", None), "es")


@pytest.mark.parametrize(
    ("source", "fact"),
    [
        ("Detuvieron a Ovidi o Cota.", "Ovidi o"),
        ("Pesó 887 g ramos.", "887 g ramos"),
        ("Pagaron 150 mil esos.", "150 mil esos"),
        ("Fue el 16 de marzo de 202 3.", "16 de marzo de 202 3"),
        ("Fue el 6 de ma rzo de 2022.", "6 de ma rzo de 2022"),
        ("Vio a la guardia Nacional.", "guardia Nacional"),
        ("Ayer La noria ardía.", "La noria"),
        ("Vive en El  Salto.", "El  Salto"),
        ("Vino alias el gusano.", "el gusano"),
        ("Huyó a la ciruela, Durango.", "la ciruela"),
        ("Llegó a el tule.", "el tule"),
    ],
)
def test_a_torn_or_half_raised_fact_is_one_to_the_letter(source: str, fact: str) -> None:
    assert fact in texts(source)


def test_a_line_that_goes_on_in_the_next_is_one_segment_with_it() -> None:
    text = "Detuvieron a Ramiro en La\nTuna con 40\nkilos.\nAyer vino\nde Sonora.\nPan\nLeche"
    assert [text[start:end] for start, end in stretches(text)] == [
        "Detuvieron a Ramiro en La\nTuna con 40\nkilos.", "Ayer vino\nde Sonora.", "Pan", "Leche",
    ]  # fmt: skip


def test_a_line_of_spaces_parts_what_stands_before_and_after_it() -> None:
    text = "Hallaron un laboratorio\n   \nde la sierra"
    assert [text[start:end] for start, end in stretches(text)] == ["Hallaron un laboratorio", "de la sierra"]


@given(st.text(st.sampled_from("a de,.\r\n 1-¿")))
def test_segments_of_any_text_follow_one_another_and_leave_no_letter_out(text: str) -> None:
    bounds = [at for stretch in stretches(text) for at in stretch]
    assert bounds == sorted(bounds)
    left = "".join(text[start:end] for start, end in zip([0, *bounds[1::2]], [*bounds[::2], len(text)], strict=True))
    assert not any(character.isalnum() for character in left)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Vieron a Ramiro Verdu go cerca del rancho.", "es"),
        ("File R-15 asks for the address of I tzel Verdugo.", "en"),
        ("Abelardo Verdug o paid for the house.", "en"),
        ("He was arrested with9.7 tons of meth.", "en"),
    ],
)
def test_a_name_in_two_pieces_and_a_word_joined_to_a_number_stop_a_segment(text: str, language: str) -> None:
    assert touches_damage(text, find_facts(text, language, None), language)


@pytest.mark.parametrize(
    "text",
    [
        "El oficio R-15 pidE revisar la casa.",
        "Los sicarios de El Ratón levaNtaron a Itzel Cota.",
        "Pide revvisar la casa de Itzel Cota.",
        "Desde eL 04/06/2023 hay humo.",
    ],
)
def test_a_word_that_is_plain_once_mended_says_nothing_of_the_fact_beside_it(text: str) -> None:
    assert not touches_damage(text, find_facts(text, "es", None), "es")


@pytest.mark.parametrize("text", ["Salió de Paso dEl Águila.", "En el ranchoPaso del Águila había humo."])
def test_what_may_join_a_name_and_what_is_run_together_with_one_stops_a_segment(text: str) -> None:
    assert touches_damage(text, find_facts(text, "es", None), "es")


@pytest.mark.parametrize("text", ["Vieron a Eleazar cerca del rancho.", "El rifle R15, placa VSL-82-41-A.", "María va con Luz a Cosalá."])
def test_sound_text_touches_no_damage(text: str) -> None:
    assert not touches_damage(text, find_facts(text, "es", None), "es")


@pytest.mark.parametrize(
    "text", ["Hay un bache de 70 mm en Arcelia.", "Escriban a quejas9@municipio.example, dijo Ramiro.", "Son 3 mdd para Ramiro."]
)
def test_units_and_addresses_are_no_damage(text: str) -> None:
    assert not touches_damage(text, find_facts(text, "es", None), "es")
