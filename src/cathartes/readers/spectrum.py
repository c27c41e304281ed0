"""Quantitative gas spectra that users bring: JCAMP-DX or CSV, turned into a signature of absorption bands.

The unit must be stated, the base of its logarithm too: a factor of 2.3 lies between the two. What a signature is, is in
`earth.signatures`; formats in docs/reference/signatures.md.
"""

import csv
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.optimize import nnls

from cathartes.earth.signatures import FWHM_PER_SIGMA, THERMAL_WINDOW_NM, Signature, user_folder
from cathartes.errors import BadInput
from cathartes.model.samples import Floats

LOW, HIGH = 700.0, 1400.0
BLUR = 3.0
WIDTHS = (3.0, 5.0, 9.0, 16.0, 30.0, 60.0, 120.0)
"""Spectra are blurred to 3 1/cm, finer than any imaging spectrometer, and fitted by Gaussian bands of these widths (1/cm)."""

LEAST_SHARE = 0.004
WORST_RESIDUAL = 0.03
STANDARD = (296.15, 101.325)
SPECTRUM_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class GasSpectrum:
    """Absorption coefficient (base e, per ppm m at `temperature_k` and `pressure_kpa`) at rising wavenumbers (1/cm)."""

    wavenumber: Floats
    absorption: Floats
    temperature_k: float
    pressure_kpa: float
    title: str
    cas: str
    source: str


def per_ppm_m(values: Floats, unit: str, name: str) -> Floats:
    """Absorption per ppm m, base e. `unit` names amount, length and base. Raises `BadInput` where one of them is not stated."""
    words = re.sub(r"[\s^*·]", "", unit.lower().replace("µ", "u").replace("μ", "u"))
    if not re.search(r"base(10|e)", words):
        raise BadInput(f"{name}: the unit {unit!r} does not say whether it is base 10 or base e; the two differ by 2.3")
    base = np.log(10.0) if "base10" in words else 1.0
    if "ppm" in words or "umol/mol" in words or "micromol/mol" in words:
        amount = 1.0
    elif "ppb" in words or "nmol/mol" in words:
        amount = 1e3
    else:
        raise BadInput(f"{name}: the unit {unit!r} names no amount known here; expected (ppm)-1 m-1 or (micromol/mol)-1 m-1, and the base")
    rest = re.sub(r"ppm-?v?|micromol/mol|umol/mol|ppb|nmol/mol", "", words)
    length = 100.0 if "cm" in rest else 1.0
    if not re.search(r"m-?1|/m|m\)-1", rest):
        raise BadInput(f"{name}: the unit {unit!r} names no length; expected per metre or per centimetre")
    return np.asarray(values * base * amount * length)


