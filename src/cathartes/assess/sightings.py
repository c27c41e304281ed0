"""What was seen or told near a source beside its gas: movement in video, mentions in reports.

How the two are brought before a reviewer is in `assess.lead`; whether they change what a source is thought to be, in
`assess.hypotheses`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np

from cathartes.assess.search_area import around
from cathartes.model import Detection, Place, Source

REACH_M = 1000.0
"""A clandestine site and the road that serves it lie within this distance of each other."""
VAGUE_M = 10_000.0
"""A place known no better than this says nothing about one site."""


@dataclass(frozen=True)
class Nearby:
    """A detection, its distance from the source's most probable point, and one standard deviation of that distance, in metres."""

    detection: Detection
    distance_m: float
    error_m: float


def nearby_detections(source: Source, detections: Sequence[Detection]) -> tuple[Nearby, ...]:
    """Those within a kilometre and two standard deviations of the source, nearest first; vague places and other frames left out."""
    placed = [_beside(source, each) for each in detections if each.place.frame is source.place.frame]
    near = [each for each in placed if each.error_m <= VAGUE_M and each.distance_m <= REACH_M + 2 * each.error_m]
    return tuple(sorted(near, key=lambda each: (each.distance_m, each.detection.id)))


def _beside(source: Source, detection: Detection) -> Nearby:
    (east,), (north,) = around(source.place).metres(np.array([detection.place.x]), np.array([detection.place.y]))
    (east0,), (north0,) = around(source.place).metres(np.array([source.place.x]), np.array([source.place.y]))
    return Nearby(detection, hypot(east - east0, north - north0), hypot(_error_m(source.place), _error_m(detection.place)))


def _error_m(place: Place) -> float:
    """The standard deviation along the longest axis of the place's ellipse; zero where no covariance is stated."""
    if place.covariance_m2 is None:
        return 0.0
    east, cross, north = place.covariance_m2
    return sqrt((east + north) / 2 + hypot((east - north) / 2, cross))
