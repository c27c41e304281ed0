"""What a search found, as nouns: draws, source with regions and rate, fit per instrument, notes.

The numbers come from `sampler` runs and `summary`; only the naming, weighing and wording happen here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

import cathartes
from cathartes.earth.frame import LocalFrame
from cathartes.locate.forward import Replay, Scene, replay
from cathartes.locate.likelihood import (
    CLIMB_ERROR,
    CLIMBED,
    COMMON_ERROR,
    COMMON_PPB,
    DOUBTED,
    FREEDOM,
    MEAN,
    NOISE_FACTOR,
    OWN_ERROR,
    SWUNG,
)
from cathartes.locate.prior import DUTY, ERROR_0, RATE, SHARED, SPEED, TURN, Prior, X, Y
from cathartes.locate.sampler import Run
from cathartes.locate.scene import Samples
from cathartes.locate.summary import Density, area_of, best_point, density_of, region_of
from cathartes.model import (
    Custody,
    Draw,
    Draws,
    Fit,
    Flight,
    Instrument,
    Located,
    Place,
    PointSource,
    Quantity,
    Recording,
    Region,
    Source,
    Statement,
    identifier,
)  # fmt: skip
from cathartes.model.samples import Floats

METHOD = "plume-smc"
LEVEL = 0.9
PRIOR_OF_A_SOURCE = 0.5
NULL_DRAWS = 50
FIGURE_POINTS = 400
FIT_DRAWS = 120
SEEN = 0.5
AGREEMENT = 3.0


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything a report needs: the flight, the scene, and the runs by (number of sources, seed)."""

    flight: Flight
    gas: str
    frame: LocalFrame
    scene: Scene
    prior: Prior
    power: float
    runs: Mapping[tuple[int, int], Run]
    notes: tuple[Statement, ...]


def located(findings: Findings, samples: Samples, recordings: tuple[Recording, ...]) -> Located:
    """The whole answer for one gas."""
    weight = run_weights(findings.runs, 1)
    chance = chance_of_source(findings.runs)
    z = pooled(findings.runs, weight)
    values = findings.prior.physical(z)
    history = replay(findings.scene, values, np.random.default_rng(1))
    mean_rate = values[:, SHARED + RATE] * history.share_on
    place = values[:, [SHARED + X, SHARED + Y]]
    draws = draws_of(findings.frame, place, mean_rate, chance)
    believed = Statement("locate.likelihood-share", {"share": findings.power})
    notes = (*findings.notes, believed, *convergence(findings.runs), *inferred(values, history))
    sources: tuple[Source, ...] = ()
    if chance >= SEEN:
        sources = (source_of(findings, recordings, place, mean_rate, chance, draws, notes),)
    else:
        notes += (Statement("locate.no-source", {"probability": 1.0 - chance}),)
    fits = fits_of(findings.scene, values, history)
    return Located(draws, sources, fits, instruments_of(samples, findings.frame), notes)


def run_weights(runs: Mapping[tuple[int, int], Run], sources: int) -> Floats:
    """Share of each seed's run in the pooled draws, by its evidence; equal where the runs disagree, which widens the answer."""
    evidence = np.array([run.log_evidence for (number, _), run in sorted(runs.items()) if number == sources])
    weight = np.exp(evidence - evidence.max()) if np.ptp(evidence) < AGREEMENT else np.ones(len(evidence))
    return np.asarray(weight / weight.sum())


def chance_of_source(runs: Mapping[tuple[int, int], Run]) -> float:
    """Posterior probability of a source, from the mean evidence with and without one."""
    mean = {}
    for number in (0, 1):
        evidence = np.array([run.log_evidence for (sources, _), run in sorted(runs.items()) if sources == number])
        mean[number] = evidence.max() + np.log(np.exp(evidence - evidence.max()).mean())
    odds = np.clip(mean[1] - mean[0], -50.0, 50.0) + np.log(PRIOR_OF_A_SOURCE / (1.0 - PRIOR_OF_A_SOURCE))
    return float(1.0 / (1.0 + np.exp(-odds)))


