"""The plume locator: gas logs in, posterior draws of sources out, with what was assumed and whether the runs agreed.

It tells the story only: samples (`samples`, `scene`, `passes`, `aloft`), unknowns (`prior`), plume and errors (`forward`, `likelihood`,
`crossing`), search (`sampler`), report (`summary`, `report`).
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from cathartes.earth.gases import gas_named
from cathartes.earth.search import SearchArea, search_area, search_box
from cathartes.locate.detectability import detectability
from cathartes.locate.earlier import Earlier, earlier_of
from cathartes.locate.forward import Scene
from cathartes.locate.measured import Measured
from cathartes.locate.passes import Passes, passes_of
from cathartes.locate.prior import Prior
from cathartes.locate.redundancy import power_of
from cathartes.locate.report import Findings, located, log_evidence, prior_shares
from cathartes.locate.sampler import FIRST_CROWD, Density, Run, extend, sample
from cathartes.locate.samples import Samples, credible, gather, moving_and_fixed, refuse_far
from cathartes.locate.scene import MOST_SAMPLES, build
from cathartes.model import Draws, Flight, GasLog, Located, Reading, Statement
from cathartes.model.samples import Floats
from cathartes.plugins import Progress

# Particles and moves per stage. Fixed instruments' errors are unknown too: after few moves the evidence is nats too low, and the place
# where the first stages put it. A small crowd that moves often is worth more than a large one, but for the first draws: which
# of several places a run ends in is settled by them.
LEAST_PARTICLES, MOST_PARTICLES = 100, 480
MOVES = 12
FIXED_CROWD = 30
MOVING_PARTICLES, MOVING_MOVES = 320, 2
NULL_PARTICLES, NULL_MOVES = 96, 3
# Natural logarithm of evidence: sources are no longer added once one more is this much worse.
HOPELESS = 3.0
# Likewise: one more explains so much that all are sought afresh as well.
TELLING = 10.0
RUNS = 2
PILOT = (48, 6, 0.3)
DIRECTION_ERROR_DEG = {"onboard": 5.0, "sparse": 10.0, "reanalysis": 18.0}
SPEED_ERROR = {"onboard": 0.15, "sparse": 0.2, "reanalysis": 0.25}
SECTOR_ERROR_DEG = 5.0
# Vanes are aligned with true, grid or magnetic north, up to some 15 degrees apart, and logs seldom say which.
UNSTATED_NORTH_DEG = 10.0
UNSTATED_HEIGHT_ERROR = 0.25
# A model's wind is stated at ten metres; roughness and stability, by which it is brought up to the plume, are guesses.
UPWARD_ERROR = 0.2
SWING_DEG = 6.0
# The wind at an aircraft, brought down to the plume (`aloft.air_of`), is off by some degrees of turning with height and has an error of
# its own, of which the part that goes with the heading evens out over a pattern: 4.5 degrees in all over 126 simulated winds (seed 41).
ALOFT_DIRECTION_DEG = 4.0
ALOFT_ERROR_M_S = 0.4
VEER_DEG = {"onboard": 6.0, "sparse": 8.0, "reanalysis": 15.0}
# Mean and standard deviation on the axis of `aloft.INVERSE_OBUKHOV`, from very unstable (0) to very stable (4).
STABILITY = {"unstable": (0.7, 0.6), "neutral": (2.0, 0.4), "stable": (3.3, 0.5), "unknown": (1.6, 1.2)}
FIXED_HEIGHT_M, FIXED_HEIGHT_LOG_SD = 1.0, 1.0
MOVING_HEIGHT_M, MOVING_HEIGHT_LOG_SD = 15.0, 1.1
STATED_HEIGHT_LOG_SD = 0.1
# A background is never steadier than this many times the noise times the shares of it that `prior` lets it vary by.
CLEAN_NOISES = 20.0


class PlumeLocator:
    """Bayesian inversion of a dispersion model for none to several sources. Content: `GasLog`."""

    content = GasLog

    def locate(
        self,
        readings: Sequence[Reading],
        gas: str,
        flight: Flight,
        executor: Executor,
        progress: Progress,
        after: Draws | None = None,
    ) -> Located:
        """Sources of `gas`: several seeded runs from the prior for each number of sources, weighed by their evidence.

        Raises `BadInput` where there is no search area, no wind, or no sample of the gas.
        """
        frame, box = search_box(flight)
        logs = [reading.content for reading in readings if isinstance(reading.content, GasLog)]
        progress("locate: read samples", 0.0)
        samples = gather(logs, gas, frame)
        refuse_far(samples, box)
        measured, notes = measure(samples, gas, flight)
        prior = prior_of(flight, gas, measured, box, search_area(flight, frame))
        noticed = executor.submit(detectability, measured, prior, frame)
        progress("locate: search", 0.1)
        if measured.scene is not None:
            measured = replace(measured, power=executor.submit(pilot, measured, prior).result())
            notes += (Statement("locate.likelihood-share", {"share": measured.power}),)
        shares = prior_shares(flight)
        earlier = earlier_of(after, gas, frame, shares) if after is not None else None
        runs = search(measured, prior, earlier, len(shares) - 1, executor, progress)
        findings = Findings(flight, gas, frame, measured, prior, runs, noticed.result(), notes)
        result = located(findings, samples, tuple(reading.recording for reading in readings if isinstance(reading.content, GasLog)))
        progress("locate: report", 1.0)
        return result


def prior_of(flight: Flight, gas: str, measured: Measured, box: tuple[float, float, float, float], area: SearchArea | None) -> Prior:
    """The prior for this flight: its own statements first, then what its kind of wind and instruments usually get wrong."""
    search, scene, passes = flight.search, measured.scene, measured.passes
    direction, speed = wind_errors(flight, passes)
    rate = search.log10_rate_kg_h if search else None
    stated = search.source_height_m if search else None
    height = (FIXED_HEIGHT_M, FIXED_HEIGHT_LOG_SD) if passes is None else (MOVING_HEIGHT_M, MOVING_HEIGHT_LOG_SD)
    times = np.concatenate([part.t_s for part in (scene, passes) if part is not None])
    model = flight.wind.reanalysis
    return Prior(
        float(np.radians(direction)), float(np.radians(VEER_DEG[flight.wind.kind])), float(np.radians(SECTOR_ERROR_DEG)), speed,
        float(np.radians(SWING_DEG)), STABILITY[model.stability if model else "unknown"], steady_ppb(gas, scene),
        float(np.ptp(times)), box, (rate.mean, rate.sd) if rate else (0.0, 1.0),
        height if stated is None else (stated, STATED_HEIGHT_LOG_SD), scene is not None, passes is not None, area,
        tuple(passes.turned_rad) if passes is not None and scene is None else (0.0,),
    )  # fmt: skip


def steady_ppb(gas: str, scene: Scene | None) -> float:
    """The scale (ppb) of drifts and offsets of the background: clean air, but for a gas it hardly holds what the instruments tell apart."""
    least = CLEAN_NOISES * float(np.median(scene.noise_ppb)) if scene else 0.0
    return max(gas_named(gas).background_ppb, least)


def wind_errors(flight: Flight, passes: Passes | None) -> tuple[float, float]:
    """One standard deviation of the wind's direction (degrees) and of the logarithm of its speed."""
    wind = flight.wind
    direction, speed = DIRECTION_ERROR_DEG[wind.kind], SPEED_ERROR[wind.kind]
    if wind.kind == "reanalysis" and wind.reanalysis is not None:
        direction, speed = wind.reanalysis.direction_error_deg, float(np.hypot(wind.reanalysis.speed_error_fraction, UPWARD_ERROR))
    elif passes is not None:
        share = ALOFT_ERROR_M_S / passes.mean_speed()
        direction, speed = float(np.hypot(ALOFT_DIRECTION_DEG, np.degrees(np.arctan(share)))), float(np.hypot(speed, min(share, 0.5)))
    else:
        direction = float(np.hypot(direction, UNSTATED_NORTH_DEG))
        speed = speed if wind.height_m is not None else float(np.hypot(speed, UNSTATED_HEIGHT_ERROR))
    direction = direction if wind.direction_error_deg is None else wind.direction_error_deg
    return direction, speed if wind.speed_error_fraction is None else wind.speed_error_fraction


