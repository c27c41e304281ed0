"""The verbs of casework: from a lead to a reviewed release, its answer and its proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, ByOption, JsonOption, WorkspaceOption, app, print_json, print_made, print_table
from cathartes.errors import Unproved

LeadArgument = Annotated[str, typer.Argument(metavar="LEAD", help="The lead's id, such as lead-1f0c9a3be2d4.")]


@app.command()
def emitters(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A register: CSV, Mexico's RETC as published, or your own.")],
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Load a register of lawful emitters, which every later run compares its sources with."""
    from cathartes import casework
    from cathartes.store import Workspace

    with Workspace.open(workspace) as opened:
        register = casework.load_register(file, opened)
    loaded = {"register": register.name, "emitters": len(register.emitters)}
    print_made(loaded, f"{register.name}: {len(register.emitters)} registered emitters loaded", as_json=as_json)


@app.command()
def leads(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """List every lead with its verdict, its releases and their answers."""
    from cathartes import casework
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
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
    verdict: Annotated[str, typer.Argument(metavar="accept|reject|inconclusive|unverifiable", help="The verdict.")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="The reason, in a sentence.")],
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Record one person's verdict on a lead; its author cannot review it."""
    from cathartes import casework
    from cathartes.model import Verdict
    from cathartes.store import Workspace

    if verdict not in list(Verdict):
        raise typer.BadParameter(f"a verdict is one of {', '.join(Verdict)}; got {verdict!r}")
    with Workspace.existing(workspace) as opened:
        made = casework.review(lead, Verdict(verdict), by, why, opened)
    print_made(made, f"{made.lead}: {made.verdict} by {made.by}", as_json=as_json)


@app.command()
def release(
    lead: LeadArgument,
    to: Annotated[str, typer.Option("--to", metavar="PARTNER", help="The audience, as the markings name it, such as MEX.")],
    by: ByOption,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Write the one bundle a partner may have of an accepted lead."""
    from cathartes import casework
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        bundle = str(workspace / "products" / casework.release(lead, to, by, opened))
    print_made({"bundle": bundle}, bundle, as_json=as_json)


@app.command()
def policy(
    file: Annotated[Path | None, typer.Argument(metavar="POLICY", help="A table of permits, TOML, to put in force.")] = None,
    by: ByOption = "",
    why: Annotated[str, typer.Option("--why", help="The agreement or order behind it.")] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the policy in force away: the markings alone decide.")] = False,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Show the policy of release, or put one in force: only what it permits leaves, and never more than the markings allow."""
    from cathartes import casework
    from cathartes.store import Workspace

    if file and withdraw:
        raise typer.BadParameter("give a policy to put in force, or --withdraw, not both")
    with Workspace.existing(workspace) as opened:
        if file:
            casework.enact(file, by, why, opened)
        elif withdraw:
            casework.withdraw_policy(by, why, opened)
        last, standing = casework.enactment(opened), casework.policy_in_force(opened)
    if as_json:
        print_json({"policy": standing, "enactment": last})
        return
    if standing:
        rows = [(each.to, ", ".join(each.tlp), ", ".join(each.fields), str(each.until), each.why) for each in standing.permit]
        print_table(("to", "labels", "fields", "until", "why"), rows)
    if last:
        print(f"{'in force' if standing else 'taken away'} since {last.at.utc:%Y-%m-%d %H:%M} UTC by {last.by}: {last.why}")
    if not standing:
        print("no policy is in force: the markings alone decide")


@app.command()
def receive(
    reply: Annotated[Path, typer.Argument(metavar="REPLY", help="The file that the form in the bundle saved.")],
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Take a partner's reply file; the same reply twice changes nothing."""
    from cathartes import casework
    from cathartes.messages import say
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        receipt = casework.receive(reply, opened)
    known = "" if receipt.is_new else " (already received; nothing changed)"
    told = f"{receipt.outcome.release}: {receipt.outcome.action} by {receipt.outcome.by}{known}"
    print_made(receipt, "\n".join([told, *(say(doubt, "en") for doubt in receipt.doubts)]), as_json=as_json)


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle (.zip), an unpacked bundle, or a workspace folder.")],
    head: Annotated[Path | None, typer.Option("--head", help="A signed head, or an earlier bundle, that you already hold.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The sender's public key, as you got it by another channel.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove, offline, that a bundle or a workspace is what was signed; name what is broken and what stays unproved."""
    from cathartes.overflight import recomputes
    from cathartes.store import check, is_unfinished

    report = check(path, head, key)
    broken, unproved = [str(finding) for finding in report.broken], [str(finding) for finding in report.unproved]
    again = recomputes(path) if report.subject == "bundle" and not broken else None
    if as_json:
        found = {"subject": report.subject, "key": report.fingerprint, "broken": broken, "unproved": unproved}
        print_json(found | ({} if again is None else {"recomputed": again}))
    else:
        print("\n".join([*broken, *unproved, f"key: {report.fingerprint}"]))
    if broken and is_unfinished(path):
        raise Unproved(
            f"the workspace {path} cannot be proved yet: a command was cut off in it, or still runs; "
            f"`cathartes leads -w {path}` finishes what was cut off, then verify it again ({broken[0]})"
        )
    if broken:
        raise Unproved(f"the {report.subject} {path} is NOT what was signed: {broken[0]}")
    if again is False:
        raise Unproved(f"the bundle {path} is what was signed, but its verdict does NOT follow from the recording and the boundary in it")
    if not as_json:
        print(f"proved: the {report.subject} {path} is what was signed")
        if again:
            print("proved: its verdict was recomputed from the recording and the boundary in it, byte for byte")
