"""Sites as a file: what it says, what a later run reads back, who would be told when."""

import json
from pathlib import Path

import pytest

from cathartes.assess.fusion import fuse
from cathartes.errors import BadInput
from cathartes.release.sites import changes, former_sites, notices, read_sites, sites_collection
from tests.assess.test_fusion import groups, seen, stream


def test_the_file_lists_the_detections_of_every_site_and_is_read_back(tmp_path: Path) -> None:
    sites = fuse(stream(2, sites=40, observations=70))
    path = tmp_path / "sites.geojson"
    path.write_bytes(sites_collection(sites))
    features = json.loads(path.read_text())["features"]
    assert {feature["id"]: tuple(feature["properties"]["detections"]) for feature in features} == groups(sites)
    assert former_sites(read_sites(path)) == {each.id: site.id for site in sites for each in site.observations}


def test_a_receiver_is_told_of_a_site_once_a_day(tmp_path: Path) -> None:
    path = tmp_path / "sites.geojson"
    path.write_bytes(sites_collection(fuse([seen("a", 0), seen("b", 5, hour=1), seen("c", 9, hour=30), seen("d", 9, hour=31)])))
    told = notices(read_sites(path), ["MEX", "MEX", "USA"])
    assert [(each.receiver, each.day) for each in told] == [
        ("MEX", "2026-03-01"), ("USA", "2026-03-01"), ("MEX", "2026-03-02"), ("USA", "2026-03-02"),
    ]  # fmt: skip


def test_a_wide_site_says_why_in_both_languages() -> None:
    site = json.loads(sites_collection(fuse([seen("text", 0, sigma_m=900.0), seen("a", 600, hour=1)])))["features"][0]
    assert "900 m" in site["properties"]["notes_en"][0]
    assert "desviación" in site["properties"]["notes_es"][0]


def test_a_later_run_says_what_joined_and_what_was_withdrawn() -> None:
    first = fuse([seen("a", 0), seen("b", 900, hour=1)])
    earlier = {each.id: site.id for site in first for each in site.observations}
    changed = changes(earlier, fuse([seen("a", 0), seen("c", 10, hour=2), seen("d", 2000, hour=3)], earlier))
    assert sorted((each.joined, each.left, each.is_new, each.is_withdrawn) for each in changed) == [
        ((), ("b",), False, True), (("c",), (), False, False), (("d",), (), True, False),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "{}", '{"type": "FeatureCollection", "features": [{"id": 3}]}'])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.geojson"
    path.write_text(text)
    with pytest.raises(BadInput, match="file of sites"):
        read_sites(path)
