"""The airspace statement: both languages, every interval, what is not proved, and the same bytes twice."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from cathartes.model import Statement
from cathartes.model.overflight import (
    Apart,
    BoundaryUsed,
    Chart,
    Errors,
    Fixes,
    IntervalTold,
    Overflight,
    Reach,
    Reason,
    Verdict,
    ZoneKind,
    ZoneTold,
)
from cathartes.release.overflight_statement import duration, headline, statement_page, statement_pdf

OUT = IntervalTold("a", Verdict.OUT, "2024-05-01T00:00:00.000Z", "2024-05-01T01:00:00.000Z", Reason.FIXES, 12.5)
GAP = IntervalTold("a", Verdict.UNDECIDED, "2024-05-01T01:00:00.000Z", "2024-05-01T01:02:00.000Z", Reason.GAP, 0.0)
IN = IntervalTold("a", Verdict.IN, "2024-05-01T01:02:00.000Z", "2024-05-01T01:12:30.000Z", Reason.FIXES, 1.0)
CHART = Chart(
    {Verdict.OUT: (((-99.0, 20.0), (-99.1, 20.0)),), Verdict.IN: (), Verdict.UNDECIDED: (((-99.1, 20.0), (-99.2, 20.1)),)},
    (((-99.3, 19.0), (-99.15, 20.0), (-99.3, 21.0), (-99.3, 19.0)),),
)


def answer(*intervals: IntervalTold) -> Overflight:
    boundary = BoundaryUsed("drawn", "1", "a" * 64, "ours", 20.0, False, "© the drawers", "")
    fixes, errors = Fixes(9, 8, 1, 0, 0, 0, 0, 0), Errors(100.0, True, 20.0, 2.0, 0.5)
    notes = (Statement("airspace.one_fix"),)
    return Overflight("MEX", boundary, "t.csv", "b" * 64, intervals, (), fixes, errors, Reach(60.0, 17.0, 308.7), notes)


@pytest.mark.parametrize(
    ("intervals", "key"),
    [
        ((OUT,), "airspace.never_in"),
        ((OUT, GAP), "airspace.not_excluded"),
        ((OUT, GAP, IN), "airspace.was_in"),
        ((OUT, IN), "airspace.was_in_and_decided"),
    ],
)
def test_the_headline_claims_no_more_than_the_verdict(intervals: tuple[IntervalTold, ...], key: str) -> None:
    assert headline(answer(*intervals)).key == key


def test_page_and_paper_say_the_same_in_both_languages() -> None:
    told = answer(OUT, GAP, IN)
    page = statement_page(told, CHART).decode()
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(statement_pdf(told, CHART))).pages)
    for sentence in ("no fixes, and at 600 knots", "no hubo posiciones y, a 600 nudos"):
        assert sentence in page
        assert sentence in " ".join(paper.split())
    for text in ("2024-05-01 01:02:00.000Z", "10 min 30 s", "drawn, 1", "a" * 64, "© the drawers"):
        assert text in page
    assert "://" not in page.replace("http://www.w3.org/", "")


def test_zones_are_in_a_part_of_their_own() -> None:
    source = BoundaryUsed("regions", "2", "c" * 64, "theirs", 0.0, True, "", "")
    apart = Apart(ZoneKind.FIR, source, 9, (ZoneTold("MMFR", (OUT, IN)),))
    told = replace(answer(OUT), apart=(apart,))
    assert headline(told).key == "airspace.never_in"
    page = statement_page(told, CHART).decode()
    paper = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(statement_pdf(told, CHART))).pages)
    for text in ("MMFR", "c" * 64, "Regiones de información de vuelo (FIR)", "Of 9 in this file"):
        assert text in page
        assert text in " ".join(paper.split())


def test_equal_overflights_give_equal_bytes() -> None:
    told = answer(OUT, GAP, IN)
    assert statement_page(told, CHART) == statement_page(told, CHART)
    assert statement_pdf(told, CHART) == statement_pdf(told, CHART)


def test_a_hostile_name_stays_text() -> None:
    told = replace(answer(OUT), track='<script>alert(1)</script> #panic("no")')
    assert "<script>" not in statement_page(told, CHART).decode()
    assert statement_pdf(told, CHART).startswith(b"%PDF")


@pytest.mark.parametrize(("total_s", "written"), [(0.25, "0.2 s"), (599.9, "599.9 s"), (630.0, "10 min 30 s"), (3725.0, "1 h 02 min 05 s")])
def test_times_are_written_as_people_read_them(total_s: float, written: str) -> None:
    assert duration(total_s) == written
