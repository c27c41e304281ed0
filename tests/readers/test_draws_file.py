"""Draws survive the way to their file and back; any other file gets one sentence."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cathartes.campaign import draws_file
from cathartes.errors import BadInput
from cathartes.model import Draw, Draws, Frame, PointSource, json
from cathartes.readers.draws_file import read_draws

DRAWS = Draws(Frame.WGS84, (Draw(0.75, (PointSource(-104.5, 24.3, 12.0),)), Draw(0.25, ())), "ch4")


def test_draws_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "draws.json"
    path.write_bytes(draws_file(DRAWS))
    assert read_draws(path) == DRAWS


SOURCE = {"lon": 1.0, "lat": 2.0, "rate_kg_h": 3.0}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"frame": "mars", "draws": [{"weight": 1, "sources": []}]}, "holds no draws"),
        ({"frame": "wgs84", "draws": []}, "holds no draws"),
        ({"frame": "wgs84", "draws": [{"weight": 0, "sources": []}]}, "sum to 0"),
        ({"frame": "wgs84", "draws": [{"sources": []}]}, "draw 0 needs weight"),
        ({"frame": "wgs84", "draws": [{"weight": 1, "sources": [{"lon": 1.0}]}]}, "'lat'"),
        ({"frame": "local", "draws": [{"weight": 1, "sources": [SOURCE]}]}, "'x_m'"),
        ({"frame": "wgs84", "draws": [{"weight": 1, "sources": [SOURCE | {"rate_kg_h": "inf"}]}]}, "not finite"),
        ({"frame": "wgs84", "draws": [{"weight": -1, "sources": []}]}, "negative weight"),
    ],
)
def test_what_is_wrong_is_named(held: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "draws.json"
    path.write_bytes(json.encode(held))
    with pytest.raises(BadInput, match=said):
        read_draws(path)


@given(content=st.binary(max_size=60) | st.from_regex(rb'\{"frame":"local","draws":.{0,40}\}'))
def test_any_other_file_is_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "draws.json"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        read_draws(path)
