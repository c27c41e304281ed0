"""What a name names: a person, an alias, an organisation, a place, or something else, by points for what speaks for each.

A name speaks by its first word, its parts and the lists of `language.lexicon`; the text by what stands before and after it. Where names
are is found by `language.names`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from cathartes.language.lexicon import exonyms, given_names, names_table, organisation_names, place_names, surnames
from cathartes.model import NAMES, Fact, FactKind

UPPER, LOWER = "A-ZÀ-ÖØ-ÞŠŽ", "a-zà-öø-ÿšž"
"""Letters, as the inside of a character class."""

ARTICLES = frozenset(["El", "EI", "E1", "EL", "La", "LA", "Los", "Las", "The"])
"""Articles at the start of a name, and two that OCR makes of one."""

WORD_BEFORE = re.compile(r"([^\W\d_]+\.?)[\s,:\"“«'‘(]*$")
_LISTED = re.compile(r"\s*(?:,|,?\s(?:y|e|o|u|and|or))\s")
_ARTICLE_BEFORE = re.compile(r"\b(el|la|los|las|al|del)\s$", re.IGNORECASE)
_LINKED_BEFORE = re.compile(r"([^\W\d_]+)(?:\s([^\W\d_]+))?\s(?:del|of|(?:de|of)(?:\s(?:la|el|los|las|the))?)\s[\s\"“«'‘(]*$")
_MONTH = "ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic"
_DATELINE = re.compile(rf"\s?(?:\(.{{0,30}}?\)|,[^,]{{0,20}})?\s?,\s\d{{1,2}}\s(?:de\s)?(?:{_MONTH})|\s?\((?:EFE|Notimex|AFP|AP|Reuters)")
_BRACKET = re.compile(r"\s\(\s?([A-ZÑ]{2,8})\s?\)")
_WORD_AFTER = re.compile(r"[\"”»'’)]*,?\s+([^\W\d_]+)")

WEIGHTS: Mapping[str, float] = {
    "head": 3.0, "inside": 3.2, "acronym": 2.2, "gazetteer": 2.4, "given": 2.2, "surname": 1.0, "before": 1.6, "after": 0.9,
    "two_words": 0.6, "initial": 1.0, "de": 0.3, "alone": 0.3, "article": 1.0, "listed": 3.0,
    "genitive": 2.0, "no_organisation": 4.0, "club": 2.6, "dateline": 3.0, "bracket": 2.5, "quoted": 1.2, "called": 4.0, "maker": 2.2,
    "and": 2.0,
}  # fmt: skip
"""How much each reason counts. Set by hand on the development part of benchmarks/names.py."""


BEFORE: Mapping[str, float] = {FactKind.NAME: 4.0, FactKind.PLACE: 2.0}
"""How much the word before counts for these kinds, other than `WEIGHTS` has it."""


def kind_of(text: str, start: int, end: int, previous: Fact | None) -> FactKind:
    """What most speaks for the name at `text[start:end]`; `previous` is the name before it."""
    own, around = _scores(" ".join(re.sub(r"-\r?\n", "", text[start:end]).split())), _around(text, start, end)
    scores = {kind: own[kind] + around[kind] for kind in NAMES}
    words = text[start:end].split()
    if words[0] in ARTICLES and len(words) > 1 and scores[FactKind.PLACE] < WEIGHTS["before"] and words[1] not in heads():
        scores[FactKind.ALIAS] += WEIGHTS["before"]
        scores[FactKind.PERSON] -= WEIGHTS["before"]
    if previous and max(scores.values()) <= WEIGHTS["two_words"] and _LISTED.fullmatch(text, previous.end, start):
        return previous.kind  # "en Cosalá y Elota": what stands in a list is of the kind of its neighbour
    order = (FactKind.PERSON, FactKind.ORGANISATION, FactKind.PLACE, FactKind.NAME, FactKind.ALIAS)
    return max(order, key=lambda kind: scores[kind])


@cache
def _scores(name: str) -> dict[FactKind, float]:
    """What the name itself says for each kind."""
    words, scores = name.removeprefix("H. ").split(), dict.fromkeys(NAMES, 0.0)
    first, last = words[0].rstrip("."), words[-1]
    for kind in (FactKind.ORGANISATION, FactKind.PLACE, FactKind.NAME):
        is_head = words[0] in words_of("heads", kind) or first in words_of("heads", kind)
        scores[kind] += WEIGHTS["head"] * (is_head and (kind is not FactKind.PLACE or len(words) > 1))
    for kind in (FactKind.ORGANISATION, FactKind.PLACE):
        scores[kind] += WEIGHTS["inside"] * bool(words_of("inside", kind) & set(words[1:]))
    scores[FactKind.ORGANISATION] += WEIGHTS["maker"] * (len(words) > 1 and words[0] in organisation_names())
    scores[FactKind.ORGANISATION] += WEIGHTS["and"] * (" and " in name)
    scores[FactKind.ORGANISATION] += WEIGHTS["inside"] * is_firm_of_two(*name.partition(" y ")[::2])
    scores[FactKind.ORGANISATION] += WEIGHTS["genitive"] * name.endswith(("'s", "’s"))
    scores[FactKind.NAME] += WEIGHTS["no_organisation"] * (first in words_of("not_names", "acronyms"))
    scores[FactKind.ORGANISATION] += WEIGHTS["acronym"] * bool(re.fullmatch(rf"[{UPPER}][{UPPER}\d&.-]{{1,9}}", name))
    scores[FactKind.ORGANISATION] += WEIGHTS["listed"] * (name in organisation_names())
    known = name in place_names() or ("-" in name and bool(set(name.split("-")) & place_names()))
    scores[FactKind.PLACE] += WEIGHTS["gazetteer"] * known * (1.3 if " " in name else 1.0) + WEIGHTS["de"] * (" de " in name)
    capitals = [word for word in words if word[0].isupper()]
    scores[FactKind.PERSON] += (
        WEIGHTS["given"] * (first in given_names()) * (1.0 if len(capitals) > 1 or name not in place_names() else 0.4)
    )
    scores[FactKind.PERSON] += WEIGHTS["surname"] * (last in surnames() or last.rstrip(".") in surnames())
    scores[FactKind.PERSON] += WEIGHTS["two_words"] * (len(capitals) in (2, 3)) + WEIGHTS["alone"] * (len(words) == 1)
    scores[FactKind.PERSON] += WEIGHTS["initial"] * bool(re.search(rf"\s[{UPPER}]\.", name))
    return scores


def _around(text: str, start: int, end: int) -> dict[FactKind, float]:
    """What the words before and after a name say for each kind."""
    scores = dict.fromkeys(NAMES, 0.0)
    if article := _ARTICLE_BEFORE.search(text, max(0, start - 5), start):
        # Spanish puts no article before a person, and one before a club that is called like its town.
        scores[FactKind.PERSON] -= WEIGHTS["article"]
        scores[FactKind.ORGANISATION] += WEIGHTS["article"] * (1.0 if article[1].lower() in ("los", "las", "el") else 0.3)
        scores[FactKind.ORGANISATION] += WEIGHTS["club"] * (article[1].lower() in ("el", "al", "del") and _is_town(text[start:end]))
    for kind, weight in _announced(text, start):
        scores[kind] += weight
    after = _WORD_AFTER.match(text, end)
    scores[FactKind.PERSON] += WEIGHTS["after"] * bool(after and after[1].lower() in words_of("after", "person"))
    scores[FactKind.PLACE] += WEIGHTS["dateline"] * bool(_DATELINE.match(text, end) and not text[:start].strip())
    scores[FactKind.ORGANISATION] += WEIGHTS["bracket"] * _is_shortened_after(text, start, end)
    scores[FactKind.NAME] += WEIGHTS["quoted"] * is_quoted(text, start, end)
    return scores


def _announced(text: str, start: int) -> Iterator[tuple[FactKind, float]]:
    """The kinds that the word before a name says, or what it belongs to ("vecinos de", "director comercial de"), and how loud."""
    linked = _LINKED_BEFORE.search(text, max(0, start - 60), start)
    before = WORD_BEFORE.search(text, max(0, start - 40), start)
    word = before[1].lower().rstrip(".") if before else ""
    if before and word in ("la", "el", "los", "las", "the"):
        earlier = WORD_BEFORE.search(text, max(0, before.start() - 40), before.start())
        word = earlier[1].lower().rstrip(".") if earlier else ""
    said, group = ({each.lower() for each in linked.groups() if each}, "before_of") if linked else ({word}, "before")
    yield from ((kind, BEFORE.get(kind, WEIGHTS["before"])) for kind in NAMES if not said.isdisjoint(words_of(group, kind)))
    if word in words_of("before", "called"):
        yield FactKind.PLACE, WEIGHTS["called"]


def _is_town(name: str) -> bool:
    return name in place_names() and name not in exonyms("es") and f"El {name}" not in place_names()


def _is_shortened_after(text: str, start: int, end: int) -> bool:
    """Whether brackets after the name hold its initials: "Banco Central Europeo (BCE)"."""
    shortened = _BRACKET.match(text, end)
    initials = "".join(word[0] for word in text[start:end].split() if word[0].isupper())
    return bool(shortened and len(initials) > 1 and shortened[1].startswith(initials[:2]))


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether quotes enclose just this stretch, as they do titles of papers and works."""
    return bool(re.search(r"[\"“«]\s?$", text[max(0, start - 2) : start]) and re.match(r"\s?[\"”»]", text[end : end + 2]))


