"""What a search found, as nouns: draws, sources with regions and rates, maps, fits per instrument and crossing, notes.

The numbers come from `sampler` runs, `sites` and `summary`; only the naming, weighing and wording happen here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

import cathartes
from cathartes.earth.frame import LocalFrame
from cathartes.locate.fits import FIGURE_POINTS, LEVEL, Replayed, fits_of, replayed
from cathartes.locate.measured import Measured
from cathartes.locate.prior import PER_SOURCE, RATE, SHARED, SPEED, TURN, Prior, X, Y
from cathartes.locate.sampler import Run
from cathartes.locate.samples import Samples
from cathartes.locate.sites import Crowd, members
from cathartes.locate.summary import Density, area_of, best_point, cells_of, density_of, grid_of, region_of
from cathartes.model import (
    Custody,
    Detectability,
    Draw,
    Draws,
    Flight,
    Grid,
    GridQuantity,
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
DRAWS = 1000
SEEN = 0.5
# Odds on any source must have risen by this factor before one is named: "strong" (Jeffreys 1961, Theory of Probability).
STRONG = 10.0
# A source whose 90 % region is more than this share of the search area has not been placed.
PLACED = 0.5
AGREEMENT = 3.0
# A source whose share of time on is surely above this was always on: "100 % (100 % to 100 %)" tells nothing.
ALWAYS_ON = 0.995
# Standard deviation, east and north (m), of where a plume seems to start about the point where the gas leaves: vents, wakes, sheds.
# No simulated plume knows it, and the one real release with paths a few metres off was missed for want of it.
ORIGIN_M = 2.0


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything a report needs: the flight, what was measured, and the runs by (number of sources, seed)."""

    flight: Flight
    gas: str
    frame: LocalFrame
    measured: Measured
    prior: Prior
    runs: Mapping[tuple[int, int], Run]
    detectability: Detectability
    notes: tuple[Statement, ...]


def located(findings: Findings, samples: Samples, recordings: tuple[Recording, ...]) -> Located:
    """The whole answer for one gas."""
    pool = replayed(findings.measured, drawn(findings), np.random.default_rng(1))
    crowd = crowd_of(pool)
    notes = (*findings.notes, *convergence(findings.runs, prior_shares(findings.flight)), *inferred(pool), counted(crowd, findings))
    sources = sources_of(findings, crowd, recordings, notes) if is_seen(crowd, findings) else ()
    if not sources:
        notes += (Statement("locate.no-source", {"probability": 1.0 - crowd.chance()}),)
    fits, crossings = fits_of(findings.measured, pool)
    draws = draws_of(findings.frame, crowd)
    instruments = instruments_of(samples, findings.frame)
    return Located(draws, sources, fits, instruments, notes, probability_grid(findings, crowd), findings.detectability, crossings)


def prior_shares(flight: Flight) -> Floats:
    """What is believed of the number of sources before the flight: 0, 1 ... each.

    Where `max_sources` is stated, each of so many possible sources is there or not with even chance. Where nobody says, one is as
    likely as none, and each further one a tenth as likely as the one before, up to three.
    """
    stated = flight.search.max_sources if flight.search else None
    weight = comb(stated, np.arange(stated + 1)) if stated is not None else np.array([1.0, 1.0, 0.1, 0.01])
    return np.asarray(weight / weight.sum())


def log_evidence(runs: Mapping[tuple[int, int], Run], number: int) -> float:
    """Mean log evidence of the runs of one number of sources.

    The mean of the logarithms: an evidence that the other run does not confirm, as of one source too many, counts less.
    """
    return float(np.mean([run.log_evidence for (sources, _), run in runs.items() if sources == number]))


def chances(runs: Mapping[tuple[int, int], Run], prior: Floats) -> Floats:
    """Posterior probability of 0, 1 ... sources, from its prior and its `log_evidence`."""
    evidence = np.full(len(prior), -np.inf)
    for number in {number for number, _ in runs}:
        evidence[number] = log_evidence(runs, number)
    weight = prior * np.exp(evidence - evidence.max())
    return np.asarray(weight / weight.sum())


def run_weights(evidence: Floats) -> Floats:
    """Share of each seed's run in the pooled draws, by its evidence; equal where the runs disagree, which widens the answer."""
    weight = np.exp(evidence - evidence.max()) if np.ptp(evidence) < AGREEMENT else np.ones(len(evidence))
    return np.asarray(weight / weight.sum())


