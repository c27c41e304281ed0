"""The forms in which lists are published: our own CSV, OFAC's CSV and XML, the UN's and the EU's XML, OpenSanctions' FtM and CSV.

Each reader takes the bytes of a list's files and gives parties; which reader is asked follows from the bytes, not from file names.
Sources: the Treasury's SDN data specification, the Security Council's consolidated list schema, the Commission's FSF export schema 1.1.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cathartes.errors import BadInput
from cathartes.model import digest_of
from cathartes.network.identifiers import Identifiers, cleaned, is_curp, is_rfc
from cathartes.network.lists import Faults, ListedParty, PartyList, merged

HEAD = 4096
NULL = frozenset({"", "-0-"})
OFAC_COLUMNS, OFAC_ALIAS_COLUMNS = 12, 5

Parties = Iterator[ListedParty]


@dataclass(frozen=True)
class File:
    """One file of a list: its text, and whether it had to be read as something else than UTF-8."""

    name: str
    content: bytes
    text: str
    is_guessed: bool


@dataclass(frozen=True)
class Format:
    """One published form: how to know it, how to read it, where its date stands."""

    knows: Callable[[str], bool]
    read: Callable[[str, Faults], Parties]
    dated: Callable[[str], date | None] = lambda _: None


def read_list(paths: Sequence[Path], name: str, dated: date | None = None) -> PartyList:
    """The list in these files, which belong together (OFAC's main and alias files). `dated` overrides what the files say.

    Raises `BadInput` with one sentence where a file is none of the forms, cannot be parsed, or holds no name.
    """
    files = [opened(path) for path in paths]
    faults, parties, dates = Faults(), [], []
    for file in files:
        form = next((form for form in FORMATS if form.knows(file.text[:HEAD])), None)
        if form is None:
            raise BadInput(f"{file.name} is no list this version knows; expected one of {KNOWN}")
        try:
            parties += list(form.read(file.text, faults))
        except (ParseError, DefusedXmlException, csv.Error, ValueError) as problem:
            raise BadInput(f"{file.name} breaks off or is damaged ({problem}); get the file again") from None
        dates.append(form.dated(file.text))
    whole = tuple(party for party in merged(parties) if party.names)
    if not whole:
        raise BadInput(f"{' and '.join(file.name for file in files)} hold no party with a name; expected one of {KNOWN}")
    digest = digest_of(b"".join(digest_of(file.content).encode() for file in files)) if len(files) > 1 else digest_of(files[0].content)
    guessed = {"lists.guessed-encoding": {"files": ", ".join(file.name for file in files if file.is_guessed)}}
    told = faults.statements(guessed if any(file.is_guessed for file in files) else None)
    return PartyList(name, dated or max((day for day in dates if day), default=None), digest, whole, told)


def opened(path: Path) -> File:
    """A file's text: UTF-8, UTF-16 with its mark, otherwise Windows-1252, which reads any bytes and is told."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror}") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return File(path.name, content, content.decode("utf-16", "replace"), is_guessed=False)
    try:
        return File(path.name, content, content.decode("utf-8-sig"), is_guessed=False)
    except UnicodeDecodeError:
        return File(path.name, content, content.decode("cp1252", "replace"), is_guessed=True)


@contextmanager
def opened_csv(path: Path) -> Iterator[io.StringIO]:
    """The text of a CSV file, to be read as such within. Raises `BadInput` where it breaks off or is no CSV file."""
    try:
        yield _lines(opened(path).text)
    except csv.Error as problem:
        raise BadInput(f"{path.name} is not a CSV file with commas and double quotes: {problem}") from None


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text.replace("\x00", ""), newline="")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text with their numbers, and without the control character that ends the Treasury's files."""
    reader = csv.reader(_lines(text), delimiter=";" if _is_eu_csv(text[:HEAD]) else ",")
    for row in reader:
        if row and row != ["\x1a"]:
            yield reader.line_num, row


def _columns(text: str) -> list[str]:
    return [cell.strip().lower() for cell in _first_row(text)]


def _first_row(text: str) -> list[str]:
    return next(csv.reader(_lines(text.split("\n", 1)[0].strip("\r\ufeff"))), [])


