"""An area to search when none was stated: it holds every instrument, and says that it was assumed."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.earth.search import LEAST_HALF_WIDTH_M, search_around
from cathartes.model import Frame, GasLog, HeightReference


def log_through(points: list[tuple[float, float]], frame: Frame) -> GasLog:
    n = len(points)
    line, blank = np.column_stack([np.array(points), np.full(n, 2.0)]), np.full(n, np.nan)
    return GasLog(
        frame, HeightReference.AGL, None, np.arange(n, dtype=float), ("a",), np.zeros(n, dtype=np.int64), line, line,
        {"ch4": np.full(n, 2000.0)}, blank, blank, blank, blank, blank, blank, blank, blank,
    )  # fmt: skip


def test_the_area_holds_every_instrument() -> None:
    search = search_around([log_through([(0.0, 0.0), (400.0, 100.0)], Frame.LOCAL)])
    assert search.is_assumed
    assert search.centre == (200.0, 50.0)
    assert search.half_width_m == 300.0


def test_one_tower_gives_the_least_area() -> None:
    assert search_around([log_through([(5.0, 5.0)], Frame.LOCAL)]).half_width_m == LEAST_HALF_WIDTH_M


def test_degrees_become_metres() -> None:
    search = search_around([log_through([(-107.0, 25.0), (-107.0, 25.1)], Frame.WGS84)])
    assert search.half_width_m == pytest.approx(0.75 * 11_077, rel=1e-3)


def test_a_fix_that_is_missing_does_not_count() -> None:
    log = log_through([(0.0, 0.0), (400.0, 100.0), (np.nan, np.nan)], Frame.LOCAL)
    assert search_around([log]) == search_around([replace(log, start=log.start[:2], end=log.end[:2])])
