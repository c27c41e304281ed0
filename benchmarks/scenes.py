"""Flight folders with a known truth, to see how often the regions and intervals of the inversion hold it.

    python benchmarks/scenes.py OUT [--kind pair|aircraft] --count 24 --seed 1 [--jobs 2]     folders OUT/<id>, truths OUT/truth/<id>.json
    python benchmarks/scenes.py --check [--kind aircraft]              the gas that passes planes downwind over the emission

The gas is carried by Lagrangian particles through a Monin-Obukhov surface layer whose wind meanders, gusts and is patchy, so nothing of
the inversion's plume, and none of its code, is used here. The kind `ground`, which is made here, is a source on flat ground beside
open-path beams and masts, as at Ginninderra and Chilbolton, a `pair` has two of them; `aircraft.py` makes
the flights. `calibration.py` scores the answers.
"""

import argparse
import csv
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aircraft
import numpy as np
from numba import njit
from surface_layer import GAS_CONSTANT, METHANE_KG_MOL, VON_KARMAN, Floats, methane_ppb, momentum_gradient, scalar_gradient, wander

TICK_S = 5.0
"""Step of the series that all particles share: direction, gusts, patchiness, rate."""
PROFILE_S = 300.0
"""How often the profiles of the surface layer are worked out anew."""
SPIN_UP_S = 900.0
"""Gas released this long before the first sample is followed too; older gas has left the site."""
LEVELS_PER_ROOT_M = 8
LEVELS_M = (np.arange(57) / LEVELS_PER_ROOT_M) ** 2
"""Heights of the tabulated profiles, even in the square root of height, up to 49 m; particles are dropped one level below the top."""
FLOOR_M = 0.2
"""Turbulence is taken as constant below this height, which keeps the particles' steps above a hundredth of a second."""
TEMPERATURE_K, PRESSURE_HPA = 288.15, 1000.0
NEUTRAL = 0.002
"""Air whose inverse Obukhov length (1/m) is nearer nought is called neutral."""
NO_SOURCE_SHARE = 0.1
SEEN_SHARE, SEEN_RAD = 0.1, np.radians(8)
"""A source is kept when, this share of the time, the wind blows from it to within this angle of an instrument."""


@dataclass(frozen=True)
class Air:
    """What the air does, in ticks from `-SPIN_UP_S` on (arrays of length n) and in profiles over `LEVELS_M` (blocks x levels).

    `toward_rad` is the slowly turning direction, from east, anticlockwise; `gust` multiplies the speed and `across_m_s` is the lateral
    velocity of eddies larger than the site; `patch` multiplies what is measured. `spread_m_s` (blocks) is the horizontal standard
    deviation of the eddies smaller than the site, `memory_s` their time scale. `time_scale_s` is vertical.
    """

    toward_rad: Floats
    gust: Floats
    across_m_s: Floats
    patch: Floats
    friction_m_s: Floats
    inverse_obukhov: Floats
    speed_m_s: Floats
    variance_w: Floats
    time_scale_s: Floats
    spread_m_s: Floats
    memory_s: float


@dataclass(frozen=True)
class Site:
    """Where things are, in metres: search square, beams from `start` to `end` (n x 3; equal ends are a point), names."""

    centre: Floats
    half_width_m: float
    start: Floats
    end: Floats
    names: tuple[str, ...]
    roughness_m: float


@dataclass(frozen=True)
class Source:
    """A source at `place` (x, y, z) and its rate in every tick (kg/h)."""

    place: Floats
    rate_kg_h: Floats


def profile_speed(friction_m_s: float, inverse_obukhov: float, roughness_m: float) -> Floats:
    """Mean wind at `LEVELS_M`: the shear u* phi_m / (k z) summed up from the roughness length."""
    z = np.geomspace(roughness_m, LEVELS_M[-1], 400)
    shear = friction_m_s / VON_KARMAN * momentum_gradient(z * inverse_obukhov)
    speed = np.concatenate(([0.0], np.cumsum((shear[1:] + shear[:-1]) / 2 * np.diff(np.log(z)))))
    return np.interp(LEVELS_M, z, speed)


