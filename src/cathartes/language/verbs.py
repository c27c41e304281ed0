"""Forms of Spanish verbs, built from their infinitives by the regular endings.

They tell a verb at the start of a sentence ("Mide 20 m2") from a name. Forms that no Spaniard would write are built too; they harm
nothing, since they are only asked whether a word that stands there may be a verb.
"""

from collections.abc import Iterator

_AR = "o as a amos an é aste ó aron aba ábamos aban e es emos en ara aran ase ando ado ada ados adas"
_ER_IR = "o es e emos imos en í iste ió ieron ía íamos ían a as amos an iera ieran iendo ido ida idos idas yó yeron yendo ya yan"
_OF_INFINITIVE = "é á emos án ía íamos ían"
_ONE_AR = "a ó aba e ara ase"
_ONE_ER_IR = "e ió ía a iera yó ya"
_PRONOUNS = "me se nos lo la los las le les"


def forms(entry: str) -> Iterator[str]:
    """Forms of one entry of the verb list: an infinitive, and after ">" its stem in the present where that is another."""
    infinitive, _, other = entry.partition(">")
    stem, endings = infinitive[:-2], _AR if infinitive.endswith("ar") else _ER_IR
    yield infinitive
    yield from (infinitive + pronoun for pronoun in _PRONOUNS.split())
    yield from (infinitive + ending for ending in _OF_INFINITIVE.split())
    for each in filter(None, (stem, other, _before_e(infinitive))):
        yield from (each + ending for ending in endings.split())


def singular(entry: str) -> Iterator[str]:
    """Forms of one entry that one person or thing is the subject of, in the third person."""
    infinitive, _, other = entry.partition(">")
    for stem in filter(None, (infinitive[:-2], other, _before_e(infinitive))):
        yield from (stem + ending for ending in (_ONE_AR if infinitive.endswith("ar") else _ONE_ER_IR).split())
    yield from (infinitive + ending for ending in ("á", "ía"))


def _before_e(infinitive: str) -> str:
    """The stem as it is written before e (verbs in -ar) or before a and o (others)."""
    stem, ending = infinitive[:-2], infinitive[-2:]
    changes = {"ar": {"c": "qu", "g": "gu", "z": "c"}, "er": {"g": "j"}, "ir": {"g": "j"}}.get(ending, {})
    return stem[:-1] + changes[stem[-1:]] if stem[-1:] in changes else ""
