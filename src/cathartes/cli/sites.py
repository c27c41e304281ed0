"""The verbs of fusion: lists of detections to sites, and who would be told of them when."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, JsonOption, WorkspaceOption, app, print_json, print_table


@app.command()
def fuse(
    output: Annotated[Path, typer.Option("-o", "--output", help="The sites, as GeoJSON.")],
    detections: Annotated[
        Path | None,
        typer.Argument(metavar="DETECTIONS", help="A list of detections, CSV or GeoJSON; without one, the workspace's own leads."),
    ] = None,
    since: Annotated[Path | None, typer.Option("--since", help="The sites of an earlier run: their names stay, changes are told.")] = None,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Fuse the detections of many flights, sensors and texts into places; the order in which they arrive does not matter."""
    from cathartes.assess.fusion import fuse
    from cathartes.known import observations_told
    from cathartes.readers.detection_list import read_detections
    from cathartes.release.sites import changes, former_sites, read_sites, sites_collection
    from cathartes.store import Workspace

    if detections is None:
        with Workspace.existing(workspace) as opened:
            observations = observations_told(opened)
    else:
        observations = read_detections(detections)
    former = former_sites(read_sites(since)) if since else {}
    sites = fuse(observations, former)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(sites_collection(sites))
    changed = changes(former, sites) if since else []
    if as_json:
        print_json({"detections": sum(len(site.observations) for site in sites), "sites": len(sites), "changes": changed})
        return
    print(f"{sum(len(site.observations) for site in sites)} detections of {len(sites)} sites")
    for change in changed:
        word = "new" if change.is_new else "withdrawn" if change.is_withdrawn else "changed"
        print(f"{change.site} {word}: {len(change.joined)} joined, {len(change.left)} left")


@app.command()
def notices(
    sites: Annotated[Path, typer.Argument(metavar="SITES", help="Sites, as `cathartes fuse` wrote them.")],
    to: Annotated[list[str] | None, typer.Option("--to", metavar="RECEIVER", help="A receiver; may be given several times.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List who would be told of which site on which day: each receiver once a day at most."""
    from cathartes.release.sites import notices, read_sites

    told = notices(read_sites(sites), to or ["MEX"])
    if as_json:
        print_json(told)
    else:
        print_table(("site", "day", "receiver"), [(notice.site, notice.day, notice.receiver) for notice in told])
