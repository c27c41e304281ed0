"""The Spanish-and-English discipline on one page: documents → facts and entities, or a guarded translation.

Documents are opened by `readers`; what they say is the business of `language`. What is found for a flight's own reports joins the
path in `cathartes.campaign`.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.language.entities import Entity, Said, add_statements, as_follow_the_money, entities_of
from cathartes.language.events import Event, events_of
from cathartes.language.facts import document_facts, find_facts
from cathartes.language.gazetteer import Candidate, Gazetteer, candidates, shipped
from cathartes.language.memory import Remembered, exact, load_memory, stale, suggestions
from cathartes.language.segments import stretches
from cathartes.language.structured import document_date
from cathartes.language.tellings import Source, Telling, tellings_of
from cathartes.language.terms import Concept, forbidden_used, hits, load_terms, shipped_terms
from cathartes.language.translate import Piece, translate
from cathartes.messages import LANGUAGES, say
from cathartes.model import Doubt, Fact, Place, Quantity, Reading, Segment, Statement, TextReport, Translation, confidence
from cathartes.plugins import OpenEngine, Recogniser, Translator, installed
from cathartes.readers.flight_folder import flight_beside, reader_of
from cathartes.readers.intake import opened
from cathartes.readers.text_report import TEXT_LIMIT, TextReportReader, language_of, text_parts

CANDIDATES = 5
"""How many localities of one name are told."""

COPY_LIMIT = 1_000_000
"""Characters up to which a document is compared with others: a longer one is no press report."""

UNGRADED = "F6"
"""Admiralty code of a source whose reliability and information nobody has judged."""


@dataclass(frozen=True)
class Document:
    """A text with its name, its language where known, and the date it was written; of a long one a part, and where it starts."""

    name: str
    digest: str
    text: str
    language: str | None
    written: date | None
    facts: tuple[Fact, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    health: tuple[Statement, ...] = ()
    start: int = 0


@dataclass(frozen=True)
class Extraction:
    """What documents tell of: the entities and events of all, what was wrong with each, and what could not be read and why."""

    entities: tuple[Entity, ...]
    events: tuple[Event, ...]
    health: tuple[tuple[str, Statement], ...]
    refused: tuple[tuple[str, str], ...]
    gazetteers: tuple[Gazetteer, ...]


class Gathering:
    """What is kept of documents while they are read one after the other, so that no text has to stay."""

    def __init__(self, gazetteers: Sequence[Gazetteer] = (), grade: str = UNGRADED) -> None:
        self._gazetteers, self._grade = (*gazetteers, shipped()), grade
        self._tellings: list[Telling] = []
        self._statements: dict[tuple[str, str], list[Said]] = {}
        self._texts: dict[tuple[date, str], str] = {}
        self._health: list[tuple[str, Statement]] = []
        self.refused: list[tuple[str, str]] = []

    def documents(self, paths: Sequence[Path], written: date | None, recogniser: Recogniser | None = None) -> Iterator[Document]:
        """Every document with its facts, a long one in parts, one that is named twice once.

        One that cannot be read is listed; raises `BadInput` where none can. `recogniser` is a user's own, beside ours.
        """
        files = {path.resolve(): path for path in paths}.values()
        for path in files:
            try:
                for document in documents_in(path, written):
                    found = replace(document, facts=tuple(facts_of(document, recogniser)))
                    self._add(found)
                    yield found
            except BadInput as problem:
                self.refused.append((path.name, str(problem)))
        if len(self.refused) == len(files):
            raise BadInput("; ".join(why for _, why in self.refused))

    def _add(self, document: Document) -> None:
        source = Source(document.name, document.text, document.written, document.facts, document.start)
        self._tellings += tellings_of(source)
        add_statements(self._statements, source, self._grade)
        self._health += ((document.name, statement) for statement in document.health)
        if len(document.text) < COPY_LIMIT:
            self._texts[document.written or date.max, document.name] = document.text

    def extraction(self) -> Extraction:
        """What all documents read so far tell of."""
        texts = {name: text for (_, name), text in sorted(self._texts.items())}
        found = events_of(self._tellings, texts)
        return Extraction(entities_of(self._statements), found, tuple(self._health), tuple(self.refused), self._gazetteers)


def extraction_json(extraction: Extraction) -> dict[str, object]:
    """The answer of `cathartes extract --json` but for its facts; see docs/reference/language.md."""
    return {
        "entities": [as_follow_the_money(entity) for entity in extraction.entities],
        "events": [event_json(event, extraction.gazetteers) for event in extraction.events],
        "health": [{"file": name, "says": say(statement, "en")} for name, statement in extraction.health],
        "refused": [{"file": name, "why": why} for name, why in extraction.refused],
    }


def fact_json(fact: Fact, document: Document) -> dict[str, object]:
    """One fact; `confidence` (0 to 1) is there where a scan made any of its words doubtful."""
    start, end = document.start + fact.start, document.start + fact.end
    told = {"kind": fact.kind, "text": fact.text, "start": start, "end": end, "value": value_of(fact), "file": document.name}
    sure = confidence(document.doubts, fact.start, fact.end)
    return told if sure is None else told | {"confidence": sure}


def event_json(event: Event, gazetteers: Sequence[Gazetteer]) -> dict[str, object]:
    """One event; `candidates` are the localities its place may be, most probable first, and `reports` every telling of it."""
    names = event.place.split(", ") if event.place else []
    found = candidates(names[0], names[1:], gazetteers) if names else ()
    reports = [
        {
            "file": telling.source,
            "start": telling.start,
            "end": telling.end,
            "text": telling.text,
            "count": telling.count,
            "at_least": telling.at_least,
            "copy_of": event.copies.get(telling.source),
        }
        for telling in event.tellings
    ]
    return {
        "kind": event.kind,
        "place": event.place,
        "time": event.time,
        "count": list(event.count),
        "quantities": [dict(quantity) for quantity in event.quantities],
        "reports": reports,
        "conflicts": [{"on": conflict.on, "values": dict(conflict.values)} for conflict in event.conflicts],
        "independent_sources": len({telling.source for telling in event.tellings} - set(event.copies)),
        "candidates": [candidate_json(candidate) for candidate in found[:CANDIDATES]],
    }


def range_of(count: tuple[int, int | None]) -> str:
    """A count for people: `3`, `3-5`, `2 or more`."""
    low, high = count
    return f"{low} or more" if high is None else str(low) if low == high else f"{low}-{high}"


def candidate_json(candidate: Candidate) -> dict[str, object]:
    """One locality that a name may mean."""
    entry = candidate.locality
    where = {"name": entry.name, "state": entry.state, "municipality": entry.municipality or None, "lat": entry.lat, "lon": entry.lon}
    return {**where, "population": entry.population, "probability": round(candidate.probability, 3)}


def documents_in(path: Path, written: date | None) -> Iterator[Document]:
    """The document in `path`, a text of more than 16 MiB in parts. `written` overrides the date in its own head.

    Raises `BadInput` when no reader takes it as text.
    """
    if not path.is_file():
        raise BadInput(f"{path} is no file; expected a document with words")
    # A text may be called anything, such as notes.es: what no reader claims is read as one, or said to be none.
    reader = reader_of(path)[0] or TextReportReader()
    if not isinstance(reader, TextReportReader) or path.stat().st_size <= TEXT_LIMIT:
        yield _document(reader.read(path, flight_beside(path)), written)
        return
    with opened(path, sys.maxsize) as (_, digest):
        start = 0
    for text, health in text_parts(path):
        written = written or (None if start else document_date(text))
        yield Document(path.name, digest, text, language_of(text), written, (), (), health, start)
        start += len(text)


def _document(reading: Reading, written: date | None) -> Document:
    name, health = reading.recording.name, reading.recording.health
    if not isinstance(reading.content, TextReport):
        raise BadInput(f"{name} is a {reading.recording.kind}, not a text; give a document with words")
    text = reading.content.text
    if not text.strip():
        raise BadInput(f"{name}: {' '.join(say(statement, 'en') for statement in health) or 'it holds no words'}")
    date_ = written or document_date(text)
    return Document(name, reading.recording.digest, text, reading.content.language, date_, (), reading.content.doubts, health)


def facts_of(document: Document, recogniser: Recogniser | None = None) -> list[Fact]:
    """Every fact of the document, in order; offsets are those of its whole text."""
    return document_facts(document.text, lambda piece: language_of(piece) or document.language, document.written, recogniser)


@dataclass(frozen=True)
class Aids:
    """What helps a translation: earlier pairs, a termbase, and a user's own recogniser of names."""

    memory: tuple[Remembered, ...]
    terms: tuple[Concept, ...]
    recogniser: Recogniser | None = None