def measure(samples: Samples, gas: str, flight: Flight) -> tuple[Measured, tuple[Statement, ...]]:
    """What moving and fixed instruments say, each in its own way, and what was assumed."""
    samples, doubts = credible(samples, flight.gas_log.floor_ppb)
    moving, fixed = moving_and_fixed(samples)
    passes, notes = passes_of(moving, gas, flight) if len(moving.t_s) else (None, ())
    scene, more = build(fixed, gas, flight) if len(fixed.t_s) else (None, ())
    return Measured(scene, passes), doubts + notes + more


def search(
    measured: Measured, prior: Prior, earlier: Earlier | None, most: int, executor: Executor, progress: Progress
) -> dict[tuple[int, int], Run]:
    """Runs by (number of sources, seed): one source more as long as the evidence has not fallen far below the best."""
    runs: dict[tuple[int, int], Run] = {}
    for number in range(most + 1):
        futures = [executor.submit(run, measured, prior, earlier, number, seed, runs.get((number - 1, seed))) for seed in range(RUNS)]
        runs |= {(number, seed): future.result() for seed, future in enumerate(futures)}
        progress("locate: search", 0.2 + 0.7 * (number + 1) / (most + 1))
        evidence = [log_evidence(runs, known) for known in range(number + 1)]
        if max(evidence) - evidence[-1] > HOPELESS:
            break
    return runs


