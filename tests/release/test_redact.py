"""What an audience may not see is in no product of its release, whatever the markings and the format."""

import io
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import Refused
from cathartes.model import DESK, Evidence, Frame, Hypothesis, Lead, Marking, Markings, Release, Statement, Tlp, json
from cathartes.release.document import content
from cathartes.release.geojson import GeoJsonWriter
from cathartes.release.geopackage import GeoPackageWriter
from cathartes.release.geotiff import rasters
from cathartes.release.kml import KmlWriter
from cathartes.release.page import PageWriter
from cathartes.release.redact import CORE, EMPTY, redact
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead, sample_lead

SECRET = Marking(Tlp.RED)
PLANTED = tuple(part.name for part in fields(Lead) if part.name not in (*CORE, "markings", "search", "probability_map"))
TOKENS = {name: f"TOKEN{number}X" for number, name in enumerate(PLANTED)}
MARKINGS = st.dictionaries(st.sampled_from(PLANTED), st.builds(Marking, st.sampled_from(Tlp), st.sampled_from([(), ("USA",), ("MEX",)])))


def planted(markings: Markings) -> Lead:
    """The sample lead with a word of its own in every field that can hold one."""
    lead, token = busy_lead(Frame.WGS84, markings), TOKENS
    assert lead.detectability is not None
    said = Statement("gap.unread", {"count": 1, "names": token["gaps"]})
    seen = {"instrument": token["evidence"], "peak": 1.0, "unit": "ppb", "significance": 6.0}
    named = {"name": token["hypotheses"], "distance_km": 1.0}
    return replace(
        lead,
        flight=token["flight"], author=token["author"], purpose=token["purpose"], authority=token["authority"],
        sources=tuple(replace(each, id=token["sources"], flight=token["flight"]) for each in lead.sources),
        detections=tuple(replace(each, id=token["detections"]) for each in lead.detections),
        stills=tuple(replace(each, id=token["stills"], detection=token["detections"]) for each in lead.stills),
        coverage=tuple(replace(each, notes=(replace(said, values={"count": 1, "names": token["coverage"]}),)) for each in lead.coverage),
        instruments=tuple(replace(each, name=token["instruments"]) for each in lead.instruments),
        fits=tuple(replace(each, instrument=token["fits"]) for each in lead.fits),
        crossings=tuple(replace(each, instrument=token["crossings"]) for each in lead.crossings),
        neighbours=tuple(replace(each, id=token["neighbours"], flight=token["flight"]) for each in lead.neighbours),
        detectability=replace(lead.detectability, criterion=replace(said, values={"count": 1, "names": token["detectability"]})),
        evidence=(Evidence(Statement("evidence.detection", seen), "other"),),
        hypotheses=(replace(lead.hypotheses[0], supports=(Statement("supports.registered", named),)), *lead.hypotheses[1:]),
        emitters=tuple(replace(each, name=token["emitters"]) for each in lead.emitters),
        explanations=(Hypothesis("dump", 0.5, (replace(said, values={"count": 1, "names": token["explanations"]}),), ()),),
        confidence=replace(said, values={"count": 1, "names": token["confidence"]}),
        gaps=(*lead.gaps, said),
        custody=replace(lead.custody, method=token["custody"], parameters={"secret": "PARAMETERX"}, who=token["author"]),
    )  # fmt: skip


def products(release: Release) -> Iterator[str]:
    """Everything that would leave, as text. The PDF is judged by all that goes into it; its own bytes have a test below."""
    for writer in (PageWriter(), GeoJsonWriter(), KmlWriter(), GeoPackageWriter()):
        yield writer.write(release).decode("utf-8", errors="replace")
    yield str(content(release))
    yield json.encode(release).decode()


def withheld(markings: Markings, audience: str) -> list[str]:
    return [name for name in PLANTED if not markings.permits(name, audience)]


@settings(max_examples=6)
@given(MARKINGS)
def test_a_release_never_carries_what_its_audience_may_not_see_in_any_format(named: dict[str, Marking]) -> None:
    markings = Markings(Marking(Tlp.GREEN, ("MEX",)), named)
    told = "".join(products(redact(planted(markings), "MEX", "B. Releaser", NOON)))
    assert [name for name in withheld(markings, "MEX") if TOKENS[name] in told] == []
    assert "PARAMETERX" not in told


