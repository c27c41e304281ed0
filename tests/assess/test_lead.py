"""Leads rest on what was measured, say what was not, and stay about places."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.assess import assemble
from cathartes.assess.emitters import declared_as, nearby_emitters
from cathartes.assess.gaps import best_limits, gaps_of
from cathartes.assess.hypotheses import explained, hypotheses_of, shares_of
from cathartes.assess.search_area import around, on_ground, search_region
from cathartes.messages import LANGUAGES, say
from cathartes.model import (
    Draw,
    Draws,
    Emitter,
    EmitterList,
    Flight,
    Frame,
    Lead,
    Located,
    PointSource,
    Recording,
    Search,
    Source,
    Statement,
    json,
)
from cathartes.model.flight import FrameHints
from tests.release.sample_lead import CENTRE, CUSTODY, TO_MEXICO, sample_lead

LOG = Recording("recording-1", "muestra-7", "log.csv", "gas_log", "ab" * 32, "gas-log", 100, None, None, (), CUSTODY)
HALF_WIDTH_M = 2500.0


def flight(frame: Frame = Frame.WGS84) -> Flight:
    centre = CENTRE if frame is Frame.WGS84 else None
    return Flight("muestra-7", frame=FrameHints(frame), search=Search(half_width_m=HALF_WIDTH_M, centre=centre), marking=TO_MEXICO)


def located(*sources: Source) -> Located:
    lead = sample_lead(Frame.WGS84)
    return Located(lead.sources[0].draws, sources, lead.fits, lead.instruments, (Statement("locate.wind-from-model"),))


def register(*emitters: tuple[float, float, str]) -> EmitterList:
    """Emitters east and north of the sample's best point in metres, each releasing one substance."""
    local = around(sample_lead(Frame.WGS84).sources[0].place)
    plants = []
    for number, (east, north, substance) in enumerate(emitters):
        lon, lat = local.back(np.array([east]), np.array([north]))
        plants.append(Emitter(f"NRA-{number}", f"Plant {number}", float(lon[0]), float(lat[0]), {substance: 100.0}))
    return EmitterList("RETC 2022", tuple(plants))


def made(*registers: EmitterList, frame: Frame = Frame.WGS84, unread: tuple[str, ...] = ()) -> Lead:
    sample = sample_lead(frame)
    leads = assemble(
        flight(frame), "ch4", located(*sample.sources), sample.detections, sample.coverage, [LOG], unread, registers, "A. Analyst"
    )
    assert len(leads) == 1
    return leads[0]


def keys(statements: tuple[Statement, ...]) -> list[str]:
    return [statement.key for statement in statements]


def test_no_source_gives_no_lead() -> None:
    assert assemble(flight(), "ch4", located(), (), (), [LOG], (), (), "A. Analyst") == ()


def test_the_same_input_gives_the_same_lead_byte_for_byte() -> None:
    assert json.encode(made(register((900, 0, "74-82-8")))) == json.encode(made(register((900, 0, "74-82-8"))))


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


def test_those_that_declare_the_gas_come_first_and_then_the_nearest() -> None:
    lead = made(register((300, 0, "7446-09-5"), (9000, 0, "74-82-8"), (100, 0, "124-38-9"), (25_000, 0, "74-82-8")))
    assert [each.id for each in lead.emitters] == ["NRA-1", "NRA-2", "NRA-0"]
    assert [each.emits_this_gas for each in lead.emitters] == [True, False, False]
    assert lead.emitters[0].distance_m == pytest.approx(9000, rel=1e-3)


@pytest.mark.parametrize("name", ["74-82-8", "Methane", "METANO", "ch4"])
def test_a_register_may_call_the_gas_by_number_or_by_name(name: str) -> None:
    assert name.casefold() in declared_as("ch4")


def test_a_local_frame_is_near_no_register_and_says_so() -> None:
    lead = made(register((0, 0, "74-82-8")), frame=Frame.LOCAL)
    assert lead.emitters == ()
    assert "gap.local_frame" in keys(lead.gaps)


