"""What a workspace keeps about parties: claims, decisions on who is one, and the things that tie its leads together.

Nothing is overwritten: a decision that is taken back stays on record, and what has expired is neither shown nor exported. The ledger holds
digests only, never a name.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from cathartes.errors import BadInput
from cathartes.model import Lead, digest_of, identifier, json
from cathartes.network.chart import ChartTie
from cathartes.network.claims import Claim, Merge, canonical, in_force, undone
from cathartes.network.lead_ties import lead_ties
from cathartes.store import Workspace


def keep_claims(claims: Iterable[Claim], workspace: Workspace) -> int:
    """Keep claims; how many of them were not there yet."""
    known = set(workspace.find("party-claim"))
    for claim in claims:
        content = json.encode(claim)
        workspace.keep("party-claim", identifier("claim", [digest_of(content)]), content, act="ingest")
    return len(set(workspace.find("party-claim")) - known)


def claims_in(workspace: Workspace, today: date) -> tuple[Claim, ...]:
    """Every claim that may be shown and exported on this day."""
    return in_force(_claims(workspace), today)


def _claims(workspace: Workspace) -> Iterator[Claim]:
    """Every claim that was kept, expired ones too."""
    return (json.decode(workspace.load("party-claim", name), Claim) for name in workspace.find("party-claim"))


def decisions_in(workspace: Workspace) -> dict[str, Merge]:
    """Every decision on two parties, by its id, those taken back too."""
    return {name: json.decode(workspace.load("party-decision", name), Merge) for name in workspace.find("party-decision")}


def decide(merge: Merge, workspace: Workspace) -> str:
    """Keep a decision; returns its id. Raises `BadInput` for a party of no claim, or where it contradicts the decisions in force."""
    known = {claim.party for claim in _claims(workspace)}
    for party in (merge.one, merge.other):
        if party not in known:
            raise BadInput(f"no claim speaks of the party {party!r}; `cathartes claims show` lists the ids in use")
    name = identifier("decision", [merge.one, merge.other, merge.judgement, merge.author, merge.made_on.isoformat(), merge.why])
    canonical([*decisions_in(workspace).values(), merge])
    workspace.keep("party-decision", name, json.encode(merge), act="review")
    return name


def take_back(name: str, by: str, on: date, workspace: Workspace) -> Merge:
    """Undo a decision. Raises `StoreFailure` where there is none of that id, `BadInput` where it was taken back before."""
    merge = json.decode(workspace.load("party-decision", name), Merge)
    if merge.undone_on is not None:
        raise BadInput(f"{name} was taken back by {merge.undone_by} on {merge.undone_on}; nothing is left to take back")
    back = undone(merge, by, on)
    workspace.keep("party-decision", name, json.encode(back), act="review")
    return back


def ties_of_leads(workspace: Workspace, language: str) -> Sequence[ChartTie]:
    """What reports near the workspace's leads name."""
    return lead_ties((json.decode(workspace.load("lead", name), Lead) for name in workspace.find("lead")), language)
