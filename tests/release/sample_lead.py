"""An invented lead with everything in it, marked as a sample: no real place, no person. Shared by the tests of this room."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from math import cos, pi, sin

import cv2
import numpy as np

from cathartes.earth.frame import LocalFrame
from cathartes.model import (
    Clock,
    Coverage,
    Custody,
    Detectability,
    Detection,
    DetectionKind,
    Draw,
    Draws,
    Evidence,
    Fit,
    Frame,
    Grid,
    GridQuantity,
    Hypothesis,
    Instant,
    Instrument,
    Lead,
    Marking,
    Markings,
    NearbyEmitter,
    Place,
    PointSource,
    Quantity,
    Region,
    Source,
    Span,
    Statement,
    Still,
    Tlp,
)
from cathartes.model.samples import Floats

NOON = Instant(datetime(2026, 3, 5, 18, 30, tzinfo=UTC), Clock.GPS)
TO_MEXICO = Markings(Marking(Tlp.GREEN, ("MEX", "USA")))
CUSTODY = Custody(("ab" * 32,), "sample", "0.1.0", {"seed": 1}, "cathartes", NOON)
CENTRE = (-104.51234, 24.32101)
BEST = (37.0, -58.0)
CELLS = 40
SIZE_M = {Frame.LOCAL: 120.0, Frame.WGS84: 2500.0}


def sample_lead(frame: Frame = Frame.LOCAL, markings: Markings = TO_MEXICO) -> Lead:
    """The lead of an invented flight in `frame`; with a register of emitters only on the globe, as registers have addresses."""
    bare = _lead(frame)
    marked = {
        name: tuple(replace(each, markings=markings) for each in getattr(bare, name)) for name in ("sources", "detections", "coverage")
    }
    return replace(bare, markings=markings, **marked)


NEARBY: dict[str, str | int | float] = {"distance_m": 90.0, "bearing": 320.0, "percent": "62", "rate": 0.1}
NOT_CONVERGED = Statement("locate.not-converged", {"runs": 4, "apart": 12.3, "acceptance": 0.2})


def busy_lead(frame: Frame = Frame.LOCAL, markings: Markings = TO_MEXICO) -> Lead:
    """The sample lead as one of two sources, its region in two parts, with every map and crossing, and a search that did not settle."""
    lead, scale = sample_lead(frame, markings), SIZE_M[frame] / 120.0
    own, other = two_sources(frame)
    return replace(
        lead,
        sources=(replace(own, markings=markings),), neighbours=(replace(other, markings=markings),),
        crossings=crossings(), probability_map=_probability(frame, scale), detectability=detectability(frame), warnings=(NOT_CONVERGED,),
        stills=(replace(still(frame), markings=markings),),
        evidence=(*lead.evidence, Evidence(Statement("evidence.neighbour", NEARBY), other.id)),
    )  # fmt: skip


def still(frame: Frame) -> Still:
    """A black picture of four by three pixels, and the ground that it shows."""
    jpeg = bytes(cv2.imencode(".jpg", np.zeros((3, 4, 3), np.uint8))[1])
    corners = tuple(_at(frame, SIZE_M[frame] / 120 * x, SIZE_M[frame] / 120 * y) for x, y in ((0, 10), (30, 10), (30, -5), (0, -5)))
    says = Statement("still.marked", {"security": "UNCLASSIFIED"})
    asked = replace(CUSTODY, parameters={"file": "video.ts", "at_s": 1.5})
    return Still("still-1", "detection-1", "recording-1", jpeg, jpeg, (4, 3), (2.0, 1.0), corners, says, asked)


def two_sources(frame: Frame) -> tuple[Source, Source]:
    """The sample's source with a second, less probable part to its region, and another source to its north-west."""
    source, scale = _lead(frame).sources[0], SIZE_M[frame] / 120.0
    parts = (source.region90.polygons[0], _ring(frame, scale, 6, 5, about=(95.0, -25.0)).polygons[0])
    region90 = replace(source.region90, polygons=parts, area_m2=source.region90.area_m2 + pi * 30 * scale**2)
    own = replace(source, region90=region90, draws=_with_stray(source.draws, _at(frame, 95 * scale, -25 * scale)))
    place = Place(*_at(frame, -30 * scale, 25 * scale), frame)
    regions = (replace(_ring(frame, scale, 9, 7, about=(-30.0, 25.0)), level=0.5), _ring(frame, scale, 21, 15, about=(-30.0, 25.0)))
    points = [Draw(0.62 / 100, (PointSource(place.x, place.y, 0.05 + k / 1000),)) for k in range(100)]
    draws = Draws(frame, (*points, Draw(0.38, ())))
    rate = Quantity(0.1, "kg/h", 0.055, 0.145, 0.9)
    return own, replace(
        source, id="source-77aa00bb11cc", probability=0.62, place=place, region50=regions[0], region90=regions[1], rate=rate, draws=draws
    )  # fmt: skip


