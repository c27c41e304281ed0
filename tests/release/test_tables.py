"""The tables beside the pictures, by hand."""

from dataclasses import replace

from cathartes.model import Fit, Frame, Place
from cathartes.release.tables import coordinates_of, coverage_rows, fit_rows, rate_rows, spot, spread_of
from tests.release.sample_lead import sample_lead


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
