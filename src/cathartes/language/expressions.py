"""One expression, whole, to its value: what `cathartes normalise` prints for a line.

The expression is the value with words around it that leave it as it is ("un total de aproximadamente 450 kilos de cristal"). Whatever
else is there makes it no value: two amounts, a vague word, a number that only counts an article or a street.
"""

import re
import tomllib
from datetime import date
from importlib.resources import files

from cathartes.language.clock import by_part_of_day
from cathartes.language.lexicon import counted_words
from cathartes.language.numerals import number_of
from cathartes.language.quantities import COUNTED_TIME, DIMENSIONLESS, unit_of
from cathartes.language.structured import structured_facts
from cathartes.model import Fact, FactKind, Place, Quantity

VALUES = frozenset((FactKind.QUANTITY, FactKind.MONEY, FactKind.DATE, FactKind.TIME, FactKind.COORDINATE))
_WORDS = tomllib.loads(files("cathartes").joinpath("data/language/expressions.toml").read_text("utf-8"))
ARTICLES = frozenset(("el", "la", "a", "an"))
FILLERS, TITLES, PARTS_OF_DAY, CHANGES, VAGUE = (
    frozenset(_WORDS[group].split()) for group in ("fillers", "titles", "parts_of_day", "changes", "vague")
)
_HEDGES = re.compile(
    r"\bm[áa]s o menos\b|\bmore or less\b|\bno (?:menos|m[áa]s) de\b|\b(?:no|not) (?:less|more) than\b|\bon or about\b|"
    r"\(?\bWGS[ -]?84\b\)?:?",
    re.IGNORECASE,
)
"""What hedges a value with words that would otherwise change it, and the datum that every coordinate is in here."""

LONGEST = 300
"""Characters of a line beyond which it is no one expression."""

_TAIL = re.compile(r"(?:\s+[^\W\d_]+){1,7}[.\s]*")
_ASIDE = re.compile(r"(?P<before>[^()]*\w[^()]*)\((?P<inside>[^()]+)\)(?P<after>.*)")


def normalise(expression: str, today: date | None) -> Quantity | Place | str | None:
    """The value of one expression; `None` where it is none, is several, or could only be guessed. `today` is the document's date."""
    plain = _HEDGES.sub("", expression[: LONGEST + 1]).strip()
    if len(plain) > LONGEST:
        return None
    if aside := _ASIDE.fullmatch(plain):
        return _said_twice(aside, today)
    facts = structured_facts(plain, _language(plain), today)
    if not facts:
        return _spelled(plain)
    if any(fact.kind not in VALUES for fact in facts):
        return None
    if len(facts) == 1 and isinstance(facts[0].value, Quantity):
        return _amount(plain, facts[0], facts[0].value)
    if _rest(plain, facts):
        return None
    readings = {fact.place or fact.value for fact in facts}
    return readings.pop() if len(readings) == 1 else _moment(plain, facts)


def _language(expression: str) -> str:
    """English where more of the words are English only than Spanish only."""
    words = set(re.findall(r"[^\W\d_]+", expression.lower()))
    english, spanish = counted_words("en"), counted_words("es")
    return "en" if len(words & english - spanish) > len(words & spanish - english) else "es"


def _said_twice(aside: re.Match[str], today: date | None) -> Quantity | Place | str | None:
    """What stands around a parenthesis that says the number before it once more ("20 (veinte) kilos"), or says no number at all."""
    inside, whole = normalise(aside["inside"], today), normalise(" ".join((aside["before"] + aside["after"]).split()), today)
    if not isinstance(inside, Quantity):
        return whole if inside is None and not re.search(r"\d", aside["inside"]) else None
    before = normalise(aside["before"], today)
    if not isinstance(before, Quantity):
        return whole if inside.value in map(float, re.findall(r"\d+", aside["before"])) else None
    return whole if before.value == inside.value and inside.unit in (before.unit, DIMENSIONLESS) else None


def _amount(expression: str, fact: Fact, value: Quantity) -> Quantity | None:
    """An amount with what it is of behind it; behind a bare number stands its unit: "4 granadas de mano", "3,000 fentanyl pills"."""
    behind = expression[fact.end :].removeprefix(".")
    before, after = set(_words(expression[: fact.start])) - FILLERS - TITLES, _words(behind)
    if before and (before & CHANGES or value.unit in (*COUNTED_TIME, DIMENSIONLESS) or any(map(number_of, before))):
        return None
    if set(after) <= FILLERS:
        return value
    if not _TAIL.fullmatch(behind) or CHANGES & set(after) or after[0] in ARTICLES:
        return None
    if value.unit == DIMENSIONLESS:
        counted = unit_of(after[-1]) if len(after) == 2 else None
        return Quantity(value.value, counted or after[0]) if len(after[0]) > 2 and len(after) < 4 else None
    # "Un día de estos" is no day, and "a 55-gallon drum" says how large a drum is.
    vague = value.unit in COUNTED_TIME and fact.text.split()[0].lower() in ("un", "una", "a")
    return None if vague or re.search(r"\d-\D", fact.text) else value


def _spelled(expression: str) -> Quantity | None:
    """A number in words, alone or with what it counts; "un" before a thing counts nothing."""
    words = expression.split()
    for end in range(len(words), 0, -1):
        if (number := number_of(" ".join(words[:end]))) is not None:
            things = words[end:]
            counts = number > 1 and len(things) < 3 and all(map(str.isalpha, things)) and not {*things} & (FILLERS | CHANGES)
            return Quantity(number, things[0].lower() if things else DIMENSIONLESS) if counts or not things else None
    return None


def _words(text: str) -> list[str]:
    found = (word.strip("¿?¡!()[]\"'«»“”;#~-–.") for word in re.sub("[,:=]", " ", text.lower()).split())
    return [word for word in found if word]


def _rest(expression: str, facts: tuple[Fact, ...]) -> frozenset[str]:
    """The words outside all facts that make them something else."""
    outside = list(expression)
    for fact in facts:
        outside[fact.start : fact.end] = " " * (fact.end - fact.start)
    rest = frozenset(_words("".join(outside))) - FILLERS - TITLES
    days = [fact for fact in facts if fact.kind is FactKind.DATE and isinstance(fact.value, str) and len(fact.value) == 10]
    if days:
        rest -= PARTS_OF_DAY
    # A street may be called after a day, but hardly after one with its year.
    return rest & (CHANGES | VAGUE) if any(re.search(r"\d{4}|mil", fact.text) for fact in days) else rest


def _moment(expression: str, facts: tuple[Fact, ...]) -> str | None:
    """A date and a time of day that stand together, as one moment; "anoche a las 11" is 23:00."""
    if sorted(fact.kind for fact in facts) != [FactKind.DATE, FactKind.TIME]:
        return None
    day, clock = (next(fact.value for fact in facts if fact.kind is kind) for kind in (FactKind.DATE, FactKind.TIME))
    if not isinstance(day, str) or not isinstance(clock, str) or len(day) != 10:
        return None
    part = " ".join({"anoche", "antenoche", "tonight", *PARTS_OF_DAY} & set(_words(expression)))
    return f"{day}T{by_part_of_day(int(clock[:2]), part):02d}{clock[2:]}"
