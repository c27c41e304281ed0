"""From lead to outcome: a reviewer's verdict, a release to one audience, the partner's answer.

Each step is one function, refuses what a rule forbids with one sentence, and leaves its record in the workspace before it
returns. How a flight becomes a lead is in `cathartes.campaign`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cathartes.errors import BadInput, Refused
from cathartes.known import recalls
from cathartes.model import (
    Clock,
    Decision,
    EmitterList,
    Instant,
    Lead,
    Outcome,
    Reading,
    Release,
    Review,
    Statement,
    Verdict,
    digest_of,
    identifier,
    json,
)
from cathartes.model.following import Claim, Enactment
from cathartes.model.person import is_same_person, named, signed
from cathartes.readers.flight_folder import flight_beside, read_one
from cathartes.release.bundle import contents, pack
from cathartes.release.export import export_all, formats, suffix_of
from cathartes.release.geotiff import rasters
from cathartes.release.policy import Policy, narrowed, parse_policy
from cathartes.release.redact import redact
from cathartes.release.reply import doubts, read_reply
from cathartes.store import Workspace


@dataclass(frozen=True)
class Receipt:
    """An outcome as received; `is_new` is false when the very same answer had come before.

    `doubts` are about its clock, and about a release that no longer holds.
    """

    outcome: Outcome
    is_new: bool
    doubts: tuple[Statement, ...]


def now() -> Instant:
    """The moment on this computer's clock."""
    return Instant(datetime.now(UTC), Clock.SYSTEM)


def decision_on(lead_id: str, workspace: Workspace) -> Decision:
    """A lead with its reviews in order. Raises `StoreFailure` when the workspace holds no such lead."""
    lead = json.decode(workspace.load("lead", lead_id), Lead)
    reviews = tuple(json.decode(workspace.load("review", name), Review) for name in workspace.find("review", of=lead_id))
    return Decision(lead, reviews)


def review(lead_id: str, verdict: Verdict, by: str, why: str, workspace: Workspace) -> Review:
    """Record one person's verdict on a lead. Raises `Refused` when that person is the lead's author."""
    lead = decision_on(lead_id, workspace).lead
    signed(by, why)
    if is_same_person(by, lead.author):
        raise Refused(f"{by} is the author of {lead_id}; a reviewer is somebody else: ask another person to review it")
    refuse_held(lead_id, by, workspace)
    digest, at = digest_of(json.encode(lead)), now()
    made = Review(identifier("review", [digest, verdict, by, why, at.utc.isoformat()]), lead_id, digest, verdict, by, why, at)
    workspace.keep("review", made.id, json.encode(made), act="review", of=lead_id)
    return made


def release(lead_id: str, audience: str, by: str, workspace: Workspace) -> str:
    """Write the bundle that `audience` may have; returns its path below `products/`.

    Raises `Refused` unless the lead's last review accepts it as it is now, by somebody other than `by`, and its marking
    and the policy in force permit. Asked twice, it gives the same release.
    """
    decision = decision_on(lead_id, workspace)
    named(by)
    refuse_withdrawn(decision.lead, workspace)
    accepted_by_another(decision, by)
    made = released_before(lead_id, audience, workspace) or redact(within_policy(decision.lead, audience, workspace), audience, by, now())
    refuse_beyond_policy(made, workspace)
    workspace.keep("release", made.id, json.encode(made), act="release", of=lead_id)
    files = contents(made, written(made), workspace.public_key())
    path = f"{decision.lead.flight}/{made.id}.zip"
    workspace.publish(path, pack(files, workspace.seal(made.id, files["manifest.json"], audience)))
    return path


def enactment(workspace: Workspace) -> Enactment | None:
    """The desk's policy of release as it was put in force, or taken away; `None` where there never was one."""
    return json.decode(workspace.load("policy", "release"), Enactment) if workspace.find("policy") else None


def policy_in_force(workspace: Workspace) -> Policy | None:
    """The desk's policy of release; `None` where it has none, and the markings alone decide. Raises `Refused` for one not understood."""
    last = enactment(workspace)
    if last is None or last.toml is None:
        return None
    try:
        return parse_policy("the policy in force", last.toml.encode())
    except BadInput as problem:
        raise Refused(f"nothing is released: {problem}") from None


def enact(path: Path, by: str, why: str, workspace: Workspace) -> Policy:
    """Put the policy in the file in force. Raises `BadInput` for one that is not understood; the one before it then stays."""
    signed(by, why)
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; name a policy file") from None
    policy = parse_policy(path.name, content)
    workspace.keep("policy", "release", json.encode(Enactment(content.decode(), by, why, now())), act="review")
    return policy


def withdraw_policy(by: str, why: str, workspace: Workspace) -> None:
    """Take the policy in force away: from now on the markings alone decide. Raises `BadInput` where there is none."""
    signed(by, why)
    last = enactment(workspace)
    if last is None or last.toml is None:
        raise BadInput("no policy is in force; the markings alone decide already")
    workspace.keep("policy", "release", json.encode(Enactment(None, by, why, now())), act="review")


def within_policy(lead: Lead, audience: str, workspace: Workspace) -> Lead:
    """The lead, marked as the policy in force narrows it today; as it is where there is none."""
    policy = policy_in_force(workspace)
    return lead if policy is None else narrowed(lead, policy, audience, now().utc.date())


