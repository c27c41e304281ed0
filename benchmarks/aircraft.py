"""Simulated flights past zero to three sources, written as flight folders with the truth beside them: `scenes.py --kind aircraft`.

What is drawn here is what varies between flights: weather, hills, sources, the pattern flown, the instrument, and how well the wind is
known. The air and the particles that carry the gas are in `boundary_layer.py`; `calibration.py` scores the answers.
"""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from boundary_layer import TICK_S, Flow, Layer, Track, eddy_fields, lagged, mean_speed, mean_wind, met_by, profiles, tracked, winds_along
from surface_layer import VON_KARMAN, Floats, methane_ppb, wander

TEMPERATURE_K, PRESSURE_HPA = 288.0, 970.0
NEUTRAL_OBUKHOV_M = -10000.0
LOG10_RATE = (1.6, 0.6)
"""Mean and standard deviation of log10 of a source's rate in kg/h; also the prior that the flight file states."""
MOST_SOURCES = 3
MINUTES = (25.0, 45.0)
SPEED_M_S = (13.0, 75.0)
PILOTS, PARTICLES = 3000, 40000
"""Particles that find out when the aircraft meets the gas, and those that follow for 100 kg/h seen with a noise of 2 ppb."""
LEVEL_INSIDE = 20
"""A level a tenth of the way up the layer, whose turbulence stands for that of the layer."""
LONGEST_S = 6000.0
"""Gas is followed from this long before the flight at most."""
DEM_STEP_M = 100.0
DIRECTION_ERROR_DEG, SPEED_ERROR = 18.0, 0.25
"""What the flight file states of the reanalysis wind; its speed is off by a little more, as a stated error usually is."""


@dataclass(frozen=True)
class Weather:
    """A layer with the name of its stability, the mean wind at 10 m and where it blows to (radians from east, anticlockwise)."""

    stability: str
    layer: Layer
    speed_10_m_s: float
    toward_rad: float


@dataclass(frozen=True)
class Emitter:
    """A source: place (x, y), height of the stack and rise above it, rate while on, and whether it is on in every tick."""

    place: Floats
    stack_m: float
    rise_m: float
    rate_kg_h: float
    on: Floats
    intermittent: bool


@dataclass(frozen=True)
class Hills:
    """Heights (m), rows with y ascending, of a square grid from `corner_m` on, and the wind's bending as `Flow.hills` has it."""

    corner_m: float
    heights_m: Floats
    bending: Floats


@dataclass(frozen=True)
class Instrument:
    """The true delay, lag and noise of the gas instrument."""

    delay_s: float
    lag_s: float
    noise_ppb: float


@dataclass(frozen=True)
class Scene:
    """All that happens in one flight, but for the gas: air, ground, search square, sources, the aircraft and its instrument."""

    weather: Weather
    half_width_m: float
    hills: Hills | None
    flow: Flow
    track: Track
    emitters: list[Emitter]
    instrument: Instrument


def draw_weather(rng: np.random.Generator) -> Weather:
    """Half unstable, the rest neutral and stable, which strong winds are not; friction from the wind at 10 m, lid from both."""
    stability = str(rng.choice(["unstable", "neutral", "stable"], p=[0.5, 0.25, 0.25]))
    while True:
        speed, roughness = rng.uniform(2, 6 if stability == "stable" else 10), float(np.exp(rng.uniform(np.log(0.008), np.log(0.6))))
        obukhov = {
            "unstable": -float(np.exp(rng.uniform(np.log(20), np.log(200)))),
            "neutral": NEUTRAL_OBUKHOV_M,
            "stable": float(np.exp(rng.uniform(np.log(40), np.log(300)))),
        }[stability]
        friction = speed / float(mean_speed(Layer(1.0, 1 / obukhov, 1000.0, roughness, 0.0), np.array([10.0]))[0])
        if 0.12 < friction < 0.85:
            break
    height = {
        "unstable": rng.uniform(700, 2000),
        "neutral": np.clip(2500 * friction * rng.uniform(0.6, 1.4), 350, 1200),
        "stable": np.clip(40 * np.sqrt(friction * abs(obukhov)) * rng.uniform(0.8, 2), 120, 400),
    }[stability]
    veer = np.radians({"unstable": rng.uniform(0, 8), "neutral": rng.uniform(8, 20), "stable": rng.uniform(15, 40)}[stability])
    layer = Layer(friction, 1 / obukhov, float(height), roughness, float(veer))
    return Weather(stability, layer, speed, rng.uniform(-np.pi, np.pi))


