"""How well movement is found and followed: F1, MOTA and IDF1 on series with exact truth that no threshold was set on.

    python benchmarks/movement.py [--tuning] [--peer] [--standing]

Series are simulated (`moving_scenes`), or vehicles driven through real pictures (`real_ground`; in ../shared/data/fmv, left out where
that is absent). All constants of `detect.movement` were chosen on the series that `--tuning` prints; the others are held back: other
seeds, other stretches of the real orbit. `--peer` runs background subtraction (MOG2) on the same stabilised pictures, linked by norfair.
Rows of vehicles that stand need not be found; with `--standing` they count, where the vehicle moves at some time.
"""

import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import motmetrics
import numpy as np
from moving_scenes import Style, frozen, scene
from real_ground import Drive, driven

from cathartes.detect.movement.following import Movers, follow
from cathartes.detect.movement.stabilise import chained, motions

VIDEOS = Path(__file__).parents[2] / "shared" / "data" / "fmv" / "kwiver"
ORBIT, HANGAR = "aphill_240_1fps_crf32.mp4", "aphill_short.ts"
RADIUS_PX = 10.0
PICTURES = 30
STYLES = {
    "drifting camera": Style(),
    "wide area, registered": Style(
        size=600, vehicles=90, length_px=(6, 11), speed_px=(5, 22), contrast=(10, 60), drift_px=0.0, turn_deg=0.0, tremble_px=0.3,
        houses=60,
        parked=150, noise=4.0,
    ),
    "faint": Style(contrast=(8, 30), noise=4.0, quality=60, vehicles=50),
    "tall houses": Style(lean_px=25.0, houses=50, drift_px=5.0),
}  # fmt: skip
HELD_BACK = STYLES | {
    "small and fast, dense": replace(STYLES["wide area, registered"], length_px=(5, 8), speed_px=(8, 28), vehicles=140, tremble_px=0.6),
    "wide area, long stops": replace(STYLES["wide area, registered"], vehicles=60, stopping=0.8, stop_pictures=(12, 30)),
}
WAY = {"length_px": (10, 20), "speed_px": (4, 18), "enlarged": 2.0}
LARGE = {"length_px": (14, 30)}
DRIVES = {
    "orbit, 1/s": Drive(ORBIT, first=40, **WAY),
    "orbit, 1/s, half size": Drive(ORBIT, first=75, length_px=(7, 12), speed_px=(3, 12)),
    "orbit, registered, black corners": Drive(ORBIT, first=90, registered=True, **WAY),
    "orbit, lost pictures, gain, JPEG 40": Drive(ORBIT, first=10, lost=0.15, gain=0.06, quality=40, contrast=(15, 50), **WAY),
    "interlaced, 30/s, slow": Drive(HANGAR, pictures=48, speed_px=(0.5, 3), **LARGE),
    "interlaced, 10/s": Drive(HANGAR, pictures=16, every=3, speed_px=(2, 10), **LARGE),
    "interlaced, 6/s, ten pictures": Drive(HANGAR, pictures=10, every=5, speed_px=(4, 18), **LARGE),
}
HELD_BACK_STRETCH = 150


def ours(pictures):
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in enumerate(pictures):
            cv2.imwrite(str(Path(folder) / f"{number:04}.png"), picture)
        return follow(Path(folder))


