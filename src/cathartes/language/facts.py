"""All facts of a text: those with a form of their own first, names in what is left.

`find_facts` is what translation guards and what extraction reports; `language.expressions` reads one expression.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from cathartes.errors import BadInput
from cathartes.language.named_by_form import aliases, listed_persons, numbered_names
from cathartes.language.names import names
from cathartes.language.segments import stretches
from cathartes.language.small_letters import with_capitals
from cathartes.language.spans import without_overlaps
from cathartes.language.structured import structured_facts
from cathartes.model import NAMES, Fact, FactKind
from cathartes.plugins import Recogniser

MISREAD_NAME = re.compile(r"^(?=.* ).*?\b(?:[Ee]1 |(?<![/-])(?=\w*\d)(?=\w*[a-zà-öø-ÿ])\w+(?![\w/-]))", re.DOTALL)
"""A name of several words of which one has both small letters and digits, as OCR makes of "El Salto" and "Las Palmas"."""

_MINUTES = re.compile(r"\d:\d\d[ap]m\b")
"""The end of an hour, before a name: "4:13pm Tower"."""


def find_facts(text: str, language: str, today: date | None, recogniser: Recogniser | None = None) -> tuple[Fact, ...]:
    """Every fact in `text` (`language` is `es` or `en`), in order, none overlapping. `today` is the document's date.

    What `recogniser` finds is believed before our own names. Raises `BadInput` where its spans are none of the text.
    """
    raised = with_capitals(text, language)
    named = tuple(names(raised, language))
    structured = structured_facts(text, language, today)
    sound = [fact for fact in structured if fact.kind in (FactKind.DATE, FactKind.PLATE) and fact.value]
    misread = [
        fact
        for fact in named
        if MISREAD_NAME.search(fact.text)
        and text[fact.end : fact.end + 1] not in ("/", "-")
        and not _MINUTES.match(text, max(0, fact.start - 2))
        and not any(fact.start < each.end and each.start < fact.end for each in sound)
    ]
    numbered = [fact for fact in named if re.search(r"[^\W\d] \d+$", fact.text)]
    theirs = _checked(recogniser.names(text, language), text) if recogniser else ()
    told = (*aliases(raised), *listed_persons(raised), *numbered_names(text))
    found = without_overlaps((*told, *misread, *numbered, *structured, *theirs, *named), len(text))
    return tuple(replace(fact, text=text[fact.start : fact.end]) for fact in found)


def _checked(facts: Sequence[Fact], text: str) -> Sequence[Fact]:
    for fact in facts:
        if fact.kind not in NAMES or not fact.text or text[fact.start : fact.end] != fact.text:
            raise BadInput(f"the recogniser gave {fact.kind} {fact.text!r} at {fact.start}; expected a name that stands there in the text")
    return facts


def document_facts(
    text: str, language_of: Callable[[str], str | None], today: date | None, recogniser: Recogniser | None = None
) -> list[Fact]:
    """Every fact that a document states, in order, with offsets in its whole text; names of laws, prizes and works are none.

    `language_of` tells the language of a segment (else `es`).
    """
    found: list[Fact] = []
    for start, end in stretches(text):
        piece = text[start:end]
        facts = find_facts(piece, language_of(piece) or "es", today, recogniser)
        found += [replace(fact, start=start + fact.start, end=start + fact.end) for fact in facts if fact.kind is not FactKind.NAME]
    return of_one_kind(found)


def of_one_kind(facts: Sequence[Fact]) -> list[Fact]:
    """The facts of one document, with every name of the kind that it most often has there."""
    kinds: dict[str, Counter[FactKind]] = {}
    for fact in facts:
        if fact.kind in NAMES:
            kinds.setdefault(fact.text, Counter())[fact.kind] += 1
    return [replace(fact, kind=kinds[fact.text].most_common(1)[0][0]) if fact.kind in NAMES else fact for fact in facts]
