"""Elementary streams (ISO/IEC 13818-1): the units (PES packets) that a file carries under one PID, put together piece by piece.

Of a whole stream only where its packets lie and when its units are shown is held in memory; their bytes are read when they are asked
for. A file that is bare KLV is a stream whose units are its packets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import MADV_DONTNEED, mmap
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled

Bytes: TypeAlias = NDArray[np.uint8]
Ints: TypeAlias = NDArray[np.int64]

KLV_START = b"\x06\x0e\x2b\x34"
NO_TIME = -1
CLOCK_HZ = 90_000
WRAP = 1 << 33
PIECE = 1 << 14
"""Transport packets that are put together at a time, some 3 MB."""
LARGEST_PIECE = 1 << 17
"""Some 24 MB: more than the longest KLV packet."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Units one after another: their bytes without transport and PES headers, and each unit's bounds in them and time (ticks)."""

    content: Bytes
    start: Ints
    stop: Ints
    pts: Ints


@dataclass(frozen=True, eq=False)
class Elementary:
    """One elementary stream. Per unit: `pts`, in ticks of 90 kHz since the programme's clock began, unwrapped (`NO_TIME` where it has
    none), and `position`, the byte of the file at which it begins. `packets` is where its transport packets begin (none in bare KLV).

    `edges` are the units at which pieces begin, and the number of units. `broken` counts continuity errors; `has_cells` tells of
    access-unit cell headers (ISO/IEC 13818-1, 2.12.4), `is_apart` that the pictures are of another programme, and of another clock.
    """

    pid: int
    stream_type: int
    stream_id: int
    broken: int
    has_cells: bool
    pts: Ints
    position: Ints
    edges: tuple[int, ...]
    packets: Ints
    data: Bytes
    is_apart: bool = False

    def pieces(self) -> Iterator[Piece]:
        """The stream's units in order, a few megabytes at a time; no KLV packet runs from one piece into the next."""
        ends = np.append(self.position, len(self.data))
        for first, last in zip(self.edges, self.edges[1:], strict=False):
            pts = self.pts[first:last]
            if len(self.packets):
                inside = self.packets[slice(*np.searchsorted(self.packets, ends[[first, last]]))]
                content, units, *_ = put_together(self.data, inside)
                yield Piece(content, units[0], units[1], pts)
            else:
                begin, end = ends[[first, last]].tolist()
                yield Piece(self.data[begin:end], ends[first:last] - begin, ends[first + 1 : last + 1] - begin, pts)
            release(self.data)


def release(data: Bytes) -> None:
    """Lets go of the pages of a mapped file that were read; they come back when they are looked at."""
    if isinstance(data.base, memoryview) and isinstance(data.base.obj, mmap):
        data.base.obj.madvise(MADV_DONTNEED)


def elementary(data: Bytes, packets: Ints, pid: int, stream_type: int) -> Elementary | None:
    """The stream of the transport packets that begin at `packets`; `None` where it holds no KLV."""
    edges, broken, stream_id, has_cells = [0], 0, 0, False
    found: list[Ints] = []
    at, size = 0, PIECE
    while at < len(packets):
        content, units, errors, stream_id = put_together(data, packets[at : at + size])
        start, stop, _, position, before = units
        if not len(start):
            at += size
            continue
        if not found:
            if not holds_klv(content, start, stop):
                return None
            has_cells = _has_cells(content, start, stop)
        is_end = at + size >= len(packets)
        last = len(start) if is_end else _last_clean(content, start, has_cells)
        if not last and size < LARGEST_PIECE:
            size *= 2
            continue
        last = last or len(start)
        broken += int(before[last]) if last < len(start) else errors
        found.append(units[2:4, :last].copy())
        edges.append(edges[-1] + last)
        at = int(np.searchsorted(packets, position[last])) if last < len(start) else at + size
        size = PIECE
        release(data)
    if not found:
        return None
    pts, position = np.concatenate(found, axis=1)
    return Elementary(pid, stream_type, stream_id, broken, has_cells, unwrapped(pts), position, tuple(edges), packets, data)


