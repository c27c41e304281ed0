"""What a flight's own reports tell of, placed on the map as detections of kind "mention", each with its uncertainty.

A mention is of an event (a laboratory, a seizure, a smell) or of a coordinate that is written out; organisations and number plates named
in the same sentence are told with it, which ties leads together. Sentences that name a person are left out where they would give that
person a place. Every locality a name may mean is told, none is picked.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.language.facts import document_facts
from cathartes.language.gazetteer import candidates, shipped
from cathartes.language.lexicon import names_an_authority
from cathartes.language.segments import sentences
from cathartes.language.structured import document_date
from cathartes.language.tellings import Source, Telling, tellings_of
from cathartes.model import (
    Clock,
    Custody,
    Detection,
    DetectionKind,
    Fact,
    FactKind,
    Flight,
    Frame,
    Instant,
    Place,
    Reading,
    Span,
    Statement,
    TextReport,
    identifier,
)
from cathartes.plugins import Detected

LEAST_PROBABILITY = 0.1
"""Localities less probable than this among those of their name are not put on the map."""

DAY_S = 86_400.0
NAMES = {FactKind.ORGANISATION: "mention.organisation", FactKind.PLATE: "mention.vehicle"}
A_NAME = re.compile(r"[^\W\d]{3}")
"""Three letters in a row: a legal form alone ("S.A. de C.V.") is nobody's name."""
SAYS = {"laboratory found": "mention.laboratory", "seizure": "mention.seizure", "chemical smell/complaint": "mention.smell"}


class MentionDetector:
    """Events and coordinates in reports. Content: `TextReport`. A flight in a local frame has no map to place them on."""

    content = TextReport

    def detect(self, reading: Reading, flight: Flight) -> Detected:
        """A detection for every event and coordinate told, and for every locality its place may be; no coverage: silence is no proof."""
        if not isinstance(reading.content, TextReport):
            raise BadInput(f"the mention detector got a {type(reading.content).__name__}; give it a text")
        if flight.frame.kind is not Frame.WGS84:
            return Detected((), ())
        report = reading.content
        written = document_date(report.text)
        facts = tuple(document_facts(report.text, lambda _: report.language, written))
        source = Source(reading.recording.name, report.text, written, facts)
        found = {detection.id: detection for detection in (*_of_events(source, reading), *_of_coordinates(source, reading))}
        return Detected(tuple(found.values()), ())


def _of_events(source: Source, reading: Reading) -> Iterator[Detection]:
    for telling in tellings_of(source):
        if telling.kind in SAYS and telling.places and not _has_coordinate(source, telling):
            for candidate in candidates(telling.places[0], telling.places[1:], [shipped()]):
                if candidate.probability >= LEAST_PROBABILITY:
                    entry = candidate.locality
                    where: dict[str, str | float] = {"place": entry.name, "state": entry.state, "share": candidate.probability}
                    yield _detection(reading, SAYS[telling.kind], where, candidate.place, _span(telling), telling.start)
                    facts = [fact for fact in source.facts if telling.start <= fact.start < telling.end]
                    yield from _named(facts, reading, candidate.place, _span(telling))


def _named(facts: Sequence[Fact], reading: Reading, place: Place, span: Span) -> Iterator[Detection]:
    """Organisations (authorities left out) and number plates that a sentence about this place names."""
    for fact in facts:
        is_party = fact.kind is FactKind.ORGANISATION and A_NAME.search(fact.text) and not names_an_authority(fact.text)
        if is_party or fact.kind is FactKind.PLATE:
            yield _detection(reading, NAMES[fact.kind], {"name": fact.text}, place, span, fact.start)


def _has_coordinate(source: Source, telling: Telling) -> bool:
    return any(fact.kind is FactKind.COORDINATE and telling.start <= fact.start < telling.end for fact in source.facts)


def _of_coordinates(source: Source, reading: Reading) -> Iterator[Detection]:
    for start, end in sentences(source.text):
        facts = [fact for fact in source.facts if start <= fact.start < end]
        if not any(fact.kind in (FactKind.PERSON, FactKind.ALIAS) for fact in facts):
            for fact in facts:
                if fact.place is not None:
                    yield _detection(reading, "mention.coordinate", {"text": fact.text}, fact.place, _day(None), fact.start)
                    yield from _named(facts, reading, fact.place, _day(None))


def _span(telling: Telling) -> Span:
    return _day(datetime.combine(telling.day, time(), UTC) if telling.day else None)


def _day(start: datetime | None) -> Span:
    """The day of an event, by a clock nobody states; without a date a span of no length at no time."""
    return Span(0.0, DAY_S, Instant(start, Clock.UNSTATED)) if start else Span(0.0, 0.0)


def _detection(reading: Reading, key: str, values: dict[str, str | float], place: Place, span: Span, start: int) -> Detection:
    recording = reading.recording
    name = identifier("detection", [recording.id, key, str(start), f"{place.x:.6f}", f"{place.y:.6f}"])
    says = Statement(key, {**values, "file": recording.name})
    custody = Custody((recording.digest,), __name__, __version__, at=span.zero)
    return Detection(
        name, recording.id, DetectionKind.MENTION, None, recording.name, span, None, None, place, custody, recording.markings, says
    )  # fmt: skip
