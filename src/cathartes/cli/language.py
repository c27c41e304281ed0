"""Spanish and English at the command line: `normalise`, `extract` and `translate`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cathartes.cli.door import ByOption, JsonOption, app, print_table
from cathartes.errors import BadInput

if TYPE_CHECKING:
    from cathartes.language.events import Event
    from cathartes.model import Translation

MemoryOption = Annotated[Path | None, typer.Option("--memory", metavar="TMX", help="A translation memory.")]
MemoryArgument = Annotated[Path, typer.Argument(metavar="TMX", help="The translation memory.")]
RecogniserOption = Annotated[
    str | None, typer.Option("--recogniser", metavar="NAME", help="Your own recogniser of names, by its plug-in name.")
]
DateOption = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="When the document was written.")]


@app.command()
def normalise(date_: DateOption = None) -> None:
    """Read one expression a line (an amount, a sum, a date, a coordinate) and print its value, one line of JSON each."""
    from cathartes.language.expressions import normalise as value
    from cathartes.texts import reading_of

    today = day(date_)
    for line in sys.stdin.buffer:
        print(json.dumps(reading_of(value(line.decode("utf-8", "replace").strip(), today)), ensure_ascii=False))


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Documents in Spanish or English.")],
    date_: DateOption = None,
    places: Annotated[
        list[Path] | None, typer.Option("--places", metavar="CSV", help="Your own list of localities (INEGI AGEEML, ITER).")
    ] = None,
    grade: Annotated[str, typer.Option("--grade", help="Admiralty grade of the documents, such as B2.")] = "F6",
    recogniser: RecogniserOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the facts, entities and events that documents tell of."""
    from cathartes import texts
    from cathartes.language.gazetteer import load
    from cathartes.messages import say

    if not re.fullmatch("[A-F][1-6]", grade):
        raise BadInput(f"found the grade {grade}; expected a letter A to F and a number 1 to 6, such as B2")
    own = texts.open_recogniser(recogniser) if recogniser else None
    gathering = texts.Gathering([load(path) for path in places or ()], grade)
    documents = gathering.documents(files, day(date_), own)
    if as_json:
        facts = (texts.fact_json(fact, document) for document in documents for fact in document.facts)
        print_growing({}, "facts", facts, lambda: texts.extraction_json(gathering.extraction()))
    else:
        for document in documents:
            print(document.name, *(f"({say(statement, 'en')})" for statement in document.health))
            print_table(
                ("fact", "kind", "value"), [(fact.text, fact.kind.value, in_words(texts.value_of(fact))) for fact in document.facts]
            )
    for _, why in gathering.refused:
        print(why, file=sys.stderr)
    if as_json:
        return
    extracted = gathering.extraction()
    rows = [
        (event.kind, event.place or "", event.time or "", texts.range_of(event.count), ", ".join(reports(event)))
        for event in extracted.events
    ]
    print_table(("event", "place", "time", "count", "reports"), rows)


def in_words(value: Any) -> str:
    """A fact's value as people read it: `value 12000, unit tablet`; blank where it has none."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    return str(value or "")


@app.command()
def translate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document in Spanish or English.")],
    source: Annotated[str, typer.Option("--from", metavar="es|en", help="The language it is in.")] = "es",
    target: Annotated[str, typer.Option("--to", metavar="en|es", help="The language to translate into.")] = "en",
    engine: Annotated[str, typer.Option("--engine", help="The translation engine, by its plug-in name.")] = "apertium",
    model: Annotated[str | None, typer.Option("--model", help="The engine's model folder or address, where it needs one.")] = None,
    date_: DateOption = None,
    memory: MemoryOption = None,
    terms: Annotated[Path | None, typer.Option("--terms", metavar="TBX", help="Your own termbase instead of the shipped one.")] = None,
    recogniser: RecogniserOption = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write a two-column document: .html, .docx or .pdf.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Translate a document; its facts come through to the letter, or the segment is stopped."""
    from dataclasses import replace
    from itertools import chain

    from cathartes import texts

    aids = texts.aids(memory, terms, recogniser)
    asked = file, source, target, engine, model, day(date_), aids
    parts = iter((texts.translated(*asked),)) if output else texts.translations(*asked)
    first = next(parts)
    if output:
        from cathartes.release.bilingual import product

        written = product(first, output.suffix)
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(written)
        if not as_json:
            print(output)
    if as_json:
        told = (texts.segment_json(segment, part, aids) for part in chain((first,), parts) for segment in part.segments)
        print_growing(texts.translation_json(replace(first, segments=())), "segments", told, dict)
    elif not output:
        for part in chain((first,), parts):
            print_translation(part)


