"""Published values and vectors, and what a decoder must never make of bytes."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.model import Flight, Marking, Markings, Tlp
from cathartes.readers.motion.reader import MotionReader
from cathartes.readers.motion.stream import read_metadata
from cathartes.readers.motion.tables import Item, table
from cathartes.readers.motion.values import imap, miis, numbers, text
from tests.readers.motion.streams import START_US, item, packet, transport

SAMPLES = Path(__file__).parents[2] / "samples" / "motion"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "fmv"
PUBLISHED = {int(tag): row for tag, row in json.loads((SAMPLES / "st0601_141tags_expected.json").read_text()).items() if row[2] is not None}


@pytest.fixture(scope="module")
def columns():
    metadata = read_metadata(SAMPLES / "st0601_141tags_packet.bin")
    assert not metadata.damaged.any()
    return metadata.columns


def test_109_values_are_published():
    assert len(PUBLISHED) == 109


@pytest.mark.parametrize("tag", PUBLISHED)
def test_a_published_value_of_st_0601_is_read_as_published(columns, tag):
    item, published = table("st0601")[tag], PUBLISHED[tag][2]
    if item.kind == "text":
        assert columns.words[item.column].texts == (published,)
    else:
        expected = int(published, 16) if published.startswith("0x") else float(published)
        assert columns.numbers[item.column][0] == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.skipif(not SHARED.exists(), reason="the ST 1201 vectors are beside the project, not in it")
def test_every_imap_vector_of_jmisb_decodes_as_there():
    off = []
    for case in json.loads((SHARED / "jmisb" / "st1201tests.json").read_text()):
        raw = np.array([int(case["forwardResultHex"], 16)], np.uint64).view(np.int64)
        found, expected = imap(raw, case["a"], case["b"], case["L"])[0], case["reverseResult"]
        if isinstance(expected, str):
            assert np.isnan(found)
        else:
            off.append(abs(found - expected) / (case["b"] - case["a"]))
    assert len(off) == 976
    assert max(off) < 1e-9


def of(item: Item, value: bytes) -> float:
    content = np.frombuffer(value, np.uint8)
    return float(numbers(content, item, np.zeros(1, np.int64), np.array([len(value)]))[0][0])


@pytest.mark.parametrize(("tag", "value"), [(13, "80000000"), (6, "8000"), (79, "8000"), (96, "c80000"), (112, "e800")])
def test_the_codes_for_no_value_are_not_numbers(tag, value):
    assert np.isnan(of(table("st0601")[tag], bytes.fromhex(value)))


def test_a_value_in_a_longer_container_is_read_by_its_meaning():
    height = table("st0601")[15]
    assert of(height, bytes.fromhex("c221")) == pytest.approx(14190.72, abs=0.01)
    assert of(height, bytes.fromhex("0000c221")) == pytest.approx(14190.72, abs=0.01)
    assert of(height, bytes.fromhex("c221c221")) == pytest.approx(14190.72, abs=0.01)
    assert of(height, bytes.fromhex("8000000000000000")) == pytest.approx(9050.0)


@pytest.mark.parametrize(
    ("value", "expected"), [(b"USA", "USA"), (b"\0U\0S\0A", "USA"), (b"US", "US"), (b"M\xe9x", "Méx"), (b"EO\0", "EO")]
)
def test_two_byte_characters_are_seen_and_never_assumed(value, expected):
    assert text(value) == expected


def test_a_core_identifier_is_written_in_groups_of_four():
    written = miis(bytes.fromhex("0170f592f02373364af8aa9162c00f2eb2da16b74341000841a0be365b5ab96a3645"))
    assert written == "0170:F592-F023-7336-4AF8-AA91-62C0-0F2E-B2DA/16B7-4341-0008-41A0-BE36-5B5A-B96A-3645"


@given(st.binary(max_size=12), st.sampled_from(sorted(table("st0601"))))
def test_any_bytes_under_any_tag_are_a_number_within_its_range_or_none(value, tag):
    item = table("st0601")[tag]
    if item.kind in ("ulinear", "slinear", "imap"):
        found = of(item, value)
        assert np.isnan(found) or item.low - 1e-6 <= found <= item.high * 1.0000001


@pytest.mark.parametrize(
    ("value", "said"),
    [(b"\x04", "SECRET"), (b"\x07", "7"), (b"SECRET//NOFORN", "SECRET//NOFORN"), (b"UNCLASSIFIED//", "UNCLASSIFIED"), (b"", None)],
)
def test_what_a_stream_marks_above_the_lowest_or_not_understood_stays_at_the_desk(tmp_path, value, said):
    path = tmp_path / "marked.ts"
    sets = [{2: (START_US + n).to_bytes(8, "big"), 48: item(1, value)} for n in range(4)]
    path.write_bytes(transport([(9000 * n, packet(each)) for n, each in enumerate(sets)]))
    reading = MotionReader().read(path, Flight("a", marking=Markings(Marking(Tlp.GREEN, ("MEX",)))))
    assert reading.content.security == said
    assert reading.recording.markings.whole.permits("MEX") == (said in (None, "UNCLASSIFIED"))
