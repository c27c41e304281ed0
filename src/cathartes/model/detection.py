"""Something seen in one recording, and what was looked at without seeing anything."""

from dataclasses import dataclass, field
from enum import StrEnum

from cathartes.errors import BadInput
from cathartes.model.custody import Custody, Span, Statement
from cathartes.model.marking import Markings
from cathartes.model.place import Frame, Place, Point
from cathartes.model.quantity import Quantity


class DetectionKind(StrEnum):
    """What was seen, and so what `Detection.place` means.

    A gas peak of a log is placed where the instrument was, a gas column of a cube where it is thickest on the ground, a movement, or an
    object that a user's own model saw, where it was on the ground, a mention where the report puts the event it tells of: never where a
    person is.
    """

    GAS_PEAK = "gas-peak"
    GAS_COLUMN = "gas-column"
    MOVEMENT = "movement"
    OBJECT = "object"
    MENTION = "mention"


@dataclass(frozen=True)
class Detection:
    """Something seen in one recording by one instrument (or told in one document).

    A gas has its name, its `peak` above background and its `significance` in units of noise; anything else `says` what was
    seen. Raises `BadInput` where it has neither.
    """

    id: str
    recording: str
    kind: DetectionKind
    gas: str | None
    instrument: str
    span: Span
    peak: Quantity | None
    significance: float | None
    place: Place
    custody: Custody
    markings: Markings = field(default_factory=Markings)
    says: Statement | None = None

    def __post_init__(self) -> None:
        if self.says is None and (self.gas is None or self.peak is None or self.significance is None):
            raise BadInput(f"detection {self.id} ({self.kind}) needs a gas with its peak and significance, or words for what was seen")


@dataclass(frozen=True)
class Still:
    """The picture of a video in which a detection was placed, as JPEG: whole and small, and `close`, the square about the thing.

    `size` is columns and rows of `picture`, `spot` the thing's column and row in it; `footprint` is the ground that it shows, corner by
    corner, where that is known. `says` is the security marking that the stream states; the moment is in the custody.
    """

    id: str
    detection: str
    recording: str
    picture: bytes
    close: bytes
    size: tuple[int, int]
    spot: tuple[float, float]
    footprint: tuple[Point, ...]
    says: Statement
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
