"""The stream doctor: checks what a stream states against itself, names the conventions it finds, and mends them reversibly.

Pose, range, width, frame centre, corners, targets and clocks say the same thing in several ways. Where they differ by what a known
mistake would give, the mistake is named with its size; where they differ otherwise, or cannot be compared, that is said. Nothing in
the stream is changed: a repair is a `Convention`, which `pose.poses` applies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cathartes.earth.geodesy import earth_centred, geodetic
from cathartes.earth.geoid import undulation
from cathartes.earth.ground import (
    CENTRE,
    CORNERS,
    PoseError,
    bearing,
    distance_to_height,
    height_over,
    metres_between,
    north_east_down,
    origins,
    picture_point,
    rays,
    rotation,
)  # fmt: skip
from cathartes.model import Pose, Statement, StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.pose import Convention, Pointing, Stated, poses
from cathartes.readers.motion.stream import Metadata

MOST_ROWS = 4000
"""Checks look at this many rows, spread evenly: medians do not get better with more."""

SPREAD = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""

STEADY_DEG = 0.3
"""A convention is left alone where the stated centre and the pointing agree to this."""
USELESS_DEG = 3.0
"""Pointing that wanders this much about the stated centre says nothing about it."""
FEWEST_ROWS = 5
"""Fewer packets than this do not show a scatter."""
LONGEST_RUN = 1500
LATEST_S = 2.0
"""A pose is looked for at most this far from its picture: later, and it is another stream's."""
STEEPEST = 1.0
"""Ground does not rise more than its own distance between a picture's centre and its corners."""
CERTAIN = 4.0
"""A bias counts when it is this many standard errors from nothing."""
SMALLEST_BIAS_DEG = 0.02
SMALLEST_HEIGHT_M = 2.0

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
    """What was found and how to read the stream; heights (m above the ellipsoid) of the ground at centre (n) and corners (n, 4); the
    error of the pose (one standard deviation), and metres of error on the ground by cause (90 %)."""

    convention: Convention
    findings: tuple[StreamFinding, ...]
    centre_m: Floats
    corners_m: Floats
    error: PoseError
    budget_m: dict[str, float]


@dataclass(frozen=True, eq=False)
class _Bias:
    """A median, the standard deviation about it, and how many values there were."""

    value: float
    spread: float
    count: int

    @property
    def error(self) -> float:
        """Standard error of the median; neighbouring packets hang together, so a tenth of them count."""
        return float(1.2533 * self.spread / np.sqrt(max(1.0, self.count / 10.0)))

    def is_certain(self, least: float) -> bool:
        return self.count > 0 and abs(self.value) > max(least, CERTAIN * self.error)


def diagnose(said: Stated, metadata: Metadata) -> Diagnosis:
    """All geometric checks of a stream, in the order in which one depends on the other."""
    standard = Pointing.ABSOLUTE if said.is_absolute else Pointing.RELATIVE
    if not np.isfinite(said.lon_deg).any():
        unknown = np.full((len(metadata), 5), np.nan)
        return Diagnosis(Convention(standard), (), unknown[:, 0], unknown[:, 1:], UNKNOWN_ERROR, {})
    thin = _thinned(said, metadata)
    found: list[StreamFinding] = []
    if np.isfinite(thin.centre_lon_deg).any():
        convention = _against_centre(thin, standard, found)
    else:
        convention = Convention(standard)
        found.append(_finding(Statement("stream.no-centre")))
    found += _height_pairs(metadata)
    convention = _target_heights(said, metadata, convention, found)
    centre = centre_heights(said, convention)
    error = _error(thin, convention, centre)
    return Diagnosis(convention, tuple(found), centre, corner_heights(said, convention, centre), error, _budget(thin, convention, error))


def _against_centre(said: Stated, standard: Pointing, found: list[StreamFinding]) -> Convention:
    """The checks that need a stated frame centre."""
    convention = _late_pose(said, _pointing(said, standard, found), found)
    convention = _north(said, convention, found)
    convention = _heights(said, convention, found)
    convention = _image_turn(said, convention, found)
    _range_and_width(said, convention, found)
    return convention


def _thinned(said: Stated, metadata: Metadata) -> Stated:
    """The rows that checks look at: whole packets that state a sensor place, evenly spread."""
    usable = np.flatnonzero(np.isfinite(said.lon_deg) & ~metadata.damaged)
    if not usable.size:
        usable = np.flatnonzero(np.isfinite(said.lon_deg))
    chosen = usable[np.unique(np.linspace(0, len(usable) - 1, min(len(usable), MOST_ROWS)).astype(int))] if usable.size else usable
    return _taken(said, chosen)


