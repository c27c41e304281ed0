"""A user's own detector: a small network built here, which sees squares by their colour, from its file to places on the ground."""

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from cathartes.detect.movement.objects import METHOD, ObjectDetector, objects
from cathartes.detect.movement.onnx_model import boxes_in, open_model
from cathartes.errors import BadInput, CathartesError, Refused, Unproved
from cathartes.messages import LANGUAGES, say
from cathartes.model import DetectionKind, Flight, digest_of
from cathartes.readers.flight_file import open_flight
from cathartes.readers.flight_folder import read_folder
from cathartes.readers.motion.reader import MotionReader

onnx = pytest.importorskip("onnx", reason="models are built with onnx, of the extra `test`")
pytest.importorskip("onnxruntime", reason="models are run by onnxruntime, of the extra `onnx`")

SAMPLE = Path(__file__).parents[2] / "samples" / "motion" / "aphill_short.ts"
SIDE, SQUARE = 64, 8
COLOURS = {"car": (255, 0, 0), "person": (0, 255, 0), "truck": (0, 0, 255)}


def saved(path, nodes, shape, names, constants):
    """A network of one picture `x` and one answer `y`, with its classes in its metadata as exporters write them."""
    make = onnx.helper
    answer = make.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)
    graph = make.make_graph(
        nodes, "detector", [make.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)], [answer],
        [onnx.numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )  # fmt: skip
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=9)
    make.set_model_props(model, {} if names is None else {"names": names})
    path.write_bytes(model.SerializeToString())
    return path


