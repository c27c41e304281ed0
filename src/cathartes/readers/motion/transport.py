"""MPEG-2 transport streams (ISO/IEC 13818-1) taken apart without trusting their labels: every elementary stream that carries KLV,
and the times of the pictures beside it.

Streams are known by their bytes, since encoders label KLV as 0x06 or 0x15 with any stream id. A file that is bare KLV is a stream
of one unit. What the bytes mean is for `packets` and `walk`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.kernels import compiled

Bytes: TypeAlias = NDArray[np.uint8]
Ints: TypeAlias = NDArray[np.int64]

KLV_START = b"\x06\x0e\x2b\x34"
NO_TIME = -1
CLOCK_HZ = 90_000
WRAP = 1 << 33
PACKET_SIZES = (188, 192, 204)
"""Plain transport packets, with a four-byte arrival time before each (M2TS), with sixteen bytes of error correction after each."""

VIDEO_TYPES = {0x01: "mpeg1", 0x02: "mpeg2", 0x10: "mpeg4", 0x1B: "h264", 0x24: "h265"}
AUDIO_TYPES = frozenset({0x03, 0x04, 0x0F, 0x11, 0x81})
PACKETS_WITH_TIME = 4
"""ST 0604 times stand before the first slice of a picture: within the first transport packets of its access unit."""


@dataclass(frozen=True, eq=False)
class Elementary:
    """One elementary stream: its bytes without transport and PES headers, and per unit (PES packet) its bounds, time and order.

    `pts` is in ticks of 90 kHz since the programme's clock began, unwrapped; `NO_TIME` where the unit has none. `position` is the
    byte of the file at which each unit begins. `broken` counts continuity errors.
    """

    pid: int
    stream_type: int
    content: Bytes
    start: Ints
    stop: Ints
    pts: Ints
    position: Ints
    stream_id: int
    broken: int


@dataclass(frozen=True, eq=False)
class Pictures:
    """Per picture of the first video stream: presentation time (ticks), its ST 0604 time in microseconds or nanoseconds (0: none), the
    byte of the file at which it begins, and whether decoding may begin with it."""

    codec: str
    pts: Ints
    embedded: Ints
    position: Ints
    is_key: NDArray[np.bool_]
    embedded_ns: bool = False
    embedded_reserved_wrong: bool = False


@dataclass(frozen=True, eq=False)
class Transport:
    """A stream taken apart. `lost_bytes` belong to no packet; `programmes` maps a programme number to its PIDs, `tables_at`
    is where in the file packets of programme tables begin."""

    klv: tuple[Elementary, ...]
    pictures: Pictures | None
    lost_bytes: int = 0
    packet_size: int = 0
    programmes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    tables_at: Ints = field(default_factory=lambda: np.empty(0, np.int64))


def mapped(path: Path) -> Bytes:
    """The file's bytes, mapped and not read. Raises `BadInput` for a file that is empty or cannot be opened."""
    try:
        if path.stat().st_size == 0:
            raise BadInput(f"{path.name} is empty; expected motion imagery")
        return np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror or problem}") from None


def is_transport(head: Bytes) -> bool:
    """Whether the bytes have the rhythm of transport packets: a sync byte every 188, 192 or 204 bytes, five times."""
    return bool(_rhythm(head)[0])


def take_apart(data: Bytes) -> Transport:
    """Everything in the stream that is for us. Any bytes are accepted; what is no packet is counted as lost."""
    size, offset = _rhythm(data)
    if size == 0:
        return _bare(data)
    starts, pids, lost = _packet_starts(data, size, offset)
    types, programmes, tables = _stream_types(data, starts, pids)
    tables_at = starts[np.isin(pids, tables)]
    present = np.flatnonzero(np.bincount(pids, minlength=1 << 13))
    silent = {0, 0x1FFF, *(pid for pid, kind in types.items() if kind in VIDEO_TYPES or kind in AUDIO_TYPES)}
    streams = [_elementary(data, starts[pids == pid], int(pid), types.get(int(pid), 0)) for pid in present if int(pid) not in silent]
    video = [pid for pid, kind in sorted(types.items()) if kind in VIDEO_TYPES and pid in present]
    pictures = _pictures(data, starts[pids == video[0]], types[video[0]]) if video else None
    return Transport(tuple(stream for stream in streams if _holds_klv(stream)), pictures, lost, size, programmes, tables_at)


def _bare(data: Bytes) -> Transport:
    """A file of KLV packets without any transport."""
    one = np.zeros(1, np.int64)
    stream = Elementary(-1, 0, data, one, one + len(data), one + NO_TIME, one, 0, 0)
    return Transport((stream,) if _holds_klv(stream) else (), None)


