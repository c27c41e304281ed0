"""After translation: a name or a number of the source that is not in the target is missed, whoever failed to hide it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.language.accounted import unaccounted
from cathartes.language.translate import Piece, translate
from cathartes.model import Engine, Fact, State
from cathartes.plugins import Rendering


@pytest.mark.parametrize(
    ("source", "target", "language", "missing"),
    [
        ("Vieron a Paloma en Baila.", "They saw Dove in Dances.", "es", ["Paloma", "Baila"]),
        ("Baila, tierra de nadie, ardió.", "It dances, land of nobody, burned.", "es", ["Baila"]),
        ("Sombra ordenó quemar todo.", "Shadow ordered to burn everything.", "es", ["Sombra"]),
        ("Vecinos reportan humo.", "Neighbours report smoke.", "es", []),
        ("La FGR vio a la FGR.", "The FGR saw the office.", "es", ["FGR", "FGR"]),
        ("Hallaron tres casas y dieciséis perros.", "They found three houses and six dogs.", "es", ["dieciséis"]),
        ("Hallaron treinta y dos casas.", "They found thirty-two houses.", "es", []),
        ("Fue tres veces.", "He went thrice.", "es", []),
        ("Hubo mil quinientos heridos.", "There was one thousand quinientos injured.", "es", ["mil quinientos"]),
        ("Two dozen people left.", "Dos personas de docena dejaron.", "en", ["Two dozen"]),
        ("He has twenty-eight engines.", "Tiene twenty-ocho motores.", "en", ["twenty-eight"]),
        ("Once a day it rains.", "Llueve una vez al día.", "en", []),
        ("El 40 por ciento son dos mil.", "The 40 percent are two thousand.", "es", ["dos mil"]),
        ("Since March it rained on Fridays and on Monday.", "Desde Marcha llovió los viernes y el martes.", "en", ["March", "Monday"]),
        ("On Monday the French minister met Rose Leslie.", "El lunes el ministro francés encontró a Rosa Leslie.", "en", ["Rose"]),
        ("It was on June 24: he left.", "Era el junio 24: dejó.", "en", ["June"]),
        ("La tasa es ~5 o < 3, no -4.", "The rate is 5 or 3, not 4.", "es", ["~", "<", "-"]),
        ("Entre 5 y 10 perros.", "Between 10 and 5 dogs.", "es", ["5", "10"]),
        ("Vieron el punto A.", "They saw the point to.", "es", ["A"]),
        ("DETIENEN AL JEFE EN BAILA", "They ARREST THE CHIEF IN DANCES", "es", ["JEFE", "BAILA"]),
    ],
)
def test_what_the_target_lacks_is_named(source: str, target: str, language: str, missing: list[str]) -> None:
    assert [fact.text for fact in unaccounted(source, target, language, frozenset())] == missing


def test_a_name_of_the_document_is_one_at_the_start_of_a_sentence_too() -> None:
    seen = frozenset({"Kit"})
    assert [fact.text for fact in unaccounted("Kit stayed at home.", "La caja se quedó en casa.", "en", seen)] == ["Kit"]


@given(st.text(max_size=150), st.sampled_from(["es", "en"]))
def test_a_text_accounts_for_itself(text: str, language: str) -> None:
    assert unaccounted(text, text, language, frozenset()) == []


class Dictionary:
    """An engine that changes single words, and knows none that is hidden."""

    engine = Engine("dictionary", "1")

    def __init__(self, **words: str) -> None:
        self.words = words
        self.seen: list[str] = []

    def translate(self, texts: Sequence[str]) -> list[Rendering]:
        self.seen += texts
        return [Rendering(" ".join(self.words.get(word, word) for word in text.split(" "))) for text in texts]

    def close(self) -> None:
        """Nothing to let go."""


def nothing(_text: str) -> Sequence[Fact]:
    return ()


def test_a_number_that_is_lost_is_hidden_and_the_segment_tried_again() -> None:
    engine = Dictionary(dieciséis="six", perros="dogs")
    (segment,) = translate([Piece("vimos dieciséis perros", 0, None)], "en", engine, nothing)
    assert engine.seen == ["vimos dieciséis perros", "vimos Xq0z perros"]
    assert (segment.state, segment.target) == (State.MACHINE, "vimos dieciséis dogs")


def test_a_segment_that_lacks_a_number_again_is_stopped_with_its_name() -> None:
    engine = Dictionary(dieciséis="six", Xq0z="six")
    (segment,) = translate([Piece("vimos dieciséis perros", 0, None)], "en", engine, nothing)
    assert (segment.state, segment.target) == (State.STOPPED, "vimos dieciséis perros")


def test_without_any_recogniser_no_engine_sees_a_name() -> None:
    engine = Dictionary(Paloma="Dove", Baila="Dances", vio="saw")
    (segment,) = translate([Piece("Don Beto vio a Paloma en Baila", 0, None)], "en", engine, nothing)
    assert segment.target == "Don Beto saw a Paloma en Baila"
