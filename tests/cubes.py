"""Simulated cubes with known gas, for the tests and for benchmarks/cubes.py, made without any code of the retrieval.

Surfaces are mixtures of invented minerals in patches of several sizes, with odd pixels of their own; the spectrometer has stripes, smile
and noise. The gas's spectrum is not the library's: it is shifted, stretched and wavy by several per cent, so that a retrieval that is
right only with the very same table is found out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from cathartes.earth.signatures import Signature, library
from cathartes.model import Cube
from cathartes.model.cube import Floats32

Floats = NDArray[np.float64]
SWIR_NM = np.arange(2122.0, 2486.0, 7.4)
LWIR_NM = np.linspace(7600.0, 13200.0, 128)
PLANCK = (1.191042972e8, 14387.768775)


class Scene(NamedTuple):
    """Radiance (lines x columns x bands, W m-2 sr-1 um-1) and the column of gas that is in it (ppm m)."""

    radiance: Floats32
    wavelength_nm: Floats
    fwhm_nm: Floats
    truth: Floats

    def cube(self, **more: object) -> Cube:
        """The scene as a cube in memory."""
        good = np.ones(len(self.wavelength_nm), bool)
        held = InMemory(self.radiance)
        return Cube(*self.truth.shape, self.wavelength_nm, self.fwhm_nm, good, True, held, **more)  # type: ignore[arg-type]


class InMemory:
    """Tiles of an array."""

    def __init__(self, radiance: Floats32) -> None:
        self.radiance = radiance

    def __call__(self, first: int, end: int, bands: NDArray[np.intp]) -> Floats32:
        lines = self.radiance[first:end]
        return lines if len(bands) == lines.shape[2] else lines[:, :, bands]


def waves(rng: np.random.Generator, count: int, scale: float) -> Floats:
    """A random line of unit variance, smooth over `scale` samples."""
    line = gaussian_filter1d(rng.standard_normal(count), scale, mode="wrap")
    return np.asarray(line / max(line.std(), 1e-12))


def field(rng: np.random.Generator, shape: tuple[int, int], scale: float) -> Floats:
    """The same in two dimensions."""
    values = gaussian_filter(rng.standard_normal(shape), scale, mode="wrap")
    return np.asarray(values / values.std())


def plumes(rng: np.random.Generator, shape: tuple[int, int], peaks: Sequence[float]) -> Floats:
    """Ragged, meandering plumes with these thickest columns (ppm m), anywhere in the image."""
    truth = np.zeros(shape)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    for peak in peaks:
        x0, y0, way = rng.uniform(0, shape[1]), rng.uniform(0, shape[0]), rng.uniform(0, 2 * np.pi)
        along = (x - x0) * np.cos(way) + (y - y0) * np.sin(way)
        across = (y - y0) * np.cos(way) - (x - x0) * np.sin(way)
        bends = rng.uniform(0, 3) * waves(rng, 600, 10.0)
        across -= bends[np.clip(along + 300, 0, 599).astype(int)] * np.clip(along / 20.0, 0, 1)
        width = rng.uniform(1.2, 2.5) + rng.uniform(0.1, 0.25) * np.clip(along, 0, None)
        start = np.where(along > 0, 1.0, np.exp(-0.5 * along**2))
        shape_of = start * np.exp(-0.5 * (across / width) ** 2 - np.clip(along, 0, None) / rng.uniform(12, 45)) / width
        ragged = shape_of * np.exp(0.5 * field(rng, shape, 2.0))
        truth += peak * ragged / np.percentile(ragged[shape_of > 0.3 * shape_of.max()], 90)
    return np.where(truth < 1.0, 0.0, truth)


def sunlit(
    seed: int, shape: tuple[int, int] = (240, 100), peaks: Sequence[float] = (6000.0, 2500.0, 1200.0, 700.0), truth: Floats | None = None
) -> Scene:
    """Methane over sunlit ground, 50 bands; `truth` sets the columns of gas where the plumes drawn are not wanted."""
    rng = np.random.default_rng(seed)
    wavelength, width = SWIR_NM, np.full(len(SWIR_NM), 8.8)
    truth = plumes(rng, shape, peaks) if truth is None else truth
    radiance = ground_in_sun(rng, shape, wavelength)
    radiance *= methane(rng, wavelength, width, truth, smile_nm=rng.uniform(-1.0, 1.0))
    radiance *= 1.0 + 0.004 * rng.standard_normal((shape[1], len(wavelength)))
    mean = radiance.mean(axis=(0, 1))
    noise = 0.0035 * np.sqrt(0.3 * mean**2 + 0.7 * np.clip(radiance, 0, None) * mean)
    radiance += noise * rng.standard_normal(radiance.shape)
    return Scene(radiance.astype(np.float32), wavelength, width, truth)


def ground_in_sun(rng: np.random.Generator, shape: tuple[int, int], wavelength: Floats) -> Floats:
    """Radiance of ground without gas, absorbed by the usual air, in W m-2 sr-1 um-1."""
    minerals = np.array([mineral(rng, wavelength) for _ in range(8)])
    share = np.exp(2.2 * np.array([field(rng, shape, scale) for scale in rng.choice([1.0, 3.0, 8.0, 20.0], 8)]))
    share /= share.sum(axis=0)
    bright = np.clip(np.exp(0.35 * field(rng, shape, 1.0) + 0.2 * field(rng, shape, 6.0)), 0.15, 3.0)
    ground = np.einsum("mlc,mb->lcb", share, minerals) * bright[..., None]
    odd = rng.random(shape) < 0.004
    ground[odd] *= np.exp([0.06 * rng.standard_t(3) * waves(rng, len(wavelength), 5.0) for _ in range(int(odd.sum()))])
    return np.asarray(3.0 * ground * np.exp(-0.5 * ((wavelength - 2200.0) / 260.0) ** 2))


def mineral(rng: np.random.Generator, wavelength: Floats) -> Floats:
    """An invented reflectance: a slope, a wave and two absorption bands."""
    reflectance = 0.25 + 0.12 * rng.standard_normal() + 0.04 * waves(rng, len(wavelength), 12.0)
    reflectance += 0.03 * rng.standard_normal() * (wavelength - 2300.0) / 180.0
    for centre in rng.choice([2165.0, 2205.0, 2250.0, 2310.0, 2335.0, 2345.0, 2385.0], 2, replace=False):
        reflectance = reflectance - rng.uniform(0, 0.06) * np.exp(-0.5 * ((wavelength - centre) / rng.uniform(12, 35)) ** 2)
    return np.clip(reflectance, 0.04, 0.7)


def methane(rng: np.random.Generator, wavelength: Floats, width: Floats, truth: Floats, smile_nm: float) -> Floats:
    """Transmittance of methane (lines x columns x bands) by a table that is not the library's, with a smile across the columns."""
    lines, columns = truth.shape
    wave = 1.0 + 0.05 * waves(rng, 4000, 600.0) + 0.03 * waves(rng, 4000, 20.0)
    wave /= wave.mean()
    nodes = np.concatenate(([0.0], np.geomspace(30.0, 60000.0, 40)))
    passed = np.empty((lines, columns, len(wavelength)))
    for column in range(columns):
        shift = smile_nm * (2.0 * column / columns - 1.0) ** 2
        response = library()["ch4"].response(wavelength + shift + 0.3, width * 1.03)
        stretch = np.interp(wavelength, np.linspace(2000, 2600, 4000), wave)
        for band in range(len(wavelength)):
            curve = np.interp(nodes * stretch[band], response.columns, np.log1p(response.change[:, band]))
            passed[:, column, band] = np.exp(np.interp(truth[:, column], nodes, curve))
    return passed


