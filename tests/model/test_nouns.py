"""What nouns refuse, and what a marking lets through."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import DESK, Clock, Frame, Instant, Marking, Markings, Place, Quantity, Search, Tlp, identifier


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((float("nan"), None, None, None), "not finite"),
        ((1.0, 0.0, float("inf"), 0.9), "not finite"),
        ((1.0, 0.0, None, 0.9), "together"),
        ((3.0, 0.0, 2.0, 0.9), "outside its own interval"),
        ((1.0, 0.0, 2.0, 90.0), "level"),
    ],
)
def test_a_quantity_without_an_honest_interval_cannot_be_made(numbers: tuple[float, float, float, float], sentence: str) -> None:
    value, low, high, level = numbers
    with pytest.raises(BadInput, match=sentence):
        Quantity(value, "kg/h", low, high, level)


def test_a_quantity_says_whether_it_holds_the_truth() -> None:
    assert Quantity(1.0, "kg/h", 0.5, 2.0, 0.9).holds(2.0)
    assert not Quantity(1.0, "kg/h", 0.5, 2.0, 0.9).holds(2.1)


def test_swapped_coordinates_are_named() -> None:
    with pytest.raises(BadInput, match="swapped"):
        Place(25.0, -107.0, Frame.WGS84)


def test_a_height_without_its_reference_cannot_be_made() -> None:
    with pytest.raises(BadInput, match="reference"):
        Place(0.0, 0.0, Frame.LOCAL, height_m=12.0)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="no zone"):
        Instant(datetime(2026, 1, 1), Clock.UTC)  # noqa: DTZ001  that it has no zone is the point


@pytest.mark.parametrize("search", [{}, {"half_width_m": 1.0, "polygon": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))}, {"half_width_m": -1.0}])
def test_a_search_area_is_one_thing(search: dict[str, float]) -> None:
    with pytest.raises(BadInput, match="search"):
        Search(**search)


def test_nothing_leaves_without_a_marking() -> None:
    assert not Markings().permits("sources", "MEX")
    assert Markings().permits("sources", DESK)


@given(st.builds(Marking, st.sampled_from(Tlp), st.tuples(st.sampled_from(["MEX", "USA"]))), st.sampled_from(["MEX", "USA", "GTM"]))
def test_only_clear_goes_beyond_the_audiences_named(marking: Marking, audience: str) -> None:
    if marking.permits(audience):
        assert marking.tlp is Tlp.CLEAR or audience in marking.releasable_to
    assert not (marking.tlp is Tlp.RED and marking.permits(audience))


@given(st.sampled_from(Tlp), st.sampled_from(Tlp))
def test_a_field_never_leaves_when_the_whole_may_not(whole: Tlp, part: Tlp) -> None:
    markings = Markings(Marking(whole, ("MEX",)), {"fits": Marking(part, ("MEX",))})
    assert not markings.permits("fits", "MEX") or markings.whole.permits("MEX")


def test_an_identifier_depends_on_its_parts_only() -> None:
    assert identifier("lead", ["a", "b"]) == identifier("lead", ["a", "b"])
    assert identifier("lead", ["a", "b"]) != identifier("lead", ["ab"])
