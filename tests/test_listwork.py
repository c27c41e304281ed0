"""Lists in force: loaded, replaced, kept where the new one is not to be trusted, and names asked again."""

from datetime import date
from pathlib import Path

import pytest

from cathartes.errors import BadInput
from cathartes.listwork import CURATED, asked_again, in_force, load_list
from cathartes.network.screen import Query
from cathartes.store import Workspace

OLD = """entity_id,name,kind
1,Rutilio QUIÑONES URDAPILLETA,person
2,Aceites del Istmo,organization
3,Otra Empresa,organization
4,Una Más,organization
5,Y Otra,organization
"""


def written(folder: Path, text: str) -> list[Path]:
    (folder / "list.csv").write_text(text, encoding="utf-8")
    return [folder / "list.csv"]


def test_a_delisted_party_is_a_hit_no_more_and_a_new_one_is(tmp_path: Path) -> None:
    new = OLD.replace("1,Rutilio QUIÑONES URDAPILLETA,person", "6,Casilda BARRAZA IRIGOYEN,person")
    with Workspace.open(tmp_path / "w") as workspace:
        assert load_list("test", written(tmp_path, OLD), workspace, date(2025, 1, 1)).changed is None
        loaded = load_list("test", written(tmp_path, new), workspace, date(2025, 2, 1))
        assert in_force("test", workspace) == loaded.now
    asked = asked_again(loaded, [Query("q1", "Rutilio Quiñones Urdapilleta"), Query("q2", "Casilda Barraza")])
    assert loaded.changed is not None
    assert (loaded.changed.added, loaded.changed.removed) == (("6",), ("1",))
    assert [(hit.query, hit.entity) for hit in asked.appeared] == [("q2", "6")]
    assert [(hit.query, hit.entity) for hit in asked.vanished] == [("q1", "1")]


def test_the_last_good_list_stays_in_force(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace:
        load_list("test", written(tmp_path, OLD), workspace, date(2025, 1, 1))
        for text, day in ((OLD, date(2024, 1, 1)), (OLD.split("3,")[0], date(2025, 2, 1)), ("entity_id,name\n", None), ("<html>", None)):
            with pytest.raises(BadInput):
                load_list("test", written(tmp_path, text), workspace, day)
        assert len(in_force("test", workspace).parties) == 5
        load_list("test", written(tmp_path, OLD.split("3,")[0]), workspace, date(2025, 2, 1), even_if_smaller=True)
        assert len(in_force("test", workspace).parties) == 2


def test_the_curated_list_has_six_organisations_and_finds_them_under_their_other_names(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace:
        loaded = load_list(CURATED, [], workspace)
    assert len(loaded.now.parties) == 6
    assert {party.kind for party in loaded.now.parties} == {"organization"}
    assert {party.listed_on for party in loaded.now.parties} == {date(2025, 2, 20)}
    names = {"a": "CARTEL DE SINALOA", "b": "Cartel Jalisco Nueva Generacion", "c": "cartel del noreste", "d": "Nueva Familia Michoacana"}
    found = asked_again(loaded, [Query(query, name) for query, name in names.items()]).appeared
    assert {(hit.query, hit.entity) for hit in found} >= {
        ("a", "fto-mx-sinaloa"), ("b", "fto-mx-cjng"), ("c", "fto-mx-noreste"), ("d", "fto-mx-familia"),
    }  # fmt: skip


def test_a_list_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "w") as workspace, pytest.raises(BadInput, match="only us-fto-mexico"):
        load_list("ofac", [], workspace)
