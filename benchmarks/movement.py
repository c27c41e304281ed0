"""How well movement is found and followed: F1, MOTA and IDF1 on simulated series that no threshold was set on.

    python benchmarks/movement.py [--tuning]

`WEAK`, `STRONG` and the constants of `links` were chosen on the series that `--tuning` prints; the others are held back.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import cv2
import motmetrics
import numpy as np
from moving_scenes import Style, scene

from cathartes.detect.movement.following import follow

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
    "small and fast, dense": replace(STYLES["wide area, registered"], length_px=(5, 8), speed_px=(8, 28), vehicles=140, tremble_px=0.6)
}


def scores(pictures, truth):
    """Counts of one series: what need not be found neither counts nor counts against."""
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in enumerate(pictures):
            cv2.imwrite(str(Path(folder) / f"{number:04}.png"), picture)
        found = follow(Path(folder))
    tally = motmetrics.MOTAccumulator(auto_id=True)
    for number in range(len(pictures)):
        here = truth[truth[:, 0] == number]
        sought, spare = here[here[:, 4] > 0], here[here[:, 4] == 0]
        at = np.flatnonzero(found.picture == number)
        place = np.stack((found.row[at], found.column[at]), axis=1)
        to_sought, to_spare = (np.linalg.norm(place[:, None] - some[None, :, 2:4], axis=2) for some in (sought, spare))
        counts = (to_sought.min(axis=1, initial=np.inf) <= RADIUS_PX) | (to_spare.min(axis=1, initial=np.inf) > RADIUS_PX)
        distance = np.where(to_sought[counts] > RADIUS_PX, np.nan, to_sought[counts])
        tally.update(sought[:, 1], found.track[at][counts], distance.T)
    return tally


def main():
    is_tuning = "--tuning" in sys.argv
    print(f"{'series':26} {'F1':>6} {'prec.':>6} {'recall':>6} {'MOTA':>6} {'IDF1':>6}  s/picture")
    for name, style in (STYLES if is_tuning else HELD_BACK).items():
        began, tallies = time.process_time(), [scores(*scene(seed, PICTURES, style)) for seed in ((11, 12) if is_tuning else (31, 32, 33))]
        spent = (time.process_time() - began) / PICTURES / len(tallies)
        names = ["precision", "recall", "mota", "idf1"]
        row = motmetrics.metrics.create().compute_many(tallies, metrics=names, generate_overall=True).loc["OVERALL"]
        f1 = 2 * row.precision * row.recall / (row.precision + row.recall)
        print(f"{name:26} {f1:6.3f} {row.precision:6.3f} {row.recall:6.3f} {row.mota:6.3f} {row.idf1:6.3f}  {spent:.2f}", flush=True)


if __name__ == "__main__":
    main()
