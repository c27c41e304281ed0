"""The stream doctor: checks what a stream states against itself, names the conventions it finds, and mends them reversibly.

Pose, range, width, frame centre, corners, targets and clocks say the same thing in several ways. Where they differ by what a known
mistake would give, the mistake is named with its size; where they differ otherwise, or cannot be compared, that is said. Nothing in
the stream is changed: a repair is a `Convention`, which `pose.poses` applies.
"""

from dataclasses import dataclass, replace

import numpy as np

from cathartes.earth.ground import CENTRE, PoseError, distance_to_height, origins, rays
from cathartes.model import Statement, StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.check import MOST_ROWS, finding, run_of, taken
from cathartes.readers.motion.check_heights import centre_heights, height_pairs, heights, target_heights
from cathartes.readers.motion.check_pointing import (
    FEWEST_ROWS,
    directions,
    field_of_view,
    image_turn,
    late_pose,
    north,
    pointing,
    range_and_width,
    residuals,
)
from cathartes.readers.motion.pose import Convention, Pointing, Stated, poses
from cathartes.readers.motion.stream import Metadata

ASSUMED_POSITION_M, ASSUMED_HEIGHT_M = 3.0, 5.0
"""One standard deviation of a satellite receiver's place, across and up: no stream shows it."""
YAW_STEP_DEG, PITCH_STEP_DEG, HEIGHT_STEP_M = 0.0016, 0.0005, 0.09
"""What 16-bit headings, pitches and heights of ST 0601 resolve, as standard deviations."""
UNKNOWN_ERROR = PoseError(*6 * (float("nan"),))
UNSHOWN_DEG = 0.5
"""Where the pointing cannot be checked, an angle is taken to be off by this."""
LEVEL_90 = 1.645


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What was found and how to read the stream; the error of the pose (one standard deviation), and metres of error on the ground by
    cause (90 %)."""

    convention: Convention
    findings: tuple[StreamFinding, ...]
    error: PoseError
    budget_m: dict[str, float]


def diagnose(said: Stated, metadata: Metadata) -> Diagnosis:
    """All geometric checks of the rows of a stream, or of `check.sample_of` it, in the order in which one depends on the other."""
    standard = Pointing.ABSOLUTE if said.is_absolute else Pointing.RELATIVE
    if not np.isfinite(said.lon_deg).any():
        return Diagnosis(Convention(standard), (), UNKNOWN_ERROR, {})
    usable = _usable(said, metadata)
    thin = taken(usable, np.unique(np.linspace(0, len(usable.time_s) - 1, min(len(usable.time_s), MOST_ROWS)).astype(int)))
    found: list[StreamFinding] = []
    if np.isfinite(thin.centre_lon_deg).any():
        convention = late_pose(run_of(usable), pointing(thin, standard, found), found)
        # Poses of another moment lie between neighbours.
        thin = run_of(usable) if convention.late_s else thin
        convention = _against_centre(thin, convention, found)
    else:
        convention = Convention(standard)
        found.append(finding(Statement("stream.no-centre")))
    found += height_pairs(metadata)
    convention = target_heights(said, metadata, convention, found)
    error = _error(thin, convention, centre_heights(thin if convention.late_s else said, convention))
    undecided = sum(one.value or 0.0 for one in found if one.code == "height-offset" and not convention.centre_up_m)
    return Diagnosis(convention, tuple(found), error, _budget(thin, convention, error, undecided))


def _against_centre(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """The checks that need a stated frame centre, after those of pointing and moment."""
    told: list[StreamFinding] = []
    mended = heights(said, north(said, convention, told), told)
    if mended.level_deg:
        # An elevation that is off turns the azimuth too while an aircraft banks.
        told = [one for one in told if one.code == "elevation-bias"]
        mended = north(said, replace(mended, north_deg=0.0), told)
    found += told
    convention = field_of_view(said, image_turn(said, mended, found), found)
    range_and_width(said, convention, found)
    return convention


def _usable(said: Stated, metadata: Metadata) -> Stated:
    """The rows that checks look at: whole packets that state a sensor's place, and the frame centre where any do."""
    placed = np.isfinite(said.lon_deg)
    whole = placed & ~metadata.damaged
    # A centre that an earlier packet stated is not where this one's pose looked.
    fresh = whole & np.isfinite(metadata.columns.number("frame_center_latitude_deg"))
    usable = next((rows for one in (fresh, whole, placed) if len(rows := np.flatnonzero(one)) >= FEWEST_ROWS), np.flatnonzero(placed))
    return taken(said, usable)


def _error(said: Stated, convention: Convention, ground: Floats) -> PoseError:
    """One standard deviation of each unknown: the scatter that the stream shows, not less than what its integers resolve.

    How far off the sensor's own place is a stream cannot show: a satellite receiver's usual error is assumed.
    """
    azimuth, elevation, _ = residuals(said, convention)
    is_shown = convention.pointing is not Pointing.CENTRE and azimuth.count > 0
    yaw, pitch = (
        max(bias.spread, least) if is_shown else UNSHOWN_DEG for bias, least in ((azimuth, YAW_STEP_DEG), (elevation, PITCH_STEP_DEG))
    )
    steps = np.abs(np.diff(ground))
    relief = float(np.nanmedian(steps)) if np.isfinite(steps).any() else 0.0
    return PoseError(ASSUMED_POSITION_M, ASSUMED_HEIGHT_M, yaw, pitch, PITCH_STEP_DEG, max(relief, HEIGHT_STEP_M))


def _budget(said: Stated, convention: Convention, error: PoseError, undecided_m: float) -> dict[str, float]:
    """Metres on the ground at 90 % by cause, and of all together, for the middle of the stream.

    `undecided_m` is a height by which pointing and stated centre differ, where it is not known which is wrong.
    """
    pose = poses(said, convention)
    along = distance_to_height(origins(pose)[:, 0], rays(pose, CENTRE)[:, 0], centre_heights(said, convention))
    if not np.isfinite(along).any():
        return {}
    distance = float(np.nanmedian(along))
    lean = float(np.radians(-np.nanmedian(directions(pose)[1])))
    slope = max(np.tan(lean), 0.02)
    causes = {
        "azimuth": np.radians(error.yaw_deg) * distance * np.cos(lean),
        "elevation": np.radians(error.pitch_deg) * distance / max(np.sin(lean), 0.02),
        "ground_height": error.ground_m / slope,
        "sensor_height_assumed": error.height_m / slope,
        "sensor_position_assumed": error.position_m,
    }
    budget = {cause: round(LEVEL_90 * float(metres), 3) for cause, metres in causes.items()}
    budget |= {"undecided_height": round(abs(undecided_m) / slope, 3)} if undecided_m else {}
    budget["total"] = round(float(np.sqrt(sum(metres**2 for metres in budget.values()))), 3)
    return budget
