"""Columns of a stream as a file for other programs: Parquet or CSV, one row per packet or per target.

Columns are called as in the MISB tables with their unit; recomputed ones begin with `computed_`. The contract is
docs/reference/motion-imagery.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cathartes.earth.ground import on_height
from cathartes.errors import BadInput
from cathartes.model.samples import Floats
from cathartes.readers.motion.check_heights import picture_fractions
from cathartes.readers.motion.parts import Known, Stream
from cathartes.readers.motion.reader import EARLIEST_US, LATEST_US
from cathartes.readers.motion.values import Words

if TYPE_CHECKING:
    import pyarrow as arrow

SUFFIXES = (".parquet", ".csv")


def packet_table(known: Known) -> arrow.Table:
    """One row per packet, in the order of the stream."""
    import pyarrow as arrow

    metadata, view = known.metadata, known.view
    columns: dict[str, Any] = {
        "standard": arrow.DictionaryArray.from_arrays(metadata.standard.astype(np.int32), list(metadata.names)).cast(arrow.string()),
        "damaged": metadata.damaged,
        "time_utc": _times(metadata.utc_us),
        "pts_s": _numbers(metadata.pts_s),
    }
    for name in sorted(metadata.columns.numbers):
        columns[name] = _numbers(metadata.columns.numbers[name])
    for name in sorted(metadata.columns.words):
        columns[name] = _texts(metadata.columns.words[name])
    columns["computed_frame_center_longitude_deg"], columns["computed_frame_center_latitude_deg"] = map(_numbers, view.centre.T)
    columns["computed_frame_center_height_above_ellipsoid_m"] = _numbers(view.ground_m)
    for corner in range(4):
        columns[f"computed_corner_latitude_point_{corner + 1}_deg"] = _numbers(view.corners[:, corner, 1])
        columns[f"computed_corner_longitude_point_{corner + 1}_deg"] = _numbers(view.corners[:, corner, 0])
    for name, values in zip(("major_m", "minor_m", "bearing_deg"), view.ellipse.T, strict=True):
        columns[f"computed_frame_center_error_90_{name}"] = _numbers(values)
    columns["pose_age_s"] = _numbers(known.said.age_s)
    return arrow.table(columns)


def target_table(known: Known) -> arrow.Table:
    """One row per target of a packet: as the stream locates it, and where its pixel's ray meets its height."""
    import pyarrow as arrow

    targets = known.metadata.targets
    row = targets.row
    lon, lat, height = computed_targets(known)
    columns: dict[str, Any] = {
        "packet": known.first + row,
        "time_utc": _times(known.metadata.utc_us[row]),
        "pts_s": _numbers(known.metadata.pts_s[row]),
        "target_id": targets.id,
        "longitude_deg": _numbers(targets.location[:, 0]),
        "latitude_deg": _numbers(targets.location[:, 1]),
        "height_above_ellipsoid_m": _numbers(targets.location[:, 2]),
        "centroid_row": _numbers(targets.pixel[:, 0]),
        "centroid_column": _numbers(targets.pixel[:, 1]),
        "computed_longitude_deg": _numbers(lon),
        "computed_latitude_deg": _numbers(lat),
        "computed_height_above_ellipsoid_m": _numbers(height),
        "encoding": np.where(targets.is_legacy, "legacy", "modern"),
    }
    for name in sorted(targets.columns.numbers):
        columns.setdefault(f"vtarget_{name}", _numbers(targets.columns.numbers[name]))
    for name in sorted(targets.columns.words):
        columns.setdefault(f"vtarget_{name}", _texts(targets.columns.words[name]))
    return arrow.table(columns)


def computed_targets(known: Known) -> tuple[Floats, Floats, Floats]:
    """Longitude, latitude and height where each target's pixel meets its stated height, or the ground where it states none."""
    targets = known.metadata.targets
    pose = known.view.pose.taken(targets.row)
    at = picture_fractions(known.metadata, known.said)
    stated = targets.location[:, 2] + known.diagnosis.convention.target_up_m
    height = np.where(np.isfinite(stated), stated, known.view.ground_m[targets.row])
    lon, lat = on_height(pose, at[:, None, :], height[:, None])
    return lon[:, 0], lat[:, 0], height


def refuse_other_suffix(path: Path) -> None:
    """Raises `BadInput` for a file that `write_table` would not write; asked before hours of video are searched."""
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{path.name} ends in {path.suffix or 'nothing'}; name a file that ends in {' or '.join(SUFFIXES)}")


def write_table(table: arrow.Table, path: Path) -> None:
    """Writes Parquet or CSV by the file's suffix. Raises `BadInput` for another suffix."""
    with _opened(path) as write:
        write(table)


def write_tables(stream: Stream | Known, packets: Path, targets: Path | None) -> None:
    """Writes a stream's packets, and its targets where a file is named for them, part by part."""
    with ExitStack() as files:
        write = files.enter_context(_opened(packets))
        write_targets = files.enter_context(_opened(targets)) if targets else None
        for part in stream.parts:
            write(packet_table(part))
            if write_targets:
                write_targets(target_table(part))


@contextmanager
def _opened(path: Path) -> Iterator[Callable[[arrow.Table], None]]:
    """A file to which tables of the same columns are added one after another."""
    from pyarrow import csv, parquet

    refuse_other_suffix(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        writers: list[Any] = []

        def write(table: arrow.Table) -> None:
            if not writers:
                kind = parquet.ParquetWriter if path.suffix.lower() == ".parquet" else csv.CSVWriter
                options = {"compression": "zstd"} if kind is parquet.ParquetWriter else {}
                writers.append(files.enter_context(kind(path, table.schema, **options)))
            writers[0].write_table(table)

        yield write


def _numbers(values: Floats) -> arrow.Array:
    import pyarrow as arrow

    values = np.asarray(values, float)
    return arrow.array(values, mask=~np.isfinite(values))


def _texts(words: Words) -> arrow.Array:
    import pyarrow as arrow

    codes = arrow.array(words.code, mask=words.code < 0)
    return arrow.DictionaryArray.from_arrays(codes, list(words.texts)).cast(arrow.string())


def _times(utc_us: Floats) -> arrow.Array:
    """Microseconds since 1970 as UTC; blank where there is none or it is beyond what a clock can mean."""
    import pyarrow as arrow

    known = np.isfinite(utc_us) & (utc_us >= EARLIEST_US) & (utc_us < LATEST_US)
    whole = np.where(known, utc_us, 0.0).astype(np.int64)
    return arrow.array(whole, mask=~known).cast(arrow.timestamp("us", tz="UTC"))
