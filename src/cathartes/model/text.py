"""What a text says and how it was translated: facts with their reading, engines by name, segments with their state.

`language` makes all of these, `release` writes them. Offsets count characters (Unicode code points) from zero, end exclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cathartes.model.custody import Statement
from cathartes.model.place import Place
from cathartes.model.quantity import Quantity


class FactKind(StrEnum):
    """What a fact is of."""

    PERSON = "person"
    ALIAS = "alias"
    ORGANISATION = "organisation"
    PLACE = "place"
    NAME = "name"
    """A name of anything else: a law, a prize, an operation, a work. A translation guards it; extraction does not report it."""

    PLATE = "plate"
    PHONE = "phone"
    COORDINATE = "coordinate"
    QUANTITY = "quantity"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    IDENTIFIER = "identifier"


NAMES = frozenset({FactKind.PERSON, FactKind.ALIAS, FactKind.ORGANISATION, FactKind.PLACE, FactKind.NAME})


@dataclass(frozen=True)
class Fact:
    """What must come through a translation unharmed. `text` is `source[start:end]`, to the letter.

    `value` is its reading: a number with its unit, or a normal form (ISO 8601 date or time, E.164 phone); `None` where none can be
    given without inventing something. `place` is where a coordinate lies.
    """

    kind: FactKind
    text: str
    start: int
    end: int
    value: Quantity | str | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Engine:
    """A translation engine: its name, its version, and the SHA-256 of each file of its model."""

    name: str
    version: str
    model: Mapping[str, str] = field(default_factory=dict)


class State(StrEnum):
    """How far a translated segment has come. Nothing that a machine made is ever shown without one of the first four."""

    MACHINE = "machine"
    STOPPED = "stopped"
    MEMORY = "memory"
    KEPT = "kept"
    REVIEWED = "machine, reviewed"
    HUMAN = "human"


@dataclass(frozen=True)
class Carried:
    """A fact of the source and where it stands in the translation, to the letter.

    `confidence` (0 to 1) is there where a scan made any of its words doubtful.
    """

    fact: Fact
    target_start: int
    target_end: int
    confidence: float | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch of a document and its translation. A stopped one shows its source, and `why` says what went wrong;
    one that is kept was in the target language already. Where a translated one has a `why`, that is a warning.

    `start` is where the source begins in its document. `unknown` are words that the engine did not know and left as they were.
    """

    source: str
    target: str
    state: State
    start: int = 0
    why: Statement | None = None
    facts: tuple[Carried, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Translation:
    """A document in two languages (ISO 639-1), segment by segment; `digest` is the SHA-256 of the source it was made from.

    `health` is what was wrong with the source.
    """

    name: str
    digest: str
    source_language: str
    target_language: str
    engine: Engine
    segments: tuple[Segment, ...]
    health: tuple[Statement, ...] = ()
