"""Everything that was not looked at, read, compared or stated is named."""

from dataclasses import replace

import numpy as np

from cathartes.assess.gaps import best_limits, gaps_of
from cathartes.model import (
    Search,
)
from tests.assess.flown import LOG, flight, keys, made
from tests.release.sample_lead import CENTRE, sample_lead


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