def profile_turbulence(friction_m_s: float, inverse_obukhov: float, schmidt: float) -> tuple[Floats, Floats]:
    """Variance of the vertical wind (Panofsky et al. 1977) and the time scale that gives the eddy diffusivity k u* z / (Sc phi_h)."""
    z = np.maximum(LEVELS_M, FLOOR_M)
    zeta = z * inverse_obukhov
    variance = (1.25 * friction_m_s) ** 2 * (1 - 3 * np.minimum(zeta, 0)) ** (2 / 3)
    return variance, VON_KARMAN * friction_m_s * z / (schmidt * scalar_gradient(zeta)) / variance


def lateral_deviation(friction_m_s: Floats, inverse_obukhov: Floats) -> Floats:
    """Standard deviation of the lateral wind with a mixed layer of 1000 m, after Panofsky et al. (1977)."""
    return friction_m_s * (12 + 500 * np.maximum(-inverse_obukhov, 0)) ** (1 / 3)


def weather(rng: np.random.Generator, first_hour: float, duration_s: float, roughness_m: float) -> Air:
    """One site's air: day and night in stability and friction, a trend and meander in direction, gusts and patches."""
    count = int((duration_s + SPIN_UP_S) / TICK_S) + 1
    hours = first_hour + np.arange(count) * TICK_S / 3600
    day = np.cos((hours - 13) / 24 * 2 * np.pi)
    friction = np.exp(rng.normal(np.log(0.25), 0.35) + 0.3 * day + 0.2 * wander(rng, count, TICK_S, 5400))
    friction = np.clip(friction, 0.1, 0.55)
    heating = rng.uniform(0.2, 1) * (np.where(day > 0, day, 0.5 * day) + 0.1 * wander(rng, count, TICK_S, 3600))
    inverse_obukhov = np.clip(-0.0006 * heating / friction**3, -0.15, 0.1)
    deviation, shared = lateral_deviation(friction, inverse_obukhov), rng.uniform(0.3, 0.6)
    eddies_s = rng.uniform(30, 90)
    patchiness = rng.uniform(0.15, 0.45)
    return profiled(
        rng,
        roughness_m,
        toward_rad=direction(rng, hours),
        gust=np.clip(1 + 0.15 * wander(rng, count, TICK_S, eddies_s), 0.4, 1.8),
        across_m_s=np.sqrt(shared) * deviation * wander(rng, count, TICK_S, eddies_s),
        patch=np.exp(patchiness * wander(rng, count, TICK_S, rng.uniform(60, 300)) - patchiness**2 / 2),
        friction=friction,
        inverse_obukhov=inverse_obukhov,
        spread_m_s=np.sqrt(1 - shared) * deviation,
    )


def direction(rng: np.random.Generator, hours: Floats) -> Floats:
    """Where the air goes (radians): a trend, weather over half a day, and meander of 10-25 degrees over 5-30 minutes."""
    count = len(hours)
    trend = rng.normal(0, 6) * np.sin((hours - hours[0]) / 8) * 8
    synoptic = rng.uniform(20, 60) * wander(rng, count, TICK_S, 12 * 3600)
    meander = rng.uniform(10, 25) * wander(rng, count, TICK_S, rng.uniform(300, 1800))
    return np.asarray(np.radians(rng.uniform(0, 360) + trend + synoptic + meander))


def profiled(
    rng: np.random.Generator, roughness_m: float, friction: Floats, inverse_obukhov: Floats, spread_m_s: Floats, **series: Floats
) -> Air:
    """The air with its profiles worked out every `PROFILE_S`, and one Schmidt number for the scene."""
    every = slice(None, None, int(PROFILE_S / TICK_S))
    schmidt = rng.uniform(0.7, 1.0)
    states = list(zip(friction[every], inverse_obukhov[every], strict=True))
    turbulence = [profile_turbulence(u, inverse, schmidt) for u, inverse in states]
    return Air(
        friction_m_s=friction,
        inverse_obukhov=inverse_obukhov,
        speed_m_s=np.array([profile_speed(u, inverse, roughness_m) for u, inverse in states]),
        variance_w=np.array([variance for variance, _ in turbulence]),
        time_scale_s=np.array([scale for _, scale in turbulence]),
        spread_m_s=np.ascontiguousarray(spread_m_s[every]),
        memory_s=rng.uniform(3, 10),
        **series,
    )


