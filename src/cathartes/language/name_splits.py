"""Where one stretch of capitalised words is more than one name: at "y" and "and", before a title or a given name, at "de" and a place.

The stretches are found, and their edges trimmed, by `language.names`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from cathartes.language.calendar_words import MONTH_NUMBER, WEEKDAY_NUMBER
from cathartes.language.lexicon import common_words, given_names, names_table, organisation_names, persons, place_names, surnames
from cathartes.language.name_kinds import ARTICLES, first_word, heads, is_firm_of_two, words_of


def pieces_of(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Cut where one name ends and another begins: at "y" and "and", before a title or a given name, between a person and "de" + place."""
    if text[start:end] in organisation_names():
        yield start, end
        return
    for find in (_link_between, _title_inside, _person_after, _place_of_person, _office_of_person):
        if cut := find(text[start:end], text[max(0, start - 3) : start], language):
            yield from pieces_of(text, start, start + cut[0], language)
            yield from pieces_of(text, start + cut[1], end, language)
            return
    yield start, end


def _link_between(stretch: str, _: str, language: str) -> tuple[int, int] | None:
    """Where "y" or "and" parts two names; not where an organisation's name goes on there, nor at "and" in Spanish text."""
    head = first_word(stretch)
    for cut in re.finditer(r"\s(?:y|e|and)\s" if language == "en" else r"\s(?:y|e)\s", stretch):
        after = stretch[cut.end() :].split(" ", 1)[0]
        if after.rstrip(".") in words_of("inside", "firm_tails") or _FIRM.fullmatch(stretch):
            continue
        if _is_in_a_place(stretch, cut) or is_firm_of_two(stretch[: cut.start()], stretch[cut.end() :]):
            continue
        if language == "en" and head.lower() not in common_words("en"):
            return cut.span()  # Spanish names go on with "y"
        if language == "es" and _is_joined(stretch[: cut.start()].split(), stretch[cut.end() :].split()):
            continue
        if (
            head not in words_of("heads", "organisation")
            or after in heads() | ARTICLES
            or after in given_names()
            or (len(after) > 1 and after.isupper() and not stretch.isupper())
            or cut.group().strip() == "e"
        ):
            return cut.span()
    return None


_FIRM = re.compile(r"(?:\S+ ){1,2}(?:y|e|and) (?:\S+ ){1,2}(?:[AS]\.\s?C\.?|S\.\s?A\.?.*|S\. de .*|LLC|LLP|Inc\.?|Ltd\.?|Co\.?)")
"""Two surnames in the name of a firm, as its legal form tells: "Salinas y León S.C."."""


def _is_in_a_place(stretch: str, link: re.Match[str]) -> bool:
    """Whether the word that links stands inside a listed place: "Guadalupe y Calvo"."""
    before = stretch[: link.start()].split(" ")[-1]
    return any(stretch.startswith(place, link.start() - len(before)) for place in _places_with_a_link().get(before, ()))


@cache
def _places_with_a_link() -> Mapping[str, Sequence[str]]:
    """Listed places of two names and what links them, by the first."""
    linked: dict[str, list[str]] = {}
    for place in place_names():
        if re.search(r"^\S+ (?:y|e|and) ", place):
            linked.setdefault(place.split(" ")[0], []).append(place)
    return linked


def _is_joined(before: list[str], after: list[str]) -> bool:
    """Whether "y" joins two surnames of one person: "Saúl Enrique Zamora y Ponce"."""
    is_person = len(before) > 1 and (before[0] in given_names() or before[-1] in surnames())
    is_surname = len(after) == 1 and after[0] in surnames() and after[0] not in given_names()
    return is_person and is_surname


def _title_inside(stretch: str, _: str, language: str) -> tuple[int, int] | None:
    """Where a title begins another name: "Cromwell de Sir William"; or the United States end, which are written with dots."""
    states = re.match(r"EE\.\s?UU\.(?=\s)", stretch)
    if states:
        return states.end(), states.end() + 1
    titles = not_names(language) - {"Dios"}  # "Juan de Dios Vega"
    inside = [cut for cut in re.finditer(r"(?:\sde)?\s(?=([\w.]+)\s)", stretch) if cut[1] in titles]
    return inside[0].span() if inside and stretch.split(" ", 1)[0] not in heads() | ARTICLES else None


