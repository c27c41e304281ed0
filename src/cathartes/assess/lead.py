"""Leads from sources: everything a reviewer needs to believe, doubt or check one place, and nothing about persons.

The explanations are in `assess.hypotheses`, the registers in `assess.emitters`, what was not looked at in `assess.gaps`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot

import numpy as np

from cathartes import __version__
from cathartes.assess.emitters import REACH_M, nearby_emitters
from cathartes.assess.explanations import Signs, class_of, confidence, explanations_of, prior
from cathartes.assess.gaps import gaps_of
from cathartes.assess.hypotheses import BAND, REGISTER_ERROR_M, hypotheses_of
from cathartes.assess.persistence import Before, persistence
from cathartes.assess.search_area import around, search_region
from cathartes.assess.sightings import Nearby, nearby_detections
from cathartes.messages import percent
from cathartes.model import (
    Coverage,
    Custody,
    Detection,
    DetectionKind,
    EmitterList,
    Evidence,
    Flight,
    Frame,
    Lead,
    Located,
    NearbyEmitter,
    Recording,
    Source,
    Statement,
    identifier,
)

STRONGEST = 3

WARNINGS = frozenset({"locate.not-converged"})
"""What a locator may say that must be read before its answer is believed."""


def assemble(
    flight: Flight,
    gas: str,
    located: Located,
    detections: Sequence[Detection],
    coverage: Sequence[Coverage],
    recordings: Sequence[Recording],
    unread: Sequence[str],
    registers: Sequence[EmitterList],
    author: str,
    before: Before | None = None,
) -> tuple[Lead, ...]:
    """One lead per source of `gas`, in the order of the sources; none where nothing was located.

    `unread` names the files that no reader accepted, `author` is who answers for the lead: never its reviewer; `before` is what
    other flights, and partners' answers, had told of the same places. Same input and version, same leads.
    """
    seen = tuple(each for each in detections if each.gas == gas)
    others = tuple(each for each in detections if each.gas is None)
    rest = tuple(each for each in detections if each.gas not in (None, gas))
    looked = tuple(each for each in coverage if each.gas == gas)
    not_found = tuple(each for each in coverage if each.gas not in {gas, *(one.gas for one in detections)})
    gaps = gaps_of(flight, looked, recordings, unread, registers, located.detectability, not_found)
    material = Material(flight, located, seen, others, rest, looked, tuple(recordings), tuple(registers), gaps, author, before or Before())
    return tuple(_lead(source, material) for source in located.sources)


@dataclass(frozen=True, eq=False)
class Material:
    """All that a flight gives to each of its leads about one gas: `others` are what was seen or told beside gases."""

    flight: Flight
    located: Located
    detections: tuple[Detection, ...]
    others: tuple[Detection, ...]
    other_gases: tuple[Detection, ...]
    coverage: tuple[Coverage, ...]
    recordings: tuple[Recording, ...]
    registers: tuple[EmitterList, ...]
    gaps: tuple[Statement, ...]
    author: str
    before: Before


def _lead(source: Source, known: Material) -> Lead:
    flight, located = known.flight, known.located
    search = search_region(flight, known.coverage)
    emitters = nearby_emitters(source, known.registers)
    compared = bool(known.registers) and source.place.frame is Frame.WGS84
    neighbours = tuple(other for other in located.sources if other.id != source.id)
    sightings = nearby_detections(source, known.others)
    signs = _signs(source, known, sightings, emitters if compared else None)
    hypotheses = hypotheses_of(source, search, emitters, compared=compared, alone=not neighbours)
    registered = sum(each.probability for each in hypotheses if each.name == "registered")
    return Lead(
        id=identifier("lead", (flight.id, source.id)),
        flight=flight.id,
        gas=source.gas,
        author=known.author,
        is_sample=flight.is_sample,
        purpose=flight.purpose,
        authority=flight.authority_in_words,
        sources=(source,),
        detections=(*known.detections, *(near.detection for near in sightings)),
        coverage=known.coverage,
        search=search,
        instruments=located.instruments,
        fits=located.fits,
        evidence=(
            *_of_source(source),
            *(_of_neighbour(source, other) for other in neighbours),
            *_of_detections(known.detections),
            *_of_sightings(sightings),
            *_of_method(source, located),
        ),
        hypotheses=hypotheses,
        emitters=emitters,
        gaps=known.gaps,
        custody=_custody(source, known),
        markings=flight.marking,
        neighbours=neighbours,
        crossings=located.crossings,
        probability_map=located.probability,
        detectability=located.detectability,
        warnings=tuple(note for note in _notes(source, located) if note.key in WARNINGS),
        explanations=explanations_of(signs, prior(flight.notes.get("state"), known.before.found), source.probability, registered),
        confidence=confidence(signs),
    )


REGISTERED_M = 2000.0
"""A registered plant within this distance is a sign of lawful industry."""


def _signs(source: Source, known: Material, sightings: Sequence[Nearby], emitters: Sequence[NearbyEmitter] | None) -> Signs:
    """What this flight, and others over the same place, know of the source; `emitters` is `None` where no register could be compared."""
    kinds = {near.detection.kind for near in sightings}
    has_texts = any(recording.kind == "text_report" for recording in known.recordings)
    near = None if emitters is None else any(each.distance_m <= REGISTERED_M for each in emitters)
    return Signs(
        gas=class_of(source.gas),
        second_gas=_second_class(source, known),
        persistence=persistence(source, known.before.looks),
        registered=None if near is None else "yes" if near else "no",
        movement="yes" if DetectionKind.MOVEMENT in kinds else None,
        mention="yes" if DetectionKind.MENTION in kinds else "no" if has_texts else None,
    )


def _second_class(source: Source, known: Material) -> str | None:
    """The class of the strongest gas of another named class that was detected on the same flight near the source."""
    other = [each for each in known.other_gases if class_of(each.gas or "") not in (class_of(source.gas), "other")]
    near = [each.detection for each in nearby_detections(source, other)]
    strongest = min(near, key=lambda each: (-(each.significance or 0.0), each.id), default=None)
    return None if strongest is None else class_of(strongest.gas or "")


def _of_source(source: Source) -> Iterator[Evidence]:
    """What the inversion says, with its interval."""
    rate = source.rate
    told: dict[str, str | int | float] = {"rate": rate.value, "percent": percent(source.probability)}
    if rate.low is None or rate.high is None or rate.level is None:
        yield Evidence(Statement("evidence.source_bare", told), source.id)
    else:
        bounds: dict[str, str | int | float] = {"low": rate.low, "high": rate.high, "level": 100 * rate.level}
        yield Evidence(Statement("evidence.source", told | bounds), source.id)
    yield Evidence(Statement("evidence.region", {"area_m2": source.region90.area_m2, "level": 100 * source.region90.level}), source.id)


def _of_neighbour(source: Source, other: Source) -> Evidence:
    """That another source of the same gas may lie nearby: from the best point to the best point, clockwise from north."""
    (east,), (north,) = around(source.place).metres(np.array([other.place.x]), np.array([other.place.y]))
    (east0,), (north0,) = around(source.place).metres(np.array([source.place.x]), np.array([source.place.y]))
    bearing = degrees(atan2(east - east0, north - north0)) % 360
    away: dict[str, str | int | float] = {"distance_m": hypot(east - east0, north - north0), "bearing": bearing}
    told: dict[str, str | int | float] = {"percent": percent(other.probability), "rate": other.rate.value}
    return Evidence(Statement("evidence.neighbour", away | told), other.id)


def _of_detections(detections: Sequence[Detection]) -> Iterator[Evidence]:
    """The strongest detections, and by how many instruments the gas was seen."""
    measured = [(each.significance, each.peak, each) for each in detections if each.peak is not None and each.significance is not None]
    strongest = sorted(measured, key=lambda one: (-one[0], one[2].id))[:STRONGEST]
    if not strongest:
        return
    instruments = {each.instrument for each in detections}
    counts = {"detections": len(detections), "instruments": len(instruments)}
    yield Evidence(Statement("evidence.instruments", counts), strongest[0][2].id)
    for significance, peak, each in strongest:
        told: dict[str, str | int | float] = {"instrument": each.instrument, "unit": peak.unit, "peak": peak.value}
        yield Evidence(Statement("evidence.detection", told | {"significance": significance}), each.id)


def _of_sightings(sightings: Sequence[Nearby]) -> Iterator[Evidence]:
    """What was seen or told beside gases, nearest first: how far away and how well placed, once for a place, then what it was."""
    told: Statement | None = None
    for near in sightings:
        away = Statement(f"evidence.{near.detection.kind}", {"distance_m": near.distance_m, "error_m": near.error_m})
        if away != told:
            yield Evidence(away, near.detection.id)
        told = away
        if near.detection.says is not None:
            yield Evidence(near.detection.says, near.detection.id)


def _of_method(source: Source, located: Located) -> Iterator[Evidence]:
    """What the locator itself says about its result: whether it settled, and what it assumed."""
    return (Evidence(note, source.id) for note in _notes(source, located) if note.key not in WARNINGS)


def _notes(source: Source, located: Located) -> list[Statement]:
    """The locator's notes on this source and on all of them, each once."""
    said: list[Statement] = []
    for note in (*source.notes, *located.notes):
        if note not in said:
            said.append(note)
    return said


def _custody(source: Source, known: Material) -> Custody:
    """The lead rests on every recording of the flight, on the source, and on the constants of the rule."""
    rule = {"register_error_m": REGISTER_ERROR_M, "edge_band": BAND, "emitter_reach_m": REACH_M}
    rule |= {"other_flights": len(known.before.looks), "answers_counted": sum(known.before.found.values())}
    inputs = tuple(dict.fromkeys((*(recording.digest for recording in known.recordings), *source.custody.inputs)))
    return Custody(inputs, "cathartes.assess", __version__, {**rule, "source": source.id}, known.author, source.custody.at)
