"""Pictures that stand in any page: one element, no date, no version, the same bytes, and true to the numbers."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from cathartes.model import Fit, Frame, Lead
from cathartes.release import figures
from cathartes.release.tables import coverage_rows, fit_rows, quantiles
from tests.release.sample_lead import sample_lead

PICTURES: list[Callable[[Lead, str], str | None]] = [
    figures.map_of, figures.close_up, figures.rate_of, figures.fits_of,
    lambda lead, language: figures.coverage_of(lead, lead.coverage[0], language),
]  # fmt: skip


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("frame", list(Frame))
def test_a_picture_is_one_svg_element_with_the_same_bytes_each_time(draw: Callable[[Lead, str], str | None], frame: Frame) -> None:
    made = draw(sample_lead(frame), "es")
    assert made is not None
    assert Xml.fromstring(made).tag == "{http://www.w3.org/2000/svg}svg"
    assert "atplotlib" not in made
    assert "dc:date" not in made
    assert made == draw(sample_lead(frame), "es")


def test_the_words_of_a_picture_are_in_its_language() -> None:
    english, spanish = (figures.map_of(sample_lead(), language) for language in ("en", "es"))
    assert "most probable point" in english
    assert "punto más probable" in spanish


def test_names_with_signs_of_mathematics_are_drawn_as_they_are() -> None:
    odd = replace(sample_lead(), fits=(replace(sample_lead().fits[0], instrument="A$1_b$ <&>"),))
    assert "A$1_b$ &lt;&amp;&gt;" in figures.fits_of(odd, "en")


def test_no_close_up_where_the_region_fills_the_map() -> None:
    lead = sample_lead()
    wide = replace(lead, sources=(replace(lead.sources[0], region90=lead.search),))
    assert figures.close_up(wide, "en") is None


@pytest.mark.parametrize(("length", "below"), [(0.9, 0.5), (1.0, 1.0), (4.9, 2.0), (740.0, 500.0)])
def test_a_scale_bar_has_a_round_length(length: float, below: float) -> None:
    assert figures.round_below(length) == below


def test_runs_of_true_cells_by_hand() -> None:
    assert figures.runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert figures.runs(np.array([False, False])) == []


def test_every_sample_is_drawn_and_nothing_between_samples() -> None:
    fit = Fit("A", (0.0, 1.0, 50.0), (1.0, 2.0, 3.0), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (2.0, 2.0, 2.0), 0.9)
    drawn = figures.fits_of(replace(sample_lead(), fits=(fit,)), "en")
    strokes = [path for path in re.findall(r' d="([^"]*)"', drawn) if path.count("M") == 3]
    assert len(strokes) == 3
    assert all(path.count("L") == 3 for path in strokes)


def test_a_class_without_cells_is_not_in_the_legend() -> None:
    whole = replace(sample_lead().coverage[0], limit_kg_h=(0.1,) * len(sample_lead().coverage[0].limit_kg_h))
    assert "not looked at" not in figures.coverage_of(sample_lead(), whole, "en")


def test_the_strongest_instruments_are_shown_and_the_rest_named() -> None:
    lead = sample_lead()
    assert len(figures.strongest(lead.fits)) == 6
    assert len(fit_rows(lead)) == 9


def test_the_classes_of_coverage_hold_the_whole_area() -> None:
    coverage = sample_lead().coverage[0]
    rows = coverage_rows(coverage)
    assert sum(float(row.percent) for row in rows) == pytest.approx(100, abs=3)
    assert rows[-1].bound is None
    assert float(rows[-1].percent) == pytest.approx(100 * coverage.limit_kg_h.count(None) / len(coverage.limit_kg_h), abs=0.5)


def test_a_flight_that_looked_nowhere_is_drawn_as_not_looked_at() -> None:
    lead = sample_lead()
    blind = replace(lead.coverage[0], limit_kg_h=(None,) * len(lead.coverage[0].limit_kg_h))
    assert "no se observó" in figures.coverage_of(lead, blind, "es")
    assert [row.percent for row in coverage_rows(blind)] == ["100"]


def test_quantiles_by_hand() -> None:
    assert quantiles(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])) == [1.0, 1.0, 2.0, 2.0, 3.0]


@pytest.mark.parametrize("single", [0.0, 5.0])
def test_limits_all_alike_make_one_class(single: float) -> None:
    grid = np.full((2, 2), single or 0.3)
    assert len(figures.steps_of(grid)) == 1


def test_pictures_need_no_instruments_and_no_search_area() -> None:
    bare = replace(sample_lead(), instruments=(), search=None, emitters=())
    assert partial(figures.map_of, bare)("en").startswith("<svg")
