"""The picture of an overflight: the border, the way flown in the colour of its verdict, a scale and north."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from cathartes.earth.frame import LocalFrame
from cathartes.messages import say
from cathartes.model import Frame, Region, Statement
from cathartes.model.overflight import Chart, Verdict
from cathartes.model.place import Ring
from cathartes.release.drawing import BLUE, INK, QUIET, VERMILLION, drawn, extent, legend, metres, scale_and_north, square

COLOURS = {Verdict.IN: VERMILLION, Verdict.OUT: BLUE, Verdict.UNDECIDED: INK}
STYLES = {Verdict.IN: "-", Verdict.OUT: "-", Verdict.UNDECIDED: (0, (1, 1.2))}
NAMES = {Verdict.IN: "airspace.in", Verdict.OUT: "airspace.out", Verdict.UNDECIDED: "airspace.undecided"}
HEIGHT_IN = 4.6


def overflight_svg(chart: Chart, language: str) -> str:
    """The map as an SVG element; equal charts give equal bytes."""
    flown = [ring for rings in chart.way.values() for ring in rings] or list(chart.border)
    lon, lat = zip(*(point for ring in flown for point in ring), strict=True)
    plane = LocalFrame(Frame.WGS84, ((min(lon) + max(lon)) / 2, (min(lat) + max(lat)) / 2))
    box = square(extent([Region(((ring,),), Frame.WGS84, 1.0, 0.0) for ring in flown], plane), 1.15)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set(xlim=box[:2], ylim=box[2:], aspect="equal", xticks=[], yticks=[])
        lines(axes, chart.border, plane, say(Statement("airspace.border"), language), color=QUIET, linewidth=0.9)
        for verdict, rings in chart.way.items():
            name = say(Statement(NAMES[verdict]), language)
            lines(axes, rings, plane, name, color=COLOURS[verdict], linestyle=STYLES[verdict], linewidth=1.6)
        scale_and_north(axes, box, language)
        legend(figure, [axes], columns=4)

    return drawn(draw, HEIGHT_IN)


def lines(axes: Any, rings: Sequence[Ring], plane: LocalFrame, label: str, **style: Any) -> None:
    """Several lines of one kind, named once."""
    for number, ring in enumerate(rings):
        axes.plot(*metres(ring, plane).T, label=label if number == 0 else None, **style)
