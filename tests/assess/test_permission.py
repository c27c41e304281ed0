"""Authority: only what every rule allows is allowed, and whatever is missing, unknown or failing denies."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.assess.permission import permission, permissions
from cathartes.errors import BadInput
from cathartes.model import (
    Authority,
    Clock,
    Custody,
    Flight,
    Frame,
    GasLog,
    HeightReference,
    Instant,
    Reading,
    Recording,
    Span,
    Standing,
    TextReport,
)

START = datetime(2024, 5, 1, tzinfo=UTC)
WHOLE = Authority(
    "a prosecutor's office", "article 21 (sample)", "find a leak", ((-100.0, 19.0), (-99.0, 19.0), (-99.0, 20.0), (-100.0, 20.0)),
    START, START + timedelta(hours=2), (0.0, 500.0), HeightReference.AGL, ("gas_log",),
)  # fmt: skip


def gas_log(lon: float = -99.5, height_m: float = 100.0, after_s: float = 60.0) -> Reading:
    """Ten samples at one place, from `after_s` seconds after the window opens."""
    count, absent = 10, np.full(10, np.nan)
    ends = np.column_stack((np.full(count, lon), np.full(count, 19.5), np.full(count, height_m)))
    log = GasLog(
        Frame.WGS84, HeightReference.AGL, Instant(START, Clock.UTC), after_s + np.arange(count), ("nose",), np.zeros(count, np.int64),
        ends, ends, {"ch4": absent}, *(absent,) * 8,
    )  # fmt: skip
    span = Span(after_s, after_s + count, Instant(START, Clock.UTC))
    return Reading(Recording("r", "f", "log.csv", "gas_log", "0" * 64, "x", count, span, None, (), Custody((), "m", "1")), log)


def standing(flight: Flight, reading: Reading) -> dict[str, Standing]:
    return {check.rule: check.standing for check in permission(flight, reading).checks}


def test_a_recording_within_all_of_it_is_allowed() -> None:
    assert permission(Flight("f", authority=WHOLE), gas_log()).allowed


@pytest.mark.parametrize(
    ("reading", "rule"),
    [(gas_log(lon=-98.0), "area"), (gas_log(height_m=501.0), "height"), (gas_log(after_s=7195.0), "time"), (gas_log(after_s=-5.0), "time")],
)
def test_use_outside_one_bound_is_outside_and_denied(reading: Reading, rule: str) -> None:
    found = standing(Flight("f", authority=WHOLE), reading)
    assert found.pop(rule) is Standing.OUTSIDE
    assert set(found.values()) == {Standing.WITHIN}


def test_a_sensor_that_is_not_named_is_denied() -> None:
    flight = Flight("f", authority=replace(WHOLE, sensors=("video",)))
    assert standing(flight, gas_log())["sensor"] is Standing.OUTSIDE
    assert permission(Flight("f", authority=replace(WHOLE, sensors=("nose",))), gas_log()).allowed


@pytest.mark.parametrize("name", [each.name for each in fields(Authority)])
def test_any_missing_attribute_denies(name: str) -> None:
    empty = () if name == "sensors" else None
    decided = permission(Flight("f", authority=replace(WHOLE, **{name: empty})), gas_log())
    assert not decided.allowed
    assert name in str(decided.checks[0].says.values["names"])


@pytest.mark.parametrize("authority", [None, "the ministry said so"])
def test_no_table_allows_nothing(authority: str | None) -> None:
    assert not permission(Flight("f", authority=authority), gas_log()).allowed


def test_a_rule_that_fails_denies() -> None:
    reading = gas_log()
    broken = replace(reading, content=replace(reading.content, start=None))  # type: ignore[type-var]
    found = permission(Flight("f", authority=WHOLE), broken)
    assert not found.allowed
    assert {check.says.key for check in found.checks} >= {"authority.failed"}


def test_heights_from_something_else_say_nothing() -> None:
    flight = Flight("f", authority=replace(WHOLE, height_reference=HeightReference.MSL))
    assert standing(flight, gas_log())["height"] is Standing.UNKNOWN


def test_a_report_is_not_collection() -> None:
    report = gas_log()
    told = Reading(replace(report.recording, kind="text_report"), TextReport("hola", "es"))
    assert permissions(Flight("f", authority=WHOLE), (told,)) == ()


@given(st.floats(-180, 180), st.floats(-1e4, 1e5), st.floats(-1e6, 1e6))
def test_what_is_allowed_lies_within_every_bound(lon: float, height_m: float, after_s: float) -> None:
    if permission(Flight("f", authority=WHOLE), gas_log(lon, height_m, after_s)).allowed:
        assert -100 <= lon <= -99
        assert 0 <= height_m <= 500
        assert 0 <= after_s <= 7190


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"end": START}, "not after its start"),
        ({"start": datetime(2024, 5, 1)}, "has no zone"),  # noqa: DTZ001
        ({"height_m": (500.0, 0.0)}, "a low and a higher number"),
        ({"area": ((0.0, 0.0), (1.0, 1.0))}, "at least three corners"),
    ],
)
def test_a_window_that_holds_nothing_is_refused(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        replace(WHOLE, **change)  # type: ignore[arg-type]
