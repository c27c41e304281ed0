"""Charts of a network: GraphML, GEXF and JSON for other programs, and one HTML page that opens offline and shows each tie's sources.

A chart shows what reports say, so every tie carries where it is said; a tie without a source is refused. The page holds its own script
(cytoscape, MIT) and loads nothing.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cathartes.errors import BadInput
from cathartes.messages import say
from cathartes.model import Statement, json
from cathartes.network.graph import weight_of
from cathartes.network.list_formats import opened_csv


@dataclass(frozen=True)
class ChartTie:
    """A tie between two named things, how much of it, and where it is said: report, grade and days, each as one line.

    `days` holds the day of what is said, line by line, as ISO 8601; empty where it is not known.
    """

    source: str
    target: str
    weight: float
    said: tuple[str, ...]
    days: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.said or not all(line.strip() for line in self.said):
            raise BadInput(f"the tie of {self.source} and {self.target} has no source; a chart shows only what a report says")


def read_chart(path: Path) -> list[ChartTie]:
    """The ties of a CSV file `source, target, weight, said, day`: rows of the same two ends are one tie, their weights added.

    Raises `BadInput` for a row without a source of its own: `said` names the report, and what else a reader of the chart should see.
    """
    with opened_csv(path) as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"source", "target", "said"} <= set(rows[0]):
        raise BadInput(f"{path.name}: expected the columns source, target, said and, where known, weight, and at least one row")
    said: dict[tuple[str, str], list[tuple[str, str]]] = {}
    weights: dict[tuple[str, str], float] = {}
    for number, row in enumerate(rows, 2):
        one, other = sorted(((row["source"] or "").strip(), (row["target"] or "").strip()))
        if not one or not (row["said"] or "").strip():
            raise BadInput(f"{path.name}, row {number}: a tie needs a source, a target, and in said where it is said")
        said.setdefault((one, other), []).append((row["said"].strip(), _day(path.name, number, row.get("day") or "")))
        weights[one, other] = weights.get((one, other), 0.0) + weight_of(path.name, number, row.get("weight") or "1")
    return [ChartTie(*ends, weights[ends], *(tuple(column) for column in zip(*lines, strict=True))) for ends, lines in said.items()]


def _day(name: str, row: int, cell: str) -> str:
    try:
        return date.fromisoformat(cell.strip()).isoformat() if cell.strip() else ""
    except ValueError:
        raise BadInput(f"{name}, row {row}: found the day {cell.strip()[:40]!r}, expected one such as 2025-02-20, or nothing") from None


def nodes_of(ties: Sequence[ChartTie]) -> list[str]:
    """Every end of a tie, once, in the order of the ties."""
    return list(dict.fromkeys(end for tie in ties for end in (tie.source, tie.target)))


def to_json(ties: Sequence[ChartTie]) -> bytes:
    """Nodes and ties as JSON."""
    return json.encode({"nodes": nodes_of(ties), "ties": ties})


def to_graphml(ties: Sequence[ChartTie]) -> bytes:
    """GraphML 1.0, ties undirected, weight and sources as data."""
    nodes = "".join(f"<node id={_quoted(node)}/>" for node in nodes_of(ties))
    edges = "".join(
        f'<edge source={_quoted(tie.source)} target={_quoted(tie.target)}><data key="w">{tie.weight!r}</data>'
        f'<data key="s">{_text(" | ".join(tie.said))}</data></edge>'
        for tie in ties
    )
    keys = '<key id="w" for="edge" attr.name="weight" attr.type="double"/><key id="s" for="edge" attr.name="sources" attr.type="string"/>'
    head = '<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    return f'{head}{keys}<graph edgedefault="undirected">{nodes}{edges}</graph></graphml>\n'.encode()


def to_gexf(ties: Sequence[ChartTie]) -> bytes:
    """GEXF 1.3, as Gephi reads it."""
    nodes = "".join(f"<node id={_quoted(node)} label={_quoted(node)}/>" for node in nodes_of(ties))
    edges = "".join(
        f'<edge id="{number}" source={_quoted(tie.source)} target={_quoted(tie.target)} weight="{tie.weight!r}"><attvalues>'
        f'<attvalue for="s" value={_quoted(" | ".join(tie.said))}/></attvalues></edge>'
        for number, tie in enumerate(ties)
    )
    attributes = '<attributes class="edge"><attribute id="s" title="sources" type="string"/></attributes>'
    head = '<?xml version="1.0" encoding="UTF-8"?><gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="undirected">'
    return f"{head}{attributes}<nodes>{nodes}</nodes><edges>{edges}</edges></graph></gexf>\n".encode()


def to_html(ties: Sequence[ChartTie], title: str, language: str) -> bytes:
    """One page: drag, zoom, find a node, press a tie to read its sources, see what was said up to a day."""
    folder = files("cathartes").joinpath("network/templates")
    elements: list[dict[str, dict[str, object]]] = [{"data": {"id": f"n:{node}", "label": node}} for node in nodes_of(ties)]
    elements += [
        {"data": {"id": f"t:{number}", "source": f"n:{tie.source}", "target": f"n:{tie.target}", "weight": tie.weight, "said": tie.said,
                  "days": tie.days, "label": f"{tie.source} – {tie.target}"}}
        for number, tie in enumerate(ties)
    ]  # fmt: skip
    values: Mapping[str, str] = {
        "LANGUAGE": language,
        "TITLE": escape(title),
        "HINT": escape(say(Statement("chart.hint"), language)),
        "FIND": escape(say(Statement("chart.find"), language)),
        "UNTIL": escape(say(Statement("chart.until"), language)),
        "ELEMENTS": json.encode(elements).decode().replace("<", "\\u003c"),
        "SCRIPT": folder.joinpath("cytoscape.min.js").read_text(encoding="utf-8"),
    }
    page = folder.joinpath("chart.html").read_text(encoding="utf-8")
    return re.sub("@([A-Z]+)@", lambda found: values[found[1]], page).encode()


def _quoted(text: str) -> str:
    return quoteattr(_printable(text))


def _text(text: str) -> str:
    return escape(_printable(text), quote=False)


def _printable(text: str) -> str:
    """XML 1.0 has no control characters."""
    return "".join(letter for letter in text if letter in "\t\n" or letter >= " ").replace("\ufffe", "").replace("\uffff", "")
