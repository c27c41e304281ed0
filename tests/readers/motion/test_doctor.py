"""Faults planted in streams with exact truth, by an encoder and a geometry of their own, and the one in the real stream."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from cathartes.earth.geoid import undulation
from cathartes.earth.ground import metres_between
from cathartes.messages import LANGUAGES, say
from cathartes.readers.motion.health import findings
from cathartes.readers.motion.parts import Known, read_stream
from cathartes.readers.motion.stream import decode
from cathartes.readers.motion.table_out import computed_targets
from cathartes.readers.motion.transport import take_apart
from tests.readers.motion.streams import CENTRE_AND_CORNERS, START_US, Said, flight, linear, packet, signed, stream, transport
from tests.readers.motion.test_targets import target, vmti

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "aphill_short.ts"
MOMENTS = flight(100, lon=-97.1, lat=27.9)
GRID_DEG = -0.90
LABELS = {"stream-labels", "no-video"}


def sea(lon, lat):
    return float(undulation(np.float64(lon), np.float64(lat)))


def hills(lon, lat):
    return 50 + 12 * np.sin(lon * 800) + 9 * np.cos(lat * 1100)


@cache
def truth():
    return np.array([[moment.meets(*at, hills) for at in CENTRE_AND_CORNERS] for moment in MOMENTS[::10]])


def read(tmp_path, said=None) -> Known:
    path = tmp_path / "flight.ts"
    path.write_bytes(stream(MOMENTS, hills, sea, said))
    return read_stream(path)


def found(known):
    return {one.code: one.value for one in known.findings if one.code not in LABELS}


def off_m(known):
    """Metres of every tenth centre (n) and corner (n, 4) from the truth."""
    true = truth()
    centre = metres_between(*known.view.centre[::10].T, true[:, 0, 0], true[:, 0, 1])
    corners = known.view.corners[::10]
    return centre, metres_between(corners[..., 0], corners[..., 1], true[:, 1:, 0], true[:, 1:, 1])


def test_a_clean_stream_has_nothing_to_find_and_lies_within_decimetres(tmp_path):
    known = read(tmp_path)
    centre, corners = off_m(known)
    assert found(known) == {}
    assert np.median(centre) < 0.2
    assert np.median(corners) < 0.3


@pytest.mark.parametrize(
    ("said", "code", "size", "within"),
    [
        (Said(north_deg=GRID_DEG), "grid-north", GRID_DEG, 0.02),
        (Said(north_deg=2.0), "azimuth-bias", 2.0, 0.02),
        (Said(is_bearing=True), "absolute-azimuth", None, None),
        (Said(level=True), "level-elevation", None, None),
        (Said(centre_up_m=-28.0), "datum-clash", -28.0, 1.0),
        (Said(centre_up_m=12.0), "height-offset", -12.0, 1.0),
        (Said(elevation=lambda up, _: up + 0.5), "elevation-bias", 0.5, 0.02),
        (Said(late=5), "late-pose", 0.5, 0.05),
        (Said(turn_deg=20), "image-turn", -20.0, 0.5),
        (Said(elevation=lambda _, number: number * 37.7 % 80 - 90), "unusable-elevation", None, None),
        (Said(elevation=lambda *_: 0.0), "unusable-elevation", None, None),
    ],
)
def test_a_planted_fault_is_named_with_its_size_and_nothing_else_is(tmp_path, said, code, size, within):
    known = read(tmp_path, said)
    names = found(known)
    assert code in names
    assert set(names) <= {code, "image-turn"}
    if size is not None:
        assert abs(names[code]) == pytest.approx(abs(size), abs=within)
    centre, _ = off_m(known)
    assert np.median(centre) < 0.5


def test_a_height_that_nothing_decides_is_in_the_error_budget(tmp_path):
    known = read(tmp_path, Said(centre_up_m=12.0, leave_out=frozenset({21})))
    assert found(known) == {"height-offset": pytest.approx(-12.0, abs=1.0)}
    assert np.median(off_m(known)[0]) < known.diagnosis.budget_m["total"]
    assert known.diagnosis.budget_m["undecided_height"] > 4.0


def test_a_wrong_field_of_view_is_told_by_corners_and_width_and_mended(tmp_path):
    known = read(tmp_path, Said(widened=1.1))
    assert found(known) == {"field-of-view": pytest.approx(1 / 1.1, abs=0.005)}
    assert np.median(off_m(known)[1]) < 1.0


def test_without_a_width_it_stays_undecided_whether_corners_or_field_of_view_are_wrong(tmp_path):
    known = read(tmp_path, Said(widened=1.1, leave_out=frozenset({22})))
    assert found(known) == {"corner-span": pytest.approx(1 / 1.1, abs=0.005)}


def test_corners_stated_in_every_tenth_packet_tell_the_ground_between_them_too(tmp_path):
    known = read(tmp_path, Said(seldom=frozenset(range(23, 34)) - {25}))
    assert found(known) == {}
    centre, corners = off_m(known)
    assert np.nanmedian(centre) < 0.5
    assert np.nanmedian(corners) < 1.0


def test_without_range_width_and_height_the_ground_is_still_found(tmp_path):
    known = read(tmp_path, Said(leave_out=frozenset({21, 22, 25})))
    assert set(found(known)) == {"no-centre-height"}
    assert np.median(off_m(known)[0]) < 0.3


PIXELS = ((60, 100), (240, 500), (400, 320))


def legacy_targets(up_m):
    """Three targets on fixed pixels of a picture of 480 x 640, encoded as before version 4, their heights `up_m` too high."""

    def told(moment):
        sent = []
        for number, (row, column) in enumerate(PIXELS):
            lon, lat, height = moment.meets((column - 0.5) / 320 - 1, (row - 0.5) / 240 - 1, hills)
            place = signed(lat, 90, 4) + signed(lon, 180, 4) + linear(height + up_m, -900, 19000, 2)
            sent.append(target(number, {1: ((row - 1) * 640 + column).to_bytes(3, "big"), 17: place}))
        return vmti(sent, 3)

    return told


def test_legacy_targets_lie_where_their_pixels_rays_meet_the_ground(tmp_path):
    known = read(tmp_path, Said(targets=legacy_targets(0.0)))
    assert set(found(known)) == {"legacy-targets"}
    stated, (lon, lat, _) = known.metadata.targets.location, computed_targets(known)
    off = metres_between(lon, lat, stated[:, 0], stated[:, 1])
    assert len(off) == 3 * len(MOMENTS)
    assert np.median(off) < 0.4
    assert off.max() < 1.0


def test_targets_on_another_datum_are_found_to_a_metre_and_mended(tmp_path):
    known = read(tmp_path, Said(targets=legacy_targets(28.0)))
    assert found(known)["target-datum"] == pytest.approx(28.0, abs=1.0)
    stated, (lon, lat, _) = known.metadata.targets.location, computed_targets(known)
    assert np.median(metres_between(lon, lat, stated[:, 0], stated[:, 1])) < 0.4


def test_a_leap_of_the_programmes_clock_is_no_drift():
    units = [(90_000 * at + 900_000 * (at >= 12), packet({2: (START_US + 1_000_000 * at).to_bytes(8, "big")})) for at in range(24)]
    told = {one.code: one for one in findings(decode(take_apart(np.frombuffer(transport(units), np.uint8))))}
    assert told["clock-leap"].value == pytest.approx(-10.0)
    assert told["clock-leap"].evidence == {"places": 1}
    assert "clock-drift" not in told


def test_the_real_stream_is_measured_from_grid_north():
    known = read_stream(SAMPLE)
    names = found(known)
    assert names["grid-north"] == pytest.approx(1.457, abs=0.05)
    assert names["zero-plane"] == pytest.approx(0.0, abs=0.1)
    assert names["clock-offset"] == pytest.approx(-109.8, abs=0.1)


def test_every_finding_is_a_sentence_in_both_languages(tmp_path):
    for known in (read_stream(SAMPLE), read(tmp_path, Said(late=5)), read(tmp_path, Said(centre_up_m=12.0))):
        for one in known.findings:
            assert all(len(say(one.statement, language)) > 20 for language in LANGUAGES)
