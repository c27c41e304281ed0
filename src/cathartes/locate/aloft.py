"""The air that carried the gas to a moving instrument: spreads, the wind's history, and its turn from where it was measured to the plume.

What is missing is filled here or stated; the samples themselves are in `passes`, and the air beside fixed instruments is in `scene`.
"""

import numpy as np

from cathartes.earth.dispersion import spread_table, turbulence
from cathartes.earth.search import search_box
from cathartes.locate.samples import Samples, modelled_wind
from cathartes.model import Flight, Frame, Statement
from cathartes.model.samples import Floats

WIND_STEP_S = 30.0
WIND_WINDOW_S = 600.0
# The stability of the air, from very unstable to very stable, as 1/L; spreads in between are interpolated.
INVERSE_OBUKHOV = np.array([-0.03, -0.008, 1e-9, 0.008, 0.03])
# A measured wind stands for the surface layer up to this share of the mixed layer; above it hardly changes, but in stable air.
SURFACE_SHARE = 0.15
DEPTH_M = 1000.0
STABLE = 1e-3
# How far (degrees) the wind turns between the ground and the lid for each of `INVERSE_OBUKHOV`, clockwise upwards north of the
# equator: convection mixes it away, stable air has most of it (Stull 1988, An Introduction to Boundary Layer Meteorology, ch. 3 and 12).
TURNS_DEG = np.array([3.0, 6.0, 15.0, 28.0, 36.0])
# Towards the equator the Earth's rotation loses its hold: from this latitude (degrees) down the turn shrinks to nothing.
TURNING_LATITUDE = 15.0


def air_of(samples: Samples, flight: Flight, t_s: Floats) -> tuple[tuple[Floats, Floats, float, Floats], tuple[Statement, ...]]:
    """Spreads for each stability (5 x 19 x 3), the wind's running integral (m), when it begins (s) and its turn down to the plume (5)."""
    start = float(t_s.min()) - WIND_STEP_S
    times = np.arange(start, float(t_s.max()) + 2.0 * WIND_STEP_S, WIND_STEP_S)
    wind, height, notes = wind_history(samples, times, flight)
    history = np.vstack(([0.0, 0.0], np.cumsum(0.5 * (wind[1:] + wind[:-1]) * WIND_STEP_S, axis=0)))
    model = flight.wind.reanalysis
    depth = model.mixing_height_m if model and model.mixing_height_m else DEPTH_M
    speed = max(float(np.hypot(*wind.mean(axis=0))), 0.3)
    count = len(INVERSE_OBUKHOV)
    speeds, lengths = np.full(count, speed), 1.0 / INVERSE_OBUKHOV
    surface = max(SURFACE_SHARE * depth, 10.0)
    heights = np.where(INVERSE_OBUKHOV > STABLE, min(height, max(depth, surface)), min(height, surface))
    lids = np.full(count, depth)
    sigma_v, sigma_w = turbulence(speeds, heights, lengths, flight.terrain.roughness_m, np.full(count, np.nan), lids)
    tables = spread_table(speeds, heights, sigma_v, sigma_w, lengths, flight.terrain.roughness_m, np.full(count, np.inf))
    above = (min(height, depth) - SURFACE_SHARE * depth) / depth
    return (tables, history, start, hemisphere(flight) * above * np.radians(TURNS_DEG)), notes


def hemisphere(flight: Flight) -> float:
    """One north of the equator, minus one south of it, less near it. A local frame is taken to lie in the north."""
    frame, _ = search_box(flight)
    return float(np.clip(frame.centre[1] / TURNING_LATITUDE, -1.0, 1.0)) if frame.frame is Frame.WGS84 else 1.0


def wind_history(samples: Samples, times: Floats, flight: Flight) -> tuple[Floats, float, tuple[Statement, ...]]:
    """Wind (m/s TOWARDS east and north) at `times` and the height it holds at, from the aircraft's own wind or a weather model."""
    known = np.isfinite(samples.wind).all(axis=1)
    if flight.wind.kind == "reanalysis" or not known.any():
        wind, said = modelled_wind(flight, len(times))
        return wind, 10.0, said
    near = np.exp(-0.5 * ((times[:, None] - samples.t_s[None, known]) / WIND_WINDOW_S) ** 2) + 1e-12
    near /= near.sum(axis=1, keepdims=True)
    flown = float(np.median(0.5 * (samples.paths[known, 2] + samples.paths[known, 5])))
    height = flight.wind.height_m if flight.wind.height_m is not None else max(flown, 2.0)
    return near @ samples.wind[known], height, (Statement("locate.wind-smoothed", {"window_s": WIND_WINDOW_S}),)
