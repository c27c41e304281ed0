"""The verbs of the path: a recording inspected, a flight folder taken to sources and leads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cathartes.cli.door import (
    WORKSPACE,
    DaskOption,
    FlightArgument,
    JsonOption,
    WorkspaceOption,
    app,
    executor_for,
    print_json,
    print_table,
    progress_bar,
)
from cathartes.errors import BadInput

if TYPE_CHECKING:
    from cathartes.campaign import Campaign
    from cathartes.model import Source
    from cathartes.readers.flight_folder import Inspection


@app.command()
def run(
    flight: FlightArgument,
    workspace: WorkspaceOption = WORKSPACE,
    by: Annotated[str, typer.Option("--by", help="The lead's author, when it is a person.")] = "cathartes",
    dask: DaskOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a flight folder to leads before a reviewer."""
    from cathartes import campaign
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened, executor_for(dask) as executor, progress_bar() as progress:
        result = campaign.run(flight, opened, executor, progress, by)
    print_campaign(result, workspace, as_json=as_json)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One recording: gas log, track, cube, video, report or register.")],
    as_json: JsonOption = False,
) -> None:
    """Say what is in a recording and what is wrong with it."""
    from cathartes.readers.flight_folder import inspect_file

    inspection = inspect_file(file)
    if as_json:
        print_json(inspection_answer(inspection))
    elif inspection.reasons is None:
        print_inspection(inspection)
    if inspection.reasons is not None:
        raise BadInput(f"{file.name}: no reader takes it:{a_line_each(inspection.reasons)}")


@app.command()
def locate(
    flight: FlightArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="The draws, as JSON.")],
    after: Annotated[Path | None, typer.Option("--after", metavar="DRAWS", help="Draws of an earlier flight over the same ground.")] = None,
    dask: DaskOption = None,
) -> None:
    """Write the posterior draws of the sources only: how many, where, how much."""
    from cathartes import campaign
    from cathartes.readers.draws_file import read_draws

    known = None if after is None else read_draws(after)
    output.parent.mkdir(parents=True, exist_ok=True)
    with executor_for(dask) as executor, progress_bar() as progress:
        draws = campaign.draws_of(flight, executor, progress, known)
    output.write_bytes(campaign.draws_file(draws))
    print(output)


def inspection_answer(found: Inspection) -> dict[str, Any]:
    """The inspection as programs get it; what motion imagery has more stands beside the rest, with its sentences in English."""
    from cathartes.messages import say

    answer = {name: value for name, value in vars(found).items() if name != "stream"}
    if found.stream is not None:
        findings = [
            {"code": one.code, "sentence": say(one.statement, "en"), "evidence": one.evidence, "value": one.value, "unit": one.unit}
            for one in found.stream.findings
        ]
        answer |= {**vars(found.stream), "findings": findings}
    return answer


def print_inspection(found: Inspection) -> None:
    """One fact a line; what is wrong with the file comes last."""
    from cathartes.messages import say

    facts = {
        "kind": found.kind,
        "reader": found.reader,
        "samples": found.samples,
        "seconds": f"{found.span.duration_s:.0f}" if found.span else None,
        "starts": found.span.zero.utc.isoformat() if found.span and found.span.zero else None,
        "instruments": ", ".join(found.instruments),
        "gases": ", ".join(found.gases),
        "language": found.language,
        "sha256": found.digest,
    }
    print(found.name)
    for name, fact in facts.items():
        if fact:
            print(f"  {name}: {fact}")
    if found.stream is not None:
        print(f"  packets: {found.stream.packets['read']}, {found.stream.packets['damaged']} damaged; {', '.join(found.stream.standards)}")
        budget = ", ".join(f"{cause.replace('_', ' ')} {metres:.1f}" for cause, metres in found.stream.error_budget_m.items())
        print(f"  metres of error at 90 %: {budget or 'not known'}")
    for statement in found.health:
        print(f"  ! {say(statement, 'en')}")


def a_line_each(reasons: Mapping[str, str]) -> str:
    """Each reader's name and its reason, below what was said."""
    return "".join(f"\n  {reader}: {reason}" for reader, reason in reasons.items())


def print_campaign(result: Campaign, workspace: Path, *, as_json: bool) -> None:
    """What was read, what was found, and where the lead pages are."""
    from cathartes.messages import say

    if as_json:
        print_json({"flight": result.contents.flight.id, "leads": [lead.id for lead in result.leads], "products": result.products})
        return
    for reading in result.contents.readings:
        for statement in reading.recording.health:
            print(f"{reading.recording.name}: {say(statement, 'en')}")
    for refusal in result.contents.refused:
        print(f"{refusal.name}: no reader takes it:{a_line_each(refusal.reasons)}")
    rows = [lead_row(lead.id, source) for lead in result.leads for source in lead.sources]
    if rows:
        print_table(("lead", "gas", "P", "kg/h [90 %]", "place", "90 % region"), rows)
    else:
        print("no lead" if result.contents.readings else "no lead: the folder holds no recording that a reader takes")
    for gas, located in result.located.items():
        if not located.sources:
            print(f"{gas}: no source found; coverage.json says down to what rate, and where it was not looked")
        for note in located.notes:
            print(f"{gas}: {say(note, 'en')}")
    for product in result.products:
        print(workspace / "products" / product)


def lead_row(lead: str, source: Source) -> tuple[str, ...]:
    """One lead as the cells of the table that ends a run."""
    from cathartes.release.telling import region_size

    decimals = 1 if source.place.frame == "local" else 5
    place = f"{source.place.x:.{decimals}f}, {source.place.y:.{decimals}f}"
    rate = f"{source.rate.value:.3g} [{source.rate.low:.3g}, {source.rate.high:.3g}]"
    return lead, source.gas, f"{source.probability:.2f}", rate, place, region_size(source.region90, "en")
