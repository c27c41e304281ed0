"""What may be a name by its capital alone: the guard carries it exactly, whatever the recogniser says of it.

Spanish writes no common word with a capital in mid-sentence, English only days, months, nations and titles. Where every sentence has a
capital, a word is let go only if it is one that begins sentences. Extraction reports none of these: a capital says that a word is a
name, and not of what. Text all in capitals is the business of `language.headlines`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from cathartes.language.dates import MONTH_NUMBER, WEEKDAY_NUMBER
from cathartes.language.guard import guarded_facts
from cathartes.language.headlines import carried_in_capitals
from cathartes.language.lexicon import VERB_END, common_words, is_singular_verb, is_verb, nicknames, openers, persons, place_names
from cathartes.language.name_kinds import roles
from cathartes.language.numerals import WORDS
from cathartes.language.quantities import DIMENSIONLESS
from cathartes.language.small_letters import ARTICLES, is_all_capitals
from cathartes.model import NAMES, Fact, FactKind, Quantity

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+)*$")
_BEGINS = re.compile(r"(?:[.!?…:|/]\s+|[\"'“”‘’«¿¡(\[–—•*-]\s*|\d[.)]\s+)$")
_SHORTENED = re.compile(r"(?:[A-Z]|Sra?|Srta|Dra?|Lic|Ing|Gral|Cap|Cmdte|Tte|Mtro|Arq|Prof|Sta|Sto|Gpe|Fco|Mrs?|Ms|St|Lt|Sgt|Capt)\.\s+$")
_OF_A_NAME = re.compile(r" (?:del?|de l(?:a|os|as)) (?=[A-ZÀ-ÖØ-Þ])")
_CODE = re.compile(r" (?:[A-ZÀ-ÖØ-Þ]-)?\d+(?![\w/-]|[.,:]\d)")
_LETTERED = re.compile(r" [A-ZÀ-ÖØ-Þ]-?\d+(?!\w)")
_ACRONYM = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,}$")
_ROMAN = re.compile(r"[IVXLC]+$")
_TITLES = "Mr Mrs Ms Dr Judge President Prime Minister General Secretary Officer Director Professor Lord Sir Agent Chief Captain Sheriff"
_TITLE = frozenset(_TITLES.split())
_NATION = re.compile(r"(?:[A-Z][a-z]+(?:ans?|ese|ish)|French|German|Dutch|Greek|Swiss|Muslims?|Democrats?|Democratic|Republicans?|Labour)$")
_AT_A_TIME = re.compile(r"(?:on|in|since|until|till|by|last|next|this|every|each|from|to|before|after|late|early|mid|through)$")
_BEFORE_A_VERB = re.compile(r"(?:se|no|ya|me|te|les?|nos|lo|también|tampoco|nunca|siempre|todavía|aún)$")
_OF_A_SUBJECT = re.compile(
    r"(?:is|was|has|had|will|would|can|could|may|did|does|and|who|\w{3,}(?:ed|es|ts|ks|ls|ves|ns)|said|told|left|went|came)$"
)


@dataclass(frozen=True)
class _Words:
    """The words of a text and what stands between them."""

    text: str
    words: tuple[re.Match[str], ...]

    def __getitem__(self, at: int) -> str:
        return self.words[at].group() if 0 <= at < len(self.words) else ""

    def before(self, at: int) -> str:
        """What stands between a word and the one before it, with that one's last letter."""
        return self.text[max(0, self.words[at - 1].end() - 1) if at else 0 : self.words[at].start()]

    def after(self, at: int) -> str:
        """What stands between a word and the next."""
        return self.text[self.words[at].end() : self.words[at + 1].start() if at + 1 < len(self.words) else len(self.text)]

    def begins(self, at: int) -> bool:
        """Whether a word is the first of a sentence, a field or a quotation, where any may have a capital."""
        if not at:
            return True
        return bool(_BEGINS.search(self.before(at))) and not _SHORTENED.match(self.text, self.words[at - 1].start())

    def is_capital(self, at: int) -> bool:
        """Whether a word of letters has a capital and follows the one before with no more than space between."""
        return bool(self[at]) and bool(_CAPITAL.match(self[at])) and self.after(at - 1).isspace()


def with_capitalised(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str] = frozenset()) -> list[Fact]:
    """The facts of `text` and what else may be a name in it (`FactKind.NAME`), in order, with names side by side as one.

    `seen` are words that the document writes with a capital in mid-sentence: wherever they have one they are carried.
    """
    guarded = guarded_facts(text, facts)
    held = guarded if is_all_capitals(text) else [fact for fact in guarded if not _is_word_of_time(text, fact, language)]
    taken = bytearray(len(text))
    for fact in held:
        taken[fact.start : fact.end] = b"\x01" * (fact.end - fact.start)
    spans = sorted(may_be_names(text, held, language, seen))
    return side_by_side(text, held, [Fact(FactKind.NAME, text[a:b], a, b) for a, b in spans if not any(taken[a:b])])


