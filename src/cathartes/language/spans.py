"""Stretches of a text that must not overlap."""

from collections.abc import Iterable

from cathartes.model import Fact


def without_overlaps(facts: Iterable[Fact], length: int) -> tuple[Fact, ...]:
    """Facts of a text of `length` characters, in order of place; of two that overlap, the one that was given first stays."""
    taken, kept = bytearray(length), []
    for fact in facts:
        if not any(taken[fact.start : fact.end]):
            taken[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
            kept.append(fact)
    return tuple(sorted(kept, key=lambda fact: fact.start))
