"""What the guard costs: chrF2 of Apertium with and without it, speed, and stopped segments, on NTREX-128 lines 1-1000.

    python benchmarks/translation.py

Needs ../shared/data/language/ntrex and sacrebleu. The bare engine is the same process without the guard.
"""

import time
from contextlib import closing
from pathlib import Path

from sacrebleu.metrics import CHRF

from cathartes.language.engines.apertium import ApertiumTranslator
from cathartes.language.facts import find_facts
from cathartes.language.translate import Piece, translate
from cathartes.model import State

NTREX = Path(__file__).parents[2] / "shared" / "data" / "language" / "ntrex"
FILES = {"es": "newstest2019-ref.spa-MX.lines0001-1000.txt", "en": "newstest2019-src.eng.lines0001-1000.txt"}


def lines(language: str) -> list[str]:
    """The thousand sentences of a language."""
    return [line.rstrip("\r") for line in (NTREX / FILES[language]).open(encoding="utf-8", newline="").read().split("\n")][:1000]


def main() -> None:
    """Both directions."""
    for source, target in (("es", "en"), ("en", "es")):
        texts, reference = lines(source), [lines(target)]
        words = sum(len(text.split()) for text in texts)
        with closing(ApertiumTranslator().open(source, target, None)) as engine:
            engine.translate(texts[:5])
            started = time.perf_counter()
            bare = [rendering.text or "" for rendering in engine.translate(texts)]
            bare_s = time.perf_counter() - started
            find_facts(texts[0], source, None)
            started = time.perf_counter()
            pieces = [Piece(text, 0, None) for text in texts]
            guarded = translate(pieces, target, engine, lambda text, source=source: find_facts(text, source, None))
            guarded_s = time.perf_counter() - started
        stopped = sum(segment.state is State.STOPPED for segment in guarded)
        changed = sum(
            segment.target[fact.target_start : fact.target_end] != fact.fact.text for segment in guarded for fact in segment.facts
        )
        facts = sum(len(segment.facts) for segment in guarded)
        scores = [CHRF().corpus_score(output, reference).score for output in (bare, [segment.target for segment in guarded])]
        print(f"{source} to {target}: chrF2 bare {scores[0]:.2f}, guarded {scores[1]:.2f} (loss {scores[0] - scores[1]:.2f})")
        print(f"  {facts} facts, {changed} changed, {stopped} of {len(texts)} segments stopped")
        print(f"  bare {words / bare_s:.0f} words/s, guarded {words / guarded_s:.0f} words/s, {1e3 * guarded_s / len(texts):.1f} ms each")


if __name__ == "__main__":
    main()
