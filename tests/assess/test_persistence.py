"""Persistence: flights that would have seen the source count, others say nothing."""

from dataclasses import replace

import pytest

from cathartes.assess.persistence import Look, limit_at, observation_of, persistence
from cathartes.model import Frame, Source
from tests.release.sample_lead import sample_lead

LEAD = sample_lead(Frame.WGS84)
SOURCE, COVERAGE = LEAD.sources[0], LEAD.coverage[0]


def look(flight: str, *sources: Source, limit: float | None = 0.01) -> Look:
    return Look(flight, (replace(COVERAGE, limit_kg_h=(limit,) * len(COVERAGE.limit_kg_h)),), sources)


AGAIN = look("again", replace(SOURCE, id="source-again"))
MISSED = look("missed")
ELSEWHERE = look("elsewhere", replace(SOURCE, id="far", place=replace(SOURCE.place, x=SOURCE.place.x + 0.2)))


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ((), None),
        ((AGAIN,), "always"),
        ((AGAIN, MISSED), "sometimes"),
        ((MISSED, ELSEWHERE), "never"),
        ((look("blind", limit=None), look("coarse", limit=5.0)), None),
    ],
)
def test_only_flights_that_would_have_seen_it_count(looks: tuple[Look, ...], told: str | None) -> None:
    assert persistence(SOURCE, looks) == told


def test_another_gas_is_another_source() -> None:
    assert persistence(SOURCE, (look("nh3", replace(SOURCE, id="nh3", gas="nh3")),)) == "never"


def test_a_place_in_nobody_elses_frame_is_seen_by_no_other_flight() -> None:
    local = sample_lead(Frame.LOCAL).sources[0]
    assert persistence(local, (AGAIN,)) is None
    assert observation_of(local) is None


def test_the_limit_is_that_of_the_cell_and_none_outside() -> None:
    numbered = replace(COVERAGE, limit_kg_h=tuple(float(cell) for cell in range(len(COVERAGE.limit_kg_h))))
    corner = replace(SOURCE.place, x=COVERAGE.origin[0] + 1e-5, y=COVERAGE.origin[1] + 1e-5)
    assert limit_at(corner, numbered) == 0.0
    assert limit_at(replace(corner, x=corner.x + 1), numbered) is None
