"""From observations to sites: which of them saw the same place. One statistic with each observation's own error, no chaining.

Observations are taken in the order in which they were made, not in which they arrived, so that any order of arrival gives the
same sites and what is observed later never changes what was joined before. The method is explained in docs/explanation/fusion.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import dist, exp, floor, log, pi, sqrt
from typing import TypeAlias

import numpy as np

from cathartes.earth.geodesy import earth_centred, geodetic
from cathartes.errors import BadInput
from cathartes.model import Frame, Observation, Place, Site, identifier
from cathartes.model.site import VAGUE_M, WIDTH_M

EXTENTS_M = (15.0, 35.0, 75.0, 150.0)
"""How far the emitting parts of one installation may lie from its centre, one standard deviation: a vent, a tank with its pump, a yard, a
plant. Which it is, is learnt from each site's own observations, and before it was seen again from the sites of earlier days."""
ASSUMED = 2.0
"""So many sites of each size are taken as seen before the first."""
EXTENT_M = 50.0
"""The usual one, by which the observations of a site are weighed for its point."""
NEIGHBOURS_PER_M2, AROUND_M, OWN_M = 1e-6, 1500.0, 300.0
"""How densely other sites may stand: one in a square kilometre, as in an oil field or an industrial estate, before those are counted that
are known around the place; whatever is nearer than `OWN_M` may be the place itself."""
COUNTED_M2 = 2e6
"""For so many square metres that assumption counts as much as what was seen there."""
KEPT = 0.9
"""At least this share of true repeats is within the gate, however badly placed they are."""
ESTABLISHED = 10
"""A place seen n times is n times as likely to be seen again as one seen once; beyond this many that is taken as no more."""
LOST_M = 10_000.0
"""An observation placed worse than this says nothing about one site: it stays by itself."""
DOUBT = 3.0
"""A second site whose likelihood is more than a third of the best one's makes an observation doubtful."""

CELL_M, STEP, LEVELS = 2_000.0, 4.0, 5

Point: TypeAlias = tuple[float, float, float]
Cell: TypeAlias = tuple[int, int, int, int]


def fuse(observations: Iterable[Observation], earlier: Mapping[str, str] | None = None) -> tuple[Site, ...]:
    """The sites that the observations saw, in the order of their first observation.

    A site is named after its first observation. `earlier` maps an observation's id to the site it had in an earlier run: it
    stays there, under that name, as long as it fits, so that names survive data that arrive late or are withdrawn.
    Raises `BadInput` for two different observations of one id, or a place that is not on the globe.
    """
    ordered = in_order(observations)
    spots = dict(zip((each.id for each in ordered), points_of([each.place for each in ordered]), strict=True))
    ground = Ground()
    for each in sorted(ordered, key=lambda one: one.id not in (earlier or {})):
        ground.take(each, spots[each.id], (earlier or {}).get(each.id))
    grown = sorted(ground.sites, key=lambda one: _rank(min(one.members, key=_rank)))
    return tuple(_finished(grown))


def in_order(observations: Iterable[Observation]) -> list[Observation]:
    """Each observation once, by time and then id."""
    known: dict[str, Observation] = {}
    for each in observations:
        if known.setdefault(each.id, each) != each:
            raise BadInput(f"the id {each.id!r} stands for two different observations; give each its own, or keep the corrected one")
    return sorted(known.values(), key=_rank)


def _rank(observation: Observation) -> tuple[str, str]:
    return observation.at.utc.isoformat(), observation.id


def points_of(places: Sequence[Place]) -> list[Point]:
    """Metres from the centre of the WGS 84 ellipsoid: near each other, chords are distances, at any longitude and pole."""
    if any(place.frame is not Frame.WGS84 for place in places):
        raise BadInput("sites are places on the globe; an observation in a local frame cannot be compared with another flight's")
    centred = earth_centred(np.array([place.x for place in places]), np.array([place.y for place in places]))
    return [(x, y, z) for x, y, z in centred.tolist()]


def densities(squared_m2: float, variance_m2: float) -> list[float]:
    """How densely repeats lie at a squared distance, for each of `EXTENTS_M`; `variance_m2` is that of the errors alone.

    Both points, the site's and the repeat's, may be any part of the installation: its extent counts for each.
    """
    variances = [variance_m2 + 2 * extent**2 for extent in EXTENTS_M]
    return [exp(-squared_m2 / (2 * each)) / (2 * pi * each) for each in variances]


