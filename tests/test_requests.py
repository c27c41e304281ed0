"""A request answered from the command line, over what a workspace's flights kept."""

import json
from pathlib import Path

import pytest

from cathartes.model import Detectability, Frame, Grid, GridQuantity, Statement
from cathartes.model import json as nouns
from cathartes.store import Workspace
from tests.test_cli import cathartes

AREA = {"type": "Polygon", "coordinates": [[[-99, 19], [-98, 19], [-98, 20], [-99, 20], [-99, 19]]]}


def kept(folder: Path, *chances: float) -> Path:
    """A workspace with one flight per chance, each of which looked everywhere."""
    with Workspace.open(folder / "workspace") as workspace:
        for number, chance in enumerate(chances):
            grid = Grid(GridQuantity.NOTICED, Frame.WGS84, -99.5, 18.5, 1.0, 1.0, 2, (chance,) * 4)
            seen = Detectability((5.0,), (grid,), Statement("locate.noticed", {"threshold": 5.0}))
            workspace.keep("detectability", f"flight-{number}/ch4", nouns.encode(seen), act="result", of=f"flight-{number}")
    return folder / "workspace"


def test_what_one_flight_missed_two_have_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": AREA}]}))
    out = tmp_path / "out"
    assert cathartes(monkeypatch, "coverage", area, "--gas", "ch4", "-w", kept(tmp_path, 0.8, 0.8), "-o", out, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["answer"], told["down_to_kg_h"], told["flights"]) == ("nothing_down_to", 5.0, ["flight-0", "flight-1"])
    assert json.loads((out / "coverage-ch4.geojson").read_text())["features"][0]["properties"]["answer"] == "nothing_down_to"
    assert (out / "coverage-ch4-5kgh.tif").read_bytes()[:2] == b"II"


def test_an_empty_workspace_has_not_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps(AREA))
    assert cathartes(monkeypatch, "coverage", area, "--gas", "ch4", "-w", kept(tmp_path)) == 0
    assert "answer: not_looked" in capsys.readouterr().out


def test_a_run_keeps_what_its_instruments_did(
    ran: tuple[Path, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps(AREA))
    assert cathartes(monkeypatch, "coverage", area, "--gas", "ch4", "-w", ran[0], "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["answer"] == "not_looked"
    assert told["timelines"][0]["flight"] == "small"


@pytest.mark.parametrize("content", ["{}", "[1]", "nonsense", '{"type": "Polygon", "coordinates": [["a"]]}'])
def test_a_request_without_a_polygon_gets_a_sentence(
    tmp_path: Path, content: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    area = tmp_path / "area.geojson"
    area.write_text(content)
    assert cathartes(monkeypatch, "coverage", area, "--gas", "ch4", "-w", tmp_path / "workspace") == 1
    assert "area.geojson" in capsys.readouterr().err
