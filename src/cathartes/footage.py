"""What a desk does with motion imagery, on one page: movement as a table, an index of what was in view and when a place was, and
products: a clip, a still, a page to watch.

The way from a video to a lead is in `campaign`; this is for questions put to videos directly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cathartes import __version__
from cathartes.earth.ground import ellipse90
from cathartes.errors import BadInput
from cathartes.model import Flight, MotionImagery, digest_of, json
from cathartes.readers.intake import opened
from cathartes.readers.motion.reader import MotionReader
from cathartes.readers.motion.transport import mapped
from cathartes.store.footprints import Footprints, Seen

if TYPE_CHECKING:
    import pyarrow as arrow

    from cathartes.detect.movement.following import Movers

ELLIPSE = ("error_90_major_m", "error_90_minor_m", "error_90_bearing_deg")


def movers_table(pictures: Path) -> tuple[arrow.Table, int]:
    """Moving things in a folder of pictures or a video, one row each and picture, and how many tracks they are.

    Longitude, latitude and their 90 % ellipse are blank where the video does not say how it looked.
    """
    import pyarrow as arrow

    from cathartes.detect.movement.following import follow

    found = follow(pictures)
    return arrow.table({**_told(found, pictures), "seen": found.seen, "picture": list(found.name)}), len(np.unique(found.track))


def objects(pictures: Path, model_file: Path, output: Path) -> dict[str, Any]:
    """Writes what a user's own ONNX detector sees, one row per box, as `movers_table`; and its custody beside it as JSON.

    Returns that custody, with the classes that were left out and how many tracks and rows there are.
    """
    import pyarrow as arrow

    from cathartes.detect.movement import objects
    from cathartes.detect.movement.onnx_model import open_model
    from cathartes.readers.motion.table_out import refuse_other_suffix, write_table

    refuse_other_suffix(output)
    model = open_model(model_file)
    found = objects.objects(pictures, model)
    columns = {**_told(found.rows, pictures), "class": list(found.kind), "score": found.score, "picture": list(found.rows.name)}
    table = arrow.table(columns | {"width": found.size[:, 0], "height": found.size[:, 1]})
    about = {
        "source": pictures.name, "source_sha256": _sha256(pictures) if pictures.is_file() else None, "model": model.name,
        "model_sha256": model.digest, "left_out": [name for number, name in enumerate(model.classes) if number not in model.lawful],
        "tracks": len(np.unique(found.rows.track)), "rows": table.num_rows, "method": objects.METHOD, "version": __version__,
    }  # fmt: skip
    write_table(table, output)
    _write(output.with_suffix(".json"), json.encode(about) + b"\n")
    return about


def _told(found: Movers, pictures: Path) -> dict[str, Any]:
    """Columns of picture points and of their places on the ground."""
    import pyarrow as arrow

    from cathartes.detect.movement.detector import picture_shape, place

    columns: dict[str, Any] = {"frame": found.picture, "track": found.track, "row": found.row, "col": found.column}
    placed = np.full((5, len(found.row)), np.nan)
    if pictures.is_file():
        there = place(found, imagery_in(pictures)[0], picture_shape(pictures))
        placed = np.stack((there.lon_deg, there.lat_deg, *ellipse90(there.covariance_m2)))
        placed[:, np.isnan(there.lon_deg)] = np.nan
    for name, values in zip(("lon", "lat", *ELLIPSE), placed, strict=True):
        columns[name] = arrow.array(values, mask=~np.isfinite(values))
    return columns | {"time_s": arrow.array(found.time_s, mask=~np.isfinite(found.time_s))}


def imagery_in(path: Path) -> tuple[MotionImagery, str]:
    """The motion imagery in a file, and the file's SHA-256. Raises `BadInput` where it holds none."""
    reason = MotionReader().refuses(path, mapped(path)[: 1 << 16].tobytes())
    if reason is not None:
        raise BadInput(f"{path.name} is no motion imagery: {reason}")
    reading = MotionReader().read(path, Flight("unnamed"))
    assert isinstance(reading.content, MotionImagery)
    return reading.content, reading.recording.digest


