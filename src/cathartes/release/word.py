"""A release as a Word document (ISO/IEC 29500): the words, numbers and tables of the printed document, for partners who edit.

What is said is what `release.document` says; the pictures stay in the page and the PDF.
"""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from cathartes.model import Release
from cathartes.release.document import content
from cathartes.verifier import pack

TABLES = ("sources", "pieces", "noticed", "numbers", "emitters", "custody")
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)


class WordWriter:
    """A release as a DOCX."""

    suffix = "docx"

    def write(self, release: Release) -> bytes:
        """The document. Same release, same bytes: no date of making, no name of a maker."""
        from docx import Document

        told, document = content(release, drawn=False), Document()
        about = document.core_properties
        about.author, about.last_modified_by, about.comments, about.title = "", "", "", told["lead"]
        about.created = about.modified = (release.at.utc if release.at else EPOCH).replace(tzinfo=None, microsecond=0)
        for edge in (document.sections[0].header, document.sections[0].footer):
            edge.paragraphs[0].text = f"{told['marking']} · {told['release']}"
        for part in told["parts"]:
            _part(document, part)
        return _same_bytes(document)


def _part(document: Any, part: dict[str, Any]) -> None:
    document.add_heading(part["headline"], level=1)
    for line in (part["to"], *part["sample"], *part["warnings"], part["estimate"], part["kind"]):
        document.add_paragraph(line)
    for name in TABLES:
        _table(document, part["titles"].get(name), part[name])
    document.add_heading(part["titles"]["hypotheses"], level=2)
    for each in part["hypotheses"]:
        document.add_paragraph(f"{each['name']}: {each['word']}. {each['for']} {each['against']}", style="List Bullet")
    for name in ("gaps", "evidence"):
        document.add_heading(part["titles"][name], level=2)
        for sentence in part[name]:
            document.add_paragraph(sentence, style="List Bullet")
    document.add_paragraph(part["verify"])


def _table(document: Any, title: str | None, rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    if title is not None:
        document.add_heading(title, level=2)
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text


def _same_bytes(document: Any) -> bytes:
    """The document's parts packed without the time of packing."""
    held = io.BytesIO()
    document.save(held)
    with zipfile.ZipFile(held) as archive:
        return pack({name: archive.read(name) for name in archive.namelist()})
