"""What both kinds of simulated scene share: random series, the gradients of the surface layer, and methane between kilograms and ppb.

`scenes.py` uses it beside ground instruments, `boundary_layer.py` below an aircraft. None of it is the inversion's.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]

VON_KARMAN = 0.4
METHANE_KG_MOL, GAS_CONSTANT = 0.016043, 8.314462


def wander(rng: np.random.Generator, count: int, step_s: float, memory_s: float) -> Floats:
    """A stationary Ornstein-Uhlenbeck series of mean zero and variance one, with memory `memory_s`."""
    keep = np.exp(-step_s / memory_s)
    shocks = rng.normal(size=count) * np.sqrt(1 - keep**2)
    start = [keep * rng.normal()]
    return np.asarray(lfilter([1.0], [1.0, -keep], shocks, zi=start)[0])


def momentum_gradient(zeta: Floats) -> Floats:
    """Dimensionless wind shear, Högström (1988); on the stable side it levels off above z = L."""
    return np.where(zeta < 0, (1 - 19.3 * np.minimum(zeta, 0)) ** -0.25, 1 + 6.0 * np.clip(zeta, 0, 1))


def scalar_gradient(zeta: Floats) -> Floats:
    """Dimensionless gradient of a scalar, Högström (1988); on the stable side it levels off above z = L."""
    return np.where(zeta < 0, 0.95 * (1 - 11.6 * np.minimum(zeta, 0)) ** -0.5, 0.95 + 8.0 * np.clip(zeta, 0, 1))


def methane_ppb(mass_kg_m3: Floats, temperature_k: float, pressure_hpa: float) -> Floats:
    """Mole fraction (ppb) of a mass of methane in a cubic metre of air."""
    air_mol_m3 = pressure_hpa * 100 / (GAS_CONSTANT * temperature_k)
    return np.asarray(mass_kg_m3 / METHANE_KG_MOL / air_mol_m3 * 1e9)
