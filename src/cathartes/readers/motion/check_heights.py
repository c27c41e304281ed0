"""Checks of heights and their datums: of the sensor, the frame centre and the targets; and the ground's height under centre and corners."""

from dataclasses import replace

import numpy as np

from cathartes.earth.geodesy import geodetic
from cathartes.earth.geoid import undulation
from cathartes.earth.ground import CENTRE, CORNERS, bearing, height_over, metres_between, origins, rays
from cathartes.model import Pose, Statement, StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.check import MOST_ROWS, Bias, bias_of, finding, taken
from cathartes.readers.motion.check_pointing import residuals
from cathartes.readers.motion.pose import Convention, Pointing, Stated, hold, poses
from cathartes.readers.motion.stream import Metadata

STEEPEST = 1.0
"""Ground does not rise more than its own distance between a picture's centre and its corners."""
SMALLEST_HEIGHT_M = 2.0
HEIGHT_PAIRS = (
    ("sensor_true_altitude_m", "sensor_ellipsoid_height_m", "sensor_longitude_deg", "sensor_latitude_deg"),
    ("frame_center_elevation_m", "frame_center_height_above_ellipsoid_m", "frame_center_longitude_deg", "frame_center_latitude_deg"),
)


def heights(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Where the pointing meets the vertical through the stated centre, against the stated height there.

    The stated range decides whether that height is wrong or the elevation.
    """
    if convention.pointing is Pointing.CENTRE:
        return convention
    pose = poses(said, convention)
    meets, _ = height_over(origins(pose)[:, 0], rays(pose, CENTRE)[:, 0], said.centre_lon_deg, said.centre_lat_deg)
    if not said.has_centre_height:
        _zero_plane(said, bias_of(meets - undulation(said.centre_lon_deg, said.centre_lat_deg)), found)
        return convention
    apart = bias_of(meets - said.centre_height_m)
    if not apart.is_certain(SMALLEST_HEIGHT_M):
        return convention
    sea = float(np.nanmedian(undulation(said.centre_lon_deg, said.centre_lat_deg)))
    evidence = {"undulation_m": round(sea, 2), "error_m": round(apart.error, 2), "rows": apart.count}
    clash = abs(abs(apart.value) - abs(sea)) < max(2.0, 3 * apart.error) and abs(sea) > 4.0
    values = {"off": apart.value, "sea": sea}
    off_then, off_now = (_range_off(said, convention, up_m) for up_m in (apart.value, 0.0))
    if off_now < 0.3 * off_then:
        first = residuals(said, convention)[1].value
        # On a banked platform not all of it shows from the horizon at once.
        off = first + residuals(said, replace(convention, level_deg=first))[1].value
        found.append(finding(Statement("stream.elevation-bias", {"off": off, "metres": apart.value}), off, "deg", evidence))
        return replace(convention, level_deg=off)
    if not clash:
        is_height = off_then < 0.3 * off_now
        found.append(finding(Statement("stream.height-offset", values), apart.value, "m", evidence | {"range_agrees": str(is_height)}))
        return replace(convention, centre_up_m=apart.value) if is_height else convention
    found.append(finding(Statement("stream.datum-clash", values), apart.value, "m", evidence))
    # The sensor's height and the centre's differ in datum; the one that was led from sea level without need is moved.
    return (
        replace(convention, sensor_up_m=-apart.value)
        if said.height_is_msl and not said.centre_is_msl
        else replace(convention, centre_up_m=apart.value)
    )


def _range_off(said: Stated, convention: Convention, up_m: float) -> float:
    """Metres by which the stated range misses the distance to the stated centre, were that `up_m` higher."""
    _, _, distance = bearing(poses(said, convention), said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + up_m)
    return abs(bias_of(distance - said.slant_range_m).value)


def height_pairs(metadata: Metadata) -> list[StreamFinding]:
    """Heights that are stated both above sea level and above the ellipsoid, and do not differ by the geoid."""
    found = []
    for msl, ellipsoid, lon, lat in HEIGHT_PAIRS:
        number = metadata.columns.number
        apart = bias_of(number(ellipsoid) - number(msl) - undulation(number(lon), number(lat)))
        if apart.is_certain(SMALLEST_HEIGHT_M):
            values: dict[str, str | int | float] = {"msl": msl, "ellipsoid": ellipsoid, "off": apart.value}
            found.append(finding(Statement("stream.height-pair", values), apart.value, "m", {"rows": apart.count}))
    return found


def _zero_plane(said: Stated, above_sea: Bias, found: list[StreamFinding]) -> None:
    """No height of the centre is stated: which height was the centre computed on?"""
    found.append(finding(Statement("stream.no-centre-height", {"height": above_sea.value}), above_sea.value, "m"))
    plane = bias_of(said.height_m - undulation(said.lon_deg, said.lat_deg) - said.slant_range_m * np.sin(np.radians(-said.elevation_deg)))
    if plane.count and abs(plane.value) < 1.0 and plane.spread < 1.0:
        lean = float(np.tan(np.radians(-np.nanmedian(said.elevation_deg))))
        found.append(finding(Statement("stream.zero-plane", {"left": plane.value, "lean": 1.0 / lean}), plane.value, "m"))


def _range_height(said: Stated, pose: Pose) -> Floats:
    """Height above the ellipsoid of the point at the stated slant range on the camera's axis; that of the sea without one."""
    _, _, height = geodetic(origins(pose)[:, 0] + said.slant_range_m[:, None] * rays(pose, CENTRE)[:, 0])
    return np.where(np.isfinite(height), height, undulation(said.lon_deg, said.lat_deg))


def target_heights(said: Stated, metadata: Metadata, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Targets' stated heights against those at which their pixels' rays pass over their stated places; without pixels, against the
    frame centre's."""
    targets = metadata.targets
    use = np.flatnonzero(np.isfinite(targets.location).all(axis=1))
    if not use.size:
        return convention
    use = use[np.linspace(0, len(use) - 1, min(len(use), MOST_ROWS)).astype(int)]
    lon, lat, height = targets.location[use].T
    row = targets.row[use]
    by_centre = bias_of(height - (said.centre_height_m + convention.centre_up_m)[row])
    pose = poses(taken(said, row), replace(convention, late_s=0.0))
    along = rays(pose, picture_fractions(metadata, said)[use][:, None, :])[:, 0]
    by_ray = bias_of(height - height_over(origins(pose)[:, 0], along, lon, lat)[0])
    apart = by_ray if by_ray.count else by_centre
    sea = float(np.nanmedian(undulation(lon, lat)))
    if not apart.is_certain(SMALLEST_HEIGHT_M) or abs(abs(apart.value) - abs(sea)) > max(2.0, 3 * apart.error):
        return convention
    evidence = {"undulation_m": round(sea, 2), "targets": apart.count, "error_m": round(apart.error, 2), "above_centre_m": by_centre.value}
    found.append(finding(Statement("stream.target-datum", {"off": apart.value, "sea": sea}), apart.value, "m", evidence))
    return replace(convention, target_up_m=-apart.value)


def picture_fractions(metadata: Metadata, said: Stated) -> Floats:
    """Each target's pixel as fractions right and down of half the picture; pixel centres lie half a pixel inside.

    Where a set gives its width only, the picture has as many rows as square pixels need.
    """
    targets = metadata.targets
    height, width = targets.frame.T
    tall, wide = (np.tan(np.radians(fov[targets.row]) / 2) for fov in (said.vertical_fov_deg, said.horizontal_fov_deg))
    height = np.where(np.isfinite(height), height, np.round(width * tall / wide))
    return np.stack(((targets.pixel[:, 1] - 0.5) / width * 2.0 - 1.0, (targets.pixel[:, 0] - 0.5) / height * 2.0 - 1.0), axis=1)


def centre_heights(said: Stated, convention: Convention) -> Floats:
    """Height of the ground under the frame centre: as stated, else where the pointing passes over the stated centre, else at the
    stated range."""
    if said.has_centre_height:
        return said.centre_height_m + convention.centre_up_m
    pose = poses(said, convention)
    at_range = _range_height(said, pose)
    if convention.pointing is Pointing.CENTRE:
        return np.where(np.isfinite(said.centre_height_m), said.centre_height_m, at_range)
    meets, _ = height_over(origins(pose)[:, 0], rays(pose, CENTRE)[:, 0], said.centre_lon_deg, said.centre_lat_deg)
    return np.where(np.isfinite(meets), meets, at_range)


def corner_heights(said: Stated, convention: Convention, centre_m: Floats) -> Floats:
    """Height of the ground (n, 4) under each corner: where its ray comes nearest to the stated corner.

    A height further than `STEEPEST` times the corner's distance from the centre is no ground. Where there is none, the ground rises from
    the centre as it last did there, else not at all.
    """
    pose = poses(said, convention)
    level = np.repeat(centre_m[:, None], 4, axis=1)
    met, _ = height_over(origins(pose), rays(pose, CORNERS), said.corners[..., 0], said.corners[..., 1])
    reach = metres_between(said.corners[..., 0], said.corners[..., 1], said.centre_lon_deg[:, None], said.centre_lat_deg[:, None])
    is_ground = np.abs(met - level) < STEEPEST * np.maximum(reach, 10.0)
    rise = np.where(is_ground, met - level, np.nan)
    held = np.stack([hold(corner, said.time_s)[0] for corner in rise.T], axis=1)
    return level + np.nan_to_num(held)