def black_body(wavelength: Floats, kelvin: Floats) -> Floats:
    """Planck's law in W m-2 sr-1 um-1; `kelvin` gets an axis for the bands."""
    um = wavelength / 1000.0
    return np.asarray(PLANCK[0] / (um**5 * np.expm1(PLANCK[1] / (um * kelvin[..., None]))))


def thermal(seed: int, absorption: Floats, truth: Floats, air_k: float = 293.0, ground_k: float = 300.3, noise_k: float = 0.08) -> Scene:
    """A vapour over warm ground, 128 bands: `absorption` is its coefficient per band (base e per ppm m), `truth` its columns."""
    rng = np.random.default_rng(seed)
    wavelength, shape = LWIR_NM, truth.shape
    warmth = ground_k + 1.8 * field(rng, shape, 4.0) + 0.8 * field(rng, shape, 1.0)
    stones = np.array([stone(rng, wavelength) for _ in range(6)])
    share = np.exp(2.0 * np.array([field(rng, shape, scale) for scale in (2.0, 4.0, 8.0, 12.0, 20.0, 20.0)]))
    share /= share.sum(axis=0)
    emissivity = np.einsum("mlc,mb->lcb", share, stones)
    sky = black_body(wavelength, np.array(air_k - 40.0))
    leaving = emissivity * black_body(wavelength, warmth) + (1.0 - emissivity) * sky
    passed = np.exp(-truth[..., None] * absorption)
    radiance = leaving * passed + black_body(wavelength, np.array(air_k)) * (1.0 - passed)
    per_kelvin = black_body(wavelength, np.array(300.5)) - black_body(wavelength, np.array(299.5))
    radiance = radiance * (1.0 + 0.0005 * rng.standard_normal((shape[1], len(wavelength))))
    radiance = radiance + noise_k * per_kelvin * rng.standard_normal(radiance.shape)
    return Scene(radiance.astype(np.float32), wavelength, np.full(128, 48.0), truth)