def layout(rng: np.random.Generator) -> Site:
    """Five to eight beams from one laser, and up to four points on masts."""
    half = rng.uniform(60, 120)
    centre = np.round(rng.uniform(-30, 30, 2), 1)
    laser = centre + rng.uniform(-0.5, 0.5, 2) * half
    beams, points = int(rng.integers(5, 9)), int(rng.integers(0, 5))
    bearing = rng.uniform(0, 2 * np.pi) + np.linspace(0, rng.uniform(np.pi / 2, 2 * np.pi), beams) + rng.normal(0, 0.1, beams)
    reach = rng.uniform(30, 100, beams)
    ends = laser + reach[:, None] * np.column_stack((np.cos(bearing), np.sin(bearing)))
    masts = centre + rng.uniform(-0.8, 0.8, (points, 2)) * half
    height = np.concatenate((np.full(beams, rng.uniform(1, 2)), rng.uniform(1.5, 3, points)))[:, None]
    start = np.hstack((np.vstack((np.tile(laser, (beams, 1)), masts)), height))
    end = np.hstack((np.vstack((ends, masts)), height))
    names = (*(f"beam-{number + 1}" for number in range(beams)), *(f"mast-{number + 1}" for number in range(points)))
    return Site(centre, half, np.round(start, 2), np.round(end, 2), names, float(np.exp(rng.uniform(np.log(0.01), np.log(0.08)))))


def seen_share(place: Floats, site: Site, air: Air) -> float:
    """The share of the time in which the mean wind blows from `place` to within `SEEN_RAD` of a point of an instrument."""
    along = np.linspace(0, 1, 9)[:, None, None]
    aims = (site.start + along * (site.end - site.start))[..., :2].reshape(-1, 2) - place[:2]
    bearing = np.arctan2(aims[:, 1], aims[:, 0])
    apart = np.angle(np.exp(1j * (air.toward_rad[::60, None] - bearing)))
    return float((np.abs(apart).min(axis=1) < SEEN_RAD).mean())


def release(rng: np.random.Generator, site: Site, air: Air) -> Source:
    """A source within the search square that the wind brings to an instrument; half of them are on and off for hours."""
    for _ in range(100):
        place = np.append(site.centre + rng.uniform(-1, 1, 2) * site.half_width_m, rng.uniform(0.2, 1.5))
        if seen_share(place, site, air) > SEEN_SHARE:
            break
    rate = 10 ** rng.normal(0, 0.5)
    return Source(place, rate * schedule(rng, len(air.toward_rad)))


def schedule(rng: np.random.Generator, count: int) -> Floats:
    """One where the source is on, zero where it is off, in every tick: always on, or in periods of one to four hours on average."""
    if rng.random() < 0.5:
        return np.ones(count)
    periods = np.cumsum(rng.exponential(rng.uniform(1, 4) * 3600, 200)) + 1200
    switched = np.searchsorted(periods, np.arange(count) * TICK_S)
    return np.asarray((switched + rng.integers(0, 2)) % 2 == 0, float) if switched[-1] else np.ones(count)


