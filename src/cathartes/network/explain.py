"""Why a hit has its score, in words, in English and Spanish."""

from collections.abc import Iterator
from functools import lru_cache

from cathartes.messages import say
from cathartes.model import Statement
from cathartes.network.identifiers import Finding
from cathartes.network.kinship import Kinship
from cathartes.network.rates import Background
from cathartes.network.screen import Hit

KINSHIPS = {
    Kinship.SOUND: "screen.sound",
    Kinship.SHORT: "screen.short",
    Kinship.ABBREVIATED: "screen.abbreviated",
    Kinship.INITIAL: "screen.initial",
    Kinship.SHAPE: "screen.shape",
    Kinship.SPELLING: "screen.spelling",
    Kinship.CUT: "screen.cut",
    Kinship.TYPO: "screen.typo",
    Kinship.CONSONANTS: "screen.consonants",
    Kinship.RUN: "screen.run",
}
FINDINGS = {
    Finding.SAME_CURP: "screen.same-curp",
    Finding.SAME_RFC: "screen.same-rfc",
    Finding.SAME_BIRTH: "screen.same-birth",
    Finding.OTHER_CURP: "screen.other-curp",
    Finding.OTHER_RFC: "screen.other-rfc",
    Finding.OTHER_BIRTH: "screen.other-birth",
}


def reasons(hit: Hit) -> Iterator[Statement]:
    """What speaks for and against the hit: identifiers first, then the words, then what is left over."""
    for key, values in _facts(hit):
        yield Statement(key, dict(values))


def why(hit: Hit, language: str, strange: Background | None = None) -> str:
    """The reasons as one line, and how many people on no list have a hit of this score, where that is known: for names of persons."""
    told = [_said(language, key, values) for key, values in _facts(hit)]
    if strange and hit.is_person and not hit.findings:
        told.append(_said(language, "screen.rate", (("hits", strange.at_least(hit.score)), ("asked", len(strange.scores)))))
    return "; ".join(told)


Values = tuple[tuple[str, str | int], ...]


def _facts(hit: Hit) -> Iterator[tuple[str, Values]]:
    yield "screen.listed", (("name", hit.name),)
    for finding in hit.findings:
        yield FINDINGS[finding], ()
    same = [listed for kinship, _, listed in hit.words if kinship is Kinship.SAME]
    if same:
        yield "screen.same", (("words", ", ".join(same)),)
    for kinship, word, listed in hit.words:
        if kinship is not Kinship.SAME:
            yield KINSHIPS[kinship], (("word", word), ("listed", listed))
    if hit.added:
        yield "screen.added", (("words", ", ".join(hit.added)),)
    if hit.left:
        yield "screen.left", (("words", ", ".join(hit.left)),)


@lru_cache(maxsize=1 << 18)
def _said(language: str, key: str, values: Values) -> str:
    return say(Statement(key, dict(values)), language)
