"""The explanations of a source and how probable each is, by one simple rule that anyone can redo by hand.

The rule, with `p` the source's posterior probability:

    nothing        1 - p
    outside        p * e            e: posterior share in the outer band of the search area beyond what a flat posterior has there
    registered     p * (1 - e) * r  r = B / (1 + B), B = m / q: posterior over prior mass around declared emitters, even prior odds
    unregistered   p * (1 - e) * (1 - r)

Without a register that can be compared, the last two are one hypothesis, `inside`. The rule is this simple because a finer
one would need prior odds that nobody has, and a reviewer must be able to redo it from the draws. What a gas is used for is not
asked here: no gas names a kind of site.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from shapely import unary_union
from shapely.geometry import Point as Spot
from shapely.geometry.base import BaseGeometry

from cathartes.assess.search_area import around, inside, on_ground
from cathartes.earth.frame import LocalFrame
from cathartes.messages import percent
from cathartes.model import Hypothesis, NearbyEmitter, Region, Source, Statement

REGISTER_ERROR_M = 500.0
"""How far a plant's vents may lie from its one point in a register, as plants are wide: an assumption, not a measurement."""

BAND = 0.05
"""Width of the outer band, as a share of the search area's mean width."""


@dataclass(frozen=True)
class Shares:
    """How the posterior lies in the search area: `edge` is the excess in the outer band, `registered` the share explained."""

    edge: float
    registered: float | None


def hypotheses_of(
    source: Source, search: Region | None, emitters: Sequence[NearbyEmitter], *, compared: bool, alone: bool = True
) -> tuple[Hypothesis, ...]:
    """The explanations of a source, lawful ones first; probabilities sum to one.

    `compared` says whether a register could be laid beside the source at all: if not, nothing is said about registers. Where
    the source is not `alone`, what remains is not that there is none, but that the others, or none, explain the measurements.
    """
    shares = shares_of(source, search, emitters, compared=compared)
    there = source.probability
    held = there * (1 - shares.edge)
    nothing, outside = _nothing(1 - there) if alone else _not_here(1 - there), _outside(there * shares.edge, shares.edge)
    if shares.registered is None:
        return _inside(held), outside, nothing
    declaring = [each for each in emitters if each.emits_this_gas]
    return (
        _registered(held * shares.registered, declaring),
        _unregistered(held * (1 - shares.registered), declaring),
        outside,
        nothing,
    )


def shares_of(source: Source, search: Region | None, emitters: Sequence[NearbyEmitter], *, compared: bool) -> Shares:
    """Where the posterior mass of the source lies; without a search area nothing is at its edge and no prior mass is known."""
    if search is None:
        return Shares(0.0, 0.0 if compared else None)
    local = around(source.place)
    area = unary_union([on_ground(polygon[0], local) for polygon in search.polygons])
    edge = edge_excess(source, area, local)
    if not compared:
        return Shares(edge, None)
    return Shares(edge, explained(source, area, [each for each in emitters if each.emits_this_gas], local))


def edge_excess(source: Source, area: BaseGeometry, local: LocalFrame) -> float:
    """Share of the posterior in the outer band beyond a flat one's, scaled to lie between 0 (flat or less) and 1 (all of it)."""
    band = area.difference(area.buffer(-BAND * sqrt(area.area)))
    flat = band.area / area.area
    return float(max(0.0, (mass_in(source, band.buffer(1e-6), local) - flat) / (1 - flat)))


def explained(source: Source, area: BaseGeometry, declaring: Sequence[NearbyEmitter], local: LocalFrame) -> float:
    """Probability that a declared emitter is the source, by Bayes with even prior odds; 0 where none is in the search area."""
    if not declaring:
        return 0.0
    east, north = local.metres(np.array([each.place.x for each in declaring]), np.array([each.place.y for each in declaring]))
    near = unary_union([Spot(x, y).buffer(REGISTER_ERROR_M) for x, y in zip(east, north, strict=True)]).intersection(area)
    prior = near.area / area.area
    if prior == 0:
        return 0.0
    factor = mass_in(source, near, local) / prior
    return float(factor / (1 + factor))


def mass_in(source: Source, shape: BaseGeometry, local: LocalFrame) -> float:
    """Share of the source's weighted draws whose point lies in the shape (metres of `local`)."""
    held = [(draw.weight, point) for draw in source.draws.draws for point in draw.sources]
    if not held:
        return 0.0
    weights = np.array([weight for weight, _ in held])
    return float(weights[inside([point for _, point in held], shape, local)].sum() / weights.sum())


def _nothing(probability: float) -> Hypothesis:
    supports = (Statement("supports.nothing", {"percent": percent(probability)}),)
    return Hypothesis("nothing", probability, supports, (Statement("contradicts.nothing"),))


def _not_here(probability: float) -> Hypothesis:
    supports = (Statement("supports.not_here", {"percent": percent(probability)}),)
    return Hypothesis("not_here", probability, supports, (Statement("contradicts.not_here"),))


def _outside(probability: float, excess: float) -> Hypothesis:
    supports = (Statement("supports.outside", {"percent": percent(excess)}),)
    return Hypothesis("outside", probability, supports, (Statement("contradicts.outside"),))


def _inside(probability: float) -> Hypothesis:
    return Hypothesis("inside", probability, (Statement("supports.inside"),), (Statement("contradicts.inside"),))


def _registered(probability: float, declaring: Sequence[NearbyEmitter]) -> Hypothesis:
    if not declaring:
        return Hypothesis("registered", probability, (Statement("supports.none_declares"),), (Statement("contradicts.none_declares"),))
    nearest = min(declaring, key=lambda each: (each.distance_m, each.id))
    told: dict[str, str | int | float] = {"name": nearest.name, "distance_km": nearest.distance_m / 1000}
    return Hypothesis("registered", probability, (Statement("supports.registered", told),), (Statement("contradicts.registered", told),))


def _unregistered(probability: float, declaring: Sequence[NearbyEmitter]) -> Hypothesis:
    supports = Statement("supports.unregistered_far" if declaring else "supports.unregistered")
    return Hypothesis("unregistered", probability, (supports,), (Statement("contradicts.unregistered"),))