def _table(text: str, faults: Faults) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV text with a header, by column name; a row of another length is told and left out."""
    header = _columns(text) if not _is_eu_csv(text[:HEAD]) else text.split("\n", 1)[0].strip("\r\ufeff").split(";")
    for number, (line, row) in enumerate(_rows(text)):
        if number and len(row) != len(header):
            faults.note("lists.broken-rows", line)
        elif number:
            yield line, dict(zip(header, (cell.strip() for cell in row), strict=True))


def _own(text: str, faults: Faults) -> Parties:
    """Our own form: `entity_id, name, kind`, one row per name; `curp`, `rfc`, `birth_date`, `listed_on`, `basis` where known."""
    for line, row in _table(text, faults):
        name, id_ = row.get("name", ""), row.get("entity_id", "")
        if not name or not id_:
            faults.note("lists.empty-names", line)
            continue
        numbers = Identifiers(row.get("curp", ""), row.get("rfc", ""), row.get("birth_date", ""))
        basis = tuple(filter(None, row.get("basis", "").split(";")))
        yield ListedParty(id_, row.get("kind", ""), (name,), basis, _day(row.get("listed_on", "")), numbers)


def _ofac(text: str, faults: Faults) -> Parties:
    """OFAC's SDN.CSV and CONS_PRIM.CSV (twelve columns, no header), ALT.CSV and CONS_ALT.CSV (five)."""
    for line, row in _rows(text):
        cells = [cell.strip() for cell in row]
        if not cells[0].isdigit() or len(cells) not in (OFAC_COLUMNS, OFAC_ALIAS_COLUMNS):
            faults.note("lists.broken-rows", line)
        elif len(cells) == OFAC_ALIAS_COLUMNS:
            if cells[3] not in NULL:
                yield ListedParty(cells[0], "", (cells[3],))
        elif cells[1] in NULL:
            faults.note("lists.empty-names", line)
        else:
            basis = tuple(part.strip() for part in cells[3].split("] [") if part not in NULL)
            yield ListedParty(cells[0], _kind(cells[2]), (cells[1],), basis, None, _remarks(cells[11]))


def _remarks(text: str) -> Identifiers:
    """The identity numbers and date of birth that OFAC writes into its remarks."""
    curp = next((found for found in re.findall(r"C\.?U\.?R\.?P\.?\s*([A-Z0-9Ñ]{18})", text) if is_curp(found)), "")
    rfc = next((found for found in re.findall(r"R\.?F\.?C\.?\s*([A-ZÑ&]{3,4}[-\s]?\d{6}[-\s]?\w{3})", text) if is_rfc(cleaned(found))), "")
    born = re.search(r"DOB (\d{2} \w{3} \d{4}|\d{4})", text)
    return Identifiers(curp, cleaned(rfc), _ofac_day(born[1]) if born else "")


def _ofac_day(text: str) -> str:
    """`04 Apr 1957` or `1957` as ISO 8601; anything vaguer is not a date."""
    try:
        return datetime.strptime(text, "%d %b %Y").date().isoformat() if " " in text else text  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return ""


def _ofac_xml(text: str, faults: Faults) -> Parties:
    """OFAC's SDN.XML and CONSOLIDATED.XML."""
    for entry in _tree(text):
        if _tag(entry) != "sdnEntry":
            continue
        names = [_western(entry), *(_western(alias) for alias in entry.iter() if _tag(alias) == "aka")]
        numbers = {_text(one, "idType"): _text(one, "idNumber") for one in entry.iter() if _tag(one) == "id"}
        born = next((_ofac_day(_text(one, "dateOfBirth")) for one in entry.iter() if _tag(one) == "dateOfBirthItem"), "")
        basis = tuple((one.text or "").strip() for one in entry.iter() if _tag(one) == "program")
        found = Identifiers(numbers.get("C.U.R.P.", ""), cleaned(numbers.get("R.F.C.", "")), born)
        yield ListedParty(_text(entry, "uid"), _kind(_text(entry, "sdnType")), tuple(filter(None, names)), basis, None, found)


def _western(entry: Element) -> str:
    """Given name and surname in the order of writing, the surname in capitals where there are both."""
    first, last = _text(entry, "firstName"), _text(entry, "lastName")
    return f"{first} {last.upper()}" if first and last else last or first


def _united_nations(text: str, faults: Faults) -> Parties:
    """The Security Council's consolidated list."""
    for entry in _tree(text).iter():
        if _tag(entry) not in ("INDIVIDUAL", "ENTITY"):
            continue
        whole = " ".join(filter(None, (_text(entry, f"{place}_NAME") for place in ("FIRST", "SECOND", "THIRD", "FOURTH"))))
        aliases = [_text(one, "ALIAS_NAME") for one in entry if _tag(one).endswith("_ALIAS")]
        births = [one for one in entry if _tag(one) == "INDIVIDUAL_DATE_OF_BIRTH"]
        born = next((_text(one, "DATE")[:10] or _text(one, "YEAR") for one in births), "")
        kind = "person" if _tag(entry) == "INDIVIDUAL" else "organization"
        names = tuple(name for name in (whole, *aliases) if name)
        id_ = _text(entry, "REFERENCE_NUMBER") or _text(entry, "DATAID")
        yield ListedParty(id_, kind, names, (_text(entry, "UN_LIST_TYPE"),), _day(_text(entry, "LISTED_ON")), Identifiers(born=born))


def _european(text: str, faults: Faults) -> Parties:
    """The Commission's consolidated list of financial sanctions (FSF export 1.1)."""
    for entry in _tree(text):
        if _tag(entry) != "sanctionEntity":
            continue
        names = [(one.get("wholeName") or "").strip() for one in entry if _tag(one) == "nameAlias"]
        born = next((one.get("birthdate") or one.get("year") or "" for one in entry if _tag(one) == "birthdate"), "")
        kind = next((one.get("code") or "" for one in entry if _tag(one) == "subjectType"), "")
        acts = [one for one in entry if _tag(one) == "regulation"]
        basis = tuple(dict.fromkeys(one.get("programme") or "" for one in acts))
        day = min((found for one in acts if (found := _day(one.get("entryIntoForceDate") or ""))), default=None)
        id_ = entry.get("euReferenceNumber") or entry.get("logicalId") or ""
        yield ListedParty(id_, _kind(kind), tuple(filter(None, names)), basis, day, Identifiers(born=born))


