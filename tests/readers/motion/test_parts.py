"""A stream read in parts says what it says read at once, however little of it is held."""

from functools import cache

import numpy as np
import pyarrow as arrow
import pytest

from cathartes.earth.geoid import undulation
from cathartes.readers.motion import elementary, packets, parts, transport
from cathartes.readers.motion.check import LONGEST_RUN, SAMPLE, sample_of
from cathartes.readers.motion.parts import Stream, read_in_parts, read_stream
from cathartes.readers.motion.reader import imagery_of
from cathartes.readers.motion.table_out import packet_table, target_table
from tests.readers.motion import streams
from tests.readers.motion.streams import LABEL_0601, Said, flight, items, packet
from tests.readers.motion.test_targets import LEGACY, LEGACY_OFFSET, vmti


@cache
def seldom_said(count=450, late=5):
    """Packets whose items come at different rates, with a version and a frame size of targets sent once, damage, and a rare tag."""
    moments, sea = flight(count), float(undulation(np.float64(-99.5), np.float64(19.5)))
    units = []
    for number, moment in enumerate(moments):
        told = items(moment, moments[max(0, number - late)], lambda *_: 30.0, lambda *_: sea, Said(), number, 10.0)
        told |= {48: bytes.fromhex("010101" if number < 300 else "010103")}
        if number % 3 == 0:
            told[74] = vmti([LEGACY, LEGACY_OFFSET], 3 if number == 240 else None, size=(480, 640) if number == 330 else None)
        silent = ({16, 17} if number % 7 else set()) | ({23, 24, 25} if 350 <= number < 380 else set())
        keep = {tag: value for tag, value in told.items() if tag not in silent}
        whole = packet(keep | ({300: b"rare"} if number == 430 else {}))
        units.append((90_000 + 9000 * number, whole[:90] if number == 200 else whole[:-1] + b"\0" if number == 260 else whole))
    return units


@pytest.fixture(params=["transport", "cells", "bare"])
def file(request, tmp_path):
    units = seldom_said()
    cells = [(pts, b"\xfc\x00\xdf" + len(one).to_bytes(2, "big") + one) for pts, one in units]
    path = tmp_path / "a.ts"
    path.write_bytes(
        b"".join(one for _, one in units) if request.param == "bare" else streams.transport(cells if request.param == "cells" else units)
    )
    return path


@pytest.fixture
def little_at_a_time(monkeypatch):
    for module, name, value in ((parts, "ROWS", 90), (elementary, "PIECE", 250), (packets, "WINDOW", 20_000), (transport, "CHUNK", 40_000)):
        monkeypatch.setattr(module, name, value)


def same(one, other):
    """Equal columns, but for the last digit that a product of matrices has."""
    if arrow.types.is_floating(one.type):
        assert one.is_null().equals(other.is_null())
        one, other = (column.to_numpy() for column in (one, other))
        assert one == pytest.approx(other, abs=1e-11, nan_ok=True)
    else:
        assert one.equals(other)


def test_parts_say_what_the_whole_says(file, little_at_a_time):
    whole, stream = read_stream(file), read_in_parts(file)
    assert isinstance(stream, Stream)
    assert (stream.findings, stream.diagnosis.convention, stream.diagnosis.error) == (
        whole.findings, whole.diagnosis.convention, whole.diagnosis.error,
    )  # fmt: skip
    assert whole.diagnosis.convention.late_s != 0.0
    known = list(stream.parts)
    assert len(known) >= 5
    for table in (packet_table, target_table):
        joined, at_once = arrow.concat_tables([table(part) for part in known]), table(whole)
        assert joined.schema == at_once.schema
        for name in at_once.column_names:
            same(joined[name], at_once[name])
    imagery, of_parts = imagery_of(file, whole), imagery_of(file, read_in_parts(file))
    assert of_parts.security == imagery.security == "CONFIDENTIAL"
    for name in ("utc_s", "footprint", "place_error_m"):
        assert getattr(of_parts, name) == pytest.approx(getattr(imagery, name), abs=1e-11, nan_ok=True)


def test_a_packet_of_impossible_length_costs_bare_metadata_no_other():
    whole = packet({2: bytes(8), 5: b"\x71\xc2"})
    content = np.frombuffer(whole + LABEL_0601 + b"\x88" + b"\xff" * 8 + b"junk" + whole * 2, np.uint8)
    found = list(packets.find_packets(transport.take_apart(content).klv[0]))
    assert [len(one) for one in found] == [4]
    assert found[0].state.tolist() == [0, packets.BAD_LENGTH, 0, 0]


def test_a_long_stream_is_checked_all_over_and_on_neighbours_in_its_middle():
    rows = sample_of(1_000_000)
    assert SAMPLE <= len(rows) <= SAMPLE + LONGEST_RUN
    middle = rows[(len(rows) - LONGEST_RUN) // 2 :][:LONGEST_RUN]
    assert (np.diff(middle) == 1).all()
    assert np.array_equal(sample_of(SAMPLE), np.arange(SAMPLE))
