"""Who will be in touch next: learnt from earlier windows, tried on one it has not seen."""

from pathlib import Path

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.network.foresight import average_precision, next_ties
from cathartes.network.graph import Tie, aged, read_ties

SHARED = Path(__file__).parents[3] / "shared" / "data" / "network" / "caviar_phases"


def talk(seed: int, windows: int = 6) -> list[list[Tie]]:
    """Two circles of ten who talk among themselves, two of whom are in touch in every window."""
    dice = np.random.default_rng(seed)
    always = [Tie("0", "1", 3.0)]
    made = []
    for _ in range(windows):
        ends = [(circle + int(one), circle + int(other)) for circle in (0, 10) for one, other in dice.integers(0, 10, (8, 2))]
        made.append([*always, *(Tie(str(one), str(other)) for one, other in ends)])
    return made


def test_average_precision_by_hand() -> None:
    assert average_precision(np.array([0.9, 0.8, 0.7]), np.array([1.0, 0.0, 1.0])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.zeros(4), np.array([1.0, 0.0, 0.0, 0.0])) == pytest.approx(0.25)


def test_a_tie_of_an_earlier_window_counts_half_after_its_half_life() -> None:
    assert [tie.weight for tie in aged([[Tie("a", "b", 4.0)], [], [], [Tie("a", "b", 4.0)]], 3.0)] == [2.0, 4.0]


def test_those_always_in_touch_come_first_and_probabilities_are_those_seen() -> None:
    expected, tried = next_ties(talk(1))
    assert (expected[0].source, expected[0].target) == ("0", "1")
    assert sum(pair.probability for pair in expected) == pytest.approx(16, abs=5)
    assert tried.precision > 2 * tried.share


def test_too_few_windows_are_refused() -> None:
    with pytest.raises(BadInput, match="at least 4"):
        next_ties(talk(1, 3))


@pytest.mark.skipif(not SHARED.exists(), reason="reads ../shared/data, files we may not ship")
def test_on_real_windows_the_forecast_beats_chance_many_times_over() -> None:
    _, tried = next_ties([read_ties(SHARED / f"phase{number}.csv") for number in range(1, 8)])
    assert tried.precision > 5 * tried.share
