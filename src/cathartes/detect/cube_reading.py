"""A cube read strip by strip, as often as is needed, on all workers; results are kept by blocks of strips.

A cube may be larger than memory: only maps of one number per pixel stay.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

import numpy as np

from cathartes.detect.cube_journal import Arrays, Journal
from cathartes.detect.cube_signal import Signal, Strip, strips_of
from cathartes.model import Cube
from cathartes.model.cube import Floats32

Part = TypeVar("Part")
Lines: TypeAlias = tuple[int, int]
"""First and last line (excluded) of a strip."""

KEPT_BYTES = 1 << 25
"""A cube of no more radiance than this stays in memory between the passes over it."""

BLOCK_STRIPS = 16
"""Strips whose result is kept at once: a quarter of a million pixels."""


@dataclass(frozen=True, eq=False)
class Layers:
    """One map (lines x columns) per filter, held as blocks of lines wherever these are; a map is put together when asked for."""

    blocks: Sequence[Callable[[], Arrays]]
    part: int = 0

    def __len__(self) -> int:
        return len(self.blocks[0]()[self.part])

    def __getitem__(self, number: int) -> Floats32:
        return np.concatenate([block()[self.part][number] for block in self.blocks])

    def __iter__(self) -> Iterator[Floats32]:
        return (self[number] for number in range(len(self)))


class Reading:
    """A cube as strips of a signal, in order, on all workers; counts the time of the computing and the lines it could not read."""

    def __init__(self, cube: Cube, signal: Signal, executor: Executor) -> None:
        self.cube, self.signal, self.executor = cube, signal, executor
        self.strips = strips_of(cube)
        self.damaged: set[int] = set()
        self.kept: dict[Lines, Floats32] = {}
        self.reading_cpu_s: list[float] = []
        self.started, self.blocks_cpu_s, self.computing_cpu_s = time.process_time(), 0.0, 0.0

    def cpu_s(self) -> float:
        """Seconds of computing since the beginning, those of a run that was stopped too; the reading of files is none."""
        return time.process_time() - self.started - self.blocks_cpu_s + self.computing_cpu_s

    def goes_on(self, spent_s: float) -> None:
        """A run that was stopped had spent so much when its last pass began."""
        self.computing_cpu_s = max(self.computing_cpu_s, spent_s)

    def each(self, compute: Callable[[Strip], Part]) -> Iterable[Part]:
        """`compute` of every strip, in the order of the strips."""
        return self.executor.map(partial(self._one, compute), self.strips)

    def in_blocks(
        self,
        strips: Sequence[Lines],
        journal: Journal,
        step: str,
        compute: Callable[[Strip], Arrays],
        gather: Callable[[list[Arrays]], Arrays],
    ) -> list[Callable[[], Arrays]]:
        """`compute` of some strips, gathered by blocks of them, each a step of the journal. The last array is not for the caller."""
        found = []
        for first in range(0, len(strips), BLOCK_STRIPS):
            block = strips[first : first + BLOCK_STRIPS]
            found.append(journal.kept(f"{step}-{first}", partial(self._block, block, compute, gather)))
            spent, *damaged = found[-1]()[-1].tolist()
            self.computing_cpu_s += spent
            self.damaged.update(map(int, damaged))
        return found

    def _block(self, block: Sequence[Lines], compute: Callable[[Strip], Arrays], gather: Callable[[list[Arrays]], Arrays]) -> Arrays:
        """The block's arrays, and after them the seconds spent and the damaged lines: a run that goes on knows them too."""
        started, reading = time.process_time(), sum(self.reading_cpu_s)
        arrays = gather(list(self.executor.map(partial(self._one, compute), block)))
        spent = time.process_time() - started
        self.blocks_cpu_s += spent
        lines = sorted(line for line in self.damaged if block[0][0] <= line < block[-1][1])
        return (*arrays, np.array([spent - (sum(self.reading_cpu_s) - reading), *lines]))

    def _one(self, compute: Callable[[Strip], Part], lines: Lines) -> Part:
        return compute(Strip(self.signal, *lines, self._radiance(lines)))

    def _radiance(self, lines: Lines) -> Floats32:
        """The strip's radiance, pixels x bands: those of a small cube stay in memory, others are read each time."""
        if lines in self.kept:
            return self.kept[lines]
        started = time.thread_time()
        radiance = self._read(lines)
        self.reading_cpu_s.append(time.thread_time() - started)
        if fits_into_memory(self.cube, self.signal):
            self.kept[lines] = radiance
        return radiance

    def _read(self, lines: Lines) -> Floats32:
        """A strip that cannot be read is read line by line, and what is damaged left out."""
        first, end = lines
        bands = self.signal.bands
        try:
            return np.ascontiguousarray(self.cube.tile(first, end, bands).reshape(-1, len(bands)))
        except OSError:
            parts = [self._read_line(line) for line in range(first, end)]
            return np.concatenate(parts)

    def _read_line(self, line: int) -> Floats32:
        try:
            return self.cube.tile(line, line + 1, self.signal.bands).reshape(-1, len(self.signal.bands))
        except OSError:
            self.damaged.add(line)
            return np.full((self.cube.columns, len(self.signal.bands)), np.nan, np.float32)


def fits_into_memory(cube: Cube, signal: Signal) -> bool:
    """Whether the whole signal stays in memory between the passes: then it takes seconds, and nothing need be kept on disk."""
    return cube.lines * cube.columns * len(signal.bands) * np.dtype(np.float32).itemsize <= KEPT_BYTES


def joined(parts: list[Arrays]) -> Arrays:
    """Maps of some lines (gases x lines x columns each) as maps of all of them."""
    return tuple(np.concatenate(maps, axis=1) for maps in zip(*parts, strict=True))
