"""What a column of a gas does to light: the library of `data/signatures`, and signatures that users added.

Two kinds: bands (sums of Gaussian absorption bands, for gases whose lines blur into bands) and tables of transmittance (methane in
sunlight, whose lines saturate one by one). How they were made is told in docs/reference/signatures.md.
"""

import csv
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from cathartes.errors import BadInput
from cathartes.model.samples import Floats

LIBRARY = files("cathartes").joinpath("data/signatures")
USER_VARIABLE = "CATHARTES_SIGNATURES"
FWHM_PER_SIGMA = 2.3548200450309493
TABLE_WIDTH_NM = 1.5
THERMAL_WINDOW_NM = (7_400.0, 13_600.0)
DEPTHS = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4])
WAVENUMBERS = np.arange(700.0, 1400.0, 0.5)
"""Where bands are evaluated before a spectrometer blurs them, in 1/cm."""


@dataclass(frozen=True, eq=False)
class Response:
    """What `columns` (ppm m, from zero) do to each band: `change` (columns x bands) is transmittance less one.

    `slope` is the change per ppm m of a small column; it is negative.
    """

    columns: Floats
    change: Floats

    @property
    def slope(self) -> Floats:
        return np.asarray(self.change[1] / self.columns[1])


@dataclass(frozen=True)
class Signature:
    """One gas of the library. `bands` are (centre 1/cm, full width at half maximum 1/cm, peak absorption base e per ppm m).

    ppm m are at `temperature_k` and `pressure_kpa`. A gas without bands has a table of transmittance of the same name.
    """

    key: str
    name: str
    cas: str
    formula: str
    molar_mass_kg_mol: float
    aliases: tuple[str, ...]
    window_nm: tuple[float, float]
    temperature_k: float
    pressure_kpa: float
    residual: float
    source: str
    bands: tuple[tuple[float, float, float], ...] = ()

    def response(self, wavelength_nm: Floats, fwhm_nm: Floats) -> Response:
        """The response of Gaussian bands of these centres and widths."""
        return _band_response(self, wavelength_nm, fwhm_nm) if self.bands else _table_response(self.key, wavelength_nm, fwhm_nm)

    @property
    def strength(self) -> float:
        """Its strongest absorption, per ppm m."""
        return float(_absorption(self).max()) if self.bands else 1e-4

    @property
    def is_thermal(self) -> bool:
        return self.window_nm[0] > 5_000.0

    def kg_per_m2(self, column_ppm_m: float) -> float:
        """Mass of a column at the temperature and pressure of the signature, by the ideal gas law."""
        moles = 1e-6 * column_ppm_m * 1e3 * self.pressure_kpa / (8.314462618 * self.temperature_k)
        return moles * self.molar_mass_kg_mol


def plain_name(name: str) -> str:
    """A name without case, blanks and marks, so that `Methyl tert-butyl ether` and `methyl_tert_butyl_ether` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower().replace("sulphur", "sulfur"))


def library() -> dict[str, Signature]:
    """Every signature by key: those that come with cathartes, and the user's own, which win over them."""
    return dict(_shipped()) | {signature.key: signature for signature in _users()}


def signature_named(name: str) -> Signature:
    """The gas of this key, name, formula, CAS number or alias. Raises `BadInput` for one the library lacks."""
    wanted = plain_name(name)
    known = library()
    for signature in known.values():
        if wanted in {plain_name(word) for word in (signature.key, signature.name, signature.formula, signature.cas, *signature.aliases)}:
            return signature
    raise BadInput(f"there is no signature of {name!r}; known are {', '.join(sorted(known))}; add it with `cathartes signatures add`")


def user_folder() -> Path:
    """Where a user's own signatures are kept: `CATHARTES_SIGNATURES`, else `cathartes/signatures` in the user's data folder."""
    if folder := os.environ.get(USER_VARIABLE):
        return Path(folder)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "cathartes" / "signatures"