def neighbours_per_m2(distances_m: Iterable[float]) -> float:
    """How densely other sites stand around a place that has known ones at these distances: the mean of a gamma distribution."""
    known = sum(OWN_M < each <= AROUND_M for each in distances_m)
    return (NEIGHBOURS_PER_M2 * COUNTED_M2 + known) / (COUNTED_M2 + pi * (AROUND_M**2 - OWN_M**2))


def least_density(variance_m2: float, neighbours: float = NEIGHBOURS_PER_M2) -> float:
    """The density of a repeat at which a point is still taken for a place seen once, `variance_m2` that of a repeat as a whole.

    Bayes' rule for "the same place" against "another one nearby": that of other sites, or, where places are known so badly that
    this would lose true repeats, the density on the circle that holds `KEPT` of them.
    """
    return min(neighbours, (1 - KEPT) / (2 * pi * variance_m2))


@dataclass
class Growing:
    """A site while observations are still joining it. `weight` is the sum of 1 / (sigma^2 + extent^2), `precise` of 1 / sigma^2;

    `extents` are the probabilities of `EXTENTS_M`, none until it is seen again; no observation lies further than `reach_m` from the first.
    """

    id: str
    point: Point
    members: list[Observation] = field(default_factory=list)
    spots: list[Point] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    weight: float = 0.0
    precise: float = 0.0
    reach_m: float = 0.0
    extents: Sequence[float] = ()

    def add(self, observation: Observation, spot: Point, usual: Sequence[float] = ()) -> None:
        """Join the observation; `usual` are the probabilities of `EXTENTS_M` for a site that was not seen again yet."""
        if self.members:
            before = self.extents or usual
            explained = densities(dist(spot, self.point) ** 2, self.error_with(observation.sigma_m))
            shares = [share * each for share, each in zip(before, explained, strict=True)]
            self.extents = [each / sum(shares) for each in shares] if sum(shares) > 0 else before
        weight = 1 / (observation.sigma_m**2 + EXTENT_M**2)
        self.weight += weight
        self.precise += 1 / max(observation.sigma_m, 1.0) ** 2
        x, y, z = (old + (new - old) * weight / self.weight for old, new in zip(self.point, spot, strict=True))
        self.point = (x, y, z)
        self.members.append(observation)
        self.spots.append(spot)
        self.reach_m = max(self.reach_m, dist(spot, self.spots[0]))

    def error_with(self, sigma_m: float) -> float:
        """The variance of the difference between the site's point and one more observation of it, by the errors of both."""
        return sigma_m**2 + 1 / self.precise

    def likelihood(self, sigma_m: float, squared_m2: float, usual: Sequence[float], neighbours: float) -> float:
        """How well the site explains one more observation at a squared distance; zero where another one nearby does so better.

        A place seen often is as many times as likely to be seen again, up to `ESTABLISHED`. `usual` is that of `add`, `neighbours` how
        densely other sites stand here.
        """
        error, extents = self.error_with(sigma_m), self.extents or usual
        density = sum(share * each for share, each in zip(extents, densities(squared_m2, error), strict=True))
        whole = error + 2 * sum(share * extent**2 for share, extent in zip(extents, EXTENTS_M, strict=True))
        found = density * min(len(self.members), ESTABLISHED)
        return found if found >= least_density(whole, neighbours) else 0.0

    def has_room_for(self, observation: Observation, spot: Point) -> bool:
        """Whether the site would stay within its width; what is placed worse than that does not count."""
        if observation.sigma_m > VAGUE_M or dist(spot, self.spots[0]) + self.reach_m <= WIDTH_M:
            return True
        return all(
            dist(spot, other) <= WIDTH_M for member, other in zip(self.members, self.spots, strict=True) if member.sigma_m <= VAGUE_M
        )


