"""An ENVI header and the file of numbers beside it: fields, where each number lies, and any lines and bands of them.

What the numbers mean, and where their pixels lie, is `envi`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.model.cube import Floats32
from cathartes.model.samples import Floats

Header: TypeAlias = Mapping[str, str]

TYPES = {"1": "u1", "2": "i2", "3": "i4", "4": "f4", "5": "f8", "12": "u2", "13": "u4", "14": "i8", "15": "u8"}
"""NumPy's name of each real ENVI data type; 6 and 9 are complex."""

AXES = {"bip": ("lines", "samples", "bands"), "bil": ("lines", "bands", "samples"), "bsq": ("bands", "lines", "samples")}
SUFFIXES = ("", ".img", ".dat", ".bin", ".raw", ".bip", ".bil", ".bsq", ".rdn")
FILL = -9999.0


def decoded(content: bytes) -> str:
    """A header's text: UTF-8, or Latin-1 where it is not, as older programs write the sign for micro."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def header_of(text: str, name: str) -> Header:
    """The header's fields, names in lower case; braces and line breaks inside them taken away."""
    fields = dict[str, str]()
    for match in re.finditer(r"(?m)^[ \t]*([^=\n{}]+?)[ \t]*=[ \t]*(?:\{([^}]*)\}|([^\n]*))", text):
        braced, plain = match[2], match[3]
        if braced is None and plain.lstrip().startswith("{"):
            raise BadInput(f"{name}: the braces of `{match[1]}` are never closed; the header is cut off")
        fields[match[1].strip().lower()] = " ".join((braced if braced is not None else plain).split())
    return fields


def number_of(header: Header, key: str, name: str, least: int = 1) -> int:
    """A whole number the header must hold."""
    try:
        value = int(header[key])
    except KeyError:
        raise BadInput(f"{name} has no line `{key} = ...`; an ENVI header states lines, samples, bands and data type") from None
    except ValueError:
        raise BadInput(f"{name}: `{key} = {header[key][:40]}` is no whole number") from None
    if value < least:
        raise BadInput(f"{name}: `{key} = {value}`; expected at least {least}")
    return value


def numbers_of(header: Header, key: str, count: int, name: str) -> Floats | None:
    """One number per band, `None` where the header has no such list. Raises `BadInput` for another count."""
    if key not in header:
        return None
    try:
        values = np.array([float(word) for word in header[key].replace(",", " ").split()])
    except ValueError:
        raise BadInput(f"{name}: `{key}` holds something that is no number") from None
    if len(values) != count:
        raise BadInput(f"{name}: `{key}` lists {len(values)} numbers for {count} bands; correct the header")
    return values


def data_file(path: Path, header: Header) -> Path:
    """The file of numbers: the one the header names, or the header's name without `.hdr`, bare or with a usual ending."""
    stem = path.with_suffix("")
    named = [path.parent / Path(header["data file"]).name] if "data file" in header else []
    for candidate in (*named, *(stem.with_name(stem.name + suffix) for suffix in SUFFIXES)):
        if candidate != path and candidate.is_file():
            return candidate
    raise BadInput(f"{path.name} has no data beside it; expected {stem.name} or {stem.name}.img in the same folder")


@dataclass(frozen=True, eq=False)
class Stored:
    """How the numbers lie in the file, and how each becomes radiance: `gain * number + offset` (one per band)."""

    path: Path
    start: int
    dtype: str
    interleave: str
    lines: int
    columns: int
    bands: int
    gain: Floats32
    offset: Floats32
    ignored: float | None

    def __call__(self, first: int, end: int, bands: NDArray[np.intp]) -> Floats32:
        """See `model.cube.Tiles`. Bytes are read into memory and given back: a mapped file would grow with the cube."""
        numbers = self.numbers(first, end, bands)
        tile = numbers.astype(np.float32)
        if not (np.all(self.gain == 1) and np.all(self.offset == 0)):
            tile *= self.gain[bands]
            tile += self.offset[bands]
        if self.ignored is not None:
            tile[numbers == np.asarray(self.ignored).astype(numbers.dtype)] = np.nan
        return tile

    def numbers(self, first: int, end: int, bands: NDArray[np.intp]) -> NDArray[np.generic]:
        """The file's own numbers: lines x columns x bands."""
        lines, columns = end - first, self.columns
        with self.path.open("rb") as file:
            if self.interleave == "bsq":
                planes = [self._run(file, (band * self.lines + first) * columns, lines * columns) for band in bands.tolist()]
                return np.stack(planes, axis=-1).reshape(lines, columns, len(bands))
            block = self._run(file, first * columns * self.bands, lines * columns * self.bands)
        # Neighbouring bands are cut out whole, which is several times faster than one by one.
        chosen = slice(bands[0], bands[-1] + 1) if len(bands) and np.all(np.diff(bands) == 1) else bands
        if self.interleave == "bip":
            return block.reshape(lines, columns, self.bands)[:, :, chosen]
        return block.reshape(lines, self.bands, columns)[:, chosen].transpose(0, 2, 1)

    def _run(self, file: BinaryIO, start: int, count: int) -> NDArray[np.generic]:
        """`count` numbers from number `start`. Raises `OSError` where the file ends before."""
        file.seek(self.start + start * np.dtype(self.dtype).itemsize)
        run = np.fromfile(file, self.dtype, count)
        if len(run) < count:
            raise OSError(f"{self.path.name} ends early")
        return run


def stored_as(header: Header, path: Path, data: Path) -> Stored:
    """Where each number lies. Raises `BadInput` where header and file disagree."""
    name = path.name
    sizes = {axis: number_of(header, axis, name) for axis in ("lines", "samples", "bands")}
    interleave = header.get("interleave", "bsq").lower()
    if interleave not in AXES:
        raise BadInput(f"{name}: `interleave = {interleave}`; expected bip, bil or bsq")
    if header.get("data type") not in TYPES:
        raise BadInput(f"{name}: `data type = {header.get('data type', 'missing')}`; radiance is one of {', '.join(TYPES)}")
    if header.get("byte order", "0") not in ("0", "1"):
        raise BadInput(f"{name}: `byte order = {header['byte order']}`; expected 0 (little) or 1 (big endian)")
    dtype = ("<" if header.get("byte order", "0") == "0" else ">") + TYPES[header["data type"]]
    start = number_of(header, "header offset", name, 0) if "header offset" in header else 0
    expected, found = start + prod(sizes.values()) * np.dtype(dtype).itemsize, data.stat().st_size
    if found != expected:
        shape = " x ".join(f"{size} {axis}" for axis, size in sizes.items())
        short = "cut off" if found < expected else "longer than that"
        said = f"{name} says {expected} ({shape}, {dtype[1:]})"
        raise BadInput(f"{data.name} has {found} bytes, but {said}: it is {short}, or the header is wrong")
    bands = sizes["bands"]
    gain, offset = numbers_of(header, "data gain values", bands, name), numbers_of(header, "data offset values", bands, name)
    return Stored(
        data, start, dtype, interleave, sizes["lines"], sizes["samples"], bands,
        (np.ones(bands) if gain is None else gain).astype(np.float32), (np.zeros(bands) if offset is None else offset).astype(np.float32),
        _ignored(header, name, dtype),
    )  # fmt: skip


def _ignored(header: Header, name: str, dtype: str) -> float | None:
    """The number that stands for nothing: what the header says, else the usual one where the type can hold it."""
    word = header.get("data ignore value")
    if word is None:
        return None if dtype[1] == "u" else FILL
    try:
        return float(word)
    except ValueError:
        raise BadInput(f"{name}: `data ignore value = {word}` is no number") from None
