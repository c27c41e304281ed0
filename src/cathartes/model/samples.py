"""What is inside recordings, as arrays: gas logs, tracks, texts, lists of lawful emitters.

Readers make these, detectors and locators use them. Units and conventions were converted at the door: seconds, metres or
degrees, parts per billion, wind as the velocity the air moves TOWARDS. NaN means not measured; zero means zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.model.custody import Instant
from cathartes.model.place import Frame, HeightReference
from cathartes.model.recording import Recording

Floats: TypeAlias = NDArray[np.float64]


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


@dataclass(frozen=True)
class TextReport:
    """A report in words, as it was written; `language` is an ISO 639-1 code where the file or its words say so."""

    text: str
    language: str | None


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


Content: TypeAlias = GasLog | Track | TextReport | EmitterList


@dataclass(frozen=True, eq=False)
class Reading:
    """What a reader returns: the noun and the samples it stands for."""

    recording: Recording
    content: Content
