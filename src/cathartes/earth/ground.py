"""Where a ray from a camera meets the ground, and which pixel a place on the ground falls on.

Everything is computed on the WGS 84 ellipsoid in Earth-centred coordinates (ECEF, metres), for many frames at once: arrays of n
poses and of m directions each. Heights are above the ellipsoid; `geoid` leads to and from sea level, `terrain` holds grids.
A ray that does not meet the ground, above the horizon or beyond the grid, gives NaN and never a far point.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.geodesy import SEMI_MAJOR_M, SEMI_MINOR_M, earth_centred, geodetic
from cathartes.earth.geoid import undulation
from cathartes.earth.terrain import Ground
from cathartes.model.samples import Floats, Pose

CHI2_90 = 4.605170185988092
"""Squared radius of the 90 % ellipse of a two-dimensional normal distribution."""

REFINEMENTS, CLOSE_M = 5, 1e-4
"""Newton squares the error of each step: after one of a tenth of a millimetre nothing is left to find."""
STEPS_TO_GROUND = 4096
"""Most steps along one ray: enough for a kilometre-long grazing path over half-metre cells."""
HIDING_M = 1.0
"""Ground less far above a line of sight hides nothing: a grid of heights is not better known."""
CORNERS = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)])
"""Upper left, upper right, lower right, lower left of a picture (ST 0601 items 82 to 89) as fractions right and down of its half."""
CENTRE = np.zeros((1, 2))


def north_east_down(lon_deg: Floats, lat_deg: Floats) -> Floats:
    """The local axes as columns of (..., 3, 3) matrices that turn north-east-down vectors into Earth-centred ones."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    zero = np.zeros_like(lon)
    north = np.stack((-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)), axis=-1)
    east = np.stack((-np.sin(lon), np.cos(lon), zero), axis=-1)
    down = np.stack((-np.cos(lat) * np.cos(lon), -np.cos(lat) * np.sin(lon), -np.sin(lat)), axis=-1)
    return np.stack((north, east, down), axis=-1)


def rotation(yaw_deg: Floats, pitch_deg: Floats, roll_deg: Floats) -> Floats:
    """Rz(yaw) Ry(pitch) Rx(roll) as (n, 3, 3): vectors of the turned body (ahead, right, down) into those it was turned from."""
    (sy, sp, sr), (cy, cp, cr) = ([f(np.radians(angle)) for angle in (yaw_deg, pitch_deg, roll_deg)] for f in (np.sin, np.cos))
    rows = (
        np.stack((cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr), axis=-1),
        np.stack((sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr), axis=-1),
        np.stack((-sp, cp * sr, cp * cr), axis=-1),
    )
    return np.stack(rows, axis=-2)