def aids(memory: Path | None, terms: Path | None, recogniser: str | None = None) -> Aids:
    """A memory and a termbase from files, a recogniser by its plug-in name; without a file the shipped terms, and no memory.

    Raises `BadInput` for a broken file or an unknown name.
    """
    own = open_recogniser(recogniser) if recogniser else None
    return Aids(load_memory(memory) if memory else (), load_terms(terms) if terms else shipped_terms(), own)


def translated(
    path: Path, source: str, target: str, engine: str, model: str | None, written: date | None, helped: Aids | None = None
) -> Translation:
    """The document in `path` from language `source` to `target` (`es`, `en`), whole. Raises as `translations`, and for a long text."""
    first, *more = islice(translations(path, source, target, engine, model, written, helped), 2)
    if more:
        raise BadInput(f"{path.name} is too long for one document in two columns; translate it with --json, or split it")
    return first


def translations(
    path: Path, source: str, target: str, engine: str, model: str | None, written: date | None, helped: Aids | None = None
) -> Iterator[Translation]:
    """The same in parts, of which a text of more than 16 MiB has several; no other part is held while one is translated.

    `engine` is a plug-in's name. A segment with an approved translation in the memory takes that.
    Raises `BadInput` where the document, the engine or its model cannot be had.
    """
    refuse_languages(source, target)
    parts = documents_in(path, written)
    first = next(parts)
    with closing(open_engine(engine, source, target, model)) as opened:
        for document in chain((first,), parts):
            segments = _segments(document, (source, target), opened, helped)
            yield Translation(document.name, document.digest, source, target, opened.engine, segments, document.health)


