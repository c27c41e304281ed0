"""Ties read from edge lists and adjacency tables."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.network.graph import Tie, graph, read_ties


def ties(folder: Path, text: str) -> list[Tie]:
    (folder / "ties.csv").write_text(text, encoding="utf-8")
    return read_ties(folder / "ties.csv")


def test_an_edge_list_and_an_adjacency_table_give_the_same_network(tmp_path: Path) -> None:
    listed = graph(ties(tmp_path, "source,target,weight\na,b,2\nb,a,1\nb,c,4\nc,c,9\n"))
    tabled = graph(ties(tmp_path, '"players","a","b","c"\n"a",0,2,0\n"b",1,0,4\n"c",0,,9\n'))
    for network in (listed, tabled):
        assert network.nodes == ("a", "b", "c")
        assert list(zip(network.start, network.end, network.weight, strict=True)) == [(0, 1, 3.0), (1, 2, 4.0)]


def test_a_node_without_ties_stays_in_an_adjacency_table(tmp_path: Path) -> None:
    assert graph(ties(tmp_path, "x,a,b,c\na,0,1,0\nb,0,0,0\nc,0,0,0\n")).nodes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"), ("a,b\n1,2\n", "neither"), ("source,target\n", "no tie"), ("source,target,weight\na,b,x\n", "row 2"),
        ("source,target,weight\na,b,-1\n", "not negative"), ("source,target,weight\na,b,inf\n", "not negative"),
        ("source,target\na\n", "row 2"),
        ("source,target\na,\n", "both"), ("x,a,b\na,0,1\nc,0,0\n", "neither"), ("x,a,b\na,0\nb,0,0\n", "row 2"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused_in_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=said):
        ties(tmp_path, text)


@settings(max_examples=150, deadline=None)
@given(text=st.text("source,target\n0123456789.abcxyz\"';-", max_size=200))
def test_any_text_is_ties_or_a_sentence(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with suppress(BadInput):
        assert ties(tmp_path_factory.mktemp("any"), text)
