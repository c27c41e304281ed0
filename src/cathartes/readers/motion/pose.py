"""What a stream states about its own geometry, as arrays, and the camera poses that follow from it under a named convention.

Items come at different rates: a value is held until the next, but not longer than `HOLD_S`. Whether the stated values agree with
one another is for `doctor`; here they are only brought together.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from cathartes.earth.geodesy import earth_centred
from cathartes.earth.geoid import undulation
from cathartes.earth.ground import bearing, north_east_down
from cathartes.model.samples import Floats, Pose
from cathartes.readers.motion.stream import Metadata
from cathartes.readers.motion.values import Columns

HOLD_S = 5.0
"""A platform turns and a sensor slews within seconds: an older value is not a value."""
ELLIPSOID = ("sensor_ellipsoid_height_extended_m", "sensor_ellipsoid_height_m")
CENTRE_ELLIPSOID = "frame_center_height_above_ellipsoid_m"
CENTRE_MSL = ("frame_center_elevation_m", "frame_center_longitude_deg", "frame_center_latitude_deg")


class Pointing(StrEnum):
    """What azimuth and elevation of the sensor are measured from.

    `relative`: the platform, as ST 0601 prescribes. `bearing`: azimuth is true already, elevation is relative. `level`: azimuth is
    relative, elevation is from the horizon. `absolute`: both are from north and horizon, as in EG 0104. `centre`: neither can be
    used, and the stated frame centre says where the sensor looks.
    """

    RELATIVE = "relative"
    BEARING = "bearing"
    LEVEL = "level"
    ABSOLUTE = "absolute"
    CENTRE = "centre"


@dataclass(frozen=True)
class Convention:
    """How the stated values are to be read; the default is the standard's. Each field that differs is a reversible repair.

    `north_deg` and `level_deg` are what azimuths exceed true north by and elevations the truth, `late_s` is how late the pose is against
    the rest, `widened` by what half the picture is to be multiplied, across and down; the others are to be added.
    """

    pointing: Pointing = Pointing.RELATIVE
    late_s: float = 0.0
    north_deg: float = 0.0
    level_deg: float = 0.0
    widened: tuple[float, float] = (1.0, 1.0)
    turn_deg: float = 0.0
    sensor_up_m: float = 0.0
    centre_up_m: float = 0.0
    target_up_m: float = 0.0


@dataclass(frozen=True, eq=False)
class Stated:
    """One row per packet. Degrees and metres; NaN where nothing is stated. `corners` is (n, 4, 2): longitude, latitude.

    `height_m` and `centre_height_m` are above the ellipsoid, led there from sea level where only that is stated. Where the centre's
    height is not stated (`has_centre_height`), it is that at the stated slant range, or sea level.
    """

    time_s: Floats
    lon_deg: Floats
    lat_deg: Floats
    height_m: Floats
    height_is_msl: bool
    yaw_deg: Floats
    pitch_deg: Floats
    roll_deg: Floats
    azimuth_deg: Floats
    elevation_deg: Floats
    turn_deg: Floats
    horizontal_fov_deg: Floats
    vertical_fov_deg: Floats
    slant_range_m: Floats
    target_width_m: Floats
    centre_lon_deg: Floats
    centre_lat_deg: Floats
    centre_height_m: Floats
    centre_is_msl: bool
    has_centre_height: bool
    corners: Floats
    is_absolute: bool
    age_s: Floats


def stated(metadata: Metadata, clock: Floats | None = None, spoken: frozenset[str] | None = None) -> Stated:
    """The geometry as the packets state it, in the order of the stream.

    Where they are a part of a stream, `clock` is its `row_times` for them, and `spoken` names the columns with a value anywhere in it.
    """
    clock = row_times(metadata.utc_us, metadata.pts_s) if clock is None else clock
    spoken = metadata.columns.spoken() if spoken is None else spoken
    pick = _Picker(metadata, clock)
    lon, lat = pick("sensor_longitude_deg"), pick("sensor_latitude_deg")
    centre_lon, centre_lat = pick("frame_center_longitude_deg"), pick("frame_center_latitude_deg")
    height = _height(lon, lat, pick(*ELLIPSOID), pick("sensor_true_altitude_m"))
    centre_height = _height(centre_lon, centre_lat, pick(CENTRE_ELLIPSOID), pick("frame_center_elevation_m"))
    slant_range = pick("slant_range_m")
    centre_is_msl = CENTRE_ELLIPSOID not in spoken
    has_height = not centre_is_msl or spoken.issuperset(CENTRE_MSL)
    if not has_height:
        centre_height = _height_at_range(lon, lat, height, centre_lon, centre_lat, slant_range)
    absolute = "angle_to_north_deg" in spoken
    obliquity = pick("obliquity_angle_deg")
    azimuth, elevation, turn = (
        (pick("angle_to_north_deg"), np.where(np.abs(obliquity) > 90, obliquity - 180.0, obliquity), pick("sensor_roll_angle_deg"))
        if absolute
        else [pick(f"sensor_relative_{angle}_angle_deg") for angle in ("azimuth", "elevation", "roll")]
    )
    pitch, roll = (pick(f"platform_{angle}_angle_full_deg", f"platform_{angle}_angle_deg") for angle in ("pitch", "roll"))
    return Stated(
        clock, lon, lat, height, spoken.isdisjoint(ELLIPSOID), pick("platform_heading_angle_deg"), pitch, roll, azimuth, elevation,
        np.nan_to_num(turn), pick("sensor_horizontal_field_of_view_deg"), pick("sensor_vertical_field_of_view_deg"),
        slant_range, pick("target_width_extended_m", "target_width_m"), centre_lon, centre_lat, centre_height, centre_is_msl, has_height,
        _corners(metadata.columns, centre_lon, centre_lat), absolute, pick.oldest,
    )  # fmt: skip


def row_times(utc_us: Floats, pts_s: Floats) -> Floats:
    """Seconds on the packets' own clock; on the programme's where they have none; else the row's number."""
    for times in (utc_us / 1e6, pts_s):
        if np.isfinite(times).any():
            return _between(times)
    return np.arange(len(utc_us), dtype=np.float64)


