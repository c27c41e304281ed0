"""How far a place is from a state's border, and on which side: exact geodesic distances behind an index.

The border is a chain of short pieces, each straight in longitude and latitude as its file has it. A k-d tree over their ends
in earth-centred coordinates finds the pieces that can be nearest; what is far away is settled by a bound and never measured.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cathartes.earth.boundary import Boundary, Stretch, edges_of
from cathartes.earth.geodesy import earth_centred, geodesic_m
from cathartes.model.samples import Floats

PIECE_M = 500.0
"""No piece of the border is longer. A straight line in degrees is then within 4 mm of a straight line in space."""

NEAREST_ENDS = 8
FINER, NEAREST_PIECES = 20, 500

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Nearest:
    """For each place, the distance to the border (metres, never negative) and the border's nearest point in degrees."""

    metres: Floats
    lon_deg: Floats
    lat_deg: Floats


@dataclass(frozen=True, eq=False)
class Borderline:
    """A boundary made ready for many questions."""

    boundary: Boundary
    stretch: Stretch | None = None

    @cached_property
    def parts(self) -> tuple["Borderline", ...]:
        """The stretches with an error of their own, which together are the whole border; the border itself where it has one error."""
        return tuple(Borderline(self.boundary, each) for each in self.boundary.stretches) or (self,)

    @property
    def error_m(self) -> float:
        """How far the line may lie from the line it stands for (95 %)."""
        return self.boundary.error_m if self.stretch is None else self.stretch.error_m

    @cached_property
    def _chain(self) -> tuple[Floats, Floats]:
        """All pieces: their starts and their ends in degrees (m x 2 each); where a line ends stands a piece without length."""
        starts, ends = pieces(*(edges_of(self.boundary.area) if self.stretch is None else self.stretch.edges))
        last = np.flatnonzero(np.concatenate(((ends[:-1] != starts[1:]).any(axis=1), [True])))
        return np.insert(starts, last + 1, ends[last], axis=0), np.insert(ends, last + 1, ends[last], axis=0)

    @cached_property
    def points(self) -> Floats:
        """The start of every piece in degrees: a point of the border at least every `PIECE_M`."""
        return self._chain[0]

    @cached_property
    def _ends_m(self) -> tuple[Floats, Floats]:
        starts, ends = self._chain
        return earth_centred(*starts.T), earth_centred(*ends.T)

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._ends_m[0])

    @cached_property
    def _area(self) -> shapely.MultiPolygon:
        shapely.prepare(self.boundary.area)
        return self.boundary.area

    def holds(self, lon_deg: Floats, lat_deg: Floats) -> Bools:
        """Which of the places lie inside the state."""
        return np.asarray(shapely.contains_xy(self._area, lon_deg, lat_deg), np.bool_)

    def at_least_m(self, places_m: Floats) -> Floats:
        """A lower bound of the distance from earth-centred places to the border, right to a metre beyond 31 km."""
        ends_m, _ = self._tree.query(places_m)
        return np.asarray(np.sqrt(np.maximum(ends_m**2 - PIECE_M**2 / 4, 0.0)))

    def points_within(self, one_m: Floats, other_m: Floats, together_m: float) -> Floats:
        """Points of the border (n x 2, degrees) wherever the way from one place over them to another may be that short.

        Every `PIECE_M`, and every 25 m on the pieces nearest to each of the places, where a few metres make a difference in time.
        """
        starts_m, _ = self._ends_m
        away_m = np.stack([np.linalg.norm(starts_m - place_m, axis=1) for place_m in (one_m, other_m)])
        near = np.flatnonzero(away_m.sum(axis=0) <= together_m + 2 * PIECE_M)
        nearest = np.unique(np.argsort(away_m[:, near], axis=1)[:, :NEAREST_PIECES])
        starts, ends = (each[near[nearest]] for each in self._chain)
        fraction = np.arange(FINER)[:, None, None] / FINER
        return np.concatenate((self.points[near], (starts + fraction * (ends - starts)).reshape(-1, 2)))

    def nearest(self, lon_deg: Floats, lat_deg: Floats) -> Nearest:
        """The exact geodesic distance from each place to the border."""
        places_m = earth_centred(lon_deg, lat_deg)
        lon, lat = np.empty(len(places_m)), np.empty(len(places_m))
        open_, count = np.arange(len(places_m)), NEAREST_ENDS
        while open_.size:
            count = min(count, len(self.points))
            away_m, ends = (np.reshape(each, (len(open_), count)) for each in self._tree.query(places_m[open_], k=count))
            best_m, lon[open_], lat[open_] = self._nearest_of(places_m[open_], ends)
            # A piece that is nearer still has an end within this distance; if all such ends were looked at, it is found.
            settled = (away_m[:, -1] ** 2 >= best_m**2 + PIECE_M**2 / 4) | (count == len(self.points))
            open_, count = open_[~settled], 4 * count
        return Nearest(geodesic_m(lon_deg, lat_deg, lon, lat), lon, lat)

    def _nearest_of(self, places_m: Floats, ends: NDArray[np.intp]) -> tuple[Floats, Floats, Floats]:
        """Over the pieces on both sides of the given ends: chord to the nearest point, and that point in degrees."""
        chosen = np.concatenate((ends, ends - 1), axis=1)
        starts_m, ends_m = (each[chosen] for each in self._ends_m)
        along = ends_m - starts_m
        length_2 = np.maximum((along**2).sum(axis=-1), 1e-12)
        fraction = np.clip((along * (places_m[:, None] - starts_m)).sum(axis=-1) / length_2, 0.0, 1.0)
        away_m = np.linalg.norm(starts_m + fraction[..., None] * along - places_m[:, None], axis=-1)
        rows, best = np.arange(len(places_m)), away_m.argmin(axis=1)
        starts, ends_deg = (each[chosen[rows, best]] for each in self._chain)
        lon, lat = (starts + fraction[rows, best][:, None] * (ends_deg - starts)).T
        return away_m[rows, best], lon, lat


def pieces(starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """The edges cut, straight in degrees, so that no piece is longer than `PIECE_M`: starts and ends."""
    lengths_m = geodesic_m(*starts.T, *ends.T)
    parts = np.maximum(np.ceil(lengths_m / PIECE_M * (1 + 1e-6)), 1).astype(np.intp)
    edge = np.repeat(np.arange(len(parts)), parts)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    along = (ends - starts)[edge]
    first, last = (starts[edge] + (at / parts[edge])[:, None] * along for at in (number, number + 1))
    last[number + 1 == parts[edge]] = ends
    return first, last
