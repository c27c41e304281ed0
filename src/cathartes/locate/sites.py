"""Which sources the draws speak of: every draw's sources are told apart so that the same one has the same name in all of them.

A draw is a set: its first source may be another draw's second. Works in local metres.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from cathartes.model.samples import Floats

ROUNDS = 12
STARTS = 40


@dataclass(frozen=True, eq=False)
class Crowd:
    """Equally weighted posterior draws: `count` of sources in each (m), `place` (m x most x 2, metres) and `rate` (m x most, mean
    over the flight, kg/h), NaN beyond the count."""

    count: NDArray[np.int64]
    place: Floats
    rate: Floats

    def points(self) -> Floats:
        """Places of all sources of all draws (n x 2)."""
        return self.place[np.isfinite(self.rate)]

    def chance(self, least: int = 1) -> float:
        """Posterior probability of at least so many sources."""
        return float((self.count >= least).mean())


def members(crowd: Crowd) -> list[NDArray[np.int64]]:
    """For each source the draws speak of, which of a draw's sources it is (m; -1 where the draw has none of it).

    As many sources as are likelier than not, and one at least. Normal clusters under the rule that no two sources of one draw
    share a cluster, each draw taking its best assignment in turn (hard expectation-maximisation).
    """
    if not crowd.count.any():
        return []
    sites = max(int(np.median(crowd.count)), 1)
    mean = first_places(crowd, sites)
    spread = np.tile(np.cov(crowd.points().T) + np.eye(2), (sites, 1, 1))
    for _ in range(ROUNDS):
        belongs = assigned(crowd, mean, spread)
        for site in range(sites):
            own = crowd.place[belongs[:, site] >= 0, belongs[belongs[:, site] >= 0, site]]
            if len(own) > 5:
                mean[site] = np.median(own, axis=0)
                spread[site] = np.cov(own.T) + np.eye(2)
    return [belongs[:, site] for site in range(sites)]


def first_places(crowd: Crowd, sites: int) -> Floats:
    """Places of the draw whose strongest `sites` sources lie in the thick of the others, of some draws tried (sites x 2)."""
    having = np.flatnonzero(crowd.count >= sites)
    tried = having[np.unique(np.linspace(0, len(having) - 1, STARTS).astype(int))]
    strongest = np.argsort(-np.nan_to_num(crowd.rate[tried], nan=-1.0), axis=1)[:, :sites]
    places = crowd.place[tried[:, None], strongest]
    every = crowd.points()
    width = np.maximum(0.2 * every.std(axis=0), 1.0)
    near = np.exp(-0.5 * (((every - places[:, :, None, :]) / width) ** 2).sum(axis=3)).sum(axis=2)
    return np.asarray(places[int(np.sqrt(near).sum(axis=1).argmax())])


def assigned(crowd: Crowd, mean: Floats, spread: Floats) -> NDArray[np.int64]:
    """The likeliest assignment of each draw's sources to clusters (m x clusters; -1 for none)."""
    sites, most = len(mean), crowd.place.shape[1]
    inverse, volume = np.linalg.inv(spread), np.log(np.linalg.det(spread))
    gap = np.nan_to_num(crowd.place[:, :, None, :] - mean)
    cost = 0.5 * np.einsum("dsca,cab,dscb->dsc", gap, inverse, gap) + 0.5 * volume
    result = np.full((len(crowd.count), sites), -1)
    for count in range(1, most + 1):
        rows = np.flatnonzero(crowd.count == count)
        ways = list(permutations(range(max(count, sites)), sites))
        if not len(rows):
            continue
        # A way names, for each cluster, which of the draw's sources it takes; numbers beyond the count are nobody.
        total = np.stack([sum(cost[rows, taken, site] for site, taken in enumerate(way) if taken < count) for way in ways])
        best = np.array(ways)[total.argmin(axis=0)]
        result[rows] = np.where(best < count, best, -1)
    return result
