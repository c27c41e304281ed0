# mypy: disable-error-code="import-not-found,import-untyped"
"""pyELQ (sede-open/pyELQ, Apache-2.0) on a flight folder: the same samples, search area and gas as our locator, answered as our draws.

It is no dependency: `inversion.py` imports this module only where it is installed. Settings are those of pyELQ 1.2.7's own basic example;
each that departs from it says why. Nothing here knows a truth; scores and table are in `inversion.py`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from pyelq.component.background import SpatioTemporalBackground
from pyelq.component.error_model import BySensor
from pyelq.component.offset import PerSensor
from pyelq.component.source_model import Normal
from pyelq.coordinate_system import ENU
from pyelq.dispersion_model.gaussian_plume import GaussianPlume
from pyelq.gas_species import CH4
from pyelq.meteorology.meteorology import Meteorology, MeteorologyGroup
from pyelq.model import ELQModel
from pyelq.sensor.beam import Beam
from pyelq.sensor.sensor import Sensor, SensorGroup
from pyelq.source_map import SourceMap
from scipy.stats import norm, qmc
from threadpoolctl import threadpool_limits

from cathartes import campaign
from cathartes.earth.search import search_box
from cathartes.locate.samples import Samples, gather, moving_and_fixed
from cathartes.locate.scene import air_at, average
from cathartes.model import Draw, Flight, GasLog, PointSource, RatePrior
from cathartes.model.samples import Floats
from cathartes.readers.flight_folder import Folder

ITERATIONS, KEPT, SEED = 4000, 1000, 1
FIXED_MEAN_S, MOVING_MEAN_S, WIND_MEAN_S, MOST_SAMPLES = 300.0, 5.0, 300.0, 500
CALM_M_S = 0.5
"""Its plume has no calms: samples in less wind are left out, with the filter its examples have for that."""
BEAM_M = 1.0
HIGHEST_FIXED_M, HIGHEST_MOVING_M = 5.0, 100.0
"""Greatest height of a source: 95 % of the prior our locator takes lies below."""
STEP = 0.01
"""Standard deviation of a source's random walk as a share of the search area's width; pyELQ's default is 1 m, made for small sites."""
NOISE_PPB, DRIFT_PPB, LEVEL_PPB, NEAR_M = 100.0, 0.3, 100.0, 25.0
"""Noise where the flight states none; the background's drift in one second, error of its level, and distance over which instruments
share it: as in the example."""
OFFSET_PPB = 40.0
"""An instrument's offset: 2 % of clean air, as in our locator's prior. The example's synthetic instruments have 1 ppb."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What pyELQ is given: sensors and the weather at their times; noise, clean air, and the box of sources (3 x 2, m).

    Its rates are in `unit_kg_h`, and gas is in ppm over that: a new source's rate is proposed near one, whatever the prior.
    """

    sensors: SensorGroup
    weather: MeteorologyGroup
    noise_ppb: float
    background_ppb: float
    box: Floats
    unit_kg_h: float
    is_moving: bool

    def of_ppb(self, ppb: float) -> float:
        """So many ppb in the scene's unit of gas."""
        return ppb / (1000.0 * self.unit_kg_h)


