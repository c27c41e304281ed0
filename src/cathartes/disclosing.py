"""The complete package about one lead for a court: what speaks for it, what weakens it, who did what when, and the proof."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from cathartes.casework import decision_on
from cathartes.known import recalls
from cathartes.messages import say
from cathartes.model import DESK, Action, Lead, Outcome, Verdict, json
from cathartes.release.bundle import manifest, pack
from cathartes.release.redact import redact
from cathartes.release.tear_line import tear_line
from cathartes.store import Workspace

COURT = "court"
"""The audience in the manifest of a disclosure."""


@dataclass(frozen=True)
class Weaknesses:
    """What weakens a case, in one place: other explanations, what was not looked at, who disagreed, what was withdrawn."""

    other_explanations: Mapping[str, float]
    lawful_emitters: tuple[str, ...]
    gaps: tuple[str, ...]
    warnings: tuple[str, ...]
    dissent: tuple[str, ...]
    contrary_answers: tuple[str, ...]
    withdrawn: tuple[str, ...]


def disclosure(lead_id: str, workspace: Workspace) -> bytes:
    """Everything about one lead as one signed zip, which `verify` proves; that it was made is entered in the ledger.

    Raises `StoreFailure` when there is no such lead. Nothing is redacted: whoever asks must be allowed to see all of it.
    """
    lead = decision_on(lead_id, workspace).lead
    kept = dict(_kept_about(lead, workspace))
    workspace.keep("disclosure", lead_id, json.encode(sorted(kept)), act="access", of=lead_id)
    names = {lead_id, lead.flight, *(path.split("/")[1].removesuffix(".json") for path in kept)}
    told = {
        "lead.txt": tear_line(redact(lead, DESK, lead.author, None)).encode(),
        "against.json": json.encode(weaknesses(lead, workspace)),
        "ledger.jsonl": b"".join(line + b"\n" for line in workspace.history(names)),
        "public.pem": workspace.public_key(),
        "verifier.py": files("cathartes").joinpath("verifier.py").read_bytes(),
    }
    listing = manifest(lead_id, COURT, kept | told)
    return pack({**kept, **told, "manifest.json": listing}, workspace.seal(f"disclosure-{lead_id}", listing, COURT, of=lead_id))


def _kept_about(lead: Lead, workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """Every record of the lead and its flight, the files it was made from, and all that followed."""
    yield from _records({"lead": [lead.id], "flight": [lead.flight]}, workspace)
    recordings = workspace.find("recording", of=lead.flight)
    yield from _records({"recording": recordings}, workspace)
    for digest in (digest for recording in recordings for digest in workspace.find("file", of=recording)):
        yield f"file/{digest}", workspace.load("file", digest)
    releases = workspace.find("release", of=lead.id)
    yield from _records({kind: workspace.find(kind, of=lead.id) for kind in ("review", "claim")} | {"release": releases}, workspace)
    for release in releases:
        yield from _records({kind: workspace.find(kind, of=release) for kind in ("dispatch", "outcome")}, workspace)
    yield from _records({"recall": [each.id for each in recalls(workspace) if lead.id in (each.what, *each.leads)]}, workspace)


def _records(names: Mapping[str, list[str]], workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    return ((f"{kind}/{name}.json", workspace.load(kind, name)) for kind, listed in names.items() for name in listed)


def weaknesses(lead: Lead, workspace: Workspace) -> Weaknesses:
    """Everything the workspace holds that speaks against the lead."""
    reviews = decision_on(lead.id, workspace).reviews
    releases = workspace.find("release", of=lead.id)
    replies = [json.decode(workspace.load("outcome", name), Outcome) for each in releases for name in workspace.find("outcome", of=each)]
    return Weaknesses(
        other_explanations={each.name: each.probability for each in lead.hypotheses if each.name not in ("unregistered", "inside")},
        lawful_emitters=tuple(each.name for each in lead.emitters),
        gaps=tuple(say(each, "en") for each in lead.gaps),
        warnings=tuple(say(each, "en") for each in lead.warnings),
        dissent=tuple(f"{each.by}: {each.verdict}: {each.why}" for each in reviews if each.verdict is not Verdict.ACCEPT),
        contrary_answers=tuple(f"{each.partner}: {each.action}" for each in replies if each.action in (Action.NOT_FOUND, Action.NO_ACTION)),
        withdrawn=tuple(each.why for each in recalls(workspace) if lead.id in (each.what, *each.leads)),
    )