def index(streams: Sequence[Path], workspace: Path) -> Iterator[tuple[str, int]]:
    """Adds what each stream had in view to the workspace's index; yields its file name and number of stretches as soon as they are in it.

    Raises `BadInput` for those that cannot be read, after all the others.
    """
    unread = []
    with Footprints.open(workspace) as footprints:
        for stream in streams:
            try:
                imagery, digest = imagery_in(stream)
            except BadInput as problem:
                unread.append(str(problem))
                continue
            yield stream.name, footprints.add(stream.name, digest, imagery.utc_s, imagery.footprint)
    if unread:
        raise BadInput("\n".join(unread))


def seen(lon: float, lat: float, start: str | None, end: str | None, workspace: Path) -> list[Seen]:
    """Every interval in which a place was in view; `start` and `end` are ISO 8601, in UTC where they name no zone.

    Raises `BadInput` for a place that is none, times that are none or in the wrong order, or a folder without an index.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput(f"({lon}, {lat}) is not a longitude and a latitude in degrees; are they swapped?")
    span = _seconds(start, -np.inf), _seconds(end, np.inf)
    if span[0] > span[1]:
        raise BadInput(f"--from {start} lies after --to {end}")
    if not Footprints.is_in(workspace):
        raise BadInput(f"{workspace} has no index of what videos had in view; name another folder with -w, or make it with `index`")
    with Footprints.open(workspace) as footprints:
        return footprints.seen(lon, lat, *span)


def _sha256(recording: Path) -> str:
    """The digest of a recording, which may be longer than memory."""
    with opened(recording, sys.maxsize) as (_, digest):
        return digest


def _seconds(text: str | None, otherwise: float) -> float:
    if text is None:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no time; write it as 2026-05-01T16:00:00Z") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def clip(stream: Path, start_s: float, end_s: float, output: Path) -> dict[str, Any]:
    """Cuts a clip byte for byte, writes its custody beside it as JSON, and returns that custody."""
    from cathartes.readers.motion.clip import cut

    made = cut(stream, start_s, end_s)
    about = {
        "source": stream.name, "source_sha256": made.custody.inputs[0], "clip_sha256": digest_of(made.content), "security": made.security,
        "method": made.custody.method, "version": made.custody.version, **made.custody.parameters,
    }  # fmt: skip
    _write(output, made.content)
    _write(output.with_suffix(".json"), json.encode(about) + b"\n")
    return about


def still(stream: Path, second: float, folder: Path, dem: Path | None = None) -> list[Path]:
    """Writes one picture as PNG, KMZ and map (COG), with its custody; returns the files. `dem` is a grid of heights above sea level.

    Raises `BadInput` where the picture reaches beyond the grid.
    """
    from cathartes.readers.height_grid import open_ground
    from cathartes.readers.motion.parts import read_in_parts
    from cathartes.readers.motion.reader import imagery_of
    from cathartes.release.still import products, still_at

    grid = open_ground(dem, Flight("unnamed")) if dem else None
    imagery = imagery_of(stream, read_in_parts(stream, grid[0] if grid else None))
    chosen = still_at(imagery, second)
    made = products(imagery, chosen, _sha256(stream), grid)
    if dem is not None and "tif" not in made:
        raise BadInput(f"the picture {second:g} s into {stream.name} does not lie wholly on {dem.name}; give heights that reach further")
    paths = [folder / f"{stream.stem}-{second:g}s.{suffix}" for suffix in made]
    for path, content in zip(paths, made.values(), strict=True):
        _write(path, content)
    return paths


def page(stream: Path, language: str, output: Path) -> None:
    """Writes the page on which the video is watched with its metadata; it needs no network and no other file."""
    from cathartes.readers.motion.parts import read_stream
    from cathartes.readers.motion.reader import imagery_of
    from cathartes.release.player import Mark, player_page

    known = read_stream(stream)
    targets = known.metadata.targets
    marks: dict[int, list[Mark]] = {}
    for row, number, (line, column) in zip(targets.row.tolist(), targets.id.tolist(), targets.pixel.tolist(), strict=True):
        if np.isfinite(line) and np.isfinite(column):
            marks.setdefault(row, []).append(Mark(str(number), line, column))
    digest = _sha256(stream)
    _write(output, player_page(imagery_of(stream, known), digest, marks, language))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
