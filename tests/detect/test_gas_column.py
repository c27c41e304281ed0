"""A flight folder with a cube goes the whole path: plume, detection, source, lead."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cathartes import campaign
from cathartes.model import DetectionKind
from cathartes.store import Workspace
from tests.cubes import Scene, sunlit, write_envi

FLIGHT = """id = "cube-1"
[frame]
kind = "wgs84"
[wind]
kind = "reanalysis"
[wind.reanalysis]
u10_m_s = 3.0
v10_m_s = -1.0
"""
MAP = "map info = {UTM, 1, 1, 600000.0, 2000000.0, 5.0, 5.0, 14, North, WGS-84}\n"


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.fixture(scope="module")
def scene() -> Scene:
    y, x = np.mgrid[:120, :80]
    along = np.clip(x - 20.0, 0.0, None)
    plume = np.where(x >= 20, 9000.0 * np.exp(-0.5 * ((y - 60.0) / (2.0 + 0.15 * along)) ** 2) / (1.0 + 0.15 * along), 0.0)
    return sunlit(31, shape=(120, 80), truth=np.where(plume > 1.0, plume, 0.0))


def test_a_plume_in_a_cube_becomes_a_lead_where_it_begins(scene: Scene, tmp_path: Path, executor: Executor) -> None:
    folder = tmp_path / "cube-1"
    folder.mkdir()
    (folder / "flight.toml").write_text(FLIGHT)
    write_envi(folder / "scene", scene, more=MAP)
    with Workspace.open(tmp_path / "workspace") as workspace:
        result = campaign.run(folder, workspace, executor, lambda step, fraction: None)
    assert result.contents.refused == ()
    detection = max(result.detected.detections, key=lambda each: each.significance or 0.0)
    assert (detection.kind, detection.gas) == (DetectionKind.GAS_COLUMN, "ch4")
    strongest = max(result.located["ch4"].sources, key=lambda source: source.rate.value)
    assert strongest.place.x == pytest.approx(-98.05402, abs=2e-4)  # column 20 and line 60 of the map, 5 m pixels, UTM zone 14
    assert strongest.place.y == pytest.approx(18.08368, abs=2e-4)
    assert strongest.rate.low is not None
    assert 0 < strongest.rate.low < strongest.rate.value
    assert result.leads
    assert any(name.endswith(".html") for name in result.products)
