"""How long a record is kept, and its end: dates for review and expiry, legal holds, and erasure by two persons that leaves digests only.

The ledger's lines are never touched, so that `cathartes verify` proves the workspace before and after. What an erasure takes is
worked out in `store.erasure`.
"""

from dataclasses import dataclass, replace
from datetime import date

from cathartes.casework import now
from cathartes.errors import BadInput, Refused
from cathartes.following import standings
from cathartes.model import identifier, json
from cathartes.model.following import CLOSED, Due, Hold, Lift, Order, Retention, Wish
from cathartes.model.person import is_same_person, named, signed
from cathartes.store import Workspace
from cathartes.store.erasure import Version
from cathartes.store.footprints import Footprints

TOLD_BY_THE_FLIGHT = frozenset({"coverage", "detectability", "file", "lead", "permission", "recording", "step"})
"""Kinds whose content the maps and steps of their flight repeat: they go with the flight or not at all."""


@dataclass(frozen=True)
class Term:
    """One record's dates (`None` where nobody set any) and what they ask for."""

    what: str
    review: date | None
    until: date | None
    due: Due


def retain(what: str, review: date, until: date, by: str, why: str, workspace: Workspace) -> Retention:
    """Record until when the thing with this id is kept, and when it is looked at before. Raises `BadInput` where that makes no sense."""
    _held(what, workspace)
    signed(by, why)
    if review > until:
        raise BadInput(f"the review on {review} comes after the end on {until}; give a --review not later than --until")
    made = Retention(what, review, until, by, why, now())
    workspace.keep("retention", what, json.encode(made), act="review", of=what)
    return made


def terms(workspace: Workspace, on: date) -> tuple[Term, ...]:
    """Every flight, and whatever else was given dates, with what is due on a day; flights without dates are listed as such."""
    dated = {name: json.decode(workspace.load("retention", name), Retention) for name in workspace.find("retention")}
    return tuple(_term(what, dated.get(what), on) for what in dict.fromkeys((*workspace.find("flight"), *dated)))


def _term(what: str, given: Retention | None, on: date) -> Term:
    if given is None:
        return Term(what, None, None, Due.UNDATED)
    due = Due.EXPIRED if on >= given.until else Due.REVIEW if on >= given.review else Due.KEPT
    return Term(what, given.review, given.until, due)


def hold(what: str, by: str, why: str, workspace: Workspace) -> Hold:
    """Keep the thing with this id, and all that belongs to it, from erasure until two persons `lift` it; `BadInput` when there is none."""
    return _kept_hold(Hold(what, stands=True, by=by, why=why, at=now()), by, why, workspace)


def lift(what: str, by: str, why: str, workspace: Workspace) -> Hold:
    """Ask, as the first person, that a hold end; said by a second one, it ends.

    Raises `BadInput` when none stands on the thing with this id, `Refused` when the same person says it twice.
    """
    standing = next((each for each in holds(workspace) if each.what == what), None)
    if standing is None:
        raise BadInput(f"there is no hold on {what!r}; `cathartes retention` lists those that stand")
    if standing.lift is None:
        return _kept_hold(replace(standing, lift=Lift(by, why, now())), by, why, workspace)
    if is_same_person(standing.lift.by, by):
        raise Refused(f"{by} asked that the hold on {what} be lifted; another person must say so too")
    return _kept_hold(Hold(what, stands=False, by=by, why=why, at=now(), lift=standing.lift), by, why, workspace)


def _kept_hold(made: Hold, by: str, why: str, workspace: Workspace) -> Hold:
    _held(made.what, workspace)
    signed(by, why)
    workspace.keep("hold", made.what, json.encode(made), act="review", of=made.what)
    return made


def holds(workspace: Workspace) -> tuple[Hold, ...]:
    """Every hold that stands."""
    kept = (json.decode(workspace.load("hold", name), Hold) for name in workspace.find("hold"))
    return tuple(each for each in kept if each.stands)


def erasable(what: str, workspace: Workspace) -> list[Version]:
    """What an erasure of `what` would take; changes nothing.

    Raises `BadInput` when the workspace holds no such thing, `Refused` for a part of a flight, while a hold stands on any of it or on
    what it belongs to, and while a receiver still owes an answer.
    """
    versions = _held(what, workspace)
    _refuse_held(versions, workspace)
    if any(version.id == what and version.kind in TOLD_BY_THE_FLIGHT for version in versions):
        raise Refused(f"{what} is told in the maps of its flight too; erase the flight, or nothing is gone")
    releases = {version.id for version in versions if version.kind == "release"}
    waiting = [each for each in standings(workspace, now()) if each.release in releases and each.state not in CLOSED] if releases else []
    if waiting:
        each = waiting[0]
        raise Refused(f"{each.receiver} still has {each.release} ({each.state}); recall it, or take the answer that closes it, then erase")
    return versions


def _refuse_held(versions: list[Version], workspace: Workspace) -> None:
    """Refuse to erase anything that belongs to what a hold stands on."""
    for each in holds(workspace):
        if set(versions) & set(workspace.belonging(each.what)):
            told = f"{each.by} holds {each.what} since {each.at.utc:%Y-%m-%d} ({each.why})"
            raise Refused(f"{told}; nothing of it is erased until that is lifted")


def _held(what: str, workspace: Workspace) -> list[Version]:
    versions = workspace.belonging(what)
    if not versions:
        raise BadInput(f"the workspace holds nothing called {what!r}; name a flight, a release, a review or another record by its id")
    return versions


def ask_erasure(what: str, by: str, why: str, workspace: Workspace) -> Wish:
    """Record one person's wish to erase a flight with all that came of it, or one record with all that belongs to it; erases nothing.

    Raises what `erasable` raises.
    """
    signed(by, why)
    made = Wish(what, _number(erasable(what, workspace)), by, why, now())
    workspace.keep("wish", what, json.encode(made), act="review", of=what)
    return made


def erase(what: str, by: str, workspace: Workspace) -> Order:
    """Order, as the second person, the erasure that another asked for; digests, and who asked and ordered, stay.

    Raises what `erasable` raises, and `Refused` where nobody else has asked for just this.
    """
    named(by)
    versions, at = erasable(what, workspace), now()
    if what not in workspace.find("wish", of=what):
        raise Refused(f"nobody has asked that {what} be erased; one person asks with --why, another orders it with --order")
    wish = json.decode(workspace.load("wish", what), Wish)
    if is_same_person(wish.by, by):
        raise Refused(f"{by} asked that {what} be erased; another person must order it")
    if _number(versions) != wish.contents:
        raise Refused(f"{what} has changed since {wish.by} asked that it be erased; ask again, with --dry-run to see what would go")
    made = Order(identifier("order", (what, at.utc.isoformat())), what, len(versions), wish.by, wish.why, by, at)
    workspace.keep("order", made.id, json.encode(made), act="withdrawal", of=what)
    _forget_footprints(versions, workspace)
    workspace.erase(versions, made.id)
    return made


def _number(versions: list[Version]) -> int:
    """How many contents there are, wishes to erase them not counted."""
    return sum(version.kind != "wish" for version in versions)


def _forget_footprints(versions: list[Version], workspace: Workspace) -> None:
    recordings = [version.digest for version in versions if version.kind == "file"]
    if recordings and Footprints.is_in(workspace.folder):
        with Footprints.open(workspace.folder) as footprints:
            for digest in recordings:
                footprints.forget(digest)
