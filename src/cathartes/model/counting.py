"""What one unit of a published count is: without it, two numbers cannot be added. Pounds, events and laboratories are not alike."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from math import fsum, sqrt
from statistics import NormalDist

from cathartes.errors import BadInput, Refused

KG_PER_LB = 0.45359237
"""The international avoirdupois pound (1959), exactly."""


@dataclass(frozen=True)
class Counting:
    """Who counted what, in which unit, in which kind of year: `weight` is gross, net or not stated."""

    by: str
    what: str
    unit: str
    weight: str = "not stated"
    year: str = "calendar"


@dataclass(frozen=True)
class Counted:
    """A number and the rule by which it was counted, over one period (as its publisher names it)."""

    value: float
    rule: Counting
    period: str = ""


def total(counted: Iterable[Counted]) -> Counted:
    """The sum. Raises `Refused` for numbers counted by different rules, naming the first difference, and `BadInput` for none."""
    each = list(counted)
    if not each:
        raise BadInput("there is nothing to add; a sum of no numbers has no rule it was counted by")
    for other in each[1:]:
        if other.rule != each[0].rule:
            raise Refused(f"these numbers cannot be added: {_difference(each[0].rule, other.rule)}; show them side by side")
    return Counted(fsum(one.value for one in each), each[0].rule)


def _difference(one: Counting, other: Counting) -> str:
    name = next(part.name for part in fields(Counting) if getattr(one, part.name) != getattr(other, part.name))
    return f"they differ in {name!r}, {getattr(one, name)!r} and {getattr(other, name)!r}"


@dataclass(frozen=True)
class Factor:
    """How many of one unit make up another, as somebody states it: doses or dollars per kilogram. Raises `BadInput` without a source."""

    of: str
    to: str
    each: float
    source: str

    def __post_init__(self) -> None:
        if not self.source.strip() or not self.each > 0:
            raise BadInput(
                f"a factor from {self.of} to {self.to} needs a number above zero and who states it; got {self.each}, {self.source!r}"
            )


def converted(counted: Counted, factor: Factor) -> Counted:
    """The same in another unit; its rule names the factor and its source, so that it adds up with nothing counted otherwise.

    Raises `Refused` for a number in another unit than the factor's.
    """
    if counted.rule.unit != factor.of:
        raise Refused(f"{counted.rule.what} in {counted.rule.unit!r} cannot be told in {factor.to}: the factor is per {factor.of}")
    what = f"{counted.rule.what}, at {factor.each:,g} {factor.to} per {factor.of} ({factor.source})"
    return Counted(counted.value * factor.each, replace(counted.rule, what=what, unit=factor.to), counted.period)


def in_kg(counted: Counted) -> Counted:
    """The same weight in kilograms. Raises `Refused` for anything that is no weight in pounds."""
    if counted.rule.unit != "lb":
        raise Refused(f"{counted.rule.what} in {counted.rule.unit!r} is no weight in pounds; it cannot be told in kilograms")
    rule = Counting(counted.rule.by, counted.rule.what, "kg", counted.rule.weight, counted.rule.year)
    return Counted(counted.value * KG_PER_LB, rule, counted.period)


def wilson(hits: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Interval for a share of `hits` in `of` (Wilson 1927, equation 5 as in Brown, Cai and DasGupta 2001). Raises `BadInput` for none."""
    if not 0 <= hits <= of or of == 0:
        raise BadInput(f"a share needs a denominator above zero and no smaller than its numerator; got {hits} of {of}")
    z, share = NormalDist().inv_cdf((1 + level) / 2), hits / of
    middle, half = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