@njit(cache=True)
def carry(  # type: ignore[no-untyped-def]  # numba infers the types of a kernel
    seed, ticks, mass_kg, place, toward, gust, across, patch, speed, variance_w, time_scale, spread, memory_s, start, end, wide, high,
    intervals, interval_s, reach_m, roughness_m,
):  # fmt: skip
    """Path-mean concentration (kg/m3) of every instrument in every interval, from particles that leave at `ticks` weighing `mass_kg`.

    Vertical: the well-mixed Langevin model for Gaussian turbulence whose variance changes with height (Thomson 1987, in one dimension);
    horizontal: Langevin with one time scale. A particle adds its time in a tube about a path, `wide` and `high` to each side (metres).
    """
    np.random.seed(seed)
    found = np.zeros((len(start), intervals))
    length = np.sqrt(((end - start) ** 2).sum(axis=1))
    top_m, lowest_m = LEVELS_M[-2], max(roughness_m, 0.02)
    ceiling_m = (start[:, 2] + high).max()
    per_profile = int(PROFILE_S / TICK_S)
    for particle in range(len(ticks)):
        t, x, y, z = ticks[particle], place[0], place[1], place[2]
        born, unborn = t, True
        u = v = w = 0.0
        while True:
            tick = int((t + SPIN_UP_S) / TICK_S)
            if tick >= len(toward) or t - born > SPIN_UP_S or z > top_m:
                break
            block = tick // per_profile
            root = np.sqrt(z) * LEVELS_PER_ROOT_M
            level = int(root)
            part = (z - LEVELS_M[level]) / (LEVELS_M[level + 1] - LEVELS_M[level])
            variance = variance_w[block, level] * (1 - part) + variance_w[block, level + 1] * part
            slope = (variance_w[block, level + 1] - variance_w[block, level]) / (LEVELS_M[level + 1] - LEVELS_M[level])
            scale = time_scale[block, level] * (1 - part) + time_scale[block, level + 1] * part
            if unborn:
                u, v = np.random.normal() * spread[block], np.random.normal() * spread[block]
                w, unborn = np.random.normal() * np.sqrt(variance), False
            step = min(max(0.1 * scale, 0.02), 0.4)
            fade, fade_level = np.exp(-step / scale), 1 - step / memory_s
            kick = spread[block] * np.sqrt(1 - fade_level**2)
            w = fade * w + np.sqrt(variance * (1 - fade * fade)) * np.random.normal() + 0.5 * (1 + w * w / variance) * slope * step
            u = fade_level * u + kick * np.random.normal()
            v = fade_level * v + kick * np.random.normal()
            ahead = (speed[block, level] * (1 - part) + speed[block, level + 1] * part) * gust[tick] + u
            aside = v + across[tick]
            cosine, sine = np.cos(toward[tick]), np.sin(toward[tick])
            x += (ahead * cosine - aside * sine) * step
            y += (ahead * sine + aside * cosine) * step
            z += w * step
            t += step
            if z < lowest_m:
                z, w = 2 * lowest_m - z, -w
            if x * x + y * y > reach_m * reach_m:
                break
            interval = int(np.floor(t / interval_s))
            if interval < 0 or interval >= intervals or z > ceiling_m:
                continue
            for path in range(len(start)):
                dx, dy = x - start[path, 0], y - start[path, 1]
                if abs(z - start[path, 2]) > high[path]:
                    continue
                if length[path] == 0:
                    if dx * dx + dy * dy < wide[path] ** 2:
                        found[path, interval] += mass_kg[particle] * patch[tick] * step / (np.pi * wide[path] ** 2 * 2 * high[path])
                    continue
                east, north = (end[path, 0] - start[path, 0]) / length[path], (end[path, 1] - start[path, 1]) / length[path]
                along = dx * east + dy * north
                if 0 <= along <= length[path] and abs(dy * east - dx * north) < wide[path]:
                    found[path, interval] += mass_kg[particle] * patch[tick] * step / (4 * wide[path] * high[path] * length[path])
    return found / interval_s


def tubes(site: Site, place: Floats) -> tuple[Floats, Floats]:
    """Half width and half height of each path's tube: they grow with its nearest distance from the source and stay within the plume."""
    along = np.linspace(0, 1, 20)[:, None, None]
    nearest = np.hypot(*((site.start + along * (site.end - site.start))[..., :2] - place[:2]).transpose(2, 0, 1)).min(axis=0)
    return np.minimum(0.3 + 0.06 * nearest, 3.0), np.minimum(0.2 + 0.04 * nearest, 0.8)


