"""Earlier flights' draws as a belief: sums by hand, and what must hold whatever the draws."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.locate.earlier import CHANGED, LEAST_M, LOG10_RATE_SD, Earlier, believed_rate, earlier_of
from cathartes.locate.prior import DUTY, PER_SOURCE, RATE, SHARED, Prior, X, Y
from cathartes.model import Draw, Draws, Frame, PointSource

PRIOR = Prior(
    0.2, 0.1, 0.1, 0.2, 0.1, (1.6, 1.2), 1900.0, 3600.0, (-100.0, -100.0, 100.0, 100.0), (0.5, 0.6), (15.0, 1.1), True, True, None
)
SHARES = np.array([0.5, 0.25, 0.25])
LOCAL = LocalFrame(Frame.LOCAL)


def rows(*sources: tuple[float, float, float]) -> np.ndarray:
    """One row of physical values with sources at (x, y) of a rate, always on."""
    values = np.zeros((1, SHARED + PER_SOURCE * len(sources)))
    for number, (x, y, rate) in enumerate(sources):
        values[0, [SHARED + PER_SOURCE * number + part for part in (X, Y, RATE, DUTY)]] = x, y, rate, 1.0
    return values


def draws(*listed: tuple[PointSource, ...], gas: str | None = "ch4") -> Draws:
    return Draws(Frame.LOCAL, tuple(Draw(1.0 / len(listed), sources) for sources in listed), gas)


def test_one_draw_of_one_source_by_hand() -> None:
    earlier = earlier_of(draws((PointSource(10.0, 20.0, 1.0),)), "ch4", LOCAL, SHARES)
    mean, sd = believed_rate(PRIOR)
    kernel = PRIOR.area_m2() / (2 * np.pi * LEAST_M**2) * np.exp(-0.5) * sd / LOG10_RATE_SD * np.exp(0.5 * (mean / sd) ** 2)
    number = np.log(((1 - CHANGED) * 1.0 + CHANGED * 0.25) / 0.25)
    found = earlier.log_ratio(rows((10.0 + LEAST_M, 20.0, 1.0)), 1, PRIOR)
    assert found == pytest.approx([np.log((1 - CHANGED) * kernel + CHANGED) + number])


def test_of_another_gas_only_the_place_counts() -> None:
    other = earlier_of(draws((PointSource(10.0, 20.0, 1.0),), gas="c2h6"), "ch4", LOCAL, SHARES)
    at_place = [float(other.log_ratio(rows((10.0, 20.0, rate)), 1, PRIOR)[0]) for rate in (0.01, 1.0, 100.0)]
    assert at_place == pytest.approx([at_place[0]] * 3)
    assert at_place[0] > float(other.log_ratio(rows((90.0, 20.0, 1.0)), 1, PRIOR)[0]) + 3.0


def test_sources_have_no_order() -> None:
    earlier = earlier_of(draws((PointSource(10.0, 20.0, 1.0), PointSource(-30.0, 0.0, 5.0))), "ch4", LOCAL, SHARES)
    one, two = (11.0, 20.0, 1.1), (-30.0, 2.0, 4.0)
    assert earlier.log_ratio(rows(one, two), 2, PRIOR) == pytest.approx(earlier.log_ratio(rows(two, one), 2, PRIOR))


def test_a_source_where_nobody_saw_one_costs_the_chance_of_change_and_no_more() -> None:
    earlier = earlier_of(draws((PointSource(10.0, 20.0, 1.0),)), "ch4", LOCAL, SHARES)
    assert earlier.log_ratio(rows((-95.0, -95.0, 1.0)), 1, PRIOR) == pytest.approx([np.log(CHANGED) + earlier.log_number[1]])
    assert earlier.log_number == pytest.approx(np.log([CHANGED, (1 - CHANGED + CHANGED * 0.25) / 0.25, CHANGED]))


def test_draws_of_the_prior_itself_change_little() -> None:
    rng = np.random.default_rng(0)
    mean, sd = believed_rate(PRIOR)
    west, south, east, north = PRIOR.box
    spots = [(PointSource(rng.uniform(west, east), rng.uniform(south, north), 10 ** rng.normal(mean, sd)),) for _ in range(300)]
    earlier = earlier_of(draws(*spots), "ch4", LOCAL, SHARES)
    some = np.concatenate([rows((one.x, one.y, one.rate_kg_h)) for (one,) in spots[:60]])
    assert abs(float(np.median(earlier.log_ratio(some + 1e-3, 1, PRIOR) - earlier.log_number[1]))) < 1.0


def test_the_density_integrates_to_one() -> None:
    spots = [(PointSource(float(x), 20.0, 1.0),) for x in np.linspace(0.0, 40.0, 30)]
    earlier: Earlier = replace(earlier_of(draws(*spots, gas="c2h6"), "ch4", LOCAL, SHARES), log_number=np.zeros(3))
    west, south, east, north = PRIOR.box
    x, y = np.meshgrid(np.linspace(west, east, 200), np.linspace(south, north, 200))
    values = np.repeat(rows((0.0, 0.0, 1.0)), x.size, axis=0)
    values[:, SHARED + X], values[:, SHARED + Y] = x.ravel(), y.ravel()
    assert float(np.exp(earlier.log_ratio(values, 1, PRIOR)).mean()) == pytest.approx(1.0, abs=0.03)


def test_draws_in_another_frame_or_of_too_many_sources_are_refused() -> None:
    three = draws((PointSource(0.0, 0.0, 1.0),) * 3)
    with pytest.raises(BadInput, match="up to 3 sources"):
        earlier_of(three, "ch4", LOCAL, SHARES)
    with pytest.raises(BadInput, match="cannot be joined"):
        earlier_of(three, "ch4", LocalFrame(Frame.WGS84, (0.0, 0.0)), SHARES)


def test_the_mean_rate_believed_is_the_rate_times_the_duty() -> None:
    z = np.random.default_rng(0).standard_normal((2, 200_000))
    values = PRIOR.rate[0] + PRIOR.rate[1] * z[0] + np.log10(np.clip(1 / (1 + np.exp(-2 - 2 * z[1])), 0.02, 0.999))
    assert believed_rate(PRIOR) == pytest.approx((values.mean(), values.std()), abs=0.01)