def camera_axes(pose: Pose) -> Floats:
    """(n, 3, 3) matrices that turn camera vectors (ahead, right, down) into Earth-centred ones."""
    platform = rotation(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    sensor = rotation(pose.azimuth_deg, pose.elevation_deg, pose.turn_deg)
    return np.asarray(north_east_down(pose.lon_deg, pose.lat_deg) @ platform @ sensor)


def rays(pose: Pose, at: Floats) -> Floats:
    """Unit directions (n, m, 3), Earth-centred, through m points of each picture.

    `at` is (m, 2) or (n, m, 2): right and down from the centre as fractions of half the picture's width and height.
    """
    at = np.broadcast_to(at, (len(pose), *at.shape[-2:]))
    right = at[..., 0] * np.tan(np.radians(pose.horizontal_fov_deg) / 2)[:, None]
    down = at[..., 1] * np.tan(np.radians(pose.vertical_fov_deg) / 2)[:, None]
    vectors = np.stack((np.ones_like(right), right, down), axis=-1)
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(np.einsum("nij,nmj->nmi", camera_axes(pose), vectors))


def origins(pose: Pose) -> Floats:
    """Earth-centred places (n, 1, 3) of the cameras, to go with `rays`."""
    return earth_centred(pose.lon_deg, pose.lat_deg, pose.height_m)[:, None, :]


def distance_to_height(origin: Floats, direction: Floats, height_m: Floats) -> Floats:
    """Metres along each ray to the surface of constant height; NaN where the ray passes above it or leads away.

    First the ellipsoid with both axes lengthened by the height, then Newton on the height itself (they differ by centimetres).
    """
    with np.errstate(invalid="ignore"):
        distance = _to_ellipsoid(origin, direction, height_m)
        for _ in range(REFINEMENTS):
            lon, lat, height = geodetic(origin + distance[..., None] * direction)
            up = -north_east_down(lon, lat)[..., 2]
            slope = np.einsum("...i,...i->...", up, direction)
            step = (height - height_m) / np.where(np.abs(slope) < 1e-6, np.nan, slope)
            distance = distance - step
            if not (np.abs(step) > CLOSE_M).any():
                break
        return np.where(distance > 0, distance, np.nan)


def _to_ellipsoid(origin: Floats, direction: Floats, height_m: Floats) -> Floats:
    axes = np.stack(np.broadcast_arrays(SEMI_MAJOR_M + height_m, SEMI_MAJOR_M + height_m, SEMI_MINOR_M + height_m), axis=-1)
    start, along = origin / axes, direction / axes
    a, b, c = (np.einsum("...i,...i->...", p, q) for p, q in ((along, along), (start, along), (start, start)))
    discriminant = b * b - a * (c - 1.0)
    root = np.sqrt(np.where(discriminant < 0, np.nan, discriminant))
    # c - 1 > 0 outside: the nearer root in the form that keeps its digits.
    return np.where(b < 0, (c - 1.0) / (-b + root), np.nan)


def on_height(pose: Pose, at: Floats, height_m: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude (n, m) where rays through picture points meet the surface of `height_m` (n, m or broadcastable)."""
    origin, direction = origins(pose), rays(pose, at)
    distance = distance_to_height(origin, direction, np.asarray(height_m, float))
    lon, lat, _ = geodetic(origin + distance[..., None] * direction)
    return lon, lat


def on_ground(pose: Pose, at: Floats, ground: Ground) -> tuple[Floats, Floats, Floats]:
    """Longitude, latitude and height above the ellipsoid (n, m) where rays first meet a grid of heights above sea level.

    Steps of half a grid cell from the highest to the lowest height in the grid, then bisection: a grazing ray does not pass
    through a hill. NaN where it leaves the grid before it meets the ground.
    """
    origin, direction = np.broadcast_arrays(origins(pose), rays(pose, at))
    shape = direction.shape[:-1]
    origin, direction = origin.reshape(-1, 3), direction.reshape(-1, 3)
    found = np.array([_first_meeting(*ray, ground) for ray in zip(origin, direction, strict=True)]).reshape(*shape, 3)
    return found[..., 0], found[..., 1], found[..., 2]


def _first_meeting(origin: Floats, direction: Floats, ground: Ground) -> tuple[float, float, float]:
    nowhere = (np.nan, np.nan, np.nan)
    lon, lat, height = geodetic(origin)
    sea = float(undulation(lon, lat))
    low, high = (float(f(ground.height_m)) + sea + margin for f, margin in ((np.nanmin, -2.0), (np.nanmax, 2.0)))
    last = float(distance_to_height(origin, direction, np.asarray(low)))
    if not np.isfinite(last):
        return nowhere
    first = 0.0 if height <= high else float(distance_to_height(origin, direction, np.asarray(high)))
    count = int(np.clip((last - first) / (0.5 * ground.step_m()), 8, STEPS_TO_GROUND))
    distances = np.linspace(first, last, count + 1)
    above = _clearance(origin, direction, distances, ground)
    under = np.flatnonzero(above <= 0)
    if not under.size or under[0] == 0 or not np.isfinite(above[under[0] - 1]):
        return nowhere
    near, far = distances[under[0] - 1], distances[under[0]]
    for _ in range(40):
        middle = 0.5 * (near + far)
        near, far = (middle, far) if _clearance(origin, direction, np.array([middle]), ground)[0] > 0 else (near, middle)
    place = geodetic(origin + far * direction)
    return float(place[0]), float(place[1]), float(place[2])


def _clearance(origin: Floats, direction: Floats, distances: Floats, ground: Ground) -> Floats:
    """Metres between points of a ray and the ground under them; NaN outside the grid."""
    lon, lat, height = geodetic(origin + distances[:, None] * direction)
    return height - undulation(lon, lat) - ground.under(lon, lat)


def is_in_view(pose: Pose, lon_deg: Floats, lat_deg: Floats, ground: Ground) -> NDArray[np.bool_]:
    """Whether nothing of the ground stands between the one camera and places on it (n): steps of a cell up to its highest height.

    Places off the grid are in view: nothing is known that hides them.
    """
    place = earth_centred(lon_deg, lat_deg, ground.under(lon_deg, lat_deg) + undulation(lon_deg, lat_deg))
    back = origins(pose)[0] - place
    reach = np.linalg.norm(back, axis=1, keepdims=True)
    is_clear = np.ones(len(place), np.bool_)
    for distance in np.arange(ground.step_m(), float(reach.max()), max(ground.step_m(), float(reach.max()) / STEPS_TO_GROUND)):
        lon, lat, height = geodetic(place + np.minimum(distance / reach, 1.0) * back)
        above_sea = height - undulation(lon, lat)
        is_clear &= ~(above_sea < ground.under(lon, lat) - HIDING_M)
        if not (above_sea < np.nanmax(ground.height_m)).any():
            break
    return is_clear


def height_over(origin: Floats, direction: Floats, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
    """Height at which the vertical through a place comes nearest to a ray, and how far (m) they miss one another there."""
    foot = earth_centred(lon_deg, lat_deg, np.zeros_like(lon_deg))
    up = -north_east_down(lon_deg, lat_deg)[..., 2]
    gap = foot - origin
    lean = np.einsum("...i,...i->...", up, direction)
    with np.errstate(invalid="ignore", divide="ignore"):
        height = (np.einsum("...i,...i->...", gap, direction) * lean - np.einsum("...i,...i->...", gap, up)) / (1.0 - lean**2)
    along = np.einsum("...i,...i->...", gap, direction) + height * lean
    miss = np.linalg.norm(gap + height[..., None] * up - along[..., None] * direction, axis=-1)
    return height, miss


def bearing(pose: Pose, lon_deg: Floats, lat_deg: Floats, height_m: Floats) -> tuple[Floats, Floats, Floats]:
    """True azimuth, elevation (degrees, up positive) and distance (m) from each camera to one place each."""
    gap = earth_centred(lon_deg, lat_deg, height_m) - earth_centred(pose.lon_deg, pose.lat_deg, pose.height_m)
    north, east, down = np.einsum("nji,nj->in", north_east_down(pose.lon_deg, pose.lat_deg), gap)
    level = np.hypot(north, east)
    return np.degrees(np.arctan2(east, north)) % 360.0, np.degrees(np.arctan2(-down, level)), np.hypot(level, down)


def picture_point(pose: Pose, lon_deg: Floats, lat_deg: Floats, height_m: Floats) -> Floats:
    """Where places (n, m) fall in each picture (n, m, 2): right and down as fractions of its half; NaN behind the camera."""
    gap = earth_centred(lon_deg, lat_deg, height_m) - origins(pose)
    ahead, right, down = np.moveaxis(np.einsum("nji,nmj->nmi", camera_axes(pose), gap), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ahead = np.where(ahead > 0, ahead, np.nan)
        across = right / ahead / np.tan(np.radians(pose.horizontal_fov_deg) / 2)[:, None]
        along = down / ahead / np.tan(np.radians(pose.vertical_fov_deg) / 2)[:, None]
    return np.stack((across, along), axis=-1)


def metres_between(lon1_deg: Floats, lat1_deg: Floats, lon2_deg: Floats, lat2_deg: Floats) -> Floats:
    """Straight distance in metres between points of the ellipsoid; for points within some kilometres, that along the ground."""
    zero = np.zeros_like(np.asarray(lon1_deg, float))
    return np.asarray(np.linalg.norm(earth_centred(lon1_deg, lat1_deg, zero) - earth_centred(lon2_deg, lat2_deg, zero), axis=-1))


@dataclass(frozen=True)
class PoseError:
    """One standard deviation of what a ground point depends on: position and height (m), angles (degrees), ground height (m)."""

    position_m: float
    height_m: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    ground_m: float


def covariance(pose: Pose, at: Floats, height_m: Floats, error: PoseError) -> Floats:
    """Covariance (n, m, 2, 2) in square metres, east and north, of where rays through picture points meet the ground.

    First order in independent errors, by differences of the exact intersection (GUM, equation 13).
    """
    here = on_height(pose, at, height_m)
    total = np.zeros((*here[0].shape, 2, 2))
    for moved, level, sigma in _moved(pose, height_m, error):
        east, north = _metres(here, on_height(moved, at, level))
        shift = np.stack((east, north), axis=-1) * sigma
        total += shift[..., :, None] * shift[..., None, :]
    total[..., 0, 0] += error.position_m**2
    total[..., 1, 1] += error.position_m**2
    return total


def _moved(pose: Pose, height_m: Floats, error: PoseError) -> list[tuple[Pose, Floats, float]]:
    """The pose with each unknown moved by a small step, and that unknown's standard deviation in steps."""
    step_deg, step_m = 1e-3, 1.0
    angles = (("yaw_deg", error.yaw_deg), ("pitch_deg", error.pitch_deg), ("roll_deg", error.roll_deg))
    moved = [(replace(pose, **{name: getattr(pose, name) + step_deg}), height_m, sigma / step_deg) for name, sigma in angles]
    moved.append((replace(pose, height_m=pose.height_m + step_m), height_m, error.height_m / step_m))
    moved.append((pose, np.asarray(height_m) + step_m, error.ground_m / step_m))
    return moved


def _metres(here: tuple[Floats, Floats], there: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Metres east and north from one to the other of two near points."""
    gap = earth_centred(*there, np.zeros_like(there[0])) - earth_centred(*here, np.zeros_like(here[0]))
    north, east, _ = np.moveaxis(np.einsum("...ji,...j->...i", north_east_down(*here), gap), -1, 0)
    return east, north


def ellipse90(covariances: Floats) -> tuple[Floats, Floats, Floats]:
    """Half axes (m, longer first) of 90 % ellipses of (..., 2, 2) covariances, and the bearing of the longer one from north."""
    known = np.asarray(np.isfinite(covariances).all(axis=(-2, -1)))
    values, vectors = np.linalg.eigh(np.where(known[..., None, None], covariances, np.eye(2)))
    axes = np.sqrt(CHI2_90 * np.maximum(values, 0.0))
    long = vectors[..., :, 1]
    bearing_deg = np.degrees(np.arctan2(long[..., 0], long[..., 1])) % 180.0
    return tuple(np.where(known, value, np.nan) for value in (axes[..., 1], axes[..., 0], bearing_deg))  # type: ignore[return-value]
