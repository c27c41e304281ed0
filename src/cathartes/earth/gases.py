"""Molar mass and clean-air level of the gases we know, from `data/gases.toml`; how much a kilogram is in ppb.

A new gas is a new table in that file; nothing else changes.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Air
from cathartes.model.samples import Floats

GAS_CONSTANT = 8.314462618  # J / (mol K), CODATA 2018


@dataclass(frozen=True)
class Gas:
    """One gas: its plain name, CAS registry number, molar mass and usual clean-air mole fraction."""

    name: str
    cas: str
    molar_mass_kg_mol: float
    background_ppb: float


@cache
def gas_named(key: str) -> Gas:
    """The gas a log calls `key` (`ch4`). Raises `BadInput` for one that is not in the table."""
    known = tomllib.loads(files("cathartes").joinpath("data/gases.toml").read_text(encoding="utf-8"))
    if key not in known:
        raise BadInput(f"the gas {key!r} has no molar mass here; known are {', '.join(sorted(known))}; add it to data/gases.toml")
    return Gas(**known[key])


def ppb_per_kg_m3(gas: Gas, temperature_k: Floats, pressure_hpa: Floats) -> Floats:
    """Mole fraction (ppb) of one kilogram of `gas` per cubic metre of air, by the ideal gas law."""
    return 1e9 * GAS_CONSTANT * temperature_k / (gas.molar_mass_kg_mol * 100.0 * pressure_hpa)


def ppb_per_kg_h(gas: str, temperature_k: Floats, pressure_hpa: Floats, air: Air) -> Floats:
    """What a release of 1 kg/h adds (ppb) where it is diluted by 1 s/m3; `air` stands in where the log holds none."""
    kelvin = np.where(np.isfinite(temperature_k), temperature_k, air.temperature_k)
    hectopascal = np.where(np.isfinite(pressure_hpa), pressure_hpa, air.pressure_hpa)
    return ppb_per_kg_m3(gas_named(gas), kelvin, hectopascal) / 3600.0
