"""Moving-target sets (ST 0903): every target of every packet, with its pixel and the location that the stream gives it.

Versions before 4 map numbers linearly, later ones by ST 1201; the version may be sent in few packets only, so it is remembered
over the stream. Where none is sent, lengths and nearness to the frame centre decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.model.samples import Floats
from cathartes.readers.motion.elementary import Bytes, Ints
from cathartes.readers.motion.tables import Item, table
from cathartes.readers.motion.values import Columns, Rows, fill, imap
from cathartes.readers.motion.walk import Items, integers, local_items, series_items

LAST_LEGACY = 3
REMEMBERED = (
    "vmti_version", "vmti_frame_height_px", "vmti_frame_width_px", "frame_center_latitude_deg", "frame_center_longitude_deg",
)  # fmt: skip
"""What packets need not repeat for the targets of later ones."""
IS_LEGACY = "is_legacy"
"""Where no version is stated: how targets of an earlier part of the stream were read."""
OFFSETS = ("location_offset_latitude_deg", "location_offset_longitude_deg")


@dataclass(frozen=True, eq=False)
class Targets:
    """One row per target of a packet. `row` is the packet's row, `id` the target's; `location` is longitude, latitude, height above
    the ellipsoid (NaN where the stream gives none), `pixel` its centroid (row, column; from 1; NaN for none), `frame` the rows and columns
    of the picture that pixels are counted in.

    `is_legacy` tells of linear maps, `is_stated` whether the stream said so.
    """

    row: Rows
    id: Ints
    columns: Columns
    location: Floats
    pixel: Floats
    frame: Floats
    is_legacy: NDArray[np.bool_]
    is_stated: bool

    def __len__(self) -> int:
        return len(self.is_legacy)

    def taken(self, which: Rows) -> "Targets":
        """Some targets."""
        return Targets(
            self.row[which], self.id[which], self.columns.taken(which), self.location[which], self.pixel[which], self.frame[which],
            self.is_legacy[which], self.is_stated,
        )  # fmt: skip


def no_targets() -> Targets:
    """What a stream without moving-target sets has."""
    nothing = np.empty(0, np.int64)
    places, pixels = np.empty((0, 3)), np.empty((0, 2))
    return Targets(nothing, nothing, Columns(0), places, pixels, pixels, np.empty(0, np.bool_), is_stated=False)


def read_targets(
    content: Bytes, sets: Items, rows: Rows, columns: Columns, size: tuple[float, float], earlier: Mapping[str, float]
) -> Targets:
    """All targets of VMTI sets whose items are `sets`; `columns` hold the packets' own values, the version among them, and `earlier` what
    was `REMEMBERED` before them.

    Offsets are added to the frame centre of the packet's row. `size` is rows and columns of the video, for sets that do not give theirs.
    """

    def known(name: str) -> Floats:
        return remembered(columns.number(name), earlier.get(name, np.nan))[row]

    chosen = sets.of_tag(101)
    series = series_items(content, sets.start[chosen], sets.stop[chosen])
    row = rows[sets.parent[chosen]][series.parent]
    items = local_items(content, series.start, series.stop)
    versions = known("vmti_version")
    own = Columns(len(row))
    is_legacy = versions <= LAST_LEGACY
    is_stated = bool(np.isfinite(versions).any())
    if not is_stated:
        is_legacy = np.full(len(row), bool(earlier[IS_LEGACY])) if IS_LEGACY in earlier else _looks_legacy(content, items, row, columns)
    _fill_both(own, content, items, is_legacy)
    location = _locations(content, items, len(row), is_legacy)
    sent = np.stack([known(f"vmti_frame_{side}_px") for side in ("height", "width")], axis=1)
    frame = np.where(np.isfinite(sent), sent, size)
    located = _with_offsets(location, own, *(known(f"frame_center_{angle}_deg") for angle in ("longitude", "latitude")))
    return Targets(row, series.tag, own, located, _pixels(own, frame[:, 1]), frame, is_legacy, is_stated)


def remembered(values: Floats, earlier: float) -> Floats:
    """Each row's last value so far; rows before the first have the `earlier` one, or where that is NaN the first."""
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return np.full(len(values), earlier)
    last = np.searchsorted(known, np.arange(len(values)), side="right")
    first = values[known[0]] if np.isnan(earlier) else earlier
    return np.append(first, values[known])[last]


