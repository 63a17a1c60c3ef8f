"""What a run of the fault test does: made from its length and a seed."""

from __future__ import annotations

from collections import Counter

import pytest

from proofs.chaos.plan import ACTS, FLOWS, HELD, PARTS, kills, make

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_run_kills_often_enough_and_half_of_the_time_in_the_middle_of_something(seed: int) -> None:
    planned = kills(make(seed, 600))
    times = Counter(part for part, _ in planned)
    aimed = Counter(part for part, aimed in planned if aimed)
    assert len(planned) >= 40
    assert set(times) == set(PARTS)
    assert min(times.values()) >= 4
    assert all(2 * aimed[part] >= times[part] for part in PARTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_long_run_has_every_other_fault_too(seed: int) -> None:
    phases = make(seed, 600).phases
    held = {part: phase.seconds for phase in phases if phase.kind == "hold" for part in phase.parts}
    assert held == dict.fromkeys(PARTS, HELD)
    assert {part for phase in phases if phase.kind == "torn" for part in phase.parts} == set(FLOWS)
    assert {phase.kind for phase in phases} == {"kill", "torn", "cut", "stop", "hold", "fsync", "clock"}


@pytest.mark.parametrize("seconds", [25, 60, 180])
@pytest.mark.parametrize("seed", range(8))
def test_a_run_of_any_length_begins_with_each_part_killed_once_and_aimed(seed: int, seconds: int) -> None:
    first = make(seed, seconds).phases[: len(PARTS)]
    assert sorted(part for phase in first for part in phase.parts) == sorted(PARTS)
    assert all(phase.kind == "kill" and phase.aimed for phase in first)


def test_a_minute_has_the_blows_to_the_whole_and_a_torn_folder() -> None:
    assert {phase.kind for phase in make(1, 60).phases} == {"kill", "torn", "cut", "stop"}


def test_a_long_run_ends_with_every_act_and_a_short_one_has_none() -> None:
    assert make(1, 600).acts == ACTS
    assert make(1, 60).acts == ()


def test_without_a_compiler_the_kernel_is_left_alone() -> None:
    assert make(1, 600, shim=False).acts == ("disk full", "older log")
    kinds = {phase.kind for phase in make(1, 600, shim=False).phases}
    assert not kinds & {"fsync", "clock"}
    assert len(kills(make(1, 600, shim=False))) >= 40


def test_the_same_seed_makes_the_same_plan_and_another_one_another() -> None:
    assert make(3, 600) == make(3, 600)
    assert make(3, 600) != make(4, 600)
