"""Rasters of the path as Cloud-Optimised GeoTIFFs (OGC 21-026): where a source may be, and where one would have been noticed.

Rows run from the north, as mapping programs expect; NaN is "not looked at". A local frame gets an engineering system in metres
with an unnamed origin and never pretends to be on the globe. The pictures of the same rasters are in `release.figures`.
"""

from cathartes.model import Detectability, Frame, Grid

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
    # GDAL costs 0.2 s to import, and most commands write no raster.
    from affine import Affine
    from rasterio.io import MemoryFile

    values = grid.array()[::-1].astype("float32")
    north = grid.south + grid.rows * grid.step_y
    with MemoryFile() as file:
        with file.open(
            driver="COG", height=grid.rows, width=grid.columns, count=1, dtype="float32", nodata=float("nan"),
            crs=SYSTEM_OF[grid.frame], transform=Affine(grid.step_x, 0.0, grid.west, 0.0, -grid.step_y, north),
            compress="DEFLATE", predictor="FLOATING_POINT", overview_resampling="AVERAGE", num_threads=1,
        ) as raster:  # fmt: skip
            raster.write(values, 1)
            raster.set_band_description(1, grid.quantity.value)
        return bytes(file.read())
