"""A user's own ONNX detector: what it must look like, what it may be asked for, and the boxes it draws in one picture.

Read is the layout that detectors of the YOLO family are exported in. Models of faces or number plates are refused, and boxes of persons
are never handed on. What follows the boxes from picture to picture is in `objects`.
"""

import ast
import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput, CathartesError, Refused
from cathartes.model import digest_of
from cathartes.model.samples import Floats

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LEAST_SCORE, MOST_OVERLAP = 0.25, 0.5
"""Boxes that score less are dropped; of two of one class that share more of their union, the weaker is."""
USUAL_SIDE, SHORTEST_SIDE, LONGEST_SIDE = 640, 32, 8192
"""Rows and columns that a model is given where it leaves them open, and the least and most that it may want."""
MOST_SCORE = 1.001
"""Rounding apart, a score is a share."""
BEYOND = 1.5
"""Boxes that all end within so many pixels of the corner are none; they are shares of the picture's sides."""
GREY = 114
"""Beside the picture, where its shape is not the model's."""
LEAST_SCALE, OVERLAP = 0.5, 0.25
"""A picture that would have to shrink further is also looked at in tiles of the model's size, which share so much of their sides."""
CUT_PX = 2.0
"""What comes so near to a side that a tile has within the picture is cut; a neighbour or the whole shows it whole."""
MOST_NAMES = 100_000
IDENTITY = re.compile(
    r"face.*|facial|.*plates?|a?lpr.*|anpr.*|licen[cs]es?|licencias?|rostros?|caras?|placas?|matriculas?|iris|gait|biometr.*|identi.*"
)
PERSON = re.compile(
    r"persons?|people|pedestrians?|humans?|m[ae]n|wom[ae]n|child(ren)?|boys?|girls?|riders?|cyclists?|drivers?|soldiers?|workers?|crowds?|"
    r"personas?|gente|peaton(es)?|humanos?|hombres?|mujer(es)?|nin[oa]s?|ciclistas?|soldados?|conductor(es|as?)?|trabajador(es|as?)?"
)


@dataclass(frozen=True, eq=False)
class Model:
    """An open model: its file's name and SHA-256, its classes in order, the numbers of those that are handed on, and the rows and
    columns it looks at."""

    session: "InferenceSession"
    name: str
    digest: str
    classes: tuple[str, ...]
    lawful: tuple[int, ...]
    shape: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes in one picture: centre (n, 2; column and row, pixel centres from 0), width and height (n, 2; pixels), class, score (0 to 1)."""

    centre: Floats
    size: Floats
    kind: NDArray[np.int64]
    score: Floats

    def __len__(self) -> int:
        return len(self.score)


def open_model(path: Path) -> Model:
    """The model in `path`, tried once on an empty picture.

    Raises `BadInput` where it is none, or its classes, input or output are not as expected; `Refused` where it knows faces or plates.
    """
    try:
        import onnxruntime
    except ImportError:
        raise CathartesError("a detector of your own needs the onnx extra: pip install 'cathartes[onnx]'") from None
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}; expected an ONNX model") from None
    options = onnxruntime.SessionOptions()
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as problem:  # onnxruntime's own errors share no base below Exception
        raise BadInput(f"{path.name} is no ONNX model that can be opened, in one file: {_reason(problem)}") from None
    classes = _classes(session.get_modelmeta().custom_metadata_map.get("names", ""), path.name)
    model = Model(session, path.name, digest_of(content), classes, _lawful(classes, path.name), _shape(session, path.name))
    boxes_in(np.full((*model.shape, 3), GREY, np.uint8), model)
    return model


def _reason(problem: Exception) -> str:
    """The first line of what onnxruntime says, without its numbers, source files and signatures."""
    return re.sub(r"\[ONNXRuntimeError\] : \d+ : \w+ : |/\S+:\d+ [^)]*\) ", "", str(problem).strip().partition("\n")[0])[:200]


def _classes(told: str, name: str) -> tuple[str, ...]:
    """The names of classes that the model's metadata tell, as a dictionary from 0 or a list."""
    try:
        value: Any = ast.literal_eval(told) if len(told) <= MOST_NAMES else None
        known = {int(number): str(word) for number, word in dict(value if isinstance(value, dict) else enumerate(value)).items()}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        known = {}
    if not known or sorted(known) != list(range(len(known))):
        raise BadInput(
            f"{name} does not name its classes; expected metadata `names` such as {{0: 'car', 1: 'truck'}}, "
            "so that faces and plates can be refused"
        )
    return tuple(known[number] for number in range(len(known)))