def draw_flow(rng: np.random.Generator, weather: Weather, hills: Hills | None, start_s: float, end_s: float) -> Flow:
    """The air of one flight: how much of its turbulence is in eddies that move all particles together differs from scene to scene."""
    layer, share = weather.layer, rng.uniform(0.5, 0.8)
    heating = max(-layer.inverse_obukhov * layer.height_m / VON_KARMAN, 0.0)
    convection = layer.friction_m_s * heating ** (1 / 3)
    updraught = rng.uniform(0.3, 0.5) * max(convection, {"stable": 0.3}.get(weather.stability, 0.8) * layer.friction_m_s)
    table = profiles(layer, share, updraught, rng.uniform(0.7, 1.0))
    step = float(np.clip(layer.height_m / 14, 25, 110))
    lateral, small = table[LEVEL_INSIDE, 2:4]
    carried = float(mean_speed(layer, np.array([0.2 * layer.height_m]))[0])
    restless = {"unstable": 1.0, "neutral": 0.7, "stable": 1.3}[weather.stability]
    return Flow(
        height_m=layer.height_m,
        profile=table,
        start_s=start_s,
        series=mean_wind(rng, start_s, end_s, weather.toward_rad, carried, restless),
        eddies=eddy_fields(rng, layer.height_m, step),
        eddy_step_m=step,
        turnover_s=float(rng.uniform(0.5, 1.0) * layer.height_m / lateral),
        updraught_m_s=float(updraught),
        small_memory_s=float(0.5 * step / small),
        hills=np.zeros((1, 1, 4)) if hills is None else hills.bending,
        hills_corner_m=0.0 if hills is None else hills.corner_m,
        hills_step_m=DEM_STEP_M,
    )


def draw_hills(rng: np.random.Generator, reach_m: float, half_width_m: float, *, stable: bool) -> Hills:
    """Three to eight rounded hills and ridges; the wind goes round them, more so in stable air, or quickens over them.

    The bending comes from a stream function, so the air over the hills neither gathers nor thins out: for each hill the flow along its
    middle line is slowed by a share and the flow beside it made up.
    """
    corner = -DEM_STEP_M * np.ceil(reach_m / DEM_STEP_M)
    axis = corner + DEM_STEP_M * np.arange(int(-2 * corner / DEM_STEP_M) + 1)
    x, y = np.meshgrid(axis, axis)
    heights, streams = np.zeros_like(x), np.zeros((2, *x.shape))
    for _ in range(rng.integers(3, 9)):
        middle, turn = rng.uniform(-1.3, 1.3, 2) * half_width_m, rng.uniform(0, np.pi)
        long, short = rng.uniform(0.7, 2.5) * 1000, rng.uniform(0.4, 1.0)
        dx, dy = x - middle[0], y - middle[1]
        along, across = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
        shape = np.exp(-0.5 * ((along / long) ** 2 + (across / (short * long)) ** 2))
        height = rng.uniform(40, 300)
        slowed = rng.uniform(0.2, 0.7) * height / 300 * (1.3 if stable else rng.choice([1.0, -0.7], p=[0.7, 0.3]))
        heights += height * shape
        streams -= slowed * shape * np.array([dy, -dx])
    slopes = [np.gradient(stream, DEM_STEP_M) for stream in streams]
    bending = np.stack([part for up, right in slopes for part in (up, -right)], axis=-1)
    return Hills(float(corner), heights, np.ascontiguousarray(bending))


def draw_emitters(rng: np.random.Generator, half_width_m: float, ticks: int) -> list[Emitter]:
    """Of `MOST_SOURCES` possible sources each is there or not, anywhere in the search square; a third are on and off for minutes."""
    found = []
    for _ in range(rng.binomial(MOST_SOURCES, 0.5)):
        place = rng.uniform(-half_width_m, half_width_m, 2)
        stack, rise = rng.choice([rng.uniform(1, 5), rng.uniform(5, 30)]), rng.uniform(10, 60) if rng.random() < 0.3 else 0.0
        intermittent = bool(rng.random() < 1 / 3)
        on = telegraph(rng, ticks) if intermittent else np.ones(ticks)
        found.append(Emitter(place, stack, rise, 10 ** rng.normal(*LOG10_RATE), on, intermittent))
    return found


