"""The command line: each verb calls one function of the path and prints its answer for people, or with `--json` for programs.

Exit status 0 done, 1 bad input or refused (one sentence on standard error), 2 wrong usage. Rooms are imported inside the verbs,
so that `cathartes --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cathartes import __version__
from cathartes.errors import BadInput, CathartesError, Unproved

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from cathartes.campaign import Campaign
    from cathartes.model import Source
    from cathartes.plugins import Progress
    from cathartes.readers.flight_folder import Inspection

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

FlightArgument = Annotated[Path, typer.Argument(metavar="FLIGHT", help="A flight folder.")]
LeadArgument = Annotated[str, typer.Argument(metavar="LEAD", help="The lead's id, such as lead-1f0c9a3be2d4.")]
WorkspaceOption = Annotated[Path, typer.Option("-w", "--workspace", help="The folder that keeps everything.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
DaskOption = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does this.")]
WORKSPACE = Path("workspace")


def main() -> None:
    """Run the command line; every error of ours becomes one sentence and exit status 1."""
    try:
        app()
    except CathartesError as problem:
        print(f"cathartes: {problem}", file=sys.stderr)
        raise SystemExit(1) from None


@app.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """From what an aircraft recorded to a reviewed, provable lead about a place."""
    if version:
        print(__version__)


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
def inspect(file: Annotated[Path, typer.Argument(metavar="FILE")], as_json: JsonOption = False) -> None:
    """Say what is in a recording and what is wrong with it."""
    from cathartes.readers.flight_folder import inspect_file

    inspection = inspect_file(file)
    if as_json:
        print_json(inspection)
    elif inspection.reasons is None:
        print_inspection(inspection)
    if inspection.reasons is not None:
        raise BadInput(f"{file.name}: no reader takes it ({in_one_line(inspection.reasons)})")


@app.command()
def locate(
    flight: FlightArgument, output: Annotated[Path, typer.Option("-o", "--output", help="The draws, as JSON.")], dask: DaskOption = None
) -> None:
    """Write the posterior draws of the sources only: how many, where, how much."""
    from cathartes import campaign

    with executor_for(dask) as executor, progress_bar() as progress:
        draws = campaign.draws_of(flight, executor, progress)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(campaign.draws_file(draws))


@app.command()
def emitters(file: Annotated[Path, typer.Argument(metavar="FILE")], workspace: WorkspaceOption = WORKSPACE) -> None:
    """Load a register of lawful emitters, which every later run compares its sources with."""
    from cathartes import casework
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        register = casework.load_register(file, opened)
    print(f"{register.name}: {len(register.emitters)} registered emitters loaded")


@app.command()
def leads(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """List every lead with its verdict, its releases and their answers."""
    from cathartes import casework
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        cases = casework.cases(opened)
    if as_json:
        print_json(cases)
    else:
        rows = [
            (case.lead, case.flight, str(case.verdict or "not reviewed"), ", ".join(case.releases), ", ".join(case.answers))
            for case in cases
        ]
        print_table(("lead", "flight", "last review", "released to", "answers"), rows)


@app.command()
def review(
    lead: LeadArgument,
    verdict: Annotated[str, typer.Argument(metavar="accept|reject|inconclusive|unverifiable")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="The reason, in a sentence.")],
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Record one person's verdict on a lead; its author cannot review it."""
    from cathartes import casework
    from cathartes.model import Verdict
    from cathartes.store import Workspace

    if verdict not in list(Verdict):
        raise typer.BadParameter(f"a verdict is one of {', '.join(Verdict)}; got {verdict!r}")
    with Workspace.open(workspace) as opened:
        made = casework.review(lead, Verdict(verdict), by, why, opened)
    print(f"{made.lead}: {made.verdict} by {made.by}")


