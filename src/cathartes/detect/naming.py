"""Which gas of the library an object is, or none of these: Bayes' rule on the mean spectrum of the object against its surroundings.

Every gas is a curve with one unknown, its column; "none of these" is any other spectrum as strong as the one seen. Identification is by
objects, never by pixels. Method: docs/explanation/cubes.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csc_array, csr_array
from scipy.special import logsumexp

from cathartes.detect.cube_maps import Target, alike_bands
from cathartes.detect.cube_reading import Reading
from cathartes.detect.cube_retrieval import Retrieval
from cathartes.detect.cube_signal import Light, Signal, Strip
from cathartes.detect.plumes import EVERYWHERE, Blob
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

NONE_OF_THESE = "none of these"
NEAR, FAR = 3, 10
"""The surroundings of an object are the pixels without gas three to ten pixels off."""

SHARED_CLUTTER = {Light.REFLECTED: 0.3, Light.THERMAL: 0.007}
"""Share of the background's variance that does not average out over an object: its ground differs from that of its surroundings, more
so in sunlight than in emissivity."""

OTHER_GROUND = {Light.REFLECTED: (0.0,), Light.THERMAL: (0.0, 0.043)}
"""How much more of the ground's own variance, noise apart, may lie between an object and its surroundings: nothing, or what another patch
of emissivity brings."""

PRIOR_NONE = {Light.REFLECTED: 0.05, Light.THERMAL: 0.2}
LIKELIEST = 6
"""So many gases that fit best are compared by evidence."""

EXPLAINED, LEAST_EXCESS = 0.5, 0.2
"""A gas is refuted where it explains less than half of what an object has beyond its noise, taken for at least a fifth of that."""

OTHER_STRENGTHS = {Light.REFLECTED: (0.3, 1.0), Light.THERMAL: (0.001, 0.01, 0.1, 1.0)}
"""Variance of another spectrum as a share of that of the one seen, most of which may be the ground's."""

UNLIKE_ANY = (0.3, 1.0)
"""Variance, as a share of its spectrum's, by which an unknown gas is unlike the gas of the library it is most like: the two that are most
alike in the library differ by a fifth. Less the library's own error explains."""

SPECTRUM_ERROR = {Light.REFLECTED: 0.1, Light.THERMAL: 0.06}
"""How far the library's spectra may be off in a band."""

OTHER_WIDTHS_NM = (30.0, 80.0, 200.0)
NEIGHBOURS_ALIKE = {Light.REFLECTED: 4.0, Light.THERMAL: 1.4}
"""Smoothing of optics and ground makes so many neighbouring pixels vary together."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Mean signal of an object less its surroundings, per band, and the covariances that it may have without gas, one for each of
    `OTHER_GROUND`."""

    seen: Floats
    covariances: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class Naming:
    """Probability of each gas and of none of these, and the best gas's fitted spectrum."""

    names: Mapping[str, float]
    fitted: Floats
    column: float


def spectra_of(blobs: Sequence[Blob], reading: Reading, retrieval: Retrieval) -> list[Spectrum]:
    """The spectra of the cores of all objects, which may overlap, in one reading of the cube."""
    core, around = _pixels_of(blobs, ~retrieval.excluded)
    parts = list(reading.each(partial(_sums, core=core, around=around, trust=retrieval.trust, mean=retrieval.background.mean)))
    of, of_weight, near, near_weight = (np.stack([part[which] for part in parts]).sum(axis=0) for which in range(4))
    covariance, light = retrieval.background.covariance, reading.signal.light
    ground = ground_in(covariance)
    return [_spectrum(of[n], float(of_weight[n]), near[n], float(near_weight[n]), covariance, ground, light) for n in range(len(blobs))]


def ground_in(covariance: Floats) -> Floats:
    """A covariance of pixels without their noise: what a band does that all other bands do not foretell is noise."""
    noise = np.diag(1.0 / np.diag(np.linalg.inv(covariance)))
    size, way = np.linalg.eigh(covariance - noise)
    return np.asarray((way * np.maximum(size, 0.0)) @ way.T)


