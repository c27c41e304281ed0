"""Lists, packs and nested sets: the standards' own examples, sets made by hand, and any bytes at all."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.model import Flight
from cathartes.readers.motion.conformance import breaches
from cathartes.readers.motion.packs import is_structured, layouts
from cathartes.readers.motion.reader import MotionReader
from cathartes.readers.motion.stream import decode, read_metadata
from cathartes.readers.motion.tables import table
from cathartes.readers.motion.transport import take_apart
from tests.readers.motion.streams import ber, item, packet, signed
from tests.readers.motion.test_targets import mapped, target, vmti

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "st0601_141tags_packet.bin"
TABLES = ("st0601", "st0806", "st0903", "st0903_target")
STRUCTURED = [one for name in TABLES for one in table(name).values() if is_structured(one)]


def read(content: bytes):
    return decode(take_apart(np.frombuffer(content, np.uint8)))


def said(columns, name):
    return [None if text is None else json.loads(text) for text in columns.words[name].listed()]


@pytest.fixture(scope="module")
def example():
    return read_metadata(SAMPLE).columns


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("image_horizon_pixel_pack", {"x0_percent": 0, "y0_percent": 36, "x1_percent": 56, "y1_percent": 0}),
        ("control_command", {"id": 5, "command": "Fly to Waypoint 1"}),
        ("control_command_verification_list", [3, 7]),
        ("active_wavelength_list", [1, 3]),
        ("sensor_frame_rate_pack", {"numerator": 60000, "denominator": 1001}),
        ("wavelengths_list", [{"id": 21, "minimum_nm": 1000.0, "maximum_nm": 2000.0, "name": "NNIR"}]),
        ("active_payloads", [0, 1, 3]),
        ("view_domain", {"azimuth": {"start_deg": 210.0, "range_deg": 300.0}, "elevation": {"start_deg": -75.0, "range_deg": 50.0}}),
        (
            "country_codes",
            {"coding_method": 14, "overflight_country": "CAN", "operator_country": None, "country_of_manufacture": "FRA"},
        ),
    ],
)
def test_the_lists_of_the_example_packet_come_out_as_named_fields(example, name, expected):
    assert said(example, name) == [expected]


def test_waypoints_and_airbases_of_the_example_lie_at_round_heights_and_at_an_airport(example):
    points = said(example, "waypoint_list")[0]
    assert [point["location"]["height_above_ellipsoid_m"] for point in points] == [200.0, 250.0, 100.0, 300.0]
    assert [point["prosecution_order"] for point in points] == [1, 2, 32767, -2]
    taken_off = said(example, "airbase_locations")[0]["take_off_location"]
    assert (taken_off["latitude_deg"], taken_off["longitude_deg"]) == pytest.approx((38.841859, -77.036784), abs=1e-6)
    assert [one["name"] for one in said(example, "payload_list")[0]] == ["VIS Nose Camera", "ACME VIS Model 123", "ACME IR Model 456"]


def test_all_points_and_areas_of_interest_of_a_packet_are_kept():
    points = b"".join(
        item(12, item(1, bytes([0, n])) + item(2, signed(19.5 + n, 90, 4)) + item(5, b"\x04") + item(9, b"gate")) for n in (1, 2)
    )
    columns = read(packet({73: points + item(13, item(1, b"\0\7") + item(99, b"\xab"))})).columns
    (found,) = said(columns, "rvt_point_of_interest_local_set")
    assert [point["number"] for point in found] == [1, 2]
    assert [point["latitude_deg"] for point in found] == pytest.approx([20.5, 21.5], abs=1e-7)
    assert found[0]["type"] == "unknown"
    assert found[0]["label"] == "gate"
    assert said(columns, "rvt_area_of_interest_local_set") == [[{"number": 7, "unknown_99": "ab"}]]
    assert not columns.oddities


def test_what_a_target_carries_inside_is_read_by_name():
    place = mapped(19.5, -90, 90, 4) + mapped(-99.5, -180, 180, 4) + mapped(2200.0, -900, 19000, 2)
    tracker = item(1, bytes(range(16))) + item(2, b"\x01") + item(7, b"\x50") + item(9, (ber(len(place)) + place) * 2)
    mask = item(1, b"\x02\x01\x00\x02\x01\x20\x02\x03\x10") + item(2, b"\x02\x01\x00\x05")
    metadata = read(packet({74: vmti([target(4, {101: mask, 102: item(2, b"truck"), 104: tracker})], version=5)}))
    inside = {name: said(metadata.targets.columns, name)[0] for name in ("vmask", "vobject", "vtracker")}
    assert inside["vmask"] == {"polygon_pixels": [256, 288, 784], "bit_mask_runs": [[256, 5]]}
    assert inside["vobject"] == {"class": "truck"}
    assert inside["vtracker"]["track_id"] == bytes(range(16)).hex()
    assert inside["vtracker"]["detection_status"] == "active"
    assert inside["vtracker"]["confidence_percent"] == 80
    history = inside["vtracker"]["track_history"]
    assert [point["longitude_deg"] for point in history] == pytest.approx([-99.5, -99.5], abs=1e-6)
    assert history[0]["height_above_ellipsoid_m"] == pytest.approx(2200.0, abs=0.4)


def test_a_list_that_is_cut_off_is_kept_in_hexadecimal_and_counted(tmp_path):
    file = tmp_path / "cut.klv"
    file.write_bytes(packet({141: bytes.fromhex("0f0000")}))
    reading = MotionReader().read(file, Flight("a"))
    assert "item-layout" in [finding.code for finding in reading.content.findings]
    assert "conform.layout" in [breach.statement.key for breach in breaches(file)]
    assert read(packet({141: bytes.fromhex("0f0000")})).columns.words["waypoint_list"].texts == ("0f0000",)


def test_every_form_names_a_layout_that_is_there():
    inside = [field.item for fields in layouts().values() for field in fields]
    named = {one.kind.partition(":")[2] for one in (*STRUCTURED, *inside) if ":" in one.kind}
    assert named == set(layouts())


@given(st.binary(min_size=1, max_size=60), st.sampled_from([one for one in table("st0601").values() if is_structured(one)]))
def test_any_bytes_are_an_object_or_themselves(value, one):
    (text,) = read(packet({one.tag: value})).columns.words[one.column].texts
    assert text == value.hex() or isinstance(json.loads(text), (list, dict))


def test_a_huge_list_of_nothing_takes_no_more_memory_than_its_bytes():
    metadata = read(packet({74: vmti([target(1, {106: bytes(1 << 19)})], version=5)}))
    assert metadata.targets.columns.words["vchip_series"].texts == ("00" * (1 << 19),)
