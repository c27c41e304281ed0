"""Explanations: Bayes by hand, no product named by a gas, what was not looked for says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.assess.explanations import (
    Signs,
    chances,
    class_of,
    confidence,
    explanations_of,
    laboratory_factor,
    names,
    posterior,
    prior,
    separating,
    table,
)
from cathartes.messages import LANGUAGES, catalogue, say

SIGNS = st.builds(
    Signs,
    second_gas=st.sampled_from([None, "no", "acid"]),
    **{sign: st.sampled_from([None, *table()[sign]]) for sign in ("persistence", "registered", "movement", "mention")},
    gas=st.sampled_from([None, *(name for name in table()["gas"] if name != "acid")]),
)


def test_every_row_of_the_table_is_a_distribution() -> None:
    assert sum(table()["prior"]) == pytest.approx(1)
    for sign in ("gas", "second_gas", "persistence", "registered", "movement", "mention"):
        rows = list(table()[sign].values())
        assert [sum(column) for column in zip(*rows, strict=True)] == pytest.approx([1.0] * len(names()), abs=0.011)


@pytest.mark.parametrize("gas", [*table()["gas"], None])
def test_which_second_gas_it_is_shares_out_that_there_is_one(gas: str | None) -> None:
    seconds = [name for name in table()["gas"] if name not in (gas, "other")]
    assert sum(chances("second_gas", each, gas) for each in seconds) == pytest.approx(table()["second_gas"]["yes"])


def test_bayes_by_hand() -> None:
    given_ = posterior(Signs(registered="yes"), prior())
    weights = [p * q**0.9 for p, q in zip(table()["prior"], table()["registered"]["yes"], strict=True)]
    assert list(given_.values()) == pytest.approx([each / sum(weights) for each in weights])


@given(SIGNS, st.floats(0, 1))
def test_probabilities_sum_to_one_and_nothing_is_what_the_inversion_left(signs: Signs, there: float) -> None:
    made = {each.name: each.probability for each in explanations_of(signs, prior(), there)}
    assert sum(made.values()) == pytest.approx(1)
    assert made["nothing"] == pytest.approx(1 - there)


def test_a_registered_plant_that_explains_the_source_is_lawful_industry() -> None:
    made = {each.name: each.probability for each in explanations_of(Signs(gas="solvent"), prior(), 0.97, 0.6)}
    assert made["industry"] > 0.6
    assert sum(made.values()) == pytest.approx(1)


def test_a_sign_nobody_looked_for_says_nothing() -> None:
    assert posterior(Signs(), prior()) == pytest.approx(prior())


@pytest.mark.parametrize("gas", table()["classes"]["solvent"])
def test_a_solvent_names_no_product(gas: str) -> None:
    assert class_of(gas) == "solvent"
    made = explanations_of(Signs(gas="solvent", mention="yes"), prior("Sinaloa"), 0.99)
    words = [say(each, language) for language in LANGUAGES for one in made for each in (*one.supports, *one.would_contradict)]
    words += [catalogue(language)[f"explanation.{one.name}"] for language in LANGUAGES for one in made]
    assert not [word for word in words if "fentan" in word.casefold() or "metanfet" in word.casefold() or "methamph" in word.casefold()]


def test_laboratories_by_state_move_the_prior_by_a_square_root() -> None:
    assert laboratory_factor("Sinaloa") == pytest.approx((399 / 772 * 32) ** 0.5)
    assert laboratory_factor("Yucatán") == laboratory_factor(None) == 1.0
    assert prior("Sinaloa")["laboratory"] > prior()["laboratory"]


def test_outcomes_are_counted_beside_the_judgement() -> None:
    assert prior(found={"dump": 10})["dump"] == pytest.approx((0.05 * 20 + 10) / 30)


def test_an_answer_that_found_nothing_does_not_tell_what_was_there() -> None:
    before, after = prior(), prior(found={"nothing": 20})
    assert after["traffic"] / after["burning"] == pytest.approx(before["traffic"] / before["burning"])
    assert after["traffic"] > before["traffic"]


def test_the_next_look_is_one_that_nobody_took_yet() -> None:
    assert separating(Signs(gas="combustion"), prior()) in ("persistence", "movement", "registered", "mention", "second_gas")
    assert separating(Signs("solvent", "acid", "never", "no", "yes", "no"), prior()) is None


def test_confidence_is_apart_from_probability() -> None:
    assert confidence(Signs(gas="solvent")).key == "confidence.low"
    assert confidence(Signs(gas="solvent", movement="yes", mention="no")).key == "confidence.high"
