"""PDF reports: their text where they have one, and Tesseract for pages that are pictures only.

An encrypted or broken file is read as empty and says so: it must not stop the flight it lies in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cathartes import __version__
from cathartes.errors import CathartesError
from cathartes.model import Custody, Doubt, Flight, Reading, Statement, TextReport
from cathartes.readers.intake import opened, write_up
from cathartes.readers.scan import SCAN_LIMIT, read_pages
from cathartes.readers.text_report import language_of

if TYPE_CHECKING:
    import pypdf

FEWEST_LETTERS = 20
"""A page with fewer letters than this, and a picture, is taken for a scan."""


class PdfReader:
    """Reads .pdf files."""

    kind = "text_report"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no PDF."""
        if path.suffix.lower() != ".pdf":
            return "its name does not end in .pdf"
        return None if b"%PDF-" in head[:1024] else "it does not begin as a PDF does"

    def read(self, path: Path, flight: Flight) -> Reading:
        """The text, page after page, and what there is to say about its reading."""
        with opened(path, SCAN_LIMIT) as (_, digest):
            report, health = read_pdf(path)
        return Reading(write_up(path, flight, Custody((digest,), __name__, __version__), self.kind, 1, health), report)


def read_pdf(path: Path) -> tuple[TextReport, tuple[Statement, ...]]:
    """Text and health of the file in `path`."""
    # pypdf costs 0.1 s to import, and most flights bring no PDF.
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError:
        raise CathartesError("PDF files need the language extra: pip install 'cathartes[language]'") from None
    try:
        pdf = pypdf.PdfReader(path)
        if pdf.is_encrypted and not pdf.decrypt(""):
            return TextReport("", None), (Statement("health.encrypted"),)
        return joined([read_page(page, path.name) for page in pdf.pages])
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        NotImplementedError,
        OSError,
    ) as problem:
        return TextReport("", None), (Statement("health.broken-pdf", {"problem": str(problem)[:200]}),)


def read_page(page: pypdf.PageObject, name: str) -> tuple[TextReport, tuple[Statement, ...]]:
    """The text of one page, or what Tesseract reads on its pictures."""
    text = page.extract_text()
    pictures = [image.data for image in page.images] if sum(map(str.isalpha, text)) < FEWEST_LETTERS else []
    if not pictures:
        return TextReport(text.rstrip() + "\n", language_of(text)), ()
    return read_pages(pictures, name)


def joined(pages: list[tuple[TextReport, tuple[Statement, ...]]]) -> tuple[TextReport, tuple[Statement, ...]]:
    """One text of all pages, with the doubtful words where they now stand."""
    text, doubts = "", []
    for report, _ in pages:
        doubts += [Doubt(doubt.start + len(text), doubt.end + len(text), doubt.confidence) for doubt in report.doubts]
        text += report.text
    health = [statement for _, said in pages for statement in said]
    return TextReport(text, language_of(text), tuple(doubts)), tuple(
        each for place, each in enumerate(health) if each not in health[:place]
    )