@settings(max_examples=150)
@given(MARKINGS, st.sampled_from(["MEX", "USA", "GTM", ""]))
def test_a_release_noun_never_carries_what_its_audience_may_not_see(named: dict[str, Marking], audience: str) -> None:
    markings = Markings(Marking(Tlp.GREEN, ("MEX", "USA", "GTM", "")), named)
    told = json.encode(redact(planted(markings), audience, "B. Releaser", NOON)).decode()
    assert [name for name in withheld(markings, audience) if TOKENS[name] in told] == []


def test_what_nobody_withheld_is_there() -> None:
    told = "".join(products(redact(planted(TO_MEXICO), "MEX", "B. Releaser", NOON)))
    assert [name for name in PLANTED if TOKENS[name] not in told] == []


@pytest.mark.parametrize("name", [name for name in PLANTED if name != "custody"])
def test_a_withheld_field_is_in_no_pdf(name: str) -> None:
    pytest.importorskip("pypdf", reason="reading text back out of a PDF needs pypdf")
    from pypdf import PdfReader

    from cathartes.release.document import DocumentWriter

    release = redact(planted(Markings(TO_MEXICO.whole, {name: SECRET})), "MEX", "B. Releaser", NOON)
    made = PdfReader(io.BytesIO(DocumentWriter().write(release)))
    text = "".join(page.extract_text() for page in made.pages) + str(made.metadata)
    assert "TLP:GREEN" in text
    assert TOKENS[name] not in text


@pytest.mark.parametrize("tlp", [Tlp.RED, Tlp.AMBER_STRICT])
def test_what_may_not_leave_at_all_is_refused_without_a_word_of_it(tlp: Tlp) -> None:
    lead = planted(Markings(Marking(tlp, ("MEX",))))
    with pytest.raises(Refused) as refusal:
        redact(lead, "MEX", "B. Releaser", NOON)
    assert not [text for text in (*TOKENS.values(), lead.id, "ch4", "MEX") if text in str(refusal.value)]


def test_an_unmarked_lead_stays_at_the_desk() -> None:
    with pytest.raises(Refused):
        redact(sample_lead(markings=Markings()), "MEX", "B. Releaser", NOON)
    assert redact(sample_lead(markings=Markings()), DESK, "A. Analyst", None).lead == sample_lead(markings=Markings())


def test_a_marking_of_a_field_that_does_not_exist_lets_nothing_out() -> None:
    misspelt = Markings(TO_MEXICO.whole, {"instrumnets": SECRET})
    with pytest.raises(Refused, match="a field that no noun has"):
        redact(sample_lead(markings=misspelt), "MEX", "B. Releaser", NOON)


def test_a_nested_noun_with_a_stricter_marking_is_left_out() -> None:
    lead = sample_lead()
    strict = replace(lead, detections=tuple(replace(each, markings=Markings(SECRET)) for each in lead.detections))
    release = redact(strict, "MEX", "B. Releaser", NOON)
    assert release.lead.detections == ()
    assert [each.of for each in release.lead.evidence] == [lead.sources[0].id]


def test_a_source_whose_rate_is_withheld_is_withheld_whole() -> None:
    marked = replace(sample_lead().sources[0], markings=Markings(TO_MEXICO.whole, {"rate": SECRET}))
    assert redact(replace(sample_lead(), sources=(marked,)), "MEX", "B. Releaser", NOON).lead.sources == ()


def test_a_picture_of_a_video_that_may_not_leave_is_in_no_release() -> None:
    lead = busy_lead(Frame.WGS84)
    kept = replace(lead, stills=tuple(replace(each, markings=Markings(SECRET)) for each in lead.stills))
    held, let = (json.encode(redact(each, "MEX", "B. Releaser", NOON)) for each in (kept, lead))
    assert b64encode(lead.stills[0].picture) in let
    assert b64encode(lead.stills[0].picture) not in held


