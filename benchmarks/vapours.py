"""Are vapours named rightly, and unknown ones not at all? Simulated thermal scenes, the whole library tried, no air temperature given.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=. python benchmarks/vapours.py [--seeds 0 1 2]

Each seed gives three scenes with one plume of 5 to 20 noise columns: a gas of the library, with a spectrum that is not quite the
library's; the same gas with the library robbed of it; a gas that nobody has. Ground is in patches of rock, metal and asphalt with a
temperature of their own, under absorbing air. Only plumes that were seen are counted as named rightly or wrongly. A fourth scene, of five
noise columns, is searched for its own gas with the temperature of the air known: F1 of pixels with more gas than equals the noise.
"""

import argparse
from collections import Counter
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from benchmarks.cubes import InTurn
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy.ndimage import binary_dilation, gaussian_filter
from scipy.spatial import cKDTree
from tests.cubes import Floats, Scene, black_body, field, plumes, ranked, stone, waves

from cathartes.detect import cube_look, gas_cube
from cathartes.earth.signatures import Signature, library
from cathartes.model import Cube, Plume

KINDS = ("of the library", "left out of it", "invented")
SHAPES = ((100, 100), (120, 160), (160, 120), (60, 200))


class Air(NamedTuple):
    """Bands (nm), their width, temperature of the air (K), and what the air lets through."""

    wavelength_nm: Floats
    fwhm_nm: Floats
    kelvin: float
    passed: Floats


def air(rng: np.random.Generator) -> Air:
    """An instrument and a day."""
    count = int(rng.choice([100, 128, 160]))
    wavelength = np.linspace(7600.0, rng.choice([12500.0, 13200.0]), count)
    edges = sum(depth * np.exp(-0.5 * ((wavelength - at) / wide) ** 2) for at, wide, depth in ((7600, 400, 0.8), (9600, 200, 0.6)))
    width = np.full(count, 1.1 * (wavelength[1] - wavelength[0]))
    return Air(wavelength, width, rng.uniform(283.0, 303.0), np.exp(-rng.uniform(0.0, 0.15) * (0.6 + edges)))


def patches(rng: np.random.Generator, shape: tuple[int, int], above: Air) -> tuple[Floats, Floats]:
    """Emissivity (lines x columns x bands) and kelvins of ground in patches with ragged borders."""
    count = int(rng.integers(12, 40))
    lines, columns = np.mgrid[: shape[0], : shape[1]]
    ragged = np.stack((lines + 2.0 * field(rng, shape, 4.0), columns + 2.0 * field(rng, shape, 4.0)), axis=-1)
    own = cKDTree(rng.uniform(0.0, 1.0, (count, 2)) * shape).query(ragged.reshape(-1, 2))[1].reshape(shape)
    kinds = np.array([_material(rng, above.wavelength_nm) for _ in range(count)])
    warmer = rng.choice([1.0, 1.0, 1.0, -1.0]) * rng.uniform(4.5, 9.0)
    warmth = above.kelvin + warmer + rng.normal(0.0, 1.5, count)[own]
    kelvin = gaussian_filter(warmth, 0.7) + 0.8 * field(rng, shape, 3.0) + 0.5 * rng.standard_normal(shape)
    return gaussian_filter(kinds[own], (0.7, 0.7, 0.0)), kelvin


def _material(rng: np.random.Generator, wavelength: Floats) -> Floats:
    """Rock three times in four, else asphalt or metal."""
    plain = 0.003 * waves(rng, len(wavelength), 6.0)
    return rng.choice([stone(rng, wavelength)] * 6 + [np.full(len(wavelength), 0.95) + plain, rng.uniform(0.3, 0.6) + plain])


def absorption(rng: np.random.Generator, gas: Signature | None, above: Air) -> Floats:
    """The gas per ppm m, five nanometres and a few per cent off the library's; of a gas that nobody has, one to four bands."""
    if gas is not None:
        slope = -gas.response(above.wavelength_nm + rng.uniform(-5.0, 5.0), above.fwhm_nm * rng.uniform(0.95, 1.05)).slope
        return np.asarray(slope * (1.0 + 0.04 * waves(rng, len(slope), 8.0)))
    wavenumber = 1e7 / above.wavelength_nm
    bands = [(rng.uniform(780.0, 1290.0), rng.uniform(5.0, 60.0), rng.uniform(0.3, 1.0)) for _ in range(rng.integers(1, 5))]
    return np.asarray(3e-4 * sum(size * np.exp(-0.5 * ((wavenumber - at) / wide) ** 2) for at, wide, size in bands))


