"""Movement and mentions near a source speak for or against it; those far away, or vaguely placed, do not."""

from dataclasses import replace

import numpy as np
import pytest

from cathartes.assess import assemble
from cathartes.assess.search_area import around
from cathartes.assess.sightings import nearby_detections
from cathartes.errors import BadInput
from cathartes.messages import LANGUAGES, say
from cathartes.model import Detection, DetectionKind, Frame, Place, Statement
from cathartes.release.redact import redact
from tests.assess.flown import LOG, flight, keys, located
from tests.release.sample_lead import TO_MEXICO, sample_lead

SOURCE = replace(sample_lead(Frame.WGS84).sources[0], place=replace(sample_lead(Frame.WGS84).sources[0].place, covariance_m2=None))


def sighting(east_m: float, sigma_m: float, kind: DetectionKind = DetectionKind.MOVEMENT) -> Detection:
    """Something seen east of the sample's best point, in words that stand for any."""
    (lon,), (lat,) = around(SOURCE.place).back(np.array([east_m]), np.array([0.0]))
    place = Place(float(lon), float(lat), Frame.WGS84, covariance_m2=(sigma_m**2, 0.0, sigma_m**2))
    seen = sample_lead(Frame.WGS84).detections[0]
    words = Statement("gap.unread", {"count": 1, "names": "El Nogal"})
    return replace(seen, id=f"detection-{kind}-{east_m:.0f}", kind=kind, gas=None, peak=None, place=place, says=words, markings=TO_MEXICO)


def test_nearest_first_with_its_distance_and_error() -> None:
    near = nearby_detections(SOURCE, [sighting(700, 30), sighting(400, 40)])
    assert [round(each.distance_m) for each in near] == [400, 700]
    assert near[0].error_m == pytest.approx(40)


@pytest.mark.parametrize(("east_m", "sigma_m", "is_near"), [(999, 0, True), (1010, 0, False), (1900, 500, True), (0, 20_000, False)])
def test_reach_grows_with_the_error_until_the_place_is_too_vague(east_m: float, sigma_m: float, is_near: bool) -> None:
    assert bool(nearby_detections(SOURCE, [sighting(east_m, sigma_m)])) is is_near


def test_a_sighting_in_another_frame_is_left_out() -> None:
    elsewhere = replace(sighting(0, 1), place=Place(0.0, 0.0, Frame.LOCAL))
    assert nearby_detections(SOURCE, [elsewhere]) == ()


def test_a_lead_tells_of_what_was_seen_near_it_in_both_languages() -> None:
    seen = (sighting(300, 30), sighting(500, 600, DetectionKind.MENTION))
    lead = assemble(flight(), "ch4", located(SOURCE), seen, (), [LOG], (), (), "A. Analyst")[0]
    assert {"evidence.movement", "evidence.mention"} <= set(keys(tuple(each.statement for each in lead.evidence)))
    assert {each.id for each in seen} <= {each.id for each in lead.detections}
    assert all("Nogal" in say(each.statement, language) for each in lead.evidence if each.statement.values for language in LANGUAGES
               if each.statement.key == "gap.unread")  # fmt: skip


def test_a_release_without_the_sighting_holds_none_of_its_words() -> None:
    secret = replace(sighting(300, 30), markings=replace(TO_MEXICO, whole=replace(TO_MEXICO.whole, releasable_to=("USA",))))
    lead = assemble(flight(), "ch4", located(replace(SOURCE, markings=TO_MEXICO)), [secret], (), [LOG], (), (), "A. Analyst")[0]
    release = redact(lead, "MEX", "B. Officer", None)
    assert "Nogal" in str(lead.evidence)
    assert "Nogal" not in str(release)
    assert "evidence.movement" not in str(release)


def test_a_detection_says_what_was_seen_or_names_its_gas() -> None:
    with pytest.raises(BadInput, match="needs a gas"):
        replace(sighting(0, 1), says=None)
