"""Claims about parties: graded, dated, lawful; merges that can be undone; and the way out to other formats and back."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.network import exchange
from cathartes.network.claim_files import read_claims
from cathartes.network.claims import Claim, Grade, Judgement, Merge, canonical, corroboration, due, in_force, undone

TODAY = date(2026, 1, 15)
COLUMNS = "party,schema,property,value,source,origin,grade,author,basis,first_seen,last_seen,review_on,expires_on"
GOOD = "p-1,Company,name,Aceites del Istmo,report-7,intercept-3,B2,Ana,court order,2025-01-01,2025-06-01,2099-01-01,2099-06-01"
CLAIM = Claim(
    "p-1", "Person", "name", "Rutilio Quiñones Urdapilleta", "report-7", "intercept-3", Grade("B", 2), "Ana", "court order 12/2025",
    date(2025, 1, 1), date(2025, 6, 1), date(2026, 1, 1), date(2027, 1, 1), "page 3",
)  # fmt: skip


def merge(one: str, other: str, judgement: Judgement = Judgement.SAME) -> Merge:
    return Merge(one, other, judgement, "Ana", "same RFC", TODAY)


@pytest.mark.parametrize("place", ["latitude", "location", "address"])
def test_a_person_has_no_position(place: str) -> None:
    with pytest.raises(BadInput, match="persons have no position"):
        replace(CLAIM, property=place, value="19.4")
    assert replace(CLAIM, schema="Company", property=place, value="Calle Falsa 1")


@pytest.mark.parametrize(("reliability", "credibility"), [("G", 1), ("A", 0), ("A", 7), ("", 1), ("AB", 1)])
def test_a_grade_is_an_admiralty_pair(reliability: str, credibility: int) -> None:
    with pytest.raises(BadInput, match="A to F"):
        Grade(reliability, credibility)


@pytest.mark.parametrize("field", ["value", "source", "author", "basis"])
def test_a_claim_without_source_author_or_legal_basis_is_refused(field: str) -> None:
    with pytest.raises(BadInput, match=field):
        replace(CLAIM, **{field: " "})


def test_an_expired_claim_is_neither_shown_nor_exported() -> None:
    assert in_force([CLAIM], date(2026, 12, 31)) == (CLAIM,)
    for writer in (exchange.to_ftm, exchange.to_stix, exchange.to_misp):
        assert b"Rutilio" in writer([CLAIM], TODAY)
        assert b"Rutilio" not in writer([CLAIM], CLAIM.expires_on)


def test_a_claim_is_due_from_its_review_day_on() -> None:
    assert due([CLAIM], date(2025, 12, 31)) == ()
    assert due([CLAIM], TODAY) == (CLAIM,)


def test_a_merge_can_be_undone_and_stays_on_record() -> None:
    made = merge("p-1", "p-2")
    assert canonical([made]) == {"p-1": "p-1", "p-2": "p-1"}
    back = undone(made, "Benito", TODAY)
    assert canonical([back]) == {}
    assert (back.author, back.undone_by) == ("Ana", "Benito")


def test_same_as_in_a_circle_is_one_party_and_a_contradiction_is_told() -> None:
    circle = [merge("a", "b"), merge("b", "c"), merge("c", "a")]
    assert set(canonical(circle).values()) == {"a"}
    with pytest.raises(BadInput, match="take one of them back"):
        canonical([*circle, merge("a", "c", Judgement.DIFFERENT)])


def test_two_reports_of_one_intercept_are_one_origin() -> None:
    claims = [CLAIM, replace(CLAIM, source="report-8"), replace(CLAIM, source="report-9", origin="witness-1", party="p-2")]
    assert corroboration(claims) == {("p-1", "name", CLAIM.value): 1, ("p-2", "name", CLAIM.value): 1}
    assert corroboration(claims, [merge("p-1", "p-2")]) == {("p-1", "name", CLAIM.value): 2}


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(str.strip)
claims_made = st.builds(
    Claim, words, st.sampled_from(["Person", "Company", "Vessel"]), st.sampled_from(["name", "alias", "notes"]), words, words, words,
    st.builds(Grade, st.sampled_from("ABCDEF"), st.integers(1, 6)), words, words, st.just(CLAIM.first_seen), st.just(CLAIM.last_seen),
    st.just(CLAIM.review_on), st.just(CLAIM.expires_on), words,
)  # fmt: skip


@given(st.lists(claims_made, min_size=1, max_size=4))
def test_a_round_trip_loses_only_what_the_format_cannot_carry(claims: list[Claim]) -> None:
    trips = {
        "ftm": exchange.from_ftm(exchange.to_ftm(claims, TODAY), CLAIM), "misp": exchange.from_misp(exchange.to_misp(claims, TODAY), CLAIM),
        "stix": exchange.from_stix(exchange.to_stix(claims, TODAY)),
    }  # fmt: skip
    for form, back in trips.items():
        lost = {name: getattr(CLAIM, name) for name in exchange.CANNOT_CARRY[form]}
        assert sorted(map(repr, back)) == sorted(repr(replace(claim, **lost)) for claim in claims)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"Event":{"Object":[{}]}}', b'{"objects":[1]}', b"\xff"])
def test_what_is_no_export_is_refused_in_a_sentence(content: bytes) -> None:
    for read in (exchange.from_stix, lambda text: exchange.from_misp(text, CLAIM), lambda text: exchange.from_ftm(text + b"\n", CLAIM)):
        with pytest.raises(BadInput):
            read(content)


@pytest.mark.parametrize(
    ("row", "found"), [(GOOD.replace("B2", "G9"), "row 2"), (GOOD.replace("2099-06-01", "soon"), "row 2"), ("", "columns")]
)
def test_a_file_of_claims_with_a_bad_row_is_refused_whole(tmp_path: Path, row: str, found: str) -> None:
    (tmp_path / "claims.csv").write_text(f"{COLUMNS}\n{row}\n" if row else "party\nx\n")
    with pytest.raises(BadInput, match=found):
        read_claims(tmp_path / "claims.csv")


def test_an_independent_reader_takes_the_stix_bundle() -> None:
    stix2 = pytest.importorskip("stix2", reason="an independent reader of STIX")
    made = stix2.parse(exchange.to_stix([CLAIM], TODAY).decode(), allow_custom=True)
    assert {thing["type"] for thing in made.objects} == {"identity", "extension-definition"}
