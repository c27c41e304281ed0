"""How strong a peak in a gas log must be, as outcomes teach it: what was found behind weak and strong peaks, what that proposes, and
the person's act that puts it in force for later runs.

Outcomes tell only of what was detected and released, so they can raise the threshold and never lower it below the detector's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from cathartes.assess.explanations import last_told
from cathartes.casework import now
from cathartes.counting import Share, answers, share
from cathartes.errors import BadInput
from cathartes.known import recalls, threshold_in_force
from cathartes.model import DetectionKind, Lead, json
from cathartes.model.following import Threshold
from cathartes.model.person import signed
from cathartes.store import Workspace

EDGES = (4.0, 5.0, 6.0, 8.0, 12.0)
"""Significances between which leads are counted together, in units of noise."""
WORTH = 0.2
"""Peaks are worth a lead where something is found behind one in five: below that, with its interval, they are proposed to be left out."""


@dataclass(frozen=True)
class Band:
    """Leads whose strongest peak has a significance from `least` to under `below`: behind how many of them something was found."""

    least: float
    below: float | None
    found: Share


@dataclass(frozen=True)
class Learnt:
    """What outcomes say of peaks by their strength, what they propose (`None`: no change), and what is in force."""

    bands: tuple[Band, ...]
    proposed: float | None
    in_force: Threshold | None


def learnt(workspace: Workspace) -> Learnt:
    """Found and not found by significance, and what follows."""
    judged = judged_leads(workspace)
    spans = zip((0.0, *EDGES), (*EDGES, None), strict=True)
    bands = tuple(Band(low, high, found_from(judged, low, high)) for low, high in spans)
    return Learnt(bands, proposed(bands), threshold_in_force(workspace))


def proposed(bands: Sequence[Band]) -> float | None:
    """The end of the weakest bands in a row whose whole intervals lie under `WORTH`, each by its own answers."""
    answered = dropwhile(lambda band: not band.found.of, bands)
    worthless = takewhile(lambda band: band.found.high is not None and band.found.high < WORTH, answered)
    return max((band.below for band in worthless if band.below is not None), default=None)


def judged_leads(workspace: Workspace) -> list[tuple[float, bool]]:
    """Per lead whose partner went and looked: the significance of its strongest peak, and whether anything was found.

    Any count above zero is a find, also of a lawful plant: the peak was real. Leads that were recalled teach nothing.
    """
    lead_of = workspace.listed("release")
    withdrawn = {lead for each in recalls(workspace) for lead in each.leads}
    found: dict[str, bool] = {}
    for each in last_told(answers(workspace)):
        lead = lead_of[each.release]
        if lead not in withdrawn:
            found[lead] = found.get(lead, False) or any(one.count.value > 0 for one in each.findings)
    strengths = ((strongest(json.decode(workspace.load("lead", lead), Lead)), was) for lead, was in found.items())
    return [(strength, was) for strength, was in strengths if strength is not None]


def strongest(lead: Lead) -> float | None:
    """The significance of the lead's strongest peak in a gas log; `None` where it has none."""
    peaks = (each.significance for each in lead.detections if each.kind is DetectionKind.GAS_PEAK)
    return max((peak for peak in peaks if peak is not None), default=None)


def found_from(judged: Sequence[tuple[float, bool]], least: float, below: float | None) -> Share:
    """Behind how many leads of that strength something was found."""
    within = [was for strength, was in judged if strength >= least and (below is None or strength < below)]
    return share(sum(within), len(within))


def put_in_force(least: float | None, by: str, why: str, workspace: Workspace) -> Threshold:
    """Let later runs leave out peaks under this significance, or (`None`) only what the detector itself leaves out.

    What was found and not found below it is kept with the act. Raises `BadInput` for no significance, with none in force to be
    taken back, or without a name or a reason.
    """
    signed(by, why)
    if least is not None and not 0 < least < 100:
        raise BadInput(f"a least significance is between 0 and 100 times the noise; got {least:g}")
    last = threshold_in_force(workspace)
    if least is None and (last is None or last.least_significance is None):
        raise BadInput("no least significance is in force; the detector's own holds already")
    below = found_from(judged_leads(workspace), 0.0, least) if least else share(0, 0)
    made = Threshold(least, below.hits, below.of, by, why, now())
    workspace.keep("threshold", "gas-peak", json.encode(made), act="review")
    return made
