"""MPEG-2 transport streams (ISO/IEC 13818-1) taken apart without trusting their labels: every elementary stream that carries KLV,
and the times of the pictures beside it.

Streams are known by their bytes, since encoders label KLV as 0x06 or 0x15 with any stream id. A file that is bare KLV is a stream
whose units are its packets. What the bytes mean is for `packets` and `walk`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.kernels import compiled
from cathartes.readers.motion.elementary import KLV_START, NO_TIME, Bytes, Elementary, Ints, elementary, release, unwrapped
from cathartes.readers.motion.packets import packet_starts

PACKET_SIZES = (188, 192, 204)
"""Plain transport packets, with a four-byte arrival time before each (M2TS), with sixteen bytes of error correction after each."""
LEAD = {188: 0, 192: 4, 204: 0}

CHUNK = 1 << 25
"""Bytes of the file that are looked at before they are let go of."""
STUFFING = 0x1FFF

VIDEO_TYPES = {0x01: "mpeg1", 0x02: "mpeg2", 0x10: "mpeg4", 0x1B: "h264", 0x24: "h265"}
AUDIO_TYPES = frozenset({0x03, 0x04, 0x0F, 0x11, 0x81})
PACKETS_WITH_TIME = 4
"""ST 0604 times stand before the first slice of a picture: within the first transport packets of its access unit."""


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
        with path.open("rb") as file:
            return np.frombuffer(mmap(file.fileno(), 0, access=ACCESS_READ), np.uint8)
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
    known, lost = _Tables(), max(0, offset - LEAD[size])
    packets: defaultdict[int, list[Ints]] = defaultdict(list)
    shown: defaultdict[int, list[_Shown]] = defaultdict(list)
    for starts, pids, passed_over in _chunks(data, size, offset):
        lost += passed_over
        known.learn(data, starts, pids)
        for pid in np.flatnonzero(np.bincount(pids, minlength=1)).tolist():
            packets[pid].append(starts[pids == pid])
            if known.is_silent(pid):
                del packets[pid]
            elif known.types.get(pid) in VIDEO_TYPES:
                whole, packets[pid] = _but_the_last(data, packets[pid])
                shown[pid].append(_shown(data, whole, known.types[pid]))
        release(data)
    found = {pid: np.concatenate(mine) for pid, mine in sorted(packets.items())}
    # In the order of the tables, as decoders count the streams of a file.
    video = [pid for pid, kind in known.types.items() if kind in VIDEO_TYPES and pid in found]
    beside = known.beside(video[0]) if video else frozenset()
    streams = [
        replace(one, is_apart=bool(beside) and pid in known.types and pid not in beside)
        for pid in found
        if pid and pid not in video and (one := elementary(data, found[pid], pid, known.types.get(pid, 0)))
    ]
    pictures = None
    if video:
        kind = known.types[video[0]]
        pictures = _pictures([*shown[video[0]], _shown(data, found[video[0]], kind)], kind)
    tables_at = np.sort(np.concatenate([np.empty(0, np.int64), *(found[pid] for pid in known.tables if pid in found)]))
    return Transport(tuple(streams), pictures, lost, size, known.programmes, tables_at)


def _bare(data: Bytes) -> Transport:
    """A file of KLV packets without any transport; bytes before the first belong to its unit."""
    if KLV_START not in data[:64].tobytes():
        return Transport((), None)
    position = np.append(0, packet_starts(data)[1:])
    edges = np.searchsorted(position, np.arange(0, len(data), CHUNK >> 3))
    stream = Elementary(
        -1, 0, 0, 0, has_cells=False, pts=np.full(len(position), NO_TIME), position=position,
        edges=(*np.unique(edges).tolist(), len(position)), packets=np.empty(0, np.int64), data=data,
    )  # fmt: skip
    return Transport((stream,), None)


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


def _chunks(data: Bytes, size: int, at: int) -> Iterator[tuple[Ints, NDArray[np.int16], int]]:
    """Starts and PIDs of all packets, some megabytes of the file at a time, and the bytes passed over among them."""
    before = -1
    while at + 188 <= len(data):
        starts = np.empty(CHUNK // 188 + 1, np.int64)
        pids = np.empty(len(starts), np.int16)
        count, lost, at = _scan(data, size, at, min(at + CHUNK, len(data)), before, starts, pids)
        before = starts[count - 1] if count else before
        yield starts[:count], pids[:count], lost + (max(0, len(data) - at) if at + 188 > len(data) else 0)


@compiled
def _scan(data, size, at, stop, before, starts, pids):  # type: ignore[no-untyped-def]
    """Starts and PIDs of the packets that begin before `stop`, resynchronised after garbage; returns their number, the bytes passed over
    and where to go on. `before` is the last start before them."""
    count, lost, end = 0, 0, len(data)
    while at + 188 <= end and at < stop:
        is_packet = data[at] == 0x47 and (at + size >= end or data[at + size] == 0x47)
        if data[at] == 0x47 and not is_packet and before >= 0 and before == at - size:
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
            before = at
            count += 1
        at += size
    return count, lost, at


class _Tables:
    """What the programme tables met so far say: stream type by PID, PIDs by programme, and the programme by the PID of its table."""

    def __init__(self) -> None:
        self.types: dict[int, int] = {}
        self.programmes: dict[int, tuple[int, ...]] = {}
        self.tables: dict[int, int] = {0: 0}

    def learn(self, data: Bytes, starts: Ints, pids: NDArray[np.int16]) -> None:
        """Takes in the tables among some packets."""
        for section in _sections(data, starts[pids == 0], 0x00):
            for at in range(8, len(section) - 7, 4):
                self.tables[int.from_bytes(section[at + 2 : at + 4], "big") & 0x1FFF] = int.from_bytes(section[at : at + 2], "big")
        for pid, number in self.tables.items():
            for section in _sections(data, starts[pids == pid], 0x02):
                found = dict(_streams_of(section))
                self.types |= found
                if number:
                    self.programmes[number] = tuple(sorted(set(self.programmes.get(number, ())) | set(found)))

    def beside(self, pid: int) -> frozenset[int]:
        """The PIDs of all programmes that a PID belongs to."""
        return frozenset(other for pids in self.programmes.values() if pid in pids for other in pids)

    def is_silent(self, pid: int) -> bool:
        """Whether a PID carries nothing that is for us."""
        return pid == STUFFING or self.types.get(pid) in AUDIO_TYPES


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


def _but_the_last(data: Bytes, packets: list[Ints]) -> tuple[Ints, list[Ints]]:
    """The transport packets of whole units, and those of the last, which may go on."""
    joined = np.concatenate(packets)
    begins = np.flatnonzero(data[joined + 1] & 0x40)
    last = int(begins[-1]) if begins.size else 0
    return joined[:last], [joined[last:]]


_Shown: TypeAlias = tuple[Ints, bool, bool]


def _shown(data: Bytes, packets: Ints, stream_type: int) -> _Shown:
    """Times, places and kinds of pictures, of which only the first bytes are looked at, as rows of `_picture_times`; whether times are in
    nanoseconds, and whether reserved bits are wrong."""
    raw = np.empty((4, len(packets)), np.int64)
    micro, nano = (np.frombuffer(label, np.uint8) for label in (b"MISPmicrosectime", bytes.fromhex("a8687dd4d7593758a5cef0338b6545f1")))
    count, has_nano, reserved_wrong = _picture_times(data, packets, micro, nano, PACKETS_WITH_TIME, raw, stream_type)
    return raw[:, :count].copy(), bool(has_nano), bool(reserved_wrong)


def _pictures(shown: list[_Shown], stream_type: int) -> Pictures:
    rows, nanoseconds, reserved_wrong = zip(*shown, strict=True)
    pts, embedded, position, is_key = np.concatenate(rows, axis=1)
    return Pictures(VIDEO_TYPES[stream_type], unwrapped(pts), embedded, position, is_key > 0, any(nanoseconds), any(reserved_wrong))


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
