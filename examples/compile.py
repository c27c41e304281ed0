"""Compiles the kernels that a search compiles when it first runs on a machine, so that the demo's minute is none of a compiler's.

`make` runs it once, after installing. Compiled code is kept as `cathartes.kernels` says, until a source of the package changes.
"""

from pathlib import Path

import numpy as np

from cathartes.campaign import contents_of, opened
from cathartes.earth.search import search_area, search_box
from cathartes.locate.forward import mean_signals, replay
from cathartes.locate.plume import measure, prior_of
from cathartes.locate.samples import gather
from cathartes.model import GasLog

FLIGHT, GAS = "ginninderra-2015", "ch4"


def main() -> None:
    contents = opened(Path(__file__).parent / FLIGHT)
    flight = contents.flight
    frame, box = search_box(flight)
    measured, _ = measure(gather(list(contents_of(GasLog, contents)), GAS, frame), GAS, flight)
    assert measured.scene is not None
    prior = prior_of(flight, GAS, measured, box, search_area(flight, frame))
    values = prior.physical(np.zeros((1, len(prior.unknowns(1)))), 1)
    replay(measured.scene, values, np.random.default_rng(0))
    mean_signals(measured.scene, values)


if __name__ == "__main__":
    main()
