"""What is odd about a track, as statements: counted per aircraft and kept, never dropped or smoothed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.model import Statement, Track
from cathartes.model.samples import Floats

IMPOSSIBLE_M_S = 350.0
"""Faster than sound at flight level; a step above it is a wrong position or a wrong time, spoofed or not."""

GAP_S = 60.0
"""A longer time between two fixes of one aircraft is listed as a gap."""


@dataclass(frozen=True)
class Steps:
    """From each fix to the next of the same aircraft, in file order: seconds and metres over ground, NaN where unknown."""

    seconds: Floats
    metres: Floats


def health_of_track(track: Track) -> tuple[Statement, ...]:
    """How many fixes there are, and what is wrong with them."""
    nowhere = int(np.count_nonzero(np.isnan(track.lon_deg) | np.isnan(track.lat_deg)))
    no_time = int(np.count_nonzero(np.isnan(track.utc_s)))
    no_height = int(np.count_nonzero(np.isnan(track.height_m) & np.isnan(track.barometric_altitude_m)))
    steps = steps_of(track)
    counts = {
        "health.no_place": nowhere,
        "health.no_time": no_time,
        "health.no_height": no_height,
        "health.held_fixes": int(np.count_nonzero(steps.metres == 0)),
        "health.same_second": same_second(track),
        "health.time_back": int(np.count_nonzero(steps.seconds < 0)),
        "health.impossible_speed": impossible(steps),
    }
    fixes = Statement("health.fixes", {"fixes": len(track.utc_s), "aircraft": len(set(track.aircraft))})
    return (fixes, *(Statement(key, {"count": count}) for key, count in counts.items() if count), *gaps(steps))


def steps_of(track: Track) -> Steps:
    """The steps of every aircraft; fixes without a place or a time take no part in them."""
    known = np.flatnonzero(np.isfinite(track.lon_deg) & np.isfinite(track.lat_deg) & np.isfinite(track.utc_s))
    seconds, metres = [np.empty(0)], [np.empty(0)]
    for fixes in of_each_aircraft(track, known):
        seconds.append(np.diff(track.utc_s[fixes]))
        metres.append(ground_metres(track.lon_deg[fixes], track.lat_deg[fixes]))
    return Steps(np.concatenate(seconds), np.concatenate(metres))


def of_each_aircraft(track: Track, fixes: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """The given fixes of each aircraft, in file order; aircraft in the order of their names."""
    if len(set(track.aircraft)) == 1:
        yield fixes
        return
    _, number = np.unique(np.array(track.aircraft, dtype=object)[fixes], return_inverse=True)
    order = np.argsort(number, kind="stable")
    for first, last in zip(*bounds(number[order]), strict=True):
        yield fixes[order[first:last]]


def bounds(numbers: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and one-past-last index of each run of equal numbers."""
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    return starts, np.append(starts[1:], len(numbers))[: len(starts)]


def ground_metres(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """Length of the geodesic from each fix to the next on the WGS 84 ellipsoid, in metres."""
    # pyproj costs 0.1 s to import, and `cathartes --help` reads no track.
    from pyproj import Geod

    return np.asarray(Geod(ellps="WGS84").inv(lon_deg[:-1], lat_deg[:-1], lon_deg[1:], lat_deg[1:])[2], np.float64)


def impossible(steps: Steps) -> int:
    """Steps faster than `IMPOSSIBLE_M_S`. Steps that take no time, or go back in it, are counted on their own."""
    return int(np.count_nonzero((steps.seconds > 0) & (steps.metres > IMPOSSIBLE_M_S * steps.seconds)))


def same_second(track: Track) -> int:
    """Fixes whose aircraft has an earlier fix in the same whole second of UTC."""
    timed = np.flatnonzero(np.isfinite(track.utc_s))
    return sum(len(fixes) - len(np.unique(np.floor(track.utc_s[fixes]))) for fixes in of_each_aircraft(track, timed))


def gaps(steps: Steps) -> list[Statement]:
    """How often an aircraft was not fixed for over a minute: the longest time, and the most ground covered unseen."""
    long = np.flatnonzero(steps.seconds > GAP_S)
    if not long.size:
        return []
    longest, farthest = long[np.argmax(steps.seconds[long])], long[np.argmax(steps.metres[long])]
    values = {
        "count": len(long),
        "longest_s": float(steps.seconds[longest]),
        "farthest_km": float(steps.metres[farthest] / 1000),
        "farthest_s": float(steps.seconds[farthest]),
    }
    return [Statement("health.gaps", values)]
