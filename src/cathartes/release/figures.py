"""The pictures of a release as SVG: map, close-up, rate, fit per instrument and crossing, and what was not looked at.

Each is drawn for one language at the width of a phone, so that its letters stay readable there, and returns text that can
stand inside a page or a document: no date, no version, no outside font. Every picture has a table beside it in the page. How
lines, regions and rasters come onto paper is in `release.drawing`.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from cathartes.earth.frame import LocalFrame
from cathartes.messages import number
from cathartes.model import Coverage, Detectability, Fit, Grid, Instrument, Lead, Place, Region, Source, Still
from cathartes.model.samples import Floats
from cathartes.release.drawing import (
    BLUE,
    GREEN,
    NOT_LOOKED,
    QUIET,
    SEEN_SMALL_TO_LARGE,
    VERMILLION,
    Box,
    Mask,
    about,
    cells,
    drawn,
    extent,
    ground,
    laid,
    legend,
    metres,
    outline,
    painted,
    scale_and_north,
    see_through,
    shape,
    square,
    told,
)
from cathartes.release.telling import rates_and_weights

PANELS = 6
CROSSINGS = 24
"""At most so many crossings are drawn; the table beside the picture has them all."""

NOTICED_BOUNDS = (0.1, 0.5, 0.9, 1.0)
NOTICED_COLOURS = ("#fdf1d6", "#b5d4ea", "#4a97cb", "#08306b")
"""Classes of the probability of being noticed, and their colours: warm and pale for what would have been missed."""


@dataclass(frozen=True)
class Scene:
    """What a picture of detectability shows: the map, and over it the sources found, the search area and the instruments."""

    detectability: Detectability
    sources: tuple[Source, ...]
    search: Region | None
    instruments: tuple[Instrument, ...]


def map_of(lead: Lead, language: str) -> str:
    """Search area, instruments, registered emitters, regions and best point on a flat map; needs a source."""
    box = square(extent(_everything(lead), about(lead.sources[0].place)), 1.2)
    return drawn(partial(_map, lead=lead, language=language, box=box), height_in=5.0)


def close_up(lead: Lead, language: str) -> str | None:
    """The same around the 90 % region, where that is small on the map; `None` where it is not."""
    plane = about(lead.sources[0].place)
    whole, near = extent(_everything(lead), plane), extent([lead.sources[0].region90], plane)
    if max(near[1] - near[0], near[3] - near[2]) > 0.3 * (whole[1] - whole[0]):
        return None
    return drawn(partial(_map, lead=lead, language=language, box=square(near, 1.6)), height_in=5.0)


def still_of(still: Still) -> str:
    """A picture of a video with a ring round what was seen in it; no words."""
    (width, height), (x, y) = still.size, still.spot
    rings = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{width / 18:.1f}" fill="none" stroke="{colour}" stroke-width="{thick}"/>'
        for colour, thick in (("white", 5), (VERMILLION, 2.5))
    )
    return _photograph(still.picture, width, height, rings)


def close_up_of(still: Still) -> str:
    """The square about the thing, as large as the video has it."""
    return _photograph(still.close, 1, 1, "")


def _photograph(jpeg: bytes, width: int, height: int, over: str) -> str:
    image = f'<image width="{width}" height="{height}" href="data:image/jpeg;base64,{b64encode(jpeg).decode()}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" aria-hidden="true">{image}{over}</svg>'


def rate_of(lead: Lead, language: str) -> str:
    """How probable each rate of the lead's first source is, with the interval shaded."""
    return drawn(partial(_rate, source=lead.sources[0], language=language), height_in=2.3)


def fits_of(lead: Lead, language: str) -> str:
    """Measured beside predicted enhancement for the instruments that saw most, at most six."""
    shown = strongest(lead.fits)
    return drawn(partial(_fits, fits=shown, language=language), _panels_height_in(len(shown)))