def may_be_names(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Start and end of every word that may be a name, or part of one beside those of `facts`."""
    if is_all_capitals(text):
        return carried_in_capitals(text, facts, language)
    return _in_prose(text, facts, language, seen)


def capitals_within(text: str, language: str) -> Iterator[str]:
    """Words that have a capital in mid-sentence, and so are names wherever they have one."""
    if is_all_capitals(text):
        return
    words = _Words(text, tuple(_WORD.finditer(text)))
    for at, word in enumerate(words.words):
        is_name = _CAPITAL.match(word.group()) and word.group().lower() not in openers(language) and len(word.group()) > 2
        if is_name and not words.begins(at) and not _is_english(words, at, language):
            yield word.group()


def _is_word_of_time(text: str, fact: Fact, language: str) -> bool:
    """Whether an hour in one word has a capital that only a name has there: "Dos Ríos"."""
    if fact.kind is not FactKind.TIME or not fact.text.istitle() or not fact.text.isalpha():
        return False
    words = _Words(text, tuple(_WORD.finditer(text, max(0, fact.start - 40), fact.end + 40)))
    at = next((number for number, word in enumerate(words.words) if word.start() == fact.start), 0)
    if language == "en":
        return not _is_english(words, at, language)
    return not (fact.start == 0 or words.begins(at)) or words.is_capital(at + 1)


def _in_prose(text: str, facts: Sequence[Fact], language: str, seen: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Words with a capital in mid-sentence, acronyms, what a field holds with a number, and what begins a name."""
    words = _Words(text, tuple(_WORD.finditer(text)))
    opens = _opens_spanish if language == "es" else _opens_english
    names = {fact.start for fact in facts if fact.kind in NAMES}
    for at, word in enumerate(words.words):
        if not _CAPITAL.match(word.group()) or _is_english(words, at, language):
            continue
        if not words.begins(at):
            yield from [_without_possessive(word)] if len(word.group()) > 1 else []
        elif _is_acronym(word.group()) or word.group() in seen or not opens(words, at) or _is_value(words, at, names):
            yield _without_possessive(word)


def _without_possessive(word: re.Match[str]) -> tuple[int, int]:
    return word.start(), word.end() - 2 * word.group().endswith(("'s", "’s"))


def _is_value(words: _Words, at: int, names: set[int]) -> bool:
    """Whether a word is what a field holds, with a number or a name: "Apodo: Cabo 3"."""
    end = words.words[at].end()
    return ": " in words.before(at) and (bool(_CODE.match(words.text, end)) or end + 1 in names)


def _is_acronym(word: str) -> bool:
    return bool(_ACRONYM.match(word)) and not _ROMAN.match(word)


def _opens_spanish(words: _Words, at: int) -> bool:
    """Whether a capital at the start of a Spanish sentence says nothing, since the word is one that begins sentences there."""
    word, after, then = words[at].lower(), words.after(at), words[at + 1].lower()
    if word in ARTICLES and (words.is_capital(at + 1) or _LETTERED.match(words.text, words.words[at].end())):
        return _is_acronym(words[at + 1])
    if word in _counts():
        return not words.is_capital(at + 1) and not (then == "y" and words.is_capital(at + 2))
    if len(word) == 1 or (word in openers("es") and not (words.is_capital(at + 1) and word in _named())):
        return True
    if words.is_capital(at + 1) or _OF_A_NAME.match(words.text, words.words[at].end()):
        is_role = word not in _named() and (word.endswith("s") or (word in roles() and not words.is_capital(at + 1)))
        return is_role or is_verb(word) or word.endswith("mente")
    if not after.isspace():
        return after.startswith(":") and word not in _named() and not is_singular_verb(word)
    if is_singular_verb(then) or _BEFORE_A_VERB.match(then):
        return word.endswith("s") and not is_singular_verb(then) and word not in _named()
    if is_verb(word):
        return True
    return word not in _named() and (word in common_words("es") or bool(VERB_END.search(word)))


def _opens_english(words: _Words, at: int) -> bool:
    """Whether a capital at the start of an English sentence says nothing."""
    word, then = words[at], words[at + 1]
    if word.lower() in openers("en") or len(word) == 1:
        return True
    is_listed = word in persons() or word in place_names()
    if words.is_capital(at + 1):
        return word.lower() in roles() or word.endswith(("ed", "ing", "ly"))
    return not (is_listed and (words.after(at).startswith(",") or (words.after(at).isspace() and _OF_A_SUBJECT.match(then))))


def _is_english(words: _Words, at: int, language: str) -> bool:
    """Whether English writes the word with a capital though it is no name, and an engine may translate it."""
    word, then = words[at], words[at + 1] if words.is_capital(at + 1) else ""
    is_named_on = bool(then) and then.lower() in common_words("en") and then not in persons() and not _is_usual(then)
    if language == "es":
        return False
    if word in ("I", "O", "Y", "A", "An", "The"):
        return not (word == "The" and then and not words.begins(at))
    if word in _TITLE:
        return not is_named_on
    if word.lower() in MONTH_NUMBER and (words[at + 1][:1].isdigit() or words[at - 1][:1].isdigit()):
        return False
    if word.lower() in WEEKDAY_NUMBER or word.lower().removesuffix("s") in WEEKDAY_NUMBER or word.lower() in MONTH_NUMBER:
        return not then or _is_usual(then) or bool(_AT_A_TIME.match(words[at - 1].lower())) or words.begins(at)
    return bool(_NATION.match(word)) and not is_named_on and not (words.is_capital(at) and words[at - 1] in persons() - {"The"})


def _is_usual(word: str) -> bool:
    """Whether English gives the word a capital of itself."""
    return word in _TITLE or bool(_NATION.match(word)) or word.lower() in WEEKDAY_NUMBER or word.lower() in MONTH_NUMBER


@cache
def _counts() -> frozenset[str]:
    """Numbers, days and months."""
    return frozenset((*WORDS, *WEEKDAY_NUMBER, *MONTH_NUMBER))


@cache
def _named() -> frozenset[str]:
    """Small letters of what people, places and hamlets are called by one word."""
    return frozenset(name.lower() for name in persons() | place_names()) | nicknames()


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
