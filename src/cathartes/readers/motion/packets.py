"""KLV packets in an elementary stream (SMPTE ST 336): a 16-byte universal label, a BER length, a value.

Packets are found by their label, with or without the five-byte access-unit cell header of synchronous metadata, and may run over
several PES packets. A packet that is cut off is kept as far as it goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.readers.motion.elementary import Bytes, Elementary, Ints, Piece, release

WHOLE, CUT, BAD_LENGTH = 0, 1, 2
"""State of a packet: as long as it says, cut off before its end, or with a length that no packet can have."""

LONGEST = 1 << 24
"""No metadata packet is longer than 16 MiB; a greater length is a damaged one."""
WINDOW = 1 << 22
"""Bytes of bare KLV that are searched for packets at a time."""


@dataclass(frozen=True, eq=False)
class Packets:
    """Packets one after another: the 16 bytes of their label as two numbers, bounds of key and value in `content`, state, PTS (ticks).

    `is_apart` tells that they are of another programme than the pictures.
    """

    content: Bytes
    family: NDArray[np.uint64]
    item: NDArray[np.uint64]
    key: Ints
    start: Ints
    stop: Ints
    state: Ints
    pts: Ints
    stray_bytes: int
    is_apart: bool

    def __len__(self) -> int:
        return len(self.start)

    def taken(self, rows: slice) -> "Packets":
        """Some of the packets."""
        own = {name: value[rows] for name, value in vars(self).items() if name not in ("content", "stray_bytes", "is_apart")}
        return replace(self, **own, stray_bytes=self.stray_bytes if rows.start == 0 else 0)

    def labelled(self, label: bytes) -> NDArray[np.intp]:
        """Row numbers of the packets with bytes 0 to 16 of this label."""
        return np.flatnonzero((self.family == int.from_bytes(label[:8], "big")) & (self.item == int.from_bytes(label[8:], "big")))


def find_packets(stream: Elementary) -> Iterator[Packets]:
    """All packets in the order of the stream, piece by piece; bytes that belong to none are counted."""
    for piece in stream.pieces():
        content, start, stop = _without_cells(piece) if stream.has_cells else (piece.content, piece.start, piece.stop)
        raw = np.empty((7, len(content) // 17 + 1), np.int64)
        count, stray, at = _find(content, start, stop, raw, LONGEST, len(content))
        key, begin, end, state, unit, family, item = raw[:, :count].copy()
        yield Packets(
            content, family.view(np.uint64), item.view(np.uint64), key, begin, end, state, piece.pts[unit],
            int(stray + len(content) - at), stream.is_apart,
        )  # fmt: skip


def packet_starts(data: Bytes) -> Ints:
    """The byte at which each packet of bare KLV begins."""
    found, at, one = [np.empty(0, np.int64)], 0, np.zeros(1, np.int64)
    while at + 17 <= len(data):
        window = data[at : at + WINDOW + LONGEST + 32]
        raw = np.empty((7, WINDOW // 17 + 1), np.int64)
        count, _, reached = _find(window, one, one + len(window), raw, LONGEST, WINDOW)
        found.append(at + raw[0, :count])
        at += int(reached)
        release(data)
    return np.concatenate(found)


def _without_cells(piece: Piece) -> tuple[Bytes, Ints, Ints]:
    """The piece without access-unit cell headers, and the new bounds of its units."""
    content = np.empty_like(piece.content)
    bounds = np.empty((2, len(piece.start)), np.int64)
    length = _strip_cells(piece.content, piece.start, piece.stop, content, bounds)
    return content[:length], bounds[0], bounds[1]


@compiled
def _strip_cells(content, starts, stops, out, bounds):  # type: ignore[no-untyped-def]
    """Copies every cell of every unit without its header; what does not look like a cell is copied whole."""
    length = 0
    for unit in range(len(starts)):
        bounds[0, unit] = length
        at, end = starts[unit], stops[unit]
        while at < end:
            size = end - at
            if size >= 5:
                declared = np.int64(content[at + 3]) << 8 | np.int64(content[at + 4])
                is_bare = content[at] == 0x06 and content[at + 1] == 0x0E and content[at + 2] == 0x2B
                if not is_bare:
                    at += 5
                    size = min(declared, end - at) if declared else end - at
            for step in range(size):
                out[length] = content[at + step]
                length += 1
            at += size
        bounds[1, unit] = length
    return length


@compiled
def _is_label(content, at):  # type: ignore[no-untyped-def]
    return (
        at + 4 <= len(content) and content[at] == 0x06 and content[at + 1] == 0x0E and content[at + 2] == 0x2B and content[at + 3] == 0x34
    )


@compiled
def _find(content, starts, stops, raw, longest, until):  # type: ignore[no-untyped-def]
    """Packets that begin before `until`, stray bytes among them, and where the search ended. raw rows: key, value start, value stop,
    state, unit, label bytes 0 to 8, label bytes 8 to 16."""
    count, stray, at, unit, total = 0, 0, 0, 0, len(content)
    while at + 17 <= total and at < until:
        if not _is_label(content, at):
            at += 1
            stray += 1
            continue
        while unit + 1 < len(starts) and starts[unit + 1] <= at:
            unit += 1
        first = content[at + 16]
        wide = first & 0x7F if first & 0x80 else 0
        begin = np.int64(at + 17 + wide)
        length, state = np.int64(first & 0x7F), 0
        if first & 0x80:
            length = np.int64(0)
            if wide == 0 or wide > 8 or begin > total:
                state = 2
            else:
                for place in range(at + 17, begin):
                    length = length << 8 | np.int64(content[place])
                if length < 0 or length > longest:
                    state = 2
        end = begin + length
        if state == 2:
            # What it is cannot be known: it ends where the next label stands, or with its unit.
            end = np.int64(at + 17)
            while end < stops[unit] and not _is_label(content, end):
                end += 1
            begin = np.int64(min(begin, end))
        # A packet that runs over its unit goes on in the next, unless that begins with a label of its own.
        reach = unit
        while state == 0 and end > stops[reach]:
            follows = reach + 1
            if follows >= len(starts):
                state, end = 1, np.int64(total)
                break
            next_at = starts[follows]
            if _is_label(content, next_at):
                state, end = 1, stops[reach]
                break
            reach += 1
        family, item = np.int64(0), np.int64(0)
        for step in range(8):
            family = family << 8 | np.int64(content[at + step])
            item = item << 8 | np.int64(content[at + 8 + step])
        raw[0, count], raw[1, count], raw[2, count], raw[3, count] = at, min(begin, max(end, begin)), max(end, begin), state
        raw[4, count], raw[5, count], raw[6, count] = unit, family, item
        if raw[2, count] > total:
            raw[2, count] = total
        if raw[1, count] > raw[2, count]:
            raw[1, count] = raw[2, count]
        count += 1
        at = int(max(raw[2, count - 1], at + 17))
    return count, stray, at
