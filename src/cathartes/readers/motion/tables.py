"""The MISB tables in `data/misb` as items: what a tag is called, in which unit it is, and how its bytes become a number or words."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from cathartes.readers.motion.walk import Plain, folded


@dataclass(frozen=True)
class Item:
    """One row of a table. `length` is the number of bytes the standard prescribes, where it does.

    Kinds: `uint`, `int`, `float` (IEEE 754); `ulinear`, `slinear` (integers that span `low` to `high`); `imap` (ST 1201);
    `text`; `words` (a code and its meaning); `miis` (ST 1204); `set`, `location` and `raw` (kept as bytes or read elsewhere); and the
    forms of `packs`, with the name of a layout where they need one.
    """

    tag: int
    name: str
    unit: str
    kind: str
    low: float
    high: float
    length: int | None
    words: Mapping[int, str]

    @property
    def column(self) -> str:
        """The name with its unit, as columns are called."""
        return f"{self.name}_{self.unit}" if self.unit else self.name


@dataclass(frozen=True)
class Standard:
    """A set that may stand at the top of a stream: its label, its table and what its columns begin with."""

    name: str
    label: bytes
    table: str
    prefix: str
    is_universal: bool = False


STANDARDS = (
    Standard("ST 0601", bytes.fromhex("060e2b34020b01010e01030101000000"), "st0601", ""),
    Standard("EG 0104", bytes.fromhex("060e2b34020101010e01010201010000"), "eg0104", "", is_universal=True),
    Standard("ST 0903", bytes.fromhex("060e2b34020b01010e01030306000000"), "st0903", "vmti_"),
    Standard("ST 0806", bytes.fromhex("060e2b34020b01010e01030102000000"), "st0806", "rvt_"),
    Standard("ST 0102", bytes.fromhex("060e2b34020301010e01030302000000"), "st0102", "security_"),
)


@cache
def table(name: str) -> Mapping[int, Item]:
    """The items of `data/misb/<name>.csv` by tag; universal labels are folded as `walk.universal_items` folds them."""
    return {item.tag: item for item in map(item_of, rows_of(name))}


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of `data/misb/<name>.csv`."""
    text = files("cathartes").joinpath(f"data/misb/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


PLAIN_KINDS = ("uint", "int", "ulinear", "slinear")
CHECKSUM = 1


@cache
def plain(name: str) -> tuple[Plain, tuple[Item, ...]]:
    """The items of a table that are integers of a prescribed length, for `walk.dense_items`, and which item each slot is."""
    items = tuple(item for item in table(name).values() if item.kind in PLAIN_KINDS and item.length and CHECKSUM < item.tag < 256)
    size = 1 + max(item.tag for item in items)
    slot, length = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    is_signed, has_missing = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    scale, offset = np.ones(size), np.zeros(size)
    for number, item in enumerate(items):
        tag, span = item.tag, 256.0 ** (item.length or 1)
        slot[tag], length[tag] = number, item.length or 0
        is_signed[tag], has_missing[tag] = item.kind in ("int", "slinear"), item.kind == "slinear"
        if item.kind == "ulinear":
            scale[tag], offset[tag] = (item.high - item.low) / (span - 1), item.low
        if item.kind == "slinear":
            scale[tag] = item.high / (span / 2 - 1)
    return Plain(slot, length, is_signed, has_missing, scale, offset), items


def item_of(row: Mapping[str, str]) -> Item:
    """The item that a row describes; parts of a pack have no tag, and 0."""
    words = dict(pair.split("=", 1) for pair in (row.get("words") or "").split("|") if pair)
    return Item(
        int(row["tag"] or 0) if "tag" in row else folded(bytes.fromhex(row["key"])),
        row["name"],
        row["unit"],
        row["kind"],
        float(row.get("low") or 0),
        float(row.get("high") or 0),
        int(row["length"]) if row.get("length") else None,
        {int(code): word for code, word in words.items()},
    )