def telegraph(rng: np.random.Generator, ticks: int) -> Floats:
    """A random telegraph: on for a share of 0.3 to 0.8 of the time, in cycles of 4 to 20 minutes on average."""
    duty, cycle_s = rng.uniform(0.3, 0.8), rng.uniform(240, 1200)
    lasting = rng.exponential(1.0, 400) * cycle_s * np.tile([duty, 1 - duty], 200)
    begins_on = rng.random() < duty
    switched = np.searchsorted(np.cumsum(lasting if begins_on else np.roll(lasting, 1)), np.arange(ticks) * TICK_S)
    return np.asarray(switched % 2 == (0 if begins_on else 1), float)


def ladder(rng: np.random.Generator, half_width_m: float) -> Floats:
    """Corners of parallel legs along the second axis, stepping along the first; sometimes closed by a diagonal back to the start."""
    legs = int(rng.integers(4, 9))
    wide, long = rng.uniform(0.9, 1.7, 2) * half_width_m
    steps = np.repeat(np.linspace(-wide, wide, legs) + 0.1 * wide / legs * rng.normal(size=legs), 2)
    ends = long * np.tile([-1, 1, 1, -1], legs)[: 2 * legs]
    corners = np.column_stack((steps, ends))
    return np.vstack((corners, corners[0])) if rng.random() < 0.4 else corners


def butterfly(rng: np.random.Generator, half_width_m: float) -> Floats:
    """Corners of a bow tie: two diagonals that cross in the middle and the sides that join them, flown round again, smaller."""
    wide, long = rng.uniform(1.0, 1.6, 2) * half_width_m
    tie = np.array([[-1, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]])
    return np.vstack([tie * shrink * [wide, long] for shrink in (1.0, 0.65, 0.35)])


def corners_flown(rng: np.random.Generator, half_width_m: float, planned_rad: float) -> Floats:
    """Corners of the pattern about the search square's middle: across the wind, along it, slanted, crossed, a butterfly, or partial."""
    kind = rng.choice(["across", "along", "slanted", "cross", "butterfly"], p=[0.45, 0.1, 0.25, 0.1, 0.1])
    turn = {"along": np.pi / 2, "slanted": rng.uniform(0.4, 1.2) * rng.choice([-1, 1])}.get(kind, 0.0)
    corners = butterfly(rng, half_width_m) if kind == "butterfly" else ladder(rng, half_width_m)
    if kind == "cross":
        corners = np.vstack((corners, ladder(rng, half_width_m)[:, ::-1]))
    if rng.random() < 0.3:
        corners = corners * rng.uniform(0.4, 0.8) + rng.uniform(-0.6, 0.6, 2) * half_width_m
    corners = corners * rng.choice([-1, 1], 2)
    angle = planned_rad + turn
    return np.asarray(corners @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]))


def draw_track(rng: np.random.Generator, half_width_m: float, planned_rad: float, top_m: float) -> tuple[Floats, Floats, Floats]:
    """Where the aircraft is every second: x, y and height above ground. A short pattern is flown slowly, or more than once."""
    corners = corners_flown(rng, half_width_m, planned_rad)
    seconds, wanted = 60 * rng.uniform(*MINUTES), rng.uniform(45, 60)
    once = np.hypot(*np.diff(corners, axis=0).T).sum()
    slow = once / seconds
    speed = float(np.clip(slow, *SPEED_M_S)) if slow > wanted or rng.random() < 0.5 else wanted
    rounds = int(np.ceil(60 * MINUTES[0] * speed / once))
    corners = np.vstack([corners[:: 1 if turn % 2 == 0 else -1] for turn in range(max(rounds, 1))])
    legs_m = np.hypot(*np.diff(corners, axis=0).T)
    passed = np.concatenate(([0], np.cumsum(legs_m)))
    flown = np.arange(0, min(passed[-1], 60 * MINUTES[1] * speed), speed)
    x, y = (np.interp(flown, passed, axis) for axis in corners.T)
    leg = np.minimum(np.searchsorted(passed, flown, side="right") - 1, len(legs_m) - 1)
    return x, y, heights_flown(rng, leg, top_m)


