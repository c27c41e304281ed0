"""Gas in cubes, against simulated scenes that know nothing of the retrieval, and one whose truth we did not draw."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt
from shapely import Point, Polygon

from cathartes.detect import cube_look, cube_reading, cube_signal
from cathartes.detect.cube_background import Background, Sums, background_of, sums_of
from cathartes.detect.cube_gain import gain_of
from cathartes.detect.cube_journal import Journal
from cathartes.detect.cube_levels import column_means, gas_in_means
from cathartes.detect.cube_maps import Maps, Target, columns_of, filter_of, target_of
from cathartes.detect.cube_presence import LEAST_COLUMN, LEVELS, NEARBY, NO_GROUND, Presence, decision, least_score, neighbourhood
from cathartes.detect.cube_reading import Layers
from cathartes.detect.cube_retrieval import UNEVEN, plume_pixels, quietest, stands_out, telling_strips, unevenness
from cathartes.detect.cube_signal import Strip, reflected_signal
from cathartes.detect.gas_cube import find_gases
from cathartes.detect.naming import NONE_OF_THESE, Spectrum, explains, ground_in, name
from cathartes.detect.plumes import blobs_of
from cathartes.earth.signatures import Response, library
from cathartes.errors import BadInput
from cathartes.model import CubeFindings, GasImage
from cathartes.model.cube import SEEN, Seen
from cathartes.model.place import Ring
from tests.cubes import LWIR_NM, SWIR_NM, InMemory, Scene, absorption_of, ranked, sunlit, thermal

SHARED = Path(__file__).parents[3] / "shared" / "data" / "chem-imaging" / "swir_synth_small.npz"
CH4 = [library()["ch4"]]


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture(scope="module")
def scene() -> Scene:
    return sunlit(1)


@pytest.fixture(scope="module")
def found(scene: Scene, executor: Executor) -> CubeFindings:
    return look(scene, executor)


@pytest.fixture(scope="module")
def others(executor: Executor) -> list[tuple[Scene, CubeFindings]]:
    scenes = [sunlit(seed) for seed in range(20, 26)]
    return [(each, look(each, executor)) for each in scenes]


def look(scene: Scene, executor: Executor) -> CubeFindings:
    return find_gases(scene.cube(), CH4, None, ("digest",), executor, lambda step, fraction: None)


def bias(image: GasImage, truth: np.ndarray, low: float, high: float) -> float:
    inside = (truth > low) & (truth < high)
    return float(image.column[inside].mean() / truth[inside].mean() - 1.0)


def test_plumes_are_found_on_ground_that_varies(scene: Scene, found: CubeFindings) -> None:
    area, best = ranked(scene.truth > 200.0, found.images[0].probability)
    assert area > 0.85
    assert best > 0.75


def test_columns_are_right_with_another_table_of_the_gas(others: list[tuple[Scene, CubeFindings]]) -> None:
    truth = np.concatenate([scene.truth.ravel() for scene, _ in others])
    column = np.concatenate([found.images[0].column.ravel() for _, found in others])
    for low, high in ((300.0, 1000.0), (1000.0, 3000.0), (3000.0, 1e9)):
        inside = (truth > low) & (truth < high)
        assert abs(column[inside].mean() / truth[inside].mean() - 1.0) < 0.15


def test_ground_darker_where_a_gas_absorbs_does_not_hide_some_of_it() -> None:
    slope, columns = np.array([-3e-5, -1e-5, -2e-5, -4e-5]), np.linspace(0.0, 8000.0, 80)
    one = filter_of(
        Background(np.zeros((1, 4)), np.eye(4), by_column=False), Target("gas", Response(columns, np.expm1(np.outer(columns, slope))))
    )
    ground = np.array([0.0, 0.8, 0.0, -0.2])  # the filter does not answer to it, but a gas dims it by 8 % less than the mean ground
    seen = (1.0 + ground) * np.exp(2000.0 * slope) - 1.0
    answer, lit = one.row @ seen, 1.0 + one.lit @ seen
    assert columns_of(np.array([answer / lit], np.float32), one)[0] == pytest.approx(2000.0, rel=0.01)


def test_a_strong_plume_tells_how_much_a_shifted_spectrometer_sees_of_its_gas() -> None:
    smooth = np.exp(-0.5 * (np.subtract.outer(SWIR_NM, SWIR_NM) / 50.0) ** 2)
    background = Background(np.zeros((1, len(SWIR_NM))), 1e-5 * np.eye(len(SWIR_NM)) + 1e-3 * smooth, by_column=False)
    gas = target_of(CH4[0], SWIR_NM, np.full(len(SWIR_NM), 8.8))
    one, some = filter_of(background, gas), np.ones(30, np.float32)
    for response in (gas.response, gas.astray[0]):
        seen = response.change[5]
        sums = Sums(np.full(1, 30.0), 30.0 * seen[None], np.zeros((0, 0)))
        gain = gain_of(sums, background, SWIR_NM, gas, one, some * np.float32(one.row @ seen), some, some)
        assert gain == pytest.approx(one.row @ seen / (one.row @ gas.response.change[5]), abs=0.005)


def test_nine_intervals_in_ten_hold_the_column(scene: Scene, found: CubeFindings) -> None:
    image = found.images[0]
    held = np.abs(image.column - scene.truth) < 1.645 * image.sd
    assert 0.87 < held.mean() < 0.93
    assert 0.8 < held[scene.truth > 200.0].mean() < 0.97


def test_on_ground_without_gas_there_are_not_three_times_the_false_alarms_stated(executor: Executor) -> None:
    shape = (160, 100)
    found = [look(sunlit(seed, truth=np.zeros(shape), shape=shape), executor) for seed in range(40, 48)]
    real = np.mean([(each.images[0].probability > 0.5).mean() for each in found])
    assert real < 3 * np.mean([each.sought[0].false_alarm_rate for each in found])


def test_around_plumes_the_stated_rate_lies_between_no_gas_at_all_and_too_little_to_matter(
    others: list[tuple[Scene, CubeFindings]],
) -> None:
    none, little = (
        np.mean([(found.images[0].probability > 0.5)[scene.truth <= most].mean() for scene, found in others]) for most in (0.0, 200.0)
    )
    assert none < np.mean([found.sought[0].false_alarm_rate for _, found in others]) < little


@pytest.mark.parametrize(("seed", "columns", "width"), [(5, 120, 30), (500, 80, 48), (501, 80, 48), (502, 160, 160)])
@pytest.mark.parametrize("column", [2000.0, 8000.0])
def test_a_plume_over_half_of_sixty_lines_does_not_vanish_into_the_background(
    seed: int, columns: int, width: int, column: float, executor: Executor
) -> None:
    truth = np.zeros((60, columns))
    truth[:30, :width] = column
    image = look(sunlit(seed, truth=truth, shape=truth.shape), executor).images[0]
    assert abs(bias(image, truth, 400.0, 1e9)) < 0.3


@pytest.mark.parametrize(("seed", "lines", "columns"), [(300, 60, 100), (304, 60, 100), (303, 240, 60), (639, 240, 60)])
def test_a_weak_plume_over_half_of_the_lines_is_not_learnt_as_ground(seed: int, lines: int, columns: int, executor: Executor) -> None:
    truth = np.zeros((lines, columns))
    truth[: lines // 2, :60] = 700.0
    image = look(sunlit(seed, truth=truth, shape=truth.shape), executor).images[0]
    assert abs(bias(image, truth, 400.0, 1e9)) < 0.3


def test_patches_of_ground_that_stand_out_beside_a_faint_plume_are_not_called_gas(executor: Executor) -> None:
    scene = sunlit(105, peaks=(500.0,))
    assert (look(scene, executor).images[0].probability > 0.5)[scene.truth == 0.0].mean() < 1e-3


def test_a_plume_is_likelier_where_it_goes_on_than_elsewhere() -> None:
    score = np.zeros((60, 60), np.float32)
    score[30, 30] = 6.0
    given = neighbourhood(score)
    assert given[30, 30] == pytest.approx(NEARBY)
    assert given[30, 45] == pytest.approx(NEARBY * np.exp(-0.5))
    assert (neighbourhood(score / 2.0) == 0.0).all()


def test_a_pixel_counts_from_a_share_of_the_noise_equivalent_column_on() -> None:
    zero, floor = np.zeros((1, 3), np.float32), np.array([[10.0, 20.0, 40.0]], np.float32)
    maps = Maps(zero, zero, floor, zero, zero > 0, equal=60.0)
    np.testing.assert_allclose(least_score(maps), LEAST_COLUMN * np.array([[3.0 * np.sqrt(2.0), 3.0, 3.0 / np.sqrt(2.0)]]), rtol=1e-6)


def test_where_nothing_is_stronger_than_ground_many_scores_above_the_noise_are_ground() -> None:
    false = 0.16 * np.exp(-0.5 * LEVELS**2)
    above = np.where(LEVELS < NO_GROUND - 0.1, 5.0 * false, 0.0)
    doubtful, _ = decision(false, above, 20_000)
    sure, _ = decision(false, above + 1e-4, 20_000)
    assert sure < 3.0 < doubtful
    assert np.interp(doubtful, LEVELS, false) * 20_000 < 0.5


def test_a_pond_too_dark_to_tell_holds_no_plume_and_does_not_change_what_is_found_beside_it(
    scene: Scene, found: CubeFindings, executor: Executor
) -> None:
    radiance = scene.radiance.copy()
    pond = np.s_[200:240, :60]
    radiance[pond] = 0.01 * radiance[pond] + 0.01 * np.random.default_rng(1).standard_normal(radiance[pond].shape)
    image = look(scene._replace(radiance=radiance), executor).images[0]
    assert (image.seen[pond] == SEEN.index(Seen.DARK)).mean() > 0.95
    assert (image.probability[pond][5:, :-5] < 0.5).all()
    there = np.s_[:190]
    assert np.mean((image.probability[there] > 0.5) != (found.images[0].probability[there] > 0.5)) < 0.01


def test_a_dead_column_does_not_cut_a_plume_in_two() -> None:
    likely = np.zeros((20, 20), np.float32)
    likely[5:10, 3:15] = 0.9
    likely[:, 8] = np.nan
    whole = blobs_of(Presence(likely * 10, likely, 3.0, 1e-3, 0.2))
    assert [blob.inside.sum() for blob in whole] == [55]


def test_probabilities_never_tie_where_scores_differ(found: CubeFindings) -> None:
    likely = found.images[0].probability
    assert len(np.unique(likely)) > 0.99 * likely.size


def test_ground_without_gas_has_no_plume(executor: Executor) -> None:
    empty = sunlit(6, truth=np.zeros((200, 100)), shape=(200, 100))
    plumes = look(empty, executor).plumes
    assert sum(plume.pixels for plume in plumes) < 0.005 * empty.truth.size


def test_the_same_bits_whatever_is_read_at_once(scene: Scene, found: CubeFindings) -> None:
    with ThreadPoolExecutor(1) as alone:
        again = look(scene, alone)
    np.testing.assert_array_equal(again.images[0].column, found.images[0].column)
    assert again.plumes == found.plumes


def test_what_is_missing_stays_missing_and_spoils_nothing_else(scene: Scene, found: CubeFindings, executor: Executor) -> None:
    radiance = scene.radiance.copy()
    radiance[10, 20, 5] = np.nan
    radiance[:, 30] = np.nan
    radiance[:, :, 7] = np.nan
    radiance[50, 50] = -0.01
    image = look(scene._replace(radiance=radiance), executor).images[0]
    not_measured = image.seen == SEEN.index(Seen.NOT_MEASURED)
    assert not_measured[10, 20]
    assert not_measured[:, 30].all()
    assert not_measured.sum() == len(scene.truth) + 1
    assert image.seen[50, 50] == SEEN.index(Seen.DARK)
    rest = ~not_measured
    assert np.corrcoef(image.column[rest], found.images[0].column[rest])[0, 1] > 0.9


class Damaged(InMemory):
    """A file of which lines 40 to 44 cannot be read."""

    def __call__(self, first: int, end: int, bands: np.ndarray) -> np.ndarray:
        if first < 45 and end > 40:
            raise OSError("a bad sector")
        return super().__call__(first, end, bands)


def test_lines_that_cannot_be_read_are_counted_and_the_rest_is_delivered(scene: Scene, executor: Executor) -> None:
    cube = scene.cube()
    object.__setattr__(cube, "tile", Damaged(scene.radiance))
    found = find_gases(cube, CH4, None, (), executor, lambda step, fraction: None)
    assert found.damaged_lines == 5
    assert np.isnan(found.images[0].column[40:45]).all()
    assert np.isfinite(found.images[0].column[:40]).all()


def test_a_cube_without_the_bands_of_the_gas_is_refused(scene: Scene, executor: Executor) -> None:
    visible = scene._replace(wavelength_nm=scene.wavelength_nm - 1500.0)
    with pytest.raises(BadInput, match="bands"):
        look(visible, executor)


def test_a_strip_is_never_the_whole_cube(scene: Scene) -> None:
    pieces = cube_signal.strips_of(scene.cube())
    assert pieces[0][0] == 0
    assert pieces[-1][1] == len(scene.truth)
    assert all((end - first) * scene.truth.shape[1] <= cube_signal.STRIP_PIXELS for first, end in pieces)


def vapour(gas: str, seed: int, column: float) -> Scene:
    """A round cloud of one gas over warm ground."""
    y, x = np.mgrid[:120, :120]
    cloud = column * np.exp(-((x - 60.0) ** 2 + (y - 50.0) ** 2) / (2 * 9.0**2))
    return thermal(seed, absorption_of(library()[gas], seed), np.where(cloud < 0.01 * column, 0.0, cloud))


@pytest.mark.parametrize(("gas", "column"), [("sf6", 4.0), ("acetone", 300.0), ("dichloromethane", 150.0), ("pce", 40.0)])
def test_a_vapour_is_named_and_its_column_measured(gas: str, column: float, executor: Executor) -> None:
    scene = vapour(gas, 7, column)
    found = find_gases(scene.cube(air_temperature_k=293.0), [], None, (), executor, lambda step, fraction: None)
    assert found.plumes[0].gas == gas
    assert found.plumes[0].names[gas] > 0.5
    image = next(each for each in found.images if each.gas == gas)
    thick = scene.truth > 0.5 * column
    assert abs(np.mean(image.column[thick]) / np.mean(scene.truth[thick]) - 1.0) < 0.25


@pytest.mark.parametrize(("air_k", "told"), [(293.0, "cube.air-cooler"), (308.0, "cube.air-warmer")])
def test_a_vapour_is_named_whether_unmeasured_air_is_cooler_than_the_ground_or_warmer(air_k: float, told: str, executor: Executor) -> None:
    y, x = np.mgrid[:100, :100]
    cloud = 300.0 * np.exp(-((x - 60.0) ** 2 + (y - 50.0) ** 2) / (2 * 9.0**2))
    scene = thermal(7, absorption_of(library()["acetone"], 7), np.where(cloud < 3.0, 0.0, cloud), air_k=air_k)
    found = find_gases(scene.cube(), [], None, (), executor, lambda step, fraction: None)
    assert found.plumes[0].gas == "acetone"
    assert told in {note.key for note in found.notes}


@pytest.mark.parametrize(("lines", "bands", "told"), [(200, 285, 200), (240, 50, 240), (960, 50, 120), (960, 400, 300)])
def test_a_background_is_told_by_so_many_lines_and_pixels_as_its_bands_need(lines: int, bands: int, told: int) -> None:
    strips = telling_strips(sunlit(3, shape=(2, 400))._replace(truth=np.zeros((lines, 400))).cube(), bands)
    assert sum(end - first for first, end in strips) == told
    assert all(end <= first for (_, end), (first, _) in pairwise(strips))


def test_what_rounding_leaves_of_a_column_without_pixels_does_not_enter_the_background(scene: Scene) -> None:
    signal = reflected_signal(scene.cube(), CH4[0])
    sums = sums_of(Strip(signal, 0, 40, scene.radiance[:40].reshape(-1, 50)), 100)
    sums.weight[:2], sums.first[:2] = 0.0, 0.0
    left = Sums(sums.weight.copy(), sums.first.copy(), sums.second)
    left.weight[:2], left.first[:2] = (-1e-13, 1e-13), 1e-5
    slope = CH4[0].response(signal.wavelength_nm, scene.fwhm_nm).slope
    backgrounds = [background_of(each, signal, slope) for each in (sums, left)]
    np.testing.assert_allclose(*(each.covariance for each in backgrounds), rtol=1e-4, atol=1e-9)


def test_a_column_of_pixels_has_no_gas_in_the_mean_of_those_without() -> None:
    answer = np.random.default_rng(4).standard_normal((800, 3)).astype(np.float32) + np.array([0.5, -0.5, 7.0], np.float32)
    excluded = np.zeros(answer.shape, bool)
    excluded[:, 2] = True
    excluded[:200, 0], answer[:200, 0] = True, 9.0
    np.testing.assert_allclose(column_means(answer, np.ones_like(answer), excluded), [0.5, -0.5, 0.0], atol=0.1)


def test_what_lies_around_a_sure_plume_tells_no_background_whatever_it_holds(scene: Scene) -> None:
    answer = np.random.default_rng(4).standard_normal((60, 60)).astype(np.float32)
    answer[28:33, 28:33] += 20.0
    cube = scene.cube()
    found, around = plume_pixels([answer], np.ones_like(answer), reflected_signal(cube, CH4[0]), None)
    assert found[28:33, 28:33].all()
    assert around[24:37, 24:37].all()
    assert not around[:18].any()


def test_only_what_could_pass_for_gas_is_asked_how_unlike_the_others_it_is() -> None:
    answer = np.random.default_rng(4).standard_normal((60, 60)).astype(np.float32)
    answer[20:24, 20:24] += 3.0
    asked = stands_out([answer], np.zeros(answer.shape, bool))
    assert asked[20:24, 20:24].all()
    assert asked.mean() < 0.3


@pytest.mark.parametrize("by_column", [True, False])
def test_thin_gas_around_a_plume_is_told_in_the_means_it_lies_in(by_column: bool) -> None:
    excluded, noise = np.zeros((120, 60), bool), np.full((120, 60), 0.1, np.float32)
    excluded[40:80, 25:35] = True
    gas = np.where(distance_transform_edt(~excluded) <= 6.0, np.float32(1.0), np.float32(0.0))
    held = np.broadcast_to(np.nanmean(np.where(excluded, np.nan, gas), axis=0 if by_column else None), 60)
    answer = gas - held + noise * np.random.default_rng(4).standard_normal(gas.shape).astype(np.float32)
    told = gas_in_means(answer.astype(np.float32), noise, excluded, by_column=by_column)
    np.testing.assert_allclose(np.broadcast_to(told, 60), held, atol=0.05)
    assert not gas_in_means(answer.astype(np.float32), noise, np.zeros_like(excluded), by_column=by_column).any()


def test_answers_are_uneven_where_something_wide_is_left_in_them() -> None:
    answer = np.random.default_rng(4).standard_normal((120, 60)).astype(np.float32)
    calm = np.zeros(answer.shape, bool)
    assert abs(unevenness(answer, calm) - 1.0) < 0.1
    answer[:60] += 1.0
    assert unevenness(answer, calm) > UNEVEN


def test_the_quieter_of_two_filters_is_taken_where_it_is_clearly_quieter() -> None:
    noise = np.random.default_rng(1).standard_normal((60, 60)).astype(np.float32)
    answers = Layers([lambda: (np.stack((noise, 0.9 * noise, 0.97 * noise)),)])
    calm = np.zeros(noise.shape, bool)
    assert quietest(answers, (0, 1), calm) == 1
    assert quietest(answers, (0, 2), calm) == 0


def test_what_a_band_does_that_no_other_foretells_is_noise_and_not_ground() -> None:
    ground, noise = np.outer([1.0, 2.0, -1.0, 0.5] * 8, [1.0, 2.0, -1.0, 0.5] * 8), 0.1 * np.eye(32)
    np.testing.assert_allclose(ground_in(ground + noise), ground, atol=0.02)


@pytest.mark.parametrize(("gas", "column"), [("acetone", 900.0), ("dichloromethane", 500.0), ("ethyl-acetate", 150.0)])
def test_a_gas_the_library_lacks_is_none_of_these(gas: str, column: float, executor: Executor, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = vapour(gas, 8, column)
    others = {key: signature for key, signature in library().items() if key != gas}
    monkeypatch.setattr(cube_look, "library", lambda: others)
    found = find_gases(scene.cube(air_temperature_k=293.0), [], None, (), executor, lambda step, fraction: None)
    assert all(plume.gas is None for plume in found.plumes)


@pytest.mark.parametrize("factor", [1.0, 0.1, 100.0])
def test_thermal_radiance_of_an_unstated_unit_is_told_by_the_temperature_of_the_ground(factor: float, executor: Executor) -> None:
    scene = vapour("sf6", 9, 4.0)
    other = scene._replace(radiance=scene.radiance * np.float32(factor))
    given, unstated = (each.cube(air_temperature_k=293.0) for each in (scene, other))
    cubes = (given, replace(unstated, is_calibrated=False))
    stated, guessed = (find_gases(each, [library()["sf6"]], None, (), executor, lambda step, fraction: None) for each in cubes)
    one, other_one = stated.images[0], guessed.images[0]
    assert np.abs((one.column - other_one.column) / one.sd).max() < 0.2


@pytest.mark.parametrize(("bands", "seed"), [((860.0, 1010.0, 1180.0), 21), ((905.0, 1120.0), 22), ((1075.0, 1240.0), 23)])
def test_a_gas_that_nobody_has_measured_gets_no_name(bands: tuple[float, ...], seed: int, executor: Executor) -> None:
    wavenumber = 1e7 / LWIR_NM
    absorption = 2e-4 * sum(np.exp(-0.5 * ((wavenumber - band) / 18.0) ** 2) for band in bands)
    y, x = np.mgrid[:120, :120]
    cloud = 400.0 * np.exp(-((x - 60.0) ** 2 + (y - 50.0) ** 2) / (2 * 9.0**2))
    scene = thermal(seed, absorption, np.where(cloud < 4.0, 0.0, cloud))
    found = find_gases(scene.cube(air_temperature_k=293.0), [], None, (), executor, lambda step, fraction: None)
    assert all(plume.gas is None for plume in found.plumes)


def test_noise_is_named_after_no_gas() -> None:
    vapours = [gas for gas in library().values() if gas.is_thermal]
    signal = cube_signal.thermal_signal(vapour("sf6", 9, 4.0).cube(), vapours, 293.0)
    targets = [Target(gas.key, gas.response(LWIR_NM, np.full(128, 48.0))) for gas in vapours]
    random = np.random.default_rng(5)
    for seen in 0.01 * random.standard_normal((4, 128)):
        names = name(Spectrum(seen, (1e-4 * np.eye(128), 1.1e-4 * np.eye(128))), signal, targets, signal.lit).names
        assert max(share for gas, share in names.items() if gas != NONE_OF_THESE) < 0.5


def test_a_gas_is_refuted_where_it_explains_less_than_half_beyond_the_noise() -> None:
    seen, precision = np.array([3.0, 2.0, 0.0, 0.0]), np.eye(4)  # squared distance 13, of which noise alone would give 4
    assert explains(seen, np.array([2.0, 0.5, 0.0, 0.0]), precision)  # leaves 3.25
    assert not explains(seen, np.array([0.0, 2.0, 0.0, 0.0]), precision)  # leaves 9


def test_ground_as_warm_as_the_air_could_not_be_looked_at(executor: Executor) -> None:
    scene = vapour("sf6", 9, 4.0)
    image = find_gases(scene.cube(air_temperature_k=300.0), [library()["sf6"]], None, (), executor, lambda step, fraction: None).images[0]
    blind = image.seen == SEEN.index(Seen.NO_CONTRAST)
    assert 0.05 < blind.mean() < 0.6
    assert np.isnan(image.limit[blind]).all()


def test_a_plume_at_the_limit_of_what_was_sought_and_not_found_would_have_been_noticed(executor: Executor) -> None:
    shape, noticed = (120, 100), []
    for seed in (310, 311, 312):
        limit = look(sunlit(seed, truth=np.zeros(shape), shape=shape), executor).sought[0].limit
        for line, column in ((30, 20), (60, 70), (90, 40)):
            truth = np.zeros(shape)
            truth[line : line + 4, column : column + 4] = limit[line : line + 4, column : column + 4].max()
            plumes = look(sunlit(seed, truth=truth, shape=shape), executor).plumes
            noticed.append(any(inside(plume.outline, line + 2, column + 2) for plume in plumes))
    assert sum(noticed) >= 7


def inside(outline: tuple[Ring, ...], line: float, column: float) -> bool:
    return bool(Polygon(outline[0]).buffer(1.5).contains(Point(column, line)))


class Killed(InMemory):
    """A file that is read so many times, and then the machine stops."""

    def __init__(self, radiance: np.ndarray, left: float) -> None:
        super().__init__(radiance)
        self.read, self.left = 0, left

    def __call__(self, first: int, end: int, bands: np.ndarray) -> np.ndarray:
        self.read += 1
        if self.read > self.left:
            raise KeyboardInterrupt
        if first < 105 and end > 102:
            raise OSError("a bad sector")
        return super().__call__(first, end, bands)


@pytest.mark.parametrize("stops_after", [0.45, 0.6, 0.75, 0.9])
def test_a_run_that_was_stopped_goes_on_with_the_same_bits(
    stops_after: float, scene: Scene, executor: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cube_reading, "KEPT_BYTES", 0)
    monkeypatch.setattr(cube_signal, "STRIP_PIXELS", 1000)
    monkeypatch.setattr(cube_reading, "BLOCK_STRIPS", 3)

    def run(left: float, journal: Journal) -> tuple[CubeFindings, int]:
        tiles = Killed(scene.radiance, left)
        cube = replace(scene.cube(), tile=tiles)
        return find_gases(cube, CH4, None, (), executor, lambda step, fraction: None, journal), tiles.read

    whole, needed = run(np.inf, Journal())
    journal = Journal(tmp_path / "unfinished")
    with pytest.raises(KeyboardInterrupt):
        run(stops_after * needed, journal)
    again, read = run(np.inf, journal)
    assert read < needed
    assert again.plumes == whole.plumes
    assert again.damaged_lines == whole.damaged_lines == 3
    for layer in ("column", "sd", "probability", "limit", "seen"):
        np.testing.assert_array_equal(getattr(again.images[0], layer), getattr(whole.images[0], layer))
    assert again.retrieval_cpu_s > 0.5 * whole.retrieval_cpu_s


def test_every_vapour_that_was_sought_says_down_to_which_column_and_where_it_could_not_see(executor: Executor) -> None:
    scene = vapour("sf6", 9, 4.0)
    found = find_gases(scene.cube(air_temperature_k=300.0), [], None, (), executor, lambda step, fraction: None)
    assert {each.gas for each in found.sought} == {key for key, gas in library().items() if gas.is_thermal}
    for each in found.sought:
        assert sum(each.pixels.values()) == scene.truth.size
        assert 0.05 < each.pixels[Seen.NO_CONTRAST] / scene.truth.size < 0.6
        assert np.isnan(each.limit).mean() == pytest.approx(each.pixels[Seen.NO_CONTRAST] / scene.truth.size)
    limits = {each.gas: each.limit_ppm_m for each in found.sought}
    assert limits["sf6"] < limits["pce"] < limits["acetone"] < limits["acetonitrile"]  # noise columns of the field: .4, 4, 60, 858


@pytest.mark.skipif(not SHARED.exists(), reason="swir_synth_small.npz is not here")
def test_the_shared_scene_is_found_and_measured(executor: Executor) -> None:
    given = np.load(SHARED)
    truth = given["truth_ppmm"].astype(np.float64)
    shared = Scene(given["radiance"] * 10.0, given["wavelength_nm"].astype(float), given["fwhm_nm"].astype(float), truth)
    image = look(shared, executor).images[0]
    area, best = ranked(truth > 200.0, image.probability)
    assert area > 0.9
    assert best > 0.85
    for low, high in ((300.0, 1000.0), (1000.0, 3000.0), (3000.0, 1e9)):
        assert abs(bias(image, truth, low, high)) < 0.1
