"""Pictures that stand in any page: one element, no date, no version, the same bytes, and true to the numbers."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from cathartes.model import Fit, Frame, Grid, GridQuantity, Lead
from cathartes.release import figures
from cathartes.release.tables import coverage_rows, fit_rows, quantiles
from tests.release.sample_lead import busy_lead, detectability, sample_lead

PICTURES: list[Callable[[Lead, str], str | None]] = [
    figures.map_of, figures.close_up, figures.rate_of, figures.fits_of,
    lambda lead, language: figures.coverage_of(lead, lead.coverage[0], language), figures.crossings_of, figures.detectability_of,
]  # fmt: skip


@pytest.mark.parametrize("draw", PICTURES)
@pytest.mark.parametrize("frame", list(Frame))
def test_a_picture_is_one_svg_element_with_the_same_bytes_each_time(draw: Callable[[Lead, str], str | None], frame: Frame) -> None:
    lead = sample_lead(frame) if draw is figures.close_up else busy_lead(frame)
    made = draw(lead, "es")
    assert made is not None
    assert Xml.fromstring(made).tag == "{http://www.w3.org/2000/svg}svg"
    assert "atplotlib" not in made
    assert "dc:date" not in made
    assert made == draw(lead, "es")


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


def test_the_map_shows_the_neighbours_and_all_of_their_regions() -> None:
    assert "another source" in figures.map_of(busy_lead(), "en")
    assert "another source" not in figures.map_of(sample_lead(), "en")


def test_every_crossing_has_its_panel_in_order_of_time() -> None:
    drawn = figures.crossings_of(busy_lead(), "es")
    assert re.findall(r">(\d)\. Picarro<", drawn) == ["1", "2", "3", "4", "5"]


def test_only_the_strongest_crossings_are_drawn_where_there_are_too_many() -> None:
    drawn = figures.crossings_of(busy_lead(), "es", most=2)
    assert re.findall(r">(\d)\. Picarro<", drawn) == ["4", "5"]


def test_each_rate_has_its_panel_and_what_was_not_looked_at_its_name() -> None:
    drawn = figures.detectability_of(busy_lead(Frame.WGS84), "es")
    assert [rate for rate in ("0.03", "0.1", "0.5") if f"fuente de {rate} kg/h" in drawn] == ["0.03", "0.1", "0.5"]
    assert drawn.count("no se observó") == 1


def test_what_was_not_looked_at_is_in_no_class_of_being_noticed_and_every_other_cell_in_one() -> None:
    values = np.array([[np.nan, 0.0, 0.1, 0.499], [0.5, 0.9, 1.0, np.nan]])
    masks = [mask for mask, _ in figures.noticed_classes(values, "en")]
    assert (np.sum(masks, axis=0) == 1).all()
    assert [mask.sum() for mask in masks] == [2, 1, 2, 1, 2]


def test_a_detectability_picture_needs_no_source_no_search_area_and_no_track() -> None:
    scene = figures.Scene(detectability(Frame.WGS84), (), None, ())
    made = figures.detectability_png(scene, "en")
    assert made.startswith(b"\x89PNG")
    assert b"atplotlib" not in made
    assert made == figures.detectability_png(scene, "en")


def test_a_single_rate_that_saw_nothing_is_drawn_as_not_looked_at() -> None:
    blind = Grid.of(GridQuantity.NOTICED, Frame.LOCAL, (0.0, 0.0), (1.0, 1.0), np.full((3, 3), np.nan))
    lead = replace(busy_lead(), detectability=replace(detectability(Frame.LOCAL), rates_kg_h=(1.0,), grids=(blind,)))
    drawn = figures.detectability_of(lead, "en")
    assert "not looked at" in drawn
    assert "would be noticed" not in drawn
