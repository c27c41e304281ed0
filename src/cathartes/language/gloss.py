"""What a fact that is kept to the letter means to a reader of the other language, where its form does not tell."""

import re
from itertools import pairwise

from cathartes.language.calendar_words import MONTH_NUMBER, MONTHS_EN, MONTHS_ES
from cathartes.language.lexicon import exonyms, persons
from cathartes.language.name_kinds import heads
from cathartes.language.small_letters import CAPITAL_ARTICLES
from cathartes.model import NAMES, Fact, FactKind, Quantity

_MONTH = re.compile(rf"\b(?:{'|'.join(sorted(MONTH_NUMBER, key=len, reverse=True))})\b", re.IGNORECASE)
_ALIKE = ("kilo", "gram", "lit", "ton", "met", "hect", "gal", "kg", "km", "mil", "cent")
"""How units begin that both languages call alike."""

_LEAST_LETTERS = 5
"""From which on a word in capitals is hardly an acronym."""

_ISO = re.compile(r"\d{4}-\d\d(?:-\d\d)?")


def gloss(fact: Fact, target_language: str) -> str | None:
    """The meaning in a few characters, `None` where the fact speaks for itself."""
    if fact.kind in NAMES:
        known = exonyms("es" if target_language == "en" else "en").get(fact.text.replace("\xa0", " "))
        return known if known != fact.text else None
    if fact.kind is FactKind.DATE and isinstance(fact.value, str) and (month := _MONTH.search(fact.text)):
        return _date(fact.text, fact.value, month.group().lower(), target_language)
    if fact.kind is FactKind.TIME and isinstance(fact.value, str) and not any(map(str.isdigit, fact.text)):
        return fact.value
    if isinstance(fact.value, Quantity) and any(character.isalpha() for character in fact.text):
        return _amount(fact, fact.value)
    return None


def has_a_meaning(fact: Fact) -> bool:
    """Whether a fact may be made of common words, which an engine can tell a reader: an office, a plan, a unit that is no metric one."""
    words = fact.text.split()
    if fact.kind in (FactKind.ORGANISATION, FactKind.NAME):
        in_capitals = fact.text.isupper() and len(fact.text) >= _LEAST_LETTERS and fact.kind is FactKind.NAME
        is_nickname = any(word in CAPITAL_ARTICLES and then not in heads() for word, then in pairwise((*words, "")))
        is_told = len(words) > 1 or in_capitals or not (fact.text.isupper() or (fact.kind is FactKind.NAME and fact.start))
        return is_told and words[0] not in persons() and not is_nickname and not any(map(str.isdigit, fact.text))
    return fact.kind is FactKind.QUANTITY and len(words) > 1 and words[-1].isalpha() and not words[-1].lower().startswith(_ALIKE)


def _date(text: str, value: str, month: str, target_language: str) -> str | None:
    """Day, month and, where it is written, year of an ISO 8601 date or month, with the month in the other language."""
    name = (MONTHS_EN if target_language == "en" else MONTHS_ES)[MONTH_NUMBER[month] - 1]
    numbers = re.findall(r"\d+", text)
    if name.lower() == month or len(numbers) > 2 or not _ISO.fullmatch(value):
        return None
    day = value[8:].lstrip("0")
    year = value[:4] if len(numbers) == 2 or "mil" in text or (numbers and len(numbers[0]) == 4) else ""
    parts = [part for part in (day, name.capitalize() if target_language == "en" else name, year) if part]
    return (" " if target_language == "en" else " de ").join(parts)


def _amount(fact: Fact, value: Quantity) -> str | None:
    """The number in digits where it is written with words ("12 mil", "3.5 mdp", "media tonelada")."""
    written = f"{value.value:,.10g}" if value.value != int(value.value) else f"{value.value:,.0f}"
    if written in fact.text or fact.text.replace(",", "").startswith(written.replace(",", "")):
        return None
    return f"{written} {value.unit}" if value.unit != "1" else written
