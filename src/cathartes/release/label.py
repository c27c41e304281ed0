"""Confidentiality labels as other systems read them: an ADatP-4774 label bound to its document as ADatP-4778 says.

Both are XML vocabularies of NATO standards (STANAG 4774 and 4778, edition A version 1). The policy named is TLP 2.0, so that no
reader takes the label for a national classification. Only what is released has a label: it says when it was made.
"""

from datetime import datetime, timedelta
from xml.etree import ElementTree as Xml

from cathartes.model import Release
from cathartes.release.telling import overall_marking

LABEL = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
BINDING = "urn:nato:stanag:4778:bindinginformation:1:0"
POLICY = "TLP 2.0"
REVIEW = timedelta(days=365)
"""When somebody is to ask whether the label still holds: the standard wants a date, and leaves which one to the policy."""

for prefix, namespace in (("s4774", LABEL), ("s4778", BINDING)):
    Xml.register_namespace(prefix, namespace)


def bound_label(release: Release, at: datetime) -> Xml.Element:
    """The label of what was released at `at` (UTC), bound to the whole document it stands in (the data reference with an empty URI)."""
    binding = Xml.Element(f"{{{BINDING}}}BindingInformation")
    bound = _add(_add(binding, BINDING, "MetadataBindingContainer"), BINDING, "MetadataBinding")
    _add(bound, BINDING, "Metadata").append(label(release, at))
    _add(bound, BINDING, "DataReference").set("URI", "")
    return binding


def label(release: Release, at: datetime) -> Xml.Element:
    """Policy, classification, who it may be released to, when the label was made, and when it is to be reviewed."""
    whole = Xml.Element(f"{{{LABEL}}}originatorConfidentialityLabel", ReviewDateTime=_moment(at + REVIEW))
    about = _add(whole, LABEL, "ConfidentialityInformation")
    _add(about, LABEL, "PolicyIdentifier").text = POLICY
    _add(about, LABEL, "Classification").text = overall_marking(release.lead).value.removeprefix("TLP:")
    category = _add(about, LABEL, "Category")
    category.attrib.update({"Type": "PERMISSIVE", "TagName": "Releasable To"})
    _add(category, LABEL, "GenericValue").text = release.audience
    _add(whole, LABEL, "CreationDateTime").text = _moment(at)
    return whole


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _add(parent: Xml.Element, namespace: str, tag: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{namespace}}}{tag}")
