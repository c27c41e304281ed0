"""The pictures of a release as SVG: map, close-up, rate, fit per instrument, and what was not looked at.

Each is drawn for one language at the width of a phone, so that its letters stay readable there, and returns text that can
stand inside a page or a document: no date, no version, no outside font. Every picture has a table beside it in the page.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from typing import Any, TypeAlias

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from cathartes.earth.frame import LocalFrame
from cathartes.messages import number, say
from cathartes.model import Coverage, Fit, Frame, Lead, Place, Region, Source, Statement
from cathartes.model.place import Point
from cathartes.model.samples import Floats
from cathartes.release.telling import rates_and_weights

Box: TypeAlias = tuple[float, float, float, float]

WIDTH_IN = 4.6
INK, QUIET, FAINT = "#1d2733", "#6b7580", "#d5dae0"
# Okabe and Ito (2008): told apart with every common kind of colour blindness.
BLUE, VERMILLION, GREEN = "#0072b2", "#d55e00", "#009e73"
SEEN_SMALL_TO_LARGE = ("#08306b", "#2171b5", "#6baed6", "#b5d4ea", "#e3eef8")
PANELS = 6

STYLE: Any = {
    "svg.hashsalt": "cathartes", "svg.fonttype": "none", "text.parse_math": False, "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"], "font.size": 8.0, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6, "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": 7.5, "ytick.labelsize": 7.5, "legend.fontsize": 7.5, "legend.frameon": False, "hatch.linewidth": 0.5,
    "hatch.color": "#a3abb4", "path.simplify": True,
}  # fmt: skip


def map_of(lead: Lead, language: str) -> str:
    """Search area, instruments, registered emitters, regions and best point on a flat map; needs a source."""
    box = _square(_extent(_everything(lead), _about(lead.sources[0].place)), 1.2)
    return _drawn(partial(_map, lead=lead, language=language, box=box), height_in=5.0)


def close_up(lead: Lead, language: str) -> str | None:
    """The same around the 90 % region, where that is small on the map; `None` where it is not."""
    plane = _about(lead.sources[0].place)
    whole, near = _extent(_everything(lead), plane), _extent([lead.sources[0].region90], plane)
    if max(near[1] - near[0], near[3] - near[2]) > 0.3 * (whole[1] - whole[0]):
        return None
    return _drawn(partial(_map, lead=lead, language=language, box=_square(near, 1.6)), height_in=5.0)


def rate_of(lead: Lead, language: str) -> str:
    """How probable each rate of the lead's first source is, with the interval shaded."""
    return _drawn(partial(_rate, source=lead.sources[0], language=language), height_in=2.3)


