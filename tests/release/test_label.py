"""Labels against what ADatP-4774 and ADatP-4778 require, written down as a schema of our own and checked by another library."""

from pathlib import Path
from typing import Any

import pytest

from cathartes.model import Frame
from cathartes.release.export import export
from cathartes.release.label import BINDING, LABEL
from cathartes.release.redact import redact
from tests.release.sample_lead import NOON, busy_lead

etree = pytest.importorskip("lxml.etree", reason="an independent checker of XML schemas")
BINDINGS = f".//{{{BINDING}}}BindingInformation"


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.XMLSchema(etree.parse(str(Path(__file__).with_name("schemas") / "binding.xsd")))


def bindings(kind: str, frame: Frame = Frame.WGS84) -> list[Any]:
    written = etree.fromstring(export(redact(busy_lead(frame), "MEX", "B. Releaser", NOON), kind))
    return [etree.fromstring(etree.tostring(each)) for each in written.findall(BINDINGS)]


@pytest.mark.parametrize(("kind", "frame"), [("cot", Frame.WGS84), ("kml", Frame.WGS84), ("kml", Frame.LOCAL)])
def test_every_xml_product_bears_one_valid_label(schema: Any, kind: str, frame: Frame) -> None:
    (bound,) = bindings(kind, frame)
    schema.assertValid(bound)
    assert bound.findtext(f".//{{{LABEL}}}PolicyIdentifier") == "TLP 2.0"
    assert bound.findtext(f".//{{{LABEL}}}GenericValue") == "MEX"


@pytest.mark.parametrize("missing", ["PolicyIdentifier", "Classification", "CreationDateTime", "@ReviewDateTime", "@TagName", "@Type"])
def test_a_label_without_what_is_required_is_no_label(schema: Any, missing: str) -> None:
    (bound,) = bindings("cot")
    for each in bound.iter():
        if missing[0] == "@":
            each.attrib.pop(missing[1:], None)
    for each in bound.findall(f".//{{{LABEL}}}{missing}") if missing[0] != "@" else ():
        each.getparent().remove(each)
    assert not schema.validate(bound)


def test_what_the_desk_keeps_for_itself_bears_no_label() -> None:
    assert not etree.fromstring(export(redact(busy_lead(Frame.WGS84), "desk", "A. Author", None), "kml")).findall(BINDINGS)
