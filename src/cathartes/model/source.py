"""A place on the ground that emits, as weighted posterior draws; what the model predicted beside what was measured."""

from dataclasses import dataclass, field

from cathartes.errors import BadInput
from cathartes.model.custody import Custody, Statement
from cathartes.model.grid import Grid
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
    """Weighted posterior draws of how many sources of `gas`, where, and how much. Weights sum to one."""

    frame: Frame
    draws: tuple[Draw, ...]
    gas: str | None = None


@dataclass(frozen=True)
class Source:
    """A source on the ground: its probability, most probable place, 50 % and 90 % regions and rate (mean over the flight).

    `draws` are its own: each holds this source alone, or nothing. The draws of all sources together are in `Located`.
    """

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
    """Measured enhancement (background taken out) beside the posterior prediction, in ppb; thinned to what a figure can show.

    Of all of one instrument's samples, or of one crossing: the pass numbered `crossing`, from 1 in order of time, of a moving
    instrument through or near a plume. `low_ppb` to `high_ppb` should hold a measurement with probability `level`.
    """

    instrument: str
    t_s: tuple[float, ...]
    measured_ppb: tuple[float, ...]
    predicted_ppb: tuple[float, ...]
    low_ppb: tuple[float, ...]
    high_ppb: tuple[float, ...]
    level: float
    crossing: int | None = None


@dataclass(frozen=True)
class Detectability:
    """For each rate, ascending: the probability that a source of that rate in the cell would have been noticed by the flight.

    `criterion` says what counts as noticed. Raises `BadInput` unless there is one grid per rate, all on the same cells.
    """

    rates_kg_h: tuple[float, ...]
    grids: tuple[Grid, ...]
    criterion: Statement

    def __post_init__(self) -> None:
        if not self.grids or len(self.rates_kg_h) != len(self.grids) or list(self.rates_kg_h) != sorted(set(self.rates_kg_h)):
            raise BadInput(f"detectability needs one grid per rate, rates ascending; got {len(self.grids)} for {self.rates_kg_h} kg/h")
        cells = {(grid.frame, grid.west, grid.south, grid.step_x, grid.step_y, grid.columns, grid.rows) for grid in self.grids}
        if len(cells) > 1:
            raise BadInput("the grids of one detectability map lie on different cells; compute them on the same ones")


@dataclass(frozen=True)
class Located:
    """What a locator returns: all draws (including those with no source), the sources they support, and how well they fit.

    `probability` is the expected number of sources per cell, `detectability` what would have been noticed where; each `None`
    where the locator cannot say. `crossings` are the fits of single passes, `fits` those of whole instruments.
    """

    draws: Draws
    sources: tuple[Source, ...]
    fits: tuple[Fit, ...]
    instruments: tuple[Instrument, ...]
    notes: tuple[Statement, ...]
    probability: Grid | None = None
    detectability: Detectability | None = None
    crossings: tuple[Fit, ...] = ()
