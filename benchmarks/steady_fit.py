"""A steady fit, run beside us by `inversion.py`: one source, a steady plume, each value by itself, independent residuals of one size.

The plume and its air are the inversion's own, so that only the errors' model differs; unknown are place, height, rate, a turn of the
wind, both spreads and an offset per instrument. The best of several starts over the search area is taken, and the draws are normal
about it with the covariance of least squares.
"""

from functools import partial
from unittest.mock import patch

import numpy as np
from scipy.optimize import OptimizeResult, least_squares
from surface_layer import Floats

from cathartes.campaign import contents_of
from cathartes.earth.search import search_area, search_box
from cathartes.errors import BadInput
from cathartes.locate import scene
from cathartes.locate.forward import Scene, mean_signals
from cathartes.locate.plume import measure, prior_of
from cathartes.locate.prior import HEIGHT, RATE, SHARED, SPREAD_Y, SPREAD_Z, TURN, Prior, X, Y
from cathartes.locate.samples import gather
from cathartes.model import Draw, GasLog, PointSource
from cathartes.readers.flight_folder import Folder

UNKNOWN = [SHARED + X, SHARED + Y, SHARED + RATE, TURN, SPREAD_Y, SPREAD_Z, SHARED + HEIGHT]
STARTS, POLISHED, DRAWS = 400, 6, 1000
OFFSET_PPB = 60.0


def draws_of(contents: Folder, gas: str) -> list[Draw]:
    """Draws of one source. Raises `BadInput` where no instrument stands still."""
    measured, prior = as_measured(contents, gas)
    fit = fitted(measured, prior)
    rows = len(fit.fun) - len(fit.x)
    covariance = np.linalg.inv(fit.jac.T @ fit.jac) * 2 * fit.cost / rows
    drawn = np.random.default_rng(0).multivariate_normal(fit.x, covariance, DRAWS)
    return [Draw(1 / DRAWS, (PointSource(float(x), float(y), float(np.exp(log_rate))),)) for x, y, log_rate in drawn[:, :3]]


def as_measured(contents: Folder, gas: str) -> tuple[Scene, Prior]:
    """The log's own values, neither averaged nor thinned, and what is believed before."""
    frame, box = search_box(contents.flight)
    with patch.multiple(scene, FIXED_MEAN_S=0.0, MOST_SAMPLES=10**6):
        measured, _ = measure(gather(list(contents_of(GasLog, contents)), gas, frame), gas, contents.flight)
    if measured.scene is None:
        raise BadInput("no instrument stands still; a steady plume is fitted beside fixed instruments only")
    return measured.scene, prior_of(contents.flight, gas, measured, box, search_area(contents.flight, frame))


def values_of(prior: Prior, unknown: Floats) -> Floats:
    """One row of physical values (1 x all unknowns): the prior's middle but for `UNKNOWN`; rate, spreads and height come as logarithms."""
    values = prior.physical(np.zeros((1, len(prior.unknowns(1)))), 1)
    values[0, UNKNOWN] = [*unknown[:2], np.exp(unknown[2]), unknown[3], *np.exp(unknown[4:7])]
    return values


def residuals(measured: Scene, prior: Prior, size_ppb: float, unknown: Floats) -> Floats:
    """What is left of the measurements, in units of `size_ppb`, and what the prior says of all but place and rate."""
    left = measured.y_ppb - mean_signals(measured, values_of(prior, unknown))[0] - unknown[7:][measured.instrument]
    believed = [unknown[3] / prior.turn_sd, unknown[4] / 0.3, unknown[5] / 0.4, unknown[6]]
    return np.concatenate((left / size_ppb, believed, unknown[7:] / OFFSET_PPB))


def fitted(measured: Scene, prior: Prior) -> OptimizeResult:
    """The best fit of several."""
    rng = np.random.default_rng(0)
    size_ppb = 1.5 * float(np.median(np.abs(measured.y_ppb - np.median(measured.y_ppb))))
    west, south, east, north = prior.box
    tried = np.column_stack((rng.uniform(west, east, STARTS), rng.uniform(south, north, STARTS), rng.normal(size=STARTS)))
    starts = np.hstack((tried, np.zeros((STARTS, 4 + len(measured.names)))))
    left = partial(residuals, measured, prior, size_ppb)
    best = np.argsort([float(np.square(left(start)).sum()) for start in starts])[:POLISHED]
    return min((least_squares(left, starts[k]) for k in best), key=lambda fit: float(fit.cost))
