"""Stated standard deviations: laid out by hand and by another encoder, in degrees or metres, and any bytes at all."""

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stanag4609.st1010 import SDCCFLP, SDCCParseControl, SDCCValueFormat, encode_sdcc_flp

from cathartes.model import Flight
from cathartes.readers.motion.deviations import deviations_in
from cathartes.readers.motion.reader import MotionReader
from cathartes.readers.motion.stream import decode
from cathartes.readers.motion.transport import take_apart
from tests.readers.motion.streams import START_US, item, packet, signed


def sdcc(*sigmas: float) -> bytes:
    """Mode 2, not sparse, no correlations, four-byte IEEE deviations."""
    return bytes([len(sigmas), 0x80, 0x04]) + struct.pack(f">{len(sigmas)}f", *sigmas)


def place(at: int, pack: bytes | None) -> bytes:
    """A packet with a time, a place near 60 N, and the pack right after it."""
    items = {2: (START_US + at * 1_000_000).to_bytes(8, "big"), 13: signed(60.0, 90.0, 4), 14: signed(-99.0 + at / 1e3, 180.0, 4)}
    return packet(items if pack is None else items | {102: pack})


def errors(folder: Path, *packs: bytes | None) -> list[float]:
    path = folder / "clip.klv"
    path.write_bytes(b"".join(place(at, pack) for at, pack in enumerate(packs)))
    return MotionReader().read(path, Flight("f")).content.track("a").error_m.round(2).tolist()


def test_an_error_in_degrees_is_metres_on_the_ground_at_that_latitude(tmp_path: Path) -> None:
    north, east = 1e-5 * 111_320, 4e-5 * 111_320 / 2
    assert errors(tmp_path, sdcc(1e-5, 4e-5)) == pytest.approx([1.96 * np.hypot(north, east)], abs=0.01)


def test_what_would_be_eleven_kilometres_in_degrees_is_metres(tmp_path: Path) -> None:
    assert errors(tmp_path, sdcc(3.0, 4.0)) == [9.8]


def test_each_packet_keeps_its_own_error_and_one_without_keeps_the_last(tmp_path: Path) -> None:
    assert errors(tmp_path, sdcc(3.0, 4.0), None, sdcc(6.0, 8.0)) == [9.8, 9.8, 19.6]


def test_what_states_no_error_has_none(tmp_path: Path) -> None:
    assert np.isnan(errors(tmp_path, None, bytes([2, 0x80, 0x04]) + bytes(3))).all()


def test_deviations_belong_to_the_items_right_before_them() -> None:
    content = packet({2: START_US.to_bytes(8, "big"), 5: b"\0\0", 13: bytes(4), 102: sdcc(1.5, 2.5)})
    numbers = decode(take_apart(np.frombuffer(content, np.uint8))).columns.numbers
    assert {name: values.tolist() for name, values in numbers.items() if "sigma" in name} == {
        "platform_heading_angle_sigma_deg": [1.5], "sensor_latitude_sigma_deg": [2.5],
    }  # fmt: skip


@pytest.mark.parametrize("mode", [1, 2])
@pytest.mark.parametrize("correlations", [(), (0.5, 0.25, -0.5), (None, 0.25, None)])
@pytest.mark.parametrize("length", [2, 4, 8])
def test_another_encoder_is_understood(mode: int, correlations: tuple[float | None, ...], length: int) -> None:
    if mode == 1 and length == 8:
        return
    form = SDCCValueFormat.IEEE
    control = SDCCParseControl(mode, None in correlations, length, 2 if correlations else 0, form, SDCCValueFormat.IMAP)  # type: ignore[arg-type]
    pack = encode_sdcc_flp(SDCCFLP(3, control, (0.5, 0.25, 4.0), correlations))
    assert deviations_in(pack) == (0.5, 0.25, 4.0)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_left(pack: bytes) -> None:
    assert len(deviations_in(pack)) in (0, pack[0] if pack else 0)
    content = packet({13: bytes(4)})[:-4] + item(102, pack)
    decode(take_apart(np.frombuffer(content, np.uint8)))
