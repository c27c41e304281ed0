"""What is inside recordings, as arrays: gas logs, tracks, motion imagery, texts, lists of lawful emitters.

Readers make these, detectors and locators use them. Units and conventions were converted at the door: seconds, metres or
degrees, parts per billion, wind as the velocity the air moves TOWARDS. NaN means not measured; zero means zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.model.cube import Cube
from cathartes.model.custody import Instant, Statement
from cathartes.model.place import Frame, HeightReference
from cathartes.model.recording import Recording

Floats: TypeAlias = NDArray[np.float64]
CLOCK_TURN_S = 2**33 / 90_000
"""A programme's clock has 33 bits (ISO/IEC 13818-1): times that differ by whole turns of it are one; decoders begin to count anywhere."""


@dataclass(frozen=True, eq=False)
class GasLog:
    """Samples of one or more in-situ or open-path gas instruments, all arrays of length n.

    `instrument` indexes `instruments`. A point sample has equal ends; an open path is the mean along the straight line from
    `start` to `end` (n x 3: x, y as in `frame`, height in metres by `height_reference`). `gases` maps a gas (`ch4`) to ppb.
    """

    frame: Frame
    height_reference: HeightReference
    zero: Instant | None
    t_s: Floats
    instruments: tuple[str, ...]
    instrument: NDArray[np.int64]
    start: Floats
    end: Floats
    gases: Mapping[str, Floats]
    wind_u_m_s: Floats
    wind_v_m_s: Floats
    sigma_v_m_s: Floats
    sigma_w_m_s: Floats
    obukhov_length_m: Floats
    friction_velocity_m_s: Floats
    temperature_k: Floats
    pressure_hpa: Floats


@dataclass(frozen=True, eq=False)
class Track:
    """Position fixes of one or more aircraft, arrays of length n in file order: UTC seconds since 1970, degrees, metres.

    `aircraft` names each fix's aircraft. `height_m` keeps the reference it came with; NaN where the file gave none. `error_m` is the
    95 % horizontal error that the recording states for a fix, `source` what fixed it (`gnss`, `adsb_icao`, `mlat` …), speed and
    course are those reported with the position, over ground and from true north; `None` or NaN where nothing is stated.
    """

    utc_s: Floats
    lon_deg: Floats
    lat_deg: Floats
    height_m: Floats
    height_reference: HeightReference
    barometric_altitude_m: Floats
    aircraft: tuple[str, ...]
    error_m: Floats | None = None
    source: tuple[str, ...] | None = None
    ground_speed_m_s: Floats | None = None
    course_deg: Floats | None = None