def print_translation(translation: Translation) -> None:
    """A translation, or a part of a long one, for people."""
    from cathartes.messages import say

    for statement in translation.health:
        print(say(statement, translation.target_language))
    for segment in translation.segments:
        print(f"[{segment.state}] {segment.target}")
        if segment.why:
            print(f"    {say(segment.why, translation.target_language)}")


@app.command()
def remember(
    memory: MemoryArgument,
    text: Annotated[str, typer.Option("--source", help="The source segment, to the letter.")],
    translation: Annotated[str, typer.Option("--target", help="Its translation.")],
    by: ByOption,
    source: Annotated[str, typer.Option("--from", metavar="es|en", help="The language it is in.")] = "es",
    target: Annotated[str, typer.Option("--to", metavar="en|es", help="The language of the translation.")] = "en",
    document: Annotated[str, typer.Option("--document", metavar="NAME", help="The file it was made for, where it may go stale.")] = "",
    post_edited: Annotated[bool, typer.Option("--post-edited", help="It is a machine's translation that you corrected.")] = False,
) -> None:
    """Put a person's translation of a segment into a memory (TMX); it is used once a second person approves it."""
    from datetime import UTC, datetime

    from cathartes.language.memory import Remembered, load_memory, remembered, write_tmx

    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    pair = Remembered(source, target, text, translation, by, at, post_edited, document=document)
    earlier = load_memory(memory) if memory.exists() else ()
    memory.write_bytes(write_tmx(remembered(earlier, pair)))


@app.command()
def terms(output: Annotated[Path, typer.Option("-o", "--output", metavar="TBX", help="Where to write it.")]) -> None:
    """Write the shipped termbase as TBX, to be extended and given back with `translate --terms`."""
    from cathartes.language.terms import shipped_terms, write_tbx

    output.write_bytes(write_tbx(shipped_terms()))
    print(output)


@app.command()
def approve(
    memory: MemoryArgument,
    text: Annotated[str, typer.Option("--source", help="The source segment, to the letter.")],
    by: ByOption,
    source: Annotated[str, typer.Option("--from", metavar="es|en", help="The language it is in.")] = "es",
) -> None:
    """Approve a remembered translation; its author cannot."""
    from cathartes.language.memory import approved, load_memory, write_tmx

    memory.write_bytes(write_tmx(approved(load_memory(memory), text, source, by)))


@app.command()
def memory(memory: MemoryArgument, as_json: JsonOption = False) -> None:
    """List a memory: each translation with its state, who wrote it and when, and who approved it."""
    from dataclasses import asdict

    from cathartes.language.memory import load_memory

    pairs = load_memory(memory)
    if as_json:
        print(json.dumps([asdict(pair) | {"state": pair.state, "sha256": pair.checksum} for pair in pairs], ensure_ascii=False))
        return
    rows = [(pair.source, pair.target, pair.state.value, pair.by, pair.at, pair.approved_by) for pair in pairs]
    print_table(("source", "target", "state", "by", "at", "approved by"), rows)


def reports(event: Event) -> list[str]:
    """The documents that tell of an event, copies marked."""
    names = dict.fromkeys(telling.source for telling in event.tellings)
    return [f"{name} (copy of {event.copies[name]})" if name in event.copies else name for name in names]


def day(written: str | None) -> date | None:
    """The date that an option gives. Raises `BadInput` when it is none."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(f"--date takes a date such as 2024-02-14; got {written!r}") from None


def print_growing(head: dict[str, Any], key: str, items: Iterator[Any], tail: Callable[[], dict[str, Any]]) -> None:
    """One line of JSON whose list under `key` is printed as it comes, so that it is never held whole; `tail` is asked for after it."""

    def told(answer: Any) -> str:
        return json.dumps(answer, ensure_ascii=False)

    first = list(islice(items, 1))
    print(told({**head, key: first})[:-2], end="")
    for item in items:
        print(f", {told(item)}", end="")
    rest = told(tail())[1:]
    print("]" + (rest if rest == "}" else f", {rest}"))
