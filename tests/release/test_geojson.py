"""GeoJSON keeps its contract for programs, in both frames."""

import json

import pytest
from shapely.geometry import shape

from cathartes.model import Flight, Frame
from cathartes.model.flight import FrameHints
from cathartes.release.geojson import GeoJsonWriter, detections_collection, leads_collection, sources_collection
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, busy_lead, sample_lead


def flight(frame: Frame) -> Flight:
    return Flight("muestra-7", frame=FrameHints(frame))


@pytest.mark.parametrize("frame", list(Frame))
def test_a_source_has_its_rate_probability_and_gas_and_its_regions_beside_it(frame: Frame) -> None:
    lead = sample_lead(frame)
    made = json.loads(sources_collection(flight(frame), lead.sources))
    point, region90, region50 = made["features"]
    rate = lead.sources[0].rate
    assert made["frame"] == frame.value
    assert point["properties"] == {
        "source_id": lead.sources[0].id, "role": "source", "gas": "ch4", "probability": 0.97,
        "rate_kg_h": {"median": rate.value, "lo90": rate.low, "hi90": rate.high},
    }  # fmt: skip
    assert point["geometry"] == {"type": "Point", "coordinates": [lead.sources[0].place.x, lead.sources[0].place.y]}
    assert [region90["properties"]["role"], region50["properties"]["role"]] == ["region90", "region50"]
    assert {region90["properties"]["source_id"], region50["properties"]["source_id"]} == {lead.sources[0].id}
    assert shape(region90["geometry"]).contains(shape(point["geometry"]))


def test_outer_rings_run_counter_clockwise() -> None:
    made = json.loads(sources_collection(flight(Frame.WGS84), sample_lead(Frame.WGS84).sources))
    assert all(part.exterior.is_ccw for part in shape(made["features"][1]["geometry"]).geoms)


def test_no_source_is_an_empty_collection() -> None:
    assert json.loads(sources_collection(flight(Frame.LOCAL), ()))["features"] == []


def test_detections_stand_where_the_instrument_was() -> None:
    lead = sample_lead()
    made = json.loads(detections_collection(flight(Frame.LOCAL), lead.detections))
    assert [each["properties"]["detection_id"] for each in made["features"]] == ["detection-1", "detection-2", "detection-3"]
    assert made["features"][0]["properties"]["peak_ppb"] == 360.0


def test_leads_carry_their_finding_in_both_languages() -> None:
    told = json.loads(leads_collection(flight(Frame.LOCAL), [sample_lead()]))["features"][0]["properties"]
    assert "methane" in told["found_en"]
    assert "metano" in told["found_es"]
    assert sum(told["hypotheses"].values()) == pytest.approx(1)


def test_a_release_says_its_marking_and_its_audience() -> None:
    release = redact(sample_lead(Frame.WGS84), "MEX", "B. Releaser", NOON)
    made = json.loads(GeoJsonWriter().write(release))
    assert (made["release"], made["audience"], made["marking"], made["is_sample"]) == (release.id, "MEX", "TLP:GREEN", True)
    assert {each["properties"]["role"] for each in made["features"]} == {
        "source",
        "region90",
        "region50",
        "search",
        "instrument",
        "emitter",
    }
    assert GeoJsonWriter().write(release) == GeoJsonWriter().write(release)


def test_neighbours_are_told_from_the_leads_own_source_and_regions_keep_their_parts() -> None:
    made = json.loads(GeoJsonWriter().write(redact(busy_lead(Frame.WGS84), "MEX", "B. Releaser", NOON)))
    roles = [each["properties"]["role"] for each in made["features"]]
    assert roles[:6] == ["source", "region90", "region50", "neighbour", "neighbour_region90", "neighbour_region50"]
    assert len(made["features"][1]["geometry"]["coordinates"]) == 2


def test_each_of_several_sources_has_its_own_features() -> None:
    lead = busy_lead()
    made = json.loads(sources_collection(flight(Frame.LOCAL), (*lead.sources, *lead.neighbours)))
    ids = [each["properties"]["source_id"] for each in made["features"]]
    assert ids == [lead.sources[0].id] * 3 + [lead.neighbours[0].id] * 3