@dataclass(frozen=True, eq=False)
class Pose:
    """Where n cameras were and how they looked: degrees and metres above the ellipsoid; NaN where it is not known.

    Platform yaw (from true north, clockwise), pitch (nose up) and roll (right wing down) turn north-east-down into the platform;
    azimuth, elevation (up) and turn of the sensor relative to it come after (ST 0601, items 5-7, 16-20).
    """

    lon_deg: Floats
    lat_deg: Floats
    height_m: Floats
    yaw_deg: Floats
    pitch_deg: Floats
    roll_deg: Floats
    azimuth_deg: Floats
    elevation_deg: Floats
    turn_deg: Floats
    horizontal_fov_deg: Floats
    vertical_fov_deg: Floats

    def __len__(self) -> int:
        return len(self.lon_deg)

    def taken(self, rows: NDArray[np.intp] | slice) -> "Pose":
        """Some of the poses."""
        return Pose(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class StreamFinding:
    """One thing that a stream says wrongly, or that could not be decided: a code for programs and a sentence for people.

    `value` is its size in `unit`; `evidence` names the numbers that led to it.
    """

    code: str
    statement: Statement
    value: float | None = None
    unit: str | None = None
    evidence: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class MotionImagery:
    """A video with what its metadata says of n moments; its pixels stay in `file`.

    `utc_s` is seconds since 1970 by the metadata's clock, `pts_s` the programme's; NaN where there is none. `pose` and `ground_m` (m
    above the ellipsoid) are after repair; `footprint` (n x 4 x 2) and `centre` (n x 2) hold longitude and latitude. `pictures_s` are the
    times of the pictures on the programme's clock. `error_budget_m` is metres at 90 % by cause, `pose_error` one standard deviation of
    place and height (m), yaw, pitch and roll (degrees) and ground height (m); `place_error_m` is the 95 % horizontal error that the
    packets state of the platform's place, NaN where they state none. `security` is the highest marking in the stream.
    """

    file: Path
    packets: int
    damaged: int
    standards: tuple[str, ...]
    utc_s: Floats
    pts_s: Floats
    pose: Pose
    ground_m: Floats
    centre: Floats
    footprint: Floats
    pictures_s: Floats
    findings: tuple[StreamFinding, ...]
    error_budget_m: Mapping[str, float]
    pose_error: tuple[float, float, float, float, float, float]
    place_error_m: Floats
    security: str | None

    def rows_at(self, times_s: Floats) -> tuple[NDArray[np.intp], Floats]:
        """For times on the programme's clock the nearest rows that say how the camera looked, and the seconds by which the times are later.

        These are NaN where no row has a time, or a time is NaN.
        """
        known = np.flatnonzero(np.isfinite(self.pts_s) & np.isfinite(self.pose.yaw_deg))
        if not known.size:
            return np.zeros(len(times_s), np.intp), np.full(len(times_s), np.nan)
        turned = self.pts_s[known] % CLOCK_TURN_S
        order = np.argsort(turned, kind="stable")
        right = np.searchsorted(turned[order], np.nan_to_num(times_s) % CLOCK_TURN_S)
        beside = known[order[np.stack((right - 1, right)) % len(known)]]
        after = within_turn(times_s - self.pts_s[beside])
        nearer = np.argmin(np.abs(after), axis=0), np.arange(len(times_s))
        return beside[nearer], after[nearer]

    def track(self, aircraft: str) -> Track:
        """Where the platform was, a fix per moment, each with the error stated for it; moments without a place stay."""
        absent, count = np.full(len(self.utc_s), np.nan), len(self.utc_s)
        return Track(
            self.utc_s, self.pose.lon_deg, self.pose.lat_deg, self.pose.height_m, HeightReference.ELLIPSOID, absent, (aircraft,) * count,
            self.place_error_m, self.standards[:1] * count,
        )  # fmt: skip


def within_turn(seconds: Floats) -> Floats:
    """Seconds between two times of a programme's clock, the shorter way round."""
    return (seconds + CLOCK_TURN_S / 2) % CLOCK_TURN_S - CLOCK_TURN_S / 2


@dataclass(frozen=True, eq=False)
class Swath:
    """What one video had in view: seconds since 1970 (n) and corners in order round the picture (n x 4 x 2, degrees).

    `picture` is rows and columns of the pictures that were searched for what moves; NaN where nobody searched them.
    """

    recording: str
    picture: tuple[float, float]
    utc_s: Floats
    corners: Floats


@dataclass(frozen=True)
class Doubt:
    """A word of a scan that was read with little confidence: where it stands, and the recogniser's confidence (0 to 1)."""

    start: int
    end: int
    confidence: float


def confidence(doubts: Sequence[Doubt], start: int, end: int) -> float | None:
    """The least confidence of the doubtful words that `[start, end)` touches, `None` where it touches none."""
    return min((doubt.confidence for doubt in doubts if doubt.start < end and start < doubt.end), default=None)


@dataclass(frozen=True)
class TextReport:
    """A report in words, as it was written; `language` is an ISO 639-1 code where the file or its words say so."""

    text: str
    language: str | None
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class Emitter:
    """A registered, lawful emitter: one plant and what it declared to release into the air in a year (kg by substance)."""

    id: str
    name: str
    lon_deg: float
    lat_deg: float
    releases_kg: Mapping[str, float]


@dataclass(frozen=True)
class EmitterList:
    """A register of lawful emitters as its publisher gave it. Absence from a register proves nothing."""

    name: str
    emitters: tuple[Emitter, ...]


Content: TypeAlias = GasLog | Track | MotionImagery | TextReport | EmitterList | Cube


@dataclass(frozen=True, eq=False)
class Reading:
    """What a reader returns: the noun and the samples it stands for."""

    recording: Recording
    content: Content