def stone(rng: np.random.Generator, wavelength: Floats) -> Floats:
    """An invented emissivity with one broad dip, as of quartz."""
    dip = np.exp(-0.5 * ((wavelength - rng.uniform(8000, 10500)) / rng.uniform(300, 900)) ** 2)
    return np.clip(0.96 - 0.12 * rng.random() * dip + 0.004 * waves(rng, len(wavelength), 6.0), 0.6, 1.0)


def absorption_of(gas: Signature, seed: int) -> Floats:
    """The gas's absorption in the bands of `thermal`, by a spectrum that is not quite the library's."""
    rng = np.random.default_rng(seed)
    slope = -gas.response(LWIR_NM + 6.0, np.full(128, 50.0)).slope
    return np.asarray(slope * (1.0 + 0.04 * waves(rng, 128, 12.0)))


def write_envi(path: Path, scene: Scene, interleave: str = "bip", dtype: str = "<f4", more: str = "", units: str = "W/m2/sr/um") -> Path:
    """The scene as an ENVI header and data file; returns the header."""
    order = {"bip": (0, 1, 2), "bil": (0, 2, 1), "bsq": (2, 0, 1)}[interleave]
    lines, columns, bands = scene.radiance.shape
    code = {"f4": 4, "f8": 5, "i2": 2, "u2": 12, "i4": 3}[dtype[1:]]
    np.ascontiguousarray(scene.radiance.transpose(order)).astype(dtype).tofile(path.with_suffix(".img"))
    listed = {"wavelength": scene.wavelength_nm, "fwhm": scene.fwhm_nm}
    header = (
        f"ENVI\nsamples = {columns}\nlines = {lines}\nbands = {bands}\nheader offset = 0\ndata type = {code}\ninterleave = {interleave}\n"
    )
    header += f"byte order = {int(dtype[0] == '>')}\nwavelength units = Nanometers\ndata units = {units}\n{more}"
    header += "".join(f"{key} = {{{', '.join(f'{value:.4f}' for value in values)}}}\n" for key, values in listed.items())
    path.with_suffix(".hdr").write_text(header, encoding="utf-8")
    return path.with_suffix(".hdr")


def ranked(truth: NDArray[np.bool_], score: Floats32) -> tuple[float, float]:
    """Area under precision over recall, and the best F1 of any threshold."""
    hits = np.cumsum(truth.ravel()[np.argsort(-score.ravel(), kind="stable")])
    precision, recall = hits / np.arange(1, hits.size + 1), hits / hits[-1]
    area = float(np.sum(np.diff(np.concatenate(([0.0], recall))) * precision))
    return area, float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-12)))
