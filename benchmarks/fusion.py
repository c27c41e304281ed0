"""How well sites are told apart, how stable they are, and how fast: streams of 1,000 observations of 600 places.

    python benchmarks/fusion.py [SEED]

Constants were chosen on the seeds 11, 12, 13 and 2026; others are held back. The streams are drawn otherwise than fusion assumes
(clustered installations of unlike size, repeats by a power law). Beside us the usual way: each detection joins the first place within
150 m, in the order in which the file lists them.

Then streams as published lists of methane plumes have them: fields of wells 110-260 m apart of which few are ever seen, farms, plants and
landfills up to 350 m about their centre; several passes a day, days over three years, two kinds of instrument; one geolocation error a
pass beside each plume's own, one plume in 16 far off; and a column of errors that is right, missing, a third of the truth, or one number.
The truth is known, the count is not 600: the rule's count, and the places lost, are the measure.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians

import numpy as np

from cathartes.assess.fusion import fuse
from cathartes.model import Clock, Frame, Instant, Observation, Place
from cathartes.readers.detection_list import ASSUMED_SIGMA_M

SITES, OBSERVATIONS, SHUFFLES, SEED = 600, 1000, 100, 41
STREAMS = {
    "narrow errors (5-15 m)": {"sigma_m": (5, 15), "extent_m": (10, 70), "apart_m": 250},
    "usual errors (20-60 m)": {"sigma_m": (20, 60), "extent_m": (10, 70), "apart_m": 250},
    "wide errors (60-150 m)": {"sigma_m": (60, 150), "extent_m": (10, 70), "apart_m": 400},
    "near neighbours (150 m)": {"sigma_m": (5, 30), "extent_m": (5, 30), "apart_m": 150},
    "wide installations": {"sigma_m": (20, 60), "extent_m": (60, 150), "apart_m": 400},
}


def stream(seed: int, sigma_m: tuple[float, float], extent_m: tuple[float, float], apart_m: float) -> tuple[list[Observation], list[int]]:
    draw = np.random.default_rng(seed)
    fields, spots = draw.uniform(0, 60_000, (SITES // 6, 2)), list[np.ndarray]()
    while len(spots) < SITES:
        spot = fields[draw.integers(len(fields))] + draw.normal(0, 900, 2)
        if all(hypot(*(spot - other)) > apart_m for other in spots):
            spots.append(spot)
    often = draw.pareto(1.2, SITES) + 0.2
    truth = [*range(SITES), *draw.choice(SITES, OBSERVATIONS - SITES, p=often / often.sum()).tolist()]
    draw.shuffle(truth)
    extent = draw.uniform(*extent_m, SITES)
    made = []
    for number, site in enumerate(truth):
        sigma = float(draw.uniform(*sigma_m))
        east, north = spots[site] + 0.7 * extent[site] * draw.normal(size=2) + sigma * draw.normal(size=2)
        made.append(observed(f"p{number}", east, north, sigma, 130 * number))
    return made, truth


def field_of_wells(draw: np.random.Generator) -> list[tuple[np.ndarray, float, float]]:
    """Wells on a turned grid, one in eight ever seen: place, extent (m, one standard deviation), chance to be seen on a pass."""
    corner, turn, step, rows = draw.uniform(0, 150e3, 2), draw.uniform(0, np.pi), draw.uniform(110, 260), int(draw.integers(15, 28))
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    grid = [(i, j) for i in range(rows) for j in range(rows // 2) if draw.random() < 0.12]
    spots = [corner + turned @ (step * (np.array(each) + draw.normal(0, 0.15, 2))) for each in grid]
    return [(spot, float(draw.choice([5, 15, 30], p=[0.5, 0.35, 0.15])), draw.beta(0.4, 2.2)) for spot in spots]


def district(draw: np.random.Generator) -> list[tuple[np.ndarray, float, float]]:
    """Farms, landfills, small and large plants; landfills nearly always smell."""
    centre, made = draw.uniform(0, 150e3, 2), []
    for _ in range(int(draw.integers(6, 22))):
        kind = int(draw.choice(4, p=[0.6, 0.15, 0.15, 0.1]))
        extent = draw.uniform(*((30, 120), (150, 350), (20, 60), (100, 250))[kind])
        made.append((centre + draw.normal(0, 6000, 2), extent, draw.beta(2, 1.5) if kind == 1 else draw.beta(0.6, 1.2)))
    return made


def listed(seed: int, error_m: float) -> tuple[list[Observation], list[int]]:
    """At most 1,000 plumes with their true errors, and of which place each is."""
    draw = np.random.default_rng(seed)
    regions = [field_of_wells(draw) if number < 16 else district(draw) for number in range(36)]
    seen = []
    for number, region in enumerate(regions):
        for day in draw.choice(1100, size=int(draw.integers(3, 9)), replace=False).tolist():
            is_far = draw.random() < 0.25
            for turn in range(1 if is_far else int(draw.integers(1, 4))):
                common, own = error_m * (2.0 if is_far else 0.6), error_m * (2.5 if is_far else 1.0)
                bias = draw.normal(0, common, 2)
                for place, (spot, extent, chance) in enumerate(region):
                    if draw.random() < chance * (0.35 if is_far else 0.6):
                        sigma = own * float(np.exp(draw.normal(0, 0.4)))
                        off = draw.normal(0, 150, 2) if draw.random() < 0.06 else 0.0
                        at = spot + draw.normal(0, extent, 2) + bias + draw.normal(0, sigma, 2) + off
                        seen.append((1440 * day + 600 + 20 * turn, 1000 * number + place, at, hypot(sigma, common)))
    kept = sorted(draw.choice(len(seen), min(OBSERVATIONS, len(seen)), replace=False).tolist())
    made = [observed(f"p{number}", *seen[each][2], seen[each][3], seen[each][0]) for number, each in enumerate(kept)]
    return made, [seen[each][1] for each in kept]


def observed(name: str, east: float, north: float, sigma_m: float, minutes: float) -> Observation:
    place = Place(-102 + east / (111_320 * cos(radians(32))), 32 + north / 110_900, Frame.WGS84)
    return Observation(
        name, Instant(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes), Clock.UTC), place, sigma_m, "gas-column"
    )


COLUMNS: dict[str, Callable[[float], float]] = {
    "stated": lambda sigma: sigma, "missing": lambda sigma: ASSUMED_SIGMA_M, "a third": lambda sigma: sigma / 3, "30 m": lambda sigma: 30.0,
}  # fmt: skip


def tell_listed(seed: int) -> None:
    for error in (10.0, 25.0, 60.0):
        made, truth = listed(seed, error)
        rule, places = first_within(made), len(set(truth))
        print(f"{len(made)} plumes of {places} places, errors about {error:.0f} m; ", end="")
        print(f"150 m rule: {len(set(rule))} sites, {lost(truth, rule)} lost")
        for name, stated in COLUMNS.items():
            told = [replace(each, sigma_m=stated(each.sigma_m)) for each in made]
            sites = fused(told)
            joined = [sites[each.id] for each in told]
            changed = sum(fused(random.Random(turn).sample(told, len(told))) != sites for turn in range(SHUFFLES // 10))
            precision, recall = agreement(truth, joined)
            widest = max(site.width_m for site in fuse(told))
            print(
                f"  {name:9} {len(set(joined)):5} sites, {lost(truth, joined):3} lost, {precision:.3f} right, {recall:.3f} found, ", end=""
            )
            print(f"widest {widest:.0f} m, {changed} of {SHUFFLES // 10} shuffles changed")


def first_within(made: list[Observation], limit_m: float = 150.0) -> list[int]:
    centres, joined = list[tuple[float, float]](), []
    for each in made:
        spot = (each.place.x * 111_320 * cos(radians(32)), each.place.y * 110_900)
        near = next((at for at, centre in enumerate(centres) if hypot(spot[0] - centre[0], spot[1] - centre[1]) < limit_m), len(centres))
        if near == len(centres):
            centres.append(spot)
        joined.append(near)
    return joined


def fused(made: list[Observation]) -> dict[str, str]:
    return {each.id: site.id for site in fuse(made) for each in site.observations}


def agreement(truth: list[int], found: list[object]) -> tuple[float, float]:
    """Share of joined pairs that belong together, and of pairs that belong together that were joined."""
    one, other = np.asarray(truth), np.unique(np.asarray(found, dtype=str), return_inverse=True)[1]
    pairs = np.triu_indices(len(one), 1)
    same, joined = (one[:, None] == one)[pairs], (other[:, None] == other)[pairs]
    return (same & joined).sum() / max(1, joined.sum()), (same & joined).sum() / same.sum()


def lost(truth: list[int], found: Sequence[object]) -> int:
    """Places that no site has most of its observations from: a neighbour swallowed them."""
    seen = {site: Counter(place for place, other in zip(truth, found, strict=True) if other == site) for site in set(found)}
    return len(set(truth)) - len({places.most_common(1)[0][0] for places in seen.values()})


def main() -> None:
    seed = int(sys.argv[1]) if sys.argv[1:] else SEED
    ours = f"{'1,000 of 600 places':28} {'sites':>6} {'lost':>5} {'right':>6} {'found':>6} {'widest':>7} {'shuffles changed':>17}"
    print(f"{ours} | 150 m rule: sites, right, found, shuffles changed")
    for name, drawn in STREAMS.items():
        made, truth = stream(seed, **drawn)
        sites = fused(made)
        joined = [sites[each.id] for each in made]
        shuffles = [random.Random(seed).sample(made, len(made)) for seed in range(SHUFFLES)]
        changed = sum(fused(each) != sites for each in shuffles)
        precision, recall = agreement(truth, joined)
        rule = first_within(made)
        moved = sum(len(set(first_within(each))) != len(set(rule)) for each in shuffles[:20])
        widest = max(site.width_m for site in fuse(made))
        print(
            f"{name:28} {len(set(sites.values())):6} {lost(truth, joined):5} {precision:6.3f} {recall:6.3f} {widest:6.0f}m {changed:17} | "
            f"{len(set(rule))}, {', '.join(f'{share:.3f}' for share in agreement(truth, rule))}, {5 * moved}"
        )
    tell_listed(seed)
    many = [replace_id(each, run) for run in range(100) for each in made]
    start = time.perf_counter()
    print(f"{len(many):,} observations: {len(fuse(many)):,} sites in {time.perf_counter() - start:.1f} s")


def replace_id(one: Observation, run: int) -> Observation:
    place = Place(one.place.x + run % 10, one.place.y + run // 10, Frame.WGS84)
    return Observation(f"{one.id}/{run}", one.at, place, one.sigma_m, one.kind)


if __name__ == "__main__":
    main()
