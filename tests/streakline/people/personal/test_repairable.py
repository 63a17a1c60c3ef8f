"""Which days can be repaired, held to a repair that is made and looked at."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from person_rows import plays_of
from streakline import zones
from streakline.people.local_days import Plays, date_of
from streakline.people.personal.repairable import Repairable, repairable
from streakline.people.streak_rules import DEFAULT_RULES, Freeze, Pause, Repair, StreakRules
from streakline.people.streaks import streak_of
from streakline.streak_limits import MODES, Mode
from streakline.times import DAY_MS, HOUR_MS

UTC = zones.zone("UTC")
TODAY = 20_006
"""A Thursday."""
NOW = TODAY * DAY_MS + 12 * HOUR_MS


def played(*ago: int) -> Plays:
    return plays_of([NOW - days * DAY_MS - HOUR_MS for days in ago])


def found(rules: StreakRules, *ago: int, used: tuple[int, ...] = ()) -> Repairable:
    streak = streak_of(played(*ago), NOW, UTC, rules).current_streak
    return repairable(played(*ago), streak, used, NOW, UTC, rules)


def days(rules: StreakRules, *ago: int, used: tuple[int, ...] = ()) -> tuple[int, ...]:
    return tuple(one.day for one in found(rules, *ago, used=used).days)


def test_missed_days_of_the_last_seven_after_the_first_play_can_be_repaired():
    assert days(DEFAULT_RULES, 9, 6, 3, 0) == tuple(TODAY - ago for ago in (7, 5, 4, 2, 1))
    assert days(DEFAULT_RULES, 3) == (TODAY - 2, TODAY - 1)
    assert found(DEFAULT_RULES) == Repairable()


def test_a_day_that_something_else_holds_is_not_missed():
    paused = StreakRules(pauses=frozenset({Pause(TODAY - 7, TODAY - 6)}))
    assert days(paused, 9, used=(TODAY - 2,)) == tuple(TODAY - ago for ago in (5, 4, 3, 1))
    assert days(StreakRules(weekends_off=True), 9) == tuple(TODAY - ago for ago in (7, 6, 3, 2, 1))


def test_the_streak_is_told_that_there_would_be():
    # Of the two days that are missed, one joins the plays before it to those of today.
    seen = {TODAY - one.day: one.current_streak for one in found(DEFAULT_RULES, 9, 8, 6, 4, 3, 2, 0).days}
    assert seen == {1: 4, 5: 1, 7: 1}


@pytest.mark.parametrize(("ago", "again"), [(0, TODAY + 7), (6, TODAY + 1), (7, None)])
def test_one_repair_holds_in_seven_days(ago: int, again: int | None):
    rules = StreakRules(repairs=frozenset({Repair(TODAY - ago - 1, NOW - ago * DAY_MS)}))
    seen = found(rules, 20)
    assert seen.again == again
    assert bool(seen.days) is (again is None)


REPAIRS = st.builds(Repair, st.integers(TODAY - 16, TODAY), st.integers(NOW - 15 * DAY_MS, NOW - 1))
FREEZES = st.builds(Freeze, st.integers(NOW - 15 * DAY_MS, NOW))


@given(
    st.dictionaries(st.integers(0, 15), st.integers(0, 10), min_size=1),
    st.frozensets(REPAIRS, max_size=2),
    st.frozensets(FREEZES, max_size=2),
    st.booleans(),
    st.sampled_from(MODES),
    st.integers(1, 9),
)
def test_a_day_can_be_repaired_if_a_repair_of_it_holds_and_it_was_missed(
    ago: dict[int, int],
    repairs: frozenset[Repair],
    freezes: frozenset[Freeze],
    weekends_off: bool,
    mode: Mode,
    back: int,
) -> None:
    rules = StreakRules(mode=mode, repairs=repairs, freezes=freezes, weekends_off=weekends_off)
    plays = plays_of([NOW - days * DAY_MS - (1 + hours) * HOUR_MS for days, hours in ago.items()])
    day = TODAY - back
    streak = streak_of(plays, NOW, UTC, rules)
    used = streak.freezes.used
    covered = [one for one in range(TODAY - 20, TODAY) if date_of(one).isoformat() in used]
    named = repairable(plays, streak.current_streak, covered, NOW, UTC, rules).days
    can = day in [one.day for one in named]
    # The slow definition: make it, and see whether it holds.
    made = StreakRules(repairs=repairs | {Repair(day, NOW)}, weekends_off=weekends_off)
    holds = any(one == Repair(day, NOW) for one in _holding(made)) and Repair(day, NOW) not in repairs
    others = {one.day for one in _holding(rules)}
    off = weekends_off and date_of(day).weekday() >= 5
    missed = back not in ago and back < max(ago) and day not in covered and day not in others and not off
    assert can is (holds and missed)
    for one in named:
        tried = msgspec.structs.replace(rules, repairs=repairs | {Repair(one.day, NOW)})
        assert one.current_streak == streak_of(plays, NOW, UTC, tried).current_streak


def _holding(rules: StreakRules) -> list[Repair]:
    """Return the repairs that hold, each compared with all that came before."""
    standing: list[Repair] = []
    for one in sorted(rules.repairs, key=lambda one: (one.at, one.day)):
        made = one.at // DAY_MS
        if (
            one.at <= NOW
            and 1 <= made - one.day <= 7
            and all(made - kept.at // DAY_MS >= 7 for kept in standing)
        ):
            standing.append(one)
    return standing
