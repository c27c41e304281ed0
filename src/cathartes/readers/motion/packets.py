"""KLV packets in an elementary stream (SMPTE ST 336): a 16-byte universal label, a BER length, a value.

Packets are found by their label, with or without the five-byte access-unit cell header of synchronous metadata, and may run over
several PES packets. A packet that is cut off is kept as far as it goes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.readers.motion.transport import NO_TIME, Bytes, Elementary, Ints

WHOLE, CUT, BAD_LENGTH = 0, 1, 2
"""State of a packet: as long as it says, cut off before its end, or with a length that no packet can have."""

LONGEST = 1 << 24
"""No metadata packet is longer than 16 MiB; a greater length is a damaged one."""


@dataclass(frozen=True, eq=False)
class Packets:
    """Packets of one stream: label bytes 4 to 16 as two numbers, bounds of key and value, state, PTS (ticks), unit number."""

    content: Bytes
    family: NDArray[np.uint64]
    item: NDArray[np.uint64]
    key: Ints
    start: Ints
    stop: Ints
    state: Ints
    pts: Ints
    unit: Ints
    stray_bytes: int

    def __len__(self) -> int:
        return len(self.start)


def find_packets(stream: Elementary) -> Packets:
    """All packets in the order of the stream; bytes that belong to none are counted."""
    content, start, stop = _without_cells(stream)
    raw = np.empty((7, len(content) // 17 + 1), np.int64)
    count, stray = _find(content, start, stop, raw, LONGEST)
    key, begin, end, state, unit, family, item = raw[:, :count]
    pts = stream.pts[unit] if len(stream.pts) else np.full(count, NO_TIME)
    return Packets(content, family.view(np.uint64), item.view(np.uint64), key, begin, end, state, pts, unit, int(stray))


def _without_cells(stream: Elementary) -> tuple[Bytes, Ints, Ints]:
    """The stream without access-unit cell headers (ISO/IEC 13818-1, 2.12.4), and the new bounds of its units."""
    if not _has_cells(stream):
        return stream.content, stream.start, stream.stop
    content = np.empty_like(stream.content)
    bounds = np.empty((2, len(stream.start)), np.int64)
    length = _strip_cells(stream.content, stream.start, stream.stop, content, bounds)
    return content[:length], bounds[0], bounds[1]


def _has_cells(stream: Elementary) -> bool:
    """Whether most units begin with a cell header: bytes decide, since labels are often wrong."""
    first = stream.start[stream.stop - stream.start >= 9][:256]
    if not len(first):
        return False
    label = np.frombuffer(b"\x06\x0e\x2b\x34", np.uint8)
    at = first[:, None] + np.arange(4)
    bare = (stream.content[at] == label).all(axis=1).sum()
    celled = (stream.content[at + 5] == label).all(axis=1).sum()
    return bool(celled > bare)


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
def _find(content, starts, stops, raw, longest):  # type: ignore[no-untyped-def]
    """raw rows: key, value start, value stop, state, unit, label bytes 0 to 8, label bytes 8 to 16."""
    count, stray, at, unit, total = 0, 0, 0, 0, len(content)
    while at + 17 <= total:
        if not (content[at] == 0x06 and content[at + 1] == 0x0E and content[at + 2] == 0x2B and content[at + 3] == 0x34):
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
            end = np.int64(max(at + 17, stops[unit]))
            begin = np.int64(min(begin, end))
        # A packet that runs over its unit goes on in the next, unless that begins with a label of its own.
        reach = unit
        while state == 0 and end > stops[reach]:
            follows = reach + 1
            if follows >= len(starts):
                state, end = 1, np.int64(total)
                break
            next_at = starts[follows]
            if next_at + 4 <= total and content[next_at] == 0x06 and content[next_at + 1] == 0x0E and content[next_at + 2] == 0x2B:
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
    return count, stray + max(0, total - at)
