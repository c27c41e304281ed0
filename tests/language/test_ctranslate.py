"""A user's own neural model: a real CTranslate2 folder, built here with random weights, since none can be shipped."""

import builtins
import io
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.language.engines.ctranslate import CTranslateTranslator
from cathartes.model import State
from cathartes.texts import translated, translation_json

ctranslate2 = pytest.importorskip("ctranslate2", reason="needs the neural extra")
sentencepiece = pytest.importorskip("sentencepiece", reason="needs the neural extra")

SIZE = 8


def _fill(layer: Any, random: np.random.Generator, words: int) -> None:
    """Every weight that a layer of the model wants, in the shape that its name asks for."""

    def matrix(rows: int) -> Any:
        return random.normal(0, 0.3, (rows, SIZE)).astype(np.float32)

    for norm in ("layer_norm", "layer_norm_before_self_attention"):
        if getattr(layer, norm, None) is not None:
            getattr(layer, norm).gamma, getattr(layer, norm).beta = np.ones(SIZE, np.float32), np.zeros(SIZE, np.float32)
    for name in ("self_attention", "attention"):
        if (attention := getattr(layer, name, None)) is not None:
            _fill(attention, random, words)
            sizes = [3 * SIZE, SIZE] if name == "self_attention" else [SIZE, 2 * SIZE, SIZE]
            for linear, rows in zip(attention.linear, sizes, strict=True):
                linear.weight, linear.bias = matrix(rows), np.zeros(rows, np.float32)
    if (ffn := getattr(layer, "ffn", None)) is not None:
        _fill(ffn, random, words)
        for linear in (ffn.linear_0, ffn.linear_1):
            linear.weight, linear.bias = matrix(SIZE), np.zeros(SIZE, np.float32)
    embeddings = getattr(layer, "embeddings", None)
    for each in embeddings if isinstance(embeddings, list) else [embeddings] if embeddings is not None else []:
        each.weight = matrix(words)
    if getattr(layer, "projection", None) is not None:
        layer.projection.weight, layer.projection.bias = matrix(words), np.zeros(words, np.float32)
    for inner in getattr(layer, "layer", ()):
        _fill(inner, random, words)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as OPUS-MT models are converted to, whose translations mean nothing."""
    folder = tmp_path_factory.mktemp("tiny-es-en")
    text = io.BytesIO()
    lines = ["vieron humo cerca del rancho", "el taller huele a solvente", "they saw smoke near the ranch", "the shop smells of solvent"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 5), model_writer=text, vocab_size=60, hard_vocab_limit=False, minloglevel=2
    )
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(text.getvalue())
    codec = sentencepiece.SentencePieceProcessor(model_proto=text.getvalue())
    words = [codec.id_to_piece(number) for number in range(codec.get_piece_size())]
    spec = ctranslate2.specs.TransformerSpec.from_config(1, 2)
    random = np.random.default_rng(7)
    for side in (spec.encoder, spec.decoder):
        _fill(side, random, len(words))
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.validate()
    spec.save(str(folder))
    return folder


def test_a_models_folder_translates_with_name_version_and_digest_of_every_file(model: Path) -> None:
    with closing(CTranslateTranslator().open("es", "en", str(model))) as engine:
        first, second = (engine.translate(["vieron humo", "el taller huele"]) for _ in range(2))
        assert len(first) == 2
        assert first == second
        assert engine.engine.name == f"ctranslate2 {model.name}"
        assert engine.engine.version == ctranslate2.__version__
        assert {"model.bin", "source.spm", "target.spm", "config.json"} <= set(engine.engine.model)


def test_a_model_that_loses_a_name_is_stopped_by_the_guard(model: Path, tmp_path: Path) -> None:
    report = tmp_path / "tip.txt"
    report.write_text("Vieron humo cerca del rancho de Ramiro.")
    told = translated(report, "es", "en", "ctranslate2", str(model), None)
    assert [segment.state for segment in told.segments] == [State.STOPPED]
    assert translation_json(told)["engine"] == {
        "name": f"ctranslate2 {model.name}", "version": ctranslate2.__version__, "model": dict(told.engine.model),
    }  # fmt: skip


def test_a_folder_that_is_not_there_or_not_whole_is_one_sentence(model: Path, tmp_path: Path) -> None:
    opener = CTranslateTranslator()
    with pytest.raises(BadInput, match="needs the folder of a model"):
        opener.open("es", "en", str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match="holds no whole model"):
        opener.open("es", "en", str(tmp_path))
    for path in model.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.bin").write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(BadInput, match="is no model that CTranslate2"):
        opener.open("es", "en", str(tmp_path))


def test_a_model_of_the_other_direction_is_refused(model: Path, tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text(json.dumps({"from_code": "en", "to_code": "es"}))
    with pytest.raises(BadInput, match="translates from en to es"):
        CTranslateTranslator().open("es", "en", str(tmp_path))


def test_without_the_libraries_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name == "ctranslate2":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(BadInput, match=r"cathartes\[neural\]"):
        CTranslateTranslator().open("es", "en", "anywhere")