def _taken(said: Stated, rows: NDArray[np.intp] | slice) -> Stated:
    chosen: dict[str, Any] = {name: value[rows] for name, value in vars(said).items() if isinstance(value, np.ndarray)}
    return replace(said, **chosen)


def _bias(values: Floats) -> _Bias:
    values = values[np.isfinite(values)]
    if not values.size:
        return _Bias(float("nan"), float("nan"), 0)
    middle = float(np.median(values))
    return _Bias(middle, SPREAD * float(np.median(np.abs(values - middle))), len(values))


def _turn(degrees: Floats) -> Floats:
    """Angles between -180 and 180 degrees."""
    return (np.asarray(degrees) + 180.0) % 360.0 - 180.0


def _residuals(said: Stated, convention: Convention) -> tuple[_Bias, _Bias, Floats]:
    """Pointing less the direction to the stated centre: azimuth (as stated on the ground), elevation, and the azimuths row by row."""
    pose = poses(said, convention)
    toward, up, _ = bearing(pose, said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + convention.centre_up_m)
    east_of, above = _directions(pose)
    azimuth, elevation = _turn(east_of - toward), above - up
    # A median of angles needs them on one side of the turn.
    centre = np.degrees(np.angle(np.nanmean(np.exp(1j * np.radians(azimuth))))) if np.isfinite(azimuth).any() else 0.0
    azimuth = centre + _turn(azimuth - centre)
    return _bias(azimuth), _bias(elevation), azimuth


def _directions(pose: Pose) -> tuple[Floats, Floats]:
    """True azimuth and elevation of each camera's axis."""
    along = np.einsum("nji,nj->in", north_east_down(pose.lon_deg, pose.lat_deg), rays(pose, CENTRE)[:, 0])
    return np.degrees(np.arctan2(along[1], along[0])) % 360.0, np.degrees(np.arcsin(np.clip(-along[2], -1.0, 1.0)))


def _pointing(said: Stated, standard: Pointing, found: list[StreamFinding]) -> Convention:
    """Which reading of the sensor's angles agrees with the stated frame centre."""
    if not _can_point(said, standard):
        missing = "no_elevation" if not np.isfinite(said.elevation_deg).any() else "no_angles"
        found.append(_finding(Statement("stream.unusable-elevation"), evidence={"why": missing}))
        return Convention(Pointing.CENTRE)
    trials: dict[Pointing, float] = {one: _disagreement(said, one) for one in Pointing if one is not Pointing.CENTRE}
    best = min(trials, key=trials.__getitem__)
    if trials[standard] <= STEADY_DEG or trials[best] > 0.3 * trials[standard]:
        best = standard
    if trials[best] <= USELESS_DEG:
        if best is not standard:
            evidence = {f"{one}_deg": round(off, 3) for one, off in trials.items()}
            said_so = Statement(_CONVENTION[best], {"off": trials[standard], "left": trials[best]})
            found.append(_finding(said_so, trials[standard], "deg", evidence))
        return Convention(best)
    found.append(_unusable(said, trials[best]))
    return Convention(Pointing.CENTRE)


def _unusable(said: Stated, off: float) -> StreamFinding:
    """Which of the sensor's angles is to blame: one alone, where the other is what the stated centre needs."""
    azimuth, elevation = (
        _bias(_turn(needed - stated)) for needed, stated in zip(_needed(said), (said.azimuth_deg, said.elevation_deg), strict=True)
    )
    evidence = {"azimuth_spread_deg": azimuth.spread, "elevation_spread_deg": elevation.spread}
    if azimuth.count < FEWEST_ROWS or min(azimuth.spread, elevation.spread) > USELESS_DEG:
        return _finding(Statement("stream.unusable-pointing", {"off": off}), off, "deg", evidence)
    if azimuth.spread < elevation.spread:
        return _finding(Statement("stream.unusable-elevation"), elevation.spread, "deg", evidence)
    return _finding(Statement("stream.unusable-azimuth"), azimuth.spread, "deg", evidence)


def _needed(said: Stated) -> tuple[Floats, Floats]:
    """Azimuth and elevation relative to the platform at which the sensor would look at the stated centre."""
    toward = earth_centred(said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m) - earth_centred(
        said.lon_deg, said.lat_deg, said.height_m
    )
    axes = north_east_down(said.lon_deg, said.lat_deg) @ rotation(said.yaw_deg, said.pitch_deg, said.roll_deg)
    ahead, right, down = np.einsum("nji,nj->in", axes, toward)
    return np.degrees(np.arctan2(right, ahead)), np.degrees(np.arctan2(-down, np.hypot(ahead, right)))


