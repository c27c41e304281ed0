"""Where the steps of a long computation leave their arrays, so that one that was stopped goes on and gives the same bits.

A step is a folder of arrays that gets its name when it is whole: what a killed run had begun to write is never read.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import StoreFailure

Arrays: TypeAlias = tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class Journal:
    """Steps below a folder; without one they stay in memory, and a run that is stopped begins anew."""

    folder: Path | None = None

    def within(self, name: str) -> "Journal":
        """A journal of its own below this one."""
        return Journal(None if self.folder is None else self.folder / name)

    def kept(self, step: str, compute: Callable[[], Arrays]) -> Callable[[], Arrays]:
        """What gives the step's arrays: those of the folder where it has them, else computed now and kept.

        Arrays on disk are mapped anew each time they are asked for, so that they leave memory with their user. Raises `StoreFailure`
        where they cannot be written.
        """
        if self.folder is None:
            arrays = compute()
            return lambda: arrays
        whole = self.folder / step
        if not whole.is_dir():
            arrays = compute()
            try:
                _write(arrays, whole)
            except OSError as problem:
                raise StoreFailure(f"{self.folder} cannot take what is needed to go on after a stop ({problem}); make room there") from None
        return partial(_mapped, whole)

    def latest(self, stage: str) -> int:
        """The highest number of a stage that was begun; zero where none was."""
        begun = () if self.folder is None else self.folder.glob(f"{stage}-*/begun")
        return max((int(path.parent.name.rpartition("-")[2]) for path in begun), default=0)

    def forget(self, step: str) -> None:
        """Drop what a step, or a journal below this one, left."""
        if self.folder is not None:
            shutil.rmtree(self.folder / step, ignore_errors=True)


def _write(arrays: Arrays, whole: Path) -> None:
    part = whole.with_name(whole.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for number, array in enumerate(arrays):
        with (part / f"{number}.npy").open("wb") as file:
            np.save(file, array)
            file.flush()
            os.fsync(file.fileno())
    part.rename(whole)


def _mapped(whole: Path) -> Arrays:
    return tuple(np.load(whole / f"{number}.npy", mmap_mode="r") for number in range(len(list(whole.iterdir()))))