def pooled(runs: Mapping[tuple[int, int], Run], weight: Floats) -> Floats:
    """As many draws as all one-source runs hold, taken from each in proportion to its weight."""
    chosen = [run for (number, _), run in sorted(runs.items()) if number == 1]
    total = sum(len(run.draws) for run in chosen)
    counts = np.diff(np.round(np.concatenate(([0.0], np.cumsum(weight))) * total)).astype(int)
    return np.concatenate([run.draws[np.arange(count) % len(run.draws)] for run, count in zip(chosen, counts, strict=True)])


def draws_of(frame: LocalFrame, place: Floats, rate: Floats, chance: float) -> Draws:
    """All draws with their weights: those with a source share its probability, those without the rest."""
    x, y = frame.back(place[:, 0], place[:, 1])
    weight = chance / len(rate)
    some = tuple(Draw(weight, (PointSource(float(a), float(b), float(q)),)) for a, b, q in zip(x, y, rate, strict=True))
    none = tuple(Draw((1.0 - chance) / NULL_DRAWS, ()) for _ in range(NULL_DRAWS))
    return Draws(frame.frame, some + none)


def source_of(
    findings: Findings,
    recordings: tuple[Recording, ...],
    place: Floats,
    rate: Floats,
    chance: float,
    draws: Draws,
    notes: tuple[Statement, ...],
) -> Source:
    """The source those draws support."""
    density = density_of(place)
    east, north = best_point(density)
    x, y = findings.frame.back(np.array([east]), np.array([north]))
    spread = np.cov(place.T)
    low, middle, high = np.quantile(rate, [0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2])
    runs = len(findings.runs) // 2
    parameters = {"runs": runs, "particles": len(place) // runs, "prior_of_a_source": PRIOR_OF_A_SOURCE}
    custody = Custody(tuple(sorted(recording.digest for recording in recordings)), METHOD, cathartes.__version__, parameters)
    name = (*custody.inputs, METHOD, custody.version, findings.flight.id, findings.gas, repr(sorted(parameters.items())))
    covariance = (float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1]))
    return Source(
        identifier("source", name),
        findings.flight.id, findings.gas, chance,
        Place(float(x[0]), float(y[0]), findings.frame.frame, covariance_m2=covariance),
        region(findings.frame, density, 0.5), region(findings.frame, density, 0.9),
        Quantity(float(middle), "kg/h", float(low), float(high), LEVEL), draws, notes, custody, findings.flight.marking,
    )  # fmt: skip


def region(frame: LocalFrame, density: Density, level: float) -> Region:
    """The region of highest density at `level`, back in the flight's frame."""
    polygons = region_of(density, level)
    back = tuple(tuple(_ring_back(frame, np.array(ring)) for ring in rings) for rings in polygons)
    return Region(back, frame.frame, level, area_of(polygons))


def _ring_back(frame: LocalFrame, ring: Floats) -> tuple[tuple[float, float], ...]:
    x, y = frame.back(ring[:, 0], ring[:, 1])
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def convergence(runs: Mapping[tuple[int, int], Run]) -> tuple[Statement, ...]:
    """Whether the one-source runs agree: evidence within 3, and moves accepted."""
    chosen = [run for (number, _), run in sorted(runs.items()) if number == 1]
    apart = float(np.ptp([run.log_evidence for run in chosen]))
    worst = min(run.acceptance for run in chosen)
    key = "locate.converged" if apart < AGREEMENT and worst > 0.1 else "locate.not-converged"
    return (Statement(key, {"runs": len(chosen), "apart": apart, "acceptance": worst}),)


