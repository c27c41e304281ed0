"""Whether other flights that looked at the same place saw the same source: always, sometimes or never.

A flight that did not look there, or could not have seen so small a rate, says nothing. What persistence means is in
`assess.explanations`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log, pi, sqrt

import numpy as np

from cathartes.assess.fusion import fuse
from cathartes.earth.frame import LocalFrame
from cathartes.model import Coverage, Frame, Observation, Place, Source


@dataclass(frozen=True)
class Look:
    """What another flight did about the gas of a source: where it looked for it, and the sources of it that it told of."""

    flight: str
    coverage: tuple[Coverage, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Before:
    """What was known before a flight: other flights' looks at the same places, and what partners found, by explanation."""

    looks: tuple[Look, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)


def persistence(source: Source, looks: Sequence[Look]) -> str | None:
    """How often the source was seen by other flights that would have seen it; `None` where none looked, or it lies nowhere."""
    if source.place.frame is not Frame.WGS84:
        return None
    seen = [is_seen(source, look) for look in looks]
    missed = [not was_seen and is_looked(source, look) for was_seen, look in zip(seen, looks, strict=True)]
    if any(seen):
        return "sometimes" if any(missed) else "always"
    return "never" if any(missed) else None


def is_looked(source: Source, look: Look) -> bool:
    """Whether the flight would have noticed a source of this gas and rate at its place."""
    limits = (limit_at(source.place, each) for each in look.coverage if each.gas == source.gas)
    return any(limit is not None and limit <= source.rate.value for limit in limits)


def limit_at(place: Place, coverage: Coverage) -> float | None:
    """The smallest rate (kg/h) that the coverage could see at a place; `None` outside it and where it was not looked."""
    if coverage.frame is not place.frame:
        return None
    local = LocalFrame(coverage.frame, coverage.origin)
    (east,), (north,) = local.metres(np.array([place.x]), np.array([place.y]))
    column, row = int(np.floor(east / coverage.step_m)), int(np.floor(north / coverage.step_m))
    inside = 0 <= column < coverage.columns and 0 <= row < coverage.rows
    return coverage.limit_kg_h[row * coverage.columns + column] if inside else None


def is_seen(source: Source, look: Look) -> bool:
    """Whether fusion takes any source of the look for this one."""
    own, others = observation_of(source), [observation_of(each) for each in look.sources if each.gas == source.gas]
    return any(own is not None and other is not None and len(fuse((own, other))) == 1 for other in others)


def observation_of(source: Source, name: str | None = None) -> Observation | None:
    """A source as fusion needs it, under its own or another `name`, as well placed as its 90 % region is large.

    `None` without a place on the globe or a time.
    """
    at = source.custody.at
    if at is None or source.place.frame is not Frame.WGS84:
        return None
    sigma_m = sqrt(source.region90.area_m2 / (2 * pi * log(10)))
    return Observation(name or source.id, at, source.place, sigma_m, "source", source.gas, source.rate.value)
