"""Who may have what: TLP 2.0 labels and the audiences a thing, or one field of it, may be released to.

The default marking lets nothing leave: a field that nobody marked is a field nobody may have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DESK = "desk"
"""The audience that made the thing: the own desk sees every field."""


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST, August 2022)."""

    RED = "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    AMBER = "TLP:AMBER"
    GREEN = "TLP:GREEN"
    CLEAR = "TLP:CLEAR"


@dataclass(frozen=True)
class Marking:
    """A TLP label and the audiences (ISO 3166 alpha-3 codes or agreed names) it is releasable to.

    TLP:RED never leaves the desk and AMBER+STRICT stays in its organisation, whoever is listed; CLEAR goes to anyone; the
    others go to listed audiences only.
    """

    tlp: Tlp = Tlp.RED
    releasable_to: tuple[str, ...] = ()

    def permits(self, audience: str) -> bool:
        """Whether `audience` may have what carries this marking."""
        if audience == DESK or self.tlp is Tlp.CLEAR:
            return True
        if self.tlp in (Tlp.RED, Tlp.AMBER_STRICT):
            return False
        return audience in self.releasable_to


@dataclass(frozen=True)
class Markings:
    """The marking of a whole noun and of the fields that differ from it."""

    whole: Marking = Marking()
    fields: Mapping[str, Marking] = field(default_factory=dict)

    def permits(self, field_name: str, audience: str) -> bool:
        """Whether `audience` may have the field: the whole must allow it, and the field's own marking too."""
        return self.whole.permits(audience) and self.fields.get(field_name, self.whole).permits(audience)
