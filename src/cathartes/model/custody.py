"""How a thing came about: hashes of what went in, the method, its version and parameters, who and when.

Computed nouns carry the time of the recording clock, never of the computer's, so that equal input gives equal bytes; the
ledger holds the wall clock of every step. See docs/decisions/0003-recording-clock.md.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from cathartes.errors import BadInput

Parameter: TypeAlias = str | int | float | bool | None


class Clock(StrEnum):
    """Where a time comes from. `unstated` means the file gave a time and did not say whose."""

    UTC = "utc"
    GPS = "gps"
    SYSTEM = "system"
    UNSTATED = "unstated"


@dataclass(frozen=True)
class Instant:
    """A moment in UTC and the clock it was read from. Raises `BadInput` for a time without a zone."""

    utc: datetime
    clock: Clock

    def __post_init__(self) -> None:
        if self.utc.utcoffset() is None:
            raise BadInput(f"the time {self.utc.isoformat()} has no zone; write it in UTC with a trailing Z")
        object.__setattr__(self, "utc", self.utc.astimezone(UTC))


@dataclass(frozen=True)
class Span:
    """A stretch of time: seconds since the recording's own zero, and that zero as an instant where it is known."""

    start_s: float
    end_s: float
    zero: Instant | None = None

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Statement:
    """A sentence that exists in every language: the key of a catalogue message and the values it names."""

    key: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Custody:
    """What a noun was made from and by what. `inputs` are SHA-256 digests in hexadecimal, in the order they were used."""

    inputs: tuple[str, ...]
    method: str
    version: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    who: str = "cathartes"
    at: Instant | None = None


def digest_of(content: bytes) -> str:
    """SHA-256 of `content`, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def identifier(kind: str, parts: Iterable[str]) -> str:
    """A short name that depends on `parts` only, such as `lead-1f0c9a3be2d4`: same parts, same name, on any machine."""
    return f"{kind}-{digest_of(chr(0).join(parts).encode())[:12]}"