RASTERS = [
    ("probability_map", ("probability_map", "sources", "neighbours", "search")),
    ("detectability", ("detectability", "instruments", "coverage", "search")),
    ("crossings", ("crossings", "instruments")),
    ("neighbours", ("neighbours", "sources")),
    ("stills", ("stills", "sources", "detections")),
]


@pytest.mark.parametrize(("field", "grounds"), RASTERS)
def test_what_gives_a_withheld_thing_away_is_withheld_with_it(field: str, grounds: tuple[str, ...]) -> None:
    for name in grounds:
        release = redact(busy_lead(markings=Markings(TO_MEXICO.whole, {name: SECRET})), "MEX", "B. Releaser", NOON)
        assert not getattr(release.lead, field), name
    assert getattr(redact(busy_lead(), "MEX", "B. Releaser", NOON).lead, field)


@pytest.mark.parametrize("secret", ["sources", "neighbours"])
def test_one_source_with_a_stricter_marking_takes_the_raster_of_all_of_them_with_it(secret: str) -> None:
    lead = busy_lead()
    strict = replace(lead, **{secret: tuple(replace(each, markings=Markings(SECRET)) for each in getattr(lead, secret))})
    release = redact(strict, "MEX", "B. Releaser", NOON)
    assert (release.lead.probability_map, release.lead.neighbours) == (None, ())
    assert lead.neighbours[0].id not in json.encode(release).decode()


def test_a_withheld_raster_is_no_file_of_the_release() -> None:
    cut = redact(busy_lead(markings=Markings(TO_MEXICO.whole, {"sources": SECRET})), "MEX", "B. Releaser", NOON).lead
    names = set(rasters(cut.gas, cut.probability_map, cut.detectability))
    assert names == {f"detectability-ch4-{rate}kgh.tif" for rate in ("0.03", "0.1", "0.5")}


def test_nobody_has_a_lead_without_its_warnings() -> None:
    assert redact(busy_lead(), "MEX", "B. Releaser", NOON).lead.warnings == busy_lead().warnings
    with pytest.raises(Refused):
        redact(busy_lead(markings=Markings(TO_MEXICO.whole, {"warnings": SECRET})), "MEX", "B. Releaser", NOON)


def test_withheld_instruments_take_with_them_what_would_name_them() -> None:
    release = redact(sample_lead(markings=Markings(TO_MEXICO.whole, {"instruments": SECRET})), "MEX", "B. Releaser", NOON)
    assert (release.lead.fits, release.lead.detections, len(release.lead.evidence)) == ((), (), 1)
    assert "Path 1" not in "".join(products(release))


def test_withheld_sources_take_with_them_the_distances_that_would_place_them() -> None:
    release = redact(sample_lead(Frame.WGS84, Markings(TO_MEXICO.whole, {"sources": SECRET})), "MEX", "B. Releaser", NOON)
    assert (release.lead.emitters, release.lead.hypotheses, release.lead.evidence) == ((), (), (sample_lead().evidence[1],))


def test_an_audience_does_not_learn_who_else_may_have_it() -> None:
    release = redact(sample_lead(), "MEX", "B. Releaser", NOON)
    assert "USA" not in "".join(products(release))


@given(st.sampled_from(["MEX", "USA"]), MARKINGS)
def test_redacting_twice_changes_nothing(audience: str, named: dict[str, Marking]) -> None:
    once = redact(planted(Markings(TO_MEXICO.whole, named)), audience, "B. Releaser", NOON)
    assert redact(once.lead, audience, "B. Releaser", NOON) == once


def test_every_field_that_may_be_withheld_has_an_empty_form() -> None:
    assert {part.name for part in fields(Lead)} - {*CORE, "markings"} <= EMPTY.keys()


def test_the_same_release_has_the_same_id_and_another_has_not() -> None:
    def made(**changes: Any) -> str:
        return redact(**({"lead": sample_lead(), "audience": "MEX", "by": "B. Releaser", "at": NOON} | changes)).id

    assert made() == made()
    assert len({made(), made(audience="USA"), made(by="C. Releaser"), made(at=None), made(lead=sample_lead(Frame.WGS84))}) == 5
