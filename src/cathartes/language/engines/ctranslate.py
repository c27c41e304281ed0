"""A neural model of the user's own: a CTranslate2 folder with its SentencePiece files, as OPUS-MT and Argos models are converted to.

Nothing is fetched and no model is shipped. One thread and a fixed beam, so that one machine gives one answer.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cathartes.errors import BadInput
from cathartes.model import Engine
from cathartes.plugins import Rendering

BEAM = 4
LONGEST = 400
"""Pieces of words in a translation, at most: a model that babbles is cut off, and the guard then stops what was lost."""

PIECES = ("source.spm", "sentencepiece.model", "sentencepiece.bpe.model", "spm.model")
TARGET_PIECES = ("target.spm", *PIECES[1:])
"""What the SentencePiece model of either side may be called: two files as OPUS-MT has them, or one for both."""


class CTranslateTranslator:
    """Plug-in name `ctranslate2`; `model` is the folder, with `model.bin` in it or (Argos) in its `model` folder."""

    def open(self, source: str, target: str, model: str | None) -> "CTranslateEngine":
        """The model, loaded. Raises `BadInput` without the libraries, without a whole folder, or for another direction's."""
        try:
            import ctranslate2
            import sentencepiece
        except ImportError:
            raise BadInput("the ctranslate2 engine needs its libraries: pip install 'cathartes[neural]'") from None
        folder = Path(model) if model else None
        if folder is None or not folder.is_dir():
            raise BadInput("the ctranslate2 engine needs the folder of a model: --model FOLDER with model.bin and SentencePiece files")
        _refuse_direction(folder, source, target)
        weights = next((each for each in (folder, folder / "model") if (each / "model.bin").is_file()), None)
        pieces = [next((folder / name for name in names if (folder / name).is_file()), None) for names in (PIECES, TARGET_PIECES)]
        if weights is None or None in pieces:
            raise BadInput(f"{folder.name} holds no whole model: expected model.bin, and source.spm with target.spm or sentencepiece.model")
        try:
            translator = ctranslate2.Translator(str(weights), device="cpu", inter_threads=1, intra_threads=1)
            codecs = [sentencepiece.SentencePieceProcessor(model_file=str(each)) for each in pieces]
        except (RuntimeError, OSError, ValueError) as problem:
            raise BadInput(f"{folder.name} is no model that CTranslate2 {ctranslate2.__version__} reads: {problem}") from None
        engine = Engine(f"ctranslate2 {folder.name}", ctranslate2.__version__, digests(folder))
        return CTranslateEngine(engine, translator, codecs[0], codecs[1], end_of_source(weights))


class CTranslateEngine:
    """One model, which is one direction."""

    def __init__(self, engine: Engine, translator: Any, source: Any, target: Any, end: list[str]) -> None:
        self.engine = engine
        self._translator, self._source, self._target, self._end = translator, source, target, end

    def translate(self, texts: Sequence[str]) -> list[Rendering]:
        """One rendering a text; its text is `None` where the model failed on the batch."""
        pieces = [self._source.encode(text, out_type=str) + self._end for text in texts]
        try:
            found = self._translator.translate_batch(pieces, beam_size=BEAM, max_decoding_length=LONGEST, max_batch_size=32)
        except (RuntimeError, ValueError):
            return [Rendering(None) for _ in texts]
        return [Rendering(self._target.decode(each.hypotheses[0])) for each in found]

    def close(self) -> None:
        """Let go of the model's memory."""
        self._translator.unload_model()


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of a model, by its path in the folder."""
    found = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        with path.open("rb") as file:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def end_of_source(weights: Path) -> list[str]:
    """What a source must be ended with: models converted from Transformers want it, Marian and OpenNMT ones see to it themselves."""
    told = _read_json(weights / "config.json")
    wanted = not told.get("add_source_eos", False) and told.get("decoder_start_token", "<s>") != "<s>"
    return ["</s>"] if wanted else []


def _refuse_direction(folder: Path, source: str, target: str) -> None:
    """Raises `BadInput` where the model's own metadata (Argos) names other languages."""
    told = _read_json(folder / "metadata.json")
    languages = told.get("from_code", source), told.get("to_code", target)
    if languages != (source, target):
        raise BadInput(f"{folder.name} translates from {languages[0]} to {languages[1]}; asked was --from {source} --to {target}")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
