"""The tables beside the pictures, by hand."""

from dataclasses import replace
from math import hypot

import pytest

from cathartes.messages import number
from cathartes.model import Fit, Frame, Place
from cathartes.release.tables import (
    coordinates_of,
    coverage_rows,
    crossing_rows,
    fit_rows,
    noticed_rows,
    pieces,
    rate_rows,
    source_rows,
    spot,
    spread_of,
)
from tests.release.sample_lead import BEST, busy_lead, sample_lead


def test_a_fit_row_by_hand() -> None:
    fit = Fit("A", (0.0, 1.0), (10.0, 50.0), (10.0, 20.0), (0.0, 10.0), (20.0, 30.0), 0.9)
    row = fit_rows(replace(sample_lead(), fits=(fit,)))[0]
    assert (row.samples, row.measured, row.predicted, row.off, row.held) == (2, "50.0", "20.0", "21.2", "50")


def test_an_instrument_without_samples_has_no_row() -> None:
    assert fit_rows(replace(sample_lead(), fits=(Fit("A", (), (), (), (), (), 0.9),))) == ()


def test_coverage_rows_by_hand() -> None:
    coverage = replace(sample_lead().coverage[0], columns=4, rows=1, limit_kg_h=(0.1, 0.1, 2.0, None))
    rows = [(row.above, row.bound, row.percent) for row in coverage_rows(coverage)]
    assert rows == [(None, "0.1", "50"), ("0.1", "2", "25"), (None, None, "25")]


def test_a_local_place_has_metres_and_a_place_on_the_globe_three_notations() -> None:
    assert [name for name, _ in coordinates_of(Place(1.0, 2.0, Frame.LOCAL))] == ["coordinates.east", "coordinates.north"]
    assert len(coordinates_of(Place(1.0, 2.0, Frame.WGS84))) == 3


def test_the_spread_is_one_standard_deviation_and_is_not_made_up() -> None:
    assert spread_of(Place(0.0, 0.0, Frame.LOCAL, covariance_m2=(49.0, 0.0, 25.0))) == ("7.00", "5.00")
    assert spread_of(Place(0.0, 0.0, Frame.LOCAL)) is None


def test_rates_rise_with_their_probability() -> None:
    rates = [float(rate) for _, rate in rate_rows(sample_lead().sources[0])]
    assert rates == sorted(rates)
    assert len(rates) == 5


def test_a_source_without_draws_has_no_rate_rows() -> None:
    source = sample_lead().sources[0]
    assert rate_rows(replace(source, draws=replace(source.draws, draws=()))) == ()


def test_a_spot_is_written_in_its_frame() -> None:
    assert spot((-104.5, 24.25), is_local=False) == "24.25000, -104.50000"
    assert spot((1.0, 2.0), is_local=True) == "1.0, 2.0 m"


def test_the_leads_own_source_comes_first_and_the_others_with_their_distance() -> None:
    own, other = source_rows(busy_lead())
    assert (own.probability, own.away) == ("97", None)
    assert (other.probability, other.place) == ("62", "-30.0, 25.0 m")
    assert other.away == number(hypot(BEST[0] + 30.0, BEST[1] - 25.0))


def test_a_withheld_source_leaves_no_row() -> None:
    assert source_rows(replace(busy_lead(), sources=(), neighbours=())) == ()


def test_the_parts_of_a_region_hold_their_share_of_the_draws() -> None:
    largest, stray = pieces(busy_lead().sources[0])
    assert stray.percent == "25"
    assert 60 < float(largest.percent) < 75
    assert largest.area_m2 + stray.area_m2 == pytest.approx(busy_lead().sources[0].region90.area_m2, rel=0.01)
    assert pieces(sample_lead().sources[0]) == ()


def test_crossings_are_in_order_of_time() -> None:
    lead = busy_lead()
    rows = crossing_rows(replace(lead, crossings=lead.crossings[::-1]))
    assert [(row.number, row.minutes) for row in rows] == [(1, "5.0"), (2, "10.0"), (3, "15.0"), (4, "20.0"), (5, "25.0")]


def test_a_larger_source_is_noticed_in_no_less_of_the_area() -> None:
    rows = noticed_rows(busy_lead(Frame.WGS84))
    assert [row.rate for row in rows] == ["0.03", "0.1", "0.5"]
    assert [float(row.noticed) for row in rows] == sorted(float(row.noticed) for row in rows)
    assert {row.not_looked for row in rows} == {"22"}
    assert noticed_rows(sample_lead()) == ()
