"""Parties of lists in force that an organisation named near a lead could be: questions for a person, shown with the lead's evidence.

Only organisations are asked about. A person is never tied to a place, so no person's name is screened here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cathartes.model import Detection, Evidence, Statement
from cathartes.network.explain import reasons
from cathartes.network.index import OTHER
from cathartes.network.lists import PartyList
from cathartes.network.screen import MIDDLE, Query, prepare, screen

ORGANISATION = "mention.organisation"
"""The key of what a detection says that names an organisation."""


def questions(detections: Iterable[Detection], lists: Sequence[PartyList]) -> Mapping[str, Sequence[Evidence]]:
    """By detection, each listed organisation that the one it names could be (score one half and above), and why."""
    asked = [Query(each.id, str(each.says.values["name"]), OTHER) for each in detections if each.says and each.says.key == ORGANISATION]
    found: dict[str, list[Evidence]] = defaultdict(list)
    for listed in lists if asked else ():
        for hit in screen(asked, prepare(listed.listed())):
            if hit.evidence >= MIDDLE:
                on = {"list": listed.name, "dated": str(listed.dated or "?"), "entity": hit.entity, "listed": hit.name}
                found[hit.query].append(Evidence(Statement("designated.question", {**on, "score": hit.score}), hit.query))
                found[hit.query] += [Evidence(reason, hit.query) for reason in reasons(hit)]
    return found
