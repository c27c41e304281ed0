"""HTML, mail, Word, PDF and scans as text: whole, without scripts, and said where they could not be read."""

import io
import shutil
import zipfile
from pathlib import Path

import matplotlib
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfWriter

from cathartes.errors import BadInput
from cathartes.model import Flight, Reading, TextReport
from cathartes.plugins import Reader
from cathartes.readers.document import DocumentReader, visible
from cathartes.readers.pdf_report import PdfReader
from cathartes.readers.scan import ScanReader
from tests.readers.outcome import outcome

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="needs Tesseract, which neither root nor apt could install here"
)
PAGE = (
    "<html><head><title>x</title><script>steal()</script></head><body>"
    "<p>Hallaron <b>un laboratorio</b>&nbsp;en Cosal&aacute;.</p><style>p{}</style><div>Fin</div>"
)
MAIL = (
    b"From: a@example.org\r\nDate: Tue, 12 Mar 2024 10:00:00 -0700\r\nSubject: =?utf-8?q?Informaci=C3=B3n?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n'
    b"Hay humo en la ca\xf1ada.\r\n"
    b'--b\r\nContent-Type: image/png; name="foto.png"\r\nContent-Disposition: attachment; filename="foto.png"\r\n\r\nxx\r\n--b--\r\n'
)
WORDS = ["Detuvieron a Ramiro Ochoa en Mazatlán", "con 450 kilos y placas ABC-12-34", "cerca de la cañada de los vecinos"]


def read(folder: Path, name: str, content: bytes, reader: Reader) -> Reading:
    path = folder / name
    path.write_bytes(content)
    assert reader.refuses(path, content[:65536]) is None
    return reader.read(path, Flight("a"))


def report(reading: Reading) -> TextReport:
    assert isinstance(reading.content, TextReport)
    return reading.content


def docx(body: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        archive.writestr("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return file.getvalue()


def scan(turns: int = 0, tilt: float = 0.0) -> bytes:
    font = ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 34)
    image = Image.new("L", (1100, 420), 255)
    for number, line in enumerate(WORDS):
        ImageDraw.Draw(image).text((80, 80 + 70 * number), line, fill=0, font=font)
    file = io.BytesIO()
    image.rotate(tilt, fillcolor=255).rotate(90 * turns, expand=True).save(file, "PNG")
    return file.getvalue()


def test_a_page_is_read_as_a_browser_shows_it_without_scripts(tmp_path: Path) -> None:
    assert report(read(tmp_path, "a.html", PAGE.encode(), DocumentReader())).text == "Hallaron un laboratorio en Cosalá.\nFin\n"


def test_a_message_gives_date_subject_and_body_and_names_what_was_attached(tmp_path: Path) -> None:
    reading = read(tmp_path, "a.eml", MAIL, DocumentReader())
    assert report(reading).text.split("\n")[:4] == ["Tue, 12 Mar 2024 10:00:00 -0700", "Información", "", "Hay humo en la cañada."]
    assert [statement.values for statement in reading.recording.health] == [{"name": "foto.png"}]


def test_a_word_document_gives_a_paragraph_a_line(tmp_path: Path) -> None:
    content = docx(
        "<w:p><w:r><w:t>Uno</w:t><w:tab/><w:t>dos</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>tres</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    assert report(read(tmp_path, "a.docx", content, DocumentReader())).text == "Uno\tdos\ntres\n"


def test_an_entity_bomb_and_a_broken_archive_are_refused_in_one_sentence(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    for content in (bomb.getvalue(), b"PK\x03\x04broken", docx("")[:60]):
        with pytest.raises(BadInput, match=r"a\.docx is no readable Word document"):
            read(tmp_path, "a.docx", content, DocumentReader())


def test_a_pdf_gives_its_text(tmp_path: Path) -> None:
    source = b"#set page(width: 10cm, height: 4cm)\nHallaron un laboratorio en Cosal\xc3\xa1."
    assert report(read(tmp_path, "a.pdf", typst.compile(source), PdfReader())).text == "Hallaron un laboratorio en Cosalá.\n"


def test_an_encrypted_and_a_broken_pdf_are_read_as_empty_and_say_so(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    file = io.BytesIO()
    writer.write(file)
    for content, key in ((file.getvalue(), "health.encrypted"), (b"%PDF-1.4\nbroken", "health.broken-pdf")):
        reading = read(tmp_path, "a.pdf", content, PdfReader())
        assert (report(reading).text, [statement.key for statement in reading.recording.health]) == ("", [key])


@needs_tesseract
@pytest.mark.parametrize(("turns", "tilt"), [(0, 0.0), (2, 0.0), (0, 1.5)])
def test_a_scan_is_read_upright_upside_down_and_askew(tmp_path: Path, turns: int, tilt: float) -> None:
    found = report(read(tmp_path, "a.png", scan(turns, tilt), ScanReader()))
    assert found.text.split("\n")[:3] == WORDS
    assert all(found.text[doubt.start : doubt.end].strip() for doubt in found.doubts)


@needs_tesseract
def test_a_pdf_of_a_scan_is_read_by_its_picture(tmp_path: Path) -> None:
    file = io.BytesIO()
    Image.open(io.BytesIO(scan())).save(file, "PDF")
    assert "Mazatlán" in report(read(tmp_path, "a.pdf", file.getvalue(), PdfReader())).text


def test_a_broken_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"a\.png is no readable picture"):
        read(tmp_path, "a.png", b"\x89PNG broken", ScanReader())


def test_without_tesseract_a_scan_is_read_as_empty_and_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reading = read(tmp_path, "a.png", scan(), ScanReader())
    assert (report(reading).text, [statement.key for statement in reading.recording.health]) == ("", ["health.no-tesseract"])


@given(st.binary(max_size=200), st.sampled_from([".html", ".eml", ".docx"]))
def test_any_bytes_give_a_text_or_bad_input(tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"report{suffix}"
    path.write_bytes(content)
    found = outcome(lambda: DocumentReader().read(path, Flight("a")))
    assert "report" in found if isinstance(found, str) else isinstance(found.content, TextReport)


@given(st.text(max_size=200))
def test_any_page_has_visible_text(page: str) -> None:
    assert "<script" not in visible(f"<script>{page.replace('<', '')}</script>ok")
