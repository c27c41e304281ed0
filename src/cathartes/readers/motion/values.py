"""From items to columns: one array per tag, a row per packet, by the meaning that the MISB tables give.

Numbers that the standard reserves for "no value" become NaN, and are counted; so are values in another length than prescribed,
unknown tags and tags given twice. Nothing is dropped: what has no meaning here is kept as bytes.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, floor, log2
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.model.samples import Floats
from cathartes.readers.motion.elementary import Bytes, Ints
from cathartes.readers.motion.packs import is_structured, unpacked
from cathartes.readers.motion.tables import Item
from cathartes.readers.motion.walk import Dense, Items, fingerprints, integers

Rows: TypeAlias = NDArray[np.intp]

OWN_COLUMN = 1024
"""Unknown tags below this have a column each. Greater ones, of which a damaged stream has any number, share one."""
NUMERIC = ("float", "ulinear", "slinear", "imap")


@dataclass(frozen=True, eq=False)
class Words:
    """Text per row: `code` indexes `texts`, -1 where the row has none."""

    code: NDArray[np.int32]
    texts: tuple[str, ...]

    def listed(self) -> list[str | None]:
        """One text or `None` per row."""
        return [None if code < 0 else self.texts[code] for code in self.code.tolist()]


@dataclass(frozen=True)
class Oddity:
    """Something about a tag that departs from the standard: `kind` is `length`, `padded`, `layout`, `no_value`, `unknown` or `twice`."""

    kind: str
    column: str
    detail: str = ""


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of `rows` rows by name, and how often each oddity was met. Filled while a stream is decoded, then only read."""

    rows: int
    numbers: dict[str, Floats] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    oddities: Counter[Oddity] = field(default_factory=Counter)

    def number(self, name: str) -> Floats:
        """The column, or NaN for every row where the stream has none."""
        found = self.numbers.get(name)
        return np.full(self.rows, np.nan) if found is None else found

    def nothing_said(self) -> Words:
        """A column of texts without any."""
        return Words(np.full(self.rows, -1, np.int32), ())

    def spoken(self) -> frozenset[str]:
        """Names of the columns of numbers that have a value."""
        return frozenset(name for name, values in self.numbers.items() if np.isfinite(values).any())

    def taken(self, rows: Rows) -> "Columns":
        """Some rows."""
        words = {name: Words(said.code[rows], said.texts) for name, said in self.words.items()}
        return Columns(len(rows), {name: values[rows] for name, values in self.numbers.items()}, words)


def fill(columns: Columns, content: Bytes, items: Items, rows: Rows, table: Mapping[int, Item], prefix: str = "") -> None:
    """Adds the items of sets, `rows[parent]` being each item's row. Of a tag given twice the last value counts."""
    order, edges = _by_tag(items.tag)
    others = [np.empty(0, np.intp)]
    for first, last in pairwise(edges):
        chosen = order[first:last]
        tag = int(items.tag[chosen[0]])
        if tag not in table and not 0 <= tag < OWN_COLUMN:
            others.append(chosen)
            continue
        item = table.get(tag) or Item(tag, f"unknown_{tag & 0xFFFFFFFFFFFFFFFF:x}", "", "raw", 0, 0, None, {})
        at = rows[items.parent[chosen]]
        _note(columns, item, prefix, at, tag in table)
        _fill_item(columns, content, item, prefix + item.column, at, items.start[chosen], items.stop[chosen])
    if len(others) > 1:
        _fill_others(columns, content, items, rows, np.concatenate(others), f"{prefix}unknown_items")


def _fill_others(columns: Columns, content: Bytes, items: Items, rows: Rows, chosen: Rows, name: str) -> None:
    """Adds unknown items to one column, in hexadecimal as `tag:value`, those of one packet in its order."""
    texts: dict[int, list[str]] = {}
    for one in np.sort(chosen).tolist():
        value = content[items.start[one] : items.stop[one]].tobytes()
        texts.setdefault(int(rows[items.parent[one]]), []).append(f"{int(items.tag[one]) & 0xFFFFFFFFFFFFFFFF:x}:{value.hex()}")
    known = columns.words.get(name) or columns.nothing_said()
    codes = {text: number for number, text in enumerate(known.texts)}
    for row, said in texts.items():
        known.code[row] = codes.setdefault(" ".join(said), len(codes))
    columns.words[name] = Words(known.code, tuple(codes))
    columns.oddities[Oddity("unknown", name)] += len(chosen)


