"""A ladder flight past one source, cheap to make and not the plume under test: puffs of a meandering plume, a new one per crossing."""

from dataclasses import replace

import numpy as np

from cathartes.model import Custody, Flight, Frame, GasLog, HeightReference, Reading, Recording, Search, Span
from cathartes.model.flight import FrameHints, RatePrior

FLIGHT = Flight(
    "ladder", frame=FrameHints(Frame.LOCAL), search=Search(half_width_m=2000.0, max_sources=1, log10_rate_kg_h=RatePrior(1.6, 0.6))
)
SOURCE, RATE_KG_H = (-200.0, 150.0), 15.0
ETHANE_PER_METHANE_PPB = 0.016043 / 0.030070
"""A kilogram of ethane is fewer molecules."""
WIND_M_S, SPEED_M_S, NOISE_PPB = 4.0, 30.0, 5.0


def track(rungs: int) -> np.ndarray:
    """Positions (n x 3, m), one a second: crosswind rungs of 2 km, further and further downwind, at 60 m."""
    along = np.linspace(300.0, 1800.0, rungs)
    corners = np.array([(x, side) for number, x in enumerate(along) for side in ((-1000.0, 1000.0) if number % 2 else (1000.0, -1000.0))])
    passed = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))))
    way = np.arange(0.0, passed[-1], SPEED_M_S)
    return np.column_stack([np.interp(way, passed, part) for part in corners.T] + [np.full(len(way), 60.0)])


def enhancement(place: np.ndarray, rung: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the source adds (ppb): per rung an own centre, width, height and strength about those of a mean plume."""
    x = np.maximum(place[:, 0] - SOURCE[0], 1.0)
    centre, width, strength = (part[rung] for part in (rng.normal(0.0, 0.08, 99), rng.uniform(0.05, 0.09, 99), rng.gamma(4.0, 0.25, 99)))
    across = (place[:, 1] - SOURCE[1] - centre * x) / (width * x)
    sigma_z = 0.08 * x
    above = 2.0 * np.exp(-0.5 * (place[:, 2] / sigma_z) ** 2)
    return np.asarray(
        RATE_KG_H / 3600.0 * strength * above * np.exp(-0.5 * across**2) / (2.0 * np.pi * WIND_M_S * width * x * sigma_z) * 1.474e9
    )


def log(rungs: int = 9, seed: int = 4, background_ppb: float = 1900.0, rate_kg_h: float = RATE_KG_H, **changed: object) -> GasLog:
    """The gas log of such a flight; `changed` columns take the place of its own."""
    rng = np.random.default_rng(seed)
    place = track(rungs)
    n = len(place)
    rung = np.cumsum(np.abs(np.diff(place[:, 0], prepend=place[0, 0])) > 0)
    y = (
        background_ppb
        + rate_kg_h / RATE_KG_H * enhancement(place, rung, rng)
        + rng.normal(0.0, NOISE_PPB, n)
        + np.cumsum(rng.normal(0.0, 0.1, n))
    )
    u, v, blank = WIND_M_S + rng.normal(0.0, 0.5, n), rng.normal(0.0, 0.5, n), np.full(n, np.nan)
    whole = GasLog(
        Frame.LOCAL, HeightReference.AGL, None, np.arange(n, dtype=float), ("picarro",), np.zeros(n, dtype=np.int64), place, place,
        {"ch4": y}, u, v, blank, blank, blank, blank, blank, blank,
    )  # fmt: skip
    return replace(whole, **changed)  # type: ignore[arg-type]


def reading(content: GasLog) -> Reading:
    """The log as something a reader returned."""
    span, custody = Span(float(content.t_s[0]), float(content.t_s[-1])), Custody(("00",), "test", "0")
    return Reading(Recording("rec-1", "ladder", "log.csv", "gas-log", "00", "test", len(content.t_s), span, None, (), custody), content)
