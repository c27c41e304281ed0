"""Where and how much, by us, by a steady fit and by pyELQ: every example release with a metered truth, beside the truth. One table.

    python benchmarks/inversion.py [FLIGHT ...]     flight folders with truth.json in them, or ../truth/<folder>.json beside them

All are scored by `scores.py` from posterior draws alone: error of the median place (m), whether the ellipse of 50 % and of 90 % of the
draws holds the true place, its area, the most frequent number of sources, total rate (kg/h, mean over the flight), CPU seconds of this
process. Of each draw the source nearest to the strongest true one stands for the place, so a ghost elsewhere costs its finder only in
the number and the rate. Truth files are read only after the search. What pyELQ is given is in `peers.py`,
what the steady fit assumes in `steady_fit.py`.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import steady_fit
from scores import LEVELS, MOST, Place, Truth, is_inside, placed, quantile, standing_for, truth_from
from surface_layer import Floats

from cathartes import campaign
from cathartes.errors import CathartesError
from cathartes.model import Draw
from cathartes.readers.flight_folder import Folder

EXAMPLES = Path(__file__).parents[1] / "examples"
FLIGHTS = [EXAMPLES / name for name in ("ginninderra-2015", "chilbolton-1", "chilbolton-2")]
GAS = "ch4"
WORDS = {True: "yes", False: "no"}
HEADER = (
    f"{'flight':<18}{'by':<11}{'error m':>9}{'in 50 %':>9}{'in 90 %':>9}{'90 % km2':>11}{'sources':>9}{'P':>6}{'true':>6}"
    f"{'total kg/h [90 %]':>30}{'truth':>9}{'held':>6}{'CPU s':>8}"
)
Search = Callable[[Folder, str], Sequence[Draw]]


def ours(contents: Folder, gas: str) -> Sequence[Draw]:
    """The draws of our locator, on two threads."""
    with ThreadPoolExecutor(2) as executor:
        return campaign.locate(contents, gas, executor, silent).draws.draws


def silent(step: str, done: float) -> None:
    """No progress bar beside a table."""


def searches() -> dict[str, Search]:
    """Who searches: we, a steady fit, and pyELQ where it is installed."""
    if find_spec("pyelq") is None:
        return {"cathartes": ours, "steady": steady_fit.draws_of}
    from peers import draws_of

    return {"cathartes": ours, "steady": steady_fit.draws_of, "pyELQ": draws_of}


def truth_of(folder: Path) -> Truth:
    """The truth in a folder or beside it, as the simulator writes it or as the releases have it."""
    inside = folder / "truth.json"
    told = json.loads((inside if inside.exists() else folder.parent / "truth" / f"{folder.name}.json").read_text())
    if "sources" in told:
        return truth_from(told)
    return Truth(np.array([[told["x_m"], told["y_m"]]]), np.array([told["rate_kg_h_mean"]]), detectable=True, strata={})


def row(folder: Path, name: str, search: Search) -> str:
    """One line of the table; a refusal is its own sentence."""
    contents = campaign.opened(folder)
    began = time.process_time()
    try:
        draws = search(contents, GAS)
    except CathartesError as problem:
        return f"{folder.name:<18}{name:<11}refused: {problem}"
    cpu_s = time.process_time() - began
    truth = truth_of(folder)
    return f"{folder.name:<18}{name:<11}{where(draws, truth)}{how_many(draws, truth)}{how_much(draws, truth)}{cpu_s:>8.1f}"


def where(draws: Sequence[Draw], truth: Truth) -> str:
    """Columns of the place; a dash where no draw has a source or there was none."""
    if not truth.count or not any(draw.sources for draw in draws):
        return f"{'-':>9}{'-':>9}{'-':>9}{'-':>11}"
    place = nearest_place(draws, truth)
    inside = [WORDS[place.rank <= level] for level in LEVELS]
    return f"{place.error_m:>9.2f}{inside[0]:>9}{inside[1]:>9}{place.area_km2:>11.3g}"


def nearest_place(draws: Sequence[Draw], truth: Truth) -> Place:
    """The strongest true source beside each draw's nearest one."""
    near = [Draw(draw.weight, (standing_for(draw.sources, truth.strongest),) if draw.sources else ()) for draw in draws]
    return placed(near, weights(draws), truth)


def how_many(draws: Sequence[Draw], truth: Truth) -> str:
    """The most frequent number of sources (more than `MOST` count as `MOST`), its probability, and the true number."""
    share = np.bincount([min(len(draw.sources), MOST) for draw in draws], weights(draws))
    return f"{share.argmax():>9}{share.max():>6.2f}{truth.count:>6}"


def how_much(draws: Sequence[Draw], truth: Truth) -> str:
    """Median and 90 % interval of the total rate, the true total, and whether it is held."""
    total, weight = np.array([sum(source.rate_kg_h for source in draw.sources) for draw in draws], float), weights(draws)
    low, middle, high = (quantile(total, weight, level) for level in (0.05, 0.5, 0.95))
    true_total = float(truth.rates_kg_h.sum())
    held = is_inside(total, weight, true_total, 0.9)
    interval = f"{middle:.3f} [{low:.3f}, {high:.3f}]"
    return f"{interval:>30}{true_total:>9.3f}{WORDS[held]:>6}"


def weights(draws: Sequence[Draw]) -> Floats:
    """Weights that sum to one."""
    weight = np.array([draw.weight for draw in draws], float)
    return np.asarray(weight / weight.sum())


def main() -> None:
    beside = searches()
    print(HEADER)
    for folder in [Path(name) for name in sys.argv[1:]] or FLIGHTS:
        for name, search in beside.items():
            print(row(folder, name, search), flush=True)
    if "pyELQ" not in beside:
        print("pyELQ is not installed here, so it was not run beside; `pip install pyelq==1.2.7` (Python 3.11 or later) and run this again")


if __name__ == "__main__":
    main()
