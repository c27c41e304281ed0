"""The tables that stand beside every picture of a release, as rows of ready text: what a reader who sees no picture reads.

The page and the document both show these. The pictures are in `release.figures`, the sentences in `release.telling`.
"""

from dataclasses import dataclass

import numpy as np
from shapely import contains_xy
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from cathartes.earth.raster import noticed
from cathartes.messages import number, percent
from cathartes.model import Coverage, Fit, Frame, Lead, Place, Source
from cathartes.model.samples import Floats
from cathartes.release.coordinates import decimal, degrees_minutes_seconds, utm
from cathartes.release.drawing import about, metres
from cathartes.release.figures import grid_of, steps_of
from cathartes.release.telling import rates_and_weights

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class FitRow:
    """How one instrument agrees with the model: enhancements in ppb, `held` the percentage of samples inside the band."""

    instrument: str
    samples: int
    measured: str
    predicted: str
    off: str
    held: str


@dataclass(frozen=True)
class SourceRow:
    """One source of the gas, the lead's own first: percentages and rates as text, `away` in metres (`None` for its own)."""

    source: Source
    probability: str
    place: str
    away: str | None


@dataclass(frozen=True)
class Piece:
    """One part of a region that lies in several: a point inside it, its area in m², the percentage of the probability it holds."""

    place: str
    area_m2: float
    percent: str


@dataclass(frozen=True)
class CrossingRow:
    """One crossing: its number, when it began in minutes since the start, and how it agrees with the model."""

    number: int
    minutes: str
    fit: FitRow


@dataclass(frozen=True)
class NoticedRow:
    """Percentages of the search area for one rate in kg/h."""

    rate: str
    noticed: str
    missed: str
    not_looked: str


@dataclass(frozen=True)
class CoverageRow:
    """A class of detection limit and its share of the grid; `above` and `bound` in kg/h, both `None` where nobody looked."""

    above: str | None
    bound: str | None
    percent: str


def coordinates_of(place: Place) -> tuple[tuple[str, str], ...]:
    """The notations of a place, each with the key of its name: metres in a local frame, three usual notations on the globe."""
    if place.frame is Frame.LOCAL:
        return (("coordinates.east", f"{place.x:,.1f} m"), ("coordinates.north", f"{place.y:,.1f} m"))
    written = (decimal(place), degrees_minutes_seconds(place), utm(place))
    return tuple(zip(("coordinates.decimal", "coordinates.dms", "coordinates.utm"), written, strict=True))


def spread_of(place: Place) -> tuple[str, str] | None:
    """One standard deviation of the place east and north, in metres."""
    if place.covariance_m2 is None:
        return None
    east, _, north = place.covariance_m2
    return number(float(np.sqrt(east))), number(float(np.sqrt(north)))


def source_rows(lead: Lead) -> tuple[SourceRow, ...]:
    """Every source of the gas that the release may tell of; none where the lead's own is withheld."""
    own = [_source_row(source, None) for source in lead.sources]
    return (*own, *(_source_row(other, number(_distance_m(lead.sources[0], other))) for other in lead.neighbours))


def _source_row(source: Source, away: str | None) -> SourceRow:
    return SourceRow(source, percent(source.probability), spot((source.place.x, source.place.y), source.place.frame is Frame.LOCAL), away)


def _distance_m(one: Source, other: Source) -> float:
    ends = metres(((one.place.x, one.place.y), (other.place.x, other.place.y)), about(one.place))
    return float(np.hypot(*(ends[1] - ends[0])))


def pieces(source: Source) -> tuple[Piece, ...]:
    """The parts of the 90 % region, the most probable first; none where it is one."""
    parts = source.region90.polygons
    if len(parts) < 2:
        return ()
    shapes = [Polygon(rings[0], rings[1:]) for rings in parts]
    shares = [_share_in(shape, source) for shape in shapes]
    plane = about(source.place)
    grounds = [Polygon(metres(rings[0], plane), [metres(hole, plane) for hole in rings[1:]]).area for rings in parts]
    order = sorted(range(len(parts)), key=lambda part: (-shares[part], part))
    return tuple(Piece(_inner(shapes[part], source.place.frame), grounds[part], percent(shares[part])) for part in order)