def colour_model(path):
    """Scores each window of 8 x 8 at every second pixel by how much of it is red, green or blue: candidates as YOLO gives them."""
    at = np.arange((SIDE - SQUARE) // 2 + 1) * 2 + SQUARE / 2
    row, column = (each.ravel() for each in np.meshgrid(at, at, indexing="ij"))
    make = onnx.helper.make_node
    nodes = [
        make("AveragePool", ["x"], ["share"], kernel_shape=[SQUARE, SQUARE], strides=[2, 2]),
        make("Sub", ["share", "most"], ["above"]),
        make("Mul", ["above", "steep"], ["steeper"]),
        make("Relu", ["steeper"], ["likely"]),
        make("Reshape", ["likely", "flat"], ["scores"]),
        make("Concat", ["boxes", "scores"], ["y"], axis=1),
    ]
    side = np.full_like(row, SQUARE)
    boxes = np.stack((column, row, side, side))[None].astype(np.float32)
    constants = {"most": np.float32(0.75), "steep": np.float32(4), "flat": np.array([1, 3, -1]), "boxes": boxes}
    return saved(path, nodes, (1, 3, SIDE, SIDE), str(dict(enumerate(COLOURS))), constants)


def fixed_model(path, answer, names="{0: 'truck'}", shape=(1, 3, SIDE, SIDE)):
    """Answers with the same numbers whatever it is shown."""
    nodes = [onnx.helper.make_node("Identity", ["answer"], ["y"])]
    return saved(path, nodes, shape, names, {"answer": np.array(answer, np.float32)})


def picture(squares, rows=SIDE, columns=2 * SIDE, side=2 * SQUARE):
    """Squares (colour's name, row and column of the centre) on a ground of dark texture."""
    rng = np.random.default_rng(3)
    small = rng.uniform(0, 50, (rows // 4, columns // 4, 3)).astype(np.uint8)
    image = cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC)
    for name, row, column in squares:
        image[row - side // 2 : row + side // 2, column - side // 2 : column + side // 2] = COLOURS[name]
    return image


def test_a_box_is_where_the_square_is_in_a_picture_of_another_shape_and_size(tmp_path):
    found = boxes_in(picture([("car", 24, 40), ("truck", 40, 100), ("person", 24, 76)]), open_model(colour_model(tmp_path / "m.onnx")))
    assert found.kind.tolist() == [0, 2]
    # A square from pixel 32 to 47 has its middle at 39.5, counted from the middle of the first pixel.
    np.testing.assert_allclose(found.centre, [[39.5, 23.5], [99.5, 39.5]], atol=1e-9)
    np.testing.assert_allclose(found.size, 16.0)
    assert (found.score > 0.9).all()


def test_small_things_in_a_large_picture_are_seen_in_tiles_and_each_once(tmp_path):
    model = open_model(colour_model(tmp_path / "m.onnx"))
    places = [(10, 12), (48, 46), (92, 134), (60, 292), (196, 52), (150, 180), (110, 240)]
    found = boxes_in(picture([("truck", row, column) for row, column in places], 200, 300, SQUARE), model)
    off = np.linalg.norm(found.centre[:, None, ::-1] - (np.array(places) - 0.5), axis=2)
    assert len(found) == len(places)
    assert (off.min(axis=0) <= 1.5).all()
    np.testing.assert_allclose(found.size, SQUARE)


def test_what_a_tile_cuts_is_told_from_where_it_is_whole(tmp_path):
    model = open_model(fixed_model(tmp_path / "m.onnx", [[[0, 20, 16, 36, 0.9, 0]]]))  # at the left side of whatever is shown
    found = boxes_in(np.zeros((SIDE, 4 * SIDE, 3), np.uint8), model)
    assert found.centre[:, 0].tolist() == [4 * 8 - 0.5, 8 - 0.5]  # in the whole picture, and in the tile that begins where it does


def test_boxes_with_two_corners_are_read_too(tmp_path):
    model = open_model(fixed_model(tmp_path / "m.onnx", [[[8, 16, 24, 48, 0.9, 0], [0, 0, 8, 8, 0.1, 0], [0, 0, 8, np.nan, 0.9, 0]]]))
    found = boxes_in(np.zeros((SIDE, SIDE, 3), np.uint8), model)
    np.testing.assert_allclose(found.centre, [[15.5, 31.5]])
    np.testing.assert_allclose(found.size, [[16, 32]])


@pytest.mark.parametrize("answer", [[[[0.25, 0.5, 0.5, 0.75, 0.9, 0]]], [[[0.375], [0.625], [0.25], [0.25], [0.9]]]])
def test_boxes_in_shares_of_the_sides_are_where_they_are_in_pixels(tmp_path, answer):
    found = boxes_in(np.zeros((SIDE, SIDE, 3), np.uint8), open_model(fixed_model(tmp_path / "m.onnx", answer)))
    np.testing.assert_allclose(found.centre, [[23.5, 39.5]], atol=1e-5)
    np.testing.assert_allclose(found.size, [[16, 16]], atol=1e-5)


def test_boxes_amid_what_is_beside_the_picture_are_not_told(tmp_path):
    model = open_model(fixed_model(tmp_path / "m.onnx", [[[0, 0, 30, 12, 0.9, 0], [-40, 20, -20, 40, 0.9, 0], [20, 20, 40, 40, 0.9, 0]]]))
    assert boxes_in(np.zeros((SIDE // 2, SIDE, 3), np.uint8), model).centre.tolist() == [[29.5, 13.5]]


@pytest.mark.parametrize(
    ("box", "says"),
    [
        ([8, 8, 20, 20, 7, 0], "score of 7; expected 0 to 1"),
        ([8, 8, 20, 20, 0.9, 3], "class 3; its metadata name classes 0 to 0"),
        ([8, 8, 20, 20, 0.9, -1], "class -1"),
        ([40, 40, 8, 8, 0.9, 0], "end before they begin"),
    ],
)
def test_numbers_of_another_layout_are_not_taken_for_boxes(tmp_path, box, says):
    with pytest.raises(BadInput, match=says):
        open_model(fixed_model(tmp_path / "m.onnx", [[box]]))


def test_boxes_are_followed_while_they_move_and_stand_and_persons_are_left_out(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(8):
        image = picture([("car", 16, 16 + 10 * number), ("truck", 48, 40), ("person", 40, 100 - 4 * number)])
        cv2.imwrite(str(folder / f"{number}.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    found = objects(folder, open_model(colour_model(tmp_path / "m.onnx")))
    assert set(zip(found.rows.track.tolist(), found.kind, strict=True)) == {(0, "car"), (1, "truck")}
    cars = found.rows.track == 0
    np.testing.assert_allclose(found.rows.column[cars], 15.5 + 10 * np.arange(8), atol=2.0)
    assert found.rows.pictures == 8
    assert cars.sum() == 8


@pytest.mark.parametrize(
    "names",
    [{0: "car", 1: "face"}, {0: "LicensePlate"}, {0: "number_plate"}, {0: "Matrícula"}, {0: "FACE-ID"}, {0: "person"}, ["man", "woman"]],
)
def test_a_model_of_faces_plates_or_persons_only_is_refused(tmp_path, names):
    with pytest.raises(Refused):
        open_model(fixed_model(tmp_path / "m.onnx", np.zeros((1, 4 + len(names), 5)), str(names)))


@pytest.mark.parametrize("names", [None, "", "{1: 'car'}", "__import__('os')", "7", "[" * 5000, "{'a': 'car'}"])
def test_a_model_that_does_not_name_its_classes_is_bad_input(tmp_path, names):
    with pytest.raises(BadInput, match="does not name its classes"):
        open_model(fixed_model(tmp_path / "m.onnx", np.zeros((1, 5, 5)), names))


@pytest.mark.parametrize("shape", [(1, 1, SIDE, SIDE), (2, 3, SIDE, SIDE), (1, 3), (1, 3, 100_000, 100_000), (1, 3, 1, 1)])
def test_an_input_that_is_no_picture_is_bad_input(tmp_path, shape):
    with pytest.raises(BadInput, match="expected one picture"):
        open_model(fixed_model(tmp_path / "m.onnx", np.zeros((1, 5, 5)), shape=shape))


@pytest.mark.parametrize("shape", [(1, 7, 5), (5, 6), (2, 3, 6), (1, 5)])
def test_an_answer_of_another_layout_is_bad_input(tmp_path, shape):
    with pytest.raises(BadInput, match="1 x 5 x n"):
        open_model(fixed_model(tmp_path / "m.onnx", np.zeros(shape)))


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(range(256)) * 4])
def test_what_is_no_model_is_bad_input(tmp_path, content):
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(BadInput, match="no ONNX model"):
        open_model(tmp_path / "m.onnx")
    with pytest.raises(BadInput, match="cannot be read"):
        open_model(tmp_path / "none.onnx")


def test_what_onnxruntime_says_is_told_without_its_source_files(tmp_path):
    model = onnx.load(fixed_model(tmp_path / "m.onnx", np.zeros((1, 5, 5))))
    model.ir_version = 99
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(BadInput, match="in one file: Unsupported model IR version: 99"):
        open_model(tmp_path / "m.onnx")


def test_without_onnxruntime_a_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(CathartesError, match=r"pip install 'cathartes\[onnx\]'"):
        open_model(tmp_path / "m.onnx")


def flight_folder(tmp_path, more=""):
    (tmp_path / "video.ts").write_bytes(SAMPLE.read_bytes())
    # 720 x 480 pixels are 360 x 240 of the model's input, 120 rows below its upper edge: their middle is at (180, 240).
    fixed_model(tmp_path / "trucks.onnx", [[[140, 200, 220, 280, 0.9, 0]]], shape=(1, 3, 480, 360))
    (tmp_path / "flight.toml").write_text(f'id = "a"\n[video]\nmodel = "trucks.onnx"\n{more}')
    return tmp_path


def test_a_box_amid_the_picture_is_placed_at_the_frame_centre_with_its_ellipse_and_the_models_digest(tmp_path):
    folder = flight_folder(tmp_path)
    flight = open_flight(folder)
    contents = read_folder(folder, flight)
    assert not contents.refused
    (reading,) = contents.readings
    (seen,) = ObjectDetector().detect(reading, flight).detections
    imagery = reading.content
    metre = 111_320.0
    off = (np.array([seen.place.x, seen.place.y]) - imagery.centre) * metre * (np.cos(np.radians(seen.place.y)), 1)
    assert np.nanmin(np.linalg.norm(off, axis=1)) < 0.01  # of one packet it is the very centre
    assert seen.kind is DetectionKind.OBJECT
    assert seen.place.covariance_m2 is not None
    assert np.linalg.eigvalsh(np.array([seen.place.covariance_m2[:2], seen.place.covariance_m2[1:]])).min() > 0
    digest = digest_of((folder / "trucks.onnx").read_bytes())
    assert (seen.custody.method, seen.custody.inputs) == (METHOD, (reading.recording.digest, digest))
    pixel = {"row": 239.5, "column": 359.5, "time_s": pytest.approx(2.267533)}
    assert seen.custody.parameters == {"model": "trucks.onnx", "model_sha256": digest, **pixel}
    assert all("truck" in say(seen.says, language) for language in LANGUAGES)


def test_a_flight_that_names_no_model_has_no_objects():
    assert ObjectDetector().detect(MotionReader().read(SAMPLE, Flight("a")), Flight("a")).detections == ()


def test_a_model_must_be_there_and_be_the_one_that_is_stated(tmp_path):
    with pytest.raises(Unproved, match=f"SHA-256 .*states {'0' * 64}"):
        open_flight(flight_folder(tmp_path, f'model_sha256 = "{"0" * 64}"\n'))
    flight = open_flight(flight_folder(tmp_path))
    other = replace(flight, video=replace(flight.video, model_sha256="0" * 64))
    with pytest.raises(Unproved):
        ObjectDetector().detect(MotionReader().read(tmp_path / "video.ts", other), other)
    (tmp_path / "trucks.onnx").unlink()
    with pytest.raises(BadInput, match=r"video\.model trucks\.onnx cannot be read"):
        open_flight(tmp_path)
