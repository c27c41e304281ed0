"""What a workspace already knows of the places of a flight: other flights' looks at them, their sources, partners' answers, recalls.

The path (`cathartes.campaign`) asks before it makes leads; what the answer is worth is for `assess.persistence` and
`assess.explanations`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cathartes.assess.explanations import found_by
from cathartes.assess.persistence import Before, Look, limit_at, observation_of
from cathartes.model import Coverage, Flight, Lead, Observation, Outcome, Source, json
from cathartes.model.following import Recall, Threshold
from cathartes.store import Workspace


@dataclass(frozen=True)
class Covered:
    """One coverage as the workspace keeps it."""

    flight: str
    coverage: Coverage


def known_before(flight: Flight, sources: Sequence[Source], workspace: Workspace) -> Before:
    """What other flights of the workspace saw at these sources, and what came of their leads; a flight's own do not teach it."""
    leads, releases = workspace.listed("lead"), workspace.listed("release")
    answers = [name for name, release in workspace.listed("outcome").items() if leads.get(releases.get(release, "")) != flight.id]
    looked: dict[str, list[Coverage]] = {}
    for name, other in workspace.listed("coverage").items():
        coverage = json.decode(workspace.load("coverage", name), Covered).coverage if sources and other != flight.id else None
        if coverage is not None and any(limit_at(source.place, coverage) is not None for source in sources):
            looked.setdefault(other, []).append(coverage)
    looks = tuple(Look(other, tuple(each), sources_told(other, workspace)) for other, each in looked.items())
    return Before(looks, found_by(json.decode(workspace.load("outcome", name), Outcome) for name in answers))


def sources_told(flight: str, workspace: Workspace) -> tuple[Source, ...]:
    """The sources of every lead of a flight."""
    leads = (json.decode(workspace.load("lead", name), Lead) for name in workspace.find("lead", of=flight))
    return tuple(source for lead in leads for source in lead.sources)


def observations_told(workspace: Workspace) -> tuple[Observation, ...]:
    """The sources of every lead that is on the globe, as fusion needs them; what was withdrawn is not among them."""
    withdrawn = {lead for each in recalls(workspace) for lead in each.leads}
    leads = [name for name in workspace.find("lead") if name not in withdrawn]
    told = (json.decode(workspace.load("lead", name), Lead) for name in leads)
    return tuple(seen for lead in told for source in lead.sources if (seen := observation_of(source, lead.id)) is not None)


def threshold_in_force(workspace: Workspace) -> Threshold | None:
    """The least significance of a peak, as a person put it in force or took it away; `None` where nobody ever did."""
    return json.decode(workspace.load("threshold", "gas-peak"), Threshold) if workspace.find("threshold") else None


def at_threshold(flight: Flight, workspace: Workspace) -> Flight:
    """The flight with the least significance in force here, unless its own file states one."""
    last = threshold_in_force(workspace)
    if last is None or flight.gas_log.least_significance is not None:
        return flight
    return replace(flight, gas_log=replace(flight.gas_log, least_significance=last.least_significance))


def recalls(workspace: Workspace) -> tuple[Recall, ...]:
    """Every recall so far, in order."""
    return tuple(json.decode(workspace.load("recall", name), Recall) for name in workspace.find("recall"))