def _rhythm(data: Bytes) -> tuple[int, int]:
    """Packet size and first sync byte; (0, 0) where the first 64 KiB have no rhythm or begin with KLV."""
    head = data[: 1 << 16]
    if head[:4].tobytes() == KLV_START:
        return 0, 0
    sync = head == 0x47
    for size in PACKET_SIZES:
        repeats = min(5, len(head) // size)
        if repeats < 2:
            continue
        reach = len(head) - (repeats - 1) * size
        steady = np.logical_and.reduce([sync[step * size : step * size + reach] for step in range(repeats)])
        first = np.flatnonzero(steady)
        if first.size:
            return size, int(first[0])
    return 0, 0


def _packet_starts(data: Bytes, size: int, offset: int) -> tuple[Ints, NDArray[np.int16], int]:
    starts = np.empty(len(data) // 188 + 1, np.int64)
    pids = np.empty(len(starts), np.int16)
    count, lost = _scan(data, size, offset, starts, pids)
    return starts[:count], pids[:count], int(lost)


@compiled
def _scan(data, size, offset, starts, pids):  # type: ignore[no-untyped-def]
    """Starts and PIDs of all packets, resynchronised after garbage; returns their number and the bytes passed over."""
    count, lost, at, end = 0, offset, offset, len(data)
    while at + 188 <= end:
        is_packet = data[at] == 0x47 and (at + size >= end or data[at + size] == 0x47)
        if data[at] == 0x47 and not is_packet and count > 0 and starts[count - 1] == at - size:
            # The last packet before garbage, or garbage that begins like one: then the next rhythm begins within it.
            is_packet = True
            for ahead in range(at + 1, min(at + size, end - 2 * size)):
                is_packet = is_packet and not (data[ahead] == 0x47 and data[ahead + size] == 0x47 and data[ahead + 2 * size] == 0x47)
        if not is_packet:
            at += 1
            lost += 1
            continue
        if data[at + 1] & 0x80 == 0:
            starts[count] = at
            pids[count] = (data[at + 1] & 0x1F) << 8 | data[at + 2]
            count += 1
        at += size
    return count, lost + max(0, end - at)


def _stream_types(data: Bytes, starts: Ints, pids: NDArray[np.int16]) -> tuple[dict[int, int], dict[int, tuple[int, ...]], list[int]]:
    """Stream type by PID, PIDs by programme, and PIDs of the tables, from every programme table in the stream."""
    types: dict[int, int] = {}
    programmes: dict[int, tuple[int, ...]] = {}
    tables = {
        int.from_bytes(section[at + 2 : at + 4], "big") & 0x1FFF: int.from_bytes(section[at : at + 2], "big")
        for section in _sections(data, starts[pids == 0], 0x00)
        for at in range(8, len(section) - 7, 4)
    }
    for pid, number in tables.items():
        for section in _sections(data, starts[pids == pid], 0x02):
            found = dict(_streams_of(section))
            types |= found
            programmes[number] = tuple(sorted(set(programmes.get(number, ())) | set(found)))
    programmes.pop(0, None)
    return types, programmes, [0, *tables]


def _sections(data: Bytes, starts: Ints, table: int) -> set[bytes]:
    """Distinct sections of one table on one PID that fit in one transport packet, as nearly all do."""
    found = set()
    for start in starts[:4096]:
        packet = data[start : start + 188].tobytes()
        begin = 4 + (1 + packet[4] if packet[3] & 0x20 else 0)
        begin += 1 + packet[begin] if packet[1] & 0x40 and begin < 188 else 188
        if begin + 3 < 188 and packet[begin] == table:
            found.add(packet[begin : begin + 3 + (int.from_bytes(packet[begin + 1 : begin + 3], "big") & 0xFFF)])
    return found


def _streams_of(section: bytes) -> list[tuple[int, int]]:
    """(PID, stream type) of every elementary stream of a programme map section, as far as it goes."""
    found, at = [], 12 + (int.from_bytes(section[10:12], "big") & 0xFFF)
    while at + 5 <= len(section) - 4:
        found.append((int.from_bytes(section[at + 1 : at + 3], "big") & 0x1FFF, section[at]))
        at += 5 + (int.from_bytes(section[at + 3 : at + 5], "big") & 0xFFF)
    return found


def _elementary(data: Bytes, starts: Ints, pid: int, stream_type: int) -> Elementary:
    content = np.empty(184 * len(starts), np.uint8)
    raw = np.empty((4, len(starts)), np.int64)
    count, length, broken, stream_id = _reassemble(data, starts, content, raw)
    start, stop, pts, position = raw[:, :count]
    return Elementary(pid, stream_type, content[:length], start, stop, unwrapped(pts), position, int(stream_id), int(broken))


@compiled
def _reassemble(data, starts, content, raw):  # type: ignore[no-untyped-def]
    """PES payloads of one PID one after another; raw rows are start, stop, PTS and file position of each unit."""
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
            raw[0, unit], raw[2, unit], raw[3, unit] = length, pts, start
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


def _holds_klv(stream: Elementary) -> bool:
    """Whether a universal label stands at or near the start of one of the first units."""
    heads = (
        stream.content[start : min(start + 64, stop)].tobytes() for start, stop in zip(stream.start[:64], stream.stop[:64], strict=True)
    )
    return any(KLV_START in head for head in heads)


def _pictures(data: Bytes, starts: Ints, stream_type: int) -> Pictures:
    """Times of all pictures; only the first bytes of each are looked at."""
    raw = np.empty((4, len(starts)), np.int64)
    micro, nano = (np.frombuffer(label, np.uint8) for label in (b"MISPmicrosectime", bytes.fromhex("a8687dd4d7593758a5cef0338b6545f1")))
    count, has_nano, reserved_wrong = _picture_times(data, starts, micro, nano, PACKETS_WITH_TIME, raw, stream_type)
    pts, embedded, position, is_key = raw[:, :count]
    return Pictures(VIDEO_TYPES[stream_type], unwrapped(pts), embedded, position, is_key > 0, bool(has_nano), bool(reserved_wrong))


@compiled
def _begins_decoding(unit, stream_type):  # type: ignore[no-untyped-def]
    """Whether a start code is of a picture that needs none before it, or of the parameters that come with one."""
    if stream_type == 0x1B:
        return unit & 0x1F == 5 or unit & 0x1F == 7
    if stream_type == 0x24:
        return 16 <= unit >> 1 & 0x3F <= 21 or unit >> 1 & 0x3F == 33
    return unit == 0xB3 or unit == 0xB0


@compiled
def _picture_times(data, starts, micro, nano, reach, raw, stream_type):  # type: ignore[no-untyped-def]
    """PTS and embedded time of each access unit; embedded times end in 11 bytes of 2+1 with a stuffing byte 0xFF (ST 0604)."""
    count, has_nano, reserved_wrong = 0, False, False
    head = np.empty(reach * 184, np.uint8)
    for number in range(len(starts)):
        start = starts[number]
        flags = data[start + 3]
        if data[start + 1] & 0x40 == 0 or flags & 0x10 == 0:
            continue
        at = start + 4 + (1 + np.int64(data[start + 4]) if flags & 0x20 else 0)
        if at + 14 > start + 188 or data[at + 2] != 1 or data[at + 7] & 0x80 == 0:
            continue
        raw[0, count] = (
            (np.int64(data[at + 9]) >> 1 & 7) << 30
            | np.int64(data[at + 10]) << 22
            | (np.int64(data[at + 11]) >> 1) << 15
            | np.int64(data[at + 12]) << 7
            | np.int64(data[at + 13]) >> 1
        )
        length = 0
        for ahead in range(number, min(number + reach, len(starts))):
            begin = starts[ahead]
            if ahead > number and data[begin + 1] & 0x40:
                break
            if data[begin + 3] & 0x10 == 0:
                continue
            first = begin + 4 + (1 + np.int64(data[begin + 4]) if data[begin + 3] & 0x20 else 0)
            for place in range(first, begin + 188):
                head[length] = data[place]
                length += 1
        raw[1, count], raw[2, count], raw[3, count] = 0, start, 0
        for place in range(length - 4):
            if head[place] == 0 and head[place + 1] == 0 and head[place + 2] == 1 and _begins_decoding(head[place + 3], stream_type):
                raw[3, count] = 1
        for place in range(length - 27):
            if head[place] != micro[0] and head[place] != nano[0]:
                continue
            is_micro, is_nano = True, True
            for step in range(16):
                is_micro = is_micro and head[place + step] == micro[step]
                is_nano = is_nano and head[place + step] == nano[step]
            if is_micro or is_nano:
                time, body = np.int64(0), place + 17
                for step in range(11):
                    if step % 3 != 2:
                        time = time << 8 | np.int64(head[body + step])
                raw[1, count] = time
                has_nano = has_nano or is_nano
                reserved_wrong = reserved_wrong or head[place + 16] & 0x1F != 0x1F
                break
        count += 1
    return count, has_nano, reserved_wrong
