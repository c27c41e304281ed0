"""Clocks: ISO 8601 with and without a zone, seconds counted, and two clocks that check each other."""

import io
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Clock, Flight, Instant
from cathartes.readers.table import read_table
from cathartes.readers.times import Times, instant, microseconds, sample_times

START = Instant(datetime(2024, 5, 1, tzinfo=UTC), Clock.UTC)


def times(csv: str, flight: Flight | None = None) -> Times:
    table = read_table(io.BytesIO(csv.encode()), "f.csv", {"t_s"}.__contains__, {"time_utc"})
    return sample_times(table, flight or Flight("a"))


def keys(found: Times) -> list[str]:
    return [statement.key for statement in found.health]


@given(st.integers(-(10**15), 10**16), st.integers(-840, 840))
def test_a_time_in_any_zone_is_kept_to_the_microsecond(moment_us: int, east_minutes: int) -> None:
    written = instant(moment_us, Clock.UTC).utc.astimezone(timezone(timedelta(minutes=east_minutes))).isoformat()
    (found,), unstated = microseconds([written])
    assert (found, unstated) == (moment_us, 0)


@pytest.mark.parametrize(
    "word", ["2024-05-01T10:00:00-06:00", "2024-05-01 16:00Z", "2024-05-01T16:00:00.000000+00:00", "2024-05-01T16:00:00"]
)
def test_the_forms_of_one_moment_are_one_number(word: str) -> None:
    (found,), unstated = microseconds([word])
    assert (found, unstated) == (1_714_579_200_000_000, int(word.endswith("16:00:00")))


@pytest.mark.parametrize(
    "word", ["", "2024-05-01", "01/05/2024 16:00", "2024-W18-3T16:00", "2024-12-31T23:59:60Z", "2024-13-01T00:00Z", "now"]
)
def test_what_is_no_time_of_day_is_refused_by_row(word: str) -> None:
    with pytest.raises(BadInput, match=r"f\.csv, row 3, column time_utc: found .* expected a time in ISO 8601"):
        times(f'time_utc,x\n2024-05-01T16:00:00Z,\n"{word}",\n')


def test_counted_seconds_alone_start_when_the_flight_does() -> None:
    assert times("t_s,x\n5,\n7,\n").zero is None
    found = times("t_s,x\n5,\n7,\n", Flight("a", start=START))
    assert (found.t_s.tolist(), found.zero) == ([5.0, 7.0], START)


def test_utc_counts_from_its_earliest_time_and_an_unstated_zone_is_said() -> None:
    found = times("time_utc,x\n2024-05-01T00:00:09,\n2024-05-01T00:00:02.5,\n")
    assert found.zero == Instant(datetime(2024, 5, 1, 0, 0, 2, 500_000, tzinfo=UTC), Clock.UNSTATED)
    assert (found.t_s.tolist(), keys(found)) == ([6.5, 0.0], ["health.zone_unstated"])


def test_two_clocks_that_agree_keep_the_finer_one() -> None:
    rows = "".join(f"2024-05-01T00:00:{tenth // 10:02d}Z,{100 + tenth / 10}\n" for tenth in range(30))
    found = times("time_utc,t_s\n" + rows)
    np.testing.assert_allclose(found.t_s, 100 + np.arange(30) / 10)
    assert found.zero is not None
    assert abs((found.zero.utc - datetime(2024, 4, 30, 23, 58, 20, tzinfo=UTC)).total_seconds()) < 1
    assert keys(found) == []


def test_two_clocks_that_drift_are_said_and_utc_is_used() -> None:
    found = times("time_utc,t_s\n" + "".join(f"2024-05-01T00:{minute:02d}:00Z,{minute * 61}\n" for minute in range(11)))
    assert keys(found) == ["health.clocks_drift"]
    assert found.health[0].values["seconds"] == pytest.approx(5.0)
    np.testing.assert_allclose(np.diff(found.t_s), 60)


def test_two_clocks_more_than_a_minute_apart_are_refused() -> None:
    with pytest.raises(BadInput, match=r"row 4, column t_s: found '4000\.0', expected about 120 as time_utc has it"):
        times("time_utc,t_s\n2024-05-01T00:00:00Z,0\n2024-05-01T00:01:00Z,60\n2024-05-01T00:02:00Z,4000\n")


def test_a_log_of_another_day_than_the_flight_is_said() -> None:
    found = times("time_utc,x\n2024-05-04T00:00:00Z,\n", Flight("a", start=START))
    assert (keys(found), found.health[0].values["hours"]) == (["health.start_differs"], 72.0)


@pytest.mark.parametrize("cell", ["", "1e11"])
def test_a_row_without_a_usable_count_is_refused(cell: str) -> None:
    with pytest.raises(BadInput, match="row 3, column t_s"):
        times(f"t_s,x\n1,\n{cell},\n")


def test_a_file_without_times_is_refused() -> None:
    with pytest.raises(BadInput, match="expected a column t_s or time_utc"):
        times("x,y\n1,\n")


@given(st.lists(st.datetimes(), min_size=1, max_size=5))
def test_a_long_track_is_read_as_a_short_one(moments: list[datetime]) -> None:
    plain = [f"{moment.isoformat()}Z" for moment in moments]
    mixed = [*plain, "2024-05-01T10:00+02:00"]
    assert microseconds(plain)[0].tolist() == microseconds(mixed)[0].tolist()[:-1]


@pytest.mark.parametrize(
    "word", ["2024-02-30T00:00:00Z", "2024-05-01T00:00:60Z", "2024-05-01TT0:00:00Z", "2024-05-01T00:00:00.Z", "Z024-05-01T00:00:00-"]
)
def test_what_only_looks_like_a_time_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="1"):
        microseconds(["2024-05-01T00:00:00Z", word])
