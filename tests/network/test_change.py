"""Alarms on a network's centre: none where nothing changes, in time where somebody takes over."""

from pathlib import Path

import numpy as np
import pytest

from cathartes.errors import BadInput
from cathartes.messages import LANGUAGES, say
from cathartes.network.change import Measure, alarms, follow
from cathartes.network.graph import Tie, read_ties

CAVIAR = Path(__file__).parents[3] / "shared" / "data" / "network" / "caviar_phases"


def star(hub: str, leaves: int, seed: int) -> list[Tie]:
    dice = np.random.default_rng(seed)
    spokes = [Tie(hub, f"n{leaf}", float(dice.integers(3, 8))) for leaf in range(leaves)]
    return [*spokes, Tie("n0", "n1"), Tie("n2", "n3", 2.0)]


def test_nothing_is_cried_where_nothing_changes() -> None:
    assert alarms([star("broker", 14, seed) for seed in range(8)]) == []


def test_a_new_broker_is_seen_in_the_window_it_takes_over() -> None:
    found = alarms([*(star("broker", 14, seed) for seed in range(6)), [*star("heir", 14, 7), Tie("broker", "n3")]])
    assert {alarm.window for alarm in found} == {7}
    assert {Measure.SHARE, Measure.HANDOVER} <= {alarm.kind for alarm in found}
    assert all("broker" in say(alarm.says, language) for alarm in found if alarm.kind is Measure.HANDOVER for language in LANGUAGES)


def test_an_alarm_is_made_from_its_window_and_earlier_ones_only() -> None:
    windows = [*(star("broker", 14, seed) for seed in range(6)), star("heir", 14, 7), star("heir", 14, 8)]
    whole = alarms(windows)
    for number in range(2, len(windows)):
        assert alarms(windows[:number]) == [alarm for alarm in whole if alarm.window <= number]


def test_the_broker_of_a_window_is_known_before_it() -> None:
    readings = follow([star("broker", 9, 1), star("heir", 9, 2)])
    assert [reading.broker for reading in readings] == ["broker", "broker"]


@pytest.mark.parametrize("windows", [[], [[Tie("a", "b")]], [[Tie("a", "b")], [Tie("a", "a")]]])
def test_too_few_or_empty_windows_are_refused(windows: list[list[Tie]]) -> None:
    with pytest.raises(BadInput, match="window"):
        alarms(windows)


@pytest.mark.skipif(not CAVIAR.exists(), reason="the CAVIAR windows are in ../shared/data, which is absent")
def test_the_first_seven_windows_of_caviar_give_no_alarm() -> None:
    assert alarms([read_ties(CAVIAR / f"phase{number}.csv") for number in range(1, 8)]) == []
