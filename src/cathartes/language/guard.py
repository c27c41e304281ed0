"""The guard: facts are taken out of a sentence before an engine sees it, put back after, and counted.

Each fact is replaced by a token that an engine passes on as a word it does not know. A number in plain digits may stand for itself,
since engines need numbers to build a sentence; it is counted all the same. A sentence in which a token or a number is missing,
doubled or damaged is not a translation: it is stopped. See docs/explanation/guarded-translation.md.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cathartes.language.calendar_words import MONTHS_EN, MONTHS_ES, ORDINALS
from cathartes.language.lexicon import common_words, given_names, is_listed_name, names_an_office, openers, surnames
from cathartes.language.numerals import WORDS, number_of
from cathartes.language.quantities import BARE, DIMENSIONLESS, is_measure, is_of_goods, unnamed_goods
from cathartes.language.small_letters import CAPITAL_ARTICLES, is_all_capitals
from cathartes.model import NAMES, Carried, Fact, FactKind, Quantity

STEMS = ("Xq", "Zx", "Qz", "Xk", "Zq", "Kx")
HUNDRED = 100
_COUNTED = re.compile(r"(?<=\d) (?P<noun>[a-zà-öø-ÿ]{4,}s)(?![\w-])")
_COUNTED_COMPOUND = re.compile(r"(?<=\d) (?P<kind>[a-z]{3,}(?<!s|g|d)) (?P<noun>[a-z]{4,}s)(?![\w-])")
"""English sets a noun before another: "4 tire spikes"."""

_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MILLIONS = re.compile(r"(?P<number>\d+(?:[.,]\d+)*)\s+(?:millón|millones|millions?)$", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?!\w)")
_ROMAN = re.compile(r"\b[IVXLC]+\b")
_ORDINAL = re.compile(r"\b\d+(?:st|nd|rd|th)\b")
_MARKS = re.compile(r"[^\w\s,;()«»“”]{0,3}")
_OF = re.compile(r"\.? (?:y )?(?:del?|de l(?:a|os|as)) ")
_OF_ENGLISH = re.compile(r" of (?:the )?")
_OF_AN_OFFICE = re.compile(r" (?:en|para|contra|sobre|for|on|against)(?: (?:el|las?|los|the))? ")
"""What may stand within the name of an office: "Fiscalía Especializada en Delitos Ambientales"."""

_LEGAL_FORM = re.compile(r" (?:P\.?C|L\.?L\.?[CP]|Inc|Corp|Co|Ltd|Company|Associates|Partners|Sons|Brothers)\.?$")
_KIND_OF_PLACE = re.compile(
    r"\b(?:rancho|ranchería|ejido|arroyo|cerro|colonia|barrio|fraccionamiento|calle|callejón|avenida|calzada|bulevar|hacienda|predio|"
    r"paraje) $"
)
"""What a place is, as part of its name and in small letters: "rancho Los Laureles"."""

_ARTICLE_OF_HOURS = re.compile(r"\blas? $", re.IGNORECASE)
_DAY_IN_WORDS = re.compile(
    rf"\b(?:{'|'.join((*WORDS, *ORDINALS))})\b.*\b(?:{'|'.join(MONTHS_ES)})\b|\b(?:{'|'.join(MONTHS_EN)})\b.*\b(?:{'|'.join(ORDINALS)})\b",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"(?<=[^\W\d_])-\r?\n(?=[a-zà-öø-ÿ])")
_CAPITAL = re.compile(r"\s+[A-ZÀ-ÖØ-Þ](?=[a-zà-öø-ÿ]|\b)")


@dataclass(frozen=True)
class Masked:
    """A sentence with tokens in place of facts: `facts[n]` stands behind the token numbered n; `bare` numbers stand for themselves.

    `parts[n]` are the facts within `facts[n]`: several that were joined, or one without its article.
    """

    source: str
    text: str
    facts: tuple[Fact, ...]
    parts: tuple[tuple[Fact, ...], ...]
    bare: tuple[Fact, ...]
    stem: str


def mask(source: str, facts: Sequence[Fact], *, trust_numbers: bool) -> Masked:
    """`source` with a token for every fact that an engine could harm; with `trust_numbers`, plain numbers are left in place."""
    guarded = _joined(guarded_parts(facts), source)
    bare = tuple(fact for fact, _ in guarded if trust_numbers and _stands_for_itself(fact))
    hidden = [(fact, parts) for fact, parts in guarded if not (trust_numbers and _stands_for_itself(fact))]
    stem = next(stem for stem in STEMS if stem.lower() not in source.lower() or stem == STEMS[-1])
    # In capitals an engine takes every short word for an acronym.
    prose = source[:1] + source[1:].lower() if is_all_capitals(source) and len(source.lower()) == len(source) else source
    pieces, position = [], 0
    for number, (fact, _) in enumerate(hidden):
        pieces += [prose[position : fact.start], f"{stem}{number}z"]
        position = fact.end
    # An engine is given lines joined, and a word that is broken at a line end whole; what it translates need not be broken again.
    text = _BROKEN.sub("", "".join([*pieces, prose[position:]]))
    facts, parts = tuple(fact for fact, _ in hidden), tuple(parts for _, parts in hidden)
    return Masked(source, re.sub(r"\r?\n", " ", text), facts, parts, bare, stem)


def guarded_parts(facts: Iterable[Fact]) -> list[Fact]:
    """What is to be kept of facts that an engine could harm: of a counted thing its number, of "2 años y 7 meses" both."""
    return [part for fact in facts if needs_guard(fact) for part in (guarded_part(fact), *_later_numbers(fact))]


def _later_numbers(fact: Fact) -> Iterator[Fact]:
    """Numbers in digits behind the one that is kept of a fact."""
    for number in _PLAIN_NUMBER.finditer(fact.text, len(guarded_part(fact).text)):
        value = number_of(number.group())
        quantity = None if value is None else Quantity(value, DIMENSIONLESS)
        yield Fact(fact.kind, number.group(), fact.start + number.start(), fact.start + number.end(), quantity)


def with_counted(source: str, facts: Iterable[Fact], language: str) -> list[Fact]:
    """The facts of `source`, with goods as one with their number: "12 mil pastillas", and "35 tarimas", though no table has the noun.

    A noun behind a number that running text hardly uses may well be a unit, which an engine would translate by its first sense. What is
    kept whole so has no value, since that says only that number and noun belong together.
    """
    return [_counting(fact, source, language) for fact in facts]


def _counting(fact: Fact, source: str, language: str) -> Fact:
    if not isinstance(fact.value, Quantity):
        return fact
    if is_of_goods(fact.value.unit):
        return replace(fact, value=None) if fact.value.value > 1 or fact.text[0].isdigit() else fact
    counted = _noun_behind(fact, source, language) if fact.value.unit == DIMENSIONLESS else None
    if counted is None or (counted["noun"] in common_words(language) and not unnamed_goods().fullmatch(counted["noun"])):
        return fact
    return replace(fact, text=source[fact.start : counted.end()], end=counted.end(), value=None)


def _noun_behind(fact: Fact, source: str, language: str) -> re.Match[str] | None:
    alone = _COUNTED.match(source, fact.end)
    compound = _COUNTED_COMPOUND.match(source, fact.end) if language == "en" and not alone else None
    return compound if compound and compound["kind"] not in openers("en") else alone


def _with_word_before(fact: Fact, source: str) -> Fact:
    """An hour in words with its article, a name with the kind of place before it, any other fact as it is."""
    is_in_words = fact.kind is FactKind.TIME and not fact.text[0].isdigit()
    before = _ARTICLE_OF_HOURS if is_in_words else _KIND_OF_PLACE if fact.kind in NAMES else None
    word = before.search(source, max(0, fact.start - 16), fact.start) if before else None
    start = word.start() if word else fact.start
    return replace(fact, text=source[start : fact.end], start=start)


def _joined(parts: Sequence[Fact], source: str) -> list[tuple[Fact, tuple[Fact, ...]]]:
    """What becomes a token each, with its parts: those that only marks part, since their tokens would run into each other, or that may be
    one name, are one."""
    joined: list[tuple[Fact, tuple[Fact, ...]]] = []
    for part in parts:
        fact = _with_word_before(part, source)
        within: tuple[Fact, ...] = (part,)
        if joined and (_MARKS.fullmatch(source, joined[-1][0].end, fact.start) or _goes_on(joined[-1][0], fact, source)):
            first, before = joined.pop()
            fact, within = Fact(first.kind, source[first.start : fact.end], first.start, fact.end), (*before, part)
        joined.append((fact, within))
    return joined


def _goes_on(first: Fact, second: Fact, source: str) -> bool:
    """Whether two names may be one: "Ignacia Montes de Oca", "San Juan de Dios", "Fletes y Materiales Osuna", "Medina and Sons"."""
    if not {first.kind, second.kind} <= NAMES:
        return False
    between = source[first.end : second.start]
    if between in (" and ", " or "):
        first_word = second.text.split()[0].lower()
        is_common = not common_words("en").isdisjoint((first_word, first_word.removesuffix("s")))
        return is_common or (between == " and " and _is_firm(first, second, source))
    if between in ("'s ", "’s "):
        return names_an_office(second.text)
    if _OF_AN_OFFICE.fullmatch(between):
        return names_an_office(first.text) and not _stands_alone(second.text)
    if _OF_ENGLISH.fullmatch(between):
        return first.text.split()[0] not in given_names()  # "Port of Nogales", but "Robyn Christie of Melrose"
    return bool(_OF.fullmatch(between)) or (between in (" y ", " e ") and not _stands_alone(second.text))


_OF_A_FIRM = re.compile(r"\b(?:at|by|from|through|to|of|for|with|against|v\.)\s(?:[A-ZÀ-ÖØ-Þ][\w'’-]*, ){0,3}$")
_DOES = re.compile(r"\s(?:is|was|has|[a-z]{3,}(?<!s)s)\b|\s?(?:[.;:|)]|$)")


def _is_firm(first: Fact, second: Fact, source: str) -> bool:
    """Whether "and" may be a word of one name: "Mesa Fire and Rescue", and surnames where a firm may stand: "at Ruiz, Hall and Ortiz"."""
    head, *others = first.text.split()
    if _LEGAL_FORM.search(second.text):
        return True
    if " " in second.text or _stands_alone(second.text) or head in given_names():
        return False
    if others:
        return second.text not in surnames() or " of " in first.text  # "Law Offices of Knight and Lamb"
    return bool(_OF_A_FIRM.search(source, max(0, first.start - 60), first.start) or _DOES.match(source, second.end))


def _stands_alone(name: str) -> bool:
    """Whether a name is one without any before it: a listed one but a surname, what begins with a given name or an article, an acronym."""
    first = name.split()[0]
    return (
        (is_listed_name(name) and name not in surnames())
        or first in given_names()
        or first in CAPITAL_ARTICLES
        or (len(name) > 1 and name.isupper() and " " not in name)
    )


def needs_guard(fact: Fact) -> bool:
    """Whether an engine could harm a fact: all but days that are told by their relation, small numbers and counts in words."""
    if fact.kind in (*NAMES, FactKind.TIME) or any(character.isdigit() for character in fact.text):
        return True
    if fact.kind is FactKind.DATE:
        return _DAY_IN_WORDS.search(fact.text) is not None
    if fact.kind is FactKind.QUANTITY:
        return not isinstance(fact.value, Quantity) or is_measure(fact.value.unit) or _is_large_in_words(fact)
    return True


def guarded_part(fact: Fact) -> Fact:
    """The fact itself, or only its number where what it counts is a common noun that a reader wants translated ("12 mil personas")."""
    if fact.kind is not FactKind.QUANTITY or not isinstance(fact.value, Quantity) or is_measure(fact.value.unit):
        return fact
    number = BARE.match(fact.text)
    if number is None or not (any(character.isdigit() for character in number.group()) or _is_large_in_words(fact)):
        return fact
    # "3.1 millones" keeps its digits and has its word translated; "12 mil" is kept whole, since engines make "12 one thousand" of it.
    text = millions["number"] if (millions := _MILLIONS.fullmatch(number.group())) else number.group()
    value = fact.value.value / (1e6 if millions else 1.0)
    return Fact(fact.kind, text, fact.start, fact.start + len(text), Quantity(round(value, 9), DIMENSIONLESS))


def _is_large_in_words(fact: Fact) -> bool:
    """Whether a number takes several words from a hundred on: engines make "three thousand quinientos" of them."""
    number = BARE.match(fact.text)
    return bool(number and " " in number.group() and isinstance(fact.value, Quantity) and fact.value.value >= HUNDRED)


def _stands_for_itself(fact: Fact) -> bool:
    return fact.kind in (FactKind.QUANTITY, FactKind.DATE) and bool(_PLAIN_NUMBER.fullmatch(fact.text))


def restore(masked: Masked, translated: str, meanings: Mapping[str, str]) -> tuple[str, tuple[Carried, ...]] | None:
    """The translation with every fact back in its place, to the letter; `None` unless each came back exactly once, unharmed.

    Where `meanings` has something to say of a fact's text, it follows in square brackets, but not between two facts side by side.
    """
    spaced = translated if "  " in masked.text else re.sub(r" {2,}", " ", translated)
    smooth = _with_first_word_small(masked, spaced.strip())
    token = _token(masked)
    numbers = sorted(int(match[1]) for match in token.finditer(smooth))
    whole = len(re.findall(masked.stem, smooth, re.IGNORECASE)) == len(masked.facts)
    if numbers != list(range(len(masked.facts))) or not whole or not _numbers_kept(masked, smooth):
        return None
    starts = {fact.start for fact in (*masked.facts, *masked.bare)}
    waiting: dict[str, deque[Fact]] = defaultdict(deque)
    for fact in masked.bare:
        waiting[fact.text].append(fact)
    target, carried, position = "", [], 0
    for match in sorted((*token.finditer(smooth), *_NUMBER.finditer(smooth)), key=re.Match.start):
        target += smooth[position : match.start()]
        position = match.end()
        if match.re is _NUMBER:
            carried += [Carried(waiting[match.group()].popleft(), len(target), len(target) + len(match.group()))]
            target += match.group()
            continue
        fact, parts = masked.facts[int(match[1])], masked.parts[int(match[1])]
        shift = len(target) - fact.start
        carried += [Carried(part, part.start + shift, part.end + shift) for part in parts]
        side_by_side = {fact.end + 1} if fact.kind is FactKind.QUANTITY else {fact.end + 1, fact.end + 2}
        goes_on = side_by_side & starts or masked.source.startswith(" & ", fact.end)
        meaning = None if goes_on or len(parts) > 1 else meanings.get(parts[0].text)
        target += f"{fact.text} [{meaning}]" if meaning else fact.text
    return target + smooth[position:], tuple(sorted(carried, key=lambda each: each.fact.start))


def _token(masked: Masked) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){masked.stem}(\d+)z(?![^\W_])", re.IGNORECASE)


def _numbers_kept(masked: Masked, translated: str) -> bool:
    """Whether the plain numbers of the translation are those of the source, each as often, and stand apart from letters."""
    digits = re.sub(_token(masked), " ", translated)
    if _ROMAN.search(masked.text):
        digits = _ORDINAL.sub(" ", digits)  # "siglo XIX" is rightly made "19th century"
    found = Counter(_NUMBER.findall(digits))
    return found == Counter(fact.text for fact in masked.bare) and not re.search(r"\d[^\W\d_]|[^\W\d_]\d", digits)


def _with_first_word_small(masked: Masked, translated: str) -> str:
    """Without the capital that an engine moves from a sentence's first word, when that is a token, to the second."""
    if not masked.text.startswith(masked.stem) or not re.match(r"\w+\s+[a-zà-öø-ÿ]", masked.text):
        return translated
    first = _token(masked).match(translated)
    capital = _CAPITAL.match(translated, first.end()) if first else None
    if capital is None or translated[capital.end() - 1 :].lower().startswith(masked.stem.lower()):
        return translated
    return translated[: capital.end() - 1] + translated[capital.end() - 1].lower() + translated[capital.end() :]