@app.command()
def release(
    lead: LeadArgument,
    to: Annotated[str, typer.Option("--to", metavar="PARTNER", help="The audience, as the markings name it, such as MEX.")],
    by: ByOption,
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Write the one bundle a partner may have of an accepted lead."""
    from cathartes import casework
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        path = casework.release(lead, to, by, opened)
    print(workspace / "products" / path)


@app.command()
def receive(reply: Annotated[Path, typer.Argument(metavar="REPLY")], workspace: WorkspaceOption = WORKSPACE) -> None:
    """Take a partner's reply file; the same reply twice changes nothing."""
    from cathartes import casework
    from cathartes.messages import say
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        receipt = casework.receive(reply, opened)
    known = "" if receipt.is_new else " (already received; nothing changed)"
    print(f"{receipt.outcome.release}: {receipt.outcome.action} by {receipt.outcome.by}{known}")
    for doubt in receipt.doubts:
        print(say(doubt, "en"))


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
    for statement in found.health:
        print(f"  ! {say(statement, 'en')}")


def in_one_line(reasons: Mapping[str, str]) -> str:
    """Each reader's name and its reason."""
    return "; ".join(f"{reader}: {reason}" for reader, reason in reasons.items())


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle (.zip), an unpacked bundle, or a workspace folder.")],
    head: Annotated[Path | None, typer.Option("--head", help="A signed head, or an earlier bundle, that you already hold.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The sender's public key, as you got it by another channel.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove, offline, that a bundle or a workspace is what was signed; name what is broken and what stays unproved."""
    from cathartes.store import check

    report = check(path, head, key)
    broken, unproved = [str(finding) for finding in report.broken], [str(finding) for finding in report.unproved]
    if as_json:
        print_json({"subject": report.subject, "key": report.fingerprint, "broken": broken, "unproved": unproved})
    else:
        print("\n".join([*broken, *unproved, f"key: {report.fingerprint}"]))
    if broken:
        raise Unproved(f"the {report.subject} {path} is NOT what was signed: {broken[0]}")
    if not as_json:
        print(f"proved: the {report.subject} {path} is what was signed")


@contextmanager
def executor_for(dask: str | None) -> Iterator[Executor]:
    """Threads on this machine, or the workers of a Dask cluster; both are `concurrent.futures` executors."""
    if dask is None:
        import os
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(os.cpu_count()) as threads:
            yield threads
    else:
        try:
            from distributed import Client
        except ImportError:
            raise CathartesError("--dask needs the cluster extra: pip install 'cathartes[cluster]'") from None
        with Client(dask) as client, client.get_executor() as workers:
            yield workers


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar per step on standard error, where somebody watches; otherwise nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("read", total=1.0)
        yield lambda step, fraction: bar.update(task, description=step, completed=fraction)


def print_json(answer: Any) -> None:
    """One line of JSON on standard output."""
    from cathartes.model import json

    print(json.encode(answer).decode())


def print_table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table as wide as the terminal; its first column, an id to copy, is never cut."""
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column(headings[0], no_wrap=True), *headings[1:])
    for row in rows:
        table.add_row(*row)
    Console().print(table)


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
        print(f"{refusal.name}: no reader takes it ({in_one_line(refusal.reasons)})")
    rows = [lead_row(lead.id, source) for lead in result.leads for source in lead.sources]
    print_table(("lead", "gas", "probability", "kg/h [90 %]", "place", "90 % region"), rows)
    for gas, located in result.located.items():
        if not located.sources:
            print(f"{gas}: no source found; coverage.json says down to what rate, and where it was not looked")
        for note in located.notes:
            print(f"{gas}: {say(note, 'en')}")
    for product in result.products:
        print(workspace / "products" / product)


def lead_row(lead: str, source: Source) -> tuple[str, ...]:
    """One lead as the cells of the table that ends a run."""
    decimals = 1 if source.place.frame == "local" else 5
    place = f"{source.place.x:.{decimals}f}, {source.place.y:.{decimals}f}"
    rate = f"{source.rate.value:.3g} [{source.rate.low:.3g}, {source.rate.high:.3g}]"
    return lead, source.gas, f"{source.probability:.2f}", rate, place, f"{source.region90.area_m2 / 1e4:.2g} ha"
