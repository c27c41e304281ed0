"""A place on the ground that emits, as weighted posterior draws; what the model predicted beside what was measured."""

from dataclasses import dataclass, field

from cathartes.model.custody import Custody, Statement
from cathartes.model.marking import Markings
from cathartes.model.place import Frame, Place, Region
from cathartes.model.quantity import Quantity


@dataclass(frozen=True)
class PointSource:
    """One source in one draw: place in the frame of its `Draws`, rate as the mean over the flight (kg/h)."""

    x: float
    y: float
    rate_kg_h: float


@dataclass(frozen=True)
class Draw:
    """One possible truth and its weight. No sources is a truth too: nothing there."""

    weight: float
    sources: tuple[PointSource, ...]


@dataclass(frozen=True)
class Draws:
    """Weighted posterior draws of how many sources, where, and how much. Weights sum to one."""

    frame: Frame
    draws: tuple[Draw, ...]


@dataclass(frozen=True)
class Source:
    """A source on the ground: its probability, most probable place, 50 % and 90 % regions and rate (mean over the flight)."""

    id: str
    flight: str
    gas: str
    probability: float
    place: Place
    region50: Region
    region90: Region
    rate: Quantity
    draws: Draws
    notes: tuple[Statement, ...]
    custody: Custody
    markings: Markings = field(default_factory=Markings)


@dataclass(frozen=True)
class Instrument:
    """Where an instrument was: the points of a track, both ends of an open path, or one point; in the flight's frame."""

    name: str
    kind: str
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Fit:
    """Measured enhancement beside the posterior prediction, for one instrument (ppb; thinned to what a figure can show)."""

    instrument: str
    t_s: tuple[float, ...]
    measured_ppb: tuple[float, ...]
    predicted_ppb: tuple[float, ...]
    low_ppb: tuple[float, ...]
    high_ppb: tuple[float, ...]
    level: float


@dataclass(frozen=True)
class Located:
    """What a locator returns: all draws (including those with no source), the sources they support, and how well they fit."""

    draws: Draws
    sources: tuple[Source, ...]
    fits: tuple[Fit, ...]
    instruments: tuple[Instrument, ...]
    notes: tuple[Statement, ...]
