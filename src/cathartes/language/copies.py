"""Which documents copy which: reports that share whole runs of words are one source, however many print them."""

import re
from collections.abc import Mapping

RUN = 5
"""Words in a run."""

SHARED = 0.5
"""The share of the shorter text's runs that a copy has in common with the other."""

FEWEST_RUNS = 8


def copies(texts: Mapping[str, str]) -> dict[str, str]:
    """For each document that copies another, the first one (in the given order) of those that are alike."""
    runs = {name: _runs(text) for name, text in texts.items()}
    names, copied = list(texts), dict[str, str]()
    for number, name in enumerate(names):
        for earlier in names[:number]:
            if is_copy(runs[name], runs[earlier]):
                copied[name] = copied.get(earlier, earlier)
                break
    return copied


def is_copy(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    """Whether at least half of the shorter text's runs of five words stand in the other; too short a text is no copy."""
    shorter = min(len(one), len(other))
    return shorter >= FEWEST_RUNS and len(one & other) >= SHARED * shorter


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
