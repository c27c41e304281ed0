"""Names of persons, aliases, organisations and places in running text, Spanish or English, by rules and word lists.

Stretches of capitalised words are found and cut where one name ends and another begins; what each names is told by `language.name_kinds`.
Measured in benchmarks/names.py.
"""

import re
from collections.abc import Iterator
from functools import cache

from cathartes.language.announced import BEFORE_A_PLACE
from cathartes.language.calendar_words import MONTHS_ES
from cathartes.language.lexicon import (
    VERB_END,
    common_words,
    counted_words,
    given_names,
    is_singular_verb,
    names_table,
    nicknames,
    organisation_names,
    persons,
    place_names,
    surnames,
)
from cathartes.language.misread import shape
from cathartes.language.name_kinds import ARTICLES, LOWER, UPPER, heads, is_quoted, kind_of, roles, words_of
from cathartes.language.name_splits import not_names, pieces_of
from cathartes.language.numerals import WORDS
from cathartes.model import Fact

_PLAIN = rf"[{UPPER}](?:[\w’&]|['’](?=\w)|-(?:\r?\n)?(?=\w)|\.(?=[{UPPER}]))*"
_SHORTENED = (
    r"(?:Ma|Fco|Gpe|Sta|Sto|Gral|Lic|Ing|Dra?|Sra?|Cd|Av|Col|Mtro|Arq|Cap|Cmdte|Tte|Prof|Fracc|Lab|Mr|Mrs|Ms|Lt|Sgt|Capt|St|"
    r"Fca|Fdo|Gmo|Alej|Ant|Dgo|Ign|Hdez|Hdz|Rdz|Rdgz|Mtz|Mtnez|Glz|Glez|Gzz|Lpz|Fdez|Cmte)\."
)
_LEGAL_FORM = r"S\.?\s?(?:A\.?(?:B\.?|P\.?I\.?)?|de\s?R\.?L\.?)\s?de\s?C\.?V\b\.?"
_OTHER_FORM = (
    r"S\.\s?de\s?R\.?L\b\.?|S\.?P\.?R\.?(?:\s?de\s?R\.?[LIS]\b\.?)?|S\.A\.(?:S\.)?|[AS]\.C\.|"
    r"Inc\b|LLC\b|L\.L\.C\.|Ltd\b|Corp\b|Co\."
)
CAP = rf"(?:EE\.\s?UU\.|{_LEGAL_FORM}|{_SHORTENED}|[{UPPER}]\.(?:\s?[{UPPER}]\.)*|{_PLAIN})"
MISREAD_CAPITAL = (
    r"(?:l(?=[bcdfghjkmnpqrstvwxz]\w)(?:\w|-\r?\n(?=\w))+|"
    rf"\d(?=\w*[{LOWER}]{{2}})(?!kil|gram|litr|met|ton|hor|hrs|mil|pes|d[íi]as|años|\d?(?:st|nd|rd|th)\b)\w{{2,}})"
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
    rf"(?:{_NEXT}{_ANY_CAPITAL}|,{_GAP}(?:{_LEGAL_FORM}|{_OTHER_FORM}))*"
    rf"(?:{_WITHHELD}|(?:(?<=\s(?:Co|Jr|Sr))|(?<=\s(?:Inc|Ltd))|(?<=\s(?:Corp|Bros)))\.)?"
)
_CODE_BEFORE = re.compile(rf"[A-Z][\w-]*\d{{3}}[\w-]*{_NEXT}(?={_ANY_CAPITAL})")
"""A code before what it belongs to: "OOLU2544842 de Aserradero La Sierrita"."""

_NUMBER_OF_A_PLACE = re.compile(
    rf"(?:\s(?:No|Núm|Num)\.)?\s\d{{1,3}}(?=\s*(?:$|[,.;:)|\n](?!\d))|\s(?!de (?:{'|'.join(MONTHS_ES)}))"
    r"(?:y|e|o|el|al|a|en|de|del|con|se|por|and|in|on|at|with|to|from|[a-z]+ó)\s)"
)
_FIELD_BEFORE = re.compile(r"(?:(?:^|\n|[|;]|\s[-–—](?=\s))[^\S\n]*(?:[-•*]\s)?(?:[^\n|;:.]{2,30}:\s*)?|\()$")
_NOT_MARKS = re.compile(r"[^ \-•*\n]")
_FIELD_AFTER = re.compile(r"\s*(?:$|[|;)\n]|\s[-–—]\s)")
_ARTICLE_AND_NAME = re.compile(rf"(?:El|La|Los|Las)\s[{UPPER}][{LOWER}]+")
_FRAGMENT = re.compile(rf" {{1,2}}([{LOWER}]{{1,6}})(?!\w)")
_LIKE_INFINITIVE = re.compile(r"[aei]r$")
"""Many surnames end so ("Barnier"); the infinitives that begin sentences are listed."""

_SENTENCE_START = re.compile(r"(?:^|[.!?…:;]|[\"“«¡¿(—–•*-])[\"“«'‘¡¿(—–•*\s-]*$")

BARE_HEADS = frozenset(("Estado", "Estados"))
"""Heads that are no name alone: "los Estados miembros"."""

DEMONYM = re.compile(r"\w+(?:ians?|ish|ese|ists?|isms?|i?ans)")
_CONTRACTION = re.compile(r"['’](?:re|ve|ll|d|m)$|n['’]t$")


def names(text: str, language: str) -> Iterator[Fact]:
    """Every name in `text` (its small letters raised where they are names) with the kind that most speaks for."""
    headline = language == "en" and _is_headline(text)
    before: Fact | None = None
    for match in STRETCH.finditer(text):
        code = _CODE_BEFORE.match(text, match.start(), match.end())
        for start, end in _pieces(text, code.end() if code else match.start(), match.end(), language):
            if not headline or not _all_common(text[start:end]):
                before = Fact(kind_of(text, start, end, before), text[start:end], start, end)
                yield before