def inferred(values: Floats, history: Replay) -> tuple[Statement, ...]:
    """What was inferred beside place and rate: wind corrections, and how much of the time the source was on."""
    turn = np.degrees(np.quantile(values[:, TURN], [0.05, 0.5, 0.95]))
    speed = np.quantile(values[:, SPEED], [0.05, 0.5, 0.95])
    on = np.quantile(history.share_on, [0.05, 0.5, 0.95])
    when_on = np.quantile(values[:, SHARED + RATE], [0.05, 0.5, 0.95])
    return (
        Statement("locate.wind-turned", {"turn_deg": float(turn[1]), "low_deg": float(turn[0]), "high_deg": float(turn[2])}),
        Statement("locate.wind-speed-factor", {"factor": float(speed[1]), "low": float(speed[0]), "high": float(speed[2])}),
        Statement("locate.on-share", {"share": float(on[1]), "low": float(on[0]), "high": float(on[2])}),
        Statement("locate.rate-when-on", {"rate": float(when_on[1]), "low": float(when_on[0]), "high": float(when_on[2])}),
    )


def fits_of(scene: Scene, values: Floats, history: Replay) -> tuple[Fit, ...]:
    """Measured enhancement and the posterior predictive band of each instrument, at most 400 points each."""
    rows = np.linspace(0, len(values) - 1, min(FIT_DRAWS, len(values))).astype(int)
    rng = np.random.default_rng(2)
    predictive = predictive_of(scene, values[rows], history.signal_ppb[rows], rng)
    measured = np.median(history.cleaned_ppb[rows], axis=0)
    fits: list[Fit] = []
    for kind, name in enumerate(scene.names):
        here = np.flatnonzero(scene.instrument == kind)
        if not len(here):
            continue
        here = here[np.unique(np.linspace(0, len(here) - 1, min(FIGURE_POINTS, len(here))).astype(int))]
        low, high = np.quantile(predictive[:, here], [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
        middle = np.mean(history.signal_ppb[rows][:, here, MEAN], axis=0)
        t_s, seen, expected = (tuple(column.tolist()) for column in (scene.t_s[here], measured[here], middle))
        below, above = tuple(np.minimum(low, middle).tolist()), tuple(np.maximum(high, middle).tolist())
        fits.append(Fit(name, t_s, seen, expected, below, above, LEVEL))
    return tuple(fits)


def predictive_of(scene: Scene, values: Floats, signal: Floats, rng: np.random.Generator) -> Floats:
    """Draws of what each sample could have read above background (draws x samples): signal, on or off, and its errors."""
    errors = values[:, ERROR_0:SHARED]
    noise = scene.noise_ppb * errors[:, [NOISE_FACTOR]]
    share = errors[:, [OWN_ERROR]] ** 2 + errors[:, [COMMON_ERROR]] ** 2
    climb = (errors[:, [CLIMB_ERROR]] * signal[:, :, CLIMBED]) ** 2
    wander = signal[:, :, SWUNG] ** 2
    mean = signal[:, :, MEAN]
    spread = np.sqrt(noise**2 + errors[:, [COMMON_PPB]] ** 2 + share * signal[:, :, DOUBTED] ** 2 + climb + wander)
    on = rng.random(mean.shape) < values[:, [SHARED + DUTY]]
    return np.asarray(np.where(on, mean, 0.0) + spread * rng.standard_t(FREEDOM, mean.shape))


def instruments_of(samples: Samples, frame: LocalFrame) -> tuple[Instrument, ...]:
    """Where each instrument was: a point, both ends of a path, or a thinned track."""
    found = []
    for kind, name in enumerate(samples.names):
        paths = samples.paths[samples.instrument == kind]
        if not len(paths):
            continue
        is_fixed = np.ptp(paths, axis=0).max() < 5.0
        is_point = np.hypot(*(paths[0, 3:5] - paths[0, :2])) < 0.01
        ends = paths[0].reshape(2, 3)[:, :2] if is_fixed else paths[:: max(1, len(paths) // FIGURE_POINTS), :2]
        line = ends[:1] if is_fixed and is_point else ends
        x, y = frame.back(line[:, 0], line[:, 1])
        label = "track" if not is_fixed else "point" if is_point else "path"
        found.append(Instrument(name, label, tuple(zip(x.tolist(), y.tolist(), strict=True))))
    return tuple(found)