def _pixels_of(blobs: Sequence[Blob], calm: NDArray[np.bool_]) -> tuple[csc_array, csc_array]:
    """Which pixels are the core of each object, and which surround it (objects x pixels of the cube)."""
    lines, columns = calm.shape
    cores, rings = list[NDArray[np.intp]](), list[NDArray[np.intp]]()
    for blob in blobs:
        first, left = (max(0, side.start - FAR) for side in blob.box)
        part = calm[first : blob.box[0].stop + FAR, left : blob.box[1].stop + FAR]
        own = np.zeros(part.shape, bool)
        at = (slice(blob.box[0].start - first, blob.box[0].stop - first), slice(blob.box[1].start - left, blob.box[1].stop - left))
        own[at] = blob.inside
        ring = part & ndimage.binary_dilation(own, EVERYWHERE, FAR) & ~ndimage.binary_dilation(own, EVERYWHERE, NEAR)
        own[at] = blob.core
        for found, mask in ((cores, own), (rings, ring)):
            line, column = np.nonzero(mask)
            found.append((line + first) * columns + column + left)
    return _members(cores, lines * columns), _members(rings, lines * columns)


def _members(pixels: Sequence[NDArray[np.intp]], count: int) -> csc_array:
    """Rows of ones at the `pixels` of each object."""
    ends = np.cumsum([0, *map(len, pixels)])
    return csr_array((np.ones(ends[-1]), np.concatenate(pixels), ends), shape=(len(pixels), count)).tocsc()


