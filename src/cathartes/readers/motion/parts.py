"""A stream read in parts, so that it may be longer than memory: decoded three times, and never held whole.

First what is in it, then a sample on which the doctor finds how to read it, then the rows themselves. Held for all of it are clocks,
flags and where its packets lie, some 80 bytes a packet. A part is decoded with its neighbours, since values are held over gaps.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from cathartes.earth.terrain import Ground
from cathartes.model import StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.check import sample_of, taken
from cathartes.readers.motion.check_pointing import LATEST_S
from cathartes.readers.motion.deviations import place_error_m
from cathartes.readers.motion.doctor import Diagnosis, diagnose
from cathartes.readers.motion.health import findings
from cathartes.readers.motion.packets import Packets, find_packets
from cathartes.readers.motion.pose import HOLD_S, Stated, hold, row_times, stated
from cathartes.readers.motion.stream import (
    UNKNOWN_SIZE,
    Metadata,
    decode_packets,
    joined_columns,
    joined_targets,
    picture_size,
    read_metadata,
    taken_rows,
)
from cathartes.readers.motion.targets import IS_LEGACY, REMEMBERED, Targets, no_targets
from cathartes.readers.motion.transport import Transport, mapped, take_apart
from cathartes.readers.motion.values import Columns
from cathartes.readers.motion.view import View, taken_view, view

ROWS = 1 << 13
"""Packets of a part, at most."""
MOST_NEIGHBOURS = 1 << 12
NEAR_S = HOLD_S + LATEST_S
"""Within this time a packet can say something of another: its values are held, and poses are shifted."""


@dataclass(frozen=True, eq=False)
class Known:
    """Rows of a stream in every form that its users need: decoded, brought together, checked, and put on the ground.

    `place_error_m` is the 95 % error that packets state of the platform's place, held over gaps, NaN for none. `first` is the number of
    the first row in the stream; diagnosis and findings are of all of it.
    """

    metadata: Metadata
    said: Stated
    diagnosis: Diagnosis
    view: View
    findings: tuple[StreamFinding, ...]
    place_error_m: Floats
    first: int = 0

    @property
    def parts(self) -> Iterator["Known"]:
        """The rows, as of a stream in parts."""
        return iter((self,))


@dataclass(frozen=True, eq=False)
class Stream:
    """A stream whose rows come in `parts`; `metadata` has clocks, flags and counts of all rows, and no columns."""

    metadata: Metadata
    diagnosis: Diagnosis
    findings: tuple[StreamFinding, ...]
    parts: Iterator[Known]


def read_stream(path: Path, ground: Ground | None = None) -> Known:
    """All of a file's metadata at once; on a height grid where one is given. Raises `BadInput` for a file that cannot be opened."""
    metadata = read_metadata(path)
    said = stated(metadata)
    rows = sample_of(len(metadata))
    diagnosis = diagnose(taken(said, rows), taken_rows(metadata, rows))
    seen = view(said, diagnosis, ground)
    return Known(metadata, said, diagnosis, seen, (*findings(metadata), *diagnosis.findings), _place_error(metadata, seen, said))


def _place_error(metadata: Metadata, seen: View, said: Stated) -> Floats:
    return hold(place_error_m(metadata.columns, seen.pose.lat_deg), said.time_s)[0]


def read_in_parts(path: Path, ground: Ground | None = None) -> Stream | Known:
    """As `read_stream`, of a stream of any length."""
    transport = take_apart(mapped(path))
    if len(list(islice(_pieces(transport), 2))) < 2:
        return read_stream(path, ground)
    outline = _outline(path, transport)
    metadata, diagnosis, targets = _examined(outline)
    told = (*findings(metadata), *diagnosis.findings)

    def parts() -> Iterator[Known]:
        for first, own, part, said in _parts(outline):
            seen = view(said, diagnosis, ground)
            whole = taken_rows(part, own)
            _complete(whole.columns, outline.columns)
            _complete(whole.targets.columns, targets)
            error = _place_error(part, seen, said)[own]
            yield Known(whole, taken(said, own), diagnosis, taken_view(seen, own), told, error, first)

    return Stream(metadata, diagnosis, told, parts())


@dataclass(frozen=True, eq=False)
class _Outline:
    """What is known of all rows after the first look: their clock, the columns met (without rows) and which have a value anywhere, what
    is first said of that which later packets leave out, and the size of the video's pictures."""

    metadata: Metadata
    clock: Floats
    columns: Columns
    spoken: frozenset[str]
    first: Mapping[str, float]
    size: tuple[float, float]


def _pieces(transport: Transport) -> Iterator[list[Packets]]:
    """All packets in order, `ROWS` or fewer at a time; a damaged file may hold hundreds of streams of a few packets."""
    held: list[Packets] = []
    for stream in transport.klv:
        for packets in find_packets(stream):
            for first in range(0, len(packets), ROWS):
                part = packets.taken(slice(first, first + ROWS))
                if held and _count(held) + len(part) > ROWS:
                    yield held
                    held = []
                held.append(part)
    if held:
        yield held


def _count(packets: Sequence[Packets]) -> int:
    return sum(map(len, packets))


def _some(packets: Sequence[Packets], first: int, last: int) -> Iterator[Packets]:
    """The packets from number `first` until before `last`."""
    for one in packets:
        if first < len(one) and last > 0:
            yield one.taken(slice(max(first, 0), last))
        first, last = first - len(one), last - len(one)