def _with_stray(draws: Draws, spot: tuple[float, float]) -> Draws:
    """A quarter of the draws that hold the source moved to another spot."""
    moved = (replace(draw, sources=(replace(draw.sources[0], x=spot[0], y=spot[1]),)) for draw in draws.draws[:100])
    return replace(draws, draws=(*moved, *draws.draws[100:]))


def detectability(frame: Frame) -> Detectability:
    """Three rates; the west was not looked at, and what lies further from the instruments needs a larger source."""
    scale, rates = SIZE_M[frame] / 120.0, (0.03, 0.1, 0.5)
    row, column = np.mgrid[:CELLS, :CELLS]
    away = np.hypot(column - 22, row - 12)
    looked = np.where(column < 9, np.nan, away)
    grids = (np.exp(-looked / (40 * rate**0.5)) for rate in rates)
    held = tuple(_grid(frame, scale, GridQuantity.NOTICED, grid) for grid in grids)
    return Detectability(rates, held, Statement("coverage.steady-ground-source", {"level": 0.9}))


def _probability(frame: Frame, scale: float) -> Grid:
    row, column = np.mgrid[:CELLS, :CELLS]
    mass = np.exp(-((column - 26) ** 2 + (row - 10) ** 2) / 8.0)
    return _grid(frame, scale, GridQuantity.EXPECTED_SOURCES, 1.5 * mass / mass.sum())


def _grid(frame: Frame, scale: float, quantity: GridQuantity, values: Floats) -> Grid:
    west, south = _at(frame, -120 * scale, -120 * scale)
    east, north = _at(frame, 120 * scale, 120 * scale)
    return Grid.of(quantity, frame, (west, south), ((east - west) / CELLS, (north - south) / CELLS), values)


def crossings() -> tuple[Fit, ...]:
    """Five passes of an aircraft through plumes of different strength."""
    random = np.random.default_rng(11)
    passes = []
    for number in range(1, 6):
        t = 300.0 * number + np.arange(0, 60, 2.0)
        predicted = 30.0 * number * np.exp(-(((t - t.mean()) / 12) ** 2))
        bounds = (predicted - 20, 1.8 * predicted + 20)
        measured = predicted + random.normal(0, 9, t.size)
        passes.append(Fit("Picarro", *(tuple(column.tolist()) for column in (t, measured, predicted, *bounds)), 0.9, number))
    return tuple(passes)


@cache
def _lead(frame: Frame) -> Lead:
    scale = SIZE_M[frame] / 120.0
    source = _source(frame, scale)
    return Lead(
        "lead-5a3b1c9d7e21", "muestra-7", "ch4", "A. Analyst", True, "find a leak in an exercise", "exercise order 12", (source,),
        _detections(frame, scale), (_coverage(frame, scale),), _square(frame, scale), _instruments(frame, scale), _fits(),
        _evidence(source), _hypotheses(frame), _emitters(frame, scale), _gaps(frame), replace(CUSTODY, inputs=("ab" * 32, "cd" * 32)),
    )  # fmt: skip


LOCAL_FRAMES = {frame: LocalFrame(frame, CENTRE) for frame in Frame}


def _at(frame: Frame, east: float, north: float) -> tuple[float, float]:
    x, y = LOCAL_FRAMES[frame].back(np.array([east]), np.array([north]))
    return float(x[0]), float(y[0])


def _ring(frame: Frame, scale: float, east_m: float, north_m: float, about: tuple[float, float] = BEST) -> Region:
    turns = [2 * pi * k / 48 for k in range(48)]
    spots = [(about[0] + east_m * cos(t) + 0.4 * north_m * sin(t), about[1] + north_m * sin(t)) for t in turns]
    ring = [_at(frame, scale * x, scale * y) for x, y in spots]
    return Region((((*ring, ring[0]),),), frame, 0.9, pi * east_m * north_m * scale**2)


