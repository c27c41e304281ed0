"""The verbs of networks and lists: who on a list a name could be, what holds a network together, what in it changed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cathartes.cli.door import JsonOption, app, executor_for, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cathartes.model import Statement
    from cathartes.network.rates import FalsePositives
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
    from cathartes.network.screen import prepare
    from cathartes.network.screen import screen as screened

    asked = read_queries(queries)
    listed = read_list(lists, lists[0].stem)
    ready = prepare(listed.listed())
    hits = [hit for hit in screened(asked, ready, best) if threshold is None or hit.score >= threshold]
    write_hits(hits, output, language)
    rate = None if threshold is None else rate_of(ready, threshold)
    if as_json:
        print_json({"list": listed.name, "dated": listed.dated, "sha256": listed.digest, "parties": len(listed.parties),
                    "queries": len(asked), "hits": len(hits), "false_positives": rate})  # fmt: skip
        return
    print_faults(listed.faults, language)
    print(f"{listed.name} of {listed.dated or 'an unstated day'}, {len(listed.parties)} parties: {len(hits)} hits for {len(asked)} queries")
    print_rate(rate)


def rate_of(ready: Screen, threshold: float) -> FalsePositives:
    """What the threshold is worth on this list."""
    from cathartes.network.rates import false_positives

    return false_positives(ready, threshold)


def write_hits(hits: Sequence[Hit], output: Path, language: str) -> None:
    """One row per hit, as docs/reference/screening.md describes."""
    from cathartes.network.explain import why

    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("query_id", "entity_id", "rank", "score", "why"))
        writer.writerows((hit.query, hit.entity, hit.rank, f"{hit.score:.6f}", why(hit, language)) for hit in hits)


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
