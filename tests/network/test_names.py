"""Names as they are compared: repaired, folded, cut, each word with its part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.network.names import LONGEST, Part, parsed


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("José GARCÍA Ñúñez", "jose garcia nunez"),
        ("JosÃ© GarcÃ\xada LÃ³pez", "jose garcia lopez"),
        ("PEÃ\x83Â\x91A", "pena"),
        ("Gusm4n L0ERA", "gusman loera"),
        ("PE¤A Solís", "pena solis"),
        ("García-López", "garcia lopez"),
        ("Lic. Ana Ruiz", "ana ruiz"),
        ("O'Brien", "obrien"),
        ("Владимир Путин", "vladimir putin"),
        ("习近平", "xi jin ping"),
        ("Pe\ufffda", "pe?a"),
        ("Núñez, Ana", "ana nunez"),
    ],
)
def test_a_name_is_repaired_and_folded(written: str, words: str) -> None:
    assert " ".join(parsed(written).words) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Transportes del Norte, S.A. de C.V.", "transportes del norte sadecv"),
        ("TRANSPORTES DEL NORTE SA DE CV", "transportes del norte sadecv"),
        ("Sociedad Anónima de Capital Variable Acme", "sadecv acme"),
        ("Acme & Co. Limited", "acme and coltd"),
    ],
)
def test_a_legal_form_has_one_spelling(written: str, words: str) -> None:
    assert " ".join(parsed(written, "organisation").words) == words


def test_capitals_show_the_surnames() -> None:
    assert parsed("María del Carmen LÓPEZ").parts == (Part.GIVEN, Part.PARTICLE, Part.GIVEN, Part.SURNAME)


def test_without_capitals_the_last_two_of_three_words_are_surnames() -> None:
    assert parsed("ana lópez ruiz").parts == (Part.GIVEN, Part.SURNAME, Part.SURNAME)
    assert parsed("ANA LOPEZ").parts == (Part.GIVEN, Part.SURNAME)


@pytest.mark.parametrize("nothing", ["", "   ", ".,;", "''"])
def test_a_name_without_a_letter_or_digit_has_no_words(nothing: str) -> None:
    assert parsed(nothing).words == ()


@given(st.text(max_size=200), st.sampled_from(["person", "organisation"]))
def test_any_text_gives_plain_words_with_a_part_each(text: str, kind: str) -> None:
    name = parsed(text, kind)
    assert len(name.words) == len(name.parts) <= LONGEST
    assert all(word and (word.isascii() and word == word.lower()) for word in name.words)
