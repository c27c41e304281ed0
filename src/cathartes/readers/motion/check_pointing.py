"""Checks of where the camera looked, against the stated frame centre: pointing, north, moment, turn of the picture, range and width."""

from dataclasses import replace

import numpy as np

from cathartes.earth.geodesy import earth_centred
from cathartes.earth.ground import CENTRE, CORNERS, bearing, north_east_down, picture_point, rays, rotation
from cathartes.model import Pose, Statement, StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.check import CERTAIN, Bias, bias_of, finding
from cathartes.readers.motion.pose import Convention, Pointing, Stated, poses

STEADY_DEG = 0.3
"""A convention is left alone where the stated centre and the pointing agree to this."""
USELESS_DEG = 3.0
"""Pointing that wanders this much about the stated centre says nothing about it."""
FEWEST_ROWS = 5
"""Fewer packets than this do not show a scatter."""
LATEST_S = 2.0
"""A pose is looked for at most this far from its picture: later, and it is another stream's."""
SMALLEST_BIAS_DEG = 0.02
WIDE = 0.05
"""Widths and fields of view agree to this share: the far side of a picture is wider than the near one."""
_CONVENTION = {
    Pointing.BEARING: "stream.absolute-azimuth",
    Pointing.ABSOLUTE: "stream.absolute-pointing",
    Pointing.LEVEL: "stream.level-elevation",
    Pointing.RELATIVE: "stream.relative-pointing",
}


def residuals(said: Stated, convention: Convention) -> tuple[Bias, Bias, Floats]:
    """Pointing less the direction to the stated centre: azimuth (as stated on the ground), elevation, and the azimuths row by row."""
    pose = poses(said, convention)
    toward, up, _ = bearing(pose, said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + convention.centre_up_m)
    east_of, above = directions(pose)
    azimuth, elevation = _turn(east_of - toward), above - up
    # A median of angles needs them on one side of the turn.
    centre = np.degrees(np.angle(np.nanmean(np.exp(1j * np.radians(azimuth))))) if np.isfinite(azimuth).any() else 0.0
    azimuth = centre + _turn(azimuth - centre)
    return bias_of(azimuth), bias_of(elevation), azimuth


def directions(pose: Pose) -> tuple[Floats, Floats]:
    """True azimuth and elevation of each camera's axis."""
    along = np.einsum("nji,nj->in", north_east_down(pose.lon_deg, pose.lat_deg), rays(pose, CENTRE)[:, 0])
    return np.degrees(np.arctan2(along[1], along[0])) % 360.0, np.degrees(np.arcsin(np.clip(-along[2], -1.0, 1.0)))


def _turn(degrees: Floats) -> Floats:
    """Angles between -180 and 180 degrees."""
    return (np.asarray(degrees) + 180.0) % 360.0 - 180.0


def pointing(said: Stated, standard: Pointing, found: list[StreamFinding]) -> Convention:
    """Which reading of the sensor's angles agrees with the stated frame centre."""
    if not _can_point(said, standard):
        missing = "no_elevation" if not np.isfinite(said.elevation_deg).any() else "no_angles"
        found.append(finding(Statement("stream.unusable-elevation"), evidence={"why": missing}))
        return Convention(Pointing.CENTRE)
    trials: dict[Pointing, float] = {one: _disagreement(said, one) for one in Pointing if one is not Pointing.CENTRE}
    best = min(trials, key=trials.__getitem__)
    if trials[standard] <= STEADY_DEG or trials[best] > 0.3 * trials[standard]:
        best = standard
    if trials[best] <= USELESS_DEG:
        if best is not standard:
            evidence = {f"{one}_deg": round(off, 3) for one, off in trials.items()}
            said_so = Statement(_CONVENTION[best], {"off": trials[standard], "left": trials[best]})
            found.append(finding(said_so, trials[standard], "deg", evidence))
        return Convention(best)
    found.append(_unusable(said, trials[best]))
    return Convention(Pointing.CENTRE)


def _unusable(said: Stated, off: float) -> StreamFinding:
    """Which of the sensor's angles is to blame: one alone, where the other is what the stated centre needs."""
    azimuth, elevation = (
        bias_of(_turn(needed - stated)) for needed, stated in zip(_needed(said), (said.azimuth_deg, said.elevation_deg), strict=True)
    )
    evidence = {"azimuth_spread_deg": azimuth.spread, "elevation_spread_deg": elevation.spread}
    if azimuth.count < FEWEST_ROWS or min(azimuth.spread, elevation.spread) > USELESS_DEG:
        return finding(Statement("stream.unusable-pointing", {"off": off}), off, "deg", evidence)
    if azimuth.spread < elevation.spread:
        return finding(Statement("stream.unusable-elevation"), elevation.spread, "deg", evidence)
    return finding(Statement("stream.unusable-azimuth"), azimuth.spread, "deg", evidence)


