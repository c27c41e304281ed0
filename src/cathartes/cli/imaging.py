"""Verbs for imaging-spectrometer cubes: `gases` finds and measures gases in one, `signatures` keeps the spectra they are known by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cathartes.cli.door import DaskOption, JsonOption, app, executor_for, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from cathartes.imaging import Delivered
    from cathartes.model import CubeFindings

signatures = typer.Typer(no_args_is_help=True, help="The spectra that gases are known by.")
app.add_typer(signatures, name="signatures")


@app.command()
def gases(
    cube: Annotated[Path, typer.Argument(metavar="CUBE", help="An ENVI header (.hdr), or a NetCDF or HDF5 cube.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for the products.")],
    gas: Annotated[list[str] | None, typer.Option("--gas", help="A gas to look for, again for more; none: the whole library.")] = None,
    wind: Annotated[float | None, typer.Option("--wind", metavar="M/S", help="Wind speed at 10 m, for rates.")] = None,
    wind_from: Annotated[float | None, typer.Option("--wind-from", metavar="DEG", help="Where it blows from, from north.")] = None,
    pixel: Annotated[float | None, typer.Option("--pixel", metavar="M", help="Side of a pixel where the cube does not say.")] = None,
    air: Annotated[float | None, typer.Option("--air", metavar="K", help="Temperature of the air, for thermal cubes.")] = None,
    dask: DaskOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find, name and measure gases in a cube."""
    from cathartes import imaging
    from cathartes.release.cube_products import told_sought

    given = imaging.Given(wind, wind_from, pixel, air)
    with executor_for(dask) as executor, progress_bar() as progress:
        delivered = imaging.gases(cube, output, gas or [], given, executor, progress)
    if as_json:
        findings = delivered.findings
        told = {"plumes": findings.plumes, "sought": told_sought(findings), "files": delivered.files, "notes": findings.notes}
        print_json(told)
    else:
        print_delivered(delivered, output)


def print_delivered(delivered: Delivered, folder: Path) -> None:
    """The plumes as a table, what must be known to read it, and the files."""
    from cathartes.messages import number, percent, say

    rows = []
    for plume in delivered.findings.plumes:
        rate = "" if plume.rate_kg_h is None else number(plume.rate_kg_h.value)
        sure = plume.names.get(plume.gas or "none of these", 0.0)
        place = f"{plume.origin[0]:.0f}, {plume.origin[1]:.0f}"
        rows.append((plume.id, plume.gas or "none of these", f"{percent(sure)} %", number(plume.peak.value), rate, place))
    print_table(("plume", "gas", "certainty", "peak ppm m", "kg/h", "column, line"), rows)
    print_sought(delivered.findings)
    for note in delivered.findings.notes:
        print(say(note, "en"))
    if delivered.findings.damaged_lines:
        print(f"{delivered.findings.damaged_lines} lines could not be read and were left out")
    for file in delivered.files:
        print(folder / file)


def print_sought(findings: CubeFindings) -> None:
    """What was looked for as a table: down to which column a plume would have been noticed, and what could not be seen."""
    from cathartes.messages import number, percent
    from cathartes.release.cube_products import told_sought

    rows = []
    for gas, told in told_sought(findings).items():
        pixels, limit = told["pixels"], told["limit_ppm_m"]
        whole = sum(pixels.values())
        looked, blind = (f"{percent(pixels[how] / whole)} %" if pixels[how] else "" for how in ("looked", "no_thermal_contrast"))
        rows.append((gas, str(told["plumes"] or "none"), "" if limit is None else number(limit), looked, blind))
    print_table(("sought", "plumes", "noticed from, ppm m", "looked at", "no contrast: could not see"), rows)


@signatures.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A quantitative spectrum: .jdx or .csv.")],
    gas: Annotated[str | None, typer.Option("--gas", help="The gas's key; default: the file's name.")] = None,
    molar_mass: Annotated[float, typer.Option("--molar-mass", metavar="G/MOL", help="For masses and rates.")] = float("nan"),
) -> None:
    """Add the spectrum of a gas to your own library."""
    from cathartes.readers.spectrum import keep, read_spectrum, signature_of

    key = gas or "-".join(file.stem.lower().split())
    signature = signature_of(read_spectrum(file), key, molar_mass / 1000.0, (file.stem,))
    path = keep(signature)
    print(f"{signature.name}: {len(signature.bands)} bands, {100 * signature.residual:.2f} % of the peak left over; kept as {path}")


@signatures.command("list")
def listed(as_json: JsonOption = False) -> None:
    """List the gases that can be looked for."""
    from cathartes.earth.signatures import library

    known = library()
    if as_json:
        print_json({key: {"name": gas.name, "cas": gas.cas, "source": gas.source} for key, gas in known.items()})
    else:
        print_table(("gas", "name", "CAS", "source"), [(key, gas.name, gas.cas, gas.source) for key, gas in known.items()])
