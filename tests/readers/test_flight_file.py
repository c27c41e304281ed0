"""`flight.toml`: every key of the contract is read, and nothing that is not is lost in silence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import Clock, Flight, Frame, Tlp
from cathartes.readers.flight_file import open_flight
from tests.readers.outcome import outcome

EXAMPLES = Path(__file__).parents[2] / "examples"
OPEN_FLIGHTS = Path(__file__).parents[3] / "shared" / "data" / "plume-inversion" / "open-flights"


def opened(folder: Path, toml: str) -> Flight:
    (folder / "flight.toml").write_text(toml, "utf-8")
    return open_flight(folder)


def test_the_example_flight_opens_with_its_frame_search_and_field_markings() -> None:
    flight = open_flight(EXAMPLES / "ginninderra-2015")
    assert (flight.id, flight.frame.kind, flight.gas_log.gas) == ("ginninderra-2015", Frame.LOCAL, "ch4")
    assert flight.search is not None
    assert flight.search.half_width_m == 120.0
    assert flight.marking.permits("sources", "MEX")
    assert not flight.marking.permits("instruments", "MEX")


@pytest.mark.skipif(not OPEN_FLIGHTS.exists(), reason="needs ../shared/data/plume-inversion/open-flights")
def test_all_twelve_open_flights_open_with_their_priors() -> None:
    flights = [open_flight(folder) for folder in sorted(OPEN_FLIGHTS.glob("open-*"))]
    assert [flight.id for flight in flights] == [f"open-{number:04d}" for number in range(12)]
    assert all(flight.search and flight.search.max_sources == 3 and flight.search.log10_rate_kg_h for flight in flights)


def test_an_id_is_all_that_is_needed_and_the_default_marking_lets_nothing_leave(tmp_path: Path) -> None:
    assert opened(tmp_path, 'id = "a"') == Flight("a")
    assert not Flight("a").marking.permits("sources", "MEX")


def test_the_marking_of_the_whole_flight_may_be_written_directly(tmp_path: Path) -> None:
    flight = opened(tmp_path, 'id="a"\n[marking]\ntlp="TLP:GREEN"\nreleasable_to=["MEX"]\n[marking.fields.fits]\ntlp="TLP:RED"')
    assert flight.marking.whole.tlp is Tlp.GREEN
    assert (flight.marking.permits("sources", "MEX"), flight.marking.permits("fits", "MEX")) == (True, False)


@pytest.mark.parametrize(("text", "clock"), [("2024-05-01T10:00:00-06:00", Clock.UTC), ("2024-05-01T16:00:00", Clock.UNSTATED)])
def test_a_start_may_be_a_plain_time_and_without_a_zone_its_clock_is_unstated(tmp_path: Path, text: str, clock: Clock) -> None:
    start = opened(tmp_path, f'id="a"\nstart={text}').start
    assert start is not None
    assert (start.utc, start.clock) == (datetime(2024, 5, 1, 16, tzinfo=UTC), clock)


FAULTS = {
    'id = "a"\n[gas_log]\ndelay = 3': "unknown key 'delay' in [gas_log]; did you mean 'delay_s'?",
    'id = "a"\n[search]\nhalf_width = 3': "did you mean 'half_width_m'?",
    'id = "a"\ngaslog = 3': "at its top; did you mean 'gas_log'?",
    'id = "a"\nxyzzy = 3': "expected one of id, aircraft",
    'id = "a"\n[marking.fields.fits]\ntlpp = "TLP:RED"': "in [marking.fields.fits]; did you mean 'tlp'?",
    'id = "a"\n[marking]\ntlp = "GREEN"': "marking.whole.tlp is 'GREEN'; expected one of TLP:RED, TLP:AMBER+STRICT",
    'id = "a"\n[marking]\ntlp = "TLP:RED"\n[marking.whole]\ntlp = "TLP:GREEN"': "marks the flight twice",
    'id = "a"\n[wind]\nkind = "guess"': "wind.kind is 'guess'; expected one of onboard, reanalysis, sparse",
    'id = "a"\n[search]\nhalf_width_m = "far"': "search.half_width_m: expected float | null, got str",
    'id = "a"\n[search]\nhalf_width_m = nan': "search.half_width_m is nan; expected a finite number",
    'id = "a"\n[search]\nhalf_width_m = -5': "search.half_width_m is -5; expected a number above zero",
    'id = "a"\n[gas_log]\nlag_s = -1': "gas_log.lag_s is -1; expected zero or more",
    'id = "a"\n[search]\nmax_sources = 2': "needs either half_width_m or a polygon",
    'id = "a"\n[frame\nkind = "local"': "is not TOML: Expected ']' at the end of a table declaration (at line 2",
    'id = "a"\nid = "b"': "is not TOML",
    'aircraft = "none"': "object missing required field id",
    "id = 7": "id: expected str, got int",
    'id = "../up"': "expected at most 100 letters",
    'id = ""': "expected at most 100 letters",
    'id = "a"\n[terrain]\ndem = "../dem.csv"': "terrain.dem is '../dem.csv'; expected the name of a file in the flight folder",
    'id = "a"\n[gas_log]\nfile = "/etc/passwd"': "expected the name of a file in the flight folder",
    'id = "a"\nwind = 3': "wind: expected object, got int",
    'id = "a"\n[marking]\nfields = 3': "marking.fields: expected object, got int",
}


@pytest.mark.parametrize(("toml", "sentence"), FAULTS.items())
def test_a_fault_is_one_sentence_that_names_its_place(tmp_path: Path, toml: str, sentence: str) -> None:
    with pytest.raises(BadInput) as fault:
        opened(tmp_path, toml)
    assert sentence in str(fault.value)
    assert "flight.toml" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_folder_without_flight_toml_and_a_file_in_its_place_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"holds no flight\.toml"):
        open_flight(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="is not a folder"):
        open_flight(tmp_path / "file")
    (tmp_path / "flight.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(BadInput, match="byte 6 is not UTF-8"):
        open_flight(tmp_path)


KEYS = st.sampled_from(["id", "marking", "whole", "fields", "start", "wind", "search", "polygon", "kind", "gas_log", "notes", "tlp", "x"])
VALUES = st.recursive(
    st.sampled_from(['"a"', "1", "-1.5", "inf", "true", "2024-05-01", "2024-05-01T00:00:00Z", "10:00:00"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda cells: f"[{', '.join(cells)}]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {cell}" for key, cell in table.items()) + "}"
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_the_values_only_bad_input_comes_out(tmp_path_factory: pytest.TempPathFactory, table: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("flight")
    found = outcome(lambda: opened(folder, "\n".join(f"{key} = {value}" for key, value in table.items())))
    assert "flight.toml" in found if isinstance(found, str) else f'"{found.id}"' == table["id"]
