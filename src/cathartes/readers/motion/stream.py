"""A whole stream decoded: every packet a row, every tag a column, targets beside them, and a count of everything that was wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cathartes.model.samples import Floats
from cathartes.readers.motion.deviations import SDCC_FLP, fill_deviations
from cathartes.readers.motion.elementary import CLOCK_HZ, NO_TIME, Bytes, Ints
from cathartes.readers.motion.packets import WHOLE, Packets, find_packets
from cathartes.readers.motion.tables import STANDARDS, Standard, plain, table
from cathartes.readers.motion.targets import Targets, no_targets, read_targets
from cathartes.readers.motion.transport import Transport, mapped, take_apart
from cathartes.readers.motion.values import Columns, Rows, Words, fill, fill_dense
from cathartes.readers.motion.walk import Items, checksums, dense_items, integers, local_items, universal_items

NESTED = {48: ("st0102", "security_", "ST 0102"), 73: ("st0806", "rvt_", "ST 0806"), 74: ("st0903", "vmti_", "ST 0903")}
"""Items of ST 0601 that are sets themselves: table, what their columns begin with, and the standard's name."""


@dataclass(frozen=True, eq=False)
class Metadata:
    """One row per packet, in the order of the stream. `standard` indexes `names`; `damaged` rows were read as far as they go.

    `utc_us` is the packet's own time (microseconds since 1970, NaN for none), `pts_s` its presentation time in seconds on the
    programme's clock (NaN for none); rows that are `apart` are of another programme than the pictures. `seen` counts packets and nested
    sets by standard.
    """

    transport: Transport
    names: tuple[str, ...]
    standard: NDArray[np.int8]
    damaged: NDArray[np.bool_]
    bad_checksum: NDArray[np.bool_]
    cut: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    utc_us: Floats
    pts_s: Floats
    columns: Columns
    targets: Targets
    seen: Counter[str]
    stray_bytes: int

    def __len__(self) -> int:
        return self.columns.rows


def taken_rows(metadata: Metadata, rows: Rows) -> Metadata:
    """Some rows, in ascending order, with their targets."""
    targets = metadata.targets
    inside = np.flatnonzero(np.isin(targets.row, rows))
    return replace(
        metadata, standard=metadata.standard[rows], damaged=metadata.damaged[rows], bad_checksum=metadata.bad_checksum[rows],
        cut=metadata.cut[rows], apart=metadata.apart[rows], utc_us=metadata.utc_us[rows], pts_s=metadata.pts_s[rows],
        columns=metadata.columns.taken(rows),
        targets=replace(targets.taken(inside), row=np.searchsorted(rows, targets.row[inside])),
    )  # fmt: skip


def read_metadata(path: Path) -> Metadata:
    """Everything that the file's KLV says. Raises `BadInput` only for a file that cannot be opened or is empty."""
    transport = take_apart(mapped(path))
    metadata = decode(transport)
    if not np.isnan(metadata.targets.frame[:, 1]).any():
        return metadata
    # Pixel numbers of sets that do not say how wide their frame is are those of the video's own pictures.
    return decode(transport, picture_size(path))


UNKNOWN_SIZE = (float("nan"), float("nan"))
NOTHING: Mapping[str, float] = {}


def picture_size(path: Path) -> tuple[float, float]:
    """Rows and columns of a video's pictures; NaN where there is none, or nothing to decode it with."""
    try:
        import av
        from av.error import FFmpegError
    except ImportError:
        return UNKNOWN_SIZE
    try:
        with av.open(str(path)) as container:
            context = container.streams.video[0].codec_context
            return float(context.height), float(context.width)
    except (FFmpegError, IndexError):
        return UNKNOWN_SIZE


def decode(transport: Transport, size: tuple[float, float] = UNKNOWN_SIZE) -> Metadata:
    """The packets of every KLV stream of the transport, stream after stream; `size` is rows and columns of the video's pictures."""
    return decode_packets([piece for stream in transport.klv for piece in find_packets(stream)], transport, size)


def decode_packets(
    streams: list[Packets], transport: Transport, size: tuple[float, float] = UNKNOWN_SIZE, earlier: Mapping[str, float] = NOTHING
) -> Metadata:
    """The columns of packets that were already found; `earlier` is what targets need of the packets before them."""
    rows = sum(map(len, streams))
    known = {_numbers(standard.label): number for number, standard in enumerate(STANDARDS)}
    columns, seen = Columns(rows), Counter[str]()
    standard, damaged = np.full(rows, len(STANDARDS), np.int8), np.zeros(rows, np.bool_)
    bad_sum, apart, pts = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_), np.full(rows, NO_TIME, np.int64)
    parts: list[tuple[Bytes, Items, Rows]] = []
    first = 0
    for packets in streams:
        mine = np.arange(first, first + len(packets))
        pts[mine], damaged[mine], apart[mine] = packets.pts, packets.state != WHOLE, packets.is_apart
        for label, number in known.items():
            chosen = np.flatnonzero((packets.family == label[0]) & (packets.item == label[1]))
            standard[mine[chosen]] = number
            if len(chosen):
                parts += _decode_set(packets, chosen, mine[chosen], STANDARDS[number], columns, damaged, bad_sum, seen)
        _keep_unknown(packets, mine, standard, columns, seen)
        first += len(packets)
    targets = [read_targets(content, sets, at, columns, size, earlier) for content, sets, at in parts]
    cut = damaged.copy()
    return Metadata(
        transport, (*(one.name for one in STANDARDS), "unknown"), standard, damaged | bad_sum, bad_sum, cut, apart, _times(columns),
        np.where(pts == NO_TIME, np.nan, pts / CLOCK_HZ), columns, joined_targets(targets), seen, sum(one.stray_bytes for one in streams),
    )  # fmt: skip


