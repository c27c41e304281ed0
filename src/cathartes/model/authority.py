"""Under what authority a flight collects: who asked, on what legal basis, where, when, how high, with what, and what for.

There is no object for force here and none may be added: an authority is to look, never to act.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cathartes.errors import BadInput
from cathartes.model.custody import Statement
from cathartes.model.place import HeightReference, Ring


@dataclass(frozen=True)
class Authority:
    """The `[authority]` table of `flight.toml`. Whatever it leaves out is not allowed.

    `area` is a ring in the flight's frame, `start` and `end` bound the time window, `height_m` is the band (low, high) measured
    from `height_reference`; `sensors` names kinds of recording (`gas_log`) or single instruments. Raises `BadInput` for times
    without a zone and for a window or a band that holds nothing.
    """

    requested_by: str | None = None
    legal_basis: str | None = None
    purpose: str | None = None
    area: Ring | None = None
    start: datetime | None = None
    end: datetime | None = None
    height_m: tuple[float, float] | None = None
    height_reference: HeightReference | None = None
    sensors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, moment in (("start", self.start), ("end", self.end)):
            if moment is not None and moment.utcoffset() is None:
                raise BadInput(f"[authority] {name} has no zone; write it in UTC with a trailing Z")
        if self.start is not None and self.end is not None and not self.start < self.end:
            raise BadInput(f"[authority] ends at {self.end.isoformat()}, not after its start; correct the window")
        if self.height_m is not None and not self.height_m[0] < self.height_m[1]:
            raise BadInput(f"[authority] height_m is {list(self.height_m)}; expected a low and a higher number")
        if self.area is not None and len(self.area) < 3:
            raise BadInput(f"[authority] area needs at least three corners; got {len(self.area)}")

    @property
    def missing(self) -> tuple[str, ...]:
        """The attributes that are not stated, in order; each of them is a reason to deny."""
        names = ("requested_by", "legal_basis", "purpose", "area", "start", "end", "height_m", "height_reference", "sensors")
        return tuple(name for name in names if getattr(self, name) in (None, "", ()))


class Standing(StrEnum):
    """How a recording stands to one rule. Only `within` allows; what cannot be told is a denial."""

    WITHIN = "within"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One rule asked of one recording, and the answer in words."""

    rule: str
    standing: Standing
    says: Statement


@dataclass(frozen=True)
class Permission:
    """Whether a recording was collected within its flight's authority, and why."""

    recording: str
    name: str
    allowed: bool
    checks: tuple[Check, ...]