def _segments(document: Document, languages: tuple[str, str], engine: OpenEngine, helped: Aids | None) -> tuple[Segment, ...]:
    text, own = document.text, helped.recogniser if helped else None
    pieces = [Piece(text[start:end], document.start + start, language_of(text[start:end])) for start, end in stretches(text)]
    known = {piece.source: pair for piece in pieces if helped and (pair := exact(helped.memory, piece.source, languages))}
    segments = translate(pieces, languages[1], engine, lambda each: find_facts(each, languages[0], document.written, own), known)
    outdated = stale(helped.memory, document.name, {piece.source for piece in pieces}, languages) if helped else {}
    warned = (with_warning(segment, outdated.get(segment.source)) for segment in segments)
    return tuple(with_doubts(segment, document.doubts) for segment in warned)


def with_warning(segment: Segment, outdated: Remembered | None) -> Segment:
    """The segment with a word of the approved translation that its source had before it changed, if there was one."""
    if outdated is None or segment.why is not None:
        return segment
    told = {"by": outdated.by, "at": outdated.at, "approved": outdated.approved_by, "checksum": outdated.checksum}
    return replace(segment, why=Statement("language.stale", told))


def with_doubts(segment: Segment, doubts: Sequence[Doubt]) -> Segment:
    """The segment whose facts tell the confidence of their words in the scan."""
    facts = [
        replace(each, confidence=confidence(doubts, segment.start + each.fact.start, segment.start + each.fact.end))
        for each in segment.facts
    ]
    return replace(segment, facts=tuple(facts))


