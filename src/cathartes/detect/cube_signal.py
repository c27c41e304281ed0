"""From radiance to a signal in which a gas adds up: which bands, on what scale, and what a column of a gas does to each of them.

Reflected sunlight is divided by the scene's mean spectrum and its brightness taken out, so that a gas dims each band by a known
share; thermal radiance becomes kelvins about the scene's mean, so that a gas moves each band towards the temperature of the air.
Both are affine, without logarithms: dark and negative radiance does no harm, and a strong column keeps its curve.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.signatures import Signature
from cathartes.errors import BadInput
from cathartes.kernels import compiled
from cathartes.model import Cube
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

STRIP_PIXELS = 16_384
"""Pixels that are taken together. The number is fixed, and sums run in the order of strips: same bits on any machine, however many
strips are worked on at once."""

PART_PIXELS, FEW_ROWS = 1024, 8
"""Pixels that are computed with at once: they stay near the processor from one product to the next. Few rows are quicker one by one than
as a matrix."""

SAMPLE_PIXELS = 30_000
BRIGHTEST = 2.0
DARKEST = 0.05
"""A pixel brighter than twice the mean counts like one of twice the mean; below a twentieth it is too dark to tell."""

UNITS, USUAL_K = (1.0, 10.0, 0.01, 1e4), 290.0
"""Units that thermal radiance comes in (W m-2 sr-1 um-1, uW cm-2 sr-1 nm-1, microflick, flick); the ground has some 290 kelvins."""

LEAST_CONTRAST_K = 0.5
ASSUMED_COOLER_K = 5.0
CONTRAST_ERROR_K = 4.0
KNOWN_CONTRAST_ERROR_K = 0.5
"""Air over sunlit ground is cooler by some five kelvins, give or take four, where nobody measured it."""

SURFACE_SHARE, SURFACE_WIDTH_NM = 0.03, 50.0
SURFACE_K, SURFACE_WIDTH_LWIR_NM = 0.5, 300.0
"""How much surfaces of which the scene has few may differ from all others, and over how many nanometres such differences are smooth:
broad minerals bands that only a gravel road or a roof has would otherwise pass for gas."""

FEWEST_BANDS = 6
FIRST_RADIATION, SECOND_RADIATION = 1.191042972e8, 14387.768775  # W um4 m-2 sr-1, um K: CODATA 2018


class Light(StrEnum):
    """Where the radiance comes from."""

    REFLECTED = "reflected"
    THERMAL = "thermal"


@dataclass(frozen=True, eq=False)
class Signal:
    """How radiance becomes a signal (pixels x bands): `radiance * gain - offset`, in reflected light less the brightness and over it.

    `measure` is the row that gives a pixel's brightness (reflected light: 1 for the mean pixel) or its temperature about the mean
    (thermal: kelvins); it answers to no gas sought. `air_k` is the air's temperature about the mean, NaN for reflected light.
    """

    light: Light
    bands: NDArray[np.intp]
    wavelength_nm: Floats
    gain: Floats32
    offset: Floats32
    measure: Floats32
    air_k: float
    air_error_k: float
    mean_k: float

    @cached_property
    def surfaces(self) -> Floats:
        """Prior covariance (bands x bands) of surfaces the scene has few of: smooth over tens of nanometres."""
        size, width = (SURFACE_SHARE, SURFACE_WIDTH_NM) if self.light is Light.REFLECTED else (SURFACE_K, SURFACE_WIDTH_LWIR_NM)
        apart = np.subtract.outer(self.wavelength_nm, self.wavelength_nm) / width
        return np.asarray(size**2 * np.exp(-0.5 * apart**2))

    @cached_property
    def lit(self) -> Floats:
        """What a gas's response is multiplied by in each band over a pixel of signal zero: 1 for reflected light, the scene's mean less
        the air (K) for thermal, air in between taken out of both. Any other pixel's signal adds to it."""
        if self.light is Light.REFLECTED:
            return np.ones(len(self.bands))
        air = planck(self.wavelength_nm, self.mean_k + self.air_k) / planck_slope(self.wavelength_nm, self.mean_k)
        return np.asarray(self.offset - air)

    @cached_property
    def brightness_row(self) -> tuple[Floats32, float]:
        """The row that gives a pixel's brightness from its radiance, and what is to be taken from that."""
        if self.light is Light.REFLECTED:
            return self.measure, 0.0
        return self.gain * self.measure, float(self.offset @ self.measure)

    def level_and_floor(self, brightness: Floats32) -> tuple[Floats32, Floats32]:
        """What is taken from all bands of a pixel (NaN where not measured), and what its signal is then divided by."""
        if self.light is Light.REFLECTED:
            return brightness, np.maximum(brightness, np.float32(DARKEST))
        return np.float32(0.0) * brightness, np.ones_like(brightness)

    def contrast(self, brightness: Floats32) -> Floats32:
        """The same over all bands of each pixel, by its brightness."""
        return np.ones_like(brightness) if self.light is Light.REFLECTED else brightness + np.float32(self.lit @ self.measure)


