"""What a check of a stream measures, when that counts, and how it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cathartes.model import Statement, StreamFinding
from cathartes.model.samples import Floats
from cathartes.readers.motion.pose import Stated

MOST_ROWS = 4000
"""Checks look at this many rows, spread evenly: medians do not get better with more."""
LONGEST_RUN = 1500
"""A shift of time needs neighbours: it is looked for in this many rows one after another, in the middle of the stream."""
SAMPLE = 1 << 14
BLOCK = 16
SPREAD = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""
CERTAIN = 4.0
"""A bias counts when it is this many standard errors from nothing."""


@dataclass(frozen=True, eq=False)
class Bias:
    """A median, the standard deviation about it, and how many values there were."""

    value: float
    spread: float
    count: int

    @property
    def error(self) -> float:
        """Standard error of the median; neighbouring packets hang together, so a tenth of them count."""
        return float(1.2533 * self.spread / np.sqrt(max(1.0, self.count / 10.0)))

    def is_certain(self, least: float) -> bool:
        """Whether it is more than `least`, and not by chance."""
        return self.count > 0 and abs(self.value) > max(least, CERTAIN * self.error)


def bias_of(values: Floats) -> Bias:
    """The bias of those values that are known."""
    values = values[np.isfinite(values)]
    if not values.size:
        return Bias(float("nan"), float("nan"), 0)
    middle = float(np.median(values))
    return Bias(middle, SPREAD * float(np.median(np.abs(values - middle))), len(values))


def taken(said: Stated, rows: NDArray[np.intp] | slice) -> Stated:
    """Some rows of what a stream states."""
    chosen: dict[str, Any] = {name: value[rows] for name, value in vars(said).items() if isinstance(value, np.ndarray)}
    return replace(said, **chosen)


def run_of(said: Stated) -> Stated:
    """The middle of a stream, or of a sample of it, row by row."""
    first = max(0, (len(said.time_s) - LONGEST_RUN) // 2)
    return taken(said, slice(first, first + LONGEST_RUN))


def sample_of(rows: int) -> NDArray[np.intp]:
    """The rows of a stream from which checks choose: all, or of a long one blocks of neighbours all over it and a run in its middle."""
    if rows <= SAMPLE:
        return np.arange(rows)
    blocks = np.linspace(0, rows - BLOCK, SAMPLE // BLOCK).astype(int)[:, None] + np.arange(BLOCK)
    middle = (rows - LONGEST_RUN) // 2
    return np.unique(np.concatenate((blocks.ravel(), np.arange(middle, middle + LONGEST_RUN))))


def finding(
    statement: Statement, value: float | None = None, unit: str | None = None, evidence: Mapping[str, float | str] | None = None
) -> StreamFinding:
    """A finding whose code is its statement's key; numbers as they are worth telling, and as plain ones."""
    code = statement.key.removeprefix("stream.")
    statement = Statement(statement.key, _plain(statement.values))
    if value is None or not np.isfinite(value):
        return StreamFinding(code, statement, evidence=_plain(evidence or {}))
    return StreamFinding(code, statement, float(f"{value:.6g}"), unit, _plain(evidence or {}))


def _plain(values: Mapping[str, float | str]) -> dict[str, float | str]:
    """Numbers of numpy as Python's own, as JSON wants them."""
    return {name: value if isinstance(value, str | int) else float(value) for name, value in values.items()}
