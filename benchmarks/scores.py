"""Scores of weighted posterior draws beside the truth: place, total rate, number of sources. Pure sums over draws; no file is opened.

Energy score and CRPS are those of Gneiting & Raftery (2007); both are negatively oriented, nought is best. `calibration.py` locates the
scenes, gives the draws to `scored` and prints.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from surface_layer import Floats

from cathartes.model import Draw, PointSource

MOST = 3
"""Draws with more sources count as this many."""
OFFSET_KG_H, LEAST_KG_H = 0.1, 1e-3
"""Added to a rate before its logarithm is taken; the least that a true source counts for, so that one that was off has a rate."""
DETECTABLE = 5.0
"""A source is detectable where the gas rose above this many standard deviations of the noise on some sample."""
NOWHERE_M = 20000.0
"""Energy score of an answer that knows no source where there was one."""
LEVELS = (0.5, 0.9)


@dataclass(frozen=True)
class Truth:
    """What was there: places (n x 2, metres) and mean rates (kg/h) of the sources, whether they were detectable, and the strata."""

    places: Floats
    rates_kg_h: Floats
    detectable: bool
    strata: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many sources there were."""
        return len(self.rates_kg_h)

    @property
    def strongest(self) -> Floats:
        """Where the strongest source was."""
        return np.asarray(self.places[self.rates_kg_h.argmax()])


@dataclass(frozen=True)
class Place:
    """The strongest true source beside the draws: error of the median (m), energy score (m), share of the draws that lie nearer the
    middle by Mahalanobis distance, area of the ellipse that holds 90 % of them (km2)."""

    error_m: float
    energy_m: float
    rank: float
    area_km2: float


@dataclass(frozen=True)
class Score:
    """One answer beside its truth. `total_kg_h` is the median; `rank` of the rate is randomised within ties; `place` and the rate's
    coverage are for scenes with sources."""

    p_any: float
    count_rps: float
    total_kg_h: float
    crps: float
    rate_rank: float
    rate_held: Mapping[float, bool] | None = None
    within_two: bool | None = None
    place: Place | None = None


def truth_from(told: Mapping[str, Any]) -> Truth:
    """The truth that `scenes.py` writes."""
    sources = told["sources"]
    detectable = told["peak_enh_ppb"] > DETECTABLE * told["noise_ppb"]
    strata = {
        "stability": told["stability"],
        "wind": told["wind_mode"],
        "sources": str(told["n_sources"]),
        "ground": "hilly" if told["hilly"] else "flat",
        "signal": "detectable" if detectable else "below 5 sd",
    }
    places = np.array([(source["x_m"], source["y_m"]) for source in sources]).reshape(-1, 2)
    return Truth(places, np.array([source["rate_kg_h_mean"] for source in sources], float), detectable, strata)


def scored(draws: Sequence[Draw], truth: Truth, rng: np.random.Generator) -> Score:
    """The draws beside the truth; `rng` orders the truth among draws that equal it."""
    weight = np.array([draw.weight for draw in draws], float)
    weight /= weight.sum()
    counts = np.array([min(len(draw.sources), MOST) for draw in draws])
    shares = np.bincount(counts, weight, MOST + 1).astype(float)
    totals = np.array([sum(max(source.rate_kg_h, 0.0) for source in draw.sources) for draw in draws])
    true_total = float(np.maximum(truth.rates_kg_h, LEAST_KG_H).sum())
    bare = Score(
        p_any=float(1 - shares[0]),
        count_rps=ranked_probability(shares, truth.count),
        total_kg_h=quantile(totals, weight, 0.5),
        crps=crps(np.log10(totals + OFFSET_KG_H), weight, float(np.log10(true_total + OFFSET_KG_H))),
        rate_rank=rank_among(totals, weight, true_total, rng),
    )
    if not truth.count:
        return bare
    return replace(
        bare,
        rate_held={level: is_inside(totals, weight, true_total, level) for level in LEVELS},
        within_two=0.5 <= bare.total_kg_h / true_total <= 2,
        place=placed(draws, weight, truth),
    )


def placed(draws: Sequence[Draw], weight: Floats, truth: Truth) -> Place:
    """Where the draws put the strongest true source. A draw's nearest source stands for it where there were several, else its strongest.

    Draws without a source say nothing of the place; when none has one, nothing is held.
    """
    target = truth.strongest
    some = np.array([bool(draw.sources) for draw in draws])
    if not some.any():
        return Place(np.inf, NOWHERE_M, 1.0, 0.0)
    chosen = [standing_for(draw.sources, target if truth.count > 1 else None) for draw in draws if draw.sources]
    points = np.array([(source.x, source.y) for source in chosen])
    shares = weight[some] / weight[some].sum()
    middle = np.array([quantile(axis, shares, 0.5) for axis in points.T])
    distance, true_distance, area_m2 = ellipse(points, shares, target)
    return Place(
        error_m=float(np.hypot(*(middle - target))),
        energy_m=energy(points, shares, target),
        rank=float(shares[distance < true_distance].sum()),
        area_km2=area_m2 / 1e6,
    )