def _is_headline(text: str) -> bool:
    """Whether an English line writes its words with capitals, as headlines do."""
    words = re.findall(r"[^\W\d_]{4,}", text)
    return bool(sum(word[0].isupper() for word in words) > 0.6 * len(words) > 1.8)


def _all_common(name: str) -> bool:
    words = name.replace("'s", "").split()
    return name not in place_names() and name not in organisation_names() and all(word.lower() in common_words("en") for word in words)


def _pieces(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """The names in one stretch of capitals: without a sentence's first word, titles, and split at "y" and "and" between names."""
    if _is_field(text, start, end) and text[start:end] not in not_names(language):
        first, last = _trimmed(text, start, end, language)
        if " " in text[first:last]:
            start, end = first, last  # "Sgt. Dale Ybarra"
        yield start, _with_number(text, start, end)
        return
    if not is_quoted(text, start, end):
        start = _after_first_word(text, start, end, language)
    for piece_start, piece_end in pieces_of(text, start, end, language) if start < end else ():
        if piece_start > start:
            piece_start = _after_first_word(text, piece_start, piece_end, language)
        piece_end = _with_fragment(text, piece_start, piece_end)
        first, last = piece_start, piece_end
        if not is_quoted(text, first, last):
            first, last = _trimmed(text, first, last, language)
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
    is_numbered = text[start:end].split()[0] in words_of("heads", "place") | words_of("heads", "numbered")
    numbered = _NUMBER_OF_A_PLACE.match(text, end) if is_numbered else None
    return numbered.end() if numbered else end


def _after_first_word(text: str, start: int, end: int, language: str) -> int:
    if start and not _SENTENCE_START.search(text, max(0, start - 12), start):
        return start
    words = text[start:end].split()
    first, second = words[0], words[1] if len(words) > 1 else ""
    is_place = f"{first} {second}" in place_names() and second in words_of("heads", "place")
    if first in ARTICLES and second in heads() | {"C."} and " ".join(words) not in place_names() and not is_place:
        keep = False  # "El Banco de México", "La Ley de Prensa", "La C. Yadira Peña"
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
    elif not second and first in surnames() and first.lower() not in counted_words(language) and _does(text, end):
        keep = True  # "Quijada metió"
    else:
        whole = " ".join(words)
        is_listed = bool(second) and (whole in place_names() or whole in organisation_names())
        keep = is_listed or not _is_common(first, language, alone=not second[:1].isupper())
    if keep:
        return start
    rest = re.search(rf"\s(?:(?:{LINK}|C\.)\s)?(?={_ANY_CAPITAL})", text[start:end])
    return start + rest.end() if rest else end


def _does(text: str, end: int) -> bool:
    """Whether a Spanish verb stands behind a name."""
    behind = re.match(r"\s(?:se\s|no\s)?([^\W\d_]+)", text[end : end + 30])
    return bool(behind and is_singular_verb(behind[1]))


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
    return listed or word.lower() in common_words("es") or bool(DEMONYM.fullmatch(word)) or word in not_names("es")


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
    return is_common or is_verb or word in not_names(language)


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
    drop = not_names(language)
    if _ARTICLE_AND_NAME.fullmatch(text, start, end) or text[start:end] in place_names():
        return start, end  # "General Zuazua", and "a La Doña": within a sentence only names have an article with a capital
    if language == "es" and text.startswith("A ", start) and (start == 0 or not text[start - 1].isalnum()):
        start += 2
    while start < end and (word := re.match(r"\S+\s*", text[start:end])):
        bare = word.group().strip()
        if language == "en" and _stays(bare, text[start + word.end() : end]):
            break
        is_nickname = text[max(0, start - 3) : start] in ("El ", "La ") and bare not in names_table()["nicknames"]["never"].split()
        is_no_part = bare.removesuffix(".") in drop or bare in words_of("not_names", "ranks") or re.fullmatch(LINK, bare)
        if is_nickname or not (is_no_part or _is_label(bare, text[start + word.end() : end], language)):
            break
        start += word.end()
    while start < end and (word := re.search(r"(?:^|\s)(\S+)$", text[start:end])):
        if word[1] not in drop and not re.fullmatch(LINK, word[1]) and not _is_label(word[1], text[start : start + word.start()], language):
            break
        end = start + word.start()
    if language == "en" and text[start:end].endswith(("'s", "’s")):
        end -= 2
    return start, end


def _is_label(word: str, beside: str, language: str) -> bool:
    """Whether a word in capitals beside a name in small letters says what the name is in a form: "DESTINO Guamúchil"."""
    if not word.isupper() or not any(map(str.islower, beside)) or word in organisation_names() or word.capitalize() in persons():
        return False
    return word.lower() in BEFORE_A_PLACE or (len(word) > 2 and word.lower() in common_words(language) | roles())


def _stays(word: str, after: str) -> bool:
    """Whether a title or a nation begins the name of an office: "Attorney General's Office", "Mexican Navy"."""
    *between, last = after.split() or [""]
    is_nation = not between and word.lower() not in words_of("before", "person")
    return last in words_of("heads", "organisation") and (is_nation or any(each.endswith(("'s", "’s")) for each in between))


def _is_no_name(text: str, start: int, end: int, language: str) -> bool:
    name = text[start:end]
    if language == "en" and _CONTRACTION.search(name):
        return True
    if len(name) == 1 or name in not_names(language) or name in ARTICLES | BARE_HEADS or re.fullmatch(r"[IVXLC]{2,}", name):
        return True
    return language == "en" and bool(DEMONYM.fullmatch(name)) and name not in place_names() and name not in persons()
