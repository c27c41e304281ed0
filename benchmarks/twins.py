"""Simulated twins of a real release: its beams, its source, the way its wind went; the air and the gas by particles.

    python benchmarks/twins.py examples/chilbolton-1 OUT --count 8 --seed 1     folders OUT/<id>, truths OUT/truth/<id>.json

They tell how far off an answer at this site would be if nothing but turbulence, an anemometer and a background were in its way:
`calibration.py OUT` locates and scores them. Stability, roughness, gusts, patches and errors of the anemometer are drawn as in
`scenes.py`, for each twin anew.
"""

import argparse
import csv
import json
import tomllib
from pathlib import Path

import numpy as np
import scenes
from numpy.typing import NDArray
from surface_layer import Floats, wander

Complexes = NDArray[np.complex128]
HEIGHT_M = 3.0
"""Of the anemometer."""
SMOOTHED = 5
"""Samples of the log's wind whose mean is the twin's: what is quicker is the twin's own."""
NOON_H = 13.0


def site_of(folder: Path) -> tuple[scenes.Site, Floats, Complexes]:
    """The real site, the log's times (s) and its wind at them (TOWARDS east + i north, m/s)."""
    with (folder / "methane.csv").open() as file:
        rows = list(csv.DictReader(file))
    first = {row["instrument"]: row for row in reversed(rows)}
    names = tuple(sorted(first))
    start, end = (
        np.array([[float(first[name][column]) for column in (f"x{k}_m", f"y{k}_m", "z_agl_m")] for name in names]) for k in (1, 2)
    )
    wind = {float(row["t_s"]): complex(float(row["wind_u_m_s"]), float(row["wind_v_m_s"])) for row in rows}
    times = np.array(sorted(wind))
    flight = tomllib.loads((folder / "flight.toml").read_text())
    search = flight["search"]
    site = scenes.Site(np.array(search["centre"]), search["half_width_m"], start, end, names, flight["terrain"]["roughness_m"])
    return site, times, np.array([wind[t] for t in times])


def air_of(rng: np.random.Generator, site: scenes.Site, times: Floats, wind: Complexes) -> scenes.Air:
    """Unstable air of a day whose mean wind goes as the log's did."""
    step_s = float(np.median(np.diff(times)))
    count = int((len(times) * step_s + scenes.SPIN_UP_S) / scenes.TICK_S) + 1
    slow = np.convolve(np.pad(wind, SMOOTHED // 2, mode="edge"), np.full(SMOOTHED, 1 / SMOOTHED), "valid")
    at = np.arange(count) * scenes.TICK_S - scenes.SPIN_UP_S
    velocity = np.interp(at, times - times[0] + step_s / 2, slow.real) + 1j * np.interp(at, times - times[0] + step_s / 2, slow.imag)
    inverse = -1 / rng.uniform(12, 40)
    usual = float(np.interp(HEIGHT_M, scenes.LEVELS_M, scenes.profile_speed(1.0, inverse, site.roughness_m)))
    friction = np.full(count, np.abs(slow).mean() / usual)
    deviation, shared = scenes.lateral_deviation(friction, np.full(count, inverse)), rng.uniform(0.3, 0.6)
    eddies_s, patchiness = rng.uniform(30, 90), rng.uniform(0.15, 0.45)
    gust = np.abs(velocity) / np.abs(slow).mean() * (1 + 0.15 * wander(rng, count, scenes.TICK_S, eddies_s))
    return scenes.profiled(
        rng,
        site.roughness_m,
        toward_rad=np.unwrap(np.angle(velocity)),
        gust=np.clip(gust, 0.3, 2.5),
        across_m_s=np.sqrt(shared) * deviation * wander(rng, count, scenes.TICK_S, eddies_s),
        patch=np.exp(patchiness * wander(rng, count, scenes.TICK_S, rng.uniform(60, 300)) - patchiness**2 / 2),
        friction=friction,
        inverse_obukhov=np.full(count, inverse),
        spread_m_s=np.sqrt(1 - shared) * deviation,
    )


def write_twin(folder: Path, out: Path, seed: int, number: int) -> str:
    """Make one flight folder and its truth; returns a line about it."""
    rng = np.random.default_rng([seed, number])
    site, times, wind = site_of(folder)
    step_s = float(np.median(np.diff(times)))
    air = air_of(rng, site, times, wind)
    truth = json.loads((folder.parent / "truth" / f"{folder.name}.json").read_text())
    source = scenes.Source(np.array([truth["x_m"], truth["y_m"], 0.3]), np.full(len(air.gust), truth["rate_kg_h_mean"]))
    columns = scenes.anemometer(rng, air, HEIGHT_M, step_s, len(times))
    clean, noise_ppb = scenes.background(rng, len(site.names), NOON_H + (times - times[0]) / 3600)
    above = scenes.enhancements(rng, site, air, source, step_s, len(times), 1500)
    twin = out / f"{folder.name}-{seed}-{number:03d}"
    twin.mkdir(parents=True, exist_ok=True)
    flight = (folder / "flight.toml").read_text().partition("\n")[2].replace(f'"{folder.name}"', f'"{twin.name}"')
    (twin / "flight.toml").write_text(f"# A simulated twin of {folder.name}: wind and gas are made, benchmarks/twins.py.\n{flight}")
    scenes.write_log(twin / "methane.csv", site, step_s, columns, clean + above)
    (out / "truth").mkdir(exist_ok=True)
    told = scenes.told([source], above, air, noise_ppb)
    (out / "truth" / f"{twin.name}.json").write_text(json.dumps(told, indent=1) + "\n")
    return f"{twin.name}  {told}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for number in range(arguments.count):
        print(write_twin(arguments.folder, arguments.out, arguments.seed, number), flush=True)


if __name__ == "__main__":
    main()