def put_together(data: Bytes, packets: Ints) -> tuple[Bytes, Ints, int, int]:
    """Units of transport packets: their bytes, rows as of `_reassemble`, continuity errors, stream id."""
    content = np.empty(184 * len(packets), np.uint8)
    raw = np.empty((5, len(packets)), np.int64)
    count, length, broken, stream_id = _reassemble(data, packets, content, raw)
    return content[:length], raw[:, :count], int(broken), int(stream_id)


def _last_clean(content: Bytes, start: Ints, has_cells: bool) -> int:  # noqa: FBT001 (one fact of the stream)
    """The last unit but the first that begins with a label, so that no packet runs into it; 0 where there is none."""
    shift = 5 if has_cells else 0
    for unit in range(len(start) - 1, 0, -1):
        if content[start[unit] + shift :][:4].tobytes() == KLV_START:
            return unit
    return 0


def holds_klv(content: Bytes, start: Ints, stop: Ints) -> bool:
    """Whether a universal label stands at or near the start of one of the first units."""
    return any(KLV_START in content[one : min(one + 64, end)].tobytes() for one, end in zip(start[:64], stop[:64], strict=True))


def _has_cells(content: Bytes, start: Ints, stop: Ints) -> bool:
    """Whether most units begin with a cell header: bytes decide, since labels are often wrong."""
    first = start[stop - start >= 9][:256]
    label = np.frombuffer(KLV_START, np.uint8)
    at = first[:, None] + np.arange(4)
    bare, celled = ((content[at + shift] == label).all(axis=1).sum() for shift in (0, 5))
    return bool(celled > bare)


@compiled
def _reassemble(data, starts, content, raw):  # type: ignore[no-untyped-def]
    """PES payloads of one PID one after another; raw rows are start, stop, PTS and file position of each unit, and the continuity
    errors until it had begun."""
    unit, length, broken, last, stream_id = -1, 0, 0, -1, 0
    for start in starts:
        flags, end = data[start + 3], start + 188
        if flags & 0x10 == 0:
            continue
        at = start + 4 + (1 + np.int64(data[start + 4]) if flags & 0x20 else 0)
        counter = flags & 0x0F
        if last >= 0 and counter == last:
            continue
        if last >= 0 and counter != (last + 1) & 0x0F:
            broken += 1
        last = counter
        if at >= end:
            continue
        if data[start + 1] & 0x40:
            if at + 9 > end or data[at] != 0 or data[at + 1] != 0 or data[at + 2] != 1:
                continue
            unit += 1
            stream_id = data[at + 3]
            pts = np.int64(-1)
            if data[at + 7] & 0x80 and at + 14 <= end:
                pts = (
                    (np.int64(data[at + 9]) >> 1 & 7) << 30
                    | np.int64(data[at + 10]) << 22
                    | (np.int64(data[at + 11]) >> 1) << 15
                    | np.int64(data[at + 12]) << 7
                    | np.int64(data[at + 13]) >> 1
                )
            declared = np.int64(data[at + 4]) << 8 | np.int64(data[at + 5])
            raw[0, unit], raw[2, unit], raw[3, unit], raw[4, unit] = length, pts, start, broken
            limit = declared - 3 - np.int64(data[at + 8]) if declared else np.int64(1) << 40
            at += 9 + np.int64(data[at + 8])
        if unit < 0:
            continue
        room = min(end - at, limit - (length - raw[0, unit]))
        for step in range(max(0, room)):
            content[length] = data[at + step]
            length += 1
        raw[1, unit] = length
    return unit + 1, length, broken, stream_id


def unwrapped(pts: Ints) -> Ints:
    """33-bit times made steady over their wrap; `NO_TIME` stays."""
    timed = pts != NO_TIME
    steps = np.diff(pts[timed], prepend=pts[timed][:1])
    wraps = np.cumsum((steps < -WRAP // 2).astype(np.int64) - (steps > WRAP // 2).astype(np.int64))
    steady = pts.copy()
    steady[timed] += wraps * WRAP
    return steady
