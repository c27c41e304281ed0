"""What a written word has to do with a word of a list: the same, spelt as it sounds, a short form, an initial, misread, mistyped …

Each kinship has a likelihood: how often somebody who bears the listed word has it written this way. The likelihoods are orders of
magnitude set on invented misspellings (benchmarks/screening.py), not observed frequencies. What they tell is in `telling`.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cathartes.network.tables import ABBREVIATIONS, FREQUENCIES, GENERIC, HYPOCORISMS

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]


class Kinship(IntEnum):
    """How a query's word relates to a listed word, the closest first."""

    NONE = 0
    SAME = 1
    SOUND = 2
    SHORT = 3
    ABBREVIATED = 4
    INITIAL = 5
    SHAPE = 6
    SPELLING = 7
    CUT = 8
    TYPO = 9
    CONSONANTS = 10
    RUN = 11


LOG_LIKELIHOOD: Mapping[Kinship, float] = {
    Kinship.SAME: -0.2,
    Kinship.SOUND: -3.0,
    Kinship.SHORT: -3.0,
    Kinship.ABBREVIATED: -3.0,
    Kinship.INITIAL: -3.2,
    Kinship.SHAPE: -4.5,
    Kinship.SPELLING: -4.5,
    Kinship.CUT: -5.0,
    Kinship.TYPO: -3.5,
    Kinship.CONSONANTS: -6.5,
}
PRIOR_WORDS = 20_000.0
"""How many words the frequency table counts for beside the list's own."""
GIVEN_NAMES = frozenset(word for names in HYPOCORISMS.values() for name in names for word in name.split("+"))


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words of a list and of the frequency table, how common each is, and where to look for its kin.

    `common[v]` is the share of words, over all people, that are word `v`.
    """

    words: tuple[str, ...]
    common: Floats
    place: Mapping[str, int]
    by_sound: Mapping[str, Sequence[int]]
    by_spelling: Mapping[str, Sequence[int]]
    by_consonants: Mapping[str, Sequence[int]]
    by_shape: Mapping[str, Sequence[int]]
    by_letter: Mapping[str, Sequence[int]]
    by_middle: Mapping[str, Sequence[int]]

    @cached_property
    def lengths(self) -> Ints:
        """Letters of each word."""
        return np.array([len(word) for word in self.words])


def vocabulary(counts: Mapping[str, int]) -> Vocabulary:
    """The vocabulary of a list in which each word occurs in `counts[word]` parties' names."""
    words = tuple(sorted({*counts, *FREQUENCIES, *GIVEN_NAMES}))
    total = sum(counts.values()) + PRIOR_WORDS
    common = [(counts.get(word, 0) + PRIOR_WORDS * FREQUENCIES.get(word, 2e-3 if word in GENERIC else 0.0) + 0.5) / total for word in words]
    tables: tuple[dict[str, list[int]], ...] = tuple(defaultdict(list) for _ in range(6))
    for place, word in enumerate(words):
        for table, key in zip(tables, (sound(word), spelling(word), consonants(word), shape(word), word[0]), strict=False):
            table[key].append(place)
        if word in GIVEN_NAMES:
            for start in range(1, len(word) - 2):
                tables[-1][word[start : start + 3]].append(place)
    return Vocabulary(words, np.array(common, np.float32), {word: place for place, word in enumerate(words)}, *tables)


# Each pattern's groups are named for what they become; a name that begins with an underscore is dropped.
SOUNDS = re.compile(
    "(?P<ch>ch)|(?P<f>ph)|(?P<k>qu(?=[ei])|c(?![ei])|q)|(?P<s>c|tz$|z)|(?P<j>g(?=[ei])|x)|(?P<g>gu(?=[ei]))|(?P<w>[gh]?[uw](?=[aei]))|"
    "(?P<b>v)|(?P<i>ll|y)|(?P<_>h)|(?P<m>n(?=[bp]))"
)
SPELLINGS = re.compile(
    "(?P<c>tsch|sch|tch|sh|ch)|(?P<k>kh|gh|ck|q|c(?=[kaou]))|(?P<j>dzh|dj|zh)|(?P<t>th)|(?P<d>dh)|(?P<f>ph)|(?P<v>w)|(?P<o>ou|oo|u)|"
    "(?P<i>ee|iy|yi|ij|ii|ey|ei|ai|ay|y|e)|(?P<x>ks)|(?P<z>tz|ts)|(?P<_>h)"
)
SHAPES = re.compile("(?P<nn>rn|ri|m|in)|(?P<d>cl|ol)|(?P<w>vv)|(?P<u>ii|v)|(?P<l>[1it])|(?P<o>[ce])|(?P<h>b)|(?P<g>q)")
DOUBLED = re.compile(r"(.)\1+")


