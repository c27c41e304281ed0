"""What the flight would have noticed where: "not looked" is not "nothing there".

The chance that a source in a cell stands out of the noise and background, as the flight was flown, under the prior's air. The
measurements themselves play no part but for their noise.
"""

import numpy as np

from cathartes.earth.frame import LocalFrame
from cathartes.locate.forward import Scene, mean_signals
from cathartes.locate.likelihood import COMMON_PPB, NOISE_FACTOR
from cathartes.locate.measured import Measured
from cathartes.locate.prior import DUTY, ERROR_0, HEIGHT, PER_SOURCE, RATE, SHARED, Prior, X, Y
from cathartes.locate.summary import grid_of
from cathartes.model import Detectability, GridQuantity, Statement
from cathartes.model.samples import Floats

CELLS = 32
AIR_DRAWS = 12
FIXED_AIR_DRAWS = 4
THRESHOLD = 5.0
LOOKED = 0.01


def detectability(measured: Measured, prior: Prior, frame: LocalFrame) -> Detectability:
    """Chance of notice on a grid over the search box, for the prior's median rate and one standard deviation to either side.

    Outside a search polygon it is unknown.
    """
    west, south, east, north = prior.box
    rates = np.unique([rounded(10.0 ** (prior.rate[0] + side * prior.rate[1])) for side in (-1.0, 0.0, 1.0)])
    x = west + (np.arange(CELLS) + 0.5) * (east - west) / CELLS
    y = south + (np.arange(CELLS) + 0.5) * (north - south) / CELLS
    cells = np.column_stack([part.ravel() for part in np.meshgrid(x, y)])
    missed = np.ones((len(cells), len(rates)))
    if measured.passes is not None:
        missed *= 1.0 - measured.passes.chances_of_notice(cells, rates, prior.height[0], THRESHOLD, air(prior, AIR_DRAWS))
    if measured.scene is not None:
        missed *= 1.0 - fixed_chances(measured.scene, prior, cells, rates)
    # What not even the largest rate would have shown was not looked at.
    looked = 1.0 - missed.min(axis=1, keepdims=True) >= LOOKED
    chance = np.where(looked, 1.0 - missed, np.nan).T.reshape(len(rates), CELLS, CELLS)
    if prior.area is not None:
        chance[:, ~prior.area.holds(cells).reshape(CELLS, CELLS)] = np.nan
    grids = tuple(grid_of(frame, prior.box, GridQuantity.NOTICED, layer) for layer in chance)
    return Detectability(tuple(float(rate) for rate in rates), grids, Statement("locate.noticed", {"threshold": THRESHOLD}))


def rounded(rate: float) -> float:
    """A rate to one significant digit, so that maps of several flights can be laid beside one another."""
    return float(f"{rate:.0e}")


def air(prior: Prior, draws: int) -> Floats:
    """Draws of the shared unknowns from the prior (draws x `SHARED`)."""
    sampled = np.random.default_rng(0).standard_normal((draws, len(prior.unknowns(0))))
    return prior.physical(sampled, 0)


def fixed_chances(scene: Scene, prior: Prior, cells: Floats, rates: Floats) -> Floats:
    """Share of the draws of the air in which some mean of a fixed instrument would stand out (cells x rates)."""
    found = np.zeros((len(cells), len(rates)))
    for shared in air(prior, FIXED_AIR_DRAWS):
        values = np.zeros((len(cells), SHARED + PER_SOURCE))
        values[:, :SHARED] = shared
        values[:, [SHARED + X, SHARED + Y]] = cells
        values[:, [SHARED + RATE, SHARED + DUTY]] = 1.0
        values[:, SHARED + HEIGHT] = prior.height[0]
        noise = np.hypot(scene.noise_ppb * shared[ERROR_0 + NOISE_FACTOR], shared[ERROR_0 + COMMON_PPB])
        loudest = (mean_signals(scene, values) / noise).max(axis=1)
        found += loudest[:, None] * rates > THRESHOLD
    return found / FIXED_AIR_DRAWS
