"""One gas over a cube: the matched filter of its spectrum, and column, error and score from what the filter gave."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.detect.cube_background import Background
from cathartes.detect.cube_levels import centre_and_width, column_means, gas_in_means, spread, without_gas
from cathartes.detect.cube_signal import DARKEST, LEAST_CONTRAST_K, Light, Signal
from cathartes.earth.signatures import Response, Signature
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

HEAVY_TAIL = 2.0
"""Degrees of freedom, per band, of the clutter's tails: a pixel that fits nothing else well counts less (Kelly 1989; Theiler 2008)."""

RESPONSE_ERROR = 0.05
"""Spectra of gases and widths of bands are known to some five per cent; a column's error is never below this share of it."""

ALIKE_BANDS = 5.0
"""Over how many bands such errors go together."""

LEAST_LIT = {Light.REFLECTED: 0.3, Light.THERMAL: LEAST_CONTRAST_K}
"""What a gas acts on in a pixel (see `Signal.lit`) is never taken for less."""


WAVELENGTH_ERROR_NM, WIDTH_ERROR = 0.4, 0.04
"""How far off a spectrometer's wavelengths, and its widths as a share, may be in sunlight."""


@dataclass(frozen=True, eq=False)
class Target:
    """One gas and what it does to the bands of a signal, per ppm m (see `earth.signatures`); and in sunlight, what it would do to bands
    a little `astray`: shifted, or wider."""

    gas: str
    response: Response
    astray: tuple[Response, ...] = ()


def target_of(gas: Signature, wavelength_nm: Floats, fwhm_nm: Floats) -> Target:
    """A gas seen by bands of these centres and widths."""
    response = gas.response(wavelength_nm, fwhm_nm)
    if gas.is_thermal:
        return Target(gas.key, response)
    shifted, wider = gas.response(wavelength_nm + WAVELENGTH_ERROR_NM, fwhm_nm), gas.response(wavelength_nm, fwhm_nm * (1.0 + WIDTH_ERROR))
    return Target(gas.key, response, (shifted, wider))


def alike_bands(wavelength_nm: Floats) -> Floats:
    """How far errors of two bands' absorption go together: half is of each band alone, half shared with the bands around it."""
    apart = np.subtract.outer(wavelength_nm, wavelength_nm) / (ALIKE_BANDS * float(np.median(np.abs(np.diff(wavelength_nm)))))
    return np.asarray(0.5 * np.eye(len(wavelength_nm)) + 0.5 * np.exp(-0.5 * apart**2))


@dataclass(frozen=True, eq=False)
class Filter:
    """The row that gives a gas's column from a pixel's signal, what it gives for each column's mean, and its variance.

    `curve` is what it gives for `columns` of gas, over what `lit` then gives: not a straight line, since absorption saturates.
    """

    row: Floats
    offset: Floats
    columns: Floats
    curve: Floats
    slope: Floats
    power: float
    by_column: bool

    @property
    def lit(self) -> Floats:
        """The row that gives what the gas acts on in a pixel, each band counting by what it adds to the answer for gas."""
        return self.row * self.slope


def filters_of(background: Background, targets: Sequence[Target]) -> tuple[Filter, ...]:
    """The matched filters of all gases."""
    return tuple(filter_of(background, target) for target in targets)


def filter_of(background: Background, target: Target) -> Filter:
    """The matched filter of one gas: least variance of all rows that give 1 for a ppm m of it."""
    slope = target.response.slope
    row = np.asarray(np.linalg.solve(background.covariance, slope), np.float64)
    power = float(slope @ row)
    row = row / power
    change = target.response.change
    curve = change @ row / (1.0 + change @ (row * slope))
    return Filter(row, background.mean @ row, target.response.columns, curve, slope, power, background.by_column)


@dataclass(frozen=True, eq=False)
class Maps:
    """One gas over the cube, arrays of lines x columns: column and its error (ppm m), and the score (noises, sign kept).

    The score is zero where gas could not be seen. `floor` is the error of a column of nothing; `excluded` marks pixels kept out of the
    background. NaN where not measured. `equal` is the noise-equivalent column: the one whose signal equals the scatter of the whole scene.
    """

    column: Floats32
    sd: Floats32
    floor: Floats32
    score: Floats32
    excluded: NDArray[np.bool_]
    equal: float


def maps_of(
    signal: Signal,
    one: Filter,
    raw: Floats32,
    lit: Floats32,
    brightness: Floats32,
    unlike: Floats32,
    excluded: NDArray[np.bool_],
    equal: float,
    gain: float,
) -> Maps:
    """Column, error and score of one gas from what its filter gave and what it acts on. `unlike` is 1 where a pixel is as unlike the
    others as usual, `gain` the share of the library's answer that this scene's gas gives."""
    noise = spread(raw, brightness, excluded)
    if one.by_column:  # the columns' means were told by a part of the lines: what all of them give in a column is taken out as well
        raw = raw - column_means(raw, noise, excluded)
    answer = signed(raw, signal, brightness)
    centre = centre_and_width(without_gas(answer, excluded))[0]
    contrast = np.maximum(signed(lit, signal, brightness), np.float32(LEAST_LIT[signal.light])) * np.float32(gain)
    thin = gas_in_means(raw, noise, excluded, by_column=one.by_column) if signal.light is Light.REFLECTED else 0.0
    column = columns_of(((answer - np.float32(centre) + thin) / contrast).astype(np.float32), one)
    floor = noise / contrast
    share = RESPONSE_ERROR if signal.light is Light.REFLECTED else np.hypot(RESPONSE_ERROR, signal.air_error_k / contrast)
    sd = np.hypot(floor, share * column).astype(np.float32)
    tail = HEAVY_TAIL / len(signal.bands)
    score = (answer - np.float32(centre)) / noise / np.sqrt(np.maximum((tail + unlike) / (tail + 1.0), 0.8))
    thermal = signal.light is Light.THERMAL
    unseen = np.abs(signal.contrast(brightness)) <= LEAST_CONTRAST_K if thermal else brightness < DARKEST
    score = np.where(unseen, np.float32(0.0), score)
    return Maps(column, sd, floor.astype(np.float32), score.astype(np.float32), excluded, equal)


def columns_of(answer: Floats32, one: Filter) -> Floats32:
    """Columns (ppm m) whose response the filter would answer so. Negative answers stay as they are; what no column could answer gets the
    column that answers most."""
    rising = one.curve[: int(np.argmax(one.curve)) + 1]
    flat = answer.ravel()
    column = np.where(flat > 0, np.interp(flat, np.maximum.accumulate(rising), one.columns[: len(rising)]), flat)
    return np.where(np.isnan(flat), np.nan, column).astype(np.float32).reshape(answer.shape)


def signed(raw: Floats32, signal: Signal, brightness: Floats32) -> Floats32:
    """The filter's answer, positive for gas: in thermal light a plume warmer than the ground adds radiance."""
    return raw if signal.light is Light.REFLECTED else np.asarray(raw * np.sign(signal.contrast(brightness)), np.float32)
