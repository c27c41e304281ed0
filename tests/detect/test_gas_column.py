"""A flight folder with a cube goes the whole path: plume, detection, source, lead."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cathartes import campaign
from cathartes.detect import gas_column
from cathartes.detect.cube_coverage import worst_of
from cathartes.detect.gas_cube import find_gases
from cathartes.earth.signatures import library
from cathartes.model import CubeFindings, DetectionKind
from cathartes.requests import answered
from cathartes.store import Workspace
from tests.cubes import Scene, absorption_of, sunlit, thermal, write_envi

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


def test_a_plume_in_a_cube_becomes_a_lead_where_it_begins(
    scene: Scene, tmp_path: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    searches: list[tuple[Any, ...]] = []

    def counted(*given: Any) -> CubeFindings:
        searches.append(given)
        return find_gases(*given)

    monkeypatch.setattr(gas_column, "find_gases", counted)
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
    assert len(searches) == 1
    assert result.leads
    (covered,) = result.leads[0].coverage
    limits = np.array(covered.limit_kg_h, dtype=float)
    assert covered.rows * covered.step_m == pytest.approx(120 * 5.0, rel=0.05)
    assert covered.columns * covered.step_m == pytest.approx(80 * 5.0, rel=0.05)
    assert np.isfinite(limits).mean() > 0.9
    assert 0.0 < np.nanmin(limits) < np.nanmedian(limits) < strongest.rate.value
    assert any(name.endswith(".html") for name in result.products)


def test_a_lead_says_which_other_vapours_were_sought_down_to_what_rate_and_where_none_could_be_seen(
    tmp_path: Path, executor: Executor
) -> None:
    y, x = np.mgrid[:100, :100]
    cloud = 600.0 * np.exp(-((x - 50.0) ** 2 + (y - 50.0) ** 2) / (2 * 9.0**2))
    scene = thermal(7, absorption_of(library()["acetone"], 7), np.where(cloud < 6.0, 0.0, cloud), air_k=295.5)
    folder = tmp_path / "cube-2"
    folder.mkdir()
    (folder / "flight.toml").write_text(FLIGHT.replace("cube-1", "cube-2") + "[air]\ntemperature_k = 295.5\n")
    write_envi(folder / "scene", scene, more=MAP)
    with Workspace.open(tmp_path / "workspace") as workspace:
        result = campaign.run(folder, workspace, executor, lambda step, fraction: None)
        area = tmp_path / "area.geojson"
        corners = [[-98.0540, 18.0855], [-98.0520, 18.0855], [-98.0520, 18.0845], [-98.0540, 18.0845], [-98.0540, 18.0855]]
        area.write_text(json.dumps({"type": "Polygon", "coordinates": [corners]}))
        answer = answered(area, "sf6", workspace).coverage
    lead = next(each for each in result.leads if each.gas == "acetone")
    gaps = {gap.key: gap.values for gap in lead.gaps}
    assert "sf6" in str(gaps["gap.not_found"]["gases"])
    assert "acetone" not in str(gaps["gap.not_found"]["gases"])
    assert 0 < int(gaps["coverage.no-contrast"]["percent"]) < 50
    limits = {each.gas: np.nanmedian(np.array(each.limit_kg_h, float)) for each in result.detected.coverage}
    assert len(limits) == sum(gas.is_thermal for gas in library().values())
    assert limits["sf6"] < limits["acetone"]
    assert (answer.answer, answer.flights) == ("nothing_down_to", ("cube-2",))
    assert answer.down_to_kg_h is not None
    assert limits["sf6"] / 3 < answer.down_to_kg_h < 10 * limits["sf6"]


def test_a_cell_is_as_good_as_its_worst_pixel_and_unseen_where_half_of_it_was() -> None:
    limit = np.array([3.0, 5.0, np.nan, 7.0, np.nan, np.nan])
    worst = worst_of(limit, np.array([0, 0, 0, 1, 1, 1]), 3)
    np.testing.assert_array_equal(worst, [5.0, np.nan, np.nan])
