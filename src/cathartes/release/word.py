"""A release as a Word document (ISO/IEC 29500-1): the words, numbers and tables of the printed document, for partners who edit.

What is said is what `release.document` says; the pictures stay in the page and the PDF. The five parts that a document of headings,
paragraphs and tables needs are written as they are: no date, no name of a maker, no template of somebody else's.
"""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from cathartes.model import Release
from cathartes.release.document import content
from cathartes.verifier import pack

TABLES = ("sources", "pieces", "noticed", "numbers", "emitters", "custody")

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
BORDER = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
TABLE = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{BORDER}</w:tblBorders></w:tblPr>'


class WordWriter:
    """A release as a DOCX."""

    suffix = "docx"

    def write(self, release: Release) -> bytes:
        """The document. Same release, same bytes."""
        told = content(release, drawn=False)
        edge = _paragraph(f"{told['marking']} · {told['release']}")
        body = "".join("".join(_part(part)) for part in told["parts"])
        parts = {
            "[Content_Types].xml": _types(),
            "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
            "word/_rels/document.xml.rels": _relations(
                {f"rId{at}": (kind, f"{kind}.xml") for at, kind in enumerate(("styles", "header", "footer"), 1)}
            ),
            "word/document.xml": _word("document", f"<w:body>{body}{_section()}</w:body>"),
            "word/styles.xml": _word("styles", "".join(_styles())),
            "word/header.xml": _word("hdr", edge),
            "word/footer.xml": _word("ftr", edge),
        }
        return pack({name: (HEAD + text).encode() for name, text in parts.items()})


def _part(part: dict[str, Any]) -> Iterator[str]:
    """One language, in the order of the printed document."""
    yield _paragraph(part["headline"], "Heading1")
    yield from map(_paragraph, (part["to"], *part["sample"], *part["warnings"], part["estimate"], part["kind"]))
    for name in TABLES:
        if part[name]:
            yield _paragraph(part["titles"].get(name, ""), "Heading2")
            yield _table(part[name])
    yield _paragraph(part["titles"]["hypotheses"], "Heading2")
    yield from (_paragraph(f"{each['name']}: {each['word']}. {each['for']} {each['against']}") for each in part["hypotheses"])
    for name in ("explanations", "gaps", "evidence"):
        yield _paragraph(part["titles"][name], "Heading2")
        yield from map(_paragraph, part[name])
    yield _paragraph(part["verify"])


def _paragraph(text: str, style: str = "Normal") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _table(rows: list[tuple[str, ...]]) -> str:
    cells = ("".join(f"<w:tc>{_paragraph(text)}</w:tc>" for text in row) for row in rows)
    grid = "<w:gridCol/>" * len(rows[0])
    return f"<w:tbl>{TABLE}<w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>{_paragraph('')}"


def _section() -> str:
    """The page's marking at its top and bottom."""
    edges = '<w:headerReference w:type="default" r:id="rId2"/><w:footerReference w:type="default" r:id="rId3"/>'
    return f"<w:sectPr>{edges}</w:sectPr>"


def _styles() -> Iterator[str]:
    yield '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:rPr><w:sz w:val="20"/></w:rPr></w:style>'
    for level, size in ((1, 30), (2, 24)):
        named = f'<w:name w:val="heading {level}"/><w:basedOn w:val="Normal"/><w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr>'
        yield f'<w:style w:type="paragraph" w:styleId="Heading{level}">{named}<w:rPr><w:b/><w:sz w:val="{size}"/></w:rPr></w:style>'


def _word(root: str, inside: str) -> str:
    return f'<w:{root} xmlns:w="{MAIN}" xmlns:r="{OFFICE}">{inside}</w:{root}>'


def _relations(named: dict[str, tuple[str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, (kind, target) in named.items())
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def _types() -> str:
    kinds = {"document": "document.main", "styles": "styles", "header": "header", "footer": "footer"}
    listed = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{PART}.{kind}+xml"/>' for name, kind in kinds.items())
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{PACKAGE}/content-types">{relations}<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
