"""Heights above the sea become heights above ground where there is a grid, and are never guessed where there is none."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from cathartes.detect.gas_log import GasLogDetector
from cathartes.earth.frame import LocalFrame
from cathartes.errors import BadInput
from cathartes.locate.samples import gather
from cathartes.model import Flight, Frame, GasLog, HeightReference, Reading
from cathartes.readers.flight_folder import open_flight, read_folder
from cathartes.readers.height_grid import open_ground

LOCAL = 'id = "a"\n[frame]\nkind = "local"\nheight_reference = "msl"\n[search]\nhalf_width_m = 50\n'
GLOBE = 'id = "a"\n[frame]\nheight_reference = "msl"\n'
GRID = '[terrain]\ndem = "dem.csv"\ndem_origin_m = [0, 0]\ndem_step_m = 100\n'
DEM = "100,110\n200,210\n"
HEADER = "t_s,{},height_m,ch4_ppb,wind_u_m_s,wind_v_m_s\n"


def log_of(rows: list[tuple[float, float, float]], places: str = "x_m,y_m") -> str:
    return HEADER.format(places) + "".join(f"{t},{x},{y},{z},{1900 + t % 3},1,1\n" for t, (x, y, z) in enumerate(rows))


INSIDE = log_of([(0.0, 0.0, 150.0), (50.0, 50.0, 170.0), (100.0, 100.0, 200.0), (150.0, 0.0, 150.0)])


def read(folder: Path, toml: str, log: str, dem: str | None = DEM) -> Reading:
    for name, content in {"flight.toml": toml, "gas.csv": log, "dem.csv": dem}.items():
        if content is not None:
            (folder / name).write_text(content, "utf-8")
    return next(one for one in read_folder(folder, open_flight(folder)).readings if isinstance(one.content, GasLog))


def test_a_local_log_above_the_sea_leaves_the_folder_above_ground(tmp_path: Path) -> None:
    reading = read(tmp_path, LOCAL + GRID, INSIDE)
    # The middle of the cell is (100 + 110 + 200 + 210) / 4 = 155 m; the third sample is 10 m under the ground, which is said.
    assert reading.content.height_reference is HeightReference.AGL
    assert np.allclose(reading.content.start[:, 2], [50.0, 15.0, -10.0, np.nan], equal_nan=True)
    said = {statement.key: statement.values for statement in reading.recording.health}
    assert said["health.heights_from_grid"] == {"grid": "dem.csv", "outside": 1, "samples": 4}
    assert said["health.below_ground"]["count"] == said["health.no_place"]["count"] == 1
    assert len(reading.recording.custody.inputs) == 2


def test_the_detector_can_say_where_it_would_have_noticed(tmp_path: Path) -> None:
    rows = log_of([(20.0 + 0.01 * t, 20.0, 130.0) for t in range(60)])
    flight = LOCAL + GRID
    covered = GasLogDetector().detect(read(tmp_path, flight, rows), open_flight(tmp_path)).coverage[0]
    assert any(limit is not None for limit in covered.limit_kg_h)


def test_a_track_wholly_outside_the_grid_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gas\.csv lies wholly outside the height grid dem\.csv"):
        read(tmp_path, LOCAL + GRID, log_of([(900.0, 0.0, 150.0)]))


@pytest.mark.parametrize(
    ("toml", "dem", "sentence"),
    [
        (LOCAL + '[terrain]\ndem = "dem.csv"\n', DEM, "give .terrain. dem_origin_m"),
        (LOCAL + GRID, "100,x\n200,210\n", "is not a grid of heights"),
        (LOCAL + GRID, "100,110\n200\n", "is not a grid of heights"),
        (LOCAL + GRID, "100,110\n", "holds 1 x 2 heights"),
        (LOCAL + GRID, "100,110\n-9999,210\n", "holds heights of -9999 to 210 m"),
        (LOCAL + GRID, "nan,nan\nnan,nan\n", "holds heights of"),
        (LOCAL + GRID, None, r"dem\.csv cannot be read"),
        (LOCAL + GRID.replace("dem.csv", "dem.tif"), DEM, r"dem\.tif cannot be read"),
    ],
)
def test_a_grid_that_is_not_one_gets_a_sentence(tmp_path: Path, toml: str, dem: str | None, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(tmp_path, toml, INSIDE, dem)


def test_local_metres_do_not_fit_a_flight_in_degrees(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the flight is in degrees; give the heights as a GeoTIFF"):
        read(tmp_path, GLOBE + GRID, log_of([(-99.0, 19.0, 2300.0)], "lon_deg,lat_deg"))


def geotiff(path: Path, crs: str | None, units: str = "") -> None:
    # Cells of 0.01 degree from 99.02 W, 19.02 N: rows run southwards, as in nearly every file.
    heights = np.array([[2300, 2310, 2320], [2200, 2210, 2220], [2100, 2110, -9999]], dtype=np.float32)
    place = rasterio.Affine(0.01, 0.0, -99.02, 0.0, -0.01, 19.02)
    profile = {"driver": "GTiff", "width": 3, "height": 3, "count": 1, "dtype": "float32", "nodata": -9999}
    with rasterio.open(path, "w", crs=crs, transform=place, **profile) as tif:
        tif.write(heights, 1)
        tif.units = (units,)


def test_a_geotiff_in_degrees_gives_heights_at_the_middles_of_its_cells(tmp_path: Path) -> None:
    geotiff(tmp_path / "dem.tif", "EPSG:4326")
    # The middle of the first cell; half way between four; beside the cell without a height.
    log = log_of([(-99.015, 19.015, 2500.0), (-99.01, 19.01, 2500.0), (-98.998, 19.0, 2500.0)], "lon_deg,lat_deg")
    reading = read(tmp_path, GLOBE + '[terrain]\ndem = "dem.tif"\n', log, None)
    assert np.allclose(reading.content.start[:, 2], [200.0, 245.0, np.nan], equal_nan=True, atol=0.01)


def test_between_the_ellipsoid_and_the_ground_lie_the_geoid_and_the_grid(tmp_path: Path) -> None:
    geotiff(tmp_path / "dem.tif", "EPSG:4326")
    log = log_of([(-99.015, 19.015, 2500.0), (-99.01, 19.01, 2500.0)], "lon_deg,lat_deg")
    reading = read(tmp_path, GLOBE.replace("msl", "ellipsoid") + '[terrain]\ndem = "dem.tif"\n', log, None)
    # Near Mexico City the sea lies some 5 m below the ellipsoid (EGM96).
    assert np.allclose(reading.content.start[:, 2], [205.0, 250.0], atol=0.5)
    assert reading.content.height_reference is HeightReference.AGL


@pytest.mark.parametrize(
    ("crs", "units", "sentence"),
    [(None, "", "has no reference system"), ("EPSG:4326", "ft", "has heights in 'ft'; expected metres")],
)
def test_a_geotiff_nobody_can_place_or_scale_is_refused(tmp_path: Path, crs: str | None, units: str, sentence: str) -> None:
    geotiff(tmp_path / "dem.tif", crs, units)
    with pytest.raises(BadInput, match=sentence):
        read(tmp_path, GLOBE + '[terrain]\ndem = "dem.tif"\n', log_of([(-99.01, 19.01, 2500.0)], "lon_deg,lat_deg"), None)


def test_heights_that_cannot_be_converted_are_refused_where_a_source_is_sought(tmp_path: Path) -> None:
    without = read(tmp_path, LOCAL, INSIDE)
    with pytest.raises(BadInput, match="give a height grid"):
        gather([without.content], "ch4", LocalFrame(Frame.LOCAL))
    above_ellipsoid = read(tmp_path, LOCAL.replace("msl", "ellipsoid") + GRID, INSIDE)
    with pytest.raises(BadInput, match="in a local frame, which lies nowhere on it"):
        gather([above_ellipsoid.content], "ch4", LocalFrame(Frame.LOCAL))


@pytest.mark.parametrize("name", ["dem.tif", "dem.csv"])
def test_an_empty_grid_gets_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(BadInput, match=f"{name} is empty"):
        open_ground(tmp_path / name, Flight("f"))
