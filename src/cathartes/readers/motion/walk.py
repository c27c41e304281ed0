"""Items of local sets, universal sets and series, found in one pass over all packets of a stream (SMPTE ST 336).

A walk gives arrays, one number per item: the set it stands in, its tag, and where its value lies. Sets inside items are walked
the same way, with the items as sets. No walk reads outside its set or fails on any bytes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cathartes.kernels import compiled
from cathartes.readers.motion.elementary import Bytes, Ints

LOCAL, UNIVERSAL, SERIES = range(3)


@dataclass(frozen=True, eq=False)
class Items:
    """Items of sets: number of the set, tag (the last 12 label bytes folded to 64 bits for universal sets), bounds of the value.

    `broken[set]` tells of a set whose last item is cut off or has an impossible length: it was read up to there.
    """

    parent: Ints
    tag: Ints
    start: Ints
    stop: Ints
    broken: NDArray[np.bool_]

    def of_tag(self, tag: int) -> NDArray[np.intp]:
        """Row numbers of the items with this tag."""
        return np.flatnonzero(self.tag == tag)


def local_items(content: Bytes, start: Ints, stop: Ints) -> Items:
    """Items of local sets: BER-OID tag, BER length, value."""
    return _walked(LOCAL, content, start, stop)


def universal_items(content: Bytes, start: Ints, stop: Ints) -> Items:
    """Items of universal sets: 16-byte label, BER length, value."""
    return _walked(UNIVERSAL, content, start, stop)


def series_items(content: Bytes, start: Ints, stop: Ints) -> Items:
    """Elements of series: BER length, then a BER-OID id, which becomes the tag, and the element's own items as its value."""
    return _walked(SERIES, content, start, stop)


def _walked(form: int, content: Bytes, start: Ints, stop: Ints) -> Items:
    """Counts first and fills then, so that memory follows what is there and not what a length pretends."""
    nothing = np.empty((4, 0), np.int64)
    broken = np.zeros(len(start), np.bool_)
    raw = np.empty((4, _walk(content, start, stop, nothing, broken, form)), np.int64)
    _walk(content, start, stop, raw, broken, form)
    return Items(raw[0], raw[1], raw[2], raw[3], broken)


@compiled
def _ber_length(content, at, stop):  # type: ignore[no-untyped-def]
    """Length and the place behind it; -1 for one that is cut off, indefinite, or longer than what is left."""
    if at >= stop:
        return np.int64(-1), at
    first = content[at]
    if first & 0x80 == 0:
        length, at = np.int64(first), at + 1
    else:
        wide = np.int64(first & 0x7F)
        if wide == 0 or wide > 8 or at + 1 + wide > stop:
            return np.int64(-1), at
        length = np.int64(0)
        for place in range(at + 1, at + 1 + wide):
            length = length << 8 | np.int64(content[place])
        at += 1 + wide
    if length < 0 or length > stop - at:
        return np.int64(-1), at
    return length, at


@compiled
def _ber_oid(content, at, stop):  # type: ignore[no-untyped-def]
    """A BER-OID number of at most five bytes and the place behind it; -1 for one that does not end."""
    number = np.int64(0)
    for place in range(at, min(stop, at + 5)):
        number = number << 7 | np.int64(content[place] & 0x7F)
        if content[place] & 0x80 == 0:
            return number, place + 1
    return np.int64(-1), at


@compiled
def _item(content, at, stop, form):  # type: ignore[no-untyped-def]
    """Tag, begin and end of the value of the item at `at`, in a set of this form that ends at `stop`; an end of -1 for a broken one."""
    tag, broken = np.int64(0), np.int64(-1)
    if form == LOCAL:
        tag, at = _ber_oid(content, at, stop)
        if tag < 0:
            return tag, at, broken
    elif form == UNIVERSAL:
        if at + 17 > stop:
            return tag, at, broken
        for place in range(at + 4, at + 16):
            tag = tag * 131 + np.int64(content[place])
        at += 16
    length, at = _ber_length(content, at, stop)
    if length < 0:
        return tag, at, broken
    end = at + length
    if form == SERIES:
        tag, at = _ber_oid(content, at, end)
        if tag < 0:
            return tag, at, broken
    return tag, at, end


@compiled
def _walk(content, starts, stops, raw, broken, form):  # type: ignore[no-untyped-def]
    count, room = 0, raw.shape[1]
    for number in range(len(starts)):
        at, stop = starts[number], stops[number]
        while at < stop:
            tag, begin, end = _item(content, at, stop, form)
            if end < 0:
                broken[number] = True
                break
            if count < room:
                raw[0, count], raw[1, count], raw[2, count], raw[3, count] = number, tag, begin, end
            count += 1
            at = end
    return count


