"""The plug-in for motion imagery: a transport stream with or without metadata, or bare KLV, as one recording.

Lenient by design: real encoders break the standards, and a reader that refuses their streams helps nobody. What is wrong becomes a
finding; whether a stream keeps the standards is for `verifier`.
"""

import hashlib
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from cathartes import __version__
from cathartes.model import Clock, Custody, Flight, Frame, Instant, Markings, MotionImagery, Pose, Reading, Recording, Span, Statement
from cathartes.model.samples import Floats
from cathartes.readers.intake import footprint, write_up
from cathartes.readers.motion.elementary import CLOCK_HZ, KLV_START
from cathartes.readers.motion.parts import Known, Stream, read_in_parts
from cathartes.readers.motion.stream import Metadata
from cathartes.readers.motion.transport import is_transport

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
        imagery = imagery_of(path, read_in_parts(path))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        custody = Custody((digest,), __name__, __version__)
        health = tuple(finding.statement for finding in imagery.findings)
        lon, lat = imagery.footprint.reshape(-1, 2).T
        outline = footprint(lon, lat, Frame.WGS84)
        recording = write_up(path, flight, custody, self.kind, imagery.packets, health, span_of(imagery), outline)
        return Reading(as_classified(recording, imagery.security), imagery)


def as_classified(recording: Recording, security: str | None) -> Recording:
    """The recording, kept from release where its stream states a classification above the lowest: no flight's marking overrules that."""
    if security in (None, CLASSES[0]):
        return recording
    told = (*recording.health, Statement("stream.classified", {"security": security}))
    return replace(recording, health=told, markings=Markings())


def imagery_of(path: Path, stream: Stream | Known) -> MotionImagery:
    """The recording's content."""
    metadata, pictures = stream.metadata, stream.metadata.transport.pictures
    shown = np.sort(pictures.pts[pictures.pts >= 0]) / CLOCK_HZ if pictures else np.empty(0)
    columns: dict[str, Floats] = {}
    marks = set[str]()
    for part in stream.parts:
        seen, rows = part.view, slice(part.first, part.first + len(part.metadata))
        placed = {"ground": seen.ground_m, "centre": seen.centre, "corners": seen.corners, "error": part.place_error_m}
        for name, values in (vars(seen.pose) | placed).items():
            columns.setdefault(name, np.empty((len(metadata), *values.shape[1:])))[rows] = values
        marks |= marks_of(part.metadata)
    ground, centre, corners, error = map(columns.pop, ("ground", "centre", "corners", "error"))
    return MotionImagery(
        path, len(metadata), int(metadata.damaged.sum()), tuple(sorted(metadata.seen)), metadata.utc_us / 1e6,
        np.where(metadata.apart, np.nan, metadata.pts_s),
        Pose(**columns), ground, centre, corners, shown, stream.findings, stream.diagnosis.budget_m,
        astuple(stream.diagnosis.error), error, highest(marks),
    )  # fmt: skip


def marks_of(metadata: Metadata) -> set[str]:
    """The classifications that packets state, also those that ST 0102 does not know."""
    words = metadata.columns.words.get("security_classification")
    return {mark.rstrip("/") for mark in words.texts if mark} if words else set()


def highest(marks: set[str]) -> str | None:
    """The highest of some classifications, one that is not understood above all others; `None` for none."""
    return max(sorted(marks), key=lambda mark: CLASSES.index(mark) if mark in CLASSES else len(CLASSES), default=None)


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
