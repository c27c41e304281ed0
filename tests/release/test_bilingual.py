"""The two-column document: both sides, facts marked, every page labelled, nothing read as markup."""

import io
import zipfile

import pypdf
import pytest
from defusedxml.ElementTree import fromstring

from cathartes.errors import BadInput
from cathartes.model import Carried, Engine, Fact, FactKind, Segment, State, Statement, Translation
from cathartes.release.bilingual import product

FACT = Fact(FactKind.PLACE, "Cosalá", 3, 9)
CARRIED = Carried(FACT, 3, 9)
TRANSLATION = Translation(
    "nota <1>.txt", "ab" * 32, "es", "en", Engine("apertium", "3.8"),
    (
        Segment("En Cosalá & <b>#strong[x]</b>.", "In Cosalá & <b>#strong[x]</b>.", State.MACHINE, 0, None, (CARRIED,), ("xyz",)),
        Segment("Sigue.", "Sigue.", State.STOPPED, why=Statement("language.engine-died")),
    ),
)  # fmt: skip
LABEL = "MACHINE TRANSLATION, NOT REVIEWED"


def text_of_pdf(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_the_page_shows_both_sides_with_marked_facts_and_escapes_everything() -> None:
    page = product(TRANSLATION, ".html").decode()
    assert LABEL in page
    assert page.count("<mark>Cosalá</mark>") == 2
    assert "<b>" not in page
    assert "&lt;b&gt;#strong[x]" in page
    assert 'class="stopped"' in page


def test_the_pdf_is_labelled_and_reads_no_text_as_layout() -> None:
    text = text_of_pdf(product(TRANSLATION, ".pdf"))
    assert LABEL in text
    assert text.count("#strong[x]") == 2
    assert "xyz" in text


def test_the_word_document_is_whole_and_has_its_label_in_the_header() -> None:
    with zipfile.ZipFile(io.BytesIO(product(TRANSLATION, ".docx"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert all(fromstring(part) is not None for part in parts.values())
    assert LABEL in parts["word/header1.xml"].decode()
    assert parts["word/document.xml"].decode().count("Cosalá") == 2


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf"])
def test_equal_translations_give_equal_bytes(suffix: str) -> None:
    assert product(TRANSLATION, suffix) == product(TRANSLATION, suffix)


def test_another_ending_is_refused() -> None:
    with pytest.raises(BadInput, match=r"\.html, \.docx, \.pdf"):
        product(TRANSLATION, ".odt")