def _between(times: Floats) -> Floats:
    known = np.flatnonzero(np.isfinite(times))
    return np.interp(np.arange(len(times)), known, times[known])


class _Picker:
    """Takes columns by name, the first that has a value, held over gaps; remembers the oldest value used per row."""

    def __init__(self, metadata: Metadata, clock: Floats) -> None:
        self._columns, self._clock = metadata.columns, clock
        self.oldest = np.zeros(len(clock))

    def __call__(self, *names: str) -> Floats:
        values = self._columns.number(names[0])
        for name in names[1:]:
            values = np.where(np.isnan(values), self._columns.number(name), values)
        held, age = hold(values, self._clock)
        self.oldest = np.fmax(self.oldest, age)
        return held


def hold(values: Floats, clock: Floats) -> tuple[Floats, Floats]:
    """Each value kept until the next, for at most `HOLD_S`, and its age in seconds (NaN where there is none)."""
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return values, np.full(len(values), np.nan)
    last = np.searchsorted(known, np.arange(len(values)), side="right") - 1
    at = known[np.maximum(last, 0)]
    age = np.abs(clock - clock[at])
    is_held = (last >= 0) & (age <= HOLD_S)
    return np.where(is_held, values[at], np.nan), np.where(is_held, age, np.nan)


def _height(lon: Floats, lat: Floats, ellipsoid: Floats, msl: Floats) -> Floats:
    """Heights above the ellipsoid, led there from sea level where only that is stated."""
    return np.where(np.isfinite(ellipsoid), ellipsoid, msl + undulation(lon, lat))


