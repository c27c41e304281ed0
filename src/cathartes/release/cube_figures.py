"""Pictures of a cube: where gas is over what the ground looks like, and the spectrum of one plume beside the gas it was named for."""

from io import BytesIO

import numpy as np
from matplotlib.figure import Figure

from cathartes.messages import number, percent, say
from cathartes.model import Cube, GasImage, Plume, Statement
from cathartes.model.cube import SEEN, Seen
from cathartes.model.samples import Floats

LARGEST = 900
DPI = 110
STRONG = 99.8
LISTED = 4
MARGINS = {"left": 0.1, "right": 0.97, "bottom": 0.1, "top": 0.93, "hspace": 0.1}


def quick_look(cube: Cube, image: GasImage, plumes: tuple[Plume, ...], language: str) -> bytes:
    """The ground in one band, and the gas's columns where it could be seen with the outlines of its plumes, as PNG."""
    step = max(1, max(cube.lines, cube.columns) // LARGEST)
    figure = Figure(figsize=(10.0, 6.0), dpi=DPI, layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    box = (0.0, float(cube.columns), float(cube.lines), 0.0)
    left.imshow(ground(cube, image, step), cmap="gray", extent=box, interpolation="nearest")
    left.set_title(say(Statement("imaging.ground"), language), fontsize=10)
    looked = image.seen == SEEN.index(Seen.LOOKED)
    column = np.where(looked, image.column, np.nan)[::step, ::step]
    known = column[np.isfinite(column)]
    strong = float(np.percentile(known, STRONG)) if len(known) else 1.0
    shown = right.imshow(column, cmap="YlOrRd", vmin=0.0, vmax=max(strong, 1e-6), extent=box, interpolation="nearest")
    figure.colorbar(shown, ax=right, label=say(Statement("imaging.column", {"gas": image.gas}), language), shrink=0.8)
    right.set_title(say(Statement("imaging.plumes", {"count": len(plumes)}), language), fontsize=10)
    for plume in plumes:
        for axes in (left, right):
            for ring in plume.outline:
                axes.plot(*np.array(ring).T, color="#009e73" if plume.gas else "#cc79a7", linewidth=1.0)
    for axes in (left, right):
        axes.set_xlabel(say(Statement("imaging.x"), language))
        axes.set_ylabel(say(Statement("imaging.y"), language))
    return png(figure)


def ground(cube: Cube, image: GasImage, step: int) -> Floats:
    """The radiance of the middle good band, every `step`-th pixel, on a scale from 0 to 1; lines that cannot be read stay blank."""
    good = np.flatnonzero(cube.is_good)
    band = good[len(good) // 2 : len(good) // 2 + 1]
    rows = []
    for line in range(0, cube.lines, step):
        try:
            rows.append(cube.tile(line, line + 1, band)[0, ::step, 0])
        except OSError:
            rows.append(np.full(image.column[0, ::step].shape, np.nan, np.float32))
    picture = np.array(rows, dtype=np.float64)
    low, high = np.nanpercentile(picture, [1.0, 99.0]) if np.isfinite(picture).any() else (0.0, 1.0)
    return np.clip((picture - low) / max(high - low, 1e-12), 0.0, 1.0)


def spectrum_figure(plume: Plume, language: str) -> bytes:
    """Seen and fitted spectrum of a plume, what is left, and the likeliest names, as PNG."""
    figure = Figure(figsize=(8.0, 5.0), dpi=DPI)
    # Fixed margins: to let the layout be computed takes as long as to draw.
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1), gridspec_kw=MARGINS)
    wavelength, seen, fitted = (np.array(plume.fit[part]) for part in ("wavelength_nm", "seen", "fitted"))
    above.plot(wavelength, seen, color="#000000", linewidth=1.2, label=say(Statement("imaging.seen"), language))
    above.plot(wavelength, fitted, color="#d55e00", linewidth=1.2, label=say(Statement("imaging.fitted"), language))
    above.legend(fontsize=8)
    likely = sorted(plume.names.items(), key=lambda each: -each[1])[:LISTED]
    names = ", ".join(f"{_called(gas, language)} {percent(share)} %" for gas, share in likely)
    peak = number(plume.peak.value)
    above.set_title(say(Statement("imaging.names", {"names": names, "peak": peak}), language), fontsize=9)
    below.axhline(0.0, color="#888888", linewidth=0.6)
    below.plot(wavelength, seen - fitted, color="#0072b2", linewidth=1.0)
    below.set_ylabel(say(Statement("imaging.residual"), language), fontsize=8)
    below.set_xlabel(say(Statement("imaging.wavelength"), language))
    return png(figure)


def _called(gas: str, language: str) -> str:
    return say(Statement("imaging.none"), language) if gas == "none of these" else gas


def png(figure: Figure) -> bytes:
    """The figure as PNG without date or version. Same figure, same bytes."""
    file = BytesIO()
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
