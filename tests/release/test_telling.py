"""What a release says: fixed words for probabilities, honest digits, the strictest label, Spanish first for partners."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.messages import LANGUAGES, number, percent, say
from cathartes.model import DESK, Marking, Markings, Quantity, Tlp
from cathartes.release.redact import redact
from cathartes.release.telling import (
    area,
    estimate,
    found,
    gas_named,
    headline,
    interval,
    languages,
    overall_marking,
    probability_word,
    rates_and_weights,
    region_size,
)
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead, sample_lead


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.03, "almost no chance"), (0.05, "very unlikely"), (0.2, "unlikely"), (0.5, "roughly even chance"), (0.55, "likely"),
     (0.8, "very likely"), (0.95, "almost certain"), (1.0, "almost certain")],
)  # fmt: skip
def test_a_probability_has_the_word_of_its_range(probability: float, word: str) -> None:
    assert say(probability_word(probability), "en").startswith(f"{word} (")


@given(st.floats(0, 1))
def test_no_probability_is_told_as_certain(probability: float) -> None:
    assert percent(probability) not in ("0", "100")


@pytest.mark.parametrize(
    ("value", "written"), [(0.26349, "0.263"), (1234.5, "1,230"), (0.0, "0"), (-58.04, "-58.0"), (9.999, "10.0"), (1e-4, "0.000100")]
)
def test_numbers_have_three_digits(value: float, written: str) -> None:
    assert number(value) == written


@pytest.mark.parametrize(("square_metres", "written"), [(518.0, "518 m²"), (14_000.0, "1.40 ha"), (25e6, "25.0 km²")])
def test_areas_are_in_a_unit_one_can_picture(square_metres: float, written: str) -> None:
    assert area(square_metres) == written.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_quantity_without_interval_is_told_without_one() -> None:
    assert "interval" not in say(interval(Quantity(1.0, "kg/h")), "en")
    assert "interval 1.00 to 3.00" in say(interval(Quantity(2.0, "kg/h", 1.0, 3.0, 0.9)), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_finding_holds_the_word_the_rate_the_interval_and_the_region(language: str) -> None:
    told = found(sample_lead(), language)
    assert told == " ".join((headline(sample_lead(), language), *estimate(sample_lead(), language)))
    assert all(part in told for part in ("97", "0.266", "0.186", "0.372", "518"))


def test_a_withheld_source_leaves_no_number_in_the_finding() -> None:
    release = redact(sample_lead(markings=Markings(TO_MEXICO.whole, {"sources": Marking()})), "MEX", "B. Releaser", NOON)
    assert not any(character.isdigit() for character in found(release.lead, "en"))


def test_the_strictest_label_of_any_part_is_that_of_the_whole() -> None:
    lead = sample_lead()
    strict = replace(lead, detections=(replace(lead.detections[0], markings=Markings(Marking(Tlp.AMBER))), *lead.detections[1:]))
    assert (overall_marking(lead), overall_marking(strict)) == (Tlp.GREEN, Tlp.AMBER)


def test_partners_read_spanish_first() -> None:
    assert languages(redact(sample_lead(), "MEX", "B. Releaser", NOON)) == ("es", "en")
    assert languages(redact(sample_lead(), DESK, "A. Analyst", None)) == ("en", "es")


def test_a_gas_without_a_name_keeps_the_one_in_the_log() -> None:
    assert (gas_named("ch4", "es"), gas_named("xe", "es")) == ("metano", "xe")


def test_rates_come_from_the_draws_that_hold_the_source() -> None:
    rates, weights = rates_and_weights(sample_lead().sources[0])
    assert rates.size == 400
    assert np.isclose(weights.sum(), 0.97)


def test_a_neighbour_with_a_stricter_label_makes_the_whole_stricter() -> None:
    lead = busy_lead()
    strict = replace(lead, neighbours=(replace(lead.neighbours[0], markings=Markings(Marking(Tlp.AMBER))),))
    assert (overall_marking(lead), overall_marking(strict)) == (Tlp.GREEN, Tlp.AMBER)


@pytest.mark.parametrize(("language", "told"), [("en", "518 m² in 2 separate parts"), ("es", "518 m² en 2 partes separadas")])
def test_a_region_says_in_how_many_parts_it_lies(language: str, told: str) -> None:
    region = sample_lead().sources[0].region90
    assert region_size(region, language) == area(region.area_m2)
    assert region_size(replace(region, polygons=region.polygons * 2), language).replace("\N{NO-BREAK SPACE}", " ") == told