def _height_at_range(lon: Floats, lat: Floats, height: Floats, centre_lon: Floats, centre_lat: Floats, slant_range: Floats) -> Floats:
    """Height above the ellipsoid under the centre at which it lies at the stated distance below the sensor; else that of the sea."""
    foot, sensor = earth_centred(centre_lon, centre_lat, np.zeros_like(centre_lon)), earth_centred(lon, lat, height)
    up = -north_east_down(centre_lon, centre_lat)[..., 2]
    rise = np.einsum("ni,ni->n", sensor - foot, up)
    level2 = np.einsum("ni,ni->n", sensor - foot, sensor - foot) - rise**2
    with np.errstate(invalid="ignore"):
        found = rise - np.sqrt(slant_range**2 - level2)
    return np.where(np.isfinite(found), found, undulation(centre_lon, centre_lat))


def _corners(columns: Columns, centre_lon: Floats, centre_lat: Floats) -> Floats:
    """Corner coordinates: the full ones, else those given as offsets from the frame centre. They are of one moment, and not held."""
    full, offsets = (
        np.stack(
            [
                np.stack([columns.number(f"{kind}_{axis}_point_{n}_deg") for axis in ("longitude", "latitude")], axis=-1)
                for n in range(1, 5)
            ],
            axis=1,
        )
        for kind in ("corner", "offset_corner")
    )
    return np.where(np.isfinite(full), full, np.stack((centre_lon, centre_lat), axis=-1)[:, None, :] + offsets)


MOVING = ("lon_deg", "lat_deg", "height_m", "yaw_deg", "pitch_deg", "roll_deg", "azimuth_deg", "elevation_deg", "turn_deg")


def on_time(said: Stated, late_s: float) -> Stated:
    """The statements with each row's pose taken from `late_s` later, between rows in proportion; at the ends the last one stays."""
    if late_s == 0.0:
        return said
    moved: dict[str, Any] = {name: _shifted(getattr(said, name), said.time_s, late_s, is_angle=name.endswith("_deg")) for name in MOVING}
    return replace(said, **moved)


def _shifted(values: Floats, time_s: Floats, late_s: float, *, is_angle: bool) -> Floats:
    known = np.isfinite(values)
    if not known.any():
        return values
    smooth = np.unwrap(values[known], period=360.0) if is_angle else values[known]
    return np.interp(time_s + late_s, time_s[known], smooth)


def poses(said: Stated, convention: Convention) -> Pose:
    """The camera poses under a convention; NaN where something that it needs is not stated."""
    said = on_time(said, convention.late_s)
    height = said.height_m + convention.sensor_up_m
    yaw, pitch, roll, azimuth, elevation = (said.yaw_deg, said.pitch_deg, said.roll_deg, said.azimuth_deg, said.elevation_deg)
    level = np.zeros_like(yaw)
    if convention.pointing is Pointing.BEARING:
        azimuth = azimuth - yaw
    if convention.pointing is Pointing.LEVEL:
        pitch, roll = level, level
    if convention.pointing is Pointing.ABSOLUTE:
        yaw, pitch, roll = level, level, level
    pose = Pose(
        said.lon_deg, said.lat_deg, height, yaw - convention.north_deg, pitch, roll, azimuth, elevation - convention.level_deg,
        said.turn_deg + convention.turn_deg,
        *map(_widened, (said.horizontal_fov_deg, said.vertical_fov_deg), convention.widened),
    )  # fmt: skip
    if convention.pointing is not Pointing.CENTRE:
        return pose
    toward, up, _ = bearing(pose, said.centre_lon_deg, said.centre_lat_deg, said.centre_height_m + convention.centre_up_m)
    return replace(pose, yaw_deg=level, pitch_deg=level, roll_deg=level, azimuth_deg=toward, elevation_deg=up)


def _widened(fov_deg: Floats, times: float) -> Floats:
    return fov_deg if times == 1.0 else 2.0 * np.degrees(np.arctan(times * np.tan(np.radians(fov_deg) / 2)))
