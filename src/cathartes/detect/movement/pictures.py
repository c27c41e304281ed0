"""Pictures of a series, from a folder of image files or from a video, some at a time so that memory stays bounded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.detect.movement.stabilise import Picture
from cathartes.errors import BadInput
from cathartes.model.samples import Floats

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".pgm", ".ppm", ".jp2", ".webp")
LOOKS_PER_S = 6.0
"""Things on the ground hardly change their way in a sixth of a second; pictures between two looks are interpolated."""
SEGMENT_BYTES = 1 << 29
FEWEST_PICTURES = 3
REPEATED_LEVELS, REPEATED_PX = 2.0, 5
"""A picture is the one before once more where no square of so many pixels differs from it by more grey levels in the mean: noise of two
grey levels differs by more, and so does a thing that moved."""
DARKEST, BRIGHTEST = 0.1, 99.9
"""Percentiles of the first picture that become black and white where pixels are deeper than eight bits: twelve often lie in sixteen."""
Colours: TypeAlias = Literal["gray", "rgb24"]


@dataclass(frozen=True, eq=False)
class Series:
    """A stretch of pictures that is looked at as one: the number of each (from 0, over the whole recording), its name or
    presentation time (seconds; NaN where there is none), and whether the next picture is the next look at the ground."""

    numbers: tuple[int, ...]
    names: tuple[str, ...]
    times_s: tuple[float, ...]
    pictures: tuple[Picture, ...]


def series(path: Path) -> Iterator[Series]:
    """The pictures of a folder (in order of names) or of a video, in stretches of `SEGMENT_BYTES`.

    Raises `BadInput` where there are fewer than three, or one cannot be read.
    """
    held: list[tuple[int, str, float, Picture]] = []
    count = 0
    for look in looks(path, "gray"):
        held.append(look)
        count += 1
        if sum(one[3].nbytes for one in held) > SEGMENT_BYTES and len(held) >= 100:
            yield _series(held)
            held = []
    if count < FEWEST_PICTURES:
        raise BadInput(f"{path.name} holds {count} pictures; movement needs at least three")
    if held:
        yield _series(held)


def distinct(pictures: Sequence[Picture]) -> NDArray[np.int64]:
    """Per picture its number among those that differ from the one before: a frozen picture has that of the first that shows it."""
    numbers, shown = [], None
    for picture in pictures:
        smooth = cv2.blur(picture.astype(np.float32), (REPEATED_PX, REPEATED_PX))
        is_other = shown is None or float(cv2.absdiff(smooth, shown).max()) > REPEATED_LEVELS
        shown = smooth if is_other else shown
        numbers.append(is_other)
    return np.cumsum(np.array(numbers, np.int64)) - 1


def looks(path: Path, colours: Colours) -> Iterator[tuple[int, str, float, Picture]]:
    """Number, name, time and pixels (rows, columns, and three where in colour) of each look; one held at a time. Raises as `series`."""
    return _of_folder(path, colours) if path.is_dir() else _of_video(path, colours)


def _series(held: list[tuple[int, str, float, Picture]]) -> Series:
    numbers, names, times, pictures = zip(*held, strict=True)
    return Series(numbers, names, times, pictures)


def _of_folder(folder: Path, colours: Colours) -> Iterator[tuple[int, str, float, Picture]]:
    images = (path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    files = sorted(images, key=lambda path: (_counted(path.name), path.name))
    shape: tuple[int, ...] | None = None
    levels: Floats | None = None
    for number, file in enumerate(files):
        picture = cv2.imread(str(file), cv2.IMREAD_ANYDEPTH | (cv2.IMREAD_GRAYSCALE if colours == "gray" else cv2.IMREAD_COLOR_RGB))
        if picture is None:
            raise BadInput(f"{file.name} is no image that can be read; expected {', '.join(IMAGE_SUFFIXES)}")
        if picture.shape != (shape := shape or picture.shape):
            raise BadInput(f"{file.name} has {picture.shape[1]} x {picture.shape[0]} pixels, the first has {shape[1]} x {shape[0]}")
        if picture.dtype != np.uint8:
            levels = _levels(picture) if levels is None else levels
            picture = _in_eight_bits(picture, levels)
        yield number, file.name, float("nan"), np.asarray(picture, np.uint8)


def _counted(name: str) -> list[tuple[int, str]]:
    """A key that orders names as their numbers count: frame9 before frame10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def _levels(picture: NDArray[Any]) -> Floats:
    """The values that become black and white; zero, which also means nothing was seen, does not count."""
    shown = picture[np.isfinite(picture) & (picture != 0)]
    return np.percentile(shown, (DARKEST, BRIGHTEST)) if shown.size else np.array((0.0, 1.0))


def _in_eight_bits(picture: NDArray[Any], levels: Floats) -> Picture:
    black, white = levels
    shown = np.clip(np.nan_to_num(picture).astype(np.float32), black, white) - np.float32(black)
    return np.asarray(np.rint(shown * np.float32(255 / max(white - black, 1e-12))), np.uint8)


def _of_video(path: Path, colours: Colours) -> Iterator[tuple[int, str, float, Picture]]:
    """Decoded by PyAV, which gives interlaced pictures whole; every look, and not every picture."""
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise BadInput(f"{path.name} holds no video")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            rate = float(stream.average_rate or stream.guessed_rate or 1.0)
            stride = max(1, round(rate / LOOKS_PER_S))
            for number, frame in enumerate(_decoded(container, stream)):
                if number % stride == 0:
                    yield (
                        number,
                        "",
                        float("nan") if frame.time is None else float(frame.time),
                        np.asarray(frame.to_ndarray(format=colours), np.uint8),
                    )
    except FFmpegError as problem:
        raise BadInput(f"{path.name} cannot be read as a video: {problem.strerror}") from None


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """The pictures that can be decoded; damaged ones are passed over."""
    from av.error import InvalidDataError

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except InvalidDataError:
            continue
