"""The OGC API Features endpoint over 127.0.0.1: conformance, pages, filters, and nothing that this audience was not released."""

import json as text_json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from wsgiref.simple_server import make_server

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes import casework, following
from cathartes.errors import BadInput
from cathartes.model import Frame, Verdict, json
from cathartes.release.export import export
from cathartes.release.features import answer
from cathartes.serving import Endpoint, Handler
from cathartes.store import Workspace
from tests.release.sample_lead import busy_lead

LEAD = busy_lead(Frame.WGS84)
ITEMS = "/collections/releases/items"
Get = Callable[..., Any]


class Quiet(Handler):
    def log_message(self, *_: object) -> None:
        """Says nothing into the test's output."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which one lead was released to Mexico."""
    folder = tmp_path_factory.mktemp("released") / "workspace"
    with Workspace.open(folder) as workspace:
        workspace.keep("flight", LEAD.flight, b"{}", act="ingest")
        workspace.keep("lead", LEAD.id, json.encode(LEAD), act="result", of=LEAD.flight)
        casework.review(LEAD.id, Verdict.ACCEPT, "Ana", "plume and wind agree", workspace)
        casework.release(LEAD.id, "MEX", "Benito", workspace)
    return folder


def served(folder: Path, audience: str) -> Iterator[Get]:
    with make_server("127.0.0.1", 0, Endpoint(folder, audience), handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def get(path: str, method: str = "GET") -> Any:
            asked = Request(path if path.startswith("http") else f"http://127.0.0.1:{server.server_port}{path}", method=method)
            with urlopen(asked, timeout=20) as given:
                return text_json.loads(given.read() or b"null")

        yield get
        server.shutdown()


@pytest.fixture
def get(folder: Path) -> Iterator[Get]:
    yield from served(folder, "MEX")


def status(get: Get, path: str, method: str = "GET") -> int:
    try:
        get(path, method)
    except HTTPError as refused:
        with refused:
            return refused.code
    return 200


def test_a_client_finds_its_way_from_the_landing_page_to_a_feature(get: Get) -> None:
    links = {link["rel"]: link["href"] for link in get("/")["links"]}
    assert links.keys() == {"self", "service-desc", "conformance", "data"}
    assert [name.rsplit("/", 1)[1] for name in get(links["conformance"])["conformsTo"]] == ["core", "geojson"]
    assert get(links["service-desc"])["openapi"].startswith("3.0")
    (collection,) = get(links["data"])["collections"]
    page = get(next(link["href"] for link in collection["links"] if link["rel"] == "items"))
    assert page["numberReturned"] == page["numberMatched"] == len(page["features"]) > 1
    first = page["features"][0]
    assert {name: get(f"{ITEMS}/{first['id']}")[name] for name in first} == first
    west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
    assert west <= first["geometry"]["coordinates"][0] <= east
    assert south <= first["geometry"]["coordinates"][1] <= north


def test_the_endpoint_has_what_the_released_geojson_has(folder: Path, get: Get) -> None:
    with Workspace.open(folder) as workspace:
        (release,) = workspace.find("release")
        written = text_json.loads(export(json.decode(workspace.load("release", release), casework.Release), "geojson"))
    assert [each["geometry"] for each in get(ITEMS)["features"]] == [each["geometry"] for each in written["features"]]
    assert {each["properties"]["audience"] for each in get(ITEMS)["features"]} == {"MEX"}


def test_gdal_reads_it_as_a_client_of_this_standard(get: Get) -> None:
    # In a process of its own: GDAL waits for the answer while it holds the interpreter that would give it.
    told = "import sys, pyogrio; print(pyogrio.read_info(sys.argv[1], layer='releases', force_feature_count=True))"
    address = f"OAPIF:{get('/')['links'][0]['href']}"
    read = subprocess.run([sys.executable, "-c", told, address], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "'crs': 'EPSG:4326'" in read
    assert f"'features': {get(ITEMS)['numberMatched']}," in read


def test_another_audience_is_shown_nothing(folder: Path) -> None:
    for get in served(folder, "USA"):
        assert get(ITEMS)["features"] == []
        assert "extent" not in get("/collections/releases")


def test_pages_follow_one_another_and_hold_everything_once(get: Get) -> None:
    whole, path, seen = get(ITEMS)["features"], f"{ITEMS}?limit=2", []
    while path:
        page = get(path)
        assert page["numberReturned"] <= 2
        seen += page["features"]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert seen == whole


def test_box_and_time_leave_out_what_lies_outside(get: Get) -> None:
    every = get(ITEMS)["numberMatched"]
    lon, lat = LEAD.sources[0].place.x, LEAD.sources[0].place.y
    assert 1 <= get(f"{ITEMS}?bbox={lon - 1},{lat - 1},{lon + 1},{lat + 1}")["numberMatched"] <= every
    assert get(f"{ITEMS}?bbox={lon + 5},{lat - 1},{lon + 6},{lat + 1}")["numberMatched"] == 0
    assert get(f"{ITEMS}?bbox={lon + 6},{lat - 1},{lon + 5},{lat + 1}")["numberMatched"] == every  # over the 180th meridian
    assert get(f"{ITEMS}?datetime=2020-01-01T00:00:00Z/..")["numberMatched"] == every
    assert get(f"{ITEMS}?datetime=../2020-01-01T00:00:00Z")["numberMatched"] == 0


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        (f"{ITEMS}?limit=0", "GET", 400),
        (f"{ITEMS}?bbox=1,2,3", "GET", 400),
        (f"{ITEMS}?bbox=nan,0,1,1", "GET", 400),
        (f"{ITEMS}?datetime=yesterday", "GET", 400),
        (f"{ITEMS}?datetime=2026-01-01T00:00:00", "GET", 400),
        (f"{ITEMS}?audience=desk", "GET", 400),
        ("/?x=1", "GET", 400),
        ("/collections/leads/items", "GET", 404),
        (f"{ITEMS}/lead-1", "GET", 404),
        (ITEMS, "POST", 405),
        (ITEMS, "HEAD", 200),
    ],
)
def test_what_cannot_be_asked_is_refused(get: Get, path: str, method: str, code: int) -> None:
    assert status(get, path, method) == code


def test_what_is_withdrawn_is_gone_at_the_next_request(folder: Path, tmp_path: Path) -> None:
    for get in served(shutil.copytree(folder, tmp_path / "workspace"), "MEX"):
        assert get(ITEMS)["features"]
        with Workspace.open(tmp_path / "workspace") as workspace:
            following.recall(LEAD.id, "the wind was wrong", "Carla", workspace)
            assert get("/conformance")  # while a command runs, what it has not sealed is not there yet
        assert get(ITEMS)["features"] == []


def test_a_folder_that_is_no_workspace_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no workspace"):
        Endpoint(tmp_path, "MEX")


@given(st.text(), st.dictionaries(st.sampled_from(["bbox", "datetime", "limit", "offset", "x"]), st.text()))
def test_no_request_makes_it_stumble(path: str, query: dict[str, str]) -> None:
    for asked in (path, ITEMS):
        assert answer(asked, query, "http://127.0.0.1", ()).status in (200, 400, 404)
