"""Charts in every format: all ties, their sources, and no way for a name to break out of the page."""

from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from cathartes.errors import BadInput
from cathartes.model import json
from cathartes.network.chart import ChartTie, read_chart, to_gexf, to_graphml, to_html, to_json

TIES = [
    ChartTie("Aceites del Istmo", "Transportes Quetzal", 3.0, ("report-7, B2, 2025-01-01",)),
    ChartTie("Transportes Quetzal", "Bodega 4", 1.0, ("report-8, C3", "report-9, F6")),
]


def test_rows_of_the_same_ends_are_one_tie_and_a_row_without_a_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text("source,target,weight,said\nb,a,2,report-1\na,b,3,report-2\n")
    assert read_chart(path) == [ChartTie("a", "b", 5.0, ("report-1", "report-2"), ("", ""))]
    for text in ("source,target\na,b\n", "source,target,said\na,b,\n", "source,target,said,weight\na,b,r,x\n", ""):
        path.write_text(text)
        with pytest.raises(BadInput, match=r"ties\.csv"):
            read_chart(path)


def test_a_line_keeps_its_day_and_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text("source,target,said,day\na,b,report-1,2025-02-20\na,b,report-2,\n")
    (tie,) = read_chart(path)
    assert tie.days == ("2025-02-20", "")
    assert '"days":["2025-02-20",""]' in to_html([tie], "Ejemplo", "es").decode()
    path.write_text("source,target,said,day\na,b,report-1,ayer\n")
    with pytest.raises(BadInput, match="row 2"):
        read_chart(path)


def edges(root: Element) -> list[Element]:
    return [one for one in root.iter() if one.tag.endswith("}edge")]


@given(
    st.lists(
        st.builds(
            ChartTie,
            st.text(min_size=1),
            st.text(min_size=1),
            st.floats(0.1, 100),
            st.lists(st.text("abc<>&\"' 1", min_size=1).filter(str.strip), min_size=1).map(tuple),
        ),
        max_size=4,
    )
)
def test_xml_formats_are_well_formed_whatever_the_names(ties: list[ChartTie]) -> None:
    for writer in (to_graphml, to_gexf):
        assert len(edges(fromstring(writer(ties)))) == len(ties)


def test_json_gives_back_nodes_and_ties() -> None:
    found = json.decode(to_json(TIES), dict)
    assert found["nodes"] == ["Aceites del Istmo", "Transportes Quetzal", "Bodega 4"]
    assert found["ties"][1]["said"] == ["report-8, C3", "report-9, F6"]


def test_every_tie_carries_its_sources() -> None:
    for content in (to_graphml(TIES), to_gexf(TIES), to_html(TIES, "Ejemplo", "es")):
        assert b"report-9, F6" in content
    with pytest.raises(BadInput, match="no source"):
        ChartTie("a", "b", 1.0, ())


class Scripts(HTMLParser):
    """Counts scripts and anything that would be loaded from elsewhere."""

    scripts = 0
    outside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.outside += any(name in ("src", "href") for name, _ in attrs)


@settings(max_examples=15, deadline=None)
@given(name=st.one_of(st.text(max_size=20), st.sampled_from(["</script><script>alert(1)</script>", "@SCRIPT@", "<img src=x>"])))
def test_no_name_breaks_out_of_the_page_and_nothing_is_loaded(name: str) -> None:
    page = Scripts()
    page.feed(to_html([ChartTie("a" + name, "b", 1.0, ("r " + name,))], name, "en").decode("utf-8", "surrogatepass"))
    assert (page.scripts, page.outside) == (2, 0)
