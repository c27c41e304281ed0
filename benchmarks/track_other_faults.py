"""Faults drawn otherwise than those that the track check was made with: `python -m benchmarks.track_other_faults [SEED]`.

Told from what is written about interference with satellite navigation and about faults of receivers and recorders, without regard to
what the check looks for; lengths from 5 to 120 fixes. A fix is faulty where it lies more than 100 m from its place or its time is more
than a second wrong. Heights are not judged by the check, so no fault of heights is drawn. No rule
was chosen by a look at these.
"""

import sys
from dataclasses import replace

import numpy as np
from benchmarks.track_flags import GEOD, Injector, is_fit, judged, moved, offset_by, report, tracks

from cathartes.model import Track
from cathartes.model.samples import Floats

FAR_M, LATE_S = 100.0, 1.0


def rows_and_seconds(track: Track, start: int, end: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Floats]:
    """The rows of a stretch, and how long after its beginning each was fixed."""
    rows = np.arange(start, end)
    return rows, track.utc_s[rows] - track.utc_s[start]


def aside(track: Track, start: int, end: int, rng: np.random.Generator, metres: Floats) -> Track:
    """Moved by so many metres, all the same way."""
    return offset_by(track, np.arange(start, end), np.full(end - start, rng.uniform(0, 360)), metres)


