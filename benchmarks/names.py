"""Names in general Spanish news: our recogniser against labels made by hand, exact spans and kinds, person/organisation/place.

    python benchmarks/names.py [--part development|held-back]

Every fourth line is labelled. Lines 501, 509 ... 997 are held back; what was missed in all others was looked at while rules were written.
"""

import argparse
import tomllib
from collections import Counter
from pathlib import Path

from cathartes.language.facts import find_facts

HERE = Path(__file__).parent
TEXT = HERE.parents[1] / "shared" / "data" / "language" / "ntrex" / "newstest2019-ref.spa-MX.lines0001-1000.txt"
KINDS = ("person", "organisation", "place")


def main() -> None:
    """Precision, recall and F1 by kind and together."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", choices=("development", "held-back"), default="held-back")
    part = parser.parse_args().part
    gold = tomllib.loads((HERE / "language" / "ntrex_names.toml").read_text("utf-8"))
    lines = TEXT.open(encoding="utf-8", newline="").read().split("\n")
    hits, found, true = Counter[str](), Counter[str](), Counter[str]()
    for number in range(1, 1000, 4):
        if (number > 500 and number % 8 == 5) != (part == "held-back"):
            continue
        ours = Counter(
            ("person" if fact.kind == "alias" else fact.kind.value, fact.text) for fact in find_facts(lines[number - 1], "es", None)
        )
        theirs = Counter((kind, name) for kind in KINDS for name in gold[kind].get(str(number), ()))
        for kind in KINDS:
            found[kind] += sum(count for (each, _), count in ours.items() if each == kind)
            true[kind] += sum(count for (each, _), count in theirs.items() if each == kind)
            hits[kind] += sum(min(count, theirs[key]) for key, count in ours.items() if key[0] == kind)
        print_differences(number, ours, theirs)
    for kind in KINDS:
        print(f"{kind:13}", score(hits[kind], found[kind], true[kind]))
    print(f"{'together':13}", score(hits.total(), sum(found[kind] for kind in KINDS), true.total()))


def print_differences(number: int, ours: Counter[tuple[str, str]], theirs: Counter[tuple[str, str]]) -> None:
    """What was missed (-) and what was invented (+) in one line."""
    wrong = {key for key in ours - theirs if key[0] in KINDS}
    for key in theirs - ours:
        print(f"{number:4} - {key[0]}: {key[1]}")
    for key in wrong:
        print(f"{number:4} + {key[0]}: {key[1]}")


def score(hit: int, found: int, true: int) -> str:
    """Precision, recall and F1 in words."""
    precision, recall = hit / max(found, 1), hit / max(true, 1)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * hit / max(found + true, 1):.3f}  ({true} names)"


if __name__ == "__main__":
    main()
