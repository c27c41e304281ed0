"""The verbs of networks and lists, as programs call them."""

import csv
import json
from pathlib import Path

import pytest

from cathartes.store import Workspace
from tests.test_cli import cathartes

LIST = "entity_id,name,kind\n1,Jesús Ramiro QUIÑONES URDAPILLETA,person\n2,Aceites del Istmo,organization\n"
QUERIES = "query_id,name\na,Chuy Quiñones\nb,Aceites del Istmo SA de CV\nc,\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    (tmp_path / "queries.csv").write_text(QUERIES, encoding="utf-8")
    return tmp_path


def hits(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_screen_writes_ranked_hits_with_reasons(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("screen", "--list", files / "list.csv", "--queries", files / "queries.csv", "-o", files / "hits.csv")
    assert cathartes(monkeypatch, *words) == 0
    rows = hits(files / "hits.csv")
    assert list(rows[0]) == ["query_id", "entity_id", "rank", "score", "why"]
    assert [(row["query_id"], row["entity_id"]) for row in rows if row["rank"] == "1"] == [("a", "1"), ("b", "2")]
    assert cathartes(monkeypatch, *words, "--language", "es") == 0
    assert "forma corta" in hits(files / "hits.csv")[0]["why"]


def test_screen_names_its_list_for_programs(files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        cathartes(monkeypatch, "screen", "--list", files / "list.csv", "--queries", files / "queries.csv", "-o", files / "h.csv", "--json")
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert (answer["list"], answer["parties"], answer["queries"]) == ("list", 2, 3)
    assert len(answer["sha256"]) == 64


@pytest.mark.parametrize("queries", ["", "name\nAna\n", "query_id,name\n,Ana\n"])
def test_queries_without_their_columns_are_one_sentence(
    queries: str, files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "queries.csv").write_text(queries)
    assert cathartes(monkeypatch, "screen", "--list", files / "list.csv", "--queries", files / "queries.csv", "-o", files / "hits.csv") == 1
    assert "query_id" in capsys.readouterr().err


def test_fragment_writes_ranks_with_their_intervals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cathartes.network.fragment.STEPS", 100_000)
    monkeypatch.setattr("cathartes.network.fragment.SHORT_STEPS", 10_000)
    (tmp_path / "edges.csv").write_text("source,target,weight\n" + "".join(f"hub,n{leaf},1\n" for leaf in range(6)))
    assert cathartes(monkeypatch, "network", "fragment", tmp_path / "edges.csv", "-o", tmp_path / "ranks.csv") == 0
    rows = hits(tmp_path / "ranks.csv")
    assert list(rows[0]) == ["node", "rank", "rank_lo", "rank_hi"]
    assert (rows[0]["node"], rows[0]["rank"], len(rows)) == ("hub", "1", 7)


def test_change_answers_programs_with_alarms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for number in range(6):
        hub = "heir" if number == 5 else "broker"
        paths.append(tmp_path / f"w{number}.csv")
        paths[-1].write_text(
            "source,target,weight\n" + "".join(f"{hub},n{leaf},{5 + (leaf + number) % 3}\n" for leaf in range(12)) + "n1,n2,1\n"
        )
    assert cathartes(monkeypatch, "network", "change", *paths, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert {alarm["window"] for alarm in answer["alarms"]} == {6}
    assert set(answer["alarms"][0]) == {"window", "kind", "score", "why"}
    assert cathartes(monkeypatch, "network", "change", *paths[:4]) == 0
    assert "no alarm in 4 windows" in capsys.readouterr().out


def test_structure_and_lists_answer_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "edges.csv").write_text("source,target\na,b\nb,c\n")
    assert cathartes(monkeypatch, "network", "structure", tmp_path / "edges.csv", "-o", tmp_path / "nodes.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["cut_nodes"] == 1
    assert [row["is_cut"] for row in hits(tmp_path / "nodes.csv")] == ["0", "1", "0"]
    assert cathartes(monkeypatch, "lists", "load", "us-fto-mexico", "-w", tmp_path / "w", "--json") == 0
    assert json.loads(capsys.readouterr().out)["parties"] == 6
    assert cathartes(monkeypatch, "lists", "show", "-w", tmp_path / "w", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["dated"] == "2025-02-20"
    assert cathartes(monkeypatch, "lists", "load", "us-fto-mexico", "-w", tmp_path / "w", "--dated", "soon") == 1
    assert "--dated" in capsys.readouterr().err


def test_chart_follows_the_name_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ties.csv").write_text("source,target,said\nAceites,Bodega 4,report-7\n")
    for suffix in ("html", "graphml", "gexf", "json"):
        assert (
            cathartes(monkeypatch, "network", "chart", tmp_path / "ties.csv", "-o", tmp_path / f"chart.{suffix}", "--language", "es") == 0
        )
        assert b"report-7" in (tmp_path / f"chart.{suffix}").read_bytes()
    assert cathartes(monkeypatch, "network", "chart", tmp_path / "ties.csv", "-o", tmp_path / "chart.png") == 1
    assert ".graphml" in capsys.readouterr().err


ROW = (
    "p-1,Company,name,Aceites del Istmo,report-7,intercept-3,B2,Ana,court order 12/2025,2025-01-01,2025-06-01,2099-01-01,2099-06-01,page 3"
)
HEADER = "party,schema,property,value,source,origin,grade,author,basis,first_seen,last_seen,review_on,expires_on,place_in_source"


def test_claims_are_kept_shown_decided_on_and_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "claims.csv").write_text(f"{HEADER}\n{ROW}\n{ROW.replace('p-1', 'p-2')}\n")
    workspace = ["-w", str(tmp_path / "w")]
    for words in (
        ["claims", "add", str(tmp_path / "claims.csv")],
        ["claims", "decide", "p-1", "p-2", "same", "--by", "Ana", "--why", "same RFC"],
        ["claims", "show"],
        ["claims", "export", "-o", str(tmp_path / "out.json"), "--as", "ftm"],
    ):
        assert cathartes(monkeypatch, *words, *workspace) == 0
    printed = capsys.readouterr().out
    assert "2 claims read, 2 of them new" in printed
    assert "B2" in printed
    assert "ftm cannot carry grade" in printed
    assert (tmp_path / "out.json").read_bytes().count(b"Aceites") == 2


def test_leads_without_mentions_are_tied_by_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Workspace.open(tmp_path / "w"):
        pass
    assert cathartes(monkeypatch, "network", "leads", "-w", tmp_path / "w", "-o", tmp_path / "ties.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"ties": 0, "shared": {}}
    assert (tmp_path / "ties.csv").read_text() == "source,target,weight,said\n"


@pytest.mark.parametrize("name", ["none.csv", "none.json"])
def test_a_file_of_claims_that_is_not_there_is_one_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cathartes(monkeypatch, "claims", "add", tmp_path / name, "-w", tmp_path / "w") == 1
    assert "cannot be read" in capsys.readouterr().err