def heights_flown(rng: np.random.Generator, leg: Floats, top_m: float) -> Floats:
    """One height or several, changed between legs over half a minute, with a wobble of some metres."""
    levels = np.sort(np.exp(rng.uniform(np.log(45), np.log(top_m), int(rng.choice([1, 2, 3, 4])))))
    each = levels[rng.integers(0, len(levels), leg.max() + 1)][leg]
    ramp = int(rng.integers(15, 45))
    smooth = np.convolve(np.pad(each, ramp, mode="edge"), np.ones(2 * ramp + 1) / (2 * ramp + 1), mode="valid")
    seconds, period = np.arange(len(leg)), rng.uniform(80, 300)
    wobble = rng.uniform(1, 8) * np.sin(2 * np.pi * seconds / period + rng.uniform(0, 6)) + rng.uniform(0.3, 2) * wander(
        rng, len(leg), 1, 20
    )
    return np.asarray(np.maximum(smooth + wobble, 35))


def background_ppb(rng: np.random.Generator, height_m: Floats) -> Floats:
    """What is measured without sources (ppb): a drift, a slow bump in half of the flights, a gradient with height."""
    seconds = np.arange(len(height_m))
    drift = np.exp(rng.uniform(np.log(0.02), np.log(0.15))) * np.cumsum(rng.normal(size=len(seconds)))
    bump = rng.uniform(5, 20) * np.exp(-0.5 * ((seconds - rng.uniform(0, len(seconds))) / rng.uniform(80, 250)) ** 2)
    gradient = rng.normal(0, 0.005) * (height_m - height_m.mean())
    return np.asarray(rng.uniform(1930, 1990) + drift + (rng.random() < 0.5) * bump + gradient)


