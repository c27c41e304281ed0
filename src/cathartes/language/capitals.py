"""What may be a name by its capital alone: the guard carries it exactly, whatever the recogniser says of it.

Spanish writes no common word with a capital in mid-sentence, English only days, months, nations and titles. Where every sentence has a
capital, a word is let go only if it is one that begins sentences. Extraction reports none of these: a capital says that a word is a
name, and not of what. Text all in capitals is the business of `language.headlines`.
"""

import re
from collections.abc import Iterator, Sequence

from cathartes.language.guard import guarded_parts
from cathartes.language.headlines import carried_in_capitals, covered
from cathartes.language.lexicon import is_listed_name, openers
from cathartes.language.openings import OF_AN_ENGLISH_NAME, Words, is_acronym, is_english, opens, words_of_text
from cathartes.language.quantities import DIMENSIONLESS
from cathartes.language.small_letters import is_all_capitals
from cathartes.model import NAMES, Fact, FactKind, Quantity

_SYMBOL = re.compile(r"(?<![\w.@/#])(?:[a-zµ]{1,2}[A-Z][A-Za-z]{0,5}|(?:AB?|B|O)[+−-])(?![\w/])")
"""A symbol with a capital inside ("pH", "mRNA"), or a group of blood ("O-")."""

_STATE = re.compile(r", [A-ZÀ-ÖØ-Þ][^\W\d_]{1,5}\.")
_CODE = re.compile(r" (?:[A-ZÀ-ÖØ-Þ]-)?\d+(?![\w/-]|[.,:]\d)")


def with_capitalised(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str] = frozenset()) -> list[Fact]:
    """The facts of `text` and what else may be a name in it (`FactKind.NAME`), in order, with names side by side as one.

    `seen` are words that the document writes with a capital in mid-sentence: wherever they have one they are carried.
    """
    guarded = guarded_parts(facts)
    held = guarded if is_all_capitals(text) else [fact for fact in guarded if not _is_word_of_time(text, fact, language)]
    taken = covered(text, [(fact.start, fact.end) for fact in held])
    spans = sorted(may_be_names(text, held, language, seen), key=lambda span: (span[0], -span[1]))
    return side_by_side(text, held, [Fact(FactKind.NAME, text[a:b], a, b) for a, b in spans if not any(taken[a:b])])


def may_be_names(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Start and end of every word that may be a name, or part of one beside those of `facts`."""
    if is_all_capitals(text):
        return carried_in_capitals(text, facts, language, seen)
    return _in_prose(text, facts, language, seen)


def capitals_within(text: str, language: str) -> Iterator[str]:
    """Words that have a capital in mid-sentence, and so are names wherever they have one."""
    if is_all_capitals(text):
        return
    words = words_of_text(text)
    for at, word in enumerate(words.words):
        is_name = words.is_name_like(at) and word.group().lower() not in openers(language) and len(word.group()) > 2
        if is_name and not words.begins(at) and not is_english(words, at, language):
            yield word.group()


def _is_word_of_time(text: str, fact: Fact, language: str) -> bool:
    """Whether an hour in one word has a capital that only a name has there: "Dos Ríos"."""
    if fact.kind is not FactKind.TIME or not fact.text.istitle() or not fact.text.isalpha():
        return False
    words = words_of_text(text, max(0, fact.start - 40), fact.end + 40)
    at = next((number for number, word in enumerate(words.words) if word.start() == fact.start), 0)
    if language == "en":
        return not is_english(words, at, language)
    return not (fact.start == 0 or words.begins(at)) or words.is_capital(at + 1)


def _in_prose(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Words with a capital in mid-sentence, acronyms, what a field holds with a number, and what begins a name."""
    words = words_of_text(text)
    yield from (symbol.span() for symbol in _SYMBOL.finditer(text))
    names = {fact.start for fact in facts if fact.kind in NAMES}
    for at, word in enumerate(words.words):
        if not words.is_name_like(at) or is_english(words, at, language):
            continue
        is_seen = is_acronym(word.group()) or word.group() in seen
        if is_seen or not words.begins(at) or not opens(words, at, language) or _is_value(words, at, names):
            yield _without_possessive(word)


def _without_possessive(word: re.Match[str]) -> tuple[int, int]:
    return word.start(), word.end() - 2 * word.group().endswith(("'s", "’s"))


def _is_value(words: Words, at: int, names: set[int]) -> bool:
    """Whether a word is what a field holds, alone, with a number or with a name ("Detenido: Park.", "Apodo: Cabo 3"), or a dateline."""
    end = words.words[at].end()
    if not at and _STATE.match(words.text, end):
        return True
    is_whole = end == len(words.text) or (words.after(at) in (".", ";", "|", " | ") or words.text[end : end + 2] in (". ", "; ", ", "))
    is_whole |= bool(OF_AN_ENGLISH_NAME.match(words.text, end))
    return ": " in words.before(at) and (is_whole or is_listed_name(words[at]) or bool(_CODE.match(words.text, end)) or end + 1 in names)


def side_by_side(text: str, held: Sequence[Fact], new: Sequence[Fact]) -> list[Fact]:
    """All facts in order, each new one as one with the names beside it, since an engine may change the order of two."""
    added, whole = set(new), list[Fact]()
    for fact in sorted((*held, *new), key=lambda fact: fact.start):
        last = whole[-1] if whole else None
        if last and fact.start < last.end:
            continue
        if last and text[last.end : fact.start] == " " and (fact in added or last in added) and _is_one(last, fact):
            whole[-1] = Fact(FactKind.NAME, text[last.start : fact.end], last.start, fact.end)
            added.add(whole[-1])
            continue
        whole.append(fact)
    return whole


def _is_one(first: Fact, second: Fact) -> bool:
    """Whether two facts side by side are one name, which may end in a number or a code: "Cabo 3", "Barrett .50"."""
    is_number = isinstance(second.value, Quantity) and second.value.unit == DIMENSIONLESS
    return first.kind in NAMES and (second.kind in NAMES or second.kind is FactKind.IDENTIFIER or is_number)