def _users() -> Iterator[Signature]:
    folder = user_folder()
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            yield Signature(**_tuples(fields))
        except (OSError, ValueError, TypeError) as problem:
            raise BadInput(f"the signature {path.name} in {folder} cannot be read ({problem}); add it again or remove it") from None


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    """JSON's and TOML's lists as tuples."""
    return {key: tuple(tuple(each) if isinstance(each, list) else each for each in value) if isinstance(value, list) else value
            for key, value in fields.items()}  # fmt: skip


@cache
def _shipped() -> Mapping[str, Signature]:
    about = tomllib.loads(LIBRARY.joinpath("gases.toml").read_text(encoding="utf-8"))
    bands = dict[str, list[tuple[float, float, float]]]()
    rows = csv.reader(line for line in LIBRARY.joinpath("bands.csv").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    next(rows)
    for key, centre, width, peak in rows:
        bands.setdefault(key, []).append((float(centre), float(width), float(peak)))
    return {key: Signature(key=key, bands=tuple(bands.get(key, ())), **_tuples(fields)) for key, fields in about.items()}


@cache
def _absorption(signature: Signature) -> Floats:
    """Absorption coefficient (base e per ppm m) at `WAVENUMBERS`."""
    centre, width, peak = np.array(signature.bands).T
    apart = (WAVENUMBERS[:, None] - centre) / width
    return np.asarray(np.exp(-4.0 * np.log(2.0) * apart**2) @ peak)


def _band_response(signature: Signature, wavelength_nm: Floats, fwhm_nm: Floats) -> Response:
    absorption = _absorption(signature)
    columns = DEPTHS / absorption.max()
    blur = _blur(1e7 / WAVENUMBERS, 1e7 / WAVENUMBERS**2, wavelength_nm, fwhm_nm)
    return Response(columns, np.expm1(-np.outer(columns, absorption)) @ blur)


def _table_response(key: str, wavelength_nm: Floats, fwhm_nm: Floats) -> Response:
    columns, wavelength, radiance, transmittance = _table(key)
    narrow = np.sqrt(np.maximum(fwhm_nm**2 - TABLE_WIDTH_NM**2, 1.0))
    blur = _blur(wavelength, radiance, wavelength_nm, narrow)
    seen = blur.sum(axis=0) > 0
    depth = np.log(np.where(seen, transmittance @ blur, 1.0))
    more = np.concatenate(([columns[0]], [250.0], columns[1:], 2.0 * columns[-1:], 4.0 * columns[-1:]))
    slope = (depth[-1] - depth[-2]) / (columns[-1] - columns[-2])
    inside = np.column_stack([np.interp(more, columns, band) for band in depth.T])
    beyond = np.maximum(more - columns[-1], 0.0)[:, None] * slope
    return Response(more, np.expm1(inside + beyond))


@cache
def _table(key: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Columns (ppm m, from zero), wavelengths (nm), radiance without gas, and transmittance (columns x wavelengths)."""
    lines = [line for line in LIBRARY.joinpath(f"{key}.csv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    columns = np.array([0.0, *(float(name[1:]) for name in lines[0].split(",")[2:])])
    numbers = np.array([[float(word) for word in line.split(",")] for line in lines[1:]])
    transmittance = np.vstack((np.ones(len(numbers)), numbers[:, 2:].T))
    return columns, numbers[:, 0], numbers[:, 1], transmittance


def _blur(at_nm: Floats, weight: Floats, wavelength_nm: Floats, fwhm_nm: Floats) -> Floats:
    """Share of each fine wavelength in each band (fine x bands); columns sum to one. A band outside the table sees no gas."""
    apart = (at_nm[:, None] - wavelength_nm) / (fwhm_nm / FWHM_PER_SIGMA)
    share = np.exp(-0.5 * apart**2) * weight[:, None]
    total = share.sum(axis=0)
    outside = total < 1e-6 * total.max()
    return np.asarray(np.where(outside, 0.0, share / np.where(outside, 1.0, total)))
