"""Takes the Ginninderra release from its flight folder to a lead, and says how far the answer is from the metered truth.

`make demo` runs it, in a workspace of its own, `demo-workspace`; run it twice to see that nothing is computed again.
"""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from math import hypot
from pathlib import Path

from shapely.geometry import Point, Polygon

from cathartes import campaign
from cathartes.cli.door import progress_bar
from cathartes.model import Region, Source
from cathartes.store import Workspace

HERE = Path(__file__).parent
FLIGHT = "ginninderra-2015"
WORKSPACE = Path("demo-workspace")


def main() -> None:
    started = time.perf_counter()
    with Workspace.open(WORKSPACE) as workspace, ThreadPoolExecutor(os.cpu_count()) as threads, progress_bar() as progress:
        result = campaign.run(HERE / FLIGHT, workspace, threads, progress)
    took_s = time.perf_counter() - started
    truth = json.loads((HERE / "truth" / f"{FLIGHT}.json").read_text())
    print("Fixed ground instruments at a metered methane release (Ginninderra, 2015); not an aircraft.")
    for source in result.located["ch4"].sources:
        print_beside_truth(source, truth)
    page = next(product for product in result.products if product.endswith(".html"))
    print(f"took {took_s:.0f} s; lead page: {WORKSPACE / 'products' / page}")


def print_beside_truth(source: Source, truth: dict[str, float]) -> None:
    """What was found, beside what was metered."""
    off_m = hypot(source.place.x - truth["x_m"], source.place.y - truth["y_m"])
    rate = source.rate
    print(f"source at ({source.place.x:.1f}, {source.place.y:.1f}) m, {off_m:.1f} m from the true release point")
    print(
        f"90 % region: {source.region90.area_m2:.0f} m², {'holds' if is_inside(source.region90, truth) else 'does NOT hold'} the true point"
    )
    print(f"mean rate {rate.value:.3f} kg/h, 90 % interval {rate.low:.3f} to {rate.high:.3f}")
    holds = "holds" if rate.holds(truth["rate_kg_h_mean"]) else "does NOT hold"
    print(f"metered: mean {truth['rate_kg_h_mean']:.3f} kg/h (the interval {holds} it), {truth['rate_kg_h_when_on']:.3f} kg/h when on")


def is_inside(region: Region, truth: dict[str, float]) -> bool:
    point = Point(truth["x_m"], truth["y_m"])
    return any(Polygon(rings[0], rings[1:]).covers(point) for rings in region.polygons)


if __name__ == "__main__":
    main()
