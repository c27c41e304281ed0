"""From an authority in flight.toml to what may leave the desk."""

import json
import shutil
from pathlib import Path

import pytest

from cathartes.campaign import opened
from cathartes.model import Tlp
from tests.test_cli import cathartes

TABLE = """
[authority]
requested_by = "a regulator (sample)"
legal_basis = "open measurements (sample)"
purpose = "find a controlled release"
area = [[-500.0, -500.0], [500.0, -500.0], [500.0, 500.0], [-500.0, 500.0]]
start = 2000-01-01T00:00:00Z
end = 2030-01-01T00:00:00Z
height_m = [0.0, {top}]
height_reference = "agl"
sensors = ["gas_log"]
"""


def with_authority(small_flight: Path, folder: Path, top: float) -> Path:
    copy = shutil.copytree(small_flight, folder / "flight")
    toml = (copy / "flight.toml").read_text()
    lines = ["start = 2017-06-01T00:00:00Z" if line.startswith("authority") else line for line in toml.splitlines()]
    (copy / "flight.toml").write_text("\n".join(lines) + TABLE.format(top=top))
    return copy


def test_the_auditor_sees_every_rule_of_every_recording(
    small_flight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flight = with_authority(small_flight, tmp_path, top=100.0)
    assert cathartes(monkeypatch, "authority", flight, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["authority"]["legal_basis"] == "open measurements (sample)"
    (log,) = told["recordings"]
    assert log["name"] == "methane.csv"
    assert {check["rule"] for check in log["checks"]} == {"stated", "time", "area", "height", "sensor"}
    assert log["allowed"], log


def test_collection_outside_the_authority_is_marked_and_never_leaves(
    small_flight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flight = with_authority(small_flight, tmp_path, top=0.5)
    contents = opened(flight)
    assert contents.flight.marking.whole.tlp is Tlp.RED
    marked = next(each.recording for each in contents.readings if each.recording.kind == "gas_log")
    assert marked.health[-1].key == "authority.denied"
    workspace = tmp_path / "workspace"
    assert cathartes(monkeypatch, "run", flight, "-w", workspace, "--json") == 0
    lead = json.loads(capsys.readouterr().out)["leads"][0]
    assert cathartes(monkeypatch, "review", lead, "accept", "--by", "Ana", "--why", "plume and wind agree", "-w", workspace) == 0
    assert cathartes(monkeypatch, "release", lead, "--to", "MEX", "--by", "Benito", "-w", workspace) == 1
    assert "marking" in capsys.readouterr().err


def test_a_flight_within_its_authority_keeps_its_marking(small_flight: Path, tmp_path: Path) -> None:
    assert opened(with_authority(small_flight, tmp_path, top=100.0)).flight.marking == opened(small_flight).flight.marking


def test_no_table_is_said_to_allow_nothing(small_flight: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert cathartes(monkeypatch, "authority", small_flight) == 0
    assert "methane.csv: DENIED, yet released as the flight's marking says" in capsys.readouterr().out


def test_a_typo_in_the_table_is_named(
    small_flight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    flight = with_authority(small_flight, tmp_path, top=100.0)
    toml = flight / "flight.toml"
    toml.write_text(toml.read_text().replace("legal_basis", "legal_base"))
    assert cathartes(monkeypatch, "authority", flight) == 1
    assert "did you mean 'legal_basis'" in capsys.readouterr().err
