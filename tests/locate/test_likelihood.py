"""A reading at the floor says "at most this": its chance, not its value, and nothing against a source too weak to lift it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from cathartes.campaign import opened, readings_of
from cathartes.earth.frame import LocalFrame
from cathartes.earth.search import search_area, search_box
from cathartes.locate.forward import Scene, log_likelihood, mean_signals
from cathartes.locate.likelihood import FREEDOM, MEAN, log_at_most, lone_variance, step_log_density
from cathartes.locate.plume import measure, prior_of
from cathartes.locate.prior import HEIGHT, PER_SOURCE, RATE, SHARED, X, Y
from cathartes.locate.samples import gather
from cathartes.model import Flight, Frame, GasLog, HeightReference, Search
from cathartes.model.flight import FrameHints, GasLogHints
from tests.conftest import EXAMPLES

FLIGHT = Flight("a", frame=FrameHints(Frame.LOCAL), search=Search(half_width_m=60.0, max_sources=1), gas_log=GasLogHints(floor_ppb=10.0))
ERRORS = np.array([0.3, 0.3, 0.3, 0.3, 1.0, 0.5, 1.0, 1.0])


@given(limit=st.floats(-1e3, 1e3), variance=st.floats(1e-2, 1e4))
def test_the_chance_to_be_at_most_a_limit_is_students(limit: float, variance: float) -> None:
    expected = student.logcdf((limit - 3.0) / np.sqrt(variance), FREEDOM)
    assert log_at_most(limit, 3.0, variance) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_moment_is_the_density_of_what_was_measured_times_the_chances_of_what_was_not() -> None:
    residual, noise = np.array([2.0, -1.0, 4.0]), np.ones(3)
    signal = np.zeros((3, 4))
    signal[:, MEAN] = [1.0, 0.5, 6.0]
    both = step_log_density(0, 3, residual, np.array([False, False, True]), signal, noise, ERRORS, 4)
    measured = step_log_density(0, 2, residual, np.zeros(3, dtype=bool), signal, noise, ERRORS, 4)
    assert both - measured == pytest.approx(log_at_most(4.0, 6.0, lone_variance(1.0, signal[2], ERRORS)))


def masts(floor_ppb: float | None, excess_ppb: float = 0.0) -> GasLog:
    """A day of ten-minute means of ethane at two masts east of the middle; the first may read more than the instrument's floor."""
    n = 144
    place = np.tile([[30.0, 0.0, 2.0], [40.0, 10.0, 2.0]], (n, 1))
    y = np.tile([1.5 + excess_ppb, 1.5], n) + np.random.default_rng(0).normal(0.0, 0.3, 2 * n)
    y = y if floor_ppb is None else np.maximum(y, floor_ppb)
    blank, wind = np.full(2 * n, np.nan), np.random.default_rng(1).normal(3.0, 0.3, 2 * n)
    return GasLog(
        Frame.LOCAL, HeightReference.AGL, None, np.repeat(600.0 * np.arange(n), 2), ("a", "b"), np.tile([0, 1], n), place, place,
        {"c2h6": y}, wind, 0.0 * wind, blank, blank, blank, blank, blank, blank,
    )  # fmt: skip


def scene_of(log: GasLog, flight: Flight = FLIGHT) -> tuple[Scene, np.ndarray]:
    """The scene, and values of a source 30 m upwind of the first mast at rates of 1 mg/h, 1 g/h and 0.1 kg/h."""
    measured, _ = measure(gather([log], "c2h6", LocalFrame(Frame.LOCAL)), "c2h6", flight)
    assert measured.scene is not None
    prior = prior_of(flight, "c2h6", measured, (-60.0, -60.0, 60.0, 60.0), None)
    values = prior.physical(np.zeros((3, len(prior.unknowns(1)))), 1)
    values[:, [SHARED + X, SHARED + Y, SHARED + HEIGHT]] = [0.0, 0.0, 1.0]
    values[:, SHARED + RATE] = [1e-6, 1e-3, 0.1]
    assert values.shape[1] == SHARED + PER_SOURCE
    return measured.scene, values


def test_on_a_real_release_no_small_change_of_wind_errors_or_duty_makes_the_likelihood_jump() -> None:
    contents = opened(EXAMPLES / "chilbolton-1")
    flight, logs = contents.flight, [reading.content for reading in readings_of(GasLog, contents)]
    frame, box = search_box(flight)
    measured, _ = measure(gather(logs, "ch4", frame), "ch4", flight)
    prior = prior_of(flight, "ch4", measured, box, search_area(flight, frame))
    assert measured.scene is not None
    truth = json.loads((EXAMPLES / "truth" / "chilbolton-1.json").read_text())
    middle = np.zeros(len(prior.unknowns(1)))
    for unknown in np.flatnonzero(~np.isin(prior.unknowns(1), SHARED + np.array([X, Y, RATE, HEIGHT]))):
        along = np.tile(middle, (201, 1))
        along[:, unknown] = np.linspace(-2.0, 2.0, 201)
        values = prior.physical(along, 1)
        values[:, [SHARED + X, SHARED + Y, SHARED + RATE]] = truth["x_m"], truth["y_m"], truth["rate_kg_h_mean"]
        assert np.abs(np.diff(log_likelihood(measured.scene, values), 2)).max() < 0.1


def test_a_source_too_weak_to_pass_the_floor_costs_little_and_one_that_must_show_is_ruled_out() -> None:
    scene, values = scene_of(masts(floor_ppb=10.0))
    nothing, weak, strong = log_likelihood(scene, values)
    assert scene.floored.all()
    signals = mean_signals(scene, values).max(axis=1)
    assert signals[1] < 2.0 < 60.0 < signals[2]
    assert weak == pytest.approx(nothing, abs=2.0)
    assert strong < nothing - 8.0


def test_what_rises_above_the_floor_is_measured_and_speaks_for_the_source() -> None:
    scene, values = scene_of(masts(floor_ppb=10.0, excess_ppb=60.0))
    nothing, _, strong = log_likelihood(scene, values)
    assert [bool(scene.floored[scene.instrument == kind].all()) for kind in (0, 1)] == [False, True]
    assert strong > nothing + 8.0


def test_an_instrument_at_its_floor_has_the_background_of_clean_air_and_the_noise_of_its_floor() -> None:
    scene, _ = scene_of(masts(floor_ppb=10.0))
    assert scene.level_ppb == pytest.approx(1.5)
    assert scene.noise_ppb == pytest.approx(10.0 / 3.0)
