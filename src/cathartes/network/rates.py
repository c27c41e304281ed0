"""How often a list's own words, dealt anew, would be a hit: what a threshold is worth on this list.

People on no list are made from the list itself: one person's given names, another's first surname, a third's last. They share more
with the list than most people do, so the rate for them is higher than for people at large.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cathartes.errors import BadInput
from cathartes.network.index import PERSON, Index
from cathartes.network.names import Part
from cathartes.network.screen import Query, Screen, screen

STRANGERS = 2000
"""People made to judge a threshold."""
STRANGERS_BESIDE = 300
"""People made to put a rate beside each hit, where no threshold is asked for."""
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


@dataclass(frozen=True)
class Background:
    """The best score of each of many strangers on one list, ascending."""

    scores: tuple[float, ...]

    def at_least(self, score: float) -> int:
        """How many strangers have a hit of this score or more."""
        return len(self.scores) - bisect_left(self.scores, score)


def background(ready: Screen, number: int, seed: int = 1) -> Background:
    """What `number` people made from the list score on it. Raises `BadInput` for a list with too few persons."""
    if ready.persons is None:
        raise BadInput("the list holds no person; a false-positive rate is known for names of persons only, so leave --threshold out")
    queries = [Query(str(number), name, PERSON) for number, name in enumerate(strangers(ready.persons, number, seed))]
    best = {query.id: 0.0 for query in queries} | {hit.query: hit.score for hit in screen(queries, ready, 1)}
    return Background(tuple(sorted(best.values())))


def false_positives(strange: Background, threshold: float) -> FalsePositives:
    """The rate at `threshold`."""
    from scipy.special import betaincinv  # slow to import, and most screenings ask for no threshold

    hits, asked = strange.at_least(threshold), len(strange.scores)
    low = betaincinv(hits, asked - hits + 1, (1 - LEVEL) / 2) if hits else 0.0
    high = betaincinv(hits + 1, asked - hits, (1 + LEVEL) / 2) if hits < asked else 1.0
    return FalsePositives(threshold, hits, asked, float(low), float(high))


def strangers(persons: Index, number: int, seed: int) -> list[str]:
    """Names of people who are on no list; none has only words of one listed name."""
    given, surnames = (np.flatnonzero((persons.parts == part).any(axis=1)) for part in (Part.GIVEN, Part.SURNAME))
    if min(len(given), len(surnames)) < FEWEST:
        raise BadInput(f"the list holds {len(persons.names)} names of persons; a false-positive rate needs at least {FEWEST} with surnames")
    dice = np.random.default_rng(seed)
    made: list[str] = []
    for _ in range(20 * number):
        one, first, last = given[dice.integers(len(given))], *surnames[dice.integers(len(surnames), size=2)]
        words = [*_words(persons, one, Part.GIVEN), _words(persons, first, Part.SURNAME)[0], _words(persons, last, Part.SURNAME)[-1]]
        if not _is_listed(words, persons):
            made.append(" ".join(persons.vocabulary.words[word] for word in words))
        if len(made) == number:
            break
    if not made:
        raise BadInput("no stranger can be made from this list: every mixture of its names is on it; leave --threshold out")
    return made


def _words(persons: Index, name: int, part: Part) -> list[int]:
    """The words with this part of a listed name."""
    chosen: list[int] = persons.words[name][persons.parts[name] == part].tolist()
    return chosen


def _is_listed(words: Sequence[int], persons: Index) -> bool:
    """Whether some listed name has all these words; only the names that hold the rarest are looked at."""
    begins = persons.holding.indptr
    rarest = min(words, key=lambda word: begins[word + 1] - begins[word])
    rows = persons.holding.indices[begins[rarest] : begins[rarest + 1]]
    return any(set(words) <= set(row) for row in persons.words[rows].tolist())