@dataclass(frozen=True, eq=False)
class Strip:
    """Some lines of a cube, or some of their pixels: radiance (pixels x bands, W m-2 sr-1 um-1), and the signal it is to become."""

    signal: Signal
    first: int
    end: int
    radiance: Floats32

    @cached_property
    def brightness(self) -> Floats32:
        """The brightness of each pixel, NaN where not measured."""
        return self.answers(np.empty((0, len(self.signal.bands))))[1]

    def only(self, pixels: slice | NDArray[np.intp]) -> "Strip":
        """Some pixels of this strip."""
        return replace(self, radiance=self.radiance[pixels])

    def parts(self, size: int) -> Iterator[slice]:
        """The strip's pixels in parts of such a size."""
        return (slice(first, first + size) for first in range(0, len(self.radiance), size))

    def answers(self, rows: Floats) -> tuple[Floats32, Floats32]:
        """What `rows` (rows x bands) give of each pixel's signal (rows x pixels), and its brightness; NaN where not measured. The signal
        is not formed: gain and brightness go into the rows."""
        signal = self.signal
        row, base = signal.brightness_row
        gained = np.concatenate((signal.gain * rows, row[None])).astype(np.float32)
        found = np.empty((len(gained), len(self.radiance)), np.float32)
        with np.errstate(invalid="ignore"):
            for part in self.parts(PART_PIXELS):
                x = self.radiance[part]
                found[:, part] = [x @ each for each in gained] if len(gained) < FEW_ROWS else gained @ x.T
            brightness = np.where(np.isfinite(found[-1]), found[-1] - np.float32(base), np.float32(np.nan))
        level, floor = signal.level_and_floor(brightness)
        found[:-1] -= (rows @ signal.offset).astype(np.float32)[:, None] + rows.sum(axis=1).astype(np.float32)[:, None] * level
        return found[:-1] / floor, brightness

    def weighted(self) -> tuple[Floats32, Floats32]:
        """The signal times the square root of each pixel's weight, and that root; 0 where not measured or, in sunlight, too dark."""
        level, floor = self.signal.level_and_floor(self.brightness)
        share = np.minimum(np.float32(1.0), np.float32(BRIGHTEST) / floor) if self.signal.light is Light.REFLECTED else floor
        x, root = np.empty_like(self.radiance), floor * share
        _form(self.radiance, self.signal.gain, self.signal.offset, level, share, x)
        known = self.brightness >= (DARKEST if self.signal.light is Light.REFLECTED else -np.inf)
        x[~known], root[~known] = 0.0, 0.0
        return x, root


