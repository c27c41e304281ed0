"""How long the command line takes to answer, and the whole path per example flight: wall and processor seconds, peak memory.

    python benchmarks/path.py

Each run is a fresh process in a fresh workspace, after one that warms the compiled kernels. The load average is printed because
other work on the machine lengthens wall time.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
COMMAND = [sys.executable, "-c", "from cathartes.cli import main; main()"]


def measure(*words: str) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and peak memory (MB) of one command in a process of its own."""
    started = time.perf_counter()
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"cathartes {' '.join(words)} failed; run it by hand to see why")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    print(f"load average {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    helps = [measure("--help")[0] for _ in range(11)]
    print(f"cathartes --help: median {statistics.median(helps):.3f} s, from {min(helps):.3f} to {max(helps):.3f}")
    for flight in sorted(path.parent for path in EXAMPLES.glob("*/flight.toml")):
        with tempfile.TemporaryDirectory() as folder:
            measure("run", str(flight), "-w", f"{folder}/warm")
            wall_s, cpu_s, peak_mb = measure("run", str(flight), "-w", f"{folder}/cold")
        print(f"cathartes run {flight.name}: {wall_s:.1f} s wall, {cpu_s:.1f} s processor, {peak_mb:.0f} MB peak")


if __name__ == "__main__":
    main()