def crossings_of(lead: Lead, language: str, most: int = CROSSINGS) -> str:
    """Measured beside predicted enhancement for each crossing, in order of time; the strongest where there are more than `most`."""
    shown = sorted(sorted(lead.crossings, key=_strength)[:most], key=_in_order)
    return drawn(partial(_fits, fits=shown, language=language), _panels_height_in(len(shown)))


def _panels_height_in(panels: int) -> float:
    return 0.75 + 1.25 * ((panels + 1) // 2)


def _strength(fit: Fit) -> tuple[float, str, int]:
    """Sorts the fits with the highest measured or predicted enhancement first."""
    return -max((*fit.measured_ppb, *fit.predicted_ppb), default=0.0), fit.instrument, fit.crossing or 0


def _in_order(fit: Fit) -> tuple[float, str]:
    return min(fit.t_s, default=0.0), fit.instrument


def coverage_of(lead: Lead, coverage: Coverage, language: str) -> str:
    """What the flight could have seen, and where it did not look at all."""
    return drawn(partial(_coverage, lead=lead, coverage=coverage, language=language), height_in=5.0)


def detectability_of(lead: Lead, language: str) -> str:
    """For each rate, where a source would have been noticed, and where nobody looked; needs a detectability map."""
    assert lead.detectability is not None
    scene = Scene(lead.detectability, (*lead.sources, *lead.neighbours), lead.search, lead.instruments)
    return drawn(partial(_detectability, scene=scene, language=language), _detectability_height_in(scene))


def detectability_png(scene: Scene, language: str) -> bytes:
    """The same as a PNG, for a flight that may have given no lead."""
    return painted(partial(_detectability, scene=scene, language=language), _detectability_height_in(scene))


def strongest(fits: Sequence[Fit]) -> tuple[Fit, ...]:
    """The fits with the highest prediction, at most six, in the order of their names."""
    best = sorted(fits, key=lambda fit: (-max(fit.predicted_ppb, default=0.0), fit.instrument))[:PANELS]
    return tuple(sorted(best, key=lambda fit: fit.instrument))


def _map(figure: Figure, lead: Lead, language: str, box: Box) -> None:
    plane, axes = about(lead.sources[0].place), figure.add_subplot()
    ground(axes, box, plane, language)
    outline(axes, lead.search, plane, told("search", language))
    _instruments(axes, lead.instruments, plane, language, named=len(lead.instruments) <= 12)
    _outlined(axes, lead.neighbours, plane, told("neighbour", language))
    _stills(axes, lead.stills, plane, language)
    _regions(axes, lead.sources[0], plane, language)
    _emitters(axes, lead, plane, box, language)
    _best(axes, lead.sources[0], plane, language)
    scale_and_north(axes, box, language)
    legend(figure, [axes], columns=2)


def _everything(lead: Lead) -> list[Region]:
    regions = [lead.search, *(source.region90 for source in (*lead.sources, *lead.neighbours))]
    lines = (*(each.line for each in lead.instruments), *(each.footprint for each in lead.stills))
    paths = [Region(((line,),), lead.sources[0].place.frame, 1.0, 0.0) for line in lines if line]
    return [region for region in regions if region is not None] + paths


def _regions(axes: Axes, source: Source, plane: LocalFrame, language: str) -> None:
    for region, opacity in ((source.region90, 0.22), (source.region50, 0.5)):
        label = told("region", language, level=round(100 * region.level))
        axes.add_patch(PathPatch(shape(region, plane), facecolor=see_through(BLUE, opacity), edgecolor=BLUE, linewidth=0.9, label=label))


def _outlined(axes: Axes, sources: Sequence[Source], plane: LocalFrame, label: str) -> None:
    for source in sources:
        axes.add_patch(PathPatch(shape(source.region90, plane), fill=False, edgecolor=VERMILLION, linewidth=1.2, label=label))


def _stills(axes: Axes, stills: Sequence[Still], plane: LocalFrame, language: str) -> None:
    """The ground that each still shows, with its number at its first corner."""
    label: str | None = told("still", language)
    for count, still in enumerate(stills, 1):
        if still.footprint:
            ring = metres((*still.footprint, still.footprint[0]), plane)
            axes.plot(ring[:, 0], ring[:, 1], color=GREEN, linewidth=1.1, linestyle=(0, (2, 1.5)), label=label)
            axes.annotate(str(count), ring[0], (-2, 2), textcoords="offset points", fontsize=7.5, color=GREEN, ha="right", clip_on=True)
            label = None


def _instruments(axes: Axes, instruments: Sequence[Instrument], plane: LocalFrame, language: str, *, named: bool) -> None:
    label: str | None = told("instruments", language)
    for instrument in instruments:
        line = metres(instrument.line, plane)
        marker = "o" if len(line) <= 2 else ""
        axes.plot(line[:, 0], line[:, 1], color=QUIET, linewidth=0.8, label=label, marker=marker, markersize=2.6)
        label = None
        if named and len(line):
            at = line[len(line) // 2 if len(line) > 2 else -1]
            axes.annotate(instrument.name, at, (2.5, 2.5), textcoords="offset points", fontsize=6, color=QUIET, clip_on=True)


def _emitters(axes: Axes, lead: Lead, plane: LocalFrame, box: Box, language: str) -> None:
    for declares, face in ((True, GREEN), (False, "white")):
        places = tuple((each.place.x, each.place.y) for each in lead.emitters if each.emits_this_gas is declares)
        inside = [(x, y) for x, y in metres(places, plane) if box[0] <= x <= box[1] and box[2] <= y <= box[3]]
        if inside:
            label = told("emitter_declares" if declares else "emitter_other", language)
            axes.plot(*zip(*inside, strict=True), "^", color=GREEN, markerfacecolor=face, markersize=6, linestyle="", label=label)


def _best(axes: Axes, source: Source, plane: LocalFrame, language: str) -> None:
    x, y = metres(((source.place.x, source.place.y),), plane)[0]
    axes.plot([x], [y], "+", color="white", markersize=13, markeredgewidth=3.6)
    axes.plot([x], [y], "+", color=VERMILLION, markersize=12, markeredgewidth=1.9, linestyle="", label=told("best", language))


def _rate(figure: Figure, source: Source, language: str) -> None:
    axes, (rates, weights) = figure.add_subplot(), rates_and_weights(source)
    low, high = source.rate.low, source.rate.high
    edges = np.linspace(0.0, _far(rates, weights, source.rate.high), 41)
    share = 100 * np.histogram(rates, edges, weights=weights / weights.sum())[0]
    if low is not None and high is not None and source.rate.level is not None:
        label = told("interval", language, level=round(100 * source.rate.level), low=number(low), high=number(high))
        axes.axvspan(low, high, color=BLUE, alpha=0.13, linewidth=0, label=label)
    axes.stairs(share, edges, fill=True, color=BLUE, alpha=0.75)
    axes.axvline(source.rate.value, color=VERMILLION, linewidth=1.6, label=told("median", language, value=number(source.rate.value)))
    axes.set_xlabel(told("rate", language))
    axes.set_ylabel(told("share", language))
    axes.set_xlim(0, edges[-1])
    axes.spines[["top", "right"]].set_visible(False)
    legend(figure, [axes], columns=2)


def _far(rates: Floats, weights: Floats, high: float | None) -> float:
    """Where the rate axis ends: past 99.5 % of the weight and past the interval."""
    order = np.argsort(rates)
    share = np.cumsum(weights[order]) / weights.sum()
    reached = float(rates[order][min(int(np.searchsorted(share, 0.995)), len(rates) - 1)])
    return 1.05 * max(reached, high or 0.0)


def _fits(figure: Figure, fits: Sequence[Fit], language: str) -> None:
    grid = figure.subplots((len(fits) + 1) // 2, 2, squeeze=False)
    panels = list(grid.flat)
    longest = max(max(fit.t_s, default=0.0) - min(fit.t_s, default=0.0) for fit in fits)
    scale, unit = (3600.0, "hours") if longest > 7200 else (60.0, "minutes")
    for axes, fit in zip(panels, fits, strict=False):
        _fit(axes, fit, scale, language)
    for axes in panels[len(fits) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(fits) - 2) : len(fits)]:
        axes.set_xlabel(told(unit, language))
    figure.supylabel(told("above_background", language), fontsize=8)
    legend(figure, panels[:1], columns=3)


def _fit(axes: Axes, fit: Fit, scale: float, language: str) -> None:
    """Each sample by itself: its predicted band as a stroke, prediction and measurement as dots. No line bridges a gap."""
    t = np.asarray(fit.t_s) / scale
    band = told("predicted_band", language, level=round(100 * fit.level))
    _strokes(axes, t, fit.low_ppb, fit.high_ppb, color=BLUE, alpha=0.25, label=band)
    _strokes(axes, t, fit.predicted_ppb, fit.predicted_ppb, color=BLUE, label=told("predicted", language))
    _strokes(axes, t, fit.measured_ppb, fit.measured_ppb, color=VERMILLION, label=told("measured", language))
    named = told("crossing", language, number=fit.crossing, instrument=fit.instrument) if fit.crossing else fit.instrument
    axes.set_title(named, fontsize=8, fontweight="bold", loc="left", pad=3)
    axes.axhline(0, color=QUIET, linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_locator(MaxNLocator(4))


def _strokes(axes: Axes, x: Floats, low: Sequence[float], high: Sequence[float], *, color: str, label: str, alpha: float = 1.0) -> None:
    """Upright strokes with round ends, dots where `low` equals `high`, as one path: a tenth of the bytes of single marks."""
    ends = np.column_stack([x, low, x, high]).reshape(-1, 2)
    path = Path(ends, np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=np.uint8), len(x)))
    path.should_simplify = False
    axes.add_patch(PathPatch(path, fill=False, edgecolor=color, alpha=alpha, linewidth=2.1, capstyle="round"))
    axes.plot([], [], "o", color=color, alpha=alpha, markersize=4 if alpha < 1 else 2.5, linestyle="", label=label)
    axes.update_datalim(ends)
    axes.autoscale_view()


def _coverage(figure: Figure, lead: Lead, coverage: Coverage, language: str) -> None:
    axes, grid = figure.add_subplot(), grid_of(coverage)
    plane = about(lead.sources[0].place if lead.sources else Place(*coverage.origin, coverage.frame))
    corner, step = metres((coverage.origin,), plane)[0], np.full(2, coverage.step_m)
    far = corner + step * (coverage.columns, coverage.rows)
    box = square((corner[0], far[0], corner[1], far[1]), 1.2)
    ground(axes, box, plane, language)
    _raster(axes, _classes(grid, language), corner, step)
    outline(axes, lead.search, plane, told("search", language))
    for source in lead.sources:
        _outlined(axes, [source], plane, told("region", language, level=round(100 * source.region90.level)))
    scale_and_north(axes, box, language)
    legend(figure, [axes], columns=2)


def _raster(axes: Axes, classes: Sequence[tuple[Mask, dict[str, Any]]], corner: Floats, step: Floats) -> None:
    """The cells of each class that has any, in its look."""
    for mask, look in classes:
        if mask.any():
            axes.add_patch(PathPatch(cells(mask, corner, step), linewidth=0, **look))


def _detectability_height_in(scene: Scene) -> float:
    return 4.9 if len(scene.detectability.grids) == 1 else 0.75 + 2.45 * ((len(scene.detectability.grids) + 1) // 2)


def _detectability(figure: Figure, scene: Scene, language: str) -> None:
    """One panel per rate on the same ground, rates ascending."""
    grids = scene.detectability.grids
    columns = min(len(grids), 2)
    panels = list(figure.subplots(-(-len(grids) // columns), columns, squeeze=False).flat)
    plane = about(_middle(grids[0]))
    for axes, rate, grid in zip(panels, scene.detectability.rates_kg_h, grids, strict=False):
        axes.set_title(told("of_rate", language, rate=f"{rate:g}"), fontsize=8, fontweight="bold", loc="left", pad=3)
        _noticed(axes, grid, scene, plane, language)
    for axes in panels[len(grids) :]:
        axes.set_visible(False)
    legend(figure, panels[: len(grids)], columns=2)


def _middle(grid: Grid) -> Place:
    return Place(grid.west + grid.columns * grid.step_x / 2, grid.south + grid.rows * grid.step_y / 2, grid.frame)


def _noticed(axes: Axes, grid: Grid, scene: Scene, plane: LocalFrame, language: str) -> None:
    (west, south), step = laid(grid, plane)
    box = square((west, west + grid.columns * step[0], south, south + grid.rows * step[1]), 1.2)
    ground(axes, box, plane, language)
    axes.set_axis_off()
    _raster(axes, noticed_classes(grid.array(), language), np.array([west, south]), step)
    outline(axes, scene.search, plane, told("search", language))
    _instruments(axes, scene.instruments, plane, language, named=False)
    _outlined(axes, scene.sources, plane, told("found", language))
    scale_and_north(axes, box, language)


def noticed_classes(probability: Floats, language: str) -> list[tuple[Mask, dict[str, Any]]]:
    """Masks of cells with their looks: not looked at, then classes of the probability from small to large."""
    classes: list[tuple[Mask, dict[str, Any]]] = [(np.isnan(probability), NOT_LOOKED | {"label": told("not_looked", language)})]
    below = 0.0
    for bound, colour in zip(NOTICED_BOUNDS, NOTICED_COLOURS, strict=True):
        label = told("noticed", language, below=round(100 * below), bound=round(100 * bound))
        mask = (probability >= below) & ((probability < bound) | (bound == NOTICED_BOUNDS[-1]))
        classes.append((mask, {"facecolor": colour, "label": label}))
        below = bound
    return classes


def grid_of(coverage: Coverage) -> Floats:
    """The limits in kg/h, rows from the south, NaN where nobody looked."""
    limits = [np.nan if limit is None else limit for limit in coverage.limit_kg_h]
    return np.asarray(limits, dtype=np.float64).reshape(coverage.rows, coverage.columns)


def _classes(grid: Floats, language: str) -> list[tuple[Mask, dict[str, Any]]]:
    """Masks of cells with their looks: not looked at, then limits by round steps from small to large."""
    classes: list[tuple[Mask, dict[str, Any]]] = [(np.isnan(grid), NOT_LOOKED | {"label": told("not_looked", language)})]
    below = 0.0
    for bound, colour in zip(steps_of(grid), SEEN_SMALL_TO_LARGE, strict=False):
        mask = (grid > below) & (grid <= bound) if below else grid <= bound
        classes.append((mask, {"facecolor": colour, "label": told("limit", language, bound=f"{bound:g}")}))
        below = bound
    return classes


def steps_of(grid: Floats) -> list[float]:
    """At most five round bounds in kg/h that part the looked-at cells; the last holds them all."""
    looked = grid[np.isfinite(grid)]
    if not looked.size:
        return []
    wanted = np.quantile(looked, (0.2, 0.4, 0.6, 0.8, 1.0), method="higher")
    return sorted({_round_above(float(limit)) for limit in wanted})


def _round_above(value: float) -> float:
    power = 10.0 ** np.floor(np.log10(value))
    return float(min(step * power for step in (1, 1.5, 2, 3, 5, 7, 10) if step * power >= value * (1 - 1e-9)))
