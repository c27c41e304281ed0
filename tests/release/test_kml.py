"""KML that globe programs read; nothing on the globe that has no place there."""

from xml.etree import ElementTree as Xml

import pytest
from pyogrio import list_layers

from cathartes.model import Frame, Release
from cathartes.release.kml import NAMESPACE, KmlWriter
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, busy_lead, sample_lead

K = f"{{{NAMESPACE}}}"


def released(frame: Frame) -> Release:
    return redact(sample_lead(frame), "MEX", "B. Releaser", NOON)


@pytest.fixture(scope="module")
def document() -> Xml.Element:
    return Xml.fromstring(KmlWriter().write(released(Frame.WGS84)))


def test_source_region_and_emitters_are_placemarks_with_styles_that_exist(document: Xml.Element) -> None:
    used = {style.text for style in document.iter(f"{K}styleUrl")}
    made = {f"#{style.get('id')}" for style in document.iter(f"{K}Style")}
    assert {"#source", "#region90", "#region50", "#search", "#emitter", "#path"} == used
    assert used <= made


def test_the_best_point_is_longitude_then_latitude(document: Xml.Element) -> None:
    place = sample_lead(Frame.WGS84).sources[0].place
    points = [text.text for text in document.iter(f"{K}coordinates")]
    assert f"{place.x:.7f},{place.y:.7f},0" in points


def test_the_balloon_speaks_both_languages(document: Xml.Element) -> None:
    told = document.findtext(f"{K}Document/{K}description") or ""
    assert told.index("metano") < told.index("methane")


def test_a_local_release_has_no_geometry_and_says_why() -> None:
    local = Xml.fromstring(KmlWriter().write(released(Frame.LOCAL)))
    assert not list(local.iter(f"{K}coordinates"))
    assert "cuadrícula local" in (local.findtext(f"{K}Document/{K}description") or "")


def test_gdal_reads_it() -> None:
    assert len(list_layers(KmlWriter().write(released(Frame.WGS84)))) == 1


def test_the_same_release_gives_the_same_bytes() -> None:
    assert KmlWriter().write(released(Frame.WGS84)) == KmlWriter().write(released(Frame.WGS84))


def test_a_neighbour_has_its_own_placemark_without_the_leads_finding() -> None:
    made = Xml.fromstring(KmlWriter().write(redact(busy_lead(Frame.WGS84), "MEX", "B. Releaser", NOON)))
    names = [each.findtext(f"{K}name") for each in made.iter(f"{K}Placemark")]
    assert names.count("Otra fuente del mismo gas · Another source of the same gas") == 1
    told = [each.findtext(f"{K}description") for each in made.iter(f"{K}Placemark")]
    assert "source-77aa00bb11cc" in told