def enhancements(rng: np.random.Generator, site: Site, air: Air, source: Source, interval_s: float, count: int, particles: int) -> Floats:
    """Methane above background (ppb), instruments x intervals; `particles` leave in each interval in which the source is on."""
    leaving = int((count * interval_s + SPIN_UP_S) / interval_s * particles)
    times = (np.arange(leaving) + rng.random(leaving)) * interval_s / particles - SPIN_UP_S
    mass = source.rate_kg_h[((times + SPIN_UP_S) / TICK_S).astype(int)] / 3600 * interval_s / particles
    shift = np.append(site.centre, 0)
    start, end, place = site.start - shift, site.end - shift, source.place - shift
    reach = np.hypot(*np.vstack((start, end, place[None]))[:, :2].T).max() + 15
    mean = carry(
        int(rng.integers(2**31)), times[mass > 0], mass[mass > 0], place, air.toward_rad, air.gust, air.across_m_s, air.patch,
        air.speed_m_s, air.variance_w, air.time_scale_s, air.spread_m_s, air.memory_s, start, end, *tubes(site, source.place),
        count, interval_s, reach, site.roughness_m,
    )  # fmt: skip
    return methane_ppb(mean, TEMPERATURE_K, PRESSURE_HPA)


def background(rng: np.random.Generator, instruments: int, hours: Floats) -> tuple[Floats, float]:
    """What is measured without the source (ppb): a drift common to all, an offset of 1-2 % for every instrument, white noise; and the
    noise's standard deviation."""
    step_s = (hours[1] - hours[0]) * 3600
    daily = rng.uniform(5, 50) * np.cos((hours - 5) / 24 * 2 * np.pi)
    slow = rng.uniform(4, 15) * wander(rng, len(hours), step_s, 7200)
    offsets = 1900 * rng.uniform(0.01, 0.02) * rng.normal(size=(instruments, 1))
    noise_ppb = rng.uniform(5, 20)
    noise = noise_ppb * rng.normal(size=(instruments, len(hours)))
    return np.asarray(1900 + daily + slow + offsets + noise), noise_ppb


def in_intervals(series: Floats, interval_s: float, count: int) -> Floats:
    """A series of ticks cut into the sampled intervals: count x ticks in one."""
    first, each = int(SPIN_UP_S / TICK_S), int(interval_s / TICK_S)
    return series[first : first + count * each].reshape(count, each)


def anemometer(rng: np.random.Generator, air: Air, height_m: float, interval_s: float, count: int) -> dict[str, Floats]:
    """What one anemometer elsewhere on the site says: mean wind TOWARDS with its error, deviations, Obukhov length; half give all."""
    blocks = np.minimum((np.arange(len(air.gust)) * TICK_S / PROFILE_S).astype(int), len(air.spread_m_s) - 1)
    at_height = np.array([np.interp(height_m, LEVELS_M, profile) for profile in air.speed_m_s])[blocks]
    astray = np.radians(rng.uniform(5, 10)) * wander(rng, len(air.gust), TICK_S, rng.uniform(300, 1800))
    speed = at_height * air.gust * (1 + 0.1 * wander(rng, len(air.gust), TICK_S, rng.uniform(300, 1800)))
    velocity = (speed + 1j * air.across_m_s) * np.exp(1j * (air.toward_rad + astray))
    inside = in_intervals(velocity, interval_s, count)
    mean = inside.mean(axis=1)
    small = in_intervals(air.spread_m_s[blocks], interval_s, count)[:, 0]
    lateral = (inside * np.exp(-1j * np.angle(mean))[:, None]).imag.std(axis=1)
    columns = {"wind_u_m_s": mean.real, "wind_v_m_s": mean.imag, "sigma_v_m_s": scattered(rng, np.hypot(lateral, small))}
    if rng.random() < 0.5:
        upright = np.sqrt([np.interp(height_m, LEVELS_M, profile) for profile in air.variance_w])[blocks]
        columns["sigma_w_m_s"] = scattered(rng, in_intervals(upright, interval_s, count)[:, 0])
    if rng.random() < 0.5:
        inverse = in_intervals(air.inverse_obukhov, interval_s, count).mean(axis=1)
        columns["obukhov_length_m"] = scattered(rng, 1 / np.where(np.abs(inverse) < 1e-4, 1e-4, inverse))
    return columns