def fits_of(lead: Lead, language: str) -> str:
    """Measured beside predicted enhancement for the instruments that saw most, at most six."""
    shown = strongest(lead.fits)
    return _drawn(partial(_fits, fits=shown, language=language), height_in=0.75 + 1.25 * ((len(shown) + 1) // 2))


def coverage_of(lead: Lead, coverage: Coverage, language: str) -> str:
    """What the flight could have seen, and where it did not look at all."""
    return _drawn(partial(_coverage, lead=lead, coverage=coverage, language=language), height_in=5.0)


def strongest(fits: Sequence[Fit]) -> tuple[Fit, ...]:
    """The fits with the highest prediction, at most six, in the order of their names."""
    best = sorted(fits, key=lambda fit: (-max(fit.predicted_ppb, default=0.0), fit.instrument))[:PANELS]
    return tuple(sorted(best, key=lambda fit: fit.instrument))


def _drawn(draw: Callable[[Figure], None], height_in: float) -> str:
    """What `draw` puts on a figure, as an SVG element that scales with the page."""
    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
        draw(figure)
        content = BytesIO()
        FigureCanvasSVG(figure).print_svg(content, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})  # type: ignore[no-untyped-call]
    return _bare(content.getvalue().decode())


def _bare(svg: str) -> str:
    """The `<svg>` element alone: no prologue, no ids that a second figure on the page would repeat, no fixed size."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' id="[a-zA-Z0-9.]+_\d+"', "", svg)
    svg = re.sub(
        r'<svg[^>]*?viewBox="([^"]*)"[^>]*>', r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="\1" aria-hidden="true">', svg, count=1
    )
    svg = svg.replace("xlink:href", "href")
    return re.sub(r' (?:d|x|y|transform)="[^"]*"', _to_hundredths, svg)


def _to_hundredths(attribute: re.Match[str]) -> str:
    """Lengths to a hundredth of a point: finer is neither seen nor the same on every machine."""
    return re.sub(r"(\.\d\d)\d+", r"\1", attribute[0])


def _told(key: str, language: str, **values: str | float) -> str:
    return say(Statement(f"figure.{key}", values), language)


def _map(figure: Figure, lead: Lead, language: str, box: Box) -> None:
    plane, axes = _about(lead.sources[0].place), figure.add_subplot()
    _ground(axes, box, plane, language)
    _outline(axes, lead.search, plane, _told("search", language))
    _instruments(axes, lead, plane, language, named=len(lead.instruments) <= 12)
    _regions(axes, lead.sources[0], plane, language)
    _emitters(axes, lead, plane, box, language)
    _best(axes, lead.sources[0], plane, language)
    _scale_and_north(axes, box, language)
    _legend(figure, axes, columns=2)


def _everything(lead: Lead) -> list[Region]:
    regions = [lead.search, *(source.region90 for source in lead.sources)]
    paths = [Region(((each.line,),), lead.sources[0].place.frame, 1.0, 0.0) for each in lead.instruments if each.line]
    return [region for region in regions if region is not None] + paths


def _extent(regions: Sequence[Region], plane: LocalFrame) -> Box:
    corners = np.vstack([_metres(polygon[0], plane) for region in regions for polygon in region.polygons])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return float(west), float(east), float(south), float(north)


def _square(box: Box, margin: float) -> Box:
    """The smallest square that holds the box, enlarged by `margin`."""
    west, east, south, north = box
    half = margin * max(east - west, north - south, 1.0) / 2
    x, y = (west + east) / 2, (south + north) / 2
    return x - half, x + half, y - half, y + half


def _ground(axes: Axes, box: Box, plane: LocalFrame, language: str) -> None:
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[2], box[3])
    axes.set_aspect("equal")
    frame = "local" if plane.frame is Frame.LOCAL else "wgs84"
    axes.set_xlabel(_told(f"east_{frame}", language))
    axes.set_ylabel(_told(f"north_{frame}", language))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.grid(color=FAINT, linewidth=0.4)
    axes.set_axisbelow(True)


def _shape(region: Region, plane: LocalFrame) -> Path:
    """The region's rings as one path, holes included."""
    rings = [_metres(ring, plane) for polygon in region.polygons for ring in polygon]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _outline(axes: Axes, region: Region | None, plane: LocalFrame, label: str) -> None:
    """The search area, dashed; not named where the picture lies wholly inside it."""
    if region is None:
        return
    shape = _shape(region, plane)
    seen = axes.get_xlim()[0] < shape.get_extents().xmin or axes.get_xlim()[1] > shape.get_extents().xmax
    axes.add_patch(PathPatch(shape, fill=False, edgecolor=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), label=label if seen else None))


