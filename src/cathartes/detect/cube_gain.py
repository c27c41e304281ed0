"""How much of its library's answer a gas gives to a filter in this scene, told by the spectrum of its strong plumes.

A matched filter lives on the narrow structure of a spectrum, which wavelengths a few tenths of a nanometre off, wider bands or another
table of lines blur: columns come out too low, all by the same share.
"""

import numpy as np
from numpy.typing import NDArray

from cathartes.detect.cube_background import Background, Sums
from cathartes.detect.cube_maps import LEAST_LIT, RESPONSE_ERROR, Filter, Target, alike_bands, columns_of
from cathartes.detect.cube_signal import BRIGHTEST, Light
from cathartes.earth.signatures import Response
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

STRONG, MOST_PIXELS = 5.0, 4000
"""Plumes are strong from so many noises in a single pixel on; no more pixels than this tell their spectrum."""

GROUND_LEFT = 0.1
"""Share of the background's variance that does not average out over plumes."""


def strong_pixels(raw: Floats32, one: Filter, excluded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of strong plumes, at most so many, evenly spread."""
    found = np.flatnonzero(excluded & (raw > STRONG / np.sqrt(one.power)))
    chosen = np.zeros(raw.shape, bool)
    chosen.ravel()[found[:: len(found) // MOST_PIXELS + 1]] = True
    return chosen


def gain_of(
    sums: Sums, background: Background, wavelength_nm: Floats, target: Target, one: Filter, raw: Floats32, lit: Floats32, light: Floats32
) -> float:
    """The filter's answer to this scene's gas over what it would answer to the library's. `sums` are those of strong pixels, `raw`, `lit`
    and `light` their answers, what gas acts on there and their brightness.

    What a strong plume does beyond the best multiple of the library's spectrum is shared between errors of that (wavelengths, widths,
    each band) and ground by their covariances; the share that is the gas's goes through the filter as its column does.
    """
    columns = columns_of(np.asarray(raw / np.maximum(lit, LEAST_LIT[Light.REFLECTED]), np.float32), one)
    weight = np.minimum(light.astype(np.float64), BRIGHTEST) ** 2
    known, *astray = (_mean_change(each, columns, weight) for each in (target.response, *target.astray))
    seen = (sums.first - sums.weight[:, None] * background.mean).sum(axis=0) / sums.weight.sum()
    error = RESPONSE_ERROR**2 * alike_bands(wavelength_nm) * np.outer(known, known)
    error += sum(np.outer(each - known, each - known) for each in astray)
    precision = np.linalg.inv(GROUND_LEFT * background.covariance + error)
    best = (known @ precision @ seen) / (known @ precision @ known)
    return float(1.0 + one.row @ error @ precision @ (seen - best * known) / (one.row @ known))


def _mean_change(response: Response, columns: Floats32, weight: Floats) -> Floats:
    """What some columns do to each band on average."""
    change = np.array([np.interp(columns, response.columns, band) for band in response.change.T])
    return np.asarray(change @ weight / weight.sum())
