"""How much of the log likelihood counts, where errors hang together in ways its model does not know.

The working likelihood treats innovations of different instruments and of different hours as independent. What they share
(a wrong plume on one path, a morning of odd weather) is measured here and the likelihood is raised to a power below one.
"""

import numpy as np
from numpy.typing import NDArray

from cathartes.locate.forward import Scene, sample_log_densities
from cathartes.model.samples import Floats

TIME_BLOCKS = 12
SHORTEST_RECORD_S = 12 * 3600.0
MOST = 0.5
LEAST = 0.1


def power_of(scene: Scene, values: Floats) -> float:
    """Power (0 to 1) that gives the log likelihood the curvature its own scatter supports, from some posterior draws.

    Magnitude adjustment of a composite likelihood (Ribatet, Cooley and Davison 2012, Statistica Sinica 22, 813): the
    differences of log likelihood between draws are summed within instruments and within twelfths of the record; the variance
    of these sums over that of independent terms (two-way clusters: Cameron, Gelbach and Miller 2011, J. Bus. Econ. Stat. 29,
    238) is the factor by which the information is overstated. A handful of clusters understates that factor, and a bias that
    lasts the whole record shows in none of them: never more than half is believed. Records under twelve hours get 1: a twelfth
    of them is no longer than the memory that the likelihood has already.
    """
    if np.ptp(scene.t_s) < SHORTEST_RECORD_S:
        return 1.0
    density = sample_log_densities(scene, values)
    difference = density - np.roll(density, len(density) // 2, axis=0)
    difference -= difference.mean(axis=1, keepdims=True)
    block = np.minimum((scene.t_s - scene.t_s[0]) / max(float(np.ptp(scene.t_s)), 1.0) * TIME_BLOCKS, TIME_BLOCKS - 1).astype(np.int64)
    alone = (difference**2).sum()
    within = [(_sums(difference, label) ** 2).sum() for label in (scene.group, block, scene.group * TIME_BLOCKS + block)]
    return float(np.clip(alone / max(within[0] + within[1] - within[2], 1e-12), LEAST, MOST))


def _sums(difference: Floats, label: NDArray[np.int64]) -> Floats:
    """Sums over samples of equal label (draws x labels)."""
    _, at = np.unique(label, return_inverse=True)
    total = np.zeros((difference.shape[0], int(at.max()) + 1))
    np.add.at(total.T, at, difference.T)
    return total