def _regions(axes: Axes, source: Source, plane: LocalFrame, language: str) -> None:
    for region, opacity in ((source.region90, 0.22), (source.region50, 0.5)):
        label = _told("region", language, level=round(100 * region.level))
        axes.add_patch(PathPatch(_shape(region, plane), facecolor=(*_rgb(BLUE), opacity), edgecolor=BLUE, linewidth=0.9, label=label))


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _instruments(axes: Axes, lead: Lead, plane: LocalFrame, language: str, *, named: bool) -> None:
    label: str | None = _told("instruments", language)
    for instrument in lead.instruments:
        line = _metres(instrument.line, plane)
        marker = "o" if len(line) <= 2 else ""
        axes.plot(line[:, 0], line[:, 1], color=QUIET, linewidth=0.8, label=label, marker=marker, markersize=2.6)
        label = None
        if named and len(line):
            at = line[len(line) // 2 if len(line) > 2 else -1]
            axes.annotate(instrument.name, at, (2.5, 2.5), textcoords="offset points", fontsize=6, color=QUIET, clip_on=True)


def _emitters(axes: Axes, lead: Lead, plane: LocalFrame, box: Box, language: str) -> None:
    for declares, face in ((True, GREEN), (False, "white")):
        places = tuple((each.place.x, each.place.y) for each in lead.emitters if each.emits_this_gas is declares)
        inside = [(x, y) for x, y in _metres(places, plane) if box[0] <= x <= box[1] and box[2] <= y <= box[3]]
        if inside:
            label = _told("emitter_declares" if declares else "emitter_other", language)
            axes.plot(*zip(*inside, strict=True), "^", color=GREEN, markerfacecolor=face, markersize=6, linestyle="", label=label)


def _best(axes: Axes, source: Source, plane: LocalFrame, language: str) -> None:
    x, y = _metres(((source.place.x, source.place.y),), plane)[0]
    axes.plot([x], [y], "+", color="white", markersize=13, markeredgewidth=3.6)
    axes.plot([x], [y], "+", color=VERMILLION, markersize=12, markeredgewidth=1.9, linestyle="", label=_told("best", language))


def _scale_and_north(axes: Axes, box: Box, language: str) -> None:
    """A bar of a round length at the bottom left, an arrow to true (or grid) north at the top right."""
    width, height = box[1] - box[0], box[3] - box[2]
    length = round_below(width / 4)
    x, y = box[0] + 0.04 * width, box[2] + 0.018 * height
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.2, solid_capstyle="butt")
    told = f"{length:,.0f} m" if length < 1000 else f"{length / 1000:,.0f} km"
    axes.text(x + length / 2, y + 0.008 * height, told, ha="center", va="bottom", fontsize=7.5)
    tip, tail = (0.955, 0.975), (0.955, 0.9)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.1}
    axes.annotate("", tip, tail, xycoords="axes fraction", arrowprops=arrow)
    axes.text(*tail, _told("north", language), transform=axes.transAxes, ha="center", va="top", fontsize=8, fontweight="bold")


def round_below(length: float) -> float:
    """The largest of 1, 2, 5, 10, 20 … that is not above `length`."""
    power = 10.0 ** np.floor(np.log10(length))
    return float(max(step * power for step in (1, 2, 5) if step * power <= length))


def _legend(figure: Figure, axes: Axes, columns: int) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, handlelength=1.8, columnspacing=1.4)


def _rate(figure: Figure, source: Source, language: str) -> None:
    axes, (rates, weights) = figure.add_subplot(), rates_and_weights(source)
    low, high = source.rate.low, source.rate.high
    edges = np.linspace(0.0, _far(rates, weights, source.rate.high), 41)
    share = 100 * np.histogram(rates, edges, weights=weights / weights.sum())[0]
    if low is not None and high is not None and source.rate.level is not None:
        label = _told("interval", language, level=round(100 * source.rate.level), low=number(low), high=number(high))
        axes.axvspan(low, high, color=BLUE, alpha=0.13, linewidth=0, label=label)
    axes.stairs(share, edges, fill=True, color=BLUE, alpha=0.75)
    axes.axvline(source.rate.value, color=VERMILLION, linewidth=1.6, label=_told("median", language, value=number(source.rate.value)))
    axes.set_xlabel(_told("rate", language))
    axes.set_ylabel(_told("share", language))
    axes.set_xlim(0, edges[-1])
    axes.spines[["top", "right"]].set_visible(False)
    _legend(figure, axes, columns=2)


def _far(rates: Floats, weights: Floats, high: float | None) -> float:
    """Where the rate axis ends: past 99.5 % of the weight and past the interval."""
    order = np.argsort(rates)
    share = np.cumsum(weights[order]) / weights.sum()
    reached = float(rates[order][min(int(np.searchsorted(share, 0.995)), len(rates) - 1)])
    return 1.05 * max(reached, high or 0.0)


