"""Units that cube files state in words: radiance and wavelength. Unknown words are refused, never guessed."""

import re
from unicodedata import normalize

import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Statement
from cathartes.model.samples import Floats

MICRO = re.compile(r"[µμ]|micro(?=watt|meter|metre)")
NANOMETRES = {"nm": 1.0, "nanometer": 1.0, "nanometre": 1.0, "um": 1e3, "micrometer": 1e3, "micrometre": 1e3, "micron": 1e3}
UNSTATED = ("", "unknown", "none", "na", "n/a")
SPELT_OUT = {
    "micron": "um", "umeter": "um", "umetre": "um", "nanometer": "nm", "nanometre": "nm", "watts": "w", "watt": "w",
    "steradian": "sr", "squarecentimeter": "cm2", "squaremeter": "m2",
}  # fmt: skip


def plain(words: str) -> str:
    """A unit in lower case, micro as `u`, raised numbers as numbers, without marks that only set exponents apart."""
    even = normalize("NFKC", words.lower()).replace("\N{MINUS SIGN}", "-")
    return re.sub(r"[\s^*{}()\[\]_·.]", "", MICRO.sub("u", even))


def radiance_factor(words: str, name: str, *, strict: bool) -> float | None:
    """What turns the stated radiance into W m-2 sr-1 um-1.

    Where `words` are no spectral radiance: raises `BadInput` if `strict`, else gives `None`.
    """
    unit = plain(words)
    for word, short in SPELT_OUT.items():
        unit = unit.replace(word, short)
    power = next((scale for word, scale in (("uw", 1e-6), ("mw", 1e-3), ("nw", 1e-9), ("w", 1.0)) if word in unit), None)
    area = 1e4 if re.search(r"cm-?2", unit) else 1.0 if re.search(r"m-?2", unit) else None
    rest = re.sub(r"c?m-?2|[unm]?w", "", unit, count=2)
    width = 1e3 if "nm" in rest else 1.0 if "um" in rest else None
    if power is not None and area is not None and width is not None and "sr" in unit:
        return power * area * width
    if strict:
        raise BadInput(f"{name}: the unit {words[:60]!r} is no spectral radiance known here; expected uW/cm2/nm/sr or W/m2/sr/um")
    return None


def in_nanometres(wavelength: Floats, words: str | None, name: str) -> tuple[Floats, tuple[Statement, ...]]:
    """Wavelengths in nanometres, ascending or descending; where no unit is stated, numbers below 100 are taken for micrometres."""
    health: tuple[Statement, ...] = ()
    unit = plain(words or "").rstrip("s")
    if unit in UNSTATED:
        scale = 1e3 if np.nanmax(wavelength) < 100 else 1.0
        health = (Statement("cube.wavelength-unit-not-stated", {"unit": "um" if scale > 1 else "nm"}),)
    elif unit in NANOMETRES or unit.replace("umeter", "um").replace("umetre", "um") in NANOMETRES:
        scale = NANOMETRES[unit if unit in NANOMETRES else "um"]
    else:
        raise BadInput(f"{name}: `wavelength units = {(words or '')[:40]}` is not known here; expected nm or um")
    wavelength = wavelength * scale
    if not (np.all(np.isfinite(wavelength)) and wavelength.min() > 200 and wavelength.max() < 50_000):
        span = f"{wavelength.min():g} to {wavelength.max():g} nm"
        raise BadInput(f"{name}: its wavelengths would be {span}; expected 200 to 50000, so check their unit")
    return wavelength, health


def usual_width(wavelength: Floats) -> Floats:
    """Widths (nm) for a file that states none: 1.1 times the distance of the bands, as most spectrometers sample."""
    step = np.abs(np.gradient(wavelength)) if len(wavelength) > 1 else np.full(1, 10.0)
    return np.asarray(1.1 * np.minimum(step, 3.0 * np.median(step)))
