"""GPX and KML: times, heights and their references, and files that must not unfold."""

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Clock, Flight, HeightReference, Reading, Track
from cathartes.readers import track_xml
from cathartes.readers.track import TrackReader
from tests.readers.outcome import outcome

GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="1"/>
<trk><name>N1</name><trkseg><trkpt lat="19.4" lon="-99.1"><ele>2500</ele><time>2024-05-01T00:00:00Z</time></trkpt></trkseg>
<trkseg><trkpt lat="19.5" lon="-99.2"><time>2024-05-01T00:00:20Z</time></trkpt></trkseg></trk></gpx>"""

KML = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<Placemark><name>airfield</name><Point><coordinates>-99,19</coordinates></Point></Placemark>
<Placemark><name>N1</name><gx:Track><altitudeMode>absolute</altitudeMode><when>2024-05-01T00:00:00Z</when><when>2024-05-01T00:00:20Z</when>
<gx:coord>-99.1 19.4 2500</gx:coord><gx:coord>-99.2 19.5 2600</gx:coord></gx:Track></Placemark></Document></kml>"""


def read(folder: Path, xml: str | bytes, name: str) -> Reading:
    path = folder / name
    path.write_bytes(xml.encode() if isinstance(xml, str) else xml)
    return TrackReader().read(path, Flight("a"))


def track_of(reading: Reading) -> Track:
    assert isinstance(reading.content, Track)
    return reading.content


def keys(reading: Reading) -> list[str]:
    return [statement.key for statement in reading.recording.health]


def test_a_gpx_track_has_times_and_heights_above_the_sea(tmp_path: Path) -> None:
    track = track_of(read(tmp_path, GPX, "t.gpx"))
    assert track.utc_s.tolist() == [1_714_521_600.0, 1_714_521_620.0]
    assert (track.lon_deg.tolist(), track.lat_deg.tolist(), track.aircraft) == ([-99.1, -99.2], [19.4, 19.5], ("N1", "N1"))
    np.testing.assert_array_equal(track.height_m, [2500, np.nan])
    assert track.height_reference is HeightReference.MSL


def test_a_kml_track_is_read_and_the_airfield_beside_it_is_said(tmp_path: Path) -> None:
    reading = read(tmp_path, KML, "t.kml")
    track = track_of(reading)
    assert (track.utc_s.tolist(), track.height_m.tolist()) == ([1_714_521_600.0, 1_714_521_620.0], [2500.0, 2600.0])
    assert (track.height_reference, track.aircraft) == (HeightReference.MSL, ("N1", "N1"))
    assert "health.other_geometry" in keys(reading)


@pytest.mark.parametrize(
    ("mode", "reference", "height"),
    [
        ("absolute", HeightReference.MSL, 5.0),
        ("relativeToGround", HeightReference.AGL, 5.0),
        ("clampToGround", HeightReference.AGL, np.nan),
    ],
)
def test_the_altitude_mode_says_what_heights_are_measured_from(
    tmp_path: Path, mode: str, reference: HeightReference, height: float
) -> None:
    line = f"<LineString><altitudeMode>{mode}</altitudeMode><coordinates> -99.1,19.4,5\n-99.2,19.5,5 </coordinates></LineString>"
    reading = read(tmp_path, f"<kml><Placemark>{line}</Placemark></kml>", "t.kml")
    track = track_of(reading)
    assert track.height_reference is reference
    np.testing.assert_array_equal(track.height_m, [height, height])
    assert (reading.recording.span, "health.no_time" in keys(reading)) == (None, True)


def test_timed_points_make_a_track(tmp_path: Path) -> None:
    point = "<Placemark><TimeStamp><when>2024-05-01T00:00:{}</when></TimeStamp><Point><coordinates>-99,{}</coordinates></Point></Placemark>"
    reading = read(tmp_path, f"<kml>{point.format('01', 19.1)}{point.format('02', 19.2)}</kml>", "t.kml")
    assert track_of(reading).utc_s.tolist() == [1_714_521_601.0, 1_714_521_602.0]
    assert "health.zone_unstated" in keys(reading)
    assert reading.recording.span is not None
    assert reading.recording.span.zero is not None
    assert reading.recording.span.zero.clock is Clock.UNSTATED


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FAULTS = {
    ("t.gpx", BOMB + GPX.split("?>")[1]): "defines a document type or entities",
    ("t.kml", "<kml>"): "is not well-formed XML",
    ("t.kml", "<gpx/>"): "has the root element 'gpx'; expected 'kml'",
    ("t.gpx", "<gpx><wpt lat='1' lon='2'/></gpx>"): "holds no track point (trkpt); routes and waypoints are plans",
    ("t.gpx", GPX.replace('lat="19.5"', "")): "fix 2 has '' as its lat; expected a number",
    ("t.gpx", GPX.replace("2500", "1e999")): "fix 1 has '1e999' as its height",
    ("t.gpx", GPX.replace("2500", "high")): "fix 1 has 'high' as its height",
    ("t.gpx", GPX.replace("2024-05-01T00:00:20Z", "noon")): "fix 2 has 'noon' as its time; expected a time in ISO 8601",
    ("t.kml", KML.replace("<gx:coord>-99.2 19.5 2600</gx:coord>", "")): "has 2 times and 1 positions",
    ("t.kml", KML.replace("-99.2 19.5 2600", "-99.2")): "found the position '-99.2'; expected longitude, latitude",
    (
        "t.kml",
        "<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark></kml>",
    ): "holds no gx:Track, no Point with a TimeStamp",
}


@pytest.mark.parametrize(("file", "sentence"), FAULTS.items())
def test_a_broken_file_says_what_is_wrong(tmp_path: Path, file: tuple[str, str], sentence: str) -> None:
    with pytest.raises(BadInput) as fault:
        read(tmp_path, file[1], file[0])
    assert sentence in str(fault.value)
    assert file[0] in str(fault.value)


def test_mixed_altitude_modes_are_refused(tmp_path: Path) -> None:
    line = "<LineString><altitudeMode>{}</altitudeMode><coordinates>-99,19,5 -99,20,5</coordinates></LineString>"
    with pytest.raises(BadInput, match="mixes the altitude modes absolute, relativeToGround"):
        read(tmp_path, f"<kml><Placemark>{line.format('absolute')}{line.format('relativeToGround')}</Placemark></kml>", "t.kml")


def test_a_file_too_large_for_a_tree_in_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track_xml, "XML_LIMIT", 1024)
    with pytest.raises(BadInput, match="split it by time"):
        read(tmp_path, GPX + " " * 1024, "t.gpx")


@given(st.integers(0, 2**32))
def test_a_file_with_some_bytes_changed_gives_a_track_or_bad_input(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    chance = random.Random(seed)
    name, xml = chance.choice([("t.gpx", GPX), ("t.kml", KML)])
    content = bytearray(xml.encode())
    for _ in range(2):
        at = chance.randrange(len(content))
        content[at : at + chance.randrange(4)] = chance.choice([b"", b"<", b"&#0;", b"9", b"e9", b"-", b"\xff", b"T", b","])
    found = outcome(lambda: read(tmp_path_factory.getbasetemp(), bytes(content), name))
    assert name in found if isinstance(found, str) else found.recording.samples > 0
