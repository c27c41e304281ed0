"""A document's segments through an engine, with the guard around it: every segment comes out translated, kept or stopped."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from cathartes.language.accounted import unaccounted
from cathartes.language.capitals import capitals_within, side_by_side, with_capitalised
from cathartes.language.gloss import gloss, has_a_meaning
from cathartes.language.guard import Masked, guarded_part, mask, restore, with_counted
from cathartes.language.memory import Remembered
from cathartes.language.misread import touches_damage
from cathartes.language.numerals import number_of
from cathartes.language.quantities import BARE
from cathartes.language.small_letters import is_all_capitals, is_small
from cathartes.model import NAMES, Carried, Fact, FactKind, Segment, State, Statement
from cathartes.plugins import OpenEngine, Rendering

LANGUAGE_BEFORE = {"en": "es", "es": "en"}
"""The language that text translated into the other is in."""

Find = Callable[[str], Sequence[Fact]]


@dataclass(frozen=True)
class Piece:
    """A segment before translation: its text, where it starts in its document, and the language its words say."""

    source: str
    start: int
    language: str | None


def translate(
    pieces: Sequence[Piece], target: str, engine: OpenEngine, find: Find, known: Mapping[str, Remembered] | None = None
) -> tuple[Segment, ...]:
    """Every piece in order. `find` gives the facts of a text; what is in `target` already is kept as it is.

    A piece with a translation in `known` takes that. One that OCR damaged beside a fact is stopped. Where a plain number did not come
    back, or a name or a number in words is not in the translation, a piece is tried once more with all of these hidden, then stopped.
    """
    known, language = known or {}, LANGUAGE_BEFORE[target]
    made = {number: taken(piece, known[piece.source], find) for number, piece in enumerate(pieces) if piece.source in known}
    left = {number: piece for number, piece in enumerate(pieces) if piece.language != target and number not in made}
    seen = frozenset(word for piece in left.values() for word in capitals_within(piece.source, language))
    found = {number: with_counted(piece.source, find(piece.source), language) for number, piece in left.items()}
    facts = {number: with_capitalised(piece.source, found[number], language, seen) for number, piece in left.items()}
    for number in [number for number, found in facts.items() if touches_damage(pieces[number].source, found, language)]:
        hidden = mask(pieces[number].source, facts.pop(number), trust_numbers=False)
        made[number] = _stopped(pieces[number], hidden, Statement("language.damaged"))
    meanings = glosses([fact for found in facts.values() for fact in found], target, engine)
    for trust in (True, False):
        masked = [mask(pieces[number].source, found, trust_numbers=trust) for number, found in facts.items()]
        for number, each, rendering in zip(list(facts), masked, renderings(masked, engine), strict=True):
            segment, lost = segment_of(pieces[number], each, rendering, meanings, language, seen)
            made[number] = replace(segment, facts=tuple(_of_own_kind(segment, found[number])))
            facts[number] = side_by_side(pieces[number].source, facts[number], lost)
        facts = {number: found for number, found in facts.items() if made[number].state is State.STOPPED}
    return tuple(made[number] if number in made else kept(piece) for number, piece in enumerate(pieces))


def _of_own_kind(segment: Segment, found: Sequence[Fact]) -> Iterator[Carried]:
    """Each fact of a segment with its own kind: a name that goes on beside the one found is of that one's kind.

    Of several, and in capitals, where what stands beside a name may be any word, each is told for itself.
    """
    for each in segment.facts:
        whole, shift = each.fact, each.target_start - each.fact.start
        within = [fact for fact in found if whole.start <= fact.start and fact.end <= whole.end and fact.kind in NAMES]
        if whole.kind is not FactKind.NAME or not within:
            yield each
            continue
        if len(within) == 1 and not is_all_capitals(segment.source):
            yield replace(each, fact=replace(whole, kind=within[0].kind))
            continue
        edges = [whole.start, *(edge for fact in within for edge in (fact.start, fact.end)), whole.end]
        left = [whole.text[start - whole.start : end - whole.start] for start, end in zip(edges[::2], edges[1::2], strict=True)]
        for text, start, fact in zip_longest(left, edges[::2], within):
            rest = text.strip()
            first = start + text.find(rest)
            if any(map(str.isalnum, rest)):
                yield Carried(Fact(FactKind.NAME, rest, first, first + len(rest)), first + shift, first + len(rest) + shift)
            if fact:
                yield Carried(fact, fact.start + shift, fact.end + shift)


def glosses(facts: Sequence[Fact], target: str, engine: OpenEngine) -> dict[str, str]:
    """What a reader of `target` should be told beside each fact's text: its table form, or what the engine makes of common words."""
    told = {fact.text: meaning for fact in map(guarded_part, facts) if (meaning := gloss(fact, target))}
    spoken = sorted({fact.text for fact in facts if has_a_meaning(fact)} - set(told))
    for name, rendering in zip(spoken, engine.translate(list(map(_said, spoken))), strict=True):
        if rendering.text and not rendering.unknown and rendering.text.strip().lower() != name.lower():
            told[name] = rendering.text.strip()
    return told