def fill_dense(columns: Columns, dense: Dense, items: Sequence[Item], rows: Rows, prefix: str = "") -> None:
    """Adds the numbers that `walk.dense_items` decoded; `rows` are the sets' rows."""
    for slot in np.flatnonzero(dense.met).tolist():
        name = prefix + items[slot].column
        for kind, counts in (("twice", dense.twice), ("no_value", dense.missing)):
            if counts[slot]:
                columns.oddities[Oddity(kind, name)] += int(counts[slot])
        column = columns.numbers.setdefault(name, np.full(columns.rows, np.nan))
        column[rows] = np.where(np.isnan(dense.values[slot]), column[rows], dense.values[slot])


def _by_tag(tags: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Items in order of their tags, those of one tag in order of packets, and where each tag's items begin and the last end."""
    # Small numbers are sorted by their digits, which is ten times as fast.
    order = np.argsort(tags.astype(np.uint16) if tags.min(initial=0) >= 0 and tags.max(initial=0) < 1 << 16 else tags, kind="stable")
    tags = tags[order]
    return order, np.flatnonzero(np.concatenate(([True], tags[1:] != tags[:-1], [True]))) if len(tags) else np.zeros(1, np.intp)


def _note(columns: Columns, item: Item, prefix: str, at: Rows, is_known: bool) -> None:  # noqa: FBT001 (one fact of the item)
    if not is_known:
        columns.oddities[Oddity("unknown", prefix + item.name)] += len(at)
    repeated = int(np.count_nonzero(at[1:] == at[:-1]))
    if repeated and item.kind != "set" and not item.kind.startswith("repeated:"):
        columns.oddities[Oddity("twice", prefix + item.column)] += repeated


def _fill_item(columns: Columns, content: Bytes, item: Item, name: str, at: Rows, start: Ints, stop: Ints) -> None:
    if item.kind == "set":
        return
    if item.kind in ("text", "words", "miis", "raw", "location") or is_structured(item):
        _fill_words(columns, content, item, name, at, start, stop)
        return
    values, strange = numbers(content, item, start, stop)
    for oddity, count in strange.items():
        columns.oddities[Oddity(oddity.kind, name, oddity.detail)] += count
    column = columns.numbers.setdefault(name, np.full(columns.rows, np.nan))
    column[at] = values


def numbers(content: Bytes, item: Item, start: Ints, stop: Ints) -> tuple[Floats, Counter[Oddity]]:
    """The values of one item's bytes, NaN for none, and what was odd about them."""
    lengths = stop - start
    raw = integers(content, start, stop, item.kind in ("int", "slinear"))
    values = np.full(len(raw), np.nan)
    strange: Counter[Oddity] = Counter()
    for length in np.unique(lengths) if np.ptp(lengths) else lengths[:1]:
        same = lengths == length
        width = _meant_length(item, int(length), raw[same])
        if item.length and length != item.length:
            kind = "padded" if width != length else "length"
            strange[Oddity(kind, item.column, f"{length} bytes, standard {item.length}")] += int(same.sum())
        if 0 < length <= 8:
            values[same] = _scaled(item, raw[same], width)
    if missing := int((np.isnan(values) & (lengths > 0)).sum()):
        strange[Oddity("no_value", item.column)] += missing
    return values, strange


def _meant_length(item: Item, length: int, raw: Ints) -> int:
    """Bytes that a scaled integer spans: its own, or the standard's where every value is such a one with zeros before it."""
    if item.kind not in ("ulinear", "slinear") or not item.length or length <= item.length:
        return length
    half = 1 << (8 * item.length - 1)
    fits = (raw >= -half) & (raw < half) if item.kind == "slinear" else (raw >= 0) & (raw < 2 * half)
    return item.length if fits.all() else length


def _scaled(item: Item, raw: Ints, length: int) -> Floats:
    """Integers of `length` bytes as numbers; those that stand for "no value" or "out of range" become NaN."""
    if item.kind == "float":
        return _ieee(raw, length)
    if item.kind == "imap":
        return imap(raw, item.low, item.high, length)
    value = raw.astype(np.float64)
    if item.kind in ("uint", "ulinear"):
        # Eight bytes with the top bit set were read as a negative number.
        value = np.where(raw < 0, value + 2.0**64, value)
    if item.kind == "ulinear":
        return item.low + value * ((item.high - item.low) / (2.0 ** (8 * length) - 1))
    if item.kind == "slinear":
        half = 2.0 ** (8 * length - 1)
        return np.where(value == -half, np.nan, value * (item.high / (half - 1)))
    return value


def _ieee(raw: Ints, length: int) -> Floats:
    if length == 4:
        # A signalling "not a number" is one all the same.
        with np.errstate(invalid="ignore"):
            return raw.astype(np.uint32).view(np.float32).astype(np.float64)
    return raw.view(np.float64) if length == 8 else np.full(len(raw), np.nan)


def imap(raw: Ints, low: float, high: float, length: int) -> Floats:
    """ST 1201 (IMAPB) integers of `length` bytes as numbers between `low` and `high`; its special values become NaN.

    Equations of ST 1201.4, section 8: forward scale 2^(8 length - 1 - ceil(log2(high - low))), zero kept exact.
    """
    scale = 2.0 ** (8 * length - 1 - ceil(log2(high - low)))
    offset = scale * low - floor(scale * low) if low < 0 < high else 0.0
    value = np.where(raw < 0, raw + 2.0**64, raw)
    # The top bit alone is the greatest number; with any other bit it is a special value.
    return np.where(value > 2.0 ** (8 * length - 1), np.nan, (value - offset) / scale + low)


def _fill_words(columns: Columns, content: Bytes, item: Item, name: str, at: Rows, start: Ints, stop: Ints) -> None:
    """Adds texts; equal bytes, of which most streams have many, are decoded once."""
    known = columns.words.get(name) or columns.nothing_said()
    texts = {text: number for number, text in enumerate(known.texts)}
    _, first, which = np.unique(fingerprints(content, start, stop), return_index=True, return_inverse=True)
    codes = np.empty(len(first), np.int32)
    for number in np.argsort(first).tolist():
        value = content[start[first[number]] : stop[first[number]]].tobytes()
        word = _text(item, value)
        if is_structured(item) and value and not word.startswith(("{", "[")):
            columns.oddities[Oddity("layout", name)] += int((which == number).sum())
        codes[number] = texts.setdefault(word, len(texts))
    said = codes[which]
    if item.kind.startswith("repeated:"):
        said = _listed(said, at, texts)
    known.code[at] = said
    columns.words[name] = Words(known.code, tuple(texts))


def _listed(said: NDArray[np.int32], at: Rows, texts: dict[str, int]) -> NDArray[np.int32]:
    """Codes of objects as codes of lists: of all objects of the same row, in the order of the packet."""
    names, edges = list(texts), np.flatnonzero(np.concatenate(([True], at[1:] != at[:-1], [True])))
    lists = np.empty(len(at), np.int32)
    for first, last in pairwise(edges):
        text = f"[{', '.join(names[code] if names[code].startswith('{') else json.dumps(names[code]) for code in said[first:last])}]"
        lists[first:last] = texts.setdefault(text, len(texts))
    return lists


def _text(item: Item, value: bytes) -> str:
    if is_structured(item) and value:
        try:
            return json.dumps(unpacked(item, value, _scalar), ensure_ascii=False)
        except BadInput:
            return value.hex()
    if item.kind == "text":
        return text(value)
    if item.kind == "miis":
        return miis(value)
    if item.kind == "words":
        code = int.from_bytes(value, "big")
        if value and code in item.words:
            return item.words[code]
        return str(code) if len(value) == 1 else text(value)
    return value.hex()


def _scalar(item: Item, value: bytes) -> str | int | float | None:
    """One value of a pack or nested set: whole numbers exact, what stands for "no value" as `None`."""
    if item.kind in ("uint", "int"):
        return int.from_bytes(value, "big", signed=item.kind == "int")
    if item.kind not in NUMERIC or len(value) > 8:
        return _text(item, value)
    number = numbers(np.frombuffer(value, np.uint8), item, np.zeros(1, np.int64), np.array([len(value)]))[0][0]
    return float(number) if np.isfinite(number) else None


def text(value: bytes) -> str:
    """UTF-8; two-byte characters only where zeros show them, since old encoders write one-byte codes in such fields."""
    if len(value) >= 2 and len(value) % 2 == 0 and not any(value[0::2]):
        return value.decode("utf-16-be", "replace").rstrip("\0")
    try:
        return value.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return value.decode("latin-1").rstrip("\0")


def miis(value: bytes) -> str:
    """A core identifier (ST 1204) as `version+usage:part/part`, each part a UUID in groups of four; other bytes in hexadecimal."""
    parts = [value[at : at + 16].hex().upper() for at in range(2, len(value), 16)]
    if len(value) < 18 or (len(value) - 2) % 16:
        return value.hex()
    grouped = ("-".join(part[at : at + 4] for at in range(0, 32, 4)) for part in parts)
    return f"{value[:2].hex().upper()}:{'/'.join(grouped)}"
