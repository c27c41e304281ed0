"""Moving-target sets, modern and legacy, with the version in every set, in one, or in none."""

from pathlib import Path

import numpy as np
import pytest

from cathartes.readers.motion.stream import decode, read_metadata
from cathartes.readers.motion.transport import take_apart
from tests.readers.motion.streams import ber, item, linear, oid, packet, signed

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "0903.bin"
LAT, LON, HEIGHT = 27.9123456, -97.1234567, 71.0


def mapped(value, low, high, length):
    """ST 1201, forward."""
    scale = 2.0 ** (8 * length - 1 - int(np.ceil(np.log2(high - low))))
    offset = scale * low - np.floor(scale * low) if low < 0 < high else 0.0
    return int(np.floor(scale * (value - low) + offset)).to_bytes(length, "big")


def target(number, items):
    body = oid(number) + b"".join(item(tag, value) for tag, value in items.items())
    return ber(len(body)) + body


def vmti(targets, version=None, size=(480, 640)):
    own = {4: bytes([version])} if version is not None else {}
    own |= {8: size[1].to_bytes(2, "big"), 9: size[0].to_bytes(2, "big")} if size else {}
    return b"".join(item(tag, value) for tag, value in own.items()) + item(101, b"".join(targets))


def in_frame(sets):
    centre = {23: signed(LAT + 0.001, 90, 4), 24: signed(LON - 0.002, 180, 4)}
    content = b"".join(packet({2: number.to_bytes(8, "big"), **centre, 74: one}) for number, one in enumerate(sets))
    return decode(take_apart(np.frombuffer(content, np.uint8)))


MODERN = target(
    200, {1: (640 * 9 + 31).to_bytes(3, "big"), 17: mapped(LAT, -90, 90, 4) + mapped(LON, -180, 180, 4) + mapped(HEIGHT, -900, 19000, 2)}
)
LEGACY = target(5, {1: (640 * 9 + 31).to_bytes(3, "big"), 17: signed(LAT, 90, 4) + signed(LON, 180, 4) + linear(HEIGHT, -900, 19000, 2)})
LEGACY_OFFSET = target(6, {10: signed(-0.001, 0.075, 2), 11: signed(0.002, 0.075, 2), 12: linear(HEIGHT, -900, 19000, 2)})
WIDE_OFFSET = target(6, {10: signed(-0.001, 19.2, 3), 11: signed(0.002, 19.2, 3), 12: linear(HEIGHT, -900, 19000, 2)})
MODERN_OFFSET = target(7, {10: mapped(-0.001, -19.2, 19.2, 3), 11: mapped(0.002, -19.2, 19.2, 3)})


@pytest.mark.parametrize(
    ("one", "version", "is_legacy", "within_deg"),
    [(MODERN, 5, False, 1e-6), (LEGACY, 3, True, 1e-7), (LEGACY_OFFSET, 2, True, 2e-6),
     (WIDE_OFFSET, 3, True, 2e-6), (MODERN_OFFSET, 6, False, 1e-5),
     (MODERN, None, False, 1e-6), (LEGACY, None, True, 1e-7), (LEGACY_OFFSET, None, True, 2e-6), (MODERN_OFFSET, None, False, 1e-5)],
)  # fmt: skip
def test_a_target_lies_where_it_was_put_whether_or_not_the_version_is_sent(one, version, is_legacy, within_deg):
    targets = in_frame([vmti([one], version)]).targets
    assert targets.location[0, :2] == pytest.approx([LON, LAT], abs=within_deg)
    assert targets.is_legacy.tolist() == [is_legacy]
    assert np.isnan(targets.location[0, 2]) or targets.location[0, 2] == pytest.approx(HEIGHT, abs=0.4)


def test_a_version_sent_once_is_remembered_before_and_after():
    targets = in_frame([vmti([LEGACY]), vmti([LEGACY], 3), vmti([LEGACY])]).targets
    assert targets.is_legacy.all()
    assert targets.location[:, 1] == pytest.approx([LAT] * 3, abs=1e-7)


def test_pixel_numbers_count_from_one_along_rows():
    targets = in_frame([vmti([MODERN], 5)]).targets
    assert targets.pixel.tolist() == [[10.0, 31.0]]
    assert targets.id.tolist() == [200]


def test_two_targets_on_one_pixel_stay_two():
    assert len(in_frame([vmti([MODERN, MODERN], 5)]).targets) == 2


def test_the_packets_of_jmisb_have_two_targets_each():
    metadata = read_metadata(SAMPLE)
    assert (len(metadata), int(metadata.damaged.sum()), len(metadata.targets)) == (5, 0, 10)
    assert metadata.targets.columns.numbers["confidence_percent"][:2].tolist() == [15.0, 84.0]
    assert metadata.targets.pixel[0].tolist() == [388.0, 602.0]


def test_pixels_of_sets_without_a_frame_width_are_counted_in_the_videos_own():
    content = np.frombuffer(packet({2: bytes(8), 74: vmti([MODERN], 5, size=None)}), np.uint8)
    assert np.isnan(decode(take_apart(content)).targets.pixel).all()
    assert decode(take_apart(content), (480.0, 640.0)).targets.pixel.tolist() == [[10.0, 31.0]]
