"""Screening: which parties of a list could a written name be? Ranked candidates with a score each, never a match.

Names are compared in `compare`; here identifiers are weighed in, and the best parties of each query are put in order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from cathartes.errors import BadInput
from cathartes.network.compare import compare
from cathartes.network.identifiers import WEIGHT, Finding, Identifiers, cleaned, findings
from cathartes.network.index import OTHER, PERSON, UNKNOWN, Index, Listed, Written, index, is_person, readings
from cathartes.network.kinship import Floats, Ints, Kinship


@dataclass(frozen=True)
class Query:
    """A written name that somebody asks about. Without a kind it is read as a person's and as an organisation's."""

    id: str
    name: str
    kind: str = ""
    identifiers: Identifiers = UNKNOWN


@dataclass(frozen=True)
class Hit:
    """A party that a query could be: a question for a person, never an answer.

    `score`, 0 to 1, grows with `evidence` (nats); what a score is worth is its false-positive rate (`rates.false_positives`).
    `is_person` says whether the listed party is one; `words` holds each pair of words that go together; `added` the query's other words,
    `left` the listed name's.
    """

    query: str
    entity: str
    name: str
    rank: int
    score: float
    evidence: float
    is_person: bool
    words: tuple[tuple[Kinship, str, str], ...]
    added: tuple[str, ...]
    left: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class Screen:
    """A list ready to be asked: persons apart from everything else, and parties by their numbers."""

    persons: Index | None
    others: Index | None
    numbered: Mapping[str, Sequence[Listed]]


def prepare(names: Sequence[Listed]) -> Screen:
    """A list made ready for any number of queries. Raises `BadInput` for a list without a single name."""
    numbered: dict[str, list[Listed]] = defaultdict(list)
    for listed in names:
        for number in (cleaned(listed.identifiers.curp), cleaned(listed.identifiers.rfc)):
            if number:
                numbered[number].append(listed)
    persons, others = ([one for one in names if is_person(one.kind) is wanted] for wanted in (True, False))
    ready = Screen(index(persons), index(others), numbered)
    if ready.persons is None and ready.others is None:
        raise BadInput("the list holds no name with a letter or a digit; expected one name per row")
    return ready


BEST = 10
"""Hits per query."""
BATCH = 4000
MIDDLE, SLOPE = 7.5, 2.5
"""Evidence (nats) that scores one half, and how much more raises the odds of the score by e."""


def screen(queries: Sequence[Query], ready: Screen, best: int = BEST) -> Iterator[Hit]:
    """The `best` parties of the list for each query, in the order of the queries, most likely first."""
    for first in range(0, len(queries), BATCH):
        batch = queries[first : first + BATCH]
        found: list[list[Candidate]] = [[] for _ in batch]
        spare = SPARE if any(query.identifiers != UNKNOWN for query in batch) else 0
        for listed, wanted in ((ready.persons, True), (ready.others, False)):
            asked = [number for number, query in enumerate(batch) if query.kind == "" or is_person(query.kind) is wanted]
            if listed is None or not asked:
                continue
            for candidate in _named([batch[number].name for number in asked], PERSON if wanted else OTHER, listed, best + spare):
                found[asked[candidate.query]].append(candidate)
        for query, candidates in zip(batch, found, strict=True):
            yield from _ranked(query, candidates, ready, best)


SPARE = 10
"""Candidates beside the best that an identifier may still lift."""


@dataclass(frozen=True)
class Candidate:
    """A listed party with the name of it that agrees best; `words`, `added` and `left` as in `Hit`."""

    query: int
    listed: Listed
    evidence: float
    words: tuple[tuple[Kinship, str, str], ...] = ()
    added: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def _named(queries: Sequence[str], kind: str, listed: Index, best: int) -> Iterator[Candidate]:
    """For each query, the parties whose names agree best, by the words alone."""
    written = readings(queries, kind, listed)
    compared = list(compare(written, listed)) if written else []
    if not sum(len(part.name) for part in compared):
        return
    reading = np.concatenate([part.written for part in compared])
    name = np.concatenate([part.name for part in compared])
    score = np.concatenate([part.score for part in compared])
    partner = np.concatenate([part.partner for part in compared])
    kinship = np.concatenate([part.kinship for part in compared])
    query = np.array([one.query for one in written])[reading]
    for row in _best_rows(query, listed.entity[name], score, best):
        yield _candidate(written[reading[row]], listed, int(name[row]), float(score[row]), partner[row], kinship[row])


def _best_rows(query: Ints, entity: Ints, score: Floats, best: int) -> Ints:
    """Rows with each query's best parties, each party once by its best name; ties in the order of the list."""
    order = np.lexsort((entity, -score, query))
    pair = query[order] * (int(entity.max()) + 1) + entity[order]
    order = order[np.sort(np.unique(pair, return_index=True)[1])]
    starts = np.flatnonzero(np.diff(query[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    chosen: Ints = order[rank < best]
    return chosen


def _candidate(
    written: Written, listed: Index, name: int, score: float, partner: NDArray[np.int8], kinship: NDArray[np.uint8]
) -> Candidate:
    """The candidate with its words spelt out; words of names that agree only without spaces are one pair."""
    theirs = listed.spelt[name]
    pairs = partner[: len(written.words)].tolist()
    if max(pairs) < 0:
        together = ((Kinship.RUN, " ".join(written.words), " ".join(theirs)),)
        return Candidate(written.query, listed.names[name], score, together)
    kinds = kinship.tolist()
    words = tuple([(KINSHIPS[kinds[row]], written.words[row], theirs[place]) for row, place in enumerate(pairs) if place >= 0])
    added = tuple([written.words[row] for row, place in enumerate(pairs) if place < 0])
    left = tuple([word for place, word in enumerate(theirs) if place not in pairs])
    return Candidate(written.query, listed.names[name], score, words, added, left)


KINSHIPS = tuple(Kinship)


def _ranked(query: Query, candidates: Iterable[Candidate], ready: Screen, best: int) -> Iterator[Hit]:
    """The candidates, and the parties that bear the query's own numbers, with what identifiers add; most evidence first."""
    everyone: dict[str, Candidate] = {}
    for candidate in candidates:
        held = everyone.get(candidate.listed.entity)
        if held is None or held.evidence < candidate.evidence:
            everyone[candidate.listed.entity] = candidate
    for number in {cleaned(query.identifiers.curp), cleaned(query.identifiers.rfc)} - {""}:
        for listed in ready.numbered.get(number, ()):
            everyone.setdefault(listed.entity, Candidate(0, listed, 0.0))
    judged = []
    for candidate in everyone.values():
        found = findings(query.identifiers, candidate.listed.identifiers) if query.identifiers != UNKNOWN else ()
        judged.append((candidate.evidence + sum(WEIGHT[finding] for finding in found), found, candidate))
    judged.sort(key=lambda one: -one[0])
    for rank, (evidence, found, candidate) in enumerate(judged[:best], 1):
        listed = candidate.listed
        yield Hit(
            query.id, listed.entity, listed.name, rank, score_of(evidence), evidence, is_person(listed.kind),
            candidate.words, candidate.added, candidate.left, found,
        )  # fmt: skip


def score_of(evidence: float) -> float:
    """Evidence in nats as a score from 0 to 1."""
    return 1.0 / (1.0 + exp(min((MIDDLE - evidence) / SLOPE, 700.0)))
