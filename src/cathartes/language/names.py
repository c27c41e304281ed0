"""Names of persons, aliases, organisations and places in running text, Spanish or English, by rules and word lists.

Stretches of capitalised words are found and cut where one name ends and another begins; what each names is told by `language.name_kinds`.
Measured in benchmarks/names.py.
"""

import re
from collections.abc import Iterator
from functools import cache

from cathartes.language.lexicon import (
    VERB_END,
    common_words,
    counted_words,
    given_names,
    names_table,
    nicknames,
    organisation_names,
    persons,
    place_names,
    surnames,
)
from cathartes.language.misread import shape
from cathartes.language.name_kinds import ARTICLES, LOWER, UPPER, WORD_BEFORE, heads, is_quoted, kind_of, words_of
from cathartes.language.numerals import WORDS
from cathartes.model import Fact, FactKind

_PLAIN = rf"[{UPPER}](?:[\w’&]|['’](?=\w)|-(?:\r?\n)?(?=\w)|\.(?=[{UPPER}]))*"
_SHORTENED = r"(?:Ma|Fco|Gpe|Sta|Sto|Gral|Lic|Ing|Dra?|Sra?|Cd|Av|Col|Mtro|Arq|Cap|Cmdte|Tte|Prof|Fracc|Lab|Mr|Mrs|Ms|Lt|Sgt|Capt|St)\."
_LEGAL_FORM = r"S\.?\s?(?:A\.?(?:B\.?|P\.?I\.?)?|de\s?R\.?L\.?)\s?de\s?C\.?V\b\.?"
CAP = rf"(?:EE\.\s?UU\.|{_LEGAL_FORM}|{_SHORTENED}|[{UPPER}]\.(?:\s?[{UPPER}]\.)*|{_PLAIN})"
MISREAD_CAPITAL = (
    r"(?:l(?=[bcdfghjkmnpqrstvwxz]\w)(?:\w|-\r?\n(?=\w))+|"
    rf"\d(?=\w*[{LOWER}]{{2}})(?!kil|gram|litr|met|ton|hor|hrs|mil|pes|d[íi]as|años)\w{{2,}})"
)
"""A word whose capital OCR took for a digit, or for the letter l, which no Spanish word has before another consonant."""

_SOUND_LINK = (
    r"viuda\s+de|de\s+la|de\s+las|de\s+los|del|de|la|las|los|el|y|e|da|do|dos|di|van|von|der|bin|al|of\s+the|of|for|and|&|"
    r"para\s+el|para\s+la|para|contra\s+el|contra\s+la|contra"
)
_MISREAD_LINK = r"de[lL]|de[lL]a|dee[lL]?|dde[lL]?|(?:d[ec]|c[l1I]e)\s[l1I]as?|d[ecd][l1I]?|cle[l1I]?|[1I]as?|[1I]os"
LINK = rf"(?:{_SOUND_LINK}|{_MISREAD_LINK})"
"""What joins the words of one name, as it is written and as OCR makes it."""

_ANY_CAPITAL = rf"(?:{CAP}|{MISREAD_CAPITAL})"
_GAP = r"(?:[ \u00a0]{1,2}|\r?\n)"
_NEXT = rf"{_GAP}(?:{LINK}{_GAP})?"
_WITHHELD = r"\s(?:['‘’\"“”«]N['‘’\"“”»]|N\.)(?!\w)"
"""The letter that Mexican authorities write in place of a suspect's surname."""

STRETCH = re.compile(
    rf"(?<![\w@#.-])(?<![\W\d]/)(?:{CAP}|{MISREAD_CAPITAL}(?={_NEXT}[{UPPER}]))"
    rf"(?:{_NEXT}{_ANY_CAPITAL}|,{_GAP}{_LEGAL_FORM})*(?:{_WITHHELD})?"
)
_NUMBER_OF_A_PLACE = re.compile(r"\s\d{1,3}(?=\s*(?:$|[,.;:)|\n](?!\d))|\s(?:y|e|o|el|al|a|en|de|del|con|se|and|in|on|at|with|to|from)\s)")
_FIELD_BEFORE = re.compile(r"(?:(?:^|\n|[|;])[^\S\n]*(?:[-•*]\s)?(?:[^\n|;:.]{2,30}:\s*)?|\()$")
_NOT_MARKS = re.compile(r"[^ \-•*\n]")
_FIELD_AFTER = re.compile(r"\s*(?:$|[|;)\n])")
_ARTICLE_AND_NAME = re.compile(rf"(?:El|La|Los|Las)\s[{UPPER}][{LOWER}]+")
_FRAGMENT = re.compile(rf" {{1,2}}([{LOWER}]{{1,6}})(?!\w)")
_LIKE_INFINITIVE = re.compile(r"[aei]r$")
"""Many surnames end so ("Barnier"); the infinitives that begin sentences are listed."""

