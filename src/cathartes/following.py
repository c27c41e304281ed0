"""After a release: where it stands, whom to remind, what rests on an input that is withdrawn, who was told and who confirmed.

The rules are in `release.states`; how a lead gets released is in `cathartes.casework`. Everything is found through the
catalogue's columns, so that a hundred thousand leads are searched without opening one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import hypot

import msgspec
import numpy as np

from cathartes.casework import holder, now
from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput, Refused
from cathartes.known import recalls
from cathartes.messages import LANGUAGES, say
from cathartes.model import Clock, Frame, Instant, Lead, Outcome, Release, Statement, identifier, json
from cathartes.model.following import CLOSED, Claim, Confirmation, Correction, Dispatch, Recall, Standing, State, Urgency
from cathartes.model.person import is_same_person, named, signed
from cathartes.release import cot, stix
from cathartes.release.bundle import listed, pack
from cathartes.release.states import standing
from cathartes.store import Workspace

HELD = timedelta(minutes=30)
"""How long a reviewer has a lead before somebody else may take it."""


def note_sent(release: str, state: State, channel: str, urgency: Urgency, by: str, workspace: Workspace) -> Dispatch:
    """Record that a release, or a correction, was sent or delivered. Raises `StoreFailure` when there is none of that name."""
    named(by)
    workspace.load("correction" if release.startswith("correction-") else "release", release)
    at = now()
    made = Dispatch(identifier("dispatch", (release, state, channel, at.utc.isoformat())), release, state, channel, urgency, by, at)
    workspace.keep("dispatch", made.id, json.encode(made), act="export", of=release)
    return made


def standings(workspace: Workspace, at: Instant) -> tuple[Standing, ...]:
    """Every release and where it stands at a moment, in the order of release."""
    withdrawn = {name: recall.at for recall in recalls(workspace) for name in recall.releases}
    return tuple(_standing(name, lead, withdrawn.get(name), at, workspace) for name, lead in workspace.listed("release").items())


def _standing(name: str, lead: str, withdrawn: Instant | None, at: Instant, workspace: Workspace) -> Standing:
    made = json.decode(workspace.load("release", name), Release)
    dispatches = [json.decode(workspace.load("dispatch", each), Dispatch) for each in workspace.find("dispatch", of=name)]
    answers = [
        (json.decode(workspace.load("outcome", each), Outcome), _received("outcome", each, workspace))
        for each in workspace.find("outcome", of=name)
    ]
    return standing(name, lead, made.audience, made.at or at, dispatches, answers, withdrawn, at)


def _received(kind: str, name: str, workspace: Workspace) -> Instant:
    return Instant(datetime.fromisoformat(workspace.first_kept(kind, name)), Clock.SYSTEM)


@dataclass(frozen=True)
class Digest:
    """All that one receiver owes an answer to, in one message, whose text is in both languages."""

    receiver: str
    overdue: tuple[str, ...]
    due: tuple[str, ...]
    text: Mapping[str, str]


def reminders(workspace: Workspace, at: Instant, ahead: timedelta = timedelta(days=2)) -> tuple[Digest, ...]:
    """One digest per receiver with anything overdue, or due within `ahead`; nothing for a receiver that owes nothing."""
    open_ones = [each for each in standings(workspace, at) if each.deadline is not None]
    digests = (_digest(receiver, [one for one in open_ones if one.receiver == receiver], at, ahead) for receiver in _receivers(open_ones))
    return tuple(each for each in digests if each.overdue or each.due)


def _receivers(listed: Iterable[Standing]) -> list[str]:
    return sorted({each.receiver for each in listed})


def _digest(receiver: str, owed: list[Standing], at: Instant, ahead: timedelta) -> Digest:
    overdue = tuple(each.release for each in owed if each.state is State.OVERDUE)
    due = tuple(each.release for each in owed if each.deadline and each.release not in overdue and each.deadline.utc <= at.utc + ahead)
    lists: dict[str, str | int | float] = {"overdue": ", ".join(overdue) or "-", "due": ", ".join(due) or "-"}
    text = {language: say(Statement("follow.digest", lists), language) for language in LANGUAGES}
    return Digest(receiver, overdue, due, text)


@dataclass(frozen=True)
class Heartbeat:
    """How long it is since anything new came in, and whether that is longer than expected: silence is told, never assumed good."""

    last: Instant | None
    hours: float | None
    is_silent: bool


def heartbeat(workspace: Workspace, at: Instant, expected: timedelta = timedelta(hours=24)) -> Heartbeat:
    """When the last recording came in."""
    last = workspace.last_kept("recording")
    if last is None:
        return Heartbeat(None, None, is_silent=True)
    came = Instant(datetime.fromisoformat(last), Clock.SYSTEM)
    return Heartbeat(came, (at.utc - came.utc).total_seconds() / 3600, is_silent=at.utc - came.utc > expected)


class Weighed(msgspec.Struct):
    """What the queue needs of a lead, read without the rest of it."""

    author: str
    sources: tuple["WeighedSource", ...] = ()
    hypotheses: tuple["WeighedHypothesis", ...] = ()


class WeighedSource(msgspec.Struct):
    probability: float


class WeighedHypothesis(msgspec.Struct):
    name: str
    probability: float


@dataclass(frozen=True)
class Waiting:
    """A lead that waits for a review: its worth (probability that there is a source and no registered plant explains it), days waited."""

    lead: str
    worth: float
    days: float
    held_by: str | None


def queue(workspace: Workspace, at: Instant) -> tuple[Waiting, ...]:
    """Every lead without a review, the one with the most worth times days first: nothing waits for ever, nothing strong waits long."""
    reviewed = set(workspace.listed("review").values())
    waiting = [_waiting(name, at, workspace) for name in workspace.find("lead") if name not in reviewed]
    return tuple(sorted(waiting, key=lambda one: (-one.worth * (1 + one.days), one.lead)))


def _waiting(name: str, at: Instant, workspace: Workspace) -> Waiting:
    lead = json.decode(workspace.load("lead", name), Weighed)
    lawful = sum(each.probability for each in lead.hypotheses if each.name == "registered")
    worth = max((source.probability for source in lead.sources), default=0.0) - lawful
    days = (at.utc - _received("lead", name, workspace).utc).total_seconds() / 86400
    held = holder(name, at, workspace)
    return Waiting(name, max(0.0, worth), days, held.by if held else None)


def claim(by: str, workspace: Workspace, lead: str | None = None) -> Claim:
    """Give `by` the next lead of the queue, or the one named, for half an hour.

    Raises `Refused` when there is none to have, `StoreFailure` when there is none of that name.
    """
    named(by)
    at = now()
    if lead is not None:
        workspace.load("lead", lead)
    chosen = lead or _next(by, at, workspace)
    held = holder(chosen, at, workspace)
    if held is not None and not is_same_person(held.by, by):
        raise Refused(f"{held.by} has {chosen} until {held.until.utc:%H:%M} UTC; take another, or wait")
    made = Claim(chosen, by, Instant(at.utc + HELD, Clock.SYSTEM))
    workspace.keep("claim", chosen, json.encode(made), act="access", of=chosen)
    return made


def _next(by: str, at: Instant, workspace: Workspace) -> str:
    for waiting in queue(workspace, at):
        author = json.decode(workspace.load("lead", waiting.lead), Weighed).author
        if waiting.held_by in (None, by) and not is_same_person(by, author):
            return waiting.lead
    raise Refused(f"no lead waits for {by}: each is reviewed, held by somebody else, or their own")


def deconflict(lon: float, lat: float, radius_m: float, workspace: Workspace) -> bool:
    """Whether an open case of this workspace lies within `radius_m`: yes or no, and nothing else of it."""
    local = LocalFrame(Frame.WGS84, (lon, lat))
    closed = {each.lead for each in standings(workspace, now()) if each.state in CLOSED}
    return any(
        _distance_m(json.decode(workspace.load("lead", name), Lead), local) <= radius_m
        for name in workspace.find("lead")
        if name not in closed
    )


def _distance_m(lead: Lead, local: LocalFrame) -> float:
    """From the centre of `local` to the lead's nearest source; infinite where it has no place on the globe."""
    places = [source.place for source in lead.sources if source.place.frame is Frame.WGS84]
    return min((hypot(*_metres(place.x, place.y, local)) for place in places), default=float("inf"))