def draws_of(contents: Folder, gas: str) -> tuple[Draw, ...]:
    """The second half of one chain from a random start, as draws of equal weight in the flight's frame."""
    flight = contents.flight
    frame, box = search_box(flight)
    samples = gather(campaign.contents_of(GasLog, contents), gas, frame)
    prior = (flight.search.log10_rate_kg_h if flight.search else None) or RatePrior(0.0, 1.0)
    scene = scene_of(samples, flight, box, 10**prior.mean)
    with quiet(), threadpool_limits(1):
        found = searched(scene, prior)
    rows = np.linspace(ITERATIONS // 2, ITERATIONS - 1, KEPT).astype(int)
    x, y = frame.back(found.all_source_locations.east[:, rows], found.all_source_locations.north[:, rows])
    rate = found.emission_rate[:, rows] * scene.unit_kg_h
    return tuple(draw_of(*column) for column in zip(x.T, y.T, rate.T, strict=True))


def draw_of(x: Floats, y: Floats, rate_kg_h: Floats) -> Draw:
    """One iteration: NaN where there is no source."""
    some = np.flatnonzero(np.isfinite(rate_kg_h))
    return Draw(1.0 / KEPT, tuple(PointSource(float(x[one]), float(y[one]), float(rate_kg_h[one])) for one in some))


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bar beside a table."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


def scene_of(samples: Samples, flight: Flight, box: tuple[float, float, float, float], unit_kg_h: float) -> Scene:
    """Sensors and weather in pyELQ's units, and where sources may be."""
    moving, fixed = moving_and_fixed(samples)
    sensors, weather = SensorGroup(), MeteorologyGroup()
    for part, air in aired(moving, fixed, flight):
        for kind in np.unique(part.instrument):
            here = part.instrument == kind
            sensors.add_sensor(sensor_of(undelayed(part.take(here), flight), unit_kg_h))
            weather.add_object(weather_of(part.take(here), air[here], flight))
    west, south, east, north = box
    is_moving = len(moving.t_s) > 0
    limits = np.array([[west, east], [south, north], [0.0, HIGHEST_MOVING_M if is_moving else HIGHEST_FIXED_M]])
    return Scene(sensors, weather, flight.gas_log.noise_ppb or NOISE_PPB, lowest(samples), limits, unit_kg_h, is_moving)


def lowest(samples: Samples) -> float:
    """The lowest value (ppb) of the instrument whose lowest is in the middle: clean air, whatever the instruments' offsets."""
    return float(np.median([samples.y_ppb[samples.instrument == kind].min() for kind in np.unique(samples.instrument)]))


def aired(moving: Samples, fixed: Samples, flight: Flight) -> Iterator[tuple[Samples, Floats]]:
    """Means and their air (n x 4: u, v, sigma_v, sigma_w in m/s), calms left out.

    Fixed instruments in means of five minutes, as many as it can take; moving ones in means of five seconds. The wind is always the mean
    of five minutes, as a mean plume needs, and its swing within them widens the plume.
    """
    for samples, window_s in ((moving, MOVING_MEAN_S), (fixed, FIXED_MEAN_S)):
        if not len(samples.t_s):
            continue
        part, means = thinned(average(samples, window_s)), average(samples, WIND_MEAN_S)
        times, at = np.unique(means.t_s, return_inverse=True)
        found, _ = air_at(means, times, at, flight)
        air = np.column_stack([np.interp(part.t_s, times, column) for column in (*found.wind.T, found.sigma_v, found.sigma_w)])
        windy = np.hypot(air[:, 0], air[:, 1]) >= CALM_M_S
        yield part.take(windy), air[windy]


def thinned(samples: Samples) -> Samples:
    """Every k-th time only, so that a chain takes minutes, not hours."""
    k = -(-len(samples.t_s) // MOST_SAMPLES)
    return samples.take(np.isin(samples.t_s, np.unique(samples.t_s)[k // 2 :: k]))


def undelayed(samples: Samples, flight: Flight) -> Samples:
    """One instrument's samples where it was when the gas entered: the nominal delay and lag earlier. pyELQ models neither."""
    then = samples.t_s - flight.gas_log.delay_s - flight.gas_log.lag_s
    return replace(samples, paths=np.column_stack([np.interp(then, samples.t_s, column) for column in samples.paths.T]))


def sensor_of(samples: Samples, unit_kg_h: float) -> Sensor:
    """One instrument: a beam between its ends, a point, or a track of one place per sample."""
    ends = samples.paths.reshape(-1, 2, 3)
    is_fixed = not np.ptp(samples.paths, axis=0).any()
    is_beam = is_fixed and np.hypot(*(ends[0, 1] - ends[0, 0])[:2]) > BEAM_M
    sensor = Beam() if is_beam else Sensor()
    sensor.label = samples.names[samples.instrument[0]]
    sensor.location = metres(ends[0] if is_beam else ends.mean(axis=1)[: 1 if is_fixed else None])
    sensor.time = moments(samples.t_s)
    sensor.concentration = samples.y_ppb / (1000.0 * unit_kg_h)
    return sensor


def weather_of(samples: Samples, air: Floats, flight: Flight) -> Meteorology:
    """The air at each sample of one instrument; turbulence as the angle gamma that pyELQ takes, tan(gamma) = sigma / u."""
    weather = Meteorology()
    weather.label = samples.names[samples.instrument[0]]
    weather.time = moments(samples.t_s)
    weather.u_component, weather.v_component, sigma_v, sigma_w = air.T
    weather.calculate_wind_speed_from_uv()
    weather.calculate_wind_direction_from_uv()
    weather.wind_turbulence_horizontal = np.degrees(np.arctan2(sigma_v, weather.wind_speed))
    weather.wind_turbulence_vertical = np.degrees(np.arctan2(sigma_w, weather.wind_speed))
    weather.temperature = np.where(np.isnan(samples.temperature_k), flight.air.temperature_k, samples.temperature_k)
    weather.pressure = np.where(np.isnan(samples.pressure_hpa), flight.air.pressure_hpa, samples.pressure_hpa) / 10.0
    return weather


def metres(places: Floats) -> ENU:
    """Places (n x 3) in a flat local frame; pyELQ asks where on the globe that is, and for a local frame never uses the answer."""
    return ENU(0.0, 0.0, 0.0, *places.T)


def moments(t_s: Floats) -> pd.api.extensions.ExtensionArray:
    """Seconds as the times of day pyELQ wants."""
    return pd.array((t_s * 1e9).astype("int64").astype("datetime64[ns]"))


def searched(scene: Scene, prior: RatePrior) -> Normal:
    """The source component of the model after its chain; its start is its own: the source map is empty."""
    # pyELQ draws from numpy's global generator, and its start from one it offers no way to seed.
    np.random.seed(SEED)
    sources = source_model(scene, prior)
    model = ELQModel(scene.sensors, scene.weather, CH4(), background(scene), sources, errors(scene), offsets(scene))
    model.n_iter = ITERATIONS
    with patch.object(qmc, "LatinHypercube", partial(qmc.LatinHypercube, rng=np.random.default_rng(SEED))):
        model.initialise()
    model.to_mcmc()
    model.run_mcmc()
    model.from_mcmc()
    return sources


def source_model(scene: Scene, prior: RatePrior) -> Normal:
    """Any number of sources (Poisson about one), rates half-normal: its only kind of prior.

    The half-normal has the same 84 % quantile as our log-normal, one standard deviation above its median.
    """
    strong = 10**prior.sd
    model = Normal()
    model.dispersion_model = plume(scene)
    model.reversible_jump = True
    model.rate_num_sources = 1.0
    model.emission_rate_mean = np.array([0.0])
    model.initial_precision = np.array([(norm.ppf((1.0 + norm.cdf(1.0)) / 2.0) / strong) ** 2])
    model.site_limits = scene.box
    model.random_walk_step_size = np.ptp(scene.box, axis=1)[:, None] * STEP
    model.coverage_detection = scene.of_ppb(scene.noise_ppb)
    model.coverage_test_source = strong
    if scene.is_moving:  # a plume is crossed in a few samples of a flight, not in one of twenty
        model.threshold_function = partial(np.max, axis=0)
    return model


def plume(scene: Scene) -> GaussianPlume:
    """Its Gaussian plume with an empty source map. Spreads grow as the tangent of an angle: by its other choice, Draxler (1976), a plume
    would stay so shallow that an aircraft never met it."""
    empty = SourceMap()
    empty.location = ENU(0.0, 0.0, 0.0)
    return GaussianPlume(empty)


def background(scene: Scene) -> SpatioTemporalBackground:
    """A drifting background, one per instrument and alike in neighbours; for a single instrument just drifting."""
    model = SpatioTemporalBackground()
    model.mean_bg = scene.of_ppb(scene.background_ppb)
    model.spatial_dependence = len(scene.sensors) > 1
    model.spatial_correlation_param = NEAR_M
    model.initial_precision = scene.of_ppb(DRIFT_PPB) ** -2
    model.precision_time_0 = scene.of_ppb(LEVEL_PPB) ** -2
    return model


def errors(scene: Scene) -> BySensor:
    """An error per instrument with a vague prior about the noise; the example's own numbers are for a noise of 0.1 ppm."""
    noise = scene.of_ppb(scene.noise_ppb)
    return BySensor(prior_precision_shape=1e-2, prior_precision_rate=1e-2 * noise**2, initial_precision=noise**-2)


def offsets(scene: Scene) -> PerSensor | None:
    """A lasting offset per instrument against the first; a single one has none."""
    return PerSensor(initial_precision=scene.of_ppb(OFFSET_PPB) ** -2) if len(scene.sensors) > 1 else None
