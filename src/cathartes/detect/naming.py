"""Which gas of the library an object is, or none of these: Bayes' rule on the mean spectrum of the object against its surroundings.

Every gas is a curve with one unknown, its column; "none of these" is any other spectrum as strong as the one seen. Identification is by
objects, never by pixels. Method: docs/explanation/cubes.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cathartes.detect.cube_background import Background
from cathartes.detect.cube_retrieval import Reading, Target
from cathartes.detect.cube_signal import Light, Signal, Strip
from cathartes.detect.plumes import EVERYWHERE, Blob
from cathartes.model.samples import Floats

NONE_OF_THESE = "none of these"
NEAR, FAR = 3, 10
"""The surroundings of an object are the pixels three to ten pixels off."""

PRIOR_NONE = {Light.REFLECTED: 0.05, Light.THERMAL: 0.5}
SHARED_CLUTTER = {Light.REFLECTED: 0.3, Light.THERMAL: 0.007}
"""Share of the background's variance that does not average out over an object: its ground differs from that of its surroundings, more
so in sunlight than in emissivity."""

OTHER_STRENGTHS = {Light.REFLECTED: (0.3, 1.0), Light.THERMAL: (0.1, 0.3, 1.0)}
"""Variance of another spectrum as a share of that of the one seen. Below these the library's own error explains what is left."""

SPECTRUM_ERROR = {Light.REFLECTED: 0.1, Light.THERMAL: 0.06}
ALIKE_BANDS = 5.0
"""How far the library's spectra may be off in a band, and over how many bands such errors go together."""

OTHER_WIDTHS_NM = (30.0, 80.0, 200.0)
NEIGHBOURS_ALIKE = {Light.REFLECTED: 4.0, Light.THERMAL: 1.4}
"""Smoothing of optics and ground makes so many neighbouring pixels vary together."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Mean signal of an object less its surroundings, per band, and the covariance it would have without gas."""

    seen: Floats
    covariance: Floats
    pixels: int


@dataclass(frozen=True, eq=False)
class Naming:
    """Probability of each gas and of none of these, and the best gas's fitted spectrum."""

    names: Mapping[str, float]
    fitted: Floats
    column: float


def spectra_of(blobs: Sequence[Blob], reading: Reading, background: Background) -> list[Spectrum]:
    """The spectra of all objects in one reading of the cube."""
    shape = (reading.cube.lines, reading.cube.columns)
    occupied = np.zeros(shape, bool)
    for blob in blobs:
        occupied |= blob.mask(shape)
    inside, around = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    for number, blob in enumerate(blobs, start=1):
        own = blob.mask(shape)
        inside[own] = number
        ring = ndimage.binary_dilation(own, EVERYWHERE, FAR) & ~ndimage.binary_dilation(own, EVERYWHERE, NEAR) & ~occupied
        around[ring & (around == 0)] = number
    parts = list(reading.each(partial(_sums, inside=inside, around=around, count=len(blobs), mean=background.mean)))
    of, of_weight, near, near_weight = (np.stack([part[which] for part in parts]).sum(axis=0) for which in range(4))
    covariance = np.linalg.inv(background.precision)
    light = reading.signal.light
    return [_spectrum(of[n], float(of_weight[n]), near[n], float(near_weight[n]), covariance, light) for n in range(len(blobs))]


