"""How often the locator's regions and intervals hold the truth, over the flight folders that `scenes.py` makes. One table.

    python benchmarks/calibration.py SCENES [--jobs 2] [--json OUT]

Each scene is located from its folder as a user's would be; the truth (SCENES/truth/<id>.json) is read only to score the answer. A source
that was there and is not reported counts as held by no region and no interval; scenes without a source are listed apart.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from math import hypot, inf, isfinite, nan, sqrt
from pathlib import Path
from typing import Any

from shapely.geometry import Point, Polygon

from cathartes import campaign
from cathartes.errors import CathartesError
from cathartes.model import Draws, Located, Region, Source

HEADER = (
    f"{'scene':<18}{'true':>5}{'P(n>=1)':>9}{'error m':>9}{'in 50 %':>9}{'in 90 %':>9}{'90 % m2':>10}"
    f"{'rate kg/h [90 %]':>26}{'truth':>8}{'held':>7}{'wall s':>8}"
)

LEVELS = (0.5, 0.9)
HELD = {"place": dict(zip(LEVELS, ("in_50", "in_90"), strict=True)), "rate": dict(zip(LEVELS, ("rate_in_50", "rate_in_90"), strict=True))}
"""The field of a score that says whether the truth was held at a level."""


class Here(Executor):
    """Runs what it is given at once, in this process: the scenes, not their parts, are spread over processes."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished future of `fn(*args, **kwargs)`."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as problem:
            future.set_exception(problem)
        return future


@dataclass(frozen=True)
class Score:
    """One scene's answer beside its truth. Without a reported source the error is infinite and nothing is held.

    The rate is held where the interval, which is at 90 %, holds the mean over the flight; `rate_in_50` asks the same of the middle half
    of the draws. Numbers that a scene without a source cannot have are NaN.
    """

    scene: str
    true_sources: int
    true_rate_kg_h: float
    probability: float
    seconds: float
    error_m: float = inf
    in_50: bool = False
    in_90: bool = False
    area_90_m2: float = nan
    rate_kg_h: float = nan
    rate_low_kg_h: float = nan
    rate_high_kg_h: float = nan
    rate_in_50: bool = False
    rate_in_90: bool = False


def silent(step: str, done: float) -> None:
    """No progress bar beside a table."""


def scored(folder: Path) -> Score | str:
    """Locate one folder and score the answer; the sentence of the error where it cannot be located."""
    began = time.perf_counter()
    try:
        found = campaign.locate(campaign.opened(folder), "ch4", Here(), silent)
    except CathartesError as problem:
        return f"{folder.name}: {problem}"
    seconds = time.perf_counter() - began
    truth = json.loads((folder.parent / "truth" / f"{folder.name}.json").read_text())
    return score(folder.name, found, truth, seconds)


def score(scene: str, found: Located, truth: dict[str, Any], seconds: float) -> Score:
    """The answer beside the truth: of several reported sources the one nearest to the true one counts."""
    there = sum(draw.weight for draw in found.draws.draws if draw.sources)
    bare = Score(scene, truth["n_sources"], truth.get("rate_kg_h_mean", nan), there, seconds)
    if not found.sources:
        return bare
    if not truth["n_sources"]:
        return rated(bare, found.sources[0])
    x, y = truth["x_m"], truth["y_m"]
    near = min(found.sources, key=lambda source: hypot(source.place.x - x, source.place.y - y))
    return replace(
        rated(bare, near),
        error_m=hypot(near.place.x - x, near.place.y - y),
        in_50=holds(near.region50, x, y),
        in_90=holds(near.region90, x, y),
        rate_in_50=in_middle_half(near, bare.true_rate_kg_h),
        rate_in_90=near.rate.holds(bare.true_rate_kg_h),
    )


def rated(bare: Score, source: Source) -> Score:
    """The score with the size of the reported region and the rate."""
    low, high = (nan if bound is None else bound for bound in (source.rate.low, source.rate.high))
    return replace(bare, area_90_m2=source.region90.area_m2, rate_kg_h=source.rate.value, rate_low_kg_h=low, rate_high_kg_h=high)


