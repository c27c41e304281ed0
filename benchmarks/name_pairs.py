"""How well two written names are told to be one or two parties: F1 on the name pairs that nomenklatura publishes.

    python benchmarks/name_pairs.py ../shared/data/network/pairs/name_bench_cases.csv

The first names of all pairs are one list, the second names are its queries, and a pair counts as one party where the score is one half or
more. Some failures on these pairs were read while the comparison was made: the figure is not from unseen data.
"""

import csv
import sys
from pathlib import Path

from cathartes.network.index import Listed
from cathartes.network.screen import Query, prepare, screen

THRESHOLD = 0.5


def scores(rows: list[dict[str, str]]) -> list[float]:
    """The score of each pair; 0 where the names share nothing."""
    kinds = ["person" if row["schema"] == "Person" else "organisation" for row in rows]
    ready = prepare([Listed(str(number), row["name1"], kind) for number, (row, kind) in enumerate(zip(rows, kinds, strict=True))])
    queries = [Query(str(number), row["name2"], kind) for number, (row, kind) in enumerate(zip(rows, kinds, strict=True))]
    own = {hit.query: hit.score for hit in screen(queries, ready, best=len(rows)) if hit.query == hit.entity}
    return [own.get(query.id, 0.0) for query in queries]


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = [score >= THRESHOLD for score in scores(rows)]
    true = [row["is_match"] == "true" for row in rows]
    both = sum(one and other for one, other in zip(said, true, strict=True))
    print(
        f"{len(rows)} pairs: F1 {2 * both / (sum(said) + sum(true)):.3f}, precision {both / sum(said):.3f}, recall {both / sum(true):.3f}"
    )


if __name__ == "__main__":
    main()
