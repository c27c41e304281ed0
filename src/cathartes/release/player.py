"""A video with its metadata as one HTML page that needs nothing else: picture with overlay, map, timeline, and what was found.

The video is put into MP4 without being encoded again; which row of metadata is drawn is decided by the picture that is shown. No map
tiles: the map draws footprint and track in metres.
"""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from cathartes.errors import BadInput
from cathartes.messages import say
from cathartes.model import MotionImagery, Statement
from cathartes.model.samples import Floats, within_turn

WORDS = {"play": "player.play", "findings": "player.findings", "nothing": "player.nothing"}


@dataclass(frozen=True)
class Mark:
    """A target to be drawn in one row's picture: its id, and row and column of its pixel (from 1)."""

    id: str
    row: float
    column: float


def player_page(imagery: MotionImagery, digest: str, marks: Mapping[int, Sequence[Mark]], language: str) -> bytes:
    """The page in UTF-8. Same video, same bytes. Raises `BadInput` where the file holds no video that MP4 can carry."""
    from jinja2 import Environment

    video, width, height, rate, first_s = _as_mp4(imagery.file)
    rows = _rows(imagery, first_s, marks, language)
    content = {
        "language": language,
        "title": imagery.file.name,
        "marking": imagery.security or say(Statement("player.unmarked"), language),
        "digest": digest,
        "style": _part("player.css"),
        "script": _part("player.js"),
        "video": base64.b64encode(video).decode(),
        "words": {word: say(Statement(key), language) for word, key in WORDS.items()},
        "findings": [say(one.statement, language) for one in imagery.findings],
        "data": json.dumps({"width": width, "height": height, "rate": rate, "rows": rows}, separators=(",", ":")).replace("<", "\\u003c"),
    }
    return Environment(autoescape=True).from_string(_part("player.html")).render(content).encode()


def _part(name: str) -> str:
    return files("cathartes").joinpath(f"release/templates/{name}").read_text(encoding="utf-8")


def _as_mp4(file: Path) -> tuple[bytes, int, int, float, float]:
    """The video's own packets in an MP4 container, its size and rate, and the second on its own clock at which it begins there."""
    import av
    from av.error import FFmpegError

    target = io.BytesIO()
    flags = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "fflags": "+bitexact"}
    try:
        with av.open(str(file)) as source, av.open(target, "w", format="mp4", options=flags) as out:
            if not source.streams.video:
                raise BadInput(f"{file.name} holds no video")
            stream = source.streams.video[0]
            copy = out.add_stream_from_template(stream)
            copy.metadata.clear()
            packets = [packet for packet in source.demux(stream) if packet.pts is not None and packet.dts is not None]
            # MP4 moves all times where decoding begins below zero; from the first decoding time on it has nothing to move.
            first = min(packet.dts or 0 for packet in packets)
            first_s = min(float((packet.dts or 0) * (packet.time_base or 0)) for packet in packets)
            for packet in packets:
                packet.pts, packet.dts, packet.stream = (packet.pts or 0) - first, (packet.dts or 0) - first, copy
                out.mux(packet)
            width, height, rate = stream.codec_context.width, stream.codec_context.height, float(stream.average_rate or 25)
    except (FFmpegError, ValueError) as problem:
        raise BadInput(f"{file.name} holds no video that a page can show: {getattr(problem, 'strerror', problem)}") from None
    return target.getvalue(), width, height, rate, first_s


def _rows(imagery: MotionImagery, first_s: float, marks: Mapping[int, Sequence[Mark]], language: str) -> list[dict[str, Any]]:
    """Metadata in order of time on the picture's clock, at least one row."""
    times = within_turn(imagery.pts_s - first_s)
    order = [int(row) for row in np.argsort(times, kind="stable") if np.isfinite(times[row])]
    rows = [
        {
            "t": round(float(times[row]), 4),
            "centre": _places(imagery.centre[row]),
            "corners": _places(imagery.footprint[row]) if np.isfinite(imagery.footprint[row]).all() else None,
            "targets": [vars(mark) for mark in marks.get(row, ())],
            "told": _told(imagery, row, language),
        }
        for row in order
    ]
    return rows or [{"t": 0.0, "centre": None, "corners": None, "targets": [], "told": {}}]


def _places(places: Floats) -> list[Any]:
    rounded: list[Any] = np.round(places, 7).tolist()
    return rounded


def _told(imagery: MotionImagery, row: int, language: str) -> dict[str, str]:
    """What the page says in words of one moment."""
    from datetime import UTC, datetime

    told = {}
    if np.isfinite(imagery.utc_s[row]):
        told["UTC"] = datetime.fromtimestamp(float(imagery.utc_s[row]), UTC).isoformat(timespec="milliseconds")
    if np.isfinite(imagery.centre[row]).all():
        lon, lat = imagery.centre[row]
        error = imagery.error_budget_m.get("total")
        told[say(Statement("player.centre"), language)] = f"{lat:.6f}, {lon:.6f}" + (f" ± {error:.0f} m (90 %)" if error else "")
    if np.isfinite(imagery.pose.height_m[row]):
        told[say(Statement("player.sensor"), language)] = (
            f"{imagery.pose.lat_deg[row]:.6f}, {imagery.pose.lon_deg[row]:.6f}, {imagery.pose.height_m[row]:.0f} m"
        )
    return told
