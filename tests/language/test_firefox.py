"""Firefox models of a user's own: taken whole and for their direction, or refused in a sentence. No real model is shipped to try."""

import importlib.metadata
from pathlib import Path

import pytest

from cathartes.errors import BadInput
from cathartes.language.engines.firefox import FirefoxTranslator

fxtranslate = pytest.importorskip("fxtranslate", reason="needs the neural extra")


class Loaded:
    """Takes what fxtranslate's Translator takes, and answers as it does."""

    def __init__(self, model: bytes, src_vocab: bytes, trg_vocab: bytes, shortlist: bytes | None = None) -> None:
        self.given = model, src_vocab, trg_vocab, shortlist

    def translate_long(self, text: str) -> str:
        if not text:
            raise ValueError("nothing to translate")
        return f"<{text}>"


def folder(tmp_path: Path, **files: bytes) -> Path:
    for name, content in {"model.esen.intgemm.alphas.bin": b"weights", "vocab.esen.spm": b"pieces", **files}.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_model_is_loaded_with_its_shared_vocabulary_and_shortlist_and_leaves_its_digests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fxtranslate, "Translator", Loaded)
    engine = FirefoxTranslator().open("es", "en", str(folder(tmp_path, **{"lex.50.50.esen.s2t.bin": b"words"})))
    assert engine._translator.given == (b"weights", b"pieces", b"pieces", b"words")
    assert [rendering.text for rendering in engine.translate(["Hola.", ""])] == ["<Hola.>", None]
    assert set(engine.engine.model) == {"model.esen.intgemm.alphas.bin", "vocab.esen.spm", "lex.50.50.esen.s2t.bin"}
    assert engine.engine.version == importlib.metadata.version("fxtranslate")


def test_what_is_no_model_is_refused_by_the_library_itself(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no model that fxtranslate reads"):
        FirefoxTranslator().open("es", "en", str(folder(tmp_path)))


def test_another_direction_a_missing_folder_and_a_pointer_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds models for esen; expected one for enes"):
        FirefoxTranslator().open("en", "es", str(folder(tmp_path)))
    with pytest.raises(BadInput, match="needs the folder of a model"):
        FirefoxTranslator().open("es", "en", None)
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"
    with pytest.raises(BadInput, match="holds a Git LFS pointer"):
        FirefoxTranslator().open("es", "en", str(folder(tmp_path, **{"model.esen.intgemm.alphas.bin": pointer})))
