"""How well and how fast names are screened: recall of misspelt Spanish names at 1 % and 5 % false positives, kind by kind.

    python benchmarks/screening.py ../shared/data/network/screening/list.csv ../shared/data/network/screening/ofac_sdn_2021_names.csv

The costs in `cathartes.network` were set on persons with even ids and seed 7; this prints persons with odd ids and seed 20261122. With
nomenklatura installed, `--peer` adds its logic-v2 on the same queries, against the best ten of three rapidfuzz scorers.
"""

import argparse
import csv
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from screening_queries import Person, Query, negatives, person_of, positives

SPANISH = ("SDNT", "VENEZUELA", "NICARAGUA", "CUBA", "ILLICIT", "TCO")
SEED = 20261122
Answer = dict[str, float]
Ask = Callable[[Sequence[Query]], list[Answer]]


def people_of(rows: Sequence[dict[str, str]], programs: dict[str, str]) -> list[Person]:
    """Listed persons with Spanish names, odd ids only."""
    found = (person_of(row["entity_id"], row["name"]) for row in rows)
    spanish = (one for one in found if one and any(program in programs.get(one.entity, "") for program in SPANISH))
    return [one for one in spanish if int(one.entity) % 2]


def ours(rows: Sequence[dict[str, str]]) -> Ask:
    """Our screening: the score of each entity among the best ten."""
    from cathartes.network import screen
    from cathartes.network.index import Listed

    ready = screen.prepare([Listed(row["entity_id"], row["name"], row["kind"]) for row in rows])

    def ask(queries: Sequence[Query]) -> list[Answer]:
        found: dict[str, Answer] = defaultdict(dict)
        for hit in screen.screen([screen.Query(query.id, query.name, "person") for query in queries], ready):
            found[hit.query][hit.entity] = hit.evidence
        return [found[query.id] for query in queries]

    return ask


def peer(rows: Sequence[dict[str, str]]) -> Ask:
    """nomenklatura's logic-v2. Every query is an entity of its own: its cache goes by id."""
    from followthemoney import model
    from nomenklatura.matching import LogicV2
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import JaroWinkler

    config = LogicV2.default_config()
    names = [row["name"].lower() for row in rows]
    scorers = (fuzz.token_sort_ratio, fuzz.token_set_ratio, JaroWinkler.similarity)

    def entity(id_: str, name: str) -> object:
        return model.get_proxy({"id": id_, "schema": "Person", "properties": {"name": [name]}})

    def ask(queries: Sequence[Query]) -> list[Answer]:
        answers = []
        for number, query in enumerate(queries):
            near = {place for scorer in scorers for _, _, place in process.extract(query.name.lower(), names, scorer=scorer, limit=10)}
            asked, answer = entity(f"q{number}", query.name), defaultdict(float)
            for place in near:
                score = LogicV2.compare(asked, entity(f"r{place}", rows[place]["name"]), config).score
                answer[rows[place]["entity_id"]] = max(answer[rows[place]["entity_id"]], score)
            answers.append(dict(answer))
        return answers

    return ask


def report(name: str, ask: Ask, good: Sequence[Query], bad: Sequence[Query]) -> None:
    """Recall per kind of change at the thresholds that 1 % and 5 % of the negatives pass."""
    start = time.process_time()
    answers, wrong = ask(good), ask(bad)
    spent = time.process_time() - start
    worst = np.array([max(answer.values(), default=0.0) for answer in wrong])
    one, five = np.quantile(worst, 0.99), np.quantile(worst, 0.95)
    scored: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    for query, answer in zip(good, answers, strict=True):
        own = answer.get(query.entity or "", -np.inf)
        scored[query.change].append((own == max(answer.values(), default=np.inf), own > one, own > five))
    everything = [marks for kind in scored.values() for marks in kind]
    print(f"\n{name}: {len(good)} + {len(bad)} queries, {(len(good) + len(bad)) / spent:.0f} a second of one core without start-up")
    print(f"{'kind of change':36} {'n':>5} {'top 1':>6} {'1 %':>6} {'5 %':>6}")
    for kind, marks in (*scored.items(), ("all", everything)):
        first, at_one, at_five = np.mean(marks, axis=0)
        print(f"{kind:36} {len(marks):5} {first:6.3f} {at_one:6.3f} {at_five:6.3f}")
    low, high = interval(worst, answers, good)
    print(f"recall at 1 %: 95 % interval {low:.3f} to {high:.3f} (bootstrap over queries and negatives)")


def interval(worst: np.ndarray, answers: Sequence[Answer], good: Sequence[Query]) -> tuple[float, float]:
    """Bootstrap of positives and negatives together: the threshold is uncertain too."""
    dice = np.random.default_rng(1)
    own = np.array([answer.get(query.entity or "", -np.inf) for query, answer in zip(good, answers, strict=True)])
    draws = [float(np.mean(dice.choice(own, len(own)) > np.quantile(dice.choice(worst, len(worst)), 0.99))) for _ in range(500)]
    return float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("list", type=Path)
    words.add_argument("programs", type=Path)
    words.add_argument("--each", type=int, default=120, help="queries per kind of change")
    words.add_argument("--negatives", type=int, default=3000)
    words.add_argument("--peer", action="store_true")
    asked = words.parse_args()
    with asked.list.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with asked.programs.open(encoding="utf-8") as file:
        programs = {row["ent_num"]: row["program"] for row in csv.DictReader(file)}
    people = people_of(rows, programs)
    good = positives(people, asked.each, SEED)
    bad = negatives(people, [row["name"] for row in rows], asked.negatives, SEED + 1)
    random.Random(SEED).shuffle(good)
    report("logic-v2" if asked.peer else "cathartes", (peer if asked.peer else ours)(rows), good, bad)


if __name__ == "__main__":
    main()
