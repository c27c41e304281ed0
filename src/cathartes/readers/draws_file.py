"""Posterior draws as `cathartes locate` writes them, read back as the belief before another flight."""

from math import isfinite
from pathlib import Path
from typing import Any

from cathartes.errors import BadInput
from cathartes.model import Draw, Draws, Frame, PointSource, json
from cathartes.readers.intake import opened

COLUMNS = {Frame.LOCAL: ("x_m", "y_m"), Frame.WGS84: ("lon", "lat")}


def read_draws(path: Path) -> Draws:
    """The draws in `path`, their weights made to sum to one. Raises `BadInput` where it is another file, or a number is missing."""
    with opened(path) as (file, _):
        try:
            held = json.decode(file.read(), dict[str, Any])
        except BadInput:
            held = {}
    frame, listed, gas = held.get("frame"), held.get("draws"), held.get("gas")
    if frame not in list(Frame) or not isinstance(listed, list) or not listed or not isinstance(gas, str | None):
        raise BadInput(f'{path.name} holds no draws; give a file that `cathartes locate` wrote: {{"frame": …, "draws": […]}}')
    draws = [_draw(row, one, COLUMNS[Frame(frame)]) for row, one in enumerate(listed)]
    total = sum(draw.weight for draw in draws)
    if not (isfinite(total) and total > 0.0):
        raise BadInput(f"the weights of the draws in {path.name} sum to {total:g}; they should sum to one")
    return Draws(Frame(frame), tuple(Draw(draw.weight / total, draw.sources) for draw in draws), gas)


def _draw(row: int, held: Any, columns: tuple[str, str]) -> Draw:
    try:
        sources = tuple(PointSource(*(float(one[name]) for name in (*columns, "rate_kg_h"))) for one in held["sources"])
        draw = Draw(float(held["weight"]), sources)
    except (KeyError, TypeError, ValueError) as problem:
        raise BadInput(f"draw {row} needs weight and sources with {', '.join(columns)} and rate_kg_h; it lacks {problem}") from None
    if not all(isfinite(number) for one in sources for number in (one.x, one.y, one.rate_kg_h)) or not draw.weight >= 0.0:
        raise BadInput(f"draw {row} holds a number that is not finite, or a negative weight; write the draws anew")
    return draw