def scattered(rng: np.random.Generator, values: Floats) -> Floats:
    """Values with the scatter that a short mean of turbulence has: ten per cent."""
    return np.asarray(values * np.exp(0.1 * rng.normal(size=len(values))))


def write_scene(out: Path, seed: int, number: int, kind: str = "ground") -> str:
    """Make one flight folder and its truth; returns a line about it."""
    rng = np.random.default_rng([seed, number])
    name = f"{kind}-{seed}-{number:03d}"
    interval_s = 60.0 if rng.random() < 0.5 else 300.0
    hours = rng.uniform(2, 6) if interval_s == 60 else rng.uniform(48, 96)
    count = int(hours * 3600 / interval_s)
    site = layout(rng)
    first_hour = rng.uniform(0, 24)
    air = weather(rng, first_hour, count * interval_s, site.roughness_m)
    columns = anemometer(rng, air, height_m := round(rng.uniform(2, 4), 1), interval_s, count)
    clean, noise_ppb = background(rng, len(site.names), first_hour + np.arange(count) * interval_s / 3600)
    seen = 1 if rng.random() >= NO_SOURCE_SHARE else 0
    sources = [release(rng, site, air) for _ in range(2 if kind == "pair" else seen)]
    above = np.zeros_like(clean)
    for source in sources:
        above += enhancements(rng, site, air, source, interval_s, count, 1500 if interval_s == 60 else 800)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flight.toml").write_text(flight_file(name, site, height_m, rng))
    write_log(folder / "methane.csv", site, interval_s, columns, clean + above)
    (out / "truth").mkdir(exist_ok=True)
    truth = told(sources, above, air, noise_ppb)
    (out / "truth" / f"{name}.json").write_text(json.dumps(truth, indent=1) + "\n")
    return f"{name}  {hours:5.1f} h of {interval_s:.0f} s  {len(site.names)} instruments  {truth}"


def told(sources: Sequence[Source], above: Floats, air: Air, noise_ppb: float) -> dict[str, object]:
    """The truth of a scene, laid out as that of a flight: the sources, the middle of the air's states, the largest enhancement."""
    inverse_obukhov = float(np.median(air.inverse_obukhov))
    return {
        "n_sources": len(sources),
        "sources": [told_source(source) for source in sources],
        "stability": "neutral" if abs(inverse_obukhov) < NEUTRAL else "unstable" if inverse_obukhov < 0 else "stable",
        "L_m": 1 / inverse_obukhov,
        "ustar": float(np.median(air.friction_m_s)),
        "hilly": False,
        "noise_ppb": noise_ppb,
        "peak_enh_ppb": float(above.max()),
        "wind_mode": "onboard",
    }


def told_source(source: Source) -> dict[str, float]:
    """Where a source is, how much it emits on average while measured and while on, and how long it was on."""
    rate = source.rate_kg_h[int(SPIN_UP_S / TICK_S) :]
    return {
        "x_m": float(source.place[0]),
        "y_m": float(source.place[1]),
        "rate_kg_h_when_on": float(source.rate_kg_h.max()),
        "rate_kg_h_mean": float(rate.mean()),
        "stack_m": float(source.place[2]),
        "duty": float((rate > 0).mean()),
    }


