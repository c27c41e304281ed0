"""A source simulated with meandering puffs is found and its interval holds it; what cannot be seen is said so."""

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.locate.plume import PlumeLocator
from cathartes.model import Custody, Flight, Frame, GasLog, HeightReference, Located, Reading, Recording, Search, Span
from cathartes.model.flight import FrameHints

FLIGHT = Flight("simulated", frame=FrameHints(Frame.LOCAL), search=Search(half_width_m=60.0))
MASTS = np.array([[25.0, 5.0, 2.0], [-20.0, 25.0, 2.0], [5.0, -30.0, 2.0], [-30.0, -20.0, 2.0], [35.0, -25.0, 2.0]])
TRUTH, RATE = (4.0, -6.0), 0.6


def silent(step: str, done: float) -> None:
    """Progress that nobody watches."""


@cache
def reading(rate: float) -> Reading:
    """Four hours of one-minute means at five masts: puffs carried by a wind that swings, not the plume under test."""
    rng = np.random.default_rng(11)
    minutes = 240
    angle = np.cumsum(rng.normal(0, 0.35, minutes)) + 0.3
    speed = 2.5 + 0.4 * rng.normal(size=minutes)
    u, v = speed * np.cos(angle), speed * np.sin(angle)
    y = 1900.0 + rng.normal(0, 5.0, (minutes, len(MASTS)))
    for minute in range(minutes):
        # Twenty puff trains a minute, each with its own heading: mean angular spread 0.2, instantaneous spread 0.07.
        for heading in angle[minute] + rng.normal(0, 0.2, 20):
            along = (MASTS[:, 0] - TRUTH[0]) * np.cos(heading) + (MASTS[:, 1] - TRUTH[1]) * np.sin(heading)
            across = (MASTS[:, 1] - TRUTH[1]) * np.cos(heading) - (MASTS[:, 0] - TRUTH[0]) * np.sin(heading)
            far = np.maximum(along, 1.0)
            density = np.exp(-0.5 * (across / (0.07 * far)) ** 2 - 0.5 * (2.0 / (0.06 * far)) ** 2) / (np.pi * 0.07 * 0.06 * far**2)
            y[minute] += np.where(along > 1.0, rate / 3600 * density / (0.8 * speed[minute]) * 1.474e9, 0.0) / 20
    count = minutes * len(MASTS)
    mast = np.tile(np.arange(len(MASTS)), minutes)
    blank = np.full(count, np.nan)
    t_s = np.repeat(np.arange(minutes) * 60.0, len(MASTS))
    log = GasLog(
        Frame.LOCAL, HeightReference.AGL, None, t_s, tuple("abcde"), mast, MASTS[mast], MASTS[mast],
        {"ch4": y.ravel()}, np.repeat(u, 5), np.repeat(v, 5), np.repeat(0.2 * speed, 5), blank, blank, blank, blank, blank,
    )  # fmt: skip
    custody = Custody(("00",), "test", "0")
    return Reading(
        Recording("rec-1", "simulated", "log.csv", "gas-log", "00", "test", count, Span(0.0, 60.0 * minutes), None, (), custody), log
    )


def locate(rate: float, executor: Executor) -> Located:
    return PlumeLocator().locate([reading(rate)], "ch4", FLIGHT, executor, silent)


@cache
def found() -> Located:
    with ThreadPoolExecutor(2) as executor:
        return locate(RATE, executor)


def test_a_source_of_swinging_puffs_is_found_where_it_is() -> None:
    source = found().sources[0]
    assert source.probability > 0.9
    assert np.hypot(source.place.x - TRUTH[0], source.place.y - TRUTH[1]) < 6.0
    assert source.region90.area_m2 < 1500.0
    assert source.rate.value == pytest.approx(RATE, rel=1.0)


def test_draws_are_many_and_their_weights_sum_to_one() -> None:
    draws = found().draws.draws
    assert len(draws) >= 400
    assert sum(draw.weight for draw in draws) == pytest.approx(1.0)


def test_every_instrument_has_a_fit_that_a_figure_can_show() -> None:
    fits = found().fits
    assert [fit.instrument for fit in fits] == list("abcde")
    assert all(
        len(fit.t_s) <= 400 and all(a <= b <= c for a, b, c in zip(fit.low_ppb, fit.predicted_ppb, fit.high_ppb, strict=True))
        for fit in fits
    )


def test_processes_give_the_same_answer_as_threads() -> None:
    with ProcessPoolExecutor(2) as executor:
        assert locate(RATE, executor) == found()


def test_clean_air_gives_no_confident_source() -> None:
    with ThreadPoolExecutor(2) as executor:
        result = locate(0.0, executor)
    assert not result.sources or result.sources[0].probability < 0.8


def changed(**columns: object) -> Reading:
    whole = reading(RATE)
    return Reading(whole.recording, replace(whole.content, **columns))


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (lambda n: {"gases": {"ch4": np.full(n, np.nan)}}, "could not see"),
        (lambda n: {"gases": {"co2": np.ones(n)}}, "no gas log has 'ch4'"),
        (lambda n: {"wind_u_m_s": np.full(n, np.nan)}, "no wind"),
    ],
)
def test_what_cannot_be_seen_is_refused_with_a_sentence(bad: object, sentence: str) -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(BadInput, match=sentence):
        PlumeLocator().locate([changed(**bad(1200))], "ch4", FLIGHT, executor, silent)  # type: ignore[operator]


def test_a_flight_without_a_search_area_is_refused() -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(BadInput, match=r"\[search\]"):
        PlumeLocator().locate([reading(RATE)], "ch4", replace(FLIGHT, search=None), executor, silent)
