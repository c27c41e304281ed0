"""What a written word tells about a listed one: how much likelier it is from a bearer of that word than from anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist
from scipy.sparse import csr_matrix

from cathartes.network.kinship import LOG_LIKELIHOOD, Floats, Ints, Kinship, Vocabulary, kin

PER_EDIT = -4.2
"""What each further letter dropped, added, replaced or swapped costs: a rate of one in ten over some seven likely slips."""
LETTER = -2.1
"""Mean log probability of one more letter in a name that is on no table (2.1 nats: about eight letters are likely after any)."""
UNLISTED = 0.05
"""Share of words in names of other people that are neither on the list nor in the frequency table."""
A_LETTER = 2.3
"""The most that a listed initial can tell: one name in ten begins with a given letter."""
LONGEST_WORD = 60
BLOCK = 16_000_000
"""Pairs of words compared at a time."""


@dataclass(frozen=True, eq=False)
class Telling:
    """Query words (rows) against listed words (columns), stored where there is a kinship.

    `gains` holds log P(word | bearer of the listed word) - log P(word | anybody), in nats: by how much the word raises the odds that
    its bearer is the listed one rather than somebody else with a common name. `kinds` holds the kinship.
    """

    gains: csr_matrix
    kinds: csr_matrix


def likelihoods(words: Sequence[str], known: Vocabulary) -> Telling:
    """What every query word tells about every listed word."""
    step = max(1, BLOCK // len(known.words))
    rows, places, logs, kinds = [], [], [], []
    for first in range(0, len(words), step):
        near = _typos(words[first : first + step], known)
        rows.append(near[0] + first)
        places.append(near[1])
        logs.append(near[2])
        kinds.append(np.full(len(near[0]), Kinship.TYPO, np.uint8))
    for row, word in enumerate(words):
        found = kin(word, known)
        rows.append(np.full(len(found), row))
        places.append(np.fromiter(found, np.int64, len(found)))
        logs.append(np.array([value for value, _ in found.values()], np.float32))
        kinds.append(np.array([kinship for _, kinship in found.values()], np.uint8))
    return _against_anybody(words, known, np.concatenate(rows), np.concatenate(places), np.concatenate(logs), np.concatenate(kinds))


def _typos(words: Sequence[str], known: Vocabulary) -> tuple[Ints, Ints, Floats]:
    """Words a few letters apart, one in three of the listed word's and three at most (optimal string alignment distance).

    A question mark stands for a lost letter and costs less. Returns rows, places and log likelihoods.
    """
    distance = cdist(words, known.words, scorer=OSA.distance, score_cutoff=3, dtype=np.uint8)
    near = np.flatnonzero(distance <= 3)
    rows, places = near // len(known.words), near % len(known.words)
    steps = distance.ravel()[near].astype(np.int64)
    written, lost = np.array([len(word) for word in words]), np.array([word.count("?") for word in words])
    long_enough = (known.lengths[places] > 3) & (written[rows] > 2)
    good = (steps > 0) & (steps <= known.lengths[places] // 3) & long_enough
    rows, places, steps = rows[good], places[good], steps[good]
    logs = LOG_LIKELIHOOD[Kinship.TYPO] + PER_EDIT * (steps - 0.7 * np.minimum(lost[rows], steps))
    return rows, places, logs.astype(np.float32)


def _against_anybody(words: Sequence[str], known: Vocabulary, rows: Ints, places: Ints, logs: Floats, kinds: NDArray[np.uint8]) -> Telling:
    """Likelihood over the chance that anybody's name would show the word: through the words we know, or one we do not."""
    order = np.lexsort((-logs, rows * len(known.words) + places))
    key = (rows * len(known.words) + places)[order]
    best = order[np.concatenate(([True], key[1:] != key[:-1]))] if len(order) else order
    rows, places, logs, kinds = rows[best], places[best], logs[best], kinds[best]
    anybody = np.array([UNLISTED * exp(LETTER * min(len(word), LONGEST_WORD)) for word in words])
    anybody += np.bincount(rows, np.exp(logs) * known.common[places], len(words))
    gains = logs - np.log(anybody)[rows].astype(np.float32)
    gains = np.where(known.lengths[places] == 1, np.minimum(gains, A_LETTER), gains)
    shape = (len(words), len(known.words))
    return Telling(csr_matrix((gains, (rows, places)), shape=shape), csr_matrix((kinds, (rows, places)), shape=shape))
