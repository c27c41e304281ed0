"""`cathartes gases`: the files it promises to programs, from a cube on disk."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio

from cathartes import cli
from cathartes.model import Clock, CubeFindings, Custody, Instant
from cathartes.readers.cube_ground import MapGrid
from cathartes.release.cube_products import stac_item
from tests.cubes import Scene, sunlit, write_envi


def cathartes(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run the command line in this process; returns its exit status."""
    monkeypatch.setattr(sys, "argv", ["cathartes", *map(str, words)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    return int(stopped.value.code or 0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return sunlit(11, shape=(150, 80), peaks=(6000.0, 2500.0))


@pytest.mark.filterwarnings("ignore:The given matrix is equal to Affine.identity")
@pytest.mark.filterwarnings("ignore:Dataset has no geotransform")
def test_the_products_are_those_promised(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = write_envi(tmp_path / "scene", scene)
    assert cathartes(monkeypatch, "gases", header, "-o", tmp_path / "out", "--gas", "ch4", "--pixel", 20, "--wind", 4) == 0
    out = tmp_path / "out"
    for name in ("column_ch4", "column_ch4_sd", "detected_ch4", "limit_ch4"):
        with rasterio.open(out / f"{name}.tif") as raster:
            assert (raster.height, raster.width, raster.dtypes) == (150, 80, ("float32",))
    with rasterio.open(out / "detected_ch4.tif") as raster:
        likely = raster.read(1)
    assert 0.0 <= likely.min() <= likely.max() <= 1.0
    told = json.loads((out / "scene.json").read_text(encoding="utf-8"))
    assert told["pixels"] == 150 * 80
    assert 0.0 < told["false_alarm_rate_stated"] < 0.01
    assert told["retrieval_cpu_s"] > 0.0
    assert told["masks"]["ch4"]["looked"] == 150 * 80
    assert told["sought"]["ch4"]["plumes"] >= 1
    assert 0.0 < told["sought"]["ch4"]["limit_ppm_m"] < 6000.0
    assert not (out / ".unfinished").exists()
    plumes = json.loads((out / "plumes.geojson").read_text(encoding="utf-8"))
    strongest = plumes["features"][0]["properties"]
    assert plumes["frame"] == "pixels"
    assert strongest["gas"] == "ch4"
    assert strongest["names"]["ch4"] > 0.5
    assert strongest["rate_kg_h"]["lo90"] < strongest["rate_kg_h"]["median"] < strongest["rate_kg_h"]["hi90"]
    assert strongest["limit_ppm_m"] > 0.0
    x, y = strongest["origin_pixel"]
    assert scene.truth[int(y), int(x)] > 0.3 * scene.truth.max()


def test_a_cube_with_a_place_per_pixel_gets_its_rasters_on_the_map_too(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = write_envi(tmp_path / "scene", scene)
    line, column = np.mgrid[:150, :80].astype(float)
    east, north = 600_000.0 + 5.0 * column + 2.0 * line, 2_000_000.0 - 5.0 * line + 2.0 * column
    np.stack((east, north)).tofile(tmp_path / "scene_igm")
    text = "ENVI\nsamples = 80\nlines = 150\nbands = 2\ndata type = 5\ninterleave = bsq\nbyte order = 0\n"
    (tmp_path / "scene_igm.hdr").write_text(text + "map info = {UTM, 1, 1, 0, 0, 5, 5, 14, North, WGS-84}\n")
    assert cathartes(monkeypatch, "gases", header, "-o", tmp_path / "out", "--gas", "ch4") == 0
    with rasterio.open(tmp_path / "out" / "column_ch4.tif") as raster:
        raw = raster.read(1)
    with rasterio.open(tmp_path / "out" / "ortho_column_ch4.tif") as raster:
        assert raster.crs.to_epsg() == 32614
        at = np.unravel_index(int(np.argmax(raw)), raw.shape)
        (found,) = next(raster.sample([(east[at], north[at])]))
        apart = np.hypot(*(np.array(raster.xy(*np.unravel_index(np.nanargmax(raster.read(1)), raster.shape))) - (east[at], north[at])))
        assert np.isnan(raster.read(1)).any()
    assert apart < 8.0
    assert found > 0.5 * raw.max()
    with rasterio.open(tmp_path / "out" / "ortho_seen_ch4.tif") as raster:
        assert set(np.unique(raster.read(1))) == {0, 1}


@pytest.mark.filterwarnings("ignore:The given matrix is equal to Affine.identity")
def test_the_same_cube_gives_the_same_bytes(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = write_envi(tmp_path / "scene", scene)
    for folder in ("one", "two"):
        assert cathartes(monkeypatch, "gases", header, "-o", tmp_path / folder) == 0
    for path in sorted((tmp_path / "one").iterdir()):
        if path.name != "scene.json":
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_stac_item_is_one_by_the_standard(scene: Scene) -> None:
    taken = Instant(datetime(2024, 5, 1, 17, tzinfo=UTC), Clock.UNSTATED)
    grid = MapGrid("EPSG:32614", (600_000.0, 5.0, 0.0, 2_000_000.0, 0.0, -5.0))
    cube = replace(scene.cube(), ground=grid, taken=taken)
    findings = CubeFindings((), (), 0.0, 0, (), (), Custody((), "method", "version"))
    told = stac_item(cube, findings, "scene", ["column_ch4.tif", "plumes.geojson"])
    assert told is not None
    item = json.loads(told) | {"stac_extensions": []}  # schemas of extensions are on the net only
    pystac.Item.from_dict(item).validate()
    assert item["bbox"] == pytest.approx([-98.0549, 18.0781, -98.0510, 18.0850], abs=2e-3)


def test_bad_input_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert cathartes(monkeypatch, "gases", tmp_path / "no.hdr", "-o", tmp_path / "out") == 1
    assert cathartes(monkeypatch, "gases", tmp_path, "-o", tmp_path / "out", "--gas", "phlogiston") == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 2
    assert "phlogiston" in said[1]


def test_the_scene_is_one_that_tells_good_from_bad(scene: Scene) -> None:
    assert np.mean(scene.truth > 200.0) > 0.01