_SENTENCE_START = re.compile(r"(?:^|[.!?…:;]|[\"“«¡¿(—–•*-])[\"“«'‘¡¿(—–•*\s-]*$")

BARE_HEADS = frozenset(("Estado", "Estados"))
"""Heads that are no name alone: "los Estados miembros"."""

DEMONYM = re.compile(r"\w+(?:ians?|ish|ese|ists?|isms?|i?ans)")
NUMBERED = re.compile(r"(?<![\w])(?P<alias>(?:El|La)\s(?=[lI]?\d)[\dlI]{1,2})(?!\w|[.,:/+-]\w|\s(?:de|dc|cle|del|por|kil|mil|h))")
CODED = re.compile(r"(?<=[a-zà-öø-ÿ,] )(?P<alias>(?:El|La)\s[A-Z]-?\d{1,3})(?![\w-]|[.,]\d)")
_CONTRACTION = re.compile(r"['’](?:re|ve|ll|d|m)$|n['’]t$")
QUOTED = re.compile(
    rf"(?:alias|apodad[oa]s?(?:\s+como)?|conocid[oa]s?\s+como|a\.?k\.?a\.?|nicknamed|known\s+as|dubbed|"
    rf"\([aA]\))[:\s]*[\"“«'‘]?(?P<alias>(?:(?:[Ee]l|[Ll]a|[Ll]os|[Ll]as|"
    rf"[Tt]he)\s+)?[{UPPER}\d](?:-\r?\n|[\w'’-])*(?:\s+(?:(?:de|del|la|el)\s+)?[{UPPER}\d](?:-\r?\n|[\w'’-])*){{0,3}})"
)
QUOTED_NICKNAME = re.compile(rf"(?<=\w\s)[\"“«‘](?P<alias>(?:(?:El|La|Los|Las)\s+)?[{UPPER}][{LOWER}]+(?:\s[{UPPER}][{LOWER}]+)?)[\"”»’]")


def names(text: str, language: str) -> Iterator[Fact]:
    """Every name in `text` (its small letters raised where they are names) with the kind that most speaks for."""
    headline = language == "en" and _is_headline(text)
    before: Fact | None = None
    for match in STRETCH.finditer(text):
        for start, end in _pieces(text, match.start(), match.end(), language):
            if not headline or not _all_common(text[start:end]):
                before = Fact(kind_of(text, start, end, before), text[start:end], start, end)
                yield before


def _is_headline(text: str) -> bool:
    """Whether an English line writes its words with capitals, as headlines do."""
    words = re.findall(r"[^\W\d_]{4,}", text)
    return bool(sum(word[0].isupper() for word in words) > 0.6 * len(words) > 1.8)


def _all_common(name: str) -> bool:
    words = name.replace("'s", "").split()
    return name not in place_names() and all(word.lower() in common_words("en") for word in words)


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