@compiled
def _form(radiance: Floats32, gain: Floats32, offset: Floats32, level: Floats32, scale: Floats32, x: Floats32) -> None:
    for pixel in range(radiance.shape[0]):
        for band in range(radiance.shape[1]):
            x[pixel, band] = (radiance[pixel, band] * gain[band] - offset[band] - level[pixel]) * scale[pixel]


def strips_of(cube: Cube) -> list[tuple[int, int]]:
    """First and last line (excluded) of each strip."""
    step = max(1, STRIP_PIXELS // cube.columns)
    return [(first, min(first + step, cube.lines)) for first in range(0, cube.lines, step)]


def sampled(cube: Cube, bands: NDArray[np.intp]) -> Floats32:
    """Radiance of lines spread evenly over the cube, some 30,000 pixels (pixels x bands); lines that cannot be read are left out."""
    count = min(cube.lines, max(4, SAMPLE_PIXELS // cube.columns))
    lines = np.unique(np.linspace(0, cube.lines - 1, count).astype(int))
    parts = [tile.reshape(-1, len(bands)) for tile in _readable(cube, lines, bands)]
    if not parts:
        raise BadInput("none of the cube's lines can be read; is the file damaged?")
    return np.concatenate(parts)


def _readable(cube: Cube, lines: NDArray[np.int64], bands: NDArray[np.intp]) -> Iterator[Floats32]:
    for line in lines.tolist():
        try:
            yield cube.tile(line, line + 1, bands)
        except OSError:
            continue


def usable_bands(cube: Cube, low_nm: float, high_nm: float) -> tuple[NDArray[np.intp], Floats32]:
    """Bands between two wavelengths that are not bad and hold numbers in at least half of the pixels, and the sample of them."""
    inside = (cube.wavelength_nm >= low_nm) & (cube.wavelength_nm <= high_nm) & cube.is_good
    bands = np.flatnonzero(inside)
    if len(bands) < FEWEST_BANDS:
        span = f"{cube.wavelength_nm.min():.0f} to {cube.wavelength_nm.max():.0f} nm"
        wanted = f"expected {FEWEST_BANDS} between {low_nm:.0f} and {high_nm:.0f} nm"
        raise BadInput(f"the cube has {len(bands)} of the good bands needed, {wanted} (it reaches from {span})")
    sample = sampled(cube, bands)
    finite = np.isfinite(sample)
    known = finite.any(axis=1)
    if not known.any():
        raise BadInput("the cube holds no number in any of the bands needed; is everything marked as missing?")
    alive = (finite.sum(axis=0) > 0.5 * known.sum()) & (np.fmax.reduce(sample, axis=0) > np.fmin.reduce(sample, axis=0))
    if alive.sum() < FEWEST_BANDS:
        raise BadInput(f"only {int(alive.sum())} of the {len(bands)} bands needed hold numbers; expected {FEWEST_BANDS}")
    return bands[alive], sample if alive.all() else sample[:, alive]


def _whole(sample: Floats32) -> Floats32:
    """The pixels that hold a number in all bands."""
    whole = np.isfinite(sample).all(axis=1)
    return sample if whole.all() else sample[whole]


def reflected_signal(cube: Cube, gas: Signature) -> Signal:
    """The signal for a gas that dims reflected sunlight."""
    low, high = gas.window_nm
    bands, sample = usable_bands(cube, low, high)
    pixels = _whole(sample)
    slope = gas.response(cube.wavelength_nm[bands], cube.fwhm_nm[bands]).slope
    mean = pixels.mean(axis=0, dtype=np.float64)
    if not np.all(mean > 0):
        raise BadInput("the mean radiance of a band is not above zero; is this radiance, with its offset taken out?")
    measure = brightness_row(mean, slope)
    for _ in range(2):
        brightness = pixels @ measure.astype(np.float32)
        lit = brightness > DARKEST
        mean = (lit @ pixels).astype(np.float64) / brightness[lit].sum(dtype=np.float64)
        measure = brightness_row(mean, slope)
    return Signal(
        Light.REFLECTED, bands, cube.wavelength_nm[bands], (1.0 / mean).astype(np.float32), np.zeros(len(bands), np.float32),
        measure.astype(np.float32), float("nan"), 0.0, float("nan"),
    )  # fmt: skip


def brightness_row(mean: Floats, slope: Floats) -> Floats:
    """The row that gives 1 for the mean spectrum and does not answer to a little gas, with most weight on the brightest bands."""
    weight = mean / mean.mean()
    matrix = np.array([[weight.sum(), weight @ slope], [weight @ slope, weight @ slope**2]])
    first, second = np.linalg.solve(matrix, [1.0, 0.0])
    return np.asarray((first + second * slope) * weight / mean)


def thermal_signal(cube: Cube, gases: Sequence[Signature], air_k: float | None) -> Signal:
    """The signal for gases in thermal radiance; `air_k` is the temperature of the air where it is known."""
    bands, sample = usable_bands(cube, 7_400.0, 13_600.0)
    wavelength = cube.wavelength_nm[bands]
    mean = _whole(sample).mean(axis=0, dtype=np.float64)
    scale = 1.0 if cube.is_calibrated else likely_unit(wavelength, mean)
    level = level_of(wavelength, scale * mean)
    if not 200.0 < level < 400.0:
        raise BadInput(f"the radiance would be that of {level:.0f} K; expected 200 to 400 K, so check the unit of the cube")
    gain = scale / planck_slope(wavelength, level)
    offset = mean * gain
    strongest = np.max([np.abs(gas.response(wavelength, cube.fwhm_nm[bands]).slope) / gas.strength for gas in gases], axis=0)
    calm = np.argsort(strongest, kind="stable")[: max(FEWEST_BANDS, len(bands) // 4)] if len(gases) == 1 else np.arange(len(bands))
    measure = np.zeros(len(bands))
    measure[calm] = 1.0 / len(calm)
    air = (air_k - level) if air_k is not None else -ASSUMED_COOLER_K
    return Signal(
        Light.THERMAL, bands, wavelength, gain.astype(np.float32), offset.astype(np.float32), measure.astype(np.float32),
        float(air), KNOWN_CONTRAST_ERROR_K if air_k is not None else CONTRAST_ERROR_K, float(level),
    )  # fmt: skip


def likely_unit(wavelength_nm: Floats, mean: Floats) -> float:
    """What turns thermal radiance of an unstated unit into W m-2 sr-1 um-1: the one of `UNITS` that gives the likeliest ground."""
    return min(UNITS, key=lambda scale: abs(level_of(wavelength_nm, scale * mean) - USUAL_K))


def level_of(wavelength_nm: Floats, mean: Floats) -> float:
    """The brightness temperature (K) of a mean spectrum."""
    return float(np.median(temperature(wavelength_nm, np.maximum(mean, 1e-6))))


def planck(wavelength_nm: Floats, kelvin: float) -> Floats:
    """Black-body radiance in W m-2 sr-1 um-1."""
    um = wavelength_nm / 1000.0
    return np.asarray(FIRST_RADIATION / (um**5 * np.expm1(SECOND_RADIATION / (um * kelvin))))


def planck_slope(wavelength_nm: Floats, kelvin: float) -> Floats:
    """Its change per kelvin."""
    exponent = SECOND_RADIATION / (wavelength_nm / 1000.0 * kelvin)
    return np.asarray(planck(wavelength_nm, kelvin) * exponent / (kelvin * -np.expm1(-exponent)))


def temperature(wavelength_nm: Floats, radiance: Floats) -> Floats:
    """Brightness temperature (K) of a radiance in W m-2 sr-1 um-1."""
    um = wavelength_nm / 1000.0
    return np.asarray(SECOND_RADIATION / (um * np.log1p(FIRST_RADIATION / (um**5 * radiance))))