def _share_in(shape: BaseGeometry, source: Source) -> float:
    """Share of the source's weighted draws in a shape, both in the frame's coordinates."""
    points = np.array([(point.x, point.y, draw.weight) for draw in source.draws.draws for point in draw.sources]).reshape(-1, 3)
    total = points[:, 2].sum()
    return float(points[contains_xy(shape, points[:, 0], points[:, 1]), 2].sum() / total) if total else 0.0


def _inner(shape: Polygon, frame: Frame) -> str:
    point = shape.representative_point()
    return spot((point.x, point.y), frame is Frame.LOCAL)


def noticed_rows(lead: Lead) -> tuple[NoticedRow, ...]:
    """Per rate, the shares of the search area in which a source would have been noticed, missed, or was not looked for."""
    if lead.detectability is None:
        return ()
    shares = noticed(lead.detectability, lead.search)
    return tuple(
        NoticedRow(f"{each.rate_kg_h:g}", *(f"{100 * share:.0f}" for share in (each.noticed, each.missed, each.not_looked)))
        for each in shares
    )


def crossing_rows(lead: Lead) -> tuple[CrossingRow, ...]:
    """One row per crossing, in order of time."""
    ordered = sorted((fit for fit in lead.crossings if fit.t_s), key=lambda fit: (min(fit.t_s), fit.instrument))
    return tuple(CrossingRow(fit.crossing or 0, f"{min(fit.t_s) / 60:.1f}", _fit_row(fit)) for fit in ordered)


def rate_rows(source: Source) -> tuple[tuple[str, str], ...]:
    """Percentage of probability below, and that rate in kg/h."""
    rates, weights = rates_and_weights(source)
    if not rates.size:
        return ()
    return tuple((f"{100 * level:.0f}", number(value)) for level, value in zip(QUANTILES, quantiles(rates, weights), strict=True))


def quantiles(values: Floats, weights: Floats) -> list[float]:
    """The values below which the shares in `QUANTILES` of the weight lie."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    places = np.minimum(np.searchsorted(share, QUANTILES), len(values) - 1)
    return [float(value) for value in values[order][places]]


def fit_rows(lead: Lead) -> tuple[FitRow, ...]:
    """One row per instrument, those with the highest prediction first."""
    ordered = sorted(lead.fits, key=lambda fit: (-max(fit.predicted_ppb, default=0.0), fit.instrument))
    return tuple(_fit_row(fit) for fit in ordered if fit.t_s)


def _fit_row(fit: Fit) -> FitRow:
    measured, predicted = np.asarray(fit.measured_ppb), np.asarray(fit.predicted_ppb)
    held = (measured >= np.asarray(fit.low_ppb)) & (measured <= np.asarray(fit.high_ppb))
    off = float(np.sqrt(np.mean((measured - predicted) ** 2)))
    most = (number(float(measured.max())), number(float(predicted.max())))
    return FitRow(fit.instrument, len(fit.t_s), *most, number(off), f"{100 * held.mean():.0f}")


def coverage_rows(coverage: Coverage) -> tuple[CoverageRow, ...]:
    """Shares of the grid by limit, smallest limit first, and last what was not looked at."""
    grid = grid_of(coverage)
    below, rows = 0.0, []
    for bound in steps_of(grid):
        share = np.mean((grid > below) & (grid <= bound)) if below else np.mean(grid <= bound)
        rows.append(CoverageRow(f"{below:g}" if below else None, f"{bound:g}", f"{100 * share:.0f}"))
        below = bound
    return (*rows, CoverageRow(None, None, f"{100 * np.isnan(grid).mean():.0f}"))


def spot(point: tuple[float, float], is_local: bool) -> str:  # noqa: FBT001  called from a template
    """A bare point: metres east and north, or latitude and longitude."""
    return f"{point[0]:.1f}, {point[1]:.1f} m" if is_local else f"{point[1]:.5f}, {point[0]:.5f}"