def _fits(figure: Figure, fits: Sequence[Fit], language: str) -> None:
    grid = figure.subplots((len(fits) + 1) // 2, 2, squeeze=False)
    panels = list(grid.flat)
    last = max(max(fit.t_s, default=0.0) for fit in fits)
    scale, unit = (3600.0, "hours") if last > 7200 else (60.0, "minutes")
    for axes, fit in zip(panels, fits, strict=False):
        _fit(axes, fit, scale, language)
    for axes in panels[len(fits) :]:
        axes.set_visible(False)
    for axes in panels[max(0, len(fits) - 2) : len(fits)]:
        axes.set_xlabel(_told(unit, language))
    figure.supylabel(_told("above_background", language), fontsize=8)
    _legend(figure, panels[0], columns=3)


def _fit(axes: Axes, fit: Fit, scale: float, language: str) -> None:
    """Each sample by itself: its predicted band as a stroke, prediction and measurement as dots. No line bridges a gap."""
    t = np.asarray(fit.t_s) / scale
    band = _told("predicted_band", language, level=round(100 * fit.level))
    _strokes(axes, t, fit.low_ppb, fit.high_ppb, color=BLUE, alpha=0.25, label=band)
    _strokes(axes, t, fit.predicted_ppb, fit.predicted_ppb, color=BLUE, label=_told("predicted", language))
    _strokes(axes, t, fit.measured_ppb, fit.measured_ppb, color=VERMILLION, label=_told("measured", language))
    axes.set_title(fit.instrument, fontsize=8, fontweight="bold", loc="left", pad=3)
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
    plane = _about(lead.sources[0].place if lead.sources else Place(*coverage.origin, coverage.frame))
    corner = _metres((coverage.origin,), plane)[0]
    box = (corner[0], corner[0] + coverage.columns * coverage.step_m, corner[1], corner[1] + coverage.rows * coverage.step_m)
    _ground(axes, _square(box, 1.2), plane, language)
    for mask, style in ((mask, style) for mask, style in _classes(grid, language) if mask.any()):
        axes.add_patch(PathPatch(_cells(mask, corner, coverage.step_m), linewidth=0, **style))
    _outline(axes, lead.search, plane, _told("search", language))
    for source in lead.sources:
        label = _told("region", language, level=round(100 * source.region90.level))
        axes.add_patch(PathPatch(_shape(source.region90, plane), fill=False, edgecolor=VERMILLION, linewidth=1.3, label=label))
    _scale_and_north(axes, _square(box, 1.2), language)
    _legend(figure, axes, columns=2)


def _about(place: Place) -> LocalFrame:
    return LocalFrame(place.frame, (place.x, place.y))


def _metres(points: Sequence[Point], plane: LocalFrame) -> Floats:
    """The points as an n x 2 array: metres east and north of the best point, or the folder's own metres."""
    x, y = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    return np.column_stack(plane.metres(x, y))


def grid_of(coverage: Coverage) -> Floats:
    """The limits in kg/h, rows from the south, NaN where nobody looked."""
    limits = [np.nan if limit is None else limit for limit in coverage.limit_kg_h]
    return np.asarray(limits, dtype=np.float64).reshape(coverage.rows, coverage.columns)


def _classes(grid: Floats, language: str) -> list[tuple[np.ndarray[Any, np.dtype[np.bool_]], dict[str, Any]]]:
    """Masks of cells with their looks: not looked at, then limits by round steps from small to large."""
    not_looked = {"facecolor": "#eceef0", "hatch": "////", "edgecolor": "#a3abb4", "label": _told("not_looked", language)}
    classes = [(np.isnan(grid), not_looked)]
    below = 0.0
    for bound, colour in zip(steps_of(grid), SEEN_SMALL_TO_LARGE, strict=False):
        mask = (grid > below) & (grid <= bound) if below else grid <= bound
        classes.append((mask, {"facecolor": colour, "label": _told("limit", language, bound=f"{bound:g}")}))
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


def _cells(mask: np.ndarray[Any, np.dtype[np.bool_]], corner: Floats, step_m: float) -> Path:
    """The cells of a mask as one path, runs along a row joined, so that the file stays small."""
    boxes = [
        (corner[0] + start * step_m, corner[1] + row * step_m, corner[0] + end * step_m, corner[1] + (row + 1) * step_m)
        for row in range(mask.shape[0])
        for start, end in runs(mask[row])
    ]
    return Path.make_compound_path(*(_rectangle(*box) for box in boxes)) if boxes else Path(np.empty((0, 2)))


def _rectangle(west: float, south: float, east: float, north: float) -> Path:
    return Path([(west, south), (east, south), (east, north), (west, north), (west, south)], closed=True)


def runs(row: np.ndarray[Any, np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Start and end of each stretch of true cells."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    return list(zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True))
