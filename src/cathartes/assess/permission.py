"""Was each recording collected within its flight's authority? Anything missing, unknown or failing is a denial.

Only what a sensor recorded is asked; the aircraft's own track, reports and registers are not collection. What a denial does to
markings is in `cathartes.campaign`.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from shapely import contains_xy
from shapely.geometry import Polygon

from cathartes.model import Authority, Check, Flight, GasLog, Permission, Reading, Standing, Statement
from cathartes.model.samples import Floats

Rule: TypeAlias = Callable[[Authority, Flight, Reading], Check]

NOT_COLLECTION = frozenset({"track", "text_report", "emitter_list"})


def permissions(flight: Flight, readings: tuple[Reading, ...]) -> tuple[Permission, ...]:
    """The decision on every sensor's recording, in the order of the folder."""
    return tuple(permission(flight, reading) for reading in readings if reading.recording.kind not in NOT_COLLECTION)


def permission(flight: Flight, reading: Reading) -> Permission:
    """The decision on one recording: allowed only where every rule says `within`."""
    authority, recording = flight.authority, reading.recording
    if not isinstance(authority, Authority):
        checks: tuple[Check, ...] = (Check("stated", Standing.UNKNOWN, Statement("authority.none")),)
    else:
        rules = (stated, in_time, in_area, in_height, by_sensor)
        checks = tuple(asked(rule, authority, flight, reading) for rule in rules)
    allowed = all(check.standing is Standing.WITHIN for check in checks)
    return Permission(recording.id, recording.name, allowed, checks)


def asked(rule: Rule, authority: Authority, flight: Flight, reading: Reading) -> Check:
    """One rule's answer; a rule that fails has not allowed anything."""
    # Whatever goes wrong in a rule, known or not, is a denial: that is why nothing narrower is caught here.
    try:
        return rule(authority, flight, reading)
    except Exception:
        return Check(rule.__name__, Standing.UNKNOWN, Statement("authority.failed"))


def stated(authority: Authority, flight: Flight, reading: Reading) -> Check:
    """Whether the authority leaves nothing out."""
    missing = authority.missing
    if missing:
        return Check("stated", Standing.UNKNOWN, Statement("authority.missing", {"names": ", ".join(missing)}))
    return Check("stated", Standing.WITHIN, Statement("authority.complete"))


def in_time(authority: Authority, flight: Flight, reading: Reading) -> Check:
    """Whether all of the recording lies in the time window."""
    span = reading.recording.span
    if span is None or span.zero is None or authority.start is None or authority.end is None:
        return Check("time", Standing.UNKNOWN, Statement("authority.time_unknown"))
    zero = span.zero.utc.timestamp()
    early_s = authority.start.timestamp() - (zero + span.start_s)
    late_s = zero + span.end_s - authority.end.timestamp()
    if max(early_s, late_s) > 0:
        return Check("time", Standing.OUTSIDE, Statement("authority.time_outside", {"seconds": max(early_s, 0.0) + max(late_s, 0.0)}))
    return Check("time", Standing.WITHIN, Statement("authority.time_within"))


def in_area(authority: Authority, flight: Flight, reading: Reading) -> Check:
    """Whether every position lies in the area."""
    x, y, _ = positions(reading)
    if authority.area is None or not len(x):
        return Check("area", Standing.UNKNOWN, Statement("authority.area_unknown"))
    outside = int(np.count_nonzero(~contains_xy(Polygon(authority.area), x, y)))
    if outside:
        return Check("area", Standing.OUTSIDE, Statement("authority.area_outside", {"count": outside, "total": len(x)}))
    return Check("area", Standing.WITHIN, Statement("authority.area_within"))


def in_height(authority: Authority, flight: Flight, reading: Reading) -> Check:
    """Whether every height lies in the band; heights measured from something else say nothing."""
    *_, height_m = positions(reading)
    reference = reading.content.height_reference if isinstance(reading.content, GasLog) else None
    if authority.height_m is None or authority.height_reference is not reference or not len(height_m) or np.isnan(height_m).any():
        return Check("height", Standing.UNKNOWN, Statement("authority.height_unknown"))
    low, high = authority.height_m
    outside = int(np.count_nonzero((height_m < low) | (height_m > high)))
    if outside:
        return Check("height", Standing.OUTSIDE, Statement("authority.height_outside", {"count": outside, "total": len(height_m)}))
    return Check("height", Standing.WITHIN, Statement("authority.height_within"))


def by_sensor(authority: Authority, flight: Flight, reading: Reading) -> Check:
    """Whether the kind of recording, or every instrument in it, is named."""
    instruments = set(reading.content.instruments) if isinstance(reading.content, GasLog) else set()
    if reading.recording.kind in authority.sensors or (instruments and instruments <= set(authority.sensors)):
        return Check("sensor", Standing.WITHIN, Statement("authority.sensor_within"))
    found = ", ".join(sorted(instruments)) or reading.recording.kind
    return Check("sensor", Standing.OUTSIDE, Statement("authority.sensor_outside", {"found": found}))


def positions(reading: Reading) -> tuple[Floats, Floats, Floats]:
    """Every place at which the recording was taken, in the flight's frame, with its height; empty where it does not say."""
    if isinstance(reading.content, GasLog):
        both = np.concatenate((reading.content.start, reading.content.end))
        return both[:, 0], both[:, 1], both[:, 2]
    outline = reading.recording.footprint
    corners = [point for polygon in outline.polygons for point in polygon[0]] if outline else []
    x, y = np.array(corners, np.float64).reshape(-1, 2).T
    return x, y, np.empty(0)
