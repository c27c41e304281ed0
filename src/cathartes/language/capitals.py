"""What may be a name by its capital alone: the guard carries it exactly, whatever the recogniser says of it.

Spanish writes no common word with a capital in mid-sentence, English only days, months, nations and titles. Extraction reports none of
these: a capital says that a word is a name, and not of what.
"""

import re
from collections.abc import Iterator, Sequence

from cathartes.language.lexicon import VERB_END, heads_of_organisations, organisation_names, persons
from cathartes.language.small_letters import is_all_capitals
from cathartes.model import NAMES, Fact, FactKind

_WORD = re.compile(r"(?<![\w'’-])[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:-[^\W\d_]+)*(?![\w-])")
_BEGINS = re.compile(r"(?:^|[.!?…:|/]\s+|[\"'“”‘’«¿¡(\[–—•*-]\s*|\d[.)]\s+)$")
_FIELD = re.compile(r":\s+$")
_OF_A_NAME = re.compile(r" (?:del?|de l(?:a|os|as)) (?=[A-ZÀ-ÖØ-Þ])")
_CODE = re.compile(r" (?:[A-ZÀ-ÖØ-Þ]-)?\d+(?![\w/-]|[.,:]\d)")
_ACRONYM = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,}$")
_ROMAN = re.compile(r"[IVXLC]+$")
_TRANSLATED = re.compile(
    r"(?:I|The|An?|O|Y|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|January|February|March|April|May|June|July|August|September|October"
    r"|November|December|[A-Z][a-z]+(?:ans?|ese|ish)|French|German|Dutch|Greek|Swiss|Muslims?|Democrats?|Democratic|Republicans?|Labour"
    r"|Mrs?|Ms|Dr|Judge|President|Prime|Minister|General|Secretary|Officer|Director|Professor|Lord|Sir|Agent|Chief|Captain|Sheriff)$"
)
"""What English writes with a capital and an engine may translate."""

_AFTER_GIVEN = re.compile(r" (?:DEL|DE L[AO]S?|DE) [^\W\d_]+")
_BAND = re.compile(r"(?<=\bCÁRTELES )[^\W\d_]+|(?<=\bCARTELES )[^\W\d_]+")
_LINK = r"(?:A|AL|ANTE|CON|CONTRA|DE|DEL|DESDE|E|EL|EN|ENTRE|HASTA|LAS?|LOS|O|PARA|POR|QUE|SE|SIN|SOBRE|SU|TRAS|UN|UNA|Y|ALIAS)\b"
_NEXT = re.compile(rf" (?!{_LINK})([^\W\d_]+)")
_TO_SOMEONE = re.compile(rf"(?<= A )(?!{_LINK}|\w+[AEI]R\b)[^\W\d_]+(?: (?!{_LINK})[^\W\d_]+)*")
_LED = re.compile(r"(?:EL|LA|LOS|LAS) ([^\W\d_]+)")


def with_capitalised(text: str, facts: Sequence[Fact], language: str) -> list[Fact]:
    """The facts of `text` and what else may be a name in it (`FactKind.NAME`), in order, with names side by side as one."""
    in_capitals = is_all_capitals(text)
    held = [fact for fact in facts if in_capitals or not _is_word_of_time(text, fact, language)]
    taken = [(fact.start, fact.end) for fact in held]
    spans = _in_capitals(text, held, language) if in_capitals else _in_prose(text, held, language)
    new = [Fact(FactKind.NAME, text[start:end], start, end) for start, end in spans if all(end <= a or b <= start for a, b in taken)]
    return _side_by_side(text, sorted((*held, *new), key=lambda fact: fact.start), new)


def _is_word_of_time(text: str, fact: Fact, language: str) -> bool:
    """Whether a day or an hour in one word has a capital that only a name has there: "a Domingo Sierra", "Dos Ríos"."""
    if fact.kind not in (FactKind.DATE, FactKind.TIME) or not fact.text.istitle() or not fact.text.isalpha():
        return False
    if language == "en" and _TRANSLATED.match(fact.text):
        return False
    return not _BEGINS.search(text[: fact.start]) or _goes_on(text, fact.end)


def _goes_on(text: str, end: int) -> bool:
    """Whether a word with a capital is next."""
    return bool(re.match(r" [A-ZÀ-ÖØ-Þ]", text[end:]))


def _in_prose(text: str, facts: Sequence[Fact], language: str) -> Iterator[tuple[int, int]]:
    """Words with a capital in mid-sentence, acronyms, what a field holds with a number, and what begins a name."""
    names = {fact.start for fact in facts if fact.kind in NAMES}
    for word in _WORD.finditer(text):
        is_person, is_value = word.group() in persons(), bool(_FIELD.search(text[: word.start()]))
        if is_person and language == "es" and (of_a_name := _OF_A_NAME.match(text, word.end())):
            yield word.start(), of_a_name.end() - 1
        elif is_value and _CODE.match(text, word.end()):
            yield word.span()
        elif language == "en" and _TRANSLATED.match(word.group()):
            continue
        elif _is_acronym(word.group()) or _is_in_the_middle(text, word) or (word.end() + 1 in names and (is_person or is_value)):
            yield word.span()


def _is_acronym(word: str) -> bool:
    return bool(_ACRONYM.match(word)) and not _ROMAN.match(word)


def _is_in_the_middle(text: str, word: re.Match[str]) -> bool:
    return len(word.group()) > 1 and not _BEGINS.search(text[: word.start()])


def _in_capitals(text: str, facts: Sequence[Fact], language: str) -> Iterator[tuple[int, int]]:
    """Words of persons' names and beside them, acronyms, whoever "A" says something was done to, and what an article leads at the start."""
    for fact in facts:
        if fact.kind is FactKind.PERSON and " " not in fact.text and (rest := _AFTER_GIVEN.match(text, fact.end)):
            yield fact.end + 1, rest.end()
    starts, ends = ({fact.start for fact in facts if fact.kind in NAMES}, {fact.end for fact in facts if fact.kind in NAMES})
    for word in _WORD.finditer(text):
        if word.group() in organisation_names() or (word.start() - 1 in ends and word.end() + 1 in starts):
            yield word.span()
        elif len(word.group()) > 2 and word.group().capitalize() in persons():
            rest = _AFTER_GIVEN.match(text, word.end())
            yield word.start(), rest.end() if rest else word.end()
    for band in _BAND.finditer(text):
        yield band.span()
    if language == "en":
        return
    for someone in _TO_SOMEONE.finditer(text):
        yield from (word.span() for word in _WORD.finditer(text, *someone.span()))
    for fact in facts:
        after = _NEXT.match(text, fact.end) if fact.kind is FactKind.PERSON else None
        if after and not VERB_END.search(after[1].lower()):
            yield after.span(1)
    led = _LED.match(text)
    if led and led[1].capitalize() not in heads_of_organisations():
        yield led.span()


def _side_by_side(text: str, facts: Sequence[Fact], new: Sequence[Fact]) -> list[Fact]:
    """The facts, each new one as one with the names beside it, since an engine may change the order of two."""
    whole: list[Fact] = []
    for fact in facts:
        last = whole[-1] if whole else None
        if last and fact.start < last.end:
            continue
        if last and text[last.end : fact.start] == " " and {last.kind, fact.kind} <= NAMES and (fact in new or last in new):
            whole[-1] = Fact(FactKind.NAME, text[last.start : fact.end], last.start, fact.end)
            new = [*new, whole[-1]]
            continue
        whole.append(fact)
    return whole
