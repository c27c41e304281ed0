"""What a fact that is kept to the letter means to a reader of the other language, where its form does not tell."""

import re

from cathartes.language.dates import MONTH_NUMBER, MONTHS_EN, MONTHS_ES
from cathartes.language.lexicon import exonyms
from cathartes.model import NAMES, Fact, FactKind, Quantity

_MONTH = re.compile(rf"\b(?:{'|'.join(sorted(MONTH_NUMBER, key=len, reverse=True))})\b", re.IGNORECASE)


def gloss(fact: Fact, target_language: str) -> str | None:
    """The meaning in a few characters, `None` where the fact speaks for itself."""
    if fact.kind in NAMES:
        known = exonyms("es" if target_language == "en" else "en").get(fact.text.replace("\xa0", " "))
        return known if known != fact.text else None
    if fact.kind is FactKind.DATE and isinstance(fact.value, str) and (month := _MONTH.search(fact.text)):
        return _date(fact.text, month, target_language)
    if fact.kind is FactKind.TIME and isinstance(fact.value, str) and not any(map(str.isdigit, fact.text)):
        return fact.value
    if isinstance(fact.value, Quantity) and any(character.isalpha() for character in fact.text):
        return _amount(fact, fact.value)
    return None


def _date(text: str, month: re.Match[str], target_language: str) -> str | None:
    """Day, month and year as they are written, with the month in the other language."""
    name = (MONTHS_EN if target_language == "en" else MONTHS_ES)[MONTH_NUMBER[month.group().lower()] - 1]
    numbers = re.findall(r"\d+", text)
    if name.lower() == month.group().lower() or not numbers or len(numbers) > 2:
        return None
    return (
        " ".join((*numbers[:-1], name.capitalize(), numbers[-1]))
        if target_language == "en"
        else " de ".join((*numbers[:-1], name, numbers[-1]))
    )


def _amount(fact: Fact, value: Quantity) -> str | None:
    """The number in digits where it is written with words ("12 mil", "3.5 mdp", "media tonelada")."""
    written = f"{value.value:,.10g}" if value.value != int(value.value) else f"{value.value:,.0f}"
    if written in fact.text or fact.text.replace(",", "").startswith(written.replace(",", "")):
        return None
    return f"{written} {value.unit}" if value.unit != "1" else written
