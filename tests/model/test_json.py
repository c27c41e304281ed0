"""Nouns go to JSON and come back without loss."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import (
    Air,
    Authority,
    Coverage,
    Custody,
    Detectability,
    Detection,
    Fit,
    Flight,
    GasLogHints,
    Grid,
    GridQuantity,
    Instant,
    Lead,
    Marking,
    Markings,
    Outcome,
    Place,
    PointSource,
    Quantity,
    RatePrior,
    Recording,
    Region,
    Release,
    Review,
    Search,
    Source,
    Statement,
    json,
)
from cathartes.model.place import Frame

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
SHORT = st.text(max_size=12)
TIMES = st.integers(-(2**40), 2**52).map(lambda us: datetime.fromtimestamp(us / 1e6, UTC))


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    low, value, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    if draw(st.booleans()):
        return Quantity(value, draw(SHORT))
    return Quantity(value, draw(SHORT), low, high, draw(st.floats(0.01, 0.99)))


@st.composite
def places(draw: st.DrawFn) -> Place:
    frame = draw(st.sampled_from(Frame))
    x, y = draw(st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
    return Place(x, y, frame, covariance_m2=draw(st.none() | st.tuples(NUMBERS, NUMBERS, NUMBERS)))


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    columns, rows = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    values = draw(st.lists(st.none() | NUMBERS, min_size=columns * rows, max_size=columns * rows))
    corner, step = draw(st.tuples(NUMBERS, NUMBERS)), draw(st.tuples(*[st.floats(1e-6, 1e6)] * 2))
    return Grid(draw(st.sampled_from(GridQuantity)), draw(st.sampled_from(Frame)), *corner, *step, columns, tuple(values))


@st.composite
def detectabilities(draw: st.DrawFn) -> Detectability:
    grid, rates = draw(grids()), sorted(draw(st.sets(st.floats(0.01, 100), min_size=1, max_size=3)))
    return Detectability(tuple(rates), (grid,) * len(rates), draw(st.builds(Statement)))


def markings() -> st.SearchStrategy[Markings]:
    return st.builds(Markings, st.builds(Marking), st.dictionaries(SHORT, st.builds(Marking), max_size=2))


def few_entries(kind: Any) -> st.SearchStrategy[Any]:
    """At most two entries: nouns nest deeply, and the claim does not need many."""
    return st.dictionaries(*(st.from_type(part) for part in get_args(kind)), max_size=2)


def few_items(kind: Any) -> st.SearchStrategy[Any]:
    parts = get_args(kind)
    if parts[-1] is Ellipsis:
        return st.lists(st.from_type(parts[0]), max_size=2).map(tuple)
    return st.tuples(*(st.from_type(part) for part in parts))


@pytest.fixture(scope="module", autouse=True)
def _strategies() -> None:
    """Registers how to draw the nouns that check themselves; hypothesis builds the others from their types."""
    st.register_type_strategy(float, NUMBERS)
    st.register_type_strategy(str, SHORT)
    st.register_type_strategy(datetime, TIMES)
    st.register_type_strategy(Mapping, few_entries)
    st.register_type_strategy(tuple, few_items)
    st.register_type_strategy(Quantity, quantities())
    st.register_type_strategy(Place, places())
    st.register_type_strategy(Markings, markings())
    st.register_type_strategy(Grid, grids())
    st.register_type_strategy(Detectability, detectabilities())
    of_gas = st.builds(Detection, gas=SHORT, peak=quantities(), significance=NUMBERS)
    st.register_type_strategy(Detection, of_gas | st.builds(Detection, says=st.builds(Statement)))
    windows = st.builds(
        Authority,
        area=st.none(),
        end=st.none(),
        start=st.none() | TIMES,
        height_m=st.none() | st.just((0.0, 500.0)),
        sensors=st.just(("gas_log",)),
    )
    st.register_type_strategy(Authority, windows)
    squares = st.builds(Search, st.floats(1, 1e6), centre=st.just((0.0, 1.0)), log10_rate_kg_h=st.builds(RatePrior))
    st.register_type_strategy(Search, squares)


@pytest.mark.parametrize("kind", [Flight, Recording, Detection, Coverage, Source, Review, Outcome])
@given(data=st.data())
def test_every_noun_survives_json(kind: type, data: st.DataObject) -> None:
    noun = data.draw(st.from_type(kind))
    assert json.decode(json.encode(noun), kind) == noun


@pytest.mark.parametrize("kind", [Lead, Release])
@settings(max_examples=10)
@given(data=st.data())
def test_the_large_nouns_survive_json(kind: type, data: st.DataObject) -> None:
    noun = data.draw(st.from_type(kind))
    assert json.decode(json.encode(noun), kind) == noun


@given(st.builds(Recording))
def test_equal_nouns_have_equal_bytes(noun: Recording) -> None:
    again = json.decode(json.encode(noun), Recording)
    assert json.encode(again) == json.encode(noun)


@pytest.mark.parametrize("noun", [Air(), PointSource(1.0, 2.0, 3.0), GasLogHints(), Custody((), "m", "1")])
def test_nouns_are_frozen(noun: object) -> None:
    assert is_dataclass(noun)
    with pytest.raises(FrozenInstanceError):
        setattr(noun, fields(noun)[0].name, None)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": 3}', b"\xff\xfe", b"null"])
def test_what_is_not_the_noun_is_refused_in_one_sentence(content: bytes) -> None:
    with pytest.raises(BadInput, match="not a Flight"):
        json.decode(content, Flight)


def test_times_keep_their_microseconds_and_come_back_in_utc() -> None:
    noon = Instant(datetime.fromisoformat("2026-01-01T12:00:00.000001-06:00"), "utc")
    assert json.decode(json.encode(noon), Instant).utc == datetime(2026, 1, 1, 18, 0, 0, 1, tzinfo=UTC)


@given(grids(), detectabilities())
def test_rasters_survive_json_with_what_was_not_looked_at(grid: Grid, detectability: Detectability) -> None:
    assert json.decode(json.encode(grid), Grid) == grid
    assert json.decode(json.encode(detectability), Detectability) == detectability


@given(st.builds(Region), st.builds(Fit))
def test_regions_and_fits_survive_json(region: Region, fit: Fit) -> None:
    assert json.decode(json.encode(region), Region) == region
    assert json.decode(json.encode(fit), Fit) == fit
