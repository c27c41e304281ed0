"""A place on the ground seen once or many times: what every flight, sensor and text said of it, under one name."""

from dataclasses import dataclass

from cathartes.errors import BadInput
from cathartes.model.custody import Instant
from cathartes.model.place import Place

WIDTH_M = 500.0
"""Two observations further apart are two sites..."""
VAGUE_M = 250.0
"""...unless one of them is placed worse than this: then its own one-sigma circle is wider than a site may be."""


@dataclass(frozen=True)
class Observation:
    """One detection as fusion needs it: where, when, and how well placed (`sigma_m`: one standard deviation east and north).

    Raises `BadInput` for a negative sigma.
    """

    id: str
    at: Instant
    place: Place
    sigma_m: float
    kind: str
    gas: str | None = None
    rate_kg_h: float | None = None
    instrument: str | None = None
    is_sigma_assumed: bool = False

    def __post_init__(self) -> None:
        if not self.sigma_m >= 0:
            raise BadInput(f"observation {self.id}: sigma_m is a standard deviation in metres; got {self.sigma_m}")


@dataclass(frozen=True)
class Site:
    """One place: its name, its best point, one standard deviation of that point, and the observations in order of time.

    `width_m` is the largest distance between two observations; `doubtful` are those that another site explains nearly as well.
    """

    id: str
    place: Place
    sigma_m: float
    width_m: float
    observations: tuple[Observation, ...]
    doubtful: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[str, ...]:
        """The days in UTC on which it was seen, each once, in order."""
        return tuple(sorted({each.at.utc.date().isoformat() for each in self.observations}))
