"""Names that their form or the words around them tell: nicknames that are announced or quoted, call signs, streets called after a day.

What is a name by its capitals alone is found by `language.names`.
"""

import re
from collections.abc import Iterator
from functools import cache

from cathartes.language.calendar_words import MONTHS_ES
from cathartes.language.lexicon import given_names, names_table, place_names, surnames
from cathartes.language.name_kinds import ARTICLES, LOWER, UPPER, WORD_BEFORE, heads, words_of
from cathartes.model import Fact, FactKind

NUMBERED = re.compile(
    r"(?<![\w])(?P<alias>(?:El|La)\s(?=[lI]?\d)[\dlI]{1,2})(?!\w|[.,:/+-]\w|,?\s(?:[ye]\s)?\d|"
    r"\s(?:de|dc|cle|del|por|kil|mil|h|aniversario|(?i:zona|batall[óo]n|regimiento)))"
)
CODED = re.compile(r"(?<=[a-zà-öø-ÿ,] )(?P<alias>(?:El|La)\s[A-Z]-?\d{1,3})(?![\w-]|[.,]\d)")
QUOTED = re.compile(
    rf"(?:alias|apodad[oa]s?(?:\s+como)?|conocid[oa]s?\s+como|a\.?k\.?a\.?|nicknamed|known\s+as|dubbed|"
    rf"\([aA]\))[:\s]*[\"“«'‘]?(?P<alias>(?:(?:[Ee]l|[Ll]a|[Ll]os|[Ll]as|"
    rf"[Tt]he)\s+)?[{UPPER}\d](?:-\r?\n|[\w'’-])*(?:\s+(?:[{UPPER}]\.(?=\s[{UPPER}])|"
    rf"(?:(?:de|del|la|el|de\s+(?:la|los|las))\s+)?[{UPPER}\d](?:-\r?\n|[\w'’-])*)){{0,3}})"
)
QUOTED_NICKNAME = re.compile(rf"(?<=\w\s)[\"“«‘](?P<alias>(?:(?:El|La|Los|Las)\s+)?[{UPPER}][{LOWER}]+(?:\s[{UPPER}][{LOWER}]+)?)[\"”»’]")

_CAPITALS_BEFORE = re.compile(rf"[{UPPER}], [{UPPER}]")
_SURNAME = rf"(?:(?:DE(?: L(?:A|OS|AS))?|DEL|VAN|ST\.) )?[{UPPER}][{UPPER}'’]{{2,}}"
_LISTED_PERSON = re.compile(
    rf"(?<![\w.-])(?P<surnames>{_SURNAME}(?:[ -]{_SURNAME}){{0,2}}), "
    rf"(?P<given>(?:Ma\.|Fco\.|Gpe\.|[{UPPER}][{LOWER}]+)(?: [{UPPER}][{LOWER}]+| [{UPPER}]\.)?)"
    rf"(?![\w'’]|(?: del?)? [{UPPER}][{LOWER}])"
)
"""Surnames in capitals before the given name, as lists and court files have them: "MEDRANO PEÑA, Juan Carlos"."""

_DAY = rf"\d{{1,2}}\sde\s(?:{'|'.join(MONTHS_ES)})(?!\w|\sdel?\s(?:\d|año|presente|este))"
_MONTHS = re.compile("|".join(MONTHS_ES), re.IGNORECASE)
_NUMBERS = "Primero|Dos|Tres|Cinco|Seis|Diez|Doce|Quince|Dieciséis|Dieciseis|Dieciocho|Veinte|Veintiuno|Veinticuatro|Veintisiete|Treinta"
"""With its month, both with a capital, no date is written so."""

_ON_THE_AIR = re.compile(r"(?:\d\d:?[0-5]\d(?:\s?h(?:rs?)?\.?)?)[\s,;–—-]+[A-Z]")
"""A line of a radio log, which begins with the hour."""

_NUMBERED_WORD = re.compile(
    rf"(?:^\S+[\s,;–—-]+|\s(?:a|to)\s|\b(?:aquí|here|this\sis)\s)(?P<call>(?P<word>[{UPPER}][\w]{{2,}})[ -]\d{{1,3}}(?:-\d{{1,2}})?)"
    r"(?=[,:]|\s(?:a|to|on|in|en|is|se|reporta|informa|solicita|responde|confirma|llega|sale|arrived|copy|copies|requesting|requests|reports)\b)"
)
"""A word with a number that is called or calls on the radio."""