def _person_after(stretch: str, before: str, _: str) -> tuple[int, int] | None:
    """Where a person's name follows another name without a mark: "de Macedonia Zoran Zaev", "Dragons Den Peter Jones"."""
    words = stretch.split()
    of_a_place = before.endswith("de ") and words[0] in place_names() and not _is_person_or_head(words[0])
    given = next((number for number, word in enumerate(words) if _is_person_or_head(word)), 0)
    if of_a_place and len(words) > 2 and words[1].istitle() and words[1] not in surnames():
        given = 1
    elif not (2 <= given < len(words) - 1 and words[given] in given_names() and words[given - 1].istitle() and words[given - 1][-1] != "."):
        return None
    start = [word.start() for word in re.finditer(r"\S+", stretch)][given]
    return len(stretch[:start].rstrip()), start


def _is_person_or_head(word: str) -> bool:
    return word in persons() or word in heads()


def _place_of_person(stretch: str, _: str, __: str) -> tuple[int, int] | None:
    """Where "de" parts a person from a place."""
    head = first_word(stretch)
    whole = " ".join(stretch.split())
    if whole in place_names() or head in ("San", "Santa", "Santo") or is_firm_of_two(*whole.partition(" y ")[::2]):
        return None
    for cut in re.finditer(r"\sde(?:l|\sla)?\s", stretch):
        before, after = stretch[: cut.start()].strip(), stretch[cut.end() :]
        is_one_name = head in heads() or re.sub(r"^[Ll](?:a|os|as)\s", "", after).split()[0] in persons() or cut.group() != " de "
        if re.match(r"R\.?L|C\.?V", after) or (after in surnames() and before.split()[-1] in surnames()):
            continue  # a legal form, or a husband's surname
        named = words_of("heads", "organisation") | words_of("heads", "name") | ARTICLES
        of_an_acronym = before.isupper() and len(before) > 2 and not after.isupper() and after in place_names()
        if of_an_acronym or (" " in before and (after in place_names() or not is_one_name) and head not in named):
            return cut.span()
    return None


def _office_of_person(stretch: str, _: str, language: str) -> tuple[int, int] | None:
    """Where "of" or "del" parts a person or a firm from an office or a town: "Wade Kessler of the Pima County Sheriff's Office"."""
    left, goes, reached = stretch.partition(" for ")
    if goes and not place_names().isdisjoint((left, reached)):
        return len(left), len(left) + len(goes)  # "left Yuma for Laredo"
    cut = re.search(r"\sof(?:\sthe)?\s" if language == "en" else r"\sde(?:l|\sla)\s", stretch)
    before = stretch[: cut.start()].split() if cut else []
    if cut is None or len(before) < 2 or before[0] in heads():
        return None
    is_given = before[0].capitalize() in given_names()
    office, last = first_word(stretch[cut.end() :]), stretch.split()[-1]
    if language == "es":
        return cut.span() if is_given and office in words_of("heads", "organisation") else None
    of_an_office = office in heads() or (len(office) > 1 and office.isupper()) or last in words_of("heads", "organisation")
    is_firm = before[-1] in ("Ltd", "Inc", "LLC", "Corp", "Co")
    return cut.span() if of_an_office or is_given or is_firm or before[-1].capitalize() in surnames() else None


@cache
def not_names(language: str) -> frozenset[str]:
    """Words that are written with a capital and are no name: titles, months, some nations."""
    listed = names_table()["not_names"]["english" if language == "en" else "spanish"].split()
    calendar = {word.capitalize() for word in (*MONTH_NUMBER, *WEEKDAY_NUMBER) if len(word) > 3} - (
        {"Abril", "Mayo", "Junio", "Julio"} if language == "es" else set()
    )
    return frozenset(listed) | calendar | {"US$", "USD", "MXN", "UTM", "WGS84", "WGS"}
