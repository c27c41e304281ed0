"""The flight: an aircraft (or a vehicle, or a mast), what it was asked to look for, under whose authority, and the hints its
instruments need. A flight folder's `flight.toml` is exactly this noun."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cathartes.errors import BadInput
from cathartes.model.authority import Authority
from cathartes.model.custody import Instant
from cathartes.model.marking import Markings
from cathartes.model.place import Frame, HeightReference, Ring


@dataclass(frozen=True)
class GasLogHints:
    """What the gas log itself cannot say: the gas sought, the instrument's nominal delay, first-order lag, noise and floor.

    Peaks under `least_significance` times the noise are left out, whatever their rate of false alarms.
    """

    gas: str | None = None
    file: str | None = None
    delay_s: float = 0.0
    lag_s: float = 0.0
    noise_ppb: float | None = None
    floor_ppb: float | None = None
    least_significance: float | None = None


@dataclass(frozen=True)
class Air:
    """Air at the instruments where the log does not record it."""

    temperature_k: float = 288.15
    pressure_hpa: float = 1013.25


@dataclass(frozen=True)
class Reanalysis:
    """Wind of a weather model at 10 m: the velocity the air moves TOWARDS, east and north."""

    u10_m_s: float
    v10_m_s: float
    mixing_height_m: float | None = None
    stability: Literal["unstable", "neutral", "stable", "unknown"] = "unknown"
    direction_error_deg: float = 18.0
    speed_error_fraction: float = 0.25


@dataclass(frozen=True)
class Wind:
    """How the wind is known, and how wrong it may be (one standard deviation; `None` takes the kind's default)."""

    kind: Literal["onboard", "sparse", "reanalysis"] = "onboard"
    height_m: float | None = None
    direction_error_deg: float | None = None
    speed_error_fraction: float | None = None
    reanalysis: Reanalysis | None = None


@dataclass(frozen=True)
class RatePrior:
    """What is believed of a source's rate before the flight: log10 of kg/h, mean and standard deviation."""

    mean: float
    sd: float


@dataclass(frozen=True)
class Search:
    """Where sources are sought: a square of half width `half_width_m` about `centre` (or the origin), or a polygon.

    `max_sources` is how many there may well be; where it is not stated, more than one is thought less likely.
    `is_assumed` marks an area that nobody stated: it was drawn around the instruments.
    """

    half_width_m: float | None = None
    centre: tuple[float, float] | None = None
    polygon: Ring | None = None
    max_sources: int | None = None
    source_height_m: float | None = None
    log10_rate_kg_h: RatePrior | None = None
    is_assumed: bool = False

    def __post_init__(self) -> None:
        if (self.half_width_m is None) == (self.polygon is None):
            raise BadInput("[search] needs either half_width_m or a polygon, not both and not neither")
        if self.half_width_m is not None and not self.half_width_m > 0:
            raise BadInput(f"[search] half_width_m must be above zero; got {self.half_width_m}")
        if self.polygon is not None and len(self.polygon) < 3:
            raise BadInput(f"[search] polygon needs at least three corners; got {len(self.polygon)}")


@dataclass(frozen=True)
class Terrain:
    """The ground: roughness length, and a height grid (CSV rows with y ascending, or a GeoTIFF) where there is one."""

    roughness_m: float = 0.05
    dem: str | None = None
    dem_origin_m: tuple[float, float] | None = None
    dem_step_m: float | None = None


@dataclass(frozen=True)
class VideoHints:
    """A detector of the user's own for pictures: an ONNX file in the folder. Its SHA-256 may be stated; else it is the file's."""

    model: str | None = None
    model_sha256: str | None = None


@dataclass(frozen=True)
class FrameHints:
    """The frame of the folder's coordinates and what its heights are measured from."""

    kind: Frame = Frame.WGS84
    height_reference: HeightReference = HeightReference.AGL


@dataclass(frozen=True)
class Flight:
    """One flight. `purpose`, `authority` and `request` say why it was flown; a flight without a purpose says so in its lead.

    An `authority` in words is shown; one as a table is also enforced (`assess.permission`).
    """

    id: str
    aircraft: str | None = None
    purpose: str | None = None
    authority: str | Authority | None = None
    request: str | None = None
    is_sample: bool = False
    start: Instant | None = None
    marking: Markings = field(default_factory=Markings)
    frame: FrameHints = field(default_factory=FrameHints)
    gas_log: GasLogHints = field(default_factory=GasLogHints)
    air: Air = field(default_factory=Air)
    wind: Wind = field(default_factory=Wind)
    search: Search | None = None
    terrain: Terrain = field(default_factory=Terrain)
    video: VideoHints = field(default_factory=VideoHints)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def authority_in_words(self) -> str | None:
        """The authority as a lead shows it."""
        if not isinstance(self.authority, Authority):
            return self.authority
        return ", ".join(word for word in (self.authority.requested_by, self.authority.legal_basis) if word) or None
