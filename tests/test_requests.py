"""A request answered from the command line, over what a workspace's flights kept."""

import json
import re
from pathlib import Path

import pytest

from cathartes.model import Detectability, Frame, Grid, GridQuantity, Statement
from cathartes.model import json as nouns
from cathartes.store import Workspace
from cathartes.store.footprints import Footprints
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
    assert cathartes(monkeypatch, "coverage", area, "--gas", "ch4", "-w", kept(tmp_path)) == 1
    assert "area.geojson" in capsys.readouterr().err


def test_the_cameras_of_a_run_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    flight = tmp_path / "flight"
    flight.mkdir()
    (flight / "flight.toml").write_text('id = "camera"\n')
    (flight / "clip.ts").write_bytes((Path(__file__).parent / "samples" / "motion" / "aphill_short.ts").read_bytes())
    assert cathartes(monkeypatch, "run", flight, "-w", tmp_path / "workspace") == 0
    capsys.readouterr()
    area, out = tmp_path / "area.geojson", tmp_path / "out"
    with Footprints.open(tmp_path / "workspace") as footprints:
        (swath,) = footprints.over(-180.0, -90.0, 180.0, 90.0)
    lon, lat = swath.corners.mean(axis=(0, 1))
    answers = []
    for size, west in ((1e-5, lon + 5.0), (1e-5, lon), (1.0, lon)):
        box = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        area.write_text(json.dumps({"type": "Polygon", "coordinates": [[[west + size * x, lat + size * y] for x, y in box]]}))
        assert cathartes(monkeypatch, "coverage", area, "--video", "-w", tmp_path / "workspace", "-o", out, "--json") == 0
        answers.append(json.loads(capsys.readouterr().out))
    elsewhere, small, large = answers
    assert [each["answer"] for each in answers] == ["not_looked", "nothing_down_to", "found"]
    assert small["looks"][0]["recording"] == large["looks"][0]["recording"] == "clip.ts"
    assert (0.03 < small["down_to_m"] < 0.3, large["down_to_m"], elsewhere["looks"]) == (True, None, [])
    assert large["found"][0].startswith("movement")
    assert (out / "coverage-video-element-m.tif").read_bytes()[:2] == b"II"
    assert cathartes(monkeypatch, "coverage", area, "--video", "-w", tmp_path / "workspace") == 0
    assert re.search(r"^clip.ts: in view from 2008-09-15T\S+Z to 2008-09-15T\S+Z$", capsys.readouterr().out, re.MULTILINE)


def test_a_request_asks_for_a_gas_or_for_the_cameras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cathartes(monkeypatch, "coverage", tmp_path / "area.geojson", "-w", tmp_path) == 2
    assert cathartes(monkeypatch, "coverage", tmp_path / "area.geojson", "--gas", "", "-w", tmp_path) == 2
