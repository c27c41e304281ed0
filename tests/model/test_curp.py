"""A CURP's check digit, by the worked rule."""

import pytest

from cathartes.model.curp import ALPHABET, curp_holds


def test_the_sum_by_hand() -> None:
    # 17 zeros sum to nothing: the digit is 0. A one in the last place before it weighs 2: the digit is 8.
    assert curp_holds("0" * 18)
    assert curp_holds("0" * 16 + "18")
    assert not curp_holds("0" * 16 + "17")


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_letter_is_noticed_unless_its_weight_hides_it(place: int) -> None:
    right, wrong = "0" * 18, "0" * place + "1" + "0" * (17 - place)
    assert curp_holds(right)
    assert curp_holds(wrong) == ((18 - place) % 10 == 0)
    assert ALPHABET.index("Ñ") == 24
