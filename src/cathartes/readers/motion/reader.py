"""The plug-in for motion imagery: a transport stream with or without metadata, or bare KLV, as one recording.

Lenient by design: real encoders break the standards, and a reader that refuses their streams helps nobody. What is wrong becomes a
finding; whether a stream keeps the standards is for `verifier`.
"""

import hashlib
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from cathartes import __version__
from cathartes.earth.terrain import Ground
from cathartes.model import Clock, Custody, Flight, Frame, Instant, MotionImagery, Reading, Span, StreamFinding
from cathartes.readers.intake import footprint, write_up
from cathartes.readers.motion.deviations import place_error_m
from cathartes.readers.motion.doctor import Diagnosis, diagnose
from cathartes.readers.motion.health import findings
from cathartes.readers.motion.pose import Stated, hold, stated
from cathartes.readers.motion.stream import Metadata, read_metadata
from cathartes.readers.motion.transport import CLOCK_HZ, KLV_START, is_transport
from cathartes.readers.motion.view import View, view

SUFFIXES = (".ts", ".m2ts", ".mts", ".mpg", ".mpeg", ".klv", ".bin")
BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"wide")
"""What an MP4 or QuickTime file begins with, after four bytes of length."""
MATROSKA, RIFF = b"\x1aE\xdf\xa3", b"RIFF"
CLASSES = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET")
EARLIEST_US, LATEST_US = 0.0, 4.1e15
"""Times that a metadata clock can mean: 1970 to 2099."""


class MotionReader:
    """Reads transport streams, bare KLV, and other video files as imagery without metadata."""

    kind = "motion_imagery"

    def refuses(self, path: Path, head: bytes) -> str | None:
        """Why this is no motion imagery: its bytes have neither the rhythm of transport packets nor a universal label."""
        if head[4:8] in BOXES or head[:4] == MATROSKA or (head[:4] == RIFF and head[8:12] == b"AVI "):
            return None
        start = np.frombuffer(head, np.uint8)
        if head[:4] == KLV_START or is_transport(start):
            return None
        if path.suffix.lower() in SUFFIXES and KLV_START in head:
            return None
        return "it holds no transport packets, no KLV, and is no MP4, Matroska or AVI file"

    def read(self, path: Path, flight: Flight) -> Reading:
        """The metadata decoded, checked and put on the ground; pixels stay in the file. Raises `BadInput` for an empty file."""
        known = read_stream(path)
        imagery = imagery_of(path, known)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        custody = Custody((digest,), __name__, __version__)
        health = tuple(finding.statement for finding in imagery.findings)
        lon, lat = imagery.footprint.reshape(-1, 2).T
        outline = footprint(lon, lat, Frame.WGS84)
        return Reading(write_up(path, flight, custody, self.kind, imagery.packets, health, span_of(imagery), outline), imagery)


@dataclass(frozen=True, eq=False)
class Known:
    """A stream in every form that its users need: decoded, brought together, checked, and put on the ground."""

    metadata: Metadata
    said: Stated
    diagnosis: Diagnosis
    view: View
    findings: tuple[StreamFinding, ...]


def read_stream(path: Path, ground: Ground | None = None) -> Known:
    """All of a file's metadata; on a height grid where one is given. Raises `BadInput` for a file that cannot be opened."""
    metadata = read_metadata(path)
    said = stated(metadata)
    diagnosis = diagnose(said, metadata)
    return Known(metadata, said, diagnosis, view(said, diagnosis, ground), (*findings(metadata), *diagnosis.findings))


def imagery_of(path: Path, known: Known) -> MotionImagery:
    """The recording's content."""
    metadata = known.metadata
    pictures = metadata.transport.pictures
    place_error, _ = hold(place_error_m(metadata.columns, known.view.pose.lat_deg), known.said.time_s)
    shown = np.sort(pictures.pts[pictures.pts >= 0]) / CLOCK_HZ if pictures else np.empty(0)
    return MotionImagery(
        path, len(metadata), int(metadata.damaged.sum()), tuple(sorted(metadata.seen)), metadata.utc_us / 1e6, metadata.pts_s,
        known.view.pose, known.view.ground_m, known.view.centre, known.view.corners, shown, known.findings,
        known.diagnosis.budget_m, astuple(known.diagnosis.error), place_error, security_of(metadata),
    )  # fmt: skip


def security_of(metadata: Metadata) -> str | None:
    """The highest classification that any packet states, `None` where none does."""
    marks = metadata.columns.words.get("security_classification")
    ranks = [CLASSES.index(mark) for mark in marks.texts if mark in CLASSES] if marks else []
    return CLASSES[max(ranks)] if ranks else None


def span_of(imagery: MotionImagery) -> Span | None:
    """From the first packet to the last by the metadata's clock, or by the programme's where that has none."""
    for times, is_utc in ((imagery.utc_s, True), (imagery.pts_s, False), (imagery.pictures_s, False)):
        known = (
            times[np.isfinite(times) & (times * 1e6 >= EARLIEST_US) & (times * 1e6 < LATEST_US)] if is_utc else times[np.isfinite(times)]
        )
        if known.size:
            first, last = float(known.min()), float(known.max())
            return Span(0.0, last - first, _instant(first)) if is_utc else Span(first, last)
    return None


def _instant(utc_s: float) -> Instant:
    return Instant(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(utc_s * 1e6)), Clock.UNSTATED)