def _pieces(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """The names in one stretch of capitals: without a sentence's first word, titles, and split at "y" and "and" between names."""
    if _is_field(text, start, end) and text[start:end] not in _not_names(language):
        yield start, _with_number(text, start, end)
        return
    if not is_quoted(text, start, end):
        start = _after_first_word(text, start, end, language)
    for piece_start, piece_end in _split(text, start, end, language) if start < end else ():
        if piece_start > start:
            piece_start = _after_first_word(text, piece_start, piece_end, language)
        first, last = _trimmed(text, piece_start, _with_fragment(text, piece_start, piece_end), language)
        if first < last and not _is_no_name(text, first, last, language):
            yield first, _with_number(text, first, last)


def _is_field(text: str, start: int, end: int) -> bool:
    """Whether several words in capitals are all that a cell of a table or a line of a form holds: "Alias: La Doña"."""
    return (
        " " in text[start:end]
        and _NOT_MARKS.search(text, 0, start) is not None
        and bool(_FIELD_BEFORE.search(text, max(0, start - 60), start))
        and bool(_FIELD_AFTER.match(text, end))
    )


def _with_number(text: str, start: int, end: int) -> int:
    """The end of a name with the number that is part of it: "Ejido Campo 35"."""
    numbered = _NUMBER_OF_A_PLACE.match(text, end) if text[start:end].split()[0] in words_of("heads", "place") else None
    return numbered.end() if numbered else end


def _after_first_word(text: str, start: int, end: int, language: str) -> int:
    if start and not _SENTENCE_START.search(text, max(0, start - 12), start):
        return start
    words = text[start:end].split()
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in ARTICLES and second in heads() and " ".join(words) not in place_names():
        keep = False  # "El Banco de México", "La Ley de Prensa"
    elif first in ARTICLES - {"The"} and language == "en":
        keep = bool(second)
    elif first in ARTICLES:
        keep = bool(second) and (f"{first} {second}" in place_names() or _could_be_nickname(first, second, language))
    elif " " in text[start:end] and (first in heads() or (first in given_names() and second[0].isupper())):
        keep = True
    elif second[:1].isupper() and first.lower() in WORDS:
        keep = True  # "Tres Hermanos"
    elif second in surnames() and second not in given_names() and first.lower() not in counted_words(language):
        keep = True  # "Librado Heras": no more than the form of a verb
    else:
        keep = not _is_common(first, language, alone=not second[:1].isupper()) or (bool(second) and " ".join(words) in place_names())
    if keep:
        return start
    rest = re.search(rf"\s(?:{LINK}\s)?(?={_ANY_CAPITAL})", text[start:end])
    return start + rest.end() if rest else end


def _could_be_nickname(article: str, word: str, language: str) -> bool:
    never = names_table()["nicknames"]["never"].split()
    if word.lower() in nicknames() or word.endswith("-") or word in given_names():
        return True
    if language == "es" and word.istitle() and not _is_known(word):
        return True
    if language == "es" and word.lower() not in common_words(language) and shape(word) in _shapes():
        return True
    if article in ("Los", "Las") and re.search(r"[oaec]s$", word) and not (word in heads() or word in place_names() or word in surnames()):
        return True
    return word.lower() in common_words(language) and word not in never and word not in heads() and word not in given_names()


def _is_known(word: str) -> bool:
    """Whether a capital is explained without a nickname: a usual word, or a name that a list has."""
    listed = word in place_names() or word in organisation_names() or word in heads()
    return listed or word.lower() in common_words("es") or bool(DEMONYM.fullmatch(word)) or word in _not_names("es")


@cache
def _shapes() -> frozenset[str]:
    return frozenset(map(shape, counted_words("es") | nicknames()))


def _is_common(word: str, language: str, *, alone: bool) -> bool:
    """Whether a capital at the start of a sentence says nothing; `alone` where no other capital follows at once."""
    plain = word.rstrip(".")
    is_common = plain.lower() in common_words(language)
    if plain in given_names() or plain in place_names():
        return is_common
    is_verb = alone and bool(VERB_END.search(plain)) and not _LIKE_INFINITIVE.search(plain)
    return is_common or is_verb or word in _not_names(language)


def _split(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Cut where one name ends and another begins: at "y" and "and", before a title or a given name, between a person and "de" + place."""
    for find in (_link_between, _title_inside, _person_after, _place_of_person):
        if cut := find(text[start:end], text[max(0, start - 3) : start], language):
            yield start, start + cut[0]
            yield from _split(text, start + cut[1], end, language)
            return
    yield start, end


def _link_between(stretch: str, _: str, language: str) -> tuple[int, int] | None:
    """Where "y" or "and" parts two names; not where an organisation's name goes on there, nor at "and" in Spanish text."""
    head = stretch.split(" ", 1)[0]
    for cut in re.finditer(r"\s(?:y|e|and)\s" if language == "en" else r"\s(?:y|e)\s", stretch):
        after = stretch[cut.end() :].split(" ", 1)[0]
        if language == "en" and head.lower() not in common_words("en"):
            return cut.span()  # Spanish names go on with "y"
        if language == "es" and _is_joined(stretch[: cut.start()].split(), stretch[cut.end() :].split()):
            continue
        if (
            head not in words_of("heads", "organisation")
            or after in heads() | ARTICLES
            or after in given_names()
            or cut.group().strip() == "e"
        ):
            return cut.span()
    return None


def _is_joined(before: list[str], after: list[str]) -> bool:
    """Whether "y" joins two surnames of one person: "Saúl Enrique Zamora y Ponce"."""
    is_person = len(before) > 1 and (before[0] in given_names() or before[-1] in surnames())
    is_surname = len(after) == 1 and after[0] in surnames() - given_names()
    return is_person and is_surname


def _title_inside(stretch: str, _: str, language: str) -> tuple[int, int] | None:
    """Where a title begins another name: "Cromwell de Sir William"; or the United States end, which are written with dots."""
    states = re.match(r"EE\.\s?UU\.(?=\s)", stretch)
    if states:
        return states.end(), states.end() + 1
    inside = [cut for cut in re.finditer(r"(?:\sde)?\s(?=([\w.]+)\s)", stretch) if cut[1] in _not_names(language)]
    return inside[0].span() if inside and stretch.split(" ", 1)[0] not in heads() | ARTICLES else None


def _person_after(stretch: str, before: str, _: str) -> tuple[int, int] | None:
    """Where a person's name follows another name without a mark: "de Macedonia Zoran Zaev", "Dragons Den Peter Jones"."""
    words = stretch.split()
    of_a_place = before.endswith("de ") and words[0] in place_names() and not _is_person_or_head(words[0])
    given = next((number for number, word in enumerate(words) if _is_person_or_head(word)), 0)
    if of_a_place and len(words) > 2 and words[1].istitle() and words[1] not in surnames():
        given = 1
    elif not (2 <= given < len(words) - 1 and words[given] in given_names() and words[given - 1].istitle()):
        return None
    start = [word.start() for word in re.finditer(r"\S+", stretch)][given]
    return len(stretch[:start].rstrip()), start


def _is_person_or_head(word: str) -> bool:
    return word in persons() or word in heads()


def _place_of_person(stretch: str, _: str, __: str) -> tuple[int, int] | None:
    """Where "de" parts a person from a place."""
    head = stretch.split()[0]
    whole = " ".join(stretch.split())
    if whole in place_names() or head in ("San", "Santa", "Santo"):
        return None
    for cut in re.finditer(r"\sde(?:l|\sla)?\s", stretch):
        before, after = stretch[: cut.start()].strip(), stretch[cut.end() :]
        is_one_name = head in heads() or re.sub(r"^[Ll](?:a|os|as)\s", "", after).split()[0] in persons() or cut.group() != " de "
        if re.match(r"R\.?L|C\.?V", after) or (after in surnames() and before.split()[-1] in surnames()):
            continue  # a legal form, or a husband's surname
        named = words_of("heads", "organisation") | words_of("heads", "name") | ARTICLES
        if " " in before and (after in place_names() or not is_one_name) and head not in named:
            return cut.span()
    return None


def _with_fragment(text: str, start: int, end: int) -> int:
    """The end of a name with the small letters after it that OCR cut off its last word: "Ovidi o", "Las P almas"."""
    last, torn = text[start:end].split()[-1:], _FRAGMENT.match(text, end)
    is_torn = torn and last and last[0] not in _parts_of_names() and last[0] + torn[1] in _parts_of_names()
    return torn.end() if torn and is_torn else end


@cache
def _parts_of_names() -> frozenset[str]:
    listed = (word for name in place_names() | organisation_names() for word in name.split())
    return frozenset((*listed, *given_names(), *surnames(), *(word.capitalize() for word in nicknames())))


def _trimmed(text: str, start: int, end: int, language: str) -> tuple[int, int]:
    """Without words at its edges that are written with a capital and are no name: titles, months, "I", links."""
    drop = _not_names(language)
    if _ARTICLE_AND_NAME.fullmatch(text, start, end):
        return start, end  # "a La Doña": within a sentence only names have an article with a capital
    if language == "es" and text.startswith("A ", start) and (start == 0 or not text[start - 1].isalnum()):
        start += 2
    while start < end and (word := re.match(r"\S+\s*", text[start:end])):
        bare = word.group().strip()
        is_nickname = text[max(0, start - 3) : start] in ("El ", "La ") and bare not in names_table()["nicknames"]["never"].split()
        if is_nickname or not (bare.removesuffix(".") in drop or re.fullmatch(LINK, bare)):
            break
        start += word.end()
    while start < end and (word := re.search(r"(?:^|\s)(\S+)$", text[start:end])):
        if word[1] not in drop and not re.fullmatch(LINK, word[1]):
            break
        end = start + word.start()
    if language == "en" and text[start:end].endswith(("'s", "’s")):
        end -= 2
    return start, end


def _is_no_name(text: str, start: int, end: int, language: str) -> bool:
    name = text[start:end]
    if language == "en" and _CONTRACTION.search(name):
        return True
    if len(name) == 1 or name in _not_names(language) or name in ARTICLES | BARE_HEADS or re.fullmatch(r"[IVXLC]{2,}", name):
        return True
    return language == "en" and bool(DEMONYM.fullmatch(name)) and name not in place_names() and name not in persons()


@cache
def _not_names(language: str) -> frozenset[str]:
    from cathartes.language.calendar_words import MONTH_NUMBER, WEEKDAY_NUMBER

    listed = names_table()["not_names"]["english" if language == "en" else "spanish"].split()
    calendar = {word.capitalize() for word in (*MONTH_NUMBER, *WEEKDAY_NUMBER) if len(word) > 3} - (
        {"Mayo", "Junio", "Julio"} if language == "es" else set()
    )
    return frozenset(listed) | calendar | {"US$", "USD", "MXN", "UTM", "WGS84", "WGS"}