def _needed(said: Stated) -> tuple[Floats, Floats]:
    """Azimuth and elevation relative to the platform at which the sensor would look at the stated centre."""
    toward = earth_centred(said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m) - earth_centred(
        said.lon_deg, said.lat_deg, said.height_m
    )
    axes = north_east_down(said.lon_deg, said.lat_deg) @ rotation(said.yaw_deg, said.pitch_deg, said.roll_deg)
    ahead, right, down = np.einsum("nji,nj->in", axes, toward)
    return np.degrees(np.arctan2(right, ahead)), np.degrees(np.arctan2(-down, np.hypot(ahead, right)))


def _can_point(said: Stated, pointing: Pointing) -> bool:
    needed = [said.azimuth_deg, said.elevation_deg]
    needed += [] if pointing is Pointing.ABSOLUTE else [said.yaw_deg]
    return all(np.isfinite(values).any() for values in needed)


def _disagreement(said: Stated, pointing: Pointing) -> float:
    """How far pointing and stated centre differ, in degrees on the sky: the spread counts in full, a steady bias by a fifth."""
    azimuth, elevation, _ = residuals(said, Convention(pointing))
    if not azimuth.count:
        return float("inf")
    flat = abs(np.cos(np.radians(np.nanmedian(said.elevation_deg))))
    return float(flat * (azimuth.spread + 0.2 * abs(azimuth.value)) + elevation.spread + 0.2 * abs(elevation.value))


