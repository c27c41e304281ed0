"""Screening: invented people on an invented list, asked for under misspelt and shortened names."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.network.explain import reasons, why
from cathartes.network.identifiers import Finding, Identifiers
from cathartes.network.index import Listed
from cathartes.network.rates import Background, background, false_positives
from cathartes.network.screen import Hit, Query, prepare, screen
from tests.network.test_identifiers import other_curp

SHARED = Path(__file__).parents[3] / "shared" / "data" / "network" / "screening"
INVENTED = [
    Listed("1", "Jesús Ramiro QUIÑONES URDAPILLETA"), Listed("2", "María Guadalupe HERNÁNDEZ ZORRILLA"), Listed("3", "Fernando PÉREZ"),
    Listed("4", "Ignacio DE LA VEGA TORREBLANCA"), Listed("5", "Transportes Quetzal del Istmo, S.A. de C.V.", "organization"),
    Listed("6", "Rutilio HERNÁNDEZ QUIÑONES"), Listed("7", "Ana"), Listed("8", "..."),
]  # fmt: skip


@pytest.fixture(scope="module")
def ready():  # type: ignore[no-untyped-def]
    return prepare(INVENTED)


def asked(ready, name: str, **more: object) -> list[Hit]:  # type: ignore[no-untyped-def]
    return list(screen([Query("q", name, **more)], ready))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("Chuy Quiñones", "1"), ("J. Ramiro Quinones Urdapilleta", "1"), ("Quiñones Urdapilleta, Jesús", "1"), ("JesÃºs QuiÃ±ones", "1"),
        ("Jesus Ramiro Kinones Urdapiyeta", "1"), ("Ma. Gpe. Hdez. Zorrilla", "2"), ("Lupita Hernández Zorrilla", "2"),
        ("María Guadalupe Hernández viuda de Salas", "2"), ("Nacho Delavega", "4"), ("Nacho de la Vega", "4"),
        ("lgnacio de la vega torreb1anca", "4"), ("IgnaciodelaVega Torreblanca", "4"), ("IgnacioTorreblanca", "4"),
        ("J?s?s R?m?r? Qui?ones", "1"),
        ("TRANSPORTES QUETZAL DEL ISTMO SA DE CV", "5"),
    ],
)  # fmt: skip
def test_a_changed_name_finds_its_party_first(ready, name: str, entity: str) -> None:  # type: ignore[no-untyped-def]
    best = asked(ready, name)[0]
    assert (best.entity, best.rank) == (entity, 1)
    assert best.score > 0.5


@pytest.mark.parametrize("name", ["Fernando Pérez Noriega", "Fernando Pérez Royo"])
def test_a_second_surname_the_list_does_not_have_speaks_against_the_hit(ready, name: str) -> None:  # type: ignore[no-untyped-def]
    """The complaint of nomenklatura issue 248: there .92 and .90."""
    alone = asked(ready, "Fernando Pérez")[0]
    assert asked(ready, name)[0].evidence < alone.evidence - 3


def test_one_surname_against_another_keeps_a_name_below_one_half(ready) -> None:  # type: ignore[no-untyped-def]
    assert all(hit.score < 0.5 for hit in asked(ready, "Jesús Ramiro Quiñones Bermúdez"))


def test_two_valid_curps_that_differ_refute_the_same_name() -> None:
    listed = prepare([Listed("1", "Gloria HERNANDEZ GARCIA", identifiers=Identifiers(curp="HEGG560427MVZRRL04"))])
    (hit,) = asked(listed, "Gloria Hernández García", identifiers=Identifiers(curp=other_curp()))
    assert Finding.OTHER_CURP in hit.findings
    assert hit.score < 0.001
    assert "refuted" in why(hit, "en")


def test_the_same_curp_finds_a_party_under_any_name() -> None:
    listed = prepare([Listed("1", "Gloria HERNANDEZ GARCIA", identifiers=Identifiers(curp="HEGG560427MVZRRL04"))])
    (hit,) = asked(listed, "Somebody Else", identifiers=Identifiers(curp="HEGG560427MVZRRL04"))
    assert hit.score > 0.99


@pytest.mark.parametrize("name", ["", "...", "J", "ن", "王", "🦅", "x" * 500, "a " * 300])
def test_odd_queries_get_an_answer(ready, name: str) -> None:  # type: ignore[no-untyped-def]
    assert len(asked(ready, name)) <= 10


@settings(max_examples=60, deadline=None)
@given(names=st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_hits_are_ranked_by_score_one_per_party(names: list[str]) -> None:
    ready = prepare(INVENTED)
    for number, name in enumerate(names):
        hits = [hit for hit in screen([Query(str(number), name)], ready) if hit.query == str(number)]
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
        assert len({hit.entity for hit in hits}) == len(hits)


def test_every_query_is_answered_alone_or_together(ready) -> None:  # type: ignore[no-untyped-def]
    queries = [Query(str(number), name) for number, name in enumerate(["Chuy Quiñones", "Ana", "", "Nacho de la Vega"])]
    together = list(screen(queries, ready))
    alone = [hit for query in queries for hit in screen([query], ready)]
    assert together == alone


def test_the_reasons_exist_in_both_languages(ready) -> None:  # type: ignore[no-untyped-def]
    hit = asked(ready, "Chuy Quinones Lara")[0]
    assert [reason.key for reason in reasons(hit)] == ["screen.listed", "screen.same", "screen.short", "screen.added", "screen.left"]
    assert "«chuy» es forma corta de «jesus»" in why(hit, "es")
    assert "“chuy” is short for “jesus”" in why(hit, "en")


def test_a_list_without_a_name_is_refused() -> None:
    with pytest.raises(BadInput, match="no name with a letter"):
        prepare([Listed("1", "---")])


def test_a_hit_tells_how_many_strangers_score_as_much_and_one_settled_by_a_number_does_not(ready) -> None:  # type: ignore[no-untyped-def]
    hit = asked(ready, "Chuy Quiñones")[0]
    strange = Background((0.1, hit.score, 0.99))
    assert why(hit, "en", strange).endswith("score reached by 2 of 3 people made from the list's own names who are not on it")
    assert "people made" not in why(asked(ready, "Transportes Quetzal del Istmo", kind="organization")[0], "en", strange)


def test_a_threshold_is_quoted_with_its_rate_on_the_very_list() -> None:
    names, first, last = (
        ["Abelia", "Bartolo", "Casilda", "Donato", "Eulogio", "Fidelia"],
        ["ABARCA", "BARRAZA", "CARDONA", "DAVALOS"],
        ["ESPINO", "FARIAS", "GALAZ", "HARO", "IRIGOYEN"],
    )
    people = [Listed(f"{a}{b}{c}", f"{a} {b} {c}") for a in names for b in first for c in last]
    strange = background(prepare(people[::2]), 200)
    strict, loose = (false_positives(strange, threshold) for threshold in (0.95, 0.05))
    assert strict.hits <= loose.hits
    assert loose.low <= loose.hits / loose.asked <= loose.high


@pytest.mark.skipif(not SHARED.exists(), reason="the 2021 list is in ../shared/data, which is absent")
def test_the_real_list_is_found_under_short_forms_and_asked_fast() -> None:
    with (SHARED / "list.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ready = prepare([Listed(row["entity_id"], row["name"], row["kind"]) for row in rows])
    names = {row["entity_id"]: row["name"] for row in reversed(rows)}
    sample = sorted(names)[::20]
    hits = {hit.query: hit for hit in screen([Query(one, names[one].upper()) for one in sample], ready, 1)}
    same = sum(hits[one].entity == one or hits[one].score > 0.5 for one in sample if one in hits)
    assert same >= 0.97 * len(sample)
