"""The verbs of networks and lists: who on a list a name could be, what holds a network together, what in it changed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cathartes.cli.door import WORKSPACE, JsonOption, WorkspaceOption, app, executor_for, print_json, print_table
from cathartes.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cathartes.listwork import Asked
    from cathartes.model import Statement
    from cathartes.network.rates import Background, FalsePositives
    from cathartes.network.screen import Hit, Screen

verbs = typer.Typer(no_args_is_help=True, help="What holds a network together, and what in it changed.")
app.add_typer(verbs, name="network")
LanguageOption = Annotated[str, typer.Option("--language", metavar="en|es", help="The language of the reasons.")]


@app.command()
def screen(
    lists: Annotated[list[Path], typer.Option("--list", help="A list's file; again for a list of several files.")],
    queries: Annotated[Path, typer.Option("--queries", help="CSV with query_id, name and, where known, kind, curp, rfc, birth_date.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The hits, as CSV.")],
    best: Annotated[int, typer.Option("--best", min=1, help="Hits per query.")] = 10,
    threshold: Annotated[float | None, typer.Option("--threshold", min=0, max=1, help="Leave out lower scores; quotes its rate.")] = None,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say which parties of a list each name could be, and why. A hit is a question for a person."""
    from cathartes.network.list_formats import read_list
    from cathartes.network.queries import read_queries
    from cathartes.network.rates import false_positives
    from cathartes.network.screen import prepare
    from cathartes.network.screen import screen as screened

    asked = read_queries(queries)
    listed = read_list(lists, lists[0].stem)
    ready = prepare(listed.listed())
    hits = [hit for hit in screened(asked, ready, best) if threshold is None or hit.score >= threshold]
    strange = background_of(ready, threshold)
    rate = false_positives(strange, threshold) if strange and threshold is not None else None
    write_hits(hits, output, language, strange)
    if as_json:
        print_json({"list": listed.name, "dated": listed.dated, "sha256": listed.digest, "parties": len(listed.parties),
                    "queries": len(asked), "hits": len(hits), "false_positives": rate})  # fmt: skip
        return
    print_faults(listed.faults, language)
    print(f"{listed.name} of {listed.dated or 'an unstated day'}, {len(listed.parties)} parties: {len(hits)} hits for {len(asked)} queries")
    print_rate(rate)


def background_of(ready: Screen, threshold: float | None) -> Background | None:
    """What people on no list score, to quote beside each hit; `None` for a list too short to tell, where no threshold asks for it."""
    from cathartes.network.rates import STRANGERS, STRANGERS_BESIDE, background

    if threshold is not None:
        return background(ready, STRANGERS)
    try:
        return background(ready, STRANGERS_BESIDE)
    except BadInput:
        return None


def write_hits(hits: Sequence[Hit], output: Path, language: str, strange: Background | None) -> None:
    """One row per hit, as docs/reference/screening.md describes."""
    from cathartes.network.explain import why

    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("query_id", "entity_id", "rank", "score", "why"))
        writer.writerows((hit.query, hit.entity, hit.rank, f"{hit.score:.6f}", why(hit, language, strange)) for hit in hits)


def print_faults(faults: Sequence[Statement], language: str) -> None:
    """What was wrong with a list's files, a line each."""
    from cathartes.messages import say

    for fault in faults:
        print(f"! {say(fault, language)}")


def print_rate(rate: FalsePositives | None) -> None:
    """What the threshold is worth."""
    if rate:
        print(
            f"at {rate.threshold:g} and above, {rate.hits} of {rate.asked} people made from the list's own names, who are not on it, would "
            f"be hits: {rate.hits / rate.asked:.1%} [{rate.low:.1%}, {rate.high:.1%}]"
        )


@verbs.command()
def fragment(
    edges: Annotated[Path, typer.Argument(metavar="EDGES", help="CSV with source, target and, where known, weight.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The ranks, as CSV.")],
    as_json: JsonOption = False,
) -> None:
    """Say which nodes hold a network together, each rank with the places it takes when ties are missing."""
    from cathartes.network.fragment import fragment as fragmented
    from cathartes.network.graph import graph, read_ties

    network = graph(read_ties(edges))
    with executor_for(None) as executor:
        found = fragmented(network, executor)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("node", "rank", "rank_lo", "rank_hi"))
        writer.writerows((one.node, one.rank, *one.intervals[-1]) for one in found.ranks)
    if as_json:
        print_json(found)
        return
    headings = ("node", "rank", *(f"rank if {share:.0%} of the ties are missing" for share in found.missing))
    print_table(headings, [(one.node, str(one.rank), *(f"{low} to {high}" for low, high in one.intervals)) for one in found.ranks[:10]])
    print(f"{len(network.nodes)} nodes, {len(network.start)} ties; R, the mean share of the largest component as they go: {found.r:.4f}")
    if not found.is_searched:
        print("! a network of this size is ordered by ties left alone, without a search; smaller ones are searched")


