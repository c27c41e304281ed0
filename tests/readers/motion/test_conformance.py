"""The strict look finds what the lenient reader forgives, and nothing in a packet that keeps the rules."""

from pathlib import Path

from cathartes.messages import LANGUAGES, say
from cathartes.readers.motion.conformance import breaches
from tests.readers.motion.streams import item, packet, transport

SAMPLES = Path(__file__).parents[2] / "samples" / "motion"
TIME = (1_700_000_000_000_000).to_bytes(8, "big")


def clauses(tmp_path, content):
    path = tmp_path / "a.ts"
    path.write_bytes(content)
    found = breaches(path)
    assert all(say(one.statement, language) for one in found for language in LANGUAGES)
    return {one.clause.removeprefix("MISB "): one.count for one in found if "0902" not in one.clause}


def test_a_packet_in_order_with_the_right_labels_breaks_nothing(tmp_path):
    assert clauses(tmp_path, transport([(0, packet({2: TIME, 5: b"\x71\xc2", 65: b"\x0d"}))] * 3, stream_id=0xBD)) == {}


def test_each_breach_is_named_by_its_clause_and_counted(tmp_path):
    late = packet({5: b"\x71\xc2", 2: TIME, 65: b"\x0d"})
    long = packet({2: TIME, 5: b"\0\0\x71\xc2", 65: b"\x0d"})
    bad = packet({2: TIME, 65: b"\x0d"})[:-1] + b"\0"
    found = clauses(tmp_path, transport([(0, late), (0, long), (0, long), (0, bad)], stream_id=0xFC))
    assert found == {"ITU-T H.222.0 2.12": 1, "ST 0601.19 8.2": 1, "ST 0601.19 8.5": 2, "ST 0601.19 8.1": 1}


def test_a_packet_without_checksum_and_version_says_so(tmp_path):
    body = item(2, TIME)
    label = bytes.fromhex("060e2b34020b01010e01030101000000")
    assert clauses(tmp_path, label + bytes([len(body)]) + body) == {"ST 0601.19 8.1": 1, "ST 0601.19 8.65": 1}


def test_the_published_packet_has_its_items_in_order(tmp_path):
    found = clauses(tmp_path, (SAMPLES / "st0601_141tags_packet.bin").read_bytes())
    assert "ST 0601.19 8.2" not in found
