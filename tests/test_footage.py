"""The verbs of motion imagery as a user types them."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cathartes.cli import app
from cathartes.errors import BadInput
from cathartes.footage import movers_table, seen
from cathartes.model import digest_of
from tests.readers.motion.streams import START_US, packet, transport

SAMPLE = Path(__file__).parent / "samples" / "motion" / "aphill_short.ts"


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_inspect_answers_programs_as_promised():
    answer = json.loads(run("inspect", SAMPLE, "--json"))
    assert answer["packets"] == {"read": 48, "damaged": 0}
    assert answer["standards"] == ["EG 0104"]
    assert answer["error_budget_m"]["total"] > 0
    assert all(set(finding) == {"code", "sentence", "evidence", "value", "unit"} for finding in answer["findings"])
    assert {finding["code"] for finding in answer["findings"]} >= {"grid-north", "zero-plane", "clock-offset"}


def test_klv_writes_a_row_per_packet_and_the_computed_centre_is_near_the_stated(tmp_path):
    run("klv", SAMPLE, "-o", tmp_path / "a.csv", "--targets", tmp_path / "t.csv")
    rows = rows_of(tmp_path / "a.csv")
    assert len(rows) == 48
    assert rows[0]["time_utc"].startswith("2008-09-15 21:46:59.356")
    assert float(rows[0]["computed_frame_center_latitude_deg"]) == pytest.approx(float(rows[0]["frame_center_latitude_deg"]), abs=1e-5)
    assert rows_of(tmp_path / "t.csv") == []


def test_klv_writes_parquet_with_the_same_columns(tmp_path):
    from pyarrow import parquet

    run("klv", SAMPLE, "-o", tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.num_rows == 48
    assert {"standard", "damaged", "time_utc", "pts_s", "slant_range_m", "computed_corner_latitude_point_4_deg"} <= set(table.column_names)


def test_a_place_in_the_sample_was_in_view_and_one_elsewhere_was_not(tmp_path):
    run("index", SAMPLE, "-w", tmp_path)
    found = json.loads(run("seen", "-77.35374", "38.2456", "-w", tmp_path, "--json"))
    assert [one["recording"] for one in found] == ["aphill_short.ts"]
    assert found[0]["start_utc"].startswith("2008-09-15T21:46:59")
    assert json.loads(run("seen", "-77.3", "38.2", "--from", "2008-01-01", "-w", tmp_path, "--json")) == []


@pytest.mark.parametrize(("lon", "lat", "start"), [(38.0, -97.0, None), (0.0, 0.0, "yesterday")])
def test_a_question_that_is_none_gets_a_sentence(tmp_path, lon, lat, start):
    with pytest.raises(BadInput):
        seen(lon, lat, start, None, tmp_path)


def test_movers_are_placed_where_the_video_says_how_it_looked():
    table, tracks = movers_table(SAMPLE)
    assert table.column_names[:6] == ["frame", "track", "row", "col", "lon", "lat"]
    assert all(0 < each < 1000 for axis in ("major", "minor") for each in table[f"error_90_{axis}_m"].to_pylist())
    assert tracks == len(set(table["track"].to_pylist()))


def test_objects_writes_the_boxes_and_beside_them_what_they_were_made_with(tmp_path):
    pytest.importorskip("onnx", reason="models are built with onnx, of the extra `test`")
    from tests.detect.movement.test_objects import fixed_model

    boxes = [[[140, 200, 220, 280, 0.9, 0], [8, 180, 16, 190, 0.9, 1]]]
    model = fixed_model(tmp_path / "trucks.onnx", boxes, "{0: 'truck', 1: 'person'}", (1, 3, 480, 360))
    assert "left out, as persons are never placed: person" in run("objects", SAMPLE, "--model", model, "-o", tmp_path / "o.csv")
    rows, about = rows_of(tmp_path / "o.csv"), json.loads((tmp_path / "o.json").read_bytes())
    assert {row["class"] for row in rows} == {"truck"}
    assert {row["track"] for row in rows} == {"0"}
    assert all(float(row["lat"]) and float(row["error_90_major_m"]) for row in rows)
    assert about["model_sha256"] == digest_of(model.read_bytes())
    assert (about["left_out"], about["rows"]) == (["person"], len(rows))


@pytest.mark.parametrize(("start", "end"), [("2026-05-02", "2026-05-01"), ("2026-05-01T10:00:01Z", "2026-05-01T12:00:00+02:00")])
def test_a_span_of_time_that_ends_before_it_begins_is_refused(tmp_path, start, end):
    with pytest.raises(BadInput, match="lies after"):
        seen(0.0, 0.0, start, end, tmp_path)


@pytest.fixture
def metadata_alone(tmp_path):
    """A stream of KLV without video."""
    path = tmp_path / "alone.ts"
    path.write_bytes(transport([(9000 * number, packet({2: START_US.to_bytes(8, "big"), 65: b"\x0d"})) for number in range(8)]))
    return path


@pytest.mark.parametrize("words", [("still", "--at", 0), ("watch",), ("clip", "--from", 0, "--to", 1), ("movers",)])
def test_metadata_without_video_has_no_pictures_to_show(tmp_path, metadata_alone, words):
    result = CliRunner().invoke(app, [words[0], str(metadata_alone), *map(str, words[1:]), "-o", str(tmp_path / "out.csv")])
    assert isinstance(result.exception, BadInput)
    assert "no video" in str(result.exception)


@pytest.mark.parametrize("words", [("klv", "-o", "out.csv"), ("conform",)])
def test_a_file_without_metadata_is_not_told_as_an_empty_table(tmp_path, words):
    (tmp_path / "noise.ts").write_bytes(bytes(range(256)) * 20)
    result = CliRunner().invoke(app, [words[0], str(tmp_path / "noise.ts"), *words[1:]])
    assert isinstance(result.exception, BadInput)
    assert "no KLV" in str(result.exception)


def test_what_is_no_motion_imagery_is_not_indexed(tmp_path):
    (tmp_path / "noise.ts").write_bytes(bytes(range(256)) * 20)
    result = CliRunner().invoke(app, ["index", str(tmp_path / "noise.ts"), "-w", str(tmp_path)])
    assert isinstance(result.exception, BadInput)


def test_files_beside_one_that_cannot_be_read_are_indexed_and_told(tmp_path):
    (tmp_path / "noise.ts").write_bytes(bytes(range(256)) * 20)
    result = CliRunner().invoke(app, ["index", str(tmp_path / "noise.ts"), str(SAMPLE), str(tmp_path / "none.ts"), "-w", str(tmp_path)])
    assert result.exit_code != 0
    assert result.stdout == "aphill_short.ts: stretches with the ground in view: 1\n"
    assert [line.split(":")[0].split()[0] for line in str(result.exception).splitlines()] == ["noise.ts", "none.ts"]
    assert seen(-77.35374, 38.2456, None, None, tmp_path)


def test_what_no_reader_takes_is_told_with_a_line_for_each_reader(tmp_path):
    (tmp_path / "noise.ts").write_bytes(bytes(range(256)) * 20)
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / "noise.ts")])
    first, *others = str(result.exception).splitlines()
    assert first == "noise.ts: no reader takes it:"
    assert "  motion-imagery: it holds no transport packets, no KLV, and is no MP4, Matroska or AVI file" in others


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.klv"])
def test_what_is_no_video_is_refused_in_a_sentence(tmp_path, name):
    (tmp_path / name).write_bytes(bytes(range(256)) * 20)
    result = CliRunner().invoke(app, ["movers", str(tmp_path / name), "-o", str(tmp_path / "t.csv")])
    assert result.exit_code == 1
    assert isinstance(result.exception, BadInput)


def test_a_stream_cut_in_the_middle_is_read_and_its_movement_followed(tmp_path):
    (tmp_path / "cut.ts").write_bytes(SAMPLE.read_bytes()[:400_000])
    answer = json.loads(run("inspect", tmp_path / "cut.ts", "--json"))
    assert answer["packets"]["read"] > 10
    run("movers", tmp_path / "cut.ts", "-o", tmp_path / "t.csv")
