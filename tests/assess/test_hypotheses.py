"""The probabilities of the explanations follow the stated rule, redone here by hand."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.assess.emitters import nearby_emitters
from cathartes.assess.hypotheses import explained, hypotheses_of, shares_of
from cathartes.assess.search_area import around, on_ground, search_region
from cathartes.model import (
    Draw,
    Draws,
    EmitterList,
    Frame,
    PointSource,
)
from tests.assess.flown import HALF_WIDTH_M, flight, made, made_two, register
from tests.release.sample_lead import sample_lead


@pytest.mark.parametrize("registers", [(), (register((900, 0, "74-82-8")),), (register((9000, 0, "7446-09-5")),)])
@pytest.mark.parametrize("frame", list(Frame))
def test_probabilities_sum_to_one(frame: Frame, registers: tuple[EmitterList, ...]) -> None:
    hypotheses = made(*registers, frame=frame).hypotheses
    assert sum(each.probability for each in hypotheses) == pytest.approx(1)
    assert all(each.supports and each.would_contradict for each in hypotheses)


def test_no_source_at_all_has_the_probability_the_inversion_leaves_it() -> None:
    assert {each.name: each.probability for each in made().hypotheses}["nothing"] == pytest.approx(0.03)


def test_nothing_is_said_about_registers_where_none_could_be_compared() -> None:
    assert [each.name for each in made().hypotheses] == ["inside", "outside", "nothing"]
    assert made(register((900, 0, "74-82-8")), frame=Frame.LOCAL).hypotheses[0].name == "inside"


def test_a_declared_emitter_at_the_place_explains_most_of_it() -> None:
    lawful = made(register((0, 0, "74-82-8"))).hypotheses[0]
    prior = np.pi * 500**2 / (2 * HALF_WIDTH_M) ** 2
    assert lawful.name == "registered"
    assert lawful.probability == pytest.approx(0.97 / (1 + prior), rel=0.02)  # all draws within 500 m: B = 1 / prior


def test_an_emitter_of_another_gas_or_far_from_every_draw_explains_nothing() -> None:
    for near in (register((0, 0, "7446-09-5")), register((-1900, 1500, "74-82-8")), register((15_000, 0, "74-82-8"))):
        assert made(near).hypotheses[0].probability == 0


def test_the_rule_by_hand() -> None:
    source = sample_lead(Frame.WGS84).sources[0]
    local = around(source.place)
    search = search_region(flight(), ())
    assert search is not None
    emitters = nearby_emitters(source, [register((900, 0, "74-82-8"))])
    area = on_ground(search.polygons[0][0], local)
    east, north = local.metres(np.array([0.0]), np.array([0.0]))
    within = [
        np.hypot(*(np.ravel(local.metres(np.array([point.x]), np.array([point.y]))) - (900, 0))) <= 500
        for draw in source.draws.draws
        for point in draw.sources
    ]
    factor = np.mean(within) / (np.pi * 500**2 / area.area)
    assert explained(source, area, emitters, local) == pytest.approx(factor / (1 + factor), rel=0.02)
    assert east.shape == north.shape


def test_draws_piled_at_the_edge_say_that_the_source_may_lie_outside() -> None:
    source = sample_lead().sources[0]
    edge = Draws(Frame.LOCAL, tuple(Draw(0.01, (PointSource(2499.0, -2400.0 + 48 * k, 1.0),)) for k in range(100)))
    search = search_region(flight(Frame.LOCAL), ())
    hypotheses = {each.name: each.probability for each in hypotheses_of(replace(source, draws=edge), search, (), compared=False)}
    assert hypotheses == pytest.approx({"inside": 0.0, "outside": 0.97, "nothing": 0.03})


def test_draws_spread_evenly_say_nothing_about_the_outside() -> None:
    spots = np.random.default_rng(5).uniform(-2500, 2500, (4000, 2))
    even = Draws(Frame.LOCAL, tuple(Draw(1 / 4000, (PointSource(float(x), float(y), 1.0),)) for x, y in spots))
    search = search_region(flight(Frame.LOCAL), ())
    shares = shares_of(replace(sample_lead().sources[0], draws=even), search, (), compared=False)
    assert shares.edge < 0.03


def test_beside_other_sources_the_rest_is_that_there_is_none_here_and_not_that_there_is_none_at_all() -> None:
    for lead in made_two(register((900, 0, "74-82-8"))):
        named = {each.name: each.probability for each in lead.hypotheses}
        assert "nothing" not in named
        assert named["not_here"] == pytest.approx(1 - lead.sources[0].probability)
        assert sum(named.values()) == pytest.approx(1)
