"""Texts: whole, unmangled, and in the language their own words say."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Flight, Reading, TextReport
from cathartes.readers import text_report
from cathartes.readers.text_report import TextReportReader, language_of
from tests.readers.outcome import outcome

PARALLEL = Path(__file__).parents[3] / "shared" / "data" / "language" / "tico19"
SPANISH = "Los vecinos notaron un olor fuerte junto al arroyo desde el lunes; según el comandante, la señal se perdió en la cañada.\n"


def read(folder: Path, content: bytes, name: str = "report.txt") -> Reading:
    path = folder / name
    path.write_bytes(content)
    return TextReportReader().read(path, Flight("a"))


def text_of(reading: Reading) -> TextReport:
    assert isinstance(reading.content, TextReport)
    return reading.content


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", None), ("utf-8-sig", None), ("cp1252", "Windows-1252")])
def test_accents_survive_whatever_the_encoding_and_another_one_is_said(tmp_path: Path, encoding: str, said: str | None) -> None:
    reading = read(tmp_path, SPANISH.encode(encoding))
    assert text_of(reading) == TextReport(SPANISH, "es")
    assert [statement.values["encoding"] for statement in reading.recording.health] == ([said] if said else [])


def test_a_byte_that_windows_1252_lacks_is_read_as_latin_1(tmp_path: Path) -> None:
    reading = read(tmp_path, b"ca\xf1ada \x81")
    assert (text_of(reading).text, reading.recording.health[0].values) == ("cañada \x81", {"encoding": "ISO 8859-1"})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The aircraft saw a plume to the north of the road and it was there for an hour.", "en"),
        (SPANISH, "es"),
        ("Os vizinhos notaram um cheiro forte junto ao rio que vinha de uma casa e que não se via da estrada para o sul.", None),
        ("Les voisins ont remarqué une forte odeur près de la rivière, que le vent portait vers la route et les maisons du village.", None),
        ("19.43 -99.13 1951 ppb", None),
        ("The report of the operator in English. El informe de la unidad en español y de los vecinos.", None),
        ("", None),
    ],
)
def test_a_language_is_named_only_where_the_words_say_so(text: str, language: str | None) -> None:
    assert language_of(text) == language


@pytest.mark.skipif(not PARALLEL.exists(), reason="needs ../shared/data/language/tico19")
@pytest.mark.parametrize(("name", "language"), [("tico19-test.en", "en"), ("tico19-test.es_LA", "es")])
def test_of_420_real_paragraphs_none_is_given_the_other_language_and_nearly_all_their_own(name: str, language: str) -> None:
    lines = (PARALLEL / name).read_text("utf-8").splitlines()
    named = [language_of(" ".join(lines[first : first + 5])) for first in range(0, len(lines), 5)]
    assert set(named) <= {language, None}
    assert named.count(language) > 0.95 * len(named)


def test_what_is_not_text_is_refused() -> None:
    reader = TextReportReader()
    assert reader.refuses(Path("a.TXT"), b"text\t\r\n\x0c") is None
    assert reader.refuses(Path("a.pdf"), b"text") == "its name does not end in .txt or .md"
    assert reader.refuses(Path("a.md"), b" \n") == "it is empty"
    assert reader.refuses(Path("a.txt"), b"\x00text") == "it holds control characters, so it is not text"
    assert reader.refuses(Path("a.txt"), "text".encode("utf-16")) == "it holds control characters, so it is not text"


def test_stray_control_characters_are_left_out_and_named(tmp_path: Path) -> None:
    reading = read(tmp_path, "Vieron humo\x07 en Cosalá,\x00 de noche; nadie salió a ver qué era.\n".encode())
    assert text_of(reading).text == "Vieron humo en Cosalá, de noche; nadie salió a ver qué era.\n"
    (told,) = reading.recording.health
    assert told.values == {"count": 2, "codes": "U+0000, U+0007"}


def test_binary_late_in_the_file_and_a_report_too_long_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"report\.txt holds 9000 control characters in 79000 bytes"):
        read(tmp_path, b"x" * 70_000 + b"\x00" * 9000)
    monkeypatch.setattr(text_report, "TEXT_LIMIT", 1)
    with pytest.raises(BadInput, match=r"report\.txt has 2 bytes; at most 1 are read"):
        read(tmp_path, b"ab")


@given(st.binary(max_size=100))
def test_any_bytes_give_a_text_or_bad_input(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    accepted = TextReportReader().refuses(Path("report.txt"), content) is None
    found = outcome(lambda: read(tmp_path_factory.getbasetemp(), content))
    if isinstance(found, str):
        assert "report.txt" in found
        assert not accepted
    else:
        assert len(text_of(found).text) <= len(content)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert text_of(read(tmp_path_factory.getbasetemp(), text.encode())).text == text.removeprefix("\ufeff")
