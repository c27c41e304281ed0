"""From a flight folder to leads that a reviewer can take up, each with its Spanish tear line: minutes per hour of flight.

    python benchmarks/lead_time.py [FLIGHT ...]     the examples, and three simulated sorties with two Spanish reports each

Every flight runs in a process of its own and a fresh workspace, compiled kernels warm. Wall time depends on what else the machine
does, so processor time and the load are printed beside it. Simulated sorties take minutes to draw; that is not counted.
"""

import os
import sys
import tempfile
from pathlib import Path

import aircraft
from path import EXAMPLES, measure

from cathartes.messages import say
from cathartes.model import Statement
from cathartes.readers.flight_folder import open_flight, read_folder

SORTIES, SEED = 3, 20261123
REPORTS = {
    "vecinos.txt": "Vecinos del ejido reportan olor fuerte a solvente por las noches, cerca del arroyo, desde hace dos semanas.\n",
    "parte.txt": "El 3 de marzo de 2026 se localizaron 40 tambos de 200 litros vacíos junto al camino de terracería.\n",
}


def sortie(out: Path, number: int) -> Path:
    """A simulated flight over hills with a gas log, onboard wind and two reports."""
    aircraft.write_flight(out, SEED, number)
    folder = out / f"air-{SEED}-{number:04d}"
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def hours_of(folder: Path) -> float:
    """How long the longest recording of the flight is."""
    spans = [reading.recording.span for reading in read_folder(folder, open_flight(folder)).readings]
    return max(span.duration_s for span in spans if span is not None) / 3600


def report(folder: Path, workspace: Path) -> str:
    wall_s, cpu_s, peak_mb = measure("run", str(folder), "-w", str(workspace))
    hours, lines = hours_of(folder), sorted((workspace / "products").rglob("lead-*.txt"))
    spanish = sum(say(Statement("tear.line"), "es") in line.read_text(encoding="utf-8") for line in lines)
    per_hour = f"{wall_s / 60 / hours:.2f} min wall and {cpu_s / 60 / hours:.2f} min processor per hour"
    found = f"{len(lines)} leads, {spanish} with a Spanish tear line"
    return f"{folder.name}: {hours:.2f} h, {wall_s:.0f} s, {per_hour}, {peak_mb:.0f} MB; {found}"


def main(folders: list[Path]) -> None:
    with tempfile.TemporaryDirectory() as made:
        flights = folders or [
            *sorted(path.parent for path in EXAMPLES.glob("*/flight.toml")),
            *(sortie(Path(made), n) for n in range(SORTIES)),
        ]
        measure("run", str(flights[0]), "-w", f"{made}/warm")
        for number, folder in enumerate(flights):
            print(f"{report(folder, Path(made) / f'workspace-{number}')}; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
