"""Events counted once over invented press series: the true range, the copies, and the same in any order of reading.

    python benchmarks/press_series.py SET.toml [--show]

An event is right where kind, place, day and count are; what is told beyond the truth counts as invented.
"""

import argparse
import tomllib
from collections.abc import Mapping
from itertools import islice, permutations
from pathlib import Path
from tempfile import TemporaryDirectory

from cathartes.language.events import Event
from cathartes.texts import Gathering

ORDERS = 6


def told(folder: Path, names: tuple[str, ...]) -> tuple[Event, ...]:
    """The events of the files, read in this order."""
    gathering = Gathering()
    return gathering.extraction().events if list(gathering.documents([folder / name for name in names], None)) else ()


def is_true(event: Event, truth: list[object]) -> bool:
    """Whether an event is one of the truth's."""
    kind, place, day, low, high = truth
    return (event.kind, event.time, event.count) == (kind, day, (low, high)) and str(place) in (event.place or "")


def score(events: tuple[Event, ...], series: Mapping[str, list[list[object]]]) -> tuple[int, int]:
    """How many of the true events are told, and how many others; seizures that the truth leaves out count for nothing."""
    right = sum(any(is_true(event, truth) for event in events) for truth in series["truth"])
    kinds = {truth[0] for truth in series["truth"]} | {"laboratory found", "arrest", "chemical smell/complaint"}
    return right, sum(event.kind in kinds and not any(is_true(event, truth) for truth in series["truth"]) for event in events)


def main() -> None:
    """The score of each series and of all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("set", type=Path)
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    right = of_all = invented = copies = of_copies = 0
    for series in tomllib.loads(options.set.read_text("utf-8"))["series"]:
        with TemporaryDirectory() as name:
            folder = Path(name)
            for file, text in series["texts"].items():
                (folder / file).write_text(text, encoding="utf-8")
            orders = [told(folder, order) for order in islice(permutations(series["texts"]), ORDERS)]
        found, others = score(orders[0], series)
        known = {copy: of for event in orders[0] for copy, of in event.copies.items()}
        right, of_all, invented = right + found, of_all + len(series["truth"]), invented + others
        copies, of_copies = copies + sum(known.get(copy) == of for copy, of in series["copies"].items()), of_copies + len(series["copies"])
        same = "the same in any order" if all(order == orders[0] for order in orders) else "ORDER CHANGES IT"
        print(f"{series['name']}: {found} of {len(series['truth'])} events right, {others} others; {same}")
        if options.show and (found < len(series["truth"]) or others):
            for event in orders[0]:
                print("   ", event.kind, event.place, event.time, event.count, [telling.source for telling in event.tellings])
    print(f"{right} of {of_all} events right, {invented} others, {copies} of {of_copies} copies recognised")


if __name__ == "__main__":
    main()
