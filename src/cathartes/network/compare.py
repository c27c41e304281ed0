"""Queries against listed names, word by word: which words go together, and what that is worth.

The worth is evidence in nats: the sum, over words that go together, of what each tells (`telling`), less what words left over on
either side, and an unusual order, speak against it. The costs are orders of magnitude, set on invented queries whose names and seed
are not those of the benchmark. See docs/explanation/screening.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist
from scipy.sparse import csr_matrix

from cathartes.network.index import WIDTH, Index, Written
from cathartes.network.kinship import Floats, Ints, Kinship
from cathartes.network.names import Part
from cathartes.network.tables import GENERIC, LEGAL_FORMS
from cathartes.network.telling import Telling, likelihoods

FORMS = frozenset(LEGAL_FORMS.values())
CANDIDATES = 48
"""Listed names per query that are compared word by word."""
CELLS = 12_000_000
"""Size of the largest table held at a time (words x vocabulary or queries x names)."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Queries against listed names, pair by pair: `partner[p, i]` is the listed word that goes with the query's word `i`, or -1."""

    written: Ints
    name: Ints
    score: Floats
    partner: NDArray[np.int8]
    kinship: NDArray[np.uint8]


def compare(written: Sequence[Written], listed: Index) -> Iterator[Comparison]:
    """The best candidates of every reading, compared word by word; a block of queries at a time."""
    words = sorted({word for one in written for word in one.words})
    row = {word: number for number, word in enumerate(words)}
    asked = np.full((len(written), WIDTH), -1, np.int64)
    for number, one in enumerate(written):
        asked[number, : len(one.words)] = [row[word] for word in one.words]
    telling = likelihoods(words, listed.vocabulary)
    asked_words = np.array([len(word) for word in words]), np.array([word in GENERIC or word in FORMS for word in words])
    block = max(1, min(CELLS // (WIDTH * len(listed.vocabulary.words)), CELLS // max(1, len(listed.names))))
    for first in range(0, len(written), block):
        yield _block(first, asked[first : first + block], written, telling, *asked_words, listed)


def _block(
    first: int, asked: Ints, written: Sequence[Written], telling: Telling, lengths: Ints, generic: NDArray[np.bool_], listed: Index
) -> Comparison:
    used, places = np.unique(asked, return_inverse=True)
    used, asked = used[used >= 0], places.reshape(asked.shape) - int(used[0] < 0)
    gains, kinds = telling.gains[used], telling.kinds[used]
    rows, names = _candidates(asked, gains, listed)
    left, right = asked[rows], listed.words[names]
    worth = gains.toarray()[left[:, :, None], right[:, None, :]]
    worth[(left < 0)[:, :, None] | (right < 0)[:, None, :]] = 0.0
    partner, total = paired(worth)
    readings = written[first : first + len(asked)]
    costs = np.array([reading.cost for reading in readings], np.float32)[rows]
    cost, most = _left_over(partner, left, names, listed, lengths[used], generic[used])
    score = -np.logaddexp(-(total - cost - _disorder(partner) - costs), -most).astype(np.float32)
    run_together = _run_together([reading.run for reading in readings], rows, names, listed)
    partner[run_together > score] = -1
    score = np.maximum(score, run_together)
    found = (partner >= 0).any(1) | np.isfinite(run_together)
    theirs = np.take_along_axis(right, np.maximum(partner, 0).astype(np.int64), 1)
    kinship = np.where(partner >= 0, kinds.toarray()[left, theirs], Kinship.NONE)
    return Comparison(rows[found] + first, names[found], score[found], partner[found], kinship[found])


def _candidates(asked: Ints, gains: csr_matrix, listed: Index) -> tuple[Ints, Ints]:
    """Rows of `asked` and listed names that share the most telling words."""
    present = asked >= 0
    chosen = csr_matrix(
        (np.ones(int(present.sum()), np.float32), (np.nonzero(present)[0], asked[present])), shape=(len(asked), gains.shape[0])
    )
    promise = (chosen @ gains.maximum(0)) @ listed.holding
    promise = promise.toarray() - 0.5 * (listed.words >= 0).sum(1, dtype=np.float32)
    best = min(CANDIDATES, promise.shape[1])
    names = np.argpartition(-promise, best - 1, axis=1)[:, :best]
    return np.repeat(np.arange(len(asked)), best), names.ravel()


def paired(worth: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Pairs query words (second axis) with listed words (third axis), the most telling pair first; returns partners and total worth."""
    left = worth.copy()
    count, wide, deep = worth.shape
    partner = np.full((count, wide), -1, np.int8)
    total = np.zeros(count, np.float32)
    each = np.arange(count)
    for _ in range(min(wide, deep)):
        best = left.reshape(count, -1).argmax(1)
        row, column = best // deep, best % deep
        value = left[each, row, column]
        good = value > 0
        if not good.any():
            break
        partner[each[good], row[good]] = column[good]
        total += np.where(good, value, 0.0)
        left[each, row, :] = 0.0
        left[each, :, column] = 0.0
    return partner, total


RUN, RUN_EDIT, LONGEST_RUN_EDIT = 3.0, 4.2, 6
"""Cost of names that agree only without their spaces, and of each letter by which they then differ."""


def _run_together(runs: Sequence[str], rows: Ints, names: Ints, listed: Index) -> Floats:
    """The score of the two names without spaces: words joined or cut in the wrong place. -inf where one letter in five or more differs."""
    left, right = [runs[row] for row in rows], [listed.run[name] for name in names]
    steps = cpdist(left, right, scorer=OSA.distance, score_cutoff=LONGEST_RUN_EDIT, dtype=np.int32)
    lengths = np.array([len(run) for run in right])
    return np.where((5 * steps < lengths) & (steps <= LONGEST_RUN_EDIT), listed.worth[names] - RUN - RUN_EDIT * steps, -np.inf).astype(
        np.float32
    )


ADDED, ADDED_LETTER, REPLACED = 3.5, 1.0, 5.0
"""Cost in nats of a query's word the listed name lacks, of a lone letter, and of each one that stands against a listed word left over."""
LEFT_GIVEN, NO_GIVEN = 0.6, 3.0
LEFT_SURNAME, FIRST_SURNAME, NO_SURNAME = 0.6, 2.0, 6.0
RELATIVE, RELATIVE_MORE, TELLING = 6.5, 2.0, 7.5
"""The most that a name is worth in which one word stands against another, less for each further; and what makes a word distinctive."""
LEFT_WORD = 0.35
"""Cost of a distinctive word of an organisation left over, as a share of what the word tells."""


def _left_over(
    partner: NDArray[np.int8], left: Ints, names: Ints, listed: Index, lengths: Ints, generic: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """The cost of words that go with nothing, on either side, and the most that the rest can then be worth.

    Brothers, subsidiaries and sister ships share all words but one. So where a word stands against another, the evidence has a
    ceiling however long the names are: that the one in so many strangers is a relative.
    """
    each = np.arange(len(partner))
    taken = np.zeros((len(partner), WIDTH + 1), bool)
    for column in range(partner.shape[1]):
        taken[each, partner[:, column]] = True  # the spare last column takes the -1
    parts, words = listed.parts[names], listed.words[names]
    lost = (words >= 0) & ~taken[:, :WIDTH]
    added = (left >= 0) & (partner < 0)
    letters = added & (lengths[left] == 1)
    plain = added & generic[left]
    strong = added.sum(1) - (letters | plain).sum(1)
    given, surname = parts == Part.GIVEN, parts == Part.SURNAME
    no_given = given.any(1) & ~(given & ~lost).any(1)
    no_surname = surname.any(1) & ~(surname & ~lost).any(1)
    first = np.take_along_axis(lost, surname.argmax(1)[:, None], 1)[:, 0] & surname.any(1)
    other = (parts == Part.UNKNOWN) & lost
    telling = np.where(other, -np.log(listed.vocabulary.common[words]), 0.0)
    against = np.minimum(strong, (lost & (parts != Part.FORM)).sum(1))
    is_person = (given | surname).any(1)
    cost = (
        ADDED * strong + ADDED_LETTER * (letters | plain).sum(1) + REPLACED * against
        + LEFT_GIVEN * (given & lost).sum(1) + NO_GIVEN * no_given
        + LEFT_SURNAME * (surname & lost).sum(1) + np.where(no_surname, NO_SURNAME, FIRST_SURNAME * first)
        + LEFT_WORD * telling.sum(1) + LEFT_GIVEN * ((parts == Part.FORM) & lost).sum(1)
    )  # fmt: skip
    apart = np.where(is_person, against, np.maximum(strong, (telling > TELLING).sum(1)))
    most = np.where(apart > 0, RELATIVE - RELATIVE_MORE * (apart - 1), np.inf)
    return cost.astype(np.float32), most.astype(np.float32)


TURN, JUMBLE = 0.5, 1.5
"""Cost of one turn of the order (surnames first), and of each further one."""


def _disorder(partner: NDArray[np.int8]) -> Floats:
    """The cost of an order other than the list's."""
    last = np.full(len(partner), -1, np.int64)
    turns = np.zeros(len(partner), np.int64)
    for column in range(partner.shape[1]):
        here = partner[:, column].astype(np.int64)
        turns += (here >= 0) & (here < last)
        last = np.where(here >= 0, here, last)
    return (TURN * (turns > 0) + JUMBLE * np.maximum(turns - 1, 0)).astype(np.float32)
