"""What earlier flights over the same ground found, as the belief before this one: their draws, smoothed, and a share of doubt.

Flights are folded in one after the other; each has its own air and instruments, and shares only the sources with the others. A
draw of another gas says where, not how much.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from scipy.spatial import KDTree
from scipy.special import logsumexp, ndtri

from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.locate.prior import DUTY, PER_SOURCE, RATE, SHARED, Prior, X, Y, duty_of
from cathartes.model import Draws
from cathartes.model.samples import Floats

CHANGED = 0.1
"""The chance that a source came, went or moved between the flights."""
NEIGHBOURS = 10
LEAST_M = 3.0
LOG10_RATE_SD = 0.1
MOST_DRAWS = 300
ROWS = 200


@dataclass(frozen=True, eq=False)
class Earlier:
    """Earlier draws by number of sources: places (draws x sources x 2, m), log10 of mean rates (draws x sources; `None` where they
    are of another gas), how far each source's kernel reaches (draws x sources, m), and log of the chance of each number over what
    this flight would believe by itself."""

    places: tuple[Floats, ...]
    rates: tuple[Floats, ...] | None
    reach_m: tuple[Floats, ...]
    log_number: Floats

    def log_ratio(self, values: Floats, sources: int, prior: Prior) -> Floats:
        """Log density of each row of physical `values` under the earlier draws over that under `prior`.

        Each source is one of a draw's, anew with the chance `CHANGED`; which is which is not known, so all orders count.
        """
        if not sources or not len(self.places[sources]):
            return np.full(len(values), self.log_number[sources])
        found = [self._of_rows(values[first : first + ROWS], sources, prior) for first in range(0, len(values), ROWS)]
        return np.asarray(np.concatenate(found) + self.log_number[sources])

    def _of_rows(self, values: Floats, sources: int, prior: Prior) -> Floats:
        own = values[:, SHARED:].reshape(len(values), sources, PER_SOURCE)
        gap = own[:, None, :, None, [X, Y]] - self.places[sources][None, :, None, :, :]
        reach = self.reach_m[sources][None, :, None, :]
        ratio = prior.area_m2() / (2.0 * np.pi * reach**2) * np.exp(-0.5 * (gap**2).sum(axis=-1) / reach**2)
        if self.rates is not None:
            rate = np.log10(own[:, :, RATE] * own[:, :, DUTY])
            mean, sd = believed_rate(prior)
            apart = (rate[:, None, :, None] - self.rates[sources][None, :, None, :]) / LOG10_RATE_SD
            usual = ((rate - mean) / sd)[:, None, :, None]
            ratio *= sd / LOG10_RATE_SD * np.exp(0.5 * (usual**2 - apart**2))
        ratio = np.log((1.0 - CHANGED) * ratio + CHANGED)
        orders = [sum(ratio[:, :, i, j] for i, j in enumerate(order)) for order in permutations(range(sources))]
        return np.asarray(logsumexp(orders, axis=(0, 2)) - np.log(len(orders) * ratio.shape[1]))


def believed_rate(prior: Prior) -> tuple[float, float]:
    """Mean and standard deviation of log10 of a source's mean rate (kg/h) under the prior: rate when on, times duty."""
    duty = np.log10(duty_of(ndtri((np.arange(200) + 0.5) / 200)))
    return prior.rate[0] + float(duty.mean()), float(np.hypot(prior.rate[1], duty.std()))


def earlier_of(draws: Draws, gas: str, frame: LocalFrame, shares: Floats) -> Earlier:
    """What `draws` say of sources of `gas`, in metres of `frame`, against the `shares` believed for each number of sources.

    Raises `BadInput` where the draws are in another frame, or hold more sources than are sought.
    """
    if draws.frame is not frame.frame:
        raise BadInput(f"the earlier draws are in the {draws.frame} frame, this flight in the {frame.frame} frame: they cannot be joined")
    most = max(len(draw.sources) for draw in draws.draws)
    if most >= len(shares):
        raise BadInput(f"the earlier draws hold up to {most} sources; state [search] max_sources of at least as many in flight.toml")
    number = np.zeros(len(shares))
    for draw in draws.draws:
        number[len(draw.sources)] += draw.weight
    log_number = np.log((1.0 - CHANGED) * number / number.sum() + CHANGED * shares) - np.log(shares)
    pools = [_pool(draws, sources, frame) for sources in range(len(shares))]
    rates = tuple(rate for _, rate in pools) if draws.gas in (gas, None) else None
    return Earlier(tuple(place for place, _ in pools), rates, tuple(_reach(place) for place, _ in pools), log_number)


def _pool(draws: Draws, sources: int, frame: LocalFrame) -> tuple[Floats, Floats]:
    """Places and log10 rates of the draws with so many sources, evenly by weight, at most `MOST_DRAWS`."""
    own = [draw for draw in draws.draws if len(draw.sources) == sources and draw.weight > 0.0]
    if not own or not sources:
        return np.empty((0, sources, 2)), np.empty((0, sources))
    passed = np.cumsum([draw.weight for draw in own])
    at = (np.arange(min(len(own), MOST_DRAWS)) + 0.5) / min(len(own), MOST_DRAWS) * passed[-1]
    table = np.array([[(one.x, one.y, one.rate_kg_h) for one in own[row].sources] for row in np.searchsorted(passed, at)])
    east, north = frame.metres(table[..., 0], table[..., 1])
    return np.stack([east, north], axis=-1), np.log10(np.maximum(table[..., 2], 1e-6))


def _reach(places: Floats) -> Floats:
    """Each source's distance to its tenth neighbour: wide where the draws are thin."""
    points = places.reshape(-1, 2)
    if len(points) <= NEIGHBOURS:
        return np.full(places.shape[:2], max(float(np.hypot(*points.std(axis=0))) if len(points) else 0.0, LEAST_M))
    distance, _ = KDTree(points).query(points, NEIGHBOURS + 1)
    return np.asarray(np.maximum(np.asarray(distance)[:, -1], LEAST_M).reshape(places.shape[:2]))
