"""Lawful emitters nearby: found by distance, known by what they declare, listed before anything else."""

import pytest

from cathartes.assess.emitters import declared_as
from cathartes.model import (
    Frame,
)
from tests.assess.flown import keys, made, register


def test_those_that_declare_the_gas_come_first_and_then_the_nearest() -> None:
    lead = made(register((300, 0, "7446-09-5"), (9000, 0, "74-82-8"), (100, 0, "124-38-9"), (25_000, 0, "74-82-8")))
    assert [each.id for each in lead.emitters] == ["NRA-1", "NRA-2", "NRA-0"]
    assert [each.emits_this_gas for each in lead.emitters] == [True, False, False]
    assert lead.emitters[0].distance_m == pytest.approx(9000, rel=1e-3)


@pytest.mark.parametrize("name", ["74-82-8", "Methane", "METANO", "ch4"])
def test_a_register_may_call_the_gas_by_number_or_by_name(name: str) -> None:
    assert name.casefold() in declared_as("ch4")


def test_a_local_frame_is_near_no_register_and_says_so() -> None:
    lead = made(register((0, 0, "74-82-8")), frame=Frame.LOCAL)
    assert lead.emitters == ()
    assert "gap.local_frame" in keys(lead.gaps)
