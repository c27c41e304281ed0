"""How often the locator's draws hold the truth, over flights that `scenes.py` makes: scores, coverage per stratum, rank histograms.

    python benchmarks/calibration.py SCENES [--jobs 2] [--json OUT] [--figure OUT.png]
    python benchmarks/calibration.py --check                            the scores on sums done by hand and on calibrated draws

Each scene is located from its folder as a user's would be; the truth (SCENES/truth/<id>.json, or truth.json in the folder) is read only to
score the answer. A scene that the locator refuses is scored as the answer "no source". What the scores are is in `scores.py`.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby
from math import hypot, isfinite, sqrt
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import scores
from scores import LEVELS, Score, Truth, scored, truth_from
from shapely.geometry import Point, Polygon
from surface_layer import Floats

from cathartes import campaign
from cathartes.errors import CathartesError
from cathartes.model import Draw, PointSource, Region, Source

HEADER = (
    f"{'scene':<18}{'true':>5}{'seen':>5}{'P(n>=1)':>9}{'error m':>10}{'rank':>6}{'90 % km2':>10}"
    f"{'total kg/h':>12}{'truth':>9}{'90 %':>6}{'CPU s':>8}"
)
COVERAGES = (
    f"{'coverage, and its distance from the level in binomial sd':<58}{'n':>5}"
    f"{'place 50 %':>12}{'place 90 %':>12}{'rate 50 %':>12}{'rate 90 %':>12}"
)
BINS = 10


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
class Claim:
    """A source that was reported: whether its 90 % region holds a true source, and its interval that source's rate."""

    place_held: bool
    rate_held: bool


@dataclass(frozen=True)
class Answered:
    """One scene: its truth, the scores of its draws, what was reported of it, CPU seconds, and the sentence of a refusal."""

    scene: str
    truth: Truth
    score: Score
    claims: tuple[Claim, ...]
    cpu_s: float
    refusal: str | None = None


def silent(step: str, done: float) -> None:
    """No progress bar beside a table."""


def answered(folder: Path) -> Answered:
    """Locate one folder and score the answer."""
    began = time.process_time()
    try:
        found = campaign.locate(campaign.opened(folder), "ch4", Here(), silent)
        draws, sources, refusal = found.draws.draws, found.sources, None
    except CathartesError as problem:
        draws, sources, refusal = (Draw(1.0, ()),), (), str(problem)
    cpu_s = time.process_time() - began
    truth = truth_of(folder)
    score = scored(draws, truth, np.random.default_rng(crc32(folder.name.encode())))
    return Answered(folder.name, truth, score, tuple(claim(source, truth) for source in sources), cpu_s, refusal)


def truth_of(folder: Path) -> Truth:
    """What the scores need of the truth of a scene."""
    return truth_from(truth_file(folder))


def truth_file(folder: Path) -> dict[str, Any]:
    """The truth beside the scenes' folders, or within the folder as the open flights have it."""
    inside = folder / "truth.json"
    found: dict[str, Any] = json.loads((inside if inside.exists() else folder.parent / "truth" / f"{folder.name}.json").read_text())
    return found


def claim(source: Source, truth: Truth) -> Claim:
    """A reported source beside the true one nearest to it; beside none, it holds nothing."""
    if not truth.count:
        return Claim(place_held=False, rate_held=False)
    near = min(range(truth.count), key=lambda one: hypot(source.place.x - truth.places[one, 0], source.place.y - truth.places[one, 1]))
    held = any(holds(source.region90, *place) for place in truth.places)
    return Claim(place_held=held, rate_held=source.rate.holds(float(truth.rates_kg_h[near])))


def holds(region: Region, x: float, y: float) -> bool:
    """Whether a region holds a point."""
    return any(Polygon(rings[0], rings[1:]).contains(Point(x, y)) for rings in region.polygons)


def row(one: Answered) -> str:
    """One line of the table."""
    score, place = one.score, one.score.place
    where = f"{place.error_m:>10.1f}{place.rank:>6.2f}{place.area_km2:>10.4g}" if place else f"{'-':>10}{'-':>6}{'-':>10}"
    held = "-" if score.rate_held is None else ("in" if score.rate_held[0.9] else "out")
    line = (
        f"{one.scene:<18}{one.truth.count:>5}{'yes' if one.truth.detectable else 'no':>5}{score.p_any:>9.3f}{where}"
        f"{score.total_kg_h:>12.3f}{one.truth.rates_kg_h.sum():>9.3f}{held:>6}{one.cpu_s:>8.1f}"
    )
    return line if one.refusal is None else f"{line}\n  refused: {one.refusal}"


