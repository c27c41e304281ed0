"""How often the detectability map is right: the chance of notice it states for each true source, beside whether its gas stood out.

    python benchmarks/noticed.py SCENES ...          flights of `scenes.py --kind aircraft`, or others that state `peak_per_source_ppb`

The chance is asked at the true place and mean rate of each source. That its gas stood out is read from the truth: a peak of five noise
deviations, with no background about it, so that a map which is right states somewhat less.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from calibration import truth_file

from cathartes import campaign
from cathartes.earth.search import search_area, search_box
from cathartes.locate.detectability import AIR_DRAWS, THRESHOLD, air
from cathartes.locate.plume import measure, prior_of
from cathartes.locate.samples import gather
from cathartes.model import GasLog

BANDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


def asked(folder: Path) -> list[tuple[float, bool]]:
    """For each true source of a flight: the chance of notice that is stated, and whether its gas stood out."""
    truth, contents = truth_file(folder), campaign.opened(folder)
    flight = contents.flight
    frame, box = search_box(flight)
    logs = [reading.content for reading in contents.readings if isinstance(reading.content, GasLog)]
    measured, _ = measure(gather(logs, "ch4", frame), "ch4", flight)
    prior = prior_of(flight, "ch4", measured, box, search_area(flight, frame))
    assert measured.passes is not None
    found = []
    for source, peak_ppb in zip(truth["sources"], truth["peak_per_source_ppb"], strict=True):
        place, rate = np.array([[source["x_m"], source["y_m"]]]), np.array([source["rate_kg_h_mean"]])
        chance = measured.passes.chances_of_notice(place, rate, prior.height[0], THRESHOLD, air(prior, AIR_DRAWS))
        found.append((float(chance[0, 0]), peak_ppb > THRESHOLD * truth["noise_ppb"]))
    return found


def main() -> None:
    folders = sorted(file.parent for scenes in sys.argv[1:] for file in Path(scenes).glob("*/flight.toml"))
    with ProcessPoolExecutor(2) as pool:
        found = [pair for pairs in pool.map(asked, folders) for pair in pairs]
    stated, real = np.array(found, dtype=float).T
    bounded = np.clip(stated, 1e-3, 1.0 - 1e-3)
    print(f"{len(found)} sources: stated {stated.mean():.2f}, stood out {real.mean():.2f}, log score {log_score(bounded, real):.3f}")
    for low, high in pairwise(BANDS):
        here = (bounded >= low) & (bounded < high)
        if here.any():
            print(
                f"  {low:.1f} to {high:.1f}: {here.sum():>4} sources, stated {stated[here].mean():.2f}, stood out {real[here].mean():.2f}"
            )


def log_score(chance: np.ndarray, real: np.ndarray) -> float:
    """Mean log of the chance given to what came to be."""
    return float(np.log(np.where(real > 0.0, chance, 1.0 - chance)).mean())


if __name__ == "__main__":
    main()