def wind_columns(rng: np.random.Generator, kind: str, air: Floats, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """The wind written down: the air's velocity at the aircraft, with small gusts, noise, and a bias part of which turns with the aircraft.

    NaN where nothing was measured: always with a reanalysis wind only, all but every one to three minutes when sparse.
    """
    count = len(x_m)
    if kind == "reanalysis":
        return np.full(count, np.nan), np.full(count, np.nan)
    heading = np.exp(1j * np.arctan2(np.gradient(y_m), np.gradient(x_m)))
    gusts = air[:, 2] * (wander(rng, count, 1, 2.0) + 1j * wander(rng, count, 1, 2.0))
    noise = rng.uniform(0.1, 0.4) * (rng.normal(size=count) + 1j * rng.normal(size=count))
    share, size = rng.uniform(0, 1), rng.uniform(0.3, 0.8)
    bias = size * (share * np.exp(2j * np.pi * rng.random()) + (1 - share) * np.exp(2j * np.pi * rng.random()) * heading)
    wind = air[:, 0] + 1j * air[:, 1] + gusts + noise + bias
    if kind == "sparse":
        wind[np.arange(count) % int(rng.integers(60, 201)) != 0] = complex(np.nan, np.nan)
    return wind.real, wind.imag


def draw_scene(rng: np.random.Generator) -> Scene:
    """All that happens in one flight, but for the gas."""
    weather = draw_weather(rng)
    half = float(np.round(rng.choice([1, 2, 4]) * rng.uniform(1.19, 1.26), 3) * 1000)
    top = min(500, rng.uniform(0.8, 1.5) * weather.layer.height_m)
    track = tracked(*draw_track(rng, half, weather.toward_rad + np.radians(15) * rng.normal(), max(top, 80)))
    reach = float(max(np.abs(track.x_m).max(), np.abs(track.y_m).max(), 1.4 * half))
    hills = draw_hills(rng, reach, half, stable=weather.stability == "stable") if rng.random() < 0.5 else None
    across_s = (reach + half) / (0.8 * weather.speed_10_m_s)
    start_s = -TICK_S * float(np.ceil(min(LONGEST_S, 1.3 * across_s) / TICK_S))
    flow = draw_flow(rng, weather, hills, start_s, len(track.x_m))
    emitters = draw_emitters(rng, half, len(flow.series))
    instrument = Instrument(rng.uniform(0, 5), float(np.exp(rng.uniform(np.log(0.3), np.log(8)))), float(rng.choice([0.5, 2.0, 5.0])))
    return Scene(weather, half, hills, flow, track, emitters, instrument)


def enhancements(rng: np.random.Generator, scene: Scene) -> tuple[Floats, Floats]:
    """What the instrument shows of each source (ppb, sources x seconds), without noise, and its standard error from the number of
    particles (seconds). A strong source before a quiet instrument is followed by more particles."""
    above, variance = np.zeros((len(scene.emitters), len(scene.track.x_m))), np.zeros(len(scene.track.x_m))
    for number, emitter in enumerate(scene.emitters):
        heights = np.minimum(emitter.stack_m + emitter.rise_m * np.linspace(0.6, 1.2, 32), 0.9 * scene.flow.height_m)
        particles = int(PARTICLES * np.clip(np.sqrt(emitter.rate_kg_h / 100 * 2 / scene.instrument.noise_ppb), 0.2, 1.5))
        rate_kg_s = emitter.rate_kg_h / 3600 * emitter.on
        mass, uncertain = met_by(rng, scene.flow, scene.track, emitter.place, heights, rate_kg_s, PILOTS, particles)
        above[number] = shown(scene.instrument, methane_ppb(mass, TEMPERATURE_K, PRESSURE_HPA))
        variance += shown(scene.instrument, methane_ppb(uncertain, TEMPERATURE_K, PRESSURE_HPA)) ** 2
    return above, np.sqrt(variance)


def shown(instrument: Instrument, values: Floats) -> Floats:
    """A series as the instrument shows it, late and smoothed."""
    return lagged(values, instrument.delay_s, instrument.lag_s)


def write_flight(out: Path, seed: int, number: int) -> str:
    """Make one flight folder and its truth; returns a line about it. Flight `number` is the same however many are made."""
    rng = np.random.default_rng([seed, number])
    name = f"air-{seed}-{number:04d}"
    scene = draw_scene(rng)
    above, error = enhancements(np.random.default_rng([seed, number, 1]), scene)
    x, y, z = scene.track[:3]
    measured = shown(scene.instrument, background_ppb(rng, z)) + above.sum(axis=0)
    measured = measured + scene.instrument.noise_ppb * rng.normal(size=len(x))
    kind = str(rng.choice(["onboard", "sparse", "reanalysis"], p=[0.5, 0.3, 0.2]))
    wind = wind_columns(rng, kind, winds_along(scene.flow, scene.track), x, y)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flight.toml").write_text(flight_file(rng, name, scene, kind))
    write_log(rng, folder / "gas.csv", scene, measured, wind)
    if scene.hills is not None:
        np.savetxt(folder / "dem.csv", scene.hills.heights_m, fmt="%.0f", delimiter=",")
    (out / "truth").mkdir(exist_ok=True)
    truth = told(number, scene, above, kind)
    (out / "truth" / f"{name}.json").write_text(json.dumps(truth, indent=1) + "\n")
    peak = int(above.sum(axis=0).argmax())
    return (
        f"{name} {scene.weather.stability:<8} wind {scene.weather.speed_10_m_s:4.1f} m/s  lid {scene.flow.height_m:5.0f} m  {kind:<10}"
        f" {len(x) / 60:4.1f} min  {len(scene.emitters)} sources  peak {truth['peak_enh_ppb']:8.2f} ppb, of which chance"
        f" {error[peak]:.2f}  noise {scene.instrument.noise_ppb}"
    )


def told(number: int, scene: Scene, above: Floats, kind: str) -> dict[str, object]:
    """The truth of a flight: sources, hidden air, instrument, and the largest enhancement that the instrument showed without noise."""
    aloft = slice(int(-scene.flow.start_s / TICK_S), None)
    weather, instrument = scene.weather, scene.instrument
    return {
        "scene": f"{number:04d}",
        "n_sources": len(scene.emitters),
        "sources": [told_emitter(emitter, float(emitter.on[aloft].mean())) for emitter in scene.emitters],
        "stability": weather.stability,
        "L_m": 1 / weather.layer.inverse_obukhov,
        "ustar": weather.layer.friction_m_s,
        "h_m": weather.layer.height_m,
        "U10": weather.speed_10_m_s,
        "dir_to_rad": weather.toward_rad,
        "hilly": scene.hills is not None,
        "tau_s": instrument.lag_s,
        "delay_s": instrument.delay_s,
        "noise_ppb": instrument.noise_ppb,
        "peak_enh_ppb": float(above.sum(axis=0).max()),
        "wind_mode": kind,
        "peak_per_source_ppb": [float(one.max()) for one in above],
    }


def told_emitter(emitter: Emitter, duty: float) -> dict[str, object]:
    """One source of the truth; `duty` is the share of the flight in which it was on."""
    return {
        "x_m": float(emitter.place[0]),
        "y_m": float(emitter.place[1]),
        "rate_kg_h_when_on": emitter.rate_kg_h,
        "rate_kg_h_mean": emitter.rate_kg_h * duty,
        "stack_m": float(emitter.stack_m),
        "rise_m": float(emitter.rise_m),
        "intermittent": emitter.intermittent,
        "duty": duty,
    }


def flight_file(rng: np.random.Generator, name: str, scene: Scene, kind: str) -> str:
    """The text of `flight.toml`: what the crew and a weather model believed, each a little wrong."""
    weather, instrument = scene.weather, scene.instrument
    believed = weather.speed_10_m_s * np.exp(0.3 * rng.normal())
    toward = weather.toward_rad + np.radians(DIRECTION_ERROR_DEG) * rng.normal()
    off_delay, off_lag = 1 + np.clip(0.2 * rng.normal(size=2), -0.4, 0.4)
    return f"""# A simulated flight: Lagrangian particles, benchmarks/scenes.py.
id = "{name}"
aircraft = "simulated"
purpose = "see how often the inversion's regions hold known sources"
is_sample = true

[frame]
kind = "local"
height_reference = "agl"

[gas_log]
file = "gas.csv"
gas = "ch4"
delay_s = {round(instrument.delay_s * off_delay):.3f}
lag_s = {instrument.lag_s * off_lag:.3f}
noise_ppb = {instrument.noise_ppb:.3f}

[air]
temperature_k = {TEMPERATURE_K}
pressure_hpa = {PRESSURE_HPA}

[wind]
kind = "{kind}"

[wind.reanalysis]
u10_m_s = {believed * np.cos(toward):.4f}
v10_m_s = {believed * np.sin(toward):.4f}
mixing_height_m = {weather.layer.height_m * np.exp(0.2 * rng.normal()):.1f}
stability = "{weather.stability if rng.random() < 0.65 else "unknown"}"
direction_error_deg = {DIRECTION_ERROR_DEG}
speed_error_fraction = {SPEED_ERROR}

[search]
half_width_m = {scene.half_width_m:.1f}
max_sources = {MOST_SOURCES}
log10_rate_kg_h = {{ mean = {LOG10_RATE[0]}, sd = {LOG10_RATE[1]} }}

[terrain]
roughness_m = {weather.layer.roughness_m * np.exp(0.4 * rng.normal()):.4f}
{dem_lines(scene.hills)}"""


def dem_lines(hills: Hills | None) -> str:
    """The lines of `flight.toml` about the height grid, where there is one."""
    if hills is None:
        return ""
    return f'dem = "dem.csv"\ndem_origin_m = [{hills.corner_m:.1f}, {hills.corner_m:.1f}]\ndem_step_m = {DEM_STEP_M}\n'


def write_log(rng: np.random.Generator, path: Path, scene: Scene, gas_ppb: Floats, wind: tuple[Floats, Floats]) -> None:
    """The gas log, a row a second; a few samples of the gas and what was not measured of the wind are blank."""
    x, y, z = scene.track[:3]
    ground = np.zeros(len(x)) if scene.hills is None else ground_m(scene.hills, x, y)
    gas_ppb = np.where(rng.random(len(x)) < rng.uniform(0, 0.01), np.nan, gas_ppb)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["t_s", "x_m", "y_m", "z_agl_m", "z_asl_m", "ch4_ppb", "wind_u_m_s", "wind_v_m_s"])
        for second, (gas, u, v) in enumerate(zip(gas_ppb, *wind, strict=True)):
            places = (f"{x[second]:.1f}", f"{y[second]:.1f}", f"{z[second]:.1f}", f"{z[second] + ground[second]:.1f}")
            writer.writerow([second, *places, *("" if np.isnan(value) else f"{value:.2f}" for value in (gas, u, v))])