@dataclass(frozen=True, eq=False)
class Plain:
    """How items of one table become numbers at once: by tag below `len(slot)` the slot of its values (-1: not at once), its bytes, whether
    it is signed and has a code for "no value" (its least number), and what to multiply by and to add."""

    slot: Ints
    length: Ints
    is_signed: NDArray[np.bool_]
    has_missing: NDArray[np.bool_]
    scale: NDArray[np.float64]
    offset: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dense:
    """What `dense_items` found: values (slots x sets, NaN for none), counts by slot of items, repeats and codes for "no value", where each
    set's checksum stands (-1: none), and the items that are not numbers of the standard's length."""

    values: NDArray[np.float64]
    met: Ints
    twice: Ints
    missing: Ints
    checksum: Ints
    rest: Items


def dense_items(content: Bytes, start: Ints, stop: Ints, plain: Plain) -> Dense:
    """Local sets walked and their plain numbers decoded in one pass; nearly all items of nearly all streams are such."""
    slots = int(plain.slot.max(initial=-1)) + 1
    values, counts = np.full((slots, len(start)), np.nan), np.zeros((3, slots), np.int64)
    sums, broken = np.full(len(start), -1, np.int64), np.zeros(len(start), np.bool_)
    table = (plain.slot, plain.length, plain.is_signed, plain.has_missing, plain.scale, plain.offset)
    rest = np.empty((4, 0), np.int64)
    left = _walk_dense(content, start, stop, *table, values, counts, sums, rest, broken, True)  # noqa: FBT003 (compiled functions take no keywords)
    if left:
        rest = np.empty((4, left), np.int64)
        _walk_dense(content, start, stop, *table, values, counts, sums, rest, broken, False)  # noqa: FBT003
    return Dense(values, counts[0], counts[1], counts[2], sums, Items(rest[0], rest[1], rest[2], rest[3], broken))


@compiled
def _walk_dense(  # type: ignore[no-untyped-def]
    content, starts, stops, slot, lengths, is_signed, has_missing, scale, offset, values, counts, sums, rest, broken, decodes
):
    left, room, known = 0, rest.shape[1], len(slot)
    for number in range(len(starts)):
        at, stop = starts[number], stops[number]
        while at < stop:
            tag, at = _ber_oid(content, at, stop)
            if tag < 0:
                broken[number] = True
                break
            length, at = _ber_length(content, at, stop)
            if length < 0:
                broken[number] = True
                break
            if tag == 1 and length == 2:
                sums[number] = at
            elif tag < known and slot[tag] >= 0 and length == lengths[tag]:
                if decodes:
                    raw = np.int64(0)
                    for place in range(at, at + length):
                        raw = raw << 8 | np.int64(content[place])
                    half = np.int64(1) << (8 * length - 1)
                    if is_signed[tag] and length < 8 and raw >= half:
                        raw -= half << 1
                    value = offset[tag] + raw * scale[tag]
                    here = slot[tag]
                    if raw < 0 and not is_signed[tag]:
                        value += 2.0**64
                    if has_missing[tag] and raw == -half:
                        value = np.nan
                        counts[2, here] += 1
                    if not np.isnan(values[here, number]):
                        counts[1, here] += 1
                    values[here, number] = value
                    counts[0, here] += 1
            else:
                if left < room:
                    rest[0, left], rest[1, left], rest[2, left], rest[3, left] = number, tag, at, at + length
                left += 1
            at += length
    return left


def folded(label: bytes) -> int:
    """Twelve label bytes as the tag that `universal_items` gives them."""
    tag = 0
    for byte in label:
        tag = (tag * 131 + byte) & 0xFFFFFFFFFFFFFFFF
    return tag - (1 << 64) if tag >= 1 << 63 else tag


@compiled
def checksums(content, keys, stops):  # type: ignore[no-untyped-def]
    """16-bit running sum of each packet from its label up to its last two bytes (ST 0601, 7.2)."""
    sums = np.empty(len(keys), np.int64)
    for number in range(len(keys)):
        total = np.int64(0)
        for place in range(keys[number], stops[number] - 2):
            total += np.int64(content[place]) << (8 * ((place - keys[number] + 1) % 2))
        sums[number] = total & 0xFFFF
    return sums


@compiled
def integers(content, starts, stops, signed):  # type: ignore[no-untyped-def]
    """Big-endian integers of one to eight bytes; longer ones keep their last eight bytes, none at all is 0."""
    values = np.empty(len(starts), np.int64)
    for number in range(len(starts)):
        value = np.int64(0)
        length = stops[number] - starts[number]
        for place in range(max(starts[number], stops[number] - 8), stops[number]):
            value = value << 8 | np.int64(content[place])
        if signed and 0 < length < 8 and value >> (8 * length - 1):
            value -= np.int64(1) << (8 * length)
        values[number] = value
    return values


@compiled
def fingerprints(content, starts, stops):  # type: ignore[no-untyped-def]
    """64-bit fingerprints of byte strings and their lengths (FNV-1a; Fowler, Noll, Vo): equal ones are taken for equal strings."""
    marks = np.empty(len(starts), np.int64)
    for number in range(len(starts)):
        mark = np.int64(-3750763034362895579) ^ (stops[number] - starts[number])
        for place in range(starts[number], stops[number]):
            mark = (mark ^ np.int64(content[place])) * np.int64(1099511628211)
        marks[number] = mark
    return marks
