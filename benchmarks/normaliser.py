"""The normaliser on expressions written by hand: how many it reads, how many it invents.

python benchmarks/normaliser.py [--set court]
"""

import argparse
from datetime import date
from pathlib import Path

from cathartes.language.expressions import normalise
from cathartes.model import Place, Quantity

CASES = Path(__file__).parent / "language" / "normaliser_cases.tsv"
WRITTEN = date(2024, 2, 14)
DEGREES = 2e-5


def cases(of: str | None) -> list[tuple[str, str]]:
    """Expression and expected value of every case of a set, or of all."""
    rows = [line.split("\t") for line in CASES.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(expression, value) for name, expression, value in rows if of in (None, name)]


def is_right(found: Quantity | Place | str | None, expected: str) -> bool:
    """Whether a value is the expected one."""
    if found is None or expected == "null":
        return found is None and expected == "null"
    if isinstance(found, Quantity):
        return expected == f"{found.value:.12g} {found.unit}"
    if isinstance(found, Place):
        numbers = [float(number) for number in expected.split()] if " " in expected else []
        return len(numbers) == 2 and abs(found.y - numbers[0]) < DEGREES and abs(found.x - numbers[1]) < DEGREES
    return found == expected


def main() -> None:
    """Every wrong case, then the counts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set")
    wrong, invented, chosen = 0, 0, cases(parser.parse_args().set)
    for expression, expected in chosen:
        found = normalise(expression, WRITTEN)
        if not is_right(found, expected):
            wrong += 1
            invented += expected == "null"
            print(f"{expression!r}: {found}, expected {expected}")
    print(f"{len(chosen) - wrong} of {len(chosen)} right, {invented} invented")


if __name__ == "__main__":
    main()