def coverage(held: Sequence[bool], level: float) -> str:
    """How often the truth was held, and how far that is from the level in binomial standard deviations."""
    if not held:
        return f"{'-':>12}"
    share, deviation = sum(held) / len(held), sqrt(level * (1 - level) / len(held))
    return f"{share:>6.2f}{(share - level) / deviation:>+6.1f}"


def coverages(group: Sequence[Answered]) -> str:
    """Coverage of place and of total rate at both levels, over the scenes of a group that have sources."""
    places = [one.score.place for one in group if one.score.place is not None]
    rates = [one.score.rate_held for one in group if one.score.rate_held is not None]
    of_place = "".join(coverage([place.rank <= level for place in places], level) for level in LEVELS)
    return of_place + "".join(coverage([held[level] for held in rates], level) for level in LEVELS)


def figures(group: Sequence[Answered]) -> dict[str, float | None]:
    """The scores of a group: medians of the place's, means of the others'; `None` where no scene has the score."""
    sources = [one for one in group if one.score.place is not None]
    none = [one for one in group if not one.truth.count]
    places = [one.score.place for one in sources if one.score.place is not None]
    return {
        "scenes": len(group),
        "with_sources": len(sources),
        "place_error_median_m": middle([place.error_m for place in places]),
        "place_energy_median_m": middle([place.energy_m for place in places]),
        "place_area_90_median_km2": middle([place.area_km2 for place in places]),
        **{f"place_coverage_{level:.0%}": share([place.rank <= level for place in places]) for level in LEVELS},
        **{
            f"rate_coverage_{level:.0%}": share([bool(one.score.rate_held and one.score.rate_held[level]) for one in sources])
            for level in LEVELS
        },
        "rate_within_two": share([bool(one.score.within_two) for one in sources]),
        "rate_crps": share([one.score.crps for one in group]),
        "count_rps": share([one.score.count_rps for one in group]),
        "found": share([one.score.p_any > 0.5 for one in sources]),
        "false_alarm": share([one.score.p_any > 0.5 for one in none]),
    }


def middle(values: Sequence[float]) -> float | None:
    """The median; `None` of nothing."""
    return float(np.median(values)) if values else None


def share(values: Sequence[float]) -> float | None:
    """The mean; `None` of nothing."""
    return float(np.mean(values)) if values else None


def summary(all_answers: Sequence[Answered]) -> list[str]:
    """All scores, coverage per stratum with deviations from the level, rank histograms, reported sources, CPU seconds."""
    lines = [f"{'':<28}{'all':>12}{'detectable':>12}", *score_lines(all_answers), "", COVERAGES]
    lines += [f"  {name:<56}{sum(one.truth.count > 0 for one in group):>5}{coverages(group)}" for name, group in strata(all_answers)]
    lines += ["", *(f"ranks of the {what:<14}{histogram(ranks)}" for what, ranks in ranks_of(all_answers).items())]
    return [*lines, "", *reports(all_answers), cpu(all_answers)]


def score_lines(all_answers: Sequence[Answered]) -> list[str]:
    """Every score of all scenes and of those with a detectable source."""
    both = figures(all_answers), figures([one for one in all_answers if one.truth.detectable])
    return [f"{name:<28}" + "".join("           -" if one[name] is None else f"{one[name]:>12.4g}" for one in both) for name in both[0]]


def strata(all_answers: Sequence[Answered]) -> list[tuple[str, list[Answered]]]:
    """Every group of scenes that coverage is asked of: all of them, then each value of each stratum. Scenes without sources have none."""
    sources = [one for one in all_answers if one.truth.count]
    groups = [("all", sources)]
    for name in sources[0].truth.strata if sources else ():
        ordered = sorted(sources, key=lambda one: one.truth.strata[name])
        groups += [(f"{name}: {value}", list(group)) for value, group in groupby(ordered, key=lambda one: one.truth.strata[name])]
    return groups


def ranks_of(all_answers: Sequence[Answered]) -> dict[str, list[float]]:
    """Rank of the truth among the draws, for total rate and for place: uniform between nought and one when all is calibrated.

    A total of nought is a truth like any other; a place needs a source.
    """
    seen = [one for one in all_answers if one.truth.detectable]
    return {
        "total rate": [one.score.rate_rank for one in all_answers],
        "rate, seen": [one.score.rate_rank for one in seen],
        "place": [one.score.place.rank for one in all_answers if one.score.place is not None],
        "place, seen": [one.score.place.rank for one in seen if one.score.place is not None],
    }