def scene(seed: int, gas: Signature | None, noises: tuple[float, float] = (5.0, 20.0)) -> tuple[Scene, Floats, float]:
    """A scene with one plume, how many noise columns thick that is, and the temperature of the air (K)."""
    rng = np.random.default_rng(seed)
    shape, above = SHAPES[int(rng.integers(len(SHAPES)))], air(rng)
    emissivity, kelvin = patches(rng, shape, above)
    wavelength, glow = above.wavelength_nm, black_body(above.wavelength_nm, np.array(above.kelvin))
    sky = black_body(wavelength, np.array(above.kelvin - rng.uniform(20.0, 50.0)))
    leaving = emissivity * black_body(wavelength, kelvin) + (1.0 - emissivity) * sky
    per_kelvin = black_body(wavelength, np.array(300.5)) - black_body(wavelength, np.array(299.5))
    noise = rng.uniform(0.05, 0.1) * per_kelvin * rng.standard_normal(leaving.shape)
    strength = absorption(rng, gas, above)
    empty = (leaving * above.passed + noise).reshape(-1, len(wavelength))
    signature = strength * (leaving.mean(axis=(0, 1)) - glow) * above.passed
    equal = 1.0 / np.sqrt(signature @ np.linalg.solve(np.cov(empty.T), signature))
    truth = plumes(rng, shape, [equal * np.exp(rng.uniform(*np.log(noises)))])
    passed = np.exp(-truth[..., None] * strength)
    radiance = (leaving * passed + glow * (1.0 - passed)) * above.passed + glow * (1.0 - above.passed)
    radiance = radiance * (1.0 + 0.0005 * rng.standard_normal((shape[1], len(wavelength)))) + noise
    return Scene(radiance.astype(np.float32), wavelength, above.fwhm_nm, truth), truth / equal, above.kelvin


def touches(plume: Plume, there: NDArray[np.bool_]) -> bool:
    """Whether a third of the object lies on or beside the true plume, or it covers a third of that."""
    inside = rasterize([({"type": "Polygon", "coordinates": [ring]}, 1) for ring in plume.outline], there.shape).astype(bool)
    beside = binary_dilation(there, iterations=2)
    return bool((inside & beside).sum() > 0.3 * inside.sum() or (inside & there).sum() > 0.3 * there.sum())


def found(cube: Cube, known: dict[str, Signature]) -> tuple[Plume, ...]:
    """The plumes of a cube, the library being what is `known`."""
    with patch.object(cube_look, "library", lambda: known):
        return gas_cube.find_gases(cube, [], None, (), InTurn(), lambda step, fraction: None).plumes


def pixels_found(seed: int, gas: Signature) -> tuple[float, float]:
    """F1 of a plume of five noise columns at the best threshold, and where gas is likelier than not; NaN where it missed the image."""
    made, thick, kelvin = scene(seed, gas, (5.0, 5.0))
    if thick.max() < 1.0:
        return float("nan"), float("nan")
    cube = made.cube(air_temperature_k=kelvin)
    likely = gas_cube.find_gases(cube, [gas], None, (), InTurn(), lambda step, fraction: None).images[0].probability
    there, called = thick > 1.0, likely > 0.5
    return ranked(there, likely)[1], 2.0 * float((there & called).sum()) / max(int(there.sum() + called.sum()), 1)


def main() -> None:
    """Print how many plumes were there, seen, and named rightly, how many objects elsewhere got a name, and how well pixels were told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", nargs="*", type=int, default=list(range(6)))
    counts: Counter[tuple[str, str]] = Counter()
    f1 = list[tuple[float, float]]()
    vapours = {key: gas for key, gas in library().items() if gas.is_thermal}
    for seed in parser.parse_args().seeds:
        gas = sorted(vapours)[int(np.random.default_rng(seed).integers(len(vapours)))]
        for number, kind in enumerate(KINDS):
            made, thick, _ = scene(10 * seed + number, None if kind == "invented" else vapours[gas])
            there = thick > 0.7
            objects = found(made.cube(), {key: one for key, one in vapours.items() if number != 1 or key != gas})
            here = [plume.gas for plume in objects if touches(plume, there)]
            right = gas in here and set(here) <= {gas, None} if number == 0 else set(here) == {None}
            counts.update({(kind, "there"): 1, (kind, "seen"): bool(here), (kind, "right"): right})
            counts[kind, "names elsewhere"] += sum(plume.gas is not None and not touches(plume, there) for plume in objects)
        f1.append(pixels_found(10 * seed + len(KINDS), vapours[gas]))
    for kind in KINDS:
        print(f"{kind:16s}", ", ".join(f"{counts[kind, what]} {what}" for what in ("there", "seen", "right", "names elsewhere")))
    print("five noises: F1 at the best threshold {:.2f}, where gas is likelier than not {:.2f}".format(*np.nanmean(f1, axis=0)))


if __name__ == "__main__":
    main()
