"""Streams as encoders really write them: labels that lie, cells or none, cuts, garbage, wraps, several programmes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.readers.motion.elementary import NO_TIME, unwrapped
from cathartes.readers.motion.packets import find_packets
from cathartes.readers.motion.stream import decode, read_metadata
from cathartes.readers.motion.transport import mapped, take_apart
from tests.readers.motion.streams import LABEL_0601, item, packet, transport

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "aphill_short.ts"
ONE = packet({2: (1_700_000_000_000_000).to_bytes(8, "big"), 3: b"M" * 200, 5: b"\x71\xc2"})


def decoded(content: bytes):
    return decode(take_apart(np.frombuffer(content, np.uint8)))


def in_cell(payload: bytes) -> bytes:
    return b"\xfc\x00\xdf" + len(payload).to_bytes(2, "big") + payload


def test_every_packet_of_the_real_interlaced_stream_is_read():
    metadata = read_metadata(SAMPLE)
    assert (len(metadata), int(metadata.damaged.sum()), dict(metadata.seen)) == (48, 0, {"EG 0104": 48})
    assert metadata.pts_s[0] == pytest.approx(1.4)
    assert metadata.columns.numbers["sensor_latitude_deg"][0] == 38.252336
    assert not metadata.columns.oddities


@pytest.mark.parametrize("stream_type", [0x06, 0x15, 0x80])
@pytest.mark.parametrize("stream_id", [0xFC, 0xBD])
@pytest.mark.parametrize("cell", [False, True])
def test_klv_is_found_under_any_label_with_cells_or_without(stream_type, stream_id, cell):
    units = [(9000 * number, in_cell(ONE) if cell else ONE) for number in range(3)]
    metadata = decoded(transport(units, stream_type, stream_id))
    assert (len(metadata), int(metadata.damaged.sum()), metadata.stray_bytes) == (3, 0, 0)
    assert metadata.pts_s.tolist() == [0.0, 0.1, 0.2]


def test_a_packet_longer_than_its_unit_goes_on_in_the_next():
    metadata = decoded(transport([(0, ONE[:150]), (0, ONE[150:]), (9000, ONE)]))
    assert (len(metadata), int(metadata.damaged.sum())) == (2, 0)


def test_a_lost_transport_packet_damages_one_packet_and_is_counted():
    whole = transport([(9000 * number, ONE) for number in range(5)])
    parts = [whole[at : at + 188] for at in range(0, len(whole), 188)]
    metadata = decoded(b"".join(parts[:5] + parts[6:]))
    assert len(metadata) == 5
    assert metadata.damaged.sum() == 1
    assert metadata.transport.klv[0].broken == 1


def test_garbage_between_transport_packets_is_passed_over_and_counted():
    whole = transport([(9000 * number, ONE) for number in range(20)])
    metadata = decoded(whole[: 188 * 10] + b"\x47garbage" + whole[188 * 10 :])
    assert (len(metadata), int(metadata.damaged.sum()), metadata.transport.lost_bytes) == (20, 0, 8)


@pytest.mark.parametrize("size", [192, 204])
def test_packets_with_arrival_times_or_error_correction_are_read(size):
    whole = transport([(0, ONE)] * 10)
    parts = [whole[at : at + 188] for at in range(0, len(whole), 188)]
    metadata = decoded(b"".join(b"\1\2\3\4" + part if size == 192 else part + bytes(16) for part in parts))
    assert len(metadata) == 10
    assert (metadata.transport.packet_size, metadata.transport.lost_bytes) == (size, 0)


def test_times_go_on_over_the_wrap_of_33_bits():
    wrapped = np.array([2**33 - 3000, NO_TIME, 0, 3000])
    assert unwrapped(wrapped).tolist() == [2**33 - 3000, NO_TIME, 2**33, 2**33 + 3000]


def two_programmes(second_type: int) -> bytes:
    first, second = transport([(0, ONE)] * 6, pid=0x101), transport([(0, ONE)] * 5, second_type, pid=0x102)
    table = bytearray(second[188:376])
    table[5 + 3 : 5 + 5], table[1:3] = b"\0\2", b"\x50\x01"
    pat = bytearray(first[:188])
    pat[5:26] = bytes([0, 0xB0, 17, 0, 1, 0xC1, 0, 0, 0, 1, 0xF0, 0x00, 0, 2, 0xF0, 0x01]) + bytes(5)
    return bytes(pat) + first[188:] + bytes(table) + second[376:]


def test_two_programmes_are_both_read():
    metadata = decoded(two_programmes(0x06))
    assert len(metadata) == 11
    assert metadata.transport.programmes == {1: (0x101,), 2: (0x102,)}
    assert not metadata.apart.any()


def test_metadata_of_another_programme_than_the_pictures_do_not_share_their_clock():
    metadata = decoded(two_programmes(0x1B))
    assert metadata.apart.tolist() == [True] * 6


def test_a_wrong_checksum_is_marked_and_the_packet_read():
    bad = ONE[:-1] + bytes([ONE[-1] ^ 1])
    metadata = decoded(transport([(0, ONE), (0, bad)]))
    assert metadata.bad_checksum.tolist() == [False, True]
    assert metadata.columns.numbers["platform_heading_angle_deg"][1] == pytest.approx(159.974, abs=1e-3)


@pytest.mark.parametrize("length", [b"\x80", b"\xff", b"\x84\xff\xff\xff\xff", b"\x88" + b"\xff" * 8, b"\x89" + b"\x01" * 9])
def test_impossible_lengths_lose_one_packet_and_no_memory(length):
    metadata = decoded(transport([(0, LABEL_0601 + length + b"\x05\x02\x71\xc2"), (0, ONE)]))
    assert metadata.damaged.tolist() == [True, False]


def test_a_broken_item_ends_its_packet_and_keeps_what_came_before():
    body = item(5, b"\x71\xc2") + b"\x06\x7f\xfd"
    metadata = decoded(LABEL_0601 + bytes([len(body)]) + body)
    assert metadata.damaged.tolist() == [True]
    assert metadata.columns.numbers["platform_heading_angle_deg"][0] == pytest.approx(159.974, abs=1e-3)


def test_tags_of_two_bytes_and_unknown_ones_are_kept():
    metadata = decoded(packet({129: b"A123", 300: b"\1\2\3", 5: b"\x71\xc2"}))
    assert metadata.columns.words["target_id"].texts == ("A123",)
    assert metadata.columns.words["unknown_12c"].texts == ("010203",)


def test_unknown_tags_that_no_standard_reaches_share_a_column():
    metadata = decoded(packet({5000: b"\1", 70_000: b"\2\3"}) + packet({300: b"\4", 9000: b"\5"}))
    assert metadata.columns.words["unknown_items"].listed() == ["1388:01 11170:0203", "2328:05"]
    assert metadata.columns.words["unknown_12c"].listed() == [None, "04"]


def test_a_packet_with_an_unknown_label_is_kept_whole():
    label = bytes.fromhex("060e2b34020b01010e01030177000000")
    metadata = decoded(label + b"\x03abc")
    assert metadata.columns.words["unknown_value"].texts == (b"abc".hex(),)


def test_an_empty_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "a.ts").touch()
    with pytest.raises(BadInput, match=r"a\.ts is empty"):
        mapped(tmp_path / "a.ts")


@given(st.binary(max_size=4000))
def test_any_bytes_are_taken_apart_without_complaint(junk):
    decoded(junk)
    decoded(b"\x06\x0e\x2b\x34" + junk)


STREAM = transport([(9000 * number, ONE) for number in range(8)])


@given(st.lists(st.tuples(st.integers(0, len(STREAM) - 1), st.integers(0, 255)), max_size=20), st.integers(0, len(STREAM)))
def test_mutated_and_cut_streams_are_read_as_far_as_they_go(changes, length):
    content = bytearray(STREAM)
    for at, byte in changes:
        content[at] = byte
    metadata = decoded(bytes(content[:length]))
    assert len(metadata) <= 40
    assert sum(len(piece) for stream in metadata.transport.klv for piece in find_packets(stream)) == len(metadata)
