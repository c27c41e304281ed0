"""Before and after: a network that loses its hub has changed, one that is dealt anew has not."""

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.network.graph import Tie
from cathartes.network.seizure import effect

STAR = [Tie("hub", str(leaf)) for leaf in range(20)]


def test_a_hub_taken_out_leaves_pieces_that_chance_does_not() -> None:
    found = effect(STAR, [Tie(str(leaf), str(leaf + 1)) for leaf in range(0, 20, 2)])
    assert found.gone == ("hub",)
    assert (found.ties_lost, found.ties_new) == (20, 10)
    assert (found.shifts["largest-piece"].before, found.shifts["largest-piece"].after) == (1.0, 0.1)
    assert found.shifts["largest-piece"].chance < 0.01


def test_two_halves_of_one_network_differ_by_no_more_than_chance() -> None:
    dice = np.random.default_rng(3)
    ties = [Tie(str(one), str(other)) for one, other in dice.integers(0, 30, (160, 2)) if one != other]
    assert min(shift.chance for shift in effect(ties[::2], ties[1::2]).shifts.values()) > 0.01


def test_a_window_without_ties_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one each"):
        effect(STAR, [Tie("a", "a")])
