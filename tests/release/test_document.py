"""The PDF has the same bytes each time, both languages in the reader's order, and no date or machine in it."""

import re
from dataclasses import replace

import pytest

from cathartes.model import DESK, Frame, Markings, Release
from cathartes.release.document import DocumentWriter, content
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead, sample_lead


def released(frame: Frame = Frame.WGS84, audience: str = "MEX", markings: Markings = TO_MEXICO) -> Release:
    return redact(sample_lead(frame, markings), audience, "B. Releaser", NOON)


@pytest.mark.parametrize("frame", list(Frame))
def test_the_same_release_gives_the_same_bytes(frame: Frame) -> None:
    first = DocumentWriter().write(released(frame))
    assert first.startswith(b"%PDF-1.7")
    assert first == DocumentWriter().write(released(frame))


def test_the_document_holds_no_date_of_its_making() -> None:
    made = DocumentWriter().write(released())
    assert not re.search(rb"/CreationDate|/ModDate|xmp:CreateDate", made)


@pytest.mark.parametrize(("audience", "order"), [("MEX", ["es", "en"]), (DESK, ["en", "es"])])
def test_the_readers_language_comes_first(audience: str, order: list[str]) -> None:
    assert [part["language"] for part in content(released(audience=audience))["parts"]] == order


def test_a_release_of_nothing_but_its_frame_is_still_a_document() -> None:
    names = ("sources", "coverage", "instruments", "gaps", "evidence", "search", "purpose", "authority", "author", "flight", "custody")
    bare = released(markings=Markings(TO_MEXICO.whole, {name: Markings().whole for name in names}))
    assert DocumentWriter().write(bare).startswith(b"%PDF")


def test_text_of_a_folder_is_never_read_as_layout() -> None:
    hostile = replace(sample_lead(), purpose='#panic("no") $x$ *bold* \\ @ref')
    assert DocumentWriter().write(redact(hostile, DESK, "A. Analyst", None)).startswith(b"%PDF")


@pytest.mark.parametrize("frame", list(Frame))
def test_several_sources_crossings_warnings_and_maps_are_in_the_document(frame: Frame) -> None:
    release = redact(busy_lead(frame), "MEX", "B. Releaser", NOON)
    told = content(release)["parts"][0]
    assert told["warnings"][0].startswith("Las 4 búsquedas")
    assert [row[0] for row in told["sources"]] == ["Fuente", "Este indicio", f"Otra, a {'107' if frame is Frame.LOCAL else '2,220'} m"]
    assert [len(told[name]) for name in ("pieces", "noticed")] == [3, 4]
    assert set(told["pictures"]) == {"map", "rate", "coverage", "crossings"}
    assert "Rayado" in told["pictures"]["coverage"]["caption"]
    made = DocumentWriter().write(release)
    assert made.startswith(b"%PDF")
    assert made == DocumentWriter().write(release)


def test_a_single_source_needs_no_table_of_sources() -> None:
    told = content(released())["parts"][0]
    assert (told["sources"], told["pieces"], told["noticed"], told["warnings"]) == ([], [], [], [])