def pulled_off(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Away with an even acceleration of 0.05 to 2 m/s2 up to 5 to 80 m/s, until the receiver is let go."""
    _, passed = rows_and_seconds(track, start, end)
    acceleration, fastest = 10 ** rng.uniform(-1.3, 0.3), rng.uniform(5, 80)
    until = fastest / acceleration
    return aside(track, start, end, rng, np.where(passed < until, acceleration * passed**2 / 2, fastest * (passed - until / 2)))


def swung_out(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Away by 0.3 to 20 km and back along half a wave, without a jump."""
    _, passed = rows_and_seconds(track, start, end)
    return aside(track, start, end, rng, 10 ** rng.uniform(2.5, 4.3) * np.sin(np.pi * passed / passed[-1]) ** 2)


def at_a_place(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """At an aerodrome 20 to 300 km away, with 5 to 50 m of noise."""
    lon, lat, _ = GEOD.fwd(track.lon_deg[start], track.lat_deg[start], rng.uniform(0, 360), 10 ** rng.uniform(4.3, 5.5))
    there = moved(track, np.arange(start, end), np.full(end - start, lon), np.full(end - start, lat))
    return offset_by(there, np.arange(start, end), rng.uniform(0, 360, end - start), rng.rayleigh(10 ** rng.uniform(0.7, 1.7), end - start))


def round_a_place(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Round a place 1 to 50 km away, at 40 to 250 m/s on 0.5 to 15 km of radius."""
    rows, passed = rows_and_seconds(track, start, end)
    lon, lat, _ = GEOD.fwd(track.lon_deg[start], track.lat_deg[start], rng.uniform(0, 360), 10 ** rng.uniform(3, 4.7))
    radius = 10 ** rng.uniform(2.7, 4.2)
    angle = rng.uniform(0, 360) + rng.choice([-1, 1]) * np.degrees(rng.uniform(40, 250) / radius * passed)
    return moved(track, rows, *GEOD.fwd(np.full(len(rows), lon), np.full(len(rows), lat), angle, np.full(len(rows), radius))[:2])


def delayed(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Repeated by another transmitter: positions ever older, up to 5 to 90 s."""
    rows, passed = rows_and_seconds(track, start, end)
    when = track.utc_s[rows] - np.minimum(passed * rng.uniform(0.05, 0.8), rng.uniform(5, 90))
    return moved(track, rows, np.interp(when, track.utc_s, track.lon_deg), np.interp(when, track.utc_s, track.lat_deg))


def unsteady(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Each position is older than its time by a time of its own, up to 3 to 30 s."""
    rows = np.arange(start, end)
    when = track.utc_s[rows] - rng.uniform(0, rng.uniform(3, 30), len(rows))
    return moved(track, rows, np.interp(when, track.utc_s, track.lon_deg), np.interp(when, track.utc_s, track.lat_deg))


def held_in_pieces(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Only every third to eighth position is new, the others repeat it."""
    rows, every = np.arange(start, end), rng.integers(3, 9)
    source = start - 1 + (rows - start + 1) // every * every
    return moved(track, rows, track.lon_deg[source], track.lat_deg[source])


def backwards(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The positions of the stretch in opposite order."""
    rows = np.arange(start, end)
    return moved(track, rows, track.lon_deg[rows[::-1]], track.lat_deg[rows[::-1]])


def wrong_digit(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """One digit of longitude or latitude is wrong: off by 1 to 9 hundredths, tenths or whole degrees."""
    rows, off = np.arange(start, end), rng.integers(1, 10) * 10.0 ** rng.integers(-2, 1) * rng.choice([-1, 1])
    if rng.random() < 0.5:
        return moved(track, rows, track.lon_deg[rows] + off, track.lat_deg[rows])
    return moved(track, rows, track.lon_deg[rows], np.clip(track.lat_deg[rows] + off, -89, 89))


def too_fast_or_slow(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The right way at 0.3 to 0.8 or 1.2 to 2 times the speed, from the last true position on."""
    rows, passed = rows_and_seconds(track, start, end)
    when = track.utc_s[start] + passed * (rng.uniform(0.3, 0.8) if rng.random() < 0.5 else rng.uniform(1.2, 2.0))
    return moved(track, rows, np.interp(when, track.utc_s, track.lon_deg), np.interp(when, track.utc_s, track.lat_deg))


def jammed(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """Noise of 0.2 to 3 km, every fix anew."""
    return offset_by(track, np.arange(start, end), rng.uniform(0, 360, end - start), rng.rayleigh(10 ** rng.uniform(2.3, 3.5), end - start))


def wandering(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """An inertial position: the error of velocity wanders by 1 to 10 m/s in the square root of a minute, until it is corrected at once."""
    rows, passed = rows_and_seconds(track, start, end)
    seconds = np.diff(passed, prepend=0.0)
    kick = 10 ** rng.uniform(0, 1) * np.sqrt(seconds / 60)
    east, north = (np.cumsum(np.cumsum(kick * rng.normal(0, 1, len(rows))) * seconds) for _ in range(2))
    return offset_by(track, rows, np.degrees(np.arctan2(east, north)), np.hypot(east, north))


def clock_runs(track: Track, start: int, end: int, rng: np.random.Generator) -> Track:
    """The clock gains or loses 3 to 50 % over the stretch, and is set right at its end; rows sorted by time as written."""
    utc_s = track.utc_s.copy()
    utc_s[start:end] += np.round((utc_s[start:end] - utc_s[start]) * rng.choice([-1, 1]) * 10 ** rng.uniform(-1.5, -0.3))
    wrong, order = replace(track, utc_s=utc_s), np.argsort(utc_s, kind="stable")
    arrays = {name: each[order] for name, each in vars(wrong).items() if isinstance(each, np.ndarray)}
    source = wrong.source and tuple(wrong.source[row] for row in order)
    return replace(wrong, **arrays, source=source, aircraft=tuple(wrong.aircraft[row] for row in order))


INJECTORS: tuple[Injector, ...] = (
    pulled_off,
    swung_out,
    at_a_place,
    round_a_place,
    delayed,
    unsteady,
    held_in_pieces,
    backwards,
    wrong_digit,
    too_fast_or_slow,
    jammed,
    wandering,
    clock_runs,
)


def trial(track: Track, inject: Injector, velocity: str, rng: np.random.Generator) -> tuple[int, int, int, int] | None:
    """Faulty fixes, found ones, others, flagged ones among them; `None` where the place does not suit or hardly a fix is faulty."""
    length = int(10 ** rng.uniform(np.log10(5), np.log10(120)))
    start = int(rng.integers(20, len(track.utc_s) - length - 20))
    if not is_fit(track, start, start + length):
        return None
    changed = inject(replace(track, height_m=np.arange(len(track.utc_s), dtype=np.float64)), start, start + length, rng)
    row = changed.height_m.astype(np.intp)
    off_m = np.asarray(GEOD.inv(track.lon_deg[row], track.lat_deg[row], changed.lon_deg, changed.lat_deg)[2])
    faulty = (off_m > FAR_M) | (np.abs(changed.utc_s - track.utc_s[row]) > LATE_S)
    if np.count_nonzero(faulty) < 3:
        return None
    return judged(track, changed, velocity, (row >= start) & (row < start + length), faulty)


def main(seeds: list[int]) -> None:
    recorded = tracks()
    print(f"{'fault':34}{'velocity':>10}{'faulty':>8}{'found %':>9}{'untouched':>11}{'flagged %':>11}")
    for velocity in ("yes", "no", "fitting"):
        total = np.zeros(4)
        for inject in INJECTORS:
            if velocity == "fitting" and inject in (held_in_pieces, clock_runs):
                continue
            by_fault = np.zeros(4)
            for seed in seeds:
                for number, track in enumerate(recorded.values()):
                    rng = np.random.default_rng([seed, number, INJECTORS.index(inject)])
                    by_fault += next(found for _ in range(100_000) if (found := trial(track, inject, velocity, rng)))
            report(inject.__name__, velocity, by_fault)
            total += by_fault
        report("all", velocity, total)


if __name__ == "__main__":
    main([int(sys.argv[1])] if len(sys.argv) > 1 else list(range(1404, 1407)))
