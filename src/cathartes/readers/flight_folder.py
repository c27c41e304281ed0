"""The flight folder: every file but `flight.toml` is offered to every installed reader, and none is passed over in silence.

What a file means is for the readers; `flight_file` reads `flight.toml`. The contract for users is
docs/reference/flight-folder.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cathartes.errors import BadInput
from cathartes.model import (
    Content,
    Flight,
    GasLog,
    MotionImagery,
    Reading,
    Region,
    Span,
    Statement,
    StreamFinding,
    TextReport,
    Track,
)  # fmt: skip
from cathartes.plugins import Reader, installed
from cathartes.readers.flight_file import FLIGHT_FILE, SAFE_ID, open_flight
from cathartes.readers.height_grid import above_ground
from cathartes.readers.intake import HEAD_BYTES

__all__ = ["Folder", "Inspection", "Refusal", "inspect_file", "open_flight", "read_folder"]


@dataclass(frozen=True)
class Refusal:
    """A file that nobody reads, and why: one clause per reader, by the reader's name, or by `folder` for rules of the folder."""

    name: str
    reasons: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Folder:
    """A flight with everything that was read and everything that was not, both in the order of file names."""

    flight: Flight
    readings: tuple[Reading, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class StreamInspection:
    """What motion imagery has beside its recording: packets read and damaged, standards met, findings, metres of error by cause."""

    packets: Mapping[str, int]
    standards: tuple[str, ...]
    findings: tuple[StreamFinding, ...]
    error_budget_m: Mapping[str, float]


@dataclass(frozen=True)
class Inspection:
    """What is in one file, and what is wrong with it. `kind` and `reader` are `None` where no reader accepts it; see `reasons`."""

    name: str
    kind: str | None
    reader: str | None
    digest: str | None = None
    samples: int = 0
    span: Span | None = None
    footprint: Region | None = None
    instruments: tuple[str, ...] = ()
    gases: tuple[str, ...] = ()
    language: str | None = None
    health: tuple[Statement, ...] = ()
    reasons: Mapping[str, str] | None = None
    stream: StreamInspection | None = None


def read_folder(folder: Path, flight: Flight) -> Folder:
    """Reads all files of the flight folder. Hidden files, `flight.toml`, the height grid and the video's model are not offered.

    Where several readers accept a file, the first by entry-point name reads it. Gas logs above the sea or the ellipsoid leave here above
    ground where there is a height grid (`height_grid`). Raises `BadInput` naming the file when a reader accepts it and finds it
    bad, when a frame contradicts `flight.toml`, or when a named gas log is not one.
    """
    readings: list[Reading] = []
    refused: list[Refusal] = []
    for path in offered_files(folder, flight):
        outcome = read_one(path, flight)
        if isinstance(outcome, Reading):
            readings.append(above_ground(outcome, folder, flight))
        else:
            refused.append(outcome)
    refuse_absent_log(flight, readings, refused)
    parts = {part for reading in readings for part in reading.recording.parts}
    return Folder(flight, tuple(readings), tuple(each for each in refused if each.name not in parts))


def offered_files(folder: Path, flight: Flight) -> list[Path]:
    """What the folder holds for readers, in the order of names."""
    apart = {folder / name for name in (FLIGHT_FILE, flight.terrain.dem, flight.video.model) if name}
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as problem:
        raise BadInput(f"{folder} cannot be listed: {problem.strerror}; expected a flight folder") from None
    return [path for path in paths if path not in apart and not path.name.startswith(".")]


def read_one(path: Path, flight: Flight) -> Reading | Refusal:
    """The reading of one file of the folder, or why there is none."""
    if (name := path.name.encode(errors="replace").decode()) != path.name:
        return Refusal(name, {"folder": "its name is not UTF-8; rename it"})
    if not path.is_file():
        return Refusal(path.name, {"folder": "it is no regular file; put recordings directly beside flight.toml"})
    reader, reasons = reader_of(path)
    if reader is None:
        return Refusal(path.name, reasons)
    if reader.kind == "gas_log" and flight.gas_log.file not in (None, path.name):
        return Refusal(path.name, {"folder": f"flight.toml names {flight.gas_log.file} as the gas log"})
    reading = reader.read(path, flight)
    refuse_other_frame(reading, flight)
    return reading


def reader_of(path: Path) -> tuple[Reader | None, dict[str, str]]:
    """The first reader by name that accepts the file, and the reasons of those before it that do not."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror}") from None
    reasons: dict[str, str] = {}
    for name, reader in installed("readers").items():
        reason = reader.refuses(path, head)
        if reason is None:
            return reader, reasons
        reasons[name] = reason
    return None, reasons


def refuse_other_frame(reading: Reading, flight: Flight) -> None:
    """Raises `BadInput` where a gas log is in another frame than its flight: the search area would be elsewhere."""
    if isinstance(reading.content, GasLog) and reading.content.frame is not flight.frame.kind:
        found, stated = reading.content.frame, flight.frame.kind
        raise BadInput(f'{reading.recording.name} is in the frame "{found}", but flight.toml says [frame] kind = "{stated}"; correct one')


def refuse_absent_log(flight: Flight, readings: list[Reading], refused: list[Refusal]) -> None:
    """Raises `BadInput` where the gas log that flight.toml names was not read as one."""
    name = flight.gas_log.file
    if name is None or any(reading.recording.name == name and isinstance(reading.content, GasLog) for reading in readings):
        return
    reasons = {refusal.name: refusal.reasons for refusal in refused}.get(name, {})
    why = (
        "; ".join(f"{reader}: {reason}" for reader, reason in reasons.items()) or "there is no such file, or it was read as something else"
    )
    raise BadInput(f"{FLIGHT_FILE} names {name} as the gas log, but it is not one ({why})")


def inspect_file(path: Path, flight: Flight | None = None) -> Inspection:
    """What one file holds. Without `flight` the `flight.toml` beside the file is used, if there is one.

    Raises `BadInput` where the file cannot be opened, or a reader accepts it and finds it bad.
    """
    if not path.is_file():
        raise BadInput(f"{path} is no file; expected one recording (`cathartes run` takes a whole flight folder)")
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty; expected a recording")
    reader, reasons = reader_of(path)
    if reader is None:
        return Inspection(path.name, None, None, reasons=reasons)
    return inspection_of(reader.read(path, flight or flight_beside(path)))


def flight_beside(path: Path) -> Flight:
    """The flight of the folder a file lies in; for a lone file, a flight of which nothing is known but a name."""
    if (path.parent / FLIGHT_FILE).exists():
        return open_flight(path.parent)
    return Flight(path.stem if SAFE_ID.fullmatch(path.stem) else "unnamed")


def inspection_of(reading: Reading) -> Inspection:
    """The recording's own fields, and who measured what."""
    recording, content = reading.recording, reading.content
    return Inspection(
        recording.name,
        recording.kind,
        recording.reader,
        recording.digest,
        recording.samples,
        recording.span,
        recording.footprint,
        instruments_of(content),
        tuple(content.gases) if isinstance(content, GasLog) else (),
        content.language if isinstance(content, TextReport) else None,
        recording.health,
        stream=stream_of(content),
    )


def stream_of(content: Content) -> StreamInspection | None:
    """What is told of motion imagery only."""
    if not isinstance(content, MotionImagery):
        return None
    packets = {"read": content.packets, "damaged": content.damaged}
    return StreamInspection(packets, content.standards, content.findings, content.error_budget_m)


def instruments_of(content: Content) -> tuple[str, ...]:
    """Instruments of a gas log or aircraft of a track, each once, in order of appearance."""
    if isinstance(content, GasLog):
        return content.instruments
    return tuple(dict.fromkeys(content.aircraft)) if isinstance(content, Track) else ()
