"""The verbs of claims: what sources say of parties, who decided that two are one, and the way out to other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cathartes.cli.door import WORKSPACE, ByOption, JsonOption, WorkspaceOption, app, print_json, print_made, print_table
from cathartes.errors import BadInput

verbs = typer.Typer(no_args_is_help=True, help="What sources say of parties: graded, dated, lawful; decisions that can be undone.")
app.add_typer(verbs, name="claims")


@verbs.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Claims as CSV, or as STIX 2.1 of ours (.json).")],
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Keep claims in the workspace. A claim without source, grade, author, legal basis or expiry is refused."""
    from cathartes import partywork
    from cathartes.network.claim_files import read_claims
    from cathartes.network.exchange import from_stix
    from cathartes.network.list_formats import opened as opened_file
    from cathartes.store import Workspace

    found = from_stix(opened_file(file).content) if file.suffix == ".json" else read_claims(file)
    with Workspace.open(workspace) as opened:
        new = partywork.keep_claims(found, opened)
    print_made({"read": len(found), "new": new}, f"{len(found)} claims read, {new} of them new", as_json=as_json)


@verbs.command()
def show(
    workspace: WorkspaceOption = WORKSPACE,
    party: Annotated[str | None, typer.Option("--party", help="Only this party, under any of its ids.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the claims in force, each with its grade and how many independent origins say the same."""
    from cathartes import partywork
    from cathartes.casework import now
    from cathartes.network.claims import canonical, corroboration, due
    from cathartes.store import Workspace

    today = now().utc.date()
    with Workspace.existing(workspace) as opened:
        claims, decisions = partywork.claims_in(opened, today), partywork.decisions_in(opened)
    merges = list(decisions.values())
    one_of = canonical(merges)
    shown = [claim for claim in claims if party is None or one_of.get(claim.party, claim.party) == one_of.get(party, party)]
    if as_json:
        print_json({"claims": shown, "decisions": decisions})
        return
    said, late = corroboration(claims, merges), set(due(claims, today))
    rows = [
        (one_of.get(claim.party, claim.party), claim.property, claim.value, f"{claim.grade.reliability}{claim.grade.credibility}",
         str(said[one_of.get(claim.party, claim.party), claim.property, claim.value]), claim.source,
         "review is due" if claim in late else str(claim.review_on))
        for claim in shown
    ]  # fmt: skip
    print_table(("party", "property", "value", "grade", "origins", "source", "review"), rows)
    for name, merge in decisions.items():
        ending = f", taken back by {merge.undone_by} on {merge.undone_on}" if merge.undone_on else ""
        print(f"{name}: {merge.one} and {merge.other} are {merge.judgement} ({merge.author}, {merge.made_on}: {merge.why}){ending}")


@verbs.command()
def decide(
    one: Annotated[str, typer.Argument(metavar="PARTY", help="A party's id.")],
    other: Annotated[str, typer.Argument(metavar="PARTY", help="Another's.")],
    judgement: Annotated[str, typer.Argument(metavar="same|different", help="What you decide.")],
    by: ByOption,
    why: Annotated[str, typer.Option("--why", help="The reason.")],
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Decide that two parties are one, or are not; `claims undo` takes it back."""
    from cathartes import partywork
    from cathartes.casework import now
    from cathartes.network.claims import Judgement, Merge
    from cathartes.store import Workspace

    if judgement not in list(Judgement):
        raise BadInput(f"found the judgement {judgement!r}; expected same or different")
    with Workspace.existing(workspace) as opened:
        decision = partywork.decide(Merge(one, other, Judgement(judgement), by, why, now().utc.date()), opened)
    print_made({"decision": decision}, decision, as_json=as_json)


@verbs.command()
def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id.")],
    by: ByOption,
    workspace: WorkspaceOption = WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Take a decision back; it stays on record."""
    from cathartes import partywork
    from cathartes.casework import now
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        back = partywork.take_back(decision, by, now().utc.date(), opened)
    print_made(back, f"{back.one} and {back.other}: the decision of {back.author} is taken back", as_json=as_json)


@verbs.command()
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write them.")],
    form: Annotated[str, typer.Option("--as", metavar="ftm|stix|misp", help="FollowTheMoney statements, STIX 2.1 or MISP.")],
    workspace: WorkspaceOption = WORKSPACE,
) -> None:
    """Write the claims in force for another program, and say what its format cannot carry."""
    from cathartes import partywork
    from cathartes.casework import now
    from cathartes.network import exchange
    from cathartes.store import Workspace

    writers = {"ftm": exchange.to_ftm, "stix": exchange.to_stix, "misp": exchange.to_misp}
    if form not in writers:
        raise BadInput(f"--as is {form!r}; expected ftm, stix or misp")
    today = now().utc.date()
    with Workspace.existing(workspace) as opened:
        claims = partywork.claims_in(opened, today)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(writers[form](claims, today))
    lost = exchange.CANNOT_CARRY[form]
    print(f"{output}: {len(claims)} claims" + (f"; {form} cannot carry {', '.join(lost)}" if lost else ""))