@dataclass
class _Tally:
    """What the first look counts."""

    flags: list[tuple[Any, ...]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    met: Columns = field(default_factory=lambda: Columns(0))
    spoken: set[str] = field(default_factory=set)
    first: dict[str, float] = field(default_factory=dict)
    stray_bytes: int = 0

    def add(self, part: Metadata) -> None:
        self.flags.append((part.standard, part.damaged, part.bad_checksum, part.cut, part.apart, part.utc_us, part.pts_s))
        self.seen.update(part.seen)
        self.met.oddities.update(part.columns.oddities)
        self.spoken |= part.columns.spoken()
        self.stray_bytes += part.stray_bytes
        _complete(self.met, part.columns)
        for name, value in _stated_of(part.columns, 0).items():
            self.first.setdefault(name, value)
        if len(part.targets) and not part.targets.is_stated:
            self.first.setdefault(IS_LEGACY, float(part.targets.is_legacy[0]))


def _outline(path: Path, transport: Transport) -> _Outline:
    """The first look at every packet."""
    tally, names = _Tally(), tuple[str, ...]()
    for packets in _pieces(transport):
        part = decode_packets(packets, transport)
        names = part.names
        tally.add(part)
    standard, damaged, bad, cut, apart, utc_us, pts_s = map(np.concatenate, zip(*tally.flags, strict=True))
    rows = Columns(len(damaged), oddities=tally.met.oddities)
    metadata = Metadata(
        transport, names, standard, damaged, bad, cut, apart, utc_us, pts_s, rows, no_targets(), tally.seen, tally.stray_bytes,
    )  # fmt: skip
    needs_size = tally.seen["ST 0903"] and "vmti_frame_width_px" not in tally.first
    size = picture_size(path) if needs_size else UNKNOWN_SIZE
    return _Outline(metadata, row_times(utc_us, pts_s), tally.met, frozenset(tally.spoken), tally.first, size)


def _examined(outline: _Outline) -> tuple[Metadata, Diagnosis, Columns]:
    """The second look: the outline with its targets counted, what the doctor says of a sample, and the columns of the targets."""
    rows, met = sample_of(len(outline.metadata)), Columns(0)
    samples: list[tuple[Metadata, Stated]] = []
    targets: list[Targets] = []
    legacy, total = [], 0
    for first, own, part, said in _parts(outline):
        chosen = rows[(rows >= first) & (rows < first + len(own))] - first + own[0]
        sample = taken_rows(replace(part, columns=Columns(part.columns.rows, part.columns.numbers)), chosen)
        samples.append((sample, taken(said, chosen)))
        targets.append(replace(sample.targets, row=sample.targets.row + total, columns=Columns(len(sample.targets))))
        total += len(chosen)
        _complete(met, part.targets.columns)
        legacy.append(taken_rows(part, own).targets.is_legacy)
    counted = replace(no_targets(), is_legacy=np.concatenate(legacy), is_stated="vmti_version" in outline.first)
    sampled = replace(
        outline.metadata, damaged=np.concatenate([one.damaged for one, _ in samples]), targets=joined_targets(targets),
        columns=joined_columns([one.columns for one, _ in samples]),
    )  # fmt: skip
    told = [said for _, said in samples]
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in told]) for name, value in vars(told[0]).items() if isinstance(value, np.ndarray)
    }
    diagnosis = diagnose(replace(told[0], **arrays), sampled)
    return replace(outline.metadata, targets=counted), diagnosis, met


def _parts(outline: _Outline) -> Iterator[tuple[int, np.ndarray[Any, np.dtype[np.intp]], Metadata, Stated]]:
    """Per part the number of its first row, where its own rows lie among their neighbours, and what these state."""
    clock, first, earlier = outline.clock, 0, dict(outline.first)
    before: list[Packets] = []
    for this, after in pairwise(chain(_pieces(outline.metadata.transport), ([],))):
        own = np.arange(_count(this))
        last = first + len(own)
        lead = _near(clock[first - _count(before) : first][::-1], clock[first])
        trail = _near(clock[last : last + _count(after)], clock[last - 1])
        packets = [*_some(before, _count(before) - lead, _count(before)), *this, *_some(after, 0, trail)]
        part = decode_packets(packets, outline.metadata.transport, outline.size, earlier)
        yield first, own + lead, part, stated(part, clock[first - lead : last + trail], outline.spoken)
        earlier |= _stated_of(part.columns.taken(np.arange(lead + len(own))), -1)
        before, first = this, last


def _near(clock: Floats, time_s: float) -> int:
    """How many rows from the first on are near a time."""
    far = np.abs(clock[:MOST_NEIGHBOURS] - time_s) > NEAR_S
    return int(far.argmax()) if far.any() else len(far)


def _stated_of(columns: Columns, which: int) -> dict[str, float]:
    """The first (0) or last (-1) value of each column that later packets leave out."""
    values = {name: columns.numbers[name] for name in REMEMBERED if name in columns.numbers}
    return {name: float(column[np.isfinite(column)][which]) for name, column in values.items() if np.isfinite(column).any()}


def _complete(columns: Columns, others: Columns) -> None:
    """Gives columns those that others have, without a value in any row."""
    for name in others.numbers.keys() - columns.numbers.keys():
        columns.numbers[name] = np.full(columns.rows, np.nan)
    for name in others.words.keys() - columns.words.keys():
        columns.words[name] = columns.nothing_said()