def _lawful(classes: tuple[str, ...], name: str) -> tuple[int, ...]:
    """The classes that are handed on: none that is a person. Raises `Refused` for a model of faces or plates, or of persons only."""
    who = [word for word in classes if any(IDENTITY.fullmatch(part) for part in _words(word))]
    if who:
        raise Refused(f"{name} knows the class {who[0]!r}; cathartes recognises no faces, no plates and nobody, so use a model without it")
    lawful = tuple(number for number, word in enumerate(classes) if not any(PERSON.fullmatch(part) for part in _words(word)))
    if not lawful:
        raise Refused(f"{name} knows persons only ({', '.join(classes)[:100]}); cathartes places vehicles and objects, never persons")
    return lawful


def _words(name: str) -> list[str]:
    """The words of a class's name in small letters without accents, and all in one: `LicensePlate` is license, plate, licenseplate."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    words = [word.casefold() for word in re.findall(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+", plain)]
    return [*words, "".join(words)]


def _shape(session: "InferenceSession", name: str) -> tuple[int, int]:
    """Rows and columns of the model's input."""
    inputs = session.get_inputs()
    shape = inputs[0].shape if len(inputs) == 1 else []
    sides = [side if isinstance(side, int) else USUAL_SIDE for side in shape[2:]]
    is_one_picture = len(shape) == 4 and shape[1] == 3 and (shape[0] == 1 or not isinstance(shape[0], int))
    if not is_one_picture or inputs[0].type != "tensor(float)" or not all(SHORTEST_SIDE <= side <= LONGEST_SIDE for side in sides):
        told = "; ".join(f"{one.name}: {one.type} {one.shape}" for one in inputs)
        raise BadInput(
            f"{name} takes {told}; expected one picture as tensor(float) [1, 3, rows, columns], "
            f"red, green and blue from 0 to 1, of {SHORTEST_SIDE} to {LONGEST_SIDE} rows and columns"
        )
    return sides[0], sides[1]


def boxes_in(picture: NDArray[np.uint8], model: Model) -> Boxes:
    """What the model sees in a picture (rows, columns, red-green-blue), without persons; the strongest of boxes that overlap."""
    parts = [_candidates(picture, model), *(_in_tile(picture, corner, model) for corner in _tiles(picture.shape, model.shape))]
    found = Boxes(*(np.concatenate(values) for values in zip(*(vars(one).values() for one in parts), strict=True)))
    is_inside = (found.centre > -0.5) & (found.centre < np.array(picture.shape[1::-1]) - 0.5)
    found = _chosen(found, np.asarray(is_inside.all(axis=1)))
    corners = np.concatenate((found.centre - found.size / 2, found.size), axis=1)
    kept = (
        cv2.dnn.NMSBoxesBatched(corners.tolist(), found.score.tolist(), found.kind.tolist(), LEAST_SCORE, MOST_OVERLAP)
        if len(found)
        else ()
    )
    return _chosen(found, np.sort(np.asarray(kept, np.int64)))


def _tiles(picture: tuple[int, ...], tile: tuple[int, int]) -> list[tuple[int, int]]:
    """Row and column of each tile's upper left pixel; none where the whole picture hardly shrinks."""
    if min(tile[0] / picture[0], tile[1] / picture[1]) >= LEAST_SCALE:
        return []
    rows, columns = (_starts(whole, side) for whole, side in zip(picture, tile, strict=False))
    return [(row, column) for row in rows for column in columns]


def _starts(whole: int, side: int) -> list[int]:
    count = int(np.ceil(max(whole - side, 0) / (side * (1 - OVERLAP)))) + 1
    return [int(start) for start in np.linspace(0, max(whole - side, 0), count)]


def _in_tile(picture: NDArray[np.uint8], corner: tuple[int, int], model: Model) -> Boxes:
    """What the model sees in one tile, in the picture's pixels, without what a side of the tile cuts."""
    rows, columns = model.shape
    tile = picture[corner[0] : corner[0] + rows, corner[1] : corner[1] + columns]
    begin, size = np.array(corner[::-1]), np.array(picture.shape[1::-1])
    end = begin + tile.shape[1::-1]
    found = _candidates(tile, model)
    centre = found.centre + begin
    first, last = centre - found.size / 2, centre + found.size / 2
    is_cut = ((first < begin + CUT_PX) & (begin > 0)) | ((last > end - 1 - CUT_PX) & (end < size))
    return _chosen(replace(found, centre=centre), ~is_cut.any(axis=1))


