"""How much of the log likelihood counts, where errors outlast the moments that its model treats as independent.

A morning of odd weather makes a dozen moments wrong in the same way. That is measured here, and the likelihood is raised to
a power below one.
"""

import numpy as np

from cathartes.locate.forward import Scene, replay
from cathartes.model.samples import Floats

ADJACENT = 2.5
# What lasts the whole record shows in no autocorrelation. On particle scenes (benchmarks/scenes.py, seed 1), 90 % regions held
# 10 of 13 true places without this factor.
LASTING_SHARE = 0.6
PRIOR_MEMORY = 0.3
PRIOR_STEPS = 20
LEAST = 0.1


def power_of(scene: Scene, values: Floats) -> float:
    """Power (0 to 1) that gives the log likelihood the curvature its own scatter supports, from some posterior draws.

    Magnitude adjustment of a composite likelihood (Ribatet, Cooley and Davison 2012, Statistica Sinica 22, 813): where the
    steps' parts in the differences of log likelihood between draws have the autocorrelation r from one step to the next, n
    steps are worth n (1 - r) / (1 + r). Short records hold too few steps to tell: r is drawn towards 0.3 with the weight of
    20 steps. A bias that lasts the whole record shows in no such number; turn, spreads, gains and `LASTING_SHARE` are for that.
    """
    gained = replay(scene, values, np.random.default_rng(0)).gained
    difference = gained - np.roll(gained, len(gained) // 2, axis=0)
    difference -= difference.mean(axis=1, keepdims=True)
    gap_s = scene.gap_s[1:]
    near = gap_s <= ADJACENT * np.median(gap_s)
    together = (difference[:, 1:] * difference[:, :-1])[:, near].mean() * near.sum()
    alone = (difference**2).mean()
    memory = (together + PRIOR_MEMORY * PRIOR_STEPS * alone) / ((near.sum() + PRIOR_STEPS) * alone)
    return float(np.clip(LASTING_SHARE * (1.0 - memory) / (1.0 + memory), LEAST, 1.0))