def _reduced(word: str, pattern: re.Pattern[str]) -> str:
    plain = pattern.sub(lambda found: (found.lastgroup or "").strip("_"), word)
    return DOUBLED.sub(r"\1", plain)


@lru_cache(maxsize=1 << 18)
def sound(word: str) -> str:
    """How the word sounds in American Spanish: b and v, s and z and soft c, ll and y, j and x and soft g are one; h is silent."""
    return _reduced(word, SOUNDS)


@lru_cache(maxsize=1 << 18)
def spelling(word: str) -> str:
    """The word less the choices of whoever wrote it in Latin letters: Mohammed and Muhamad, Hussein and Husayn."""
    return _reduced(word, SPELLINGS).rstrip("i")


@lru_cache(maxsize=1 << 18)
def consonants(word: str) -> str:
    """The consonants alone: scripts that write no vowels, and writers who drop them. Short ones say nothing and differ by length."""
    kept = re.sub("[aeiouy]", "", spelling(word))
    return kept if len(kept) > 2 else f"={word}"


@lru_cache(maxsize=1 << 18)
def shape(word: str) -> str:
    """The word as a poor scan shows it: rn and m, cl and d, i and l are one."""
    return _reduced(word, SHAPES)


def _reverse(table: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for short, names in table.items():
        for name in names:
            found[name].append(short)
    return found


SHORT_FORMS_OF = _reverse(HYPOCORISMS)
ABBREVIATIONS_OF = _reverse(ABBREVIATIONS)
DIMINUTIVE = re.compile(r"(?:ec|c)?(?:it|ill|ic|in)([oa]?)s?$")


@lru_cache(maxsize=1 << 18)
def full_names(short: str) -> tuple[str, ...]:
    """The given names a short form or a diminutive may stand for, from the table and from the rule of -ito, -illo, -ico, -ín."""
    stem = DIMINUTIVE.sub("", short)
    bases = (short,) if stem == short or len(stem) < 3 else (short, stem, f"{stem}o", f"{stem}a", f"{stem}os", f"{stem}e")
    if stem.endswith("qu"):
        bases = (*bases, f"{stem[:-2]}co", f"{stem[:-2]}ca")
    named = {name for base in bases for name in HYPOCORISMS.get(base, ())}
    return tuple(sorted(named | set(bases[1:])))


def kin(word: str, vocabulary: Vocabulary) -> dict[int, tuple[float, Kinship]]:
    """Every listed word that `word` may stand for by table, sound, spelling or shape, with its log likelihood. Typos: see `likelihoods`."""
    found: dict[int, tuple[float, Kinship]] = {}

    def note(places: Iterable[int], kinship: Kinship, more: float = 0.0) -> None:
        value = LOG_LIKELIHOOD[kinship] + more
        for place in places:
            if place not in found or found[place][0] < value:
                found[place] = (value, kinship)

    def known(words: Iterable[str]) -> list[int]:
        return [vocabulary.place[one] for one in words if one in vocabulary.place]

    note(known([word]), Kinship.SAME)
    if len(word) == 1:
        note(vocabulary.by_letter.get(word, ()), Kinship.INITIAL)
        return found
    note(known([word[0]]), Kinship.INITIAL)
    note(known(full_names(word)), Kinship.SHORT)
    note(known(SHORT_FORMS_OF.get(word, ())), Kinship.SHORT)
    note(known(ABBREVIATIONS.get(word, ())), Kinship.ABBREVIATED)
    note(known(ABBREVIATIONS_OF.get(word, ())), Kinship.ABBREVIATED)
    note(vocabulary.by_sound.get(sound(word), ()), Kinship.SOUND)
    note(vocabulary.by_shape.get(shape(word), ()), Kinship.SHAPE)
    note(vocabulary.by_spelling.get(spelling(word), ()), Kinship.SPELLING)
    note(vocabulary.by_consonants.get(consonants(word), ()), Kinship.CONSONANTS)
    if len(word) in range(3, 7) and len(re.sub("[aeiou]", "", word)) > 0.7 * len(word):
        letters = re.compile(".*".join(word.replace("?", ".")) + "$")
        places = [place for place in vocabulary.by_letter.get(word[0], ()) if letters.match(vocabulary.words[place])]
        note(places, Kinship.ABBREVIATED, -1.5)
    if len(word) in range(4, 7):
        note(vocabulary.by_middle.get(word[:3], ()), Kinship.CUT, -2.0)
    if len(word) > 2:
        note(range(bisect_left(vocabulary.words, word), bisect_left(vocabulary.words, word + "~")), Kinship.CUT)
    return found