def _candidates(picture: NDArray[np.uint8], model: Model) -> Boxes:
    """All lawful boxes that score enough in one look of the model, in the pixels of `picture`."""
    fitted, scale, corner = _fitted(picture, model.shape)
    try:
        answer = np.asarray(model.session.run(None, {model.session.get_inputs()[0].name: fitted})[0], float)
    except Exception as problem:  # as in open_model
        raise BadInput(f"{model.name} fails on a picture of {model.shape[0]} x {model.shape[1]}: {_reason(problem)}") from None
    found = _understood(answer, model)
    found = _in_pixels(_chosen(found, found.score >= LEAST_SCORE), model)
    found = _chosen(found, np.isin(found.kind, model.lawful) & (found.size > 0).all(axis=1))
    # A model counts from the corner of the first pixel, a track from its middle.
    return Boxes((found.centre - corner) / scale - 0.5, found.size / scale, found.kind, found.score)


def _in_pixels(found: Boxes, model: Model) -> Boxes:
    """Boxes in shares of the model's sides, as some exporters write them, in its pixels; others as they are.

    Raises `BadInput` where their numbers are none that a detector of the expected layouts gives.
    """
    count = len(model.classes)
    if not len(found):
        return found
    if found.score.max() > MOST_SCORE:
        raise BadInput(f"{model.name} gives a score of {found.score.max():g}; expected 0 to 1, as after a sigmoid")
    unnamed = found.kind[(found.kind < 0) | (found.kind >= count)]
    if len(unnamed):
        raise BadInput(f"{model.name} gives a box of class {unnamed[0]}; its metadata name classes 0 to {count - 1}")
    if (found.size < 0).any(axis=1).all():
        raise BadInput(f"{model.name} gives boxes that end before they begin; expected {_expected(count)}")
    if (np.abs(found.centre) + found.size / 2).max() > BEYOND:
        return found
    sides = np.array(model.shape[::-1], float)
    return replace(found, centre=found.centre * sides, size=found.size * sides)


def _expected(count: int) -> str:
    return f"1 x {4 + count} x n (centre, size, a score per class) or 1 x n x 6 (two corners, score, class), as YOLO is exported"


def _chosen(boxes: Boxes, which: NDArray[np.bool_] | NDArray[np.int64]) -> Boxes:
    return Boxes(*(values[which] for values in vars(boxes).values()))


def _fitted(picture: NDArray[np.uint8], shape: tuple[int, int]) -> tuple[NDArray[np.float32], Floats, Floats]:
    """The whole picture in the middle of the model's input, grey beside it; its scale across and down, and where its corner is there."""
    rows, columns = picture.shape[:2]
    fits = min(shape[0] / rows, shape[1] / columns)
    size = (max(1, round(columns * fits)), max(1, round(rows * fits)))
    left, top = (shape[1] - size[0]) // 2, (shape[0] - size[1]) // 2
    whole = np.full((*shape, 3), GREY, np.uint8)
    whole[top : top + size[1], left : left + size[0]] = cv2.resize(
        picture, size, interpolation=cv2.INTER_AREA if fits < 1 else cv2.INTER_LINEAR
    )
    scale = np.array((size[0] / columns, size[1] / rows))
    return np.ascontiguousarray(whole.transpose(2, 0, 1)[None], np.float32) / np.float32(255), scale, np.array((left, top), float)


def _understood(answer: Floats, model: Model) -> Boxes:
    """Candidates (1, 4 + classes, n: centre, size, a score per class), or boxes (1, n, 6: two corners, score, class)."""
    count = len(model.classes)
    if answer.ndim == 3 and answer.shape[:2] == (1, 4 + count):
        every = answer[0].T
        kind = every[:, 4:].argmax(axis=1)
        found = Boxes(every[:, :2], every[:, 2:4], kind, every[:, 4:].max(axis=1))
    elif answer.ndim == 3 and answer.shape[0] == 1 and answer.shape[2] == 6:
        first, last, score, kinds = np.split(answer[0], (2, 4, 5), axis=1)
        found = Boxes((first + last) / 2, last - first, kinds[:, 0].astype(np.int64), score[:, 0])
    else:
        raise BadInput(
            f"{model.name} answers with {' x '.join(map(str, answer.shape))} numbers; with its {count} classes expected {_expected(count)}"
        )
    return _chosen(found, np.asarray(np.isfinite(np.column_stack((found.centre, found.size, found.score))).all(axis=1)))
