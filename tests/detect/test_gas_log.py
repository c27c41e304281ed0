"""Detections are what stands out and nothing else; coverage is a rate, or not looked at, never a silent zero."""

from dataclasses import replace

import numpy as np

from cathartes.detect.gas_log import GasLogDetector
from cathartes.model import Custody, Flight, Frame, GasLog, HeightReference, Reading, Recording, Search, Span
from cathartes.model.flight import FrameHints, GasLogHints

DETECTOR = GasLogDetector()


def reading(y_ppb: np.ndarray, wind: tuple[float, float] = (3.0, 0.0)) -> Reading:
    n = len(y_ppb)
    blank, t_s = np.full(n, np.nan), np.arange(n) * 10.0
    at = np.column_stack((np.full(n, 20.0), np.zeros(n), np.full(n, 2.0)))
    log = GasLog(
        Frame.LOCAL, HeightReference.AGL, None, t_s, ("mast",), np.zeros(n, dtype=np.int64), at, at, {"ch4": y_ppb},
        np.full(n, wind[0]), np.full(n, wind[1]), blank, blank, blank, blank, blank, blank,
    )  # fmt: skip
    custody = Custody(("00",), "test", "0")
    return Reading(Recording("rec-1", "f", "log.csv", "gas-log", "00", "test", n, Span(0.0, t_s[-1]), None, (), custody), log)


FLIGHT = Flight("f", frame=FrameHints(Frame.LOCAL), search=Search(half_width_m=50.0))


def noisy(n: int = 600, seed: int = 0) -> np.ndarray:
    return 1900.0 + np.random.default_rng(seed).normal(0.0, 3.0, n)


def test_a_pulse_is_one_detection_with_its_peak() -> None:
    y = noisy()
    y[300:310] += 100.0
    found = DETECTOR.detect(reading(y), FLIGHT).detections
    assert len(found) == 1
    assert 2990.0 <= found[0].span.start_s <= 3010.0
    assert found[0].peak.holds(100.0) or abs(found[0].peak.value - 100.0) < 12.0


def test_pure_noise_gives_a_false_alarm_in_few_records() -> None:
    alarms = sum(bool(DETECTOR.detect(reading(noisy(seed=seed)), replace(FLIGHT, search=None)).detections) for seed in range(30))
    assert alarms <= 3


def test_upwind_cells_were_not_looked_at_and_downwind_cells_have_a_limit() -> None:
    coverage = DETECTOR.detect(reading(noisy()), FLIGHT).coverage[0]
    limits = np.array([np.nan if limit is None else limit for limit in coverage.limit_kg_h]).reshape(coverage.rows, coverage.columns)
    # The wind blows east: a source west of the mast is seen, one far east of it never.
    assert np.isfinite(limits[coverage.rows // 2, 5])
    assert np.isnan(limits[coverage.rows // 2, -1])


def test_a_noisier_log_sees_less() -> None:
    quiet, loud = (DETECTOR.detect(reading(1900 + (noisy() - 1900) * factor), FLIGHT).coverage[0].limit_kg_h for factor in (1.0, 10.0))
    pairs = [(a, b) for a, b in zip(quiet, loud, strict=True) if a is not None and b is not None]
    assert pairs
    assert all(b > a for a, b in pairs)


def test_blank_throughout_is_could_not_see_and_not_nothing_found() -> None:
    found = DETECTOR.detect(reading(np.full(600, np.nan)), FLIGHT)
    assert not found.detections
    assert set(found.coverage[0].limit_kg_h) == {None}
    assert not found.coverage[0].looked
    assert found.coverage[0].blind
    assert any(note.key == "coverage.could-not-see" for note in found.coverage[0].notes)


def test_a_drop_out_is_blind() -> None:
    y = noisy()
    y[200:300] = np.nan
    coverage = DETECTOR.detect(reading(y), FLIGHT).coverage[0]
    assert len(coverage.looked) == 2
    assert coverage.blind[0].duration_s > 900.0


def test_without_wind_there_is_no_coverage_claim() -> None:
    coverage = DETECTOR.detect(reading(noisy(), (np.nan, np.nan)), FLIGHT).coverage[0]
    assert set(coverage.limit_kg_h) == {None}


def test_a_stuck_sensor_was_blind_and_claims_nothing() -> None:
    y = noisy()
    y[200:400] = y[200]
    part = DETECTOR.detect(reading(y), FLIGHT).coverage[0]
    assert part.blind[0].duration_s > 1900.0
    whole = DETECTOR.detect(reading(np.full(600, 2500.0)), FLIGHT).coverage[0]
    assert set(whole.limit_kg_h) == {None}
    assert not whole.looked


def test_readings_at_the_floor_are_no_stuck_sensor_and_what_rises_above_it_is_seen() -> None:
    y = np.full(600, 2.0)
    y[300:310] = 30.0
    found = DETECTOR.detect(reading(y), replace(FLIGHT, gas_log=GasLogHints(floor_ppb=2.0)))
    assert len(found.detections) == 1
    assert any(limit is not None for limit in found.coverage[0].limit_kg_h)
