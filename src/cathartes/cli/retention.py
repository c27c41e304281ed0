"""The verbs of retention: how long a record is kept, what is due, what a court holds, and erasure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, ByOption, JsonOption, WorkspaceOption, app, print_json, print_made, print_table

WhatArgument = Annotated[str, typer.Argument(metavar="WHAT", help="A flight, or another record by its id.")]


@app.command()
def retain(
    what: WhatArgument,
    review: Annotated[datetime, typer.Option("--review", formats=["%Y-%m-%d"], help="When to ask again whether it is needed.")],
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="When it is to be erased.")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="The rule or the order that sets the dates.")],
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Set until when a record is kept; `retention` lists what is due."""
    from cathartes import retention as room
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made = room.retain(what, review.date(), until.date(), by, why, opened)
    print_made(made, f"{made.what}: review on {made.review}, kept until {made.until}", as_json=as_json)


@app.command()
def hold(
    what: WhatArgument,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="Which court, audit or claim needs it; or why no longer.")],
    lift: Annotated[bool, typer.Option("--lift", help="Ask that the hold end; said by a second person, it ends.")] = False,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Keep a record, and all that belongs to it, from erasure until two persons lift the hold."""
    from cathartes import retention as room
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        made = (room.lift if lift else room.hold)(what, by, why, opened)
    asked = f"; {made.lift.by} asks that this end, another person must say so too" if made.lift else ""
    print_made(made, f"{made.what}: held{asked}" if made.stands else f"{made.what}: no longer held", as_json=as_json)


@app.command()
def retention(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """List every flight, and every record with dates, with what is due today; and what is held."""
    from cathartes import casework
    from cathartes import retention as room
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        terms, holds = room.terms(opened, casework.now().utc.date()), room.holds(opened)
    if as_json:
        print_json({"terms": terms, "holds": holds})
    else:
        rows = [(each.what, str(each.review or ""), str(each.until or ""), each.due) for each in terms]
        print_table(("what", "review", "until", "today"), rows)
        for each in holds:
            asked = f"; {each.lift.by} asks that this end: {each.lift.why}" if each.lift else ""
            print(f"{each.what} is held by {each.by} since {each.at.utc:%Y-%m-%d}: {each.why}{asked}")


@app.command()
def erase(
    what: WhatArgument,
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="Ask for it: by which rule or court, in a sentence.")] = "",
    order: Annotated[bool, typer.Option("--order", help="Order what another person asked for: erase it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would go.")] = False,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Erase a record and all that belongs to it for ever: one person asks, another orders. Digests and the order stay, and still prove."""
    from cathartes import retention as room
    from cathartes.store import Workspace

    if order and why:
        raise typer.BadParameter("--why is for who asks; who orders gives --order alone")
    with Workspace.existing(workspace) as opened:
        if dry_run:
            would_go = sorted({(version.kind, version.id) for version in room.erasable(what, opened)})
            if as_json:
                print_json([{"kind": kind, "id": name} for kind, name in would_go])
            else:
                print_table(("kind", "id"), would_go)
        elif order:
            made = room.erase(what, by, opened)
            told = f"{made.what}: {made.contents} contents erased by {made.id}; bundles that were sent and copies elsewhere are not reached"
            print_made(made, told, as_json=as_json)
        else:
            wish = room.ask_erasure(what, by, why, opened)
            told = f"{wish.what}: {wish.contents} contents would go; another person says `cathartes erase {wish.what} --order --by …`"
            print_made(wish, told, as_json=as_json)