def pilot(measured: Measured, prior: Prior) -> float:
    """The power of the fixed instruments' likelihood that its own scatter supports, from a short run: see `redundancy`."""
    particles, moves, power = PILOT
    assert measured.scene is not None
    alone = Measured(measured.scene, None)
    draws = sample(density(alone, prior, None, 1), len(prior.unknowns(1)), particles, moves, RUNS, power, crowd=FIXED_CROWD).draws
    return power_of(measured.scene, prior.physical(draws, 1))


def run(measured: Measured, prior: Prior, earlier: Earlier | None, sources: int, seed: int, fewer: Run | None) -> Run:
    """One sampler run for a number of sources, `fewer` that for one less: a task for any executor, its result fixed by its arguments.

    A further source is added to the draws of one fewer. Where it explains much (`TELLING`) those may have settled between two sources: then
    all are also sought from the prior. An evidence found by tempering errs downwards, so that of the two the higher counts.
    """
    particles, moves = effort(measured, sources)
    likelihood, blocks = density(measured, prior, earlier, sources), prior.blocks(sources)
    more = None
    if fewer is not None and sources > 1:
        more = extend(likelihood, density(measured, prior, earlier, sources - 1), fewer, blocks, particles, moves, seed)
        if more.log_evidence - fewer.log_evidence < TELLING:
            return more
    crowd = FIRST_CROWD if measured.scene is None else FIXED_CROWD
    redrawn = blocks if prior.moving or sources > 1 else []
    afresh = sample(likelihood, len(prior.unknowns(sources)), particles, moves, seed, blocks=redrawn, crowd=crowd)
    return max((found for found in (more, afresh) if found), key=lambda found: found.log_evidence)


def effort(measured: Measured, sources: int) -> tuple[int, int]:
    """Particles and moves per stage: more particles for small scenes, where the same work buys a steadier answer."""
    if not sources:
        return NULL_PARTICLES, NULL_MOVES
    if measured.scene is None:
        return MOVING_PARTICLES, MOVING_MOVES
    particles = LEAST_PARTICLES * MOST_SAMPLES // len(measured.scene.y_ppb)
    return min(max(particles, LEAST_PARTICLES), MOST_PARTICLES), MOVES


def density(measured: Measured, prior: Prior, earlier: Earlier | None, sources: int) -> Density:
    """The log likelihood as the sampler sees it: of standard normals, with what earlier flights say of the sources."""

    def log_likelihood(sampled: Floats) -> Floats:
        values = prior.physical(sampled, sources)
        known = 0.0 if earlier is None else earlier.log_ratio(values, sources, prior)
        return measured.log_likelihood(values) + known

    return log_likelihood
