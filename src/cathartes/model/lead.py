"""A site put before a reviewer, and what reviewers decided. A lead is about a place, never about a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cathartes.model.custody import Custody, Instant, Statement
from cathartes.model.detection import Coverage, Detection, Still
from cathartes.model.grid import Grid
from cathartes.model.marking import Markings
from cathartes.model.place import Place, Region
from cathartes.model.source import Detectability, Fit, Instrument, Source


@dataclass(frozen=True)
class Evidence:
    """One reason for the lead: the sentence, and the noun (by id) that anyone can look up."""

    statement: Statement
    of: str


@dataclass(frozen=True)
class Hypothesis:
    """One explanation, its probability, what speaks for it, and the observation that would speak against it."""

    name: str
    probability: float
    supports: tuple[Statement, ...]
    would_contradict: tuple[Statement, ...]


@dataclass(frozen=True)
class NearbyEmitter:
    """A registered lawful emitter near the source; listed first, so that the lawful explanation is read first."""

    id: str
    name: str
    register: str
    place: Place
    distance_m: float
    releases_kg: Mapping[str, float]
    emits_this_gas: bool


@dataclass(frozen=True)
class Lead:
    """A site before a reviewer. Fields a marking withholds are empty in a release; `markings` names each by its field.

    `sources` holds the site's own source; `neighbours` are the other sources of the same gas on the same flight, each of which
    has a lead of its own. `warnings` are what must be read before anything else is believed. `hypotheses` ask whether a registered plant
    explains the source, `explanations` what may stand behind it; `confidence` is in the sources, apart from any probability.
    `stills` show what videos saw nearest to the source.
    """

    id: str
    flight: str
    gas: str
    author: str
    is_sample: bool
    purpose: str | None
    authority: str | None
    sources: tuple[Source, ...]
    detections: tuple[Detection, ...]
    coverage: tuple[Coverage, ...]
    search: Region | None
    instruments: tuple[Instrument, ...]
    fits: tuple[Fit, ...]
    evidence: tuple[Evidence, ...]
    hypotheses: tuple[Hypothesis, ...]
    emitters: tuple[NearbyEmitter, ...]
    gaps: tuple[Statement, ...]
    custody: Custody
    markings: Markings = field(default_factory=Markings)
    neighbours: tuple[Source, ...] = ()
    crossings: tuple[Fit, ...] = ()
    probability_map: Grid | None = None
    detectability: Detectability | None = None
    warnings: tuple[Statement, ...] = ()
    explanations: tuple[Hypothesis, ...] = ()
    confidence: Statement | None = None
    stills: tuple[Still, ...] = ()


class Verdict(StrEnum):
    """What a reviewer may say. `unverifiable` exists so that the queue can end."""

    ACCEPT = "accept"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True)
class Review:
    """One person's verdict on one lead, with the reason."""

    id: str
    lead: str
    lead_digest: str
    verdict: Verdict
    by: str
    why: str
    at: Instant


@dataclass(frozen=True)
class Decision:
    """A lead with its reviews in order; the last one stands."""

    lead: Lead
    reviews: tuple[Review, ...]
