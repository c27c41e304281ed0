"""The page on which a video is watched: alone, the same each time, and never drawing another moment than the picture's."""

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import av
import cv2
import numpy as np
import pytest
import rasterio
from affine import Affine

from cathartes.earth.ground import on_ground
from cathartes.errors import BadInput
from cathartes.footage import still
from cathartes.model import Custody, Detection, DetectionKind, Flight, Frame, MotionImagery, Place, Pose, Span, Statement, StreamFinding
from cathartes.model.samples import CLOCK_TURN_S
from cathartes.readers.height_grid import open_ground
from cathartes.readers.motion.parts import read_stream
from cathartes.readers.motion.reader import MotionReader, imagery_of
from cathartes.release.player import Mark, player_page
from cathartes.release.still import products, still_at, stills_of

SAMPLE = Path(__file__).parents[1] / "samples" / "motion" / "aphill_short.ts"
COUNT, SIDE, RATE = 24, 160, 10
BITS = 5


@pytest.fixture(scope="module")
def sample():
    return MotionReader().read(SAMPLE, Flight("a"))


def numbered_video(path):
    """Each picture shows its own number as five black or white squares."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE)
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        for number in range(COUNT):
            picture = np.full((SIDE, SIDE, 3), 90, np.uint8)
            for bit in range(BITS):
                picture[:32, bit * 32 : bit * 32 + 32] = 255 if number >> bit & 1 else 0
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)


def numbered(path):
    """Motion imagery with a row of metadata per numbered picture."""
    numbered_video(path)
    along = np.linspace(0, 1e-3, COUNT)
    pose = Pose(**{name: np.zeros(COUNT) for name in Pose.__dataclass_fields__})
    centre = np.stack((along, along), axis=1)
    corners = centre[:, None, :] + 1e-4 * np.array([(-1, 1), (1, 1), (1, -1), (-1, -1)])
    nothing = np.full(COUNT, np.nan)
    return MotionImagery(
        path, COUNT, 0, ("ST 0601",), nothing, np.arange(COUNT) / RATE, pose, np.zeros(COUNT), centre, corners, np.arange(COUNT) / RATE,
        (StreamFinding("no-time", Statement("stream.no-time")),), {"total": 3.0}, (1.0,) * 6, nothing, "CONFIDENTIAL",
    )  # fmt: skip


def test_the_page_needs_nothing_else_and_is_the_same_each_time(sample):
    page = player_page(sample.content, sample.recording.digest, {}, "en")
    assert page == player_page(sample.content, sample.recording.digest, {}, "en")
    assert not re.findall(rb'(?:src|href)="(?!data:)', page)
    assert b"http" not in re.sub(rb'base64,[^"]*', b"", page)


def test_the_page_shows_marking_findings_and_rows_in_both_languages(tmp_path):
    imagery = numbered(tmp_path / "n.mp4")
    for language, said in (("en", "No packet states a time."), ("es", "Ningún paquete indica una hora.")):
        page = player_page(imagery, "ab", {3: [Mark("7", 10.0, 20.0)]}, language).decode()
        assert "CONFIDENTIAL" in page
        assert said in page
    rows = json.loads(re.search(r'application/json">(.*?)</script>', page)[1])["rows"]
    assert len(rows) == COUNT
    assert rows[3]["targets"] == [{"id": "7", "row": 10.0, "column": 20.0}]


LOOK = """<script>
(async () => {
  const video = document.getElementById("video"), paper = document.createElement("canvas"), pen = paper.getContext("2d"), seen = [];
  paper.width = paper.height = 160;
  for (const number of [2, 9, 17, 5, 22]) {
    const sought = new Promise((done) => video.addEventListener("seeked", done, {once: true}));
    video.currentTime = data.rows[number].t + 0.05;
    await sought;
    await new Promise((done) => setTimeout(done, 300));
    pen.drawImage(video, 0, 0, 160, 160);
    let read = 0;
    for (let bit = 0; bit < 5; bit++) read |= (pen.getImageData(bit * 32 + 16, 16, 1, 1).data[0] > 128) << bit;
    seen.push([number, read, Number(document.body.dataset.row)]);
  }
  await fetch("/seen", {method: "POST", body: JSON.stringify(seen)});
})();
</script></body>"""


@contextmanager
def served(page):
    """The page on a loopback address, and a queue of what it sends back."""
    answers = Queue()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(page)

        def do_POST(self):
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", answers
        server.shutdown()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs the browser Chromium")
def test_in_a_browser_the_row_drawn_is_that_of_the_picture_shown(tmp_path):
    page = player_page(numbered(tmp_path / "n.mp4"), "ab", {}, "en").decode().replace("</body>", LOOK)
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/user", "--remote-debugging-port=0"]
    with served(page.encode()) as (address, answers):
        browser = subprocess.Popen(["chromium", *flags, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            seen = answers.get(timeout=120)
        finally:
            browser.terminate()
            browser.wait(20)
    assert [number for number, _, _ in seen] == [2, 9, 17, 5, 22]
    assert all(number == read == row for number, read, row in seen), seen


def test_a_still_has_its_footprint_its_place_on_the_map_and_its_custody(sample):
    made = products(sample.content, still_at(sample.content, 0.5), sample.recording.digest)
    assert set(made) == {"png", "kmz", "tif", "json"}
    about = json.loads(made["json"])
    assert about["source_sha256"] == sample.recording.digest
    with rasterio.MemoryFile(made["tif"]) as memory, memory.open() as raster:
        lon, lat = np.array(about["footprint"]).T
        assert raster.bounds == pytest.approx((lon.min(), lat.min(), lon.max(), lat.max()), abs=1e-6)
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        picture = raster.read()
    middle = still_at(sample.content, 0.5).picture[240, 360].astype(int)
    row, column = picture.shape[1] // 2, picture.shape[2] // 2
    near = picture[:, row - 15 : row + 15, column - 15 : column + 15].reshape(3, -1).astype(int)
    assert np.abs(near - middle[:, None]).sum(axis=0).min() < 40
    assert made == products(sample.content, still_at(sample.content, 0.5), sample.recording.digest)


@pytest.mark.parametrize("turns", [-1, 0, 1])
def test_a_picture_finds_its_row_wherever_a_decoder_begins_to_count(tmp_path, turns):
    imagery = numbered(tmp_path / "n.mp4")
    rows, after = imagery.rows_at(imagery.pts_s + 0.01 + turns * CLOCK_TURN_S)
    assert rows.tolist() == list(range(COUNT))
    assert after == pytest.approx(0.01)


def moved(number, row, column):
    """Something seen to move in a numbered picture."""
    custody = Custody(("ab" * 32,), "m", "1", {"time_s": number / RATE, "row": row, "column": column})
    says = Statement("movement.track", {"seconds": 1.0, "metres": 5.0})
    place = Place(0.0, 0.0, Frame.WGS84)
    return Detection(f"movement-{number}", "r", DetectionKind.MOVEMENT, None, "video", Span(0, 1), None, None, place, custody, says=says)


def test_the_still_of_a_detection_is_the_picture_that_it_was_placed_in(tmp_path):
    imagery = numbered(tmp_path / "n.mp4")
    for number, made in zip((5, 17), stills_of(imagery, [moved(17, 16.0, 80.0), moved(5, 16.0, 80.0)]), strict=True):
        assert made.detection == f"movement-{number}"
        picture, close = (cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE) for jpeg in (made.picture, made.close))
        bits = [int(picture[16, 32 * bit + 16] > 127) for bit in range(BITS)]
        assert sum(bit << place for place, bit in enumerate(bits)) == number
        assert (close[80, 80] > 127) == bool(bits[2])
        assert (made.size, made.spot) == ((SIDE, SIDE), (80.5, 16.5))
        assert made.footprint == tuple(map(tuple, imagery.footprint[number].tolist()))
        assert made.custody.parameters == {"file": "n.mp4", "at_s": number / RATE}
        assert made.says.values == {"security": "CONFIDENTIAL"}


@pytest.mark.parametrize("second", [-1.0, float("nan"), 1e300])
def test_there_is_no_still_of_a_time_outside_the_video(sample, second):
    with pytest.raises(BadInput):
        still_at(sample.content, second)


def test_a_still_on_a_height_grid_is_laid_over_its_slope(sample, tmp_path):
    lon, lat = np.array(sample.content.footprint[0]).mean(axis=0)
    dem = sloping(tmp_path / "heights.tif", float(lon), float(lat))
    written = {path.suffix: path for path in still(SAMPLE, 0.5, tmp_path / "still", dem)}
    about = json.loads(written[".json"].read_text())
    grid, digest = open_ground(dem, Flight("unnamed"))
    known = imagery_of(SAMPLE, read_stream(SAMPLE, grid))
    shown = still_at(known, 0.5)
    assert about["height_grid_sha256"] == digest
    assert about["footprint"] == known.footprint[shown.row].tolist()
    pose = Pose(**{name: values[shown.row : shown.row + 1] for name, values in vars(known.pose).items()})
    points = np.stack(np.meshgrid(*[np.linspace(-0.9, 0.9, 12)] * 2), axis=-1).reshape(-1, 2)
    there = np.stack(on_ground(pose, points, grid)[:2], axis=-1)[0]
    off = off_the_picture(written[".tif"].read_bytes(), shown.picture, points, there)
    flat = off_the_picture(products(known, shown, digest)["tif"], shown.picture, points, there)
    assert np.median(off) < 2 < np.median(flat) / 3, (np.median(off), np.median(flat))


def off_the_picture(tif, picture, points, there):
    """Mean difference of colours between the map at places `there` and the picture at `points`, both a little blurred."""
    at = ((points + 1) / 2 * picture.shape[1::-1]).astype(int)
    with rasterio.MemoryFile(tif) as memory, memory.open() as raster:
        laid = np.moveaxis(raster.read(), 0, -1)
        step, corner = (raster.transform.a, raster.transform.e), (raster.bounds.left, raster.bounds.top)
    columns, rows = ((there - corner) / step).astype(int).T
    return np.abs(cv2.blur(laid, (5, 5))[rows, columns].astype(int) - cv2.blur(picture, (5, 5))[at[:, 1], at[:, 0]]).mean(axis=1)


def test_a_still_that_reaches_beyond_the_height_grid_is_bad_input(tmp_path):
    with pytest.raises(BadInput, match=r"does not lie wholly on heights\.tif"):
        still(SAMPLE, 0.5, tmp_path, sloping(tmp_path / "heights.tif", -77.0, 38.0))


def sloping(path, lon, lat):
    """Heights that rise by one metre in four to the east, about a place."""
    heights = np.tile(40 + np.arange(200) * 0.25 * 1.75, (200, 1)).astype(np.float32)
    place = Affine(2e-5, 0.0, lon - 100 * 2e-5, 0.0, -2e-5, lat + 100 * 2e-5)
    profile = {"driver": "GTiff", "height": 200, "width": 200, "count": 1, "dtype": "float32", "crs": "EPSG:4326", "transform": place}
    with rasterio.open(path, "w", **profile) as file:
        file.write(heights, 1)
    return path
