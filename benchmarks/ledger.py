"""How fast the ledger is and what the verifier notices: `python benchmarks/ledger.py`. Takes about a minute on two cores.

Durable appends per second by batch size (one fsync a batch), time and size of a proof at a million entries, the time of
`verify`, and 10,000 random changes to a workspace checked from one earlier signed head. Where pymerkle (GPL, a peer, never a
dependency) is installed, its in-memory tree is timed beside ours.
"""

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.tampering import KINDS, Tamper, changed, workspace_in

from cathartes.store import Workspace, check
from cathartes.store.ledger import Entry, Ledger
from cathartes.store.tree import Tree
from cathartes.verifier import judge, leaf_hash, root_above, roots_above

ENTRIES = 20_000
PROVED = 1_000_000
PER_KIND = 625


def entry(number: int) -> Entry:
    digest = sha256(str(number).encode()).hexdigest()
    return {"act": "access", "at": "2026-11-22T12:00:00.000Z", "digest": digest, "id": f"lead-{number}", "kind": "lead", "of": "flight-1"}


def appends(folder: Path) -> None:
    print("durable appends (one fsync per batch)")
    for batch in (1, 10, 100, 1000):
        count = ENTRIES if batch > 1 else ENTRIES // 10
        ledger = Ledger(folder / f"ledger-{batch}.log")
        entries = [entry(number) for number in range(count)]
        start = time.perf_counter()
        for first in range(0, count, batch):
            ledger.append(entries[first : first + batch])
        print(f"  batches of {batch:4d}: {count / (time.perf_counter() - start):9,.0f} entries/s")
        ledger.close()


def keeps(folder: Path) -> None:
    count = 500
    with Workspace.open(folder / "workspace") as workspace:
        start = time.perf_counter()
        for number in range(count):
            workspace.keep("lead", f"lead-{number}", str(number).encode() * 100, "result", of="flight-1")
        print(f"Workspace.keep, each with its own object and durable on return: {count / (time.perf_counter() - start):,.0f}/s")
    start = time.perf_counter()
    assert not check(folder / "workspace").broken
    print(f"verify of a workspace of {count} leads: {time.perf_counter() - start:.2f} s")


def milliseconds(work: Callable[[int], object], chance: Random) -> float:
    """The median time of 1,000 calls with random leaves."""
    spent = []
    for _ in range(1000):
        number = chance.randrange(1, PROVED)
        start = time.perf_counter()
        work(number)
        spent.append(1e3 * (time.perf_counter() - start))
    return median(spent)


def proofs() -> None:
    leaves = [leaf_hash(number.to_bytes(8)) for number in range(PROVED)]
    start = time.perf_counter()
    tree = Tree(leaves)
    print(f"tree of {PROVED:,} entries built in {time.perf_counter() - start:.1f} s")
    root, chance = tree.root(PROVED), Random(1)
    paths = {number: tree.inclusion(number, PROVED) for number in (0, PROVED // 2, PROVED - 1)}
    assert all(root_above(leaves[number], number, PROVED, path) == root for number, path in paths.items())
    assert roots_above(7, tree.root(7), PROVED, tree.consistency(7, PROVED)) == (tree.root(7), root)
    print(f"  inclusion proof made:   {milliseconds(lambda number: tree.inclusion(number, PROVED), chance):.4f} ms (median of 1,000)")
    print(f"  consistency proof made: {milliseconds(lambda number: tree.consistency(number, PROVED), chance):.4f} ms")
    path = paths[PROVED // 2]
    checked = milliseconds(lambda _: root_above(leaves[PROVED // 2], PROVED // 2, PROVED, path), chance)
    print(f"  inclusion proof checked: {checked:.4f} ms, {len(path)} steps of 32 bytes")
    peer()


def peer() -> None:
    if importlib.util.find_spec("pymerkle") is None:
        print("  pymerkle is not installed; its tree is not timed")
        return
    from pymerkle import InmemoryTree  # type: ignore[import-not-found, unused-ignore]

    count = ENTRIES
    theirs, ours = InmemoryTree(algorithm="sha256"), Tree()
    start = time.perf_counter()
    for number in range(count):
        theirs.append_entry(number.to_bytes(8))
    middle = time.perf_counter()
    for number in range(count):
        ours.append(leaf_hash(number.to_bytes(8)))
    end = time.perf_counter()
    assert theirs.get_root() == ours.root(count)
    print(f"  {count:,} entries in memory: pymerkle {middle - start:.2f} s, ours {end - middle:.2f} s; the roots agree")


def tampers(folder: Path) -> None:
    _, head, files = workspace_in(folder / "story")
    print(f"random changes to a workspace of {len(files)} files, checked from one earlier signed head")
    start = time.perf_counter()
    counts: dict[str, tuple[int, ...]] = {tamper.__name__: named(tamper, files, head) for tamper in KINDS}
    counts["all"] = tuple(sum(column) for column in zip(*counts.values(), strict=True))
    for name, (tried, noticed, pointed) in counts.items():
        print(f"  {name:20s} tried {tried:5d}  noticed {noticed:5d}  changed file named {pointed:5d}")
    print(f"  in {time.perf_counter() - start:.1f} s")


def named(tamper: Tamper, files: dict[str, bytes], head: bytes) -> tuple[int, int, int]:
    """How many changes of one kind were tried, noticed, and had the changed file named."""
    chance, tried, noticed, pointed = Random(tamper.__name__), 0, 0, 0
    while tried < PER_KIND:
        after = tamper(files, chance)
        touched = changed(files, after)
        if not touched:
            continue
        items = {finding.item.split(" ")[0] for finding in judge(after, head).broken}
        tried, noticed, pointed = tried + 1, noticed + bool(items), pointed + bool(items & touched)
    return tried, noticed, pointed


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        appends(folder)
        keeps(folder)
        proofs()
        tampers(folder)


if __name__ == "__main__":
    main()
