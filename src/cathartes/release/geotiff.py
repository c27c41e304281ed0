"""Rasters of the path as Cloud-Optimised GeoTIFFs (OGC 21-026): where a source may be, and where one would have been noticed.

Rows run from the north, as mapping programs expect; NaN is "not looked at". A local frame gets an engineering system in metres
with an unnamed origin and never pretends to be on the globe. The pictures of the same rasters are in `release.figures`.
"""

from typing import TypeAlias
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray

from cathartes.model import Detectability, Frame, Grid
from cathartes.model.cube import Affine

Layer: TypeAlias = NDArray[np.float32] | NDArray[np.uint8]

METRES = 'LOCAL_CS["metres east and north of an unnamed origin",UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
SYSTEM_OF = {Frame.LOCAL: METRES, Frame.WGS84: "EPSG:4326"}


def rasters(gas: str, probability: Grid | None, detectability: Detectability | None) -> dict[str, bytes]:
    """The rasters of one gas by file name; a raster that is not known, or that an audience may not have, is not there."""
    files = {} if probability is None else {f"probability-{gas}.tif": geotiff(probability)}
    if detectability is not None:
        for rate, grid in zip(detectability.rates_kg_h, detectability.grids, strict=True):
            files[f"detectability-{gas}-{rate:g}kgh.tif"] = geotiff(grid)
    return files


def geotiff(grid: Grid) -> bytes:
    """The grid as a Cloud-Optimised GeoTIFF of 32-bit numbers. Same grid, same bytes."""
    north = grid.south + grid.rows * grid.step_y
    affine = (grid.west, grid.step_x, 0.0, north, 0.0, -grid.step_y)
    return cog(grid.array()[::-1].astype("float32"), grid.quantity.value, SYSTEM_OF[grid.frame], affine)


def cog(values: Layer, described: str, system: str, affine: Affine) -> bytes:
    """Rows and columns as a Cloud-Optimised GeoTIFF, NaN for "not known". `affine` gives x, then y: of the outer corner of the first
    cell, per column, per row. Same values, same bytes."""
    # GDAL costs 0.2 s to import, and most commands write no raster.
    from affine import Affine as Transform
    from rasterio.errors import NotGeoreferencedWarning
    from rasterio.io import MemoryFile

    x, x_column, x_row, y, y_column, y_row = affine
    real = values.dtype == np.float32
    with MemoryFile() as file, catch_warnings():
        # Columns and lines of a cube on no map: the identity is meant.
        simplefilter("ignore", NotGeoreferencedWarning)
        with file.open(
            driver="COG", height=values.shape[0], width=values.shape[1], count=1, dtype=str(values.dtype),
            nodata=float("nan") if real else None, crs=system, transform=Transform(x_column, x_row, x, y_column, y_row, y),
            compress="DEFLATE", predictor="FLOATING_POINT" if real else "STANDARD",
            overview_resampling="AVERAGE" if real else "NEAREST", num_threads=1,
        ) as raster:  # fmt: skip
            raster.write(values, 1)
            raster.set_band_description(1, described)
        return bytes(file.read())
