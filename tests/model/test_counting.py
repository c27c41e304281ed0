"""Only like is added to like; a share has a denominator and an interval."""

import csv
from pathlib import Path

import pytest

from cathartes.errors import BadInput, Refused
from cathartes.model.counting import Counted, Counting, Factor, converted, in_kg, total, wilson

SHARED = Path(__file__).parents[3] / "shared" / "data" / "users" / "mx_lab_counts"
LABORATORIES = Counting("FGR", "laboratories", "1")


def test_the_same_rule_adds_up() -> None:
    assert total([Counted(399, LABORATORIES), Counted(150, LABORATORIES)]).value == 549


@pytest.mark.parametrize(
    "other",
    [
        Counting("SEDENA", "laboratories", "1"),
        Counting("FGR", "laboratories and concentration areas", "1"),
        Counting("FGR", "laboratories", "kg"),
        Counting("FGR", "laboratories", "1", weight="gross"),
        Counting("FGR", "laboratories", "1", year="fiscal"),
    ],
)
def test_unlike_rules_are_not_added(other: Counting) -> None:
    with pytest.raises(Refused, match="cannot be added"):
        total([Counted(1, LABORATORIES), Counted(1, other)])


def test_official_counts_that_contradict_each_other_are_not_added() -> None:
    path = SHARED / "conflicting_national_counts.csv"
    if not path.exists():
        pytest.skip("needs ../shared/data/users/mx_lab_counts")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rules = (Counting(row["source_named_in_press"], row["what_is_counted"], "1") for row in rows)
    counted = [Counted(float(row["count"]), rule) for row, rule in zip(rows, rules, strict=True)]
    with pytest.raises(Refused):
        total(counted)


def test_pounds_become_kilograms_and_nothing_else_does() -> None:
    assert in_kg(Counted(100, Counting("CBP", "weight", "lb"))).value == pytest.approx(45.359237)
    with pytest.raises(Refused, match="no weight in pounds"):
        in_kg(Counted(1, LABORATORIES))


def test_wilson_by_hand_and_at_its_ends() -> None:
    assert wilson(15, 1200) == pytest.approx((0.00759, 0.02052), abs=2e-5)
    assert wilson(0, 10)[0] == pytest.approx(0.0, abs=1e-12)
    assert wilson(10, 10)[1] == pytest.approx(1.0)


@pytest.mark.parametrize(("hits", "of"), [(1, 0), (3, 2), (-1, 2)])
def test_a_share_of_nothing_is_refused(hits: int, of: int) -> None:
    with pytest.raises(BadInput, match="denominator"):
        wilson(hits, of)
    with pytest.raises(BadInput, match="nothing to add"):
        total([])


def test_doses_are_told_only_with_their_factor_and_source_and_add_up_with_nothing_else() -> None:
    kilograms = Counted(3.0, Counting("CBP", "weight seized", "kg"), "2023")
    doses = converted(kilograms, Factor("kg", "doses", 500_000.0, "an agency, 2 mg each"))
    assert doses.value == 1_500_000
    assert doses.rule.what == "weight seized, at 500,000 doses per kg (an agency, 2 mg each)"
    with pytest.raises(Refused):
        total([doses, converted(kilograms, Factor("kg", "doses", 1e6, "another"))])
    with pytest.raises(Refused, match="per kg"):
        converted(Counted(3.0, Counting("CBP", "events", "1")), Factor("kg", "doses", 1.0, "an agency"))


@pytest.mark.parametrize(("each", "source"), [(0.0, "an agency"), (float("nan"), "an agency"), (1.0, " ")])
def test_a_factor_without_a_number_or_a_source_is_refused(each: float, source: str) -> None:
    with pytest.raises(BadInput, match="who states it"):
        Factor("kg", "doses", each, source)