@cache
def words_of(group: str, kind: str) -> frozenset[str]:
    """The words of one list of a group in `data/language/names.toml`."""
    return frozenset(names_table()[group][kind].split())


def first_word(name: str) -> str:
    """The first word of a name, without the honour that Mexican authorities have before it: "H. Ayuntamiento"."""
    return name.removeprefix("H. ").split()[0]


def is_firm_of_two(before: str, after: str) -> bool:
    """Whether two trades are linked in one firm's name: "Fletes y Mudanzas Osuna"."""
    first, *others = after.split()[:2] or [""]
    return bool(others) and all(_is_trade(word) for word in (before, first))


def _is_trade(word: str) -> bool:
    """Whether a word tells what a firm deals in: several of something, or the head of a firm's name, and no authority."""
    is_name = word in given_names() or word in surnames() or word in organisation_names()
    is_head = word in words_of("heads", "organisation") and word not in words_of("authorities", "words")
    is_plural = len(word) > 4 and word.endswith(("os", "as", "es")) and word[0].isupper() and word.isalpha() and not word.isupper()
    is_plural |= word.endswith(("dora", "tora", "ería"))
    return not is_name and (is_head or is_plural) and word not in words_of("authorities", "words")


@cache
def roles() -> frozenset[str]:
    """Small words that say what somebody or something is, before its name or before "de" and its name."""
    kinds = (FactKind.PERSON, FactKind.ALIAS, FactKind.PLACE, FactKind.ORGANISATION)
    return frozenset().union(*(words_of(group, kind) for group in ("before", "before_of") for kind in kinds))


@cache
def heads() -> frozenset[str]:
    """Words that begin names of organisations, places and other things."""
    return words_of("heads", "organisation") | words_of("heads", "place") | words_of("heads", "name")
