"""What the second of two values that are joined says of the first: "de 8 a 10 pm", "$1 to 2 million".

Scale and part of the day are told once, at the end. An hour takes the part of the day of the one behind it; an amount whose scale may be
told only with the next gets no value, since it may be meant as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cathartes.language.clock import by_part_of_day
from cathartes.model import Fact, FactKind

_TO = r"\s?(?:[-–—]|\b(?:a|to|hasta|until|o|u|or)\b)\s?(?:las?\s)?"
_AND = r"\s(?:y|and)\s(?:las?\s)?"
_BETWEEN = re.compile(r"\b(?:entre|between)\s(?:las?\s)?$", re.IGNORECASE)
_SCALED = r"\$?\d[\d.,]*\s?(?:mil|mill[óo]n|millones|thousand|million|billion|mmd[pde]|md[pde]|k|(?<=\d)(?:mm?|bn?))(?!\w|\.\w)"
_RANGE, _EITHER = (re.compile(joint, re.IGNORECASE) for joint in (_TO, f"{_TO}|{_AND}"))
_SCALED_RANGE, _SCALED_EITHER = (re.compile(f"(?:{joint}){_SCALED}", re.IGNORECASE) for joint in (_TO, f"{_TO}|{_AND}"))
_WITHOUT_SCALE = re.compile(r"\D{0,4}[\d.,]+")
_LATE = re.compile(r"(?:tarde|noche|p\.?\s?m\b\.?|afternoon|evening|night)$", re.IGNORECASE)
_PART = re.compile(r"tarde|noche|mañana|madrugada|[ap]\.?\s?m\b|afternoon|evening|night|morning", re.IGNORECASE)


def with_what_follows(facts: Sequence[Fact], text: str) -> Iterator[Fact]:
    """The facts of `text`, which are in order, each with what the one it is joined to says of it."""
    for number, fact in enumerate(facts):
        between = bool(_BETWEEN.search(text, max(0, fact.start - 14), fact.start))
        if fact.kind in (FactKind.QUANTITY, FactKind.MONEY) and _WITHOUT_SCALE.fullmatch(fact.text):
            is_open = (_SCALED_EITHER if between else _SCALED_RANGE).match(text, fact.end)
            yield replace(fact, value=None) if is_open else fact
        elif fact.kind is FactKind.TIME and number + 1 < len(facts) and facts[number + 1].kind is FactKind.TIME:
            joined = (_EITHER if between else _RANGE).fullmatch(text, fact.end, facts[number + 1].start)
            yield _in_half_of(fact, facts[number + 1]) if joined else fact
        else:
            yield fact


def _in_half_of(fact: Fact, after: Fact) -> Fact:
    """The hour past noon, where the one behind it is and comes later: from 8 to 10 pm, but not from 9 to 5 pm."""
    if not _LATE.search(after.text) or _PART.search(fact.text) or not fact.value:
        return fact
    first, last = int(str(fact.value)[:2]), int(str(after.value)[:2])
    hour = by_part_of_day(first, "pm")
    return replace(fact, value=f"{hour:02d}{str(fact.value)[2:]}") if 0 < first < hour <= (last or 24) else fact
