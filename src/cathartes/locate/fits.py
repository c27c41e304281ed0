"""How well the draws explain what was measured: histories of each draw, predictive bands per instrument and per crossing."""

from dataclasses import dataclass

import numpy as np

from cathartes.locate.forward import Scene, replay
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
from cathartes.locate.measured import Measured
from cathartes.locate.passes import ROUGHNESS_SHARE, Passes
from cathartes.locate.prior import DUTY, ERROR_0, PER_SOURCE, SHARED, VEER
from cathartes.locate.samples import Integers
from cathartes.model import Fit
from cathartes.model.samples import Floats

LEVEL = 0.9
FIGURE_POINTS = 400
FIT_DRAWS = 120
MOST_CROSSINGS = 12
# A pass is shown as a crossing where it says this much for the sources (natural logarithm), or they should have been met.
TELLING = 2.0


@dataclass(frozen=True, eq=False)
class Replayed:
    """Draws of one number of sources: physical values (rows x unknowns) and each source's share of time on (rows x sources)."""

    values: Floats
    share_on: Floats


def replayed(measured: Measured, pools: list[Floats], rng: np.random.Generator) -> list[Replayed]:
    """The share of time each source was on under each draw, by number of sources.

    Fixed instruments tell a history, which all sources of a draw share; moving ones only meet a source now and then, so its
    duty stands.
    """
    found = []
    for number, values in enumerate(pools):
        share = values[:, SHARED + DUTY :: PER_SOURCE][:, :number]
        if measured.scene is not None and number and len(values):
            share = np.repeat(replay(measured.scene, values, rng).share_on[:, None], number, axis=1)
        found.append(Replayed(values, share))
    return found


def fits_of(measured: Measured, pool: list[Replayed]) -> tuple[tuple[Fit, ...], tuple[Fit, ...]]:
    """Measured enhancement and predictive band of each instrument (at most 400 points each), and of the telling crossings."""
    rng = np.random.default_rng(2)
    total = sum(len(part.values) for part in pool)
    chosen = [part.values[:: max(1, total // FIT_DRAWS)] for part in pool]
    fits, crossings = [], []
    if measured.scene is not None:
        fits += fixed_fits(measured.scene, [values for values in chosen if len(values)], rng)
    if measured.passes is not None:
        whole, single = moving_fits(measured.passes, [values for values in chosen if len(values)], rng)
        fits += whole
        crossings += single
    return tuple(fits), tuple(crossings)


def fixed_fits(scene: Scene, chosen: list[Floats], rng: np.random.Generator) -> list[Fit]:
    """Fits of fixed instruments: prediction when on, mixed with off by the duty, and every error."""
    histories = [replay(scene, values, rng) for values in chosen]
    predictive = np.concatenate(
        [predictive_of(scene, values, each.signal_ppb, rng) for values, each in zip(chosen, histories, strict=True)]
    )
    measured = np.median(np.concatenate([each.cleaned_ppb for each in histories]), axis=0)
    expected = np.mean(np.concatenate([each.signal_ppb[:, :, MEAN] for each in histories]), axis=0)
    rows = [np.flatnonzero(scene.instrument == kind) for kind in range(len(scene.names))]
    return [
        banded(name, scene.t_s, measured, expected, predictive, thinned(here))
        for name, here in zip(scene.names, rows, strict=True)
        if len(here)
    ]


def predictive_of(scene: Scene, values: Floats, signal: Floats, rng: np.random.Generator) -> Floats:
    """Draws of what each sample could have read above background (draws x samples): signal, on or off, and its errors."""
    errors = values[:, ERROR_0:VEER]
    noise = scene.noise_ppb * errors[:, [NOISE_FACTOR]]
    share = errors[:, [OWN_ERROR]] ** 2 + errors[:, [COMMON_ERROR]] ** 2
    climb = (errors[:, [CLIMB_ERROR]] * signal[:, :, CLIMBED]) ** 2
    wander = signal[:, :, SWUNG] ** 2
    mean = signal[:, :, MEAN]
    spread = np.sqrt(noise**2 + errors[:, [COMMON_PPB]] ** 2 + share * signal[:, :, DOUBTED] ** 2 + climb + wander)
    duty = values[:, [SHARED + DUTY]] if values.shape[1] > SHARED else np.zeros((len(values), 1))
    return np.asarray(np.where(rng.random(mean.shape) < duty, mean, 0.0) + spread * rng.standard_t(FREEDOM, mean.shape))


def moving_fits(passes: Passes, chosen: list[Floats], rng: np.random.Generator) -> tuple[list[Fit], list[Fit]]:
    """Fits of moving instruments, whole and per telling crossing; the band is that of the plume as it was met, with its noise."""
    found = [passes.expected(values) for values in chosen]
    signal, gained = np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])
    expected = signal.mean(axis=0)
    spread = np.hypot(passes.noise_ppb, ROUGHNESS_SHARE * signal)
    predictive = signal + spread * rng.standard_normal(signal.shape)
    measured = passes.without_background(expected)
    seen = np.flatnonzero(passes.weight > 0.0)
    whole = [
        banded(passes.names[kind], passes.t_s, measured, expected, predictive, thinned(seen[passes.instrument[seen] == kind]))
        for kind in np.unique(passes.instrument)
    ]
    telling = np.flatnonzero(np.abs(gained.mean(axis=0)) > TELLING)
    telling = np.sort(telling[np.argsort(-np.abs(gained.mean(axis=0))[telling])][:MOST_CROSSINGS])
    single = []
    for number in telling:
        here = np.arange(passes.bounds[number], passes.bounds[number + 1])
        name = passes.names[passes.instrument[here[0]]]
        here = here[passes.weight[here] > 0.0]
        single.append(banded(name, passes.t_s, measured, expected, predictive, here, int(number) + 1))
    return whole, single


def thinned(rows: Integers) -> Integers:
    """At most 400 of the rows, evenly."""
    return np.asarray(rows[np.unique(np.linspace(0, len(rows) - 1, min(FIGURE_POINTS, len(rows))).astype(int))])


def banded(
    name: str, t_s: Floats, measured: Floats, expected: Floats, predictive: Floats, rows: Integers, crossing: int | None = None
) -> Fit:
    """The fit at some rows, with the predictive band that holds the expected value."""
    low, high = np.quantile(predictive[:, rows], [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    middle = expected[rows]
    below, above = np.minimum(low, middle), np.maximum(high, middle)
    t, seen, expected_ppb, bottom, top = (tuple(column.tolist()) for column in (t_s[rows], measured[rows], middle, below, above))
    return Fit(name, t, seen, expected_ppb, bottom, top, LEVEL, crossing)
