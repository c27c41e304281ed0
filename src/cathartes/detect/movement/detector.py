"""The plug-in for movement: tracks in a video whose metadata place them on the ground, as detections with their error."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cathartes import __version__
from cathartes.detect.movement.following import Movers, follow
from cathartes.earth.ground import PoseError, covariance, on_height
from cathartes.model import (
    Custody,
    Detection,
    DetectionKind,
    Flight,
    Frame,
    Instant,
    MotionImagery,
    Place,
    Reading,
    Span,
    Statement,
    identifier,
)  # fmt: skip
from cathartes.model.samples import Floats
from cathartes.plugins import Detected

METHOD = "median-background-chains"
NEAREST_S = 0.5
"""A picture further than this from any pose is not placed."""


@dataclass(frozen=True, eq=False)
class Placed:
    """Per row of `Movers` longitude and latitude, their covariance (east, north; square metres), and seconds since the recording began
    by its own clock; NaN where there is no pose."""

    lon_deg: Floats
    lat_deg: Floats
    covariance_m2: Floats
    since_start_s: Floats


class MovementDetector:
    """Finds what moves in motion imagery: vehicles and activity, never persons by name, face or plate."""

    content = MotionImagery

    def detect(self, reading: Reading, flight: Flight) -> Detected:
        """One detection per track, placed where the track was in its middle; none where pictures or their poses are missing."""
        imagery = reading.content
        if not isinstance(imagery, MotionImagery) or not len(imagery.pictures_s) or not np.isfinite(imagery.pts_s).any():
            return Detected((), ())
        movers = follow(imagery.file)
        placed = place(movers, imagery, picture_shape(imagery.file))
        tracks = [np.flatnonzero(movers.track == track) for track in np.unique(movers.track)]
        custody = Custody((reading.recording.digest,), METHOD, __version__)
        found = [track_detection(movers, placed, rows, reading, custody) for rows in tracks]
        return Detected(tuple(one for one in found if one is not None), ())


def picture_shape(file: Path) -> tuple[int, int]:
    """Rows and columns of a video's pictures."""
    import av

    with av.open(str(file)) as container:
        context = container.streams.video[0].codec_context
        return int(context.height), int(context.width)


def place(movers: Movers, imagery: MotionImagery, shape: tuple[int, int]) -> Placed:
    """Where each row's pixel meets the ground, by the pose nearest in time on the programme's clock."""
    nowhere = np.full(len(movers.row), np.nan)
    at, after = imagery.rows_at(movers.time_s)
    if not np.isfinite(after).any():
        return Placed(nowhere, nowhere, np.full((len(nowhere), 2, 2), np.nan), nowhere)
    pose = imagery.pose.taken(at)
    fractions = np.stack(((movers.column + 0.5) / shape[1] * 2 - 1, (movers.row + 0.5) / shape[0] * 2 - 1), axis=1)[:, None, :]
    height = imagery.ground_m[at][:, None]
    lon, lat = (values[:, 0] for values in on_height(pose, fractions, height))
    is_near = np.abs(after) <= NEAREST_S
    error = covariance(pose, fractions, height, _error(imagery))[:, 0]
    clock = imagery.utc_s if np.isfinite(imagery.utc_s).any() else imagery.pts_s
    since = clock[at] + after - np.nanmin(clock)
    return Placed(np.where(is_near, lon, np.nan), np.where(is_near, lat, np.nan), error, since)


def _error(imagery: MotionImagery) -> PoseError:
    """The stream's own pose error, as its reader found it."""
    return PoseError(*imagery.pose_error)


def track_detection(
    movers: Movers, placed: Placed, rows: NDArray[np.intp], reading: Reading, custody: Custody, called: str | None = None
) -> Detection | None:
    """One track as a detection: its middle, its span in the recording, and in words how long and how far it was seen.

    It is a movement, or an object where a model `called` it something. `None` where no row of it is placed.
    """
    rows = rows[np.isfinite(placed.lon_deg[rows])]
    if not rows.size:
        return None
    middle, recording = rows[len(rows) // 2], reading.recording
    pixel = {name: float(getattr(movers, name)[middle]) for name in ("time_s", "row", "column")}
    metre = 111_320.0
    east = np.ptp(placed.lon_deg[rows]) * metre * np.cos(np.radians(placed.lat_deg[middle]))
    far = float(np.hypot(east, np.ptp(placed.lat_deg[rows]) * metre))
    start, end = float(placed.since_start_s[rows[0]]), float(placed.since_start_s[rows[-1]])
    zero = recording.span.zero if recording.span else None
    (ee, en), (_, nn) = placed.covariance_m2[middle]
    since = float(placed.since_start_s[middle])
    at = Instant(zero.utc + timedelta(seconds=since), zero.clock) if zero and np.isfinite(since) else None
    kind, says = DetectionKind.MOVEMENT, Statement("movement.track", {"seconds": round(end - start, 1), "metres": round(far, 1)})
    if called is not None:
        kind, says = DetectionKind.OBJECT, Statement("object.track", {**says.values, "called": called})
    return Detection(
        identifier(kind, [recording.id, str(movers.track[middle])]), recording.id, kind, None, "video",
        Span(start, end, zero), None, None,
        Place(float(placed.lon_deg[middle]), float(placed.lat_deg[middle]), Frame.WGS84, covariance_m2=(float(ee), float(en), float(nn))),
        replace(custody, parameters={**custody.parameters, **pixel}, at=at), recording.markings, says,
    )  # fmt: skip
