"""Movement on simulated pictures with truth: found where it is, nowhere else, and told picture by picture."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from cathartes.detect.movement.detector import MovementDetector
from cathartes.detect.movement.difference import shown
from cathartes.detect.movement.following import Chain, follow, most_followed, without_parts
from cathartes.detect.movement.links import Sighting, tracks
from cathartes.detect.movement.parallax import parallaxes, tall
from cathartes.detect.movement.pictures import distinct
from cathartes.detect.movement.pictures import series as pictures_of
from cathartes.detect.movement.stabilise import chained, motion, motions, symbols
from cathartes.errors import BadInput
from cathartes.messages import LANGUAGES, say
from cathartes.model import DetectionKind, Flight
from cathartes.readers.motion.reader import MotionReader

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "aphill_short.ts"
COUNT, SIDE = 14, 220
PATHS = {0: ((40.0, 20.0), (3.0, 9.0)), 1: ((180.0, 200.0), (-5.0, -6.0))}
"""Row and column at the start, and per picture."""


def ground(seed=5, side=SIDE + 120):
    rng = np.random.default_rng(seed)
    image = sum(
        weight * cv2.resize(rng.normal(size=(cells, cells)), (side, side), interpolation=cv2.INTER_CUBIC)
        for cells, weight in ((8, 20), (40, 14), (170, 8))
    )
    return image + 115


def pictures(drift=(0.0, 0.0), paths=PATHS, logo=False):
    rng, wide = np.random.default_rng(6), ground()
    series = []
    for number in range(COUNT):
        shift = np.float32([[1, 0, -60 - drift[1] * number], [0, 1, -60 - drift[0] * number]])
        image = cv2.warpAffine(wide, shift, (SIDE, SIDE)) + rng.normal(size=(SIDE, SIDE)) * 2
        for start, step in paths.values():
            row, column = (round(at + by * number) for at, by in zip(start, step, strict=True))
            image[max(0, row - 2) : row + 3, max(0, column - 4) : column + 5] = 235
        series.append(np.clip(image, 0, 255).astype(np.uint8))
        if logo:
            cv2.putText(series[-1], "EO 12", (20, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2)
    return series


def in_folder(folder, series):
    for number, picture in enumerate(series):
        cv2.imwrite(str(folder / f"f{number:03}.png"), picture)
    return folder


@pytest.mark.parametrize("drift", [(0.0, 0.0), (1.7, -2.4)])
def test_two_vehicles_are_two_tracks_within_two_pixels_and_nothing_else_moves(tmp_path, drift):
    found = follow(in_folder(tmp_path, pictures(drift)))
    assert len(np.unique(found.track)) == 2
    off = []
    for picture, row, column in zip(found.picture, found.row, found.column, strict=True):
        places = [np.array(start) + np.array(step) * picture for start, step in PATHS.values()]
        off.append(min(float(np.hypot(*(place - (row, column)))) for place in places))
    assert np.median(off) < 1.0
    assert max(off) < 3.0
    assert len(found.picture) >= 2 * (COUNT - 2)


def test_a_still_scene_has_no_movement(tmp_path):
    assert len(follow(in_folder(tmp_path, pictures((1.3, 0.8), {}))).track) == 0


def test_looks_that_follow_less_do_not_end_the_search_for_better_ones():
    def chain(length, pace):
        return Chain(np.arange(length), np.outer(np.arange(length), (6 * pace, 8 * pace)), 10.0, pace)

    found = {1: [chain(4, 0.2)], 2: [chain(9, 0.3)], 3: [chain(8, 0.3)], 5: [chain(30, 0.7)] * 6, 8: [chain(20, 0.7)] * 6}
    assert most_followed(found.__getitem__, 100) is found[5]
    assert most_followed(found.__getitem__, 30) is found[2]  # too few pictures for every fifth
    found[2] = [chain(9, 2.0)] * 6  # what seems quick in a few looks ends nothing either
    assert most_followed(found.__getitem__, 100) is found[5]


def test_a_few_short_fast_tracks_do_not_end_the_search_for_slow_things():
    def chain(length, pace, side=10.0):
        return Chain(np.arange(length), np.outer(np.arange(length), (0.6 * side * pace, 0.8 * side * pace)), side, pace)

    found = {1: [chain(20, 0.1), chain(3, 2.0), chain(3, 2.0)], 2: [chain(20, 0.7)]}
    assert most_followed(found.__getitem__, 16) is found[2]
    halves = {1: [chain(20, 0.4, 5.0), chain(20, 0.4, 5.0)], 2: [chain(20, 0.7, 10.0)]}
    assert most_followed(halves.__getitem__, 16) is halves[2]  # a whole thing counts for more than two parts of it


def test_too_few_things_tell_no_pace_and_fewer_looks_must_then_show_clearly_more():
    def chains(count, length):
        return [Chain(np.arange(length), np.outer(np.arange(length), (6.0, 8.0)), 10.0, 1.0)] * count

    much_more, hardly_more = ({1: chains(5, 5), 2: chains(6, length)} for length in (12, 7))
    assert most_followed(much_more.__getitem__, 20) is much_more[2]
    assert most_followed(hardly_more.__getitem__, 20) is hardly_more[1]
    assert most_followed({1: chains(6, 5)}.__getitem__, 20)  # at that pace, every second is not asked for


def test_what_is_small_beside_the_rest_and_stays_near_is_a_part_and_what_is_small_and_goes_far_is_none():
    def chain(length, travel):
        return Chain(np.arange(8), np.outer(np.linspace(0, travel, 8), (0.6, 0.8)), length, 1.0)

    vehicles, part, small, lorry = [chain(12.0, 80)] * 5, chain(5.0, 30), chain(5.0, 60), chain(22.0, 150)
    assert without_parts([*vehicles, part, small, lorry]) == [*vehicles, small, lorry]
    assert without_parts([vehicles[0], part]) == [vehicles[0], part]  # two things tell no usual length


def roofs_at(rng, count):
    """Row and column of each, its height and its grey level."""
    return [(*rng.integers(15, SIDE - 15, 2), rng.uniform(0.3, 1.0), int(rng.integers(30, 220))) for _ in range(count)]


def leaning(lean, roofs=40):
    """Registered pictures of roofs that lean to and fro with the view, each as far as it is high, and a vehicle between them."""
    rng, wide = np.random.default_rng(8), ground()[60 : 60 + SIDE, 60 : 60 + SIDE]
    blocks = roofs_at(rng, roofs)
    series = []
    for number in range(COUNT):
        image = wide + rng.normal(size=(SIDE, SIDE)) * 2
        for row, column, height, grey in blocks:
            at = (column + height * lean * np.sin(number / 6), row + height * lean * np.cos(number / 9))
            cv2.circle(image, (round(at[0] * 16), round(at[1] * 16)), 5 * 16, grey, -1, cv2.LINE_AA, 4)
        cv2.circle(image, (10 + 13 * number, 110 + number), 4, 250, -1)
        series.append(np.clip(image, 0, 255).astype(np.uint8))
    return series


def test_tall_things_that_stand_make_no_tracks_and_the_vehicle_between_them_does(tmp_path):
    found = follow(in_folder(tmp_path, leaning(22.0)))
    assert len(np.unique(found.track)) <= 6  # of 24 that `links` makes
    off = [
        np.hypot(row - 110 - number, column - 10 - 13 * number)
        for number, row, column in zip(found.picture, found.row, found.column, strict=True)
    ]
    assert np.sum(np.array(off) < 4) >= 8


def test_the_edges_of_roofs_are_tall_and_a_vehicle_that_drives_between_them_is_not():
    series, plane = leaning(22.0, roofs=25), [np.eye(3)] * COUNT
    found = parallaxes(series, plane[1:], plane, np.ones((SIDE, SIDE), np.bool_))
    roofs, lean = roofs_at(np.random.default_rng(8), 25), 22 * np.array((np.sin(5 / 6), np.cos(5 / 9)))
    edges = [(5, 5 + column + high * lean[0], row + high * lean[1]) for row, column, high, _ in roofs]
    assert tall(sightings(edges), series, plane, found).mean() > 0.8
    vehicle = sightings([(number, 10 + 13 * number, 110 + number) for number in range(COUNT)])
    assert tall(vehicle, series, plane, found).sum() <= 1  # in one picture a roof is at its side


def test_a_road_of_cars_is_no_parallax_and_the_curve_of_what_stands_is_found():
    series, still = leaning(22.0), [np.eye(3)] * COUNT
    usable = np.ones((SIDE, SIDE), np.bool_)
    (found,) = parallaxes(series[:11], still[:10], still[:11], usable)
    number = np.arange(11)
    curve = np.stack((np.sin(number / 6), np.cos(number / 9)), axis=1)
    curve -= curve.mean(axis=0)
    assert abs((found.curve * curve).sum()) / np.linalg.norm(curve) > 0.99
    cars = {place: ((100.0, 5.0 + 20 * place), (0.0, 2.0 + 0.2 * place)) for place in range(9)}
    assert parallaxes(pictures(paths=cars)[:11], still[:10], still[:11], usable) == []


def test_burned_in_symbols_do_not_move(tmp_path):
    series = pictures((3.0, 4.0), {}, logo=True)
    steps = motions(series, np.ones((SIDE, SIDE), np.bool_))
    hidden = symbols(series, steps)
    assert hidden[185:200, 22:85].mean() > 0.5
    assert hidden[:150].mean() < 0.02
    assert len(follow(in_folder(tmp_path, series)).track) == 0


def test_the_motion_of_the_ground_is_found_to_a_tenth_of_a_pixel_and_chains_back():
    one, other = pictures((2.3, -3.6), {})[:2]
    found = motion(one, other, np.ones((SIDE, SIDE), np.bool_))
    moved = cv2.perspectiveTransform(np.array([[[110.0, 110.0]]]), found)[0, 0]
    assert moved == pytest.approx((110 + 3.6, 110 - 2.3), abs=0.1)
    assert chained([found, found], 0, 2) @ chained([found, found], 2, 0) == pytest.approx(np.eye(3), abs=1e-9)


def sightings(rows):
    """(picture, column, row) as sightings that all look alike."""
    picture, column, row = np.array(sorted(rows), float).T
    alike = np.ones(len(rows))
    return Sighting(picture.astype(np.int64), np.stack((column, row), axis=1), 20 * alike, 40 * alike, alike > 0)


def test_what_the_edge_of_the_scene_cuts_is_no_track_of_its_own():
    along = sightings([(t, 10 + 8 * t, 50) for t in range(10)])
    assert [len(track) for track in tracks(along)] == [10]
    assert tracks(replace(along, whole=along.picture > 6)) == []


def test_black_bars_and_the_corners_a_registration_leaves_are_no_scene():
    picture = np.full((60, 80), 90, np.uint8)
    picture[:, :10] = picture[30, 40] = 3
    scene = shown(picture)
    assert not scene[:, :14].any()
    assert scene[4:-4, 14:-4].all()


def test_vehicles_are_found_though_gain_and_light_change_from_picture_to_picture(tmp_path):
    rng = np.random.default_rng(2)
    series = [np.clip(one * rng.uniform(0.8, 1.05) + rng.normal() * 8, 0, 255).astype(np.uint8) for one in pictures((1.7, -2.4))]
    assert len(np.unique(follow(in_folder(tmp_path, series)).track)) == 2


def test_faint_vehicles_are_found_though_shadows_of_clouds_pass_over_the_picture(tmp_path):
    rng = np.random.default_rng(4)
    clouds = cv2.resize(rng.normal(size=(3, 9)), (SIDE * 3, SIDE), interpolation=cv2.INTER_CUBIC)
    lights = [1 + 0.25 * clouds[:, 9 * number :][:, :SIDE] for number in range(COUNT)]
    series = [np.clip((115 + 0.4 * (one - 115.0)) * light, 0, 255) for one, light in zip(pictures(), lights, strict=True)]
    found = follow(in_folder(tmp_path, [one.astype(np.uint8) for one in series]))
    assert len(np.unique(found.track)) == 2
    assert len(found.picture) >= 2 * (COUNT - 2)


def test_a_slow_vehicle_in_many_pictures_a_second_is_found_from_fewer_looks_and_told_in_every_picture(tmp_path):
    rng, wide = np.random.default_rng(7), ground()[60 : 60 + SIDE, 60 : 60 + SIDE]
    series = []
    for number in range(60):
        image = wide + rng.normal(size=(SIDE, SIDE)) * 2
        cv2.ellipse(image, (round((40 + 1.5 * number) * 16), 110 * 16), (10 * 16, 4 * 16), 0, 0, 360, 240, -1, cv2.LINE_AA, 4)
        series.append(np.clip(image, 0, 255).astype(np.uint8))
    found = follow(in_folder(tmp_path, series))
    assert len(np.unique(found.track)) == 1
    assert len(found.picture) >= 50
    assert np.abs(found.column - 40 - 1.5 * found.picture).max() < 3
    assert all(found.name)


def test_pictures_follow_as_their_numbers_count_though_names_have_no_zeros(tmp_path):
    series = pictures()
    for number, picture in enumerate(series):
        cv2.imwrite(str(tmp_path / f"frame{number}.png"), picture)
    (part,) = pictures_of(tmp_path)
    assert part.names == tuple(f"frame{number}.png" for number in range(COUNT))
    assert all((one == other).all() for one, other in zip(part.pictures, series, strict=True))


@pytest.mark.parametrize(
    ("deep", "suffix"),
    [
        (lambda picture: picture.astype(np.uint16) * 16, "png"),
        (lambda picture: picture.astype(np.uint16) * 4 + 7000, "tif"),
        (lambda picture: picture.astype(np.float32) / 255, "tif"),
    ],
    ids=["twelve bits in sixteen", "a small range far from zero", "from 0 to 1"],
)
def test_pixels_deeper_than_eight_bits_show_the_same_vehicles(tmp_path, deep, suffix):
    for number, picture in enumerate(pictures()):
        cv2.imwrite(str(tmp_path / f"{number:02}.{suffix}"), deep(picture))
    found = follow(tmp_path)
    assert len(np.unique(found.track)) == 2
    assert len(found.picture) >= 2 * (COUNT - 2)


def test_pixels_that_are_no_number_or_endless_hide_nothing_else(tmp_path):
    for number, picture in enumerate(pictures()):
        picture = picture.astype(np.float32)
        picture[0], picture[1], picture[2] = np.nan, np.inf, -np.inf
        cv2.imwrite(str(tmp_path / f"{number:02}.tif"), picture)
    assert len(np.unique(follow(tmp_path).track)) == 2


@pytest.mark.parametrize("still", [0, 1])
def test_noise_and_a_picture_that_stays_have_no_tracks(tmp_path, still):
    rng = np.random.default_rng(1)
    series = [np.clip(still * ground()[:SIDE, :SIDE] + rng.normal(120 * (1 - still), 12, (SIDE, SIDE)), 0, 255) for _ in range(30)]
    assert len(follow(in_folder(tmp_path, [one.astype(np.uint8) for one in series])).track) == 0


def test_links_go_on_over_a_miss_and_past_one_another():
    crossing = [(t, 10 + 8 * t, 50) for t in range(10) if t != 4] + [(t, 90 - 8 * t, 55) for t in range(10)]
    found = tracks(sightings(crossing))
    assert sorted(len(track) for track in found) == [9, 10]


def test_a_thing_out_of_view_for_eight_pictures_is_one_track_again_and_one_that_comes_otherwise_is_not():
    hidden = [(t, 10 + 8 * t, 50) for t in range(26) if not 8 <= t < 16]
    assert [len(track) for track in tracks(sightings(hidden))] == [18]
    elsewhere = [(t, 10 + 8 * t, 50) for t in range(8)] + [(t, 138, 50 + 12 * (t - 16)) for t in range(16, 26)]
    assert sorted(len(track) for track in tracks(sightings(elsewhere))) == [8, 10]


def test_a_picture_lost_from_the_series_breaks_no_track():
    taken = [0, 1, 2, 3, 5, 6, 7, 8]  # and numbered as if none were missing
    five = [(t, 10 + (18 + 3 * lane) * at, 60 * lane) for lane in range(5) for t, at in enumerate(taken)]
    assert [len(track) for track in tracks(sightings(five))] == [8] * 5


@pytest.mark.parametrize("rows", [[], [(0, 5, 5)], [(0, 5, 5), (3, 5, 9)], [(0, 5, 5), (1, 5, 5), (2, 5, 5)]])
def test_hardly_any_sightings_make_no_track(rows):
    nothing = Sighting(np.empty(0, np.int64), *(np.empty(shape) for shape in ((0, 2), 0, 0, 0)))
    assert tracks(sightings(rows) if rows else nothing) == []


def test_noise_without_motion_makes_no_track():
    rng = np.random.default_rng(3)
    scattered = [(t, *rng.uniform(0, 400, 2)) for t in range(12) for _ in range(6)]
    assert sum(len(track) for track in tracks(sightings(scattered))) <= 8


@pytest.mark.parametrize("count", [0, 2])
def test_too_few_pictures_are_refused(tmp_path, count):
    with pytest.raises(BadInput, match="at least three"):
        follow(in_folder(tmp_path, pictures()[:count]))


def test_pictures_of_different_sizes_are_refused(tmp_path):
    in_folder(tmp_path, pictures()[:3])
    cv2.imwrite(str(tmp_path / "g.png"), np.zeros((5, 6), np.uint8))
    with pytest.raises(BadInput, match=r"g\.png has 6 x 5"):
        follow(tmp_path)


def test_the_interlaced_stream_is_decoded_and_its_movement_is_placed_within_the_footprint():
    reading = MotionReader().read(SAMPLE, Flight("a"))
    found = MovementDetector().detect(reading, Flight("a"))
    lon, lat = reading.content.footprint[..., 0], reading.content.footprint[..., 1]
    for detection in found.detections:
        assert detection.kind is DetectionKind.MOVEMENT
        assert lon.min() < detection.place.x < lon.max()
        assert lat.min() < detection.place.y < lat.max()
        assert detection.place.covariance_m2[0] > 0
        assert all(say(detection.says, language) for language in LANGUAGES)


def test_frozen_pictures_break_no_track_and_show_each_vehicle_where_it_was(tmp_path):
    series = pictures((1.7, -2.4))
    froze, again = 6, 3
    for at in range(froze + 1, froze + 1 + again):  # time goes on under the frozen pictures
        series[at] = series[froze]
    found = follow(in_folder(tmp_path, series))
    assert len(np.unique(found.track)) == 2
    assert len(found.picture) >= 2 * (COUNT - 2)
    for track in np.unique(found.track):
        row, column = (
            [float(values[(found.track == track) & (found.picture == at)][0]) for at in (6, 7, 8, 9)]
            for values in (found.row, found.column)
        )
        assert np.ptp(row) == np.ptp(column) == 0


def test_pictures_shown_twice_are_the_same_movement_at_half_the_pace(tmp_path):
    twice = [one for one in pictures() for _ in range(2)]
    found = follow(in_folder(tmp_path, twice))
    assert len(np.unique(found.track)) == 2
    assert len(found.picture) >= 4 * (COUNT - 2)


def test_what_repeats_is_told_by_more_than_noise():
    series = pictures(paths={0: PATHS[0]})
    assert distinct([series[0], series[0], series[1], series[1], series[2]]).tolist() == [0, 0, 1, 1, 2]
    still = np.full((SIDE, SIDE), 90, np.uint8)
    moved = still.copy()
    moved[50:54, 60:64] += 30
    assert distinct([still, still, moved]).tolist() == [0, 0, 1]


def stopping(start, stop, count=30):
    """Registered pictures of one vehicle that drives 8 pixels a picture, but stands from picture `start` to `stop`."""
    driven = 8 * np.cumsum([not start <= number < stop for number in range(count)])
    rng, wide = np.random.default_rng(6), ground()[60 : 60 + SIDE, 60 : 60 + SIDE]
    series = []
    for at in driven:
        image = wide + rng.normal(size=(SIDE, SIDE)) * 2
        cv2.ellipse(image, (int(10 + at) * 16, 110 * 16), (5 * 16, 3 * 16), 0, 0, 360, 225, -1, cv2.LINE_AA, 4)
        series.append(np.clip(image, 0, 255).astype(np.uint8))
    return series, 10 + driven


@pytest.mark.parametrize(("start", "stop"), [(8, 20), (14, 30), (0, 14)], ids=["stops", "parks", "starts"])
def test_a_vehicle_that_stands_is_one_track_for_as_long_as_its_place_shows_it(tmp_path, start, stop):
    series, column = stopping(start, stop)
    found = follow(in_folder(tmp_path, series))
    assert len(np.unique(found.track)) == 1
    assert len(found.picture) >= 26
    assert np.abs(found.column - column[found.picture]).max() < 4


def test_a_vehicle_that_stands_keeps_its_track_though_others_pass_over_it(tmp_path):
    series, column = stopping(8, 24)
    for number, picture in enumerate(series):
        cv2.rectangle(picture, (70, 20 * (number - 10)), (78, 20 * (number - 10) + 14), 30, -1)
    found = follow(in_folder(tmp_path, series))
    along = [np.flatnonzero(found.track == track) for track in np.unique(found.track)]
    longest = max(along, key=len)
    assert len(along) == 2
    assert np.isin(np.arange(4, 27), found.picture[longest]).all()
    assert np.abs(found.column[longest] - column[found.picture[longest]]).max() < 4


def test_a_vehicle_that_drives_under_a_roof_is_not_said_to_stand(tmp_path):
    series, _ = stopping(30, 30, 26)
    for one in series:
        one[90:130, 120:] = np.random.default_rng(4).integers(60, 90, (40, SIDE - 120))
    found = follow(in_folder(tmp_path, series))
    assert found.picture.max() <= 15
