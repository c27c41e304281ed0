"""Where and how much: every example release with a metered truth, searched from the prior, beside the truth. One table.

    python benchmarks/inversion.py [FLIGHT ...]

Errors in metres, rates in kg/h as means over the flight, CPU seconds of this process with two threads. Released-rate files are read
only after the search, to score it.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from shapely.geometry import Point, Polygon

from cathartes.locate.plume import PlumeLocator
from cathartes.model import Located, Region
from cathartes.readers.flight_file import open_flight
from cathartes.readers.flight_folder import read_folder

EXAMPLES = Path(__file__).parents[1] / "examples"
FLIGHTS = ("ginninderra-2015", "chilbolton-1", "chilbolton-2")
HEADER = (
    f"{'flight':<18}{'P(source)':>10}{'error m':>9}{'in 50 %':>9}{'in 90 %':>9}{'90 % m2':>10}"
    f"{'rate [90 %]':>26}{'truth':>8}{'held':>6}{'wall s':>8}{'CPU s':>8}"
)


def silent(step: str, done: float) -> None:
    """No progress bar beside a table."""


def search(folder: Path) -> tuple[Located, float, float]:
    """The answer for the methane in a flight folder, wall and CPU seconds."""
    flight = open_flight(folder)
    readings = read_folder(folder, flight).readings
    wall, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(2) as executor:
        answer = PlumeLocator().locate(readings, flight.gas_log.gas or "ch4", flight, executor, silent)
    return answer, time.perf_counter() - wall, time.process_time() - cpu


def holds(region: Region, x: float, y: float) -> bool:
    """Whether a region holds a point."""
    return any(Polygon(rings[0], rings[1:]).contains(Point(x, y)) for rings in region.polygons)


def row(name: str) -> str:
    """One line of the table."""
    answer, wall, cpu = search(EXAMPLES / name)
    truth = json.loads((EXAMPLES / "truth" / f"{name}.json").read_text())
    if not answer.sources:
        return f"{name:<18}{'no source':>10}"
    source = answer.sources[0]
    error = np.hypot(source.place.x - truth["x_m"], source.place.y - truth["y_m"])
    inside = [holds(region, truth["x_m"], truth["y_m"]) for region in (source.region50, source.region90)]
    rate, metered = source.rate, truth["rate_kg_h_mean"]
    interval = f"{rate.value:.3f} [{rate.low:.3f}, {rate.high:.3f}]"
    return (
        f"{name:<18}{source.probability:>10.3f}{error:>9.2f}{inside[0]!s:>9}{inside[1]!s:>9}{source.region90.area_m2:>10.1f}"
        f"{interval:>26}{metered:>8.3f}{rate.holds(metered)!s:>6}{wall:>8.1f}{cpu:>8.1f}"
    )


def main() -> None:
    print(HEADER)
    for name in sys.argv[1:] or FLIGHTS:
        print(row(name), flush=True)
    if find_spec("pyelq") is None:
        print("pyELQ is not installed here, so it was not run beside; install pyelq-sdk and run its own example for a comparison")


if __name__ == "__main__":
    main()