_CONVENTION = {
    Pointing.BEARING: "stream.absolute-azimuth",
    Pointing.ABSOLUTE: "stream.absolute-pointing",
    Pointing.LEVEL: "stream.level-elevation",
    Pointing.RELATIVE: "stream.relative-pointing",
}


def _can_point(said: Stated, pointing: Pointing) -> bool:
    needed = [said.azimuth_deg, said.elevation_deg]
    needed += [] if pointing is Pointing.ABSOLUTE else [said.yaw_deg]
    return all(np.isfinite(values).any() for values in needed)


def _disagreement(said: Stated, pointing: Pointing) -> float:
    """How far pointing and stated centre differ, in degrees on the sky: the spread counts in full, a steady bias by a fifth."""
    azimuth, elevation, _ = _residuals(said, Convention(pointing))
    if not azimuth.count:
        return float("inf")
    flat = abs(np.cos(np.radians(np.nanmedian(said.elevation_deg))))
    return float(flat * (azimuth.spread + 0.2 * abs(azimuth.value)) + elevation.spread + 0.2 * abs(elevation.value))


def _north(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """A steady bias in azimuth: grid north where it is the convergence of the UTM zone there, else a bias without a name."""
    azimuth, _, _ = _residuals(said, convention)
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
        found.append(_finding(Statement("stream.grid-north", values), azimuth.value, "deg", evidence))
    else:
        found.append(_finding(Statement("stream.azimuth-bias", values), azimuth.value, "deg", evidence))
    return replace(convention, north_deg=azimuth.value)


def grid_convergence(lon_deg: float, lat_deg: float) -> float:
    """Degrees from true north to the north of the place's UTM zone, clockwise positive."""
    from pyproj import Proj

    zone = int((lon_deg + 180.0) // 6.0) % 60 + 1
    factors = Proj(proj="utm", zone=zone, ellps="WGS84", south=lat_deg < 0).get_factors(lon_deg, lat_deg)
    return float(factors.meridian_convergence)


def _heights(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Where the pointing meets the vertical through the stated centre, against the stated height there."""
    if convention.pointing is Pointing.CENTRE:
        return convention
    pose = poses(said, convention)
    meets, _ = height_over(origins(pose)[:, 0], rays(pose, CENTRE)[:, 0], said.centre_lon_deg, said.centre_lat_deg)
    if not said.has_centre_height:
        _zero_plane(said, _bias(meets - undulation(said.centre_lon_deg, said.centre_lat_deg)), found)
        return convention
    apart = _bias(meets - said.centre_height_m)
    if not apart.is_certain(SMALLEST_HEIGHT_M):
        return convention
    sea = float(np.nanmedian(undulation(said.centre_lon_deg, said.centre_lat_deg)))
    evidence = {"undulation_m": round(sea, 2), "error_m": round(apart.error, 2), "rows": apart.count}
    clash = abs(abs(apart.value) - abs(sea)) < max(2.0, 3 * apart.error) and abs(sea) > 4.0
    values = {"off": apart.value, "sea": sea}
    if not clash:
        is_height = _range_off(said, convention, apart.value) < 0.3 * _range_off(said, convention, 0.0)
        found.append(_finding(Statement("stream.height-offset", values), apart.value, "m", evidence | {"range_agrees": str(is_height)}))
        return replace(convention, centre_up_m=apart.value) if is_height else convention
    found.append(_finding(Statement("stream.datum-clash", values), apart.value, "m", evidence))
    # The sensor's height and the centre's differ in datum; the one that was led from sea level without need is moved.
    return (
        replace(convention, sensor_up_m=-apart.value)
        if said.height_is_msl and not said.centre_is_msl
        else replace(convention, centre_up_m=apart.value)
    )


def _range_off(said: Stated, convention: Convention, up_m: float) -> float:
    """Metres by which the stated range misses the distance to the stated centre, were that `up_m` higher."""
    _, _, distance = bearing(poses(said, convention), said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + up_m)
    return abs(_bias(distance - said.slant_range_m).value)


def _height_pairs(metadata: Metadata) -> list[StreamFinding]:
    """Heights that are stated both above sea level and above the ellipsoid, and do not differ by the geoid."""
    found = []
    for msl, ellipsoid, lon, lat in HEIGHT_PAIRS:
        number = metadata.columns.number
        apart = _bias(number(ellipsoid) - number(msl) - undulation(number(lon), number(lat)))
        if apart.is_certain(SMALLEST_HEIGHT_M):
            values: dict[str, str | int | float] = {"msl": msl, "ellipsoid": ellipsoid, "off": apart.value}
            found.append(_finding(Statement("stream.height-pair", values), apart.value, "m", {"rows": apart.count}))
    return found


HEIGHT_PAIRS = (
    ("sensor_true_altitude_m", "sensor_ellipsoid_height_m", "sensor_longitude_deg", "sensor_latitude_deg"),
    ("frame_center_elevation_m", "frame_center_height_above_ellipsoid_m", "frame_center_longitude_deg", "frame_center_latitude_deg"),
)


def _zero_plane(said: Stated, above_sea: _Bias, found: list[StreamFinding]) -> None:
    """No height of the centre is stated: which height was the centre computed on?"""
    found.append(_finding(Statement("stream.no-centre-height", {"height": above_sea.value}), above_sea.value, "m"))
    plane = _bias(said.height_m - undulation(said.lon_deg, said.lat_deg) - said.slant_range_m * np.sin(np.radians(-said.elevation_deg)))
    if plane.count and abs(plane.value) < 1.0 and plane.spread < 1.0:
        lean = float(np.tan(np.radians(-np.nanmedian(said.elevation_deg))))
        found.append(_finding(Statement("stream.zero-plane", {"left": plane.value, "lean": 1.0 / lean}), plane.value, "m"))


def _image_turn(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
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
    bias = _bias(turn)
    if not bias.count or bias.spread > 10.0 or not bias.is_certain(0.5):
        return convention
    found.append(_finding(Statement("stream.image-turn", {"off": bias.value}), bias.value, "deg", {"spread_deg": round(bias.spread, 3)}))
    return replace(convention, turn_deg=bias.value)


def _range_height(said: Stated, pose: Pose) -> Floats:
    """Height above the ellipsoid of the point at the stated slant range on the camera's axis; that of the sea without one."""
    _, _, height = geodetic(origins(pose)[:, 0] + said.slant_range_m[:, None] * rays(pose, CENTRE)[:, 0])
    return np.where(np.isfinite(height), height, undulation(said.lon_deg, said.lat_deg))


def _late_pose(said: Stated, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Whether the pose is of another moment than the centre: the shift of time at which both agree best, if it is much better."""
    run = _run_of(said)
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
    found.append(_finding(Statement("stream.late-pose", {"late": late}), late, "s", evidence))
    return replace(convention, late_s=late)


def _run_of(said: Stated) -> Stated:
    """The middle of the stream, row by row: a shift of time needs neighbours."""
    first = max(0, (len(said.time_s) - LONGEST_RUN) // 2)
    return _taken(said, slice(first, first + LONGEST_RUN))


def _scatter(said: Stated, convention: Convention) -> float:
    """Degrees on the sky by which pointing scatters about the stated centre, whatever its bias."""
    azimuth, elevation, _ = _residuals(said, convention)
    return float(np.hypot(azimuth.spread * np.cos(np.radians(np.nanmedian(said.elevation_deg))), elevation.spread))


def _valley(left: float, middle: float, right: float) -> float:
    """Where between its neighbours, in steps, a minimum lies whose sides are straight: a scatter falls and rises like |x|."""
    return 0.5 * (left - right) / (max(left, right) - middle) if max(left, right) > middle else 0.0


def _range_and_width(said: Stated, convention: Convention, found: list[StreamFinding]) -> None:
    """Slant range against the distance to the stated centre; width against range and field of view."""
    pose = poses(said, convention)
    _, _, distance = bearing(pose, said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + convention.centre_up_m)
    ratio = _bias(said.slant_range_m / distance)
    if ratio.count and abs(ratio.value - 1.0) > 0.01:
        found.append(_finding(Statement("stream.slant-range", {"ratio": ratio.value}), ratio.value, "ratio"))
    width = _bias(said.target_width_m / (2.0 * distance * np.tan(np.radians(said.horizontal_fov_deg) / 2)))
    if width.count and abs(width.value - 1.0) > 0.05:
        found.append(_finding(Statement("stream.target-width", {"ratio": width.value}), width.value, "ratio"))


def _target_heights(said: Stated, metadata: Metadata, convention: Convention, found: list[StreamFinding]) -> Convention:
    """Targets' stated heights against those at which their pixels' rays pass over their stated places; without pixels, against the
    frame centre's."""
    targets = metadata.targets
    use = np.flatnonzero(np.isfinite(targets.location).all(axis=1))
    if not use.size:
        return convention
    use = use[np.linspace(0, len(use) - 1, min(len(use), MOST_ROWS)).astype(int)]
    lon, lat, height = targets.location[use].T
    row = targets.row[use]
    by_centre = _bias(height - (said.centre_height_m + convention.centre_up_m)[row])
    pose = poses(_taken(said, row), replace(convention, late_s=0.0))
    along = rays(pose, picture_fractions(metadata, said)[use][:, None, :])[:, 0]
    by_ray = _bias(height - height_over(origins(pose)[:, 0], along, lon, lat)[0])
    apart = by_ray if by_ray.count else by_centre
    sea = float(np.nanmedian(undulation(lon, lat)))
    if not apart.is_certain(SMALLEST_HEIGHT_M) or abs(abs(apart.value) - abs(sea)) > max(2.0, 3 * apart.error):
        return convention
    evidence = {"undulation_m": round(sea, 2), "targets": apart.count, "error_m": round(apart.error, 2), "above_centre_m": by_centre.value}
    found.append(_finding(Statement("stream.target-datum", {"off": apart.value, "sea": sea}), apart.value, "m", evidence))
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
    """Height of the ground (n, 4) under each corner: where its ray comes nearest to the stated corner; the centre's without one.

    A height further than `STEEPEST` times the corner's distance from the centre is no ground, and the centre's is taken.
    """
    pose = poses(said, convention)
    level = np.repeat(centre_m[:, None], 4, axis=1)
    met, _ = height_over(origins(pose), rays(pose, CORNERS), said.corners[..., 0], said.corners[..., 1])
    reach = metres_between(said.corners[..., 0], said.corners[..., 1], said.centre_lon_deg[:, None], said.centre_lat_deg[:, None])
    is_ground = np.abs(met - level) < STEEPEST * np.maximum(reach, 10.0)
    return np.where(is_ground, met, level)


def _error(said: Stated, convention: Convention, ground: Floats) -> PoseError:
    """One standard deviation of each unknown: the scatter that the stream shows, not less than what its integers resolve.

    How far off the sensor's own place is a stream cannot show: a satellite receiver's usual error is assumed.
    """
    azimuth, elevation, _ = _residuals(said, convention)
    is_shown = convention.pointing is not Pointing.CENTRE and azimuth.count > 0
    yaw, pitch = (
        max(bias.spread, least) if is_shown else UNSHOWN_DEG for bias, least in ((azimuth, YAW_STEP_DEG), (elevation, PITCH_STEP_DEG))
    )
    steps = np.abs(np.diff(ground))
    relief = float(np.nanmedian(steps)) if np.isfinite(steps).any() else 0.0
    return PoseError(ASSUMED_POSITION_M, ASSUMED_HEIGHT_M, yaw, pitch, PITCH_STEP_DEG, max(relief, HEIGHT_STEP_M))


def _budget(said: Stated, convention: Convention, error: PoseError) -> dict[str, float]:
    """Metres on the ground at 90 % by cause, and of all together, for the middle of the stream."""
    pose = poses(said, convention)
    along = distance_to_height(origins(pose)[:, 0], rays(pose, CENTRE)[:, 0], centre_heights(said, convention))
    if not np.isfinite(along).any():
        return {}
    distance = float(np.nanmedian(along))
    lean = float(np.radians(-np.nanmedian(_directions(pose)[1])))
    slope = max(np.tan(lean), 0.02)
    causes = {
        "azimuth": np.radians(error.yaw_deg) * distance * np.cos(lean),
        "elevation": np.radians(error.pitch_deg) * distance / max(np.sin(lean), 0.02),
        "ground_height": error.ground_m / slope,
        "sensor_height_assumed": error.height_m / slope,
        "sensor_position_assumed": error.position_m,
    }
    budget = {cause: round(LEVEL_90 * float(metres), 3) for cause, metres in causes.items()}
    budget["total"] = round(float(np.sqrt(sum(metres**2 for metres in budget.values()))), 3)
    return budget


def _finding(
    statement: Statement, value: float | None = None, unit: str | None = None, evidence: Mapping[str, float | str] | None = None
) -> StreamFinding:
    """A finding whose code is its statement's key; numbers as they are worth telling, and as plain ones."""
    code = statement.key.removeprefix("stream.")
    statement = Statement(statement.key, _plain(statement.values))
    if value is None or not np.isfinite(value):
        return StreamFinding(code, statement, evidence=_plain(evidence or {}))
    return StreamFinding(code, statement, float(f"{value:.6g}"), unit, _plain(evidence or {}))


def _plain(values: Mapping[str, float | str]) -> dict[str, float | str]:
    """Numbers of numpy as Python's own, as JSON wants them."""
    return {name: value if isinstance(value, str | int) else float(value) for name, value in values.items()}