def _said(name: str) -> str:
    """What an engine is asked of a name or an amount: in small letters where it has none, and a number in words in digits."""
    number = BARE.match(name)
    value = number_of(number.group()) if number and " " in number.group() else None
    said = name if number is None or value is None else f"{value:,.10g}{name[number.end() :]}"
    return said.lower() if said.isupper() else said


def renderings(masked: Sequence[Masked], engine: OpenEngine) -> list[Rendering]:
    """The engine's answer to each; what holds facts and marks only needs none."""
    told = [each for each in masked if _has_words(each)]
    answers = iter(engine.translate([each.text for each in told]))
    return [next(answers) if _has_words(each) else Rendering(each.text) for each in masked]


def _has_words(masked: Masked) -> bool:
    tokens = sum(len(f"{masked.stem}{number}z") - len(str(number)) for number in range(len(masked.facts)))
    return sum(map(str.isalpha, masked.text)) > tokens


def segment_of(
    piece: Piece, masked: Masked, rendering: Rendering, meanings: Mapping[str, str], language: str, seen: frozenset[str]
) -> tuple[Segment, Sequence[Fact]]:
    """The piece translated, or stopped with the reason where the engine failed or a fact did not come back; and what else is missing."""
    if rendering.text is None:
        return _stopped(piece, masked, Statement("language.engine-died")), ()
    bare = restore(masked, rendering.text, {})
    lost = unaccounted(piece.source, bare[0], language, seen) if bare else (*masked.facts, *masked.bare)
    restored = None if lost else restore(masked, rendering.text, meanings)
    if restored is None:
        why = Statement("language.fact-lost", {"facts": ", ".join(fact.text for fact in lost)})
        return _stopped(piece, masked, why), lost if bare else ()
    unknown = tuple(word for word in rendering.unknown if not word.lower().startswith(masked.stem.lower()))
    warning = Statement("language.small-letters") if is_small(piece.source) else None
    return Segment(piece.source, restored[0], State.MACHINE, piece.start, warning, restored[1], unknown), ()


def taken(piece: Piece, pair: Remembered, find: Find) -> Segment:
    """A piece with a translation that people made; its facts are marked where they stand in it to the letter."""
    carried, position = [], 0
    for fact in find(piece.source):
        start = pair.target.find(fact.text, position)
        if start >= 0:
            position = start + len(fact.text)
            carried.append(Carried(fact, start, position))
    return Segment(piece.source, pair.target, pair.state, piece.start, None, tuple(carried))


def kept(piece: Piece) -> Segment:
    """A piece that is in the target language already."""
    return Segment(piece.source, piece.source, State.KEPT, piece.start, Statement("language.kept"))


def _stopped(piece: Piece, masked: Masked, why: Statement) -> Segment:
    facts = sorted((*masked.facts, *masked.bare), key=lambda fact: fact.start)
    return Segment(
        piece.source, piece.source, State.STOPPED, piece.start, why, tuple(Carried(fact, fact.start, fact.end) for fact in facts)
    )
