"""Check digits and what identifiers say about one another. The numbers are the authorities' published examples or made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.model.curp import ALPHABET
from cathartes.network.identifiers import Finding, Identifiers, born_by_curp, cleaned, findings, is_curp, is_rfc

SAMPLE = "HEGG560427MVZRRL04"


def other_curp() -> str:
    """A valid CURP of nobody: the sample's with another day and its own check digit."""
    body = SAMPLE[:8] + "28" + SAMPLE[10:17]
    total = sum(ALPHABET.index(letter) * (18 - place) for place, letter in enumerate(body))
    return body + str((10 - total % 10) % 10)


def test_the_published_curp_holds_and_a_changed_digit_does_not() -> None:
    assert is_curp(SAMPLE)
    assert not is_curp(SAMPLE[:-1] + "5")
    assert not is_curp(SAMPLE[:7] + "5" + SAMPLE[8:])


@pytest.mark.parametrize(
    ("rfc", "holds"), [("GODE561231GR8", True), ("GODE561231GR9", False), ("SAT970701NN3", True), ("SAT970701NN4", False)]
)
def test_the_published_rfcs_hold(rfc: str, holds: bool) -> None:
    assert is_rfc(rfc) is holds


def test_a_curp_states_a_date_of_birth() -> None:
    assert born_by_curp(SAMPLE) == "1956-04-27"


def test_two_valid_curps_that_differ_refute() -> None:
    assert findings(Identifiers(curp=SAMPLE), Identifiers(curp=other_curp())) == (Finding.OTHER_CURP, Finding.OTHER_BIRTH)


def test_a_curp_with_a_wrong_check_digit_says_nothing() -> None:
    assert findings(Identifiers(curp=SAMPLE[:-1] + "5"), Identifiers(curp=SAMPLE)) == ()


def test_a_curp_is_the_same_however_it_is_spaced() -> None:
    assert Finding.SAME_CURP in findings(Identifiers(curp="hegg-560427 MVZRRL04"), Identifiers(curp=SAMPLE))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1956", "1956-04-27", (Finding.SAME_BIRTH,)), ("1956-04-27", "1957", (Finding.OTHER_BIRTH,)),
        ("1956-04-05", "1956-05-04", ()), ("", "1956", ()),
    ],
)  # fmt: skip
def test_dates_of_birth_are_compared_as_far_as_they_go(one: str, other: str, expected: tuple[Finding, ...]) -> None:
    assert findings(Identifiers(born=one), Identifiers(born=other)) == expected


@given(st.text(max_size=30))
def test_no_text_breaks_a_check(text: str) -> None:
    assert is_curp(cleaned(text)) in (True, False)
    assert is_rfc(cleaned(text)) in (True, False)
