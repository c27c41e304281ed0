"""What a written word has to do with a listed one."""

import pytest

from cathartes.network.kinship import Kinship, consonants, full_names, kin, shape, sound, spelling, vocabulary
from cathartes.network.telling import likelihoods


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("velasquez", "belazques"),
        ("gimenez", "jimenez"),
        ("ximena", "jimena"),
        ("hernandez", "ernandes"),
        ("castillo", "castiyo"),
        ("quiroz", "kiros"),
    ],
)
def test_words_that_sound_the_same_in_spanish_have_one_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("mohammed", "muhamad"), ("hussein", "husayn"), ("yusuf", "youssouf"), ("sergei", "sergey")])
def test_choices_of_transliteration_fall_away(one: str, other: str) -> None:
    assert spelling(one) == spelling(other) or consonants(one) == consonants(other)


def test_what_a_poor_scan_confuses_has_one_shape() -> None:
    assert shape("martin") == shape("rnartin")
    assert shape("diana") == shape("cliana")


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("chuy", "jesus"),
        ("pepe", "jose"),
        ("nacho", "ignacio"),
        ("lupita", "guadalupe"),
        ("carlitos", "carlos"),
        ("panchito", "francisco"),
        ("beto", "roberto"),
        ("yeyo", "sergio"),
    ],
)
def test_short_forms_and_diminutives_name_their_full_names(short: str, full: str) -> None:
    assert full in full_names(short)


@pytest.mark.parametrize(
    ("word", "listed", "kinship"),
    [
        ("garcia", "garcia", Kinship.SAME), ("garsia", "garcia", Kinship.SOUND), ("chuy", "jesus", Kinship.SHORT),
        ("hdez", "hernandez", Kinship.ABBREVIATED), ("mtnz", "martinez", Kinship.ABBREVIATED), ("j", "jesus", Kinship.INITIAL),
        ("guad", "guadalupe", Kinship.ABBREVIATED),
    ],
)  # fmt: skip
def test_kin_are_found(word: str, listed: str, kinship: Kinship) -> None:
    known = vocabulary({"garcia": 3, "hernandez": 2, "jesus": 4, "martinez": 1, "guadalupe": 2})
    assert kin(word, known)[known.place[listed]][1] is kinship


def test_a_rare_surname_tells_more_than_a_common_one() -> None:
    known = vocabulary({"garcia": 300, "urrego": 1})
    telling = likelihoods(["garcia", "urrego"], known)
    assert telling.gains[1, known.place["urrego"]] > telling.gains[0, known.place["garcia"]] + 2


def test_a_word_that_is_itself_a_name_says_little_for_a_name_one_letter_away() -> None:
    known = vocabulary({"marin": 20, "martin": 200})
    telling = likelihoods(["martin", "martyn"], known)
    assert telling.gains[0, known.place["marin"]] < 0 < telling.gains[1, known.place["martin"]]


@pytest.mark.parametrize("word", ["?rr", "g??", "???", "h?dz"])
def test_a_word_with_lost_letters_is_read_as_far_as_it_goes(word: str) -> None:
    kin(word, vocabulary({"hernandez": 1, "guerra": 1}))
