"""Lists of parties: read whole, faults told row by row, compared with their predecessor. The formats are in `list_formats`.

A list is a fact about what an authority published on a day. Being on it is not guilt, and a name that is like one on it is nothing yet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cathartes.errors import BadInput
from cathartes.model import Statement
from cathartes.network.identifiers import Identifiers
from cathartes.network.index import Listed


@dataclass(frozen=True)
class ListedParty:
    """One party as a list has it. `names` starts with the main name; `basis` are the programs or acts it is listed under."""

    id: str
    kind: str
    names: tuple[str, ...]
    basis: tuple[str, ...] = ()
    listed_on: date | None = None
    identifiers: Identifiers = field(default_factory=Identifiers)


@dataclass(frozen=True)
class PartyList:
    """One version of one list: the day it is of, the SHA-256 of the files it was read from, and what was wrong with them."""

    name: str
    dated: date | None
    digest: str
    parties: tuple[ListedParty, ...]
    faults: tuple[Statement, ...] = ()

    def listed(self) -> list[Listed]:
        """Every name of every party, for screening."""
        return [Listed(party.id, name, party.kind, party.identifiers) for party in self.parties for name in party.names]


@dataclass(frozen=True)
class Difference:
    """What changed from one version of a list to the next, by id."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


def difference(old: PartyList, new: PartyList) -> Difference:
    """Parties listed, delisted, and listed with other particulars than before."""
    before, after = ({party.id: party for party in version.parties} for version in (old, new))
    changed = (id_ for id_ in after if id_ in before and after[id_] != before[id_])
    return Difference(tuple(id_ for id_ in after if id_ not in before), tuple(id_ for id_ in before if id_ not in after), tuple(changed))


LOST_SHARE = 0.2
"""A new version that lacks more than this share of its predecessor's parties is not taken without being told to."""


def successor(old: PartyList | None, new: PartyList) -> PartyList:
    """`new`, if it may take the place of `old`. Raises `BadInput` where the last good list must stay in force.

    That is: a list without parties, older than its predecessor, or without a large share of its parties (a download that broke off).
    """
    if not new.parties:
        raise BadInput(f"{new.name}: the file holds no party; the last good list stays in force")
    if old is None:
        return new
    if old.dated and new.dated and new.dated < old.dated:
        raise BadInput(f"{new.name}: this version is of {new.dated}, the one in force of {old.dated}; the newer stays in force")
    gone = len(difference(old, new).removed)
    if gone > LOST_SHARE * len(old.parties):
        raise BadInput(
            f"{new.name}: {gone} of {len(old.parties)} parties are missing from this version, more than {LOST_SHARE:.0%}; the last good "
            "list stays in force. Check the download; if it is right, load it with --even-if-smaller"
        )
    return new


def merged(parties: Iterable[ListedParty]) -> Iterator[ListedParty]:
    """One party per id, in the order they first come: rows of one id are names of one party."""
    found: dict[str, ListedParty] = {}
    names: dict[str, dict[str, None]] = {}
    for party in parties:
        names.setdefault(party.id, {}).update(dict.fromkeys(party.names))
        first = found.setdefault(party.id, party)
        if first is not party:
            found[party.id] = replace(first, identifiers=_filled(first.identifiers, party.identifiers))
    for id_, party in found.items():
        yield replace(party, names=tuple(names[id_]))


def _filled(first: Identifiers, other: Identifiers) -> Identifiers:
    return Identifiers(first.curp or other.curp, first.rfc or other.rfc, first.born or other.born)


@dataclass
class Faults:
    """Counts what is wrong with a list's rows, so that a million broken rows are one sentence."""

    rows: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)

    def note(self, key: str, row: int) -> None:
        """One more row with the fault of this message key."""
        self.rows[key] += 1
        self.first.setdefault(key, row)

    def statements(self, more: Mapping[str, Mapping[str, str | int]] | None = None) -> tuple[Statement, ...]:
        """A sentence per fault: how many rows, and the first."""
        told = [Statement(key, {"rows": count, "first": self.first[key]}) for key, count in self.rows.items()]
        return (*told, *(Statement(key, values) for key, values in (more or {}).items()))
