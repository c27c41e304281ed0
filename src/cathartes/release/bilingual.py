"""A translation as a two-column document: the original left, the translation right, facts marked on both sides, every page labelled.

Three forms of the same content: HTML, Word and PDF. Each names the engine, the digest of the source, and the state of every segment;
nothing that a machine made is shown without saying so. Equal translations give equal bytes.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import matplotlib
import typst

from cathartes.errors import BadInput
from cathartes.messages import say
from cathartes.model import Segment, State, Statement, Translation

STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a .docx: the earliest that zip can hold, since no clock may change the bytes."""

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "application/vnd.openxmlformats-"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{PACKAGE}package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{PACKAGE}officedocument.wordprocessingml.document.main+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{PACKAGE}officedocument.wordprocessingml.header+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
RELATION = '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'


def product(translation: Translation, suffix: str) -> bytes:
    """The document in the form of `suffix` (`.html`, `.docx`, `.pdf`). Raises `BadInput` for another."""
    forms = {".html": as_html, ".docx": as_docx, ".pdf": as_pdf}
    if suffix.lower() not in forms:
        raise BadInput(f"a translation is written as {', '.join(forms)}; got {suffix or 'a name without an ending'}")
    return forms[suffix.lower()](translation)


def content(translation: Translation) -> dict[str, Any]:
    """All that the document says, as plain data; labels are in the language translated into."""
    language = translation.target_language

    def told(key: str, **values: str | int) -> str:
        return say(Statement(key, values), language)

    engine = translation.engine
    return {
        "language": language,
        "title": translation.name,
        "label": label(translation),
        "columns": [told("bilingual.original"), told("bilingual.translation")],
        "custody": [
            told("bilingual.digest", digest=translation.digest),
            told("bilingual.engine", name=engine.name, version=engine.version),
            told("bilingual.facts"),
        ],
        "rows": [_row(number, segment, language) for number, segment in enumerate(translation.segments, 1)],
    }


def label(translation: Translation) -> str:
    """What stands on every page: a machine's work, not reviewed, as long as one segment is."""
    states = {segment.state for segment in translation.segments}
    if states & {State.MACHINE, State.STOPPED}:
        return say(Statement("bilingual.machine"), translation.target_language)
    return say(Statement("bilingual.reviewed"), translation.target_language)


def _row(number: int, segment: Segment, language: str) -> dict[str, Any]:
    notes = [say(segment.why, language)] if segment.why else []
    if segment.unknown:
        notes.append(say(Statement("bilingual.unknown", {"words": ", ".join(segment.unknown)}), language))
    if doubtful := [each.fact.text for each in segment.facts if each.confidence is not None]:
        notes.append(say(Statement("bilingual.doubtful", {"facts": ", ".join(doubtful)}), language))
    source = sorted((each.fact.start, each.fact.end) for each in segment.facts)
    target = sorted((each.target_start, each.target_end) for each in segment.facts)
    state = say(Statement(f"state.{segment.state.value.replace('machine, ', '')}"), language)
    return {
        "number": number, "source": _runs(segment.source, source), "target": _runs(segment.target, target),
        "state": state, "notes": notes, "stopped": segment.state is State.STOPPED,
    }  # fmt: skip


def _runs(text: str, facts: list[tuple[int, int]]) -> list[list[Any]]:
    """The text in runs, each with whether it is a fact."""
    runs: list[list[Any]] = []
    position = 0
    for start, end in facts:
        runs += [[text[position:start], False], [text[start:end], True]]
        position = end
    return [run for run in [*runs, [text[position:], False]] if run[0]]


def as_html(translation: Translation) -> bytes:
    """One page that needs nothing from outside; every text in it is escaped."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_template("bilingual.html")).render(content(translation)).encode()


def as_pdf(translation: Translation) -> bytes:
    """The PDF. Its content is data: no text is ever read as layout."""
    told = json.dumps(content(translation), ensure_ascii=False, sort_keys=True)
    fonts = [Path(matplotlib.get_data_path()) / "fonts" / "ttf"]
    template = _template("bilingual.typ").encode()
    return typst.compile(template, sys_inputs={"content": told}, font_paths=fonts, ignore_system_fonts=True, timestamp=0)  # type: ignore[misc]


def as_docx(translation: Translation) -> bytes:
    """The Word document: a table with a row per segment, and the label in the head of every page."""
    told = content(translation)
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS.format(RELATION.format("rId1", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": RELATIONS.format(RELATION.format("rId1", "header", "header1.xml")),
        "word/header1.xml": f'<w:hdr xmlns:w="{WORD}">{_paragraph([[told["label"], True]])}</w:hdr>',
        "word/document.xml": _body(told),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), part, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _body(told: dict[str, Any]) -> str:
    heads = "".join(_paragraph([[line, False]]) for line in (told["title"], *told["custody"]))
    rows = "".join(map(_table_row, _cells(told)))
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="999999"/>' for side in ("top", "bottom", "insideH", "insideV"))
    table = f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr>{rows}</w:tbl>'
    relation = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    page = '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'
    return f'<w:document xmlns:w="{WORD}" {relation}><w:body>{heads}{table}{_paragraph([])}{page}</w:body></w:document>'


def _cells(told: dict[str, Any]) -> Iterator[list[list[list[list[Any]]]]]:
    """Rows of cells of paragraphs of runs."""
    yield [[[["", False]]], *([[[title, False]]] for title in told["columns"])]
    for row in told["rows"]:
        notes = [[[note, False]] for note in (row["state"], *row["notes"])]
        yield [[[[str(row["number"]), False]]], [row["source"]], [row["target"], *notes]]


def _table_row(cells: list[list[list[list[Any]]]]) -> str:
    return "<w:tr>" + "".join(f"<w:tc>{''.join(map(_paragraph, cell))}</w:tc>" for cell in cells) + "</w:tr>"


def _paragraph(runs: list[list[Any]]) -> str:
    marked = {True: "<w:rPr><w:b/></w:rPr>", False: ""}
    told = "".join(f'<w:r>{marked[bool(fact)]}<w:t xml:space="preserve">{escape(_printable(text))}</w:t></w:r>' for text, fact in runs)
    return f"<w:p>{told}</w:p>"


def _printable(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(character if character.isprintable() or character in "\t " else " " for character in text)


@cache
def _template(name: str) -> str:
    return files("cathartes.release").joinpath(f"templates/{name}").read_text("utf-8")
