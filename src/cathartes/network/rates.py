"""How often a list's own words, dealt anew, would be a hit: what a threshold is worth on this list.

People on no list are made from the list itself: one person's given names, another's first surname, a third's last. They share more
with the list than most people do, so the rate for them is higher than for people at large.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from cathartes.errors import BadInput
from cathartes.network.index import PERSON, Index
from cathartes.network.names import Part
from cathartes.network.screen import Query, Screen, screen

STRANGERS = 2000
FEWEST = 50
"""Persons a list needs before strangers can be made from it."""
LEVEL = 0.95


@dataclass(frozen=True)
class FalsePositives:
    """Of `asked` strangers, `hits` scored at least `threshold`; the rate lies between `low` and `high` (95 %, Clopper and Pearson)."""

    threshold: float
    hits: int
    asked: int
    low: float
    high: float


def false_positives(ready: Screen, threshold: float, seed: int = 1) -> FalsePositives:
    """The rate at `threshold`, on `STRANGERS` people made from the list. Raises `BadInput` for a list with too few persons."""
    if ready.persons is None:
        raise BadInput("the list holds no person; a false-positive rate is known for names of persons only, so leave --threshold out")
    made = strangers(ready.persons, STRANGERS, seed)
    queries = [Query(str(number), name, PERSON) for number, name in enumerate(made)]
    hits = sum(hit.score >= threshold for hit in screen(queries, ready, 1))
    low = betaincinv(hits, len(made) - hits + 1, (1 - LEVEL) / 2) if hits else 0.0
    high = betaincinv(hits + 1, len(made) - hits, (1 + LEVEL) / 2) if hits < len(made) else 1.0
    return FalsePositives(threshold, hits, len(made), float(low), float(high))


def strangers(persons: Index, number: int, seed: int) -> list[str]:
    """Names of people who are on no list; none has only words of one listed name."""
    given, surnames = _by_part(persons, Part.GIVEN), _by_part(persons, Part.SURNAME)
    if min(len(given), len(surnames)) < FEWEST:
        raise BadInput(f"the list holds {len(persons.names)} names of persons; a false-positive rate needs at least {FEWEST} with surnames")
    dice = np.random.default_rng(seed)
    holding = _by_word(persons)
    made: list[str] = []
    for _ in range(20 * number):
        one, first, last = dice.integers(len(given)), dice.integers(len(surnames)), dice.integers(len(surnames))
        words = (*given[one], surnames[first][0], surnames[last][-1])
        if not any(set(words) <= held for held in holding[min(words, key=lambda word: len(holding[word]))]):
            made.append(" ".join(words))
        if len(made) == number:
            break
    if not made:
        raise BadInput("no stranger can be made from this list: every mixture of its names is on it; leave --threshold out")
    return made


def _by_part(persons: Index, part: Part) -> list[tuple[str, ...]]:
    """The words with this part of each name that has any, by name."""
    words = persons.vocabulary.words
    found = []
    for row, parts in zip(persons.words, persons.parts, strict=True):
        chosen = tuple(words[place] for place, one in zip(row, parts, strict=True) if place >= 0 and one == part)
        if chosen:
            found.append(chosen)
    return found


def _by_word(persons: Index) -> dict[str, list[frozenset[str]]]:
    words: Sequence[str] = persons.vocabulary.words
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    for row in persons.words:
        held = frozenset(words[place] for place in row if place >= 0)
        for word in held:
            found[word].append(held)
    return found
