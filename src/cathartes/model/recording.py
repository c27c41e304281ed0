"""One file that an aircraft or a person brought, as a noun: what it is, when and where, and what is wrong with it.

Its samples live in `model.samples`; the noun stays small enough to store, list and print.
"""

from dataclasses import dataclass, field

from cathartes.model.custody import Custody, Span, Statement
from cathartes.model.marking import Markings
from cathartes.model.place import Region


@dataclass(frozen=True)
class Recording:
    """One recording. `digest` is the SHA-256 of the file; `health` lists everything a reader had to say about it.

    `parts` are other files of the same folder that belong to it, such as the data beside a header.
    """

    id: str
    flight: str
    name: str
    kind: str
    digest: str
    reader: str
    samples: int
    span: Span | None
    footprint: Region | None
    health: tuple[Statement, ...]
    custody: Custody
    markings: Markings = field(default_factory=Markings)
    parts: tuple[str, ...] = ()