def _sums(strip: Strip, core: csc_array, around: csc_array, trust: Floats32, mean: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Weighted sums over cores and over surroundings, each with its weights."""
    lines, columns = slice(strip.first, strip.end), trust.shape[1]
    here = slice(strip.first * columns, strip.end * columns)
    x, narrow = strip.weighted()
    root, counts = narrow.astype(np.float64), trust[lines].ravel()
    weight = counts * root**2
    signal = x * (counts * root)[:, None] - mean[np.arange(len(root)) % columns] * weight[:, None]
    return core[:, here] @ signal, core[:, here] @ weight, around[:, here] @ signal, around[:, here] @ weight


def _spectrum(of: Floats, of_weight: float, near: Floats, near_weight: float, covariance: Floats, ground: Floats, light: Light) -> Spectrum:
    here = of / max(of_weight, 1e-12)
    there = near / near_weight if near_weight > 0.2 * of_weight else np.zeros_like(near)
    alike = NEIGHBOURS_ALIKE[light]
    share = alike / max(of_weight, 1.0) + alike / max(near_weight, alike) + SHARED_CLUTTER[light]
    return Spectrum(here - there, tuple(covariance * share + ground * more for more in OTHER_GROUND[light]))


def name(spectrum: Spectrum, signal: Signal, targets: Sequence[Target], contrast: Floats) -> Naming:
    """The posterior of each gas and none of these. `contrast` is what a gas acts on in the object's bands (see `Signal.lit`)."""
    alike = SPECTRUM_ERROR[signal.light] ** 2 * alike_bands(signal.wavelength_nm)
    precisions = [np.asarray(np.linalg.inv(covariance), np.float64) for covariance in spectrum.covariances]
    gain = [_rough_fit(spectrum.seen, precisions[-1], target, contrast).gain for target in targets]
    likeliest = sorted(range(len(targets)), key=lambda number: -gain[number])[:LIKELIEST]
    fits = {
        number: [
            _fit(spectrum.seen, covariance, _rough_fit(spectrum.seen, precision, targets[number], contrast), alike)
            for covariance, precision in zip(spectrum.covariances, precisions, strict=True)
        ]
        for number in likeliest
    }
    evidence = np.full(len(targets) + 1, -np.inf)
    for number, either in fits.items():
        evidence[number] = _mean(np.array([fit.log for fit in either]))
    _, fitted, column = max(fits[int(np.argmax(evidence))], key=lambda fit: fit.log)
    evidence[-1] = _other(spectrum, signal, fitted, len(targets))
    for number, either in fits.items():
        if not explains(spectrum.seen, either[0].fitted, precisions[0]):
            evidence[number] = -np.inf
    none = PRIOR_NONE[signal.light]
    prior = np.log(np.array([(1.0 - none) / len(targets)] * len(targets) + [none]))
    weight = np.exp(evidence + prior - (evidence + prior).max())
    weight /= weight.sum()
    names = {target.gas: float(share) for target, share in zip(targets, weight, strict=False)}
    return Naming(names | {NONE_OF_THESE: float(weight[-1])}, fitted, column)


def explains(seen: Floats, fitted: Floats, precision: Floats) -> bool:
    """Whether a fitted spectrum explains enough of the one seen; with noise alone, each band would have a squared distance of one."""
    apart = seen - fitted
    whole, left = float(seen @ precision @ seen), float(apart @ precision @ apart)
    return whole - left >= EXPLAINED * max(whole - len(seen), LEAST_EXCESS * len(seen))


class Rough(NamedTuple):
    """One gas's columns, its spectrum at each, the best of them, and what it gains in log likelihood over nothing."""

    columns: Floats
    model: Floats
    best: int
    gain: float


def _rough_fit(seen: Floats, precision: Floats, target: Target, contrast: Floats) -> Rough:
    """The best column of one gas on a fine grid, even in its logarithm, as if its spectrum were known without error."""
    columns = np.geomspace(target.response.columns[1] / 50.0, target.response.columns[-1], 120)
    model = contrast * np.array([np.interp(columns, target.response.columns, band) for band in target.response.change.T]).T
    weighted = model @ precision
    gain = weighted @ seen - 0.5 * (weighted * model).sum(axis=1)
    best = int(np.argmax(gain))
    return Rough(columns, model, best, float(gain[best]))


class Fit(NamedTuple):
    """Log evidence of one gas, its fitted spectrum and column."""

    log: float
    fitted: Floats
    column: float


def _fit(seen: Floats, covariance: Floats, rough: Rough, alike: Floats) -> Fit:
    """One gas on ground of this covariance: the column is marginalised over the grid."""
    likely = rough.model[rough.best]
    whole = covariance + alike * np.outer(likely, likely)
    apart = seen - rough.model
    distance = ((apart @ np.linalg.inv(whole)) * apart).sum(axis=1)
    best = int(np.argmin(distance))
    _, size = np.linalg.slogdet(whole)
    return Fit(_mean(-0.5 * distance) - 0.5 * float(size), rough.model[best], float(rough.columns[best]))


def _other(spectrum: Spectrum, signal: Signal, fitted: Floats, gases: int) -> float:
    """Log evidence of some other spectrum: one like nothing that is known, or a gas more or less like the likeliest of the library, which
    as many others might have been."""
    nothing = _smooth(spectrum, signal, spectrum.seen, np.mean(spectrum.seen**2) * np.array(OTHER_STRENGTHS[signal.light]))
    if signal.light is Light.REFLECTED:
        return nothing  # nothing else in sunlight looks like methane and a little more
    like = _smooth(spectrum, signal, spectrum.seen - fitted, np.mean(fitted**2) * np.array(UNLIKE_ANY))
    return float(np.logaddexp(nothing, like - np.log(gases)) - np.log(2.0))


def _smooth(spectrum: Spectrum, signal: Signal, apart: Floats, variances: Floats) -> float:
    """Log evidence of any spectrum `apart`, smooth over one of three widths, of one of these variances."""
    between = np.subtract.outer(signal.wavelength_nm, signal.wavelength_nm)
    shapes = [np.exp(-0.5 * (between / width) ** 2) for width in OTHER_WIDTHS_NM]
    found = []
    for covariance in spectrum.covariances:
        for shape in shapes:
            for variance in variances:
                whole = covariance + variance * shape
                found.append(-0.5 * float(apart @ np.linalg.solve(whole, apart)) - 0.5 * float(np.linalg.slogdet(whole)[1]))
    return _mean(np.array(found))


def _mean(logs: Floats) -> float:
    """The logarithm of the mean of what these are the logarithms of."""
    return float(logsumexp(logs) - np.log(logs.size))


def mean_contrast(blob: Blob, signal: Signal, brightness: Floats32) -> Floats:
    """What a gas acts on in each band of an object on average: what it does over the scene, more where the object is warmer."""
    return signal.lit if signal.light is Light.REFLECTED else signal.lit + float(np.nanmean(brightness[blob.box][blob.core]))
