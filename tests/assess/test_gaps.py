"""Everything that was not looked at, read, compared or stated is named."""

from dataclasses import replace

import numpy as np

from cathartes.assess.gaps import best_limits, gaps_of
from cathartes.model import Frame, Search
from tests.assess.flown import LOG, flight, keys, made, made_two
from tests.release.sample_lead import CENTRE, detectability, sample_lead


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
    assert stated == f"{100 * coverage.limit_kg_h.count(None) / len(coverage.limit_kg_h):.0f}"


def test_an_area_that_was_looked_at_everywhere_is_not_told_as_a_gap_of_nought_per_cent() -> None:
    coverage = replace(sample_lead().coverage[0], columns=2, rows=1, limit_kg_h=(1.0, 2.0))
    assert keys(gaps_of(flight(), (coverage,), [LOG], (), ()))[0] == "gap.all_looked"


def test_two_recordings_together_see_what_either_sees() -> None:
    coverage = replace(sample_lead().coverage[0], columns=3, rows=1, limit_kg_h=(1.0, None, None))
    best = best_limits([coverage, replace(coverage, limit_kg_h=(2.0, 0.5, None))])
    assert best.tolist()[:2] == [1.0, 0.5]
    assert np.isnan(best[2])


def test_what_could_be_seen_is_told_from_the_map_of_the_locator_alone_where_there_is_one() -> None:
    named = keys(made_two()[0].gaps)
    assert named[:4] == ["gap.unseen", "gap.noticed", "gap.noticed", "gap.blind"]
    assert "gap.limit" not in named


def test_the_smallest_and_the_largest_rate_are_told_with_their_share_of_the_search_area() -> None:
    gaps = gaps_of(flight(), (), [LOG], (), (), detectability(Frame.WGS84))
    values = np.array([grid.array() for grid in detectability(Frame.WGS84).grids])
    shares = [f"{100 * np.mean(each >= 0.5):.0f}" for each in values]
    assert gaps[0].values == {"percent": f"{100 * np.isnan(values[0]).mean():.0f}", "rate": "0.5"}
    assert [gap.values for gap in gaps[1:3]] == [{"rate": "0.03", "percent": shares[0]}, {"rate": "0.5", "percent": shares[2]}]
    assert "gap.no_coverage" not in keys(gaps)


def test_not_looked_at_is_what_not_even_the_largest_rate_would_have_shown() -> None:
    whole = detectability(Frame.WGS84)
    small = replace(whole.grids[0], values=(None,) * len(whole.grids[0].values))
    blinded = replace(whole, grids=(small, *whole.grids[1:]))
    assert gaps_of(flight(), (), [LOG], (), (), blinded)[0] == gaps_of(flight(), (), [LOG], (), (), whole)[0]


def test_a_single_rate_is_told_once() -> None:
    one = detectability(Frame.WGS84)
    single = replace(one, rates_kg_h=one.rates_kg_h[:1], grids=one.grids[:1])
    assert keys(gaps_of(flight(), (), [LOG], (), (), single)).count("gap.noticed") == 1


def test_an_assumed_area_is_told_once() -> None:
    assumed = replace(flight(), search=Search(half_width_m=10.0, centre=CENTRE, is_assumed=True))
    assert keys(gaps_of(assumed, (), [LOG], (), ())).count("gap.search_assumed") == 1
