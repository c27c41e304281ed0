"""The strict look at a stream: which clause of which standard it breaks, and how often. Reading is lenient and stays apart from this.

Clauses are sections of ST 0601.19 (8.N is item N), ST 0902.8 and ITU-T H.222.0. What is not checked here is not claimed to conform.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cathartes.errors import BadInput
from cathartes.model import Statement
from cathartes.readers.motion.elementary import Ints
from cathartes.readers.motion.packets import find_packets
from cathartes.readers.motion.stream import Metadata, decode
from cathartes.readers.motion.tables import STANDARDS, table
from cathartes.readers.motion.transport import Transport, mapped, take_apart
from cathartes.readers.motion.walk import Items, local_items

LABELS = {0x15: 0xFC, 0x06: 0xBD}
"""Stream type and the PES stream id that goes with it for metadata (H.222.0, 2.12)."""
MINIMUM_SET = (2, 3, 5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 48, 65, 94)
"""Items of the motion imagery sensor minimum metadata set; 75 may stand for 15, 78 for 25, 90 and 91 for 6 and 7."""
INSTEAD = {15: (75, 104), 25: (78,), 6: (90,), 7: (91,), 22: (96,)}

ORDER = {
    "MISB ST 0601.19 8.2": "conform.first",
    "MISB ST 0601.19 8.1": "conform.last",
    "MISB ST 0601.19 8.65": "conform.version",
}
"""What every packet keeps, by clause."""


@dataclass(frozen=True)
class Breach:
    """One clause that a stream breaks, what it does instead, and in how many packets (or streams)."""

    clause: str
    statement: Statement
    count: int


def breaches(path: Path) -> tuple[Breach, ...]:
    """Every breach found in a file, the outer layers first. Raises `BadInput` for a file that cannot be opened or holds no KLV."""
    transport = take_apart(mapped(path))
    if not transport.klv:
        raise BadInput(f"{path.name} holds no KLV metadata that could keep the standards; `cathartes inspect` says what it holds")
    return (*_of_labels(transport), *_of_sets(transport), *_of_values(decode(transport)))


def _of_labels(transport: Transport) -> Iterator[Breach]:
    for stream in transport.klv:
        if transport.packet_size and LABELS.get(stream.stream_type) != stream.stream_id:
            values: dict[str, str | int | float] = {"type": f"0x{stream.stream_type:02X}", "id": f"0x{stream.stream_id:02X}"}
            yield Breach("ITU-T H.222.0 2.12", Statement("conform.labels", values), 1)


def _of_sets(transport: Transport) -> Iterator[Breach]:
    """Order and presence of the items that every ST 0601 packet has, and the minimum set over the whole stream."""
    for stream in transport.klv:
        total, broken, present = 0, dict.fromkeys(ORDER, 0), set[int]()
        for packets in find_packets(stream):
            own = packets.labelled(STANDARDS[0].label)
            items = local_items(packets.content, packets.start[own], packets.stop[own])
            first, last = _ends(items, len(own))
            total += len(own)
            present |= set(np.unique(items.tag[items.stop > items.start]).tolist())
            unnumbered = ~np.isin(np.arange(len(own)), items.parent[items.tag == 65])
            for clause, fails in zip(ORDER, (first != 2, last != 1, unnumbered), strict=True):
                broken[clause] += int(fails.sum())
        yield from (Breach(clause, Statement(ORDER[clause]), count) for clause, count in broken.items() if count)
        absent = [tag for tag in MINIMUM_SET if total and not present & {tag, *INSTEAD.get(tag, ())}]
        for tag in absent:
            yield Breach("MISB ST 0902.8", Statement("conform.minimum", {"item": tag, "name": table("st0601")[tag].name}), total)


def _ends(items: Items, sets: int) -> tuple[Ints, Ints]:
    """First and last tag of each set; -1 for a set without items."""
    first, last = np.full(sets, -1, np.int64), np.full(sets, -1, np.int64)
    first[items.parent[::-1]] = items.tag[::-1]
    last[items.parent] = items.tag
    return first, last


def _of_values(metadata: Metadata) -> Iterator[Breach]:
    """Checksums, lengths, repeats and unknown items, as the reader counted them."""
    if failed := int(metadata.bad_checksum.sum()):
        yield Breach("MISB ST 0601.19 8.1", Statement("conform.checksum"), failed)
    numbers = {item.column: tag for tag, item in table("st0601").items()}
    for oddity, count in sorted(metadata.columns.oddities.items(), key=lambda pair: (pair[0].kind, pair[0].column)):
        clause = f"MISB ST 0601.19 8.{numbers[oddity.column]}" if oddity.column in numbers else "MISB ST 0107 (nested set)"
        values: dict[str, str | int | float] = {"column": oddity.column, "detail": oddity.detail}
        if oddity.kind in ("length", "padded"):
            yield Breach(clause, Statement("conform.length", values), count)
        elif oddity.kind == "layout":
            yield Breach(clause, Statement("conform.layout", {"column": oddity.column}), count)
        elif oddity.kind == "twice":
            yield Breach(clause, Statement("conform.twice", {"column": oddity.column}), count)
        elif oddity.kind == "unknown":
            yield Breach("MISB ST 0601.19 8", Statement("conform.unknown", {"column": oddity.column}), count)
