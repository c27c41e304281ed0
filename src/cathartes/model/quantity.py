"""A number that travels: value, unit, and the interval that is expected to hold the truth at a stated level."""

from dataclasses import dataclass
from math import isfinite

from cathartes.errors import BadInput


@dataclass(frozen=True)
class Quantity:
    """A value with its unit and, where it is known, the interval `[low, high]` that holds the truth with probability `level`.

    Raises `BadInput` when a number is not finite, the interval is given in part, or the value lies outside it.
    """

    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    level: float | None = None

    def __post_init__(self) -> None:
        interval = (self.low, self.high, self.level)
        given = [number for number in interval if number is not None]
        if not all(isfinite(number) for number in (self.value, *given)):
            raise BadInput(f"a quantity in {self.unit} holds a number that is not finite: {self.value} {interval}; leave it out instead")
        if given and len(given) < len(interval):
            raise BadInput(f"the interval of a quantity in {self.unit} needs low, high and level together; got {interval}")
        if self.low is not None and self.high is not None and self.level is not None:
            if not self.low <= self.value <= self.high:
                raise BadInput(f"{self.value} {self.unit} lies outside its own interval [{self.low}, {self.high}]")
            if not 0 < self.level < 1:
                raise BadInput(f"the level of an interval lies between 0 and 1; got {self.level}")

    def holds(self, truth: float) -> bool:
        """Whether the stated interval contains `truth` (in this quantity's unit); a bare value holds only itself."""
        if self.low is None or self.high is None:
            return truth == self.value
        return self.low <= truth <= self.high
