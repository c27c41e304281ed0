"""What is inside one item: lists, packs and local sets by the layouts of `data/misb/packs.csv`, as plain objects.

A form says how bytes are cut into parts, a layout what each part means. Single values are read by whoever calls.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np

from cathartes.errors import BadInput
from cathartes.readers.motion.tables import Item, item_of, rows_of
from cathartes.readers.motion.walk import local_items

Scalar: TypeAlias = Callable[[Item, bytes], object]

FORMS = ("pack", "packs", "counted", "set", "sets", "repeated", "oids", "bits", "pixels", "runs")
"""`pack`: fields one after another; `set`, `repeated`: a local set, or one of several under the same tag; `packs`, `sets`: one after
another, each behind its length; `counted`: packs behind their number; `oids`: BER-OID numbers; `bits`: numbers of the bits that are set;
`pixels`: numbers behind their lengths; `runs`: pixel numbers, each with how many pixels follow."""

EXTENTS = ("ber", "oid", "half")
LONGEST = 1 << 18


@dataclass(frozen=True)
class Field:
    """One part of a layout: its meaning, and how long it is: as it says before itself (`ber`), while it goes on
    (`oid`), half of what is left (`half`), or as the item says and else the rest."""

    item: Item
    extent: str


@cache
def layouts() -> Mapping[str, Sequence[Field]]:
    """Layouts by name."""
    found: dict[str, list[Field]] = {}
    for row in rows_of("packs"):
        extent = row["length"] if row["length"] in EXTENTS else ""
        item = item_of(row | {"length": "" if extent else row["length"]})
        found.setdefault(row["pack"], []).append(Field(item, extent))
    return found


def is_structured(item: Item) -> bool:
    """Whether the item holds more than one value, and is no set with a table of its own."""
    return item.kind != "set" and item.kind.partition(":")[0] in FORMS


def unpacked(item: Item, value: bytes, scalar: Scalar) -> object:
    """The item's bytes as lists and dictionaries.

    Raises `BadInput` where they are cut off, go on after their end, or are more than `LONGEST` bytes.
    """
    if len(value) > LONGEST:
        raise BadInput(f"{len(value)} bytes in one item")
    return _unpacked(item, memoryview(value), scalar)


def _unpacked(item: Item, value: memoryview, scalar: Scalar) -> object:
    form, _, name = item.kind.partition(":")
    match form:
        case "pack":
            return _pack(layouts()[name], value, scalar)
        case "set" | "repeated":
            return _set(layouts()[name], value, scalar)
        case "sets":
            return [_set(layouts()[name], part, scalar) for part in _parts(value)]
        case "packs" | "counted":
            parts = _parts(value if form == "packs" else _oid(value)[1])
            return [_pack(layouts()[name], part, scalar) for part in parts]
        case "pixels":
            return [int.from_bytes(part, "big") for part in _parts(value)]
        case "bits":
            number = int.from_bytes(value, "big")
            return [bit for bit in range(8 * len(value)) if number >> bit & 1]
    return list(_oids(value) if form == "oids" else _runs(value))


def _pack(fields: Sequence[Field], value: memoryview, scalar: Scalar) -> dict[str, object]:
    """Fields in order; the last ones may be left out."""
    found: dict[str, object] = {}
    for field in fields:
        if not value:
            break
        found[field.item.column], value = _field(field, value, scalar)
    if value:
        raise BadInput(f"{len(value)} bytes follow the last field")
    return found


def _field(field: Field, value: memoryview, scalar: Scalar) -> tuple[object, memoryview]:
    if field.extent == "oid":
        return _oid(value)
    length = len(value) // 2 if field.extent == "half" else field.item.length or len(value)
    part, rest = _sized(value) if field.extent == "ber" else _cut(value, length)
    return _meaning(field.item, part, scalar), rest


def _meaning(item: Item, value: memoryview, scalar: Scalar) -> object:
    if not value:
        return None
    return _unpacked(item, value, scalar) if is_structured(item) else scalar(item, bytes(value))


def _set(fields: Sequence[Field], value: memoryview, scalar: Scalar) -> dict[str, object]:
    """Items of a local set; those of no layout by their tag, in hexadecimal."""
    known = {field.item.tag: field.item for field in fields}
    items = local_items(np.frombuffer(value, np.uint8), np.zeros(1, np.int64), np.array([len(value)]))
    if items.broken.any():
        raise BadInput("the set's last item is cut off")
    found: dict[str, object] = {}
    for tag, start, stop in zip(items.tag.tolist(), items.start.tolist(), items.stop.tolist(), strict=True):
        part = value[start:stop]
        found |= {known[tag].column: _meaning(known[tag], part, scalar)} if tag in known else {f"unknown_{tag}": part.hex()}
    return found


def _parts(value: memoryview) -> Iterator[memoryview]:
    while value:
        part, value = _sized(value)
        yield part


def _oids(value: memoryview) -> Iterator[int]:
    while value:
        number, value = _oid(value)
        yield number


def _runs(value: memoryview) -> Iterator[list[int]]:
    while value:
        pixel, value = _sized(value)
        run, value = _length(value)
        yield [int.from_bytes(pixel, "big"), run]


def _sized(value: memoryview) -> tuple[memoryview, memoryview]:
    length, value = _length(value)
    return _cut(value, length)


def _cut(value: memoryview, length: int) -> tuple[memoryview, memoryview]:
    if length > len(value):
        raise BadInput(f"{len(value)} bytes where {length} were announced")
    return value[:length], value[length:]


def _length(value: memoryview) -> tuple[int, memoryview]:
    """A BER length and what follows it."""
    first, value = _cut(value, 1)
    if first[0] < 0x80:
        return first[0], value
    length, value = _cut(value, first[0] & 0x7F)
    return int.from_bytes(length, "big"), value


def _oid(value: memoryview) -> tuple[int, memoryview]:
    """A BER-OID number and what follows it."""
    number = 0
    for at, byte in enumerate(value):
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, value[at + 1 :]
    raise BadInput("a BER-OID number does not end")
