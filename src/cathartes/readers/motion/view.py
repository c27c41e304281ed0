"""Where the picture lay on the ground, packet by packet: frame centre, corners and the 90 % ellipse, recomputed from the pose."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.ground import CENTRE, CORNERS, PoseError, covariance, ellipse90, on_ground, on_height
from cathartes.earth.terrain import Ground
from cathartes.model.samples import Floats, Pose
from cathartes.readers.motion.check_heights import centre_heights, corner_heights
from cathartes.readers.motion.doctor import Diagnosis
from cathartes.readers.motion.pose import Stated, poses


@dataclass(frozen=True, eq=False)
class View:
    """Per row: the pose after repair, longitude and latitude of the centre (n, 2) and corners (n, 4, 2), the centre's height (m above
    the ellipsoid), and its 90 % ellipse: half axes (m) and bearing of the longer. NaN where there is none."""

    pose: Pose
    centre: Floats
    corners: Floats
    ground_m: Floats
    ellipse: Floats


def view(said: Stated, diagnosis: Diagnosis, ground: Ground | None = None) -> View:
    """The view of every row: on a height grid where one is given, else on the heights that the stream itself tells."""
    pose = poses(said, diagnosis.convention)
    if ground is not None:
        return _on_grid(pose, ground, diagnosis)
    centre_m = centre_heights(said, diagnosis.convention)
    centre = np.concatenate(on_height(pose, CENTRE, centre_m[:, None]), axis=1)
    corners = np.stack(on_height(pose, CORNERS, corner_heights(said, diagnosis.convention, centre_m)), axis=-1)
    return View(pose, centre, corners, centre_m, _ellipse(pose, centre_m, diagnosis.error))


def taken_view(seen: View, rows: NDArray[np.intp]) -> View:
    """Some rows."""
    return View(seen.pose.taken(rows), seen.centre[rows], seen.corners[rows], seen.ground_m[rows], seen.ellipse[rows])


def _on_grid(pose: Pose, ground: Ground, diagnosis: Diagnosis) -> View:
    lon, lat, height = on_ground(pose, np.vstack((CENTRE, CORNERS)), ground)
    corners = np.stack((lon, lat), axis=-1)
    return View(pose, corners[:, 0], corners[:, 1:], height[:, 0], _ellipse(pose, height[:, 0], diagnosis.error))


def _ellipse(pose: Pose, height: Floats, error: PoseError) -> Floats:
    """Half axes and bearing (n, 3)."""
    return np.stack([axis[:, 0] for axis in ellipse90(covariance(pose, CENTRE, height[:, None], error))], axis=1)
