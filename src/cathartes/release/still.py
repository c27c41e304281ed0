"""One picture of a video as products: PNG, its place for globe programs (KMZ), and put on the map (a Cloud-Optimised GeoTIFF)."""

import io
import json
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

import numpy as np
from numpy.typing import NDArray

from cathartes import __version__
from cathartes.earth.geoid import undulation
from cathartes.earth.ground import is_in_view, picture_point
from cathartes.earth.terrain import Ground
from cathartes.errors import BadInput
from cathartes.model import MotionImagery, digest_of
from cathartes.model.samples import Floats

KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
SPARED = 4
"""Of so many rows and columns of the map one tells whether its ground is hidden by a hill."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Zip entries carry no time of their own, so that the same still has the same bytes."""


@dataclass(frozen=True, eq=False)
class Still:
    """A picture (rows, columns, 3) and the row of metadata it belongs to, `None` where none is near; seconds on the programme's clock."""

    picture: NDArray[np.uint8]
    time_s: float
    row: int | None


def still_at(imagery: MotionImagery, second: float) -> Still:
    """The picture shown `second` seconds after the first. Raises `BadInput` where the file has no video, or the video no picture then."""
    import av
    from av.error import FFmpegError

    if not second >= 0:
        raise BadInput(f"a picture is chosen by the seconds since the first, 0 or more; got {second:g}")
    try:
        with av.open(str(imagery.file)) as container:
            if not container.streams.video:
                raise BadInput(f"{imagery.file.name} holds no video")
            first: float | None = None
            for frame in container.decode(video=0):
                time = float(frame.time or 0.0)
                first = time if first is None else first
                if time - first >= second - 1e-6:
                    return Still(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), time, _row_at(imagery, time))
    except FFmpegError as problem:
        raise BadInput(f"{imagery.file.name} cannot be read as a video: {problem.strerror}") from None
    raise BadInput(f"{imagery.file.name} shows no picture {second:g} s after its first")


def _row_at(imagery: MotionImagery, time_s: float) -> int | None:
    off = np.abs(imagery.pts_s - time_s)
    return int(np.nanargmin(off)) if np.isfinite(off).any() and float(np.nanmin(off)) < 0.5 else None


def products(imagery: MotionImagery, still: Still, digest: str, grid: tuple[Ground, str] | None = None) -> dict[str, bytes]:
    """Files by suffix: always the picture and its custody; with a known view also the KMZ and the map picture.

    On a height grid (with its file's digest) the map picture is laid over hill and valley; the view must have been put on it too.
    """
    files = {"png": _png(still.picture)}
    if still.row is not None and np.isfinite(imagery.footprint[still.row]).all():
        files["kmz"] = _kmz(files["png"], imagery.footprint[still.row], imagery.file.name)
        files["tif"] = _on_map(still.picture, imagery, still.row, grid[0] if grid else None)
    about = {
        "source": imagery.file.name, "source_sha256": digest, "time_s": round(still.time_s, 6), "security": imagery.security,
        "method": __name__, "version": __version__, "files": {suffix: digest_of(content) for suffix, content in files.items()},
        "footprint": imagery.footprint[still.row].tolist() if "kmz" in files and still.row is not None else None,
        "error_budget_m": dict(imagery.error_budget_m), "height_grid_sha256": grid[1] if grid else None,
    }  # fmt: skip
    return files | {"json": json.dumps(about, indent=1, sort_keys=True).encode() + b"\n"}


def _png(picture: NDArray[np.uint8]) -> bytes:
    import cv2

    return bytes(cv2.imencode(".png", picture[..., ::-1])[1])


def _kmz(png: bytes, corners: Floats, name: str) -> bytes:
    """A ground overlay pinned at its four corners, lower left first and counter-clockwise as `gx:LatLonQuad` wants them."""
    Xml.register_namespace("", KML)
    Xml.register_namespace("gx", GX)
    root = Xml.Element(f"{{{KML}}}kml")
    overlay = Xml.SubElement(root, f"{{{KML}}}GroundOverlay")
    Xml.SubElement(overlay, f"{{{KML}}}name").text = name
    Xml.SubElement(Xml.SubElement(overlay, f"{{{KML}}}Icon"), f"{{{KML}}}href").text = "still.png"
    quad = Xml.SubElement(Xml.SubElement(overlay, f"{{{GX}}}LatLonQuad"), f"{{{KML}}}coordinates")
    quad.text = " ".join(f"{lon:.8f},{lat:.8f},0" for lon, lat in corners[[3, 2, 1, 0]])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in (("doc.kml", Xml.tostring(root, encoding="utf-8", xml_declaration=True)), ("still.png", png)):
            archive.writestr(zipfile.ZipInfo(member, EPOCH), content)
    return packed.getvalue()


def _on_map(picture: NDArray[np.uint8], imagery: MotionImagery, row: int, ground: Ground | None) -> bytes:
    """The picture laid on the ground, in degrees, as many columns as the picture has; none outside and where a hill hides it."""
    import cv2
    from affine import Affine
    from rasterio.io import MemoryFile

    (west, south), (east, north) = imagery.footprint[row].min(axis=0), imagery.footprint[row].max(axis=0)
    columns = picture.shape[1]
    step = (east - west) / columns
    rows = max(1, round((north - south) / step / np.cos(np.radians((north + south) / 2))))
    step_y = (north - south) / rows
    lon, lat = np.meshgrid(west + step * (np.arange(columns) + 0.5), north - step_y * (np.arange(rows) + 0.5))
    pose = imagery.pose.taken(slice(row, row + 1))
    height = np.full(lon.shape, imagery.ground_m[row]) if ground is None else ground.under(lon, lat) + undulation(lon, lat)
    at = picture_point(pose, *(values.reshape(1, -1) for values in (lon, lat, height))).reshape(rows, columns, 2)
    if ground is not None:
        few = slice(None, None, SPARED)
        is_seen = is_in_view(pose, lon[few, few].ravel(), lat[few, few].ravel(), ground).reshape(lon[few, few].shape)
        at[~np.repeat(np.repeat(is_seen, SPARED, axis=0), SPARED, axis=1)[:rows, :columns]] = np.inf
    across, along = ((at[..., axis] + 1) / 2 * size - 0.5 for axis, size in ((0, columns), (1, picture.shape[0])))
    laid = cv2.remap(picture, across.astype(np.float32), along.astype(np.float32), cv2.INTER_LINEAR, borderValue=(0, 0, 0))
    with MemoryFile() as file:
        with file.open(
            driver="COG", height=rows, width=columns, count=3, dtype="uint8", nodata=0, crs="EPSG:4326",
            transform=Affine(step, 0.0, west, 0.0, -step_y, north), compress="DEFLATE", num_threads=1,
        ) as raster:  # fmt: skip
            raster.write(np.moveaxis(laid, -1, 0))
        return bytes(file.read())
