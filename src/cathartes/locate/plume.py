"""The plume locator: gas logs in, posterior draws of a source out, with what was assumed and whether the runs agreed.

It tells the story only: samples (`scene`), unknowns (`prior`), plume and errors (`forward`, `likelihood`), search (`sampler`),
report (`summary`, `report`).
"""

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from cathartes.earth.gases import gas_named
from cathartes.earth.search import search_box
from cathartes.locate.forward import Scene, log_likelihood
from cathartes.locate.prior import Prior, unknowns
from cathartes.locate.redundancy import power_of
from cathartes.locate.report import Findings, located
from cathartes.locate.sampler import Run, sample
from cathartes.locate.scene import MOST_SAMPLES, build, gather
from cathartes.model import Flight, GasLog, Located, Reading
from cathartes.model.samples import Floats
from cathartes.plugins import Progress

LEAST_PARTICLES, MOST_PARTICLES = 320, 1200
NULL_PARTICLES = 96
MOVES = 3
RUNS = 2
PILOT = (128, 1, 0.3)
DIRECTION_ERROR_DEG = {"onboard": 5.0, "sparse": 10.0, "reanalysis": 18.0}
SPEED_ERROR = {"onboard": 0.15, "sparse": 0.2, "reanalysis": 0.25}
SECTOR_ERROR_DEG = 5.0
# Vanes are aligned with true, grid or magnetic north, up to some 15 degrees apart, and logs seldom say which.
UNSTATED_NORTH_DEG = 10.0
UNSTATED_HEIGHT_ERROR = 0.25
MOVING_DIRECTION_ERROR_DEG = 10.0
SWING_DEG = 6.0
MOVING_SWING_DEG = 10.0


class PlumeLocator:
    """Bayesian inversion of a dispersion model for no source or one source. Content: `GasLog`."""

    content = GasLog

    def locate(self, readings: Sequence[Reading], gas: str, flight: Flight, executor: Executor, progress: Progress) -> Located:
        """Sources of `gas`: several seeded runs from the prior, with and without a source, weighed by their evidence.

        Raises `BadInput` where there is no search area, no wind, or no sample of the gas.
        """
        frame, box = search_box(flight)
        logs = [reading.content for reading in readings if isinstance(reading.content, GasLog)]
        progress("locate: read samples", 0.0)
        samples = gather(logs, gas, frame)
        scene, notes = build(samples, gas, flight)
        prior = prior_of(flight, gas, scene, box)
        progress("locate: search", 0.1)
        power = executor.submit(pilot, scene, prior).result()
        progress("locate: search", 0.2)
        tasks = [(sources, seed) for sources in (0, 1) for seed in range(RUNS)]
        # Longest tasks first, so that two workers finish together.
        futures = {task: executor.submit(run, scene, prior, power, *task) for task in sorted(tasks, reverse=True)}
        runs = {}
        for done, task in enumerate(tasks, start=1):
            runs[task] = futures[task].result()
            progress("locate: search", 0.2 + 0.7 * done / len(tasks))
        findings = Findings(flight, gas, frame, scene, prior, power, runs, notes)
        result = located(findings, samples, tuple(reading.recording for reading in readings if isinstance(reading.content, GasLog)))
        progress("locate: report", 1.0)
        return result


def pilot(scene: Scene, prior: Prior) -> float:
    """The power of the likelihood that its own scatter supports, from a short run: see `redundancy`."""
    particles, moves, power = PILOT

    def density(z: Floats) -> Floats:
        return log_likelihood(scene, prior.physical(z))

    draws = sample(density, unknowns(1), particles, moves, RUNS, power).draws
    return power_of(scene, prior.physical(draws))


def run(scene: Scene, prior: Prior, power: float, sources: int, seed: int) -> Run:
    """One sampler run for a number of sources: a task for any executor, its result fixed by its arguments."""

    def density(z: Floats) -> Floats:
        return log_likelihood(scene, prior.physical(z))

    # Small scenes cost little: the same work buys more particles, and a steadier answer.
    many = LEAST_PARTICLES * MOST_SAMPLES // len(scene.y_ppb)
    particles = min(max(many, LEAST_PARTICLES), MOST_PARTICLES) if sources else NULL_PARTICLES
    return sample(density, unknowns(sources), particles, MOVES, seed, power)


def prior_of(flight: Flight, gas: str, scene: Scene, box: tuple[float, float, float, float]) -> Prior:
    """The prior for this flight: its own statements first, then what its kind of wind and instruments usually get wrong."""
    wind, search = flight.wind, flight.search
    direction, speed = DIRECTION_ERROR_DEG[wind.kind], SPEED_ERROR[wind.kind]
    if wind.kind == "reanalysis" and wind.reanalysis is not None:
        direction, speed = wind.reanalysis.direction_error_deg, wind.reanalysis.speed_error_fraction
    if scene.moving:
        direction = max(direction, MOVING_DIRECTION_ERROR_DEG)
    if wind.height_m is None:
        speed = float(np.hypot(speed, UNSTATED_HEIGHT_ERROR))
    direction = wind.direction_error_deg if wind.direction_error_deg is not None else float(np.hypot(direction, UNSTATED_NORTH_DEG))
    speed = wind.speed_error_fraction if wind.speed_error_fraction is not None else speed
    rate = search.log10_rate_kg_h if search else None
    return Prior(
        float(np.radians(direction)), float(np.radians(SECTOR_ERROR_DEG)), speed,
        float(np.radians(MOVING_SWING_DEG if scene.moving else SWING_DEG)),
        gas_named(gas).background_ppb,
        float(np.ptp(scene.t_s)), box, rate.mean if rate else 0.0, rate.sd if rate else 1.0, search.source_height_m if search else None,
    )  # fmt: skip