def ground_m(hills: Hills, x_m: Floats, y_m: Floats) -> Floats:
    """Height of the ground at the nearest point of the grid."""
    last = len(hills.heights_m) - 1
    column, row = (np.clip(np.round((axis - hills.corner_m) / DEM_STEP_M).astype(int), 0, last) for axis in (x_m, y_m))
    return np.asarray(hills.heights_m[row, column])


def check() -> None:
    """Print the flux of gas through planes downwind over the emission, and how evenly gas that is released at all heights in proportion to
    the wind fills the layer: both should be one within a tenth or so, the eddies' chance included."""
    for name, layer in CHECKED.items():
        weather = Weather(name, layer, float(mean_speed(layer, np.array([10.0]))[0]), 0.0)
        for distance_m in (1000.0, 4000.0):
            ratios = [flux_over_emission(np.random.default_rng(seed), weather, distance_m) for seed in range(3)]
            even = np.mean([evenness(np.random.default_rng(seed), weather, distance_m) for seed in range(3)], axis=0)
            print(f"{name:<9} {distance_m:.0f} m downwind: flux / emission {np.round(ratios, 2)}, evenness by quarters {np.round(even, 2)}")


CHECKED = {
    "neutral": Layer(0.4, 1 / NEUTRAL_OBUKHOV_M, 700.0, 0.05, 0.2),
    "unstable": Layer(0.3, -1 / 50, 1200.0, 0.05, 0.05),
    "stable": Layer(0.25, 1 / 100, 250.0, 0.05, 0.3),
}


