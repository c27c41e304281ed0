"""Steps are measured by the steps like them, and what lasts is told from what happens once."""

import numpy as np

from cathartes.readers.track_reckoning import Student, lasting, of_both, reckoned_by, student_of, worst_of_most


def lengths(seed: int, count: int = 1200) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.hypot(*np.random.default_rng(seed).normal(0, 1, (2, count)))


def test_the_law_of_ordinary_errors_is_found_whatever_one_stretch_holds() -> None:
    clean = lengths(1)
    wild = clean.copy()
    wild[300:360] *= 20.0
    # -log of the density of a unit normal vector of length 2 beside none: 2^2 / 2.
    assert abs(student_of(clean).nats(np.array([2.0]))[0] - 2.0) < 0.5
    assert abs(student_of(wild).nats(np.array([2.0]))[0] - 2.0) < 0.6


def test_a_student_law_of_many_freedoms_is_a_normal_one() -> None:
    assert abs(Student(1.0, 1e6).nats(np.array([3.0]))[0] - 4.5) < 1e-4


def test_the_worst_seventh_of_the_stretches_sets_no_limit() -> None:
    values = np.ones(300)
    values[100:110] = 50.0
    assert worst_of_most(values, 0.5) == 1.0
    assert worst_of_most(values, 4.0) == 4.0


def test_an_error_that_lasts_counts_and_one_that_does_not_counts_nothing() -> None:
    rng = np.random.default_rng(2)
    error = rng.normal(0, 1, 1200) + 1j * rng.normal(0, 1, 1200)
    seconds, way = np.full(1200, 5.0 + 0j), 400.0 * np.exp(0.3j * np.arange(1200))
    once, drift, turned = error.copy(), error.copy(), error.copy()
    once[600] += 30.0
    drift[600:620] += 8.0
    turned[600:620] += 0.02 * way[600:620]
    counted = [lasting(np.abs(each), each, np.ones(1200), [seconds, way]) for each in (once, drift, turned)]
    assert counted[0][590:610].max() < 1.0
    assert all(np.mean(each[600:620]) > 2.0 for each in counted[1:])
    assert all(np.delete(each, np.arange(597, 623)).max() < 1.0 for each in counted)


def test_an_even_turn_is_flown_along_its_arc() -> None:
    angle = np.radians([0.0, 60.0])
    velocity = 80.0 * np.column_stack((np.cos(angle), np.sin(angle), np.zeros(2)))
    radius_m = 80.0 * 20.0 / np.radians(60)
    chord_m = 2 * radius_m * np.sin(np.radians(30))
    expected = of_both(velocity[:1], velocity[1:], arc=True) * 20.0
    assert np.allclose(np.linalg.norm(expected), chord_m)


def test_steps_without_velocities_say_nothing() -> None:
    reckoned = reckoned_by(np.ones((40, 3)), np.full((41, 3), np.nan), np.ones(40), np.ones((40, 3)), np.ones((40, 3)))
    assert np.isnan(reckoned.sigmas).all()
    assert not reckoned.step_m.any()
    assert not reckoned.lasting.any()