@verbs.command()
def structure(
    edges: Annotated[list[Path], typer.Argument(metavar="EDGES", help="CSV with source, target, weight; a file per window, in order.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="One row per node, as CSV.")],
    half_life: Annotated[float, typer.Option("--half-life", min=0.01, help="Windows after which a tie counts half.")] = 3.0,
    as_json: JsonOption = False,
) -> None:
    """Say which pieces, cores and communities a network has, and which nodes and ties cut it."""
    from cathartes.network.graph import aged, graph, read_ties
    from cathartes.network.structure import structure as structured

    network = graph(aged([read_ties(path) for path in edges], half_life))
    found = structured(network)
    cuts = set(found.cut_nodes)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("node", "piece", "core", "pagerank", "community", "is_cut"))
        columns = zip(network.nodes, found.piece, found.core, found.pagerank, found.community, strict=True)
        for place, (node, piece, core, rank, community) in enumerate(columns):
            writer.writerow((node, piece, core, f"{rank:.9f}", community, int(place in cuts)))
    summary = {
        "nodes": len(network.nodes),
        "ties": len(network.start),
        "pieces": int(found.piece.max()) + 1,
        "communities": int(found.community.max()) + 1,
        "modularity": found.modularity,
        "cut_nodes": len(cuts),
        "bridges": len(found.bridges),
    }
    if as_json:
        print_json(summary)
    else:
        print("\n".join(f"{name}: {value:.3g}" if isinstance(value, float) else f"{name}: {value}" for name, value in summary.items()))


@verbs.command()
def change(
    windows: Annotated[list[Path], typer.Argument(metavar="WINDOW", help="A CSV file per window, in order: ties or an adjacency table.")],
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say in which windows the centre of a network lost its grip, from each window and earlier ones only."""
    from cathartes.messages import say
    from cathartes.network.change import alarms
    from cathartes.network.graph import read_ties

    found = alarms([read_ties(path) for path in windows])
    if as_json:
        print_json({"alarms": [
            {"window": alarm.window, "kind": alarm.kind, "score": alarm.score, "why": say(alarm.says, language)} for alarm in found
        ]})  # fmt: skip
        return
    for alarm in found:
        print(f"window {alarm.window} ({windows[alarm.window - 1].name}): {say(alarm.says, language)} Score {alarm.score:.1f}.")
    if not found:
        print(f"no alarm in {len(windows)} windows")


@verbs.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The window before: ties or an adjacency table, as CSV.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The window after.")],
    as_json: JsonOption = False,
) -> None:
    """Say what a network lost between two windows, such as around a seizure, and whether chance alone would show as much."""
    from cathartes.network.graph import read_ties
    from cathartes.network.seizure import effect

    found = effect(read_ties(before), read_ties(after))
    if as_json:
        print_json(found)
        return
    rows = [(name, f"{one.before:.3f}", f"{one.after:.3f}", f"{one.chance:.1%}") for name, one in found.shifts.items()]
    print_table(("measure", "before", "after", "chance alone moves it as far"), rows)
    print(f"{len(found.gone)} nodes gone, {len(found.new)} new; {found.ties_lost} ties lost, {found.ties_new} new")


@verbs.command(name="next")
def foresee(
    windows: Annotated[list[Path], typer.Argument(metavar="WINDOW", help="A CSV file per window, in order: ties or an adjacency table.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Pairs and their probabilities, as CSV.")],
    as_json: JsonOption = False,
) -> None:
    """Say which pairs will be in touch in the next window, and how well the same forecast did on the last one."""
    from cathartes.network.foresight import next_ties
    from cathartes.network.graph import read_ties

    expected, tried = next_ties([read_ties(path) for path in windows])
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("source", "target", "probability"))
        writer.writerows((pair.source, pair.target, f"{pair.probability:.6f}") for pair in expected)
    if as_json:
        print_json(tried)
        return
    print_table(("pair", "probability"), [(f"{one.source} and {one.target}", f"{one.probability:.0%}") for one in expected[:10]])
    print(f"on the last window, which it had not seen: average precision {tried.precision:.3f}; the plain rule \"in touch lately\" "
          f"{tried.plain:.3f}; chance {tried.share:.3f}; Brier score {tried.brier:.4f}")  # fmt: skip


@verbs.command()
def chart(
    ties: Annotated[Path, typer.Argument(metavar="TIES", help="CSV with source, target, said and, where known, weight.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The chart: .html, .graphml, .gexf or .json.")],
    title: Annotated[str, typer.Option("--title", help="The heading of the page.")] = "",
    language: LanguageOption = "en",
) -> None:
    """Draw a network, each tie with its sources: a page that opens offline, or a file for another program."""
    from cathartes.network.chart import read_chart, to_gexf, to_graphml, to_html, to_json

    writers = {".graphml": to_graphml, ".gexf": to_gexf, ".json": to_json}
    drawn = read_chart(ties)
    if output.suffix not in (".html", *writers):
        raise BadInput(f"{output.name}: the chart's form follows from its name; expected .html, .graphml, .gexf or .json")
    content = to_html(drawn, title or ties.stem, language) if output.suffix == ".html" else writers[output.suffix](drawn)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(content)
    print(output)


@verbs.command()
def leads(
    output: Annotated[Path, typer.Option("-o", "--output", help="The ties, as CSV that `network chart` draws.")],
    workspace: WorkspaceOption = WORKSPACE,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say which organisations, vehicles and places named in reports tie the workspace's leads together."""
    from cathartes import partywork
    from cathartes.network.lead_ties import shared
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        ties = partywork.ties_of_leads(opened, language)
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("source", "target", "weight", "said"))
        writer.writerows((tie.source, tie.target, 1, line) for tie in ties for line in tie.said)
    things = shared(ties)
    if as_json:
        print_json({"ties": len(ties), "shared": things})
        return
    print_table(("named near several leads", "leads"), [(thing, ", ".join(names)) for thing, names in things.items()])


list_verbs = typer.Typer(no_args_is_help=True, help="Lists in force, their versions, and what a new version changes.")
app.add_typer(list_verbs, name="lists")


@list_verbs.command()
def load(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the list is called; us-fto-mexico needs no file.")],
    paths: Annotated[list[Path] | None, typer.Argument(metavar="FILE", help="The list's files.")] = None,
    workspace: WorkspaceOption = WORKSPACE,
    dated: Annotated[
        str | None, typer.Option("--dated", metavar="YYYY-MM-DD", help="The day the list is of, where its files do not say.")
    ] = None,
    queries: Annotated[Path | None, typer.Option("--queries", help="Names to ask of the old and the new version.")] = None,
    smaller: Annotated[bool, typer.Option("--even-if-smaller", help="Take a version that is older or lacks many parties.")] = False,
    language: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Put a list in force; say what changed, and which names are new hits or are hits no more."""
    from cathartes import listwork
    from cathartes.network.queries import read_queries
    from cathartes.store import Workspace

    asked = read_queries(queries) if queries else []
    with Workspace.open(workspace) as opened:
        loaded = listwork.load_list(name, paths or [], opened, day_of(dated), even_if_smaller=smaller)
    again = listwork.asked_again(loaded, asked) if asked else None
    if as_json:
        print_json({"list": name, "dated": loaded.now.dated, "sha256": loaded.now.digest, "parties": len(loaded.now.parties),
                    "changed": loaded.changed, "asked": again})  # fmt: skip
        return
    print_faults(loaded.now.faults, language)
    print(f"{name} of {loaded.now.dated or 'an unstated day'} is in force: {len(loaded.now.parties)} parties")
    if loaded.changed:
        print(f"listed {len(loaded.changed.added)}, delisted {len(loaded.changed.removed)}, changed {len(loaded.changed.changed)}")
    if again:
        print_asked(again, language)


@list_verbs.command()
def show(workspace: WorkspaceOption = WORKSPACE, as_json: JsonOption = False) -> None:
    """Say which lists are in force, of which day, and how many parties each has."""
    from cathartes import listwork
    from cathartes.store import Workspace

    with Workspace.existing(workspace) as opened:
        lists = [listwork.in_force(name, opened) for name in opened.find("list")]
    if as_json:
        print_json([{"list": one.name, "dated": one.dated, "sha256": one.digest, "parties": len(one.parties)} for one in lists])
        return
    rows = [(one.name, str(one.dated or "not stated"), str(len(one.parties)), one.digest[:12]) for one in lists]
    print_table(("list", "of", "parties", "sha256"), rows)


def day_of(text: str | None) -> date | None:
    """A day as the command line gives it."""
    from datetime import date

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"--dated is {text!r}; expected a day such as 2025-02-20") from None


def print_asked(asked: Asked, language: str) -> None:
    """Hits that a new version brought or took away."""
    from cathartes.network.explain import why

    for sign, hits in (("new", asked.appeared), ("gone", asked.vanished)):
        for hit in hits:
            print(f"{sign}: {hit.query} and {hit.entity} ({hit.score:.2f}): {why(hit, language)}")