def flux_over_emission(rng: np.random.Generator, weather: Weather, distance_m: float) -> float:
    """Mean wind times concentration, over a plane across the wind, per emission near the ground."""
    heights, crosswind = crosswind_integral(rng, weather, distance_m, np.array([10.0]))
    along = mean_speed(weather.layer, heights) * np.cos(weather.layer.veer_rad * heights / weather.layer.height_m)
    return float((crosswind * along).mean() * weather.layer.height_m)


def evenness(rng: np.random.Generator, weather: Weather, distance_m: float) -> Floats:
    """Concentration in quarters of the layer over its mean, of gas released at all heights in proportion to the wind."""
    each = np.linspace(2, weather.layer.height_m - 2, 4000)
    speed = mean_speed(weather.layer, each)
    _, crosswind = crosswind_integral(rng, weather, distance_m, rng.choice(each, 4000, p=speed / speed.sum()))
    return np.asarray(crosswind.reshape(4, -1).mean(axis=1) / crosswind.mean())


def crosswind_integral(rng: np.random.Generator, weather: Weather, distance_m: float, released_m: Floats) -> tuple[Floats, Floats]:
    """Sixteen heights, and the crosswind integral (s/m2) that an aircraft sees there, flying to and fro for hours across 1 kg/s."""
    width, levels = 1.5 * distance_m + 1500, 16
    across = np.linspace(-width, width, int(2 * width / 60) + 1)
    heights = (np.arange(levels) + 0.5) / levels * weather.layer.height_m
    rounds = int(8000 / (levels * len(across))) + 1
    y = np.concatenate([across[:: 1 if leg % 2 == 0 else -1] for leg in range(levels * rounds)])
    track = tracked(np.full(len(y), distance_m), y, np.tile(np.repeat(heights, len(across)), rounds))
    flow = draw_flow(rng, weather, None, -3000.0, len(y))
    steady = mean_wind(rng, -3000.0, len(y), 0.0, float(mean_speed(weather.layer, np.array([0.2 * weather.layer.height_m]))[0]), 0.0)
    emitted = np.ones(len(steady))
    seen, _ = met_by(rng, flow._replace(series=steady), track, np.zeros(2), released_m, emitted, PILOTS, PARTICLES)
    return heights, seen.reshape(rounds, levels, len(across)).mean(axis=0).sum(axis=1) * (across[1] - across[0])
