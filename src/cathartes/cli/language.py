"""Spanish and English at the command line: `normalise`, `extract` and `translate`."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cathartes.cli.door import JsonOption, app, print_table
from cathartes.errors import BadInput

DateOption = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="When the document was written.")]


@app.command()
def normalise(date_: DateOption = None) -> None:
    """Read one expression a line (an amount, a sum, a date, a coordinate) and print its value, one line of JSON each."""
    from cathartes.language.structured import normalise as value
    from cathartes.texts import reading_of

    today = day(date_)
    for line in sys.stdin.buffer:
        print(json.dumps(reading_of(value(line.decode("utf-8", "replace").strip(), today)), ensure_ascii=False))


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Documents in Spanish or English.")],
    date_: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the facts, entities and events that documents tell of."""
    from cathartes import texts

    extracted = texts.extracted(files, day(date_))
    if as_json:
        print_document(texts.extraction_json(extracted))
        return
    for document in extracted.documents:
        print(document.name)
        print_table(("fact", "kind", "value"), [(fact.text, fact.kind.value, str(texts.value_of(fact) or "")) for fact in document.facts])


@app.command()
def translate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document in Spanish or English.")],
    source: Annotated[str, typer.Option("--from", metavar="es|en", help="The language it is in.")] = "es",
    target: Annotated[str, typer.Option("--to", metavar="en|es", help="The language to translate into.")] = "en",
    engine: Annotated[str, typer.Option("--engine", help="The translation engine, by its plug-in name.")] = "apertium",
    model: Annotated[str | None, typer.Option("--model", help="The engine's model folder or address, where it needs one.")] = None,
    date_: DateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Translate a document; its facts come through to the letter, or the segment is stopped."""
    from cathartes import texts
    from cathartes.messages import say

    translation = texts.translated(file, source, target, engine, model, day(date_))
    if as_json:
        print_document(texts.translation_json(translation))
        return
    for segment in translation.segments:
        print(f"[{segment.state}] {segment.target}")
        if segment.why:
            print(f"    {say(segment.why, target)}")


def day(written: str | None) -> date | None:
    """The date that an option gives. Raises `BadInput` when it is none."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise BadInput(f"--date takes a date such as 2024-02-14; got {written!r}") from None


def print_document(answer: Any) -> None:
    """One line of JSON with its keys in the order of the contract."""
    print(json.dumps(answer, ensure_ascii=False))
