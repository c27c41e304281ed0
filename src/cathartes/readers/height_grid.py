"""The height grid that `[terrain] dem` names, and heights above sea level or the ellipsoid turned into heights above ground with it.

A grid is CSV in a local frame, or a GeoTIFF. Interpolation is in `earth.terrain`; what the folder holds beside it is for
`flight_folder`.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cathartes.earth.geoid import undulation
from cathartes.earth.terrain import Ground
from cathartes.errors import BadInput
from cathartes.model import Flight, Frame, GasLog, HeightReference, Reading, Statement
from cathartes.model.samples import Floats
from cathartes.readers.gas_log_health import health_of_places
from cathartes.readers.intake import opened

LOWEST_M, HIGHEST_M = -500.0, 9000.0
"""Land lies between the Dead Sea and Mount Everest; anything else is another unit or a code for "missing"."""

MOST_CELLS = 50_000_000
METRES = frozenset({"", "m", "metre", "metres", "meter", "meters"})


def above_ground(reading: Reading, folder: Path, flight: Flight) -> Reading:
    """The reading with heights above ground, where it is a gas log above mean sea level or the ellipsoid and the flight has a height grid.

    Between ellipsoid and sea lies the geoid EGM96; a local frame lies nowhere on it, and is left as it is. Heights outside the grid
    become blank, and are counted. Raises `BadInput` where all of them do, or the grid is unusable.
    """
    log = reading.content
    if not isinstance(log, GasLog) or log.height_reference is HeightReference.AGL or flight.terrain.dem is None:
        return reading
    above_ellipsoid = log.height_reference is HeightReference.ELLIPSOID
    if above_ellipsoid and log.frame is Frame.LOCAL:
        return reading
    ground, digest = open_ground(folder / flight.terrain.dem, flight)

    def from_ground(ends: Floats) -> Floats:
        x, y, height = ends.T
        return np.column_stack((x, y, height - ground.under(x, y) - (undulation(x, y) if above_ellipsoid else 0.0)))

    start, end = from_ground(log.start), from_ground(log.end)
    known = np.isfinite(log.start).all(axis=1) & np.isfinite(log.end).all(axis=1)
    outside = int((known & ~(np.isfinite(start[:, 2]) & np.isfinite(end[:, 2]))).sum())
    if outside == known.sum():
        raise BadInput(
            f"{reading.recording.name} lies wholly outside the height grid {flight.terrain.dem}; give a grid of the ground flown over, "
            "and check dem_origin_m"
        )
    converted = replace(log, height_reference=HeightReference.AGL, start=start, end=end)
    said = Statement("health.heights_from_grid", {"grid": flight.terrain.dem, "outside": outside, "samples": len(log.t_s)})
    old = [statement for statement in reading.recording.health if statement.key != "health.no_place"]
    custody = replace(reading.recording.custody, inputs=(*reading.recording.custody.inputs, digest))
    return Reading(replace(reading.recording, health=(*old, said, *health_of_places(converted)), custody=custody), converted)


def open_ground(path: Path, flight: Flight) -> tuple[Ground, str]:
    """The flight's height grid and the SHA-256 of its file. Raises `BadInput` for a grid that is broken or has no known place."""
    read: Callable[[bytes, str, Flight], Ground] = csv_grid if path.suffix.lower() == ".csv" else geotiff_grid
    with opened(path) as (file, digest):
        content = file.read()
    if not content:
        raise BadInput(f"{path.name} is empty; expected a grid of heights")
    ground = read(content, path.name, flight)
    if min(ground.height_m.shape) < 2:
        raise BadInput(f"{path.name} holds {' x '.join(map(str, ground.height_m.shape))} heights; expected at least 2 x 2")
    low, high = float(np.nanmin(ground.height_m, initial=np.inf)), float(np.nanmax(ground.height_m, initial=-np.inf))
    if not LOWEST_M <= low <= high <= HIGHEST_M:
        raise BadInput(f"{path.name} holds heights of {low:.0f} to {high:.0f} m; expected metres above mean sea level, and nodata marked")
    return ground, digest


def csv_grid(content: bytes, name: str, flight: Flight) -> Ground:
    """Rows with y ascending, columns with x ascending, no header; its first value lies at `dem_origin_m`, in a local frame."""
    origin, step = flight.terrain.dem_origin_m, flight.terrain.dem_step_m
    if origin is None or step is None:
        raise BadInput(
            f"{name} does not say where it lies; give [terrain] dem_origin_m = [west, south] and dem_step_m in flight.toml, or a GeoTIFF"
        )
    if flight.frame.kind is not Frame.LOCAL:
        raise BadInput(f"{name} is a grid in local metres and the flight is in degrees; give the heights as a GeoTIFF")
    try:
        heights: Floats = np.loadtxt(io.BytesIO(content), delimiter=",", ndmin=2, encoding="utf-8-sig")
    except ValueError as problem:
        raise BadInput(f"{name} is not a grid of heights ({problem}); expected only numbers, each row as long as the first") from None
    return Ground(heights, (1.0 / step, 0.0, -origin[0] / step, 0.0, 1.0 / step, -origin[1] / step))


def geotiff_grid(content: bytes, name: str, flight: Flight) -> Ground:
    """The first band of a GeoTIFF, its heights at the middles of its cells; without a reference system only in a local frame."""
    # rasterio costs 0.2 s to import, and few flights have a grid.
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.MemoryFile(content) as memory, memory.open() as raster:
            refuse_odd_raster(raster, name, flight)
            masked = raster.read(1, masked=True).astype(np.float64)
            inverse, crs = ~raster.transform, raster.crs.to_wkt() if raster.crs else None
            heights = np.ma.filled(masked, np.nan) * raster.scales[0] + raster.offsets[0]
    except RasterioError:
        raise BadInput(f"{name} cannot be read as a height grid; expected a GeoTIFF, or a CSV file named .csv") from None
    return Ground(heights, (inverse.a, inverse.b, inverse.c - 0.5, inverse.d, inverse.e, inverse.f - 0.5), crs)


def refuse_odd_raster(raster: object, name: str, flight: Flight) -> None:
    """Raises `BadInput` where an open raster is too large, is not in metres, or does not lie in the flight's frame."""
    width, height, crs, unit = (getattr(raster, key) for key in ("width", "height", "crs", "units"))
    if width * height > MOST_CELLS:
        raise BadInput(f"{name} has {width} x {height} cells; at most {MOST_CELLS} are read, so cut it to the ground flown over")
    if (unit[0] or "").lower() not in METRES:
        raise BadInput(f"{name} has heights in {unit[0]!r}; expected metres")
    if (crs is None) != (flight.frame.kind is Frame.LOCAL):
        lies = "has no reference system" if crs is None else "lies on the globe"
        raise BadInput(f'{name} {lies}, but the flight\'s frame is "{flight.frame.kind}"; give a grid in the same frame')