class Ground:
    """All sites, found by place: each is listed in the cells of its own size and of every larger one.

    `_sizes` counts the sites of each of `EXTENTS_M`, each site by its probabilities.
    """

    def __init__(self) -> None:
        self.sites: list[Growing] = []
        self._named: dict[str, Growing] = {}
        self._own: dict[Cell, list[Growing]] = {}
        self._smaller: dict[Cell, list[Growing]] = {}
        self._levels: set[int] = set()
        self._sizes = [ASSUMED for _ in EXTENTS_M]

    def take(self, observation: Observation, spot: Point, name: str | None = None) -> None:
        """Join the observation to the site that explains it best, or found one. `name` is the site it had before."""
        fits = self.explaining(observation, spot)
        former = self._named.get(name or "")
        if former is not None and any(site is former for _, site in fits):
            self._add(former, observation, spot)
        elif name is not None and former is None:
            self._found(name, observation, spot)
        elif not fits:
            self._found(self._new_name(observation.id), observation, spot)
        else:
            self._join(fits, observation, spot)

    def explaining(self, observation: Observation, spot: Point) -> list[tuple[float, Growing]]:
        """The sites that may be what was observed, with their likelihoods, the best first."""
        if observation.sigma_m > LOST_M:
            return []
        fits = []
        near = [(dist(spot, site.point), site) for site in self._near(spot, _level(observation.sigma_m))]
        usual, neighbours = self._usual(), neighbours_per_m2(distance for distance, _ in near)
        for distance, site in near:
            likelihood = site.likelihood(observation.sigma_m, distance**2, usual, neighbours)
            if likelihood and site.has_room_for(observation, spot):
                fits.append((likelihood, site))
        return sorted(fits, key=lambda fit: (-fit[0], fit[1].id))

    def _join(self, fits: list[tuple[float, Growing]], observation: Observation, spot: Point) -> None:
        if len(fits) > 1 and fits[0][0] < DOUBT * fits[1][0]:
            fits[0][1].doubtful.append(observation.id)
        self._add(fits[0][1], observation, spot)

    def _add(self, site: Growing, observation: Observation, spot: Point) -> None:
        """Join, and count the site's size anew."""
        before = site.extents or [0.0] * len(self._sizes)
        site.add(observation, spot, self._usual())
        self._sizes = [count + now - was for count, now, was in zip(self._sizes, site.extents, before, strict=True)]

    def _usual(self) -> list[float]:
        """How probable each size is for a site that was seen once."""
        return [count / sum(self._sizes) for count in self._sizes]

    def _new_name(self, observation: str) -> str:
        """A site's name from its first observation; another where that one founded a site elsewhere before it was corrected."""
        name = identifier("site", (observation,))
        return name if name not in self._named else self._new_name(f"{observation} again")

    def _found(self, name: str, observation: Observation, spot: Point) -> None:
        site = Growing(name, spot)
        site.add(observation, spot)
        self.sites.append(site)
        self._named[name] = site
        if observation.sigma_m > LOST_M:
            return
        level = _level(observation.sigma_m)
        self._levels.add(level)
        self._own.setdefault(_cell(spot, level), []).append(site)
        for above in range(level, LEVELS):
            self._smaller.setdefault(_cell(spot, above), []).append(site)

    def _near(self, spot: Point, level: int) -> Iterator[Growing]:
        """Sites no larger than the observation in the cells about it, and larger ones in theirs."""
        for cell in _about(_cell(spot, level)):
            yield from self._smaller.get(cell, ())
        for larger in sorted(each for each in self._levels if each > level):
            for cell in _about(_cell(spot, larger)):
                yield from self._own.get(cell, ())


def _level(sigma_m: float) -> int:
    """The smallest cells that are wider than the reach of an observation with this error, twice, and a site."""
    variance = 2 * (sigma_m**2 + max(EXTENTS_M) ** 2)
    reach = 2 * sqrt(2 * variance * (log(ESTABLISHED / (2 * pi * variance) / least_density(variance)))) + WIDTH_M
    return next((level for level in range(LEVELS) if CELL_M * STEP**level >= reach), LEVELS - 1)


def _cell(spot: Point, level: int) -> Cell:
    x, y, z = (floor(each / (CELL_M * STEP**level)) for each in spot)
    return level, x, y, z


def _about(cell: Cell) -> Iterator[Cell]:
    level, x, y, z = cell
    return ((level, x + i, y + j, z + k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1))


def _finished(grown: Sequence[Growing]) -> Iterator[Site]:
    lons, lats, _ = geodetic(np.array([site.point for site in grown]).reshape(-1, 3))
    for site, lon, lat in zip(grown, lons, lats, strict=True):
        variance = 1 / site.weight
        place = Place(float(lon), float(lat), Frame.WGS84, covariance_m2=(variance, 0.0, variance))
        members = tuple(sorted(site.members, key=_rank))
        yield Site(site.id, place, sqrt(variance), width(site.spots), members, tuple(sorted(site.doubtful)))


def width(spots: Sequence[Point]) -> float:
    """The largest distance between any two of the points, in metres."""
    points = np.asarray(spots, dtype=np.float64)
    return max((float(np.sqrt(((points - point) ** 2).sum(axis=1).max())) for point in points), default=0.0)
