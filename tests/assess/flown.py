"""An invented flight over the sample place and the lead it gives: shared by the tests of this room."""

from dataclasses import replace
from typing import Any

import numpy as np

from cathartes.assess import assemble
from cathartes.assess.search_area import around
from cathartes.model import (
    Emitter,
    EmitterList,
    Flight,
    Frame,
    Lead,
    Located,
    Recording,
    Search,
    Source,
    Statement,
)
from cathartes.model.flight import FrameHints
from tests.release.sample_lead import CENTRE, CUSTODY, NOT_CONVERGED, TO_MEXICO, busy_lead, sample_lead

LOG = Recording("recording-1", "muestra-7", "log.csv", "gas_log", "ab" * 32, "gas-log", 100, None, None, (), CUSTODY)
HALF_WIDTH_M = 2500.0


def flight(frame: Frame = Frame.WGS84) -> Flight:
    centre = CENTRE if frame is Frame.WGS84 else None
    return Flight("muestra-7", frame=FrameHints(frame), search=Search(half_width_m=HALF_WIDTH_M, centre=centre), marking=TO_MEXICO)


def located(*sources: Source) -> Located:
    lead = sample_lead(Frame.WGS84)
    return Located(lead.sources[0].draws, sources, lead.fits, lead.instruments, (Statement("locate.wind-from-model"),))


def located_two() -> Located:
    """Two sources of the same gas, with every map and crossing, from a search that did not settle."""
    lead = busy_lead(Frame.WGS84)
    notes = (Statement("locate.wind-from-model"), NOT_CONVERGED)
    found = located(*lead.sources, *lead.neighbours)
    maps: dict[str, Any] = {"probability": lead.probability_map, "detectability": lead.detectability, "crossings": lead.crossings}
    return replace(found, notes=notes, **maps)


def made_two(*registers: EmitterList) -> tuple[Lead, ...]:
    sample = sample_lead(Frame.WGS84)
    return assemble(flight(), "ch4", located_two(), sample.detections, sample.coverage, [LOG], (), registers, "A. Analyst")


def register(*emitters: tuple[float, float, str]) -> EmitterList:
    """Emitters east and north of the sample's best point in metres, each releasing one substance."""
    local = around(sample_lead(Frame.WGS84).sources[0].place)
    plants = []
    for number, (east, north, substance) in enumerate(emitters):
        lon, lat = local.back(np.array([east]), np.array([north]))
        plants.append(Emitter(f"NRA-{number}", f"Plant {number}", float(lon[0]), float(lat[0]), {substance: 100.0}))
    return EmitterList("RETC 2022", tuple(plants))


def made(*registers: EmitterList, frame: Frame = Frame.WGS84, unread: tuple[str, ...] = ()) -> Lead:
    sample = sample_lead(frame)
    leads = assemble(
        flight(frame), "ch4", located(*sample.sources), sample.detections, sample.coverage, [LOG], unread, registers, "A. Analyst"
    )
    assert len(leads) == 1
    return leads[0]


def keys(statements: tuple[Statement, ...]) -> list[str]:
    return [statement.key for statement in statements]