def _metres(x: float, y: float, local: LocalFrame) -> tuple[float, float]:
    (east,), (north,) = local.metres(np.array([x]), np.array([y]))
    return float(east), float(north)


def recall(what: str, why: str, by: str, workspace: Workspace) -> Recall:
    """Withdraw a recording, a file (by its SHA-256), a flight or a lead: list all that rests on it, write one correction per receiver.

    The recall itself is entered last: one that was cut off has withdrawn nothing, and asked again it begins anew.
    Raises `BadInput` when the workspace knows nothing of that name. Asked twice, it is one recall.
    """
    signed(by, why)
    known = next((each for each in recalls(workspace) if each.what == what), None)
    if known is not None:
        return known
    made = dependants(what, why, by, workspace)
    given = audiences(workspace)
    for receiver in made.receivers:
        _correct(receiver, tuple(name for name in made.releases if given.get(name) == receiver), made, workspace)
    workspace.keep("recall", made.id, json.encode(made), act="withdrawal", of=what)
    return made


def dependants(what: str, why: str, by: str, workspace: Workspace) -> Recall:
    """What a recall of `what` would withdraw; changes nothing."""
    flight, inputs, leads = _resting_on(what, workspace)
    rested = set(leads)
    releases = tuple(name for name, lead in workspace.listed("release").items() if lead in rested)
    detections = _detections_of(flight, workspace) if flight else ()
    given = audiences(workspace)
    receivers = tuple(sorted({given[name] for name in releases if name in given}))
    at = now()
    return Recall(identifier("recall", (what,)), what, tuple(inputs), detections, tuple(leads), releases, receivers, why, by, at)


