"""The verbs of retention: how long a record is kept, what is due, and its erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, ByOption, JsonOption, WorkspaceOption, app, print_json, print_table

WhatArgument = Annotated[str, typer.Argument(metavar="WHAT", help="A flight, or another record by its id.")]


@app.command()
def retain(
    what: WhatArgument,
    review: Annotated[datetime, typer.Option("--review", formats=["%Y-%m-%d"], help="When to ask again whether it is needed.")],
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="When it is to be erased.")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="The rule or the order that sets the dates.")],
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Set until when a record is kept; `retention` lists what is due."""
    from cathartes import retention as room
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        made = room.retain(what, review.date(), until.date(), by, why, opened)
    print(f"{made.what}: review on {made.review}, kept until {made.until}")


@app.command()
def retention(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """List every flight, and every record with dates, with what is due today."""
    from cathartes import casework
    from cathartes import retention as room
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        terms = room.terms(opened, casework.now().utc.date())
    if as_json:
        print_json(terms)
    else:
        rows = [(each.what, str(each.review or ""), str(each.until or ""), each.due) for each in terms]
        print_table(("what", "review", "until", "today"), rows)


@app.command()
def erase(
    what: WhatArgument,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="On whose order, in a sentence.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Erase a record and all that belongs to it for ever; digests and the order stay, and the workspace is still proved."""
    from cathartes import retention as room
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        if dry_run:
            print_table(("kind", "id"), sorted({(version.kind, version.id) for version in room.erasable(what, opened)}))
        else:
            made = room.erase(what, by, why, opened)
            print(f"{made.what}: {made.contents} contents erased by {made.id}; bundles that were sent and copies elsewhere are not reached")