def open_engine(name: str, source: str, target: str, model: str | None) -> OpenEngine:
    """The engine of that plug-in name, ready. Raises `BadInput` where it is not installed."""
    known = installed("translators")
    if name not in known:
        raise BadInput(f"there is no translation engine called {name!r}; there are {', '.join(known)}")
    translator: Translator = known[name]
    return translator.open(source, target, model)


def open_recogniser(name: str) -> Recogniser:
    """The recogniser of that plug-in name. Raises `BadInput` where it is not installed."""
    known = installed("recognisers")
    if name not in known:
        raise BadInput(f"there is no recogniser called {name!r}; there are {', '.join(known) or 'none installed'}")
    own: Recogniser = known[name]
    return own


def refuse_languages(source: str, target: str) -> None:
    """Raises `BadInput` unless one language is Spanish and the other English."""
    if {source, target} != set(LANGUAGES):
        raise BadInput(f"cathartes translates between es and en; got --from {source} --to {target}")


def translation_json(translation: Translation, helped: Aids | None = None) -> dict[str, object]:
    """The answer of `cathartes translate --json`; see docs/reference/language.md."""
    return {
        "engine": {"name": translation.engine.name, "version": translation.engine.version, "model": dict(translation.engine.model)},
        "source": {
            "name": translation.name,
            "sha256": translation.digest,
            "language": translation.source_language,
            "health": [say(statement, "en") for statement in translation.health],
        },
        "target": {"language": translation.target_language},
        "segments": [segment_json(segment, translation, helped) for segment in translation.segments],
    }


def help_json(segment: Segment, translation: Translation, helped: Aids | None) -> dict[str, object]:
    """What the termbase and the memory have to say about a segment."""
    if helped is None:
        return {}
    languages = translation.source_language, translation.target_language
    found = hits(segment.source, languages[0], helped.terms)
    terms = [
        {
            "text": hit.text,
            "start": hit.start,
            "end": hit.end,
            "senses": [{"domain": sense.domain, "say": list(sense.said(languages[1])), "note": sense.note} for sense in hit.senses],
        }
        for hit in found
    ]
    alike = suggestions(helped.memory, segment.source, languages) if helped.memory else []
    earlier = [
        {
            "source": each.pair.source,
            "target": each.pair.target,
            "state": each.pair.state,
            "by": each.pair.by,
            "at": each.pair.at,
            "sha256": each.pair.checksum,
            "likeness": each.likeness,
        }
        for each in alike
    ]
    return {"terms": terms, "forbidden": forbidden_used(segment.target, languages[1], found), "suggestions": earlier}


def segment_json(segment: Segment, translation: Translation, helped: Aids | None = None) -> dict[str, object]:
    """One segment with its help; `start` is where its source begins in the document, `why` the reason where it was not translated."""
    facts = [
        {
            "kind": each.fact.kind,
            "text": each.fact.text,
            "start": each.fact.start,
            "end": each.fact.end,
            "target_start": each.target_start,
            "target_end": each.target_end,
            **({} if each.confidence is None else {"confidence": each.confidence}),
        }
        for each in segment.facts
    ]
    return {
        "source": segment.source,
        "target": segment.target,
        "state": segment.state,
        "start": segment.start,
        "why": say(segment.why, "en") if segment.why else None,
        "facts": facts,
        "unknown": list(segment.unknown),
        **help_json(segment, translation, helped),
    }


def value_of(fact: Fact) -> dict[str, object] | str | None:
    """A fact's reading as JSON has it: `{"value", "unit"}`, `{"lat", "lon", "error_m"}`, or the normal form as a string."""
    return reading_of(fact.place or fact.value)


def reading_of(value: Quantity | Place | str | None) -> dict[str, object] | str | None:
    """The same for a value alone."""
    if isinstance(value, Quantity):
        number = int(value.value) if value.value == int(value.value) else value.value
        return {"value": number, "unit": value.unit}
    if isinstance(value, Place):
        error_m = round(max(value.covariance_m2[0], value.covariance_m2[2]) ** 0.5, 1) if value.covariance_m2 else None
        return {"lat": value.y, "lon": value.x, "error_m": error_m}
    return value
