"""Reports as office programs and mail write them: HTML, e-mail (.eml) and Word (.docx), as plain text, a paragraph a line.

Scripts, styles and comments are left out, attachments are named and not read. Nothing is fetched.
"""

import re
import zipfile
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path
from typing import BinaryIO

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, parse

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Custody, Flight, Reading, Statement, TextReport
from cathartes.readers.intake import opened, write_up
from cathartes.readers.text_report import TEXT_LIMIT, decoded, language_of

SUFFIXES = (".html", ".htm", ".eml", ".docx")
XML_LIMIT = 256 * 1024 * 1024
"""Largest unpacked text of a .docx in bytes: a small file can unpack to more than a machine holds."""

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SILENT = frozenset(("script", "style", "head", "template", "noscript"))
BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote br dd div dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section"
        " table td th tr ul",
    )
)

Told = tuple[str, tuple[Statement, ...]]


class DocumentReader:
    """Reads .html, .eml and .docx files."""

    kind = "text_report"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is none of them, from its name and its first bytes."""
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            return f"its name does not end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        if not head.strip():
            return "it is empty"
        return "it is no Word file (a zip archive)" if suffix == ".docx" and not head.startswith(b"PK") else None

    def read(self, path: Path, flight: Flight) -> Reading:
        """The text. Raises `BadInput` for a file that is not what its name says."""
        with opened(path, TEXT_LIMIT) as (file, digest):
            text, health = READERS[path.suffix.lower()](file, path.name)
        recording = write_up(path, flight, Custody((digest,), __name__, __version__), self.kind, 1, health)
        return Reading(recording, TextReport(text, language_of(text)))


def read_html(file: BinaryIO, name: str) -> Told:
    """The visible text of a page."""
    text, health = decoded(file.read(), name)
    return visible(text), health


def visible(page: str) -> str:
    """The text that a browser would show, a block a line."""
    parser = _Visible()
    parser.feed(page)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in lines if line) + "\n"


class _Visible(HTMLParser):
    """Gathers text outside of silent elements; blocks begin and end lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self.pieces.append("\n" if tag in BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))
        self.pieces.append("\n" if tag in BLOCKS else "")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data.replace("\n", " "))


def read_eml(file: BinaryIO, name: str) -> Told:
    """Subject, date and body of a message; attachments are named in its health."""
    message = BytesParser(policy=policy.default).parse(file)
    if not isinstance(message, EmailMessage) or not message.keys():
        raise BadInput(f"{name} has no header lines; expected an e-mail message")
    body = message.get_body(("plain", "html"))
    try:
        text = str(body.get_content()) if body is not None else ""
    except (LookupError, ValueError):
        text = body.get_payload(decode=True).decode("latin-1") if body is not None else ""  # type: ignore[union-attr]  # bytes, when decoded
    if body is not None and body.get_content_subtype() == "html":
        text = visible(text)
    attached = tuple(
        Statement("health.attachment", {"name": str(part.get_filename() or part.get_content_type())}) for part in message.iter_attachments()
    )
    head = [str(message[key]) for key in ("Date", "Subject") if message[key]]
    return "\n".join([*head, "", text.replace("\r\n", "\n")]), attached


def read_docx(file: BinaryIO, name: str) -> Told:
    """The paragraphs of a Word document, those of tables too."""
    try:
        with zipfile.ZipFile(file) as archive:
            part = archive.getinfo("word/document.xml")
            if part.file_size > XML_LIMIT:
                raise BadInput(f"{name} unpacks to {part.file_size} bytes; at most {XML_LIMIT} are read")
            with archive.open(part) as content:
                root = parse(content).getroot()
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException, OSError, RuntimeError, NotImplementedError) as problem:
        raise BadInput(f"{name} is no readable Word document ({problem}); expected a .docx that is whole and has no password") from None
    marks = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n"}
    paragraphs = (
        "".join((node.text or "") if node.tag == f"{WORD}t" else marks.get(node.tag, "") for node in paragraph.iter())
        for paragraph in root.iter(f"{WORD}p")
    )
    return "\n".join(paragraphs) + "\n", ()


READERS = {".html": read_html, ".htm": read_html, ".eml": read_eml, ".docx": read_docx}
