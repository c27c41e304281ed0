"""The verbs of counting: what came of the releases, what was found behind weak and strong peaks, and published seizures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cathartes.cli.door import WORKSPACE, ByOption, JsonOption, WorkspaceOption, app, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cathartes.model.counting import Factor
    from cathartes.model.seizure import Seizure
    from cathartes.thresholds import Learnt


@app.command()
def outcomes(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """Count what came of the releases, by rule, with intervals, and how that changes what is expected next time."""
    from cathartes import casework, counting, thresholds
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made, learnt, peaks = counting.outcomes(opened, casework.now()), counting.learnt_prior(opened), thresholds.learnt(opened)
    if as_json:
        prior = {name: {"judged": was, "learnt": now} for name, (was, now) in learnt.items()}
        print_json({"outcomes": made, "prior": prior, "threshold": peaks})
        return
    shares = (
        ("leads released", made.released),
        ("answered", made.answered),
        ("acted on", made.acted),
        ("something found", made.found_anything),
    )
    for word, share in shares:
        bounds = "" if share.low is None or share.high is None else f" ({share.low:.0%} to {share.high:.0%} at 95 %)"
        print(f"{word}: {share.hits} of {share.of}{bounds}")
    for stage in made.stages:
        print(f"{stage.name}: {stage.releases} releases, median {stage.median_days:.1f} d, nine in ten within {stage.p90_days:.1f} d")
    for rule, count in made.found.items():
        print(f"found, counted as {rule}: {count}")
    print_table(("explanation", "as judged", "with outcomes"), [(name, f"{was:.3f}", f"{now:.3f}") for name, (was, now) in learnt.items()])
    print_peaks(peaks)


@app.command()
def threshold(
    least: Annotated[float | None, typer.Argument(metavar="LEAST", help="Leave out peaks under so many times the noise.")] = None,
    by: ByOption = "",
    why: Annotated[str, typer.Option("--why", help="The reason, in a sentence.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Back to the detector's own threshold.")] = False,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Show what was found behind weak and strong peaks in gas logs, or put a least significance in force for later runs."""
    from cathartes import thresholds
    from cathartes.store import Workspace

    if withdraw and least is not None:
        raise typer.BadParameter("give a least significance to put in force, or --withdraw, not both")
    with Workspace.existing(workspace) as opened:
        if withdraw or least is not None:
            thresholds.put_in_force(least, by, why, opened)
        peaks = thresholds.learnt(opened)
    if as_json:
        print_json(peaks)
    else:
        print_peaks(peaks)


def print_peaks(peaks: Learnt) -> None:
    """What was found by the strength of the peak, what is proposed and what is in force."""
    rows = []
    for band in peaks.bands:
        bounds = "" if band.found.low is None or band.found.high is None else f"{band.found.low:.0%} to {band.found.high:.0%}"
        span = f"{band.least:g} and more" if band.below is None else f"{band.least:g} to {band.below:g}"
        rows.append((span, f"{band.found.hits} of {band.found.of}", bounds))
    print_table(("strongest peak, times the noise", "something found", "at 95 %"), rows)
    if peaks.proposed is None:
        print("proposed: no change; the answers do not show that weak peaks are worthless")
    else:
        print(f"proposed: `cathartes threshold {peaks.proposed:g}`; nothing changes until a person puts it in force")
    last = peaks.in_force
    if last is not None:
        what = "the detector's own" if last.least_significance is None else f"{last.least_significance:g} times the noise"
        print(
            f"in force since {last.at.utc:%Y-%m-%d %H:%M} UTC by {last.by}: {what} (below it {last.found} of {last.of} found): {last.why}"
        )


@app.command()
def seizures(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CBP's drug seizures, CSV; cells in several files count once.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The page, as HTML.")] = None,
    drug: Annotated[str | None, typer.Option("--drug", help="Only this drug, as the files name it.")] = None,
    per_kg: Annotated[
        tuple[str, float, str] | None,
        typer.Option("--per-kg", metavar="UNIT NUMBER SOURCE", help="Also in doses or dollars, by a factor and who states it."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show published drug seizures by year and drug: events and weight side by side, with the rule they were counted by."""
    from cathartes.model.counting import Factor
    from cathartes.model.seizure import EVENT_RULE, WEIGHT_RULE
    from cathartes.readers.seizures import read_seizures
    from cathartes.release.dashboard import dashboard

    if per_kg is not None and drug is None:
        raise typer.BadParameter("--per-kg holds for one drug only; name it with --drug")
    factor = Factor("kg", *per_kg) if per_kg else None
    read = read_seizures(files)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(dashboard(read, EVENT_RULE, WEIGHT_RULE))
    rows = seizure_rows(read, drug, factor)
    if as_json:
        print_json({"rules": (EVENT_RULE, WEIGHT_RULE), "rows": rows})
    elif output is None:
        extra = (f"{factor.to} (at {factor.each:,g} per kg: {factor.source})",) if factor else ()
        amounts = ((row["events"], row["kilograms"], *((row["converted"].value,) if factor else ())) for row in rows)
        told = (tuple(f"{amount:,.0f}" for amount in each) for each in amounts)
        print_table(
            ("drug", "year", "events", "kg", *extra), ((row["drug"], row["year"], *each) for row, each in zip(rows, told, strict=True))
        )
    else:
        print(output)


def seizure_rows(read: Sequence[Seizure], drug: str | None, factor: Factor | None) -> list[dict[str, Any]]:
    """Events and weight of each drug (or the one named) and year, also converted where there is a factor."""
    from cathartes.model.counting import converted, in_kg
    from cathartes.model.seizure import EVENT_RULE, WEIGHT_RULE
    from cathartes.release.dashboard import by_year, drugs

    rows: list[dict[str, Any]] = []
    for name in (each for each in drugs(read) if drug in (None, each)):
        for events, weight in zip(by_year(read, name, EVENT_RULE), by_year(read, name, WEIGHT_RULE), strict=True):
            kilograms = in_kg(weight)
            amounts = {"events": events.value, "pounds": weight.value, "kilograms": kilograms.value}
            rows.append({"drug": name, "year": events.period} | amounts | ({"converted": converted(kilograms, factor)} if factor else {}))
    return rows
