"""The desk's own policy: which receiver may have which fields under which label, and until when. A table of permits, and of nothing else.

It narrows what the markings allow and never widens it, so it is applied to the markings before `redact`: whatever the table does not
permit is marked TLP:RED. There is no rule that forbids, hence none that can fail open; docs/reference/policy.md has the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from cathartes.errors import BadInput, Refused
from cathartes.model import Coverage, Detection, Lead, Marking, Markings, Source, Still, Tlp
from cathartes.release.redact import CORE, NESTED

Noun = TypeVar("Noun", Source, Detection, Coverage, Still)
Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]

ALL = "all"
FIELDS = frozenset(part.name for part in fields(Lead)) - {"markings"}
LEAVING = frozenset({Tlp.AMBER, Tlp.GREEN, Tlp.CLEAR})
"""Labels under which anything may leave an organisation at all (TLP 2.0)."""


class Permit(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`to` may have these fields of a lead where they carry one of these labels, up to and with the day `until`."""

    to: Text
    tlp: tuple[Tlp, ...]
    fields: tuple[str, ...]
    until: date
    why: Text

    def gives(self, name: str, label: Tlp) -> bool:
        """Whether the field is permitted under the label."""
        return label in self.tlp and (name in self.fields or ALL in self.fields)


class Policy(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Every permit; what none of them gives is not given."""

    format: Literal["cathartes-policy/1"]
    permit: tuple[Permit, ...]


def parse_policy(name: str, content: bytes) -> Policy:
    """The policy in TOML. Raises `BadInput` for an unknown or missing key, label or field: none of it is taken."""
    try:
        policy = msgspec.toml.decode(content, type=Policy)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as problem:
        raise BadInput(f"{name} is not a policy as docs/reference/policy.md has it: {problem}; nothing of it is taken") from None
    for each in policy.permit:
        if unknown := set(each.fields) - FIELDS - {ALL}:
            raise BadInput(f"{name} permits {each.to} fields that no lead has: {', '.join(sorted(unknown))}; correct their names")
        if ALL not in each.fields and (missing := set(CORE) - set(each.fields)):
            raise BadInput(f"{name} permits {each.to} a lead without {', '.join(sorted(missing))}, which cannot be read rightly; add them")
        if wrong := set(each.tlp) - LEAVING:
            raise BadInput(f"{name} permits {each.to} what is {', '.join(sorted(wrong))}; that leaves no organisation, take it out")
    return policy


def narrowed(lead: Lead, policy: Policy, audience: str, on: date) -> Lead:
    """The lead with everything marked TLP:RED that the policy does not permit `audience` on that day.

    Raises `Refused` where it permits nothing of it, and says why.
    """
    permits = _standing(policy, audience, on)
    label = lead.markings.whole.tlp
    if not any(label in each.tlp for each in permits):
        labels = ", ".join(sorted({each for permit in permits for each in permit.tlp}))
        raise Refused(f"the policy permits {audience} what is {labels or 'nothing'}, and this lead is {label}; have one of the two changed")
    marked = {name: lead.markings.fields.get(name, lead.markings.whole).tlp for name in FIELDS}
    withheld = {name: Marking() for name in sorted(FIELDS) if not any(each.gives(name, marked[name]) for each in permits)}
    nested: dict[str, Any] = {name: tuple(_narrowed(each, _labels(name, permits)) for each in getattr(lead, name)) for name in NESTED}
    return replace(lead, markings=replace(lead.markings, fields={**lead.markings.fields, **withheld}), **nested)


def _standing(policy: Policy, audience: str, on: date) -> list[Permit]:
    """The permits that hold for the audience on that day."""
    given = [each for each in policy.permit if each.to == audience]
    if not given:
        raise Refused(f"the policy permits {audience} nothing; have it changed with `cathartes policy`, or release to another")
    standing = [each for each in given if on <= each.until]
    if not standing:
        ended = max(each.until for each in given)
        raise Refused(f"what the policy permits {audience} ended on {ended}; have it renewed with `cathartes policy`")
    return standing


def _labels(name: str, permits: Iterable[Permit]) -> frozenset[Tlp]:
    return frozenset(label for each in permits for label in each.tlp if each.gives(name, label))


def _narrowed(noun: Noun, labels: frozenset[Tlp]) -> Noun:
    """The noun, marked TLP:RED where its own labels, or a field's, are not among those permitted."""
    if noun.markings.whole.tlp not in labels:
        return replace(noun, markings=Markings())
    kept: Mapping[str, Marking] = {name: each if each.tlp in labels else Marking() for name, each in noun.markings.fields.items()}
    return replace(noun, markings=replace(noun.markings, fields=kept))
