"""The Spanish-and-English discipline on one page: documents → facts and entities, or a guarded translation.

Documents are opened by `readers`; what they say is the business of `language`. What is found for a flight's own reports joins the
path in `cathartes.campaign`.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.language.entities import Entity, as_follow_the_money, entities
from cathartes.language.events import Event, events
from cathartes.language.facts import document_facts, find_facts
from cathartes.language.gazetteer import Candidate, Gazetteer, candidates, shipped
from cathartes.language.memory import Remembered, exact, load_memory, suggestions
from cathartes.language.segments import stretches
from cathartes.language.structured import document_date
from cathartes.language.tellings import Source
from cathartes.language.terms import Concept, forbidden_used, hits, load_terms, shipped_terms
from cathartes.language.translate import Piece, translate
from cathartes.messages import LANGUAGES, say
from cathartes.model import Doubt, Fact, Place, Quantity, Segment, Statement, TextReport, Translation, confidence
from cathartes.plugins import OpenEngine, Recogniser, Translator, installed
from cathartes.readers.flight_folder import flight_beside, reader_of
from cathartes.readers.text_report import TextReportReader, language_of

CANDIDATES = 5
"""How many localities of one name are told."""

UNGRADED = "F6"
"""Admiralty code of a source whose reliability and information nobody has judged."""


@dataclass(frozen=True)
class Document:
    """A text with its name, its language where known, and the date it was written."""

    name: str
    digest: str
    text: str
    language: str | None
    written: date | None
    facts: tuple[Fact, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    health: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Extraction:
    """What documents tell of: each with its facts, the entities and events of all, and what could not be read and why."""

    documents: tuple[Document, ...]
    entities: tuple[Entity, ...]
    events: tuple[Event, ...]
    refused: tuple[tuple[str, str], ...]
    gazetteers: tuple[Gazetteer, ...]


def extracted(
    paths: Sequence[Path],
    written: date | None,
    gazetteers: Sequence[Gazetteer] = (),
    grade: str = UNGRADED,
    recogniser: Recogniser | None = None,
) -> Extraction:
    """Facts, entities and events of documents. `gazetteers` are a user's own lists, `recogniser` a user's own, beside the shipped ones.

    A document that cannot be read is listed. Raises `BadInput` where none can.
    """
    opened, refused = [], []
    for path in paths:
        try:
            opened.append(open_document(path, written))
        except BadInput as problem:
            refused.append((path.name, str(problem)))
    if not opened:
        raise BadInput("; ".join(why for _, why in refused))
    documents = tuple(replace(document, facts=tuple(facts_of(document, recogniser))) for document in opened)
    sources = [Source(document.name, document.text, document.written, document.facts) for document in documents]
    return Extraction(documents, entities(sources, grade), events(sources), tuple(refused), (*gazetteers, shipped()))


def extraction_json(extraction: Extraction) -> dict[str, object]:
    """The answer of `cathartes extract --json`; see docs/reference/language.md."""
    facts = [fact_json(fact, document) for document in extraction.documents for fact in document.facts]
    return {
        "facts": facts,
        "entities": [as_follow_the_money(entity) for entity in extraction.entities],
        "events": [event_json(event, extraction.gazetteers) for event in extraction.events],
        "health": [
            {"file": document.name, "says": say(statement, "en")} for document in extraction.documents for statement in document.health
        ],
        "refused": [{"file": name, "why": why} for name, why in extraction.refused],
    }


def fact_json(fact: Fact, document: Document) -> dict[str, object]:
    """One fact; `confidence` (0 to 1) is there where a scan made any of its words doubtful."""
    told = {"kind": fact.kind, "text": fact.text, "start": fact.start, "end": fact.end, "value": value_of(fact), "file": document.name}
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


def open_document(path: Path, written: date | None) -> Document:
    """The document in `path`. Raises `BadInput` when no reader takes it as text; `written` overrides the date in its own head."""
    if not path.is_file():
        raise BadInput(f"{path} is no file; expected a document with words")
    # A text may be called anything, such as notes.es: what no reader claims is read as one, or said to be none.
    reader = reader_of(path)[0] or TextReportReader()
    reading = reader.read(path, flight_beside(path))
    if not isinstance(reading.content, TextReport):
        raise BadInput(f"{path.name} is a {reading.recording.kind}, not a text; give a document with words")
    text = reading.content.text
    if not text.strip():
        raise BadInput(f"{path.name}: {' '.join(say(statement, 'en') for statement in reading.recording.health) or 'it holds no words'}")
    date_ = written or document_date(text)
    return Document(
        path.name, reading.recording.digest, text, reading.content.language, date_, (), reading.content.doubts, reading.recording.health
    )


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
    """The document in `path` from language `source` to `target` (`es`, `en`), by the engine of that plug-in name.

    A segment with an approved translation in the memory takes that.
    Raises `BadInput` where the document, the engine or its model cannot be had.
    """
    refuse_languages(source, target)
    document = open_document(path, written)
    pieces = [Piece(document.text[start:end], start, language_of(document.text[start:end])) for start, end in stretches(document.text)]
    own = helped.recogniser if helped else None
    with closing(open_engine(engine, source, target, model)) as opened:
        known = {piece.source: pair for piece in pieces if helped and (pair := exact(helped.memory, piece.source, (source, target)))}
        segments = translate(pieces, target, opened, lambda text: find_facts(text, source, document.written, own), known)
    doubted = tuple(with_doubts(segment, document.doubts) for segment in segments)
    return Translation(document.name, document.digest, source, target, opened.engine, doubted, document.health)


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
        "segments": [segment_json(segment) | help_json(segment, translation, helped) for segment in translation.segments],
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
    earlier = [{"source": each.pair.source, "target": each.pair.target, "by": each.pair.by, "likeness": each.likeness} for each in alike]
    return {"terms": terms, "forbidden": forbidden_used(segment.target, languages[1], found), "suggestions": earlier}


def segment_json(segment: Segment) -> dict[str, object]:
    """One segment; `start` is where its source begins in the document, `why` the reason where it was not translated."""
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
