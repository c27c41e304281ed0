"""How every picture of a release is drawn: style, ground, scale bar, regions, rasters, and the SVG or PNG that comes of it.

Positions become metres in one plane here. What each picture shows is in `release.figures`.
"""

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, TypeAlias

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from cathartes.earth.frame import LocalFrame
from cathartes.messages import say
from cathartes.model import Frame, Grid, Place, Region, Statement
from cathartes.model.place import Point
from cathartes.model.samples import Floats

Box: TypeAlias = tuple[float, float, float, float]
Mask: TypeAlias = NDArray[np.bool_]

WIDTH_IN = 4.6
INK, QUIET, FAINT = "#1d2733", "#6b7580", "#d5dae0"
# Okabe and Ito (2008): told apart with every common kind of colour blindness.
BLUE, VERMILLION, GREEN = "#0072b2", "#d55e00", "#009e73"
SEEN_SMALL_TO_LARGE = ("#08306b", "#2171b5", "#6baed6", "#b5d4ea", "#e3eef8")
NOT_LOOKED = {"facecolor": "#eceef0", "hatch": "////", "edgecolor": "#a3abb4"}
PNG_DOTS_PER_INCH = 200

STYLE: Any = {
    "svg.hashsalt": "cathartes", "svg.fonttype": "none", "text.parse_math": False, "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"], "font.size": 8.0, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6, "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": 7.5, "ytick.labelsize": 7.5, "legend.fontsize": 7.5, "legend.frameon": False, "hatch.linewidth": 0.5,
    "hatch.color": "#a3abb4", "path.simplify": True,
}  # fmt: skip


def drawn(draw: Callable[[Figure], None], height_in: float) -> str:
    """What `draw` puts on a figure, as an SVG element that scales with the page."""
    with rc_context(STYLE):
        content = BytesIO()
        canvas = FigureCanvasSVG(_figure(draw, height_in))
        canvas.print_svg(content, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})  # type: ignore[no-untyped-call]
    return _bare(content.getvalue().decode())


def painted(draw: Callable[[Figure], None], height_in: float) -> bytes:
    """What `draw` puts on a figure, as a PNG without date or version."""
    with rc_context(STYLE):
        content = BytesIO()
        figure = _figure(draw, height_in)
        figure.set_dpi(PNG_DOTS_PER_INCH)
        FigureCanvasAgg(figure).print_png(content, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return content.getvalue()


def _figure(draw: Callable[[Figure], None], height_in: float) -> Figure:
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    draw(figure)
    return figure


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


def told(key: str, language: str, **values: str | float) -> str:
    """A label of a picture, by the part of its key after `figure.`."""
    return say(Statement(f"figure.{key}", values), language)


def about(place: Place) -> LocalFrame:
    """The plane of a picture: metres east and north of `place`, or the folder's own metres."""
    return LocalFrame(place.frame, (place.x, place.y))


def metres(points: Sequence[Point], plane: LocalFrame) -> Floats:
    """The points as an n x 2 array in the plane, metres east and north."""
    x, y = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    return np.column_stack(plane.metres(x, y))


def extent(regions: Sequence[Region], plane: LocalFrame) -> Box:
    """West, east, south and north of all outer rings, in metres."""
    corners = np.vstack([metres(polygon[0], plane) for region in regions for polygon in region.polygons])
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    return float(west), float(east), float(south), float(north)


def square(box: Box, margin: float) -> Box:
    """The smallest square that holds the box, enlarged by `margin`."""
    west, east, south, north = box
    half = margin * max(east - west, north - south, 1.0) / 2
    x, y = (west + east) / 2, (south + north) / 2
    return x - half, x + half, y - half, y + half


def ground(axes: Axes, box: Box, plane: LocalFrame, language: str) -> None:
    """A flat map of the box with a grid of metres; equal scales east and north."""
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[2], box[3])
    axes.set_aspect("equal")
    frame = "local" if plane.frame is Frame.LOCAL else "wgs84"
    axes.set_xlabel(told(f"east_{frame}", language))
    axes.set_ylabel(told(f"north_{frame}", language))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.grid(color=FAINT, linewidth=0.4)
    axes.set_axisbelow(True)


