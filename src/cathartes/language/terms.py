"""A termbase: words of the trade with every sense they have, innocent ones too. It suggests; it never replaces a word.

Read and written as TBX (ISO 30042, TBX-Basic in DCA style; older TBX with termEntry is read as well). A concept may name translations
that must not be used; a segment that uses one is told so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cathartes.errors import BadInput

FORBIDDEN = frozenset(("deprecatedTerm-admn-sts", "forbidden", "supersededTerm-admn-sts"))
VERB_ENDINGS = "ar|ó|aron|a|an|aba|aban|ará|arán|ando|ad[oa]s?|arse|arlos?"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Term:
    """One word or phrase of a concept in one language (ISO 639-1)."""

    language: str
    text: str
    is_forbidden: bool = False


@dataclass(frozen=True)
class Concept:
    """One sense: its domain ("literal" for the innocent reading), its terms in both languages, and a note on where it is used."""

    id: str
    domain: str
    terms: tuple[Term, ...]
    note: str = ""

    def said(self, language: str, *, forbidden: bool = False) -> tuple[str, ...]:
        """Its terms in one language, or those that must not be used."""
        return tuple(term.text for term in self.terms if term.language == language and term.is_forbidden is forbidden)


@dataclass(frozen=True)
class TermHit:
    """A term found in a text, and every sense it may have there."""

    text: str
    start: int
    end: int
    senses: tuple[Concept, ...]


@cache
def shipped_terms() -> tuple[Concept, ...]:
    """The termbase that comes with cathartes."""
    return read_tbx(files("cathartes").joinpath("data/language/terms.tbx").read_bytes(), "terms.tbx")


def load_terms(path: Path) -> tuple[Concept, ...]:
    """A user's termbase. Raises `BadInput` when the file is no TBX."""
    try:
        return read_tbx(path.read_bytes(), path.name)
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror}") from None


def read_tbx(content: bytes, name: str) -> tuple[Concept, ...]:
    """The concepts of a TBX file, whatever its namespace."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise BadInput(f"{name} is no TBX file ({problem}); expected XML with conceptEntry elements") from None
    entries = [node for node in root.iter() if _tag(node) in ("conceptEntry", "termEntry")]
    if not entries:
        raise BadInput(f"{name} holds no conceptEntry; expected a TBX termbase")
    return tuple(_concept(entry, f"c{number}") for number, entry in enumerate(entries, 1))


def _tag(node) -> str:  # type: ignore[no-untyped-def]  # an element of defusedxml, which has no types
    return str(node.tag).rpartition("}")[2]


def _concept(entry, number: str) -> Concept:  # type: ignore[no-untyped-def]
    domain = next((node.text or "" for node in entry.iter() if _tag(node) == "descrip" and node.get("type") == "subjectField"), "")
    note = next((node.text or "" for node in entry if _tag(node) == "note"), "")
    terms = []
    for section in (node for node in entry if _tag(node) in ("langSec", "langSet")):
        language = (section.get(LANG) or section.get("lang") or "").split("-")[0].lower()
        for group in (node for node in section.iter() if _tag(node) in ("termSec", "tig", "ntig")):
            text = next((node.text or "" for node in group.iter() if _tag(node) == "term"), "").strip()
            states = {node.text for node in group.iter() if _tag(node) == "termNote" and node.get("type") == "administrativeStatus"}
            if text:
                terms.append(Term(language, text, bool(states & FORBIDDEN)))
    return Concept(entry.get("id") or number, domain.strip(), tuple(terms), note.strip())


def write_tbx(concepts: Iterable[Concept]) -> bytes:
    """The concepts as TBX-Basic."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<tbx style="dca" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2">',
    ]
    lines += ["<tbxHeader><fileDesc><sourceDesc><p>cathartes</p></sourceDesc></fileDesc></tbxHeader>", "<text><body>"]
    for concept in concepts:
        lines += _entry(concept)
    return "\n".join([*lines, "</body></text>", "</tbx>", ""]).encode()


def _entry(concept: Concept) -> Iterator[str]:
    yield f"<conceptEntry id={quoteattr(concept.id)}>"
    yield f'<descrip type="subjectField">{escape(concept.domain)}</descrip>'
    for language in dict.fromkeys(term.language for term in concept.terms):
        yield f"<langSec xml:lang={quoteattr(language)}>"
        for term in (term for term in concept.terms if term.language == language):
            state = '<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>' if term.is_forbidden else ""
            yield f"<termSec><term>{escape(term.text)}</term>{state}</termSec>"
        yield "</langSec>"
    if concept.note:
        yield f"<note>{escape(concept.note)}</note>"
    yield "</conceptEntry>"


def hits(text: str, language: str, concepts: Sequence[Concept]) -> list[TermHit]:
    """Every term of the termbase in `text`, longest first where they overlap, with all its senses."""
    words, forms = _forms(language, tuple(concepts))
    return [
        TermHit(match.group(), match.start(), match.end(), next(found for stem, found in forms.items() if _is_form(match.group(), stem)))
        for match in (words.finditer(text) if forms else ())
    ]


@cache
def _forms(language: str, concepts: tuple[Concept, ...]) -> tuple[re.Pattern[str], dict[tuple[str, str], tuple[Concept, ...]]]:
    """One pattern for every form of every term of a language, and the senses by stem and endings."""
    senses: dict[str, list[Concept]] = {}
    for concept in concepts:
        for term in concept.said(language):
            senses.setdefault(term.casefold(), []).append(concept)
    forms = {_stem(term): tuple(found) for term, found in senses.items()}
    words = "|".join(re.escape(stem[0]) + f"(?:{stem[1]})" for stem in sorted(forms, key=lambda stem: len(stem[0]), reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), forms


def _stem(term: str) -> tuple[str, str]:
    """What stays of a term in all its forms, and the endings it takes: those of a verb in -ar, or of a plural."""
    is_verb = " " not in term and len(term) > 4 and term.endswith("ar")
    if is_verb:
        return term[:-2], VERB_ENDINGS
    if accented := re.search(r"([áéíóú])n$", term):
        return term[:-2], f"{accented[1]}n|{accented[1].translate(str.maketrans('áéíóú', 'aeiou'))}nes"
    return term, "e?s|"


def _is_form(word: str, stem: tuple[str, str]) -> bool:
    return bool(re.fullmatch(re.escape(stem[0]) + f"(?:{stem[1]})", word, re.IGNORECASE))


def forbidden_used(target: str, language: str, found: Iterable[TermHit]) -> list[str]:
    """Translations in `target` that a sense of a found term forbids."""
    banned = {term for hit in found for sense in hit.senses for term in sense.said(language, forbidden=True)}
    return sorted(term for term in banned if re.search(rf"(?<!\w){re.escape(term)}(?:e?s)?(?!\w)", target, re.IGNORECASE))