_STREET = (
    r"(?:calles?|av(?:enida)?\.?|col(?:onia)?\.?|blvd\.?|bulevar|boulevard|calz(?:ada)?\.?|esq(?:uina)?\.?(?:\scon)?|priv(?:ada)?\.?|"
    r"prol(?:ongación)?\.?|fracc(?:ionamiento)?\.?|callejón|andador|barrio|ejido|plaza|parque|mercado|jardín|escuela|primaria|street|road)"
)
_CALLED_AFTER_A_DAY = (
    re.compile(rf"\b{_STREET}\s(?P<street>{_DAY})", re.IGNORECASE),
    re.compile(rf"\b{_STREET}\s[^,;.\n]{{2,40}}?\s(?:y|e|con|and)\s(?P<street>{_DAY})", re.IGNORECASE),
    re.compile(
        rf"(?<!\w)(?P<street>{_DAY})(?=,?\s(?:n[úu]m(?:ero|\.)|no\.|#)\s?\d|\s#\d|\s\d{{1,4}},?\s(?:col(?:onia)?\b|int\b))",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?P<street>(?:{_NUMBERS})\sde\s(?:{'|'.join(month.title() for month in MONTHS_ES)}))\b"),
)


def listed_persons(text: str) -> Iterator[Fact]:
    """Persons whose surname stands first, in capitals."""
    if not _CAPITALS_BEFORE.search(text):
        return
    for match in _LISTED_PERSON.finditer(text):
        named = [word.capitalize() for word in re.split("[ -]", match["surnames"])]
        first, *others = match["given"].split()
        is_given = all(each in given_names() or each.endswith(".") for each in (first, *others))
        if is_given or (not others and first not in place_names() and not surnames().isdisjoint(named)):
            yield Fact(FactKind.PERSON, match.group(), *match.span())


def numbered_names(text: str) -> Iterator[Fact]:
    """Names of which a number is part: call signs, and streets called after a day."""
    if any(map(str.isdigit, text)):
        yield from _call_signs(text)
    if _MONTHS.search(text):
        yield from _streets(text)


def _call_signs(text: str) -> Iterator[Fact]:
    """What a station or patrol is called on the radio: "Lince 4"; in "al Tigre 7 armas" the number counts something."""
    if _ON_THE_AIR.match(text):
        calls = (match for match in _NUMBERED_WORD.finditer(text) if match["word"] not in heads() | words_of("not_names", "roads"))
        yield from (Fact(FactKind.ALIAS, match["call"], *match.span("call")) for match in calls)
    for match in _call_sign().finditer(text):
        if not (match["article"] and match["many"]):
            yield Fact(FactKind.ALIAS, match["call"], *match.span("call"))


@cache
def _call_sign() -> re.Pattern[str]:
    titled = names_table()["nicknames"]["calls"]
    called = "|".join((*titled.split(), *titled.upper().split()))
    article = r"(?P<article>\b(?:al?|el|las?|los|del|the)\s)?"
    return re.compile(
        rf"{article}(?<![\w-])(?P<call>(?:{called})[ -]\d{{1,3}}(?:-\d{{1,2}})?)(?![\w%-]|[.,:/]\d)(?P<many>\s[{LOWER}]{{3,}}s\b)?"
    )


def _streets(text: str) -> Iterator[Fact]:
    """Streets and quarters that are called after a day, which is no date there: "calle 5 de Febrero"."""
    for pattern in _CALLED_AFTER_A_DAY:
        for match in pattern.finditer(text):
            yield Fact(FactKind.PLACE, match["street"], *match.span("street"))


def aliases(text: str) -> Iterator[Fact]:
    """Nicknames that are announced ("alias", "apodado"), stand in quotes after a name, or are a number or a code ("El 13", "El R-8")."""
    for pattern in (QUOTED, QUOTED_NICKNAME, NUMBERED, CODED):
        for match in pattern.finditer(text):
            start, end = match.span("alias")
            if pattern is not QUOTED_NICKNAME or _may_be_nickname(text, start):
                yield Fact(FactKind.ALIAS, text[start:end], start, end)


def _may_be_nickname(text: str, start: int) -> bool:
    """Whether what stands in quotes follows a name, or has an article and no word before it that says what else it is."""
    before = WORD_BEFORE.search(text, max(0, start - 40), start)
    word = before[1] if before else ""
    titled = any(word.lower() in words_of("before", kind) for kind in (FactKind.ORGANISATION, FactKind.PLACE, FactKind.NAME))
    return word[:1].isupper() or (not titled and text.startswith(tuple(f"{article} " for article in ARTICLES), start))