def standing_for(sources: Sequence[PointSource], target: Floats | None) -> PointSource:
    """The source of one draw that is nearest to `target`, or the strongest one."""
    if target is None:
        return max(sources, key=lambda source: source.rate_kg_h)
    return min(sources, key=lambda source: float(np.hypot(source.x - target[0], source.y - target[1])))


def ellipse(points: Floats, weight: Floats, target: Floats) -> tuple[Floats, float, float]:
    """Squared Mahalanobis distances of the points and of `target`, and the area of the ellipse that holds 90 % of the points (m2).

    One square metre is added to the variances, so that draws all in one place have an ellipse too.
    """
    covariance = np.eye(2) + (np.cov(points.T, aweights=weight) if len(points) > 2 else 0)
    inverse = np.linalg.inv(covariance)
    apart = np.vstack((points, target)) - weight @ points
    squared = np.einsum("ni,ij,nj->n", apart, inverse, apart)
    area = np.pi * quantile(squared[:-1], weight, 0.9) * np.sqrt(np.linalg.det(covariance))
    return squared[:-1], float(squared[-1]), float(area)


def energy(points: Floats, weight: Floats, target: Floats) -> float:
    """E|X - y| - E|X - X'| / 2 over weighted points, in their unit."""
    spread = weight @ [weight @ np.hypot(*(points - point).T) for point in points]
    return float(weight @ np.hypot(*(points - target).T) - spread / 2)


def crps(values: Floats, weight: Floats, truth: float) -> float:
    """E|X - y| - E|X - X'| / 2 over weighted numbers; the second part from the order of the values, as 2 F - 1 weighs them."""
    order = np.argsort(values, kind="stable")
    values, weight = values[order], weight[order]
    middle = np.cumsum(weight) - weight / 2
    return float(weight @ np.abs(values - truth) - weight @ (values * (2 * middle - 1)))


def ranked_probability(shares: Floats, true_count: int) -> float:
    """Mean squared difference of the cumulative shares of 0, 1, ... sources from those of the true number, over all but the last."""
    steps = np.cumsum(shares) - (np.arange(len(shares)) >= true_count)
    return float((steps[:-1] ** 2).mean())


def quantile(values: Floats, weight: Floats, level: float) -> float:
    """Quantile of weighted numbers, each standing at the middle of its own weight, linear in between."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weight[order])
    return float(np.interp(level, (passed - weight[order] / 2) / passed[-1], values[order]))


def is_inside(values: Floats, weight: Floats, truth: float, level: float) -> bool:
    """Whether the interval in the middle of the weighted numbers that has this probability holds the truth."""
    return quantile(values, weight, (1 - level) / 2) <= truth <= quantile(values, weight, (1 + level) / 2)


def rank_among(values: Floats, weight: Floats, truth: float, rng: np.random.Generator) -> float:
    """The share of the weight below the truth, plus a random part of the weight equal to it: uniform for a calibrated answer."""
    return float(weight[values < truth].sum() + rng.random() * weight[values == truth].sum())


def check() -> None:
    """The sums done by hand; raises `AssertionError` where the code says otherwise."""
    halves = np.array([0.5, 0.5])
    assert np.isclose(crps(np.array([0.0, 2.0]), halves, 1.0), 0.5)  # 1 - (0 + 2 + 2 + 0) / 4 / 2
    assert np.isclose(energy(np.array([[0.0, 0.0], [0.0, 2.0]]), halves, np.array([0.0, 1.0])), 0.5)
    assert np.isclose(ranked_probability(np.array([0.5, 0.5, 0, 0]), 1), 0.25 / 3)
    assert quantile(np.array([3.0, 1.0]), halves, 0.5) == 2.0
    one, nothing = Draw(0.5, (PointSource(3.0, 4.0, 10.0),)), Draw(0.5, ())
    truth = Truth(np.zeros((1, 2)), np.array([10.0]), detectable=True, strata={})
    answer = scored([one, nothing], truth, np.random.default_rng(0))
    assert answer.place is not None
    assert answer.p_any == 0.5
    assert answer.place.error_m == answer.place.energy_m == 5.0
    assert answer.place.rank == 1.0  # no draw is nearer the middle, but draws all in one place hold nothing beside it