def _sums(
    strip: Strip, inside: NDArray[np.int32], around: NDArray[np.int32], count: int, mean: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    columns = inside.shape[1]
    chosen = np.flatnonzero((inside[strip.first : strip.end] > 0).ravel() | (around[strip.first : strip.end] > 0).ravel())
    found = []
    root = strip.root[chosen].astype(np.float64)
    signal = strip.x[chosen] * root[:, None] - mean[chosen % columns] * (root**2)[:, None]
    for labels in (inside, around):
        which = labels[strip.first : strip.end].ravel()[chosen]
        first, weight = np.zeros((count + 1, strip.x.shape[1])), np.zeros(count + 1)
        np.add.at(first, which, signal)
        np.add.at(weight, which, root**2)
        found += [first[1:], weight[1:]]
    return found[0], found[1], found[2], found[3]


def _spectrum(of: Floats, of_weight: float, near: Floats, near_weight: float, covariance: NDArray[np.floating], light: Light) -> Spectrum:
    here = of / max(of_weight, 1e-12)
    there = near / near_weight if near_weight > 0.2 * of_weight else np.zeros_like(near)
    alike = NEIGHBOURS_ALIKE[light]
    share = alike / max(of_weight, 1.0) + alike / max(near_weight, alike) + SHARED_CLUTTER[light]
    return Spectrum(here - there, np.asarray(covariance * share), round(of_weight))


def name(spectrum: Spectrum, signal: Signal, targets: Sequence[Target], contrast: float) -> Naming:
    """The posterior of each gas and none of these. `contrast` is the object's mean contrast (see `Signal.contrast`)."""
    alike = SPECTRUM_ERROR[signal.light] ** 2 * alike_bands(signal.wavelength_nm)
    fits = [_fit(spectrum, target, contrast, alike) for target in targets]
    likeliest = fits[int(np.argmax([fit[0] for fit in fits]))][1]
    other = np.logaddexp(_other(spectrum, signal, spectrum.seen), _other(spectrum, signal, spectrum.seen - likeliest)) - np.log(2.0)
    evidence = np.array([*(fit[0] for fit in fits), other])
    none = PRIOR_NONE[signal.light]
    prior = np.log(np.array([(1.0 - none) / len(targets)] * len(targets) + [none]))
    weight = np.exp(evidence + prior - (evidence + prior).max())
    weight /= weight.sum()
    best = int(np.argmax(evidence[:-1]))
    names = {target.gas: float(share) for target, share in zip(targets, weight, strict=False)}
    return Naming(names | {NONE_OF_THESE: float(weight[-1])}, fits[best][1], fits[best][2])


def alike_bands(wavelength_nm: Floats) -> Floats:
    """How far errors of two bands' absorption go together: half is of each band alone, half shared with the bands around it."""
    apart = np.subtract.outer(wavelength_nm, wavelength_nm) / (ALIKE_BANDS * float(np.median(np.abs(np.diff(wavelength_nm)))))
    return np.asarray(0.5 * np.eye(len(wavelength_nm)) + 0.5 * np.exp(-0.5 * apart**2))


def _fit(spectrum: Spectrum, target: Target, contrast: float, alike: Floats) -> tuple[float, Floats, float]:
    """Log evidence of one gas, its fitted spectrum and column: the column is marginalised on a fine grid, even in its logarithm."""
    columns = np.geomspace(target.response.columns[1] / 50.0, target.response.columns[-1], 120)
    change = np.array([np.interp(columns, target.response.columns, band) for band in target.response.change.T]).T
    model = change * contrast
    precision = np.linalg.inv(spectrum.covariance)
    answer, power = model @ precision @ spectrum.seen, ((model @ precision) * model).sum(axis=1)
    rough = int(np.argmax(answer - 0.5 * power))
    wrong = alike * np.outer(model[rough], model[rough])
    whole = spectrum.covariance + wrong
    precision = np.linalg.inv(whole)
    apart = spectrum.seen - model
    distance = ((apart @ precision) * apart).sum(axis=1)
    best = int(np.argmin(distance))
    _, size = np.linalg.slogdet(whole)
    log = np.log(np.mean(np.exp(-0.5 * (distance - distance[best])))) - 0.5 * distance[best] - 0.5 * size
    return float(log), model[best], float(columns[best])


def _other(spectrum: Spectrum, signal: Signal, apart: Floats) -> float:
    """Log evidence of some other spectrum, `apart` from nothing or from the likeliest gas: smooth over one of three widths, and up to
    as strong as the one seen."""
    strength = float(np.mean(spectrum.seen**2))
    found = []
    for width in OTHER_WIDTHS_NM:
        shape = np.exp(-0.5 * (np.subtract.outer(signal.wavelength_nm, signal.wavelength_nm) / width) ** 2)
        for share in OTHER_STRENGTHS[signal.light]:
            whole = spectrum.covariance + share * strength * shape
            _, size = np.linalg.slogdet(whole)
            found.append(-0.5 * float(apart @ np.linalg.solve(whole, apart)) - 0.5 * float(size))
    return float(np.log(np.mean(np.exp(np.array(found) - max(found)))) + max(found))


def mean_contrast(blob: Blob, contrast: NDArray[np.float32], light: Light) -> float:
    """The contrast a gas has in an object on average."""
    return 1.0 if light is Light.REFLECTED else float(np.nanmean(contrast[blob.box][blob.inside]))