def peer(pictures):
    """MOG2 (OpenCV) on the pictures brought onto the middle one, blobs linked by norfair's own Kalman filter and distance."""
    from norfair import Detection, Tracker

    steps = motions(pictures, np.ones(pictures[0].shape, np.bool_))
    background = cv2.createBackgroundSubtractorMOG2(15, 16, detectShadows=False)
    tracker = Tracker("mean_euclidean", 30, initialization_delay=2)
    rows = []
    for number, picture in enumerate(pictures):
        onto = chained(steps, number, len(pictures) // 2)
        moved = background.apply(cv2.warpPerspective(picture, onto, picture.shape[::-1]))
        moved[cv2.warpPerspective(np.full_like(picture, 255), onto, picture.shape[::-1]) < 255] = 0
        _, _, boxes, centres = cv2.connectedComponentsWithStats(cv2.morphologyEx(moved, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))
        blobs = [centre for centre, box in zip(centres[1:], boxes[1:], strict=True) if 6 <= box[4] <= 0.01 * picture.size]
        for thing in tracker.update([Detection(centre[None]) for centre in blobs]):
            column, row = cv2.perspectiveTransform(thing.estimate[None], np.linalg.inv(onto))[0, 0]
            rows.append((number, thing.id, row, column))
    number, track, row, column = np.array(rows).reshape(-1, 4).T
    none = np.full(len(row), np.nan)
    return Movers(number.astype(int), ("",) * len(row), none, track.astype(int), row, column, none == 0, len(pictures))


def scores(find, standing, pictures, truth):
    """Counts of one series: what need not be found neither counts nor counts against."""
    found = find(pictures)
    counts_here = truth[:, 4] > 0
    if standing:
        counts_here |= (truth[:, 5] > 0) & np.isin(truth[:, 1], truth[counts_here, 1])
    tally = motmetrics.MOTAccumulator(auto_id=True)
    for number in range(len(pictures)):
        sought, spare = (truth[(truth[:, 0] == number) & kind] for kind in (counts_here, ~counts_here))
        at = np.flatnonzero(found.picture == number)
        place = np.stack((found.row[at], found.column[at]), axis=1)
        to_sought, to_spare = (np.linalg.norm(place[:, None] - some[None, :, 2:4], axis=2) for some in (sought, spare))
        counts = (to_sought.min(axis=1, initial=np.inf) <= RADIUS_PX) | (to_spare.min(axis=1, initial=np.inf) > RADIUS_PX)
        distance = np.where(to_sought[counts] > RADIUS_PX, np.nan, to_sought[counts])
        tally.update(sought[:, 1], found.track[at][counts], distance.T)
    return tally


def all_series(is_tuning):
    """Name, and a function of nothing that makes pictures and truth, per seed."""
    for name, style in (STYLES if is_tuning else HELD_BACK).items():
        yield name, [partial(scene, seed, PICTURES, style) for seed in ((11, 12) if is_tuning else (31, 32, 33))]
    yield (
        "drifting camera, frozen pictures",
        [partial(frozen, seed, PICTURES, Style()) for seed in ((11, 12) if is_tuning else (31, 32, 33))],
    )
    for name, drive in DRIVES.items() if VIDEOS.exists() else ():
        first = drive.first + HELD_BACK_STRETCH * (drive.source == ORBIT and not is_tuning)
        seeds = (11, 12) if is_tuning else (41, 42, 43)
        yield name, [partial(driven, VIDEOS / drive.source, seed, replace(drive, first=first)) for seed in seeds]


def main():
    find = peer if "--peer" in sys.argv else ours
    print(f"{'series':36} {'F1':>6} {'prec.':>6} {'recall':>6} {'MOTA':>6} {'IDF1':>6}  CPU s/picture")
    for name, makers in all_series("--tuning" in sys.argv):
        made = [maker() for maker in makers]
        began, tallies = time.process_time(), [scores(find, "--standing" in sys.argv, *one) for one in made]
        spent = (time.process_time() - began) / sum(len(pictures) for pictures, _ in made)
        names = ["precision", "recall", "mota", "idf1"]
        row = motmetrics.metrics.create().compute_many(tallies, metrics=names, generate_overall=True).loc["OVERALL"]
        f1 = 2 * row.precision * row.recall / max(row.precision + row.recall, 1e-9)
        print(f"{name:36} {f1:6.3f} {row.precision:6.3f} {row.recall:6.3f} {row.mota:6.3f} {row.idf1:6.3f}  {spent:.2f}", flush=True)


if __name__ == "__main__":
    main()
