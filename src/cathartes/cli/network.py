"""The verbs of networks and lists: who on a list a name could be, what holds a network together, what in it changed."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cathartes.cli.door import JsonOption, app, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cathartes.model import Statement
    from cathartes.network.rates import FalsePositives
    from cathartes.network.screen import Hit, Screen

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
