"""The command line: exit status, one sentence on standard error, tables for people and JSON for programs."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cathartes import cli, verifier
from cathartes.campaign import Campaign
from cathartes.cli.door import app
from cathartes.model import digest_of
from cathartes.store.objects import Objects


def cathartes(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run the command line in this process; returns its exit status."""
    monkeypatch.setattr(sys, "argv", ["cathartes", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.fixture
def workspace(ran: tuple[Path, Campaign], tmp_path: Path) -> Path:
    return shutil.copytree(ran[0], tmp_path / "workspace")


def test_a_run_ends_with_a_table_and_the_paths_of_its_products(
    workspace: Path, small_flight: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "run", small_flight, "-w", workspace) == 0
    printed = capsys.readouterr().out
    assert "instrument.bin: no reader takes it" in printed
    assert re.search(r"kg/h", printed)
    assert "sources.geojson" in printed


def test_help_lists_every_verb_once_under_a_discipline(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    verbs = {verb.name or verb.callback.__name__ for verb in app.registered_commands if verb.callback}
    verbs |= {str(group.name) for group in app.registered_groups}
    assert cathartes(monkeypatch, "--help") == 0
    listed = re.findall(r"^  ([a-z]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert sorted(listed) == sorted(verbs)


def test_json_is_one_document(
    workspace: Path, small_flight: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "run", small_flight, "-w", workspace, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["flight"] == "small"
    assert len(answer["leads"]) == 1


def test_from_lead_to_verified_bundle_in_four_commands(
    workspace: Path, ran: tuple[Path, Campaign], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = ran[1].leads[0].id
    assert cathartes(monkeypatch, "review", lead, "accept", "--by", "Ana", "--why", "plume and wind agree", "-w", workspace) == 0
    assert cathartes(monkeypatch, "release", lead, "--to", "MEX", "--by", "Benito", "-w", workspace) == 0
    bundle = Path(capsys.readouterr().out.splitlines()[-1])
    assert cathartes(monkeypatch, "verify", bundle) == 0
    assert cathartes(monkeypatch, "verify", workspace) == 0


def test_a_case_is_led_from_lead_to_erasure_by_programs_alone(
    workspace: Path, ran: tuple[Path, Campaign], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*words: object) -> Any:
        assert cathartes(monkeypatch, *words, "-w", workspace, "--json") == 0
        return json.loads(capsys.readouterr().out)

    lead = ran[1].leads[0].id
    assert told("claim", "--by", "Ana")["lead"] == lead
    assert told("review", lead, "accept", "--by", "Ana", "--why", "plume and wind agree")["verdict"] == "accept"
    bundle = Path(told("release", lead, "--to", "MEX", "--by", "Benito")["bundle"])
    assert told("sent", bundle.stem, "--by", "Benito", "--urgency", "urgent")["urgency"] == "urgent"
    assert told("policy") == {"policy": None, "enactment": None}
    (correction,) = told("recall", lead, "--by", "Ana", "--why", "the clock was wrong")["corrections"]
    assert told("confirm", correction["id"], "--by", "Carmen")["correction"] == correction["id"]
    assert told("retain", "small", "--review", "2027-01-01", "--until", "2028-01-01", "--by", "Ana", "--why", "rule 7")["what"] == "small"
    assert {each["kind"] for each in told("erase", "small", "--by", "Ana", "--dry-run")} >= {"lead", "release", "retention"}
    assert told("erase", "small", "--by", "Ana", "--why", "rule 7")["contents"] > 10
    assert told("hold", "small", "--by", "Ana", "--why", "a court asks")["what"] == "small"


def test_a_workspace_in_which_a_command_was_cut_off_is_called_unfinished_until_one_has_ended(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "parts" / "open").write_bytes(b"")
    content = b"entered, then cut off"
    entry = {"act": "ingest", "at": "2026-01-01T00:00:00Z", "digest": digest_of(content), "id": "x", "kind": "note", "of": ""}
    Objects(str(workspace / "objects"), workspace / "parts").put(content)
    with (workspace / "ledger.log").open("ab") as ledger:
        ledger.write(verifier.canonical(entry) + b"\n")
    assert cathartes(monkeypatch, "verify", workspace) == 1
    assert "cannot be proved yet" in capsys.readouterr().err
    assert cathartes(monkeypatch, "leads", "-w", workspace) == 0
    assert cathartes(monkeypatch, "verify", workspace) == 0


def test_a_bundle_with_a_changed_byte_is_not_proved(
    workspace: Path, ran: tuple[Path, Campaign], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = ran[1].leads[0].id
    cathartes(monkeypatch, "review", lead, "accept", "--by", "Ana", "--why", "plume and wind agree", "-w", workspace)
    cathartes(monkeypatch, "release", lead, "--to", "MEX", "--by", "Benito", "-w", workspace)
    bundle = Path(capsys.readouterr().out.splitlines()[-1])
    content = bytearray(bundle.read_bytes())
    content[len(content) // 2] ^= 1
    bundle.write_bytes(content)
    assert cathartes(monkeypatch, "verify", bundle) == 1


@pytest.mark.parametrize("words", [
    "status", "queue", "leads", "reminders", "outcomes", "retention", "policy", "recall lead-1 --by A --why x", "claim --by A",
    "sent release-1 --by A", "deconflict -107.4 24.8", "seen 1 1", "fuse -o out/s.geojson", "lists show", "claims show",
    "features --to MEX", "confirm correction-1 --by A", "hold lead-1 --by A --why x", "disclose lead-1 -o out/d.zip",
])  # fmt: skip
def test_a_misspelt_workspace_is_named_and_not_made(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cathartes(monkeypatch, *words.split(), "-w", "wrokspace") == 1
    assert re.fullmatch("cathartes: wrokspace (is no workspace|has no index).*\n", capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["run", "no-such-folder"], 1),
        (["inspect", "no-such-file"], 1),
        (["verify", "no-such-bundle"], 1),
        (["receive", "no-such-reply"], 1),
        (["review", "lead-x", "accept", "--by", "Ana", "--why", "x"], 1),
        (["review", "lead-x", "perhaps", "--by", "Ana", "--why", "x"], 2),
        (["release", "lead-x"], 2),
        (["no-such-verb"], 2),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_a_status(
    words: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cathartes(monkeypatch, *words) == status
    complaint = capsys.readouterr().err
    assert complaint
    assert "Traceback" not in complaint
    if status == 1:
        assert complaint.startswith("cathartes: ")
        assert len(complaint.splitlines()) == 1


def test_inspect_says_what_is_in_a_recording(
    small_flight: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "inspect", small_flight / "methane.csv") == 0
    assert "ch4" in capsys.readouterr().out
    assert cathartes(monkeypatch, "inspect", small_flight / "methane.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["samples"] == 280


def test_inspect_gives_every_readers_reason_for_a_file_none_takes(
    small_flight: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "inspect", small_flight / "instrument.bin") == 1
    complaint = capsys.readouterr().err
    assert all(f"{reader}: " in complaint for reader in ("gas-log", "track", "text-report", "emitter-list"))


def test_draws_are_written_where_asked(small_flight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "new" / "draws.json"
    assert cathartes(monkeypatch, "locate", small_flight, "-o", output) == 0
    draws = json.loads(output.read_text())
    assert draws["frame"] == "local"
    assert set(draws["draws"][0]) == {"weight", "sources"}
    assert all(set(source) == {"x_m", "y_m", "rate_kg_h"} for draw in draws["draws"] for source in draw["sources"])


def test_detections_to_sites_to_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["a,2026-03-01T12:00:00Z,-107.4,24.8,30,gas-column,ch4,10,one", "b,2026-03-01T15:00:00Z,-107.4003,24.8,30,mention,,,two"]
    (tmp_path / "list.csv").write_text("\n".join(["id,time_utc,lon,lat,sigma_m,kind,gas,rate_kg_h,instrument", *rows, ""]))
    assert cathartes(monkeypatch, "fuse", tmp_path / "list.csv", "-o", tmp_path / "sites.geojson") == 0
    assert (
        cathartes(monkeypatch, "fuse", tmp_path / "list.csv", "-o", tmp_path / "again.geojson", "--since", tmp_path / "sites.geojson") == 0
    )
    assert (tmp_path / "again.geojson").read_bytes() == (tmp_path / "sites.geojson").read_bytes()
    capsys.readouterr()
    assert cathartes(monkeypatch, "notices", tmp_path / "sites.geojson", "--json") == 0
    site = json.loads((tmp_path / "sites.geojson").read_text())["features"][0]
    assert site["properties"]["detections"] == ["a", "b"]
    assert json.loads(capsys.readouterr().out) == [{"receiver": "MEX", "site": site["id"], "day": "2026-03-01"}]


def test_every_argument_and_option_of_every_verb_is_explained_and_no_sentence_is_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(unexplained(get_command(app), "cathartes")) == []
    assert cathartes(monkeypatch, "--help") == 0
    assert "..." not in capsys.readouterr().out.replace("[ARGS]...", "")


def unexplained(verb: Any, name: str) -> Iterator[str]:
    """Every parameter of the verb, and of the verbs below it, that `--help` says nothing about."""
    for below in getattr(verb, "commands", {}).values():
        yield from unexplained(below, f"{name} {below.name}")
    yield from (f"{name}: {each.name}" for each in verb.params if not each.help)


def test_an_output_that_cannot_be_written_is_one_sentence(
    workspace: Path, ran: tuple[Path, Campaign], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "disclose", ran[1].leads[0].id, "-o", workspace, "-w", workspace) == 1
    assert re.fullmatch(f"cathartes: {workspace} cannot be read or written: .*\n", capsys.readouterr().err)


@pytest.mark.parametrize("verb", ["klv", "movers", "objects --model none.onnx"])
def test_a_table_of_an_unknown_kind_is_refused_before_a_video_is_searched(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, *verb.split(), "no-such-video.ts", "-o", "table.xlsx") == 1
    assert "table.xlsx ends in .xlsx; name a file that ends in" in capsys.readouterr().err


def test_a_name_that_is_not_utf8_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert cathartes(monkeypatch, "inspect", "caf\udce9.csv") == 1
    assert capsys.readouterr().err == "cathartes: 'caf\\udce9.csv' is not UTF-8; rename the file, or set the terminal to UTF-8\n"


def test_a_folder_without_recordings_says_that_nothing_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flight").mkdir()
    (tmp_path / "flight" / "flight.toml").write_text('id = "bare"\n')
    assert cathartes(monkeypatch, "run", tmp_path / "flight", "-w", tmp_path / "workspace") == 0
    assert capsys.readouterr().out.startswith("no lead: the folder holds no recording that a reader takes\n")


def test_extract_writes_values_in_words_and_refuses_a_grade_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tip.txt").write_text("Aseguraron 12 mil pastillas en Cosalá, Sinaloa.")
    assert cathartes(monkeypatch, "extract", tmp_path / "tip.txt", "--grade", "B2") == 0
    assert "value 12000, unit tablet" in capsys.readouterr().out
    assert cathartes(monkeypatch, "extract", tmp_path / "tip.txt", "--grade", "Z9") == 1
    assert capsys.readouterr().err == "cathartes: found the grade Z9; expected a letter A to F and a number 1 to 6, such as B2\n"


def test_ctrl_c_waits_for_no_thread_and_says_that_nothing_is_lost() -> None:
    lines = [
        "import time; from cathartes.cli.door import executor_for",
        "with executor_for(None) as threads:",
        "    threads.submit(time.sleep, 60)",
        "    raise KeyboardInterrupt",
    ]
    ended = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=50)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "cathartes: stopped; nothing stored is lost, and the same command goes on from there\n"
