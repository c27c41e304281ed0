"""A list of names made ready for screening, and the ways in which a query can be read against it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from cathartes.network.identifiers import Identifiers
from cathartes.network.kinship import Floats, Ints, Vocabulary, vocabulary
from cathartes.network.names import Name, Part, parsed
from cathartes.network.tables import HYPOCORISMS

PERSON, OTHER = "person", "organisation"
PERSON_WORDS = frozenset({"", "person", "individual", "persona", "p", "-0-"})
WIDTH = 8
"""Words of a name that are compared, particles left out."""
MARRIED = 1.5
"""Cost in nats of reading "de" and what follows as a husband's surname."""
UNKNOWN = Identifiers()


@dataclass(frozen=True)
class Listed:
    """One name of one party on a list."""

    entity: str
    name: str
    kind: str = PERSON
    identifiers: Identifiers = UNKNOWN


@dataclass(frozen=True, eq=False)
class Index:
    """A list made ready for screening. Row `n` of every array is the listed name `n`."""

    names: tuple[Listed, ...]
    vocabulary: Vocabulary
    words: Ints
    parts: NDArray[np.int8]
    entity: Ints
    holding: csr_matrix
    spelt: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]
    worth: Floats


@dataclass(frozen=True)
class Written:
    """One way to read a query: its words without particles, all of it without spaces, and what speaks against that reading (nats)."""

    query: int
    words: tuple[str, ...]
    run: str
    cost: float = 0.0


def is_person(kind: str) -> bool:
    """Whether a list's word for a kind of party means a person; an empty word does."""
    return kind.strip().lower() in PERSON_WORDS


def index(names: Sequence[Listed]) -> Index | None:
    """The index of names of one kind; names without a letter or digit are left out. `None` where no name is left."""
    read = [(listed, parsed(listed.name, PERSON if is_person(listed.kind) else OTHER)) for listed in names]
    kept = [(listed, *_compared(name)) for listed, name in read if name.words]
    if not kept:
        return None
    bearers: dict[str, set[str]] = defaultdict(set)
    for listed, words, _ in kept:
        for word in words:
            bearers[word].add(listed.entity)
    known = vocabulary({word: len(parties) for word, parties in bearers.items()})
    places = np.full((len(kept), WIDTH), -1, np.int64)
    parts = np.zeros((len(kept), WIDTH), np.int8)
    for row, (_, words, roles) in enumerate(kept):
        places[row, : len(words)] = [known.place[word] for word in words]
        parts[row, : len(words)] = roles
    rows, columns = np.nonzero(places >= 0)
    shape = (len(known.words), len(kept))
    holding = csr_matrix((np.ones(len(rows), np.float32), (places[rows, columns], rows)), shape=shape)
    holding.data[:] = 1.0
    numbers = {entity: number for number, entity in enumerate(dict.fromkeys(listed.entity for listed, _, _ in kept))}
    entity = np.array([numbers[listed.entity] for listed, _, _ in kept], np.int64)
    names = tuple(listed for listed, _, _ in kept)
    runs = tuple("".join(name.words) for _, name in read if name.words)
    worth = -np.where(places >= 0, np.log(known.common[places]), 0.0).sum(1)
    return Index(names, known, places, parts, entity, holding, tuple(words for _, words, _ in kept), runs, worth.astype(np.float32))


def _compared(name: Name) -> tuple[tuple[str, ...], tuple[Part, ...]]:
    """Words and parts without particles; a name of particles only keeps them."""
    pairs = list(zip(name.words, name.parts, strict=True))
    kept = ([pair for pair in pairs if pair[1] is not Part.PARTICLE] or pairs)[:WIDTH]
    return tuple(word for word, _ in kept), tuple(part for _, part in kept)


def readings(queries: Sequence[str], kind: str, listed: Index) -> list[Written]:
    """Each query as written, and again with words split, joined or spelt out where that gives listed words."""
    found = []
    for number, query in enumerate(queries):
        name = parsed(query, kind)
        words = _compared(name)[0]
        run = "".join(name.words)
        others = dict.fromkeys(one for one in _other_readings(words, listed.vocabulary) if one != words)
        found += [Written(number, one, run) for one in (words, *others) if one]
        found += [Written(number, one, run, MARRIED) for one in _unmarried(name)]
    return found


def _unmarried(name: Name) -> Iterator[tuple[str, ...]]:
    """The name less a husband's surname: what stands after the last "de", where two words or more stand before it."""
    if "de" in name.words[2:-1]:
        last = len(name.words) - 1 - name.words[::-1].index("de")
        before = _compared(Name(name.words[:last], name.parts[:last]))[0]
        if len(before) > 1:
            yield before


def _other_readings(words: tuple[str, ...], known: Vocabulary) -> Iterator[tuple[str, ...]]:
    for place, word in enumerate(words):
        for names in HYPOCORISMS.get(word, ()):
            if "+" in names:
                yield (*words[:place], *names.split("+"), *words[place + 1 :])[:WIDTH]
        if word not in known.place and len(word) > 6:
            cut = _cut(word, known)
            if cut:
                yield (*words[:place], *cut, *words[place + 1 :])[:WIDTH]
        if place and words[place - 1] + word in known.place:
            yield (*words[: place - 1], words[place - 1] + word, *words[place + 1 :])


def _cut(word: str, known: Vocabulary) -> tuple[str, ...] | None:
    """Two listed words that stand in `word` without a space, particles before the second left out; the longest first word wins."""
    for place in range(len(word) - 3, 2, -1):
        first, second = word[:place], word[place:]
        if second in known.place and first in known.place:
            return first, second
    for particle in ("dela", "delos", "delas", "del", "de", "la", "al"):
        if word.startswith(particle) and word[len(particle) :] in known.place:
            return (word[len(particle) :],)
        middle = word.find(particle, 3)
        if middle > 0 and word[:middle] in known.place and word[middle + len(particle) :] in known.place:
            return word[:middle], word[middle + len(particle) :]
    return None
