"""How many injected faults the track check finds, and how many untouched fixes it flags: `python benchmarks/track_flags.py [SEED]`.

Faults of known place go into real ADS-B tracks (../shared/data/sharing): with the speed and course reported beside each position,
without, and with those of the faulty fixes made to fit the false positions. A flag of any kind on a faulty fix counts as found.
Fixes that are flagged without any injection are counted apart: whether they are wrong nobody knows. The first four tracks, with
other seeds, were looked at while the rules were made, and so were the last three aircraft, now and then; the README's figures are
from seeds 1360 to 1364, looked at once.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from cathartes.model import Flight, Track
from cathartes.readers.track import TrackReader
from cathartes.readers.track_flags import flags_of

DATA = Path(__file__).parents[2] / "shared" / "data" / "sharing"
GEOD = Geod(ellps="WGS84")
KNOT_M_S = 1852 / 3600

Rows = NDArray[np.intp]
Bools = NDArray[np.bool_]
Injector = Callable[[Track, int, int, np.random.Generator], Track]


def tracks() -> dict[str, Track]:
    """Single-aircraft stretches without a long gap, as recorded."""
    chosen = {"calibration__guatemala.json.gz": None, "surveillance__border_control.json.gz": None, "readsb__trace_full_ac671b.json": None}
    read = {name: one_aircraft(TrackReader().read(DATA / name, Flight("x")).content, icao) for name, icao in chosen.items()}
    fires = TrackReader().read(DATA / "firefighting__calfire.json.gz", Flight("x")).content
    return read | {f"firefighter {icao}": one_aircraft(fires, icao) for icao in ("a51d5f", "a4acf2", "a53d70", "a4e704")}


def one_aircraft(track: Track, icao: str | None) -> Track:
    rows = np.flatnonzero([icao in (None, each) for each in track.aircraft])
    return taken(track, rows[np.argsort(track.utc_s[rows], kind="stable")])


def taken(track: Track, rows: Rows) -> Track:
    """Some rows of a track, in that order."""
    arrays = {name: each[rows] for name, each in vars(track).items() if isinstance(each, np.ndarray)}
    source = track.source and tuple(track.source[row] for row in rows)
    return replace(track, **arrays, source=source, aircraft=tuple(track.aircraft[row] for row in rows))


def without_velocity(track: Track) -> Track:
    return replace(track, ground_speed_m_s=None, course_deg=None)


def moved(track: Track, rows: Rows, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Track:
    lon_deg, lat_deg = track.lon_deg.copy(), track.lat_deg.copy()
    lon_deg[rows], lat_deg[rows] = lon, lat
    return replace(track, lon_deg=lon_deg, lat_deg=lat_deg)


def offset_by(track: Track, rows: Rows, azimuth: NDArray[np.float64], metres: NDArray[np.float64]) -> Track:
    lon, lat, _ = GEOD.fwd(track.lon_deg[rows], track.lat_deg[rows], azimuth, metres)
    return moved(track, rows, lon, lat)


def speed_near(track: Track, start: int, end: int) -> float:
    a, b = max(start - 5, 0), min(end + 5, len(track.utc_s) - 1)
    metres = GEOD.inv(track.lon_deg[a:b], track.lat_deg[a:b], track.lon_deg[a + 1 : b + 1], track.lat_deg[a + 1 : b + 1])[2]
    return float(np.sum(metres) / (track.utc_s[b] - track.utc_s[a]))


def held(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The position before is repeated; speed and course too."""
    rows = np.arange(start, end)
    return moved(track, rows, track.lon_deg[start - 1], track.lat_deg[start - 1])


