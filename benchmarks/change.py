"""How often change is cried where there is none, and how early it is seen where there is one, on simulated networks.

    python benchmarks/change.py

A network of 18 to 45 actors talks through a broker for ten windows; actors come and go, and the amount of talk varies tenfold. In half of
the networks nothing changes; in the other half another actor takes over during three to five windows from a random one on. The usual
spreads in `cathartes.network.change` were set on seeds 0 to 199 of the first kind; this prints seeds from 1000.
"""

import sys
from collections import Counter

import numpy as np

from cathartes.network.change import FEWEST, Measure, alarms, follow
from cathartes.network.graph import Tie

WINDOWS = 10


def simulated(seed: int, *, changes: bool) -> tuple[list[list[Tie]], int]:
    """The windows of one network, and the window (from 1) in which the new broker first has more of the talk, 0 where none has."""
    dice = np.random.default_rng([seed, changes])
    size = int(dice.integers(18, 46))
    grip, breadth = dice.uniform(0.55, 0.85), dice.uniform(0.5, 1.5)
    start, length = int(dice.integers(4, 8)), int(dice.integers(3, 6))
    popular = dice.pareto(1.5, size) + 0.2
    windows, first = [], 0
    for window in range(WINDOWS):
        moved = np.clip((window - start + 1) / length, 0, 1) if changes else 0.0
        if moved > 0.5 and not first:
            first = window + 1
        present = np.flatnonzero(dice.random(size) < 0.75)
        present = np.union1d(present, [0, 1])
        amount = int(np.exp(dice.uniform(np.log(50), np.log(500))))
        hold = 1 / (1 + np.exp(-(np.log(grip / (1 - grip)) + dice.normal(0, 0.3))))
        ties: Counter[tuple[int, int]] = Counter()
        bonds = popular[present] * dice.gamma(breadth, size=len(present))
        bonds = bonds / bonds.sum()
        while ties.total() < amount:
            one, other = dice.choice(present, 2, p=bonds)
            if dice.random() < hold:
                one = 1 if dice.random() < moved else 0
            if one != other:
                ties[int(one), int(other)] += int(dice.geometric(0.4))
        windows.append([Tie(str(one), str(other), float(weight)) for (one, other), weight in ties.items()])
    return windows, first


def main(networks: int) -> None:
    quiet = [simulated(seed, changes=False)[0] for seed in range(1000, 1000 + networks)]
    cried = [alarms(windows) for windows in quiet]
    tested = networks * (WINDOWS - FEWEST)
    print(f"no change: {len({(n, a.window) for n, found in enumerate(cried) for a in found})} of {tested} windows with an alarm")
    for measure in Measure:
        values = np.array([[reading.shares[measure] for reading in follow(windows)] for windows in quiet]).clip(0.02, 0.98)
        spread = np.log(values / (1 - values)).std(axis=1, ddof=1)
        count = sum(alarm.kind is measure for found in cried for alarm in found)
        print(f"  {measure:16} {count:4} alarms; spread in log odds {np.sqrt((spread**2).mean()):.2f}")
    lead: Counter[int | str] = Counter()
    for seed in range(1000, 1000 + networks):
        windows, first = simulated(seed, changes=True)
        found = [alarm.window for alarm in alarms(windows)]
        lead[first - min(found) if found else "never"] += 1
    print("a change: windows from the first alarm to the new broker's first lead (0: in the same window)")
    print("  " + ", ".join(f"{windows}: {lead[windows]}" for windows in sorted(lead, key=str)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