def _resting_on(what: str, workspace: Workspace) -> tuple[str | None, list[str], list[str]]:
    """The flight (none for a lead), the files and the leads that go with `what`: a lead rests on every recording of its flight."""
    files, recordings = workspace.listed("file"), workspace.listed("recording")
    if what in set(recordings.values()) | set(workspace.find("flight")):
        flight, inputs = what, [name for name, of in files.items() if recordings.get(of) == what]
    elif what in recordings:
        flight, inputs = recordings[what], [name for name, of in files.items() if of == what]
    elif what in files:
        flight, inputs = recordings[files[what]], [what]
    elif what in workspace.find("lead"):
        return None, [], [what]
    else:
        raise BadInput(f"the workspace holds no flight, recording, file or lead {what!r}; name one as the lead's page does")
    return flight, inputs, workspace.find("lead", of=flight)


class Detections(msgspec.Struct):
    """The ids in a flight's `detections.geojson`."""

    features: tuple["DetectionFeature", ...]


class DetectionFeature(msgspec.Struct):
    properties: "DetectionProperties"


class DetectionProperties(msgspec.Struct):
    detection_id: str


def _detections_of(flight: str, workspace: Workspace) -> tuple[str, ...]:
    product = f"{flight}/detections.geojson"
    if product not in workspace.listed("product"):
        return ()
    return tuple(each.properties.detection_id for each in json.decode(workspace.load("product", product), Detections).features)


def audiences(workspace: Workspace) -> dict[str, str]:
    """Who was given each release, from the proofs that went out with them."""
    given = workspace.listed("proof")
    return {release: given[digest] for release, digest in workspace.digests("manifest").items() if digest in given}


def _correct(receiver: str, own: tuple[str, ...], made: Recall, workspace: Workspace) -> None:
    """Keep and lay out the one correction for a receiver, signed: a sentence in both languages, map deletions, STIX revocations."""
    correction = Correction(identifier("correction", (made.id, receiver)), made.id, receiver, own, made.why, made.at)
    workspace.keep("correction", correction.id, json.encode(correction), act="withdrawal", of=made.id)
    files = dict(_correction_files(correction, workspace))
    every = listed("correction-readme.txt", correction.id, receiver, files, workspace.public_key())
    workspace.publish(f"corrections/{correction.id}.zip", pack(every, workspace.seal(correction.id, every["manifest.json"], receiver)))


def _correction_files(correction: Correction, workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    told = Statement("follow.correction", {"id": correction.id, "releases": ", ".join(correction.releases)})
    yield "correction.txt", "\n\n".join(say(told, language) for language in ("es", "en")).encode() + b"\n"
    yield "correction.json", json.encode({"id": correction.id, "releases": correction.releases, "receiver": correction.receiver})
    deletions = []
    for name in correction.releases:
        release = json.decode(workspace.load("release", name), Release)
        deletions += [cot.deletion(release, correction.at.utc)] if cot.has_event(release) else []
        yield f"{release.id}.stix.json", json.encode(stix.bundle(release, revoked=correction.at.utc))
    yield "withdrawn.cot.xml", cot.listed(deletions)


def confirm(correction: str, by: str, workspace: Workspace) -> Confirmation:
    """Record that the receiver has taken the correction in. Raises `StoreFailure` when there is no such correction."""
    named(by)
    workspace.load("correction", correction)
    made = Confirmation(identifier("confirmation", (correction,)), correction, by, now())
    if made.id not in workspace.find("confirmation", of=correction):
        workspace.keep("confirmation", made.id, json.encode(made), act="receipt", of=correction)
    return made


def outstanding(workspace: Workspace) -> tuple[Correction, ...]:
    """Corrections that their receivers have not confirmed; those of a recall that was cut off are none."""
    confirmed, standing = set(workspace.listed("confirmation").values()), set(workspace.find("recall"))
    waiting = [name for name, recall in workspace.listed("correction").items() if recall in standing and name not in confirmed]
    return tuple(json.decode(workspace.load("correction", name), Correction) for name in waiting)
