"""The counts that the fault test believes: two of the same log, and the most that may be shown."""

from __future__ import annotations

import random
from typing import Any

import pytest

from proofs.chaos.run import without_one
from proofs.counting.bound import Bound
from proofs.counting.log import Count
from proofs.counting.second_count import disagreements, quarters
from proofs.traffic.audience import ROBOT, Audience, Event

NOON = 1_763_726_400.0
"""2025-11-21 12:00 UTC, s."""


def a_log(seed: int, seconds: int = 20) -> list[Event]:
    audience = Audience(seed)
    log = [event for second in range(seconds) for event in audience.events(NOON + second, 200)]
    again = random.Random(seed).sample(log, len(log) // 10)
    return log + again


def play(**more: Any) -> Event:
    return {
        "id": "e1", "type": "play", "contentId": "c1", "playId": "p1", "startedAt": 1_763_726_400_000,
        "timestamp": 1_763_726_400_000, "sessionId": "s1", "duration": 25.0, **more,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_both_counts_of_a_log_agree_on_every_measure(seed: int) -> None:
    log = a_log(seed)
    assert disagreements(Count(log), quarters(log)) == []


def test_a_play_of_several_events_is_one_row_with_its_longest_duration() -> None:
    log = [play(duration=4.0, type="heartbeat", id="e0"), play(), play(duration=21.0, id="e2"), play()]
    [(key, row)] = quarters(log).items()
    assert key == (1_763_726_400_000, "c1")
    assert {name: value for name, value in row.items() if value} == {
        "events": 1, "starts": 1, "plays": 1, "finished": 1, "time_ms": 25_000, "timed": 1, "played_ms": 25_000,
    }  # fmt: skip


def test_a_robot_counts_nowhere() -> None:
    assert quarters([play(userAgent=ROBOT), play(bot=True, playId="p2")]) == {}


def test_times_of_all_spellings_are_the_same_moment() -> None:
    like = {"type": "like", "contentId": "c1", "sessionId": "s1"}
    log = [
        {**like, "id": "l1", "timestamp": 1_763_726_400_000},
        {**like, "id": "l2", "timestamp": "2025-11-21T17:30:00.000+05:30"},
        {**like, "id": "l3", "timestamp": "2025-11-21T12:00:00.000+00:00"},
    ]
    assert [(key, row["likes"]) for key, row in quarters(log).items()] == [((1_763_726_400_000, "c1"), 3)]


def test_a_count_of_another_log_is_noticed() -> None:
    log = a_log(1)
    shorter, dropped = without_one(log, 1)
    lines = disagreements(Count(log), quarters(shorter))
    assert any(repr(dropped["contentId"]) in line and " plays is " in line for line in lines)


@pytest.mark.parametrize("seed", range(3))
def test_what_was_sent_bounds_what_may_be_shown_exactly(seed: int) -> None:
    log, bound = a_log(seed), Bound()
    bound.add(log)
    assert bound.measures == Count(log).total.measures
    bound.add(log)  # repeats change nothing
    assert bound.measures == Count(log).total.measures
