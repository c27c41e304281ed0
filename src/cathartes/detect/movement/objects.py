"""What a user's own ONNX detector sees in a video: its boxes followed from look to look, and the plug-in that puts them on the ground.

What the model may be and say is in `onnx_model`. Unlike `following` it needs nothing to move: a parked lorry is an object too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment

from cathartes import __version__
from cathartes.detect.movement.detector import picture_shape, place, track_detection
from cathartes.detect.movement.following import Movers
from cathartes.detect.movement.onnx_model import Boxes, Model, boxes_in, open_model
from cathartes.detect.movement.pictures import looks
from cathartes.detect.movement.stabilise import Picture, motion
from cathartes.errors import BadInput, Unproved
from cathartes.model import Custody, Flight, MotionImagery, Reading
from cathartes.model.samples import Floats
from cathartes.plugins import Detected

METHOD = "onnx-detector"
MOST_MISSED = 6
"""Looks after which a track ends."""
SHORTEST_TRACK = 3
"""Boxes that make a detection; fewer may be the model's chance."""
GAIN = 0.5
"""Share of a surprise in place that is taken for a change of velocity (alpha-beta filter, alpha = 1)."""


@dataclass(frozen=True, eq=False)
class Objects:
    """Boxes of a model as tracks: `rows` has the centre of each box; `kind` and `score` are the model's, `size` its width and height."""

    rows: Movers
    kind: tuple[str, ...]
    score: Floats
    size: Floats


@dataclass(frozen=True, eq=False)
class _Track:
    """A track that still goes on: its class, where its box should be in this look (column, row), its size, its pixels a look, and the
    looks it was missed in."""

    number: int
    kind: int
    at: Floats
    size: Floats
    velocity: Floats
    missed: int


class ObjectDetector:
    """Finds what the model that `flight.toml` names under `[video]` was trained for; nothing where it names none."""

    content = MotionImagery

    def detect(self, reading: Reading, flight: Flight) -> Detected:
        """One detection per track of boxes, placed where the track was in its middle.

        Raises as `open_model`, and `Unproved` where the model is not the one that the flight was opened with.
        """
        imagery = reading.content
        if flight.video.model is None or not isinstance(imagery, MotionImagery) or not len(imagery.pictures_s):
            return Detected((), ())
        model = open_model(imagery.file.parent / flight.video.model)
        if model.digest != flight.video.model_sha256:
            raise Unproved(f"{model.name} has the SHA-256 {model.digest}, and not {flight.video.model_sha256} as flight.toml was read with")
        found = objects(imagery.file, model)
        placed = place(found.rows, imagery, picture_shape(imagery.file))
        custody = Custody(
            (reading.recording.digest, model.digest), METHOD, __version__, {"model": model.name, "model_sha256": model.digest}
        )
        tracks = [rows for one in np.unique(found.rows.track) if len(rows := np.flatnonzero(found.rows.track == one)) >= SHORTEST_TRACK]
        seen = [track_detection(found.rows, placed, rows, reading, custody, found.kind[rows[0]]) for rows in tracks]
        return Detected(tuple(one for one in seen if one is not None), ())


def objects(path: Path, model: Model) -> Objects:
    """Every box of the model in a folder of pictures or a video, and which of them are one thing. Raises `BadInput` as `looks` does."""
    seen: list[tuple[int, str, float, Boxes, list[int]]] = []
    going: list[_Track] = []
    before: Picture | None = None
    begun, looked = 0, 0
    for number, name, time, picture in looks(path, "rgb24"):
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        step = np.eye(3) if before is None else motion(before, grey, np.ones(grey.shape, np.bool_))
        boxes = boxes_in(picture, model)
        going, tracks = _continued([_moved(track, step) for track in going], boxes, begun)
        seen.append((number, name, time, boxes, tracks))
        before, looked, begun = grey, number + 1, max([begun, *(track + 1 for track in tracks)])
    if not looked:
        raise BadInput(f"{path.name} holds no pictures")
    return _columns(seen, model, looked)


def _columns(seen: Sequence[tuple[int, str, float, Boxes, list[int]]], model: Model, looked: int) -> Objects:
    number, name, time, boxes, tracks = zip(*seen, strict=True)
    counts = [len(one) for one in boxes]
    centre, size, kind, score = (np.concatenate([getattr(one, part) for one in boxes]) for part in ("centre", "size", "kind", "score"))
    rows = Movers(
        np.repeat(np.array(number, np.int64), counts), tuple(np.repeat(np.array(name, str), counts).tolist()),
        np.repeat(np.array(time, float), counts), np.concatenate([np.array(one, np.int64) for one in tracks]),
        centre[:, 1], centre[:, 0], np.ones(sum(counts), np.bool_), looked,
    )  # fmt: skip
    return Objects(rows, tuple(model.classes[one] for one in kind.tolist()), score, size)


def _moved(track: _Track, step: Floats) -> _Track:
    """The track where it should be in the next look: the ground moved by `step`, and it went on."""
    at = cv2.perspectiveTransform(track.at[None, None], step)[0, 0]
    return replace(track, at=at + track.velocity)


def _continued(going: Sequence[_Track], boxes: Boxes, begun: int) -> tuple[list[_Track], list[int]]:
    """The tracks after a look, those missed too often left out, and each box's track; a box of no track begins one."""
    owners = _owners(going, boxes)
    missed = [replace(track, missed=track.missed + 1) for at, track in enumerate(going) if at not in owners and track.missed < MOST_MISSED]
    found = []
    for owner, centre, size, kind in zip(owners, boxes.centre, boxes.size, boxes.kind.tolist(), strict=True):
        if owner is None:
            found.append(_Track(begun, kind, centre, size, np.zeros(2), 0))
            begun += 1
        else:
            track = going[owner]
            found.append(_Track(track.number, kind, centre, size, track.velocity + GAIN * (centre - track.at), 0))
    return [*missed, *found], [track.number for track in found]


def _owners(going: Sequence[_Track], boxes: Boxes) -> list[int | None]:
    """Per box the track that it goes on: of its class, nearer than the length of both, all together nearest."""
    owners: list[int | None] = [None] * len(boxes)
    if not going or not len(boxes):
        return owners
    at, size, kind = (np.array([getattr(track, part) for track in going]) for part in ("at", "size", "kind"))
    length = (np.linalg.norm(size, axis=1)[:, None] + np.linalg.norm(boxes.size, axis=1)) / 2
    away = np.linalg.norm(at[:, None] - boxes.centre, axis=2) / length
    away[kind[:, None] != boxes.kind] = np.inf
    for track, box in zip(*linear_sum_assignment(np.minimum(away, 1.0)), strict=True):
        if away[track, box] < 1.0:
            owners[int(box)] = int(track)
    return owners
