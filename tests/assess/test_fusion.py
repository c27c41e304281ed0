"""Sites: the same for any order of arrival, stable under later data, none that swallows its neighbours."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.assess.fusion import densities, fuse, least_density, neighbours_per_m2, points_of
from cathartes.errors import BadInput
from cathartes.model import Clock, Frame, Instant, Observation, Place, Site

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAT, LON = 24.8, -107.4


def seen(name: str, east_m: float, north_m: float = 0.0, sigma_m: float = 20.0, hour: float = 0.0) -> Observation:
    """An observation this far from an invented corner."""
    place = Place(LON + east_m / (111_320 * cos(radians(LAT))), LAT + north_m / 110_770, Frame.WGS84)
    return Observation(name, Instant(START + timedelta(hours=hour), Clock.UTC), place, sigma_m, "gas-column")


def stream(seed: int, sites: int = 300, observations: int = 500, sigma_m: tuple[float, float] = (20.0, 60.0)) -> list[Observation]:
    """Installations in clusters, no two closer than 300 m, four in ten observations a repeat: drawn otherwise than fusion assumes."""
    draw = np.random.default_rng(seed)
    centres, spots = draw.uniform(0, 40_000, (sites // 6, 2)), list[tuple[float, float]]()
    while len(spots) < sites:
        east, north = centres[draw.integers(len(centres))] + draw.uniform(-1500, 1500, 2)
        if all(hypot(east - x, north - y) > 300 for x, y in spots):
            spots.append((float(east), float(north)))
    chosen = [*range(sites), *draw.integers(0, sites, observations - sites).tolist()]
    draw.shuffle(chosen)
    made = []
    for number, site in enumerate(chosen):
        sigma = float(draw.uniform(*sigma_m))
        east, north = draw.uniform(-60, 60, 2) + draw.normal(0, sigma, 2) + spots[site]
        made.append(seen(f"{site}/{number}", east, north, sigma, hour=number / 5))
    return made


def groups(sites: tuple[Site, ...]) -> dict[str, tuple[str, ...]]:
    return {site.id: tuple(each.id for each in site.observations) for site in sites}


def test_one_place_seen_twice_is_one_site_and_its_neighbour_another() -> None:
    found = fuse([seen("a", 0), seen("b", 60, hour=1), seen("c", 450, hour=2)])
    assert [[each.id for each in site.observations] for site in found] == [["a", "b"], ["c"]]


def test_the_point_is_the_mean_weighted_by_error_and_extent() -> None:
    site = fuse([seen("a", 0, sigma_m=0.0), seen("b", 100, sigma_m=50.0, hour=1)])[0]
    wanted = seen("", 100 / 3).place  # weights 1 / 50^2 and 1 / (50^2 + 50^2)
    assert (site.place.x, site.place.y) == pytest.approx((wanted.x, wanted.y), abs=1e-6)
    assert site.sigma_m == pytest.approx((1 / 2500 + 1 / 5000) ** -0.5)
    assert site.width_m == pytest.approx(100, rel=2e-3)


def test_a_repeat_is_taken_until_a_neighbour_is_as_likely_or_nine_in_ten_are_in() -> None:
    assert densities(3600.0, 7550.0)[1] == pytest.approx(np.exp(-0.18) / (2 * np.pi * 10_000))
    assert least_density(5000.0) == 1e-6
    assert least_density(5000.0, 3e-7) == 3e-7
    assert least_density(1e6) == pytest.approx(np.exp(-4.605 / 2) / (2 * np.pi * 1e6), rel=1e-3)  # 90 % of a two-dimensional Gaussian


def test_neighbours_are_counted_around_a_place_and_not_at_it() -> None:
    ring_m2 = np.pi * (1500**2 - 300**2)
    assert neighbours_per_m2([]) == pytest.approx(2 / (2e6 + ring_m2))
    assert neighbours_per_m2([10, 290, 400, 1400, 1600]) == pytest.approx(4 / (2e6 + ring_m2))


def test_how_large_sites_are_is_learnt_from_those_before() -> None:
    def pair_after(spread_m: float) -> int:
        known = [seen(f"{each}", 20_000.0 * (each // 2), spread_m * (each % 2), 5.0, each) for each in range(40)]
        return len(fuse([*known, seen("one", 0, -20_000, 5.0, hour=50), seen("two", 260, -20_000, 5.0, hour=51)])) - 20

    assert (pair_after(5.0), pair_after(120.0)) == (2, 1)


def test_a_site_learns_how_large_its_installation_is() -> None:
    def with_last(spread_m: float) -> int:
        known = [seen(f"{number}", spread_m * (number % 3 - 1), spread_m * (number // 3 - 1), 5.0, number) for number in range(9)]
        return len(fuse([*known, seen("last", 230, sigma_m=5.0, hour=10)]))

    assert (with_last(5.0), with_last(90.0)) == (2, 1)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_any_order_of_arrival_gives_the_same_sites(seed: int) -> None:
    made = stream(seed % 7, sites=60, observations=100)
    shuffled = random.Random(seed).sample(made, len(made))
    assert fuse(shuffled) == fuse(made)


@pytest.mark.parametrize("kept", [100, 300, 499])
def test_what_is_observed_later_changes_no_site_that_was_there(kept: int) -> None:
    made = stream(3)
    before, after = groups(fuse(made[:kept])), groups(fuse(made))
    assert all(after[name][: len(members)] == members for name, members in before.items())


def test_names_survive_late_and_withdrawn_data_when_the_earlier_run_is_known() -> None:
    made = stream(5)
    known, late = made[1::2], made[::2]
    earlier = {each.id: site.id for site in fuse(known) for each in site.observations}
    now = {each.id: site.id for site in fuse([*late, *known], earlier) for each in site.observations}
    assert {name: now[name] for name in earlier} == earlier
    left = [each for each in known if each.id != min(earlier)]
    assert {each.id: site.id for site in fuse(left, earlier) for each in site.observations}.items() <= earlier.items()


@pytest.mark.parametrize("sigma_m", [(5.0, 15.0), (20.0, 60.0), (40.0, 90.0)])
def test_repeats_are_fused_and_neighbours_kept_apart(sigma_m: tuple[float, float]) -> None:
    found = fuse(stream(11, sigma_m=sigma_m))
    mixed = sum(len({each.id.split("/")[0] for each in site.observations}) > 1 for site in found)
    assert 270 <= len(found) <= 318
    assert mixed <= 0.08 * len(found)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 300), st.floats(0, 250)), min_size=1, max_size=60))
def test_no_site_is_wider_than_its_limit_and_nothing_is_lost(spots: list[tuple[float, float, float]]) -> None:
    made = [seen(f"d{number}", *spot, hour=number) for number, spot in enumerate(spots)]
    found = fuse(made)
    assert all(site.width_m <= 500 for site in found)
    assert sorted(each.id for site in found for each in site.observations) == sorted(each.id for each in made)


def test_a_vague_observation_joins_and_does_not_swallow() -> None:
    found = fuse([seen("text", 0, sigma_m=900.0), seen("a", 600, hour=1), seen("b", -600, hour=2)])
    assert [[each.id for each in site.observations] for site in found] == [["text", "a"], ["b"]]
    assert found[0].width_m > 500


def test_an_observation_that_two_sites_explain_is_doubtful() -> None:
    found = fuse([seen("a", 0), seen("b", 320, hour=1), seen("c", 155, sigma_m=60.0, hour=2)])
    assert found[0].doubtful == ("c",)


def test_a_place_known_no_better_than_ten_kilometres_stays_by_itself() -> None:
    assert len(fuse([seen("a", 0), seen("lost", 10, sigma_m=12_000, hour=1)])) == 2


def test_sites_cross_the_antimeridian_and_the_pole() -> None:
    east = replace(seen("a", 0), place=Place(179.9999, 10.0, Frame.WGS84))
    west = replace(seen("b", 0, hour=1), place=Place(-179.9999, 10.0, Frame.WGS84))
    pole = [replace(seen(f"p{lon}", 0), place=Place(lon, 89.9999, Frame.WGS84)) for lon in (0.0, 120.0, -120.0)]
    assert sorted(len(site.observations) for site in fuse([east, west, *pole])) == [2, 3]


def test_the_same_observation_twice_counts_once_and_a_changed_one_is_refused() -> None:
    one = seen("a", 0)
    assert len(fuse([one, one])[0].observations) == 1
    with pytest.raises(BadInput, match="two different observations"):
        fuse([one, seen("a", 9)])


def test_a_corrected_founder_does_not_take_the_name_of_the_site_it_left() -> None:
    earlier = {each.id: site.id for site in fuse([seen("a", 0), seen("b", 50, hour=1)]) for each in site.observations}
    moved = fuse([seen("a", 5000), seen("b", 50, hour=1), seen("c", 60, hour=2)], earlier)
    assert len({site.id for site in moved}) == 2


def test_a_local_frame_is_refused_and_nothing_is_no_site() -> None:
    assert fuse([]) == ()
    with pytest.raises(BadInput, match="local frame"):
        points_of([Place(0, 0, Frame.LOCAL)])