def _european_csv(text: str, faults: Faults) -> Parties:
    """The same list as CSV, one row per particular."""
    for _, row in _table(text, faults):
        name = row.get("NameAlias_WholeName", "")
        if name:
            kind = _kind(row.get("Entity_SubjectType", ""))
            yield ListedParty(row.get("Entity_EU_ReferenceNumber") or row.get("Entity_LogicalId", ""), kind, (name,))


NAMED = ("name", "alias", "weakAlias", "previousName")


def _follow_the_money(text: str, faults: Faults) -> Parties:
    """OpenSanctions' entities, one FollowTheMoney entity a line."""
    for line, row in enumerate(text.splitlines(), 1):
        if not row.strip():
            continue
        try:
            entity = json.loads(row)
            properties: Mapping[str, Sequence[str]] = entity["properties"]
            names = tuple(name for key in NAMED for name in properties.get(key, ()))
            id_, kind = str(entity["id"]), _kind(str(entity["schema"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.note("lists.broken-rows", line)
            continue
        if not names:
            continue
        first = {key: next(iter(properties.get(key, ())), "") for key in ("birthDate", "taxNumber", "idNumber")}
        curp = next((number for number in properties.get("idNumber", ()) if is_curp(cleaned(number))), "")
        rfc = next((number for number in properties.get("taxNumber", ()) if is_rfc(cleaned(number))), "")
        basis = tuple(str(one) for one in entity.get("datasets", ()))
        day = _day(str(entity.get("first_seen", "")))
        yield ListedParty(id_, kind, names, basis, day, Identifiers(curp, rfc, first["birthDate"]))


def _simple(text: str, faults: Faults) -> Parties:
    """OpenSanctions' targets.simple.csv."""
    for _, row in _table(text, faults):
        names = tuple(filter(None, (row["name"], *row.get("aliases", "").split(";"))))
        basis = tuple(filter(None, row.get("dataset", "").split(";")))
        born = row.get("birth_date", "").split(";")[0]
        yield ListedParty(row["id"], _kind(row["schema"]), names, basis, _day(row.get("first_seen", "")), Identifiers(born=born))


def _kind(word: str) -> str:
    """A list's own word for what a party is: a person, or anything else."""
    plain = word.strip().lower()
    if plain in ("individual", "person", "p", "persona"):
        return "person"
    return plain if plain in ("vessel", "aircraft", "airplane", "vehicle") else "organization"


def _tree(text: str) -> Element:
    root: Element = fromstring(text.encode())
    return root


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, tag: str) -> str:
    """The text of the first child with this tag."""
    return next(((child.text or "").strip() for child in element if _tag(child) == tag), "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _found_day(pattern: str, form: str) -> Callable[[str], date | None]:
    """A finder of the publication date in a file's first lines."""

    def find(text: str) -> date | None:
        found = re.search(pattern, text[:HEAD])
        try:
            return datetime.strptime(found[1], form).date() if found else None  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            return None

    return find


def _is_eu_csv(head: str) -> bool:
    return "NameAlias_WholeName" in head.split("\n", 1)[0]


def _is_ofac(head: str) -> bool:
    first = _first_row(head)
    return len(first) in (OFAC_COLUMNS, OFAC_ALIAS_COLUMNS) and first[0].strip().isdigit()


FORMATS = (
    Format(lambda head: "sdnList" in head, _ofac_xml, _found_day(r"<Publish_Date>(\d\d/\d\d/\d{4})", "%m/%d/%Y")),
    Format(lambda head: "CONSOLIDATED_LIST" in head, _united_nations, _found_day(r'dateGenerated="(\d{4}-\d\d-\d\d)', "%Y-%m-%d")),
    Format(lambda head: "fpi/fsd/export" in head, _european, _found_day(r'generationDate="(\d{4}-\d\d-\d\d)', "%Y-%m-%d")),
    Format(_is_eu_csv, _european_csv, _found_day(r"\n(\d{4}-\d\d-\d\d)", "%Y-%m-%d")),
    Format(lambda head: head.lstrip().startswith("{") and '"schema"' in head, _follow_the_money),
    Format(lambda head: {"entity_id", "name"} <= set(_columns(head)), _own),
    Format(lambda head: {"id", "schema", "name", "aliases"} <= set(_columns(head)), _simple),
    Format(_is_ofac, _ofac),
)
KNOWN = (
    "CSV with the columns entity_id, name, kind; OFAC's CSV or XML; the UN's XML; the EU's XML or CSV; OpenSanctions' FtM JSON lines or "
    "targets.simple.csv"
)