def histogram(ranks: Sequence[float]) -> str:
    """How many ranks fall in each tenth, and what each should hold."""
    counted = np.histogram(ranks, BINS, range=(0, 1))[0]
    return "".join(f"{number:>5}" for number in counted) + f"   expected {len(ranks) / BINS:.1f} +- {sqrt(len(ranks) * 0.09):.1f}"


def reports(all_answers: Sequence[Answered]) -> list[str]:
    """How often what was reported holds: the 90 % region a true source, the interval the nearest one's rate."""
    claims = [claim for one in all_answers for claim in one.claims]
    if not claims:
        return ["no source reported"]
    place, rate = coverage([one.place_held for one in claims], 0.9), coverage([one.rate_held for one in claims], 0.9)
    return [f"{len(claims)} sources reported: 90 % region holds a true source{place}, 90 % interval its rate{rate}"]


def cpu(all_answers: Sequence[Answered]) -> str:
    """CPU seconds per scene; the first of each process compiles."""
    seconds = [one.cpu_s for one in all_answers]
    return f"CPU seconds per flight: median {np.median(seconds):.1f}, highest {max(seconds):.1f}"


def located(folders: Iterable[Path], jobs: int) -> list[Answered]:
    """Score every folder, printing a line as each is done, in the order of their names."""
    found = []
    with ProcessPoolExecutor(jobs) as pool:
        for one in pool.map(answered, folders):
            print(row(one), flush=True)
            found.append(one)
    return found


def draw_histograms(all_answers: Sequence[Answered], path: Path) -> None:
    """A PNG of the rank histograms, with the band that two binomial deviations make about the expected number."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    for axes, (what, ranks) in zip(figure.subplots(2, 2).flat, ranks_of(all_answers).items(), strict=True):
        expected, spread = len(ranks) / BINS, 2 * sqrt(len(ranks) * 0.09)
        axes.axhspan(expected - spread, expected + spread, color="0.85")
        axes.hist(ranks, BINS, range=(0, 1), color="0.3", rwidth=0.9)
        axes.set(title=f"{what} ({len(ranks)} flights)", xlabel="rank of the truth among the draws", ylabel="flights")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def as_json(all_answers: Sequence[Answered]) -> str:
    """Summary and scenes; JSON knows no infinity and no NaN: they become null."""
    seen = [one for one in all_answers if one.truth.detectable]
    scenes = [
        {"scene": one.scene, "strata": one.truth.strata, "cpu_s": one.cpu_s, "refusal": one.refusal, **asdict(one.score)}
        for one in all_answers
    ]
    return json.dumps(finite({"all": figures(all_answers), "detectable": figures(seen), "scenes": scenes}), indent=1) + "\n"


def finite(value: Any) -> Any:
    """The value with `None` for every number that is not finite."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def check() -> None:
    """Scores by hand, then 400 made-up scenes whose draws are as uncertain as they say: every deviation should be within three or so."""
    scores.check()
    rng = np.random.default_rng(1)
    found = [Answered(f"made-up-{number}", *made_up(rng), (), 0.0) for number in range(400)]
    print("\n".join(summary(found)))


def made_up(rng: np.random.Generator) -> tuple[Truth, Score]:
    """A truth with one source and calibrated draws of it: both are drawn from the same distribution, whose middle is random too."""
    centre, size, rate = rng.normal(0, 3000, 2), rng.uniform(50, 500), rng.normal(1.6, 0.6)
    places: Floats = rng.normal(centre, size, (401, 2))
    rates = 10 ** rng.normal(rate, 0.3, 401)
    truth = Truth(places[:1], rates[:1], detectable=bool(rng.random() < 0.5), strata={"size": "small" if size < 250 else "large"})
    draws = [Draw(1 / 400, (PointSource(x, y, kg_h),)) for (x, y), kg_h in zip(places[1:], rates[1:], strict=True)]
    return truth, scored(draws, truth, rng)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, nargs="?")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        check()
    if not arguments.scenes:
        return
    print(HEADER)
    found = located(sorted(file.parent for file in arguments.scenes.glob("*/flight.toml")), arguments.jobs)
    print("\n".join(["", *summary(found)]))
    if arguments.json:
        arguments.json.write_text(as_json(found))
    if arguments.figure:
        draw_histograms(found, arguments.figure)


if __name__ == "__main__":
    main()