def _square(frame: Frame, scale: float) -> Region:
    ring = [_at(frame, 120 * scale * x, 120 * scale * y) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    return Region(((tuple(ring),),), frame, 1.0, (240 * scale) ** 2)


def _source(frame: Frame, scale: float) -> Source:
    random = np.random.default_rng(7)
    rates = np.exp(random.normal(np.log(0.27), 0.22, 400))
    east, north = scale * random.normal(BEST[0], 7, 400), scale * random.normal(BEST[1], 5, 400)
    spots = [_at(frame, x, y) for x, y in zip(east, north, strict=True)]
    some = [Draw(0.97 / 400, (PointSource(*spot, float(rate)),)) for spot, rate in zip(spots, rates, strict=True)]
    low, middle, high = (float(value) for value in np.quantile(rates, (0.05, 0.5, 0.95)))
    place = Place(*_at(frame, scale * BEST[0], scale * BEST[1]), frame, covariance_m2=(49.0 * scale**2, 6.0, 25.0 * scale**2))
    region50 = replace(_ring(frame, scale, 7, 5), level=0.5)
    return Source(
        "source-0d4c55aa91fe", "muestra-7", "ch4", 0.97, place, region50, _ring(frame, scale, 15, 11),
        Quantity(middle, "kg/h", low, high, 0.9), Draws(frame, (*some, Draw(0.03, ()))), (), CUSTODY,
    )  # fmt: skip


def _detections(frame: Frame, scale: float) -> tuple[Detection, ...]:
    return tuple(
        Detection(
            f"detection-{number}", "recording-1", DetectionKind.GAS_PEAK, "ch4", f"Path {number}",
            Span(60.0 * number, 60.0 * number + 40, NOON), Quantity(420.0 - 60 * number, "ppb"), 11.0 - number,
            Place(*_at(frame, 20.0 * scale, 9.0 * number * scale), frame), CUSTODY,
        )
        for number in range(1, 4)
    )  # fmt: skip


def _coverage(frame: Frame, scale: float) -> Coverage:
    step = 240 * scale / CELLS
    limits = []
    for row in range(CELLS):
        for column in range(CELLS):
            away = np.hypot(column - 22, row - 12)
            limits.append(None if column < 9 or away > 26 else float(0.03 * 1.13**away))
    origin = _at(frame, -120 * scale, -120 * scale)
    looked = (Span(0, 5400, NOON),)
    blind = (Span(1200, 1500, NOON),)
    return Coverage("coverage-1", "recording-1", "ch4", frame, origin, step, CELLS, CELLS, tuple(limits), 0.9, looked, blind, (), CUSTODY)


def _instruments(frame: Frame, scale: float) -> tuple[Instrument, ...]:
    if frame is Frame.WGS84:
        track = [_at(frame, scale * (-100 + 200 * (k % 20) / 19), scale * (-40 + 22 * (k // 20))) for k in range(100)]
        return (Instrument("Picarro", "track", tuple(track)),)
    ends = [(18.0, 30.0 - 17 * number) for number in range(9)]
    return tuple(Instrument(f"Path {number}", "path", ((2.0, -6.0), end)) for number, end in enumerate(ends, start=1))


def _fits() -> tuple[Fit, ...]:
    random = np.random.default_rng(3)
    fits = []
    for number in range(1, 10):
        t = np.concatenate([np.arange(0, 4000, 60.0), np.arange(9000, 15000, 60.0)])
        predicted = 500 / number * np.exp(-(((t - 2500 - 300 * number) / 900) ** 2)) + 200 * np.exp(-(((t - 12000) / 1500) ** 2))
        measured = predicted + random.normal(0, 35, t.size)
        bounds = (predicted - 60, predicted + 60)
        fits.append(Fit(f"Path {number}", *(tuple(column.tolist()) for column in (t, measured, predicted, *bounds)), 0.9))
    return tuple(fits)


def _evidence(source: Source) -> tuple[Evidence, ...]:
    told = {"rate": 0.27, "low": 0.19, "high": 0.38, "level": 90.0, "percent": "97"}
    seen = {"instrument": "Path 1", "peak": 360.0, "unit": "ppb", "significance": 10.0}
    return (Evidence(Statement("evidence.source", told), source.id), Evidence(Statement("evidence.detection", seen), "detection-1"))


def _hypotheses(frame: Frame) -> tuple[Hypothesis, ...]:
    nothing = Hypothesis("nothing", 0.03, (Statement("supports.nothing", {"percent": "3"}),), (Statement("contradicts.nothing"),))
    outside = Hypothesis("outside", 0.02, (Statement("supports.outside", {"percent": "2"}),), (Statement("contradicts.outside"),))
    if frame is Frame.LOCAL:
        return (Hypothesis("inside", 0.95, (Statement("supports.inside"),), (Statement("contradicts.inside"),)), outside, nothing)
    told = {"name": "Planta de Ejemplo 1", "distance_km": 1.6}
    lawful = Hypothesis("registered", 0.3, (Statement("supports.registered", told),), (Statement("contradicts.registered", told),))
    other = Hypothesis("unregistered", 0.65, (Statement("supports.unregistered_far"),), (Statement("contradicts.unregistered"),))
    return (lawful, other, outside, nothing)


def _emitters(frame: Frame, scale: float) -> tuple[NearbyEmitter, ...]:
    if frame is Frame.LOCAL:
        return ()
    spots = ((60.0, 10.0, {"74-82-8": 5200.0}), (-70.0, 60.0, {"7446-09-5": 90.0}), (-300.0, 500.0, {"124-38-9": 1e6}))
    return tuple(
        NearbyEmitter(
            f"NRA-{number}", f"Planta de Ejemplo {number}", "Registro de ejemplo 2022", Place(*_at(frame, scale * x, scale * y), frame),
            scale * float(np.hypot(x - BEST[0], y - BEST[1])), releases, "74-82-8" in releases,
        )
        for number, (x, y, releases) in enumerate(spots, start=1)
    )  # fmt: skip


def _gaps(frame: Frame) -> tuple[Statement, ...]:
    covered = (
        Statement("gap.not_looked", {"percent": "34"}),
        Statement("gap.limit", {"usual": "0.120", "largest": "0.700", "percent": 90.0}),
        Statement("gap.blind", {"count": 1, "hours": 0.1}),
    )
    return (*covered, Statement("gap.local_frame" if frame is Frame.LOCAL else "gap.register_proves_nothing"), Statement("gap.only_gas"))
