"""One picture of a video as products: PNG, its place for globe programs (KMZ), and put on the map (a Cloud-Optimised GeoTIFF)."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
from numpy.typing import NDArray

from cathartes import __version__
from cathartes.earth.geoid import undulation
from cathartes.earth.ground import is_in_view, picture_point
from cathartes.earth.terrain import Ground
from cathartes.errors import BadInput
from cathartes.model import Detection, MotionImagery, Statement, Still, digest_of, identifier
from cathartes.model.samples import Floats

KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
SPARED = 4
"""Of so many rows and columns of the map one tells whether its ground is hidden by a hill."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Zip entries carry no time of their own, so that the same still has the same bytes."""
COLUMNS, CLOSE, QUALITY = 640, 160, 75
"""Of the pictures in a lead: columns at most, those of the square about a thing at the video's own scale, and quality as JPEG has it."""

PIXEL = frozenset({"time_s", "row", "column"})
"""Parameters of the custody of a detection that was placed in a video: the picture's time on the programme's clock, and the pixel."""


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture (rows, columns, 3) and the row of metadata it belongs to, `None` where none is near; seconds on the programme's clock."""

    picture: NDArray[np.uint8]
    time_s: float
    row: int | None


def still_at(imagery: MotionImagery, second: float) -> Shown:
    """The picture shown `second` seconds after the first. Raises `BadInput` where the file has no video, or the video no picture then."""
    if not second >= 0:
        raise BadInput(f"a picture is chosen by the seconds since the first, 0 or more; got {second:g}")
    for since, frame in _frames(imagery):
        if since >= second - 1e-6:
            return _shown(imagery, frame)
    raise BadInput(f"{imagery.file.name} shows no picture {second:g} s after its first")


def _row_at(imagery: MotionImagery, time_s: float) -> int | None:
    (row,), (after,) = imagery.rows_at(np.array([time_s]))
    return int(row) if abs(after) < 0.5 else None


def stills_of(imagery: MotionImagery, detections: Sequence[Detection]) -> tuple[Still, ...]:
    """For each thing that was seen in the video its picture, small enough for a phone; none where there is no such picture any more."""
    wanted = sorted(detections, key=lambda each: _seen(each)[0])
    made = []
    for since, frame in _frames(imagery) if wanted else ():
        while wanted and _seen(wanted[0])[0] <= float(frame.time or 0.0) + 1e-6:
            made.append(_still(imagery, wanted.pop(0), _shown(imagery, frame), since))
        if not wanted:
            break
    return tuple(made)


def _still(imagery: MotionImagery, detection: Detection, shown: Shown, since_s: float) -> Still:
    """The custody says, at the desk, what to ask `cathartes still` for to have the picture in full."""
    import cv2

    _, line, column = _seen(detection)
    rows, columns = shown.picture.shape[:2]
    scale = min(1.0, COLUMNS / columns)
    size = round(columns * scale), round(rows * scale)
    corners = np.full((4, 2), np.nan) if shown.row is None else imagery.footprint[shown.row]
    return Still(
        identifier("still", [detection.id]), detection.id, detection.recording,
        _jpeg(cv2.resize(shown.picture, size, interpolation=cv2.INTER_AREA)),
        _jpeg(cv2.getRectSubPix(shown.picture, (CLOSE, CLOSE), (column, line))),
        size, ((column + 0.5) * scale, (line + 0.5) * scale),
        tuple((float(lon), float(lat)) for lon, lat in corners) if np.isfinite(corners).all() else (),
        Statement("still.marked", {"security": imagery.security}) if imagery.security else Statement("still.unmarked"),
        replace(detection.custody, method=__name__, parameters={"file": imagery.file.name, "at_s": round(since_s, 3)}), detection.markings,
    )  # fmt: skip


def _seen(detection: Detection) -> tuple[float, float, float]:
    time, row, column = (float(detection.custody.parameters[name] or 0.0) for name in ("time_s", "row", "column"))
    return time, row, column


def _frames(imagery: MotionImagery) -> Iterator[tuple[float, Any]]:
    """Each picture that can be decoded, and the seconds since the first. Raises `BadInput` where the file has no video."""
    import av
    from av.error import FFmpegError, InvalidDataError

    try:
        with av.open(str(imagery.file)) as container:
            if not container.streams.video:
                raise BadInput(f"{imagery.file.name} holds no video")
            first: float | None = None
            for packet in container.demux(video=0):
                try:
                    frames = packet.decode()
                except InvalidDataError:
                    continue
                for frame in frames:
                    first = float(frame.time or 0.0) if first is None else first
                    yield float(frame.time or 0.0) - first, frame
    except FFmpegError as problem:
        raise BadInput(f"{imagery.file.name} cannot be read as a video: {problem.strerror}") from None


def _shown(imagery: MotionImagery, frame: Any) -> Shown:
    time = float(frame.time or 0.0)
    return Shown(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8), time, _row_at(imagery, time))


def products(imagery: MotionImagery, still: Shown, digest: str, grid: tuple[Ground, str] | None = None) -> dict[str, bytes]:
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


def _jpeg(picture: NDArray[Any]) -> bytes:
    import cv2

    return bytes(cv2.imencode(".jpg", picture[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, QUALITY))[1])


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