def jump(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The stretch lies 5 to 300 km away."""
    rows = np.arange(start, end)
    return offset_by(track, rows, np.full(len(rows), rng.uniform(0, 360)), np.full(len(rows), 10 ** rng.uniform(3.7, 5.5)))


def circle(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Round and round a point up to 100 km away, at the aircraft's own speed."""
    rows, radius = np.arange(start, end), rng.uniform(2e3, 8e3)
    lon, lat, _ = GEOD.fwd(track.lon_deg[start], track.lat_deg[start], rng.uniform(0, 360), rng.uniform(1e4, 1e5))
    angle = np.degrees(speed_near(track, start, end) / radius * (track.utc_s[rows] - track.utc_s[start]))
    return moved(track, rows, *GEOD.fwd(np.full(len(rows), lon), np.full(len(rows), lat), angle, np.full(len(rows), radius))[:2])


def near(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Set aside by so little that no step is faster than 340 m/s."""
    rows = np.arange(start, end)
    seconds = min(track.utc_s[start] - track.utc_s[start - 1], track.utc_s[end] - track.utc_s[end - 1])
    metres = rng.uniform(0.6, 1.0) * max(340 - speed_near(track, start, end), 60) * seconds
    return offset_by(track, rows, np.full(len(rows), rng.uniform(0, 360)), np.full(len(rows), metres))


def drift(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Led away at 15 to 60 m/s and back again, never by a jump."""
    rows = np.arange(start, end)
    passed = track.utc_s[rows] - track.utc_s[start]
    metres = rng.uniform(15, 60) * np.minimum(passed, passed[-1] - passed)
    return offset_by(track, rows, np.full(len(rows), rng.uniform(0, 360)), metres)


def replay(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Positions of another part of the same flight."""
    rows = np.arange(start, end)
    other = int(rng.integers(1, len(track.utc_s) - len(rows)))
    return moved(track, rows, track.lon_deg[other : other + len(rows)], track.lat_deg[other : other + len(rows)])


def shift(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The clock is 5 to 120 s wrong for the stretch; rows stay in their place in the file."""
    utc_s = track.utc_s.copy()
    utc_s[start:end] += rng.choice([-1, 1]) * np.round(rng.uniform(5, 120))
    return replace(track, utc_s=utc_s)


def shift_sorted(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The same, with the rows sorted by their wrong times."""
    wrong = shift(track, start, end, rng)
    return taken(wrong, np.argsort(wrong.utc_s, kind="stable"))


def lag(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Right times, but positions of 5 to 60 s earlier or later."""
    rows = np.arange(start, end)
    when = np.clip(track.utc_s[rows] + rng.choice([-1, 1]) * rng.uniform(5, 60), track.utc_s[0], track.utc_s[-1])
    return moved(track, rows, np.interp(when, track.utc_s, track.lon_deg), np.interp(when, track.utc_s, track.lat_deg))


def wild(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Every fix somewhere else within 50 km."""
    rows = np.arange(start, end)
    return offset_by(track, rows, rng.uniform(0, 360, len(rows)), rng.uniform(2e3, 5e4, len(rows)))


def offset(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The stretch lies 0.5 to 5 km aside, whatever speed the step there takes."""
    rows = np.arange(start, end)
    return offset_by(track, rows, np.full(len(rows), rng.uniform(0, 360)), np.full(len(rows), 10 ** rng.uniform(2.7, 3.7)))


def carried_off(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Led away at 10 to 100 m/s to an offset of 1 to 10 km, which lasts until the true position comes back at once."""
    rows = np.arange(start, end)
    passed = track.utc_s[rows] - track.utc_s[start]
    metres = np.minimum(rng.uniform(10, 100) * passed, rng.uniform(1e3, 1e4))
    return offset_by(track, rows, np.full(len(rows), rng.uniform(0, 360)), metres)


def detour(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """From the last true position on, at the true speed and with the true turns, on a course 20 to 180 degrees off."""
    rows = np.arange(start, end)
    lon, lat = track.lon_deg[start - 1], track.lat_deg[start - 1]
    azimuth, _, metres = GEOD.inv(np.full(len(rows), lon), np.full(len(rows), lat), track.lon_deg[rows], track.lat_deg[rows])
    turned = np.asarray(azimuth) + rng.choice([-1, 1]) * rng.uniform(20, 180)
    return moved(track, rows, *GEOD.fwd(np.full(len(rows), lon), np.full(len(rows), lat), turned, metres)[:2])


INJECTORS: tuple[Injector, ...] = (
    held,
    jump,
    circle,
    near,
    drift,
    replay,
    shift,
    shift_sorted,
    lag,
    wild,
    offset,
    carried_off,
    detour,
)


FITTING = tuple(inject for inject in INJECTORS if inject not in (held, shift, shift_sorted))
"""Faults of positions, beside which a spoofer may report what fits."""


def with_velocity_of_positions(track: Track, faulty: Bools) -> Track:
    """Speed and course of the faulty fixes as their false positions imply: what a careful spoofer sends."""
    order = np.argsort(track.utc_s, kind="stable")
    azimuth, _, metres = GEOD.inv(track.lon_deg[order][:-2], track.lat_deg[order][:-2], track.lon_deg[order][2:], track.lat_deg[order][2:])
    seconds = np.maximum(track.utc_s[order][2:] - track.utc_s[order][:-2], 0.1)
    speed, course = (np.array(each) for each in (track.ground_speed_m_s, track.course_deg))
    middle = order[1:-1]
    speed[middle] = np.where(faulty[middle], np.asarray(metres) / seconds, speed[middle])
    course[middle] = np.where(faulty[middle], np.asarray(azimuth) % 360, course[middle])
    return replace(track, ground_speed_m_s=np.round(speed / KNOT_M_S) * KNOT_M_S, course_deg=np.round(course))


def is_fit(track: Track, start: int, end: int) -> bool:
    """In flight, fixed often, and nothing odd in the recording itself."""
    around = slice(max(start - 8, 0), end + 8)
    step_s = np.diff(track.utc_s[around])
    same = np.diff(track.lon_deg[around]) ** 2 + np.diff(track.lat_deg[around]) ** 2 == 0
    return bool(step_s.max() <= 45 and step_s.min() > 0.1 and not same.any() and speed_near(track, start, end) > 15)


def trial(track: Track, inject: Injector, velocity: str, rng: np.random.Generator) -> tuple[int, int, int, int] | None:
    """Faulty fixes, found ones, untouched fixes, flagged ones among them; `None` where the place does not suit."""
    length = int(rng.integers(1, 4)) if inject is wild else int(rng.integers(8, 60))
    start = int(rng.integers(20, len(track.utc_s) - length - 20))
    if not is_fit(track, start, start + length):
        return None
    changed = inject(replace(track, height_m=np.arange(len(track.utc_s), dtype=np.float64)), start, start + length, rng)
    row = changed.height_m.astype(np.intp)
    touched = (row >= start) & (row < start + length)
    counted = touched & (row > start + 2) & (row < start + length - 3) if inject is drift else touched
    return judged(track, changed, velocity, touched, counted)


def judged(track: Track, changed: Track, velocity: str, touched: Bools, counted: Bools) -> tuple[int, int, int, int]:
    """Faulty fixes (`counted`), found ones, others, flagged ones among them that are not flagged as recorded; heights are row numbers."""
    row = changed.height_m.astype(np.intp)
    if velocity != "yes":
        changed = without_velocity(changed) if velocity == "no" else with_velocity_of_positions(changed, touched)
    own = flags_of(without_velocity(track) if velocity == "no" else track) != 0
    flagged, clean = flags_of(changed) != 0, ~counted & ~own[row]
    return int(counted.sum()), int((flagged & counted).sum()), int(clean.sum()), int((flagged & clean).sum())


def main(seeds: list[int]) -> None:
    recorded = tracks()
    for name, track in recorded.items():
        print(f"{name}: {len(track.utc_s)} fixes, {np.count_nonzero(flags_of(track))} flagged as recorded")
    print(f"{'fault or track':34}{'velocity':>10}{'faulty':>8}{'found %':>9}{'untouched':>11}{'flagged %':>11}")
    for velocity in ("yes", "no", "fitting"):
        by_track = {name: np.zeros(4) for name in recorded}
        for inject in INJECTORS if velocity != "fitting" else FITTING:
            by_fault = np.zeros(4)
            for seed in seeds:
                for number, (name, track) in enumerate(recorded.items()):
                    rng = np.random.default_rng([seed, number, INJECTORS.index(inject)])
                    done = next(found for _ in range(100_000) if (found := trial(track, inject, velocity, rng)))
                    by_fault += done
                    by_track[name] += done
            report(inject.__name__, velocity, by_fault)
        for name, total in by_track.items():
            report(name, velocity, total)
        report("all", velocity, sum(by_track.values(), np.zeros(4)))


def report(name: str, velocity: str, total: NDArray[np.float64]) -> None:
    faulty, found, clean, flagged = total
    print(f"{name:34}{velocity:>10}{faulty:8.0f}{100 * found / faulty:9.1f}{clean:11.0f}{100 * flagged / clean:11.3f}")


if __name__ == "__main__":
    main([int(sys.argv[1])] if len(sys.argv) > 1 else list(range(1360, 1365)))
