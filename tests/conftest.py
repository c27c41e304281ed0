"""What every test may rely on: hypothesis examples that do not depend on the machine's speed, and a small real flight."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from cathartes.campaign import Campaign

EXAMPLES = Path(__file__).parents[1] / "examples"

settings.register_profile("cathartes", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cathartes")


def silent(step: str, fraction: float) -> None:
    """A progress that nobody watches."""


@pytest.fixture(scope="session")
def small_flight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first forty minutes of the first Chilbolton release, with a report and a file that no reader takes."""
    folder = tmp_path_factory.mktemp("flights") / "small"
    folder.mkdir()
    toml = (EXAMPLES / "chilbolton-1" / "flight.toml").read_text()
    (folder / "flight.toml").write_text(toml.replace('id = "chilbolton-1"', 'id = "small"'))
    with (EXAMPLES / "chilbolton-1" / "methane.csv").open(newline="") as whole, (folder / "methane.csv").open("w", newline="") as part:
        csv.writer(part).writerows(row for number, row in enumerate(csv.reader(whole)) if number <= 40 * 7)
    (folder / "report.txt").write_text("Los vecinos notaron un olor fuerte junto al arroyo desde el lunes.\n")
    (folder / "instrument.bin").write_bytes(b"\x00\x01\x02")
    return folder


@pytest.fixture(scope="session")
def ran(small_flight: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Campaign]:
    """A workspace in which the small flight was run once, and what the run returned. Tests copy it before they change it."""
    # The whole path is imported here only: the tests of one room need no other room.
    from cathartes import campaign
    from cathartes.store import Workspace

    folder = tmp_path_factory.mktemp("ran") / "workspace"
    with Workspace.open(folder) as workspace, ThreadPoolExecutor(2) as threads:
        result = campaign.run(small_flight, workspace, threads, silent)
    return folder, result