def drawn(findings: Findings) -> list[Floats]:
    """`DRAWS` equally weighted physical draws, those of each number of sources together (rows x unknowns, by number)."""
    share = chances(findings.runs, prior_shares(findings.flight))
    counts = np.diff(np.round(np.concatenate(([0.0], np.cumsum(share))) * DRAWS)).astype(int)
    pools = []
    for number, count in enumerate(counts):
        runs = [run for (sources, _), run in sorted(findings.runs.items()) if sources == number]
        if not count:
            pools.append(np.empty((0, SHARED + PER_SOURCE * number)))
            continue
        weight = run_weights(np.array([run.log_evidence for run in runs]))
        each = np.diff(np.round(np.concatenate(([0.0], np.cumsum(weight))) * count)).astype(int)
        rows = [run.draws[np.linspace(0, len(run.draws) - 1, some).astype(int)] for run, some in zip(runs, each, strict=True)]
        pools.append(findings.prior.physical(np.concatenate(rows), number))
    return pools


def crowd_of(pool: list[Replayed]) -> Crowd:
    """Number, places and mean rates of all draws; places are of the release, not of the plume's origin (`ORIGIN_M`)."""
    total, most = sum(len(part.values) for part in pool), max(len(pool) - 1, 1)
    count = np.repeat(np.arange(len(pool)), [len(part.values) for part in pool])
    place, rate = np.full((total, most, 2), np.nan), np.full((total, most), np.nan)
    rng, row = np.random.default_rng(2), 0
    for number, part in enumerate(pool):
        rows = slice(row, row + len(part.values))
        for source in range(number):
            first = SHARED + PER_SOURCE * source
            place[rows, source] = part.values[:, [first + X, first + Y]] + ORIGIN_M * rng.standard_normal((len(part.values), 2))
            rate[rows, source] = part.values[:, first + RATE] * part.share_on[:, source]
        row = rows.stop
    return Crowd(count, place, rate)


def is_seen(crowd: Crowd, findings: Findings) -> bool:
    """Whether a source is likelier than not, and the flight is the reason: prior odds alone would make one of thin air."""
    chance = min(crowd.chance(), 1.0 - 0.5 / DRAWS)
    none = float(prior_shares(findings.flight)[0])
    return chance >= SEEN and chance / (1.0 - chance) >= STRONG * (1.0 - none) / none


def draws_of(frame: LocalFrame, crowd: Crowd) -> Draws:
    """The draws as nouns, in the flight's frame."""
    x, y = frame.back(crowd.place[..., 0], crowd.place[..., 1])
    listed = [
        tuple(PointSource(float(x[d, s]), float(y[d, s]), float(crowd.rate[d, s])) for s in range(count))
        for d, count in enumerate(crowd.count)
    ]
    return Draws(frame.frame, tuple(Draw(1.0 / len(listed), sources) for sources in listed))


def sources_of(findings: Findings, crowd: Crowd, recordings: tuple[Recording, ...], notes: tuple[Statement, ...]) -> tuple[Source, ...]:
    """The sources the draws support: each likelier than not and placed, the likeliest first."""
    sites = [site_of(crowd, belongs) for belongs in members(crowd) if (belongs >= 0).mean() >= SEEN]
    placed = [site for site in sites if area_of(region_of(site.density, LEVEL)) < PLACED * findings.prior.area_m2()]
    placed.sort(key=lambda site: (-site.chance, -float(np.median(site.rate))))
    return tuple(source_of(findings, site, f"{number}", recordings, notes) for number, site in enumerate(placed, start=1))


@dataclass(frozen=True, eq=False)
class Site:
    """One source in the draws that have it: the share of draws that do, its places (n x 2, m) and mean rates (n, kg/h)."""

    chance: float
    place: Floats
    rate: Floats
    density: Density


def site_of(crowd: Crowd, belongs: NDArray[np.int64]) -> Site:
    """The site whose part in each draw `belongs` names (see `sites.members`)."""
    having = np.flatnonzero(belongs >= 0)
    place = crowd.place[having, belongs[having]]
    return Site(len(having) / len(crowd.count), place, crowd.rate[having, belongs[having]], density_of(place))


