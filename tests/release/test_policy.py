"""The policy narrows and never widens; whatever it does not say, or says wrongly, gives nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput, Refused
from cathartes.model import Frame, Lead, Marking, Markings, Tlp, json
from cathartes.release.policy import FIELDS, Permit, Policy, narrowed, parse_policy
from cathartes.release.redact import CORE, EMPTY, redact
from tests.release.sample_lead import NOON, TO_MEXICO, busy_lead
from tests.release.test_redact import TOKENS, planted

DAY = date(2026, 3, 5)
TEXT = """
format = "cathartes-policy/1"
[[permit]]
to = "MEX"
tlp = ["TLP:GREEN"]
fields = ["all"]
until = 2026-12-31
why = "agreement"
"""


def policy(*fields: str, tlp: tuple[Tlp, ...] = (Tlp.GREEN,), until: date = DAY, to: str = "MEX") -> Policy:
    return Policy("cathartes-policy/1", (Permit(to, tlp, fields or ("all",), until, "agreement"),))


def left(lead: Lead, given: Policy) -> Lead:
    return redact(narrowed(lead, given, "MEX", DAY), "MEX", "Benito", NOON).lead


def test_a_policy_that_permits_all_changes_nothing() -> None:
    lead = busy_lead(Frame.WGS84)
    assert left(lead, parse_policy("policy.toml", TEXT.encode())) == redact(lead, "MEX", "Benito", NOON).lead


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('why = "agreement"', 'why = "agreement"\nunless = "disputed"'),
        ('why = "agreement"', ""),
        ('why = "agreement"', 'why = " "'),
        ("until = 2026-12-31", 'until = "soon"'),
        ("TLP:GREEN", "TLP:WHITE"),
        ("TLP:GREEN", "TLP:RED"),
        ("TLP:GREEN", "TLP:AMBER+STRICT"),
        ('"all"', '"source"'),
        ('"all"', '"id", "gas"'),
        ("cathartes-policy/1", "cathartes-policy/2"),
        ("[[permit]]", "[[permits]]"),
        ("[[permit]]", "[[permit"),
    ],
)
def test_a_table_that_is_not_understood_is_refused_whole(was: str, becomes: str) -> None:
    with pytest.raises(BadInput, match=r"policy\.toml"):
        parse_policy("policy.toml", TEXT.replace(was, becomes).encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_makes_it_stumble(content: bytes) -> None:
    with pytest.raises(BadInput):
        parse_policy("policy.toml", content)


@pytest.mark.parametrize(
    ("given_policy", "why"),
    [
        (policy(to="USA"), "permits MEX nothing"),
        (Policy("cathartes-policy/1", ()), "permits MEX nothing"),
        (policy(until=date(2026, 3, 4)), "ended on 2026-03-04"),
        (policy(tlp=(Tlp.CLEAR,)), "is TLP:GREEN"),
        (policy(tlp=()), "what is nothing"),
    ],
)
def test_what_is_not_permitted_is_refused_with_the_reason(given_policy: Policy, why: str) -> None:
    with pytest.raises(Refused, match=why):
        left(busy_lead(Frame.WGS84), given_policy)


def test_a_permit_never_widens_a_marking() -> None:
    secret = busy_lead(Frame.WGS84, Markings(Marking(Tlp.GREEN, ("USA",))))
    with pytest.raises(Refused, match="marking of this lead"):
        left(secret, policy())


def test_what_carries_an_unlisted_label_of_its_own_is_left_out() -> None:
    lead = busy_lead(Frame.WGS84)
    amber = Markings(Marking(Tlp.AMBER, ("MEX",)))
    mixed = replace(lead, detections=(replace(lead.detections[0], markings=amber), *lead.detections[1:]))
    assert len(redact(mixed, "MEX", "Benito", NOON).lead.detections) == len(lead.detections)
    assert lead.detections[0].id not in {each.id for each in left(mixed, policy()).detections}


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(sorted(FIELDS - set(CORE)))))
def test_a_field_without_a_permit_is_empty_told_nowhere_and_stays_so(permitted: set[str]) -> None:
    given_policy = policy(*CORE, *permitted)
    made = left(planted(TO_MEXICO), given_policy)
    assert all(getattr(made, name) == EMPTY[name] for name in FIELDS - permitted - set(CORE) if name != "custody")
    assert not [name for name in TOKENS.keys() - permitted if TOKENS[name].encode() in json.encode(made)]
    assert left(made, given_policy) == made
