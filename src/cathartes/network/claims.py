"""What is said about a party, value by value: each with its source, grade, author, legal basis and the day it ends; and merges of parties.

The vocabulary is FollowTheMoney's (schema and property names). The two letters of a grade are both kept and never made one number. A
person has no position in time: a claim of one is refused. Merging is a decision by somebody that can be undone; nothing is overwritten.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from cathartes.errors import BadInput

RELIABILITIES, CREDIBILITIES = "ABCDEF", range(1, 7)
PERSON = "Person"
POSITIONS = frozenset({"latitude", "longitude", "location", "geometry", "address", "addressEntity"})
"""Properties that place a party; a person has none of them."""


@dataclass(frozen=True)
class Grade:
    """The Admiralty pair: the source's reliability A to F, the information's credibility 1 to 6. Raises `BadInput` for any other."""

    reliability: str
    credibility: int

    def __post_init__(self) -> None:
        if len(self.reliability) != 1 or self.reliability not in RELIABILITIES or self.credibility not in CREDIBILITIES:
            raise BadInput(
                f"found the grade {self.reliability}{self.credibility}; expected a letter A to F and a number 1 to 6, such as B2"
            )


@dataclass(frozen=True)
class Claim:
    """One value of one property of one party, as one source has it.

    `source` names the report, `place_in_source` where in it (characters, page, row); `origin` names what the report itself rests on, so
    that two reports of one intercept count once. `basis` is the legal ground for keeping it; on `review_on` somebody must look
    again, from `expires_on` on it is neither shown nor exported. Raises `BadInput` for a person's position, an empty value, a missing
    source, author or basis, and days in the wrong order.
    """

    party: str
    schema: str
    property: str
    value: str
    source: str
    origin: str
    grade: Grade
    author: str
    basis: str
    first_seen: date
    last_seen: date
    review_on: date
    expires_on: date
    place_in_source: str = ""

    def __post_init__(self) -> None:
        if self.schema == PERSON and self.property in POSITIONS:
            raise BadInput(f"a claim places a person ({self.property}); persons have no position here: leave it out")
        for name in ("party", "schema", "property", "value", "source", "author", "basis"):
            if not getattr(self, name).strip():
                raise BadInput(f"a claim about {self.party or 'a party'} has no {name}; every claim needs one")
        if not self.first_seen <= self.last_seen or not self.first_seen <= self.review_on <= self.expires_on:
            raise BadInput(
                f"the days of a claim about {self.party} are out of order; expected first seen, last seen, review and expiry in turn"
            )


class Judgement(StrEnum):
    """What somebody decided about two parties."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Merge:
    """Somebody's decision that two parties are one, or are not; undone, it stays on record. Raises `BadInput` without author or reason."""

    one: str
    other: str
    judgement: Judgement
    author: str
    why: str
    made_on: date
    undone_by: str = ""
    undone_on: date | None = None

    def __post_init__(self) -> None:
        if not self.author.strip() or not self.why.strip():
            raise BadInput(f"the decision on {self.one} and {self.other} needs an author and a reason")


def undone(merge: Merge, by: str, on: date) -> Merge:
    """The decision taken back by somebody; the first one stays readable."""
    if not by.strip():
        raise BadInput("taking back a merge needs an author")
    return replace(merge, undone_by=by, undone_on=on)


def in_force(claims: Iterable[Claim], today: date) -> tuple[Claim, ...]:
    """Claims that may be shown and exported on `today`."""
    return tuple(claim for claim in claims if today < claim.expires_on)


def due(claims: Iterable[Claim], today: date) -> tuple[Claim, ...]:
    """Claims in force that somebody must look at again."""
    return tuple(claim for claim in in_force(claims, today) if claim.review_on <= today)


def canonical(merges: Sequence[Merge]) -> Mapping[str, str]:
    """Each judged party's group, named by its smallest id. Raises `BadInput` where decisions contradict one another.

    "Same as" in a circle is one group. A contradiction is two parties that are the same by some decisions and different by another.
    """
    group: dict[str, str] = {}

    def root(party: str) -> str:
        while group.setdefault(party, party) != party:
            group[party] = group[group[party]]
            party = group[party]
        return party

    standing = [merge for merge in merges if merge.undone_on is None]
    for merge in standing:
        one, other = sorted((root(merge.one), root(merge.other)))
        if merge.judgement is Judgement.SAME:
            group[other] = one
    for merge in standing:
        if merge.judgement is Judgement.DIFFERENT and root(merge.one) == root(merge.other):
            raise BadInput(
                f"{merge.author} decided that {merge.one} and {merge.other} are different, others make them one; take one of them back"
            )
    return {party: root(party) for party in sorted(group)}


def corroboration(claims: Iterable[Claim], merges: Sequence[Merge] = ()) -> Mapping[tuple[str, str, str], int]:
    """How many independent origins stand behind each (party, property, value): reports of one origin count once."""
    one_of = canonical(merges)
    origins: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for claim in claims:
        origins[one_of.get(claim.party, claim.party), claim.property, claim.value].add(claim.origin or claim.source)
    return {key: len(found) for key, found in origins.items()}
