"""Places by name: always candidates, ranked, and a user's own list beside the shipped one."""

from pathlib import Path

import pytest

from cathartes.errors import BadInput
from cathartes.language.gazetteer import candidates, load, shipped

INEGI = "CVEGEO,NOM_ENT,NOM_MUN,NOM_LOC,LAT_DECIMAL,LON_DECIMAL,POB_TOTAL\n250030001,Sinaloa,Badiraguato,La Tuna,25.7667,-107.4833,200\n"


def test_a_name_that_many_places_share_gives_all_of_them_ranked() -> None:
    found = candidates("Emiliano Zapata", (), [shipped()])
    assert len(found) > 10
    assert sum(candidate.probability for candidate in found) == pytest.approx(1)
    assert [candidate.probability for candidate in found] == sorted((candidate.probability for candidate in found), reverse=True)


def test_the_state_named_beside_it_moves_a_place_up() -> None:
    assert candidates("Benito Juárez", ("Sinaloa",), [shipped()])[0].locality.state == "Sinaloa"
    assert candidates("Culiacán", (), [shipped()])[0].locality.lat == pytest.approx(24.8, abs=0.1)


def test_a_hamlet_is_found_in_a_users_own_list_only(tmp_path: Path) -> None:
    path = tmp_path / "ageeml.csv"
    path.write_text(INEGI)
    own = load(path)
    assert [each.locality.municipality for each in candidates("La Tuna", ("Badiraguato",), [own])] == ["Badiraguato"]
    assert candidates("No Such Place", (), [own, shipped()]) == ()


def test_a_list_without_coordinates_is_refused_by_the_name_of_the_column(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("NOM_LOC,POB_TOTAL\nLa Tuna,200\n")
    with pytest.raises(BadInput, match=r"list\.csv is no list of localities: it lacks the column LAT_DECIMAL, LON_DECIMAL"):
        load(path)
