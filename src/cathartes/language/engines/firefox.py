"""A Firefox (bergamot) model of the user's own: the folder of one pair as Mozilla publishes it, run by fxtranslate.

Nothing is fetched and no model is shipped: fxtranslate can download models, which is never asked of it here.
"""

import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cathartes.errors import BadInput
from cathartes.language.engines.ctranslate import digests
from cathartes.model import Engine
from cathartes.plugins import Rendering

_MODEL = re.compile(r"model\.(?P<pair>[a-z]{4})\..*\.bin")
_POINTER = b"version https://git-lfs"
"""How a file begins that stands for a large one which was not fetched."""


class FirefoxTranslator:
    """Plug-in name `firefox`; `model` is the folder with `model.esen….bin`, its vocabulary and, where it has one, its shortlist."""

    def open(self, source: str, target: str, model: str | None) -> "FirefoxEngine":
        """The model, loaded. Raises `BadInput` without the library, without a whole folder, or for another direction's."""
        try:
            import fxtranslate
        except ImportError:
            raise BadInput("the firefox engine needs its library: pip install 'cathartes[neural]'") from None
        folder = Path(model) if model else None
        if folder is None or not folder.is_dir():
            raise BadInput(
                f"the firefox engine needs the folder of a model: --model FOLDER with model.{source}{target}….bin and vocab.*.spm"
            )
        pairs = sorted(found["pair"] for path in folder.iterdir() if (found := _MODEL.fullmatch(path.name)))
        if pairs != [source + target]:
            raise BadInput(f"{folder.name} holds models for {', '.join(pairs) or 'nothing'}; expected one for {source}{target}")
        shared = _read(folder, f"vocab.{source}{target}.spm")
        own = [_read(folder, f"{side}vocab.{source}{target}.spm") or shared for side in ("src", "trg")]
        weights = _read(folder, f"model.{source}{target}.*")
        try:
            engine = fxtranslate.Translator(weights, own[0], own[1], _read(folder, "lex.*.bin") or None)
        except ValueError as problem:
            raise BadInput(f"{folder.name} is no model that fxtranslate reads: {problem}") from None
        return FirefoxEngine(Engine(f"firefox {folder.name}", version("fxtranslate"), digests(folder)), engine)


class FirefoxEngine:
    """One model, which is one direction."""

    def __init__(self, engine: Engine, translator: Any) -> None:
        self.engine = engine
        self._translator = translator

    def translate(self, texts: Sequence[str]) -> list[Rendering]:
        """One rendering a text; its text is `None` where the model failed on it."""
        return [self._rendered(text) for text in texts]

    def _rendered(self, text: str) -> Rendering:
        try:
            return Rendering(self._translator.translate_long(text))
        except (RuntimeError, ValueError):
            return Rendering(None)

    def close(self) -> None:
        """Let go of the model's memory."""
        self._translator = None


def _read(folder: Path, pattern: str) -> bytes:
    """The one file of that name, nothing where there is none. Raises `BadInput` where it is only a pointer to the real one."""
    content = b"".join(path.read_bytes() for path in sorted(folder.glob(pattern))[:1])
    if content.startswith(_POINTER):
        raise BadInput(f"{folder.name} holds a Git LFS pointer in place of {pattern}; fetch the file with `git lfs pull`")
    return content
