"""Are the probabilities of the explanations calibrated? Simulated campaigns, drawn otherwise than the table says.

    python benchmarks/hypotheses.py [SEED]

A campaign's sites have hidden properties (how busy, how hidden, how leaky, how long-lived, a mixture of gases of its own) from which
signs follow by thresholds and noise; sensors miss signs, signs hang together, and the mix of sites differs from the prior's. None of it
reads the table's numbers, yet the same people judged both: this shows that the arithmetic holds its calibration under wrong shares and
dependent signs, not that the judgements are true. Real outcomes will.

Partners answer on three sites in ten; what they found is counted into the prior of all sites that come later in that campaign, as
`cathartes run` does. The same without answers is printed beside it.
"""

import sys
from collections import Counter

import numpy as np

from cathartes.assess.explanations import NOT_FOUND, Signs, names, posterior, prior
from cathartes.model.samples import Floats

CAMPAIGNS, SITES = 40, 250
# Per explanation: mean of busy, hidden, leaky, lasting (in standard deviations), and how it smells (chance of each gas class).
HIDDEN = {
    "laboratory": (0.5, 1.2, 0.8, 0.2), "storage": (-0.2, 1.0, 0.0, 0.4), "dump": (-0.7, 0.9, 0.3, 0.7),
    "industry": (0.6, -1.0, 0.5, 1.1), "burning": (-0.1, 0.6, 0.6, -1.4), "traffic": (1.6, -0.3, 0.2, 0.4),
    "nothing": (-1.0, 0.5, -1.8, -2.0),
}  # fmt: skip
SMELL = {
    "laboratory": (0.55, 0.15, 0.12, 0.10, 0.03, 0.05), "storage": (0.50, 0.10, 0.10, 0.05, 0.05, 0.20),
    "dump": (0.35, 0.15, 0.10, 0.12, 0.18, 0.10), "industry": (0.28, 0.10, 0.07, 0.22, 0.23, 0.10),
    "burning": (0.04, 0.03, 0.22, 0.53, 0.15, 0.03), "traffic": (0.05, 0.02, 0.03, 0.78, 0.07, 0.05),
    "nothing": (0.20, 0.08, 0.10, 0.28, 0.24, 0.10),
}  # fmt: skip
CLASSES = ("solvent", "acid", "ammonia", "combustion", "methane", "other")


ANSWERED = 0.3
OWN = 6.0
"""How near a site's own mixture of gases is to its kind's: the weight of a Dirichlet distribution."""


def signs_of(kind: str, draw: np.random.Generator) -> Signs:
    busy, hidden, leaky, lasting = draw.normal(HIDDEN[kind], 1.0)
    told = draw.random(4) < (0.6, 0.9, 0.5, 0.6)  # which of the signs anybody looked for
    mixture = draw.dirichlet(OWN * np.array(SMELL[kind])) + 1e-9
    first, second = draw.choice(CLASSES, 2, replace=False, p=mixture / mixture.sum()).tolist()
    return Signs(
        gas=first,
        second_gas=second if leaky + draw.normal(0, 0.7) > 0.6 and second != "other" else "no",
        persistence=("always" if lasting > 0.9 else "sometimes" if lasting > -0.6 else "never") if told[0] else None,
        registered=("yes" if hidden + draw.normal(0, 0.7) < -0.35 else "no") if told[1] else None,
        movement=("yes" if busy + draw.normal(0, 0.5) > 0.1 else "no") if told[2] else None,
        mention=("yes" if 0.6 * leaky + 0.5 * hidden + draw.normal(0, 0.8) > 1.2 else "no") if told[3] else None,
    )


def campaigns(seed: int, answered: float) -> tuple[Floats, Floats]:
    """What was told of each site of every campaign and what it was, as rows in the order of `names()`."""
    draw = np.random.default_rng(seed)
    usual = np.array([prior()[name] for name in names()])
    rows, truth = [], []
    for _ in range(CAMPAIGNS):
        found = Counter[str]()
        for kind in draw.choice(len(names()), SITES, p=draw.dirichlet(12 * usual)):
            told = posterior(signs_of(names()[kind], draw), prior(found=found))
            rows.append([told[name] for name in names()])
            truth.append(np.eye(len(names()))[kind])
            if draw.random() < answered:
                found["nothing" if names()[kind] in NOT_FOUND else names()[kind]] += 1
    return np.array(rows), np.array(truth)


def main(seed: int) -> None:
    usual = np.array([prior()[name] for name in names()])
    for answered in (0.0, ANSWERED):
        given, true = campaigns(seed, answered)
        brier, base = ((given - true) ** 2).sum(1).mean(), ((usual - true) ** 2).sum(1).mean()
        share = f"{100 * (1 - brier / base):.1f} % lower"
        print(f"{len(given):,} sites, {answered:.0%} answered: Brier score {brier:.3f}, of the prior {base:.3f}: {share}")
        print("probability told   happened   sites")
        for low, high in ((0, 0.05), (0.05, 0.2), (0.2, 0.45), (0.45, 0.55), (0.55, 0.8), (0.8, 0.95), (0.95, 1.01)):
            held = (given >= low) & (given < high)
            if held.sum() > 20:
                print(f"  {given[held].mean():12.3f}   {true[held].mean():8.3f}   {held.sum():6}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20261122)