def flight_file(name: str, site: Site, height_m: float, rng: np.random.Generator) -> str:
    """The text of `flight.toml`; the roughness it states is a third off, as an estimate by eye is."""
    x, y = site.centre
    return f"""# A simulated release on flat ground: Lagrangian particles, benchmarks/scenes.py.
id = "{name}"
aircraft = "none: simulated ground instruments"
purpose = "see how often the inversion's regions hold a known source"
is_sample = true

[frame]
kind = "local"
height_reference = "agl"

[gas_log]
gas = "ch4"

[air]
temperature_k = {TEMPERATURE_K}
pressure_hpa = {PRESSURE_HPA}

[wind]
kind = "onboard"
height_m = {height_m}

[search]
half_width_m = {site.half_width_m:.1f}
centre = [{x:.1f}, {y:.1f}]

[search.log10_rate_kg_h]
mean = 0.0
sd = 0.5

[terrain]
roughness_m = {site.roughness_m * np.exp(0.3 * rng.normal()):.3f}
"""


def write_log(path: Path, site: Site, interval_s: float, columns: dict[str, Floats], methane_ppb: Floats) -> None:
    """The gas log, one row per instrument and interval; a point's second end is blank."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["t_s", "instrument", "x1_m", "y1_m", "x2_m", "y2_m", "z_agl_m", "ch4_ppm", *columns])
        for interval in range(methane_ppb.shape[1]):
            wind = [f"{values[interval]:.4f}" for values in columns.values()]
            for number, instrument in enumerate(site.names):
                start, end = site.start[number], site.end[number]
                far = ["", ""] if (start == end).all() else [*end[:2]]
                amount = f"{methane_ppb[number, interval] / 1000:.5f}"
                writer.writerow([int(interval * interval_s), instrument, *start[:2], *far, start[2], amount, *wind])


def steady(friction_m_s: float, obukhov_m: float, roughness_m: float, duration_s: float) -> Air:
    """Air from the west without meander, gusts or patches."""
    count = int((duration_s + SPIN_UP_S) / TICK_S) + 1
    still = {"toward_rad": np.zeros(count), "gust": np.ones(count), "across_m_s": np.zeros(count), "patch": np.ones(count)}
    friction, inverse = np.full(count, friction_m_s), np.full(count, 1 / obukhov_m)
    spread = 0.7 * lateral_deviation(friction, inverse)
    return profiled(np.random.default_rng(0), roughness_m, friction, inverse, spread, **still)


def check() -> None:
    """Print the flux of the measured concentrations through planes downwind over the emission: it should be one within a tenth."""
    heights = np.arange(0.8, 20, 0.8)
    for friction, obukhov in ((0.3, 1e6), (0.25, -15.0), (0.2, 20.0)):
        air = steady(friction, obukhov, 0.03, 3600)
        for distance in (20.0, 40.0):
            start = np.column_stack((np.full_like(heights, distance), np.full_like(heights, -80), heights))
            site = Site(np.zeros(2), 60, start, start * [1, -1, 1], ("beam",) * len(heights), 0.03)
            source = Source(np.array([0, 0, 0.5]), np.ones(len(air.gust)))
            path_ppb = enhancements(np.random.default_rng(1), site, air, source, 600, 6, 6000).mean(axis=1)
            kg_m2 = path_ppb * 160e-9 * METHANE_KG_MOL * PRESSURE_HPA * 100 / (GAS_CONSTANT * TEMPERATURE_K)
            flux = (kg_m2 * np.interp(heights, LEVELS_M, air.speed_m_s[0])).sum() * 0.8 * 3600
            print(f"u* {friction} m/s, L {obukhov:g} m, {distance:g} m downwind: flux above 0.4 m / emission {flux:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--kind", choices=("ground", "pair", "aircraft"), default="ground")
    parser.add_argument("--count", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.check:
        (aircraft.check if arguments.kind == "aircraft" else check)()
    if arguments.out:
        write = aircraft.write_flight if arguments.kind == "aircraft" else partial(write_scene, kind=arguments.kind)
        with ProcessPoolExecutor(arguments.jobs) as pool:
            for line in pool.map(partial(write, arguments.out, arguments.seed), range(arguments.count)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