def _numbers(label: bytes) -> tuple[int, int]:
    return int.from_bytes(label[:8], "big"), int.from_bytes(label[8:], "big")


def _decode_set(
    packets: Packets, chosen: Rows, rows: Rows, standard: Standard, columns: Columns, damaged: NDArray[np.bool_],
    bad_sum: NDArray[np.bool_], seen: Counter[str],
) -> list[tuple[Bytes, Items, Rows]]:  # fmt: skip
    """Fills the columns of one kind of packet and of the sets inside; returns the VMTI sets, which wait for all frame centres."""
    content, start, stop = packets.content, packets.start[chosen], packets.stop[chosen]
    if standard.is_universal:
        items = universal_items(content, start, stop)
    else:
        layout, names = plain(standard.table)
        dense = dense_items(content, start, stop, layout)
        fill_dense(columns, dense, names, rows, standard.prefix)
        bad_sum[rows] = _checksum_fails(content, packets.key[chosen], stop, dense.checksum)
        items = dense.rest
    seen[standard.name] += len(chosen)
    damaged[rows] |= items.broken
    fill(columns, content, items, rows, table(standard.table), standard.prefix)
    if standard.name == "ST 0903":
        return [(content, items, rows)]
    if standard.name == "ST 0601" and len(stating := np.unique(items.parent[items.of_tag(SDCC_FLP)])):
        fill_deviations(columns, content, start[stating], stop[stating], rows[stating])
    found = []
    for tag, (name, prefix, label) in NESTED.items() if standard.name == "ST 0601" else ():
        inside = items.of_tag(tag)
        inside = inside[items.stop[inside] > items.start[inside]]
        at = rows[items.parent[inside]]
        sets = local_items(content, items.start[inside], items.stop[inside])
        damaged[at] |= sets.broken
        if not len(inside):
            continue
        seen[label] += len(inside)
        fill(columns, content, sets, at, table(name), prefix)
        if tag == 74:
            found.append((content, sets, at))
    return found


def _checksum_fails(content: Bytes, key: Ints, stop: Ints, at: Ints) -> NDArray[np.bool_]:
    """Packets that end in a checksum (two bytes at `at`) which is not theirs. A packet that has none does not fail."""
    has_sum = np.flatnonzero((at >= 0) & (at + 2 == stop))
    stated = integers(content, at[has_sum], stop[has_sum], False)  # noqa: FBT003
    fails = np.zeros(len(stop), np.bool_)
    fails[has_sum] = stated != checksums(content, key[has_sum], stop[has_sum])
    return fails


def _keep_unknown(packets: Packets, rows: Rows, standard: NDArray[np.int8], columns: Columns, seen: Counter[str]) -> None:
    """Packets with a label of no table: label and value in hexadecimal, whole."""
    unknown = np.flatnonzero(standard[rows] == len(STANDARDS))
    if not unknown.size:
        return
    seen["unknown"] += len(unknown)
    for name, start, stop in (("unknown_label", packets.key, packets.key + 16), ("unknown_value", packets.start, packets.stop)):
        known = columns.words.get(name) or columns.nothing_said()
        texts = {text: number for number, text in enumerate(known.texts)}
        for at in unknown.tolist():
            text = packets.content[start[at] : stop[at]].tobytes().hex()
            known.code[rows[at]] = texts.setdefault(text, len(texts))
        columns.words[name] = Words(known.code, tuple(texts))


def _times(columns: Columns) -> Floats:
    """Each row's own time stamp, whichever set it is of."""
    times = columns.number("precision_time_stamp_us")
    for name in ("vmti_precision_time_stamp_us", "rvt_precision_time_stamp_us"):
        times = np.where(np.isnan(times), columns.number(name), times)
    return times


def joined_columns(parts: Sequence[Columns]) -> Columns:
    """The rows of several parts, one after another; what was odd about them stays with the parts."""
    names = dict.fromkeys(name for part in parts for name in part.numbers)
    spoken = dict.fromkeys(name for part in parts for name in part.words)
    return Columns(
        sum(part.rows for part in parts), {name: np.concatenate([part.number(name) for part in parts]) for name in names},
        {name: _said(parts, name) for name in spoken},
    )  # fmt: skip


def _said(parts: Sequence[Columns], name: str) -> Words:
    """One column of texts of several parts."""
    texts: dict[str, int] = {}
    codes = []
    for part in parts:
        words = part.words.get(name) or part.nothing_said()
        own = np.array([*(texts.setdefault(text, len(texts)) for text in words.texts), -1], np.int32)
        codes.append(own[words.code])
    return Words(np.concatenate(codes), tuple(texts))


def joined_targets(parts: Sequence[Targets]) -> Targets:
    """The targets of several parts in the order of their packets."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_targets()

    def joined(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    together = Targets(
        joined("row"), joined("id"), joined_columns([part.columns for part in parts]), joined("location"), joined("pixel"),
        joined("frame"), joined("is_legacy"), all(part.is_stated for part in parts),
    )  # fmt: skip
    return together.taken(np.argsort(together.row, kind="stable"))
