"""The path from a flight folder to leads: complete, repeatable to the byte, resumable, and the same on any executor."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from shapely import MultiPoint, Point

from cathartes import campaign
from cathartes.campaign import Campaign
from cathartes.errors import BadInput
from cathartes.model import Draws, Frame, GasLog, json
from cathartes.plugins import Detected, installed
from cathartes.release.redact import redact
from cathartes.store import Workspace
from cathartes.verifier import Report
from tests.assess.flown import flight, located_two, made_two
from tests.conftest import silent
from tests.release.sample_lead import sample_lead

Ran = tuple[Path, Campaign]
SAMPLE = Path(__file__).parent / "samples" / "motion" / "aphill_short.ts"


def products_in(workspace: Path) -> dict[str, bytes]:
    return {str(path.relative_to(workspace)): path.read_bytes() for path in sorted((workspace / "products").rglob("*")) if path.is_file()}


def run_in(workspace: Path, flight: Path, executor: Executor) -> Campaign:
    with Workspace.open(workspace) as opened:
        return campaign.run(flight, opened, executor, silent)


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_a_flight_becomes_a_lead_with_every_product(ran: Ran) -> None:
    workspace, result = ran
    (lead,) = result.leads
    assert {Path(name).name for name in products_in(workspace)} == {
        "coverage.json", "detections.geojson", "sources.geojson", "leads.geojson",
        *(f"{lead.id}.{suffix}" for suffix in ("html", "pdf", "geojson", "kml", "gpkg", "txt", "docx", "eml", "cot.xml", "stix.json")),
        "probability-ch4.tif",
        "detectability-ch4-en.png", "detectability-ch4-es.png",
        *(f"detectability-ch4-{rate}kgh.tif" for rate in ("0.1", "1", "10")),
    }  # fmt: skip


def test_a_file_that_no_reader_takes_is_listed_with_every_readers_reason(ran: Ran) -> None:
    (refusal,) = ran[1].contents.refused
    assert refusal.name == "instrument.bin"
    assert refusal.reasons.keys() == installed("readers").keys()


def test_a_second_run_computes_nothing_and_changes_no_byte(ran: Ran, small_flight: Path, tmp_path: Path, threads: Executor) -> None:
    workspace, result = ran
    again = run_in(tmp_path / "other", small_flight, threads)
    assert again.leads == result.leads
    assert products_in(tmp_path / "other") == products_in(workspace)


def test_maps_are_published_with_what_was_found_and_where_nothing_was(tmp_path: Path) -> None:
    found, detected = located_two(), Detected((), ())
    nothing = replace(found, sources=(), probability=None)
    with Workspace.open(tmp_path) as workspace:
        names = campaign.publish(flight(), detected, {"ch4": found, "nh3": nothing}, made_two(), workspace, silent)
    rates = ("0.03", "0.1", "0.5")
    maps = {f"detectability-{gas}-{rate}kgh.tif" for gas in ("ch4", "nh3") for rate in rates}
    pictures = {f"detectability-{gas}-{language}.png" for gas in ("ch4", "nh3") for language in ("en", "es")}
    written = {Path(name).name for name in names}
    assert {name for name in written if name.endswith((".tif", ".png"))} == {"probability-ch4.tif", *maps, *pictures}
    assert sum(name.endswith(".html") for name in written) == 2


def test_a_lead_shows_what_a_video_saw_near_its_source(tmp_path: Path) -> None:
    flown = tmp_path / "flight"
    flown.mkdir()
    (flown / "flight.toml").write_text('id = "camera"\n[marking]\ntlp = "TLP:GREEN"\nreleasable_to = ["MEX"]\n')
    (flown / "clip.ts").write_bytes(SAMPLE.read_bytes())
    contents = campaign.opened(flown)
    with Workspace.open(tmp_path / "workspace") as workspace:
        (moved,) = campaign.detect(contents, workspace, silent).detections
        plain = replace(sample_lead(Frame.WGS84), detections=(*sample_lead().detections, moved))
        (lead,) = campaign.shown((plain,), contents, workspace)
    (still,) = lead.stills
    assert still.detection == moved.id
    assert MultiPoint(still.footprint).convex_hull.contains(Point(moved.place.x, moved.place.y))
    assert redact(lead, "MEX", "B. Releaser", None).lead.stills[0].picture == still.picture
    assert len(json.encode(still)) < 200_000


class Killed(BaseException):
    """Stands for the process being killed: nothing catches it."""


@pytest.mark.parametrize("step", range(0, 18, 2))
def test_a_run_killed_at_any_entry_is_finished_by_the_next_with_the_same_bytes(
    step: int, ran: Ran, small_flight: Path, tmp_path: Path, threads: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = step
    enter = Workspace._enter

    def enter_or_die(self: Workspace, *entry: str) -> None:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        enter(self, *entry)

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "_enter", enter_or_die)
        with pytest.raises(Killed):
            run_in(tmp_path, small_flight, threads)
    run_in(tmp_path, small_flight, threads)
    assert products_in(tmp_path) == products_in(ran[0])


def test_two_dask_workers_give_the_same_bytes_as_two_threads(ran: Ran, small_flight: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the cluster extra is not installed")
    local = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(**local) as cluster, distributed.Client(cluster) as client, client.get_executor() as workers:
        run_in(tmp_path, small_flight, workers)
    assert products_in(tmp_path) == products_in(ran[0])


def test_what_the_workspace_holds_is_proved_after_a_run(ran: Ran) -> None:
    from cathartes.store import check

    report: Report = check(ran[0])
    assert report.broken == []


def test_the_draws_are_the_contract_of_the_design(small_flight: Path, threads: Executor) -> None:
    draws = campaign.draws_of(small_flight, threads, silent)
    assert len(draws.draws) >= 200
    assert sum(draw.weight for draw in draws.draws) == pytest.approx(1)
    assert json.decode(json.encode(draws), Draws) == draws


def test_a_flight_without_a_gas_log_is_refused_by_locate(small_flight: Path, tmp_path: Path, threads: Executor) -> None:
    (tmp_path / "flight.toml").write_text((small_flight / "flight.toml").read_text())
    with pytest.raises(BadInput, match="no gas log"):
        campaign.draws_of(tmp_path, threads, silent)


def test_a_gas_that_was_not_measured_is_named(small_flight: Path, tmp_path: Path, threads: Executor) -> None:
    (tmp_path / "flight.toml").write_text((small_flight / "flight.toml").read_text().replace('"ch4"', '"acetone"'))
    (tmp_path / "methane.csv").write_bytes((small_flight / "methane.csv").read_bytes())
    with pytest.raises(BadInput, match=r"acetone.*ch4"):
        campaign.draws_of(tmp_path, threads, silent)


def test_recordings_are_kept_with_the_bytes_they_were_read_from(ran: Ran, small_flight: Path) -> None:
    workspace, result = ran
    logs = [reading for reading in result.contents.readings if isinstance(reading.content, GasLog)]
    with Workspace.open(workspace) as opened:
        assert opened.load("file", logs[0].recording.digest) == (small_flight / "methane.csv").read_bytes()