def refuse_beyond_policy(made: Release, workspace: Workspace) -> None:
    """Refuse to let a release go on its way, also one made earlier, that holds more than the policy permits its audience today."""
    lead = within_policy(made.lead, made.audience, workspace)
    if lead is not made.lead and redact(lead, made.audience, made.by, made.at).lead != made.lead:
        raise Refused(f"the policy in force permits {made.audience} less than {made.id} holds; recall it, or have the policy changed")


def written(made: Release) -> dict[str, bytes]:
    """The release in every installed format and its rasters, by file name; the page is the one a browser opens first."""
    content_of = {suffix_of(name): content for name, content in export_all(made, formats()).items()}
    named = {"index.html" if suffix == "html" else f"lead.{suffix}": content for suffix, content in content_of.items()}
    return named | rasters(made.lead.gas, made.lead.probability_map, made.lead.detectability)


def accepted_by_another(decision: Decision, by: str) -> None:
    """Refuse a release that no second person stands behind."""
    lead = decision.lead
    if not decision.reviews:
        raise Refused(f"{lead.id} has no review; a second person must first say `cathartes review {lead.id} accept`")
    last = decision.reviews[-1]
    if last.verdict is not Verdict.ACCEPT:
        raise Refused(f"the last review of {lead.id} says {last.verdict}; only an accepted lead is released")
    if last.lead_digest != digest_of(json.encode(lead)):
        raise Refused(f"{lead.id} has changed since {last.by} reviewed it; it must be reviewed again")
    if is_same_person(by, last.by):
        raise Refused(f"{by} reviewed {lead.id}; the reviewer is not the author of its release: ask another person to release it")


def refuse_withdrawn(lead: Lead, workspace: Workspace) -> None:
    """Refuse to release a lead that rests on something withdrawn."""
    for each in recalls(workspace):
        if each.what == lead.id or set(each.inputs) & set(lead.custody.inputs):
            raise Refused(f"{lead.id} rests on {each.what}, which was withdrawn ({each.id}); take the flight through `run` without it")


def holder(lead_id: str, at: Instant, workspace: Workspace) -> Claim | None:
    """Who has the lead for review at a moment."""
    if lead_id not in workspace.find("claim", of=lead_id):
        return None
    claim = json.decode(workspace.load("claim", lead_id), Claim)
    return claim if claim.until.utc > at.utc else None


def refuse_held(lead_id: str, by: str, workspace: Workspace) -> None:
    """Refuse a review of a lead that somebody else has in hand."""
    held = holder(lead_id, now(), workspace)
    if held is not None and not is_same_person(held.by, by):
        raise Refused(f"{held.by} has {lead_id} for review until {held.until.utc:%H:%M} UTC; take another, or wait")


def released_before(lead_id: str, audience: str, workspace: Workspace) -> Release | None:
    """The release of this lead to this audience, if there is one: a released thing is never edited."""
    earlier = (json.decode(workspace.load("release", name), Release) for name in workspace.find("release", of=lead_id))
    return next((made for made in earlier if made.audience == audience), None)


def receive(path: Path, workspace: Workspace) -> Receipt:
    """Take a partner's reply file. The same answer twice is one outcome."""
    releases = {name: json.decode(workspace.load("release", name), Release) for name in workspace.find("release")}
    outcome = read_reply(path, releases.get)
    return keep_outcome(outcome, releases[outcome.release], workspace)


def keep_outcome(outcome: Outcome, release: Release, workspace: Workspace) -> Receipt:
    """Keep what a partner answered to this release, once; one to a release that was withdrawn since is kept, and said to be."""
    is_new = outcome.id not in workspace.find("outcome", of=outcome.release)
    workspace.keep("outcome", outcome.id, json.encode(outcome), act="receipt", of=outcome.release)
    is_withdrawn = any(release.id in each.releases for each in recalls(workspace))
    late = (Statement("reply.withdrawn", {"release": release.id}),) if is_withdrawn else ()
    return Receipt(outcome, is_new, late + doubts(outcome, release, now()))


@dataclass(frozen=True)
class Case:
    """Where one lead stands: its last verdict, whom it was released to, and what they answered."""

    lead: str
    flight: str
    verdict: Verdict | None
    releases: tuple[str, ...]
    answers: tuple[str, ...]


def cases(workspace: Workspace) -> tuple[Case, ...]:
    """Every lead and where it stands, in the order they were made."""
    return tuple(case_of(decision_on(lead_id, workspace), workspace) for lead_id in workspace.find("lead"))


def case_of(decision: Decision, workspace: Workspace) -> Case:
    """Where one lead stands."""
    released = [json.decode(workspace.load("release", name), Release) for name in workspace.find("release", of=decision.lead.id)]
    answers = [json.decode(workspace.load("outcome", name), Outcome) for made in released for name in workspace.find("outcome", of=made.id)]
    verdict = decision.reviews[-1].verdict if decision.reviews else None
    audiences = tuple(made.audience for made in released)
    return Case(decision.lead.id, decision.lead.flight, verdict, audiences, tuple(answer.action for answer in answers))


def load_register(path: Path, workspace: Workspace) -> EmitterList:
    """Keep a register of lawful emitters in the workspace; one of the same name is replaced. Raises `BadInput` if it is none."""
    if not path.is_file():
        raise BadInput(f"{path} is no file; expected a register of emitters")
    reading = read_one(path, flight_beside(path))
    if not isinstance(reading, Reading) or not isinstance(reading.content, EmitterList):
        raise BadInput(f"{path.name} is not a register of emitters; docs/reference/flight-folder.md says what one looks like")
    workspace.keep("register", reading.content.name, json.encode(reading.content), act="ingest")
    return reading.content
