"""A clip of a transport stream: a run of its own packets, byte for byte, so that metadata, marking and times stay what they were.

Nothing is decoded or muxed again. The clip begins with a picture that needs none before it, and with the stream's own programme tables.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cathartes import __version__
from cathartes.errors import BadInput
from cathartes.model import Custody, digest_of
from cathartes.readers.motion.elementary import CLOCK_HZ, NO_TIME, Bytes
from cathartes.readers.motion.stream import decode
from cathartes.readers.motion.transport import Transport, mapped, take_apart

METHOD = "packets-copied"


@dataclass(frozen=True)
class Clip:
    """A clip's bytes, what it was cut from and how, and the highest security marking of its packets (`None` where none is stated)."""

    content: bytes
    custody: Custody
    security: str | None


def cut(path: Path, start_s: float, end_s: float) -> Clip:
    """The part of a stream from `start_s` to `end_s`, seconds since its first picture, begun at the key picture before.

    Raises `BadInput` for a file that is no transport stream with video, or a time that it does not have.
    """
    data = mapped(path)
    transport = take_apart(data)
    first, last = _range(transport, path.name, start_s, end_s)
    tables = _tables(data, transport, first)
    content = tables + data[first:last].tobytes()
    digest = digest_of(data.tobytes())
    parameters = {"start_s": start_s, "end_s": end_s, "first_byte": first, "last_byte": last, "tables_bytes": len(tables)}
    # The reader looks for the marking; the import is here since the reader needs nothing of clips.
    from cathartes.readers.motion.reader import highest, marks_of

    part = decode(take_apart(np.frombuffer(content, np.uint8)))
    return Clip(content, Custody((digest,), METHOD, __version__, parameters), highest(marks_of(part)))


def _range(transport: Transport, name: str, start_s: float, end_s: float) -> tuple[int, int]:
    """First and last byte: from the key picture, or metadata of its time before it, to all that is shown by the end."""
    pictures = transport.pictures
    if pictures is None or not pictures.is_key.any():
        raise BadInput(f"{name} has no video that a clip could begin with; expected a transport stream with key pictures")
    shown = pictures.pts - pictures.pts[pictures.pts != NO_TIME].min()
    if not 0 <= start_s < end_s or start_s * CLOCK_HZ > shown.max():
        raise BadInput(f"{name} lasts {shown.max() / CLOCK_HZ:.2f} s; a clip from {start_s:g} to {end_s:g} s is not in it")
    keys = np.flatnonzero(pictures.is_key & (shown <= start_s * CLOCK_HZ))
    begin = keys[-1] if keys.size else np.flatnonzero(pictures.is_key)[0]
    inside = np.flatnonzero((shown >= shown[begin]) & (shown <= end_s * CLOCK_HZ))
    after = pictures.position[inside[-1] + 1 :]
    last = int(after.min()) if after.size else None
    firsts, lasts = [int(pictures.position[begin])], [last]
    for stream in transport.klv:
        timed = (stream.pts >= pictures.pts[begin]) & (stream.pts <= pictures.pts[inside].max())
        if timed.any():
            ends = np.append(stream.position[1:], -1)[timed]
            firsts.append(int(stream.position[timed].min()))
            lasts.append(None if (ends < 0).any() else int(ends.max()))
    return min(firsts), max((one if one is not None else 1 << 62) for one in lasts)


def _tables(data: Bytes, transport: Transport, first: int) -> bytes:
    """The last programme tables before the clip, as the stream's own packets."""
    found = {}
    for start in transport.tables_at[transport.tables_at < first].tolist():
        packet = data[start : start + transport.packet_size].tobytes()
        found[(packet[1] & 0x1F) << 8 | packet[2]] = packet
    return b"".join(found[pid] for pid in sorted(found))