def holds(region: Region, x: float, y: float) -> bool:
    """Whether a region holds a point."""
    return any(Polygon(rings[0], rings[1:]).contains(Point(x, y)) for rings in region.polygons)


def in_middle_half(source: Source, rate_kg_h: float) -> bool:
    """Whether a quarter to three quarters of the weight of the source's draws has a lower rate."""
    return 0.25 <= weight_below(source.draws, rate_kg_h) <= 0.75


def weight_below(draws: Draws, rate_kg_h: float) -> float:
    """The share of the weight of the draws with a source whose (first) source emits less."""
    rates = [(draw.weight, draw.sources[0].rate_kg_h) for draw in draws.draws if draw.sources]
    return sum(weight for weight, rate in rates if rate < rate_kg_h) / sum(weight for weight, _ in rates)


def row(score: Score) -> str:
    """One line of the table."""
    interval = f"{score.rate_kg_h:.3f} [{score.rate_low_kg_h:.3f}, {score.rate_high_kg_h:.3f}]"
    return (
        f"{score.scene:<18}{score.true_sources:>5}{score.probability:>9.3f}{score.error_m:>9.2f}{score.in_50!s:>9}{score.in_90!s:>9}"
        f"{score.area_90_m2:>10.1f}{interval:>26}{score.true_rate_kg_h:>8.3f}{score.rate_in_90!s:>7}{score.seconds:>8.1f}"
    )


def coverage(held: Sequence[bool], level: float) -> str:
    """How often the truth was held, and how far that is from the level in binomial standard deviations."""
    share, deviation = sum(held) / len(held), sqrt(level * (1 - level) / len(held))
    return f"{sum(held):>4} of {len(held)} = {share:.2f} at {level:.0%}: {(share - level) / deviation:+.1f} sd (sd {deviation:.2f})"


def summary(scores: Sequence[Score]) -> list[str]:
    """The coverage of place and rate over the scenes with a source, the median error, and the false reports."""
    sources = [score for score in scores if score.true_sources]
    none = [score for score in scores if not score.true_sources]
    lines = [f"no source there: {len(none)} scenes, highest P(n>=1) {max(score.probability for score in none):.3f}"] if none else []
    if not sources:
        return lines
    reported = [score for score in sources if score.error_m < inf]
    lines.append(f"a source there: {len(sources)} scenes, {len(reported)} reported")
    for name, group in (("all", sources), ("reported", reported)):
        for what, level in ((what, level) for what in HELD for level in LEVELS if group):
            held = [bool(getattr(score, HELD[what][level])) for score in group]
            lines.append(f"  {name:<9}{what:<6}{coverage(held, level)}")
    errors = sorted(score.error_m for score in sources)
    areas = sorted(score.area_90_m2 for score in reported)
    lines.append(f"median place error {median(errors):.2f} m" + (f", median 90 % region {median(areas):.1f} m2" if areas else ""))
    return lines


def median(ordered: Sequence[float]) -> float:
    """The middle of an ordered sequence, the upper one of two."""
    return ordered[len(ordered) // 2]


def located(folders: Iterable[Path], jobs: int) -> list[Score]:
    """Score every folder, printing a line as each is done, in the order of their names."""
    scores = []
    with ProcessPoolExecutor(jobs) as pool:
        for answer in pool.map(scored, folders):
            print(answer if isinstance(answer, str) else row(answer), flush=True)
            if isinstance(answer, Score):
                scores.append(answer)
    return scores


def finite(score: Score) -> dict[str, Any]:
    """The fields of a score for JSON, which knows no infinity and no NaN: they become null."""
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in asdict(score).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    print(HEADER)
    scores = located(sorted(file.parent for file in arguments.scenes.glob("*/flight.toml")), arguments.jobs)
    print("\n".join(summary(scores)))
    if arguments.json:
        arguments.json.write_text(json.dumps([finite(score) for score in scores], indent=1) + "\n")


if __name__ == "__main__":
    main()
