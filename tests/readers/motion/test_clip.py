"""Clips keep what they are cut from: the same packets, the same metadata, the same times."""

from pathlib import Path

import av
import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.readers.motion.clip import cut
from cathartes.readers.motion.stream import read_metadata

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "aphill_short.ts"


@pytest.fixture(scope="module")
def clipped(tmp_path_factory):
    clip = cut(SAMPLE, 0.6, 1.2)
    path = tmp_path_factory.mktemp("clip") / "c.ts"
    path.write_bytes(clip.content)
    return clip, path


def test_a_clip_is_a_run_of_the_streams_own_bytes(clipped):
    clip, _ = clipped
    parameters = clip.custody.parameters
    own = SAMPLE.read_bytes()[parameters["first_byte"] : parameters["last_byte"]]
    assert clip.content[parameters["tables_bytes"] :] == own


def test_the_metadata_of_a_clip_are_the_packets_of_its_time_unchanged(clipped):
    part, whole = read_metadata(clipped[1]), read_metadata(SAMPLE)
    assert 17 <= len(part) < len(whole)
    assert not part.damaged.any()
    times = set(whole.utc_us.tolist())
    assert all(time in times for time in part.utc_us.tolist())
    at = np.flatnonzero(whole.utc_us == part.utc_us[0])[0]
    latitude = "frame_center_latitude_deg"
    assert (part.columns.numbers[latitude] == whole.columns.numbers[latitude][at : at + len(part)]).all()


def test_a_clip_begins_with_a_picture_that_can_be_decoded(clipped):
    with av.open(str(clipped[1])) as container:
        first = next(container.decode(video=0))
    assert first.key_frame


@pytest.mark.parametrize(("start", "end"), [(5.0, 6.0), (1.0, 0.5), (-1.0, 1.0)])
def test_times_that_are_not_in_the_video_are_refused(start, end):
    with pytest.raises(BadInput, match="is not in it"):
        cut(SAMPLE, start, end)