def north(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """A steady bias in azimuth: grid north where it is the convergence of the UTM zone there, else a bias without a name."""
    azimuth, _, _ = residuals(said, convention)
    if convention.pointing is Pointing.CENTRE or not azimuth.is_certain(SMALLEST_BIAS_DEG):
        return convention
    lon, lat = float(np.nanmedian(said.lon_deg)), float(np.nanmedian(said.lat_deg))
    grid = -grid_convergence(lon, lat)
    distance = float(np.nanmedian(bearing(poses(said, convention), said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m)[2]))
    ground_m = abs(np.radians(azimuth.value)) * distance * float(np.cos(np.radians(np.nanmedian(said.elevation_deg))))
    evidence = {
        "expected_deg": round(grid, 4),
        "error_deg": round(azimuth.error, 4),
        "rows": azimuth.count,
        "on_ground_m": round(ground_m, 1),
    }
    is_grid = abs(azimuth.value - grid) < max(0.1, 0.1 * abs(grid)) and abs(grid) > 0.1
    values = {"off": azimuth.value, "grid": grid, "metres": ground_m}
    if is_grid:
        found.append(finding(Statement("stream.grid-north", values), azimuth.value, "deg", evidence))
    else:
        found.append(finding(Statement("stream.azimuth-bias", values), azimuth.value, "deg", evidence))
    return replace(convention, north_deg=azimuth.value)


def grid_convergence(lon_deg: float, lat_deg: float) -> float:
    """Degrees from true north to the north of the place's UTM zone, clockwise positive."""
    from pyproj import Proj

    zone = int((lon_deg + 180.0) // 6.0) % 60 + 1
    factors = Proj(proj="utm", zone=zone, ellps="WGS84", south=lat_deg < 0).get_factors(lon_deg, lat_deg)
    return float(factors.meridian_convergence)


def image_turn(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Whether the picture stands upright in its stated corners, and whether they come in the standard's order."""
    pose = poses(said, convention)
    if not np.isfinite(said.corners).any() or not np.isfinite(said.horizontal_fov_deg).any():
        return convention
    height = said.centre_height_m + convention.centre_up_m
    at = picture_point(pose, said.corners[..., 0], said.corners[..., 1], np.repeat(height[:, None], 4, axis=1))
    wide = np.tan(np.radians(said.horizontal_fov_deg) / 2)[:, None]
    tall = np.tan(np.radians(said.vertical_fov_deg) / 2)[:, None]
    seen = (at[..., 0] * wide) + 1j * (at[..., 1] * tall)
    meant = CORNERS[:, 0] * wide + 1j * CORNERS[:, 1] * tall
    turn = np.degrees(np.angle(np.sum(seen * np.conj(meant), axis=1)))
    bias = bias_of(turn)
    if not bias.count or bias.spread > 10.0 or not bias.is_certain(0.5):
        return convention
    found.append(finding(Statement("stream.image-turn", {"off": bias.value}), bias.value, "deg", {"spread_deg": round(bias.spread, 3)}))
    return replace(convention, turn_deg=bias.value)


def field_of_view(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """How far the stated corners lie apart, against the stated field of view; where the stated width sides with them, that is wrong."""
    pose = poses(said, convention)
    height = said.centre_height_m + convention.centre_up_m
    at = picture_point(pose, said.corners[..., 0], said.corners[..., 1], np.repeat(height[:, None], 4, axis=1))
    across, down = (bias_of((at[..., axis] * CORNERS[:, axis]).mean(axis=1)) for axis in (0, 1))
    if not across.count or not any(abs(one.value - 1.0) > max(WIDE, CERTAIN * one.error) for one in (across, down)):
        return convention
    width, distance = _width(said, convention), _range(said, convention)
    if distance.count and abs(distance.value / across.value - 1.0) < WIDE:
        # Then the distance is wrong, and `range_and_width` says so.
        return convention
    sides = bool(width.count) and abs(width.value / across.value - 1.0) < WIDE
    evidence = {"down": round(down.value, 4), "spread": round(across.spread, 4)} | ({"width": round(width.value, 4)} if width.count else {})
    values = {"across": across.value, "down": down.value}
    found.append(finding(Statement("stream.field-of-view" if sides else "stream.corner-span", values), across.value, "ratio", evidence))
    return replace(convention, widened=(across.value, down.value)) if sides else convention


def late_pose(run: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Whether the pose is of another moment than the centre: the shift of time at which both agree best, if it is much better; seen on
    neighbouring rows."""
    if convention.pointing is Pointing.CENTRE or len(run.time_s) < 50:
        return convention
    step = float(np.median(np.diff(run.time_s)))
    if not 0.0 < step < LATEST_S / 4:
        return convention
    shifts = np.arange(-round(LATEST_S / step), round(LATEST_S / step) + 1) * step
    off = np.array([_scatter(run, replace(convention, late_s=float(shift))) for shift in shifts])
    best = int(np.argmin(off))
    still = _scatter(run, convention)
    if not 0 < best < len(off) - 1 or shifts[best] == 0.0 or off[best] > 0.4 * still or still < SMALLEST_BIAS_DEG:
        return convention
    late = float(shifts[best] + step * _valley(*off[best - 1 : best + 2]))
    evidence = {"scatter_deg": round(still, 4), "scatter_then_deg": round(float(off[best]), 4)}
    found.append(finding(Statement("stream.late-pose", {"late": late}), late, "s", evidence))
    return replace(convention, late_s=late)


def _scatter(said: Stated, convention: Convention) -> float:
    """Degrees on the sky by which pointing scatters about the stated centre, whatever its bias."""
    azimuth, elevation, _ = residuals(said, convention)
    return float(np.hypot(azimuth.spread * np.cos(np.radians(np.nanmedian(said.elevation_deg))), elevation.spread))


def _valley(left: float, middle: float, right: float) -> float:
    """Where between its neighbours, in steps, a minimum lies whose sides are straight: a scatter falls and rises like |x|."""
    return 0.5 * (left - right) / (max(left, right) - middle) if max(left, right) > middle else 0.0


def range_and_width(said: Stated, convention: Convention, found: list[StreamFinding]) -> None:
    """Slant range against the distance to the stated centre; width against range and field of view."""
    ratio = _range(said, convention)
    if ratio.count and abs(ratio.value - 1.0) > 0.01:
        found.append(finding(Statement("stream.slant-range", {"ratio": ratio.value}), ratio.value, "ratio"))
    width = _width(said, convention)
    if width.count and abs(width.value - 1.0) > WIDE:
        found.append(finding(Statement("stream.target-width", {"ratio": width.value}), width.value, "ratio"))


def _distance_m(said: Stated, pose: Pose, convention: Convention) -> Floats:
    """Metres from the sensor to the stated centre."""
    return bearing(pose, said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + convention.centre_up_m)[2]


def _range(said: Stated, convention: Convention) -> Bias:
    """The stated slant range, in distances to the stated centre."""
    return bias_of(said.slant_range_m / _distance_m(said, poses(said, convention), convention))


def _width(said: Stated, convention: Convention) -> Bias:
    """The stated width, in those that distance and field of view give."""
    pose = poses(said, convention)
    wide = 2.0 * np.tan(np.radians(pose.horizontal_fov_deg) / 2)
    return bias_of(said.target_width_m / (_distance_m(said, pose, convention) * wide))
