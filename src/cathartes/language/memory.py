"""A translation memory: what people translated or corrected before, who, when, and who else approved it.

Read and written as TMX 1.4b. An approved translation of the very same source is used; everything else is a suggestion. Since a hit needs
the source to the letter, a translation is stale, and no longer used, as soon as its source changes; where it was made for a document, that
is said at the segment that took its place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cathartes.errors import BadInput, CathartesError, Refused
from cathartes.model import State
from cathartes.model.person import is_same_person, named

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SIMILAR = 75.0
"""Likeness in percent (rapidfuzz ratio) from which an earlier translation is suggested."""

SUGGESTIONS = 3


@dataclass(frozen=True)
class Remembered:
    """One pair: texts, whether a machine made the first version, who wrote it and when (ISO 8601), who approved it, for which document."""

    source_language: str
    target_language: str
    source: str
    target: str
    by: str
    at: str
    from_machine: bool = False
    approved_by: str = ""
    document: str = ""

    @property
    def checksum(self) -> str:
        """The SHA-256 of the source it translates."""
        return sha256(self.source.encode()).hexdigest()

    @property
    def state(self) -> State:
        """The state that a segment has which takes this translation."""
        if not self.approved_by:
            return State.MEMORY
        return State.REVIEWED if self.from_machine else State.HUMAN


@dataclass(frozen=True)
class Suggestion:
    """An earlier pair, and how alike its source is in percent."""

    pair: Remembered
    likeness: float


def read_tmx(content: bytes, name: str) -> tuple[Remembered, ...]:
    """The pairs of a TMX file between two languages. Raises `BadInput` when it is none."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise BadInput(f"{name} is no TMX file ({problem}); expected XML with tu elements") from None
    if root.tag != "tmx":
        raise BadInput(f"{name} is no TMX file: it begins with <{root.tag}>, expected <tmx>")
    return tuple(pair for unit in root.iter("tu") if (pair := _pair(unit)) is not None)


def _pair(unit) -> Remembered | None:  # type: ignore[no-untyped-def]  # an element of defusedxml, which has no types
    """The pair of one unit, `None` where it does not hold exactly two languages."""
    sides = [(side.get(LANG) or side.get("lang") or "", side.find("seg")) for side in unit.iter("tuv")]
    told = [(language.split("-")[0].lower(), "".join(text.itertext())) for language, text in sides if text is not None]
    if len(told) != 2:
        return None
    (source_language, source), (target_language, target) = told
    props = {prop.get("type"): prop.text or "" for prop in unit.iter("prop")}
    by, at = (unit.get(f"change{what}") or unit.get(f"creation{what}") or "" for what in ("id", "date"))
    from_machine, approved_by = props.get("origin") == "machine", props.get("approved-by", "")
    return Remembered(source_language, target_language, source, target, by, at, from_machine, approved_by, props.get("document", ""))


def write_tmx(pairs: Iterable[Remembered]) -> bytes:
    """The pairs as TMX 1.4b."""
    tool = 'creationtool="cathartes" creationtoolversion="1" o-tmf="cathartes"'
    head = f'<header {tool} segtype="sentence" adminlang="en" srclang="*all*" datatype="plaintext"/>'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<tmx version="1.4">', head, "<body>"]
    for pair in pairs:
        origin = "machine" if pair.from_machine else "human"
        lines.append(f"<tu changeid={quoteattr(pair.by)} changedate={quoteattr(pair.at)}>")
        lines.append(f'<prop type="origin">{origin}</prop><prop type="approved-by">{escape(pair.approved_by)}</prop>')
        if pair.document:
            lines.append(f'<prop type="document">{escape(pair.document)}</prop>')
        for language, text in ((pair.source_language, pair.source), (pair.target_language, pair.target)):
            lines.append(f"<tuv xml:lang={quoteattr(language)}><seg>{escape(text)}</seg></tuv>")
        lines.append("</tu>")
    return "\n".join([*lines, "</body>", "</tmx>", ""]).encode()


def load_memory(path: Path) -> tuple[Remembered, ...]:
    """The memory in `path`. Raises `BadInput` for a file that cannot be read, or is none."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path.name} cannot be read: {problem.strerror}; name a memory that `cathartes remember` made") from None
    return read_tmx(content, path.name)


def remembered(pairs: Sequence[Remembered], pair: Remembered) -> tuple[Remembered, ...]:
    """The memory with `pair`, in place of an earlier translation of the same source. A new version is not approved yet.

    Raises `BadInput` for a pair without the name of who wrote it.
    """
    named(pair.by)
    return (*(each for each in pairs if not _same(each, pair)), replace(pair, approved_by=""))


def approved(pairs: Sequence[Remembered], source: str, source_language: str, by: str) -> tuple[Remembered, ...]:
    """The memory with the translation of `source` approved by a second person. Raises `Refused` for its own author."""
    named(by)
    same = [each for each in pairs if each.source == source and each.source_language == source_language]
    if not same:
        raise BadInput(f"the memory holds no translation of {source!r}; add it with `cathartes remember`")
    if any(is_same_person(each.by, by) for each in same):
        raise Refused(f"{by} wrote this translation; a second person has to approve it")
    return tuple(replace(each, approved_by=by) if each in same else each for each in pairs)


def _same(one: Remembered, other: Remembered) -> bool:
    return (one.source, one.source_language, one.target_language) == (other.source, other.source_language, other.target_language)


def exact(pairs: Sequence[Remembered], source: str, languages: tuple[str, str]) -> Remembered | None:
    """The approved translation of the very same source."""
    found = [each for each in pairs if each.source == source and (each.source_language, each.target_language) == languages]
    return next((each for each in found if each.approved_by), None)


def stale(pairs: Sequence[Remembered], document: str, sources: Collection[str], languages: tuple[str, str]) -> dict[str, Remembered]:
    """Approved translations made for a document whose source is not in it any more, by the source that is likest and has none itself."""
    lost = [each for each in pairs if each.document == document and each.approved_by and each.source not in sources]
    if not lost:
        return {}
    known = {each.source for each in pairs}
    found = {source: suggestions(lost, source, languages) for source in sources if source not in known}
    return {source: alike[0].pair for source, alike in found.items() if alike}


def suggestions(pairs: Sequence[Remembered], source: str, languages: tuple[str, str]) -> list[Suggestion]:
    """Earlier translations of sources at least 75 % alike, the likest first."""
    try:
        from rapidfuzz import fuzz
    except ImportError:
        raise CathartesError("a translation memory needs the language extra: pip install 'cathartes[language]'") from None
    mine = [each for each in pairs if (each.source_language, each.target_language) == languages]
    found = [Suggestion(each, round(fuzz.ratio(source, each.source), 1)) for each in mine]
    return sorted((each for each in found if each.likeness >= SIMILAR), key=lambda each: -each.likeness)[:SUGGESTIONS]