def source_of(findings: Findings, site: Site, number: str, recordings: tuple[Recording, ...], notes: tuple[Statement, ...]) -> Source:
    """One source: place, regions and rate from the draws that have it."""
    middle_x, middle_y = best_point(site.density)
    x, y = findings.frame.back(np.array([middle_x]), np.array([middle_y]))
    spread = np.cov(site.place.T)
    covariance = (float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1]))
    low, middle, high = np.quantile(site.rate, [0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2])
    seeds, each = len({seed for _, seed in findings.runs}), max(len(run.draws) for run in findings.runs.values())
    parameters = {"runs": seeds, "draws_per_run": each, "most_sources": len(prior_shares(findings.flight)) - 1}
    inputs = {digest for recording in recordings for digest in recording.custody.inputs}
    custody = Custody(tuple(sorted(inputs)), METHOD, cathartes.__version__, parameters)
    name = (*custody.inputs, METHOD, custody.version, findings.flight.id, findings.gas, number, repr(sorted(parameters.items())))
    return Source(
        identifier("source", name),
        findings.flight.id, findings.gas, site.chance,
        Place(float(x[0]), float(y[0]), findings.frame.frame, covariance_m2=covariance),
        region(findings.frame, site.density, 0.5), region(findings.frame, site.density, 0.9),
        Quantity(float(middle), "kg/h", float(low), float(high), LEVEL), own_draws(findings.frame, site), notes, custody,
        findings.flight.marking,
    )  # fmt: skip


def own_draws(frame: LocalFrame, site: Site) -> Draws:
    """The site alone, in each draw that has it, and the share of those that have not."""
    x, y = frame.back(site.place[:, 0], site.place[:, 1])
    weight = site.chance / len(site.rate)
    some = tuple(Draw(weight, (PointSource(float(a), float(b), float(q)),)) for a, b, q in zip(x, y, site.rate, strict=True))
    return Draws(frame.frame, (*some, *((Draw(1.0 - site.chance, ()),) if site.chance < 1.0 else ())))


def region(frame: LocalFrame, density: Density, level: float) -> Region:
    """The region of highest density at `level`, back in the flight's frame."""
    polygons = region_of(density, level)
    back = tuple(tuple(_ring_back(frame, np.array(ring)) for ring in rings) for rings in polygons)
    return Region(back, frame.frame, level, area_of(polygons))


def _ring_back(frame: LocalFrame, ring: Floats) -> tuple[tuple[float, float], ...]:
    x, y = frame.back(ring[:, 0], ring[:, 1])
    return tuple(zip(x.tolist(), y.tolist(), strict=True))


def convergence(runs: Mapping[tuple[int, int], Run], prior: Floats) -> tuple[Statement, ...]:
    """Whether the runs of the most probable number of sources agree: evidence within 3, and moves accepted."""
    best = int(chances(runs, prior).argmax())
    chosen = [run for (number, _), run in sorted(runs.items()) if number == best]
    apart = float(np.ptp([run.log_evidence for run in chosen]))
    worst = min(run.acceptance for run in chosen)
    key = "locate.converged" if apart < AGREEMENT and worst > 0.1 else "locate.not-converged"
    return (Statement(key, {"runs": len(chosen), "apart": apart, "acceptance": worst}),)


def inferred(pool: list[Replayed]) -> tuple[Statement, ...]:
    """What was inferred beside place and rate: wind corrections, and how much of the time the first source was on."""
    values = np.concatenate([part.values[:, :SHARED] for part in pool])
    found = [
        spread_statement("locate.wind-turned", "turn_deg", np.degrees(values[:, TURN]), "low_deg", "high_deg"),
        spread_statement("locate.wind-speed-factor", "factor", values[:, SPEED]),
    ]
    having = [part for part in pool[1:] if len(part.values)]
    share_on = np.concatenate([part.share_on[:, 0] for part in having]) if having else np.ones(1)
    if np.quantile(share_on, 0.05) < ALWAYS_ON:
        found.append(spread_statement("locate.on-share", "share", share_on))
        found.append(spread_statement("locate.rate-when-on", "rate", np.concatenate([part.values[:, SHARED + RATE] for part in having])))
    return tuple(found)


def spread_statement(key: str, name: str, values: Floats, low: str = "low", high: str = "high") -> Statement:
    """A statement with the median and the 90 % interval of `values`."""
    below, middle, above = np.quantile(values, [0.05, 0.5, 0.95])
    return Statement(key, {name: float(middle), low: float(below), high: float(above)})


def counted(crowd: Crowd, findings: Findings) -> Statement:
    """The posterior probability of each number of sources, in words."""
    share = np.bincount(crowd.count, minlength=len(prior_shares(findings.flight))) / len(crowd.count)
    return Statement("locate.how-many", {"shares": ", ".join(f"{number}: {100.0 * part:.0f} %" for number, part in enumerate(share))})


def probability_grid(findings: Findings, crowd: Crowd) -> Grid:
    """Expected number of sources in each cell of the search box."""
    return grid_of(findings.frame, findings.prior.box, GridQuantity.EXPECTED_SOURCES, cells_of(crowd.points(), findings.prior.box) / DRAWS)


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