def _fill_both(own: Columns, content: Bytes, items: Items, is_legacy: NDArray[np.bool_]) -> None:
    """Modern and legacy targets by their own tables, into the same columns."""
    modern, legacy = table("st0903_target"), {**table("st0903_target"), **table("st0903_target_legacy")}
    every = np.arange(own.rows)
    for meaning, mine in ((modern, ~is_legacy), (_for_lengths(legacy, items), is_legacy)):
        keep = mine[items.parent]
        part = Items(items.parent[keep], items.tag[keep], items.start[keep], items.stop[keep], items.broken)
        fill(own, content, part, every, meaning)


def _for_lengths(legacy: dict[int, Item], items: Items) -> dict[int, Item]:
    """Legacy offsets of three bytes span 19.2 degrees, those of two bytes 0.075 as the corner offsets of ST 0601."""
    wide = set(items.tag[(items.stop - items.start == 3) & (items.tag >= 10) & (items.tag <= 16) & (items.tag != 12)].tolist())
    return {
        tag: Item(tag, item.name, item.unit, "slinear", -19.2, 19.2, 3, item.words) if tag in wide else item for tag, item in legacy.items()
    }


def _locations(content: Bytes, items: Items, count: int, is_legacy: NDArray[np.bool_]) -> Floats:
    """Longitude, latitude, height of item 17: four, four and two bytes, of which the last may be left out."""
    location = np.full((count, 3), np.nan)
    chosen = items.of_tag(17)
    chosen = chosen[items.stop[chosen] - items.start[chosen] >= 8]
    start, at = items.start[chosen], items.parent[chosen]
    location[at, 1] = _angle(content, start, 90.0, is_legacy[at])
    location[at, 0] = _angle(content, start + 4, 180.0, is_legacy[at])
    high = items.stop[chosen] - start >= 10
    raw = integers(content, start[high] + 8, start[high] + 10, False)  # noqa: FBT003 (compiled functions take no keywords)
    linear, mapped = -900.0 + raw * (19900.0 / 65535.0), imap(raw, -900.0, 19000.0, 2)
    location[at[high], 2] = np.where(is_legacy[at[high]], linear, mapped)
    return location


def _angle(content: Bytes, start: Ints, limit: float, is_legacy: NDArray[np.bool_]) -> Floats:
    unsigned = integers(content, start, start + 4, False)  # noqa: FBT003
    signed = np.where(unsigned >= 1 << 31, unsigned - (1 << 32), unsigned)
    linear = np.where(signed == -(1 << 31), np.nan, signed * (limit / ((1 << 31) - 1)))
    return np.where(is_legacy, linear, imap(unsigned, -limit, limit, 4))


def _looks_legacy(content: Bytes, items: Items, row: Rows, columns: Columns) -> NDArray[np.bool_]:
    """Without a stated version: two-byte offsets are legacy; a location is read the way that puts it nearer the frame centre."""
    count = len(row)
    lengths = (items.stop - items.start)[(items.tag == 10) | (items.tag == 11)]
    if lengths.size:
        return np.full(count, bool(np.median(lengths) == 2))
    centre = np.column_stack((columns.number("frame_center_longitude_deg"), columns.number("frame_center_latitude_deg")))[row]
    modern, legacy = (
        np.nan_to_num(np.abs(_locations(content, items, count, np.full(count, choice))[:, :2] - centre).sum(axis=1), nan=np.inf)
        for choice in (False, True)
    )
    return np.full(count, bool(np.sum(legacy < modern) > np.sum(modern <= legacy)))


def _with_offsets(location: Floats, own: Columns, centre_lon: Floats, centre_lat: Floats) -> Floats:
    """Locations, and where there is none, frame centre plus offset and the target's own height."""
    offset = np.column_stack(
        (centre_lon + own.number(OFFSETS[1]), centre_lat + own.number(OFFSETS[0]), own.number("height_above_ellipsoid_m"))
    )
    has_location = np.isfinite(location[:, :2]).all(axis=1, keepdims=True)
    return np.where(has_location, location, offset)


def _pixels(own: Columns, width: Floats) -> Floats:
    """Row and column of the centroid: as sent, or from the pixel number, which counts from 1 along rows of the frame's width."""
    number = own.number("centroid_pixel") - 1.0
    counted = np.column_stack((np.floor(number / width) + 1.0, np.mod(number, width) + 1.0))
    sent = np.column_stack((own.number("centroid_row_px"), own.number("centroid_column_px")))
    return np.where(np.isfinite(sent).all(axis=1, keepdims=True), sent, counted)
