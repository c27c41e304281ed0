"""Something seen in one recording, and what was looked at without seeing anything."""

from dataclasses import dataclass, field

from cathartes.model.custody import Custody, Span, Statement
from cathartes.model.marking import Markings
from cathartes.model.place import Frame, Place
from cathartes.model.quantity import Quantity


@dataclass(frozen=True)
class Detection:
    """A stretch of samples of one instrument in which a gas stood above its background.

    `place` is where the instrument was at the peak, not where the gas came from.
    """

    id: str
    recording: str
    kind: str
    gas: str
    instrument: str
    span: Span
    peak: Quantity
    significance: float
    place: Place
    custody: Custody
    markings: Markings = field(default_factory=Markings)


@dataclass(frozen=True)
class Coverage:
    """Where a recording looked for a gas, and down to what rate: a grid over the search area, row by row from the south-west.

    `limit_kg_h[row * columns + column]` is the smallest steady rate that this flight would have noticed there with probability
    `level`; `None` where it was not looked at: no sample was ever downwind, or the instrument was off or blind.
    """

    id: str
    recording: str
    gas: str
    frame: Frame
    origin: tuple[float, float]
    step_m: float
    columns: int
    rows: int
    limit_kg_h: tuple[float | None, ...]
    level: float
    looked: tuple[Span, ...]
    blind: tuple[Span, ...]
    notes: tuple[Statement, ...]
    custody: Custody
    markings: Markings = field(default_factory=Markings)