def read_spectrum(path: Path) -> GasSpectrum:
    """The spectrum in a JCAMP-DX (.jdx, .dx) or CSV file. Raises `BadInput` where it cannot be made quantitative."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size < SPECTRUM_LIMIT else ""
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror}") from None
    spectrum = from_csv(text, path.name) if path.suffix.lower() == ".csv" else from_jcamp(text, path)
    order = np.argsort(spectrum.wavenumber, kind="stable")
    wavenumber, absorption = spectrum.wavenumber[order], spectrum.absorption[order]
    if wavenumber[0] > LOW + 50 or wavenumber[-1] < HIGH - 50 or len(wavenumber) < 100:
        span = f"{wavenumber[0]:.0f} to {wavenumber[-1]:.0f} 1/cm in {len(wavenumber)} points"
        raise BadInput(f"{path.name} reaches from {span}; expected at least 100 points over {LOW:.0f} to {HIGH:.0f} 1/cm")
    return GasSpectrum(
        wavenumber, absorption, spectrum.temperature_k, spectrum.pressure_kpa, spectrum.title, spectrum.cas, spectrum.source
    )  # fmt: skip


def from_jcamp(text: str, path: Path) -> GasSpectrum:
    """A JCAMP-DX spectrum over wavenumbers."""
    import jcamp

    if "##" not in text:
        raise BadInput(f"{path.name} is no JCAMP-DX file: it has no line that begins with ##")
    try:
        fields = jcamp.readfile(str(path))
        x, y = np.asarray(fields["x"], float), np.asarray(fields["y"], float)
    except (KeyError, ValueError, IndexError, UnboundLocalError) as problem:
        raise BadInput(f"{path.name} cannot be read as JCAMP-DX ({type(problem).__name__}: {problem})") from None
    if "cm" not in str(fields.get("xunits", "")).lower():
        raise BadInput(f"{path.name}: its axis is in {fields.get('xunits', 'no stated unit')}; expected 1/cm")
    kelvin, kilopascal = _conditions(str(fields.get("temperature", "")), str(fields.get("pressure", "")))
    absorption = per_ppm_m(y, str(fields.get("yunits", "")), path.name)
    return GasSpectrum(
        x, absorption, kelvin, kilopascal, str(fields.get("title", path.stem)), str(fields.get("cas registry no", "")),
        str(fields.get("origin", path.name)),
    )  # fmt: skip


def from_csv(text: str, name: str) -> GasSpectrum:
    """A CSV with a line `# unit: ...`, optional `# temperature_k:`, `# pressure_kpa:`, `# cas:`, then wavenumber and absorption."""
    told = dict(re.findall(r"(?m)^#\s*(\w+)\s*:\s*(.+?)\s*$", text))
    rows = csv.reader(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    try:
        numbers = np.array([[float(word) for word in row[:2]] for row in rows if re.match(r"\s*[-+.\d]", row[0])])
        x, y = numbers.T
        kelvin, kilopascal = float(told.get("temperature_k", STANDARD[0])), float(told.get("pressure_kpa", STANDARD[1]))
    except (ValueError, IndexError):
        raise BadInput(f"{name}: expected two columns of numbers, wavenumber (1/cm) and absorption") from None
    if "unit" not in told:
        raise BadInput(f"{name} has no line such as `# unit: (ppm)-1 m-1, base e`; without it the numbers mean nothing")
    return GasSpectrum(x, per_ppm_m(y, told["unit"], name), kelvin, kilopascal, name, told.get("cas", ""), told.get("source", name))


def _conditions(temperature: str, pressure: str) -> tuple[float, float]:
    """Kelvins and kilopascals of a header; 23 C and one atmosphere where it says nothing, or nothing possible.

    Some files of NIST give 101.3 Pa and mean kilopascals.
    """
    degrees = re.search(r"([-\d.]+)\s*(C|K)?", temperature)
    value = float(degrees[1]) if degrees else 23.0
    kelvin = value if degrees and degrees[2] == "K" else value + 273.15
    number = re.search(r"([\d.]+)\s*(kPa|Pa|hPa|mbar|Torr|mmHg|atm)?", pressure)
    if number is None:
        return kelvin, STANDARD[1]
    scale = {"Pa": 1e-3, "hPa": 0.1, "mbar": 0.1, "Torr": 0.133322, "mmHg": 0.133322, "atm": 101.325}.get(number[2] or "kPa", 1.0)
    kilopascal = float(number[1]) * scale
    return kelvin, kilopascal if kilopascal > 1.0 else kilopascal * 1e3


def signature_of(spectrum: GasSpectrum, key: str, molar_mass_kg_mol: float, aliases: tuple[str, ...] = ()) -> Signature:
    """The spectrum as bands. Raises `BadInput` where bands cannot follow it.

    Negative absorption is noise of the spectrometer: it is fitted by nothing, and shows in the residual.
    """
    grid = np.arange(LOW - 30.0, HIGH + 50.0, 1.0)
    step = float(np.median(np.diff(spectrum.wavenumber)))
    blurred = np.interp(grid, spectrum.wavenumber, gaussian_filter1d(spectrum.absorption, BLUR / FWHM_PER_SIGMA / step))
    peak = float(blurred.max())
    if not peak > 0:
        raise BadInput(f"{spectrum.title} absorbs nothing between {LOW:.0f} and {HIGH:.0f} 1/cm")
    shapes = [(centre, width) for width in WIDTHS for centre in np.arange(grid[0], grid[-1], max(1.0, width / 4.0))]
    table = np.array([np.exp(-4.0 * np.log(2.0) * ((grid - centre) / width) ** 2) for centre, width in shapes]).T
    kept = np.arange(len(shapes))
    for _ in range(4):
        share, _ = nnls(table[:, kept], np.clip(blurred, 0.0, None) / peak, maxiter=20 * len(kept))
        if (share > LEAST_SHARE).all():
            break
        kept = kept[share > LEAST_SHARE]
    share, _ = nnls(table[:, kept], np.clip(blurred, 0.0, None) / peak)
    residual = float(np.sqrt(np.mean((table[:, kept] @ share - blurred / peak) ** 2)))
    if residual > WORST_RESIDUAL:
        raise BadInput(f"{spectrum.title}: bands leave {100 * residual:.1f} % of the peak; expected at most {100 * WORST_RESIDUAL:.0f} %")
    bands = tuple((float(shapes[k][0]), float(shapes[k][1]), float(f"{part * peak:.4g}")) for k, part in zip(kept, share, strict=True))
    return Signature(
        key, spectrum.title, spectrum.cas, "", molar_mass_kg_mol, aliases, THERMAL_WINDOW_NM, spectrum.temperature_k,
        spectrum.pressure_kpa, round(residual, 5), spectrum.source, bands,
    )  # fmt: skip


def keep(signature: Signature) -> Path:
    """Writes the signature into the user's folder; returns the file."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", signature.key):
        raise BadInput(f"{signature.key!r} cannot be a gas's key; use small letters, digits and hyphens, such as nh3")
    folder = user_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{signature.key}.json"
    path.write_text(json.dumps(asdict(signature), indent=1) + "\n", encoding="utf-8")
    return path