def shape(region: Region, plane: LocalFrame) -> Path:
    """The region's rings as one path, holes included."""
    rings = [metres(ring, plane) for polygon in region.polygons for ring in polygon]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def outline(axes: Axes, region: Region | None, plane: LocalFrame, label: str) -> None:
    """The search area, dashed; not named where the picture lies wholly inside it."""
    if region is None:
        return
    ring = shape(region, plane)
    seen = axes.get_xlim()[0] < ring.get_extents().xmin or axes.get_xlim()[1] > ring.get_extents().xmax
    axes.add_patch(PathPatch(ring, fill=False, edgecolor=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), label=label if seen else None))


def scale_and_north(axes: Axes, box: Box, language: str) -> None:
    """A bar of a round length at the bottom left, an arrow to true (or grid) north at the top right."""
    width, height = box[1] - box[0], box[3] - box[2]
    length = round_below(width / 4)
    x, y = box[0] + 0.04 * width, box[2] + 0.018 * height
    axes.plot([x, x + length], [y, y], color=INK, linewidth=2.2, solid_capstyle="butt")
    written = f"{length:,.0f} m" if length < 1000 else f"{length / 1000:,.0f} km"
    axes.text(x + length / 2, y + 0.008 * height, written, ha="center", va="bottom", fontsize=7.5)
    tip, tail = (0.955, 0.975), (0.955, 0.9)
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.1}
    axes.annotate("", tip, tail, xycoords="axes fraction", arrowprops=arrow)
    axes.text(*tail, told("north", language), transform=axes.transAxes, ha="center", va="top", fontsize=8, fontweight="bold")


def round_below(length: float) -> float:
    """The largest of 1, 2, 5, 10, 20 … that is not above `length`."""
    power = 10.0 ** np.floor(np.log10(length))
    return float(max(step * power for step in (1, 2, 5) if step * power <= length))


def legend(figure: Figure, axes: Sequence[Axes], columns: int) -> None:
    """One legend below the panels, each label once."""
    handles: dict[str, Any] = {}
    for each in axes:
        for handle, label in zip(*each.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.legend(handles.values(), handles, loc="outside lower center", ncols=columns, handlelength=1.8, columnspacing=1.4)


def see_through(colour: str, opacity: float) -> tuple[float, float, float, float]:
    """A colour such as `#0072b2` with an opacity, 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue, opacity


def laid(grid: Grid, plane: LocalFrame) -> tuple[Floats, Floats]:
    """The south-west corner of a grid and the sides of its cells, in metres of the plane (a grid in degrees hardly turns in it)."""
    corners = ((grid.west, grid.south), (grid.west + grid.columns * grid.step_x, grid.south + grid.rows * grid.step_y))
    south_west, north_east = metres(corners, plane)
    return south_west, (north_east - south_west) / (grid.columns, grid.rows)


def cells(mask: Mask, corner: Floats, step: Floats) -> Path:
    """The cells of a mask as one path, runs along a row joined, so that the file stays small."""
    boxes = [
        (*(corner + step * (start, row)), *(corner + step * (end, row + 1)))
        for row in range(mask.shape[0])
        for start, end in runs(mask[row])
    ]
    return Path.make_compound_path(*(_rectangle(*box) for box in boxes)) if boxes else Path(np.empty((0, 2)))


def _rectangle(west: float, south: float, east: float, north: float) -> Path:
    return Path([(west, south), (east, south), (east, north), (west, north), (west, south)], closed=True)


def runs(row: Mask) -> list[tuple[int, int]]:
    """Start and end of each stretch of true cells."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
    return list(zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True))
