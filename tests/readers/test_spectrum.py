"""Spectra of gases: units and bases converted, bands that follow what was measured, and what cannot be quantitative refused."""

from pathlib import Path

import numpy as np
import pytest

from cathartes.earth.signatures import library, signature_named
from cathartes.errors import BadInput
from cathartes.readers.spectrum import keep, per_ppm_m, read_spectrum, signature_of

NIST = Path(__file__).parents[3] / "shared" / "data" / "chem-imaging" / "nist_srd79"


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("(micromol/mol)-1m-1 (base 10)", np.log(10.0)),
        ("(ppm)-1 m-1, base e", 1.0),
        ("(ppm-1 cm-1) base e", 100.0),
        ("ppb-1 m-1 base e", 1e3),
    ],
)
def test_a_unit_of_absorption_is_converted_to_base_e_per_ppm_m(unit: str, factor: float) -> None:
    assert per_ppm_m(np.array([2.0]), unit, "x")[0] == pytest.approx(2.0 * factor)


@pytest.mark.parametrize("unit", ["absorbance", "(ppm)-1 m-1", "m-1 base e", "transmittance base 10"])
def test_a_unit_that_says_too_little_is_refused(unit: str) -> None:
    with pytest.raises(BadInput):
        per_ppm_m(np.array([1.0]), unit, "x")


def written(path: Path) -> Path:
    wavenumber = np.arange(690.0, 1410.0, 0.5)
    absorption = 2e-3 * np.exp(-(((wavenumber - 950.0) / 12.0) ** 2))
    rows = "\n".join(f"{x:.1f},{y:.6e}" for x, y in zip(wavenumber, absorption, strict=True))
    path.write_text(f"# unit: (ppm)-1 m-1, base e\n# cas: 7664-41-7\nwavenumber,absorption\n{rows}\n")
    return path


def test_a_users_gas_is_in_the_library_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATHARTES_SIGNATURES", str(tmp_path / "own"))
    keep(signature_of(read_spectrum(written(tmp_path / "nh3.csv")), "nh3", 0.01703))
    gas = signature_named("7664-41-7")
    assert gas.key == "nh3"
    assert gas.strength == pytest.approx(2e-3, rel=0.03)


def test_a_spectrum_without_its_unit_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv")
    path.write_text("\n".join(path.read_text().splitlines()[1:]))
    with pytest.raises(BadInput, match="unit"):
        read_spectrum(path)


def test_the_library_has_the_gases_that_laboratories_smell_of() -> None:
    known = library()
    assert len(known) >= 25
    for name in (
        "acetone",
        "toluene-free".replace("toluene-free", "mek"),
        "67-66-3",
        "Sulphur hexafluoride",
        "Methyl tert-butyl ether",
        "CH4",
    ):
        assert signature_named(name).key in known
    assert all(gas.residual < 0.01 for gas in known.values())


@pytest.mark.skipif(not NIST.exists(), reason="the NIST spectra are not here")
@pytest.mark.parametrize("name", ["acetone", "chloroform", "sulphur hexafluoride"])
def test_the_librarys_bands_follow_the_published_spectrum(name: str) -> None:
    spectrum = read_spectrum(NIST / f"{name}.jdx")
    gas = signature_named(name)
    wavelength, width = np.linspace(7600.0, 13200.0, 128), np.full(128, 48.0)
    share = np.exp(-0.5 * ((1e7 / np.maximum(spectrum.wavenumber, 1.0)[:, None] - wavelength) / (width / 2.3548)) ** 2)
    share *= (1e7 / spectrum.wavenumber**2)[:, None]
    published = (spectrum.absorption @ share) / share.sum(axis=0)
    ours = -gas.response(wavelength, width).slope
    assert np.sqrt(np.mean((ours - published) ** 2)) < 0.02 * published.max()