def test_gaps_name_what_was_not_looked_at_not_read_and_not_stated() -> None:
    named = keys(made(unread=("photo.jpg",)).gaps)
    assert named == [
        "gap.not_looked", "gap.limit", "gap.blind", "gap.unread", "gap.only_gas", "gap.no_register", "gap.register_proves_nothing",
        "gap.no_aircraft", "gap.no_purpose", "gap.no_authority", "gap.no_request", "gap.no_date",
    ]  # fmt: skip


def test_ground_instruments_are_not_passed_off_as_an_aircraft() -> None:
    on_the_ground = replace(flight(), aircraft="none: fixed ground instruments")
    assert "gap.ground_instruments" in keys(gaps_of(on_the_ground, (), [LOG], (), ()))


def test_an_area_nobody_stated_is_told_as_assumed() -> None:
    assumed = replace(flight(), search=Search(half_width_m=10.0, centre=CENTRE, is_assumed=True))
    assert keys(gaps_of(assumed, (), [LOG], (), ()))[0] == "gap.search_assumed"


def test_the_share_not_looked_at_is_that_of_the_grid() -> None:
    coverage = sample_lead().coverage[0]
    stated = gaps_of(flight(), (coverage,), [LOG], (), ())[0].values["percent"]
    assert stated == pytest.approx(100 * coverage.limit_kg_h.count(None) / len(coverage.limit_kg_h))


def test_two_recordings_together_see_what_either_sees() -> None:
    coverage = replace(sample_lead().coverage[0], columns=3, rows=1, limit_kg_h=(1.0, None, None))
    best = best_limits([coverage, replace(coverage, limit_kg_h=(2.0, 0.5, None))])
    assert best.tolist()[:2] == [1.0, 0.5]
    assert np.isnan(best[2])


def test_every_statement_of_a_lead_is_a_sentence_in_both_languages() -> None:
    lead = made(register((900, 0, "74-82-8"), (300, 0, "7446-09-5")), unread=("photo.jpg",))
    statements = [each.statement for each in lead.evidence] + list(lead.gaps)
    statements += [each for one in lead.hypotheses for each in (*one.supports, *one.would_contradict)]
    for language in LANGUAGES:
        told = " ".join(say(statement, language) for statement in statements).casefold()
        assert not any(word in told for word in ("laborator", "target", "suspect", "objetivo", "sospechos"))


def test_evidence_names_the_nouns_it_rests_on() -> None:
    lead = made()
    assert {each.of for each in lead.evidence} <= {lead.sources[0].id, *(each.id for each in lead.detections)}
    assert keys(tuple(each.statement for each in lead.evidence))[:3] == ["evidence.source", "evidence.region", "evidence.instruments"]


def test_other_gases_are_left_to_their_own_leads() -> None:
    sample = sample_lead(Frame.WGS84)
    others = tuple(replace(each, gas="nh3") for each in sample.detections)
    lead = assemble(flight(), "ch4", located(*sample.sources), others, (), [LOG], (), (), "A. Analyst")[0]
    assert lead.detections == ()
    assert "gap.no_coverage" in keys(lead.gaps)


def test_custody_holds_every_recording_the_author_and_the_rule() -> None:
    custody = made().custody
    assert custody.inputs == ("ab" * 32,)
    assert (custody.who, custody.parameters["register_error_m"]) == ("A. Analyst", 500.0)


@pytest.mark.parametrize("frame", list(Frame))
def test_the_search_square_has_its_size_on_the_ground(frame: Frame) -> None:
    region = search_region(flight(frame), ())
    assert region is not None
    assert region.area_m2 == pytest.approx((2 * HALF_WIDTH_M) ** 2, rel=1e-4)
    assert region.polygons[0][0][0] == region.polygons[0][0][-1]


def test_without_a_stated_area_the_grid_outline_is_the_area_and_without_a_grid_there_is_none() -> None:
    bare = replace(flight(), search=None)
    outline = search_region(bare, sample_lead(Frame.WGS84).coverage)
    assert outline is not None
    assert outline.area_m2 == pytest.approx(5000.0**2, rel=1e-3)
    assert search_region(bare, ()) is None
