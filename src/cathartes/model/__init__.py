"""The nouns of the path and what every noun carries. No file, no socket, no heavy import lives here.

`Flight` has `Recording`s; those give `Detection`s and `Coverage`; those give `Source`s; those a `Lead`; a lead gives a
`Release` per audience; a release gets an `Outcome`. `json` writes and reads all of them without loss.
"""

from cathartes.model.authority import Authority, Check, Permission, Standing
from cathartes.model.cube import Cube, CubeFindings, GasImage, Lookup, Plume, Sought
from cathartes.model.custody import Clock, Custody, Instant, Span, Statement, digest_of, identifier
from cathartes.model.detection import Coverage, Detection, DetectionKind, Still
from cathartes.model.flight import Air, Flight, GasLogHints, RatePrior, Reanalysis, Search, Terrain, Wind
from cathartes.model.grid import Grid, GridQuantity
from cathartes.model.lead import Decision, Evidence, Hypothesis, Lead, NearbyEmitter, Review, Verdict
from cathartes.model.marking import DESK, Marking, Markings, Tlp
from cathartes.model.outcome import Action, CountingRule, Finding, Outcome
from cathartes.model.place import Frame, HeightReference, Place, Region
from cathartes.model.quantity import Quantity
from cathartes.model.recording import Recording
from cathartes.model.release import Release
from cathartes.model.samples import (
    Content,
    Doubt,
    Emitter,
    EmitterList,
    GasLog,
    MotionImagery,
    Pose,
    Reading,
    StreamFinding,
    Swath,
    TextReport,
    Track,
    confidence,
)
from cathartes.model.site import Observation, Site
from cathartes.model.source import Detectability, Draw, Draws, Fit, Instrument, Located, PointSource, Source
from cathartes.model.text import NAMES, Carried, Engine, Fact, FactKind, Segment, State, Translation

__all__ = [
    "DESK", "NAMES", "Action", "Air", "Authority", "Carried", "Check", "Clock", "Content", "CountingRule", "Coverage", "Cube",
    "CubeFindings", "Custody", "Decision", "Detectability", "Detection", "DetectionKind", "Doubt", "Draw", "Draws", "Emitter",
    "EmitterList", "Engine", "Evidence", "Fact", "FactKind", "Finding", "Fit", "Flight", "Frame", "GasImage", "GasLog",
    "GasLogHints", "Grid", "GridQuantity", "HeightReference", "Hypothesis", "Instant", "Instrument", "Lead", "Located", "Lookup", "Marking",
    "Markings", "MotionImagery", "NearbyEmitter", "Observation", "Outcome", "Permission", "Place", "Plume", "PointSource", "Pose",
    "Quantity", "RatePrior", "Reading", "Reanalysis", "Recording", "Region", "Release", "Review", "Search", "Segment", "Site",
    "Sought", "Source", "Span", "Standing", "State", "Statement", "Still", "StreamFinding", "Swath", "Terrain", "TextReport", "Tlp",
    "Track", "Translation", "Verdict", "Wind", "confidence", "digest_of", "identifier",
]  # fmt: skip
